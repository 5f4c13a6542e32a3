"""Exercises of chapter 3: sizes, paddings, the pixels that no window reads, and a forgotten setting."""

import math

import numpy as np

from helpers.exercises.base import Exercise, Mistake
from helpers.ops import shapes


def _shape(axis):
    """A function of pairs for rows and columns, from one that works out a single axis."""
    return lambda size, kernel, padding, stride, dilation: tuple(
        map(axis, size, kernel, padding, stride, dilation)
    )


def output_shape(size, kernel, padding, stride, dilation):
    return tuple(map(shapes.conv_output_size, size, kernel, stride, padding, dilation))


def _draw_shape(rng):
    kernel, padding, stride, dilation = (
        tuple(map(int, rng.integers(low, high, 2))) for low, high in ((1, 6), (0, 4), (1, 5), (1, 4))
    )
    size = (d * (k - 1) + int(rng.integers(4, 16)) for k, d in zip(kernel, dilation, strict=True))
    return tuple(size), kernel, padding, stride, dilation


def _size(W, K, P, S, D):
    return (W + 2 * P - D * (K - 1) - 1) // S + 1


ROWS = {
    "first": (10, 3, 0, 1, 1),
    "second": (10, 3, 2, 2, 1),
    "third": (10, 4, 0, 3, 1),
    "fourth": (10, 3, 0, 1, 3),
}

FOUR_SIZES = Exercise(
    right=tuple(_size(*row) for row in ROWS.values()),
    parts=tuple(ROWS),
    formula={name: (_size, row) for name, row in ROWS.items()},
    mistakes=(
        Mistake((7, 5, 2, 3), "the window at the very start is not counted; add one."),
        Mistake((8, 7, 3, 4), "a window that no longer fits is counted: the division was rounded up."),
        Mistake((8, 6.5, 3, 4), "half a window does not count: round the division down, then add one."),
        Mistake(
            (8, 5, 3, 4),
            "it needs padding on both sides, and the first window counted: one of the two is left out.",
        ),
        Mistake((8, 4, 3, 4), "the padding of the second row was left out."),
        Mistake((8, 12, 7, 4), "the stride was left out: these are the positions one pixel apart."),
        Mistake((8, 6, 3, 8), "the dilation was left out: the taps of the last kernel lie three apart."),
        Mistake((8, 6, 3, 2), "a span of DK is too long: after the last tap there is no gap."),
    ),
    hints=(
        "Write down where the first window starts, then the next, until one would run over the end.",
        "The last start that fits is W + 2P − K. How many steps of S go into it?",
        "Floor((W − K + 2P) / S) + 1, and for the fourth row D(K − 1) + 1 in the place of K.",
    ),
)

