"""The picture: every stage as a column of maps on top, and below it how the chosen number came about."""

import numpy as np

from helpers.drawing.colours import shades
from helpers.explorers.network.chain import read, taps
from helpers.numerals import fixed, short, sizes

SIZE = (8.4, 6.5)  # inches
TOP, HIGH, GAP = 6.0, 3.3, 0.05  # the columns' upper edge and height, between two maps
NAMES, WIDE = 1.2, {"maps": 0.68, "list": 0.27, "input": 1.0}  # room for the classes' names; a column's width
DETAIL = 2.15  # upper edge of what is told below
SHOWN = 8  # channels, or inputs of a dense layer, that are written out
FIGURES = 5  # sides of a window up to which its numbers are written into it


def columns(stages):
    """The left edge and the width of each stage's column."""
    wanted = [
        WIDE["input"] if not stage.layer else WIDE["list" if stage.flat else "maps"] for stage in stages
    ]
    room = SIZE[0] - NAMES - 0.2
    gap = min(0.1, 0.2 * room / len(stages))
    scale = (room - gap * (len(stages) - 1)) / sum(wanted)
    widths = [width * scale for width in wanted]
    lefts = 0.1 + np.cumsum([0, *widths[:-1]]) + gap * np.arange(len(stages))
    return list(zip(lefts.tolist(), widths, strict=True))


