"""Exercises of chapter 9: sizes through a pipeline, what a unit sees, and the way back through a ReLU."""

import numpy as np

from .base import Exercise, Mistake

SIDES = Exercise(
    parts=("conv1", "pool1", "conv2", "pool2"),
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
)


def guided(came_in, coming_back):
    return coming_back * (came_in > 0) * (coming_back > 0)


def _draw_numbers(rng):
    return rng.integers(-9, 10, (3, 4)).astype(float), rng.integers(-9, 10, (3, 4)).astype(float)


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
        (np.array([2.0, -1.0, -3.0, 0.0]), np.array([-1.0, 2.0, -4.0, 5.0])),
    ),
    draw=_draw_numbers,
)

EXERCISES = {"9.1": SIDES, "9.2": ROWS_SEEN, "9.3": GUIDED}
