"""The channel mixer: one filter on a colour photograph, channel by channel, and the sum."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from helpers import datasets, filters
from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import colours, shades
from helpers.drawing.lettering import Lines
from helpers.drawing.places import axes, sheet, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Number, Preset
from helpers.numerals import fixed, general, texts
from helpers.ops.conv import conv2d

CHANNELS = ("red", "green", "blue")
PHOTOS = ["coffee", "astronaut", "cat", "rocket"]
KERNELS = [name for name, values in filters.KERNELS.items() if values.shape == (3, 3)]
# Filters worth seeing: the kernel of all three channels, and each channel's weight.
RECIPES = {
    "Grey": ("identity", 0.3, 0.6, 0.1),
    "Red, not grey": ("gaussian", 1.0, -0.5, -0.5),
    "Edges": ("sobel x", 1.0, 1.0, 1.0),
    "Colour edges": ("sobel x", 1.0, -1.0, 0.0),
}
MAP = 66  # pixels of a map's side; the photograph has one more all round, so that every window is full

# Inches. A map is 198 pixels wide in the picture, so that each of its pixels is three by three.
SIDE, CELL = 198 / 144, 0.42
PHOTO, PLANE, KERNEL, ANSWER, SUM = 0.12, 1.85, 3.53, 5.08, 6.88  # left edges
BOTTOM = (3.76, 2.19, 0.62)  # lower edges of the three rows
MARKED = ("photo", "sum", *(f"{name} {kind}" for name in CHANNELS for kind in ("plane", "answer")))


def _filter(kernel, *weights):
    """The settings of one kernel on all channels, with a weight for each."""
    pairs = zip(CHANNELS, weights, strict=True)
    return {f"{name}_kernel": kernel for name in CHANNELS} | {f"{name}_weight": w for name, w in pairs}


class ChannelMixer(Explorer):
    """Three channels, a kernel and a weight for each, the three answers, and the one map they sum to."""

    title = "Channel mixer"
    caption = (
        "From left to right: the photograph, its channels, a kernel for each, the three answers, and their "
        "sum. Blue is negative, white 0, red positive; the amber frame is the same window everywhere."
    )
    size = (8.4, 5.5)
    inputs = {"photo": Choice("Photograph", PHOTOS)}
    for _name, _weight in zip(CHANNELS, RECIPES["Red, not grey"][1:], strict=True):
        inputs[f"{_name}_kernel"] = Choice(f"Kernel on {_name}", KERNELS, "gaussian")
        inputs[f"{_name}_weight"] = Number(f"times, on {_name}", -2.0, 2.0, _weight, 0.05)
    inputs |= {
        "bias": Number("Bias", -1.0, 1.0, 0.0, 0.05),
        "row": Integer("Marked row", 0, MAP - 1, 53),
        "column": Integer("Marked column", 0, MAP - 1, 52),
    }
    presets = {
        name: Preset(name, f"Set the three channels to the filter {name}", _filter(*recipe) | {"bias": 0.0})
        for name, recipe in RECIPES.items()
    }
    tour = [
        {
            "photo": PHOTOS[:2],
            "red_weight": (0.0, 1.0),
            "green_weight": (-1.0, -0.5, 0.0, 1.0),
            "blue_weight": (-1.0, -0.5, 0.0, 1.0),
            "column": (30, 52),
        },
        *(
            {"photo": PHOTOS} | {name: (value,) for name, value in _filter(*r).items()}
            for r in RECIPES.values()
        ),
        {f"{name}_weight": (0.0,) for name in CHANNELS} | {"photo": PHOTOS[:2], "bias": (0.0, 0.5)},
    ]

    def solve(self, state):
        pairs = {name: (state[f"{name}_weight"], state[f"{name}_kernel"]) for name in CHANNELS}
        kernels = {name: weight * filters.KERNELS[kernel] + 0.0 for name, (weight, kernel) in pairs.items()}
        weight = np.stack(list(kernels.values()))[:, None]
        answers = conv2d(_photo(state["photo"]), weight, groups=3)  # one group a channel: not yet summed
        total = answers.sum(axis=0) + state["bias"]
        high, signed = _scale(np.concatenate([answers.ravel(), total.ravel()]))
        place = (state["row"], state["column"])
        values = map(float, [*answers[:, *place], state["bias"], total[place]])
        terms = dict(zip((*CHANNELS, "bias", "sum"), values, strict=True))
        found = {"kernels": kernels, "answers": answers, "total": total, "high": high, "signed": signed}
        return SimpleNamespace(**state, **found, place=place, terms=terms)

    def start(self, fig, model):
        middle, head = BOTTOM[1], {"ha": "center", "fontweight": "bold"}
        for x, y, words, role in (
            (PHOTO, middle, "Photograph", "input"),
            (PLANE, BOTTOM[0], "Its channels", "input"),
            (ANSWER, BOTTOM[0], "Answers", "output"),
            (SUM, middle, "Their sum + bias", "output"),
        ):
            text(fig, x + SIDE / 2, y + SIDE + 0.12, words, role, **head)
        text(fig, KERNEL + 1.5 * CELL, BOTTOM[0] + SIDE + 0.12, "One filter", "kernel", **head)
        text(fig, SUM + SIDE / 2, middle - 0.1, "in all maps:", "muted", 10, ha="center", va="top")
        wires, muted = sheet(fig, zorder=-1), {"color": ROLES["muted"]}

        def cells(x, y, rows, columns, width, height=None):
            ax = axes(fig, x, y, width, height)
            ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
            return CellGrid(ax)

        artists = {"photo": cells(PHOTO, middle, MAP, MAP, SIDE), "sum": cells(SUM, middle, MAP, MAP, SIDE)}
        for name, y in zip(CHANNELS, BOTTOM, strict=True):
            text(fig, PLANE - 0.1, y + SIDE / 2, name, "muted", 11, rotation=90, ha="center", va="center")
            artists[f"{name} plane"] = cells(PLANE, y, MAP, MAP, SIDE)
            artists[f"{name} answer"] = cells(ANSWER, y, MAP, MAP, SIDE)
            artists[f"{name} kernel"] = cells(KERNEL, y - 0.06, 3, 3, 3 * CELL)
            artists[f"{name} head"] = Lines(
                fig, KERNEL + 1.5 * CELL, y + 3 * CELL, 10, align="center", stand="baseline"
            )
            for x in (PLANE + SIDE, KERNEL + 3 * CELL):
                wires.plot([x + 0.06, x + 0.18], [y + SIDE / 2] * 2, **muted)
            wires.plot([ANSWER + SIDE + 0.06, SUM - 0.06], [y + SIDE / 2, middle + SIDE / 2], **muted)
        for name in MARKED:
            artists[f"{name} mark"] = frame(artists[name].axes, 0, 0, 5, 5, linewidth=2.5, clip_on=False)
        return artists | {
            "scale": Lines(fig, SUM + SIDE / 2, middle - 0.26, 10, "muted", "center"),
            "reckoning": cells(PHOTO, 0.08, 1, 6, self.size[0] - 2 * PHOTO, 0.42),
        }

    def update(self, artists, model):
        limit, high = model.high if model.signed else None, model.high
        planes = _planes(model.photo)
        artists["photo"].set_pixels(planes.transpose(1, 2, 0))  # (3, H, W) -> (H, W, 3)
        for name, plane, answer in zip(CHANNELS, planes, model.answers, strict=True):
            kernel, state = model.kernels[name], vars(model)
            artists[f"{name} plane"].set_pixels(np.repeat(plane[..., None], 3, axis=2))  # (H, W) -> (H, W, 3)
            artists[f"{name} answer"].set_pixels(shades(answer, limit, high))
            artists[f"{name} kernel"].set_cells(kernel, colours(kernel, limit=2.0), texts(kernel))
            weight = general(state[f"{name}_weight"])
            artists[f"{name} head"].set_text(f"{state[f'{name}_kernel']} × {weight}")
        artists["sum"].set_pixels(shades(model.total, limit, high))
        signed = f"blue −{high:g}, white 0,\nred {high:g}"
        artists["scale"].set_text(signed if model.signed else f"black 0,\nwhite {high:g}")
        for name in MARKED:  # the marked window is 3 wide: the outline leaves it a pixel clear
            move(artists[f"{name} mark"], model.row - 2, model.column - 2)
        faces = colours([list(model.terms.values())], limit=high)
        faces = np.concatenate([np.ones((1, 1, 3)), faces], axis=1)  # before them, the place
        labels = [f"at {model.place}", *(f"{name} {fixed(v, 3)}" for name, v in model.terms.items())]
        artists["reckoning"].set_cells(np.zeros((1, 6)), faces, labels)

    def words(self, model):
        state, high = vars(model), model.high
        parts = [f"{c}: {state[f'{c}_kernel']} × {general(state[f'{c}_weight'])}" for c in CHANNELS]
        *terms, (_, here) = model.terms.items()
        terms = " + ".join(f"{name} {fixed(value, 3)}" for name, value in terms)
        signed = f"in blue below 0 and red above, full at ±{high:g}"
        return (
            f"The photograph {model.photo}: {datasets.PHOTOS[model.photo]}. One filter, {', '.join(parts)}. "
            f"At {model.place}: {terms} = {fixed(here, 3)}. "
            f"The sum runs from {fixed(model.total.min(), 3)} to {fixed(model.total.max(), 3)}, "
            f"shown {signed if model.signed else f'in grey up to {high:g}'}."
        )

    def torch_code(self, model):
        return f"torch.nn.Conv2d(3, 1, 3{'' if model.bias else ', bias=False'})"

    def spots(self, artists, model):
        places = spots.readers(MAP, [range(place - 1, place + 2) for place in range(MAP)])
        return [
            spots.plane(artists[name], name.capitalize(), ("row", along), ("column", along))
            for name in MARKED
            for along in [places if name == "photo" or name.endswith("plane") else range(MAP)]
        ]

    def typed(self, artists, model):
        found = []
        for name in CHANNELS:
            given = {f"{name}_weight": vars(model)[f"{name}_weight"]}
            found.append(spots.part(artists[f"{name} kernel"].axes, f"Weight of the kernel on {name}", given))

        def bias(_, column):
            return ("Bias", {"bias": model.bias}) if column == 4 else None

        return found + spots.cells(artists["reckoning"], bias)


@lru_cache
def _photo(name):
    """The photograph (3, H, W) in [0, 1]."""
    return datasets.photo(name, size=MAP + 2)


@lru_cache
def _planes(name):
    """The pixels under the windows' middles, as they are shown: (3, MAP, MAP), uint8."""
    return np.round(255 * _photo(name)[:, 1:-1, 1:-1]).astype(np.uint8)


def _scale(values):
    """What the end of the colour scale means, and whether there are negative numbers."""
    signed = values.min() < -1e-9
    end = np.quantile(np.abs(values), 0.99) if signed else values.max()  # a few strong edges may saturate
    return float(2.0 ** np.ceil(np.log2(max(end, 0.25 if signed else 1.0) - 1e-9))), bool(signed)
