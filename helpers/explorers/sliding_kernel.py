"""The sliding kernel: nine products and one sum at every stop of the window."""

import textwrap
from types import SimpleNamespace

import numpy as np
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from helpers import filters
from helpers.drawing.cells import CellGrid
from helpers.drawing.colours import LIFT, colours
from helpers.drawing.lettering import Lines
from helpers.drawing.places import sheet
from helpers.drawing.style import ROLES, SEQUENTIAL
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle
from helpers.numerals import label, rows, texts
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
    caption = (
        "The amber frame is the window: its nine numbers times the kernel's make nine products, and their "
        "sum is the framed output. Red is positive, blue negative; striped cells were set to 0 by ReLU."
    )
    size = (8.4, 5.3)
    inputs = {
        "kernel": Choice("Kernel", list(KERNELS), "sobel x"),
        "image": Choice("Image", list(filters.PATTERNS)),
        "size": Integer("Input size", 7, 8, 8),
        "position": Integer("Position", 0, 35, 0),
        "predict": Toggle("Predict first"),
    }
    player = "position"
    tour = {name: spec.values() for name, spec in inputs.items()}

    def limits(self, state):
        return {"position": (state["size"] - 2) ** 2 - 1}

    def solve(self, state):
        image, weights = filters.pattern(state["image"], state["size"]), KERNELS[state["kernel"]]
        answer = conv2d(image[None], weights[None, None])[0]  # (H, W) -> (1, H, W) -> (1, Ho, Wo) -> (Ho, Wo)
        row, column = divmod(state["position"], len(answer))
        window = image[row : row + 3, column : column + 3]
        return SimpleNamespace(
            **state,
            pixels=image,
            weights=weights,
            below=BELOW[state["kernel"]],
            answer=answer,
            row=row,
            column=column,
            window=window,
            products=window * weights,
            result=label(answer[row, column]),
            after=label(max(answer[row, column], 0)),
        )

    def start(self, fig, model):
        ax = sheet(fig)
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
            "name": Lines(fig, KERNEL, UPPER + 0.29, 12, "kernel", stand="baseline", bold=True),
            "sum": Lines(fig, WINDOW, UPPER - SIDE - 0.36, stand="middle"),
            "where": Lines(fig, INPUT, 1.0, 12, "muted", stand="middle"),
            "result": Lines(fig, INPUT, 0.51, 15, "output", stand="middle"),
        }

    def update(self, artists, model):
        image, answer, row, column, below = model.pixels, model.answer, model.row, model.column, model.below
        strongest = np.abs(model.weights).max()
        bright = {"cmap": SEQUENTIAL, "low": -LIFT * image.max(), "high": image.max()}
        artists["input"].set_cells(image, colours(image, **bright), texts(image))
        artists["window"].set_cells(model.window, colours(model.window, **bright), texts(model.window))
        faces = colours(model.weights, limit=strongest)
        artists["kernel"].set_cells(model.weights, faces, _fractions(model.weights, below))
        faces = colours(model.products, limit=strongest * image.max())
        artists["products"].set_cells(model.products, faces, _fractions(model.products, below))

        step = np.arange(answer.size).reshape(answer.shape)
        known = step < model.position + (not model.predict)
        for name, values in (("output", answer), ("relu", np.maximum(answer, 0))):
            faces = colours(np.where(known, values, np.nan), limit=np.abs(answer).max() or 1.0)
            shown = np.where(known, texts(values), "")
            if model.predict:
                shown[row, column] = "?"
            clipped = known & (answer < 0) & (name == "relu")
            artists[name].set_cells(values, faces, shown, clipped)

        x, y = INPUT + column * CELL, UPPER - row * CELL
        artists["place"].set_xy((x, y - SIDE))
        near, far = x + SIDE, WINDOW
        artists["cone"].set_xy([(near, y), (far, UPPER), (far, UPPER - SIDE), (near, y - SIDE)])
        for name, left in (("output here", OUTPUT), ("relu here", RELU)):
            artists[name].set_xy((left + column * SMALL, LOWER - (row + 1) * SMALL))
        for name, artist in artists.items():
            if name.startswith("cover"):
                artist.set_visible(model.size == 7)

        result, after = ("?", "?") if model.predict else (model.result, model.after)
        artists["name"].set_text(model.kernel.capitalize())
        artists["sum"].set_text(textwrap.fill(f"{_sum(model.products, below)} = {result}", 52))
        artists["where"].set_text(f"Step {model.position + 1} of {answer.size}: row {row}, column {column}")
        artists["result"].set_text(f"Output ({row}, {column}) = {result}\nReLU: max(0, {result}) = {after}")

    def words(self, model):
        row, column = model.row, model.column
        text = (
            f"The {model.kernel} kernel on the image {model.image}, {model.size} × {model.size}. "
            f"Step {model.position + 1} of {model.answer.size}: the window begins at row {row}, column "
            f"{column} and holds {rows(texts(model.window))}. "
        )
        if model.predict:
            numbers = rows(_fractions(model.weights, model.below))
            return text + f"The kernel is {numbers}. What is the sum of the nine products?"
        return text + (
            f"The nine products with the kernel are {rows(_fractions(model.products, model.below))}. "
            f"Their sum, {model.result}, is output ({row}, {column}); after ReLU it is {model.after}."
        )

    def torch_code(self, model):
        return "torch.relu(torch.nn.functional.conv2d(image[None, None], kernel[None, None]))"

    def spots(self, artists, model):
        side = len(model.answer)
        reading = spots.readers(model.size, [range(place, place + 3) for place in range(side)])

        def setting(row, column):
            return {"position": row * side + column}

        def pixel(row, column):
            words, settings = spots.read_by(reading[row], reading[column], setting)
            return f"Input ({row}, {column}){words}", settings

        def output(row, column):
            return f"Output ({row}, {column})", setting(row, column)

        grids = (("input", pixel), ("output", output), ("relu", output))
        return [spot for name, meaning in grids for spot in spots.cells(artists[name], meaning)]


def _cells(ax, x, top, side):
    grid = CellGrid(ax)
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


def _fractions(values, below):
    """Return products with a kernel made of ninths or sixteenths as such."""
    if below == 1:
        return texts(values)
    shown = [[f"{n:.0f}/{below}" if round(n) else "0" for n in row] for row in (values * below).tolist()]
    return np.array(shown, dtype=object)


def _sum(products, below):
    """Return the nine products written out as a sum."""
    first, *rest = (products * below).ravel().tolist()
    text = label(first)
    for term in rest:
        text += f" \u2212 {label(-term)}" if term < 0 else f" + {label(term)}"
    return text if below == 1 else f"({text}) / {below}"
