"""Max and average pooling of images, channel by channel: to read, to use, and their gradients."""

import numpy as np

from helpers.ops.arrays import as_batch, check_dtypes, check_floats, check_gradient
from helpers.ops.shapes import flag, whole
from helpers.ops.windows import pool_window, taps


def max_pool2d_loops(input, kernel_size, stride=None, padding=0):
    """What max_pool2d computes, window by window: to trace with a finger, too slow for photographs."""
    x, window, batched = _arguments(input, kernel_size, stride, padding)
    out = np.zeros((*x.shape[:2], *window.output), x.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for row in range(window.output[0]):
                for column in range(window.output[1]):
                    out[n, c, row, column] = _pixels(x[n, c], window, row, column).max()
    return out if batched else out[0]


def avg_pool2d_loops(input, kernel_size, stride=None, padding=0):
    """What avg_pool2d computes, window by window; pixels of the padding count as zeros."""
    x, window, batched = _arguments(input, kernel_size, stride, padding)
    out = np.zeros((*x.shape[:2], *window.output), x.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for row in range(window.output[0]):
                for column in range(window.output[1]):
                    total = _pixels(x[n, c], window, row, column).sum()
                    out[n, c, row, column] = total / (window.kernel[0] * window.kernel[1])
    return out if batched else out[0]


def _pixels(plane, window, row, column):
    """The pixels that the window at one position sees; the padding around them is left out."""
    top = row * window.stride[0] - window.padding[0]
    left = column * window.stride[1] - window.padding[1]
    return plane[max(top, 0) : top + window.kernel[0], max(left, 0) : left + window.kernel[1]]


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest number in every window, as torch.nn.functional.max_pool2d; NaN counts as the largest.

    input (N, C, H, W) or (C, H, W), float32, float64 or int64; the result has its dtype, and sizes by
    shapes.pool_output_size. kernel_size, stride (None: the kernel size), padding (at most half the kernel; it
    never wins) and dilation: int or pair (rows, columns). return_indices adds an int64 array of the result's
    shape, where in its plane each winner stands, row * W + column: the first in reading order if several are
    largest, the last if several are NaN. A window that sees padding alone, as dilation allows, gives -inf.
    """
    x, window, batched = _arguments(input, kernel_size, stride, padding, dilation, ceil_mode)
    if not flag(return_indices, "return_indices"):
        out = _lowest(x, window)
        for _, seen, pixels in taps(window):
            np.maximum(out[seen], x[pixels], out=out[seen])
        return out if batched else out[0]
    out, winner = _winners(x, window)
    i, j = np.divmod(winner.astype(np.int64), window.kernel[1])
    rows = _starts(window, 0)[:, np.newaxis] + window.dilation[0] * i
    columns = _starts(window, 1) + window.dilation[1] * j
    places = rows * window.size[1] + columns
    return (out, places) if batched else (out[0], places[0])


def max_pool2d_backward(grad_output, input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """The input's gradient: every output's gradient goes to the pixel that won its window, 0 to the others.

    The other arguments are those max_pool2d was given.
    """
    x, window, batched = _arguments(input, kernel_size, stride, padding, dilation, ceil_mode)
    grad = check_gradient(grad_output, input, (*x.shape[:2], *window.output), batched)
    _, winner = _winners(x, window)
    finite = grad.dtype.kind != "f" or np.isfinite(grad).all()
    apart = _lie_apart(window)
    out = np.zeros_like(x)
    for (i, j), seen, pixels in taps(window):
        won = winner[seen] == i * window.kernel[1] + j
        if not finite:  # infinity times 0 would be NaN
            out[pixels] += np.where(won, grad[seen], 0)
        elif apart:
            np.multiply(grad[seen], won, out=out[pixels])
        else:
            out[pixels] += grad[seen] * won
    return out if batched else out[0]


def _winners(x, window):
    """The largest number in every window, and the tap it was found at, taps numbered in reading order."""
    best = _lowest(x, window)
    winner = np.empty_like(best, dtype=np.min_scalar_type(window.kernel[0] * window.kernel[1]))
    # Until something beats "lower than any pixel", the window's first place on the plane is the winner.
    rows, columns = (np.maximum(-(_starts(window, axis) // window.dilation[axis]), 0) for axis in (0, 1))
    winner[:] = rows[:, np.newaxis] * window.kernel[1] + columns
    has_nan = np.isnan(x.max(initial=0))
    for (i, j), seen, pixels in taps(window):
        pixel = x[pixels].copy(order="K")  # read with gaps once; without them the rest is far faster
        record, holder = best[seen], winner[seen]
        won = pixel > record  # strictly: of equal pixels the first keeps its place
        if has_nan:
            won |= np.isnan(pixel)
        tap = winner.dtype.type(i * window.kernel[1] + j)
        np.maximum(holder, won * tap, out=holder)  # taps count up, so the latest is larger
        np.maximum(record, pixel, out=record)
    return best, winner


def _lowest(x, window):
    """The output before any comparison, lower than every pixel, in the input's memory order."""
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    return np.full_like(x, lowest, shape=(*x.shape[:2], *window.output))


def _starts(window, axis):
    """Each window's first place on that axis, counted in the unpadded plane."""
    return np.arange(window.output[axis]) * window.stride[axis] - window.padding[axis]


def _lie_apart(window):
    """Whether no pixel lies in two windows, so that a gradient can be set rather than added."""
    axes = zip(window.stride, window.kernel, window.dilation, strict=True)
    return all(stride > (kernel - 1) * dilation for stride, kernel, dilation in axes)


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of every window, as torch.nn.functional.avg_pool2d.

    input (N, C, H, W) or (C, H, W), float32, float64 or int64 (then rounded towards zero); the result has its
    dtype, and sizes by shapes.pool_output_size. kernel_size, stride (None: the kernel size) and padding (at
    most half the kernel): int or pair (rows, columns). A sum is divided by the number of places its window
    has on the plane and, if count_include_pad, on the padding, but not beyond, where ceil_mode lets it hang;
    or by divisor_override, an int. ValueError or TypeError says which argument does not fit.
    """
    x, window, batched = _arguments(input, kernel_size, stride, padding, 1, ceil_mode)
    divisors = _divisors(window, count_include_pad, divisor_override)
    out = np.zeros_like(x, shape=(*x.shape[:2], *window.output))
    for _, seen, pixels in taps(window):
        out[seen] += x[pixels]
    if x.dtype.kind == "f":
        out /= divisors.astype(x.dtype)
    else:
        out = (out - np.fmod(out, divisors)) // divisors
    return out if batched else out[0]


def avg_pool2d_backward(
    grad_output,
    input,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    """The input's gradient: each output's gradient, divided as its sum was, goes to all its pixels.

    The other arguments are those avg_pool2d was given; float32 or float64.
    """
    x, window, batched = _arguments(input, kernel_size, stride, padding, 1, ceil_mode)
    check_floats(input=input)
    grad = check_gradient(grad_output, input, (*x.shape[:2], *window.output), batched)
    grad = grad / _divisors(window, count_include_pad, divisor_override).astype(x.dtype)
    apart = _lie_apart(window)
    out = np.zeros_like(x)
    for _, seen, pixels in taps(window):
        if apart:
            out[pixels] = grad[seen]
        else:
            out[pixels] += grad[seen]
    return out if batched else out[0]


def _divisors(window, count_include_pad, divisor_override):
    """What each window's sum is divided by, (Ho, Wo)."""
    flag(count_include_pad, "count_include_pad")
    if divisor_override is not None:
        divisor = whole(divisor_override, "divisor_override")
        if divisor == 0:
            raise ValueError("divisor_override=0: nothing can be divided by 0; give another int or None")
        return np.full(window.output, divisor)
    counts = []
    for axis, (size, padding) in enumerate(zip(window.size, window.padding, strict=True)):
        first = _starts(window, axis)
        stop = np.minimum(first + window.kernel[axis], size + padding)
        counts.append(stop - first if count_include_pad else np.minimum(stop, size) - np.maximum(first, 0))
    return counts[0][:, np.newaxis] * counts[1]


def _arguments(input, kernel_size, stride, padding, dilation=1, ceil_mode=False):
    """The arguments made uniform, (x, window, batched), or the error that says which one does not fit."""
    check_dtypes(input=input)
    x, batched = as_batch(input)
    return x, pool_window(x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode), batched
