"""Draws that are fixed by what they are for."""

from mrpn.training.randomness import generator, mixed_seed


def test_seeds_depend_on_every_part_their_order_and_their_borders() -> None:
    seeds = {
        mixed_seed(0, "slice", 1, "a"),
        mixed_seed(1, "slice", 1, "a"),
        mixed_seed(0, "views", 1, "a"),
        mixed_seed(0, "slice", 2, "a"),
        mixed_seed(0, "slice", "a", 1),
        mixed_seed(0, "slice1", "a"),
    }
    assert len(seeds) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_seeds_are_the_same_in_every_version_and_process() -> None:
    assert mixed_seed(0, "order", 1) == 6234617378211481862
    assert generator(0, "x").integers(1000) == generator(0, "x").integers(1000)
