"""Stride and padding: where the windows land, what they miss, and the formula that counts them."""

from types import SimpleNamespace

import numpy as np

from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.contract import saying
from helpers.explorers.parts.controls import Choice, Integer, Toggle
from helpers.explorers.stride import axis, picture, pointing, sums
from helpers.numerals import many, minus, sizes

LONGEST = 30  # cells along a side of the plane that a transposed convolution fills
COLUMNS = {"kernel_columns": "kernel", "stride_columns": "stride"}  # what the columns share with the rows
ASKED = {
    "size",
    "kernel",
    "padding",
    "stride",
    "dilation",
    "transposed",
    *COLUMNS,
}  # what a question is about


class StridePadding(Explorer):
    """The input, every window on it, what no window covers, the output, and its size."""

    title = "Stride and padding"
    caption = (
        "Blue is the input, green the output, grey the padding, amber the marked window and its partner. A "
        "dot is a window's first tap; stripes: in no window. Top right: one axis, a row for each window."
    )
    size = (8.4, 6.2)
    inputs = {
        "size": Integer("Input size W", 1, 14, 7),
        "kernel": Integer("Kernel size K", 1, 7, 3),
        "padding": Integer("Padding P", 0, 4, 1),
        "stride": Integer("Stride S", 1, 5, 2),
        "dilation": Integer("Dilation D", 1, 3, 1),
        "window": Integer("Window", 0, 500, 0),
        "mode": Choice("Padding mode", list(sums.MODES)),
        "numbers": Toggle("Show numbers"),
        "transposed": Toggle("Transposed: backwards"),
        "apart": Toggle("Columns unlike rows"),
        "kernel_columns": Integer("K of the columns", 1, 7, 3),
        "stride_columns": Integer("S of the columns", 1, 5, 2),
        "predict": Toggle("Predict first"),
        "guess": Integer("Your O (0: no guess yet)", 0, 30, 0),
    }
    player = "window"
    _asked, _cells = None, []  # a question, and the spots that stay while its windows are gone through
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
            "size": (5, 7),
            "padding": range(3),
            "stride": (1, 2),
            "mode": list(sums.MODES),
            "numbers": (False, True),
            "window": range(400),
        },
        {
            "size": range(2, 8),
            "kernel": (2, 3, 4),
            "padding": (0, 1),
            "stride": (1, 2, 3),
            "transposed": (True,),
            "window": range(400),
        },
        {
            "size": range(5, 10),
            "kernel": (2, 3, 5),
            "padding": (0, 1),
            "stride": range(1, 6),
            "predict": (True,),
            "guess": range(12),
        },
    ]

    def limits(self, state):
        highest = {}
        if state["transposed"]:
            kernel, stride = (max(state[name], state[f"{name}_columns"]) for name in ("kernel", "stride"))
            span = (kernel - 1) * state["dilation"] + 1
            highest["size"] = max((LONGEST - span) // stride + 1, 1)
        elif state["mode"] in ("reflect", "circular"):  # they have no more than the input to copy from
            highest["padding"] = state["size"] - (state["mode"] == "reflect")
        down, across = _axes(state)
        return highest | {"window": down.windows * across.windows - 1}

    def settled(self, state, changed=frozenset()):
        if changed & ASKED and "guess" not in changed:  # a new question
            state = state | {"guess": 0}
        if changed & set(COLUMNS) and "apart" not in changed:
            state = state | {"apart": True}
        if not state["apart"]:
            state = state | {columns: state[rows] for columns, rows in COLUMNS.items()}
        if state["transposed"]:
            state = state | {"mode": "zeros"}  # what is cut has no values
        state = super().settled(state, changed)
        return super().settled(state, changed)  # a smaller input has fewer windows

    def unused(self, state):
        off = [] if state["apart"] else list(COLUMNS)
        return off + ["mode"] * state["transposed"] + ["guess"] * (not state["predict"])

    def solve(self, state):
        with saying("No output."):
            down, across = _axes(state)
        dilation, stride = state["dilation"], (down.stride, across.stride)
        weight = sums.kernel(state["kernel"], state["kernel_columns"])
        if state["transposed"]:
            small = sums.image(state["size"])
            plane = sums.spread(state["size"], weight, stride, dilation)
        else:
            plane = sums.padded(state["size"], state["padding"], state["mode"])
            small = sums.convolved(plane, weight, stride, dilation)
        row, column = divmod(state["window"], across.windows)
        return SimpleNamespace(
            **state, down=down, across=across, weight=weight, plane=plane, small=small,
            row=row, column=column,
            block=np.ix_(down.starts[row] + down.taps, across.starts[column] + across.taps),
            inside=np.outer(down.inside, across.inside), output=(down.output, across.output),
            hidden=state["predict"] and not state["guess"],
        )  # fmt: skip

    def start(self, fig, model):
        return picture.start(fig)

    def update(self, artists, model):
        picture.update(artists, model)

    def words(self, model):
        down, across, way = model.down, model.across, " transposed:" if model.transposed else ""
        text = f"Input {model.size} × {model.size},{way} {_setting(model)}."
        if model.hidden:
            asked = "large is the output" if model.transposed else "many windows fit"
            return f"{text} How {asked} along one axis? Set your O."
        if model.predict:
            text += " " + axis.verdict(model)
        first = [part.starts[at] - model.padding for part, at in ((down, model.row), (across, model.column))]
        first = minus(f"({first[0]}, {first[1]})")
        place, output = f"({model.row}, {model.column})", sizes(model.output, " × ")
        missed = np.flatnonzero(across.missed[across.inside])
        if model.transposed:
            text += (
                f" Every input adds the kernel, times itself, to a window of the output, which is {output}"
                f"{_cut(model)}. The marked "
                f"window is that of input {place} and begins at output {first}."
            )
            nothing = (
                "No window reaches columns {}." if missed.size else "Every column of the output is reached."
            )
        else:
            count = many(across.windows, "window")
            along = f"{count} along each axis" if down.windows == across.windows else (
                f"{many(down.windows, 'window')} down and {across.windows} across")  # fmt: skip
            text += (
                f" {along}, so the output is {output}. The marked window makes output {place} and begins at "
                f"input {first}."
            )
            same = np.array_equal(down.missed, across.missed)
            nothing = f"No window covers {'rows and ' if same else ''}columns {{}}." if missed.size else (
                f"Every {'row and ' if same else ''}column of the input is covered.")  # fmt: skip
        text += " " + nothing.format(", ".join(map(str, missed)))
        return f"{text} {picture.reckoned(model)}" if model.numbers else text

    def torch_code(self, model):
        options = {"stride": model.stride, "padding": model.padding, "dilation": model.dilation}
        kernel = model.kernel
        if model.apart:
            kernel, options["stride"] = (
                (model.kernel, model.kernel_columns),
                (model.stride, model.stride_columns),
            )
        chosen = [f", {name}={value}" for name, value in options.items() if value != (name != "padding")]
        if model.mode != "zeros" and model.padding:
            chosen.append(f', padding_mode="{model.mode}"')
        return f"torch.nn.Conv{'Transpose' * model.transposed}2d(1, 1, {kernel}{''.join(chosen)})"

    def spots(self, artists, model):
        if model.hidden:  # they would give the answer away
            return []
        asked = [getattr(model, name) for name in ASKED]
        if self._asked != asked:
            self._asked, self._cells = asked, pointing.cells(artists, model)
        return self._cells + pointing.axis(artists, model)


def _axes(state):
    """Rows and columns, each as one axis."""
    make = axis.backwards if state["transposed"] else axis.forwards
    size, padding, dilation = state["size"], state["padding"], state["dilation"]
    return [
        make(size, state[kernel], padding, state[stride], dilation)
        for kernel, stride in (COLUMNS.values(), COLUMNS)
    ]


def _cut(model):
    """What is cut off a transposed convolution's output."""
    are = "is" if model.padding == 1 else "are"
    return f" after {many(model.padding, 'cell')} at each side {are} cut" if model.padding else ""


def _setting(model):
    kernel, stride = f"{model.kernel} × {model.kernel_columns}", str(model.stride)
    stride += f" down and {model.stride_columns} across" if model.apart else ""
    text = f"kernel {kernel}, padding {model.padding}, stride {stride}"
    if model.mode != "zeros":
        text += f", padding mode {model.mode}"
    if model.dilation > 1:
        spans = sizes((model.down.span, model.across.span), " × ")
        text += f", dilation {model.dilation} (the kernel spans {spans})"
    return text
