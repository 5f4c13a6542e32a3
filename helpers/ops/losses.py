"""From scores to probabilities to one number that says how wrong they are, as in torch.nn.functional."""

import numpy as np

from helpers.ops.arrays import check_floats, check_shape
from helpers.ops.shapes import real, whole


def log_softmax(input, dim):
    """The logarithm of softmax, exact even where softmax itself would round to 0."""
    check_floats(input=input)
    _check_dim(input, dim)
    if input.size == 0:
        return input.copy()
    shifted = input - input.max(axis=dim, keepdims=True)  # the largest becomes 0: exp cannot overflow
    return shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))


def softmax(input, dim):
    """Scores turned into probabilities along the axis dim: e^x divided by the sum of all e^x."""
    check_floats(input=input)
    _check_dim(input, dim)
    if input.size == 0:
        return input.copy()
    powers = np.exp(input - input.max(axis=dim, keepdims=True))
    return powers / powers.sum(axis=dim, keepdims=True)


def softmax_backward(grad_output, input, dim):
    """The input's gradient: y * (g - sum of g * y along dim), where y is the output and g its gradient."""
    check_floats(input=input, grad_output=grad_output)
    check_shape("grad_output", grad_output, input.shape, "it must match the output")
    output = softmax(input, dim)
    return output * (grad_output - (grad_output * output).sum(axis=dim, keepdims=True))


def log_softmax_backward(grad_output, input, dim):
    """The input's gradient: g - softmax(input) * (sum of g along dim)."""
    check_floats(input=input, grad_output=grad_output)
    check_shape("grad_output", grad_output, input.shape, "it must match the output")
    return grad_output - softmax(input, dim) * grad_output.sum(axis=dim, keepdims=True)


def cross_entropy(input, target, *, reduction="mean", label_smoothing=0.0):
    """Minus the logarithm of the probability that softmax gives to the right class.

    input: scores (N, classes) or (classes,); target: int64 labels (N,) or (). reduction: "mean" (default)
    or "sum" gives one number, "none" one per row. label_smoothing: the share of the target spread evenly.
    ValueError for a label outside 0 .. classes - 1 (PyTorch's ignore_index is not offered) or an empty batch.
    """
    scores, wanted = _check_cross_entropy(input, target, reduction, label_smoothing)
    losses = -(wanted * log_softmax(scores, dim=1)).sum(axis=1)  # (N, classes) -> (N,)
    if reduction == "none":
        return losses.reshape(target.shape)
    return losses.mean() if reduction == "mean" else losses.sum()


def cross_entropy_backward(grad_output, input, target, *, reduction="mean", label_smoothing=0.0):
    """The scores' gradient: softmax minus what was wanted, times grad_output; over N for "mean".

    grad_output is the gradient of the loss itself: 1 in training.
    """
    scores, wanted = _check_cross_entropy(input, target, reduction, label_smoothing)
    scale = _loss_gradient(grad_output, input.dtype, target.shape if reduction == "none" else ())
    if reduction == "mean":
        scale = scale / scores.dtype.type(len(scores))
    return ((softmax(scores, dim=1) - wanted) * scale.reshape(-1, 1)).reshape(input.shape)


def mse_loss(input, target, *, reduction="mean"):
    """The squared differences between input and target: their mean, their sum, or ("none") all of them."""
    check_floats(input=input, target=target)
    check_shape("target", target, input.shape, "it must match the input")
    _check_reduction(reduction, input.size)
    squares = (input - target) ** 2
    return squares if reduction == "none" else squares.mean() if reduction == "mean" else squares.sum()


def mse_loss_backward(grad_output, input, target, *, reduction="mean"):
    """(grad_input, grad_target): 2 (input - target), divided by the count for "mean"; and its negative."""
    check_floats(input=input, target=target)
    check_shape("target", target, input.shape, "it must match the input")
    _check_reduction(reduction, input.size)
    scale = _loss_gradient(grad_output, input.dtype, input.shape if reduction == "none" else ())
    grad = 2 * (input - target) * scale / input.dtype.type(input.size if reduction == "mean" else 1)
    return grad, -grad


def _loss_gradient(grad_output, dtype, shape):
    """The gradient of the loss itself as an array: a number, or an array of the loss's shape."""
    if not isinstance(grad_output, np.ndarray):
        grad_output = np.asarray(real(grad_output, "grad_output"), dtype)
    if grad_output.dtype.kind not in "fiu":
        raise TypeError(f"grad_output.dtype={grad_output.dtype}: give a number, 1 in training, or floats")
    check_shape("grad_output", grad_output, shape, "it must match the loss")
    return grad_output.astype(dtype)


def check_labels(target, classes, name="target"):
    """TypeError unless the labels are int64, ValueError if one lies outside 0 .. classes - 1."""
    if getattr(target, "dtype", None) != np.int64:
        kind = getattr(target, "dtype", type(target).__name__)
        raise TypeError(
            f"{name}={kind}: labels are class numbers; give an int64 array, e.g. np.int64({name})"
        )
    wrong = (target < 0) | (target >= classes)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ValueError(
            f"{name}[{place}]={target.flat[place]}: the scores are for {classes} classes, so labels run from "
            f"0 to {classes - 1}; {int(wrong.sum())} of {target.size} labels lie outside"
        )


def _check_cross_entropy(input, target, reduction, label_smoothing):
    """The scores as (N, classes) and the distribution wanted of each row, after every check."""
    check_floats(input=input)
    if input.ndim not in (1, 2):
        raise ValueError(
            f"input.shape={input.shape}: give scores (N, classes), or (classes,) for one example"
        )
    target = np.asarray(target) if np.ndim(target) == 0 else target
    scores = input.reshape(-1, input.shape[-1])
    check_labels(target, scores.shape[1])
    check_shape("target", target, input.shape[:-1], "one label for each row of scores")
    _check_reduction(reduction, len(scores))
    if not 0 <= real(label_smoothing, "label_smoothing") <= 1:
        raise ValueError(
            f"label_smoothing={label_smoothing}: a share of the target; give a number from 0 to 1"
        )
    wanted = np.full_like(scores, label_smoothing / scores.shape[1])
    wanted[np.arange(len(scores)), target] += 1 - label_smoothing
    return scores, wanted


def _check_reduction(reduction, count):
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction={reduction!r}: give "mean", "sum" or "none"')
    if reduction == "mean" and count == 0:
        raise ValueError("input: an empty batch has no mean loss; give at least one example")


def _check_dim(input, dim):
    if not -input.ndim <= whole(dim, "dim") < input.ndim:
        raise ValueError(
            f"dim={dim!r}: the axis that holds the classes; for shape {input.shape} give an int from "
            f"{-input.ndim} to {input.ndim - 1}"
        )
