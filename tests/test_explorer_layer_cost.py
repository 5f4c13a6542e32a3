"""The layer cost calculator counts as PyTorch does, draws what it counts, and says the same in words."""

import math
import re

import numpy as np
import pytest
import torch
from states import possible
from torch.utils.flop_counter import FlopCounterMode

from helpers.explorers import LayerCost
from helpers.explorers.layer_cost import DECADES, LEFT, LENGTH, ROWS

WORKED = {"channels": 3, "filters": 10, "kernel": 5, "height": 32, "width": 32, "stride": 1, "padding": 2}


@pytest.fixture(scope="module")
def explorer():
    return LayerCost()


def small(explorer, count=40):
    """Random states small enough to be run."""

    def choose(draw):
        state = {
            "groups": draw.choice([1, 1, 2, 3, 4]),
            "kernel": draw.randint(1, 7),
            "height": draw.randint(1, 24),
            "width": draw.randint(1, 24),
            "stride": draw.randint(1, 4),
            "padding": draw.randint(0, 4),
            "batch": draw.randint(1, 5),
            "bias": draw.random() < 0.5,
        }
        state |= {name: state["groups"] * draw.randint(1, 6) for name in ("channels", "filters")}
        return state

    return possible(explorer, count, choose, seed=7)


def in_torch(explorer, state):
    """The layer that the explorer's own line of PyTorch makes."""
    return eval(explorer.torch_code(explorer.solve(state)), {"torch": torch})


def number(text):
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def test_parameters_macs_and_memory_are_pytorchs(explorer):
    for state in small(explorer):
        layer, parts = in_torch(explorer, state), explorer.artists(**state)
        x = torch.zeros(state["batch"], state["channels"], state["height"], state["width"])
        with FlopCounterMode(display=False) as counter:
            out = layer(x)
        shown = {name: number(parts[f"{name} number"].get_text()) for name in ROWS}
        assert shown["parameters"] == sum(p.numel() for p in layer.parameters()), state
        assert 2 * shown["macs"] == counter.get_total_flops(), state
        assert shown["memory"] == out.nelement() * out.element_size(), state
        assert parts["output shape"].get_text() == " × ".join(map(str, out.shape[1:]))
        filters, *each = layer.weight.shape
        assert parts["kernel shape"].get_text() == f"{filters} of {' × '.join(map(str, each))}"


def test_dense_layer_is_pytorchs(explorer):
    for state in [*small(explorer, 8), explorer.at(**WORKED)]:
        output = math.prod(explorer.solve(state).costs["output"])
        numbers = state["channels"] * state["height"] * state["width"]
        with torch.device("meta"):  # counted without memory
            dense = torch.nn.Linear(numbers, output, bias=state["bias"])
        shown = number(explorer.artists(**state)["dense number"].get_text())
        assert shown == sum(p.numel() for p in dense.parameters())


def test_the_chapters_worked_numbers(explorer):
    words = explorer.describe(**WORKED)
    for text in ("750 weights and 10 biases make 760 parameters", "768,000 MACs", "40,960 bytes = 40 KiB"):
        assert text in words
    assert "output of an image is 10 × 32 × 32" in words
    assert "from 3,072 to 10,240 numbers would have 31,467,520 parameters, 41,405 times as many" in words
    wide = {"channels": 256, "filters": 256, "kernel": 3, "padding": 1}
    assert "make 590,080 parameters" in explorer.describe(**wide)
    first = {"channels": 3, "filters": 64, "kernel": 3, "padding": 1, "height": 224, "width": 224}
    assert "1,728 weights and 64 biases make 1,792 parameters" in explorer.describe(**first)
    bare = explorer.describe(**(first | {"bias": False}))
    assert "1,728 weights and 0 biases make 1,728 parameters" in bare


def test_lines_of_reckoning_give_the_numbers(explorer):
    for state in small(explorer):
        parts = explorer.artists(**state)
        for name in ROWS:
            line = parts[f"{name} label"].get_text().partition(":")[2]
            sum_ = re.sub(r"[a-z]+", "", line.replace(",", "")).replace("·", "*")
            assert eval(sum_) == number(parts[f"{name} number"].get_text()), line


def test_words_say_every_number_of_the_picture(explorer):
    for state in small(explorer):
        parts, words = explorer.artists(**state), explorer.describe(**state)
        for name in ("parameters", "macs", "memory", "dense"):
            assert parts[f"{name} number"].get_text().split()[0] in words
        for name in ("input", "kernel", "output"):
            assert parts[f"{name} shape"].get_text().split(" of ")[-1] in words


