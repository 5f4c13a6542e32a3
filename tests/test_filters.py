"""Named kernels and test patterns: their numbers, what they answer to, and what a wrong name is told."""

import numpy as np
import pytest

from helpers import conv2d, filters

# What a kernel's weights sum to says what it does on an even surface: 1 keeps it, 0 answers nothing.
SUMS = {
    "identity": 1,
    "box blur": 1,
    "gaussian": 1,
    "sharpen": 1,
    "sobel x": 0,
    "sobel y": 0,
    "laplacian": 0,
    "emboss": 1,
    "corner": 0,
    "prewitt x": 0,
    "prewitt y": 0,
    "diagonal": 0,
    "antidiagonal": 0,
    "gaussian 5x5": 1,
}


def apply(name, image):
    """The valid map of a named kernel on an image, (H, W) -> (H, W)."""
    image = np.asarray(image, dtype=np.float64)
    return conv2d(image[np.newaxis], filters.kernel(name)[np.newaxis, np.newaxis])[0]


def test_every_kernel_is_known_by_sum_and_meaning():
    assert filters.KERNELS.keys() == SUMS.keys()
    for name, total in SUMS.items():
        kernel = filters.kernel(name)
        assert kernel.dtype == np.float64 and kernel.shape in {(3, 3), (5, 5)}
        assert kernel.sum() == pytest.approx(total, abs=1e-15), name


def test_sobel_on_a_falling_edge():
    image = np.tile([255, 255, 0, 0, 0], (5, 1))
    np.testing.assert_array_equal(apply("sobel x", image), np.tile([-1020, -1020, 0], (3, 1)))
    np.testing.assert_array_equal(apply("sobel y", image), np.zeros((3, 3)))


def test_sobel_on_a_bright_bar():
    image = filters.pattern("bright bar", 6)
    np.testing.assert_array_equal(image, np.tile([0, 0, 1, 1, 0, 0], (6, 1)))
    np.testing.assert_array_equal(apply("sobel x", image), np.tile([4, 4, -4, -4], (4, 1)))


@pytest.mark.parametrize("x, y", [("sobel x", "sobel y"), ("prewitt x", "prewitt y")])
def test_y_is_x_transposed(x, y):
    np.testing.assert_array_equal(filters.kernel(x).T, filters.kernel(y))


def test_each_edge_kernel_answers_its_own_edge():
    vertical, horizontal = filters.pattern("vertical edge", 8), filters.pattern("horizontal edge", 8)
    for name, loud, silent in [
        ("sobel x", vertical, horizontal),
        ("prewitt x", vertical, horizontal),
        ("sobel y", horizontal, vertical),
        ("prewitt y", horizontal, vertical),
    ]:
        assert apply(name, loud).max() >= 3 and not apply(name, silent).any(), name
    rising = filters.pattern("diagonal edge", 8)  # bright at the upper right
    assert apply("diagonal", rising).max() == 4
    assert abs(apply("antidiagonal", rising)).max() == 0


def test_corner_answers_where_edges_meet_and_laplacian_on_either():
    corner, edge = filters.pattern("corner", 8), filters.pattern("vertical edge", 8)
    assert not apply("corner", edge).any() and apply("corner", corner).any()
    assert apply("laplacian", edge).any() and apply("laplacian", edge.T).any()


def test_identity_and_blurs_keep_what_they_should():
    noise = filters.pattern("noise", 8)
    np.testing.assert_array_equal(apply("identity", noise), noise[1:-1, 1:-1])
    for name in ("box blur", "gaussian", "gaussian 5x5"):
        assert apply(name, noise).std() < noise.std() / 2
        np.testing.assert_allclose(apply(name, np.full((7, 7), 3.0)), 3.0)


def test_gaussian_is_a_round_bell():
    bell = filters.gaussian(5, 1.0)
    assert bell.sum() == pytest.approx(1)
    np.testing.assert_allclose(bell, bell.T)
    np.testing.assert_allclose(bell, bell[::-1, ::-1])
    assert bell[2, 3] / bell[2, 2] == pytest.approx(np.exp(-0.5))  # one sigma from the middle
    np.testing.assert_array_equal(filters.gaussian(1, 2.0), [[1.0]])


def test_a_kernel_is_a_copy():
    filters.kernel("sobel x")[:] = 9
    assert filters.kernel("sobel x").sum() == 0


@pytest.mark.parametrize("size", [3, 5, 6, 7, 8, 16])
def test_patterns_fit_into_cells(size):
    for name in filters.PATTERNS:
        image = filters.pattern(name, size)
        assert image.shape == (size, size) and image.dtype == np.float64
        assert image.min() == 0 and (image == image.round()).all(), name
        assert image.max() == (size - 1 if name == "ramp" else 1), name
        np.testing.assert_array_equal(image, filters.pattern(name, size))


@pytest.mark.parametrize("size", [7, 8])
def test_symmetric_patterns_are_symmetric(size):
    for name in ("centre blob", "cross"):
        image = filters.pattern(name, size)
        for other in (image.T, image[::-1], image[:, ::-1]):
            np.testing.assert_array_equal(image, other)
    np.testing.assert_array_equal(
        filters.pattern("vertical edge", size).T, filters.pattern("horizontal edge", size)
    )


def test_the_noise_is_always_the_same_noise():
    np.testing.assert_array_equal(
        filters.pattern("noise", 7)[:3],
        [[1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 0]],
    )


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: filters.kernel("sobel"), "kernel='sobel': choose one of identity, box blur"),
        (lambda: filters.pattern("cat"), "pattern='cat': choose one of vertical edge"),
        (lambda: filters.pattern("cross", 2), "size=2: .* from 3 up"),
        (lambda: filters.pattern("cross", 7.0), "size=7.0: .* from 3 up"),
        (lambda: filters.gaussian(4, 1), "size=4: .* odd"),
        (lambda: filters.gaussian(3, 0), "sigma=0: .* positive"),
        (lambda: filters.gaussian(3, float("nan")), "sigma=nan: .* positive"),
    ],
)
def test_wrong_arguments_are_told_what_to_give(call, words):
    with pytest.raises(ValueError, match=words):
        call()
