"""Batch and layer normalisation, forward and backward, as in torch.nn.functional.

Both compute y = weight * (x - mean) / sqrt(variance + eps) + bias; they differ in what is averaged.
Batch norm averages each channel over the batch (and the plane), layer norm each example over its features.
"""

import numpy as np

from helpers.ops.arrays import check_floats, check_shape
from helpers.ops.shapes import flag, real, whole


def batch_norm(
    input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5
):
    """Each channel shifted to mean 0, scaled to variance 1, then scaled by weight and shifted by bias.

    input (N, C, ...); the other arrays (C,). training=True uses this batch's statistics and moves
    running_mean and running_var towards them in place by the share momentum (None, None: no statistics
    kept); training=False uses the running ones. The batch is divided by its own variance (over n), the
    running variance is the unbiased one (over n - 1), as in PyTorch. ValueError for one value per channel.
    """
    _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps)
    if training:
        mean, var = _channel_statistics(input)
        if running_mean is not None:
            real(momentum, "momentum")
            count = input.size // input.shape[1]
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (var * (count / (count - 1)) - running_var)
    else:
        mean, var = running_mean, running_var
    scale = 1 / np.sqrt(var + eps) if weight is None else weight / np.sqrt(var + eps)
    shape = _channel_shape(input)
    output = (input - mean.reshape(shape)) * scale.reshape(shape).astype(input.dtype)
    return output if bias is None else output + bias.reshape(shape)


def batch_norm_backward(
    grad_output,
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
):
    """The gradients (grad_input, grad_weight or None, grad_bias or None) of batch_norm.

    While training the batch's mean and variance depend on every input, hence the two subtracted averages. The
    running statistics are left alone.
    """
    _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps)
    check_floats(input=input, grad_output=grad_output)
    check_shape("grad_output", grad_output, input.shape, "it must match the output")
    mean, var = _channel_statistics(input) if training else (running_mean, running_var)
    axes, shape = _channel_axes(input), _channel_shape(input)
    deviation = (1 / np.sqrt(var + eps)).reshape(shape).astype(input.dtype)
    normal = (input - mean.reshape(shape)) * deviation  # x after normalising, before weight and bias
    grad_bias, grad_weight = grad_output.sum(axis=axes), (grad_output * normal).sum(axis=axes)  # (C,)
    grad = grad_output
    if training:
        count = input.dtype.type(input.size // input.shape[1])
        grad = grad - (grad_bias / count).reshape(shape) - normal * (grad_weight / count).reshape(shape)
    grad_input = grad * (deviation if weight is None else deviation * weight.reshape(shape))
    return grad_input, None if weight is None else grad_weight, None if bias is None else grad_bias


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Each example's last axes shifted to mean 0 and scaled to variance 1, then times weight, plus bias.

    normalized_shape: the sizes of the axes averaged over, the last of input.shape; weight, bias: that shape.
    """
    axes = _check_layer_norm(input, normalized_shape, weight, bias, eps)
    output = _normalised(input, axes, eps)[0]
    if weight is not None:
        output = output * weight
    return output if bias is None else output + bias


def layer_norm_backward(grad_output, input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """The gradients (grad_input, grad_weight or None, grad_bias or None) of layer_norm."""
    axes = _check_layer_norm(input, normalized_shape, weight, bias, eps)
    check_floats(input=input, grad_output=grad_output)
    check_shape("grad_output", grad_output, input.shape, "it must match the output")
    normal, deviation = _normalised(input, axes, eps)
    others = tuple(range(input.ndim - len(axes)))  # the axes that weight and bias were shared over
    grad_weight = None if weight is None else (grad_output * normal).sum(axis=others)
    grad_bias = None if bias is None else grad_output.sum(axis=others)
    grad = grad_output if weight is None else grad_output * weight
    centred = grad - grad.mean(axis=axes, keepdims=True)
    grad_input = (centred - normal * (grad * normal).mean(axis=axes, keepdims=True)) * deviation
    return grad_input, grad_weight, grad_bias


def _normalised(input, axes, eps):
    """The input with mean 0 and variance 1 over the axes, and the 1/sqrt(variance + eps) it was scaled by."""
    centred = input - input.mean(axis=axes, keepdims=True)
    deviation = 1 / np.sqrt((centred**2).mean(axis=axes, keepdims=True) + input.dtype.type(eps))
    return centred * deviation, deviation


def _channel_statistics(input):
    """Each channel's mean and (biased) variance, (C,)."""
    axes = _channel_axes(input)
    mean = input.mean(axis=axes)
    return mean, ((input - mean.reshape(_channel_shape(input))) ** 2).mean(axis=axes)


def _channel_axes(input):
    """Every axis but the channels'."""
    return (0, *range(2, input.ndim))


def _channel_shape(input):
    """(C, 1, 1): one number per channel, ready to meet (N, C, H, W)."""
    return (-1, *[1] * (input.ndim - 2))


def _check_batch_norm(input, running_mean, running_var, weight, bias, training, eps):
    real(eps, "eps")
    flag(training, "training")
    vectors = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    check_floats(input=input, **vectors)
    if input.ndim < 2:
        raise ValueError(
            f"input.shape={input.shape}: channels are the second axis; give (N, C) or (N, C, H, W)"
        )
    for name, vector in vectors.items():
        if vector is not None:
            check_shape(name, vector, input.shape[1:2], "each channel has one")
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var: give both, or None for both")
    if not training and running_mean is None:
        raise ValueError(
            "running_mean=None: with training=False the running statistics are needed; give both"
        )
    if training and input.size <= input.shape[1]:
        raise ValueError(
            f"input.shape={input.shape}: one value per channel has no variance; give at least two, or use "
            "training=False"
        )


def _check_layer_norm(input, normalized_shape, weight, bias, eps):
    """The axes averaged over, after every check."""
    real(eps, "eps")
    check_floats(input=input, weight=weight, bias=bias)
    sizes = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
    shape = tuple(whole(size, "normalized_shape", shown=normalized_shape) for size in sizes)
    if not shape or input.shape[input.ndim - len(shape) :] != shape or len(shape) > input.ndim:
        raise ValueError(
            f"normalized_shape={normalized_shape}: input.shape={input.shape} must end with it; "
            f"give e.g. {input.shape[-1:]}"
        )
    for name, array in {"weight": weight, "bias": bias}.items():
        if array is not None:
            check_shape(name, array, shape, "each normalised feature has one")
    return tuple(range(input.ndim - len(shape), input.ndim))
