"""Training, watched: how far it is, and its loss and accuracy drawn while they change.

    watch = Monitor("LeNet")
    fit(..., progress=watch.bar, callback=watch)

The curves are redrawn in place, so a thousand batches leave no flood of lines. When training ends, also by a
Stop in mid-course, the bar goes and a picture of all that happened stays. Where several trainings follow one
another, one Progress for all of them is enough: a bar without curves.
"""

from time import perf_counter

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

from helpers.drawing import style
from helpers.drawing.picture import Picture

VIEW = "application/vnd.jupyter.widget-view+json"
SIZE = (8.4, 3.0)  # inches
CAPTION = (
    "Left, pale: the loss of every batch; orange-red: the same smoothed. "
    "Right: circles for pictures learned from, squares for pictures held out."
)
STEP = 0.05  # accuracies in the alt text are rounded down to this: the last digits differ by machine


class Monitor:
    """Watches one training: give `bar` to fit as progress, and the Monitor itself as callback.

    title: whose training it is. interval: seconds between two drawings; each costs some 15 ms of them.
    """

    def __init__(self, title="Training", interval=0.5):
        if not interval >= 0:
            raise ValueError(f"interval={interval!r}: seconds between two drawings; give a number from 0 up")
        self.title, self.interval = title, interval
        self.total, self.history = 0, None

    # -- what fit calls -------------------------------------------------------------------------------

    def bar(self, total):
        """Show the bar and the empty place for the curves; total is how many batches there will be."""
        self.total, self.done, self.history, self.ends = total, 0, None, []
        self._picture, self._began, self._drawn = None, perf_counter(), -np.inf
        self._bar, self._label, self._image = _empty_bar(total), widgets.HTML(), widgets.HTML()
        words = f"{self.title}: {total:,} batches. The picture below shows how training went."
        self.widget = _shown([widgets.HBox([self._bar, self._label]), self._image], words)
        return self

    def update(self, count):
        """So many more batches are done."""
        self.done += count

    def __call__(self, event, history):
        """fit's callback: remember what happened and, now and then, draw it. Never asks fit to end."""
        if not self.total:
            raise ValueError("callback: the Monitor counts batches too; give fit progress=watch.bar as well")
        self.history = history
        if event == "epoch":
            self.ends.append(len(history.losses))
        if perf_counter() - self._drawn >= self.interval:
            self._draw()
            self._drawn = perf_counter()

    def close(self):
        """Take the bar away and show the picture that stays."""
        self._image.value = self._label.value = ""
        self._bar.value = self.done
        self.widget.layout.display = "none"
        if self.history is not None:
            style.show(self.figure(), self.description, CAPTION)
        self.total = 0

    # -- what is seen ---------------------------------------------------------------------------------

    @property
    def description(self):
        """The curves in words: the alt text. Coarse on purpose, so that it is the same on every machine."""
        if self.history is None:
            return f"{self.title}: nothing trained yet, so there are no curves to see."
        losses = _smooth(self.history.losses)
        words = f"{self.title}. Left, the loss over {len(losses):,} batches: it goes from {losses[0]:.1f} "
        words += f"to {losses[-1]:.1f}."
        held = any("validation_accuracy" in epoch for epoch in self.history.epochs)
        name = "on pictures held out" if held else "on the training pictures"
        _, values = self._epochs("validation_accuracy" if held else "accuracy")
        if values:
            first, last = (f"{_rounded_down(value):.2f}" for value in (values[0], values[-1]))
            epochs = f"{len(values)} epochs" if len(values) > 1 else "one epoch"
            words += f" Right, accuracy after {epochs}: {name} it goes from above {first} to above {last}."
        return words + (f" Training was stopped: {self.history.stopped}." if self.history.stopped else "")

    def figure(self):
        """The curves so far, as a matplotlib Figure."""
        fig, artists = self._fresh()
        self._set(artists)
        return fig

    @style.look()
    def _fresh(self):
        fig = Figure(figsize=SIZE, dpi=style.DPI, facecolor=style.ROLES["paper"], layout="constrained")
        left, right = fig.subplots(1, 2)
        for ax in (left, right):
            ax.set(xlabel="batches", xlim=(0, self.total or len(self.history.losses)))
        finite = [loss for loss in self.history.losses if np.isfinite(loss)]
        top = 1.15 * max(_smooth(finite)[0], 0.1) if finite else 1
        left.set(ylabel="loss", ylim=(0, top), title=self.title)
        right.set(ylabel="accuracy", ylim=(0, 1.02))
        artists = {"raw": left.plot([], [], color=style.ROLES["padding"], linewidth=0.6, alpha=0.7)[0]}
        artists["loss"] = left.plot([], [], color=style.ROLES["kernel"], linewidth=2.2)[0]
        lines = {"accuracy": ("o--", "input", "training")}
        lines["validation_accuracy"] = ("s-", "output", "held out")
        for kind, (mark, role, label) in lines.items():
            artists[kind] = right.plot([], [], mark, color=style.ROLES[role], label=label, clip_on=False)[0]
        right.legend(loc="lower right", frameon=False)
        return fig, artists

    def _set(self, artists):
        losses = np.array(self.history.losses, float)
        steps = np.arange(1, len(losses) + 1)
        artists["raw"].set_data(steps, losses)
        artists["loss"].set_data(steps, _smooth(losses))
        for kind in ("accuracy", "validation_accuracy"):
            artists[kind].set_data(*self._epochs(kind))

    def _draw(self):
        """Bring bar, label and picture to what has happened."""
        left = (perf_counter() - self._began) * (self.total - self.done) / max(self.done, 1)
        self._bar.value = self.done
        self._label.value = f"{self.done:,} of {self.total:,}, about {left:.0f} s left"
        if self._picture is None:
            self._picture = Picture(*self._fresh())
        self._set(self._picture.artists)
        self._image.value = style.img(self._picture.png(), self.description, SIZE[0] * style.CSS_PER_INCH)

    def _epochs(self, kind):
        """(batches done, value) at the end of every epoch that has this value."""
        pairs = zip(self.ends, self.history.epochs, strict=False)
        found = [(end, epoch[kind]) for end, epoch in pairs if kind in epoch]
        return [end for end, _ in found], [value for _, value in found]


