"""What can be pointed at: pixels and outputs, whatever the window, and the rows of one axis."""

from helpers.explorers.parts import spots
from helpers.numerals import minus


def cells(artists, model):
    """The spots of the plane, each going through the windows that reach it, and of the small array."""
    down, across = (
        spots.readers(part.length, (part.starts[:, None] + part.taps).tolist())
        for part in (model.down, model.across)
    )
    big, little = ("Output", "Input") if model.transposed else ("Input", "Output")

    def setting(row, column):
        return {"window": row * model.across.windows + column}

    def pixel(row, column):
        words, settings = spots.read_by(down[row], across[column], setting)
        words = words.replace("read", "written") if model.transposed else words
        what = big if model.inside[row, column] else "Cut" if model.transposed else "Padding"
        return minus(f"{what} ({row - model.padding}, {column - model.padding}){words}"), settings

    def cell(row, column):
        return f"{little} ({row}, {column})", setting(row, column)

    return spots.cells(artists["plane"], pixel) + spots.cells(artists["small"], cell)


def axis(artists, model):
    """The spots of the axis: a row for each window of the marked window's own row."""

    def window(row):
        at = model.row * model.across.windows + row - 1
        return (f"Window {row - 1} along the axis", {"window": at}) if row else None

    return spots.rows(artists["axis"], window)
