"""Receptive field: what one unit of a small stack of layers can see, and where it really looks."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.colors import to_rgb

from helpers import layers as nn
from helpers.architectures import Block, Conv, Field, MaxPool, ReLU, Residual, describe
from helpers.drawing import bare, frame, move, tint
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Choice, Integer, Toggle
from helpers.style import ROLES

DEPTH = 5  # layers that can be chosen
CHANNELS, IMAGES = 4, 4  # of the random networks

# Name -> (padded, channels) -> the layer's words; with padding a convolution of stride 1 keeps the size.
PRESETS = {
    "none": lambda padded, channels: [],
    "conv 1×1": lambda padded, channels: [Conv(channels, 1)],
    "conv 3×3": lambda padded, channels: [Conv(channels, 3, padding=padded)],
    "conv 5×5": lambda padded, channels: [Conv(channels, 5, padding=2 * padded)],
    "conv 3×3, stride 2": lambda padded, channels: [Conv(channels, 3, 2, padding=padded)],
    "conv 3×3, dilation 2": lambda padded, channels: [Conv(channels, 3, padding=2 * padded, dilation=2)],
    "max pool 2×2, stride 2": lambda padded, channels: [MaxPool(2)],
    "max pool 3×3, stride 2": lambda padded, channels: [MaxPool(3, 2, padding=padded)],
    "residual block": lambda padded, channels: [Residual(_body(channels, 1))],
    "residual block, stride 2": lambda padded, channels: [
        Residual(_body(channels, 2), [Conv(channels, 1, 2)])
    ],
}
EQUAL, RANDOM = "all equal", "random, with ReLU"


class View(NamedTuple):
    """One grid of the stack: the input, or what a layer makes of it."""

    name: str
    size: int
    seen: Field  # input pixels that this grid's units see
    patch: Field  # this grid's units that the last grid's units see


class ReceptiveField(Explorer):
    """A stack of up to five layers, one unit of the last, its field on the input and its patch on the way."""

    title = "Receptive field"
    size = (8.4, 5.5)
    layout = None
    inputs = {
        **{f"layer{i}": Choice(f"Layer {i}", list(PRESETS), "none") for i in range(1, DEPTH + 1)},
        "size": Integer("Input size W", 1, 32, 24),
        "padded": Toggle("Padding", True),
        "row": Integer("Row of the unit", 0, 31, 12),
        "column": Integer("Column of the unit", 0, 31, 12),
        "weights": Choice("Weights", [EQUAL, RANDOM]),
    }
    for _layer, _preset in (("layer1", "conv 3×3"), ("layer2", "conv 3×3"), ("layer3", "conv 3×3")):
        inputs[_layer].value = _preset
    player = "column"

    def impossible(self, state):
        for depth in range(1, DEPTH + 1):
            try:
                describe(_words(_stack(state)[:depth], state["padded"]), (1, state["size"], state["size"]))
            except ValueError:
                size = _views(_stack(state)[: depth - 1], state["size"], state["padded"])[-1].size
                return (
                    f"No output. Layer {depth}, {_stack(state)[depth - 1]}, finds only {size} × {size} "
                    "numbers before it, fewer than its window spans: take a larger input, padding, or less stride."
                )
        return ""

    def limits(self, state):
        if self.impossible(state):
            return {}
        last = _views(_stack(state), state["size"], state["padded"])[-1].size - 1
        return {"row": last, "column": last}

    def start(self, fig, state):
        width, height = self.size  # axes are placed in inches, so that pixels are square
        places = [(0.15, 0.75, 4.3)]
        places += [(4.72 + 1.24 * (i % 3), 1.86 - 1.62 * (i // 3), 1.1) for i in range(DEPTH)]
        artists = {}
        for i, (left, bottom, side) in enumerate(places):
            ax = fig.add_axes([left / width, bottom / height, side / width, side / height])
            bare(ax)
            artists[f"heat {i}"] = ax.imshow(np.ones((1, 1, 3)), aspect="auto")
            artists[f"box {i}"] = frame(ax, 0, 0, 1, 1, "ink", linewidth=2.2 if i == 0 else 1.4)
            x, y = (left + side / 2) / width, (bottom + side + 0.09) / height
            artists[f"name {i}"] = fig.text(x, y, "", ha="center", fontsize=12 if i == 0 else 9)
        centre = artists["heat 0"].axes
        artists["centre"] = centre.plot([], [], "+", color=ROLES["input"], markersize=11, mew=2)[0]
        table = {"family": "monospace", "fontsize": 9.5, "va": "top", "linespacing": 1.35}
        artists["table"] = fig.text(4.72 / width, 5.4 / height, "", **table)
        legend = "box: theoretical field; red: what moves the unit most;\n+: the field's centre; grey: outside the image"
        fig.text(2.3 / width, 0.4 / height, legend, ha="center", va="center", fontsize=10, color=ROLES["muted"])
        return artists

    def update(self, artists, state):
        views, heats = _views(_stack(state), state["size"], state["padded"]), _heats(state)
        chosen = [i for i, name in enumerate(_stack(state), start=1) if name != "none"]
        shown = dict(zip([0, *chosen], zip(views, heats, strict=True), strict=True))
        unit = (state["row"], state["column"])
        for i in range(DEPTH + 1):
            for kind in ("heat", "box", "name"):
                artists[f"{kind} {i}"].set_visible(i in shown)
            if i not in shown:
                continue
            view, heat = shown[i]
            margin = max(1, round(view.size / 12))
            artists[f"heat {i}"].set_data(_colours(heat, margin))
            low, high = -margin - 0.5, view.size + margin - 0.5
            artists[f"heat {i}"].set_extent((low, high, high, low))
            (top, bottom), (left, right) = (_span(view.patch, at, -margin, view.size + margin) for at in unit)
            move(artists[f"box {i}"], top, left, bottom - top, right - left)
            name = f"Input {view.size} × {view.size}" if i == 0 else f"after {i}: {view.size} × {view.size}"
            artists[f"name {i}"].set_text(name)
        centre = [views[-1].seen.centre + at * views[-1].seen.jump for at in unit]
        artists["centre"].set_data([centre[1]], [centre[0]])
        artists["table"].set_text(_table(views, chosen))

    def words(self, state):
        views, heat = _views(_stack(state), state["size"], state["padded"]), _heats(state)[0]
        size, field, last = state["size"], views[-1].seen, views[-1].size
        names = ", then ".join(view.name for view in views[1:]) or "no layer"
        reach = [field.first + at * field.jump for at in (state["row"], state["column"])]
        ends = [(first, first + field.size - 1) for first in reach]
        text = (
            f"Input {size} × {size}; {names}; {'with' if state['padded'] else 'no'} padding. The output is "
            f"{last} × {last}. Its unit ({state['row']}, {state['column']}) has a receptive field of "
            f"{field.size} × {field.size}: rows {ends[0][0]} to {ends[0][1]}, columns {ends[1][0]} to "
            f"{ends[1][1]}. Jump {field.jump:g}, first centre {field.centre:g}. "
        )
        if any(low < 0 or high >= size for low, high in ends):
            text += "Part of it lies outside the image. "
        moving = np.argwhere(heat > 0)
        if len(moving) == 0:
            return text + "Just here no pixel moves it: a ReLU has cut every way."
        (top, left), (bottom, right) = moving.min(axis=0), moving.max(axis=0)
        text += (
            f"Pixels that move it: {len(moving)}, in rows {top} to {bottom}, columns {left} to {right}. "
            f"Two standard deviations to each side of the mean span {4 * spread(heat):.1f} columns."
        )
        return text

    def torch_code(self, state):
        words = _words(_stack(state), state["padded"])
        if not words or any(isinstance(word, Residual) for word in words):
            return ""
        return f"torch.nn.Sequential({', '.join(map(_in_torch, words))})"


def spread(heat):
    """Return the standard deviation, in columns, of a heat map (rows, columns) read as a distribution."""
    share = heat.sum(axis=0) / heat.sum()
    places = np.arange(share.size)
    mean = (share * places).sum()
    return np.sqrt((share * (places - mean) ** 2).sum())


def _body(channels, stride):
    return [Conv(channels, 3, stride, padding=1), ReLU(), Conv(channels, 3, padding=1)]


def _stack(state):
    return tuple(state[f"layer{i}"] for i in range(1, DEPTH + 1))


def _words(stack, padded, channels=1):
    return [word for name in stack for word in PRESETS[name](int(padded), channels)]


@lru_cache(maxsize=256)
def _views(stack, size, padded):
    """The input's View, then one for each layer that is not none."""
    names = [name for name in stack if name != "none"]
    blocks = [Block(f"{i} {name}", PRESETS[name](int(padded), 1)) for i, name in enumerate(names)]
    rows = describe(blocks, (1, size, size)).blocks()
    sizes = [size, *(row.shape[1] for row in rows)]
    views = []
    for i, side in enumerate(sizes):
        after = describe(blocks[i:], (1, side, side))
        patch = after[-1].fields[0] if after else Field()
        seen = rows[i - 1].fields[0] if i else Field()
        views.append(View(names[i - 1] if i else "input", side, seen, patch))
    return views


