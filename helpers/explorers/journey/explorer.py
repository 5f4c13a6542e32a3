"""The journey of an image: a real garment through a trained LeNet, in eight steps, every number its own."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from helpers import datasets
from helpers.explorers.journey.steps import draw_step, draw_strip, small_maps, thumbs
from helpers.explorers.journey.words import NAMES, caption, details
from helpers.explorers.parts import spots
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.board import Board
from helpers.explorers.parts.controls import Choice, Integer, Preset
from helpers.nn.training import predict
from helpers.pretrained import garments

CLASSES = datasets.FASHION_CLASSES
EACH = 1000  # test images of each class
CALLS = (
    "",
    "torch.nn.Conv2d(1, 6, 5, padding=2)",
    "torch.nn.ReLU()",
    "torch.nn.MaxPool2d(2)",
    "torch.nn.Sequential(torch.nn.Conv2d(6, 16, 5), torch.nn.ReLU(), torch.nn.MaxPool2d(2))",
    "torch.nn.Flatten()",
    "torch.nn.Sequential(torch.nn.Linear(400, 120), torch.nn.ReLU(), torch.nn.Linear(120, 84), "
    "torch.nn.ReLU(), torch.nn.Linear(84, 10))",
    "torch.nn.Softmax(dim=1)",
)


def _next_mistake(state):
    """The next test image of the garment that the network takes for another."""
    wrong = np.flatnonzero(judged(state["garment"]) != CLASSES.index(state["garment"]))
    later = wrong[wrong > state["image"]]
    return {"image": int([*later, *wrong][0])}


class JourneyOfAnImage(Explorer):
    """Input, convolve, ReLU, pool, deeper, flatten, dense, class: what each makes of one test image."""

    title = "The journey of an image"
    caption = (
        "On top the eight steps, this one framed in amber; below, what goes in, what is done, what comes "
        "out. Red is positive, blue negative, white 0; the input is grey from 0 to 1."
    )
    size = (8.4, 5.42)
    inputs = {
        "step": Integer("Step", 1, len(NAMES), 1),
        "garment": Choice("Garment", list(CLASSES), "Ankle boot"),
        "image": Integer("Which of its test images", 0, EACH - 1, 0),
        "map": Integer("Map to follow", 1, 16, 1),
    }
    presets = {
        "new image": Preset(
            "New image",
            "Take the next test image of this garment",
            lambda state: {"image": (state["image"] + 1) % EACH},
        ),
        "next mistake": Preset(
            "Next mistake", "Take the next test image of this garment that is misjudged", _next_mistake
        ),
    }
    player = "step"
    interval = 1.6
    tour = {"garment": list(CLASSES), "image": (0, 1), "map": range(1, 17), "step": range(1, len(NAMES) + 1)}

    def limits(self, state):
        return {"map": 16 if state["step"] >= 5 else 6}

    def solve(self, state):
        found, right = stages(state["garment"], state["image"]), CLASSES.index(state["garment"])
        lines = caption(found, state["step"], state["map"] - 1, right)
        return SimpleNamespace(**state, found=found, right=right, chosen=state["map"] - 1, lines=lines)

    def start(self, fig, model):
        return {"board": Board(fig)}

    def update(self, artists, model):
        board = artists["board"]
        board.clear()
        draw_strip(board, model.found, model.step)
        draw_step(board, model.found, model.step, model.chosen, model.right)
        first, second = model.lines
        board.text(0.15, 0.42, first, 11, bold=True)
        board.text(0.15, 0.17, second, 10)

    def words(self, model):
        step = f"Step {model.step} of {len(NAMES)}, {NAMES[model.step - 1]}"
        return (
            f"{step}: {' '.join(model.lines)} The image is number {model.image} of the {EACH:,} test images "
            f"of the class {model.garment}. {details(model.found, model.step, model.chosen)}"
        )

    def torch_code(self, model):
        return CALLS[model.step - 1]

    def spots(self, artists, model):
        steps = enumerate(zip(NAMES, thumbs(), strict=True), start=1)
        found = [
            spots.inches(self.size, box, f"Step {place}, {name}", {"step": place})
            for place, (name, box) in steps
        ]
        maps = enumerate(small_maps(model.step), start=1)
        return found + [spots.inches(self.size, box, f"Map {i}", {"map": i}) for i, box in maps]


@lru_cache
def places(garment):
    """Where the test images of a class lie in the test set."""
    return np.flatnonzero(_test()[1] == CLASSES.index(garment))


@lru_cache
def _test():
    return datasets.fashion_mnist("test", raw=True)


def images(garment):
    """All test images of a class, (1000, 1, 28, 28), float32 in [0, 1]."""
    return _test()[0][places(garment)].astype(np.float32) / 255


@lru_cache(maxsize=64)
def stages(garment, image):
    """What every layer makes of that image, by name."""
    picture = _test()[0][places(garment)[image]]
    return garments.stages(picture.astype(np.float32) / 255)


@lru_cache
def judged(garment):
    """The network's answer, a class number, for each test image of a class."""
    return predict(garments.trained(), images(garment)).argmax(axis=1)
