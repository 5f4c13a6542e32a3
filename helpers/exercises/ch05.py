"""Exercises of chapter 5: who wins a window, who gets the gradient, and what a shift does."""

import math

import numpy as np

from helpers.exercises.base import Exercise, Mistake
from helpers.ops.pool import avg_pool2d_backward, max_pool2d, max_pool2d_backward

LARGEST, MEAN = np.array([[4, 5], [8, 1]]), np.array([[2.25, 2.75], [2, 1]])

BY_PENCIL = Exercise(
    right=(LARGEST, MEAN),
    parts=("four_largest", "four_means"),
    mistakes=(
        Mistake((MEAN, LARGEST), "the two are swapped: the largest comes first."),
        Mistake((LARGEST, 4 * MEAN), "these are the sums; a mean divides by the four pixels of the window."),
        Mistake((LARGEST, 2 * MEAN), "the sums are divided by 2; a window of 2 × 2 has four pixels."),
        Mistake((LARGEST, [[3, 11 / 3], [8, 1]]), "zeros are left out of the mean; they are pixels too."),
        Mistake((LARGEST, [[2, 2], [2, 1]]), "the fractions are cut off; a mean may be one."),
        Mistake((LARGEST, [[2, 3], [2, 1]]), "the mean was rounded."),
        Mistake(
            ([[4, 5, 5], [4, 5, 5], [8, 8, 1]], [[2.25, 2.25, 2.75], [1.75, 2.25, 1.75], [2, 2.5, 1]]),
            "these are all windows, one pixel apart; with stride 2 there are four.",
        ),
    ),
    hints=(
        "Cut the sixteen numbers into four windows, with one line down and one line across.",
        "Within each window: the largest of four numbers, then their sum divided by 4.",
        "The upper left window holds 2, 0, 4 and 3. A tie does not matter for the largest.",
    ),
)


def max_pool(x, K, S, P):
    return max_pool2d(x[None], K, S, P)[0]