def test_bars_are_as_long_as_their_numbers(explorer):
    highest = {name: spec.high for name, spec in explorer.inputs.items() if hasattr(spec, "high")}
    most = explorer.state | highest | {"groups": 1, "stride": 1}
    for state in [*small(explorer, 10), most]:
        parts, costs = explorer.artists(**state), explorer.solve(state).costs
        for name in ROWS:
            width = parts[f"{name} bar"].get_width()
            assert width == pytest.approx(max(LENGTH * math.log10(costs[name]) / DECADES, 0.02))
            assert LEFT + width < LEFT + LENGTH


def test_boxes_grow_with_their_sides_and_have_a_band_for_each_map(explorer):
    def polygons(name, **state):
        return [path.vertices for path in explorer.artists(**state)[name].get_paths()]

    def extent(name, **state):
        return np.ptp(np.concatenate(polygons(name, **state)), axis=0)

    low, tall = extent("input", height=16), extent("input", height=256)
    assert tall[1] > low[1] and tall[0] == pytest.approx(low[0])
    assert extent("input", width=256)[0] > extent("input", width=16)[0]
    assert (extent("output", filters=64) > extent("output", filters=4)).all()
    for filters in (1, 2, 10, 16, 64):
        assert len(polygons("output", filters=filters)) == 2 * min(filters, 16) + 1
        assert len(polygons("kernel", filters=filters)) == 3 * min(filters, 3)
    for groups in (1, 2, 4):
        assert len(polygons("input", channels=8, filters=8, groups=groups)) == 2 * groups + 1


def test_window_lies_on_the_input(explorer):
    for kernel, size in [(1, 1), (3, 32), (5, 5), (7, 3), (11, 512)]:
        parts = explorer.artists(kernel=kernel, height=size, width=size, padding=5)
        corners = np.concatenate([path.vertices for path in parts["input"].get_paths()])
        box = parts["window"].get_bbox()
        assert corners[:, 0].min() <= box.x0 + 1e-9 and box.x1 <= corners[:, 0].max()
        assert corners[:, 1].min() <= box.y0 + 1e-9 and box.y1 <= corners[:, 1].max() + 1e-9


def test_keep_compares_with_the_next_layer():
    explorer = LayerCost(**WORKED)
    before = explorer.png
    explorer.buttons["keep"].click()
    assert "parameters 1 ×, MACs 1 ×, memory 1 ×" in explorer.description
    explorer.set(height=64, width=64)
    assert "parameters 1 ×, MACs 4 ×, memory 4 ×" in explorer.description
    parts = explorer.artists()
    assert parts["parameters ratio"].get_text() == "1 × the kept"
    assert parts["dense ratio"].get_text() == "16 × the kept"
    kept, _ = parts["macs kept"].get_data()
    assert kept[0] == pytest.approx(LEFT + LENGTH * math.log10(768_000) / DECADES)
    explorer.set(batch=8)
    assert "parameters 1 ×, MACs 32 ×, memory 32 ×" in explorer.description
    explorer.buttons["forget"].click()
    assert "kept" not in explorer.description
    explorer.set(height=32, width=32, batch=1)
    assert explorer.png == before


def test_what_cannot_be_is_not_kept():
    explorer = LayerCost(groups=2)
    explorer.buttons["keep"].click()
    assert explorer.description.startswith("No output. groups=2")
    explorer.set(groups=1)
    assert "kept" not in explorer.description


def test_predict_hides_every_answer(explorer):
    parts = explorer.artists(**WORKED, predict=True)
    words = explorer.describe(predict=True)
    assert not parts["output"].get_visible() and parts["output shape"].get_text() == "?"
    for name in ROWS:
        assert parts[f"{name} number"].get_text() == "?"
        assert not re.search(r"\d", parts[f"{name} label"].get_text())
        assert parts[f"{name} bar"].get_width() == 0
    assert "760" not in words and words.endswith("?")


@pytest.mark.parametrize(
    "state, said",
    [
        ({"groups": 3}, "groups=3: it must divide the 10 out_channels"),
        ({"groups": 2, "filters": 4}, "groups=2: it must divide the 3 input channels"),
        ({"height": 2, "padding": 0}, "kernel_size=5: with dilation=1 the window reaches over 5 pixels"),
    ],
)
def test_impossible_settings_are_words(explorer, state, said):
    words = explorer.describe(**state)
    assert words.startswith("No output. ") and said in words and "give" in words
