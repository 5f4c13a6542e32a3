"""Exercises of chapter 9: sizes, what a unit sees, the way back through a ReLU, a step uphill, best units."""

import numpy as np

from helpers.exercises.base import Exercise, Mistake


def _convolved(side, kernel, padding):
    return side + 2 * padding - kernel + 1


def _pooled(side, window):
    return side // window


SIDES = Exercise(
    parts=("conv1", "pool1", "conv2", "pool2"),
    formula={
        "conv1": (_convolved, (28, 3, 0)),
        "pool1": (_pooled, (26, 2)),
        "conv2": (_convolved, (13, 3, 0)),
        "pool2": (_pooled, (11, 2)),
    },
    right=(26, 13, 11, 5),
    mistakes=(
        Mistake((28, 14, 14, 7), "nothing is padded here: each 3 × 3 convolution loses two pixels."),
        Mistake(
            (26, 13, 11, 6), "the last pool is rounded up: 11 pixels hold five windows of 2, one is left."
        ),
        Mistake((26, 13, 13, 6), "the second convolution loses two pixels as well."),
        Mistake(
            (27, 13, 12, 6), "a window of 3 has W − 2 places: the convolution loses two pixels, not one."
        ),
        Mistake(
            (25, 12, 9, 4), "a window of 3 has W − 2 places: the convolution loses two pixels, not three."
        ),
        Mistake((26, 13, 11, 5.5), "the last pool drops the pixel left over; there is no half of a place."),
        Mistake((26, 25, 23, 22), "a 2 × 2 pool steps by 2, its kernel size, not by 1."),
    ),
    hints=(
        "Take the four stages one at a time; each reads the side of the one before it.",
        "A 3 × 3 convolution without padding loses two pixels, a 2 × 2 pool halves.",
        "26 first. Half of an odd number is rounded down.",
    ),
)


def rows_seen(unit, field, jump, start, size):
    first = start + jump * unit
    return max(first, 0), min(first + field - 1, size - 1)


ROWS_SEEN = Exercise(
    right=rows_seen,
    mistakes=(
        Mistake(
            lambda unit, field, jump, start, size: (start + jump * unit, start + jump * unit + field - 1),
            "rows of the padding are counted; keep those from 0 to size - 1.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: (
                max(start + jump * unit, 0),
                min(start + jump * unit + field, size - 1),
            ),
            "the last row is one too far: the first one counts too.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: (
                max(start + jump * unit, 0),
                min(start + jump * unit + field - 1, size),
            ),
            "the last row of the picture is size - 1.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: (
                max(start + jump * unit, 0),
                start + jump * unit + field - 1,
            ),
            "the field is cut at the top only; the picture ends with row size - 1.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: (
                start + jump * unit,
                min(start + jump * unit + field - 1, size - 1),
            ),
            "the field is cut at the bottom only; the picture begins with row 0.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: rows_seen(unit, field, jump, -start, size),
            "the start is negative already: add it.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: rows_seen(unit, field, jump, start - field // 2, size),
            "start is the field's first pixel, not its middle.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: rows_seen(unit, field, 1, start, size),
            "the jump is left out: neighbouring units lie a jump apart.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: rows_seen(unit, field, jump, 0, size),
            "the start is left out: padding moves the first field before the picture.",
        ),
        Mistake(
            lambda unit, field, jump, start, size: (
                max(start + jump * unit, 0),
                min(max(start + jump * unit, 0) + field - 1, size - 1),
            ),
            "the field is cut at the top, not moved down: its last row stays where it is.",
        ),
    ),
    hints=(
        "Where does the field of unit 0 begin, and that of unit 1?",
        "The first row is start + jump * unit, and field rows follow, that one included.",
        "Then max(first, 0) and min(last, size - 1).",
    ),
    cases=(
        (0, 3, 1, 0, 5),
        (3, 5, 2, -2, 20),
        (0, 47, 8, -16, 128),
        (5, 47, 8, -16, 128),
        (14, 47, 8, -16, 128),
    ),
    draw=lambda rng: (
        int(rng.integers(2, 9)),
        int(rng.integers(3, 40)),
        int(rng.integers(2, 9)),
        -int(rng.integers(0, 17)),
        int(rng.integers(90, 130)),
    ),
    parts=("first", "last"),
)


