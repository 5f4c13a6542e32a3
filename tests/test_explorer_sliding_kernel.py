"""The sliding kernel shows the right window, products, sum and outputs, and says the same in words."""

import re
from fractions import Fraction

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from helpers import conv2d, filters
from helpers.drawing.style import DPI
from helpers.explorers import SlidingKernel
from helpers.explorers.sliding_kernel import KERNELS


@pytest.fixture(scope="module")
def explorer():
    return SlidingKernel()


def shown(labels):
    """Labels as numbers; an empty cell as NaN."""
    texts = [text.replace("\u2212", "-") for text in labels.ravel()]
    return np.array([Fraction(text) if text else np.nan for text in texts], float).reshape(labels.shape)


CASES = [
    (kernel, image, size, position)
    for i, kernel in enumerate(KERNELS)
    for j, image in enumerate(filters.PATTERNS)
    for size, position in [(7 + (i + j) % 2, (7 * i + 11 * j) % 25)]
]


@pytest.mark.parametrize("kernel, image, size, position", CASES)
def test_every_number_shown_is_right(explorer, kernel, image, size, position):
    parts = explorer.artists(kernel=kernel, image=image, size=size, position=position)
    picture, weights = filters.pattern(image, size), filters.kernel(kernel)
    answer = correlate2d(picture, weights, mode="valid")
    row, column = divmod(position, size - 2)
    window = picture[row : row + 3, column : column + 3]
    for name, values in {
        "input": picture,
        "window": window,
        "kernel": weights,
        "products": window * weights,
    }.items():
        assert np.allclose(shown(parts[name].labels), values, atol=0.005), name
    for name, values in {"output": answer, "relu": np.maximum(answer, 0)}.items():
        numbers = shown(parts[name].labels).ravel()
        assert np.allclose(numbers[: position + 1], values.ravel()[: position + 1], atol=0.0051), name
        assert np.isnan(numbers[position + 1 :]).all(), f"{name}: cells not yet computed are empty"
        assert (parts[name].colours.reshape(-1, 3)[position + 1 :] == 1).all()
    assert np.array_equal(
        parts["relu"].hatch.ravel()[: position + 1], answer.ravel()[: position + 1] < -1e-12
    )

    left, right = re.sub(r"\s+", " ", parts["sum"].get_text()).replace("\u2212", "-").split("=")
    assert eval(left) == pytest.approx(answer[row, column])
    assert float(right) == pytest.approx(answer[row, column], abs=0.005)
    assert len(re.findall(r" [+-] ", left)) == 8, "nine products, eight sums"


def test_outlines_stand_on_the_window_and_on_its_output(explorer):
    for size, position in [(8, 0), (8, 15), (8, 35), (7, 24)]:
        parts = explorer.artists(size=size, position=position)
        row, column = divmod(position, size - 2)
        for outline, grid, height in (
            ("place", "input", 3),
            ("output here", "output", 1),
            ("relu here", "relu", 1),
        ):
            to_inches = parts[grid].get_transform() - parts[grid].axes.transData
            corner = to_inches.transform((column - 0.5, row + height - 0.5))
            assert np.allclose(parts[outline].get_xy(), corner), (outline, size, position)
            opposite = to_inches.transform((column + height - 0.5, row - 0.5))
            side = [parts[outline].get_width(), parts[outline].get_height()]
            assert np.allclose(opposite - corner, side)


def test_numbers_of_a_row_that_is_not_there_are_covered(explorer):
    for size in (7, 8):
        parts = explorer.artists(size=size, position=0)
        covers = [artist for name, artist in parts.items() if name.startswith("cover")]
        assert len(covers) == 6
        assert all(cover.get_visible() == (size == 7) for cover in covers)


