"""Stride and padding: where the windows land, what they miss, and the formula that counts them."""

import textwrap

import numpy as np

from helpers.drawing.cells import CellGrid, frame, move, tint
from helpers.drawing.style import ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Integer, Toggle
from helpers.ops import shapes


class StridePadding(Explorer):
    """The padded input, every window on it, the pixels no window covers, and the output size."""

    title = "Stride and padding"
    size = (8.4, 5.2)
    layout = None
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

    def __init__(self, **state):
        super().__init__(**state)
        for name in ("size", "kernel", "padding", "stride", "dilation"):
            self.controls[name].observe(self._new_question, names="value")

    def _new_question(self, _):
        self.controls["guess"].value = 0

    def impossible(self, state):
        try:
            _output_size(state)
        except ValueError as reason:
            return f"No output. {reason}"
        return ""

    def limits(self, state):
        return {} if self.impossible(state) else {"window": _output_size(state) ** 2 - 1}

    def start(self, fig, state):
        # Both axes are given in inches, so that a cell is square without matplotlib's aspect machinery.
        width, height = self.size
        plane = fig.add_axes([0.1 / width, 0.35 / height, 4.4 / width, 4.4 / height])
        axis = fig.add_axes([4.7 / width, 0.35 / height, 3.6 / width, 2.85 / height])
        for axes in (plane, axis):
            axes.axis("off")
        text = {"va": "center", "fontsize": 12}
        formula = {"va": "top", "fontsize": 12, "linespacing": 1.45}
        cells = np.zeros((1, 1))
        artists = {
            "plane": CellGrid(plane, cells, tint("input")),
            "axis": CellGrid(axis, cells, tint("input"), fontsize=9),
            "window": frame(plane, 0, 0, 1, 1),
            "corners": plane.plot([], [], "o", color=ROLES["kernel"], markersize=4.5)[0],
            "plane title": fig.text(2.3 / width, 0.96, "", ha="center", **text),
            "axis title": fig.text(4.75 / width, 3.4 / height, "", **text),
            "formula": fig.text(4.75 / width, 5.1 / height, "", **formula),
        }
        fig.text(
            2.3 / width,
            0.03,
            "dot: first tap of a window; stripes: covered by no window",
            ha="center",
            fontsize=10,
            color=ROLES["muted"],
        )
        return artists

    def update(self, artists, state):
        size, padding, output = state["size"], state["padding"], _output_size(state)
        hidden = state["predict"] and not state["guess"]
        taps = _taps(state)
        padded = size + 2 * padding
        starts = np.arange(output) * state["stride"]  # in padded coordinates
        missed = np.ones(padded, bool)
        missed[(starts[:, None] + taps).ravel()] = False

        inside = np.zeros(padded, bool)
        inside[padding : padding + size] = True
        row, column = divmod(state["window"], output)
        faces = np.where(np.outer(inside, inside)[..., None], tint("input", 0.35), tint("padding", 0.35))
        touched = np.ix_(starts[row] + taps, starts[column] + taps)
        faces[touched] = np.where(
            np.outer(inside, inside)[touched][..., None], tint("window", 0.75), tint("window", 0.4)
        )
        hatch = np.add.outer(missed, missed) & (not hidden)
        blank = np.full((padded, padded), "", dtype=object)
        artists["plane"].set_cells(np.zeros((padded, padded)), faces, blank, hatch)
        artists["plane"].axes.set(xlim=(-0.5, padded - 0.5), ylim=(padded - 0.5, -0.5))
        reach = taps[-1] + 1
        move(artists["window"], starts[row], starts[column], reach, reach)
        y, x = np.meshgrid(starts, starts, indexing="ij")
        artists["corners"].set_data(x.ravel(), y.ravel())
        artists["corners"].set_visible(not hidden)

        # One axis: the padded row on top, below it one row per window with its taps.
        rows = 1 + (0 if hidden else output)
        bars = np.ones((rows, padded, 3))
        bars[0] = np.where(inside[:, None], tint("input", 0.35), tint("padding", 0.35))
        names = np.full((rows, padded), "", dtype=object)
        names[0] = [str(i) if 0 <= i < size else "" for i in range(-padding, size + padding)]
        striped = np.zeros((rows, padded), bool)
        striped[0] = missed & (not hidden)
        for i in range(rows - 1):
            bars[1 + i, starts[i] + taps] = tint("window", 0.75 if i == column else 0.4)
        artists["axis"].set_cells(np.zeros((rows, padded)), bars, names, striped)
        shown = max(padded, rows * 3.6 / 2.85)
        artists["axis"].axes.set(xlim=(-0.5, shown - 0.5), ylim=(shown * 2.85 / 3.6 - 0.5, -0.5))

        artists["plane title"].set_text(f"Padded input {padded} × {padded}")
        artists["axis title"].set_text(
            "Along one axis: how many windows?" if hidden else f"Along one axis: {_plural(output, 'window')}"
        )
        artists["formula"].set_text(_formula(state))

    def words(self, state):
        size, output = state["size"], _output_size(state)
        text = f"Input {size} × {size}, {_setting(state)}."
        if state["predict"] and not state["guess"]:
            return text + " How many windows fit along one axis? Set your O."
        if state["predict"]:
            text += " " + _verdict(state)
        row, column = divmod(state["window"], output)
        first = [i * state["stride"] - state["padding"] for i in (row, column)]
        text += (
            f" {_plural(output, 'window')} along each axis, so the output is {output} × {output}. "
            f"The marked window makes output ({row}, {column}) and begins at input ({first[0]}, {first[1]})."
        )
        missed = shapes.uncovered(size, state["kernel"], state["stride"], state["padding"], state["dilation"])
        if missed:
            text += f" No window covers rows and columns {', '.join(map(str, missed))}."
        else:
            text += " Every row and column of the input is covered."
        return text

    def torch_code(self, state):
        options = {name: state[name] for name in ("stride", "padding", "dilation")}
        chosen = "".join(
            f", {name}={value}" for name, value in options.items() if value != (name != "padding")
        )
        return f"torch.nn.Conv2d(1, 1, {state['kernel']}{chosen})"


