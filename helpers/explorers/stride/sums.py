"""Small whole numbers for the picture: an input, a kernel, and what a convolution makes of them."""

import numpy as np

from helpers.ops.conv import conv2d
from helpers.ops.conv_transpose import conv_transpose2d

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}  # NumPy's names


def image(size):
    """An input (size, size) of digits, the same each time."""
    row, column = np.ogrid[:size, :size]
    return (3 * row + 5 * column + row * column + 1) % 10


def kernel(rows, columns):
    """A kernel that subtracts its left half from its right, the middle row twice; of one column, a sum."""
    signs = np.sign(2 * np.arange(columns) - (columns - 1)) if columns > 1 else np.ones(1, int)
    weights = np.ones(rows, int)
    weights[(rows - 1) // 2] += rows % 2 and rows > 1
    return np.outer(weights, signs)


def padded(size, padding, mode):
    """The input with its padding."""
    return np.pad(image(size), padding, MODES[mode])


def convolved(plane, weight, stride, dilation):
    """The output of a plane that has its padding already."""
    return conv2d(plane[None], weight[None, None], stride=stride, dilation=dilation)[0]


def spread(size, weight, stride, dilation):
    """The whole output of a transposed convolution, before its ends are cut."""
    return conv_transpose2d(image(size)[None], weight[None, None], stride=stride, dilation=dilation)[0]
