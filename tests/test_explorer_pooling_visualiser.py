"""The pooling visualiser shows the right windows, winners and outputs, and says the same in words."""

import numpy as np
import pytest
import torch
from states import possible
from torch.nn import functional as F

from helpers.explorers import PoolingVisualiser
from helpers.explorers.pooling_visualiser import BLUR, LAST, data_set
from helpers.ops.shapes import uncovered

SHIFT_EXAMPLE = [[0, 1, 0, 0], [2, 9, 1, 0], [0, 0, 3, 1], [0, 0, 1, 0]]


@pytest.fixture(scope="module")
def explorer():
    return PoolingVisualiser()


def expected(image, state):
    """The output by PyTorch."""
    x = torch.tensor(image)[None, None]
    kernel, stride, padding = state["window"], state["stride"], state["padding"]
    if state["kind"] == "average":
        return F.avg_pool2d(x, kernel, stride, padding)[0, 0].numpy()
    if state["kind"] == "max":
        return F.max_pool2d(x, kernel, stride, padding)[0, 0].numpy()
    every = F.pad(F.max_pool2d(x, kernel, 1, padding), (1, 1, 1, 1), mode="replicate")
    return F.conv2d(every, torch.tensor(BLUR)[None, None], stride=stride)[0, 0].numpy()


def test_outputs_before_and_after_the_shift(explorer):
    for state in possible(explorer, 40, seed=5):
        shown = explorer.artists(**state)
        data = data_set(state["data"])
        before, now = expected(data, state), expected(np.roll(data, state["shift"], axis=1), state)
        assert np.allclose(shown["before"].values, before), state
        assert np.allclose(shown["now"].values, now), state
        x, y = shown["changed"].get_data()
        rows, columns = np.round(np.array(y) + 0.36).astype(int), np.round(np.array(x) - 0.36).astype(int)
        dots = set(zip(rows, columns, strict=True))
        assert dots == set(map(tuple, np.argwhere(~np.isclose(before, now)))), state
        if state["shift"]:
            assert f"{len(dots)} of {now.size} outputs changed" in explorer.describe(**state)


def test_rings_are_pytorch_winners(explorer):
    for state in possible(explorer, 40, seed=5):
        rings = explorer.artists(**state)["winners"]
        assert rings.get_visible() == (state["kind"] != "average")
        image = np.roll(data_set(state["data"]), state["shift"], axis=1)
        options = (state["window"], state["stride"], state["padding"])
        _, places = F.max_pool2d(torch.tensor(image)[None, None], *options, return_indices=True)
        rows, columns = np.divmod(places.numpy().ravel(), image.shape[1])
        x, y = rings.get_data()
        assert list(x) == list(columns + state["padding"]) and list(y) == list(rows + state["padding"])


def test_the_chapters_shift_example(explorer):
    still, moved = explorer.artists(data=0), explorer.artists(data=0, shift=1)
    assert still["now"].values.tolist() == [[9, 1], [0, 3]]
    assert moved["now"].values.tolist() == [[2, 9], [1, 3]]
    assert explorer.describe(data=0, shift=1).count("3 of 4 outputs changed") == 1
    assert data_set(0).tolist() == SHIFT_EXAMPLE


def test_the_chapters_other_examples(explorer):
    assert explorer.artists(data=1)["now"].values.tolist() == [[6, 8], [3, 4]]
    assert explorer.artists(data=2)["now"].values.tolist() == [[6, 8], [9, 8]]


def test_a_shift_by_the_stride_only_moves_the_output(explorer):
    for number in range(3, 12):
        state = explorer.state | {"data": number, "window": 2, "stride": 2, "shift": 2}
        shown = explorer.artists(**state)
        assert np.array_equal(np.roll(shown["before"].values, 1, axis=1), shown["now"].values)
        assert "The output only moved, 1 to the right." in explorer.describe(**state)


def test_windows_are_coloured_like_their_outputs(explorer):
    shown = explorer.artists(data=4, window=2, stride=2)
    plane, outputs = shown["plane"].colours[1:, 1:], shown["now"].colours
    for row, column in np.ndindex(8, 8):
        assert np.allclose(plane[row, column], outputs[row // 2, column // 2])
    neighbours = (outputs[:, 1:] != outputs[:, :-1]).any(axis=2)
    assert neighbours.all(), "windows side by side differ in colour"


def test_a_shared_pixel_has_the_mean_colour(explorer):
    shown = explorer.artists(data=4, window=3, stride=2)
    plane, outputs = shown["plane"].colours[1:, 1:], shown["now"].colours
    assert np.allclose(plane[0, 2], (outputs[0, 0] + outputs[0, 1]) / 2)
    assert np.allclose(plane[2, 2], outputs[:2, :2].mean(axis=(0, 1)))


def test_unread_pixels_are_striped_and_named(explorer):
    for state in possible(explorer, 40, seed=5):
        size, padding = len(data_set(state["data"])), state["padding"]
        missed = uncovered(size, state["window"], state["stride"], padding)
        hatch = explorer.artists(**state)["plane"].hatch[1 + padding :, 1 + padding :][:size, :size]
        unread = np.isin(np.arange(size), missed)
        assert np.array_equal(hatch, np.add.outer(unread, unread)), state
        words = f"No window reads rows and columns {', '.join(map(str, missed))}. "
        assert (words if missed else "No window") in explorer.describe(**state) + "No window" * (not missed)


def test_padding_is_labelled_by_what_it_does(explorer):
    assert explorer.artists(data=3, window=3, padding=1)["plane"].labels[1, 1] == "\u2212∞"
    average = explorer.artists(data=3, window=3, padding=1, kind="average")
    assert average["plane"].labels[1, 1] == "0"


def test_marked_window_is_reckoned(explorer):
    mark = explorer.artists(data=4, window=3, stride=2, position=4)["plane mark"]
    assert (mark.get_x(), mark.get_y(), mark.get_width(), mark.get_height()) == (1.5, 1.5, 3, 3)
    words = explorer.describe(data=1, kind="average")
    assert "Output (0, 0): 1 1 / 5 6 sums to 13; divided by 4: 3.25." in words
    words = explorer.describe(data=0, position=2)
    assert "largest of 0 0 / 0 0 is 0, the first of 4 equals, at row 2, column 0" in words


def test_new_data_moves_on_and_begins_again():
    explorer = PoolingVisualiser(data=LAST)
    button = explorer.buttons["new data"]
    button.click()
    assert explorer.state["data"] == 0
    picture = explorer.png
    button.click()
    assert explorer.state["data"] == 1 and explorer.png != picture


def test_the_same_number_is_the_same_data():
    assert all(np.array_equal(data_set(n), data_set(n)) for n in range(LAST + 1))
    later = [data_set(n).tobytes() for n in range(LAST + 1)]
    assert len(set(later)) == LAST + 1


def test_impossible_settings_are_words(explorer):
    for state in ({"data": 0, "window": 5}, {"window": 2, "padding": 2}, {"window": 1, "padding": 1}):
        words = explorer.describe(**state)
        assert words.startswith("No output. ") and "give" in words


def test_code_gives_the_shown_output(explorer):
    for state in possible(explorer, 40, seed=5):
        explorer.set(**state)
        if explorer.state["kind"] == "blurred max":
            assert explorer.code == ""
            continue
        layer = eval(explorer.code, {"torch": torch})
        image = np.roll(data_set(state["data"]), state["shift"], axis=1)
        result = layer(torch.tensor(image)[None, None])[0, 0].numpy()
        assert np.allclose(result, explorer.artists()["now"].values)
