"""The contract of every explorer: controls, a picture, and the same state in words.

An author subclasses :class:`Explorer` and writes

- ``inputs``: a dict, name -> Integer, Number, Choice or Toggle (``controls.py``);
- ``start(fig, state) -> artists``: draw what never moves, and return a dict of the artists that do;
- ``update(artists, state)``: set those artists to the state;
- ``words(state) -> str``: what the picture shows, with its numbers: the alt text;

and, where they apply, ``impossible(state)``, ``limits(state)``, ``torch_code(state)`` and ``player``.
"""

import html
import textwrap

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from helpers.drawing import style
from helpers.drawing.cells import tint
from helpers.drawing.picture import Picture
from helpers.explorers.parts.player import Player


class Explorer:
    """A picture of one idea, its controls, and its description in words.

    ``size`` is the picture's width and height in inches (one inch is 100 pixels on the page). ``player``
    names the Integer input that Step, Back, Play and Reset move through, ``interval`` the seconds
    between two steps of Play.
    """

    title = ""
    size = (8.4, 4.4)
    inputs: dict = {}
    layout = "constrained"  # or None, for an author who places the axes himself
    player = None
    interval = 0.7

    def __init__(self, **state):
        self._picture = None
        self._busy = False
        self.controls, rows = {}, []
        for name, spec in self.inputs.items():
            self.controls[name], row = spec.build()
            rows.append(row)
        self._check(state)
        for name, value in state.items():
            self.controls[name].value = value
        self.buttons = dict(self.actions())
        if self.player:
            control, label = self.controls[self.player], self.inputs[self.player].label
            self.buttons = Player(control, label, self.interval).buttons | self.buttons
        if self.buttons:
            rows.append(widgets.HBox(list(self.buttons.values()), layout=_wrap()))
        self._image = widgets.HTML(layout=widgets.Layout(flex="0 1 auto", max_width="100%"))
        self._words = widgets.HTML(
            layout=widgets.Layout(flex="1 1 260px", min_width="240px", margin="0 0 0 8px")
        )
        self.widget = widgets.VBox(
            [
                widgets.HBox(rows, layout=_wrap()),
                widgets.HBox([self._image, self._words], layout=_wrap()),
            ],
            layout=widgets.Layout(max_width="100%", overflow="hidden"),
        )
        self._refresh()
        for control in self.controls.values():
            control.observe(self._refresh, names="value")

    # -- what an author writes ------------------------------------------------------------------------

    def start(self, fig, state):
        raise NotImplementedError(f"{type(self).__name__} must write start(fig, state) -> dict of artists")

    def update(self, artists, state):
        raise NotImplementedError(f"{type(self).__name__} must write update(artists, state)")

    def words(self, state):
        raise NotImplementedError(f"{type(self).__name__} must write words(state) -> str")

    def impossible(self, state):
        """Return in words why there is nothing to draw in this state, or an empty string."""
        return ""

    def limits(self, state):
        """Return name -> highest value for the integer inputs whose range depends on the state."""
        return {}

    def torch_code(self, state):
        """Return the PyTorch line for this state, or an empty string where there is none."""
        return ""

    def actions(self):
        """Return name -> Button for what is not a setting, such as New data."""
        return {}

    # -- what everybody else uses ---------------------------------------------------------------------

    @property
    def state(self):
        """The current setting, name -> value."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **state):
        """Set several controls at once; ValueError or TypeError names the first that cannot be."""
        self._check(state)
        self._busy = True
        try:
            for name, value in state.items():
                if name in self.limits(self.state):  # the range of the old state must not clip the new one
                    self.controls[name].max = self.inputs[name].high
                self.controls[name].value = value
        finally:
            self._busy = False
        self._refresh()

    @property
    def description(self):
        """The current picture in words: its alt text."""
        return self._describe(self.state)

    @property
    def code(self):
        """The line of PyTorch for the current setting, or an empty string."""
        state = self.state
        return "" if self.impossible(state) else self.torch_code(state)

    @property
    def png(self):
        """The current picture as PNG bytes."""
        return self._png

    def draw(self, **state):
        """Return the picture of a setting as a matplotlib Figure; what is not named stays as it is."""
        self._check(state)
        fig, _ = self._fresh(self._limited(self.state | state))
        FigureCanvasAgg(fig)
        return fig

    def show(self, **state):
        """Display the static picture of a setting, with its description as alt text."""
        self._check(state)
        state = self._limited(self.state | state)
        style.show(self.draw(**state), self._describe(state))

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        bundle = style.bundle(self._png, self.description, self._width)
        return bundle | {"application/vnd.jupyter.widget-view+json": view}

    # -- how it works ---------------------------------------------------------------------------------

    @property
    def _width(self):
        return self.size[0] * style.CSS_PER_INCH

    def _check(self, state):
        for name, value in state.items():
            if name not in self.inputs:
                known = ", ".join(self.inputs)
                raise TypeError(f"{type(self).__name__} has no setting {name!r}: choose from {known}")
            if reason := self.inputs[name].refuse(value):
                raise ValueError(f"{name}={value!r}: {reason}")

    def _limited(self, state):
        """Return the state with every value brought into the range that the other values leave it."""
        return state | {name: min(state[name], high) for name, high in self.limits(state).items()}

    def _describe(self, state):
        state = self._limited(state)
        return " ".join((self.impossible(state) or self.words(state)).split())

    @style.look()
    def _fresh(self, state):
        """Return a new figure of the state and the artists that move in it."""
        paper = style.ROLES["paper"]
        fig = Figure(figsize=self.size, dpi=style.DPI, facecolor=paper, layout=self.layout or "none")
        if reason := self.impossible(state):
            note = textwrap.fill(" ".join(reason.split()), 62)
            box = {
                "boxstyle": "round,pad=1",
                "facecolor": tint("window", 0.15),
                "edgecolor": style.ROLES["window"],
            }
            return fig, {"note": fig.text(0.5, 0.5, note, ha="center", va="center", fontsize=14, bbox=box)}
        artists = self.start(fig, state)
        self.update(artists, state)
        return fig, artists

    def _refresh(self, change=None):
        """Bring picture and words to the state of the controls."""
        if self._busy:
            return
        self._busy = True  # settling the limits below changes controls, which would come back here
        try:
            for name, high in self.limits(self.state).items():
                self.controls[name].max = max(high, self.controls[name].min)
            state = self.state
            if self.impossible(state):
                self._png = Picture(*self._fresh(state)).png()
            else:
                if self._picture is None:
                    self._picture = Picture(*self._fresh(state))
                else:
                    self.update(self._picture.artists, state)
                self._png = self._picture.png()
            words, code = self.description, self.code
            self._image.value = style.img(self._png, words, self._width)
            self._words.value = (
                f'<div style="line-height:1.45"><b>{html.escape(self.title)}</b><p>{html.escape(words)}</p>'
                + (f"<p><code>{html.escape(code)}</code></p></div>" if code else "</div>")
            )
        finally:
            self._busy = False


def _wrap():
    """Return a row that breaks into several in a narrow window."""
    return widgets.Layout(flex_flow="row wrap", align_items="flex-start", width="100%")
