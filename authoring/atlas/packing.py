"""Many pictures in little space: every part once, and what changes from state to state as small numbers.

A part of a picture (an entry of scene_json) is written once and then called by its number; so is a list of
parts, an image, a sentence. What is left are columns of numbers, one number for each state, of which
neighbours are alike: written as differences they are mostly zeros, and shrink to almost nothing.
"""

import base64
import gzip
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
        self._written = []  # the images
        self._known = {}  # cells -> their part

    def piece(self, entries):
        """Return the number of a list of entries."""
        return self.pieces.number(tuple(self.parts.number(self._part(entry)) for entry in entries))

    def address(self, pixels):
        """Return the number of an image, for scene_json.entries."""
        number = self.images.number((pixels.shape, pixels.tobytes()))
        if number == len(self._written):
            self._written.append(self._image(pixels))
        return number

    def _image(self, pixels):
        """An image as a letter for each pixel, or as WebP where that is much shorter."""
        webp = _webp(pixels)
        if pixels.shape[2] == 3 and len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 256:
            written = self._letters(pixels.tobytes().hex())
            alone = len(base64.b64encode(zlib.compress(written.encode())))
            if alone < 4 / 3 * len(webp):  # together with its like it takes less than alone
                return [pixels.shape[1], written]
        return webp

    def _letters(self, faces):
        return letters(self.colours.number(faces[i : i + 6]) for i in range(0, len(faces), 6))

    def _part(self, entry):
        if entry[0] != "cells":
            return dumped(entry)
        known = str(entry)
        if known not in self._known:
            self._known[known] = self._cells(*entry[1:])
        return self._known[known]

    def _cells(self, x, y, faces, labels, stripes, pixels):
        edges = self.edges.number(dumped([x, y, pixels]))
        labels = labels and letters(map(self.texts.number, labels))
        return dumped(["cells", edges, self._letters(faces), labels, stripes])

    def tables(self):
        """Return everything as JSON takes it."""
        return {
            "colours": list(self.colours),
            "texts": list(self.texts),
            "edges": [json.loads(edges) for edges in self.edges],
            "images": self._written,
            "parts": [json.loads(part) for part in self.parts],
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
