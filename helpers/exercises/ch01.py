"""Exercises of chapter 1: what flattening hides, what layers cost, and what equivariance asks of a layer."""

import numpy as np

from helpers.exercises.base import Exercise, Mistake
from helpers.ops.conv import conv2d


def neighbours(row, column, H, W):
    around = [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
    return [r * W + c for r, c in around if 0 <= r < H and 0 <= c < W]


def _places(row, column, H, W, place):
    """The neighbours' places by another rule for the place of a pixel."""
    around = [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
    return [place(r, c, H, W) for r, c in around if 0 <= r < H and 0 <= c < W]


def _draw_pixel(rng):
    H, W = (int(n) for n in rng.integers(2, 9, 2))
    return int(rng.integers(H)), int(rng.integers(W)), H, W


NEIGHBOURS = Exercise(
    right=neighbours,
    mistakes=(
        Mistake(
            lambda row, column, H, W: _places(row, column, H, W, lambda r, c, H, W: r * H + c),
            "a row is W pixels long, not H: that is how many places one step down takes.",
        ),
        Mistake(
            lambda row, column, H, W: sorted(_places(row, column, H, W, lambda r, c, H, W: c * H + r)),
            "the picture is laid out column after column; flattening goes row after row.",
        ),
        Mistake(
            lambda row, column, H, W: sorted(
                r * W + c
                for r in range(max(row - 1, 0), min(row + 2, H))
                for c in range(max(column - 1, 0), min(column + 2, W))
                if (r, c) != (row, column)
            ),
            "the corners are listed too; only above, left, right and below are asked for.",
        ),
        Mistake(
            lambda row, column, H, W: [
                r * W + c
                for r, c in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
                if 0 <= r < H and 0 <= c < W
            ],
            "the places are right, but the order asked for is above, left, right, below.",
        ),
        Mistake(
            lambda row, column, H, W: [
                (r, c)
                for r, c in [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
                if 0 <= r < H and 0 <= c < W
            ],
            "these are pairs (row, column); turn each into its one place in the flattened list.",
        ),
        Mistake(
            lambda row, column, H, W: [
                r * W + c
                for r, c in [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
                if 0 <= r <= H and 0 <= c <= W
            ],
            "the last row is H − 1 and the last column W − 1: compare with <, not with <=.",
        ),
        Mistake(
            lambda row, column, H, W: _places(row, column, H, W, lambda r, c, H, W: r * W + c + 1),
            "places count from 0, not from 1.",
        ),
        Mistake(
            lambda row, column, H, W: [row * W + column + step for step in (-W, -1, 1, W)],
            "neighbours outside the picture are listed too.",
        ),
        Mistake(
            lambda row, column, H, W: [
                p for p in (row * W + column + step for step in (-W, -1, 1, W)) if 0 <= p < H * W
            ],
            "at the end of a row the next place of the list is not a neighbour: it begins another row.",
        ),
        Mistake(
            lambda row, column, H, W: sorted([*neighbours(row, column, H, W), row * W + column]),
            "the pixel itself is no neighbour of its own.",
        ),
    ),
    hints=(
        "First find the pairs (row, column) of the neighbours; turn them into places afterwards.",
        "Rows and columns count from 0, and before pixel (r, c) there are r whole rows of W pixels.",
        "Keep a neighbour (r, c) if 0 <= r < H and 0 <= c < W; its place is r * W + c.",
    ),
    cases=((1, 1, 3, 3), (1, 1, 3, 4), (1, 0, 3, 3), (0, 2, 3, 3), (2, 3, 4, 5)),
    draw=_draw_pixel,
)


def parameters(H, W, C, K, F):
    return F * (H * W * C + 1), F * (K * K * C + 1)


COST = Exercise(
    right=parameters,
    mistakes=(
        Mistake(
            lambda H, W, C, K, F: (F * H * W * C, F * K * K * C),
            "the biases are left out, one for each unit.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W * C + 1), F * K * K * C),
            "the biases of the filters are left out, one for each.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * H * W * C, F * (K * K * C + 1)),
            "the biases of the units are left out, one for each.",
        ),
        Mistake(
            lambda H, W, C, K, F: (H * W * C + 1, K * K * C + 1),
            "that is one unit and one filter; there are F of each.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * H * W * (H * W * C + 1), F * (K * K * C + 1)),
            "that gives every pixel F units of its own; the dense layer has F units in all.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W * C + 1), F * C * (K * K + 1)),
            "each window got a bias in every channel; a filter has one bias.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * H * W * C + 1, F * K * K * C + 1),
            "there is one bias for each unit and each filter, not one for the layer.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W * C + 1), F * (K * K + 1)),
            "a filter has weights for every channel of its window.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W + 1), F * (K * K + 1)),
            "the channels are left out: every channel of a pixel has its own weight.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W * C + 1), F * (K * C + 1)),
            "a window is K pixels wide and K pixels high.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W * C + 1), F * (K * K * C + 1) * (H - K + 1) * (W - K + 1)),
            "the filter's weights are shared: they count once, not once for each place.",
        ),
        Mistake(
            lambda H, W, C, K, F: (F * (H * W * C + 1), F * K * K * C + F * (H - K + 1) * (W - K + 1)),
            "a filter has one bias for all its places.",
        ),
    ),
    hints=(
        "Count for one unit and for one filter first, then multiply by F.",
        "A unit has a weight for each of H·W·C numbers. How many numbers does a window hold?",
        "F units: F * (H * W * C + 1). F filters: the window's K * K * C in the place of H * W * C.",
    ),
    cases=((2, 2, 1, 1, 1), (3, 3, 1, 2, 1), (3, 4, 3, 2, 2), (32, 32, 3, 5, 1)),
    draw=lambda rng: tuple(int(n) for n in (*rng.integers(6, 20, 2), *rng.integers(2, 6, 3))),
    parts=("dense", "convolution"),
)


def bank(template, H, W):
    h, w = template.shape
    rows = np.zeros(((H - h + 1) * (W - w + 1), H, W), template.dtype)
    for place, row in enumerate(rows):
        r, c = divmod(place, W - w + 1)
        row[r : r + h, c : c + w] = template
    return rows.reshape(len(rows), -1)


def _bank_other_order(template, H, W):
    h, w = template.shape
    stacked = bank(template, H, W).reshape(H - h + 1, W - w + 1, H * W)
    return stacked.swapaxes(0, 1).reshape(-1, H * W)


def _bank_from(template, H, W, add=1, fresh=True):
    """With too few places, or all into one picture that is never cleared."""
    h, w = template.shape
    rows, picture = [], np.zeros((H, W))
    for r in range(H - h + add):
        for c in range(W - w + add):
            picture = np.zeros((H, W)) if fresh else picture
            picture[r : r + h, c : c + w] = template
            rows.append(picture.ravel().copy())
    return np.array(rows)


def _draw_template(rng):
    h, w = (int(n) for n in rng.integers(1, 4, 2))
    template = rng.integers(1, 19, (h, w)) / 2 * rng.choice([-1, 1], (h, w))
    return template, h + int(rng.integers(1, 4)), w + int(rng.integers(1, 4))


BANK = Exercise(
    right=bank,
    mistakes=(
        Mistake(
            lambda template, H, W: bank(template[::-1, ::-1], H, W),
            "the template is turned by half a turn; lay it down as it is.",
        ),
        Mistake(
            lambda template, H, W: bank(template, H, W)[:1].repeat(
                (H - len(template) + 1) * (W - template.shape[1] + 1), 0
            ),
            "every row has the template in the first place; each must have it in its own.",
        ),
        Mistake(
            lambda template, H, W: _bank_from(template, H, W, fresh=False),
            "what the place before has left is still there: begin each row with a new picture of zeros.",
        ),
        Mistake(
            lambda template, H, W: np.array(
                [_bank_from(template, H, W, fresh=False)[-1]] * len(bank(template, H, W))
            ),
            "all rows are one and the same array: begin each row with a new picture of zeros.",
        ),
        Mistake(
            lambda template, H, W: _bank_from(template, H, W, add=0),
            "the last places are missing: there are (H − h + 1) times (W − w + 1).",
        ),
        Mistake(
            lambda template, H, W: bank(template, H, W).T,
            "one row for each place is asked for, one column for each pixel; yours is turned.",
        ),
        Mistake(_bank_other_order, "the places go down the columns first; go along the rows."),
        Mistake(
            lambda template, H, W: bank(template, H, W).reshape(-1, H, W).swapaxes(1, 2).reshape(-1, H * W),
            "the pixels are laid out column after column; ravel goes row after row.",
        ),
        Mistake(
            lambda template, H, W: np.pad(bank(template, H, W), ((0, 0), (0, 1)), constant_values=1),
            "there is one column too many; no bias is asked for, only weights.",
        ),
        Mistake(
            lambda template, H, W: bank(template, H, W).reshape(-1, H, W),
            "each template should be flattened: one row for each place.",
        ),
    ),
    hints=(
        "How many places are there for an h × w template in an H × W picture?",
        "For each place: a picture of zeros, the template laid into it, `ravel()`.",
        "Loop over r and c; picture[r : r + h, c : c + w] = template; an array of all of them, flattened.",
    ),
    cases=(
        (np.array([[1, 2]]), 1, 3),
        (np.array([[1, 2], [3, 4]]), 3, 3),
        (np.array([[1, 2], [3, 4]]), 2, 3),
        (np.array([[5, 6, 7]]), 3, 4),
    ),
    draw=_draw_template,
)


def is_equivariant(layer, image, right):
    return bool(np.allclose(layer(np.roll(image, right, axis=1)), np.roll(layer(image), right, axis=1)))


def double(image):
    return 2 * image


def row_mean(image):
    """Blind to shifts: every place of a row gets the row's mean."""
    return np.broadcast_to(image.mean(axis=1, keepdims=True), image.shape)


def ramp(image):
    """Another weight for each column."""
    return image * np.arange(image.shape[1])


def shade(image):
    """Another weight for each row."""
    return image * np.arange(len(image))[:, None]


def stripes(image):
    """Blind to every other column: it moves along with shifts by two, not with shifts by one."""
    return image * (np.arange(image.shape[1]) % 2)


def corner(image):
    """Another weight for the last pixel alone."""
    changed = image.copy()
    changed[-1, -1] *= 2
    return changed


def mirror(image):
    return image[:, ::-1]


def joined_convolution(image):
    """A convolution of a picture whose left and right, top and bottom are joined."""
    kernel = np.array([[[[0.1, 0.2, 0.3], [0.0, 0.5, 0.0], [-0.7, 0.0, 0.1]]]])
    return conv2d(np.pad(image, 1, mode="wrap").astype(float)[None], kernel)[0]


def _draw_layer(rng):
    layers = (double, row_mean, ramp, mirror, joined_convolution, shade, corner)
    return layers[rng.integers(len(layers))], rng.normal(size=(4, 6)), int(rng.integers(1, 5))


EQUIVARIANT = Exercise(
    right=is_equivariant,
    mistakes=(
        Mistake(
            lambda layer, image, right: bool(np.allclose(layer(np.roll(image, right, axis=1)), layer(image))),
            "that tests invariance: the answer stays. Equivariant is when the answer moves along.",
        ),
        Mistake(
            lambda layer, image, right: bool(np.allclose(layer(image), np.roll(layer(image), right, axis=1))),
            "the picture itself is never moved.",
        ),
        Mistake(
            lambda layer, image, right: bool(
                np.array_equal(layer(np.roll(image, right, axis=1)), np.roll(layer(image), right, axis=1))
            ),
            "== asks for equality to the last bit; sums in another order differ there. Use np.allclose.",
        ),
        Mistake(
            lambda layer, image, right: bool(
                np.allclose(layer(np.roll(image, right, axis=0)), np.roll(layer(image), right, axis=0))
            ),
            "the move goes down the rows; right means along the columns, axis 1.",
        ),
        Mistake(
            lambda layer, image, right: bool(
                np.allclose(layer(np.roll(image, right)), np.roll(layer(image), right))
            ),
            "np.roll without an axis rolls the flattened picture: pixels leave one row and enter the next.",
        ),
        Mistake(
            lambda layer, image, right: bool(
                np.allclose(layer(np.roll(image, right, axis=1)), np.roll(layer(image), -right, axis=1))
            ),
            "the answer is moved back instead of along.",
        ),
        Mistake(
            lambda layer, image, right: np.isclose(
                layer(np.roll(image, right, axis=1)), np.roll(layer(image), right, axis=1)
            ),
            "that says it for each place; one True or False for all of them is asked for.",
        ),
        Mistake(
            lambda layer, image, right: bool(
                np.allclose(layer(np.roll(image, 1, axis=1)), np.roll(layer(image), 1, axis=1))
            ),
            "the move is always by one column; use `right`.",
        ),
        Mistake(
            lambda layer, image, right: bool(
                np.isclose(layer(np.roll(image, right, axis=1)), np.roll(layer(image), right, axis=1)).any()
            ),
            "one place that agrees is not enough: all must, .all() and not .any().",
        ),
        Mistake(lambda layer, image, right: True, "some layers are not equivariant; this says True always."),
        Mistake(lambda layer, image, right: False, "some layers are equivariant; this says False always."),
    ),
    hints=(
        "f(T(x)) = T(f(x)). What are f, T and x here?",
        "`np.roll(image, right, axis=1)` moves a picture to the right; what leaves it comes in on the left.",
        "np.allclose(layer(np.roll(image, right, axis=1)), np.roll(layer(image), right, axis=1)).",
    ),
    cases=(
        (double, np.array([[1.0, 2, 4], [0, 3, 5]]), 1),
        (ramp, np.array([[1.0, 2, 4], [0, 3, 5]]), 1),
        (row_mean, np.array([[1.0, 2, 4], [0, 3, 5]]), 1),
        (mirror, np.array([[1.0, 2, 4], [0, 3, 5]]), 1),
        (joined_convolution, np.array([[1.0, 2, 4, 7], [0, 3, 5, 1], [2, 2, 9, 6]]), 2),
        (row_mean, np.array([[0.1, 0.2, 0.3]]), 2),  # 0.1 + 0.2 + 0.3 is not 0.2 + 0.3 + 0.1
        (stripes, np.array([[1.0, 2, 4, 7], [0, 3, 5, 1]]), 2),
        (shade, np.array([[1.0, 2, 4], [0, 3, 5]]), 1),
        (corner, np.array([[1.0, 2, 4], [0, 3, 5]]), 1),
        (np.sort, np.array([[1.0, 2, 4], [9, 7, 8]]), 1),
    ),
    draw=_draw_layer,
)


def averaged(matrix):
    return np.mean([np.roll(matrix, (steps, steps), axis=(0, 1)) for steps in range(len(matrix))], axis=0)


def _rolled(matrix, rows=0, columns=0):
    """The average over n rolls, by so many rows and columns a step."""
    n = len(matrix)
    return np.mean([np.roll(matrix, (rows * s, columns * s), axis=(0, 1)) for s in range(n)], axis=0)


def _ends_not_joined(matrix):
    """Each diagonal gets its own mean, as it stands in the matrix."""
    n = len(matrix)
    return np.array([[np.diagonal(matrix, j - i).mean() for j in range(n)] for i in range(n)])


def _draw_matrix(rng):
    n = int(rng.integers(3, 7))
    return (rng.integers(-9, 10, (n, n)),)


AVERAGED = Exercise(
    right=averaged,
    mistakes=(
        Mistake(
            lambda matrix: _rolled(matrix, rows=1),
            "only the answers (rows) are moved; the pixels (columns) must move along with them.",
        ),
        Mistake(
            lambda matrix: _rolled(matrix, columns=1),
            "only the pixels (columns) are moved; the answers (rows) must move along with them.",
        ),
        Mistake(
            lambda matrix: _rolled(matrix, rows=1, columns=-1),
            "answers and pixels are moved in opposite directions.",
        ),
        Mistake(
            lambda matrix: np.mean([np.roll(matrix, s) for s in range(len(matrix))], axis=0),
            "np.roll without an axis rolls the flattened matrix: weights leave one row and enter the next.",
        ),
        Mistake(
            lambda matrix: averaged(matrix) * len(matrix),
            "that is the sum over the shifts; divide by their number.",
        ),
        Mistake(
            lambda matrix: np.full(matrix.shape, matrix.mean()),
            "that is the mean of all weights; pixels at different distances keep different weights.",
        ),
        Mistake(lambda matrix: averaged(matrix).T, "rows and columns are exchanged: a row is an answer."),
        Mistake(
            lambda matrix: (len(matrix) * averaged(matrix) - matrix) / (len(matrix) - 1),
            "the shift by 0, the matrix as it is, is one of the n.",
        ),
        Mistake(
            lambda matrix: averaged(matrix) - matrix / len(matrix),
            "the shift by 0, the matrix as it is, is missing from the sum.",
        ),
        Mistake(
            lambda matrix: (matrix + np.roll(matrix, (1, 1), axis=(0, 1))) / 2,
            "that is one shift and the matrix itself; there are n shifts.",
        ),
        Mistake(
            _ends_not_joined,
            "each diagonal is averaged as it stands; the ends are joined, so it goes on at the other side.",
        ),
    ),
    hints=(
        "When the picture moves by one, answer 1 is to do what answer 0 did, with pixels one further on.",
        "`np.roll(matrix, (s, s), axis=(0, 1))` moves answers and pixels by s, and joins the ends.",
        "np.mean([np.roll(matrix, (s, s), axis=(0, 1)) for s in range(len(matrix))], axis=0).",
    ),
    cases=(
        (np.array([[1, 0], [0, 3]]),),
        (np.array([[1, 2, 3], [4, 5, 6], [7, 8, 0]]),),
        (np.array([[0, 1, 0, 0], [0, 0, 5, 0], [0, 0, 0, 3], [3, 0, 0, 0]]),),
    ),
    draw=_draw_matrix,
)

EXERCISES = {
    "1.1": NEIGHBOURS,
    "1.2": COST,
    "1.3": BANK,
    "1.4": EQUIVARIANT,
    "1.5": AVERAGED,
}
