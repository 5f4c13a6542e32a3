"""The parameter counter: numbers, bars and words agree with layers that exist."""

import numpy as np
import pytest

from helpers.explorers import ParameterCounter
from helpers.explorers.parameter_counter import DECADES, LENGTH


@pytest.fixture(scope="module")
def explorer():
    return ParameterCounter()


def numbers(explorer, **state):
    """The three counts as the picture shows them."""
    shown = explorer.artists(**state)
    counts = [int(shown[f"{name} number"].get_text().replace(",", "")) for name in ("conv", "dense", "map")]
    widths = [shown[f"{name} bar"].get_width() for name in ("conv", "dense", "map")]
    assert np.allclose(widths, np.maximum(LENGTH * np.log10(counts) / DECADES, 0.02))
    return counts


@pytest.mark.parametrize(
    "state, expected",
    [
        ({"side": 32, "channels": 3, "units": 1, "kernel": 5}, [76, 3_073, 2_409_232]),
        ({"side": 32, "channels": 3, "units": 100, "kernel": 5}, [7_600, 307_300, 240_923_200]),
        ({"side": 32, "channels": 3, "units": 64, "kernel": 3}, [1_792, 196_672, 64 * 900 * 3_073]),
        ({"side": 32, "channels": 3, "units": 64, "kernel": 3, "bias": False}, [1_728, 196_608, 176_947_200]),
        ({"side": 32, "channels": 3, "units": 100, "bias": False}, [7_500, 307_200, 240_844_800]),
        (
            {"side": 224, "channels": 3, "units": 1000, "bias": False},
            [75_000, 150_528_000, 7_285_555_200_000],
        ),
        (
            {"side": 512, "channels": 1, "units": 1000, "bias": False},
            [25_000, 262_144_000, 262_144_000 * 508**2],
        ),
        ({"side": 11, "channels": 1, "units": 1, "kernel": 11}, [122, 122, 122]),
    ],
)
def test_known_counts(explorer, state, expected):
    assert numbers(explorer, **state) == expected


@pytest.mark.parametrize("side, channels, units, kernel", [(11, 1, 1, 11), (12, 3, 4, 3), (13, 2, 2, 1)])
@pytest.mark.parametrize("bias", [True, False])
def test_counts_are_those_of_pytorch(explorer, side, channels, units, kernel, bias):
    torch = pytest.importorskip("torch")
    state = {"side": side, "channels": channels, "units": units, "kernel": kernel, "bias": bias}
    convolution, dense = (eval(line, {"torch": torch}) for line in ParameterCounter(**state).code.split("; "))
    picture = torch.zeros(1, channels, side, side)
    outputs = convolution(picture).numel()
    as_many = torch.nn.Linear(picture.numel(), outputs, bias=bias)
    assert dense(picture.flatten(1)).numel() == units
    expected = [sum(p.numel() for p in layer.parameters()) for layer in (convolution, dense, as_many)]
    assert numbers(explorer, **state) == expected


def test_the_side_moves_only_the_dense_bars(explorer):
    small, large = (numbers(explorer, side=side) for side in (32, 64))
    assert small[0] == large[0]
    assert 3.99 < large[1] / small[1] < 4 and large[2] / small[2] > 16


def test_a_dense_layer_never_has_fewer():
    explorer = ParameterCounter()
    for spec in ({"kernel": 11, "side": 11}, {"kernel": 1, "side": 11}, {"units": 1, "side": 512}):
        convolution, dense, as_many = numbers(explorer, **spec)
        assert convolution <= dense <= as_many


def test_the_longest_bar_ends_before_its_number(explorer):
    largest = {"side": 512, "channels": 64, "units": 1000, "kernel": 1}
    fig = explorer.draw(**largest)
    fig.canvas.draw()
    texts = {text.get_text(): text.get_window_extent() for ax in fig.axes for text in ax.texts}
    (number,) = (box for text, box in texts.items() if text.count(",") == 5 and "·" not in text)
    bars = [patch.get_window_extent().x1 for patch in fig.axes[0].patches]
    assert max(bars) < number.x0


def test_words_tell_counts_and_ratios():
    words = ParameterCounter(units=1).description
    assert "1 filter of 5 × 5 has 76 parameters" in words
    assert "a dense layer of 1 unit 3,073: 40.4 times as many" in words
    assert "1 map of 28 × 28" in words and "2,409,232 (2.4 million)" in words
    assert "Biases are counted" in words
    assert "the same number" in ParameterCounter(side=11, kernel=11, channels=1, units=1).description
    assert "not counted" in ParameterCounter(bias=False).description
    assert "quadrillion" in ParameterCounter(side=512, channels=64, units=1000, kernel=1).description
