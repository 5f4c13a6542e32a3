"""A filter's nine numbers in nine boxes: typing makes the filter the reader's own."""

import ipywidgets as widgets
import numpy as np

from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Number, Preset

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
    return {
        name: Weight(f"w[{name[1]}, {name[2]}]", -REACH, REACH, value, 0.5)
        for name, value in filled(kernel).items()
    }


def filled(kernel):
    """Return what the nine boxes hold for a kernel (3, 3)."""
    return dict(zip(NINE, np.clip(np.round(kernel, 3), -REACH, REACH).ravel().tolist(), strict=True))


def nine(state):
    """Return the numbers in the boxes, (3, 3)."""
    return np.array([state[name] for name in NINE], dtype=np.float64).reshape(3, 3)


class NineNumbers(Explorer):
    """An explorer with an input ``filter`` and nine boxes that show its numbers, and change them.

    Its author writes ``kernel(state)``, the chosen filter (kh, kw); ``cells`` names the artist that shows it,
    on which its numbers can be typed too.
    """

    cells = None

    presets = {
        "turn": Preset(
            "Turn filter",
            "Turn the nine numbers a quarter leftwards",
            lambda state: filled(np.rot90(nine(state))),
        ),
        "flip": Preset(
            "Flip signs", "Change the sign of all nine numbers", lambda state: filled(-nine(state) + 0.0)
        ),
    }

    def arrange(self, rows):
        boxes = [self.controls[name] for name in NINE]
        grid = widgets.GridBox(boxes, layout=widgets.Layout(grid_template_columns="repeat(3, 116px)"))
        *others, buttons = [row for row in rows if row not in boxes]
        heading = widgets.HTML("The filter's nine numbers, row by row")
        return [*others, widgets.VBox([heading, grid]), buttons]

    def kernel(self, state):
        raise NotImplementedError(f"{type(self).__name__} must write kernel(state) -> array (kh, kw)")

    def settled(self, state, changed=frozenset()):
        """A number makes the filter the reader's own; a filter of nine numbers fills the boxes."""
        if "filter" not in changed and changed & set(NINE):
            state = state | {"filter": OWN}
        if state["filter"] != OWN and self._fits(state):
            state = state | filled(self.kernel(state))
        return super().settled(state, changed)

    def unused(self, state):
        return () if self._fits(state) else (*NINE, "turn", "flip")

    def typed(self, artists, model):
        state = vars(model)
        if not self.cells or not self._fits(state):
            return []

        def number(row, column):
            name = f"w{row}{column}"
            return f"w[{row}, {column}]: press to change it", {name: state[name]}

        return spots.cells(artists[self.cells], number)

    def _fits(self, state):
        return self.kernel(state).shape == (3, 3)
