"""What can be pointed at: pixels and outputs, whatever the window, and the rows of one axis."""

from helpers.explorers.parts import spots
from helpers.numerals import many


def cells(artists, model):
    """The spots of the plane, each going through the windows that reach it, and of the small array."""
    down, across = (
        [[i for i, start in enumerate(part.starts) if at - start in part.taps] for at in range(part.length)]
        for part in (model.down, model.across)
    )
    big, little, done = ("Output", "Input", "written") if model.transposed else ("Input", "Output", "read")

    def pixel(row, column):
        found = [{"window": i * model.across.windows + j} for i in down[row] for j in across[column]]
        what = big if model.inside[row, column] else "Cut" if model.transposed else "Padding"
        place = f"({row - model.padding}, {column - model.padding})"
        return f"{what} {place}, {done} by {many(len(found), 'window')}", found or {}

    def cell(row, column):
        return f"{little} ({row}, {column})", {"window": row * model.across.windows + column}

    return spots.cells(artists["plane"], pixel) + spots.cells(artists["small"], cell)


def axis(artists, model):
    """The spots of the axis: a row for each window of the marked window's own row."""

    def window(row):
        at = model.row * model.across.windows + row - 1
        return (f"Window {row - 1} along the axis", {"window": at}) if row else None

    return spots.rows(artists["axis"], window)
