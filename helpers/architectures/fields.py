"""Small stacks of layers and what a unit of the last one sees: fields reckoned, and gradients measured.

The fields come from helpers.architectures' recursion, the gradients from back-propagating a one-hot through
helpers.nn; neither knows of the other.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import nn
from helpers.architectures import AvgPool, Block, Conv, Field, MaxPool, ReLU, Residual, describe, own

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
OWN = {}  # name -> steps of a stage of a reader's own network (own.py); a name says all that is in it
EQUAL, RANDOM = "all equal", "random, with ReLU"


class View(NamedTuple):
    """One grid of the stack: the input, or what a layer makes of it."""

    name: str
    size: int
    seen: Field  # input pixels that this grid's units see
    patch: Field  # this grid's units that the last grid's units see


def _body(channels, stride):
    return [Conv(channels, 3, stride, padding=1), ReLU(), Conv(channels, 3, padding=1)]


def words(stack, padded, channels=1):
    """Return the layer list (helpers.architectures) of a stack, a tuple of names from PRESETS or OWN."""
    return [word for name in stack for word in layer(name, padded, channels)]


def layer(name, padded, channels=1):
    """Return the layer list of one of a stack's names."""
    return own.words(OWN[name], channels) if name in OWN else PRESETS[name](int(padded), channels)


def ways(name):
    """Return how many ways lead through a stack's layer side by side."""
    return own.branches(OWN[name]) if name in OWN else 2 if name.startswith("residual") else 1


@lru_cache(maxsize=256)
def views(stack, size, padded):
    """Return the input's View, then one for each layer that is not "none"; ValueError where none fits."""
    names = [name for name in stack if name != "none"]
    blocks = [Block(f"{i} {name}", layer(name, padded)) for i, name in enumerate(names)]
    rows = describe(blocks, (1, size, size)).blocks()
    sizes = [size, *(row.shape[1] for row in rows)]
    found = []
    for i, side in enumerate(sizes):
        after = describe(blocks[i:], (1, side, side))
        patch = after[-1].fields[0] if after else Field()
        seen = rows[i - 1].fields[0] if i else Field()
        found.append(View(names[i - 1] if i else "input", side, seen, patch))
    return found


@lru_cache(maxsize=64)
def _network(stack, size, padded, weights):
    """One Sequential for each layer that is not none, after a forward pass.

    With equal weights every pixel of a window counts alike, a pool's too, and nothing can cancel: the
    gradient counts the ways from pixel to unit. Random networks have ReLU before every layer but the first.
    """
    rng, channels = np.random.default_rng(7), 1 if weights == EQUAL else CHANNELS
    x = np.zeros((1, 1, size, size)) if weights == EQUAL else rng.normal(size=(IMAGES, channels, size, size))
    stages = []
    for name in (name for name in stack if name != "none"):
        words = layer(name, padded, channels)
        if weights == RANDOM and stages and name in PRESETS and not isinstance(words[0], MaxPool):
            words = [ReLU(), *words]
        stages.append(nn.Sequential(*(_module(word, channels, weights, rng) for word in words)))
        x = stages[-1](x)
    return stages, x.shape


def _module(word, channels, weights, rng):
    """The layer of helpers.nn that a word stands for."""
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
        mean = weights == EQUAL or isinstance(word, AvgPool)
        pool = nn.AvgPool2d if mean else nn.MaxPool2d
        return pool(word.kernel_size, word.stride, word.padding)
    return nn.ReLU() if weights == RANDOM else nn.Sequential()


@lru_cache(maxsize=64)
def heats(stack, size, padded, weights, row, column):
    """Return for each View the root mean square (rows, columns) of the gradient of the last grid's unit."""
    stages, shape = _network(stack, size, padded, weights)
    grad = np.zeros(shape)
    grad[:, 0, row, column] = 1  # the one-hot
    found = [_root_mean_square(grad)]
    for stage in reversed(stages):
        grad = stage.backward(grad)
        found.append(_root_mean_square(grad))
    return found[::-1]


def _root_mean_square(grad):
    return np.sqrt((grad**2).mean(axis=(0, 1)))


def spread(heat):
    """Return the standard deviation, in columns, of a heat map (rows, columns) read as a distribution."""
    share = heat.sum(axis=0) / heat.sum()
    places = np.arange(share.size)
    mean = (share * places).sum()
    return np.sqrt((share * (places - mean) ** 2).sum())