class Progress:
    """One bar over several trainings: give it to each fit as progress. It goes when all batches are done.

    title: which trainings; total: the batches of all of them together.
    """

    def __init__(self, title, total):
        self.total, self.done = total, 0
        self._bar = _empty_bar(total)
        self.widget = _shown([self._bar], f"{title}: {total:,} batches.")

    def __call__(self, total):
        """fit's question for a bar: it is this one, whichever training it is."""
        return self

    def update(self, count):
        """So many more batches are done."""
        self.done += count
        if self.done % max(self.total // 100, 1) == 0:  # each change is a message to the page
            self._bar.value = self.done

    def close(self):
        """One training ended; after the last one the bar goes."""
        self._bar.value = self.done
        if self.done >= self.total:
            self.widget.layout.display = "none"


def _empty_bar(total):
    layout = widgets.Layout(width="60%")
    return widgets.IntProgress(value=0, min=0, max=max(total, 1), description="Batches", layout=layout)


def _shown(parts, words):
    """Display widgets below one another, with words for pages where no widget lives; returns their box."""
    box = widgets.VBox(parts)
    box.add_class("book-monitor")
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    display({VIEW: view, "text/plain": words}, raw=True)
    return box


def _smooth(losses, span=40):
    """Each loss's mean with up to span - 1 before it."""
    sums = np.cumsum(np.concatenate([[0.0], np.asarray(losses, float)]))
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - span, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def _rounded_down(accuracy):
    """The last multiple of STEP below an accuracy."""
    return STEP * max(np.ceil(accuracy / STEP - 1e-9) - 1, 0)
