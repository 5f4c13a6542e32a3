"""The pipeline: a picture, a filter, ReLU and pooling, and a second layer of filters on top."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from helpers import filters
from helpers.drawing.lettering import Lines
from helpers.explorers.parts import spots
from helpers.explorers.parts.controls import Choice, Integer, Number, Toggle
from helpers.explorers.parts.nine import NINE, OWN, NineNumbers, boxes, nine
from helpers.explorers.parts.panels import hide, panel, put
from helpers.explorers.pipeline import banks, sources, stages
from helpers.numerals import number, rows, sizes, span, together

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
    caption = (
        "First row: picture, filter, its answers, ReLU, pooling; second row: the same on the result. Red is "
        "positive, blue negative. Orange frames: the strongest answer, what it reads, and where it goes."
    )
    size = (8.4, 4.55)
    cells = "cells kernel 0"
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

    tour = {
        "image": sources.NAMES,
        "filter": ("sobel x", "sobel y", "laplacian", "box blur"),
        "bias": (-1.0, 0.0, 1.0),
        "pool": inputs["pool"].options,
        "second": (NONE, "sobel x", "sobel y"),
    }

    def __init__(self, picture=None, model=None, **state):
        self.inputs = dict(type(self).inputs)
        self._own, self._bank = None, None
        if picture is not None:
            self._take_picture(picture)
        if model is not None:
            self._take_model(model)
        super().__init__(**state)
        if model is not None and "padded" not in state:
            self.set(padded=self._needs_padding(self.state))

    def use_picture(self, picture):
        """Take a reader's picture: a path, the file's bytes, a Pillow image or an array (H, W) or in colour.

        It becomes grey and square, at most 66 pixels a side. ValueError or TypeError says why it cannot be.
        """
        self.take(self._take_picture(picture))

    def use_model(self, model):
        """Take the filters of a reader's model, of PyTorch or of the book, as the learned ones.

        Those of its first Conv2d, its input planes added, and those of its second where they read the
        first's maps, in the order in which the model lists its layers. They are fed grey pixels from 0 to 1,
        not what the model's own preprocessing makes of a picture. TypeError or ValueError says why there are
        none.
        """
        given = self._take_model(model)
        self.take(given | {"padded": self._needs_padding(self.state | given)})

    def _take_picture(self, picture):
        """Keep a reader's picture; return the settings that show it, with which a new explorer begins."""
        self._own = sources.own_picture(picture)
        self.inputs["image"] = replace(self.inputs["image"], options=[*sources.NAMES, MINE], value=MINE)
        return {"image": MINE}

    def _take_model(self, model):
        """Keep the filters of a reader's model; return the settings that show them."""
        self._bank = banks.bank_of(model)
        after = self._bank.next_weight
        counts = {"learned": len(self._bank.weight), "learned2": 1 if after is None else len(after)}
        for name, count in counts.items():
            self.inputs[name] = replace(self.inputs[name], high=count - 1, value=0)
        self.inputs["filter"] = replace(self.inputs["filter"], value=LEARNED)
        return {"filter": LEARNED, "learned": 0, "learned2": 0}

    def _needs_padding(self, state):
        """Whether zero padding is right for the learned filters: the model pads, or nothing fits without."""
        bare, padded = (self.solved(state | {"padded": padded})[0] for padded in (False, True))
        return self._bank.padded or (bare is None and padded is not None)

    @property
    def metadata(self):
        own = [name for name, kept in (("picture", self._own), ("model", self._bank)) if kept is not None]
        return {"explorer": super().metadata["explorer"] | ({"own": own} if own else {})}

    def settled(self, state, changed=frozenset()):
        """A learned filter's number given without a filter chooses the learned ones."""
        if "learned" in changed and not changed & {"filter", *NINE}:
            state = state | {"filter": LEARNED}
        return super().settled(state, changed)

    def unused(self, state):
        idle = [
            n for n, chosen in (("learned", "filter"), ("learned2", "second")) if state[chosen] != LEARNED
        ]
        return (*super().unused(state), *idle)

    @property
    def bank(self):
        """The learned filters: SqueezeNet's, or those of the reader's model."""
        return self._bank or banks.squeezenet()

    def kernel(self, state):
        """The first filter, (kh, kw)."""
        if state["filter"] == OWN:
            return nine(state)
        if state["filter"] == LEARNED:
            return self.bank.weight[state["learned"]]
        return filters.KERNELS[state["filter"]]

    def solve(self, state):
        image = self._own if state["image"] == MINE else sources.picture(state["image"])
        bank = self.bank if LEARNED in (state["filter"], state["second"]) else None
        layers = stages.run(state, image, self.kernel(state), bank)
        return SimpleNamespace(**state, pixels=image, layers=layers, bank=bank)

    def start(self, fig, model):
        artists = {"note": Lines(fig, LEFT["image"], 1.95, 9, "muted")}
        for row, bottom in enumerate(BOTTOM):
            for name, left in LEFT.items():
                if row == 1 and name == "image":
                    continue
                side = KERNEL if name == "kernel" else MAP
                role = {"image": "input", "kernel": "kernel"}.get(name, "output")
                artists |= panel(fig, f"{name} {row}", left, bottom + (MAP - side) / 2, side, role)
                if name != "image":
                    at = left - GAP / 2, bottom + MAP / 2 + 0.13
                    artists[f"arrow {name} {row}"] = Lines(fig, *at, 12, "muted", "center")
                    artists[f"arrow {name} {row}"].lines = ["→"]
        return artists

    def update(self, artists, model):
        image, layers = model.pixels, model.layers
        mark = stages.window(layers[0], image, model.padded)
        put(artists, "image 0", image, "Picture", [_about(image)], mark=mark)
        for row in (0, 1):
            for name in ("kernel", "conv", "relu", "pool"):
                key = f"{name} {row}"
                artists[f"arrow {key}"].set_visible(row < len(layers))
                if row < len(layers):
                    self._put(artists, key, name, layers[row], model)
                else:
                    hide(artists, key)
        artists["note"].lines = _note(layers)

    def _put(self, artists, key, name, layer, model):
        if name == "kernel":
            row = int(key[-1])
            below, title = [_names(model)[row]], ("Filter", "Second filter")[row]
            if layer.channels > 1:
                what = "its weight for" if layer.kernel.size == 1 else "its weights for"
                below = [f"{below[0]}:", what, "the map above"]
            put(artists, key, layer.kernel, title, below, np.abs(layer.kernel).max())
            return
        values = getattr(layer, name)
        place = layer.kept if name == "pool" else layer.peak
        mark = (*place, 1, 1) if place else None
        title = {"conv": "Convolution", "relu": "ReLU", "pool": f"2×2 {model.pool} pooling"}[name]
        like = layer.conv if name == "relu" else None  # side by side, a number must not look like two
        put(artists, key, values, title, [_about(values)], layer.limit, mark, like)

    def words(self, model):
        image = model.pixels
        about = "the reader's own picture" if model.image == MINE else sources.about(model.image)
        text = f"Picture: {about}, {_about(image)}. "
        for first, name, layer in zip((True, False), _names(model), model.layers, strict=False):
            text += f"{'Filter' if first else 'Second filter'}: {name}"
            if first and model.filter == LEARNED:
                text += f" of {model.bank.name}, {model.bank.note}"
            if layer.channels > 1:
                text += f", over all {layer.channels} pooled maps, of which one is shown above"
                text += f", {model.bank.next_note}" if model.bank.next_note else ""
            elif layer.kernel.size <= 25:
                weights = np.reshape(together(layer.kernel), layer.kernel.shape)
                text += f" ({rows(weights)})"
            text += f", bias {number(layer.bias)}. " if layer.bias else ". "
            text += stages.words(layer, model.pool)
        return text

    def torch_code(self, model):
        pool = "torch.nn.MaxPool2d(2)" if model.pool == "max" else "torch.nn.AvgPool2d(2)"
        padding = ', padding="same"' if model.padded else ""
        parts, channels = [], 1
        for which, layer in zip(("weight", "next_weight"), model.layers, strict=False):
            count = len(getattr(model.bank, which)) if model.second == LEARNED else 1
            kernel = layer.kernel.shape
            side = kernel[0] if kernel[0] == kernel[1] else kernel
            bias = "" if layer.bias else ", bias=False"
            parts.append(f"torch.nn.Conv2d({channels}, {count}, {side}{padding}{bias})")
            parts += ["torch.nn.ReLU()", pool]
            channels = count
        return f"torch.nn.Sequential({', '.join(parts)})"

    def spots(self, artists, model):
        chosen = {"image 0": "image", "kernel 0": "filter"}
        chosen |= {f"pool {row}": "pool" for row in range(len(model.layers))}
        chosen |= {"kernel 1": "second"} if len(model.layers) > 1 else {}
        return [
            spots.part(artists[f"cells {key}"].axes, f"{spec.label}: take the next", [
                {name: option} for option in spec.options if option not in (OWN, LEARNED, NONE)
            ])
            for key, name in chosen.items() if (spec := self.inputs[name])
        ]  # fmt: skip


def _names(model):
    """The names of the first and the second filter."""
    chosen = ((model.filter, model.learned), (model.second, model.learned2))
    return [f"learned {place}" if name == LEARNED else name for name, place in chosen]


def _about(values):
    """A map's size and range: 8 × 8, −4 to 4."""
    return f"{sizes(values.shape, ' × ')}, {span(values)}"


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
