"""Move the cat: one dense unit loses it, one small filter follows it."""

import functools

import numpy as np
from matplotlib.patches import Rectangle

from helpers import datasets
from helpers.drawing.cells import bare, frame, move
from helpers.drawing.style import DIVERGING, ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer
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
    size = (8.4, 4.7)
    layout = "none"
    inputs = {
        "dx": Integer("Columns to the right, dx", -REACH, REACH, 0),
        "dy": Integer("Rows down, dy", -REACH, REACH, 0),
        "part": Choice("Filter cut from the", list(PARTS)),
        "ground": Choice("Background", GROUNDS),
    }

    def start(self, fig, state):
        width, height = self.size
        panels = [fig.add_axes([x / width, BOTTOM / height, SIDE / width, SIDE / height]) for x in LEFT]
        heads = (
            ("The picture", "64 × 64 pixels", "input"),
            ("One dense unit's weights", f"one for each pixel: {SCENE**2:,}", "kernel"),
            ("The map of one filter", f"{KERNEL} × {KERNEL} = {KERNEL**2} weights, slid along", "output"),
        )
        for ax, x, (head, note, role) in zip(panels, LEFT, heads, strict=True):
            bare(ax, SCENE, SCENE)
            around = {"fill": False, "edgecolor": ROLES["muted"], "linewidth": 1, "clip_on": False}
            outline = Rectangle((-1, -1), SCENE + 1, SCENE + 1, **around)  # outside, so it hides no pixel
            ax.add_patch(outline)
            middle = (x + SIDE / 2) / width
            fig.text(middle, 4.42 / height, head, ha="center", color=ROLES[role], fontsize=12)
            fig.text(middle, 4.17 / height, note, ha="center", color=ROLES["muted"], fontsize=10)
        template = _template()
        limit = np.abs(template).max()
        panels[1].imshow(template, cmap=DIVERGING, vmin=-limit, vmax=limit, zorder=0)

        bars = fig.add_axes([2.05 / width, 0.2 / height, 5.3 / width, 1.1 / height])
        bars.set(xlim=(-0.25, 1.02), ylim=(1.5, -0.5))
        bars.axis("off")
        bars.plot([0, 0], [-0.45, 1.45], color=ROLES["muted"], linewidth=1, zorder=0)
        for y, text in enumerate(("Dense unit's answer", "The map's peak")):
            bars.text(-0.27, y, text, ha="right", va="center", fontsize=11)
        half = KERNEL // 2
        edges = (half - 0.5, SCENE - half - 0.5)  # a window's value is drawn at the window's centre
        grey = {"cmap": "gray", "vmin": 0, "vmax": 1, "zorder": 0}
        signed = {"cmap": DIVERGING, "vmin": -1, "vmax": 1, "zorder": 0, "extent": (*edges, *edges[::-1])}
        artists = {
            "picture": panels[0].imshow(np.zeros((SCENE, SCENE)), **grey),
            "map": panels[2].imshow(np.zeros((SCENE - KERNEL + 1,) * 2), **signed),
            "window": frame(panels[0], 0, 0, KERNEL, KERNEL, linewidth=2),
            "peak": frame(panels[2], 0, 0, KERNEL, KERNEL, linewidth=2),
        }
        for y, (name, role) in enumerate((("dense", "kernel"), ("conv", "output"))):
            bar = Rectangle((0, y - 0.28), 0, 0.56, facecolor=ROLES[role], edgecolor="none")
            artists[f"{name} bar"] = bars.add_patch(bar)
            artists[f"{name} number"] = bars.text(1.05, y, "", va="center", fontsize=12)
        for name in ("picture", "map"):  # set limits once more: imshow fits the axes to the image
            bare(artists[name].axes, SCENE, SCENE)
        return artists

    def update(self, artists, state):
        picture, dense, answers = _case(state)
        artists["picture"].set_data(picture)
        artists["map"].set_data(answers)
        for name in ("window", "peak"):
            move(artists[name], *_peak(answers))
        for name, value in (("dense", dense), ("conv", answers.max())):
            artists[f"{name} bar"].set_width(value)
            artists[f"{name} number"].set_text(_percent(value))

    def words(self, state):
        _, dense, answers = _case(state)
        row, column = _peak(answers)
        text = f"The cat is {_place(state['dx'], state['dy'])} on {_ground(state['ground'])}. "
        text += (
            f"The dense unit, a template of the whole picture with the cat in the middle, gives "
            f"{_percent(dense)} of its full answer. "
            f"The map of the filter cut from the cat's {state['part']} has its peak, "
            f"{_percent(answers.max())}, at the window whose upper left corner is ({row}, {column})"
        )
        corner = _home(state["part"])
        found = (row - state["dy"], column - state["dx"]) == corner
        return text + (
            f": ({corner[0]}, {corner[1]}) when the cat is in the middle." if found else ", off the cat."
        )

    def torch_code(self, state):
        return f"torch.nn.Linear({SCENE * SCENE}, 1), torch.nn.Conv2d(1, 1, {KERNEL})"


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


def _case(state):
    """Return the picture, the dense answer and the filter's map, both 1 for a perfect match."""
    picture, template, kernel = _scene(state), _template(), _filter(state["part"])
    dense = float((picture * template).sum() / (template**2).sum())
    answers = conv2d(picture[None], kernel[None, None])[0] / (kernel**2).sum()  # (64, 64) -> (56, 56)
    return picture, dense, answers


def _peak(answers):
    """Return (row, column) of the largest answer: the upper left corner of its window."""
    row, column = np.unravel_index(answers.argmax(), answers.shape)
    return int(row), int(column)


def _home(part):
    """Return the corner of the window on a part of the cat in the middle."""
    row, column = (REACH + centre - KERNEL // 2 for centre in PARTS[part])
    return row, column


def _percent(value):
    text = f"{value:.0%}"
    return "0%" if text == "-0%" else text.replace("-", "\u2212")


def _place(dx, dy):
    moves = []
    for steps, noun, ways in ((dx, "column", ("left", "right")), (dy, "row", ("up", "down"))):
        if steps:
            plural = "" if abs(steps) == 1 else "s"
            moves.append(f"{abs(steps)} {noun}{plural} {ways[steps > 0]}")
    return f"moved {' and '.join(moves)} from the middle" if moves else "in the middle"


def _ground(name):
    return {"brick": "a brick wall"}.get(name, name)
