"""What a reader can set: each input states its label and its range once, and builds its widgets.

``build()`` returns (control, what is shown), ``values()`` what a test tries one by one; ``accept(value)``
returns the value as the control holds it, or raises a ValueError that says what to give, and so does
``moved(value)`` for what a control was moved to; ``put(control, value, high)`` brings a control to a value
that has come to rest, and to the highest that is left to it.

A slider's handle has no accessible name, so every slider is paired with a linked, labelled number box.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import ipywidgets as widgets
import traitlets

from helpers.ops.shapes import is_whole

_LABEL = {"description_width": "initial"}


class Input:
    """What all inputs have in common."""

    def moved(self, value):
        return self.accept(value)

    def put(self, control, value, high=None):
        if control.value != value:
            control.value = value


@dataclass
class Integer(Input):
    """A whole number between ``low`` and ``high``, both allowed."""

    label: str
    low: int
    high: int
    value: int

    def build(self):
        slider = widgets.IntSlider(
            value=self.value,
            min=self.low,
            max=self.high,
            readout=False,
            layout=widgets.Layout(width="170px"),
        )
        return slider, _paired(slider, widgets.BoundedIntText, self, 1)

    def values(self):
        step = max(1, (self.high - self.low) // 24)
        return sorted({*range(self.low, self.high + 1, step), self.high})

    def accept(self, value):
        if not is_whole(value) or not self.low <= value <= self.high:
            raise ValueError(f"give a whole number from {self.low} to {self.high}")
        return int(value)

    def put(self, control, value, high=None):
        high = max(self.high if high is None else high, self.low)
        if high > control.max:  # first, lest the old range clips the new value
            control.max = high
        super().put(control, value)
        if high < control.max:
            control.max = high


@dataclass
class Number(Input):
    """A real number between ``low`` and ``high`` in steps of ``step``."""

    label: str
    low: float
    high: float
    value: float
    step: float = 0.1

    def build(self):
        slider = _Slider(
            value=self.value,
            min=self.low,
            max=self.high,
            step=self.step,
            readout=False,
            layout=widgets.Layout(width="170px"),
        )
        return slider, _paired(slider, _Box, self, self.step)

    def values(self):
        return [self.low + (self.high - self.low) * i / 8 for i in range(9)]

    def accept(self, value):
        real = isinstance(value, float) or is_whole(value)
        if not real or not self.low <= value <= self.high:
            raise ValueError(f"give a number from {self.low} to {self.high}")
        return float(value)


@dataclass
class Choice(Input):
    """One of a list of named options."""

    label: str
    options: list = field(default_factory=list)
    value: object = None

    def __post_init__(self):
        if self.value is None:
            self.value = self.options[0]

    def build(self):
        control = widgets.Dropdown(
            options=self.options,
            value=self.value,
            description=self.label,
            style=_LABEL,
            layout=widgets.Layout(width="max-content"),
        )
        return control, widgets.HBox([control], layout=_row())

    def values(self):
        return list(self.options)

    def accept(self, value):
        if not isinstance(value, str) or value not in self.options:
            raise ValueError(f"choose one of {', '.join(map(repr, self.options))}")
        return value

    def put(self, control, value, high=None):
        if list(control.options) != list(self.options):  # a reader has brought one more
            control.options = self.options
        super().put(control, value)


@dataclass
class Toggle(Input):
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

    def accept(self, value):
        if not isinstance(value, bool):
            raise ValueError("give True or False")
        return value


@dataclass
class Preset:
    """A button: ``settings`` is what it sets, or a function of the state that returns it; {} is nothing."""

    label: str
    tooltip: str
    settings: dict | Callable

    def after(self, state):
        """Return what the button sets in this state."""
        return self.settings(state) if callable(self.settings) else self.settings

    def build(self, press):
        """Return the button; ``press`` is called when it is clicked."""
        button = widgets.Button(description=self.label, tooltip=self.tooltip)
        button.on_click(lambda _: press())
        return button


class _Bounded:
    """Bounds that hold for nan too, which is never less than them, nor more."""

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        if proposal["value"] != proposal["value"]:
            raise traitlets.TraitError(f"nan: give a number from {self.min} to {self.max}")
        return super()._validate_value(proposal)


class _Slider(_Bounded, widgets.FloatSlider):
    pass


class _Box(_Bounded, widgets.BoundedFloatText):
    pass


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
    for trait in ("min", "max", "value", "disabled"):
        widgets.link((slider, trait), (box, trait))
    return widgets.HBox([box, slider], layout=_row())


def _row():
    return widgets.Layout(flex="0 1 auto", margin="2px 18px 2px 0px", align_items="center")
