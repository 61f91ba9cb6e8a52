import pytest
from pydantic import ValidationError

import mrpn.weights
from mrpn.common.errors import WeightsError
from mrpn.network import Target
from mrpn.weights import WeightsHeader


def test_a_header_survives_json_and_names_its_writer(header):
    again = WeightsHeader.model_validate_json(header.model_dump_json())
    assert again == header
    assert again.mrpn
    assert again.class_names == ("angry", "happy", "sad")


@pytest.mark.parametrize(
    "classes", [{}, {"class": ("a", "b")}, {"emotion": ("a", "b", "c")}, {"class": ("a",) * 4}]
)
def test_names_of_classes_must_fit_the_targets(header, classes):
    with pytest.raises(ValidationError, match="do not fit"):
        WeightsHeader(network=header.network, classes=classes)


def test_class_names_of_several_targets_are_asked_for_by_name(header):
    targets = {**header.network.targets, "valence": Target(kind="regression", size=1)}
    network = header.network.model_copy(update={"targets": targets})
    two = WeightsHeader(
        network=network, classes={"class": ("a", "b", "c"), "valence": ("valence",)}
    )
    with pytest.raises(WeightsError, match="several targets"):
        _ = two.class_names


def test_a_metric_must_be_a_number(header):
    with pytest.raises(ValidationError, match="metrics"):
        WeightsHeader(
            network=header.network, classes=header.classes, metrics={"accuracy": float("nan")}
        )


def test_the_room_exports_what_it_names():
    assert all(hasattr(mrpn.weights, name) for name in mrpn.weights.__all__)