def places(stage, left, width):
    """The squares of a stage's maps, or the one strip of a vector: (x, y, width, height)."""
    count = len(stage.values)
    if stage.flat:
        return [(left, TOP - HIGH, width, HIGH)]
    best = max(range(1, count + 1), key=lambda across: _side(count, across, width, stage))
    side, (rows, across) = _side(count, best, width, stage), stage.values.shape[1:]
    wide, high = side, side * rows / across
    return [
        (left + (i % best) * (wide + GAP), TOP - high - (i // best) * (high + GAP), wide, high)
        for i in range(count)
    ]


def _side(count, across, width, stage):
    down, tall = -(-count // across), stage.values.shape[1] / stage.values.shape[2]
    return min((width - GAP * (across - 1)) / across, (HIGH - GAP * (down - 1)) / down / tall)


def paper(values):
    """Where the picture is shown large: (x, y, width, height)."""
    high = DETAIL
    return 0.1, 0.08, high * values.shape[2] / values.shape[1], high


def limit(stage):
    """The largest magnitude of a stage: its maps share it."""
    return float(np.abs(stage.values).max()) or 1.0


def frame(board, stages):
    """What never moves: every stage's shape, and the edges of its maps."""
    for stage, (left, width) in zip(stages, columns(stages), strict=True):
        shape = str(len(stage.values)) if stage.flat else sizes(stage.values.shape, "·")
        board.text(left + width / 2, TOP + 0.1, shape, 7, "muted", "center")
        for x, y, wide, high in places(stage, left, width):
            board.bar(x - 0.01, y - 0.01, wide + 0.02, high + 0.02, "padding")  # quicker than four lines


def draw(board, model):
    """All that moves, on a board that was cleared."""
    for place, (stage, column) in enumerate(zip(model.stages, columns(model.stages), strict=True)):
        _draw_stage(board, model, place, stage, *column)
    _draw_classes(board, model)
    _draw_detail(board, model)


def _draw_stage(board, model, place, stage, left, width):
    here = place == model.place
    above = 0.26 + 0.14 * (stage.flat and place % 2)  # narrow columns take turns
    board.text(left + width / 2, TOP + above, stage.name, 8.5, "ink", "center", here)
    most = limit(stage) if stage.layer else None
    for i, (x, y, wide, high) in enumerate(places(stage, left, width)):
        values = stage.values[:, :, 0] if stage.flat else stage.values[i]
        board.cells(x, y, wide, high, shades(values, most))
        box = model.trace.get(place)
        if box and (stage.flat or box[0][0] <= i <= box[0][1]):
            spans = (box[0], (0, 0)) if stage.flat else box[1:]
            rows, across = values.shape
            (top, bottom), (first, last) = spans
            cell = wide / across, high / rows
            frame = x + first * cell[0], y + high - (bottom + 1) * cell[1]
            size = max((last - first + 1) * cell[0], 0.03), max((bottom - top + 1) * cell[1], 0.03)
            board.box(*frame, *size, "window" if here else "kernel", 0.022 if here else 0.014)


def _draw_classes(board, model):
    """The scores as probabilities, beside their names."""
    left = SIZE[0] - NAMES + 0.02
    step = HIGH / len(model.chances)
    for i, (name, chance) in enumerate(zip(model.classes, model.chances, strict=True)):
        middle, best = TOP - (i + 0.5) * step, i == int(np.argmax(model.chances))
        board.bar(left, middle - 0.13, max(0.9 * chance, 0.01), 0.07, "output")
        board.text(left, middle + 0.03, f"{name} {short(fixed(chance))}", 8, "ink", "left", best)


def _draw_detail(board, model):
    stage = model.stages[model.place]
    board.text(0.1, DETAIL + 0.28, model.title, 11, "ink", "left", True)
    if not stage.layer:
        _draw_paper(board, model, stage.values)
        return
    if stage.kind == "Linear":
        _draw_products(board, model)
    elif stage.kind == "Conv2d":
        _draw_windows(board, model, stage)
    else:
        values = _window(model)[0]
        side = min(1.5, 0.45 * max(values.shape))
        labels = [[short(fixed(value)) for value in row] for row in values]
        board.cells(
            0.1, DETAIL - side, side, side, shades(values, limit(model.stages[model.place - 1])), labels, 9
        )
        board.box(0.1, DETAIL - side, side, side, "kernel", 0.015)
        board.text(side + 0.3, DETAIL - side / 2, model.reckoning, 10)


def _draw_paper(board, model, values):
    """The picture itself, large."""
    left, bottom, wide, high = sheet = paper(values)
    board.cells(*sheet, shades(values[0]))
    board.box(*sheet, "input", 0.012)
    (_, row, column), (_, rows, columns) = model.unit, values.shape
    cell = wide / columns, high / rows
    board.box(left + column * cell[0], bottom + high - (row + 1) * cell[1], *cell, "window", 0.02)
    if len(values) == 1:
        board.text(wide + 0.3, DETAIL - 0.2, "The picture itself. Draw on it: press, and pull.", 10)


def _window(model):
    stage, before = model.stages[model.place], model.stages[model.place - 1]
    return taps(before, read(stage, before, model.unit))


def _draw_windows(board, model, stage):
    """Windows above, kernels below them, and each channel's sum; one channel's numbers are written out."""
    windows, kernels = _window(model), stage.layer.weight.data[model.unit[0]]
    order = np.argsort(-np.abs((windows * kernels).sum(axis=(1, 2))), kind="stable")[:SHOWN]
    before, most = model.stages[model.place - 1], float(np.abs(kernels).max()) or 1.0
    bright = limit(before) if before.layer else None
    side = 1.55 if len(kernels) == 1 else 0.8
    for at, channel in enumerate(sorted(order.tolist())):
        window, kernel = windows[channel], kernels[channel]
        x, y = 0.1 + at * (side + 0.12), DETAIL - side
        written = len(kernels) == 1 and max(window.shape) <= FIGURES
        below = (x, y - side - 0.06) if len(kernels) > 1 else (x + side + 0.3, y)
        for (left, bottom), values, top, role in (
            ((x, y), window, bright, "input"),
            (below, kernel, most, "kernel"),
        ):
            labels = [[short(fixed(value)) for value in row] for row in values] if written else None
            board.cells(left, bottom, side, side, shades(values, top), labels, 7.5)
            board.box(left, bottom, side, side, role, 0.012)
        if len(kernels) > 1:
            total = short(fixed((window * kernel).sum()))
            board.text(x + side / 2, y - side - 0.2, f"{channel + 1}: {total}", 8.5, "ink", "center")
    left = 0.1 + 2 * (side + 0.3) + 0.1 if len(kernels) == 1 else 0.1 + len(order) * (side + 0.12) + 0.1
    for i, line in enumerate(model.reckoning.split("\n")):
        board.text(left, DETAIL - 0.1 - 0.2 * i, line, 9.5)


def _draw_products(board, model):
    """The largest products of a dense unit, in two columns, and the rest of them as one number."""
    for i, line in enumerate(model.reckoning.split("\n")):
        board.text(0.1 + 4.1 * (i // 5), DETAIL - 0.1 - 0.24 * (i % 5), line, 9.5)
