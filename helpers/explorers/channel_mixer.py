"""The channel mixer: one filter on a colour photograph, channel by channel, and the sum."""

import re
from functools import lru_cache

import ipywidgets as widgets
import matplotlib
import numpy as np
from matplotlib.artist import Artist

from helpers import datasets, filters
from helpers.drawing.cells import CellGrid, bare, colours, frame, move
from helpers.drawing.style import DIVERGING, ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Number
from helpers.ops.conv import conv2d

CHANNELS = ("red", "green", "blue")
PHOTOS = ["coffee", "astronaut", "cat", "rocket"]
KERNELS = [name for name, values in filters.KERNELS.items() if values.shape == (3, 3)]
# Filters worth seeing: the kernel of all three channels, and each channel's weight.
RECIPES = {
    "Grey": ("identity", (0.3, 0.6, 0.1)),
    "Red, not grey": ("gaussian", (1.0, -0.5, -0.5)),
    "Edges": ("sobel x", (1.0, 1.0, 1.0)),
    "Colour edges": ("sobel x", (1.0, -1.0, 0.0)),
}
MAP = 66  # pixels of a map's side; the photograph has one more all round, so that every window is full

# Inches. A map is 198 pixels wide in the picture, so that each of its pixels is three by three.
SIDE, CELL = 198 / 144, 0.42
PHOTO, PLANE, KERNEL, ANSWER, SUM = 0.12, 1.85, 3.53, 5.08, 6.88  # left edges
BOTTOM = (3.76, 2.19, 0.62)  # lower edges of the three rows


class Pixels(Artist):
    """A small picture that fills its axes, its pixels enlarged: a third of the time that imshow takes."""

    def __init__(self, ax):
        super().__init__()
        bare(ax).set(xlim=(-0.5, MAP - 0.5), ylim=(MAP - 0.5, -0.5))
        ax.add_artist(self)
        self.set_pixels(np.zeros((1, 1, 3), np.uint8))

    def set_pixels(self, pixels):
        """Show ``pixels``, (rows, columns, 3) uint8, the first row at the top."""
        self.pixels = pixels
        self.stale = True

    def draw(self, renderer):
        (x0, y0), (x1, y1) = np.round(self.axes.bbox.get_points()).astype(int)
        rows = np.arange(y1 - y0)[::-1] * len(self.pixels) // (y1 - y0)  # the renderer begins at the bottom
        columns = np.arange(x1 - x0) * self.pixels.shape[1] // (x1 - x0)
        raster = np.full((len(rows), len(columns), 4), 255, np.uint8)
        raster[..., :3] = self.pixels[rows][:, columns]
        context = renderer.new_gc()
        renderer.draw_image(context, x0, y0, raster)
        context.restore()


