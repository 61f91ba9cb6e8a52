"""Runs in processes of their own: what comes of those that die, or are not waited for."""

import math
import os
import time

import pytest
from fuzzy.conducting import run_all

from mrpn.common.errors import MrpnError


def test_a_process_that_dies_is_one_line():
    with pytest.raises(MrpnError, match="a process has died, perhaps for want of memory"):
        list(run_all([3], os._exit, 1, math.inf))


def test_whoever_has_the_outcome_wanted_does_not_wait_for_what_still_runs():
    outcomes = run_all([0.0, 60.0], time.sleep, 2, math.inf)
    assert next(outcomes) is None
    started = time.monotonic()
    outcomes.close()
    assert time.monotonic() - started < 30
