"""Stride and padding: its numbers are PyTorch's, its controls keep in bounds, a guess is told its slip."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.drawing.style import CSS_PER_INCH, DPI
from helpers.explorers import StridePadding
from helpers.explorers.stride import sums

EXPLORER = StridePadding()
NAMES = [name for name in EXPLORER.inputs if name not in ("window", "predict", "guess", "numbers")]
STATES = st.fixed_dictionaries({name: st.sampled_from(EXPLORER.inputs[name].values()) for name in NAMES})


def tensor(array):
    return torch.tensor(np.asarray(array), dtype=torch.float64)[None, None]


@given(STATES)
def test_the_line_of_pytorch_gives_the_numbers_of_the_picture(chosen):
    state = EXPLORER.at(**chosen)
    model, trouble = EXPLORER.solved(state)
    if trouble:
        return
    layer = eval(EXPLORER.torch_code(model), {"torch": torch}).double()
    with torch.no_grad():
        layer.bias.zero_()
        layer.weight[:] = tensor(model.weight)
        out = layer(tensor(sums.image(state["size"])))[0, 0].numpy()
    shown = model.plane[model.inside].reshape(model.output) if model.transposed else model.small
    assert out.shape == model.output and np.array_equal(out, shown)


def test_the_marked_window_adds_up():
    explorer = StridePadding(numbers=True, window=5, mode="reflect", padding=2)
    assert explorer.description.endswith("1·−1 + 6·0 + 1·1 + 6·−2 + 0·0 + 4·2 + 1·−1 + 4·0 + 7·1 = 2")
    assert explorer.code == 'torch.nn.Conv2d(1, 1, 3, stride=2, padding=2, padding_mode="reflect")'
    assert StridePadding(numbers=True, kernel=4).description.endswith("16 products add up to 6.")
    assert "6 times the kernel" in StridePadding(transposed=True, size=4, numbers=True, window=6).description


def test_the_words_count_windows_and_name_the_marked_one():
    words = StridePadding(window=6).description
    assert "4 windows along each axis, so the output is 4 × 4. The marked window makes output (1, 2)" in words


def test_columns_unlike_rows():
    explorer = StridePadding(kernel_columns=5, stride_columns=1)
    assert explorer.state["apart"] and not explorer.controls["kernel_columns"].disabled
    assert explorer.code == "torch.nn.Conv2d(1, 1, (3, 5), stride=(2, 1), padding=1)"
    assert (
        "stride 2 down and 1 across. 4 windows down and 5 across, so the output is 4 × 5."
        in explorer.description
    )
    explorer.set(apart=False)
    assert explorer.state["kernel_columns"] == 3 and explorer.controls["stride_columns"].disabled


@pytest.mark.parametrize("mode, most", [("reflect", 2), ("circular", 3), ("replicate", 4), ("zeros", 4)])
def test_padding_copies_no_more_than_there_is(mode, most):
    assert StridePadding(size=3, padding=4, mode=mode).state["padding"] == most


def test_backwards_the_output_stays_readable_and_has_no_mode():
    explorer = StridePadding(transposed=True, size=14, stride=5, kernel=7, mode="circular")
    assert explorer.state["mode"] == "zeros" and explorer.controls["mode"].disabled
    assert max(explorer.artists()["plane"].values.shape) <= 30 and explorer.state["size"] == 5


@pytest.mark.parametrize(
    "setting, guess, words",
    [
        ({}, 3, "Your O is 3, but 4 fit: the + 1 is missing."),
        ({"padding": 2, "stride": 1}, 7, "Your O is 7, but 9 fit: padding counted on one side only."),
        ({"transposed": True}, 13, "Your O = 13 is right."),
        ({"transposed": True}, 15, "Your O is 15, but 13 come out: W taken for W − 1."),
        ({"transposed": True}, 17, "Your O is 17, but 13 come out: padding added, which here is cut."),
    ],
)
def test_a_guess_is_told_its_slip(setting, guess, words):
    explorer = StridePadding(predict=True, **setting)
    assert explorer.description.endswith("Set your O.") and explorer.regions == []
    assert not explorer.artists()["small"].get_visible() or setting.get("transposed")
    explorer.set(guess=guess)
    assert words in explorer.description


@given(STATES)
def test_numbers_are_eight_pixels_high_on_the_page_or_left_out(chosen):
    artists = EXPLORER.artists(**chosen, numbers=True)
    if "plane" not in artists:  # no window fits: words stand in the picture's place
        return
    for name in ("plane", "small", "kernel", "axis"):
        cells = artists[name]
        small = cells.type_size() * CSS_PER_INCH / DPI < 8
        assert not small or not any(cells.labels.ravel()), name
    told = "no room for numbers" in artists["plane title"].get_text()
    assert told != any(artists["plane"].labels.ravel())