def guided(came_in, coming_back):
    return coming_back * (came_in > 0) * (coming_back > 0)


def _draw_numbers(rng):
    shape = tuple(rng.integers(1, 5, int(rng.integers(1, 4))))  # "arrays of any shape"
    return rng.integers(-9, 10, shape) / 2, rng.integers(-9, 10, shape) / 2


GUIDED = Exercise(
    right=guided,
    mistakes=(
        Mistake(
            lambda came_in, coming_back: coming_back * (came_in > 0),
            "this is the gradient: what is negative in the signal coming back must go too.",
        ),
        Mistake(
            lambda came_in, coming_back: np.maximum(coming_back, 0),
            "this is the deconvolutional network: where the ReLU was off nothing may pass.",
        ),
        Mistake(
            lambda came_in, coming_back: np.maximum(came_in, 0) * np.maximum(coming_back, 0),
            "the input only opens or shuts the way; it does not multiply the signal.",
        ),
        Mistake(
            lambda came_in, coming_back: coming_back * (came_in >= 0) * (coming_back >= 0),
            "ReLU's gradient is 0 at 0: > and not >=.",
        ),
        Mistake(
            lambda came_in, coming_back: came_in * (came_in > 0) * (coming_back > 0),
            "the signal coming back is passed on, not the ReLU's input.",
        ),
        Mistake(
            lambda came_in, coming_back: (came_in > 0) & (coming_back > 0),
            "that is the mask; multiply the signal by it.",
        ),
        Mistake(
            lambda came_in, coming_back: coming_back[(came_in > 0) & (coming_back > 0)],
            "what does not pass becomes 0 and keeps its place; do not leave it out.",
        ),
        Mistake(
            lambda came_in, coming_back: coming_back * (came_in * coming_back > 0),
            "two negative numbers have a positive product; ask for each sign by itself.",
        ),
        Mistake(
            lambda came_in, coming_back: coming_back * ((came_in > 0) | (coming_back > 0)),
            "both must be positive; one of them is not enough.",
        ),
    ),
    hints=(
        "A mask for each of the two conditions.",
        "(came_in > 0) is an array of True and False, and multiplies like 1 and 0.",
        "The signal times both masks.",
    ),
    cases=(
        (np.array([2.0, -1.0, 3.0]), np.array([-1.0, 2.0, 4.0])),
        (np.array([2, -1, -3, 0, 4]), np.array([-1.0, 2.0, -4.0, 5.0, 2.5])),
    ),
    draw=_draw_numbers,
)


def step_up(picture, gradient, rate):
    return np.clip(picture + rate * gradient / gradient.std(), 0, 1)


def _draw_step(rng):
    picture, gradient = rng.integers(0, 11, (3, 4)) / 10, rng.integers(-9, 10, (3, 4)).astype(float)
    return picture, gradient, float(rng.integers(2, 9)) / 10


STEP_UP = Exercise(
    right=step_up,
    mistakes=(
        Mistake(
            lambda p, g, rate: step_up(p, -g, rate),
            "that is downhill: the unit would grow weaker. Add the gradient.",
        ),
        Mistake(
            lambda p, g, rate: np.clip(p, 0, 1) + rate * g / g.std(),
            "pixels leave the range from 0 to 1: clip after the step.",
        ),
        Mistake(
            lambda p, g, rate: np.clip(p + rate * g, 0, 1),
            "the gradient is not scaled: divide it by its standard deviation.",
        ),
        Mistake(
            lambda p, g, rate: np.clip(p + rate * g / np.abs(g).max(), 0, 1),
            "that divides by the largest number; the standard deviation is asked for.",
        ),
        Mistake(
            lambda p, g, rate: np.clip(p + rate * g / g.std(ddof=1), 0, 1),
            "the mean square has the number of pixels below it, not one less, as PyTorch's std has.",
        ),
        Mistake(
            lambda p, g, rate: np.clip(p + rate * (g - g.mean()) / g.std(), 0, 1),
            "the mean is taken away; only the strength is to change, not the direction.",
        ),
        Mistake(
            lambda p, g, rate: p + np.clip(rate * g / g.std(), 0, 1),
            "it is the new picture that is clipped, not the step.",
        ),
        Mistake(
            lambda p, g, rate: np.clip(p + g / g.std(), 0, 1), "the rate is left out: the step is too long."
        ),
    ),
    hints=(
        "Three things, in this order: scale the gradient, walk, and come back into the range.",
        "`gradient / gradient.std()` has strength 1; uphill means that a part of it is added.",
        "np.clip(picture + rate * ..., 0, 1).",
    ),
    cases=(
        (np.array([[0.5, 0.9], [0.5, 0.1]]), np.array([[2.0, 2.0], [-2.0, -2.0]]), 0.2),
        (np.array([[0.5, 0.9, 0.4], [0.2, 0.1, 0.6]]), np.array([[3.0, 5.0, 0.0], [1.0, -4.0, 2.0]]), 0.3),
    ),
    draw=_draw_step,
)


