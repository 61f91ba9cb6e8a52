"""Statistics that hold: what is estimated, how far off it may be, and what differences are real."""

from mrpn.evaluation.statistics.attainable import least_folds, most_comparisons, unattainable
from mrpn.evaluation.statistics.components import Components, component_table, components
from mrpn.evaluation.statistics.estimates import ESTIMAND, Estimate, estimate, estimate_table, wider
from mrpn.evaluation.statistics.holm import holm
from mrpn.evaluation.statistics.inferior import inferior_counts, margins
from mrpn.evaluation.statistics.optimism import optimism_table
from mrpn.evaluation.statistics.outcomes import (
    outcome_table,
    paired,
    per_actor,
    per_clip,
    per_fold,
)
from mrpn.evaluation.statistics.paired import (
    Difference,
    comparable,
    compare,
    compare_by_class,
    difference_of,
)
from mrpn.evaluation.statistics.permutation import least_p, sign_flip_test
from mrpn.evaluation.statistics.simulation import SimulatedStudy

__all__ = [
    "ESTIMAND",
    "Components",
    "Difference",
    "Estimate",
    "SimulatedStudy",
    "comparable",
    "compare",
    "compare_by_class",
    "component_table",
    "components",
    "difference_of",
    "estimate",
    "estimate_table",
    "holm",
    "inferior_counts",
    "least_folds",
    "least_p",
    "margins",
    "most_comparisons",
    "optimism_table",
    "outcome_table",
    "paired",
    "per_actor",
    "per_clip",
    "per_fold",
    "sign_flip_test",
    "unattainable",
    "wider",
]
