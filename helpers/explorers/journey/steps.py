"""The eight steps of the journey of an image: what each draws on the board."""

import numpy as np

from helpers.datasets import FASHION_CLASSES
from helpers.drawing.colours import shades
from helpers.drawing.style import RGB
from helpers.explorers.journey.words import AFTER, NAMES, SHAPES
from helpers.numerals import fixed
from helpers.pretrained import garments

# Inches. The strip of thumbnails on top, the large pictures below it, and the two lines of the caption.
STRIP, THUMB, SLOT = 4.15, 0.84, 1.0275
FLOOR, BIG, SMALL = 0.85, 2.75, 1.45  # lower edge; sides of a large map and of all maps together
LEFT, MIDDLE, RIGHT, GRID = 0.15, 3.42, 3.95, 6.82  # before, the operation's middle, after, all maps


def thumbs():
    """The squares of the strip, one for each step: (x, y, width, height)."""
    return [(LEFT + SLOT * place, STRIP, THUMB, THUMB) for place in range(len(NAMES))]


def small_maps(step):
    """The squares of all maps of a step, small; none where it has none."""
    if 2 <= step <= 5:
        count, columns, gap = (16, 4, 0.08) if step == 5 else (6, 2, 0.08)
        x, top, side = GRID, FLOOR + BIG, (SMALL - gap * (columns - 1)) / columns
    else:
        count, columns, gap = 16 if step == 6 else 0, 4, 0.07
        x, top, side = LEFT + 0.3, FLOOR + BIG + 0.2, 0.46
    return [
        (x + (i % columns) * (side + gap), top - side - (i // columns) * (side + gap), side, side)
        for i in range(count)
    ]


def draw_strip(board, found, step):
    """All steps in a row; those that lie ahead are empty, this one is framed."""
    for place, (name, shape, (x, *_)) in enumerate(zip(NAMES, SHAPES, thumbs(), strict=True)):
        middle, here = x + THUMB / 2, place == step - 1
        board.text(middle, STRIP + THUMB + 0.27, f"{place + 1} {name}", 10, "ink", "center", here)
        board.text(middle, STRIP + THUMB + 0.1, shape, 8.5, "muted", "center")
        if place < step:
            board.cells(x, STRIP, THUMB, THUMB, _thumbnail(found, place))
        board.box(x, STRIP, THUMB, THUMB, "window" if here else "padding", 0.035 if here else 0.01)


def draw_step(board, found, step, chosen, right):
    """The large picture of a step; ``chosen`` is the map that is followed, ``right`` the true class."""
    if step == 1:
        _draw_input(board, found)
    elif step <= 5:
        _draw_maps(board, found, step, chosen)
    elif step == 6:
        _draw_flatten(board, found, chosen)
    elif step == 7:
        _draw_dense(board, found)
    else:
        _draw_classes(board, found, right)


def _draw_input(board, found):
    image = found["input"][0]
    rows, columns = slice(10, 18), slice(10, 18)
    side = 2.95
    board.cells(LEFT + 0.6, FLOOR - 0.02, side, side, shades(image))
    pixel = side / 28
    left, bottom = LEFT + 0.6 + 10 * pixel, FLOOR - 0.02 + side - 18 * pixel
    board.box(left, bottom, 8 * pixel, 8 * pixel, "window", 0.025)
    labels = [[f"{value:.2f}" for value in line] for line in image[rows, columns]]
    board.cells(4.5, FLOOR - 0.02, 3.4, side - 0.22, shades(image[rows, columns]), labels, 9)
    board.box(4.5, FLOOR - 0.02, 3.4, side - 0.22, "window", 0.025)
    board.text(6.2, FLOOR + side - 0.12, "rows 10 to 17, columns 10 to 17", 10, "muted", "center")


def _draw_maps(board, found, step, chosen):
    """Before, the operation, after, for the followed map; and all maps of this step, small."""
    after = found[AFTER[step - 1]]
    limit = _limit(found, step)
    top = FLOOR + BIG
    if step == 2:
        before, title = shades(found["input"][0]), "input"
        _draw_filters(board, found, "conv1", chosen)
    elif step == 5:
        before, title = shades(_mosaic(found["pool1"], 3), _limit(found, 4)), "six maps"
        _draw_filters(board, found, "conv2", chosen)
    else:
        before, title = shades(found[AFTER[step - 2]][chosen], limit), f"map {chosen + 1} before"
        lines = ("negative", "becomes 0", "→") if step == 3 else ("largest", "of 2 × 2", "→")
        for i, words in enumerate(lines):
            board.text(MIDDLE, FLOOR + BIG / 2 + 0.3 - 0.25 * i, words, 10.5, align="center")
    board.cells(LEFT, FLOOR, BIG, BIG, before)
    board.box(LEFT, FLOOR, BIG, BIG, "padding", 0.01)
    board.text(LEFT + BIG / 2, top + 0.15, title, 10.5, "input" if step == 2 else "ink", "center")
    labels = [[fixed(v, 1) for v in line] for line in after[chosen]] if step == 5 else None
    board.cells(RIGHT, FLOOR, BIG, BIG, shades(after[chosen], limit), labels, 10)
    board.box(RIGHT, FLOOR, BIG, BIG, "window", 0.025)
    board.text(RIGHT + BIG / 2, top + 0.15, f"map {chosen + 1} after", 10.5, "output", "center")
    _draw_small(board, after, step, chosen, limit)
    board.text(GRID + SMALL / 2, top + 0.15, f"all {len(after)} maps", 10.5, "output", "center")
    _draw_scale(board, limit)


def _draw_small(board, maps, step, chosen, limit):
    """All maps of a step, the chosen one framed."""
    for i, (values, place) in enumerate(zip(maps, small_maps(step), strict=True)):
        board.cells(*place, shades(values, limit))
        board.box(*place, "window" if i == chosen else "padding", 0.025 if i == chosen else 0.01)


def _draw_filters(board, found, name, chosen):
    """The filter that makes the followed map: one kernel, or six."""
    layer = garments.trained().layers[name]
    kernels, bias = layer.weight.data[chosen], layer.bias.data[chosen]
    limit, middle = float(np.abs(kernels).max()), MIDDLE
    side = 0.9 if len(kernels) == 1 else 0.36
    rows = (len(kernels) + 1) // 2
    bottom = FLOOR + BIG / 2 - rows * (side + 0.06) / 2 + 0.1
    for i, kernel in enumerate(kernels):
        x = middle - side / 2 if len(kernels) == 1 else middle - side - 0.03 + (i % 2) * (side + 0.06)
        y = bottom + (rows - 1 - i // 2) * (side + 0.06)
        board.cells(x, y, side, side, shades(kernel, limit))
        board.box(x, y, side, side, "kernel", 0.015)
    board.text(middle, bottom + rows * (side + 0.06) + 0.12, f"∗ filter {chosen + 1}", 10, "kernel", "center")
    board.text(middle, bottom - 0.16, f"weights ±{limit:.2f}", 9, "muted", "center")
    board.text(middle, bottom - 0.34, f"bias {fixed(bias)}", 9.5, "muted", "center")
    if name == "conv2":
        board.text(middle, bottom - 0.56, "ReLU, pool", 9.5, "muted", "center")
    board.text(middle, bottom - (0.78 if name == "conv2" else 0.58), "→", 11, "ink", "center")


def _draw_scale(board, limit):
    """What the maps' colours mean."""
    x, y = GRID, FLOOR + 0.12
    board.cells(x, y, SMALL, 0.1, shades(np.linspace(-limit, limit, 61)[None], limit))
    for place, value, align in ((0, -limit, "left"), (SMALL / 2, 0, "center"), (SMALL, limit, "right")):
        board.text(x + place, y - 0.1, fixed(value, 1) if value else "0", 9, "muted", align)


def _draw_flatten(board, found, chosen):
    maps, limit = found["pool2"], _limit(found, 5)
    _draw_small(board, maps, 6, chosen, limit)
    labels = [[fixed(v, 1) for v in line] for line in maps[chosen]]
    size, top = 4 * 0.46 + 3 * 0.07, FLOOR + BIG + 0.2
    board.cells(3.6, top - size, size, size, shades(maps[chosen], limit), labels, 9.5)
    board.box(3.6, top - size, size, size, "window", 0.025)
    board.text(3.6 + size / 2, top + 0.14, f"map {chosen + 1}", 10.5, "ink", "center")
    board.text(LEFT + 0.3 + size / 2, top + 0.14, "16 maps of 5 × 5", 10.5, "ink", "center")
    words = ("Row by row, map after map.", "Where a number stood is now", "told only by its place.")
    for i, line in enumerate(words):
        board.text(5.95, top - 0.7 - 0.22 * i, line, 10, "muted")
    y = FLOOR + 0.1
    board.cells(LEFT, y, 8.0, 0.3, shades(found["flatten"][None], limit))
    board.box(LEFT, y, 8.0, 0.3, "padding", 0.01)
    board.box(LEFT + 0.5 * chosen, y, 0.5, 0.3, "window", 0.025)
    board.text(LEFT, y + 0.42, "one row of 400 numbers", 10.5, "output")


def _draw_dense(board, found):
    y = FLOOR + BIG - 0.2
    for name, role in (("flatten", "ink"), ("relu3", "ink"), ("relu4", "ink")):
        values = found[name]
        zeros = 100 * np.mean(values == 0)
        words = f"{len(values)} numbers, {fixed(values.min())} to {fixed(values.max())}"
        words += f"; {zeros:.0f} % are 0" + (" after ReLU" if name != "flatten" else "")
        board.text(LEFT, y + 0.36, words, 10, role)
        board.cells(LEFT, y, 8.0, 0.24, shades(values[None], float(np.abs(values).max()) or 1.0))
        board.box(LEFT, y, 8.0, 0.24, "padding", 0.01)
        following = {"flatten": "dense1", "relu3": "dense2", "relu4": "dense3"}[name]
        layer = garments.trained().layers[following].weight.data
        words = f"↓ {layer.shape[1]} · {layer.shape[0]} = {layer.size:,} weights"
        board.text(LEFT + 4.0, y - 0.2, words, 10, "kernel", "center")
        y -= 0.75
    scores = found["dense3"]
    board.text(LEFT, y + 0.36, "10 scores", 10, "output")
    labels = [[fixed(value, 1) for value in scores]]
    limit = float(np.abs(scores).max())
    board.cells(LEFT, y, 8.0, 0.24, shades(scores[None], limit), labels, 9.5)
    for i, name in enumerate(FASHION_CLASSES):
        board.text(LEFT + 0.8 * (i + 0.5), y - 0.12, name, 8.5, "ink", "center", i == int(scores.argmax()))
    board.box(LEFT + 0.8 * int(scores.argmax()), y, 0.8, 0.24, "window", 0.025)


def _draw_classes(board, found, right):
    side = 2.5
    board.cells(LEFT + 0.1, FLOOR + 0.25, side, side, shades(found["input"][0]))
    board.box(LEFT + 0.1, FLOOR + 0.25, side, side, "padding", 0.01)
    board.text(LEFT + 0.1 + side / 2, FLOOR + 0.1, FASHION_CLASSES[right], 10.5, "ink", "center", bold=True)
    probabilities = found["softmax"]
    answer = int(probabilities.argmax())
    for i, (name, value) in enumerate(zip(FASHION_CLASSES, probabilities, strict=True)):
        y = FLOOR + BIG + 0.12 - 0.295 * i
        board.text(4.45, y, name, 10.5, "ink", "right", i == right)
        role = "output" if i == right else "positive" if i == answer else "muted"
        board.bar(4.55, y - 0.09, max(2.35 * value, 0.01), 0.18, role)
        words = f"{value:.3f}" + (" right class" if i == right else " its answer" if i == answer else "")
        board.text(4.62 + max(2.35 * value, 0.01), y, words, 10, "ink", bold=i in (right, answer))


def _thumbnail(found, place):
    """The small square picture of a step's result."""
    values = found[AFTER[place]]
    if place == 0:
        return shades(values[0])
    if values.ndim == 3:
        columns, limit = (3, 4)[place == 4], _limit(found, place + 1)
        return shades(_mosaic(values, columns), limit)
    if place == 7:
        bars = np.arange(1, 41)[None] <= np.ceil(40 * values[:, None])  # ten rows: 0.025 a cell
        return np.where(bars[..., None], RGB["output"], RGB["paper"])
    limit = float(np.abs(values).max())
    return shades(values.reshape(20, 20) if place == 5 else values[:, None], limit)


def _mosaic(maps, columns):
    """Maps side by side, ``columns`` in a row, a line of zeros between them."""
    framed = np.pad(maps, ((0, 0), (0, 1), (0, 1)))
    count, height, width = framed.shape
    rows = count // columns
    return framed.reshape(rows, columns, height, width).transpose(0, 2, 1, 3).reshape(rows * height, -1)


def _limit(found, step):
    """The value at which the colours of a step's maps are full; steps 2 to 4 share theirs."""
    return float(np.abs(found["conv1" if step <= 4 else "pool2"]).max()) or 1.0
