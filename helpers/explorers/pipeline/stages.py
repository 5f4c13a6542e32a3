"""What the pipeline computes: convolution, ReLU and pooling by one filter or two, then by a second layer."""

from typing import NamedTuple

import numpy as np

from helpers import filters
from helpers.numerals import number, sizes, span
from helpers.ops.conv import conv2d
from helpers.ops.functional import relu
from helpers.ops.pool import avg_pool2d, max_pool2d

ONE = "1 × 1"  # the second filter that adds the maps place by place
A, B, SECOND = range(3)  # rows of the picture


class Layer(NamedTuple):
    """One filter with what follows it; maps are (H, W)."""

    kernel: np.ndarray  # (C, kh, kw), the planes of the maps shown before it
    bias: float
    channels: int  # how many maps the filter reads
    conv: np.ndarray
    relu: np.ndarray
    pool: np.ndarray | None  # None where fewer than 2 x 2 answers are left
    limit: float  # the number shown in full colour

    @property
    def peak(self):
        """(row, column) of the strongest answer, the first of equals, or None where no answer is positive."""
        if self.conv.max() <= 0:
            return None
        return tuple(map(int, np.unravel_index(self.conv.argmax(), self.conv.shape)))


def run(state, image, kernels, bank):
    """The layers of a setting, row of the picture -> Layer: ``image`` (H, W) through ``kernels`` (kh, kw).

    ``bank`` holds the learned filters if any are chosen. ValueError says in words what does not fit.
    """
    learned, second = state["filter"] == "learned", state["second"]
    _second_exists(second, learned, bank)
    chosen = state["learned"] if learned else 0
    biases = {A: state["bias"] + (bank.bias[chosen] if learned else 0.0), B: state["bias"]}
    first, high = {}, max(np.abs(image).max(), 1e-9)
    for row, kernel in kernels.items():
        _fits(image.shape, kernel.shape, state["padded"], f"filter {'AB'[row]}", "picture", 2)
        first[row] = _stages(image[None], kernel[None, None], np.array([biases[row]]), state)
    # A fixed scale for each filter keeps weak answers pale: a quarter of the strongest possible is the least.
    limit = max(max(np.abs(first[row][0]).max(), _strongest(kernels[row], high) / 4) for row in first)
    layers = {
        row: Layer(kernels[row][None], float(biases[row]), 1, *(made[0] for made in first[row]), float(limit))
        for row in first
    }
    if second != "none":
        layers[SECOND] = _second(state, image, layers, bank, chosen)
    return layers


def _second(state, image, layers, bank, chosen):
    """The second layer, on all learned maps or on those of filters A and B."""
    if state["second"] == "learned":
        maps = _stages(image[None], bank.weight[:, None], bank.bias + state["bias"], state)[2]
        unit = state["learned2"]
        weights, bias, planes = bank.next_weight[unit], bank.next_bias[unit], [chosen]
    else:
        maps = [layer.pool for layer in layers.values()]
        if len({map_.shape for map_ in maps}) > 1:
            raise ValueError(
                f"No second layer. The pooled maps of filters A and B are {sizes(maps[0].shape, ' × ')} and "
                f"{sizes(maps[1].shape, ' × ')}, and only maps of one size can be added: choose zero padding."
            )
        kernel = plane(state["second"])
        weights = np.array([state[f"weight_{'ab'[row]}"] * kernel for row in layers])  # (C, kh, kw)
        maps, bias, planes = np.stack(maps), state["bias2"], list(range(len(layers)))
    _fits(maps[0].shape, weights.shape[1:], state["padded"], "the second filter", "pooled map", 1)
    conv, rectified, pool = _stages(maps, weights[None], np.array([bias]), state)
    least = _strongest(weights, layers[A].limit) / 4 if len(weights) < 3 else 1e-3
    limit = max(np.abs(conv).max(), least, 1e-9)
    pool = None if pool is None else pool[0]
    return Layer(weights[planes], float(bias), len(weights), conv[0], rectified[0], pool, float(limit))


def plane(second):
    """A named second filter's numbers for a map of weight 1, (kh, kw)."""
    return np.ones((1, 1)) if second == ONE else filters.KERNELS[second]


def _second_exists(second, learned, bank):
    if second != "learned":
        return
    if not learned:
        raise ValueError(
            "No second layer. A learned second filter reads the maps of all learned first filters: choose "
            "learned as filter A too, or another second filter."
        )
    if bank.next_weight is None:
        raise ValueError(
            f"No second layer. It would read the maps that {bank.name}'s first layer makes, but "
            f"{bank.next_note}: choose another second filter."
        )


def _fits(shape, kernel, padded, what, where, least):
    """Refuse a map on which the kernel has no place, or whose answer is too small for what comes next."""
    rows, columns = answers(shape, kernel, padded)
    if min(rows, columns) < least:
        size, window = sizes(shape, " × "), sizes(kernel, " × ")
        left = "fewer than 2 × 2 answers are left to be pooled" if least == 2 else "it has no place there"
        raise ValueError(
            f"No output. The {where} is {size}, and {what} is {window}: {left}. Choose zero padding, a "
            "larger picture, or a smaller filter."
        )


def answers(shape, kernel, padded):
    """How many rows and columns of answers a kernel gives."""
    return shape if padded else tuple(side - k + 1 for side, k in zip(shape, kernel, strict=True))


def _stages(maps, weight, bias, state):
    """Convolution, ReLU and 2 x 2 pooling of maps (C, H, W): three arrays (F, h, w), or no pooling."""
    conv = conv2d(np.ascontiguousarray(maps), weight, bias, padding="same" if state["padded"] else 0)
    conv = np.round(conv, 9) + 0.0  # what rounding errors leave of a zero is zero
    rectified = relu(conv)
    if min(conv.shape[1:]) < 2:
        return conv, rectified, None
    return conv, rectified, (max_pool2d if state["pool"] == "max" else avg_pool2d)(rectified, 2)


def _strongest(kernel, high):
    """The largest magnitude that numbers from 0 to ``high`` can give."""
    return high * max(kernel[kernel > 0].sum(), -kernel[kernel < 0].sum())


def words(layer, pooling):
    """What one layer does, with its numbers."""
    negative = int((layer.conv < 0).sum())
    cut = f"ReLU sets {negative} of {layer.conv.size} to zero" if negative else "ReLU changes nothing"
    text = f"Convolution: {sizes(layer.conv.shape, ' × ')}, {span(layer.conv)}. {cut}: {span(layer.relu)}. "
    if layer.pool is not None:
        text += f"{pooling.capitalize()} pooling: {sizes(layer.pool.shape, ' × ')}, {span(layer.pool)}. "
    if layer.peak is None:
        return text + "No answer is positive, so nothing is left. "
    return text + f"The strongest answer, {number(layer.conv.max())}, is at {layer.peak}. "
