"""The receptive-field explorer against brute force: light each pixel in PyTorch, see which units change."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from helpers.architectures import fields
from helpers.drawing.colours import tint
from helpers.explorers import ReceptiveField
from helpers.explorers.field.explorer import DEPTH

some_examples = settings(max_examples=60)
names = st.lists(st.sampled_from(list(fields.PRESETS)), min_size=1, max_size=DEPTH)


@pytest.fixture(scope="module")
def explorer():
    return ReceptiveField()


class ResidualBlock(nn.Module):
    def __init__(self, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 1, 3, stride, 1, bias=False), nn.ReLU(), nn.Conv2d(1, 1, 3, 1, 1, bias=False)
        )
        self.shortcut = nn.Conv2d(1, 1, 1, stride, bias=False) if stride > 1 else nn.Identity()

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def in_torch(name, padded):
    """The layer of that name, written down here once more and independently."""
    p = int(padded)
    return {
        "none": lambda: nn.Identity(),
        "conv 1×1": lambda: nn.Conv2d(1, 1, 1, bias=False),
        "conv 3×3": lambda: nn.Conv2d(1, 1, 3, 1, p, bias=False),
        "conv 5×5": lambda: nn.Conv2d(1, 1, 5, 1, 2 * p, bias=False),
        "conv 3×3, stride 2": lambda: nn.Conv2d(1, 1, 3, 2, p, bias=False),
        "conv 3×3, dilation 2": lambda: nn.Conv2d(1, 1, 3, 1, 2 * p, dilation=2, bias=False),
        "max pool 2×2, stride 2": lambda: nn.MaxPool2d(2),
        "max pool 3×3, stride 2": lambda: nn.MaxPool2d(3, 2, p),
        "residual block": lambda: ResidualBlock(1),
        "residual block, stride 2": lambda: ResidualBlock(2),
    }[name]()


def perturbed(stack, size, padded):
    """(pixel row, pixel column, unit row, unit column): does lighting the pixel change the unit?

    Weights are positive and the picture black, so nothing that a unit sees can cancel or lose to a rival.
    """
    net = nn.Sequential(*(in_torch(name, padded) for name in stack)).double()
    for weight in net.parameters():
        nn.init.uniform_(weight, 0.5, 1.5)
    with torch.no_grad():
        lit = net(torch.eye(size * size, dtype=torch.float64).reshape(-1, 1, size, size))
    return (lit[:, 0] > 0).reshape(size, size, *lit.shape[2:]).numpy()


def chosen(stack, **state):
    stack = [*stack, *["none"] * (DEPTH - len(stack))]
    return {f"layer{i}": name for i, name in enumerate(stack, start=1)} | state


def shown(explorer, state):
    """The state that is drawn and its artists."""
    state = explorer.at(**state)
    return state, explorer.artists(**state)


@some_examples
@given(stack=names, size=st.integers(8, 20), padded=st.booleans(), data=st.data())
def test_fields_are_what_lighting_single_pixels_finds(explorer, stack, size, padded, data):
    state = chosen(stack, size=size, padded=padded, weights=fields.EQUAL)
    assume(explorer.solved(explorer.at(**state))[0] is not None)
    changes = perturbed(stack, size, padded)
    units = changes.shape[2]
    row, column = (data.draw(st.integers(0, units - 1)) for _ in range(2))
    state, artists = shown(explorer, state | {"row": row, "column": column})
    assert (state["row"], state["column"]) == (row, column)
    seen = changes[:, :, row, column]

    heats = fields.heats(explorer_stack(state), size, padded, fields.EQUAL, row, column)
    assert np.array_equal(heats[0] > 0, seen), "the gradient reaches exactly the pixels that change the unit"

    field = fields.views(explorer_stack(state), size, padded)[-1].seen
    places = np.argwhere(seen)
    for axis, unit in enumerate((row, column)):
        first = field.first + unit * field.jump
        last = first + field.size - 1
        low, high = places[:, axis].min(), places[:, axis].max()
        assert first <= low and high <= last
        if first >= 0 and last < size:  # wholly inside the image: then the ends are exact
            assert (low, high) == (first, last)
    words = explorer.describe(**state)
    assert f"receptive field of {field.size} × {field.size}:" in words
    assert f"Pixels that move it: {seen.sum()}, in rows {places[:, 0].min()} to {places[:, 0].max()}" in words

    x, y = artists["centre"].get_data()
    assert [*y, *x] == [field.centre + unit * field.jump for unit in (row, column)]
    assert artists["table"].lines[-1].split()[-3:-1] == [f"{field.size}", f"{field.jump:g}"]


def explorer_stack(state):
    return tuple(state[f"layer{i}"] for i in range(1, DEPTH + 1))


@some_examples
@given(stack=names, size=st.integers(8, 20), padded=st.booleans(), data=st.data())
def test_patches_on_the_way_are_what_lighting_their_units_finds(explorer, stack, size, padded, data):
    state = chosen(stack, size=size, padded=padded, weights=fields.EQUAL)
    assume(explorer.solved(explorer.at(**state))[0] is not None)
    views = fields.views(explorer_stack(state), size, padded)
    row, column = (data.draw(st.integers(0, views[-1].size - 1)) for _ in range(2))
    state, artists = shown(explorer, state | {"row": row, "column": column})
    slots = [0, *(i for i, name in enumerate(stack, start=1) if name != "none")]
    assert [i for i in range(DEPTH + 1) if artists[f"heat {i}"].get_visible()] == slots
    for slot, view in zip(slots, views, strict=True):
        changes = perturbed(stack[slot:], view.size, padded)[:, :, row, column]
        colours = artists[f"heat {slot}"].colours
        margin = (len(colours) - view.size) // 2
        inside = colours[margin:-margin, margin:-margin]
        coloured = (np.abs(inside - background()) > 1e-9).any(axis=2)
        assert np.array_equal(coloured, changes), (slot, view)
        places, box = np.argwhere(changes), artists[f"box {slot}"]
        top, left = box.get_y() + 0.5, box.get_x() + 0.5
        assert top <= places[:, 0].min() and places[:, 0].max() <= top + box.get_height() - 1
        assert left <= places[:, 1].min() and places[:, 1].max() <= left + box.get_width() - 1
        if 0 < top and top + box.get_height() < view.size:
            assert (top, box.get_height()) == (places[:, 0].min(), np.ptp(places[:, 0]) + 1)


def background():
    return np.array(tint("input", 0.14))


@some_examples
@given(stack=names, padded=st.booleans(), size=st.integers(8, 20), unit=st.integers(0, 19))
def test_random_networks_stay_inside_what_can_be_seen(explorer, stack, padded, size, unit):
    state = chosen(stack, size=size, padded=padded)
    assume(explorer.solved(explorer.at(**state))[0] is not None)
    state, _ = shown(explorer, state | {"row": unit, "column": unit})
    where = (explorer_stack(state), size, padded)
    place = (state["row"], state["column"])
    equal, random = (fields.heats(*where, weights, *place) for weights in (fields.EQUAL, fields.RANDOM))
    assert all(((a > 0) | (b == 0)).all() for a, b in zip(equal, random, strict=True))


WORKED = {
    ("conv 3×3",) * 5: [3, 5, 7, 9, 11],
    ("conv 3×3", "conv 3×3, stride 2", "conv 3×3"): [3, 5, 9],
    ("conv 3×3", "conv 3×3", "conv 3×3", "max pool 2×2, stride 2"): [3, 5, 7, 8],
    ("conv 3×3, dilation 2",): [5],
    ("residual block", "residual block"): [5, 9],
}


@pytest.mark.parametrize("stack", WORKED)
def test_the_chapters_worked_stacks(explorer, stack):
    _, artists = shown(explorer, chosen(stack, size=24, padded=True))
    assert [int(line.split()[-3]) for line in artists["table"].lines[3:]] == WORKED[stack]


def test_an_impossible_stack_is_said_in_words(explorer):
    words = explorer.describe(**chosen(["conv 5×5"] * 3, size=9, padded=False))
    assert words.startswith("No output. Layer 3, conv 5×5, gets 1 × 1 numbers") and "take a larger" in words


def test_no_layer_at_all_sees_its_own_pixel(explorer):
    state, artists = shown(explorer, chosen([], size=5, row=2, column=3))
    assert "receptive field of 1 × 1: rows 2 to 2, columns 3 to 3" in explorer.describe(**state)
    assert not artists["heat 1"].get_visible()


@some_examples
@given(stack=names, padded=st.booleans())
def test_code_makes_the_shown_output(explorer, stack, padded):
    state = explorer.at(**chosen(stack, padded=padded))
    model, _ = explorer.solved(state)
    assume(model is not None)
    code = explorer.torch_code(model)
    if not code:
        assert all(name == "none" for name in stack) or any("residual" in name for name in stack)
        return
    shape = eval(code, {"torch": torch})(torch.zeros(1, 1, state["size"], state["size"])).shape
    theirs = nn.Sequential(*(in_torch(name, padded) for name in stack))
    assert shape == theirs(torch.zeros(1, 1, state["size"], state["size"])).shape


def test_spread_of_known_distributions():
    assert fields.spread(np.ones((3, 3))) == pytest.approx(np.sqrt(2 / 3))
    assert fields.spread(np.eye(5)[[2]]) == 0


def lenet():
    layers = (
        torch.nn.Conv2d(1, 6, 5, padding=2),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(6, 16, 5),
    )
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(400, 10))


def test_a_readers_own_network():
    explorer = ReceptiveField(model=lenet(), row=0, column=0)
    assert "Input 24 × 24; conv 5×5 P2, ReLU, then max pool 2×2 S2, then conv 5×5" in explorer.description
    assert "has a receptive field of 14 × 14: rows −2 to 11" in explorer.description
    assert explorer.metadata["explorer"]["own"] == ["model"] and explorer.code == ""
    unit = next(part for part in explorer.regions if part.label == "Unit after layer 1")
    explorer.point(unit.spot(3, 4))
    assert {"at": 1, "row": 3, "column": 4}.items() <= explorer.state.items()
    assert "receptive field of 5 × 5" in explorer.description


@pytest.mark.parametrize(
    "given, words",
    [
        ({"model": [1]}, "int: what flows through it cannot be read"),
        ({"model": torch.nn.Sequential(torch.nn.LSTM(2, 2))}, "LSTM: what flows"),
        ({"model": torch.nn.Linear(3, 3)}, "no convolution, pooling or branch"),
        ({"model": lenet(), "size": 4}, None),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(given, words):
    if words is None:  # too small a picture is a setting like another
        assert ReceptiveField(**given).description.startswith("No output. Layer 3, conv 5×5")
    else:
        with pytest.raises(ValueError, match=words):
            ReceptiveField(**given)
