"""The explorer of variants counts as PyTorch does, and joins the channels that PyTorch's layers join."""

import re

import numpy as np
import pytest
import torch
from states import possible
from torch.utils.flop_counter import FlopCounterMode

from helpers.explorers import ConvolutionVariants
from helpers.explorers.variants.explorer import FEW, HEIGHT, LENGTH, TOP
from helpers.explorers.variants.wiring import BOTTLENECK, ONE, SEPARABLE

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


@pytest.fixture(scope="module")
def explorer():
    return ConvolutionVariants()


def small(explorer, count=45):
    """Random states small enough to be run."""

    def choose(draw):
        state = {
            "variant": draw.choice([ONE, SEPARABLE, BOTTLENECK]),
            "groups": draw.choice([1, 1, 2, 3, 4, 6]),
            "kernel": draw.randint(1, 7),
            "dilation": draw.randint(1, 4),
            "side": draw.randint(1, 9),
            "bias": draw.random() < 0.5,
        }
        state |= {name: state["groups"] * draw.randint(1, 6) for name in ("channels", "filters")}
        return state | {"probe": draw.randrange(state["filters"])}

    return possible(explorer, count, choose, seed=3)


def in_torch(explorer, state):
    """The layers that the explorer's own line of PyTorch makes."""
    return eval(explorer.torch_code(explorer.solve(state)), {"torch": torch})


def number(text):
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def level(height):
    return (TOP - height) / HEIGHT


def test_parameters_and_macs_are_pytorchs(explorer):
    for state in small(explorer):
        block, parts = in_torch(explorer, state), explorer.artists(**state)
        x = torch.zeros(1, state["channels"], state["side"], state["side"])
        with FlopCounterMode(display=False) as counter:
            out = block(x)
        assert out.shape[1:] == (state["filters"], state["side"], state["side"])
        parameters, macs = (parts[f"{name} number"].get_text() for name in ("parameters", "macs"))
        assert number(parameters) == sum(p.numel() for p in block.parameters()), state
        assert 2 * number(macs) == counter.get_total_flops(), state
        assert ("parameters" in parameters) == state["bias"], "the count says whether biases are in it"
        words = explorer.describe(**state)
        assert parameters in words and macs in words


def test_the_followed_channel_reads_what_has_a_gradient(explorer):
    for state in small(explorer):
        state["side"] = 9  # smaller maps may lie between the taps of an even, dilated kernel
        block = in_torch(explorer, state)
        for weight in block.parameters():
            torch.nn.init.ones_(weight)
        x = torch.zeros(1, state["channels"], state["side"], state["side"], requires_grad=True)
        block(x)[0, state["probe"]].sum().backward()
        first, last = explorer.solve(state).joined[0]
        joined = x.grad[0].sum((1, 2)).nonzero().ravel().tolist()
        assert joined == list(range(first, last)), state
        assert f"reads {last - first} of {state['channels']} input channel" in explorer.describe(**state)


def test_amber_marks_just_those_channels(explorer):
    for state in small(explorer, 15):
        parts = explorer.artists(**state)
        first, last = explorer.solve(state).joined[0]
        column = level(parts["joined"].get_paths()[0].vertices[:, 1])
        assert column.min() == pytest.approx(first / state["channels"])
        assert column.max() == pytest.approx(last / state["channels"])
        ends = parts["joined"].get_paths()[-1].vertices[:, 1]
        assert level(ends.max()) == pytest.approx(state["probe"] / state["filters"])


def test_there_is_a_band_for_each_group_and_a_line_for_each_pair(explorer):
    for groups in (1, 2, 4, 8):
        parts = explorer.artists(channels=8, filters=16, groups=groups)
        assert len(parts["bands"].get_paths()) == groups
        assert len(parts["lines"].get_segments()) == 8 * 16 // groups <= FEW
    crowded = explorer.artists(channels=64, filters=64, groups=4)
    assert len(crowded["bands"].get_paths()) == 4 and not crowded["lines"].get_segments()
    pair = explorer.artists(variant=SEPARABLE, channels=8, filters=4, groups=1)
    assert len(pair["bands"].get_paths()) == 8 + 1
    assert len(pair["lines"].get_segments()) == 8 + 8 * 4
    lines = {tuple(np.round([level(a[1]) * 8, level(b[1]) * 8], 1)) for a, b in
             explorer.artists(channels=8, filters=8, groups=8)["lines"].get_segments()}  # fmt: skip
    assert lines == {(i + 0.5, i + 0.5) for i in range(8)}


