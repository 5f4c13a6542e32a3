"""Convolution of images, in the sense of cross-correlation: to read, to use, and its gradients."""

import numpy as np

from helpers.ops import conv_fast
from helpers.ops.arrays import as_batch, channels_first, check_dtypes, check_gradient, check_shape
from helpers.ops.shapes import whole
from helpers.ops.windows import conv_window, portions, read_area, sliding_windows, taps


def conv2d_loops(input, weight, bias=None, stride=1, padding=0):
    """What conv2d computes, product by product: to trace with a finger, too slow for photographs."""
    x, window, _, batched = _arguments(input, weight, bias, stride, padding)
    x = read_area(x, window)  # the padding is in it now
    (row_stride, column_stride), (height, width) = window.stride, window.output
    filters, channels, kernel_rows, kernel_columns = weight.shape
    out = np.zeros((len(x), filters, height, width), x.dtype)
    for n in range(len(x)):
        for f in range(filters):
            for row in range(height):
                for column in range(width):
                    total = 0 if bias is None else bias[f]
                    for c in range(channels):
                        for i in range(kernel_rows):
                            for j in range(kernel_columns):
                                pixel = x[n, c, row * row_stride + i, column * column_stride + j]
                                total += pixel * weight[f, c, i, j]
                    out[n, f, row, column] = total
    return out if batched else out[0]


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation of every image with every filter, as torch.nn.functional.conv2d.

    input (N, C, H, W) or (C, H, W); weight (C_out, C / groups, kh, kw); bias (C_out,); the result is
    (N, C_out, Ho, Wo) or (C_out, Ho, Wo), sizes by shapes.conv_output_size. stride, padding and dilation: int
    or pair (rows, columns); padding also "valid", or "same" at stride 1. All arrays have one dtype, float32,
    float64 or int64, and so has the result. ValueError or TypeError says which argument does not fit.
    Images in batch-last memory (see conv_fast) are computed faster, and the result is in that order too.
    """
    x, window, groups, batched = _arguments(input, weight, bias, stride, padding, dilation, groups)
    out = correlate(x, weight, bias, window, groups)
    return out if batched else out[0]


def conv2d_backward(grad_output, input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """A loss's gradients (grad_input, grad_weight, grad_bias), from its gradient by conv2d's result.

    The other arguments are those conv2d was given; grad_bias is None if bias is.
    """
    x, window, groups, batched = _arguments(input, weight, bias, stride, padding, dilation, groups)
    grad = check_gradient(grad_output, input, (len(x), len(weight), *window.output), batched)
    grad_input = spread(grad, weight, window, groups)
    grad_weight = weight_gradient(grad, x, weight, window, groups)
    grad_bias = None if bias is None else grad.sum(axis=(0, 2, 3))
    return grad_input if batched else grad_input[0], grad_weight, grad_bias


def correlate(x, weight, bias, window, groups):
    """Every filter at every position: each window becomes a column, and one matrix product does the rest.

    The columns get no name here or below, so that each portion's memory is free for the next one's.
    """
    if conv_fast.is_batch_last(x):
        return conv_fast.correlate(x, weight, bias, window, groups)
    rows = _as_rows(weight, groups)
    out = np.empty((len(x), *rows.shape[:2], _positions(window)), x.dtype)  # (N, G, Co/G, Ho*Wo)
    for images, places, part in portions(len(x), x.shape[1] * x.itemsize, window):
        result = out[images, ..., places]
        # (G, Co/G, C/G*kh*kw) @ (n, G, C/G*kh*kw, l) -> (n, G, Co/G, l)
        np.matmul(rows, _as_columns(x[images], part, groups), out=result)
        if bias is not None:
            result += bias.reshape(groups, -1, 1)
    return out.reshape(len(x), len(weight), *window.output)  # (N, G, Co/G, Ho*Wo) -> (N, Co, Ho, Wo)


def spread(grad, weight, window, groups):
    """The reverse of correlate: each output adds its filter, times its number, to the pixels it came from."""
    if conv_fast.is_batch_last(grad) and np.isfinite(weight).all():  # it also multiplies zeros it has put in
        return conv_fast.spread(grad, weight, window, groups)
    rows, channels = _as_rows(weight, groups), groups * weight.shape[1]
    grad = grad.reshape(len(grad), *rows.shape[:2], _positions(window))  # -> (N, G, Co/G, Ho*Wo)
    product = np.multiply if rows.shape[1] == 1 else np.matmul  # the same for one filter, but faster
    out = np.zeros((len(grad), channels, *window.size), grad.dtype)
    for images, places, part in portions(len(grad), channels * grad.itemsize, window):
        # (G, C/G*kh*kw, Co/G) @ (n, G, Co/G, l) -> (n, G, C/G*kh*kw, l)
        _add_columns(out[images], product(rows.swapaxes(1, 2), grad[images, ..., places]), part)
    return out


def weight_gradient(grad, x, weight, window, groups):
    """Each filter number's gradient: the pixels it met, times the gradients of the outputs they went into."""
    if conv_fast.is_batch_last(x):
        return conv_fast.weight_gradient(grad, x, weight, window, groups)
    out = np.zeros_like(_as_rows(weight, groups))
    grad = grad.reshape(len(grad), *out.shape[:2], _positions(window))  # -> (N, G, Co/G, Ho*Wo)
    for images, places, part in portions(len(x), x.shape[1] * x.itemsize, window):
        # (n, G, Co/G, l) @ (n, G, l, C/G*kh*kw) -> (n, G, Co/G, C/G*kh*kw)
        products = grad[images, ..., places] @ _as_columns(x[images], part, groups).swapaxes(2, 3)
        out += products.sum(axis=0)
    return out.reshape(weight.shape)  # (G, Co/G, C/G*kh*kw) -> (Co, C/G, kh, kw)


