"""Exercises of chapter 10: judging a classifier, a box, a place and a gain; cutting up a picture."""

import numpy as np

from helpers.exercises.base import Exercise, Mistake


def balanced(counts):
    counts = np.asarray(counts, dtype=float)
    return float((counts.diagonal() / counts.sum(axis=1)).mean())


def _draw_counts(rng):
    classes = int(rng.integers(2, 5))
    return (rng.integers(1, 9, (classes, classes)).tolist(),)


BALANCED = Exercise(
    right=balanced,
    mistakes=(
        Mistake(
            lambda counts: float(np.trace(counts) / np.sum(counts)),
            "all pictures are thrown together, so a large class counts more; average the classes' shares.",
        ),
        Mistake(
            lambda counts: float((np.diagonal(counts) / np.sum(counts, axis=0)).mean()),
            "it divides by the columns, what was said; a class's own share divides by its row, what it is.",
        ),
        Mistake(
            lambda counts: float((np.diagonal(counts) / np.sum(counts, axis=1)).sum()),
            "the classes' shares are added up; divide by the number of classes.",
        ),
        Mistake(
            lambda counts: np.diagonal(counts) / np.sum(counts, axis=1),
            "these are the classes' own shares; return their mean.",
        ),
        Mistake(lambda counts: 100 * balanced(counts), "that is in percent; a share lies between 0 and 1."),
        Mistake(
            lambda counts: 1 - balanced(counts),
            "this is the share that is wrong.",
        ),
    ),
    cases=(([[3, 1], [1, 1]],), ([[8, 2, 0], [1, 1, 0], [0, 1, 3]],)),
    draw=_draw_counts,
    hints=(
        "Row k holds the pictures of class k. Which of them were called k?",
        "Class k's own share is counts[k][k] over the sum of row k.",
        "Take the mean of these shares over the classes.",
    ),
)


def _edges(a, b):
    """The overlap's height and width, negative where there is none."""
    return min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])


def _area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def _over_union(shared, a, b):
    return shared / (_area(a) + _area(b) - shared)


def overlap(a, b):
    height, width = _edges(a, b)
    return _over_union(max(height, 0) * max(width, 0), a, b)


def _shared(a, b):
    height, width = _edges(a, b)
    return max(height, 0) * max(width, 0)


def _pixels(a, b):
    grown = [(box[0], box[1], box[2] + 1, box[3] + 1) for box in (a, b)]
    return overlap(*grown)


def _draw_boxes(rng):
    corners = rng.integers(0, 8, (2, 2))
    sizes = rng.integers(1, 7, (2, 2))
    return tuple(
        tuple(map(int, (*corner, *(corner + size)))) for corner, size in zip(corners, sizes, strict=True)
    )


