"""Activations, the dense layer and dropout, each forward and backward, as in torch.nn.functional.

`X_backward(grad_output, ...)` takes the loss's gradient with respect to X's output, then X's own arguments,
and returns the gradients with respect to X's arrays. Every result has its input's dtype.
"""

from math import prod

import numpy as np

from helpers.ops.arrays import check_dtypes, check_floats, check_shape
from helpers.ops.shapes import flag, real


def relu(input):
    """The input with its negative numbers replaced by 0."""
    check_dtypes(input=input)
    return np.maximum(input, 0)


def relu_backward(grad_output, input):
    """The input's gradient: the output's where the input was positive, else 0 (0 at 0 too)."""
    _check_gradient(grad_output, input)
    return grad_output * ~(input <= 0)  # a product: np.where takes many times as long on random signs


def leaky_relu(input, negative_slope=0.01):
    """The input with its negative numbers scaled down by negative_slope, so that they keep a gradient."""
    check_floats(input=input)
    return np.where(input > 0, input, input * real(negative_slope, "negative_slope"))


def leaky_relu_backward(grad_output, input, negative_slope=0.01):
    """The input's gradient: that of the output, times negative_slope where the input was not positive."""
    _check_gradient(grad_output, input)
    return np.where(input > 0, grad_output, grad_output * real(negative_slope, "negative_slope"))


def sigmoid(input):
    """1 / (1 + e^-x) of every number: between 0 and 1, and 1/2 at 0."""
    check_floats(input=input)
    small = np.exp(-np.abs(input))  # never overflows
    return np.where(input >= 0, 1, small) / (1 + small)


def sigmoid_backward(grad_output, input):
    """The input's gradient: that of the output times y(1 - y), where y is the output."""
    _check_gradient(grad_output, input)
    output = sigmoid(input)
    return grad_output * (output * (1 - output))


def tanh(input):
    """The hyperbolic tangent of every number: between -1 and 1, and 0 at 0."""
    check_floats(input=input)
    return np.tanh(input)


def tanh_backward(grad_output, input):
    """The input's gradient: that of the output times 1 - y^2, where y is the output."""
    _check_gradient(grad_output, input)
    return grad_output * (1 - np.tanh(input) ** 2)


def linear(input, weight, bias=None):
    """Every output's weighted sum of the inputs: input @ weight.T + bias.

    input (..., features); weight (outputs, features); bias (outputs,); result (..., outputs).
    A weight of shape (features,) makes one output and drops that axis.
    ValueError if the features disagree.
    """
    _check_linear(input, weight, bias)
    output = input @ weight.T
    if bias is not None:
        output = output + bias
    return np.asarray(output)


def linear_backward(grad_output, input, weight, bias=None):
    """The gradients (grad_input, grad_weight, grad_bias or None) of linear."""
    _check_linear(input, weight, bias)
    check_floats(input=input, grad_output=grad_output)
    check_shape("grad_output", grad_output, input.shape[:-1] + weight.shape[:-1], "it must match the output")
    rows = input.reshape(-1, input.shape[-1])  # (..., F) -> (M, F)
    grads = grad_output.reshape(len(rows), prod(weight.shape[:-1]))  # (..., O) -> (M, O), also of M = 0
    grad_input = grads @ weight.reshape(-1, weight.shape[-1])  # (M, O) @ (O, F) -> (M, F)
    grad_weight = grads.T @ rows  # (O, M) @ (M, F) -> (O, F)
    grad_bias = None if bias is None else grads.sum(axis=0).reshape(bias.shape)
    return grad_input.reshape(input.shape), grad_weight.reshape(weight.shape), grad_bias


def dropout_mask(input, p, rng):
    """An array like the input, 0 with probability p and else 1/(1 - p), so that its mean is 1."""
    check_floats(input=input)
    if not 0 <= real(p, "p") <= 1:
        raise ValueError(f"p={p}: it is the probability of dropping a number; give a number from 0 to 1")
    if rng is None:
        raise ValueError("rng=None: what is dropped must be repeatable; give np.random.default_rng(seed)")
    kept = rng.random(input.shape, dtype=input.dtype) >= p
    return kept * input.dtype.type(0 if p == 1 else 1 / (1 - p))


def dropout(input, p=0.5, training=True, rng=None):
    """The input with each number dropped (set to 0) with probability p and the others scaled by 1/(1 - p).

    With training=False it is the input itself. rng is a NumPy random generator, needed while training.
    To go backward keep the mask: dropout is input * dropout_mask(input, p, rng).
    """
    if not flag(training, "training"):
        check_floats(input=input)
        return input
    return input * dropout_mask(input, p, rng)


def dropout_backward(grad_output, mask):
    """The input's gradient: that of the output times the very mask of the forward pass."""
    _check_gradient(grad_output, mask, "mask")
    return grad_output * mask


def _check_gradient(grad_output, input, name="input"):
    check_floats(**{name: input, "grad_output": grad_output})
    check_shape(
        "grad_output", grad_output, input.shape, "it must match the output, which has the input's shape"
    )


def _check_linear(input, weight, bias):
    check_dtypes(input=input, weight=weight, bias=bias)
    if np.ndim(weight) not in (1, 2):
        raise ValueError(
            f"weight.shape={np.shape(weight)}: give (outputs, features), or (features,) for one output"
        )
    if input.ndim < 1 or input.shape[-1] != weight.shape[-1]:
        raise ValueError(
            f"input.shape={input.shape}: its last axis must hold the {weight.shape[-1]} features that "
            f"weight.shape={weight.shape} expects; flatten images first, or fix the weight"
        )
    if bias is not None:
        check_shape("bias", bias, weight.shape[:-1], "each output has one bias")