def strongest(maps, order=None, place=None):
    """(photograph, row, column) of each photograph's strongest unit; order and place may be wrong."""
    best = maps.max(axis=(1, 2))
    places = np.argsort(-best) if order is None else order(maps)
    place = place or (lambda flat, H, W: divmod(flat, W))
    return [(int(n), *map(int, place(int(maps[n].argmax()), *maps.shape[1:]))) for n in places if best[n] > 0]


def _silent_too(maps):
    best = maps.max(axis=(1, 2))
    return [(int(n), *map(int, divmod(maps[n].argmax(), maps.shape[2]))) for n in np.argsort(-best)]


def _all_units(maps):
    flat = np.argsort(-maps, axis=None)[: (maps > 0).sum()]
    return [tuple(map(int, np.unravel_index(unit, maps.shape))) for unit in flat]


def _draw_maps(rng):
    N, H, W = int(rng.integers(3, 5)), int(rng.integers(2, 4)), int(rng.integers(4, 6))
    maps = np.maximum(rng.permutation(N * H * W).reshape(N, H, W) - 6.0, 0)  # no two answers are the same
    maps[rng.integers(N)] = 0
    return (maps,)


STRONGEST = Exercise(
    right=lambda maps: strongest(maps),
    mistakes=(
        Mistake(
            lambda maps: strongest(maps, place=lambda flat, H, W: divmod(flat, W)[::-1]),
            "row and column are swapped.",
        ),
        Mistake(
            lambda maps: strongest(maps, place=lambda flat, H, W: divmod(flat, H)),
            "a row holds as many units as the map has columns: divide by the width.",
        ),
        Mistake(
            lambda maps: strongest(maps, place=lambda flat, H, W: (flat,)),
            "argmax counts along the flattened map; `divmod` makes row and column of it.",
        ),
        Mistake(_all_units, "one photograph comes several times: ask for its strongest unit only."),
        Mistake(_silent_too, "where the channel is silent there is no strongest unit: leave those out."),
        Mistake(lambda maps: strongest(maps)[::-1], "the weakest comes first; turn the order round."),
        Mistake(
            lambda maps: strongest(maps, order=lambda maps: range(len(maps))),
            "the photographs stand in their own order; sort them by their strongest unit.",
        ),
        Mistake(
            lambda maps: strongest(maps, order=lambda maps: np.argsort(-maps.mean(axis=(1, 2)))),
            "they are sorted by the mean of the map; the strongest unit counts.",
        ),
    ),
    hints=(
        "First one number for each photograph: what is its largest answer?",
        "`maps.max(axis=(1, 2))` has them; `np.argsort` of it with a minus sign, the largest first.",
        "divmod(maps[n].argmax(), maps.shape[2]) is (row, column); skip the photographs whose largest is 0.",
    ),
    cases=(
        (np.array([[[2.0, 5, 3], [0, 0, 1]], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [7, 0, 0]]]),),
        (np.array([[[0.0, 1, 0], [3, 0, 0]], [[2, 6, 4], [0, 5, 0]], [[0, 0, 0], [0, 0, 8]]]),),
    ),
    draw=_draw_maps,
)

EXERCISES = {"9.1": SIDES, "9.2": ROWS_SEEN, "9.3": GUIDED, "9.4": STEP_UP, "9.5": STRONGEST}