def _pooled(take, fill=None, both=True):
    """Pooling with another way to take a number from a window, or another padding."""

    def wrong(x, K, S, P):
        lowest = x.min() if fill is None else fill
        padded = np.pad(x, P if both else ((P, 0), (P, 0)), constant_values=lowest)
        rows, columns = ((n - K) // S + 1 for n in padded.shape)
        windows = [
            [padded[i * S : i * S + K, j * S : j * S + K] for j in range(columns)] for i in range(rows)
        ]
        return take(np.array(windows).reshape(rows, columns, -1))

    return wrong


def _in_the_middle(x, K, S, P, fill=-np.inf):
    """As most people write it at first: with a slice that is empty where P is 0."""
    padded = np.full([size + 2 * P for size in x.shape], fill)
    padded[P:-P, P:-P] = x
    return max_pool(padded, K, S, 0)


def _draw_map(rng):
    K = int(rng.integers(2, 4))
    x = (rng.permutation(90)[:56].reshape(7, 8) - 70) / 2  # all different, most of them negative
    return x, K, int(rng.integers(1, 4)), int(rng.integers(0, 2))


MAX_POOL = Exercise(
    right=max_pool,
    mistakes=(
        Mistake(
            _pooled(lambda w: w.max(-1), fill=0), "the padding holds zeros, and they beat negative numbers."
        ),
        Mistake(lambda x, K, S, P: max_pool(x, K, K, P), "the stride is not used: windows stand K apart."),
        Mistake(lambda x, K, S, P: max_pool(x, K, S, 0), "the padding is left out."),
        Mistake(_pooled(lambda w: w.max(-1), both=False), "the padding is on one side only."),
        Mistake(
            _in_the_middle, "for P = 0 the slice P : −P is empty; write P : H − P, with the padded height H."
        ),
        Mistake(
            lambda x, K, S, P: max_pool(np.pad(x, P, constant_values=-np.inf), K, S, 0),
            "an array of whole numbers cannot hold −∞: pad `x.astype(float)`.",
        ),
        Mistake(
            lambda x, K, S, P: max_pool(x, K, 1, P)[tuple(slice(n) for n in max_pool(x, K, S, P).shape)],
            "window (i, j) begins at (i · S, j · S), not at (i, j).",
        ),
        Mistake(
            lambda x, K, S, P: max_pool(x, K, S, P)[:-1, :-1],
            "the first window is not counted: there are (H + 2P − K) // S + 1.",
        ),
        Mistake(lambda x, K, S, P: max_pool(x, K, 1, P), "the stride is 1 in yours; windows stand S apart."),
        Mistake(_pooled(lambda w: w.min(-1)), "these are the smallest of each window, or of its padding."),
        Mistake(_pooled(lambda w: w.mean(-1)), "these are means."),
        Mistake(
            lambda x, K, S, P: max_pool2d(x[None], K, S, P, ceil_mode=True)[0],
            "the size is rounded up: a window hangs over the end.",
        ),
    ),
    hints=(
        "The chapter does it without padding. What can a padded place hold so that it never wins?",
        "Begin with an array of `-np.inf`, and lay the map into its middle.",
        "Pad, then for every i and j take `padded[i * S : i * S + K, j * S : j * S + K].max()`.",
    ),
    cases=(
        (np.array([[-1, -2], [-3, -4]]), 2, 1, 1),
        (np.array([[1.0, 5, 2], [-7, 3, -8], [4, -9, 6]]), 2, 1, 0),
        (-np.arange(30).reshape(5, 6), 2, 2, 1),
        (np.arange(42).reshape(6, 7) % 11 - 9, 3, 2, 1),
    ),
    draw=_draw_map,
)


def max_pool_backward(grad, x, K, S):
    return max_pool2d_backward(grad[None], x[None].astype(float), K, S)[0]


def _handed(share):
    """A backward pass: ``share(window, g, old)`` is what the window's places hold afterwards."""

    def wrong(grad, x, K, S):
        out = np.zeros(x.shape)
        for i, j in np.ndindex(*grad.shape):
            place = np.s_[i * S : i * S + K, j * S : j * S + K]
            out[place] = share(x[place], grad[i, j], out[place])
        return out

    return wrong


def _scattered(begin):
    """A backward pass that finds the winner and puts the gradient where another rule says it begins."""

    def wrong(grad, x, K, S):
        out = np.zeros(x.shape)
        for i, j in np.ndindex(*grad.shape):
            window = x[i * S : i * S + K, j * S : j * S + K]
            row, column = np.unravel_index(window.argmax(), window.shape)
            out[begin(i, S) + row, begin(j, S) + column] += grad[i, j]
        return out

    return wrong


def _one(window, at):
    """1 at a place of the window, counted in reading order, and 0 elsewhere."""
    return (np.arange(window.size) == at).reshape(window.shape)


def _draw_gradient(rng):
    K, S = ((2, 2), (3, 2), (2, 1))[rng.integers(3)]
    rows, columns = rng.integers(2, 5, 2)
    x = rng.integers(-2, 3, (K + S * (rows - 1), K + S * (columns - 1))) / 2  # ties
    return rng.integers(1, 17, (rows, columns)) / 4 * rng.choice([-1, 1], (rows, columns)), x, K, S


BACKWARD = Exercise(
    right=max_pool_backward,
    mistakes=(
        Mistake(
            _handed(lambda w, g, old: np.where(_one(w, w.argmax()), g, old)),
            "a pixel that wins two windows gets both gradients: add, do not overwrite.",
        ),
        Mistake(
            _handed(lambda w, g, old: old + g * (w == w.max())),
            "at a tie every winner gets the whole gradient; only the first in reading order should.",
        ),
        Mistake(
            _handed(lambda w, g, old: old + g * (w == w.max()) / (w == w.max()).sum()),
            "at a tie the gradient is shared; the first in reading order should get all of it.",
        ),
        Mistake(
            _handed(lambda w, g, old: old + g * _one(w, w.size - 1 - w.ravel()[::-1].argmax())),
            "at a tie the last one wins; it should be the first in reading order.",
        ),
        Mistake(
            lambda grad, x, K, S: avg_pool2d_backward(grad[None], x[None], K, S)[0],
            "that is average pooling: every pixel gets a share.",
        ),
        Mistake(
            _handed(lambda w, g, old: old + g * w.max() * _one(w, w.argmax())),
            "the gradient is multiplied by the winner's value; it is handed on as it is.",
        ),
        Mistake(_scattered(lambda i, S: 0), "row and column count within the window: add i · S and j · S."),
        Mistake(_scattered(lambda i, S: i), "window (i, j) begins at (i · S, j · S), not at (i, j)."),
        Mistake(
            _handed(lambda w, g, old: old + g * _one(w.T, w.argmax()).T),
            "row and column of the winner are swapped: argmax counts along the rows.",
        ),
        Mistake(
            _handed(lambda w, g, old: old + _one(w, w.argmax())), "that counts the wins; hand on grad[i, j]."
        ),
        Mistake(
            _handed(lambda w, g, old: np.where(w == w.max(), g, old)),
            "at a tie every winner gets the gradient, and one from another window is overwritten.",
        ),
        Mistake(
            _handed(lambda w, g, old: old + g * _one(w, 0)),
            "each window's corner gets the gradient, not its winner.",
        ),
        Mistake(
            lambda grad, x, K, S: grad, "that is the gradient from above; the result has the shape of x."
        ),
    ),
    hints=(
        "Walk over the outputs. Each has one window, one winner, and one gradient to hand on.",
        "`window.argmax()` counts in reading order; `np.unravel_index` makes row and column of it.",
        "`out[i * S + row, j * S + column] += grad[i, j]`, with `+=`, into zeros of the shape of x.",
    ),
    cases=(
        (np.array([[5.0]]), np.array([[1.0, 7], [7, 3]]), 2, 2),
        (np.array([[2.0, 3]]), np.array([[4.0, 1, 6, 2, 5]] * 3), 3, 2),
        (
            np.array([[1.5, 2], [3, 4]]),
            np.array([[1, 3, 2, 4], [5, 6, 1, 8], [3, 2, 7, 1], [9, 4, 8, 3]]),
            2,
            2,
        ),
    ),
    draw=_draw_gradient,
)


STEPS = Exercise(
    right=lambda strides: math.prod(strides),
    mistakes=(
        Mistake(
            lambda strides: sum(strides), "strides multiply: the second layer's steps are steps of the first."
        ),
        Mistake(lambda strides: max(strides), "that suits the layer with the largest stride, seen alone."),
        Mistake(
            lambda strides: math.lcm(*strides),
            "that suits each layer alone; but strides below have divided the shift before.",
        ),
        Mistake(lambda strides: strides[-1], "the last layer is not alone; count the strides below it too."),
        Mistake(
            lambda strides: strides[0], "that suits the first layer; the others divide the shift further."
        ),
        Mistake(lambda strides: 1, "only a network without strides moves along with every shift."),
        Mistake(lambda strides: 2 ** len(strides), "not every layer halves the map."),
    ),
    hints=(
        "Shift the input of a layer of stride S by S: by how much does its output shift?",
        "By 1. By how much must a second layer's input shift? And so the picture?",
        "Multiply all strides.",
    ),
    cases=(((2,),), ((1, 1),), ((2, 2),), ((2, 1, 3),), ((4, 2, 2),), ((3, 2),)),
    draw=lambda rng: (tuple(int(n) for n in rng.integers(1, 5, rng.integers(2, 6))),),
)


def blur_pool(row):
    return _blur(np.maximum(row, np.roll(row, -1)))[::2]


def _blur(row):
    return (np.roll(row, 1) + 2 * row + np.roll(row, -1)) / 4


def _edges_zero(row):
    every = np.maximum(row, np.roll(row, -1))
    return np.convolve(every, [0.25, 0.5, 0.25], mode="same")[::2]


BLUR_POOL = Exercise(
    right=blur_pool,
    mistakes=(
        Mistake(lambda row: np.maximum(row, np.roll(row, -1))[::2], "there is no blur: that is max pooling."),
        Mistake(
            lambda row: blur_pool(row) * 4, "the blur is not divided by 4: it makes a flat row brighter."
        ),
        Mistake(
            lambda row: (lambda b: np.maximum(b, np.roll(b, -1))[::2])(_blur(row)),
            "the blur comes first; it belongs between the maximum and the skipping.",
        ),
        Mistake(
            lambda row: _blur(np.maximum(row, np.roll(row, -1))[::2]),
            "the skipping comes before the blur, and then there is nothing left to save.",
        ),
        Mistake(
            lambda row: _blur(np.maximum(row, np.roll(row, -1))), "nothing is skipped: keep every second."
        ),
        Mistake(lambda row: _blur(row)[::2], "there is no maximum: that is a blur with stride 2."),
        Mistake(
            lambda row: _blur(np.append(np.maximum(row[:-1], row[1:]), row[-1]))[::2],
            "the row is a circle: after the last number comes the first.",
        ),
        Mistake(
            lambda row: (lambda m: (np.roll(m, 1) + m + np.roll(m, -1)) / 3)(
                np.maximum(row, np.roll(row, -1))
            )[::2],
            "that blur weighs all three alike; 1 2 1 counts the middle twice.",
        ),
        Mistake(_edges_zero, "the row is a circle; at its ends the blur took zeros."),
        Mistake(
            lambda row: _blur(np.maximum(row, np.roll(row, 1)))[::2],
            "a window holds a number and the one after it; yours looks back.",
        ),
        Mistake(
            lambda row: _blur(np.maximum(row, np.roll(row, -1)))[1::2],
            "all is one place off: keep the places 0, 2, 4, and let the blur reach one place to each side.",
        ),
    ),
    hints=(
        "The maximum at every place, the blur, every second number. `np.roll` makes a circle.",
        "`np.roll(row, -1)` puts each number's right neighbour into its place.",
        "With m the maxima: `(np.roll(m, 1) + 2 * m + np.roll(m, -1)) / 4`, then `[::2]`.",
    ),
    cases=((np.array([0, 0, 1, 1, 0, 0, 1, 1]),), (np.array([0, 8, 0, 0, 0, 4]),), (np.array([8, 0, 0, 0]),)),
    draw=lambda rng: (rng.integers(-20, 21, 2 * int(rng.integers(3, 6))) / 2,),
)

EXERCISES = {"5.1": BY_PENCIL, "5.2": STEPS, "5.3": MAX_POOL, "5.4": BACKWARD, "5.5": BLUR_POOL}
