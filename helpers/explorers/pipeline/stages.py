"""What the pipeline computes: convolution, ReLU and pooling, once or twice, and the same in words."""

from typing import NamedTuple

import numpy as np

from helpers import filters
from helpers.numerals import number, sizes, span
from helpers.ops.conv import conv2d
from helpers.ops.functional import relu
from helpers.ops.pool import avg_pool2d, max_pool2d


class Layer(NamedTuple):
    """One convolution with what follows it; maps are (H, W)."""

    kernel: np.ndarray  # (kh, kw); of a filter with many channels, the plane of the map shown before it
    bias: float
    channels: int  # how many maps the filter reads
    conv: np.ndarray
    relu: np.ndarray
    pool: np.ndarray
    limit: float  # the number shown in full colour

    @property
    def peak(self):
        """(row, column) of the strongest answer, the first of equals, or None where no answer is positive."""
        if self.conv.max() <= 0:
            return None
        return tuple(map(int, np.unravel_index(self.conv.argmax(), self.conv.shape)))

    @property
    def kept(self):
        """(row, column) of the pooled number that reads the peak, or None."""
        if self.peak is None:
            return None
        row, column = self.peak[0] // 2, self.peak[1] // 2
        return (row, column) if row < self.pool.shape[0] and column < self.pool.shape[1] else None


def run(state, image, kernel, bank):
    """The layers of a setting, one or two: ``image`` (H, W) through ``kernel`` (kh, kw) and on.

    ``bank`` holds the learned filters if any are chosen. ValueError says in words what does not fit.
    """
    learned, second = state["filter"] == "learned", state["second"]
    _second_exists(second, learned, bank)
    chosen = state["learned"] if learned else 0
    bias = state["bias"] + (bank.bias[chosen] if learned else 0.0)
    _fits(image, kernel, state, "the filter", "picture")
    conv, rectified, pool = _stages(image[None], kernel[None, None], np.array([bias]), state)
    high = max(np.abs(image).max(), 1e-9)
    # A fixed scale for each filter keeps weak answers pale: a quarter of the strongest possible is the least.
    limit = max(np.abs(conv).max(), _strongest(kernel, high) / 4)
    layers = [Layer(kernel, float(bias), 1, conv[0], rectified[0], pool[0], float(limit))]
    if second == "none":
        return layers
    if second == "learned":
        weights = bank.weight[:, None]  # (F, kh, kw) -> (F, 1, kh, kw)
        maps = _stages(image[None], weights, bank.bias + state["bias"], state)[2]
        unit = state["learned2"]
        weights, bias, plane = bank.next_weight[unit], bank.next_bias[unit], chosen
    else:
        maps, weights, bias, plane = pool, filters.KERNELS[second][None], 0.0, 0
    _fits(maps[0], weights[0], state, "the second filter", "pooled map")
    conv, rectified, pool = _stages(maps, weights[None], np.array([bias]), state)
    least = _strongest(weights[0], limit) / 4 if len(weights) == 1 else 1e-3
    limit = max(np.abs(conv).max(), least)
    layers.append(
        Layer(weights[plane], float(bias), len(weights), conv[0], rectified[0], pool[0], float(limit))
    )
    return layers


def _second_exists(second, learned, bank):
    if second != "learned":
        return
    if not learned:
        raise ValueError(
            "No second layer. A learned second filter reads the maps of all learned first filters: choose "
            "learned as the filter too, or another second filter."
        )
    if bank.next_weight is None:
        raise ValueError(
            f"No second layer. It would read the maps that {bank.name}'s first layer makes, but "
            f"{bank.next_note}: choose another second filter."
        )


def _fits(map_, kernel, state, what, where):
    """Refuse a map on which the kernel has no place, or whose answer is too small to be pooled."""
    rows, columns = map_.shape
    if not state["padded"]:
        rows, columns = rows - kernel.shape[0] + 1, columns - kernel.shape[1] + 1
    if min(rows, columns) < 2:
        size, window = sizes(map_.shape, " × "), sizes(kernel.shape, " × ")
        raise ValueError(
            f"No output. The {where} is {size}, and {what} is {window}: fewer than 2 × 2 answers are left "
            "to be pooled. Choose zero padding, a larger picture, or a smaller filter."
        )


def _stages(maps, weight, bias, state):
    """Convolution, ReLU and 2 x 2 pooling of maps (C, H, W): three arrays (F, h, w)."""
    conv = conv2d(np.ascontiguousarray(maps), weight, bias, padding="same" if state["padded"] else 0)
    conv = np.round(conv, 9) + 0.0  # what rounding errors leave of a zero is zero
    rectified = relu(conv)
    return conv, rectified, (max_pool2d if state["pool"] == "max" else avg_pool2d)(rectified, 2)


def _strongest(kernel, high):
    """The largest magnitude that numbers from 0 to ``high`` can give."""
    return high * max(kernel[kernel > 0].sum(), -kernel[kernel < 0].sum())


def window(layer, image, padded):
    """The block of the picture that the peak reads, (row, column, height, width), or None.

    Of a window that reaches into the padding, it is the part that lies in the picture.
    """
    if layer.peak is None:
        return None
    ends = []
    for at, length, side in zip(layer.peak, layer.kernel.shape, image.shape, strict=True):
        first = at - (length - 1) // 2 if padded else at
        low, high = max(first, 0), min(first + length, side)
        ends.append((low, high - low))
    (row, height), (column, width) = ends
    return row, column, height, width


def words(layer, pooling):
    """What one layer does, with its numbers."""
    negative = int((layer.conv < 0).sum())
    cut = f"ReLU sets {negative} of {layer.conv.size} to zero" if negative else "ReLU changes nothing"
    text = (
        f"Convolution: {sizes(layer.conv.shape, ' × ')}, {span(layer.conv)}. {cut}: {span(layer.relu)}. "
        f"{pooling.capitalize()} pooling: {sizes(layer.pool.shape, ' × ')}, {span(layer.pool)}. "
    )
    if layer.peak is None:
        return text + "No answer is positive, so nothing is left. "
    text += f"The strongest answer, {number(layer.conv.max())}, is at {layer.peak}; "
    if layer.kept is None:
        return text + "it lies in the odd row or column that pooling leaves out. "
    return text + f"pooling has {number(layer.pool[layer.kept])} for it at {layer.kept}. "
