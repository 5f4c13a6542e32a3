"""The hand on a picture: a layer over it that knows its places, where a notebook can show an anywidget.

The kernel needs the package anywidget, the page its half of it. Where either is missing no message comes
back, the layer is never laid over the picture, and the controls do all that there is to do.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import traitlets

from helpers.explorers.parts.controls import Number
from helpers.explorers.parts.spots import hit

try:
    from anywidget import AnyWidget
except ImportError:
    AnyWidget = None

HERE = Path(__file__).parent


def over(explorer, box):
    """Lay a hand over the picture in ``box`` once the page says that it can; None where the kernel cannot."""
    return None if AnyWidget is None else Hand(explorer, box)


if AnyWidget is not None:

    class Hand(AnyWidget):
        """The places of an explorer's picture in the page, and what a reader does to them."""

        _esm = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("scene.js", "hand.js"))
        _css = (HERE / "hand.css").read_text(encoding="utf-8")
        spots = traitlets.Unicode("[]").tag(sync=True)
        numbers = traitlets.Unicode("[]").tag(sync=True)
        answered = traitlets.Int(0).tag(sync=True)

        def __init__(self, explorer, box):
            super().__init__()
            self._explorer, self._box = explorer, box
            self.on_msg(lambda _, content, __: self._take(content))

        def _take(self, content):
            """A message of the page."""
            if isinstance(content, dict) and content.get("here") is True:
                if self not in self._box.children:
                    self._box.children = (*self._box.children, self)
            else:
                heard(self._explorer, content)
                self.answered += 1
            self.follow()

        def follow(self):
            """Tell the page of the places of the current picture, if it has asked for them."""
            if self in self._box.children:
                explorer = self._explorer
                self.spots = json.dumps(explorer.regions, default=_plain)
                self.numbers = json.dumps([_typed(explorer, spot) for spot in explorer.numbers])


def heard(explorer, content):
    """Do what a message of the page asks for: {point: [x, y]}, {pull: [x, y]} or {number: [input, value]}.

    A page can send anything. What is not one of the picture's places, or no number that may stand there, is
    let fall.
    """
    content = content if isinstance(content, dict) else {}
    for kind, do in (("point", _point), ("pull", _pull), ("number", _number)):
        given = content.get(kind)
        if isinstance(given, list) and len(given) == 2:
            do(explorer, *given)


def _point(explorer, x, y, pulled=False):
    inside = all(type(part) in (int, float) and 0 <= part < 1 for part in (x, y))
    if inside and (spot := hit(explorer.regions, x, y)):
        several = isinstance(spot.settings, list)
        explorer.point(spot._replace(settings=spot.settings[0]) if pulled and several else spot)


def _pull(explorer, x, y):
    """Pressed on its way, the pointer takes of each place the first setting: it does not go through them."""
    _point(explorer, x, y, pulled=True)


def _number(explorer, name, value):
    if any(name == own for spot in explorer.numbers for own in spot.settings):
        try:
            explorer.set(**{name: value})
        except (TypeError, ValueError):
            return


def _plain(part):
    """What JSON does not know: ranges, and dicts that cannot be changed."""
    return dict(part) if isinstance(part, Mapping) else list(part)


def _typed(explorer, spot):
    (name, value), *_ = spot.settings.items()
    spec = explorer.inputs[name]
    return [*spot[:5], [name, value, spec.low, spec.high, spec.step if isinstance(spec, Number) else 1]]
