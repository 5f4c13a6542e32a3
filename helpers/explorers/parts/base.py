"""An explorer in a notebook: the controls, the picture and the words of what its author has written."""

import html

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.drawing import style
from helpers.drawing.picture import Picture
from helpers.explorers.parts import hand
from helpers.explorers.parts.contract import Contract, filled
from helpers.explorers.parts.player import Player


class Explorer(Contract):
    """A picture of one idea, its controls, and its description in words; Contract says what an author writes.

    A move is settled, solved, drawn and said, each once.
    """

    def __init__(self, **state):
        self.inputs = dict(self.inputs)  # an explorer's own: what a reader brings may widen them
        state = self.checked(state)
        self.controls, rows = {}, []
        for name, spec in self.inputs.items():
            self.controls[name], row = spec.build()
            rows.append(row)
        self.buttons = {
            name: preset.build(lambda preset=preset: self.set(**preset.after(self._state)))
            for name, preset in self.presets.items()
        }
        self.buttons |= self.actions()
        if self.player:
            control, label = self.controls[self.player], self.inputs[self.player].label
            self.buttons = Player(control, label, self.interval).buttons | self.buttons
        if self.buttons:
            rows.append(widgets.HBox(list(self.buttons.values()), layout=_wrap()))
        self._image = widgets.HTML(layout=widgets.Layout(max_width="100%", margin="0"))
        picture = widgets.Box([self._image], layout=widgets.Layout(flex="0 1 auto", max_width="100%"))
        picture.add_class("book-picture")
        self._hand = hand.over(self, picture)
        self._text = widgets.HTML(
            layout=widgets.Layout(flex="1 1 260px", min_width="240px", margin="0 0 0 8px")
        )
        self.widget = widgets.VBox(
            [
                widgets.HBox(self.arrange(rows), layout=_wrap()),
                widgets.HBox([picture, self._text], layout=_wrap()),
            ],
            layout=widgets.Layout(max_width="100%", overflow="hidden"),
        )
        self._picture, self._note, self._busy = None, None, False
        self._state = {name: spec.value for name, spec in self.inputs.items()}
        self.take(state)
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._moved(name, change["new"]), names="value")

    def actions(self):
        """Return name -> Button for what is neither a setting nor a preset, such as Keep."""
        return {}

    def arrange(self, rows):
        """Return the controls, and the buttons as their last row, in the order in which they are shown."""
        return rows

    # -- what everybody uses --------------------------------------------------------------------------

    @property
    def state(self):
        """The current setting, name -> value."""
        return dict(self._state)

    @property
    def description(self):
        """The current picture in words: its alt text."""
        return self._description

    @property
    def code(self):
        """The line of PyTorch for the current setting, or an empty string."""
        return self._code

    @property
    def png(self):
        """The current picture as PNG bytes."""
        return self._png

    @property
    def regions(self):
        """The spots of the current picture; none where nothing is drawn."""
        return [] if self._model is None else self.spots(self._picture.artists, self._model)

    @property
    def numbers(self):
        """The spots of the current picture's numbers that can be typed there."""
        return [] if self._model is None else self.typed(self._picture.artists, self._model)

    @property
    def metadata(self):
        """Which explorer and setting a stored picture shows, for a page made of it."""
        told = {"name": type(self).__name__, "state": self.state}
        return {"explorer": told | ({"own": self.brought} if self.brought else {})}

    @property
    def brought(self):
        """The names of what is the reader's own, such as a model: no page without a kernel has it."""
        return []

    def set(self, **given):
        """Set several controls at once; ValueError or TypeError names the first that cannot be."""
        self.take(self.checked(given))

    def point(self, spot):
        """Set what a spot stands for; of several settings the one after the current."""
        self.set(**spot.after(self._state))

    def at(self, **given):
        """Return the state with ``given`` set in it; what is not named stays as it is."""
        return self.settled(self._state | self.checked(given), set(given))

    def describe(self, **given):
        """Return a setting in words."""
        return self.worded(*self.solved(self.at(**given)))

    def artists(self, **given):
        """Return the moving artists of a setting's picture by name, in a figure of their own."""
        return self.drawn(*self.solved(self.at(**given)))[1]

    def draw(self, **given):
        """Return the picture of a setting as a matplotlib Figure."""
        return self._static(*self.solved(self.at(**given)))

    def show(self, **given):
        """Display the static picture of a setting, with its description as alt text and its caption."""
        state = self.at(**given)
        solved, metadata = self.solved(state), self.metadata
        metadata["explorer"]["state"] = state
        style.show(self._static(*solved), self.worded(*solved), self.caption, metadata)

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        bundle = style.bundle(self._png, self._description, self._width, self.caption)
        return bundle | {"application/vnd.jupyter.widget-view+json": view}, self.metadata

    # -- how it works ---------------------------------------------------------------------------------

    @property
    def _width(self):
        return self.size[0] * style.CSS_PER_INCH

    def _static(self, model, trouble):
        fig, _ = self.drawn(model, trouble)
        FigureCanvasAgg(fig)
        return fig

    def _moved(self, name, value):
        """A control was moved: by a reader, by code, or by what a page has sent; what cannot be is undone."""
        if self._busy:
            return
        try:
            given = {name: self.inputs[name].moved(value)}
        except ValueError as reason:
            self.take({})
            raise ValueError(f"{name}={value!r}: {reason}") from None
        self.take(given)

    def take(self, given):
        """Let the state with ``given`` in it come to rest; bring controls, picture and words to it."""
        self._state = state = self.settled(self._state | given, set(given))
        self._model, trouble = self.solved(state)
        self._png = self._painted(trouble)
        self._description = words = self.worded(self._model, trouble)
        self._image.value = style.img(self._png, words, self._width)  # first, for that is what is waited for
        self._busy = True  # the controls that follow are not moved by the reader
        try:
            highest, unused = self.highest(state), self.unused(state)
            for name, spec in self.inputs.items():
                spec.put(self.controls[name], state[name], highest.get(name))
            for name, part in (self.controls | self.buttons).items():
                part.disabled = name in unused
        finally:
            self._busy = False
        self._code = code = "" if trouble else self.torch_code(self._model)
        self._text.value = (
            f'<div style="line-height:1.45"><b>{html.escape(self.title)}</b><p>{html.escape(words)}</p>'
            + (f"<p><code>{html.escape(code)}</code></p></div>" if code else "</div>")
        )
        if self._hand:
            self._hand.follow()

    def _painted(self, trouble):
        """Return the picture as PNG bytes; what never moves was drawn the first time."""
        if trouble:
            if self._note is None:
                self._note = Picture(*self.drawn(None, trouble))
            self._note.artists["note"].set_text(filled(trouble))
            return self._note.png()
        if self._picture is None:
            self._picture = Picture(*self.drawn(self._model, ""))
        else:
            self.update(self._picture.artists, self._model)
        return self._picture.png()


def _wrap():
    """Return a row that breaks into several in a narrow window."""
    return widgets.Layout(flex_flow="row wrap", align_items="flex-start", width="100%")
