"""Settings of an explorer for its tests: at random, but always the same ones."""

import random
from typing import NamedTuple

from helpers.drawing import scene
from helpers.drawing.lettering import BEFORE


def possible(explorer, count, choose=None, seed=0):
    """Yield so many states in which there is something to draw.

    ``choose(draw)`` gives a setting, ``draw`` being a random.Random; by default a value of every input.
    """
    draw = random.Random(seed)
    while count:
        given = choose(draw) if choose else at_random(explorer, draw)
        state = explorer.at(**given)
        if explorer.solved(state)[0] is not None:
            count -= 1
            yield state


def at_random(explorer, draw):
    """Return a value for every input."""
    return {name: draw.choice(spec.values()) for name, spec in explorer.inputs.items()}


def everything(widget):
    """Yield a widget and all widgets in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


class Line(NamedTuple):
    """One line of text in a picture, and its box in pixels from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    pixels: float  # size of type

    def apart(self, other, least=0):
        """Whether the two do not cover one another; of lines one below the other, by ``least`` pixels."""
        beside = self.right <= other.left or other.right <= self.left
        return beside or abs(self.top + self.bottom - other.top - other.bottom) / 2 > least


def lines(drawn):
    """Return every line of text that a figure or an artist shows; turned ones are left out."""
    found = []
    for words in scene.of(drawn):
        if isinstance(words, scene.Words) and not words.angle:
            left = words.x - BEFORE[words.align] * words.width
            top, bottom = words.y - 0.75 * words.pixels, words.y + 0.24 * words.pixels
            found.append(Line(words.text, left, top, left + words.width, bottom, words.pixels))
    return found
