"""A chain of layers, the book's or PyTorch's, and the way of one picture through it.

A stage is what one layer makes: maps (C, H, W), or a vector, which stands here as (n, 1, 1).
"""

import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np

from helpers import nn
from helpers.explorers.pipeline.layers import is_kind, layers, name_of, setting, weights
from helpers.nn.loop import evaluating
from helpers.ops.shapes import pair

WORDS = {"Conv2d": "conv", "MaxPool2d": "pool", "AvgPool2d": "pool", "ReLU": "relu", "Tanh": "tanh",
         "Flatten": "flatten", "Linear": "dense"}  # fmt: skip
SILENT = ("Dropout", "Identity")  # what does nothing to a picture when a network is used


@dataclass
class Stage:
    """What one layer made of a picture: its name, the layer, which is None for the picture, the values."""

    name: str
    layer: object
    values: np.ndarray

    @property
    def kind(self):
        return type(self.layer).__name__

    @property
    def flat(self):
        """Whether it is a vector."""
        return self.values.shape[1:] == (1, 1)


def taken(model):
    """A model's layers, name -> layer of the book with its weights; ValueError if it is no such chain."""
    found, counts = {}, Counter()
    for layer in layers(model):
        if any(is_kind(layer, kind) for kind in SILENT):
            continue
        kind = next((kind for kind in WORDS if is_kind(layer, kind)), None)
        if kind is None:
            known = ", ".join([*WORDS, *SILENT])
            raise ValueError(f"model: a layer {name_of(layer)}; the picture can show a chain of {known}")
        counts[WORDS[kind]] += 1
        found[f"{WORDS[kind]}{counts[WORDS[kind]]}"] = _copied(layer, kind)
    if not found:
        raise ValueError("model: it has no layer; give a chain such as torch.nn.Sequential(...)")
    return found


def _copied(layer, kind):
    """The book's layer of that kind with the other's settings and weights."""
    if kind == "Conv2d":
        weight, bias = weights(layer)
        options = {name: setting(layer, name) for name in ("stride", "padding", "dilation", "groups")}
        if isinstance(options["padding"], str) or getattr(layer, "padding_mode", "zeros") != "zeros":
            raise ValueError("model: a padding in words or of another mode than zeros; give whole numbers")
        channels = weight.shape[1] * options["groups"]
        copy = nn.Conv2d(channels, len(weight), weight.shape[2:], **options)
    elif kind == "Linear":
        weight, bias = weights(layer)
        copy = nn.Linear(weight.shape[1], weight.shape[0])
    elif kind in ("MaxPool2d", "AvgPool2d"):
        options = getattr(layer, "options", None) or {
            name: getattr(layer, name) for name in ("kernel_size", "stride", "padding", "ceil_mode")
        }
        return getattr(nn, kind)(**{name: value for name, value in options.items() if value is not None})
    else:
        return getattr(nn, kind)()
    copy.weight.data, copy.bias.data = weight.astype(np.float32), bias.astype(np.float32)
    return copy


def way(chain, picture):
    """The stages of a picture (C, H, W), itself the first; ValueError where it does not fit."""
    found, flow = [Stage("input", None, np.asarray(picture, np.float32))], np.float32(picture)[None]
    for name, layer in chain.items():
        try:
            flow = layer(flow)
        except ValueError as reason:
            raise ValueError(f"The picture does not fit the network: {name}: {reason}") from None
        values = flow[0]
        found.append(Stage(name, layer, values if values.ndim == 3 else values.reshape(-1, 1, 1)))
    return found


def check_answers(model, stages):
    """ValueError unless a model gives a picture the scores that its layers give, one after the other."""
    picture = stages[0].values[None]
    with evaluating(model):
        if hasattr(model, "named_modules"):
            torch = sys.modules["torch"]  # whoever has such a model has imported it
            first = next(model.parameters(), torch.zeros(1))
            with torch.no_grad():
                scores = model(torch.from_numpy(picture).to(first)).cpu().numpy()
        else:
            scores = model(picture)
    if not np.allclose(scores.ravel(), stages[-1].values.ravel(), rtol=1e-3, atol=1e-3):
        raise ValueError(
            "model: its scores are not those of its layers one after the other: something happens between "
            "them, such as F.relu in forward; give a chain, torch.nn.Sequential(...)"
        )


def read(stage, before, unit):
    """What one unit reads of the stage before: slices of channels, rows and columns; they may end outside."""
    channel, row, column = unit
    if stage.kind in ("ReLU", "Tanh"):
        return tuple(slice(place, place + 1) for place in unit)
    if stage.kind == "Flatten":
        place = np.unravel_index(channel, before.values.shape)
        return tuple(slice(int(at), int(at) + 1) for at in place)
    channels, *size = before.values.shape
    if stage.kind == "Linear":
        return slice(0, channels), slice(0, 1), slice(0, 1)
    options, weight = stage.layer.options, getattr(stage.layer, "weight", None)
    kernel = weight.data.shape[2:] if weight else pair(options["kernel_size"], "kernel_size")
    stride = kernel if options.get("stride") is None else pair(options["stride"], "stride")
    padding, dilation = (
        pair(options.get("padding", 0), "padding"),
        pair(options.get("dilation", 1), "dilation"),
    )
    first = [at * step - edge for at, step, edge in zip((row, column), stride, padding, strict=True)]
    window = [
        slice(start, start + (taps - 1) * apart + 1, apart)
        for start, taps, apart in zip(first, kernel, dilation, strict=True)
    ]
    if not weight:
        return slice(channel, channel + 1), *window
    each = weight.data.shape[1]  # channels that a filter reads: those of its group
    group = channel // (len(weight.data) // (channels // each))
    return slice(group * each, (group + 1) * each), *window


def taps(stage, places):
    """The values at such slices, 0 where they lie outside the stage."""
    channels, *window = places
    out = np.zeros(
        (channels.stop - channels.start, *(len(range(p.start, p.stop, p.step or 1)) for p in window))
    )
    rows, columns = (np.arange(p.start, p.stop, p.step or 1) for p in window)
    inside = [
        (0 <= at) & (at < size) for at, size in zip((rows, columns), stage.values.shape[1:], strict=True)
    ]
    found = stage.values[channels][:, rows[inside[0]]][:, :, columns[inside[1]]]
    out[np.ix_(np.arange(len(out)), *map(np.flatnonzero, inside))] = found
    return out


def trace(stages, place, unit):
    """What a unit reads in every stage before: boxes of (first, last) channel, row and column."""
    boxes = {place: [(at, at) for at in unit]}
    for i in range(place, 0, -1):
        ends = [read(stages[i], stages[i - 1], corner) for corner in zip(*boxes[i], strict=True)]
        low, high = ends[0], ends[-1]
        if stages[i].kind == "Flatten" and boxes[i][0][0] != boxes[i][0][1]:  # several units of a list
            low, high = (slice(0, size) for size in stages[i - 1].values.shape), None
            boxes[i - 1] = [(0, size.stop - 1) for size in low]
            continue
        sizes = stages[i - 1].values.shape
        boxes[i - 1] = [
            (max(a.start, 0), min(b.stop, size) - 1) for a, b, size in zip(low, high, sizes, strict=True)
        ]
    return boxes
