"""What the author of an explorer writes, and what follows from it without any widget.

All of it depends on the setting alone, so that a page without a kernel can be made of all settings of a tour.
"""

import textwrap
from contextlib import contextmanager
from types import SimpleNamespace

from matplotlib.figure import Figure

from helpers.drawing import style
from helpers.drawing.colours import tint


class Contract:
    """A picture of one idea in any of its settings.

    ``inputs`` is a dict, name -> Integer, Number, Choice or Toggle. ``size`` is the picture's width and
    height in inches (one inch is 100 pixels on the page), ``caption`` says in a line or two how it is read.
    ``player`` names the Integer input that Step, Back, Play and Reset move through, ``interval`` the seconds
    between two steps of Play. ``presets`` are the other buttons, name -> Preset. ``tour`` are the values that
    a page without a kernel offers, name -> list; what it does not name stays as it is.
    """

    title = ""
    caption = ""
    size = (8.4, 4.4)
    inputs: dict = {}
    presets: dict = {}
    tour: dict = {}
    layout = None  # of the figure; None for axes at places in inches
    player = None
    interval = 0.7

    def solve(self, state):
        """Return the model: the setting, and all that is computed from it, as attributes of one object.

        Called once for each move. A ValueError says in words why there is nothing to draw.
        """
        return SimpleNamespace(**state)

    def start(self, fig, model):
        """Draw what never moves; return the artists that do, by name."""
        raise NotImplementedError(f"{type(self).__name__} must write start(fig, model) -> dict of artists")

    def update(self, artists, model):
        """Set the artists to the model."""
        raise NotImplementedError(f"{type(self).__name__} must write update(artists, model)")

    def words(self, model):
        """Return what the picture shows, with its numbers: the alt text."""
        raise NotImplementedError(f"{type(self).__name__} must write words(model) -> str")

    def torch_code(self, model):
        """Return the PyTorch line of the model, or an empty string where there is none."""
        return ""

    def spots(self, artists, model):
        """Return the Spots of the picture: places to point at, and what pointing there sets."""
        return []

    def typed(self, artists, model):
        """Return the Spots of the numbers that can be typed into the picture, settings {input: value}."""
        return []

    def limits(self, state):
        """Return name -> highest value for the integer inputs whose range depends on the state.

        A ValueError counts as no limits: where nothing fits, every range is as wide as its input's.
        """
        return {}

    def settled(self, state, changed=frozenset()):
        """Return the state that a setting comes to rest in, after the inputs ``changed`` were given a value.

        An author whose controls depend on one another makes them agree, and then calls this one, which keeps
        every value within its limits.
        """
        return state | {name: min(state[name], high) for name, high in self.highest(state).items()}

    def unused(self, state):
        """Return the names of the controls and buttons that do nothing in this state."""
        return ()

    # -- what follows ---------------------------------------------------------------------------------

    def highest(self, state):
        """Return the limits, and none where nothing fits."""
        try:
            return self.limits(state)
        except ValueError:
            return {}

    def checked(self, given):
        """Return what is given as the inputs take it; TypeError or ValueError names the first they refuse."""
        found = {}
        for name, value in given.items():
            if name not in self.inputs:
                known = ", ".join(self.inputs)
                raise TypeError(f"{type(self).__name__} has no setting {name!r}: choose from {known}")
            try:
                found[name] = self.inputs[name].accept(value)
            except ValueError as reason:
                raise ValueError(f"{name}={value!r}: {reason}") from None
        return found

    def solved(self, state):
        """Return (model, ""), or (None, words) where there is nothing to draw."""
        try:
            return self.solve(state), ""
        except ValueError as reason:
            return None, " ".join(str(reason).split())

    def worded(self, model, trouble):
        """Return what solved() gave in words, on one line."""
        return trouble or " ".join(self.words(model).split())

    @style.look()
    def drawn(self, model, trouble):
        """Return a new figure of what solved() gave, and the artists that move in it."""
        paper = style.ROLES["paper"]
        fig = Figure(figsize=self.size, dpi=style.DPI, facecolor=paper, layout=self.layout or "none")
        if trouble:
            edge = style.ROLES["window"]
            box = {"boxstyle": "round,pad=1", "facecolor": tint("window", 0.15), "edgecolor": edge}
            look = {"ha": "center", "va": "center", "fontsize": 14, "bbox": box}
            return fig, {"note": fig.text(0.5, 0.5, filled(trouble), **look)}
        artists = self.start(fig, model)
        self.update(artists, model)
        return fig, artists


def filled(trouble):
    """Why there is nothing to draw, in lines for the picture."""
    return textwrap.fill(trouble, 62)


@contextmanager
def saying(words):
    """Put words before those of a ValueError that is raised meanwhile: No output. kernel_size=5: ..."""
    try:
        yield
    except ValueError as reason:
        raise ValueError(f"{words} {reason}") from None
