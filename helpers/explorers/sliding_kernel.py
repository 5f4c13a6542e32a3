"""The sliding kernel: nine products and one sum at every stop of the window."""

import re
import textwrap

import numpy as np
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from helpers import filters
from helpers.drawing.cells import CellGrid, colours
from helpers.drawing.style import ROLES, SEQUENTIAL
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle
from helpers.ops.conv import conv2d

KERNELS = {name: values for name, values in filters.KERNELS.items() if values.shape == (3, 3)}
# What a kernel is divided by: 9 for ninths, 16 for sixteenths, 1 for whole numbers.
BELOW = {
    name: next(d for d in range(1, 1000) if np.allclose(values * d, np.round(values * d)))
    for name, values in KERNELS.items()
}

# Everything is placed in inches on one plane, so that every cell is square.
CELL, SMALL = 0.40, 0.34  # the side of a cell: input and kernel, outputs
UPPER, LOWER = 4.58, 2.27  # the top edges of the two bands of grids
INPUT, WINDOW, KERNEL, PRODUCTS = 0.34, 3.86, 5.46, 7.06  # left edges in the upper band
OUTPUT, RELU = 3.96, 6.22  # left edges in the lower band
SIDE = 3 * CELL  # of a window


class SlidingKernel(Explorer):
    """A window stepping over a small image: nine products, their sum, the output so far, and its ReLU."""

    title = "Sliding kernel"
    size = (8.4, 5.3)
    layout = "none"
    inputs = {
        "kernel": Choice("Kernel", list(KERNELS), "sobel x"),
        "image": Choice("Image", list(filters.PATTERNS)),
        "size": Integer("Input size", 7, 8, 8),
        "position": Integer("Position", 0, 35, 0),
        "predict": Toggle("Predict first"),
    }
    player = "position"

    def limits(self, state):
        return {"position": (state["size"] - 2) ** 2 - 1}

    def start(self, fig, state):
        width, height = self.size
        ax = fig.add_axes([0, 0, 1, 1])
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.axis("off")
        covers = _numbers(ax, INPUT, UPPER, CELL, 8) + _numbers(ax, OUTPUT, LOWER, SMALL, 6)
        covers += _numbers(ax, RELU, LOWER, SMALL, 6)
        for x, y, text, role in (
            (INPUT, UPPER, "Input", "input"),
            (WINDOW, UPPER, "Window", "ink"),
            (PRODUCTS, UPPER, "Products", "ink"),
            (OUTPUT, LOWER, "Output so far", "output"),
            (RELU, LOWER, "After ReLU", "output"),
        ):
            _heading(ax, x, y, text, role)
        for x, sign in ((KERNEL - 0.2, "×"), (PRODUCTS - 0.2, "=")):
            ax.text(x, UPPER - SIDE / 2, sign, fontsize=20, ha="center", va="center", color=ROLES["muted"])
        cone = Polygon(np.zeros((4, 2)), facecolor=ROLES["window"], alpha=0.22, linewidth=0, zorder=0.5)
        text = {"va": "center", "fontsize": 12}
        artists = {f"cover {i}": cover for i, cover in enumerate(covers)}
        return artists | {
            "input": _cells(ax, INPUT, UPPER, CELL),
            "window": _cells(ax, WINDOW, UPPER, CELL),
            "kernel": _cells(ax, KERNEL, UPPER, CELL),
            "products": _cells(ax, PRODUCTS, UPPER, CELL),
            "output": _cells(ax, OUTPUT, LOWER, SMALL),
            "relu": _cells(ax, RELU, LOWER, SMALL),
            "cone": ax.add_patch(cone),
            "place": _outline(ax, INPUT, UPPER, SIDE, "window"),
            "copy": _outline(ax, WINDOW, UPPER - SIDE, SIDE, "window"),
            "rim": _outline(ax, KERNEL, UPPER - SIDE, SIDE, "kernel"),
            "output here": _outline(ax, OUTPUT, LOWER, SMALL, "window"),
            "relu here": _outline(ax, RELU, LOWER, SMALL, "window"),
            "name": _heading(ax, KERNEL, UPPER, "", "kernel"),
            "sum": ax.text(WINDOW, UPPER - SIDE - 0.36, "", linespacing=1.35, **text),
            "where": ax.text(INPUT, 1.0, "", color=ROLES["muted"], **text),
            "result": ax.text(
                INPUT, 0.51, "", color=ROLES["output"], fontsize=15, va="center", linespacing=1.5
            ),
        }

    def update(self, artists, state):
        image, kernel, answer, (row, column) = _case(state)
        window = image[row : row + 3, column : column + 3]
        products, strongest, below = window * kernel, np.abs(kernel).max(), BELOW[state["kernel"]]
        # Black is lifted to dark grey, so that it does not shout.
        bright = {"cmap": SEQUENTIAL, "low": -0.3 * image.max(), "high": image.max()}
        artists["input"].set_cells(image, colours(image, **bright), _labels(image))
        artists["window"].set_cells(window, colours(window, **bright), _labels(window))
        artists["kernel"].set_cells(kernel, colours(kernel, limit=strongest), _fractions(kernel, below))
        faces = colours(products, limit=strongest * image.max())
        artists["products"].set_cells(products, faces, _fractions(products, below))

        step = np.arange(answer.size).reshape(answer.shape)
        known = step < state["position"] + (not state["predict"])
        for name, values in (("output", answer), ("relu", np.maximum(answer, 0))):
            faces = colours(np.where(known, values, np.nan), limit=np.abs(answer).max() or 1.0)
            texts = np.where(known, _labels(values), "")
            if state["predict"]:
                texts[row, column] = "?"
            clipped = known & (answer < 0) & (name == "relu")
            artists[name].set_cells(values, faces, texts, clipped)

        x, y = INPUT + column * CELL, UPPER - row * CELL
        artists["place"].set_xy((x, y - SIDE))
        near, far = x + SIDE, WINDOW
        artists["cone"].set_xy([(near, y), (far, UPPER), (far, UPPER - SIDE), (near, y - SIDE)])
        for name, left in (("output here", OUTPUT), ("relu here", RELU)):
            artists[name].set_xy((left + column * SMALL, LOWER - (row + 1) * SMALL))
        for name, artist in artists.items():
            if name.startswith("cover"):
                artist.set_visible(state["size"] == 7)

        result, after = "?", "?"
        if not state["predict"]:
            result, after = _number(answer[row, column]), _number(max(answer[row, column], 0))
        artists["name"].set_text(state["kernel"].capitalize())
        artists["sum"].set_text(textwrap.fill(f"{_sum(products, below)} = {result}", 52))
        artists["where"].set_text(
            f"Step {state['position'] + 1} of {answer.size}: row {row}, column {column}"
        )
        artists["result"].set_text(f"Output ({row}, {column}) = {result}\nReLU: max(0, {result}) = {after}")

    def words(self, state):
        image, kernel, answer, (row, column) = _case(state)
        window = image[row : row + 3, column : column + 3]
        size, below = state["size"], BELOW[state["kernel"]]
        text = (
            f"The {state['kernel']} kernel on the image {state['image']}, {size} × {size}. "
            f"Step {state['position'] + 1} of {answer.size}: the window begins at row {row}, column {column} "
            f"and holds {_rows(_labels(window))}. "
        )
        if state["predict"]:
            numbers = _rows(_fractions(kernel, below))
            return text + f"The kernel is {numbers}. What is the sum of the nine products?"
        result = answer[row, column]
        return text + (
            f"The nine products with the kernel are {_rows(_fractions(window * kernel, below))}. "
            f"Their sum, {_number(result)}, is output ({row}, {column}); "
            f"after ReLU it is {_number(max(result, 0))}."
        )

    def torch_code(self, state):
        return "torch.relu(torch.nn.functional.conv2d(image[None, None], kernel[None, None]))"


