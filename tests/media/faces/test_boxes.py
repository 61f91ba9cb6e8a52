import numpy as np

from mrpn.media.faces.boxes import areas, overlap, suppress

BOXES = np.array([[0, 0, 10, 10], [0, 0, 10, 5], [5, 5, 15, 15], [20, 20, 30, 30]], np.float32)


def test_overlap_is_intersection_over_union() -> None:
    np.testing.assert_allclose(overlap(BOXES[0], BOXES), [1.0, 0.5, 25 / 175, 0.0], atol=1e-6)


def test_an_empty_or_inverted_box_has_no_area() -> None:
    inverted = np.array([[5, 5, 5, 9], [9, 9, 1, 1]], np.float32)
    np.testing.assert_array_equal(areas(inverted), [0, 0])
    np.testing.assert_array_equal(overlap(inverted[0], inverted), [0, 0])


def test_worse_boxes_that_overlap_a_better_one_are_dropped() -> None:
    scores = np.array([0.7, 0.9, 0.8, 0.6], np.float32)
    assert suppress(BOXES, scores, 0.4).tolist() == [1, 2, 3]
    assert suppress(BOXES, scores, 0.6).tolist() == [1, 2, 0, 3]
    assert suppress(BOXES[:0], scores[:0], 0.4).tolist() == []
