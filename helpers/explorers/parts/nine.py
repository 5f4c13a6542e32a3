"""A filter's nine numbers in nine boxes: typing makes the filter the reader's own."""

import ipywidgets as widgets
import numpy as np

from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Number

NINE = [f"w{row}{column}" for row in range(3) for column in range(3)]
OWN = "my own"  # the choice of the input "filter" that reads the nine boxes
REACH = 9.0  # largest weight


class Weight(Number):
    """One number of the filter: a number box alone, since nine sliders would fill the window."""

    def build(self):
        box = widgets.BoundedFloatText(
            value=self.value,
            min=self.low,
            max=self.high,
            step=self.step,
            description=self.label,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="112px"),
        )
        return box, box


def boxes(kernel):
    """Return the nine inputs, name -> Weight, that begin with ``kernel`` (3, 3)."""
    values = zip(NINE, kernel.ravel().tolist(), strict=True)
    return {name: Weight(f"w[{name[1]}, {name[2]}]", -REACH, REACH, value, 0.5) for name, value in values}


class NineNumbers(Explorer):
    """An explorer with an input ``filter`` and nine boxes that show its numbers, and change them.

    Its author writes ``kernel(state)``, the chosen filter (kh, kw).
    """

    def __init__(self, **state):
        super().__init__(**self._meant(state))
        rows = self.widget.children[0]
        nine = [self.controls[name] for name in NINE]
        grid = widgets.GridBox(nine, layout=widgets.Layout(grid_template_columns="repeat(3, 116px)"))
        others = [row for row in rows.children if row not in nine]
        heading = widgets.HTML("The filter's nine numbers, row by row")
        rows.children = [*others[:-1], widgets.VBox([heading, grid]), others[-1]]

    def kernel(self, state):
        raise NotImplementedError(f"{type(self).__name__} must write kernel(state) -> array (kh, kw)")

    def actions(self):
        turn = widgets.Button(description="Turn filter", tooltip="Turn the nine numbers a quarter leftwards")
        turn.on_click(lambda _: self._write(np.rot90(self._nine(self.state))))
        flip = widgets.Button(description="Flip signs", tooltip="Change the sign of all nine numbers")
        flip.on_click(lambda _: self._write(-self._nine(self.state)))
        return {"turn": turn, "flip": flip}

    def set(self, **state):
        super().set(**self._meant(state))

    def draw(self, **state):
        return super().draw(**self._meant(state))

    def show(self, **state):
        super().show(**self._meant(state))

    def _meant(self, state):
        """A number given without a filter makes the filter the reader's own."""
        if "filter" not in state and any(name in state for name in NINE):
            return {"filter": OWN} | state
        return state

    def _nine(self, state):
        """The numbers in the boxes, (3, 3)."""
        return np.array([state[name] for name in NINE], dtype=np.float64).reshape(3, 3)

    def _write(self, kernel):
        self.set(**dict(zip(NINE, (kernel + 0.0).ravel().tolist(), strict=True)))

    def _refresh(self, change=None):
        """Typing a number makes the filter the reader's own; choosing a filter fills in its numbers.

        Where the filter does not have nine numbers, boxes and buttons are off.
        """
        if not self._busy:
            self._busy = True
            try:
                if change and any(change["owner"] is self.controls[name] for name in NINE):
                    self.controls["filter"].value = OWN
                self._fill()
            finally:
                self._busy = False
        super()._refresh(change)

    def _fill(self):
        state = self.state
        kernel = self.kernel(state)
        fits = kernel.shape == (3, 3)
        for control in (*(self.controls[name] for name in NINE), *self.buttons.values()):
            control.disabled = not fits
        if state["filter"] == OWN or not fits:
            return
        for name, value in zip(
            NINE, np.clip(np.round(kernel, 3), -REACH, REACH).ravel().tolist(), strict=True
        ):
            self.controls[name].value = value