OUTPUT_SHAPE = Exercise(
    right=output_shape,
    mistakes=(
        Mistake(_shape(lambda W, K, P, S, D: (W - K + 2 * P) // S + 1), "the dilation is left out."),
        Mistake(
            _shape(lambda W, K, P, S, D: (W - D * K + 2 * P) // S + 1),
            "a kernel spans D(K − 1) + 1 pixels, not DK: after the last tap there is no gap.",
        ),
        Mistake(
            _shape(lambda W, K, P, S, D: (W - D * (K - 1) + 2 * P) // S + 1),
            "one window too many: a kernel spans D(K − 1) + 1 pixels; take off the 1 as well.",
        ),
        Mistake(
            _shape(lambda W, K, P, S, D: W - D * (K - 1) + 2 * P),
            "the stride is left out: these are the starts one pixel apart.",
        ),
        Mistake(
            _shape(lambda W, K, P, S, D: math.ceil((W - D * (K - 1) - 1 + 2 * P) / S) + 1),
            "the division is rounded up (ceil); a window that does not fit does not count (floor).",
        ),
        Mistake(
            _shape(lambda W, K, P, S, D: (W - D * (K - 1) - 1 + P) // S + 1),
            "the padding is added on one side only; it stands on both.",
        ),
        Mistake(_shape(lambda W, K, P, S, D: (W - D * (K - 1) - 1) // S + 1), "the padding is left out."),
        Mistake(
            _shape(lambda W, K, P, S, D: (W - D * (K - 1) - 1 + 2 * P) // S),
            "the first window is not counted: add one.",
        ),
        Mistake(
            _shape(lambda W, K, P, S, D: (W - D * (K - 1) - 1 + 2 * P) / S + 1),
            "the division is not floored; there is no half of a window.",
        ),
        Mistake(lambda *pairs: output_shape(*pairs)[::-1], "rows and columns are swapped."),
        Mistake(
            lambda size, kernel, padding, stride, dilation: output_shape(
                size, kernel, padding, (stride[0], 1), dilation
            ),
            "the stride is ignored in the width.",
        ),
        Mistake(
            lambda size, *others: output_shape(size, *((pair[0], pair[0]) for pair in others)),
            "the settings of the rows are used for the columns too.",
        ),
    ),
    hints=(
        "Do one axis first. Rows and columns know nothing of each other.",
        "How many pixels lie between the first and the last tap of a dilated kernel, both of them counted?",
        "For each axis (W + 2P − D(K − 1) − 1) // S + 1; zip walks through five pairs at once.",
    ),
    cases=(
        ((7, 7), (3, 3), (0, 0), (1, 1), (1, 1)),
        ((7, 9), (3, 3), (1, 1), (1, 1), (1, 1)),
        ((8, 8), (3, 3), (0, 0), (2, 2), (1, 1)),
        ((8, 8), (3, 3), (0, 0), (2, 1), (1, 1)),
        ((9, 9), (3, 3), (0, 0), (1, 1), (2, 2)),
        ((10, 12), (3, 5), (1, 0), (2, 1), (1, 2)),
    ),
    draw=_draw_shape,
    parts=("rows", "columns"),
)

SAME_PADDING = Exercise(
    right=lambda K, D: shapes.same_padding(K, D),
    mistakes=(
        Mistake(lambda K, D: (K // 2, K // 2), "K // 2 on both sides is right only for odd K and D = 1."),
        Mistake(
            lambda K, D: ((K - 1) // 2, K - 1 - (K - 1) // 2),
            "the dilation is left out: a dilated kernel reaches further.",
        ),
        Mistake(
            lambda K, D: (D * (K - 1) // 2,) * 2,
            "if the total is odd, halving drops a pixel on both sides; one side must get it.",
        ),
        Mistake(
            lambda K, D: shapes.same_padding(K, D)[::-1],
            "the odd pixel goes after the row, not before it: the order is reversed.",
        ),
        Mistake(lambda K, D: (D * (K // 2),) * 2, "D · (K // 2) on both sides is right for odd K only."),
        Mistake(
            lambda K, D: ((K - 1) // 2,) * 2,
            "that is right for odd K and D = 1 only; begin with the total, D(K − 1).",
        ),
        Mistake(
            lambda K, D: (D * ((K - 1) // 2), D * (K - 1) - D * ((K - 1) // 2)),
            "halve last: the total is D(K − 1), and half of it goes before, not D times half of K − 1.",
        ),
        Mistake(
            lambda K, D: (D * (K - 1) / 2,) * 2, "half a pixel cannot be padded: one side gets the rest."
        ),
        Mistake(lambda K, D: D * (K - 1), "that is the total; give the pair (before, after)."),
        Mistake(lambda K, D: (D * (K - 1),) * 2, "that is full padding: K − 1 on each side, not in all."),
        Mistake(
            lambda K, D: (D * K // 2, D * K - D * K // 2),
            "a kernel spans D(K − 1) + 1 pixels; that loses D(K − 1), not DK.",
        ),
    ),
    hints=(
        "How many pixels does a row lose without padding? That many have to be added, in all.",
        "For K = 4 and D = 1 it is three: one before and two after.",
        "The total is D(K − 1). Before: its half, rounded down. After: the rest.",
    ),
    cases=tuple((K, D) for D in (1, 2, 3) for K in range(1, 8)),
    draw=lambda rng: (int(rng.integers(1, 16)), int(rng.integers(1, 8))),
    parts=("before", "after"),
)


def unread(W, K, P, S):
    return shapes.uncovered(W, K, stride=S, padding=P)


def _read(W, K, P, S, starts=None):
    """The pixels under the windows, counted from the first real one."""
    starts = range(-P, W + P - K + 1, S) if starts is None else starts
    return {pixel for start in starts for pixel in range(start, start + K)}


def _draw_row(rng):
    K, P, S = int(rng.integers(1, 6)), int(rng.integers(0, 3)), int(rng.integers(1, 7))
    return K + int(rng.integers(2, 12)), K, P, S


UNREAD = Exercise(
    right=unread,
    mistakes=(
        Mistake(
            lambda W, K, P, S: [x for x in range(W) if x > max(_read(W, K, P, S))],
            "only what is left over at the end is listed; if S exceeds K there are gaps between windows.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in range(W + 2 * P) if x - P not in _read(W, K, P, S)],
            "these are places in the padded row; count from the first real pixel, and leave the padding out.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in range(-P, W + P) if x not in _read(W, K, P, S)],
            "the padding is listed as well; only pixels of the row count, from 0 to W − 1.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in range(W) if x not in _read(W, K, P, S, range(0, W - K + 1, S))],
            "the padding is left out: the first window starts at −P.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in range(W) if x not in range(-P, W + P - K + 1, S)],
            "these are the pixels where no window starts; a window reads K pixels.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in range(W) if x not in _read(W, K, P, S, range(-P, W + P - K, S))],
            "the last window is lost: its start may be W + P − K, and the end of a range is left out.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in range(W) if x not in _read(W, K, P, S, range(-P, W - K + 1, S))],
            "the padding behind the row is left out: the last start is at most W + P − K.",
        ),
        Mistake(
            lambda W, K, P, S: [
                x for x in range(W) if x not in _read(W, K, P, S, range(0, W + 2 * P - K + 1, S))
            ],
            "starts are counted in the padded row, pixels without it: take P off, the first start is −P.",
        ),
        Mistake(
            lambda W, K, P, S: [
                x
                for x in range(W)
                if x not in {y for s in range(-P, W + P - K + 1, S) for y in np.arange(W)[s : s + K].tolist()}
            ],
            "a slice from −1 counts from the end in Python: cut the start off at 0.",
        ),
        Mistake(
            lambda W, K, P, S: [x for x in unread(W, K, P, S) if x < max(_read(W, K, P, S))],
            "only gaps between windows are listed; pixels behind the last window are not read either.",
        ),
        Mistake(lambda W, K, P, S: len(unread(W, K, P, S)), "that is how many there are; list them."),
        Mistake(
            lambda W, K, P, S: sorted(set(range(W)) & _read(W, K, P, S)),
            "these are the pixels that are read; the others are wanted.",
        ),
    ),
    hints=(
        "Mark what is read, window by window; list what is left without a mark.",
        "The windows start at −P, −P + S, … and the last start is at most W + P − K.",
        "Collect `range(start, start + K)` of every start in a set; then list what is not in it.",
    ),
    cases=((8, 3, 0, 2), (5, 1, 0, 2), (7, 2, 0, 3), (5, 3, 2, 3), (7, 3, 1, 2), (8, 3, 1, 4), (10, 3, 2, 5)),
    draw=_draw_row,
    unordered=True,
)


def _layer(answer, W):
    """How many outputs a row of W pixels gives, and how many of its pixels are not read."""
    if np.shape(answer) != (3,):
        raise ValueError("give three numbers: K, P, S")
    K, P, S = (int(n) if n == int(n) else n for n in answer)
    size = shapes.conv_output_size(W, K, S, P)
    unread = (
        len(shapes.uncovered(W, K, stride=S, padding=P)) if size == W // 4 else 0
    )  # one trouble at a time
    return {"size": size, "pixels not read": unread}


def _quarter(test):
    """A class of wrong layers, by what is true of K, P and S."""

    def belongs(answer):
        K, P, S = answer
        return test(K, K - 2 * P, S)

    return belongs


QUARTER = Exercise(
    right=(7, 2, 4),
    use=_layer,
    cases=((32,), (56,), (224,)),
    mistakes=(
        Mistake(
            (5, 2, 1),
            "that keeps the size; it is the stride that divides it.",
            _quarter(lambda K, reach, S: S == 1),
        ),
        Mistake(
            (5, 2, 2), "that halves the size; it should be a quarter.", _quarter(lambda K, reach, S: S == 2)
        ),
        Mistake(
            (5, 2, 3),
            "the stride is what divides the size, and it should be divided by 4.",
            _quarter(lambda K, reach, S: S != 4),
        ),
        Mistake(
            (7, 1, 4),
            "one window too few: with more padding the last one would fit.",
            _quarter(lambda K, reach, S: reach > 4),
        ),
        Mistake(
            (4, 2, 4),
            "one window too many: there is so much padding that one more fits.",
            _quarter(lambda K, reach, S: reach < 1),
        ),
        Mistake(
            (3, 1, 4),
            "the size is right, but a kernel shorter than its stride skips pixels.",
            _quarter(lambda K, reach, S: K < 4),
        ),
        Mistake(
            (5, 2, 4),
            "the size is right, but the last pixel of every row is in no window.",
            _quarter(lambda K, reach, S: True),
        ),
    ),
    hints=(
        "The size falls by the stride. That settles one of the three numbers.",
        "With S = 4 and W a multiple of 4, which values may K − 2P have? Try it on W = 8.",
        "K − 2P must be 1, 2, 3 or 4. The last window ends at pixel W − 5 + K − P: at W − 1 or later?",
    ),
)


def _suspects(size=_size, padding=0, stride=1, dilation=1):
    """A rule that tries padding, stride and dilation in turn, each left at what it takes unasked."""

    def forgotten(W, K, P, S, D, got):
        tried = {
            "padding": size(W, K, padding, S, D),
            "stride": size(W, K, P, stride, D),
            "dilation": size(W, K, P, S, dilation),
        }
        return next((name for name, value in tried.items() if value == got), None)

    return forgotten


forgotten = _suspects()


def _draw_forgotten(rng):
    """A layer and a size that only one forgotten setting can give."""
    while True:
        K, P, S, D = (int(rng.integers(low, high)) for low, high in ((2, 6), (1, 5), (2, 5), (2, 4)))
        W = D * (K - 1) + int(rng.integers(6, 40))
        sizes = [_size(W, K, 0, S, D), _size(W, K, P, 1, D), _size(W, K, P, S, 1), _size(W, K, P, S, D)]
        got = sizes[int(rng.integers(3))]
        if sizes.count(got) == 1:
            return W, K, P, S, D, got


FORGOTTEN = Exercise(
    right=forgotten,
    mistakes=(
        Mistake(
            lambda W, K, P, S, D, got: "padding" if got < _size(W, K, P, S, D) else "stride",
            "a size that is too large may come from the dilation as well: try each of the three.",
        ),
        Mistake(
            lambda W, K, P, S, D, got: "padding" if got < _size(W, K, P, S, D) else "dilation",
            "a size that is too large may come from the stride as well: try each of the three.",
        ),
        Mistake(
            _suspects(lambda W, K, P, S, D: (W - D * (K - 1) - 1 + 2 * P) / S + 1),
            "the division is not floored, so the right suspect's size is missed by a fraction.",
        ),
        Mistake(
            _suspects(lambda W, K, P, S, D: (W - D * K + 2 * P) // S + 1),
            "a kernel spans D(K − 1) + 1 pixels, not DK: after the last tap there is no gap.",
        ),
        Mistake(
            _suspects(lambda W, K, P, S, D: (W - K + 2 * P) // S + 1),
            "the dilation is left out of the formula: K′ = D(K − 1) + 1 stands for K.",
        ),
        Mistake(
            _suspects(lambda W, K, P, S, D: (W - D * (K - 1) - 1 + P) // S + 1),
            "the padding is added on one side only; it stands on both.",
        ),
        Mistake(
            _suspects(lambda W, K, P, S, D: (W - D * (K - 1) - 1 + 2 * P) // S),
            "the first window is not counted: add one.",
        ),
        Mistake(_suspects(padding=1), "a padding that nobody asked for is 0, not 1."),
        Mistake(
            lambda W, K, P, S, D, got: next(
                (
                    name
                    for name, changed in (
                        ("padding", (0, S, D)),
                        ("stride", (P, 1, D)),
                        ("dilation", (P, S, 1)),
                    )
                    if _size(W, K, *changed) != got
                ),
                None,
            ),
            "that is the first suspect whose size is *not* the one that came out.",
        ),
        Mistake(
            lambda W, K, P, S, D, got: {"padding": "P", "stride": "S", "dilation": "D"}.get(
                forgotten(W, K, P, S, D, got)
            ),
            'that is the letter; give the name, "padding", "stride" or "dilation".',
        ),
        Mistake(
            lambda W, K, P, S, D, got: {"padding": 0, "stride": 1, "dilation": 1}.get(
                forgotten(W, K, P, S, D, got)
            ),
            "that is the value it was left at; give the setting's name.",
        ),
        Mistake(
            lambda W, K, P, S, D, got: [forgotten(W, K, P, S, D, got)],
            "one name is wanted, without a list around it.",
        ),
    ),
    hints=(
        "There are three suspects. What size would each of them give?",
        "Write the formula once, with dilation, and use it three times: with P = 0, with S = 1, with D = 1.",
        "Compare each of the three sizes with got; return the name that belongs to the one that fits.",
    ),
    cases=(
        (7, 3, 1, 2, 2, 4),
        (12, 3, 1, 2, 2, 6),
        (12, 3, 1, 2, 2, 4),
        (12, 3, 1, 2, 2, 10),
        (15, 4, 2, 3, 2, 6),
        (224, 7, 3, 2, 1, 109),
        (224, 7, 3, 2, 1, 224),
    ),
    draw=_draw_forgotten,
)

EXERCISES = {
    "3.1": FOUR_SIZES,
    "3.2": OUTPUT_SHAPE,
    "3.3": SAME_PADDING,
    "3.4": UNREAD,
    "3.5": QUARTER,
    "3.6": FORGOTTEN,
}
