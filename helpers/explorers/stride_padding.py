"""Stride and padding: where the windows land, what they miss, and the formula that counts them."""

import textwrap
from types import SimpleNamespace

import numpy as np

from helpers.drawing.cells import CellGrid, frame, move
from helpers.drawing.colours import tint
from helpers.drawing.lettering import Lines
from helpers.drawing.places import axes, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.contract import saying
from helpers.explorers.parts.controls import Integer, Toggle
from helpers.numerals import many
from helpers.ops.shapes import conv_output_size

ASKED = ("size", "kernel", "padding", "stride", "dilation")  # what the question is about


class StridePadding(Explorer):
    """The padded input, every window on it, the pixels no window covers, and the output size."""

    title = "Stride and padding"
    caption = (
        "Blue is the input, grey its padding, orange the marked window. A dot is the first tap of a window; "
        "striped pixels are covered by none. On the right the same along one axis, a row for each window."
    )
    size = (8.4, 5.2)
    inputs = {
        "size": Integer("Input size W", 1, 14, 7),
        "kernel": Integer("Kernel size K", 1, 7, 3),
        "padding": Integer("Padding P", 0, 4, 1),
        "stride": Integer("Stride S", 1, 5, 2),
        "dilation": Integer("Dilation D", 1, 3, 1),
        "window": Integer("Window", 0, 500, 0),
        "predict": Toggle("Predict first"),
        "guess": Integer("Your O (0: no guess yet)", 0, 30, 0),
    }
    player = "window"
    tour = [
        {
            "size": range(1, 13),
            "kernel": range(1, 8),
            "padding": range(5),
            "stride": range(1, 5),
            "dilation": (1, 2),
            "window": range(400),
        },
        {"size": (8,), "kernel": (3,), "padding": (0,), "stride": (5,), "window": range(400)},
        {
            "size": (14,),
            "kernel": (7,),
            "padding": range(5),
            "stride": (1, 2),
            "dilation": (3,),
            "window": range(400),
        },
        {
            "size": range(5, 10),
            "kernel": (2, 3, 5),
            "padding": (0, 1),
            "stride": (1, 2, 3),
            "dilation": (1, 2),
            "predict": (True,),
            "guess": range(12),
        },
    ]

    def limits(self, state):
        return {"window": _output_size(state) ** 2 - 1}

    def settled(self, state, changed=frozenset()):
        if changed & set(ASKED) and "guess" not in changed:  # a new question
            state = state | {"guess": 0}
        return super().settled(state, changed)

    def solve(self, state):
        with saying("No output."):
            output = _output_size(state)
        size, padding = state["size"], state["padding"]
        padded, taps = size + 2 * padding, np.arange(state["kernel"]) * state["dilation"]
        starts = np.arange(output) * state["stride"]  # in padded coordinates
        missed, inside = np.ones(padded, bool), np.zeros(padded, bool)
        missed[(starts[:, None] + taps).ravel()] = False
        inside[padding : padding + size] = True
        row, column = divmod(state["window"], output)
        return SimpleNamespace(
            **state,
            output=output,
            padded=padded,
            taps=taps,
            span=int(taps[-1]) + 1,
            starts=starts,
            missed=missed,
            inside=inside,
            row=row,
            column=column,
            hidden=state["predict"] and not state["guess"],
        )

    def start(self, fig, model):
        plane, axis = axes(fig, 0.1, 0.35, 4.4), axes(fig, 4.7, 0.35, 3.6, 2.85)
        note = "dot: first tap of a window; stripes: covered by no window"
        text(fig, 2.3, 0.156, note, "muted", 10, ha="center")
        return {
            "plane": CellGrid(plane),
            "axis": CellGrid(axis, fontsize=9),
            "window": frame(plane, 0, 0, 1, 1),
            "corners": plane.plot([], [], "o", color=ROLES["kernel"], markersize=4.5)[0],
            "plane title": Lines(fig, 2.3, 4.992, align="center", stand="middle"),
            "axis title": Lines(fig, 4.75, 3.4, stand="middle"),
            "formula": Lines(fig, 4.75, 5.1),
        }

    def update(self, artists, model):
        size, padding, padded, output = model.size, model.padding, model.padded, model.output
        starts, taps, inside, missed = model.starts, model.taps, model.inside, model.missed
        faces = np.where(np.outer(inside, inside)[..., None], tint("input", 0.35), tint("padding", 0.35))
        touched = np.ix_(starts[model.row] + taps, starts[model.column] + taps)
        faces[touched] = np.where(
            np.outer(inside, inside)[touched][..., None], tint("window", 0.75), tint("window", 0.4)
        )
        hatch = np.add.outer(missed, missed) & (not model.hidden)
        blank = np.full((padded, padded), "", dtype=object)
        artists["plane"].set_cells(np.zeros((padded, padded)), faces, blank, hatch)
        artists["plane"].axes.set(xlim=(-0.5, padded - 0.5), ylim=(padded - 0.5, -0.5))
        move(artists["window"], starts[model.row], starts[model.column], model.span, model.span)
        y, x = np.meshgrid(starts, starts, indexing="ij")
        artists["corners"].set_data(x.ravel(), y.ravel())
        artists["corners"].set_visible(not model.hidden)

        # One axis: the padded row on top, below it one row per window with its taps.
        rows = 1 + (0 if model.hidden else output)
        bars = np.ones((rows, padded, 3))
        bars[0] = np.where(inside[:, None], tint("input", 0.35), tint("padding", 0.35))
        names = np.full((rows, padded), "", dtype=object)
        names[0] = [str(i) if 0 <= i < size else "" for i in range(-padding, size + padding)]
        striped = np.zeros((rows, padded), bool)
        striped[0] = missed & (not model.hidden)
        for i in range(rows - 1):
            bars[1 + i, starts[i] + taps] = tint("window", 0.75 if i == model.column else 0.4)
        artists["axis"].set_cells(np.zeros((rows, padded)), bars, names, striped)
        shown = max(padded, rows * 3.6 / 2.85)
        artists["axis"].axes.set(xlim=(-0.5, shown - 0.5), ylim=(shown * 2.85 / 3.6 - 0.5, -0.5))

        artists["plane title"].set_text(f"Padded input {padded} × {padded}")
        windows = "how many windows?" if model.hidden else many(output, "window")
        artists["axis title"].set_text(f"Along one axis: {windows}")
        artists["formula"].set_text(_formula(model))

    def words(self, model):
        text = f"Input {model.size} × {model.size}, {_setting(model)}."
        if model.hidden:
            return text + " How many windows fit along one axis? Set your O."
        if model.predict:
            text += " " + _verdict(model)
        first = [i * model.stride - model.padding for i in (model.row, model.column)]
        text += (
            f" {many(model.output, 'window')} along each axis, so the output is "
            f"{model.output} × {model.output}. The marked window makes output ({model.row}, {model.column}) "
            f"and begins at input ({first[0]}, {first[1]})."
        )
        missed = np.flatnonzero(model.missed[model.inside])
        if missed.size:
            return text + f" No window covers rows and columns {', '.join(map(str, missed))}."
        return text + " Every row and column of the input is covered."

    def torch_code(self, model):
        options = {"stride": model.stride, "padding": model.padding, "dilation": model.dilation}
        chosen = "".join(
            f", {name}={value}" for name, value in options.items() if value != (name != "padding")
        )
        return f"torch.nn.Conv2d(1, 1, {model.kernel}{chosen})"

    def spots(self, artists, model):
        if model.hidden:  # they would give the answer away
            return []
        reading = [[i for i, start in enumerate(model.starts) if at - start in model.taps]
                   for at in range(model.padded)]  # fmt: skip

        def pixel(row, column):
            found = [{"window": i * model.output + j} for i in reading[row] for j in reading[column]]
            what = "Input" if model.inside[row] and model.inside[column] else "Padding"
            place = f"({row - model.padding}, {column - model.padding})"
            return f"{what} {place}, read by {many(len(found), 'window')}", found or {}

        def window(row, column):
            if row == 0 or column - model.starts[row - 1] not in model.taps:
                return None
            return f"Window {row - 1} along the axis", {"window": model.row * model.output + row - 1}

        return spots.cells(artists["plane"], pixel) + spots.cells(artists["axis"], window)


