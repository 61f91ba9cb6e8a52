import torch

from mrpn.network.seeding import drawn_seed, seeded


def draw(seed: int, part: str) -> list[float]:
    with seeded(seed, part):
        return torch.rand(3).tolist()


def test_a_part_depends_on_its_seed_and_name_alone():
    assert draw(1, "audio") == draw(1, "audio")
    assert draw(1, "audio") != draw(2, "audio")
    assert draw(1, "audio") != draw(1, "video")


def test_the_global_generator_is_put_back():
    torch.manual_seed(7)
    expected = torch.rand(3).tolist()
    torch.manual_seed(7)
    draw(1, "audio")
    assert torch.rand(3).tolist() == expected


def test_a_drawn_seed_follows_the_global_generator():
    torch.manual_seed(7)
    first = drawn_seed()
    assert drawn_seed() != first
    torch.manual_seed(7)
    assert drawn_seed() == first
