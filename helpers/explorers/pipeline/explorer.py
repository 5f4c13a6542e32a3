"""The pipeline: a picture, a filter, ReLU and pooling, and a second layer of filters on top."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from helpers import filters
from helpers.explorers.parts.controls import Choice, Integer, Number, Toggle
from helpers.explorers.parts.nine import NINE, OWN, NineNumbers, boxes, nine
from helpers.explorers.pipeline import banks, picture, route, sources, stages
from helpers.explorers.pipeline.picture import LEARNED, NONE, about, names
from helpers.explorers.pipeline.route import STRONGEST
from helpers.explorers.pipeline.stages import ONE, SECOND, A, B
from helpers.numerals import number, rows, together

MINE = "my picture"
KERNELS = [name for name, values in filters.KERNELS.items() if values.shape == (3, 3)]


class Pipeline(NineNumbers):
    """Convolution, ReLU and pooling of one picture by one filter or two, and a second layer on their maps.

    ``picture`` and ``model`` are the reader's own, see `use_picture` and `use_model`.
    """

    title = "Pipeline"
    caption = (
        "Each row: a filter, its answers, ReLU, pooling; the third reads the pooled maps above it. Red: "
        "positive, blue: negative. Amber: the answer followed, and all it was computed from, to the pixels."
    )
    size = (8.4, 5.9)
    cells = "cells kernel 0"
    inputs = {
        "image": Choice("Picture", list(sources.NAMES), "corner"),
        "filter": Choice("Filter A", [*KERNELS, OWN, LEARNED], "sobel x"),
        "learned": Integer("Learned filter", 0, 63, 60),
        "beside": Choice("Filter B", [NONE, *KERNELS], "sobel y"),
        "bias": Number("Bias of A and B", -4.0, 4.0, 0.0, 0.25),
        "padded": Toggle("Zero padding"),
        "pool": Choice("Pooling", ["max", "average"]),
        "second": Choice("Second layer", [NONE, ONE, *KERNELS, LEARNED], ONE),
        "learned2": Integer("Learned second filter", 0, 15, 0),
        "weight_a": Number("Weight of map A", -2.0, 2.0, 1.0, 0.5),
        "weight_b": Number("Weight of map B", -2.0, 2.0, 1.0, 0.5),
        "bias2": Number("Second bias", -8.0, 8.0, -4.0, 0.5),
        "follow": Choice("Follow", [STRONGEST, *route.PLACES]),
        "row": Integer("Row", 0, 65, 0),
        "column": Integer("Column", 0, 65, 0),
        **boxes(filters.KERNELS["sobel x"]),
    }

    tour = [
        {
            "image": (*sources.PATTERNS, "noise", "digit 4", "ankle boot", *sources.PHOTOS[:3], "astronaut"),
            "filter": ("sobel x", "sobel y", "laplacian", LEARNED),
            "beside": (NONE, "sobel y"),
            "pool": inputs["pool"].options,
            "second": (NONE, ONE),
            "weight_b": (-1.0, 1.0),
            "bias2": (-4.0, 0.0),
        },
        {"follow": inputs["follow"].options, "row": range(66), "column": range(66)},
    ]

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
        if self.state["second"] == LEARNED:
            given["second"] = LEARNED
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
        begin = {"filter": LEARNED, "beside": NONE, "second": NONE}  # one filter, looked at by itself
        for name, value in begin.items():
            self.inputs[name] = replace(self.inputs[name], value=value)
        return begin | {"learned": 0, "learned2": 0}

    def _needs_padding(self, state):
        """Whether zero padding is right for the learned filters: the model pads, or nothing fits without."""
        bare, padded = (self.solved(state | {"padded": padded})[0] for padded in (False, True))
        return self._bank.padded or (bare is None and padded is not None)

    @property
    def brought(self):
        return [name for name, kept in (("picture", self._own), ("model", self._bank)) if kept is not None]

    def settled(self, state, changed=frozenset()):
        """A learned filter's number given without a filter chooses the learned ones."""
        if "learned" in changed and not changed & {"filter", *NINE}:
            state = state | {"filter": LEARNED}
        if route.PLACES.get(state["follow"], (False,))[0] and state["second"] == NONE:
            state = state | {"follow": STRONGEST}
        return super().settled(state, changed)

    def limits(self, state):
        """The cells of the map in which one is followed."""
        if state["follow"] == STRONGEST:
            return {}
        second, stage = route.PLACES[state["follow"]]
        shape = stages.answers(self.pixels(state).shape, self.kernel(state).shape, state["padded"])
        if second:
            window = (
                self.bank.next_weight.shape[2:]
                if state["second"] == LEARNED
                else (stages.plane(state["second"]).shape)
            )
            shape = stages.answers([side // 2 for side in shape], window, state["padded"])
        if stage == "pool":
            shape = [side // 2 for side in shape]
        if min(shape) < 1:
            raise ValueError(f"follow={state['follow']!r}: that map is empty; follow another")
        return {"row": shape[0] - 1, "column": shape[1] - 1}

    def unused(self, state):
        learned, second = state["filter"] == LEARNED, state["second"]
        idle = {
            "learned": not learned,
            "beside": second == LEARNED,
            "learned2": second != LEARNED,
            "weight_a": second in (NONE, LEARNED),
            "weight_b": second in (NONE, LEARNED) or state["beside"] == NONE,
            "bias2": second in (NONE, LEARNED),
            "row": state["follow"] == STRONGEST,
            "column": state["follow"] == STRONGEST,
        }
        return (*super().unused(state), *(name for name, off in idle.items() if off))

    def arrange(self, rows):
        arranged = super().arrange(rows)
        self._rows = dict(zip((*(n for n in self.inputs if n not in NINE), NINE[0]), arranged, strict=False))
        return arranged

    def take(self, given):
        super().take(given)
        for name, row in self._rows.items():  # what does nothing here is out of the way
            row.layout.display = "none" if self.controls[name].disabled else None

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

    def kernels(self, state):
        """The filters of the first layer that are shown, row -> (kh, kw)."""
        found = {A: self.kernel(state)}
        if state["beside"] != NONE and state["second"] != LEARNED:
            found[B] = filters.KERNELS[state["beside"]]
        return found

    def pixels(self, state):
        """The picture, (H, W)."""
        return self._own if state["image"] == MINE else sources.picture(state["image"])

    def solve(self, state):
        image = self.pixels(state)
        bank = self.bank if LEARNED in (state["filter"], state["second"]) else None
        layers = stages.run(state, image, self.kernels(state), bank)
        if state["follow"] == "second pooling" and layers[SECOND].pool is None:
            raise ValueError("Nothing to follow. The second layer has a single answer and no pooling.")
        return SimpleNamespace(**state, pixels=image, layers=layers, bank=bank)

    def start(self, fig, model):
        return picture.start(fig)

    def update(self, artists, model):
        picture.update(artists, model)

    def spots(self, artists, model):
        return picture.places(artists, model, self.inputs)

    def words(self, model):
        image = model.pixels
        shown = "the reader's own picture" if model.image == MINE else sources.about(model.image)
        text = f"Picture: {shown}, {about(image)}. "
        for row, layer in model.layers.items():
            text += f"{('Filter A', 'Filter B', 'Second filter')[row]}: {names(model)[row]}"
            if row == A and model.filter == LEARNED:
                text += f" of {model.bank.name}, {model.bank.note}"
            if row == SECOND and model.second == LEARNED:
                text += f", over all {layer.channels} pooled maps, of which one is shown above"
                text += f", {model.bank.next_note}" if model.bank.next_note else ""
            elif layer.kernel[0].size <= 25:
                planes = [np.reshape(together(plane), plane.shape) for plane in layer.kernel]
                weights = " on map A and ".join(map(rows, planes)) + " on map B" * (len(planes) == 2)
                text += f" ({weights})"
            text += f", bias {number(layer.bias)}. " if layer.bias else ". "
            text += stages.words(layer, model.pool)
        return text + route.words(model)

    def torch_code(self, model):
        padding = ', padding="same"' if model.padded else ""
        parts, channels = [], 1
        first = len(model.bank.weight) if model.second == LEARNED else 1 + (B in model.layers)
        counts = {A: first, SECOND: len(model.bank.next_weight) if model.second == LEARNED else 1}
        for row, count in counts.items():
            if (layer := model.layers.get(row)) is None:
                continue
            kernel = layer.kernel.shape[1:]
            side = kernel[0] if kernel[0] == kernel[1] else kernel
            bias = "" if layer.bias else ", bias=False"
            parts += [f"torch.nn.Conv2d({channels}, {count}, {side}{padding}{bias})", "torch.nn.ReLU()"]
            if layer.pool is not None:
                parts.append("torch.nn.MaxPool2d(2)" if model.pool == "max" else "torch.nn.AvgPool2d(2)")
            channels = count
        return f"torch.nn.Sequential({', '.join(parts)})"
