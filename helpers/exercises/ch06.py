"""Exercises of chapter 6: what reaches the dense layer, what two layers make, and what goes backward."""

from math import ceil, prod

import numpy as np

from helpers.exercises.base import Exercise, Mistake


def arriving(side, channels):
    return channels[-1] * (side >> len(channels)) ** 2


def _rounded_up(side, channels):
    for _ in channels:
        side = ceil(side / 2)
    return channels[-1] * side**2


def _unpadded(side, channels):
    for _ in channels:
        side = max(side - 2, 0) // 2
    return side


ARRIVING = Exercise(
    right=arriving,
    cases=((4, (2,)), (6, (1, 3)), (32, (32, 64, 128, 256)), (28, (6, 16, 20))),
    draw=lambda rng: (
        int(rng.integers(16, 100)),
        tuple(map(int, rng.integers(1, 40, rng.integers(2, 5)))),
    ),
    mistakes=(
        Mistake(
            lambda side, channels: channels[-1] * side**2, "the pools are left out: each halves the side."
        ),
        Mistake(
            lambda side, channels: (side >> len(channels)) ** 2,
            "the channels are left out: every filter of the last block makes a map.",
        ),
        Mistake(
            lambda side, channels: channels[-1] * (side >> len(channels)),
            "the side is not squared: a map has rows and columns.",
        ),
        Mistake(
            lambda side, channels: channels[-1] * (side // 2) ** 2,
            "only one pool is counted; there is one in each block.",
        ),
        Mistake(
            lambda side, channels: sum(channels) * (side >> len(channels)) ** 2,
            "the filters of all blocks are added; only the last block's maps arrive.",
        ),
        Mistake(
            lambda side, channels: prod(channels) * (side >> len(channels)) ** 2,
            "the filters of all blocks are multiplied; only the last block's maps arrive.",
        ),
        Mistake(
            lambda side, channels: channels[-1] * (side / 2 ** len(channels)) ** 2,
            "the side is not rounded down: a pool drops the row left over.",
        ),
        Mistake(
            lambda side, channels: channels[-1] * (side**2 // 4 ** len(channels)),
            "round the side down, then square it; rows and columns are halved each for itself.",
        ),
        Mistake(
            lambda side, channels: channels[-1] * (side // (2 * len(channels))) ** 2,
            "each pool halves what the one before has left: 2 to the power of the blocks, not 2 times.",
        ),
        Mistake(
            lambda side, channels: channels[0] * (side >> len(channels)) ** 2,
            "that takes the filters of the first block; those of the last arrive.",
        ),
        Mistake(
            lambda side, channels: channels[-1] * _unpadded(side, channels) ** 2,
            "the convolutions are padded, and keep the side.",
        ),
        Mistake(_rounded_up, "odd sides are rounded up; a pool rounds down."),
    ),
    hints=(
        "Follow the side alone first: what does a same-padded convolution do to it, and what does a pool?",
        "One pool a block: halve the side, rounding down, as often as there are blocks.",
        "The last block's filters, times the side squared.",
    ),
)


def _rows(*sizes):
    """A case of random rows of halves, which are easy to read and do not fit into whole numbers."""
    return lambda rng: tuple(rng.integers(-9, 10, int(rng.integers(*size))) / 2 for size in sizes)


def _row(*numbers):
    return np.array(numbers, float)


def _stamped(first, second):
    """Stamps of the first, one for each number of the second, that overwrite each other."""
    one = np.zeros(len(first) + len(second) - 1)
    for place, number in enumerate(second):
        one[place : place + len(first)] = number * first
    return one


COLLAPSE = Exercise(
    right=lambda first, second: np.convolve(first, second),
    cases=((_row(1, 2), _row(3, 4)), (_row(1, 0, -1), _row(1, 2, 1))),
    draw=_rows((2, 5), (2, 5)),
    mistakes=(
        Mistake(
            lambda first, second: np.convolve(first, second[::-1]),
            "the second kernel was flipped: each of its numbers stamps the first, one place further on.",
        ),
        Mistake(
            lambda first, second: np.convolve(first[::-1], second),
            "the first kernel was flipped: it is stamped as it stands.",
        ),
        Mistake(
            lambda first, second: _stamped(first, second), "stamps that overlap must be added: += for =."
        ),
        Mistake(
            lambda first, second: _stamped(second, first),
            "numbers that meet at one place must be added: += for =.",
        ),
        Mistake(
            lambda first, second: first * second,
            "the product is taken place by place; every number of one meets every number of the other.",
        ),
        Mistake(
            lambda first, second: np.convolve(first, second, "same"),
            "the ends are cut off: the kernel has len(first) + len(second) − 1 numbers.",
        ),
        Mistake(
            lambda first, second: np.convolve(first, second, "valid"),
            "only full overlaps are kept: the kernel has len(first) + len(second) − 1 numbers.",
        ),
    ),
    hints=(
        "Write both layers out for the pixels a, b, c, as the chapter does; collect what stands before each.",
        "Number s of the second kernel meets the first layer's output s places on: it adds second[s] times "
        "the first kernel, moved by s.",
        "Start with len(first) + len(second) − 1 zeros and add second[s] * first at place s, for every s.",
    ),
)

KERNEL = Exercise(
    right=lambda x, grad: np.correlate(x, grad, "valid"),
    cases=((_row(1, 2, 3, 4), _row(1, 2)), (_row(1, 0, 0, 2), _row(1, 10, 100))),
    draw=_rows((5, 9), (2, 5)),
    mistakes=(
        Mistake(
            lambda x, grad: np.convolve(x, grad, "valid"),
            "the gradient was flipped: output i saw pixel i + k through number k, so both run the same way.",
        ),
        Mistake(
            lambda x, grad: np.convolve(x, grad),
            "that is a full convolution; the kernel has only len(x) − len(grad) + 1 numbers.",
        ),
        Mistake(
            lambda x, grad: np.correlate(x, grad, "valid")[:-1],
            "the last number is missing: the kernel has len(x) − len(grad) + 1.",
        ),
        Mistake(
            lambda x, grad: np.correlate(x, grad, "full"), 'only places where grad fits count: mode "valid".'
        ),
        Mistake(
            lambda x, grad: grad[-1] * x[len(grad) - 1 :], "the last output overwrites the others: += for =."
        ),
        Mistake(
            lambda x, grad: grad[0] * x[: len(x) - len(grad) + 1],
            "only the first output is counted; the kernel serves them all, and hears from all.",
        ),
        Mistake(
            lambda x, grad: np.correlate(x, grad, "valid") / len(grad),
            "the mean over the outputs was taken; the gradients of a shared number add.",
        ),
    ),
    hints=(
        "Which pixels did kernel number 0 meet? In output 0 pixel 0, in output 1 pixel 1, and so on.",
        "Number k hears the sum over i of grad[i] times x[i + k].",
        "That is a correlation of x with grad, at the places where grad fits.",
    ),
)

PIXELS = Exercise(
    right=lambda kernel, grad: np.convolve(grad, kernel),
    cases=((_row(1, 0, -1), _row(1, 2)), (_row(1, 2), _row(1, 10, 100))),
    draw=_rows((2, 5), (3, 7)),
    mistakes=(
        Mistake(
            lambda kernel, grad: np.convolve(grad, kernel[::-1]),
            "the padded gradient was correlated with the kernel as it stands; on the way back it is flipped.",
        ),
        Mistake(
            lambda kernel, grad: np.convolve(grad, kernel, "valid"),
            "the gradient was not padded: there are len(grad) + len(kernel) − 1 pixels, and each hears.",
        ),
        Mistake(
            lambda kernel, grad: _stamped(kernel, grad),
            "a pixel that was seen by several outputs hears from all of them: += for =.",
        ),
        Mistake(
            lambda kernel, grad: np.convolve(grad, kernel, "same"),
            "the ends are cut off: there are len(grad) + len(kernel) − 1 pixels.",
        ),
        Mistake(
            lambda kernel, grad: np.concatenate([grad, np.zeros(len(kernel) - 1)]) * kernel[0],
            "only the kernel's first number passes the gradient on; an output came from len(kernel) pixels.",
        ),
    ),
    hints=(
        "Output i was made from the pixels i, i + 1, … up to i + K − 1. All of these hear from it.",
        "Output i stamps grad[i] times the kernel, beginning at pixel i.",
        "Start with zeros of length len(grad) + len(kernel) − 1 and add the stamps.",
    ),
)


def normalise(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


def _by(x, gamma, beta, spread, axis=0):
    with np.errstate(all="ignore"):
        return gamma * (x - x.mean(axis=axis, keepdims=True)) / spread + beta


NORMALISE = Exercise(
    right=normalise,
    cases=(
        (np.array([[2.0], [4], [4], [6]]), np.ones(1), np.zeros(1), 2.0),
        (np.array([[1.0, 5, 7], [3, 5, 0]]), _row(1, 2, 3), _row(0, 1, 0), 0.25),
    ),
    draw=lambda rng: (
        rng.normal(size=(5, 3)),
        rng.normal(size=3),
        rng.normal(size=3),
        float(rng.uniform(0.1, 1)),
    ),
    mistakes=(
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, x.std(axis=0)),
            "ε is missing: a channel that is the same everywhere would divide by 0.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, x.std(axis=0) + eps),
            "ε stands outside the root; it is added to the variance.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, x.var(axis=0) + eps),
            "the root is missing: that divides by the variance.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, np.sqrt(x.var(axis=0, ddof=1) + eps)),
            "the variance was divided by n − 1; the batch's own is divided by n.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, np.sqrt(x.var(axis=1, keepdims=True) + eps), 1),
            "mean and variance are those of each example: that is layer norm.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta,
            "one mean and one variance for all; each channel has its own: axis=0.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: gamma * (x - x.mean(axis=1)) / np.sqrt(x.var(axis=1) + eps) + beta,
            "axis=1 runs over the channels of an example; a channel's mean runs over the batch, axis=0.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, 1, beta, np.sqrt(x.var(axis=0) + eps)),
            "γ is left out: multiply by it.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, 0, np.sqrt(x.var(axis=0) + eps)),
            "β is left out: add it at the end.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: gamma * x / np.sqrt(x.var(axis=0) + eps) + beta,
            "the mean is not taken off.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, np.sqrt(x.std(axis=0) + eps)),
            "that is the root of the standard deviation; σ² is the variance, x.var.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, gamma, beta, x.std(axis=0, ddof=1)),
            "ε is missing, and the variance was divided by n − 1.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: _by(x, 1, 0, np.sqrt(x.var(axis=0) + eps)),
            "γ and β are left out.",
        ),
        Mistake(
            lambda x, gamma, beta, eps: gamma * (_by(x, 1, 0, np.sqrt(x.var(axis=0) + eps)) + beta),
            "β was added before γ multiplied; it comes last.",
        ),
    ),
    hints=(
        "Rows are examples, columns are channels. Along which axis is a channel's mean taken?",
        "Subtract the mean of each column, divide by the root of (variance of the column + ε).",
        "`x.mean(axis=0)` and `x.var(axis=0)`; then times γ, plus β.",
    ),
)

EXERCISES = {"6.1": ARRIVING, "6.2": COLLAPSE, "6.3": KERNEL, "6.4": PIXELS, "6.5": NORMALISE}
