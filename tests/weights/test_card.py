from mrpn.network import Target
from mrpn.weights import WeightsHeader, render_card, write_card


def test_a_card_states_what_who_and_how_well(header):
    card = render_card(header, "Voice and face")
    assert card.startswith("# Voice and face\n")
    for text in (
        "N2, Multi-Modal Residual Perceptron Network (MRPN)",
        "Licence of the weights: Apache-2.0",
        "| class | classification | angry, happy, sad |",
        "| audio | resnet18, 1 channels in, width 2 | lstm | 4 |",
        "| made up | actors 1 to 4 | CC0 |",
        "Protocol: strict.",
        "| accuracy | 0.5 |",
        '"rate": 16000',
        "## Limits",
    ):
        assert text in card


def test_a_card_without_measurements_says_so(header):
    bare = WeightsHeader(network=header.network, classes=header.classes)
    card = render_card(bare, "Bare")
    for text in ("Not measured.", "Not stated.", "Protocol: not stated."):
        assert text in card
    assert "## Preprocessing" not in card


def test_names_cannot_break_the_tables(header):
    network = header.network.model_copy(update={"targets": {"class": Target(size=2)}})
    odd = WeightsHeader(network=network, classes={"class": ("a|b", "c\nd")})
    assert "| class | classification | a\\|b, c d |" in render_card(odd, "Odd")


def test_late_fusion_is_called_so(header):
    network = header.network.model_copy(update={"kind": "n0", "frozen": True})
    card = render_card(header.model_copy(update={"network": network}), "Late")
    assert "late fusion over frozen branches" in card


def test_a_card_is_written_to_a_file(tmp_path, header):
    assert "Learned since" not in render_card(header, "Card")
    told = render_card(header, "Card", "Nothing was selected.")
    assert "## Learned since\n\nNothing was selected.\n" in told
    write_card(tmp_path / "README.md", header, "Card")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == render_card(header, "Card")
