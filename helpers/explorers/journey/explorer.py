"""The journey of an image: a real garment through a trained LeNet, in eight steps, every number its own."""

from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from helpers import datasets
from helpers.explorers.journey.steps import draw_step, draw_strip
from helpers.explorers.journey.words import NAMES, caption, details
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.board import Board
from helpers.explorers.parts.controls import Choice, Integer
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


class JourneyOfAnImage(Explorer):
    """Input, convolve, ReLU, pool, deeper, flatten, dense, class: what each makes of one test image."""

    title = "The journey of an image"
    size = (8.4, 5.42)
    layout = "none"
    inputs = {
        "step": Integer("Step", 1, len(NAMES), 1),
        "garment": Choice("Garment", list(CLASSES), "Ankle boot"),
        "image": Integer("Which of its test images", 0, EACH - 1, 0),
        "map": Integer("Map to follow", 1, 16, 1),
    }
    player = "step"
    interval = 1.6

    def actions(self):
        new = widgets.Button(description="New image", tooltip="Take the next test image of this garment")
        mistake = widgets.Button(
            description="Next mistake", tooltip="Take the next test image of this garment that is misjudged"
        )
        new.on_click(lambda _: self.set(image=(self.state["image"] + 1) % EACH))
        mistake.on_click(lambda _: self._take_mistake())
        return {"new image": new, "next mistake": mistake}

    def _take_mistake(self):
        state = self.state
        wrong = np.flatnonzero(_judged(state["garment"]) != CLASSES.index(state["garment"]))
        later = wrong[wrong > state["image"]]
        self.set(image=int([*later, *wrong][0]))

    def limits(self, state):
        return {"map": 16 if state["step"] >= 5 else 6}

    def start(self, fig, state):
        return {"board": Board(fig)}

    def update(self, artists, state):
        board, found = artists["board"], _stages(state["garment"], state["image"])
        board.clear()
        draw_strip(board, found, state["step"])
        draw_step(board, found, state["step"], state["map"] - 1, CLASSES.index(state["garment"]))
        first, second = caption(found, state["step"], state["map"] - 1, CLASSES.index(state["garment"]))
        board.text(0.15, 0.42, first, 11, bold=True)
        board.text(0.15, 0.17, second, 10)

    def words(self, state):
        found, right = _stages(state["garment"], state["image"]), CLASSES.index(state["garment"])
        first, second = caption(found, state["step"], state["map"] - 1, right)
        text = f"Step {state['step']} of {len(NAMES)}, {NAMES[state['step'] - 1]}: {first} {second}"
        return (
            f"{text} The image is number {state['image']} of the {EACH:,} test images of the class "
            f"{state['garment']}. {details(found, state['step'], state['map'] - 1)}"
        )

    def torch_code(self, state):
        return CALLS[state["step"] - 1]


@lru_cache
def _places(garment):
    """Where the test images of a class lie in the test set."""
    return np.flatnonzero(_test()[1] == CLASSES.index(garment))


@lru_cache
def _test():
    return datasets.fashion_mnist("test", raw=True)


def _images(garment):
    """All test images of a class, (1000, 1, 28, 28), float32 in [0, 1]."""
    return _test()[0][_places(garment)].astype(np.float32) / 255


@lru_cache(maxsize=64)
def _stages(garment, image):
    """What every layer makes of that image, by name."""
    picture = _test()[0][_places(garment)[image]]
    return garments.stages(picture.astype(np.float32) / 255)


@lru_cache
def _judged(garment):
    """The network's answer, a class number, for each test image of a class."""
    return predict(garments.trained(), _images(garment)).argmax(axis=1)
