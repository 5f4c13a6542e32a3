"""The faster way through a convolution, for images whose memory runs (rows, columns inside channels, images).

Such an array is indexed (N, C, H, W) like any other, but its memory order is (H, C, W, N): neighbours are the
same pixel of different images. Windows need unrolling along their columns alone, since in this order their kh
rows already lie one below the other. That copies kh times less than the path in conv, in long runs, and a row
of all images makes one wide matrix. It pays for batches of small images, such as digits.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from helpers.ops.windows import CACHE_BYTES, Window, bands, read_area, taps


def batch_last(array):
    """A copy of the images (N, C, H, W), indexed the same, in batch-last memory: the way into this path."""
    if array.ndim != 4:
        raise ValueError(f"array.shape={array.shape}: batch-last memory is one of images; give (N, C, H, W)")
    return _memory_order(array).copy().transpose(3, 1, 0, 2)


def is_batch_last(array):
    """Whether images (N, C, H, W) lie in memory as (H, C, W, N), and not just as well as (N, C, H, W).

    False for what has other axes, which has no such order.
    """
    if array.ndim != 4 or array.flags.c_contiguous:
        return False
    return _memory_order(array).flags.c_contiguous


def correlate(x, weight, bias, window, groups):
    """What conv.correlate computes, from batch-last memory to batch-last memory."""
    rows = _as_rows(weight, groups)
    out = np.empty((window.output[0], len(weight), window.output[1], len(x)), x.dtype)  # (Ho, Co, Wo, N)
    lines = _as_lines(out, groups)  # a view
    for band, part in bands(window, _rows_that_fit(x.nbytes * window.kernel[1], window)):
        result = lines[:, band]
        np.matmul(rows, _as_columns(x, part, groups), out=result)  # -> (G, h, Co/G, Wo*N)
        if bias is not None:
            result += bias.reshape(groups, 1, -1, 1)
    return out.transpose(3, 1, 0, 2)  # (Ho, Co, Wo, N) -> (N, Co, Ho, Wo)


def spread(grad, weight, window, groups):
    """What conv.spread computes, from batch-last memory to batch-last memory.

    Down the rows this is a convolution again, with the kernel's rows in reverse order, so that one matrix
    product sums over filters and kernel rows. Across the columns each product is added to its pixels.
    """
    filters, channels, kh, kw = weight.shape
    (height, width), images = window.size, len(grad)
    grad = _with_gaps(grad, window.stride[0])
    padding = window.dilation[0] * (kh - 1) - window.padding[0]
    width_out = grad.shape[3]
    down = Window(grad.shape[2:], (kh, 1), (1, 1), (padding, 0), (window.dilation[0], 1), (height, width_out))
    across = window._replace(size=(1, width), kernel=(1, kw), padding=(0, window.padding[1]))
    rows = weight.reshape(groups, 1, filters // groups, channels, kh, kw)[..., ::-1, :]
    rows = rows.transpose(0, 1, 3, 5, 4, 2).reshape(groups, 1, channels * kw, -1)  # (G, 1, C/G*kw, kh*Co/G)
    out = np.zeros((height, groups, channels, width, images), grad.dtype)
    for band, part in bands(down, _rows_that_fit(out.nbytes * kw, down)):
        stamps = rows @ _as_columns(grad, part, groups)  # -> (G, h, C/G*kw, Wo*N)
        stamps = stamps.reshape(groups, -1, channels, kw, width_out, images).swapaxes(0, 1)
        for (_, j), (*_, seen), (*_, pixels) in taps(across):
            out[band, ..., pixels, :] += stamps[:, :, :, j, seen]
    return out.reshape(height, -1, width, images).transpose(3, 1, 0, 2)  # (H, G, C/G, W, N) -> (N, C, H, W)


def weight_gradient(grad, x, weight, window, groups):
    """What conv.weight_gradient computes, from batch-last memory."""
    lines = _as_lines(_memory_order(grad), groups)
    out = np.zeros_like(_as_rows(weight, groups)[:, 0])  # (G, Co/G, kh*C/G*kw)
    for band, part in bands(window, _rows_that_fit(x.nbytes * window.kernel[1], window)):
        products = lines[:, band] @ _as_columns(x, part, groups).swapaxes(2, 3)
        out += products.sum(axis=1)  # (G, h, Co/G, kh*C/G*kw) -> (G, Co/G, kh*C/G*kw)
    filters, channels, kh, kw = weight.shape
    out = out.reshape(filters, kh, channels, kw)
    return out.swapaxes(1, 2).copy()  # (Co, kh, C/G, kw) -> (Co, C/G, kh, kw)


def _memory_order(array):
    """(N, C, H, W) -> (H, C, W, N), a view."""
    return array.transpose(2, 1, 3, 0)


def _with_gaps(grad, stride):
    """Rows of zeros between the gradient's rows, where a stride has left out positions."""
    if stride == 1:
        return grad
    images, filters, rows, columns = grad.shape
    wide = np.zeros(((rows - 1) * stride + 1, filters, columns, images), grad.dtype)
    wide[::stride] = _memory_order(grad)
    return wide.transpose(3, 1, 0, 2)  # (rows, Co, Wo, N) -> (N, Co, rows, Wo)


