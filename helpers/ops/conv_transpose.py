"""Transposed convolution: a convolution's reverse, from its output's size back to its input's."""

import numpy as np

from helpers.ops.arrays import as_batch, channels_first, check_dtypes, check_gradient, check_shape
from helpers.ops.conv import correlate, spread, weight_gradient
from helpers.ops.shapes import conv_transpose_output_size, pair, whole
from helpers.ops.windows import Window


def conv_transpose2d_loops(input, weight, bias=None, stride=1, padding=0):
    """What conv_transpose2d computes: each pixel adds its filter, times itself, to the output."""
    x, window, _, batched = _arguments(input, weight, bias, stride, padding)
    (row_stride, column_stride), (row_padding, column_padding) = window.stride, window.padding
    (height, width), (channels, filters, kernel_rows, kernel_columns) = window.size, weight.shape
    out = np.zeros((len(x), filters, height, width), x.dtype)
    for n in range(len(x)):
        for c in range(channels):
            for row in range(x.shape[2]):
                for column in range(x.shape[3]):
                    for f in range(filters):
                        for i in range(kernel_rows):
                            for j in range(kernel_columns):
                                to_row = row * row_stride + i - row_padding
                                to_column = column * column_stride + j - column_padding
                                if 0 <= to_row < height and 0 <= to_column < width:
                                    product = x[n, c, row, column] * weight[c, f, i, j]
                                    out[n, f, to_row, to_column] += product
    if bias is not None:
        out += bias[:, np.newaxis, np.newaxis]
    return out if batched else out[0]


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The transposed convolution of every image, as torch.nn.functional.conv_transpose2d.

    It computes conv2d's input gradient: each pixel adds its filter, times itself, to the output. input
    (N, C, H, W) or (C, H, W); weight (C, C_out / groups, kh, kw); bias (C_out,); the result is
    (N, C_out, Ho, Wo) or (C_out, Ho, Wo), sizes by shapes.conv_transpose_output_size: padding crops,
    output_padding adds at the end. All arrays have one dtype, float32, float64 or int64, and so has the
    result. ValueError or TypeError says which argument does not fit. Images in batch-last memory (see
    conv_fast) are computed faster.
    """
    x, window, groups, batched = _arguments(
        input, weight, bias, stride, padding, output_padding, groups, dilation
    )
    out = spread(x, weight, window, groups)
    if bias is not None:
        out += bias[:, np.newaxis, np.newaxis]
    return out if batched else out[0]


def conv_transpose2d_backward(
    grad_output, input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """A loss's gradients (grad_input, grad_weight, grad_bias), from that by conv_transpose2d's result.

    The other arguments are those conv_transpose2d was given; grad_bias is None if bias is.
    """
    x, window, groups, batched = _arguments(
        input, weight, bias, stride, padding, output_padding, groups, dilation
    )
    grad = check_gradient(grad_output, input, (len(x), groups * weight.shape[1], *window.size), batched)
    grad_input = correlate(grad, weight, None, window, groups)
    grad_weight = weight_gradient(x, grad, weight, window, groups)
    grad_bias = None if bias is None else grad.sum(axis=(0, 2, 3))
    return grad_input if batched else grad_input[0], grad_weight, grad_bias


def _arguments(input, weight, bias, stride, padding, output_padding=0, groups=1, dilation=1):
    """The arguments made uniform, (x, window, groups, batched), or the error about what does not fit.

    The window is that of the convolution reversed: it slides over the output, its positions are the input.
    """
    check_dtypes(input=input, weight=weight, bias=bias)
    x, batched = as_batch(input)
    groups = whole(groups, "groups")
    if np.ndim(weight) != 4 or 0 in weight.shape:
        raise ValueError(
            f"weight.shape={np.shape(weight)}: give (channels, filters / groups, rows, columns), none of it 0"
        )
    if len(weight) != x.shape[1]:
        if remedy := channels_first(input, len(weight)):
            raise ValueError(f"input.shape={input.shape}: {remedy}")
        raise ValueError(
            f"weight.shape={weight.shape}: the input has {x.shape[1]} channels; make that the first number, "
            f"as in the weight of the conv2d to reverse"
        )
    if len(weight) % groups:
        raise ValueError(
            f"groups={groups}: all get as many of the {len(weight)} channels; give a divisor of {len(weight)}"
        )
    if bias is not None:
        check_shape("bias", bias, (groups * weight.shape[1],), "each output channel has one bias")
    stride, padding, dilation = pair(stride, "stride"), pair(padding, "padding"), pair(dilation, "dilation")
    output_padding = pair(output_padding, "output_padding")
    positions, kernel = x.shape[2:], weight.shape[2:]
    size = map(conv_transpose_output_size, positions, kernel, stride, padding, output_padding, dilation)
    return x, Window(tuple(size), kernel, stride, padding, dilation, positions), groups, batched
