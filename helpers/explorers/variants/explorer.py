"""Convolution variants: which channels read which, and what that wiring costs."""

from types import SimpleNamespace

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle

from helpers.drawing.cells import CellGrid
from helpers.drawing.colours import tint
from helpers.drawing.lettering import Lines
from helpers.drawing.places import axes, sheet, text
from helpers.drawing.style import ROLES
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Choice, Integer, Toggle
from helpers.explorers.variants.wiring import BOTTLENECK, ONE, SEPARABLE, connected, costs, steps
from helpers.numerals import many
from helpers.ops.shapes import window_span

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
    caption = (
        "Columns of boxes are channels; a line or band joins those that are connected. Amber: the channel "
        "followed and all it reads. Bars: this block's parameters and MACs, grey those of one standard layer."
    )
    size = (8.4, 5.4)
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

    tour = [
        {
            "variant": inputs["variant"].options,
            "channels": (4, 8, 16, 64),
            "filters": (4, 8, 16, 64),
            "kernel": (1, 3, 5),
            "groups": (1, 2, 4),
            "dilation": (1, 2),
            "probe": (0, 1, 2, 3, 5, 20),
        },
        {
            "variant": inputs["variant"].options,
            "channels": (64,),
            "filters": (48, 64),
            "kernel": (3, 7),
            "groups": (1, 2, 3, 4, 8, 16, 32, 64),
            "dilation": (1, 4),
            "probe": (0, 1, 2, 3, 5, 20),
        },
        {
            "variant": ("bottleneck",),
            "channels": (256,),
            "filters": (256,),
            "groups": (1, 4),
            "bias": (False, True),
            "probe": (0, 1, 2, 3, 5, 20),
        },
    ]

    def limits(self, state):
        return {"probe": state["filters"] - 1}

    def solve(self, state):
        chain = steps(state)
        return SimpleNamespace(
            **state,
            steps=chain,
            joined=connected(chain, state["probe"]),
            span=window_span(state["kernel"], state["dilation"]),
            mine=costs(state),
            standard=costs(state | {"variant": ONE, "groups": 1}),
            counted="parameters" if state["bias"] else "weights",
        )

    def start(self, fig, model):
        ax = sheet(fig)

        def words(x, y, size=11, **look):
            return Lines(fig, x, y, size, stand="middle", **look)

        def shapes(role, *strengths, **look):  # several strengths take turns
            faces = [tint(role, strength) for strength in strengths]
            return ax.add_collection(PolyCollection([], facecolors=faces, **look), autolim=False)

        def bar(y, role, strength, z):
            return ax.add_patch(Rectangle((START, y), 0, THICK, facecolor=tint(role, strength), zorder=z))

        text(fig, 0.2, 5.15, "Channels, and which reads which", va="center", fontweight="bold")
        text(fig, TAPS[0], 5.15, "The taps of K × K", va="center", fontweight="bold")
        text(fig, 0.2, 1.3, "amber: the channel followed and all it reads", "muted", 9.5, va="center")
        text(fig, START, 1.04, "grey: one standard convolution, groups 1", "muted", 9.5, va="center")
        lines = LineCollection([], colors=ROLES["ink"], linewidths=0.6, zorder=3)
        edge = {"edgecolors": ROLES["paper"], "linewidths": 0.6}
        artists = {
            "bands": shapes("kernel", 0.3, 0.16, zorder=1, **edge),
            "joined bands": shapes("window", 0.65, zorder=2, edgecolors=ROLES["window"], linewidths=1),
            "lines": ax.add_collection(lines, autolim=False),
            "columns": shapes("muted", 0.6, zorder=4, **edge),
            "joined": shapes("window", 1, zorder=5, edgecolors=ROLES["window"], linewidths=1),
        }
        for place in range(4):
            artists[f"column {place}"] = words(0, TOP + 0.17, align="center")
            artists[f"layer {place}"] = words(0, TOP - HEIGHT - 0.32, 10, align="center")
        for name, y in ROWS.items():
            artists[f"{name} standard"] = bar(y, "padding", 0.4, 1)
            artists[f"{name} bar"] = bar(y, "kernel", 0.8, 2)
            artists[f"{name} number"] = words(START - 0.12, y + THICK / 2, align="right")
            artists[f"{name} ratio"] = words(START + LENGTH + 0.12, y + THICK / 2, 10.5)
        artists["taps"] = CellGrid(axes(fig, *TAPS, ROOM))
        artists["span"] = words(TAPS[0], TAPS[1] + ROOM + 0.2)
        return artists

    def update(self, artists, model):
        self._draw_wiring(artists, model)
        step, span = model.dilation, model.span
        faces = np.full((span, span, 3), tint("input", 0.2))
        faces[::step, ::step] = tint("kernel", 0.75)
        artists["taps"].set_cells(np.zeros((span, span)), faces, np.full((span, span), ""))
        shown = max(span, 7) - 0.5
        artists["taps"].axes.set(xlim=(-0.5, shown), ylim=(shown, -0.5))
        artists["span"].set_text(f"{many(model.kernel**2, 'tap')} on {span} × {span} pixels")
        for name in ROWS:
            value, usual = model.mine[name], model.standard[name]
            artists[f"{name} bar"].set_width(LENGTH * value / max(value, usual))
            artists[f"{name} standard"].set_width(LENGTH * usual / max(value, usual))
            word = "MACs" if name == "macs" else model.counted
            artists[f"{name} number"].set_text(f"{value:,} {word}")
            artists[f"{name} ratio"].set_text(f"{_ratio(value, usual)} × the grey bar")

    def _draw_wiring(self, artists, model):
        steps, joined = model.steps, model.joined
        counts = [model.channels, *(after for _, _, after in steps)]
        middles = np.linspace(LEFT, RIGHT, len(counts))
        bands, amber, lines, boxes, faces = [], [], [], [], []
        crowded = max(before * after // layer.groups for layer, before, after in steps) > FEW
        for place, (layer, *pair) in enumerate(steps):
            ends = middles[place] + WIDTH / 2, middles[place + 1] - WIDTH / 2
            for group in range(layer.groups):
                sides = [(group * n // layer.groups, (group + 1) * n // layer.groups) for n in pair]
                bands.append(_band(ends, pair, *sides))
                common = [_overlap(*both) for both in zip(sides, joined[place : place + 2], strict=True)]
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
        for name, shapes in (("bands", bands), ("joined bands", amber), ("columns", boxes)):
            artists[name].set_verts(shapes)
        artists["columns"].set_facecolor(faces)
        artists["lines"].set_segments(lines)
        followed = zip(middles, counts, joined, strict=True)
        artists["joined"].set_verts([_column(*column) for column in followed])
        for place in range(4):
            column, below = artists[f"column {place}"], artists[f"layer {place}"]
            column.set_text(str(counts[place]) if place < len(counts) else "")
            below.set_text(_name(*steps[place][:2], "\n") if place < len(steps) else "")
            column.place = middles[min(place, len(steps))], column.place[1]
            below.place = middles[min(place, len(steps) - 1) :][:2].mean(), below.place[1]

    def words(self, model):
        chain = [f"{_name(layer, a)} from {a} to {many(b, 'channel')}" for layer, a, b in model.steps]
        (first, last), mine, standard = model.joined[0], model.mine, model.standard
        return (
            f"{model.variant.capitalize()}: {'; then '.join(chain)}. "
            f"The {model.kernel} × {model.kernel} taps lie on {model.span} × {model.span} pixels. "
            f"Output channel {model.probe} reads {last - first} of "
            f"{many(model.channels, 'input channel')}. {mine['parameters']:,} {model.counted} and "
            f"{mine['macs']:,} MACs on maps of {model.side} × {model.side}, against "
            f"{standard['parameters']:,} and {standard['macs']:,} for one standard convolution: "
            f"{_ratio(mine['macs'], standard['macs'])} × its MACs."
        )

    def torch_code(self, model):
        usual, lines = {"padding": 0, "dilation": 1, "groups": 1, "bias": True}, []
        for layer, before, after in model.steps:
            chosen = {name: getattr(layer, name) for name in usual if getattr(layer, name) != usual[name]}
            options = "".join(f", {name}={value!r}" for name, value in chosen.items())
            lines.append(f"torch.nn.Conv2d({before}, {after}, {layer.kernel_size}{options})")
        return lines[0] if len(lines) == 1 else f"torch.nn.Sequential({', '.join(lines)})"

    def spots(self, artists, model):
        x, high = RIGHT - WIDTH / 2, HEIGHT / model.filters
        return [
            spots.inches(self.size, (x, _level(i + 1, model.filters), WIDTH, high), f"Output channel {i}",
                         {"probe": i})
            for i in range(model.filters)
        ]  # fmt: skip


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


def _ratio(value, usual):
    return f"{value / usual:.3g}"