class ChannelMixer(Explorer):
    """Three channels, a kernel and a weight for each, the three answers, and the one map they sum to."""

    title = "Channel mixer"
    size = (8.4, 5.5)
    layout = "none"
    inputs = {"photo": Choice("Photograph", PHOTOS)}
    for _name, _weight in zip(CHANNELS, RECIPES["Red, not grey"][1], strict=True):
        inputs[f"{_name}_kernel"] = Choice(f"Kernel on {_name}", KERNELS, "gaussian")
        inputs[f"{_name}_weight"] = Number(f"times, on {_name}", -2.0, 2.0, _weight, 0.05)
    inputs |= {
        "bias": Number("Bias", -1.0, 1.0, 0.0, 0.05),
        "row": Integer("Marked row", 0, MAP - 1, 53),
        "column": Integer("Marked column", 0, MAP - 1, 52),
    }

    def actions(self):
        buttons = {}
        for name, (kernel, weights) in RECIPES.items():
            button = widgets.Button(description=name, tooltip=f"Set the three channels to the filter {name}")
            recipe = {"bias": 0.0}
            for channel, weight in zip(CHANNELS, weights, strict=True):
                recipe |= {f"{channel}_kernel": kernel, f"{channel}_weight": weight}
            button.on_click(lambda _, recipe=recipe: self.set(**recipe))
            buttons[name] = button
        return buttons

    def start(self, fig, state):
        width, height = self.size

        def axes(x, y, side):
            return fig.add_axes([x / width, y / height, side / width, side / height])

        def text(x, y, words="", role="ink", size=12, **look):
            return fig.text(x / width, y / height, words, color=ROLES[role], fontsize=size, **look)

        middle, head = BOTTOM[1], {"ha": "center", "fontweight": "bold"}
        for x, y, words, role in (
            (PHOTO, middle, "Photograph", "input"),
            (PLANE, BOTTOM[0], "Its channels", "input"),
            (ANSWER, BOTTOM[0], "Answers", "output"),
            (SUM, middle, "Their sum + bias", "output"),
        ):
            text(x + SIDE / 2, y + SIDE + 0.12, words, role, **head)
        text(KERNEL + 1.5 * CELL, BOTTOM[0] + SIDE + 0.12, "One filter", "kernel", **head)
        text(SUM + SIDE / 2, middle - 0.1, "in all maps:", "muted", 10, ha="center", va="top")
        wires = fig.add_axes([0, 0, 1, 1], zorder=-1)
        wires.set(xlim=(0, width), ylim=(0, height))
        wires.axis("off")

        reckoning = fig.add_axes([PHOTO / width, 0.08 / height, 1 - 2 * PHOTO / width, 0.42 / height])
        reckoning.set(xlim=(-0.5, 5.5), ylim=(0.5, -0.5))
        reckoning.axis("off")
        artists = {"photo": Pixels(axes(PHOTO, middle, SIDE)), "sum": Pixels(axes(SUM, middle, SIDE))}
        for name, y in zip(CHANNELS, BOTTOM, strict=True):
            text(PLANE - 0.1, y + SIDE / 2, name, "muted", 11, rotation=90, ha="center", va="center")
            artists[f"{name} plane"] = Pixels(axes(PLANE, y, SIDE))
            artists[f"{name} answer"] = Pixels(axes(ANSWER, y, SIDE))
            kernel = axes(KERNEL, y - 0.06, 3 * CELL)
            bare(kernel).set(xlim=(-0.5, 2.5), ylim=(2.5, -0.5))
            artists[f"{name} kernel"] = CellGrid(kernel, np.zeros((3, 3)), 1.0)
            artists[f"{name} head"] = text(KERNEL + 1.5 * CELL, y + 3 * CELL, "", size=10, ha="center")
            for x in (PLANE + SIDE, KERNEL + 3 * CELL):
                wires.plot([x + 0.06, x + 0.18], [y + SIDE / 2] * 2, color=ROLES["muted"])
            bend = [ANSWER + SIDE + 0.06, SUM - 0.06], [y + SIDE / 2, middle + SIDE / 2]
            wires.plot(*bend, color=ROLES["muted"])
        marked = ("photo", "sum", *(f"{name} {kind}" for name in CHANNELS for kind in ("plane", "answer")))
        for name in marked:
            artists[f"{name} mark"] = frame(artists[name].axes, 0, 0, 5, 5, linewidth=2.5, clip_on=False)
        return artists | {
            "scale": text(SUM + SIDE / 2, middle - 0.26, "", "muted", 10, ha="center", va="top"),
            "reckoning": CellGrid(reckoning, np.zeros((1, 6)), 1.0),
        }

    def update(self, artists, state):
        answers, total = _case(state)
        low, high = _scale(answers, total)
        planes = _planes(state["photo"])
        artists["photo"].set_pixels(planes.transpose(1, 2, 0))  # (3, H, W) -> (H, W, 3)
        for name, plane, answer in zip(CHANNELS, planes, answers, strict=True):
            kernel = _kernel(state, name)
            artists[f"{name} plane"].set_pixels(np.repeat(plane[..., None], 3, axis=2))  # (H, W) -> (H, W, 3)
            artists[f"{name} answer"].set_pixels(_paint(answer, low, high))
            artists[f"{name} kernel"].set_cells(kernel, colours(kernel, limit=2.0), _short(kernel))
            weight = f"{state[f'{name}_weight']:g}".replace("-", "−")
            artists[f"{name} head"].set_text(f"{state[f'{name}_kernel']} × {weight}")
        artists["sum"].set_pixels(_paint(total, low, high))
        ends = f"blue −{high:g}, white 0,\nred {high:g}" if low < 0 else f"black 0,\nwhite {high:g}"
        artists["scale"].set_text(ends)
        for name, artist in artists.items():
            if name.endswith("mark"):  # the marked window is 3 wide: the outline leaves it a pixel clear
                move(artist, state["row"] - 2, state["column"] - 2)
        terms = _terms(state, answers, total)
        faces = colours([list(terms.values())], limit=high)
        faces = np.concatenate([np.ones((1, 1, 3)), faces], axis=1)  # before them, the place
        labels = [f"at {_place(state)}", *(f"{name} {_number(value)}" for name, value in terms.items())]
        artists["reckoning"].set_cells(np.zeros((1, 6)), faces, labels)

    def words(self, state):
        answers, total = _case(state)
        low, high = _scale(answers, total)
        photo = state["photo"]
        parts = [f"{name}: {state[f'{name}_kernel']} × {state[f'{name}_weight']:g}" for name in CHANNELS]
        *terms, (_, here) = _terms(state, answers, total).items()
        terms = " + ".join(f"{name} {_number(value)}" for name, value in terms)
        look = f"in blue below 0 and red above, full at ±{high:g}" if low < 0 else f"in grey up to {high:g}"
        return (
            f"The photograph {photo}: {datasets.PHOTOS[photo]}. One filter, {', '.join(parts)}. "
            f"At {_place(state)}: {terms} = {_number(here)}. "
            f"The sum runs from {_number(total.min())} to {_number(total.max())}, shown {look}."
        ).replace("-", "−")

    def torch_code(self, state):
        return f"torch.nn.Conv2d(3, 1, 3{'' if state['bias'] else ', bias=False'})"