def _as_rows(weight, groups):
    """The filters, each as one row: (Co, C/G, kh, kw) -> (G, Co/G, C/G*kh*kw)."""
    return weight.reshape(groups, len(weight) // groups, -1)


def _as_columns(x, window, groups):
    """The windows, each as one column, known as im2col: (N, C, H, W) -> (N, G, C/G*kh*kw, Ho*Wo)."""
    windows = sliding_windows(x, window)  # (N, C, H, W) -> (N, C, kh, kw, Ho, Wo), still a view
    return windows.reshape(len(x), groups, -1, _positions(window))  # here the pixels are copied


def _add_columns(x, columns, window):
    """Add every column's numbers to the pixels they belong to, known as col2im."""
    columns = columns.reshape(*x.shape[:2], *window.kernel, *window.output)  # -> (N, C, kh, kw, Ho, Wo)
    for (i, j), seen, pixels in taps(window):
        x[pixels] += columns[:, :, i, j][seen]


def _positions(window):
    """How many positions the window has on the plane."""
    return window.output[0] * window.output[1]


def _arguments(input, weight, bias, stride, padding, dilation=1, groups=1):
    """The arguments made uniform, (x, window, groups, batched), or the error about what does not fit."""
    check_dtypes(input=input, weight=weight, bias=bias)
    x, batched = as_batch(input)
    groups = whole(groups, "groups")
    if np.ndim(weight) != 4 or 0 in weight.shape:
        raise ValueError(
            f"weight.shape={np.shape(weight)}: give (filters, channels / groups, rows, columns), none of it 0"
        )
    if len(weight) % groups:
        raise ValueError(
            f"groups={groups}: all get as many of the {len(weight)} filters; give a divisor of {len(weight)}"
        )
    if weight.shape[1] * groups != x.shape[1]:
        raise ValueError(_misfit(input, weight.shape, groups))
    if bias is not None:
        check_shape("bias", bias, weight.shape[:1], "each filter has one bias")
    return x, conv_window(x.shape[2:], weight.shape[2:], stride, padding, dilation), groups, batched


def _misfit(input, weight_shape, groups):
    """What to say when the filters do not read as many channels as the input has."""
    shape, reads = input.shape, weight_shape[1] * groups
    channels = shape[-3]
    if remedy := channels_first(input, reads):
        return f"input.shape={shape}: {remedy}"
    if reads == 1 and len(shape) == 3:
        return (
            f"input.shape={shape}: the filters read one channel, and {channels} stand in its place; if these "
            f"are {channels} grey pictures, give input[:, np.newaxis]"
        )
    those = f"in groups={groups} such filters" if groups > 1 else "such filters"
    told = f"weight.shape={weight_shape}: {those} read {reads} channels, and the input has {channels}"
    if channels % groups:
        return f"{told}; give groups a divisor of {channels}"
    return f"{told}; give weight.shape[1]={channels // groups}, or an input of {reads}"