def _as_rows(weight, groups):
    """The filters, each as one row in the columns' order: (Co, C/G, kh, kw) -> (G, 1, Co/G, kh*C/G*kw)."""
    return weight.swapaxes(1, 2).reshape(groups, 1, len(weight) // groups, -1)


def _as_lines(array, groups):
    """Each row of all images as one matrix: (Ho, Co, Wo, N) -> (G, Ho, Co/G, Wo*N)."""
    height, filters, width, images = array.shape
    return array.reshape(height, groups, filters // groups, width * images).swapaxes(0, 1)


def _as_columns(x, window, groups):
    """The windows, each as one column: (N, C, H, W) -> (G, Ho, kh*C/G*kw, Wo*N).

    An example: two images of 3 x 3 pixels a ... i, one channel, windows of 2 x 2; a1 is pixel a of image 1.

        area, (3, 1, 3, 2)    wide, (1, 3, 1, 2, 2, 2)      result[0, 0], (4, 4)
        a0 a1 b0 b1 c0 c1     a0 a1 b0 b1 | b0 b1 c0 c1     a0 a1 b0 b1
        d0 d1 e0 e1 f0 f1     d0 d1 e0 e1 | e0 e1 f0 f1     b0 b1 c0 c1
        g0 g1 h0 h1 i0 i1     g0 g1 h0 h1 | h0 h1 i0 i1     d0 d1 e0 e1
                                                            e0 e1 f0 f1
    The column a0 b0 d0 e0 is the first window of image 0. The four rows on the right are the first two of
    wide, as they lie in memory: nothing is copied again. Output row 1 starts at the second row of wide.
    """
    (kh, kw), (height, width) = window.kernel, window.output
    area = _memory_order(read_area(x, window))  # -> (rows, C, columns, N)
    to_row, to_channel, to_column, to_image = area.strides
    rows, channels, _, images = area.shape
    channels //= groups
    shape = (groups, rows, channels, kw, width, images)
    steps = (channels * to_channel, to_row, to_channel)
    steps += (window.dilation[1] * to_column, window.stride[1] * to_column, to_image)
    wide = as_strided(area, shape, steps, writeable=False).copy()  # unrolled along the columns
    to_group, to_row, _, to_line, _, to_image = wide.strides
    shape = (groups, height, kh, channels * kw, width * images)
    steps = (to_group, window.stride[0] * to_row, window.dilation[0] * to_row, to_line, to_image)
    tall = as_strided(wide, shape, steps, writeable=False)  # a window's rows, one below the other
    return tall.reshape(groups, height, -1, width * images)  # still a view, unless dilation parts the rows


def _rows_that_fit(nbytes, window):
    """How many output rows fit the cache, if all of them take that many bytes."""
    return max(1, min(CACHE_BYTES * window.output[0] // nbytes, window.output[0]))
