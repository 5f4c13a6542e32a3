"""The picture of the pipeline: three rows of panels, and what pointing at each of them follows."""

import numpy as np

from helpers.drawing.lettering import Lines
from helpers.explorers.parts import spots
from helpers.explorers.parts.nine import OWN
from helpers.explorers.parts.panels import hide, panel, put
from helpers.explorers.pipeline import route
from helpers.explorers.pipeline.stages import SECOND, A
from helpers.numerals import number, sizes, span

LEARNED, NONE = "learned", "none"
# Inches: sides of maps and kernels, left edges of a row's five pictures, lower edges of the three rows.
MAP, KERNEL, GAP = 1.42, 0.95, 0.2
LEFT = {"image": 0.15, "kernel": 2.0, "conv": 3.3, "relu": 5.0, "pool": 6.7}
BOTTOM = (4.18, 2.24, 0.3)


def start(fig):
    artists = {"note": Lines(fig, LEFT["image"] - 0.05, BOTTOM[1] + 1.2, 9, "muted")}
    for row, bottom in enumerate(BOTTOM):
        for name, left in LEFT.items():
            if row == 1 and name == "image":
                continue
            if row == 2 and name == "image":  # here stands the second filter's plane for map A
                artists |= _panel(fig, "plane 2", left + MAP - KERNEL, bottom, KERNEL, "kernel")
                continue
            side = KERNEL if name == "kernel" else MAP
            role = {"image": "input", "kernel": "kernel"}.get(name, "output")
            artists |= _panel(fig, f"{name} {row}", left, bottom, side, role)
            if name != "image":
                at = left - (0.21 if name == "kernel" else 0.14), bottom + MAP / 2 + 0.13
                artists[f"arrow {name} {row}"] = Lines(fig, *at, 12, "muted", "center")
                artists[f"arrow {name} {row}"].lines = ["→"]
    return artists


def _panel(fig, key, left, bottom, side, role):
    return panel(fig, key, left, bottom + (MAP - side) / 2, side, role)


def update(artists, model):
    marks = route.blocks(model)
    put(artists, "image 0", model.pixels, "Picture", [about(model.pixels)], mark=marks.get(("image", A)))
    for row in range(3):
        layer = model.layers.get(row)
        for name in ("kernel", "conv", "relu", "pool"):
            key = f"{name} {row}"
            shown = layer is not None and (name == "kernel" or getattr(layer, name) is not None)
            artists[f"arrow {key}"].set_visible(shown)
            if not shown:
                hide(artists, key)
            elif name == "kernel":
                _put_filter(artists, row, layer, model)
            else:
                _put(artists, key, name, layer, model, marks.get((name, row)))
    if len(getattr(model.layers.get(SECOND), "kernel", ())) < 2:
        hide(artists, "plane 2")
    artists["note"].lines = _note(model)


def _put_filter(artists, row, layer, model):
    below, title = [names(model)[row]], ("Filter A", "Filter B", "Second filter")[row]
    limit = np.abs(layer.kernel).max() or 1.0
    if row == SECOND:
        if model.second == LEARNED:
            below = [f"{below[0]}:", "its weight for" if layer.kernel.size == 1 else "its weights for"]
            below.append("the map above")
        elif len(layer.kernel) == 2:
            put(artists, "plane 2", layer.kernel[A], "Weight for A", [f"bias {number(layer.bias)}"], limit)
            title = "Weight for B"
        else:
            below.append(f"bias {number(layer.bias)}")
    put(artists, f"kernel {row}", layer.kernel[-1], title, below, limit)


def _put(artists, key, name, layer, model, mark):
    values = getattr(layer, name)
    title = {"conv": "Convolution", "relu": "ReLU", "pool": f"2×2 {model.pool} pooling"}[name]
    like = layer.conv if name == "relu" else None  # side by side, a number must not look like two
    put(artists, key, values, title, [about(values)], layer.limit, mark, like)


def places(artists, model, inputs):
    found = [_pixels(artists["cells image 0"], model)]
    for row, layer in model.layers.items():
        for what, (second, stage) in route.PLACES.items():
            values = getattr(layer, stage)
            if second == (row == SECOND) and values is not None:
                label = what[0].upper() + what[1:] + ("" if second else f" {'AB'[row]}")
                rows, columns = map(range, values.shape)
                grid = artists[f"cells {stage} {row}"]
                cells = spots.plane(grid, label, ("row", rows), ("column", columns))
                found.append(cells._replace(also={"follow": what}))
        name = ("filter", "beside", "second")[row]
        spec = inputs[name]
        take = [{name: option} for option in spec.options if option not in (OWN, LEARNED, NONE)]
        cells = artists[f"cells kernel {row}"].axes
        found.append(spots.part(cells, f"{spec.label}: take the next", take))
    return found


def _pixels(grid, model):
    """Pointing at a pixel follows the answers of filter A that read it, one after the other."""
    layer = model.layers[A]
    shift = route.reach(layer, model.padded)
    down, across = (
        spots.readers(side, [range(place - before, place - before + k) for place in range(count)])
        for side, count, before, k in zip(
            model.pixels.shape, layer.conv.shape, shift, layer.kernel.shape[1:], strict=True
        )
    )
    return spots.plane(grid, "Pixel", ("row", down), ("column", across))._replace(
        also={"follow": "convolution"}
    )


def names(model):
    """The names of the filters, row by row."""
    chosen = ((model.filter, model.learned), (model.beside, 0), (model.second, model.learned2))
    return [f"learned {place}" if name == LEARNED else name for name, place in chosen]


def about(values):
    """A map's size and range: 8 × 8, −4 to 4."""
    return f"{sizes(values.shape, ' × ')}, {span(values)}"


def _note(model):
    """What is said beside the second row."""
    layers = model.layers
    colour = [f"Full colour: ±{number(layers[A].limit)}"]
    if SECOND not in layers:
        return ["No second layer: choose", "one, and it reads the", "pooled maps.", "", *colour]
    channels = layers[SECOND].channels
    reads = {1: "the pooled map.", 2: "both pooled maps."}.get(channels, f"all {channels} pooled maps.")
    colour.append(f"in the second layer: ±{number(layers[SECOND].limit)}")
    return ["The second layer reads", reads, "", *colour]