def _output_size(state):
    return conv_output_size(*(state[name] for name in ("size", "kernel", "stride", "padding", "dilation")))


def _setting(model):
    text = f"kernel {model.kernel} × {model.kernel}, padding {model.padding}, stride {model.stride}"
    if model.dilation > 1:
        text += f", dilation {model.dilation} (the kernel spans {model.span})"
    return text


def _formula(model):
    size, padding, stride, span = model.size, model.padding, model.stride, model.span
    kernel = "K" if model.dilation == 1 else "K′"
    lines = [f"K′ = D(K − 1) + 1 = {span}"] if model.dilation > 1 else []
    lines.append(f"O = ⌊(W − {kernel} + 2P) / S⌋ + 1")
    lines.append(f"   = ⌊({size} − {span} + 2·{padding}) / {stride}⌋ + 1")
    answer = "?" if model.hidden else model.output
    lines.append(f"   = ⌊{size - span + 2 * padding} / {stride}⌋ + 1 = {answer}")
    if model.predict and model.guess:
        lines.append(textwrap.fill(_verdict(model), 40))
    return "\n".join(lines)


def _verdict(model):
    """Say whether the guess is right and, if not, which slip would give it."""
    guess, output = model.guess, model.output
    if guess == output:
        return f"Your O = {guess} is right."
    size, padding, stride, room = model.size, model.padding, model.stride, model.size - model.span
    slips = {
        "the + 1 is missing": (room + 2 * padding) // stride,
        "rounded up instead of down": -(-(room + 2 * padding) // stride) + 1,
        "padding counted on one side only": (room + padding) // stride + 1,
        "padding left out": room // stride + 1,
        "stride left out": room + 2 * padding + 1,
        "dilation left out": (size - model.kernel + 2 * padding) // stride + 1,
    }
    likely = next((slip for slip, value in slips.items() if value == guess), "count the windows")
    return f"Your O is {guess}, but {output} fit: {likely}."
