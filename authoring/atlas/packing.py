"""Many pictures in little space: every part once, and what changes from state to state as small numbers.

A part of a picture (an entry of scene_json) is written once and then called by its number; so is a list of
parts, an image, a sentence. What is left are columns of numbers, one number for each state, of which
neighbours are alike: written as differences they are mostly zeros, and shrink to almost nothing.

Cells are mostly rows that come again: their colours, labels and stripes are each a grid, that is, the number
of a pattern ("aabba": which rows are alike) and then the numbers of those rows.
"""

import base64
import gzip
import hashlib
import io
import json
import re
import zlib

import numpy as np
from PIL import Image

FIRST = 0x5D  # number 0 as a letter: from here on no letter of JSON must be escaped


class Table(dict):
    """Thing -> its number: that of its first use."""

    def number(self, thing):
        return self.setdefault(thing, len(self))


class Packer:
    """The tables of all that the pictures of an atlas are made of."""

    def __init__(self):
        self.colours, self.texts, self.edges = Table(), Table(), Table()
        self.images, self.parts, self.pieces = Table(), Table(), Table()
        self.rows, self.patterns, self.grids = Table(), Table(), Table()
        self._written = []  # the images
        self._known = {}  # digest of cells -> their part: most cells come again

    def piece(self, entries):
        """Return the number of a list of entries."""
        return self.pieces.number(tuple(self.parts.number(self._part(entry)) for entry in entries))

    def address(self, pixels):
        """Return the number of an image, for scene_json.entries."""
        number = self.images.number((pixels.shape, hashlib.blake2b(pixels.tobytes()).digest()))
        if number == len(self._written):
            self._written.append(self._image(pixels))
        return number

    def _image(self, pixels):
        """An image as a letter for each pixel, or as WebP where that is much shorter."""
        webp = _webp(pixels)
        if pixels.shape[2] == 3 and len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 256:
            written = letters(self._colours(pixels.tobytes().hex()))
            alone = len(base64.b64encode(zlib.compress(written.encode())))
            if alone < 4 / 3 * len(webp):  # together with its like it takes less than alone
                return [pixels.shape[1], written]
        return webp

    def _colours(self, faces):
        return [self.colours.number(faces[i : i + 6]) for i in range(0, len(faces), 6)]

    def _part(self, entry):
        """An entry as JSON; cells as the numbers of what they are made of."""
        if entry[0] != "cells":
            return dumped(entry)
        digest = hashlib.blake2b(repr(entry).encode(), digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = self._cells(*entry[1:])
        return self._known[digest]

    def _cells(self, x, y, faces, labels, stripes, pixels):
        labels, stripes = labels and map(self.texts.number, labels), stripes and map(int, stripes)
        grids = (self._grid(cells, len(x) - 1) for cells in (self._colours(faces), labels, stripes))
        return self.edges.number(dumped([x, y, pixels])), *grids

    def _grid(self, cells, columns):
        """The number of a grid of numbers, counted from 1; 0 for none."""
        if cells is None:
            return 0
        cells, alike = letters(cells), Table()
        rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
        pattern = self.patterns.number(letters(map(alike.number, rows)))
        return 1 + self.grids.number((pattern, *map(self.rows.number, alike)))

    def tables(self):
        """Return everything as JSON takes it; 0 in the place of a part stands for the next cells."""
        cells = [part for part in self.parts if isinstance(part, tuple)]
        return {
            "colours": list(self.colours),
            "texts": list(self.texts),
            "edges": [json.loads(edges) for edges in self.edges],
            "images": self._written,
            "rows": list(self.rows),
            "patterns": list(self.patterns),
            "grids": ragged(self.grids),
            "cells": ragged(cells),
            "parts": [0 if isinstance(part, tuple) else json.loads(part) for part in self.parts],
            "pieces": ragged(self.pieces),
        }


class Texts:
    """A column of texts as numbers: each sentence once, and each list of sentences once."""

    def __init__(self):
        self.sentences, self.lists, self.column = Table(), Table(), []

    def add(self, text):
        parts = re.split(r"(?<=[.;:,]) ", text) if text else []
        self.column.append(self.lists.number(tuple(map(self.sentences.number, parts))))

    def packed(self):
        return {"table": list(self.sentences), "lists": ragged(self.lists), "column": column(self.column)}


def letters(numbers):
    """Numbers as a text, a letter each."""
    return "".join(chr(FIRST + number) for number in numbers)


def column(numbers):
    """A column of numbers as its first and the differences; one number where all are the same."""
    numbers = np.array(numbers, np.int64)
    if not numbers.size or (numbers == numbers[0]).all():
        return int(numbers[0]) if numbers.size else 0
    return [int(numbers[0]), *np.diff(numbers).tolist()]


def ragged(lists):
    """Lists of numbers one below the other: a column for each place, −1 where a list has ended."""
    lists = list(lists)
    longest = max(map(len, lists), default=0)
    columns = [column([part[i] if i < len(part) else -1 for part in lists]) for i in range(longest)]
    return {"count": len(lists), "columns": columns}


def dumped(thing):
    return json.dumps(thing, separators=(",", ":"), ensure_ascii=False)


def squeezed(thing):
    """JSON, gzipped, as letters that a script may hold: the same for the same thing."""
    return base64.b64encode(gzip.compress(dumped(thing).encode(), 9, mtime=0)).decode()


def _webp(pixels):
    """An image, without loss, in base 64."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "webp", lossless=True, quality=60, method=4)
    return base64.b64encode(buffer.getvalue()).decode()
