"""Exercises of chapter 4: channels that are added, filters that are stacked, and what a layer costs."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers import filters
from helpers.architectures import Conv, describe
from helpers.exercises.base import Exercise, Mistake
from helpers.ops.conv import conv2d

SHAPES = Exercise(
    parts=("filter_shape", "weights_shape", "output_shape"),
    right=((6, 3, 3), (12, 6, 3, 3), (12, 18, 28)),
    mistakes=(
        Mistake(
            ((3, 3), (12, 3, 3), (12, 18, 28)),
            "a filter has a kernel for each of the 6 channels that come in.",
        ),
        Mistake(
            ((12, 3, 3), (12, 6, 3, 3), (12, 18, 28)),
            "12 is the number of filters; the depth of one is the number of channels that come in.",
        ),
        Mistake(
            ((6, 3, 3), (12, 6, 3, 3), (12, 17, 27)),
            "the first place is not counted: there are W − K + 1.",
        ),
        Mistake(
            ((6, 3, 3), (12, 6, 3, 3), (18, 28)),
            "that is one map; the output has one for each of the 12 filters, in front.",
        ),
        Mistake(
            ((6, 3, 3), (12, 6, 3, 3), (12, 20, 30)),
            "the output is as large as the input; without padding two rows and columns are lost.",
        ),
        Mistake(
            ((6, 3, 3), (6, 12, 3, 3), (12, 18, 28)),
            "two axes of the weights are swapped: filters come first, then channels.",
        ),
        Mistake(
            ((6, 3, 3), (12, 6, 3, 3), (72, 18, 28)),
            "a map for every kernel is too many: a filter's 6 answers are added to one map.",
        ),
        Mistake(
            ((6, 3, 3), (12, 6, 3, 3), (6, 18, 28)),
            "the output has one map for each filter, not for each channel.",
        ),
        Mistake(
            ((3, 3, 6), (12, 3, 3, 6), (18, 28, 12)),
            "the channels come last; here they come before rows and columns.",
        ),
        Mistake(((6, 3, 3), (12, 6, 3, 3), (12, 28, 18)), "rows and columns of the output are swapped."),
    ),
    hints=(
        "How deep is a filter? There is no choice.",
        "The weights of all filters are the filters, stacked along one more axis in front.",
        "One map for each filter, and W − K + 1 places along each axis.",
    ),
)


def bill(C, H, W, F, K, P, S):
    (row,) = describe([Conv(F, K, stride=S, padding=P)], (C, H, W))
    return row.parameters, row.macs, row.memory


def _elsewhere(axis, square=False):
    """The bill with another count of places, from (W, K, P, S) for each axis."""

    def wrong(C, H, W, F, K, P, S):
        places = axis(H, K, P, S) * axis(H if square else W, K, P, S)
        return F * (C * K * K + 1), F * C * K * K * places, 4 * F * places

    return wrong


def _bill(parameters=None, macs=None, memory=None):
    """The bill with some of its lines worked out otherwise, from the settings and the number of places."""

    def wrong(C, H, W, F, K, P, S):
        places = ((H - K + 2 * P) // S + 1) * ((W - K + 2 * P) // S + 1)
        right = bill(C, H, W, F, K, P, S)
        changed = (line and line(C, H, W, F, K, places) for line in (parameters, macs, memory))
        return tuple(new or old for new, old in zip(changed, right, strict=True))

    return wrong


def _draw_bill(rng):
    C, F, K, S = (int(rng.integers(low, high)) for low, high in ((1, 9), (1, 9), (2, 6), (2, 4)))
    return C, int(rng.integers(8, 20)), int(rng.integers(8, 20)), F, K, int(rng.integers(0, 3)), S


BILL = Exercise(
    right=bill,
    mistakes=(
        Mistake(_bill(lambda C, H, W, F, K, n: F * C * K * K), "the biases are left out of the parameters."),
        Mistake(
            _bill(lambda C, H, W, F, K, n: F * C * (K * K + 1)),
            "each kernel got a bias; there is one for each filter.",
        ),
        Mistake(
            _bill(lambda C, H, W, F, K, n: F * (K * K + 1), lambda C, H, W, F, K, n: F * K * K * n),
            "the channels are left out: a filter has a kernel for each.",
        ),
        Mistake(
            _bill(macs=lambda C, H, W, F, K, n: F * C * K * K * H * W),
            "the MACs are counted at every pixel of the input, not of the output.",
        ),
        Mistake(
            _bill(macs=lambda C, H, W, F, K, n: F * (C * K * K + 1) * n),
            "the biases are among the MACs; they are added, not multiplied.",
        ),
        Mistake(
            _bill(macs=lambda C, H, W, F, K, n: 2 * F * C * K * K * n),
            "these are FLOPs: a MAC is a multiplication and an addition, and counts once.",
        ),
        Mistake(
            _bill(lambda C, H, W, F, K, n: F * C * K * K + 1),
            "there is one bias for each filter, not one for the layer.",
        ),
        Mistake(
            _bill(lambda C, H, W, F, K, n: F * C * K * K + C), "a bias belongs to a filter, not to a channel."
        ),
        Mistake(
            _bill(macs=lambda C, H, W, F, K, n: F * K * K * n),
            "at every place a filter multiplies in all C channels.",
        ),
        Mistake(
            _bill(macs=lambda C, H, W, F, K, n: C * K * K * n),
            "these are the MACs of one filter; there are F.",
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: (W - K) // S + 1), "the padding is left out of the output's size."
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: (W - K + P) // S + 1),
            "the padding is added on one side only; it stands on both.",
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: W - K + 2 * P + 1), "the stride is left out of the output's size."
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: -(-(W - K + 2 * P) // S) + 1),
            "the output's size is rounded up (ceil); a window that does not fit does not count (floor).",
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: (W - K + 2 * P) / S + 1),
            "the output's size is not rounded down; there is no half of a window.",
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: (W - K + 2 * P) // S),
            "the first window is not counted in the output's size: add one.",
        ),
        Mistake(
            _elsewhere(lambda W, K, P, S: (W - K + 2 * P) // S + 1, square=True),
            "the height is used for the width as well; pictures need not be square.",
        ),
        Mistake(
            _bill(memory=lambda C, H, W, F, K, n: 4 * (F * n + F * (C * K * K + 1))),
            "the parameters are among the bytes; only the output is asked for.",
        ),
        Mistake(
            _bill(memory=lambda C, H, W, F, K, n: 32 * F * n),
            "these are bits: float32 has 32 of them, which are 4 bytes.",
        ),
        Mistake(_bill(memory=lambda C, H, W, F, K, n: 4 * n), "these are the bytes of one map; there are F."),
        Mistake(
            _bill(memory=lambda C, H, W, F, K, n: F * n), "the last is a count of numbers; each has 4 bytes."
        ),
        Mistake(_bill(memory=lambda C, H, W, F, K, n: 4 * C * H * W), "these are the bytes of the input."),
    ),
    hints=(
        "Work out the size of the output first. Two of the three numbers need it.",
        "Parameters: F filters of C·K·K weights, and a bias each. MACs: all weights, once at each place.",
        "F * (C * K * K + 1), then F * C * K * K * Ho * Wo, then 4 * F * Ho * Wo.",
    ),
    cases=(
        (1, 3, 3, 1, 2, 0, 1),
        (2, 5, 5, 3, 3, 0, 2),
        (1, 3, 4, 2, 3, 1, 1),
        (3, 6, 8, 4, 3, 1, 2),
        (3, 32, 32, 10, 5, 2, 1),
    ),
    draw=_draw_bill,
    parts=("parameters", "MACs", "bytes"),
)


def convolve(x, weight, bias):
    return conv2d(x, weight, bias)


def _turned(weight):
    return np.ascontiguousarray(weight[..., ::-1, ::-1])


def _draw_layer(rng):
    C, F, K = (int(rng.integers(2, 5)) for _ in range(3))
    x = rng.integers(-9, 10, (C, K + int(rng.integers(1, 4)), K + int(rng.integers(1, 4)))) / 2
    return x, rng.integers(-6, 7, (F, C, K, K)) / 2, rng.integers(1, 17, F) / 4 * rng.choice([-1, 1], F)


CONVOLVE = Exercise(
    right=convolve,
    mistakes=(
        Mistake(lambda x, weight, bias: conv2d(x, weight), "the bias is forgotten."),
        Mistake(lambda x, weight, bias: conv2d(x, _turned(weight), bias), "the kernels are turned."),
        Mistake(
            lambda x, weight, bias: conv2d(x, np.ascontiguousarray(weight.swapaxes(-1, -2)), bias),
            "rows and columns of the kernels are swapped.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight) + bias,
            "the biases run along the columns; give them two more axes: bias[:, None, None].",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight) + bias[0],
            "all maps get the first bias; each filter has its own.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x[-1:], np.ascontiguousarray(weight[:, -1:]), bias),
            "only the last channel is left: the one before is overwritten; add, += for =.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight, bias)[:1],
            "that is the map of the first filter; return all F.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight, bias)[:, :-1, :-1],
            "the last row and column of places are left out: there are H − K + 1 and W − K + 1.",
        ),
        Mistake(
            lambda x, weight, bias: np.moveaxis(conv2d(x, weight, bias), 0, -1),
            "the filters come last; here they come before rows and columns.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x[:1], np.ascontiguousarray(weight[:, :1]), bias),
            "only the first channel is read.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight) / len(x) + bias[:, None, None],
            "the channels are averaged; they are added.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight, bias * len(x)),
            "the bias is added once for each channel.",
        ),
        Mistake(
            lambda x, weight, bias: np.stack(
                [conv2d(x[[c]], np.ascontiguousarray(weight[:, [c]]), bias) for c in range(len(x))], axis=1
            ),
            "the channels are not added: there is still an axis for them.",
        ),
        Mistake(
            lambda x, weight, bias: conv2d(x, weight, bias).sum(axis=0),
            "the maps are added as well; each filter keeps its own.",
        ),
    ),
    hints=(
        "Do one filter at one place first: all channels of the window, times the filter, added up.",
        "`(x[:, row : row + K, column : column + K] * weight[f]).sum() + bias[f]` is one number.",
        'Without loops: `np.einsum("cijmn,fcmn->fij", windows, weight)`, from sliding_window_view.',
    ),
    cases=(
        (
            np.array([[[1, 0, 2], [0, 1, 1], [2, 1, 0]], [[0, 1, 1], [3, 0, 1], [1, 2, 0]]]),
            np.array([[[[1, 2], [0, 1]], [[0, 1], [-1, 0]]]]),
            np.array([5]),
        ),
        (
            np.array([[[1, 2, 0], [0, 1, 3]], [[0, 1, 1], [2, 0, 1]]]),
            np.array([[[[1, 0], [0, 2]], [[0, 1], [1, 0]]], [[[0, -3], [1, 0]], [[1, 0], [0, -1]]]]),
            np.array([10, 20]),
        ),
    ),
    draw=_draw_layer,
)


def columns(x, K, S):
    windows = sliding_window_view(x, (K, K), axis=(1, 2))[:, ::S, ::S]  # (C, Ho, Wo, K, K)
    return windows.transpose(0, 3, 4, 1, 2).reshape(len(x) * K * K, -1)


def _columns(order, size=None, stride=None):
    """The windows with their axes (C, Ho, Wo, K, K) put in another order, or taken at other steps."""

    def wrong(x, K, S):
        windows = sliding_window_view(x, (K, K), axis=(1, 2))[:, :: stride or S, :: stride or S]
        return windows.transpose(order).reshape(*(size or (len(x) * K * K, -1)))

    return wrong


def _draw_columns(rng):
    C, K, S = int(rng.integers(2, 4)), int(rng.integers(2, 4)), int(rng.integers(2, 4))
    return rng.integers(-99, 99, (C, K + S + int(rng.integers(0, 3)), K + 2 * S)) / 2, K, S


COLUMNS = Exercise(
    right=columns,
    mistakes=(
        Mistake(_columns((0, 3, 4, 1, 2), stride=1), "the stride is left out: these are all windows."),
        Mistake(
            lambda x, K, S: columns(x, K, S).T.reshape(len(x) * K * K, -1),
            "a reshape does not turn rows into columns, it cuts the same row of numbers elsewhere: use .T.",
        ),
        Mistake(
            lambda x, K, S: (
                columns(np.ascontiguousarray(x[:, ::S, ::S]), K, 1)
                if min(-(-n // S) for n in x.shape[1:]) >= K
                else np.zeros((len(x) * K * K, 0))
            ),
            "the picture was thinned out before the windows were cut; take every S-th *window*.",
        ),
        Mistake(
            lambda x, K, S: columns(x, K, 1)[:, ::S],
            "every S-th column of all windows is kept; rows and columns of places each step by S.",
        ),
        Mistake(
            lambda x, K, S: (
                sliding_window_view(x, (K, K), axis=(1, 2))[:, ::S]
                .transpose(0, 3, 4, 1, 2)
                .reshape(len(x) * K * K, -1)
            ),
            "the stride is ignored along the rows of places: slice both axes, [:, ::S, ::S].",
        ),
        Mistake(lambda x, K, S: columns(x, K, S).T, "the windows are rows; they ought to be columns."),
        Mistake(
            _columns((3, 4, 0, 1, 2)),
            "within a column the channels change fastest; they should come one after the other.",
        ),
        Mistake(_columns((0, 4, 3, 1, 2)), "within a column rows and columns of the window are swapped."),
        Mistake(_columns((0, 3, 4, 2, 1)), "the places run down first; they must run along the rows first."),
        Mistake(_columns((0, 1, 2, 3, 4)), "the axes of a window must come to the front before the reshape."),
    ),
    hints=(
        "Which axes belong to a window, which to a place? The first make the rows of the matrix.",
        "`sliding_window_view(x, (K, K), axis=(1, 2))` has shape (C, Ho, Wo, K, K); a stride is a slice.",
        "Slice with `[:, ::S, ::S]`, `transpose(0, 3, 4, 1, 2)`, then reshape to (C·K·K, −1).",
    ),
    cases=((np.arange(18).reshape(2, 3, 3), 2, 1), (np.arange(40).reshape(2, 4, 5), 2, 2)),
    draw=_draw_columns,
)


def _answers(weights, step):
    """What Sobel x, times a weight for each channel, answers to two upright edges of the given height."""
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (3,):
        raise ValueError(f"give three numbers, one for each channel, not shape {weights.shape}")
    found = {}
    for name, rising in (("red alone", [1, 0, 0]), ("all three", [1, 1, 1])):
        picture = np.zeros((3, 3, 4))
        picture[:, :, 2:] = step * np.array(rising)[:, None, None]
        found[name] = conv2d(picture, (weights[:, None, None] * filters.kernel("sobel x"))[None])[0, 0, 0]
    return found


COLOUR_EDGE = Exercise(
    right=(1, -0.5, -0.5),
    use=_answers,
    cases=((1.0,), (0.25,)),
    mistakes=(
        Mistake((1, 1, 1), "the same kernel on all channels answers to grey edges most of all."),
        Mistake((1 / 3, 1 / 3, 1 / 3), "that is Sobel on the mean of the channels, a grey picture."),
        Mistake((0.299, 0.587, 0.114), "that is Sobel on the grey picture of this chapter."),
        Mistake((1, 0, 0), "a grey edge is an edge in red too; other channels must work against it."),
        Mistake((1, -1, -1), "green and blue weigh twice as much as red; all three must cancel."),
        Mistake((-1, 0.5, 0.5), "the sign is turned: rising red must give a positive answer."),
        Mistake((4, -2, -2), "Sobel has the 4 in it already: its positive weights are 1, 2 and 1."),
        Mistake(
            (0.25, -0.125, -0.125), "the 4 is divided out; it is asked for: Sobel gives 4, so red weighs 1."
        ),
        Mistake((0, 0, 0), "this filter answers nothing to anything."),
        Mistake(
            (2, 1, -1),
            "a grey edge rises in all three channels: their weights must add up to 0.",
            lambda answer: abs(sum(answer)) > 1e-6,
        ),
        Mistake(
            (2, -1, -1),
            "Sobel gives 4 to red alone if red weighs 1.",
            lambda answer: abs(answer[0] - 1) > 1e-6,
        ),
    ),
    hints=(
        "An edge in one channel gives 4 times that channel's weight, for an edge of height 1.",
        "The first condition settles the weight of red. What must the sum of all three be for the second?",
        "Red 1, and green and blue together −1; share it as you like.",
    ),
)

EXERCISES = {"4.1": SHAPES, "4.2": BILL, "4.3": CONVOLVE, "4.4": COLUMNS, "4.5": COLOUR_EDGE}
