"""A control for one line of text that a reader writes, and a function that says whether it is understood."""

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets


@dataclass
class Line:
    """A line of text; ``read`` raises a ValueError that says what is wrong with it, as in no ``examples``."""

    label: str
    value: str
    examples: list
    read: Any

    def build(self):
        """Return (control, what is shown). The text counts when Enter is pressed or the box is left."""
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
        """Return the values a test tries one by one."""
        return list(self.examples)

    def refuse(self, value):
        """Return in words why ``value`` cannot be set, or an empty string."""
        if not isinstance(value, str):
            return "give a line of text"
        try:
            self.read(value)
        except ValueError as reason:
            return str(reason)
        return ""