def _case(state):
    """Return the image, the kernel, the whole output, and the (row, column) of the position."""
    image = filters.pattern(state["image"], state["size"])
    kernel = KERNELS[state["kernel"]]
    answer = conv2d(image[None], kernel[None, None])[0]  # (H, W) -> (1, H, W) -> (1, Ho, Wo) -> (Ho, Wo)
    return image, kernel, answer, divmod(state["position"], answer.shape[1])


def _cells(ax, x, top, side):
    grid = CellGrid(ax, np.zeros((1, 1)), 1.0)
    grid.set_transform(Affine2D().scale(side, -side).translate(x + side / 2, top - side / 2) + ax.transData)
    return grid


def _outline(ax, x, y, side, role):
    return ax.add_patch(Rectangle((x, y), side, side, fill=False, edgecolor=ROLES[role], linewidth=3))


def _heading(ax, x, top, text, role):
    return ax.text(x, top + 0.29, text, color=ROLES[role], fontsize=12, fontweight="bold")


def _numbers(ax, x, top, side, count):
    """Number rows and columns from 0; return what covers the last numbers when the grid is smaller."""
    look = {"color": ROLES["muted"], "fontsize": 9.5, "ha": "center", "va": "center"}
    for i in range(count):
        middle = (i + 0.5) * side
        ax.text(x + middle, top + 0.12, str(i), **look)
        ax.text(x - 0.13, top - middle, str(i), **look)
    spots = [(x + middle, top + 0.12), (x - 0.13, top - middle)]
    covers = [Rectangle((u - 0.1, v - 0.1), 0.2, 0.2, color=ROLES["paper"]) for u, v in spots]
    return [ax.add_patch(cover) for cover in covers]


def _number(value):
    """Return a number as a sentence shows it: whole where it is whole, else two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return ("0" if text in ("-0", "") else text).replace("-", "\u2212")


def _labels(values):
    """Return numbers as narrow cells show them: .25 for a quarter."""
    texts = [[_number(value) for value in row] for row in values.tolist()]
    texts = [[re.sub(r"^(\u2212?)0\.", r"\1.", text) for text in row] for row in texts]
    return np.array(texts, dtype=object)


def _fractions(values, below):
    """Return products with a kernel made of ninths or sixteenths as such."""
    if below == 1:
        return _labels(values)
    texts = [[f"{n:.0f}/{below}" if round(n) else "0" for n in row] for row in (values * below).tolist()]
    return np.array(texts, dtype=object)


def _sum(products, below):
    """Return the nine products written out as a sum."""
    first, *rest = (products * below).ravel().tolist()
    text = _number(first)
    for term in rest:
        text += f" \u2212 {_number(-term)}" if term < 0 else f" + {_number(term)}"
    return text if below == 1 else f"({text}) / {below}"


def _rows(texts):
    return " / ".join(" ".join(row) for row in texts.tolist())
