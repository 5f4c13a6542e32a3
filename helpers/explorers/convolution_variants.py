"""Convolution variants: which channels hear which, and what that wiring costs."""

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle

from helpers.architectures import Conv, describe
from helpers.drawing.cells import CellGrid, tint
from helpers.drawing.style import ROLES
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle

ONE, SEPARABLE, BOTTLENECK = "one convolution", "depthwise separable", "bottleneck"
# Inches, on one plane.
TOP, HEIGHT, WIDTH = 4.55, 2.6, 0.18  # of a column of channels
LEFT, RIGHT = 0.5, 5.1  # the middles of the first column and of the last
TAPS, ROOM = (6.0, 2.35), 2.2  # lower left corner and side of the drawing of the taps
ROWS = {"parameters": 0.66, "macs": 0.14}  # lower edges of the bars
START, LENGTH, THICK = 2.75, 2.9, 0.27
FEW = 170  # up to so many connections in a stage, each is a line of its own
SINGLE = 32  # up to so many channels in a column, each is a box of its own


class ConvolutionVariants(Explorer):
    """The channels of a layer or block, who is joined to whom, the kernel's taps, parameters and MACs."""

    title = "Convolution variants"
    size = (8.4, 5.4)
    layout = "none"
    inputs = {
        "variant": Choice("Variant", [ONE, SEPARABLE, BOTTLENECK]),
        "channels": Integer("Channels in", 1, 256, 16),
        "filters": Integer("Channels out", 1, 256, 16),
        "kernel": Integer("Kernel size K", 1, 7, 3),
        "groups": Integer("Groups", 1, 256, 4),
        "dilation": Integer("Dilation D", 1, 4, 1),
        "side": Integer("Side of the maps", 1, 112, 14),
        "probe": Integer("Follow output channel", 0, 255, 5),
        "bias": Toggle("Bias"),
    }

    def impossible(self, state):
        shape = _shape(state)
        for layer in layers(state):
            try:
                shape = layer.output(shape)
            except ValueError as reason:
                return f"No output. In the {layer.kernel_size} × {layer.kernel_size} convolution, {reason}."
        return ""

    def limits(self, state):
        return {"probe": state["filters"] - 1}

    def start(self, fig, state):
        width, height = self.size
        ax = fig.add_axes([0, 0, 1, 1])
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.axis("off")

        def text(x, y, words="", role="ink", size=11, **look):
            return ax.text(x, y, words, color=ROLES[role], fontsize=size, va="center", **look)

        def shapes(role, *strengths, **look):  # several strengths take turns
            faces = [tint(role, strength) for strength in strengths]
            return ax.add_collection(PolyCollection([], facecolors=faces, **look), autolim=False)

        def bar(y, role, strength, z):
            return ax.add_patch(Rectangle((START, y), 0, THICK, facecolor=tint(role, strength), zorder=z))

        text(0.2, 5.15, "Channels, and who hears whom", size=12, fontweight="bold")
        text(TAPS[0], 5.15, "The taps of K × K", size=12, fontweight="bold")
        text(0.2, 1.3, "amber: the channel followed and all it hears", "muted", 9.5)
        text(START, 1.04, "grey: one standard convolution, groups 1", "muted", 9.5)
        lines = LineCollection([], colors=ROLES["ink"], linewidths=0.6, zorder=3)
        edge = {"edgecolors": ROLES["paper"], "linewidths": 0.6}
        artists = {
            "bands": shapes("kernel", 0.3, 0.16, zorder=1, **edge),
            "heard bands": shapes("window", 0.65, zorder=2, edgecolors=ROLES["window"], linewidths=1),
            "lines": ax.add_collection(lines, autolim=False),
            "columns": shapes("muted", 0.6, zorder=4, **edge),
            "heard": shapes("window", 1, zorder=5, edgecolors=ROLES["window"], linewidths=1),
        }
        for place in range(4):
            artists[f"column {place}"] = text(0, TOP + 0.17, ha="center")
            artists[f"layer {place}"] = text(0, TOP - HEIGHT - 0.32, ha="center", size=10, linespacing=1.25)
        for name, y in ROWS.items():
            artists[f"{name} standard"] = bar(y, "padding", 0.4, 1)
            artists[f"{name} bar"] = bar(y, "kernel", 0.8, 2)
            artists[f"{name} number"] = text(START - 0.12, y + THICK / 2, ha="right")
            artists[f"{name} ratio"] = text(START + LENGTH + 0.12, y + THICK / 2, size=10.5)
        plane = fig.add_axes([TAPS[0] / width, TAPS[1] / height, ROOM / width, ROOM / height])
        plane.axis("off")
        artists["taps"] = CellGrid(plane, np.zeros((1, 1)), tint("input"))
        artists["span"] = text(TAPS[0], TAPS[1] + ROOM + 0.2)
        return artists

    def update(self, artists, state):
        self._draw_wiring(artists, state)
        step, span = state["dilation"], _span(state)
        faces = np.full((span, span, 3), tint("input", 0.2))
        faces[::step, ::step] = tint("kernel", 0.75)
        artists["taps"].set_cells(np.zeros((span, span)), faces, np.full((span, span), ""))
        shown = max(span, 7) - 0.5
        artists["taps"].axes.set(xlim=(-0.5, shown), ylim=(shown, -0.5))
        artists["span"].set_text(f"{_many(state['kernel'] ** 2, 'tap')} on {span} × {span} pixels")
        mine, standard = costs(layers(state), state), costs([_standard(state)], state)
        for name in ROWS:
            value, usual = mine[name], standard[name]
            artists[f"{name} bar"].set_width(LENGTH * value / max(value, usual))
            artists[f"{name} standard"].set_width(LENGTH * usual / max(value, usual))
            word = "MACs" if name == "macs" else _counted(state)
            artists[f"{name} number"].set_text(f"{value:,} {word}")
            artists[f"{name} ratio"].set_text(f"{_ratio(value, usual)} × the grey bar")

    def _draw_wiring(self, artists, state):
        steps, heard = _steps(state), hears(state)
        counts = [state["channels"], *(after for _, _, after in steps)]
        middles = np.linspace(LEFT, RIGHT, len(counts))
        bands, amber, lines, boxes, faces = [], [], [], [], []
        crowded = max(before * after // layer.groups for layer, before, after in steps) > FEW
        for place, (layer, *pair) in enumerate(steps):
            ends = middles[place] + WIDTH / 2, middles[place + 1] - WIDTH / 2
            for group in range(layer.groups):
                sides = [(group * n // layer.groups, (group + 1) * n // layer.groups) for n in pair]
                bands.append(_band(ends, pair, *sides))
                common = [_overlap(*both) for both in zip(sides, heard[place : place + 2], strict=True)]
                if all(first < last for first, last in common):
                    amber.append(_band(ends, pair, *common))
                if not crowded:
                    left, right = (
                        [_level(i + 0.5, n) for i in range(*side)]
                        for side, n in zip(sides, pair, strict=True)
                    )
                    lines += [[(ends[0], a), (ends[1], b)] for a in left for b in right]
        for place, (count, middle) in enumerate(zip(counts, middles, strict=True)):
            role = {0: "input", len(steps): "output"}.get(place, "muted")
            cuts = count if count <= SINGLE else 1
            boxes += [_column(middle, cuts, (i, i + 1)) for i in range(cuts)]
            faces += [tint(role, 0.7)] * cuts
        for name, shapes in (("bands", bands), ("heard bands", amber), ("columns", boxes)):
            artists[name].set_verts(shapes)
        artists["columns"].set_facecolor(faces)
        artists["lines"].set_segments(lines)
        artists["heard"].set_verts([_column(*column) for column in zip(middles, counts, heard, strict=True)])
        for place in range(4):
            column, below = artists[f"column {place}"], artists[f"layer {place}"]
            column.set_text(str(counts[place]) if place < len(counts) else "")
            below.set_text(_name(*steps[place][:2], "\n") if place < len(steps) else "")
            column.set_x(middles[min(place, len(steps))])
            below.set_x(middles[min(place, len(steps) - 1) :][:2].mean())

    def words(self, state):
        mine, standard = costs(layers(state), state), costs([_standard(state)], state)
        kernel, span, side = state["kernel"], _span(state), state["side"]
        steps = "; then ".join(
            f"{_name(layer, a)} from {a} to {_many(b, 'channel')}" for layer, a, b in _steps(state)
        )
        first, last = hears(state)[0]
        return (
            f"{state['variant'].capitalize()}: {steps}. The {kernel} × {kernel} taps lie on {span} × {span} "
            f"pixels. Output channel {state['probe']} hears {last - first} of "
            f"{_many(state['channels'], 'input channel')}. {mine['parameters']:,} {_counted(state)} and "
            f"{mine['macs']:,} MACs on maps of {side} × {side}, against {standard['parameters']:,} and "
            f"{standard['macs']:,} for one standard convolution: "
            f"{_ratio(mine['macs'], standard['macs'])} × its MACs."
        )

    def torch_code(self, state):
        usual, lines = {"padding": 0, "dilation": 1, "groups": 1, "bias": True}, []
        for layer, before, after in _steps(state):
            chosen = {name: getattr(layer, name) for name in usual if getattr(layer, name) != usual[name]}
            options = "".join(f", {name}={value!r}" for name, value in chosen.items())
            lines.append(f"torch.nn.Conv2d({before}, {after}, {layer.kernel_size}{options})")
        return lines[0] if len(lines) == 1 else f"torch.nn.Sequential({', '.join(lines)})"


def layers(state):
    """The variant as a list of helpers.architectures' words; all keep the size of the maps."""
    channels, filters, groups = state["channels"], state["filters"], state["groups"]

    def spatial(out, groups):
        options = {"padding": "same", "dilation": state["dilation"]} if state["kernel"] > 1 else {}
        return Conv(out, state["kernel"], groups=groups, bias=state["bias"], **options)

    def mixing(out, groups=1):
        return Conv(out, 1, groups=groups, bias=state["bias"])

    if state["variant"] == SEPARABLE:
        return [spatial(channels, channels), mixing(filters, groups)]
    if state["variant"] == BOTTLENECK:
        narrow = -(-filters // 4)
        return [mixing(narrow), spatial(narrow, groups), mixing(filters)]
    return [spatial(filters, groups)]


def costs(chain, state):
    """The parameters and MACs of a list of layers, by name."""
    summary = describe(chain, _shape(state))
    return {"parameters": summary.parameters, "macs": summary.macs}


def hears(state):
    """For each column of channels, (first, last + 1) of those that reach the followed output channel."""
    ranges = [(state["probe"], state["probe"] + 1)]
    for layer, before, after in reversed(_steps(state)):
        (first, last), each = ranges[0], after // layer.groups
        read = before // layer.groups
        ranges.insert(0, (first // each * read, ((last - 1) // each + 1) * read))
    return ranges


def _steps(state):
    """(layer, its channels in, its channels out), one after another."""
    chain = layers(state)
    outs = [layer.out_channels for layer in chain]
    return list(zip(chain, [state["channels"], *outs[:-1]], outs, strict=True))


def _shape(state):
    return state["channels"], state["side"], state["side"]


def _standard(state):
    return layers(state | {"variant": ONE, "groups": 1})[0]


def _span(state):
    return state["dilation"] * (state["kernel"] - 1) + 1


def _level(index, count):
    """The height at which a channel's upper edge lies in its column."""
    return TOP - HEIGHT * index / count


def _band(ends, counts, before, after):
    """The corners of all connections from one block of channels to the next column's block."""
    top = [_level(part[0], n) for part, n in zip((before, after), counts, strict=True)]
    bottom = [_level(part[1], n) for part, n in zip((before, after), counts, strict=True)]
    return [*zip(ends, top, strict=True), *zip(ends[::-1], bottom[::-1], strict=True)]


def _column(middle, count, part):
    """The corners of a block of channels in their column."""
    return _band((middle - WIDTH / 2, middle + WIDTH / 2), (count, count), part, part)


def _overlap(one, other):
    return max(one[0], other[0]), min(one[1], other[1])


def _name(layer, before, break_=", "):
    """The layer in words, given its channels in."""
    alone = before == layer.out_channels == layer.groups
    groups = "depthwise" if alone else f"{layer.groups} groups"
    return f"{layer.kernel_size} × {layer.kernel_size}" + (break_ + groups if layer.groups > 1 else "")


def _counted(state):
    return "parameters" if state["bias"] else "weights"


def _many(count, noun):
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _ratio(value, usual):
    return f"{value / usual:.3g}"