def test_predict_hides_the_answer_everywhere(explorer):
    setting = {"kernel": "laplacian", "image": "noise", "size": 8, "position": 21}
    parts = explorer.artists(predict=True, **setting)
    for name in ("output", "relu"):
        assert parts[name].labels[3, 3] == "?"
        assert (parts[name].colours[3, 3] == 1).all(), "nor does the colour tell"
        assert not parts[name].hatch[3, 3]
        assert "" not in parts[name].labels.ravel()[:21] and set(parts[name].labels.ravel()[22:]) == {""}
    assert parts["sum"].get_text().endswith("= ?")
    assert parts["result"].get_text() == "Output (3, 3) = ?\nReLU: max(0, ?) = ?"
    words = explorer.describe(**(setting | {"predict": True}))
    assert words.endswith("What is the sum of the nine products?")
    answer = correlate2d(filters.pattern("noise", 8), filters.kernel("laplacian"), mode="valid")[3, 3]
    told = explorer.describe(**(setting | {"predict": False}))
    assert f"Their sum, {answer:.0f}".replace("-", "\u2212") in told


def test_words_say_the_numbers_of_the_picture(explorer):
    words = explorer.describe(kernel="sobel x", image="vertical edge", size=8, position=14)
    assert "row 2, column 2" in words and "holds 0 0 1 / 0 0 1 / 0 0 1" in words
    assert "0 0 1 / 0 0 2 / 0 0 1" in words and "Their sum, 4, is output (2, 2)" in words
    negative = explorer.describe(kernel="sobel x", image="bright bar", size=8, position=5)
    assert "after ReLU it is 0." in explorer.describe(kernel="laplacian", position=14)
    assert "row 0, column 5" in negative


def test_fractions_are_shown_as_fractions(explorer):
    parts = explorer.artists(kernel="gaussian", image="vertical edge", position=14)
    assert parts["kernel"].labels.tolist() == [
        ["1/16", "2/16", "1/16"],
        ["2/16", "4/16", "2/16"],
        ["1/16", "2/16", "1/16"],
    ]
    assert parts["sum"].get_text() == "(0 + 0 + 1 + 0 + 0 + 2 + 0 + 0 + 1) / 16 = 0.25"
    assert parts["output"].labels[2, 2] == ".25"


def test_buttons_walk_the_window_row_by_row():
    explorer = SlidingKernel(position=4)
    places = []
    for button in ("step", "step", "back", "play", "reset"):
        explorer.buttons[button].click()
        places.append(re.search(r"row \d, column \d", explorer.description)[0])
    assert places == [
        "row 0, column 5",
        "row 1, column 0",
        "row 0, column 5",
        "row 1, column 0",
        "row 0, column 0",
    ]


def test_smaller_image_brings_the_window_back_inside():
    explorer = SlidingKernel(position=35)
    explorer.controls["size"].value = 7
    assert explorer.state["position"] == 24
    assert "Step 25 of 25" in explorer.description


def test_colours_stay_put_while_the_window_moves(explorer):
    """One scale per kernel and image: a cell already computed never changes its colour."""
    first = explorer.artists(kernel="emboss", image="noise", position=10)
    last = explorer.artists(kernel="emboss", image="noise", position=35)
    for name in ("output", "relu"):
        before = first[name].colours.reshape(-1, 3)[:11]
        assert np.array_equal(before, last[name].colours.reshape(-1, 3)[:11])


def test_no_number_is_printed_small(explorer):
    """Every cell's type is at least 9 points high in every setting."""
    for kernel in KERNELS:
        for image in filters.PATTERNS:
            parts = explorer.artists(kernel=kernel, image=image, position=35)
            for name in ("input", "window", "kernel", "products", "output", "relu"):
                points = parts[name].type_size() * 72 / DPI
                assert points >= 9, f"{name} with {kernel} on {image}: {points:.1f} points"


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_operation_is_correlation_and_convolution_after_a_turn(kernel):
    """What chapter 2 says of the flip, checked against SciPy for both conventions."""
    image, weights = filters.pattern("noise", 12), filters.kernel(kernel)
    turned = np.ascontiguousarray(weights[::-1, ::-1])
    assert np.allclose(conv2d(image[None], weights[None, None])[0], correlate2d(image, weights, mode="valid"))
    assert np.allclose(conv2d(image[None], turned[None, None])[0], convolve2d(image, weights, mode="valid"))