@lru_cache(maxsize=64)
def _network(stack, size, padded, weights):
    """One Sequential for each layer that is not none, after a forward pass.

    With equal weights every pixel of a window counts alike, a pool's too, and nothing can cancel: the gradient
    counts the ways from pixel to unit. Random networks have ReLU before every layer but the first.
    """
    rng, channels = np.random.default_rng(7), 1 if weights == EQUAL else CHANNELS
    x = np.zeros((1, 1, size, size)) if weights == EQUAL else rng.normal(size=(IMAGES, channels, size, size))
    stages = []
    for name in (name for name in stack if name != "none"):
        words = PRESETS[name](int(padded), channels)
        if weights == RANDOM and stages and not isinstance(words[0], MaxPool):
            words = [ReLU(), *words]
        stages.append(nn.Sequential(*(_module(word, channels, weights, rng) for word in words)))
        x = stages[-1](x)
    return stages, x.shape


def _module(word, channels, weights, rng):
    """The layer of helpers.layers that a word stands for."""
    if isinstance(word, Residual):
        ways = ([_module(part, channels, weights, rng) for part in way] for way in word.branches().values())
        return nn.Residual(*(nn.Sequential(*way) for way in ways))
    if isinstance(word, Conv):
        window = (word.kernel_size, word.stride, word.padding, word.dilation)
        conv = nn.Conv2d(channels, channels, *window, bias=False, init="he", rng=rng).astype(np.float64)
        if weights == EQUAL:
            conv.weight.data[...] = 1 / word.kernel_size**2
        return conv
    if isinstance(word, MaxPool):
        pool = nn.AvgPool2d if weights == EQUAL else nn.MaxPool2d
        return pool(word.kernel_size, word.stride, word.padding)
    return nn.ReLU() if weights == RANDOM else nn.Sequential()


