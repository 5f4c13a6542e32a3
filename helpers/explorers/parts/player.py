"""Step, Back, Play and Reset: four buttons that move one whole-number control.

ipywidgets' own Play has no accessible names, so it is built from Buttons and a timer.
"""

import asyncio

import ipywidgets as widgets


class Player:
    """Moves ``control`` one step at a time; Play goes on every ``interval`` seconds.

    Play advances by a timer where an event loop runs (a notebook), and by one step where none does.
    """

    def __init__(self, control, label, interval=0.7):
        self.control = control
        self.interval = interval
        self._timer = None
        words = {
            "back": ("Back", f"One step back in {label}"),
            "step": ("Step", f"One step on in {label}"),
            "play": ("Play", "Go on step by step; press again to pause"),
            "reset": ("Reset", "Back to the start"),
        }
        self.buttons = {
            name: widgets.Button(description=text, tooltip=tip, layout=widgets.Layout(width="90px"))
            for name, (text, tip) in words.items()
        }
        self.buttons["back"].on_click(lambda _: self._jump(control.value - 1))
        self.buttons["step"].on_click(lambda _: self._jump(control.value + 1))
        self.buttons["reset"].on_click(lambda _: self._jump(control.min))
        self.buttons["play"].on_click(lambda _: self._pause() if self._timer else self._play())

    def _go(self, value):
        self.control.value = min(max(value, self.control.min), self.control.max)

    def _jump(self, value):
        self._pause()
        self._go(value)

    def _play(self):
        at_end = self.control.value >= self.control.max
        self._go(self.control.min if at_end else self.control.value + 1)
        try:
            self._later(asyncio.get_running_loop())
        except RuntimeError:  # no event loop: one step was all
            return

    def _later(self, loop):
        if self.control.value >= self.control.max:
            self._pause()
            return

        def tick():
            self._go(self.control.value + 1)
            self._later(loop)

        self.buttons["play"].description = "Pause"
        self._timer = loop.call_later(self.interval, tick)

    def _pause(self):
        if self._timer:
            self._timer.cancel()
        self._timer = None
        self.buttons["play"].description = "Play"