OVERLAP = Exercise(
    right=overlap,
    mistakes=(
        Mistake(
            lambda a, b: _over_union(np.prod(_edges(a, b)), a, b),
            "a negative height or width is used: boxes that do not meet share nothing.",
        ),
        Mistake(
            lambda a, b: _shared(a, b) / (_area(a) + _area(b)),
            "the shared part is counted twice below the line; take it off once.",
        ),
        Mistake(
            lambda a, b: _shared(a, b) / min(_area(a), _area(b)),
            "it divides by the smaller box; divide by all that the two cover together.",
        ),
        Mistake(
            lambda a, b: _over_union(abs(np.prod(_edges(a, b))), a, b),
            "the sign is taken off a negative height or width; boxes that do not meet share nothing.",
        ),
        Mistake(
            lambda a, b: _over_union(max(np.prod(_edges(a, b)), 0), a, b),
            "two negative edges have a positive product: cut height and width off at 0, each by itself.",
        ),
        Mistake(
            lambda a, b: 2 * _shared(a, b) / (_area(a) + _area(b)),
            "that is Dice's measure; divide the shared area by the union.",
        ),
        Mistake(
            lambda a, b: (
                _shared(a, b) / ((max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1])))
            ),
            "it divides by the box around both; only what one of the two covers counts.",
        ),
        Mistake(
            lambda a, b: _shared(a, b) / max(_area(a), _area(b)),
            "it divides by the larger box; divide by all that the two cover together.",
        ),
        Mistake(
            lambda a, b: _shared(a, b) / _area(a),
            "it divides by the first box; divide by all that the two cover together.",
        ),
        Mistake(
            lambda a, b: overlap(*((c[0], c[1], c[0] + c[2], c[1] + c[3]) for c in (a, b))),
            "the last two numbers are edges, bottom and right, not height and width.",
        ),
        Mistake(
            _pixels,
            "one pixel too many: a box's bottom and right are edges, so its height is bottom − top.",
        ),
        Mistake(_shared, "this is the shared area; divide by what the two cover together."),
    ),
    cases=(
        ((0, 0, 4, 4), (2, 0, 6, 4)),
        ((0, 0, 2, 2), (3, 3, 5, 5)),
        ((0, 0, 4, 2), (1, 1, 3, 5)),
        ((0, 0, 2, 3), (0, 5, 2, 6)),
        ((1, 1, 3, 3), (0, 0, 4, 5)),
    ),
    draw=_draw_boxes,
    hints=(
        "Where does the shared part begin, and where does it end, from top to bottom?",
        "It begins at the larger top and ends at the smaller bottom; a negative height is none.",
        "The shared area over (area of a + area of b − the shared area).",
    ),
)


def place_scores(maps, weight, bias):
    return np.tensordot(weight, maps, axes=1) + np.asarray(bias)[:, None, None]


def _draw_maps(rng):
    classes, channels, height, width = map(int, rng.integers(2, 5, 4))
    shapes = ((channels, height, width), (classes, channels), (classes,))
    return tuple(rng.integers(-8, 9, shape) / 2 for shape in shapes)


PLACE_SCORES = Exercise(
    right=place_scores,
    mistakes=(
        Mistake(lambda maps, weight, bias: np.tensordot(weight, maps, axes=1), "the biases are left out."),
        Mistake(
            lambda maps, weight, bias: (
                np.tensordot(weight, maps, axes=1) + np.asarray(bias)[:, None, None] / maps[0].size
            ),
            "the biases are shared out over the places; the mean would then see only a part of each.",
        ),
        Mistake(
            lambda maps, weight, bias: place_scores(maps, weight, bias) / maps[0].size,
            "each place is divided by their number; it is the mean that divides, later.",
        ),
        Mistake(
            lambda maps, weight, bias: np.tensordot(weight, maps, axes=1) + bias,
            "the biases run along the columns; give them two more axes: bias[:, None, None].",
        ),
        Mistake(
            lambda maps, weight, bias: np.moveaxis(place_scores(maps, weight, bias), 0, -1),
            "the classes come last; here they come before rows and columns.",
        ),
        Mistake(
            lambda maps, weight, bias: place_scores(maps, weight, bias).reshape(len(weight), -1),
            "the places stand in one row; give each class a map (h, w).",
        ),
        Mistake(
            lambda maps, weight, bias: weight @ maps.sum(axis=(1, 2)) + bias,
            "the places are summed away; here every place keeps its own scores.",
        ),
        Mistake(
            lambda maps, weight, bias: weight @ maps.mean(axis=(1, 2)) + bias,
            "the mean over the places was taken first; here every place keeps its own scores.",
        ),
        Mistake(
            lambda maps, weight, bias: np.maximum(place_scores(maps, weight, bias), 0),
            "negative scores were dropped; a place may speak against a class.",
        ),
    ),
    cases=(
        (np.array([[[1.0, 3.0], [5.0, 7.0]]]), np.array([[2.0], [-1.0]]), np.array([1.0, 0.5])),
        (np.arange(12.0).reshape(2, 2, 3) - 5, np.array([[1.0, -2.0], [0.0, 3.0]]), np.array([4.0, -1.0])),
    ),
    draw=_draw_maps,
    hints=(
        "At one place the maps hold one number a channel: a vector. What does a dense layer do with it?",
        "A sum over channels of weight[k, c] · maps[c], plus bias[k], at every place alike.",
        "np.tensordot(weight, maps, axes=1) sums over the channels; then add the biases.",
    ),
)


