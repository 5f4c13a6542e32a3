"""The parameter counter: what a dense layer and a convolutional layer have to learn, side by side."""

import math

from matplotlib.patches import Rectangle

from helpers.drawing.style import ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Integer, Toggle

DECADES = 16  # the axis ends at 10^16, above every count the controls can reach
ROWS = (3.2, 2.05, 0.9)  # inches: lower edges of the three bars
LEFT, LENGTH, THICK = 0.35, 5.3, 0.3  # inches: where the bars begin, how long they can be, how thick
NAMES = {1e3: "a thousand", 1e6: "a million", 1e9: "a billion", 1e12: "a trillion", 1e15: "a quadrillion"}


class ParameterCounter(Explorer):
    """Parameters of a dense layer, a convolutional one, and a dense one with as large an output."""

    title = "Parameter counter"
    size = (8.4, 4.5)
    layout = "none"
    inputs = {
        "side": Integer("Image side", 11, 512, 32),
        "channels": Integer("Channels", 1, 64, 3),
        "units": Integer("Hidden units, or filters", 1, 1000, 100),
        "kernel": Integer("Kernel size K", 1, 11, 5),
        "bias": Toggle("Count biases", True),
    }

    def start(self, fig, state):
        width, height = self.size
        ax = fig.add_axes([0, 0, 1, 1])  # one plane in inches
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.axis("off")
        for power in range(0, DECADES, 3):
            x = LEFT + LENGTH * power / DECADES
            for y in ROWS:  # in pieces: no line through the words above a bar
                ax.plot([x, x], [y - 0.1, y + THICK + 0.06], color=ROLES["padding"], linewidth=0.8, zorder=0)
            ax.text(x, 0.42, NAMES.get(10.0**power, "1"), ha="center", fontsize=9.5, color=ROLES["muted"])
        ax.text(
            LEFT + LENGTH / 2,
            0.12,
            "parameters; each grid line is 1,000 times the one before",
            ha="center",
            fontsize=10,
            color=ROLES["muted"],
        )
        right = {"ha": "right", "va": "center", "fontsize": 13, "fontweight": "bold"}
        artists = {"head": ax.text(LEFT, 4.22, "", va="center", fontsize=13, fontweight="bold")}
        for name, role, y in zip(("conv", "dense", "map"), ("output", "kernel", "muted"), ROWS, strict=True):
            bar = Rectangle((LEFT, y), 0, THICK, facecolor=ROLES[role], edgecolor="none")
            artists[f"{name} bar"] = ax.add_patch(bar)
            artists[f"{name} label"] = ax.text(LEFT, y + THICK + 0.2, "", va="center", fontsize=11)
            artists[f"{name} number"] = ax.text(width - 0.2, y + THICK / 2, "", color=ROLES[role], **right)
        return artists

    def update(self, artists, state):
        counts = _counts(state)
        side, channels, units, kernel = (state[name] for name in ("side", "channels", "units", "kernel"))
        maps = side - kernel + 1
        one = " + 1" if state["bias"] else ""
        each, seen = f"({side}·{side}·{channels}{one})", f"({kernel}·{kernel}·{channels}{one})"
        artists["head"].set_text(
            f"A picture of {side} × {side} × {channels} = {side * side * channels:,} numbers"
        )
        artists["conv label"].set_text(f"Convolution, {_many(units, 'filter')}: {seen} · {units}")
        artists["dense label"].set_text(f"Dense, {_many(units, 'unit')}: {each} · {units}")
        artists["map label"].set_text(
            f"Dense, one unit for each output of the convolution: {each} · {units}·{maps}·{maps}"
        )
        for name, count in counts.items():
            artists[f"{name} bar"].set_width(max(LENGTH * math.log10(count) / DECADES, 0.02))
            artists[f"{name} number"].set_text(f"{count:,}")

    def words(self, state):
        counts = _counts(state)
        side, channels, units, kernel = (state[name] for name in ("side", "channels", "units", "kernel"))
        maps = side - kernel + 1
        return (
            f"A picture of {side} × {side} pixels and {_many(channels, 'channel')} has "
            f"{side * side * channels:,} numbers. "
            f"A convolution with {_many(units, 'filter')} of {kernel} × {kernel} has "
            f"{_plain(counts['conv'])} parameters, a dense layer of {_many(units, 'unit')} "
            f"{_plain(counts['dense'])}: {_ratio(counts['dense'] / counts['conv'])}. "
            f"The convolution gives {_many(units, 'map')} of {maps} × {maps}; a dense layer with as many "
            f"outputs has {_plain(counts['map'])}: {_ratio(counts['map'] / counts['conv'])}. "
            f"Biases are {'counted' if state['bias'] else 'not counted'}."
        )

    def torch_code(self, state):
        bias = "" if state["bias"] else ", bias=False"
        pixels = state["side"] ** 2 * state["channels"]
        convolution = f"torch.nn.Conv2d({state['channels']}, {state['units']}, {state['kernel']}{bias})"
        return f"{convolution}; torch.nn.Linear({pixels}, {state['units']}{bias})"


def _counts(state):
    """Return the three parameter counts; the convolution has no padding and stride 1."""
    bias = int(state["bias"])
    pixels = state["side"] ** 2 * state["channels"]
    seen = state["kernel"] ** 2 * state["channels"]
    outputs = (state["side"] - state["kernel"] + 1) ** 2 * state["units"]
    return {
        "conv": (seen + bias) * state["units"],
        "dense": (pixels + bias) * state["units"],
        "map": (pixels + bias) * outputs,
    }


def _many(count, noun):
    return f"{count} {noun}" + ("" if count == 1 else "s")


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
