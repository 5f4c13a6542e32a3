"""The table under the architecture builder's drawing: what each layer makes, holds, does and takes."""

from helpers.numerals import in_bytes, sizes

# Inches: where the columns end (layers' names begin at the left), where the heads stand, how high a line is
# at most, and how long the bar of the whole is.
LEFT, OUTPUT, PARAMETERS, MACS, RIGHT = 0.15, 3.0, 4.42, 6.62, 8.27
TOP, PITCH, SHARE = 3.1, 0.26, 0.5
SIZE = 9.5  # points


def cost_table(board, words, summary):
    """A line for each layer, and the sums; bars show each layer's share of them."""
    pitch = _pitch(len(words))
    board.text(LEFT, TOP, "layer", SIZE, "muted")
    for name, x in (("output", OUTPUT), ("parameters", PARAMETERS), ("MACs", MACS), ("memory", RIGHT)):
        board.text(x, TOP, name, SIZE, "muted", "right")
    for x in (PARAMETERS, MACS):
        board.text(x + 0.07, TOP, "share", SIZE, "muted")
    y = _height(0, pitch)
    board.text(LEFT, y, "input", SIZE)
    board.text(OUTPUT, y, sizes(summary.input_shape), SIZE, align="right")
    for place, (word, row) in enumerate(zip(words, summary, strict=True), start=1):
        y = _height(place, pitch)
        board.text(OUTPUT, y, sizes(row.shape), SIZE, align="right")
        _costs(board, y, f"{place} {word}", row)
        for value, total, x, role in (
            (row.parameters, summary.parameters, PARAMETERS, "kernel"),
            (row.macs, summary.macs, MACS, "window"),
        ):
            if value:
                board.bar(x + 0.07, y - 0.055, max(SHARE * value / total, 0.008), 0.11, role)
    _costs(board, _height(len(words) + 1, pitch), "in all", summary, bold=True)


def line_of(place, count):
    """The rectangle under that line of a table of ``count`` layers: (x, y, width, height)."""
    pitch = _pitch(count)
    return LEFT - 0.06, _height(place, pitch) - pitch / 2, RIGHT - LEFT + 0.12, pitch


def _costs(board, y, name, row, bold=False):
    board.text(LEFT, y, name, SIZE, bold=bold)
    numbers = (f"{row.parameters:,}", f"{row.macs:,}", in_bytes(row.memory))
    for number, x in zip(numbers, (PARAMETERS, MACS, RIGHT), strict=True):
        board.text(x, y, number, SIZE, align="right", bold=bold)


def _pitch(count):
    return min(PITCH, (TOP - 0.1) / (count + 2.8))


def _height(place, pitch):
    """Where a line's middle is: the input has place 0."""
    return TOP - 0.06 - (place + 1) * pitch
