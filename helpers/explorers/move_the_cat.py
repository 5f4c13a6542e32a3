"""Move the cat: one dense unit loses it, one small filter follows it."""

import functools
from types import SimpleNamespace

import numpy as np
from matplotlib.patches import Rectangle

from helpers import datasets
from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import shades
from helpers.drawing.lettering import Lines
from helpers.drawing.places import axes, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer
from helpers.numerals import many, minus
from helpers.ops.conv import conv2d

SCENE, CAT, KERNEL = 64, 32, 9  # sides in pixels
REACH = (SCENE - CAT) // 2  # how far the cat can go from the middle
GROUNDS = ["plain grey", "brick", "grass", "gravel"]
PARTS = {"left eye": (12, 10), "right eye": (13, 26), "nose": (25, 20)}  # centres on the cat (row, column)
LEFT = (0.3, 3.0, 5.7)  # inches: left edges of the three panels
SIDE, BOTTOM = 2.4, 1.65  # inches: side of a panel, and its lower edge


class MoveTheCat(Explorer):
    """The same moving cat, answered by one whole-picture template and by one 9 × 9 filter."""

    title = "Move the cat"
    caption = (
        "Left to right: the picture, the dense unit's template, the filter's map; red is positive, blue "
        "negative. Amber frames: the map's peak and its window. Bars: both answers, full at 100%."
    )
    size = (8.4, 4.7)
    inputs = {
        "dx": Integer("Columns to the right, dx", -REACH, REACH, 0),
        "dy": Integer("Rows down, dy", -REACH, REACH, 0),
        "part": Choice("Filter cut from the", list(PARTS)),
        "ground": Choice("Background", GROUNDS),
    }
    tour = [
        {
            "dx": (-16, -12, -8, -4, 0, 3, 4, 8, 12, 16),
            "dy": (-16, -8, -4, -2, 0, 4, 8, 16),
            "part": list(PARTS),
        },
        {"dx": range(-REACH, REACH + 1), "dy": (-2, 0)},
        {"dx": (-16, -8, 0, 3, 8, 16), "dy": (-16, -2, 0, 16), "ground": GROUNDS[1:]},
    ]

    def solve(self, state):
        picture, template, kernel = _scene(state), _template(), _filter(state["part"])
        answers = conv2d(picture[None], kernel[None, None])[0] / (kernel**2).sum()  # (64, 64) -> (56, 56)
        row, column = np.unravel_index(answers.argmax(), answers.shape)
        return SimpleNamespace(
            **state,
            picture=picture,
            dense=float((picture * template).sum() / (template**2).sum()),  # 1 for a perfect match
            answers=answers,
            best=answers.max(),
            peak=(int(row), int(column)),  # the upper left corner of its window
        )

    def start(self, fig, model):
        panels = [axes(fig, x, BOTTOM, SIDE) for x in LEFT]
        heads = (
            ("The picture", "64 × 64 pixels", "input"),
            ("One dense unit's weights", f"one for each pixel: {SCENE**2:,}", "kernel"),
            ("The map of one filter", f"{KERNEL} × {KERNEL} = {KERNEL**2} weights, slid along", "output"),
        )
        for ax, x, (head, note, role) in zip(panels, LEFT, heads, strict=True):
            ax.set(xlim=(-0.55, SCENE - 0.45), ylim=(SCENE - 0.45, -0.55))
            around = {"fill": False, "edgecolor": ROLES["muted"], "linewidth": 1, "clip_on": False}
            outline = Rectangle((-1, -1), SCENE + 1, SCENE + 1, **around)  # outside, so it hides no pixel
            ax.add_patch(outline)
            text(fig, x + SIDE / 2, 4.42, head, role, ha="center")
            text(fig, x + SIDE / 2, 4.17, note, "muted", 10, ha="center")
        picture, weights, map_ = (CellGrid(ax) for ax in panels)
        weights.set_pixels(shades(_template(), np.abs(_template()).max()))

        bars = axes(fig, 2.05, 0.2, 5.3, 1.1)
        bars.set(xlim=(-0.25, 1.02), ylim=(1.5, -0.5))
        bars.plot([0, 0], [-0.45, 1.45], color=ROLES["muted"], linewidth=1, zorder=0)
        for y, words in enumerate(("Dense unit's answer", "The map's peak")):
            bars.text(-0.27, y, words, ha="right", va="center", fontsize=11)
        artists = {
            "picture": picture,
            "map": map_,
            "window": frame(panels[0], 0, 0, KERNEL, KERNEL, linewidth=2),
            "peak": frame(panels[2], 0, 0, KERNEL, KERNEL, linewidth=2),
        }
        for y, (name, role) in enumerate((("dense", "kernel"), ("conv", "output"))):
            bar = Rectangle((0, y - 0.28), 0, 0.56, facecolor=ROLES[role], edgecolor="none")
            artists[f"{name} bar"] = bars.add_patch(bar)
            artists[f"{name} number"] = Lines(
                fig, *bars.transData.transform((1.05, y)) / fig.dpi, stand="middle"
            )
        return artists

    def update(self, artists, model):
        artists["picture"].set_pixels(shades(model.picture))
        # A window's value is drawn at the window's centre.
        artists["map"].set_pixels(shades(model.answers, 1.0), (KERNEL // 2, KERNEL // 2))
        for name in ("window", "peak"):
            move(artists[name], *model.peak)
        for name, value in (("dense", model.dense), ("conv", model.best)):
            artists[f"{name} bar"].set_width(value)
            artists[f"{name} number"].set_text(minus(f"{value:.0%}"))

    def words(self, model):
        (row, column), corner = model.peak, _home(model.part)
        ground = {"brick": "a brick wall"}.get(model.ground, model.ground)
        text = (
            f"The cat is {_place(model.dx, model.dy)} on {ground}. "
            f"The dense unit, a template of the whole picture with the cat in the middle, gives "
            f"{minus(f'{model.dense:.0%}')} of its full answer. "
            f"The map of the filter cut from the cat's {model.part} has its peak, "
            f"{minus(f'{model.best:.0%}')}, at the window whose upper left corner is ({row}, {column})"
        )
        found = (row - model.dy, column - model.dx) == corner
        return text + (f": {corner} when the cat is in the middle." if found else ", off the cat.")

    def torch_code(self, model):
        return f"torch.nn.Linear({SCENE * SCENE}, 1), torch.nn.Conv2d(1, 1, {KERNEL})"

    def spots(self, artists, model):
        way = np.clip(np.arange(SCENE) - SCENE // 2, -REACH, REACH).tolist()  # the cat's middle goes there
        return [spots.plane(artists["picture"], "Move the cat to pixel", ("dy", way), ("dx", way))]


@functools.cache
def _cat():
    return datasets.photo("cat", size=CAT, grey=True)


@functools.cache
def _ground_picture(name):
    if name == "plain grey":
        return np.full((SCENE, SCENE), _cat().mean())
    return datasets.photo(name, size=SCENE, grey=True)


def _scene(state):
    """Return the picture (64, 64): the cat laid on the background, moved from the middle."""
    picture = _ground_picture(state["ground"]).copy()
    row, column = REACH + state["dy"], REACH + state["dx"]
    picture[row : row + CAT, column : column + CAT] = _cat()
    return picture


@functools.cache
def _template():
    """Return the dense unit's weights (64, 64): the cat in the middle of plain grey, less the grey."""
    return _scene({"ground": "plain grey", "dx": 0, "dy": 0}) - _cat().mean()


@functools.cache
def _filter(part):
    """Return the kernel (9, 9) cut from the cat around a part, less its mean."""
    row, column = (centre - KERNEL // 2 for centre in PARTS[part])
    kernel = _cat()[row : row + KERNEL, column : column + KERNEL]
    return kernel - kernel.mean()


def _home(part):
    """Return the corner of the window on a part of the cat in the middle."""
    row, column = (REACH + centre - KERNEL // 2 for centre in PARTS[part])
    return row, column


def _place(dx, dy):
    moves = []
    for steps, noun, ways in ((dx, "column", ("left", "right")), (dy, "row", ("up", "down"))):
        if steps:
            moves.append(f"{many(abs(steps), noun)} {ways[steps > 0]}")
    return f"moved {' and '.join(moves)} from the middle" if moves else "in the middle"