@lru_cache(maxsize=64)
def _backwards(stack, size, padded, weights, row, column):
    stages, shape = _network(stack, size, padded, weights)
    grad = np.zeros(shape)
    grad[:, 0, row, column] = 1  # the one-hot
    heats = [np.abs(grad).sum(axis=(0, 1))]
    for stage in reversed(stages):
        grad = stage.backward(grad)
        heats.append(np.abs(grad).mean(axis=(0, 1)))
    return heats[::-1]


def _heats(state):
    """For each View the mean size of the unit's gradient, back-propagated with the book's own layers."""
    where = (state[name] for name in ("size", "padded", "weights", "row", "column"))
    return _backwards(_stack(state), *where)


def _colours(heat, margin):
    """Grey outside the image, pale blue where nothing moves the unit, yellow to dark red where it does."""
    strength = np.sqrt(heat / (heat.max() or 1))[..., None]  # the square root keeps faint pixels visible
    pale, strong = np.array([1.0, 0.93, 0.72]), np.array(to_rgb(ROLES["positive"]))
    inside = np.where(heat[..., None] > 0, pale + strength * (strong - pale), tint("input", 0.14))
    shown = np.full((heat.shape[0] + 2 * margin, heat.shape[1] + 2 * margin, 3), tint("padding", 0.3))
    shown[margin:-margin, margin:-margin] = inside
    return shown


def _span(field, unit, low, high):
    """Where a unit's field begins and ends, cut where the picture ends."""
    first = field.first + unit * field.jump
    return max(first, low), min(first + field.size, high)


def _table(views, chosen):
    lines = [f"{'':26}field jump first"]
    for i, view in zip([0, *chosen], views, strict=True):
        name = f"{i} {view.name}" if i else "  input"
        lines.append(f"{name:<25}{view.seen.size:>6}{view.seen.jump:>5g}{view.seen.centre:>6g}")
    return "\n".join(lines)


def _in_torch(word):
    """The word as a PyTorch call: torch.nn.Conv2d(1, 1, 3, stride=2)."""
    options = {"stride": 1, "padding": 0, "dilation": 1}
    if isinstance(word, MaxPool):
        options["stride"] = word.kernel_size
    given = [f", {name}={getattr(word, name)}" for name, usual in options.items()
             if getattr(word, name) not in (usual, None)]  # fmt: skip
    kind = "MaxPool2d(" if isinstance(word, MaxPool) else "Conv2d(1, 1, "
    return f"torch.nn.{kind}{word.kernel_size}{''.join(given)})"
