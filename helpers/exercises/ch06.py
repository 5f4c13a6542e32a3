"""Exercises of chapter 6: what reaches the dense layer, what two layers make, what goes back; training."""

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
            "only the first output is counted; the kernel was used in all of them.",
        ),
        Mistake(
            lambda x, grad: np.correlate(x, grad, "valid") / len(grad),
            "the mean over the outputs was taken; the gradients of a shared number add.",
        ),
    ),
    hints=(
        "Which pixels did kernel number 0 meet? In output 0 pixel 0, in output 1 pixel 1, and so on.",
        "Number k gets the sum over i of grad[i] times x[i + k].",
        "That is a correlation of x with grad, at the places where grad fits.",
    ),
)


def to_the_input(weight, grad):
    """The full convolution of the gradient with the flipped kernels, summed over the filters."""
    rows, columns = weight.shape[2:]
    out = np.zeros((len(grad), weight.shape[1], grad.shape[2] + rows - 1, grad.shape[3] + columns - 1))
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            out[:, :, i : i + rows, j : j + columns] += np.einsum("nf,fcmk->ncmk", grad[:, :, i, j], weight)
    return out


def _overwritten(weight, grad):
    rows, columns = weight.shape[2:]
    out = np.zeros((len(grad), weight.shape[1], grad.shape[2] + rows - 1, grad.shape[3] + columns - 1))
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            out[:, :, i : i + rows, j : j + columns] = np.einsum("nf,fcmk->ncmk", grad[:, :, i, j], weight)
    return out


def _whole(rng, *shape):
    return rng.integers(-3, 4, shape).astype(float)


def _back_case(rng):
    filters, channels, K = (int(n) for n in rng.integers((1, 1, 2), (4, 4, 4)))
    rows, columns = (int(n) for n in rng.integers(K, 5, 2))
    return _whole(rng, filters, channels, K, K), _whole(rng, int(rng.integers(1, 3)), filters, rows, columns)


INPUT = Exercise(
    right=to_the_input,
    cases=(
        (np.array([[[[1.0, 2], [3, 4]]]]), np.array([[[[1.0, 10]]]])),
        (np.arange(16.0).reshape(2, 2, 2, 2), np.array([[[[1.0, 0]], [[0, 10]]]])),
    ),
    draw=_back_case,
    mistakes=(
        Mistake(
            lambda weight, grad: to_the_input(weight[:, :, ::-1, ::-1], grad),
            "the kernels slid over the padded gradient as they stand; on the way back they are flipped.",
        ),
        Mistake(
            lambda weight, grad: _overwritten(weight, grad),
            "a pixel that was seen by several outputs gets something from all of them: += for =.",
        ),
        Mistake(
            lambda weight, grad: to_the_input(weight, grad) / len(weight),
            "the mean over the filters was taken; gradients of a value used twice add.",
        ),
        Mistake(
            lambda weight, grad: to_the_input(weight[:1], grad[:, :1]),
            "only the first filter is counted; the input was used by every filter.",
        ),
        Mistake(
            lambda weight, grad: to_the_input(weight.sum(axis=1, keepdims=True), grad),
            "the channels are added; each channel of the input has a gradient of its own.",
        ),
        Mistake(
            lambda weight, grad: to_the_input(weight, grad.sum(axis=0, keepdims=True)),
            "the images of the batch are added; that is right for the weights, not for the input.",
        ),
        Mistake(
            lambda weight, grad: to_the_input(weight.swapaxes(2, 3), grad),
            "rows and columns of the kernel are swapped.",
        ),
    ),
    hints=(
        "Output (i, j) of filter f was made from the window that begins at (i, j), in all channels.",
        "It stamps grad[n, f, i, j] times weight[f] onto that window. Filters and places add.",
        "Begin with zeros (N, C, Ho + K − 1, Wo + K − 1) and add the stamps; a loop over i and j is enough.",
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
        (np.array([[1, 5, 7], [3, 5, 0]]), _row(1, 2, 3), _row(0, 1, 0), 0.25),
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


def train(x, labels, classes, rate, steps):
    return _descend(x, labels, classes, rate, steps)


def _descend(x, labels, classes, rate, steps, sign=-1, mean=True, onehot=True):
    weight = np.zeros((classes, x.shape[1]))
    wanted = np.eye(classes)[labels] if onehot else 0
    for _ in range(steps):
        scores = x @ weight.T
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        grad = powers / powers.sum(axis=1, keepdims=True) - wanted
        weight = weight + sign * rate * grad.T @ x / (len(x) if mean else 1)
    return weight


def _training_case(rng):
    N, features, classes = (int(n) for n in rng.integers((4, 2, 2), (8, 5, 4)))
    x = rng.normal(size=(N, features))
    return x, rng.integers(0, classes, N), classes, float(rng.choice([0.1, 0.5])), int(rng.integers(2, 20))


TRAIN = Exercise(
    right=train,
    cases=(
        (np.array([[1.0, 0], [0, 2]]), np.array([0, 1]), 2, 1.0, 1),
        (np.array([[1.0, 0], [0, 2]]), np.array([0, 1]), 2, 0.5, 10),
    ),
    draw=_training_case,
    mistakes=(
        Mistake(
            lambda *case: _descend(*case, sign=1),
            "the weights follow the gradient; the loss falls the other way: minus.",
        ),
        Mistake(
            lambda *case: _descend(*case, mean=False),
            "the gradient is not divided by the number of examples; the loss is their mean.",
        ),
        Mistake(
            lambda *case: _descend(*case, onehot=False),
            "the 1 at the right class is not taken off: the gradient by the scores is softmax minus one-hot.",
        ),
        Mistake(
            lambda x, labels, classes, rate, steps: _descend(x, labels, classes, rate, 1),
            "only one step was made, or every step began from the same weights.",
        ),
        Mistake(
            lambda x, labels, classes, rate, steps: _descend(x, labels, classes, rate, steps + 1),
            "one step too many was made.",
        ),
        Mistake(
            lambda x, labels, classes, rate, steps: _descend(x, labels, classes, 1.0, steps),
            "the learning rate is left out.",
        ),
        Mistake(
            lambda *case: _descend(*case).T,
            "the weights are turned round: give (classes, features), as a dense layer has them.",
        ),
    ),
    hints=(
        "A step: scores, probabilities, gradient by scores, gradient by weights; then the weights move.",
        "Gradient by scores: probabilities minus one-hot, over N; np.eye(classes)[labels] is one-hot.",
        "Gradient by the weights: grad.T @ x. Then weight -= rate * that, and begin again.",
    ),
)

EXERCISES = {"6.1": ARRIVING, "6.2": COLLAPSE, "6.3": KERNEL, "6.4": INPUT, "6.5": NORMALISE, "6.6": TRAIN}
