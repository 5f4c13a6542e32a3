"""What can be pointed at inside a network: every number, the pixels, and the sheet that is drawn on."""

from helpers.explorers.network import picture
from helpers.explorers.network.chain import read
from helpers.explorers.parts import spots

PAPER = "Draw at pixel"  # on the large picture


def places(size, model, drawing):
    """The places of the picture; ``drawing`` is the name of the picture that is drawn on."""
    found, sheet = [], model.stages[0].values
    if model.place == 0 and len(sheet) == 1:
        down, across = (("row", range(sheet.shape[1])), ("column", range(sheet.shape[2])))
        also = {"image": drawing, "layer": "input"}
        found.append(_plane(size, picture.paper(sheet), PAPER, down, across, also))
    for stage, column in zip(model.stages, picture.columns(model.stages), strict=True):
        for i, box in enumerate(picture.places(stage, *column)):
            found.append(_plane(size, box, *_meaning(model, stage, i)))
    left, width = picture.columns(model.stages)[0]
    heading = left, picture.TOP + 0.02, width, 0.42
    return [*found, spots.inches(size, heading, "The picture itself", {"layer": "input"})]


def _plane(size, box, label, down, across, also):
    return spots.Plane(*spots.inches(size, box, label, {})[:5], down, across, also)


def _meaning(model, stage, i):
    """What a map of a stage, or its list, stands for: its name, and what each row and column of it sets."""
    count, rows, columns = stage.values.shape
    if stage.flat:
        return stage.name, ("map", range(1, count + 1)), ("row", (0,)), {"layer": stage.name}
    label, after = f"{stage.name}, map {i + 1}", model.stages[1]
    if stage.layer or after.flat or after.kind == "Conv2d" and after.layer.options["groups"] > 1:
        return label, ("row", range(rows)), ("column", range(columns)), {"layer": stage.name, "map": i + 1}
    # A pixel stands for the numbers of the first layer that read it.
    down, across = (
        spots.readers(side, [_cells(read(after, stage, (0, at, at))[axis]) for at in range(places)])
        for axis, side, places in ((1, rows, after.values.shape[1]), (2, columns, after.values.shape[2]))
    )
    shown = model.map if model.place == 1 else 1
    also = {"layer": after.name, "map": shown if after.kind == "Conv2d" else i + 1}
    return label, ("row", down), ("column", across), also


def _cells(window):
    return range(window.start, window.stop, window.step or 1)
