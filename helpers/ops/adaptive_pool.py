"""Average pooling to a wanted size, to which every input size can be brought."""

import numpy as np

from helpers.ops.arrays import as_batch, check_floats, check_gradient
from helpers.ops.shapes import whole

MOST = 1_000_000  # parts of one axis


def adaptive_avg_pool2d_loops(input, output_size):
    """What adaptive_avg_pool2d computes, mean by mean."""
    x, parts, batched = _arguments(input, output_size)
    out = np.zeros((*x.shape[:2], len(parts[0]), len(parts[1])), x.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for row, (top, bottom) in enumerate(parts[0]):
                for column, (left, right) in enumerate(parts[1]):
                    out[n, c, row, column] = x[n, c, top:bottom, left:right].mean()
    return out if batched else out[0]


def adaptive_avg_pool2d(input, output_size):
    """The means of as many parts of each plane as asked for, as torch.nn.functional.adaptive_avg_pool2d.

    input (N, C, H, W) or (C, H, W), float32 or float64; the result has its dtype. output_size: int or pair
    (rows, columns), None in a pair keeping that size; 1 is global average pooling. Part i of n, of W pixels,
    runs from floor(i W / n) to ceil((i + 1) W / n), so neighbours may share a pixel. ValueError or TypeError
    says what does not fit.
    """
    x, parts, batched = _arguments(input, output_size)
    if len(parts[0]) == len(parts[1]) == 1:
        pixels = x.reshape(*x.shape[:2], x.shape[2] * x.shape[3])  # (N, C, H, W) -> (N, C, H*W)
        sums = pixels @ np.ones(pixels.shape[2], x.dtype)  # as a product it is faster
        out = sums[:, :, np.newaxis, np.newaxis]
    else:
        out = _sums(_sums(x, parts[0], axis=2), parts[1], axis=3)
    out /= _counts(parts, x.dtype)
    return out if batched else out[0]


def adaptive_avg_pool2d_backward(grad_output, input, output_size):
    """The input's gradient: each output's gradient, in equal shares, goes to the pixels it is the mean of."""
    x, parts, batched = _arguments(input, output_size)
    grad = check_gradient(grad_output, input, (*x.shape[:2], len(parts[0]), len(parts[1])), batched)
    shares = grad / _counts(parts, x.dtype)
    rows = np.zeros_like(x, shape=(*x.shape[:3], len(parts[1])))
    for row, (first, stop) in enumerate(parts[0]):
        rows[:, :, first:stop] += shares[:, :, row : row + 1]
    out = np.zeros_like(x)
    for column, (first, stop) in enumerate(parts[1]):
        out[..., first:stop] += rows[..., column : column + 1]
    return out if batched else out[0]


def _sums(x, parts, axis):
    """The sum over each part of one axis, slice by slice, which is faster than sums of a few numbers each."""
    out = np.zeros_like(x, shape=(*x.shape[:axis], len(parts), *x.shape[axis + 1 :]))
    before = (slice(None),) * axis
    for part, (first, stop) in enumerate(parts):
        for place in range(first, stop):
            out[*before, part] += x[*before, place]
    return out


def _counts(parts, dtype):
    """How many pixels each part of the plane has, (rows, columns)."""
    rows, columns = (np.array([stop - first for first, stop in axis], dtype) for axis in parts)
    return rows[:, np.newaxis] * columns


def _arguments(input, output_size):
    """The arguments made uniform, (x, both axes' parts, batched), or the error about what does not fit."""
    check_floats(input=input)
    x, batched = as_batch(input)
    if not isinstance(output_size, (tuple, list)):
        output_size = (whole(output_size, "output_size"),) * 2
    if len(output_size) != 2:
        raise ValueError(f"output_size={output_size!r}: give one int, or a pair for rows and columns")
    parts = []
    for wanted, size in zip(output_size, x.shape[2:], strict=True):
        n = size if wanted is None else whole(wanted, "output_size", shown=output_size)
        if n > MOST:  # a list that long would fill the memory
            raise ValueError(f"output_size={output_size!r}: more than {MOST:,} parts of one axis; give fewer")
        parts.append([(i * size // n, -(-(i + 1) * size // n)) for i in range(n)])
    return x, parts, batched