def test_bars_are_as_long_as_their_numbers(explorer):
    for state in small(explorer, 15):
        parts = explorer.artists(**state)
        plain = torch.nn.Conv2d(state["channels"], state["filters"], state["kernel"], bias=state["bias"])
        usual = sum(p.numel() for p in plain.parameters())
        mine = number(parts["parameters number"].get_text())
        bar, grey = (parts[f"parameters {kind}"].get_width() for kind in ("bar", "standard"))
        assert max(bar, grey) == pytest.approx(LENGTH)
        assert bar / grey == pytest.approx(mine / usual)
        assert float(parts["parameters ratio"].get_text().split()[0]) == pytest.approx(mine / usual, rel=0.01)


def test_taps_lie_where_the_kernel_reads(explorer):
    for kernel, dilation in [(1, 1), (1, 4), (3, 1), (3, 2), (4, 3), (7, 4)]:
        parts = explorer.artists(kernel=kernel, dilation=dilation)
        colours = parts["taps"].colours
        x = torch.zeros(1, 1, *colours.shape[:2], requires_grad=True)
        torch.nn.functional.conv2d(x, torch.ones(1, 1, kernel, kernel), dilation=dilation).sum().backward()
        tap = np.isclose(colours, colours[0, 0]).all(axis=2)
        assert np.array_equal(tap, x.grad[0, 0].numpy() == 1)
        assert parts["span"].get_text().startswith(f"{kernel**2} tap")


@pytest.mark.parametrize(
    "state, said",
    [
        ({"groups": 1}, "36,864 weights"),
        ({"groups": 4}, "9,216 weights"),
        ({"groups": 64}, "576 weights"),
        ({"groups": 1, "kernel": 1}, "4,096 weights"),
        ({"groups": 1, "variant": SEPARABLE}, "4,672 weights"),
        ({"groups": 1, "kernel": 1, "channels": 256, "bias": True}, "16,448 parameters"),
        ({"groups": 1, "variant": BOTTLENECK, "channels": 256, "filters": 256, "bias": True},
         "70,016 parameters"),
        ({"groups": 1, "channels": 256, "filters": 256, "bias": True}, "590,080 parameters"),
        ({"groups": 1, "channels": 256, "filters": 256}, "589,824 weights"),
    ],
)  # fmt: skip
def test_the_chapters_numbers(explorer, state, said):
    assert said in explorer.describe(**({"channels": 64, "filters": 64} | state))


def test_dilation_changes_the_taps_and_nothing_else(explorer):
    near, far = explorer.artists(dilation=1), explorer.artists(dilation=3)
    for name in ("parameters number", "macs number", "macs ratio"):
        assert near[name].get_text() == far[name].get_text()
    assert near["taps"].colours.shape[0] == 3 and far["taps"].colours.shape[0] == 7


@pytest.mark.parametrize(
    "state, said",
    [
        ({"groups": 3}, "groups=3: it must divide the 16 input channels"),
        ({"filters": 10}, "groups=4: it must divide the 10 out_channels"),
        ({"variant": SEPARABLE, "groups": 5}, "groups=5: it must divide the 16 input channels"),
        ({"variant": BOTTLENECK, "groups": 8}, "groups=8: it must divide the 4 input channels"),
    ],
)
def test_impossible_settings_are_words(explorer, state, said):
    words = explorer.describe(**state)
    assert words.startswith("No output. ") and said in words and "give a common divisor" in words
    assert ConvolutionVariants(**state).code == ""


def test_an_impossible_setting_is_left_again():
    explorer = ConvolutionVariants()
    before = explorer.png
    explorer.controls["groups"].value = 5
    assert explorer.png != before and explorer.description.startswith("No output.")
    explorer.controls["groups"].value = 4
    assert explorer.png == before


def test_only_a_channel_alone_is_called_depthwise(explorer):
    for channels, filters, groups, name in [
        (12, 6, 6, "3 × 3, 6 groups"),
        (6, 12, 6, "3 × 3, 6 groups"),
        (6, 6, 6, "3 × 3, depthwise"),
        (1, 1, 1, "3 × 3"),
    ]:
        state = {"channels": channels, "filters": filters, "groups": groups}
        assert explorer.artists(**state)["layer 0"].get_text().replace("\n", ", ") == name
        assert f"One convolution: {name} from" in explorer.describe(**(state | {"probe": 0}))
