"""The pipeline: a picture, a filter, ReLU and pooling, and a second layer of filters on top."""

from dataclasses import replace

import numpy as np

from helpers import filters
from helpers.drawing import label
from helpers.explorers import sources, stages
from helpers.explorers.controls import Choice, Integer, Number, Toggle
from helpers.explorers.nine import OWN, NineNumbers, boxes
from helpers.explorers.panels import hide, panel, put
from helpers.lettering import Lines

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
        super().__init__(**state)
        if picture is not None:
            self.use_picture(picture)
        if model is not None:
            self.use_model(model)
        if state:
            self.set(**state)

    def use_picture(self, picture):
        """Take a reader's picture: a path, the file's bytes, a Pillow image or an array (H, W) or in colour.

        It becomes grey, square and at most 66 pixels a side. ValueError or TypeError says why it cannot be.
        """
        self._own = sources.own_picture(picture)
        self._last = (None, None)
        options = [*sources.NAMES, MINE]
        self.inputs["image"] = replace(self.inputs["image"], options=options)
        self._quietly("image", options=options, value=MINE)

    def use_model(self, model):
        """Take the filters of a reader's PyTorch model as the learned ones.

        Those of its first Conv2d, its input planes added, and those of its second where they read the
        first's maps. TypeError or ValueError says why there are none.
        """
        self._bank = sources.bank_of(model)
        self._last = (None, None)
        after = self._bank.next_weight
        for name, count in (
            ("learned", len(self._bank.weight)),
            ("learned2", 1 if after is None else len(after)),
        ):
            self.inputs[name] = replace(self.inputs[name], high=count - 1, value=0)
            self._quietly(name, value=0, max=count - 1)
        self.set(filter=LEARNED)
        if self.impossible(self.state):  # its kernels are too large for a small picture
            self.set(padded=True)

    def _quietly(self, name, **traits):
        """Change a control's traits, and bring the picture up to date once."""
        self._busy = True
        try:
            for trait, value in traits.items():
                setattr(self.controls[name], trait, value)
        finally:
            self._busy = False
        self._refresh()

    @property
    def bank(self):
        """The learned filters: SqueezeNet's, or those of the reader's model."""
        return self._bank or sources.squeezenet()

    def kernel(self, state):
        """The first filter, (kh, kw)."""
        if state["filter"] == OWN:
            return self._nine(state)
        if state["filter"] == LEARNED:
            return self.bank.weight[min(state["learned"], len(self.bank.weight) - 1)]
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
        below = f"{stages.size(image)}, {stages.span(image)}"
        put(artists, "image 0", image, "Picture", below, mark=stages.window(first, image, state["padded"]))
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
            below = self._name(state, "filter" if key.endswith("0") else "second")
            title = "Filter" if key.endswith("0") else "Second filter"
            put(artists, key, layer.kernel, title, below, np.abs(layer.kernel).max())
            return
        values = getattr(layer, name)
        place = layer.kept if name == "pool" else layer.peak
        mark = (*place, 1, 1) if place else None
        title = {"conv": "Convolution", "relu": "ReLU", "pool": f"2×2 {state['pool']} pooling"}[name]
        put(artists, key, values, title, f"{stages.size(values)}, {stages.span(values)}", layer.limit, mark)

    def _name(self, state, which):
        number = "learned" if which == "filter" else "learned2"
        return f"learned {state[number]}" if state[which] == LEARNED else state[which]

    def words(self, state):
        image, layers = self._run(state)
        about = "the reader's own picture" if state["image"] == MINE else sources.about(state["image"])
        text = f"Picture: {about}, {stages.size(image)}, {stages.span(image)}. "
        for which, layer in zip(("filter", "second"), layers, strict=False):
            text += f"{'Filter' if which == 'filter' else 'Second filter'}: {self._name(state, which)}"
            if state[which] == LEARNED and which == "filter":
                text += f" of {self.bank.name}, {self.bank.note}"
            if layer.channels > 1:
                text += f", over all {layer.channels} pooled maps, of which one is shown above"
            elif layer.kernel.size <= 25:
                text += f" ({stages.rows(layer.kernel)})"
            text += f", bias {label(layer.bias)}. " if layer.bias else ". "
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
    colour = [f"Full colour in row 1: ±{label(round(layers[0].limit, 2))}"]
    frames = ["Frames: the strongest", "answer and its way"]
    if len(layers) == 1:
        return [
            "No second layer: choose a",
            "second filter, and it reads",
            "the pooled map.",
            "",
            *colour,
            *frames,
        ]
    reads = "the pooled map." if layers[1].channels == 1 else f"all {layers[1].channels} pooled maps."
    return [
        "Layer 2 reads",
        reads,
        "",
        *colour,
        f"and in row 2: ±{label(round(layers[1].limit, 2))}",
        *frames,
    ]
