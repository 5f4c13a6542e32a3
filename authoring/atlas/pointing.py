"""The spots of all states in little space: most are grids, and grids are alike.

The spots of a state are a list of patches: one for each plane, and one for each run of spots from the upper
left to the lower right. A patch is written once, with the values it sets counted from the lowest; a state
holds the numbers of its patches and those lowest values.

    ["plane", plane]                               as spots.py has it
    ["grid", edges, name, down, across, labels]    every cell sets one input, to each sum of a number of its
                                                   row and one of its column; edges are the (left, width)
                                                   of all columns and the (top, height) of all rows
    ["list", boxes, name, values, labels]          each box (left, top, width, height) sets one input
    ["spots", spots]                               anything else

What follows the kind of a grid or a list are numbers of parts. All lengths are in ten-thousandths of the
picture.
The labels of a grid are [letters, templates, first, first]: a letter for each cell says which template; its #
are, in turn, the row's number, the column's, and how many values there are. Or they are a list of texts.
"""

import hashlib
import json
import re

from authoring.atlas.packing import Table, column, dumped, letters, ragged
from helpers.explorers.parts.spots import Plane
from helpers.numerals import minus

FINE = 10_000
NUMBER = re.compile("\u2212?\\d+")


class Pointing:
    """Gathers the spots of one state after the other."""

    def __init__(self):
        self.patches, self.parts, self.templates = Table(), Table(), Table()
        self.patch_lists, self.lowest_lists, self.columns = Table(), Table(), ([], [])
        self._known = {}  # digest of a run -> what _patch returns: most runs come again
        self._last = []  # the runs of the state before, which are often the very same

    def add(self, spots):
        found, runs = [], _runs(spots)
        for at, run in enumerate(runs):
            same = at < len(self._last) and self._last[at][0] == run
            found.append(self._last[at][1] if same else self._found(run))
        self._last = list(zip(runs, found, strict=True))
        self.columns[0].append(self.patch_lists.number(tuple(patch for patch, _ in found)))
        self.columns[1].append(self.lowest_lists.number(tuple(lowest for _, lowest in found)))

    def _found(self, run):
        digest = hashlib.blake2b(repr(run).encode()).digest()
        if digest not in self._known:
            self._known[digest] = self._patch(run)
        return self._known[digest]

    def packed(self):
        return {
            "parts": list(map(json.loads, self.parts)),
            "patches": list(map(json.loads, self.patches)),
            "templates": list(self.templates),
            "lists": ragged(self.patch_lists),
            "lowest": ragged(self.lowest_lists),
            "columns": [column(numbers) for numbers in self.columns],
        }

    def _part(self, thing):
        return self.parts.number(dumped(thing))

    def _patch(self, run):
        """Return a patch's number and the lowest value that it sets."""
        if isinstance(run[0], Plane):
            (plane,) = run
            axes = [[name, [*values]] for name, values in (plane.down, plane.across)]
            told = [*map(_fine, plane[:4]), plane.label, *axes, dict(plane.also)]
            return self.patches.number(dumped(["plane", told])), 0
        boxes = [list(map(_fine, spot[:4])) for spot in run]
        name, values = _values(run)
        if name is None:
            spots = [[*box, *spot[4:]] for box, spot in zip(boxes, run, strict=True)]
            return self.patches.number(dumped(["spots", spots])), 0
        lowest = min((value for several in values for value in several), default=0)
        values = [[value - lowest for value in several] for several in values]
        labels = [spot.label for spot in run]
        if grid := _grid(boxes, values):
            edges, down, across = grid
            told = self._labels(labels, values, len(across))
            patch = ["grid", *map(self._part, (edges, name, down, across, told))]
        else:
            patch = ["list", *map(self._part, (boxes, name, values, labels))]
        return self.patches.number(dumped(patch)), lowest

    def _labels(self, labels, values, columns):
        """The labels of a grid by their templates, or as they are."""
        found = [NUMBER.sub("#", label) for label in labels]
        first = [int(number.replace("\u2212", "-")) for number in NUMBER.findall(labels[0])[:2]]
        for at, (label, template) in enumerate(zip(labels, found, strict=True)):
            row, place = divmod(at, columns)
            numbers = [row + first[0], place + first[1], len(values[at])] if len(first) == 2 else []
            if filled(template, numbers) != label:
                return labels
        kinds = list(dict.fromkeys(found))
        return [letters(map(kinds.index, found)), [self.templates.number(kind) for kind in kinds], *first]


def filled(template, numbers):
    """Put numbers in the place of a template's #."""
    numbers = iter(numbers)
    return re.sub("#", lambda _: minus(next(numbers, "#")), template)


def _fine(fraction):
    return round(FINE * fraction)


def _runs(spots):
    """Spots in runs: a plane alone, others as long as they go on to the right or below."""
    runs, last = [], None
    for spot in spots:
        alone = isinstance(spot, Plane) or isinstance(last, Plane)
        if last is None or alone or spot.top < last.top - 1e-6:
            runs.append([])
        runs[-1].append(spot)
        last = spot
    return runs


def _values(run):
    """The one input that all spots of a run set, and to which numbers each; (None, None) for another run."""
    name, values = None, []
    for spot in run:
        several = spot.settings if isinstance(spot.settings, list) else [spot.settings] * bool(spot.settings)
        names = {key for given in several for key in given}
        if len(names | {name} - {None}) > 1 or any(len(given) != 1 for given in several):
            return None, None
        name = next(iter(names), name)
        values.append([given[name] for given in several])
        if not all(type(value) is int for value in values[-1]):
            return None, None
    return (name, values) if name else (None, None)


def _grid(boxes, values):
    """Edges of columns and rows, and the numbers of rows and columns that add up to the values; or None."""
    across, down = (sorted({(box[i], box[i + 2]) for box in boxes}) for i in (0, 1))
    if [(x, y, w, h) for y, h in down for x, w in across] != [tuple(box) for box in boxes]:
        return None
    wide = len(across)
    rows, columns = [values[i * wide] for i in range(len(down))], values[:wide]
    for at, several in enumerate(values):
        if several != [a + b for a in rows[at // wide] for b in columns[at % wide]]:
            return None
    return [across, down], rows, columns