@lru_cache
def _photo(name):
    """The photograph (3, H, W) in [0, 1]."""
    return datasets.photo(name, size=MAP + 2)


@lru_cache
def _planes(name):
    """The pixels under the windows' middles, as they are shown: (3, MAP, MAP), uint8."""
    return np.round(255 * _photo(name)[:, 1:-1, 1:-1]).astype(np.uint8)


def _kernel(state, channel):
    """A channel's kernel times its weight, (3, 3)."""
    return state[f"{channel}_weight"] * filters.KERNELS[state[f"{channel}_kernel"]] + 0.0  # no −0


def _case(state):
    """Each channel's answer to its own kernel, (3, MAP, MAP), and their sum plus the bias, (MAP, MAP)."""
    weight = np.stack([_kernel(state, name) for name in CHANNELS])
    answers = conv2d(_photo(state["photo"]), weight[:, None], groups=3)  # one group a channel: not yet summed
    return answers, answers.sum(axis=0) + state["bias"]


def _scale(answers, total):
    """What the ends of the colour scale mean, (low, high): low is 0 where no number is negative."""
    values = np.concatenate([answers.ravel(), total.ravel()])
    signed = values.min() < -1e-9
    end = np.quantile(np.abs(values), 0.99) if signed else values.max()  # a few strong edges may saturate
    high = float(2.0 ** np.ceil(np.log2(max(end, 0.25 if signed else 1.0) - 1e-9)))
    return (-high if signed else 0.0), high


@lru_cache
def _table(name):
    """A colour map's 256 colours, uint8."""
    return np.round(255 * matplotlib.colormaps[name](np.arange(256))[:, :3]).astype(np.uint8)


def _paint(values, low, high):
    """The map's colours (H, W, 3), uint8: much faster than matplotlib's own way."""
    steps = np.clip((values - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    return _table(DIVERGING if low < 0 else "gray")[steps]


def _place(state):
    return state["row"], state["column"]


def _terms(state, answers, total):
    """What is added up at the marked place, and the sum, by name."""
    values = [*answers[:, *_place(state)], state["bias"], total[_place(state)]]
    return dict(zip((*CHANNELS, "bias", "sum"), map(float, values), strict=True))


def _number(value):
    text = f"{value:.3f}"
    return ("0.000" if text == "-0.000" else text).replace("-", "−")


def _short(values):
    """Numbers as narrow cells show them: −.5 for a negative half."""
    texts = [re.sub(r"\.?0+$", "", f"{value:.2f}") for value in values.ravel().tolist()]
    texts = [re.sub(r"^(-?)0\.", r"\1.", text).replace("-", "−") for text in texts]
    return np.array([text if text not in ("", "−") else "0" for text in texts], object).reshape(values.shape)
