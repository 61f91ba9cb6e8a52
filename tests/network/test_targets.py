import pytest
from pydantic import ValidationError

from mrpn.common.errors import ConfigError
from mrpn.network import Target
from mrpn.network.targets import as_targets, check_names


def test_a_number_of_classes_is_one_target_named_class():
    assert as_targets(8) == {"class": Target(kind="classification", size=8)}


def test_targets_come_in_sorted_order():
    targets = {"valence": Target(kind="regression", size=1), "emotion": Target(size=8)}
    assert list(as_targets(targets)) == ["emotion", "valence"]


@pytest.mark.parametrize("classes", [1, 0, -3, {}])
def test_too_few_classes_are_refused(classes):
    with pytest.raises(ConfigError):
        as_targets(classes)


def test_a_classification_needs_two_classes_and_a_regression_one_number():
    with pytest.raises(ValidationError, match="two classes"):
        Target(size=1)
    assert Target(kind="regression", size=1).weight == 1.0


@pytest.mark.parametrize("name", ["a.b", "", "audio'", "fused", "values", "training", "3d"])
def test_names_that_cannot_be_parts_of_parameter_names_are_refused(name):
    with pytest.raises(ConfigError, match="modality"):
        check_names([name], "modality")