def _setting(state):
    text = (
        f"kernel {state['kernel']} × {state['kernel']}, padding {state['padding']}, stride {state['stride']}"
    )
    if state["dilation"] > 1:
        text += f", dilation {state['dilation']} (the kernel spans {_taps(state)[-1] + 1})"
    return text


def _taps(state):
    return np.arange(state["kernel"]) * state["dilation"]


def _output_size(state):
    return shapes.conv_output_size(
        state["size"], state["kernel"], state["stride"], state["padding"], state["dilation"]
    )


def _plural(count, noun):
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _formula(state):
    size, padding, stride = (state[name] for name in ("size", "padding", "stride"))
    span = _taps(state)[-1] + 1
    kernel = "K" if state["dilation"] == 1 else "K′"
    lines = [f"K′ = D(K − 1) + 1 = {span}"] if state["dilation"] > 1 else []
    lines.append(f"O = ⌊(W − {kernel} + 2P) / S⌋ + 1")
    lines.append(f"   = ⌊({size} − {span} + 2·{padding}) / {stride}⌋ + 1")
    answer = "?" if state["predict"] and not state["guess"] else _output_size(state)
    lines.append(f"   = ⌊{size - span + 2 * padding} / {stride}⌋ + 1 = {answer}")
    if state["predict"] and state["guess"]:
        lines.append(textwrap.fill(_verdict(state), 40))
    return "\n".join(lines)


def _verdict(state):
    """Say whether the guess is right and, if not, which slip would give it."""
    guess, output = state["guess"], _output_size(state)
    if guess == output:
        return f"Your O = {guess} is right."
    size, padding, stride = state["size"], state["padding"], state["stride"]
    room = size - (_taps(state)[-1] + 1)
    slips = {
        "the + 1 is missing": (room + 2 * padding) // stride,
        "rounded up instead of down": -(-(room + 2 * padding) // stride) + 1,
        "padding counted on one side only": (room + padding) // stride + 1,
        "padding left out": room // stride + 1,
        "stride left out": room + 2 * padding + 1,
        "dilation left out": (size - state["kernel"] + 2 * padding) // stride + 1,
    }
    likely = next((slip for slip, value in slips.items() if value == guess), "count the windows")
    return f"Your O is {guess}, but {output} fit: {likely}."
