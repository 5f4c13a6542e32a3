"""The parameter counter: what a dense layer and a convolutional layer have to learn, side by side."""

import math
from types import SimpleNamespace

from matplotlib.patches import Rectangle

from helpers.drawing.lettering import Lines
from helpers.drawing.places import sheet, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Integer, Toggle
from helpers.numerals import many

DECADES = 16  # the axis ends at 10^16, above every count the controls can reach
ROWS = (3.2, 2.05, 0.9)  # inches: lower edges of the three bars
LEFT, LENGTH, THICK = 0.35, 5.3, 0.3  # inches: where the bars begin, how long they can be, how thick
PULLS = {"conv": "units", "dense": "side", "map": "channels"}  # what is set by pulling a bar's end
NAMES = {1e3: "a thousand", 1e6: "a million", 1e9: "a billion", 1e12: "a trillion", 1e15: "a quadrillion"}


class ParameterCounter(Explorer):
    """Parameters of a dense layer, a convolutional one, and a dense one with as large an output."""

    title = "Parameter counter"
    caption = (
        "Three layers on the same picture. A bar's length is the logarithm of its parameters: from one grid "
        "line to the next there are 1,000 times as many. Above each bar stands how the number comes about."
    )
    size = (8.4, 4.5)
    inputs = {
        "side": Integer("Image side", 11, 512, 32),
        "channels": Integer("Channels", 1, 64, 3),
        "units": Integer("Hidden units, or filters", 1, 1000, 100),
        "kernel": Integer("Kernel size K", 1, 11, 5),
        "bias": Toggle("Count biases", True),
    }
    tour = {
        "side": (11, 16, 28, 32, 64, 128, 224, 512),
        "channels": (1, 3, 16, 64),
        "units": (1, 10, 64, 100, 500, 1000),
        "kernel": range(1, 12, 2),
        "bias": (False, True),
    }

    def solve(self, state):
        maps, pixels = state["side"] - state["kernel"] + 1, state["side"] ** 2 * state["channels"]
        return SimpleNamespace(**state, maps=maps, pixels=pixels, counts=_counts(state))

    def start(self, fig, model):
        width, ax = self.size[0], sheet(fig)
        for power in range(0, DECADES, 3):
            x = LEFT + LENGTH * power / DECADES
            for y in ROWS:  # in pieces: no line through the words above a bar
                ax.plot([x, x], [y - 0.1, y + THICK + 0.06], color=ROLES["padding"], linewidth=0.8, zorder=0)
            text(fig, x, 0.42, NAMES.get(10.0**power, "1"), "muted", 9.5, ha="center")
        note = "parameters; each grid line is 1,000 times the one before"
        text(fig, LEFT + LENGTH / 2, 0.12, note, "muted", 10, ha="center")
        artists = {"head": Lines(fig, LEFT, 4.22, 13, stand="middle", bold=True)}
        for name, role, y in zip(("conv", "dense", "map"), ("output", "kernel", "muted"), ROWS, strict=True):
            bar = Rectangle((LEFT, y), 0, THICK, facecolor=ROLES[role], edgecolor="none")
            artists[f"{name} bar"] = ax.add_patch(bar)
            artists[f"{name} label"] = Lines(fig, LEFT, y + THICK + 0.2, 11, stand="middle")
            artists[f"{name} number"] = Lines(
                fig, width - 0.2, y + THICK / 2, 13, role, "right", "middle", True
            )
        return artists

    def update(self, artists, model):
        side, channels, units, kernel = model.side, model.channels, model.units, model.kernel
        one = " + 1" if model.bias else ""
        each, seen = f"({side}·{side}·{channels}{one})", f"({kernel}·{kernel}·{channels}{one})"
        artists["head"].set_text(f"A picture of {side} × {side} × {channels} = {model.pixels:,} numbers")
        artists["conv label"].set_text(f"Convolution, {many(units, 'filter')}: {seen} · {units}")
        artists["dense label"].set_text(f"Dense, {many(units, 'unit')}: {each} · {units}")
        artists["map label"].set_text(
            f"Dense, one unit for each output of the convolution: {each} · {units}·{model.maps}·{model.maps}"
        )
        for name, count in model.counts.items():
            artists[f"{name} bar"].set_width(_length(count))
            artists[f"{name} number"].set_text(f"{count:,}")

    def words(self, model):
        counts, side, maps = model.counts, model.side, model.maps
        return (
            f"A picture of {side} × {side} pixels and {many(model.channels, 'channel')} has "
            f"{model.pixels:,} numbers. "
            f"A convolution with {many(model.units, 'filter')} of {model.kernel} × {model.kernel} has "
            f"{_plain(counts['conv'])} parameters, a dense layer of {many(model.units, 'unit')} "
            f"{_plain(counts['dense'])}: {_ratio(counts['dense'] / counts['conv'])}. "
            f"The convolution gives {many(model.units, 'map')} of {maps} × {maps}; a dense layer with as "
            f"many outputs has {_plain(counts['map'])}: {_ratio(counts['map'] / counts['conv'])}. "
            f"Biases are {'counted' if model.bias else 'not counted'}."
        )

    def torch_code(self, model):
        bias = "" if model.bias else ", bias=False"
        convolution = f"torch.nn.Conv2d({model.channels}, {model.units}, {model.kernel}{bias})"
        return f"{convolution}; torch.nn.Linear({model.pixels}, {model.units}{bias})"

    def spots(self, artists, model):
        found = []
        for (name, pulls), y in zip(PULLS.items(), ROWS, strict=True):
            counts = {value: _counts(vars(model) | {pulls: value})[name] for value in self.tour[pulls]}
            ends = [
                (_length(count), f"{self.inputs[pulls].label} {value}: {count:,} parameters", {pulls: value})
                for value, count in counts.items()
            ]
            found += spots.pulled(self.size, (LEFT, y, THICK), ends)
        return found


def _counts(state):
    """The parameters of the three layers; the convolution has no padding and stride 1."""
    side, kernel, channels, bias = state["side"], state["kernel"], state["channels"], int(state["bias"])
    seen, pixels, places = kernel**2 * channels, side**2 * channels, (side - kernel + 1) ** 2
    each = {"conv": seen + bias, "dense": pixels + bias, "map": (pixels + bias) * places}
    return {name: count * state["units"] for name, count in each.items()}


def _length(count):
    """A bar's length in inches, never invisible."""
    return max(LENGTH * math.log10(count) / DECADES, 0.02)


def _plain(count):
    """Return a count with its size in words: 2,409,232 (2.4 million)."""
    for size, word in ((1e15, "quadrillion"), (1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if count >= size:
            return f"{count:,} ({count / size:,.1f} {word})"
    return f"{count:,}"


def _ratio(ratio):
    if ratio == 1:
        return "the same number"
    return f"{ratio:,.1f} times as many" if ratio < 1000 else f"{ratio:,.0f} times as many"
