"""The pipeline: a picture, a filter, ReLU and pooling, and a second layer of filters on top."""

from dataclasses import replace

import numpy as np

from helpers import filters
from helpers.drawing.lettering import Lines
from helpers.explorers.parts.controls import Choice, Integer, Number, Toggle
from helpers.explorers.parts.nine import OWN, NineNumbers, boxes
from helpers.explorers.parts.numerals import number, rows, size, span
from helpers.explorers.parts.panels import hide, panel, put
from helpers.explorers.pipeline import banks, sources, stages

LEARNED, NONE, MINE = "learned", "none", "my picture"
KERNELS = [name for name, values in filters.KERNELS.items() if values.shape == (3, 3)]

# Inches: sides of maps and kernels, left edges of a row's five pictures, lower edges of the two rows.
MAP, KERNEL, GAP = 1.6, 1.02, 0.2
LEFT = {"image": 0.1, "kernel": 1.9, "conv": 3.12, "relu": 4.92, "pool": 6.72}
BOTTOM = (2.57, 0.33)


class Pipeline(NineNumbers):
    """Convolution, ReLU and pooling of one picture by one filter, and the same once more on the result.

    ``picture`` and ``model`` are the reader's own, see `use_picture` and `use_model`.
    """

    title = "Pipeline"
    size = (8.4, 4.55)
    layout = "none"
    inputs = {
        "image": Choice("Picture", list(sources.NAMES), "corner"),
        "filter": Choice("Filter", [*KERNELS, OWN, LEARNED], "sobel x"),
        "learned": Integer("Learned filter", 0, 63, 60),
        "bias": Number("Bias", -4.0, 4.0, 0.0, 0.25),
        "padded": Toggle("Zero padding"),
        "pool": Choice("Pooling", ["max", "average"]),
        "second": Choice("Second filter", [NONE, *KERNELS, LEARNED], "sobel y"),
        "learned2": Integer("Learned second filter", 0, 15, 0),
        **boxes(filters.KERNELS["sobel x"]),
    }

    def __init__(self, picture=None, model=None, **state):
        self.inputs = dict(type(self).inputs)
        self._own, self._bank, self._last = None, None, (None, None)
        begin = {}
        if picture is not None:
            begin |= self._take_picture(picture)
        if model is not None:
            begin |= self._take_model(model)
        super().__init__(**(begin | self._meant(state)))
        if model is not None and "padded" not in state:
            self.set(padded=self._needs_padding(self.state))

    def use_picture(self, picture):
        """Take a reader's picture: a path, the file's bytes, a Pillow image or an array (H, W) or in colour.

        It becomes grey and square, at most 66 pixels a side. ValueError or TypeError says why it cannot be.
        """
        self._change(self._take_picture(picture))

    def use_model(self, model):
        """Take the filters of a reader's model, of PyTorch or of the book, as the learned ones.

        Those of its first Conv2d, its input planes added, and those of its second where they read the
        first's maps, in the order in which the model lists its layers. They are fed grey pixels from 0 to 1,
        not what the model's own preprocessing makes of a picture. TypeError or ValueError says why there are
        none.
        """
        state = self.state | self._take_model(model)
        self._change(state | {"padded": self._needs_padding(state)})

    def _take_picture(self, picture):
        """Keep a reader's picture; return the settings that show it."""
        self._own, self._last = sources.own_picture(picture), (None, None)
        self.inputs["image"] = replace(self.inputs["image"], options=[*sources.NAMES, MINE])
        return {"image": MINE}

    def _take_model(self, model):
        """Keep the filters of a reader's model; return the settings that show them."""
        self._bank, self._last = banks.bank_of(model), (None, None)
        after = self._bank.next_weight
        for name, count in (
            ("learned", len(self._bank.weight)),
            ("learned2", 1 if after is None else len(after)),
        ):
            self.inputs[name] = replace(self.inputs[name], high=count - 1, value=0)
        return {"filter": LEARNED, "learned": 0, "learned2": 0}

    def _needs_padding(self, state):
        """Whether zero padding is right for the learned filters: the model pads, or nothing fits without."""
        bare, padded = state | {"padded": False}, state | {"padded": True}
        return self._bank.padded or bool(self.impossible(bare) and not self.impossible(padded))

    def _change(self, state):
        """Bring the controls to their new ranges and settings, and the picture up to date once."""
        self._busy = True
        try:
            self.controls["image"].options = self.inputs["image"].options
            for name in ("learned", "learned2"):
                self.controls[name].max = self.inputs[name].high
        finally:
            self._busy = False
        self.set(**(self.state | state))

    def _meant(self, state):
        """A learned filter's number given without a filter chooses the learned ones."""
        state = super()._meant(state)
        return {"filter": LEARNED} | state if "learned" in state and "filter" not in state else state

    def _refresh(self, change=None):
        if change and not self._busy and change["owner"] is self.controls["learned"]:
            self._busy = True
            try:
                self.controls["filter"].value = LEARNED
            finally:
                self._busy = False
        super()._refresh(change)

    @property
    def bank(self):
        """The learned filters: SqueezeNet's, or those of the reader's model."""
        return self._bank or banks.squeezenet()

    def kernel(self, state):
        """The first filter, (kh, kw)."""
        if state["filter"] == OWN:
            return self._nine(state)
        if state["filter"] == LEARNED:
            return self.bank.weight[state["learned"]]
        return filters.KERNELS[state["filter"]]

    def _run(self, state):
        """The picture and the layers of a setting; ValueError says in words why there are none."""
        key = tuple(state.items())
        if self._last[0] != key:
            image = self._own if state["image"] == MINE else sources.picture(state["image"])
            needs_bank = LEARNED in (state["filter"], state["second"])
            layers = stages.run(state, image, self.kernel(state), self.bank if needs_bank else None)
            self._last = (key, (image, layers))
        return self._last[1]

    def impossible(self, state):
        try:
            self._run(state)
        except ValueError as reason:
            return str(reason)
        return ""

    def start(self, fig, state):
        width, height = self.size
        artists = {"note": Lines(fig, LEFT["image"] / width, 1.95 / height, 9, role="muted")}
        for row, bottom in enumerate(BOTTOM):
            for name, left in LEFT.items():
                if row == 1 and name == "image":
                    continue
                side = KERNEL if name == "kernel" else MAP
                role = {"image": "input", "kernel": "kernel"}.get(name, "output")
                artists |= panel(fig, f"{name} {row}", left, bottom + (MAP - side) / 2, side, role)
                if name != "image":
                    at = (left - GAP / 2) / width, (bottom + MAP / 2 + 0.13) / height
                    artists[f"arrow {name} {row}"] = Lines(fig, *at, 12, centred=True, role="muted")
                    artists[f"arrow {name} {row}"].lines = ["→"]
        return artists

    def update(self, artists, state):
        image, layers = self._run(state)
        first = layers[0]
        mark = stages.window(first, image, state["padded"])
        put(artists, "image 0", image, "Picture", [f"{size(image)}, {span(image)}"], mark=mark)
        for row in (0, 1):
            for name in ("kernel", "conv", "relu", "pool"):
                key = f"{name} {row}"
                artists[f"arrow {key}"].set_visible(row < len(layers))
                if row < len(layers):
                    self._put(artists, key, name, layers[row], state)
                else:
                    hide(artists, key)
        artists["note"].lines = _note(layers)

    def _put(self, artists, key, name, layer, state):
        if name == "kernel":
            first = key.endswith("0")
            below = [self._name(state, "filter" if first else "second")]
            if layer.channels > 1:
                what = "its weight for" if layer.kernel.size == 1 else "its weights for"
                below = [f"{below[0]}:", what, "the map above"]
            title = "Filter" if first else "Second filter"
            put(artists, key, layer.kernel, title, below, np.abs(layer.kernel).max())
            return
        values = getattr(layer, name)
        place = layer.kept if name == "pool" else layer.peak
        mark = (*place, 1, 1) if place else None
        title = {"conv": "Convolution", "relu": "ReLU", "pool": f"2×2 {state['pool']} pooling"}[name]
        like = layer.conv if name == "relu" else None  # side by side, a number must not look like two
        put(artists, key, values, title, [f"{size(values)}, {span(values)}"], layer.limit, mark, like)

    def _name(self, state, which):
        number = "learned" if which == "filter" else "learned2"
        return f"learned {state[number]}" if state[which] == LEARNED else state[which]

    def words(self, state):
        image, layers = self._run(state)
        about = "the reader's own picture" if state["image"] == MINE else sources.about(state["image"])
        text = f"Picture: {about}, {size(image)}, {span(image)}. "
        for which, layer in zip(("filter", "second"), layers, strict=False):
            text += f"{'Filter' if which == 'filter' else 'Second filter'}: {self._name(state, which)}"
            if state[which] == LEARNED and which == "filter":
                text += f" of {self.bank.name}, {self.bank.note}"
            if layer.channels > 1:
                text += f", over all {layer.channels} pooled maps, of which one is shown above"
                text += f", {self.bank.next_note}" if self.bank.next_note else ""
            elif layer.kernel.size <= 25:
                text += f" ({rows(layer.kernel)})"
            text += f", bias {number(layer.bias)}. " if layer.bias else ". "
            text += stages.words(layer, state["pool"])
        return text

    def torch_code(self, state):
        pool = "torch.nn.MaxPool2d(2)" if state["pool"] == "max" else "torch.nn.AvgPool2d(2)"
        padding = ', padding="same"' if state["padded"] else ""
        parts, channels = [], 1
        for which, layer in zip(("filter", "second"), self._run(state)[1], strict=False):
            weights = self.bank.weight if which == "filter" else self.bank.next_weight
            filters_ = len(weights) if state["second"] == LEARNED else 1
            kernel = layer.kernel.shape
            side = kernel[0] if kernel[0] == kernel[1] else kernel
            bias = "" if layer.bias else ", bias=False"
            parts += [
                f"torch.nn.Conv2d({channels}, {filters_}, {side}{padding}{bias})",
                "torch.nn.ReLU()",
                pool,
            ]
            channels = filters_
        return f"torch.nn.Sequential({', '.join(parts)})"


def _note(layers):
    """What is said beside the second row."""
    colour = [f"Full colour, row 1: ±{number(layers[0].limit)}"]
    frames = ["Frames: the strongest", "answer, what it reads,", "and where it goes"]
    if len(layers) == 1:
        reads = ["No second layer: choose a", "second filter, and it reads", "the pooled map."]
        return [*reads, "", *colour, *frames]
    channels = layers[1].channels
    reads = ["Layer 2 reads", "the pooled map." if channels == 1 else f"all {channels} pooled maps."]
    return [*reads, "", *colour, f"and row 2: ±{number(layers[1].limit)}", *frames]