def paired(before, after):
    differences = np.subtract(after, before)
    return float(differences.mean()), float(differences.std(ddof=1))


def _draw_pair(rng):
    draws = int(rng.integers(3, 6))
    before = rng.integers(40, 90, draws)
    return before.tolist(), (before + rng.integers(-8, 16, draws) / 2).tolist()


PAIRED = Exercise(
    right=paired,
    mistakes=(
        Mistake(
            lambda before, after: (
                paired(before, after)[0],
                float(np.sqrt(np.var(before, ddof=1) + np.var(after, ddof=1))),
            ),
            "this is the spread of two lists that know nothing of each other; take the differences first, "
            "draw by draw.",
        ),
        Mistake(
            lambda before, after: (paired(before, after)[0], float(np.std(after, ddof=1))),
            "this is the spread of the second list; take that of the differences.",
        ),
        Mistake(
            lambda before, after: paired(after, before),
            "the sign is reversed: what was gained is after − before.",
        ),
        Mistake(
            lambda before, after: paired(np.zeros(len(before)), np.abs(np.subtract(after, before))),
            "the signs of the differences are dropped; a loss must count as a loss.",
        ),
        Mistake(
            lambda before, after: (paired(before, after)[0], float(np.std(np.subtract(after, before)))),
            "the squares are divided by n; a few draws stand for many, so divide by n − 1 (ddof=1).",
        ),
        Mistake(
            lambda before, after: (paired(before, after)[0], paired(before, after)[1] ** 2),
            "this is the variance; the spread is its square root.",
        ),
    ),
    cases=(([80, 90, 85], [82, 91, 88]), ([62, 75, 58, 70], [66, 73, 60, 76])),
    draw=_draw_pair,
    parts=("mean", "spread"),
    hints=(
        "The same draw of the labels is easy or hard for both methods. What is left when one is taken from "
        "the other?",
        "One difference a draw, after − before, with its sign; then the mean of these, and how they spread.",
        "The spread: the squares of (difference − mean), added up, over n − 1; then the square root.",
    ),
)

PATCHES = Exercise(
    parts=("squares", "numbers", "parameters"),
    formula={
        "squares": (lambda side, cut: (side // cut) ** 2, (128, 8)),
        "numbers": (lambda side, colours: side**2 * colours, (8, 3)),
        "parameters": (lambda numbers, filters: filters * (numbers + 1), (192, 128)),
    },
    right=(256, 192, 24_704),
    mistakes=(
        Mistake(
            (16, 192, 24_704), "these are the squares along one side; there are as many rows as columns."
        ),
        Mistake((256, 64, 24_704), "a square has three colours: 8 · 8 · 3 numbers."),
        Mistake((256, 192, 24_576), "the biases are left out: one for each of the 128 filters."),
        Mistake((256, 192, 24_577), "there is one bias for each of the 128 filters, not one for the layer."),
        Mistake(
            (256, 192, 24_768), "the biases belong to the 128 filters, not to the 192 numbers of a square."
        ),
        Mistake((256, 192, 8_320), "a filter spans all three colours, not one."),
        Mistake((256, 192, 6_324_224), "every square got its own weights; all share one set."),
        Mistake((14_641, 192, 24_704), "the stride is left out: the squares do not overlap."),
    ),
    hints=(
        "The squares lie side by side: kernel and stride are both 8.",
        "Along one side there are 128 / 8 squares. One square has 8 rows, 8 columns and 3 colours.",
        "Parameters: 128 filters, each with one weight for every number of a square, and a bias.",
    ),
)

EXERCISES = {
    "10.1": PATCHES,
    "10.2": PAIRED,
    "10.3": BALANCED,
    "10.4": OVERLAP,
    "10.5": PLACE_SCORES,
}
