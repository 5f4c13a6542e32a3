"""What a reader can set: each control states its label and its range once, and builds its widgets.

A slider's handle has no accessible name, so every slider is paired with a linked, labelled number box.
"""

from dataclasses import dataclass, field

import ipywidgets as widgets

_LABEL = {"description_width": "initial"}


@dataclass
class Integer:
    """A whole number between ``low`` and ``high``, both allowed."""

    label: str
    low: int
    high: int
    value: int

    def build(self):
        """Return (control, what is shown)."""
        slider = widgets.IntSlider(
            value=self.value,
            min=self.low,
            max=self.high,
            readout=False,
            layout=widgets.Layout(width="170px"),
        )
        return slider, _paired(slider, widgets.BoundedIntText, self, 1)

    def values(self):
        """Return the values a test tries one by one."""
        step = max(1, (self.high - self.low) // 24)
        return sorted({*range(self.low, self.high + 1, step), self.high})

    def refuse(self, value):
        """Return in words why ``value`` cannot be set, or an empty string."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:
            return f"give a whole number from {self.low} to {self.high}"
        return ""


@dataclass
class Number:
    """A real number between ``low`` and ``high`` in steps of ``step``."""

    label: str
    low: float
    high: float
    value: float
    step: float = 0.1

    def build(self):
        slider = widgets.FloatSlider(
            value=self.value,
            min=self.low,
            max=self.high,
            step=self.step,
            readout=False,
            layout=widgets.Layout(width="170px"),
        )
        return slider, _paired(slider, widgets.BoundedFloatText, self, self.step)

    def values(self):
        return [self.low + (self.high - self.low) * i / 8 for i in range(9)]

    def refuse(self, value):
        real = isinstance(value, int | float) and not isinstance(value, bool)
        if not real or not self.low <= value <= self.high:
            return f"give a number from {self.low} to {self.high}"
        return ""


@dataclass
class Choice:
    """One of a list of named options."""

    label: str
    options: list = field(default_factory=list)
    value: object = None

    def build(self):
        control = widgets.Dropdown(
            options=self.options,
            value=self.options[0] if self.value is None else self.value,
            description=self.label,
            style=_LABEL,
            layout=widgets.Layout(width="max-content"),
        )
        return control, widgets.HBox([control], layout=_row())

    def values(self):
        return list(self.options)

    def refuse(self, value):
        return "" if value in self.options else f"choose one of {', '.join(map(repr, self.options))}"


@dataclass
class Toggle:
    """Yes or no."""

    label: str
    value: bool = False

    def build(self):
        control = widgets.Checkbox(
            value=self.value,
            description=self.label,
            indent=False,
            layout=widgets.Layout(width="max-content"),
        )
        return control, widgets.HBox([control], layout=_row())

    def values(self):
        return [False, True]

    def refuse(self, value):
        return "" if isinstance(value, bool) else "give True or False"


def _paired(slider, box_type, control, step):
    box = box_type(
        value=control.value,
        min=control.low,
        max=control.high,
        step=step,
        description=control.label,
        style=_LABEL,
        layout=widgets.Layout(width="max-content", min_width="120px"),
    )
    for trait in ("min", "max", "value"):
        widgets.link((slider, trait), (box, trait))
    return widgets.HBox([box, slider], layout=_row())


def _row():
    return widgets.Layout(flex="0 1 auto", margin="2px 18px 2px 0px", align_items="center")
