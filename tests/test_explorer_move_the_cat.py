"""Move the cat: the picture, the dense answer and the filter's map are what the words say."""

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers import datasets
from helpers.drawing.colours import shades
from helpers.explorers import MoveTheCat

CENTRES = {"left eye": (12, 10), "right eye": (13, 26), "nose": (25, 20)}  # on the cat of 32 x 32 pixels


@pytest.fixture(scope="module")
def explorer():
    return MoveTheCat()


@pytest.fixture(scope="module")
def cat():
    return datasets.photo("cat", size=32, grey=True)


def laid(cat, dx, dy, ground):
    picture = np.full((64, 64), cat.mean()) if ground == "plain grey" else datasets.photo(ground, 64, True)
    picture[16 + dy : 48 + dy, 16 + dx : 48 + dx] = cat
    return picture


PLACES = [(0, 0), (1, 0), (0, 1), (-5, 9), (16, 16), (-16, -16), (16, -16), (-16, 16)]
CASES = [
    (dx, dy, part, ("plain grey", "brick", "grass", "gravel")[(i + j) % 4])
    for i, (dx, dy) in enumerate(PLACES)
    for j, part in enumerate(CENTRES)
]


@pytest.mark.parametrize("dx, dy, part, ground", CASES)
def test_picture_map_and_bars_are_right(explorer, cat, dx, dy, part, ground):
    shown = explorer.artists(dx=dx, dy=dy, part=part, ground=ground)
    picture = laid(cat, dx, dy, ground)
    model = explorer.solve(explorer.at(dx=dx, dy=dy, part=part, ground=ground))
    assert np.array_equal(model.picture, picture)
    assert np.array_equal(shown["picture"].colours, shades(picture))

    row, column = CENTRES[part]
    kernel = cat[row - 4 : row + 5, column - 4 : column + 5]
    kernel = kernel - kernel.mean()
    answers = correlate2d(picture, kernel, mode="valid") / (kernel**2).sum()
    assert np.allclose(model.answers, answers)
    assert np.array_equal(shown["map"].colours, shades(model.answers, 1.0))
    assert np.isclose(shown["conv bar"].get_width(), 1) and shown["conv number"].get_text() == "100%"

    template = laid(cat, 0, 0, "plain grey") - cat.mean()
    dense = (template * picture).sum() / (template**2).sum()
    assert np.isclose(shown["dense bar"].get_width(), dense)
    assert shown["dense number"].get_text().replace("−", "-") == f"{dense:.0%}".replace("-0%", "0%")


@pytest.mark.parametrize("part", CENTRES)
def test_the_peak_goes_where_the_cat_goes(explorer, part):
    """Both boxes stand on the part the filter was cut from, on every background."""
    row, column = CENTRES[part]
    for ground in ("plain grey", "brick", "grass", "gravel"):
        for dx in (-16, 0, 16):
            for dy in (-16, 3, 16):
                shown = explorer.artists(dx=dx, dy=dy, part=part, ground=ground)
                corner = (16 + column + dx - 4 - 0.5, 16 + row + dy - 4 - 0.5)  # (x, y) of the box
                assert shown["window"].get_xy() == shown["peak"].get_xy() == corner


def test_the_maps_colours_stand_over_the_picture_they_answer(explorer):
    """A window's answer is drawn at the middle of the window."""
    left, right, bottom, top = explorer.artists()["map"].get_extent()
    assert (left, right, bottom, top) == (3.5, 59.5, 59.5, 3.5)


def test_one_step_costs_the_dense_unit_a_third(explorer):
    widths = [explorer.artists(dx=dx)["dense bar"].get_width() for dx in range(6)]
    assert np.isclose(widths[0], 1) and widths[1] < 0.7 and widths[5] < 0
    assert widths == sorted(widths, reverse=True)
    down = explorer.artists(dy=1)["dense bar"].get_width()
    assert widths[1] < down < 0.75, "a step to the side spoils more than a step down"


def test_every_answer_fits_its_bar(explorer):
    for ground in ("brick", "grass"):
        for dx, dy in [(d, e) for d in range(-16, 17, 8) for e in range(-16, 17, 8)]:
            bar = explorer.artists(dx=dx, dy=dy, ground=ground)["dense bar"]
            low, high = bar.axes.get_xlim()
            assert low < bar.get_width() < high


@pytest.mark.parametrize(
    "dx, dy, said",
    [
        (0, 0, "The cat is in the middle on"),
        (1, 0, "moved 1 column right from the middle"),
        (-2, 0, "moved 2 columns left from the middle"),
        (0, -1, "moved 1 row up from the middle"),
        (3, 4, "moved 3 columns right and 4 rows down from the middle"),
    ],
)
def test_words_tell_the_move(dx, dy, said):
    assert said in MoveTheCat(dx=dx, dy=dy).description


def test_words_tell_the_numbers_of_the_picture(explorer):
    state = {"dx": 5, "dy": -3, "ground": "brick", "part": "nose"}
    words, shown = MoveTheCat(**state).description, explorer.artists(**state)
    assert f"gives {shown['dense number'].get_text()} of its full answer" in words
    place, home = re.findall(r"\((\d+), (\d+)\)", words)
    assert np.subtract(np.array(place, int), np.array(home, int)).tolist() == [-3, 5]
    assert "on a brick wall" in words and "nose" in words


def test_code_counts_the_weights_of_the_headings():
    torch = pytest.importorskip("torch")
    dense, convolution = eval(MoveTheCat().code, {"torch": torch})
    assert dense.weight.numel() == 4096 and convolution.weight.numel() == 81
