"""How a window slides over a plane: its positions, the pixels it reads, and all windows as one array.

Convolution and pooling both stand on this. A *tap* is one of the window's kh*kw places.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from helpers.ops.shapes import conv_output_size, pair, pool_output_size, same_padding

CACHE_BYTES = 2_000_000  # windows are laid out in portions of about this size, which a CPU's cache holds


class Window(NamedTuple):
    """A window's way over a plane; each field is a pair (rows, columns).

    output is the number of positions. padding counts the zeros before the plane; how many are needed after it
    follows from the rest.
    """

    size: tuple
    kernel: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    output: tuple


def conv_window(size, kernel, stride=1, padding=0, dilation=1):
    """The Window of a convolution over a plane (rows, columns); padding may be "same" or "valid"."""
    stride, dilation = pair(stride, "stride"), pair(dilation, "dilation")
    if not isinstance(padding, str):
        before = ends = pair(padding, "padding")
    elif padding == "valid":
        before = ends = (0, 0)
    elif padding != "same":
        raise ValueError(f'padding={padding!r}: the words are "same" and "valid"; give one, an int or a pair')
    elif stride != (1, 1):
        raise ValueError(f'padding="same": a stride={stride} cannot keep the size; give stride=1 or an int')
    else:
        ends = tuple(map(same_padding, kernel, dilation))
        before = tuple(first for first, _ in ends)
    output = tuple(map(conv_output_size, size, kernel, stride, ends, dilation))
    return Window(tuple(size), tuple(kernel), stride, before, dilation, output)


def pool_window(size, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """The Window of a pooling over a plane (rows, columns); stride None means the kernel size."""
    kernel = pair(kernel_size, "kernel_size")
    unset = stride is None or (isinstance(stride, (tuple, list)) and not stride)
    stride = kernel if unset else pair(stride, "stride")
    padding, dilation = pair(padding, "padding"), pair(dilation, "dilation")
    output = tuple(map(pool_output_size, size, kernel, stride, padding, dilation, (ceil_mode, ceil_mode)))
    return Window(tuple(size), kernel, stride, padding, dilation, output)


def read_area(x, window):
    """All pixels from the first a window reads to the last, zeros where they lie outside the plane.

    (N, C, H, W) -> (N, C, rows, columns): a view if all lie inside, else a copy in x's memory order.
    """
    inside, place, shape = [], [], []
    for size, kernel, stride, padding, dilation, output in zip(*window, strict=True):
        length = (output - 1) * stride + (kernel - 1) * dilation + 1
        first = max(-padding, 0)
        stop = max(min(length - padding, size), first)
        inside.append(slice(first, stop))
        place.append(slice(first + padding, stop + padding))
        shape.append(length)
    pixels = x[:, :, *inside]
    if pixels.shape[2:] == tuple(shape):
        return pixels
    area = np.zeros_like(x, shape=(*x.shape[:2], *shape))
    area[:, :, *place] = pixels
    return area


def sliding_windows(x, window):
    """Every window at every position, (N, C, H, W) -> (N, C, kh, kw, Ho, Wo): a view, to be read only."""
    area = read_area(x, window)
    to_image, to_channel, to_row, to_column = area.strides  # how many bytes lie between neighbours
    steps = [to_image, to_channel]
    steps += [window.dilation[0] * to_row, window.dilation[1] * to_column]  # from tap to tap
    steps += [window.stride[0] * to_row, window.stride[1] * to_column]  # from position to position
    return as_strided(area, (*x.shape[:2], *window.kernel, *window.output), steps, writeable=False)


def taps(window):
    """For each tap that meets the plane, in reading order: its place (i, j), the outputs, their pixels.

    The last two are indices (..., rows, columns), of the output's planes and of the unpadded input's.
    """
    rows, columns = ([*_tap_slices(*axis)] for axis in zip(*window, strict=True))
    for i, output_rows, input_rows in rows:
        for j, output_columns, input_columns in columns:
            yield (i, j), (..., output_rows, output_columns), (..., input_rows, input_columns)


def _tap_slices(size, kernel, stride, padding, dilation, output):
    """On one axis, for each tap that meets the plane: its number, the slices of outputs and of pixels."""
    earliest = max(-(((output - 1) * stride - padding) // dilation), 0)  # the last output's on the plane
    for tap in range(earliest, min((size + padding - 1) // dilation + 1, kernel)):
        shift = tap * dilation - padding  # output o reads pixel o * stride + shift
        first = max(-(shift // stride), 0)
        stop = min(-((shift - size) // stride), output)
        pixel = first * stride + shift
        if first < stop:
            yield tap, slice(first, stop), slice(pixel, pixel + (stop - first) * stride, stride)


def bands(window, rows):
    """The output in bands of that many rows: (slice of rows, the band's own Window)."""
    for first in range(0, window.output[0], rows):
        stop = min(first + rows, window.output[0])
        padding = (window.padding[0] - first * window.stride[0], window.padding[1])  # the band starts lower
        yield slice(first, stop), window._replace(padding=padding, output=(stop - first, window.output[1]))


def portions(images, bytes_per_pixel, window):
    """All windows, in portions that fit the cache: (slice of images, slice of positions, their own Window).

    Several images if their windows fit, else a band of one. Positions are counted row by row.
    """
    width = window.output[1]
    rows = max(1, CACHE_BYTES // (bytes_per_pixel * window.kernel[0] * window.kernel[1] * width))
    together = max(1, rows // window.output[0])
    for first in range(0, images, together):
        for band, part in bands(window, rows):
            yield slice(first, first + together), slice(band.start * width, band.stop * width), part
