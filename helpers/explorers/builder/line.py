"""A control for one line of text that a reader writes, and a function that says whether it is understood."""

from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets as widgets

from helpers.explorers.parts.controls import Input


@dataclass
class Line(Input):
    """A line of text; ``read`` raises a ValueError that says what is wrong with it, as in no ``examples``."""

    label: str
    value: str
    examples: list
    read: Callable

    def build(self):
        # The text counts when Enter is pressed or the box is left.
        control = widgets.Text(
            value=self.value,
            description=self.label,
            continuous_update=False,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="100%", max_width="820px"),
        )
        row = widgets.Layout(flex="1 1 100%", width="100%", margin="2px 18px 2px 0px")
        return control, widgets.HBox([control], layout=row)

    def values(self):
        return list(self.examples)

    def accept(self, value):
        if not isinstance(value, str):
            raise ValueError("give a line of text")
        self.read(value)
        return value

    def moved(self, value):
        return value  # what is wrong with it is said in the picture's place
