"""The journey of an image shows what PyTorch computes with the same weights, and admits its mistakes."""

import random
import re

import numpy as np
import pytest
import torch
from states import lines
from torch.nn import functional as F

from helpers import batch_last, datasets
from helpers.drawing.colours import shades
from helpers.drawing.style import DPI
from helpers.explorers import JourneyOfAnImage
from helpers.explorers.journey.explorer import CALLS, CLASSES, images, judged, places, stages
from helpers.explorers.journey.steps import BIG
from helpers.explorers.journey.words import AFTER, NAMES, SHAPES
from helpers.nn import training
from helpers.pretrained import garments

WEIGHTS = {name: torch.tensor(array) for name, array in datasets.lenet_weights().items()}


@pytest.fixture(scope="module")
def journey():
    return JourneyOfAnImage()


def layer(name):
    return WEIGHTS[f"{name}.weight"], WEIGHTS[f"{name}.bias"]


def by_pytorch(images):
    """Every stage of a batch of images, by the names that helpers.pretrained.garments uses."""
    found = {"input": torch.tensor(images)}
    found["conv1"] = F.conv2d(found["input"], *layer("conv1"), padding=2)
    found["relu1"] = F.relu(found["conv1"])
    found["pool1"] = F.max_pool2d(found["relu1"], 2)
    found["conv2"] = F.conv2d(found["pool1"], *layer("conv2"))
    found["relu2"] = F.relu(found["conv2"])
    found["pool2"] = F.max_pool2d(found["relu2"], 2)
    found["flatten"] = found["pool2"].flatten(1)
    found["dense1"] = F.linear(found["flatten"], *layer("dense1"))
    found["relu3"] = F.relu(found["dense1"])
    found["dense2"] = F.linear(found["relu3"], *layer("dense2"))
    found["relu4"] = F.relu(found["dense2"])
    found["dense3"] = F.linear(found["relu4"], *layer("dense3"))
    found["softmax"] = F.softmax(found["dense3"].double(), dim=1)
    return found


# --- the network -----------------------------------------------------------------------------------------


def test_network_is_good_on_the_test_set():
    images, labels = datasets.fashion_mnist("test")
    score = training.evaluate(garments.trained(), images, labels, prepare=batch_last)
    assert 0.9 <= score.accuracy < 1
    page = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    assert "more than nine in ten of the 10,000 test images" in page


def test_network_is_small_and_ready():
    model = garments.trained()
    assert sum(parameter.data.size for parameter in model.parameters()) == 61_706
    assert not any(module.training for module in model.modules()) and garments.trained() is model


def test_stages_are_pytorchs():
    images = np.concatenate([images(name)[:2] for name in CLASSES])
    theirs = by_pytorch(images)
    for i, image in enumerate(images):
        found = garments.stages(image)
        assert list(found) == list(theirs)
        for name, values in found.items():
            np.testing.assert_allclose(values, theirs[name][i].numpy(), rtol=1e-4, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1, 28, 28), (1, 32, 32), (3, 28, 28)])
def test_stages_refuse_other_shapes(shape):
    with pytest.raises(ValueError, match=r"image.shape=.*give one grey image \(1, 28, 28\)"):
        garments.stages(np.zeros(shape))


def test_images_are_the_test_sets_of_that_class():
    whole, labels = datasets.fashion_mnist("test")
    seen = set()
    for number, name in enumerate(CLASSES):
        assert (labels[places(name)] == number).all() and len(places(name)) == 1000
        np.testing.assert_array_equal(images(name), whole[places(name)])
        np.testing.assert_array_equal(stages(name, 7)["input"], whole[places(name)[7]])
        seen |= set(places(name).tolist())
    assert len(seen) == 10_000


# --- the steps -------------------------------------------------------------------------------------------


def states(count=40):
    draw = random.Random(8)
    for _ in range(count):
        yield {
            "step": draw.randint(1, 8),
            "garment": draw.choice(CLASSES),
            "image": draw.randint(0, 999),
            "map": draw.randint(1, 16),
        }


def shown(journey, state):
    """The state that is drawn, and its board."""
    return journey.at(**state), journey.artists(**state)["board"]


def test_eight_steps_with_their_shapes():
    names = ["input", "convolve", "ReLU", "pool", "deeper", "flatten", "dense", "class"]
    assert list(NAMES) == names and JourneyOfAnImage.inputs["step"].high == 8
    found = stages("Bag", 0)
    for place in (0, 1, 2, 3, 4, 5, 7):
        assert SHAPES[place] == "×".join(map(str, found[AFTER[place]].shape))
    assert SHAPES[6] == ", ".join(str(len(found[name])) for name in ("dense1", "dense2", "dense3"))


def test_values_and_counts_are_said(journey):
    for state in states():
        state, _ = shown(journey, state)
        found, words = stages(state["garment"], state["image"]), journey.describe(**state)
        values = found[AFTER[state["step"] - 1]]
        assert f"Step {state['step']} of 8, {NAMES[state['step'] - 1]}" in words
        ends = re.search(r"(?:Values|Scores) (−?\d+\.\d+) to (−?\d+\.\d+)", words).groups()
        assert [float(end.replace("−", "-")) for end in ends] == pytest.approx(
            [values.min(), values.max()], abs=0.0051
        )
        if state["step"] == 2:
            assert f"; {100 * (values < 0).mean():.0f} % are negative." in words
        if state["step"] == 7:
            assert f", {(values < 0).sum()} of the 10 negative;" in words
        if state["step"] == 4:
            assert "4,704 numbers have become 1,176." in words
        if state["step"] == 3:
            assert f"{100 * (found['conv1'] <= 0).mean():.0f} % of the 4,704 numbers are 0" in words
        if state["step"] == 6:
            first = 25 * (state["map"] - 1)
            assert f"map {state['map']} takes places {first} to {first + 24}" in words
            np.testing.assert_array_equal(
                values[first : first + 25], found["pool2"][state["map"] - 1].ravel()
            )
        if 2 <= state["step"] <= 5:
            one = values[state["map"] - 1]
            assert f"Map {state['map']} has values {one.min():.2f}".replace("-", "−") in words


def tiles(board, side):
    """The colours of every square of that side on the board."""
    return [piece[4] for piece in board.pieces if piece[2:4] == (side, side) and len(piece[4]) > 1]


def test_large_maps_are_the_layers_own(journey):
    for garment in ("Sandal", "Coat"):
        found = stages(garment, 3)
        limit = np.abs(found["conv1"]).max()
        for step, before, after in ((2, "input", "conv1"), (3, "conv1", "relu1"), (4, "relu1", "pool1")):
            _, board = shown(journey, {"step": step, "garment": garment, "image": 3, "map": 4})
            left, right = tiles(board, BIG)
            first = shades(found["input"][0]) if step == 2 else shades(found[before][3], limit)
            np.testing.assert_array_equal(left, first)
            np.testing.assert_array_equal(right, shades(found[after][3], limit))


def test_colours_stand_for_numbers():
    red, white, blue = shades([[1.0, 0.0, -1.0]], 1.0)[0].astype(int)
    assert red[0] > red[2] + 60 and blue[2] > blue[0] + 60 and white.min() > 240
    np.testing.assert_array_equal(shades([[0.0, 1.0]])[0], [[0, 0, 0], [255, 255, 255]])
    np.testing.assert_array_equal(shades([[9.0, -9.0]], 1.0), shades([[1.0, -1.0]], 1.0))


def test_strip_fills_up_step_by_step(journey):
    for step in range(1, 9):
        _, board = shown(journey, {"step": step})
        assert len(tiles(board, 0.84)) == step


def test_numbers_of_the_last_map_are_written(journey):
    state, board = shown(journey, {"step": 5, "garment": "Dress", "image": 11, "map": 16})
    values = stages("Dress", 11)["pool2"][15]
    written = {words for _, _, words, *_ in board.words}
    assert {f"{value:.1f}" for value in values.ravel()} <= written


# --- the end ---------------------------------------------------------------------------------------------


def bars(board):
    """Class -> (length of its bar, what is written beside it)."""
    found = {}
    for name in CLASSES:
        y = next(y for _, y, words, _, _, align, _ in board.words if words == name and align == "right")
        bar = next(piece for piece in board.pieces if piece[1] == pytest.approx(y - 0.09))
        found[name] = bar[2], next(w for x, at, w, *_ in board.words if at == y and w != name)
    return found


@pytest.mark.parametrize("garment", CLASSES)
def test_right_class_is_marked_and_mistakes_are_admitted(journey, garment):
    right = judged(garment) == CLASSES.index(garment)
    for image in (int(np.flatnonzero(right)[0]), int(np.flatnonzero(~right)[0])):
        state = {"step": 8, "garment": garment, "image": image, "map": 1}
        _, board = shown(journey, state)
        probabilities = stages(garment, image)["softmax"]
        drawn = bars(board)
        lengths = [max(2.35 * value, 0.01) for value in probabilities]
        assert [drawn[name][0] for name in CLASSES] == pytest.approx(lengths)
        for name, value in zip(CLASSES, probabilities, strict=True):
            beside = drawn[name][1]
            assert beside.startswith(f"{value:.3f}") and ("right class" in beside) == (name == garment)
        words, answer = journey.describe(**state), CLASSES[int(probabilities.argmax())]
        assert f"{answer}, with probability {probabilities.max():.3f}." in words
        if answer == garment:
            assert "That is right." in words and "wrong" not in words
        else:
            assert f"That is wrong: it is of the class {garment}." in words
            assert drawn[answer][1].endswith("its answer")


def test_buttons_take_the_next_image_and_the_next_mistake():
    journey = JourneyOfAnImage(garment="Shirt", step=8, image=999)
    journey.buttons["new image"].click()
    assert journey.state["image"] == 0
    wrong = np.flatnonzero(judged("Shirt") != CLASSES.index("Shirt"))
    assert len(wrong) > 10
    for expected in (*wrong[:3], wrong[3]):
        journey.set(image=max(int(expected) - 1, 0))
        if expected:
            journey.buttons["next mistake"].click()
        assert journey.state["image"] == expected and "That is wrong" in journey.description
    journey.set(image=int(wrong[-1]))
    journey.buttons["next mistake"].click()
    assert journey.state["image"] == wrong[0], "begins again"


def test_first_layers_have_six_maps_and_later_ones_sixteen():
    journey = JourneyOfAnImage(step=5, map=16)
    assert journey.state["map"] == 16
    journey.buttons["back"].click()
    assert journey.state["step"] == 4 and journey.state["map"] == 6 and journey.controls["map"].max == 6
    journey.buttons["step"].click()
    assert journey.controls["map"].max == 16


def test_player_goes_through_all_steps():
    journey = JourneyOfAnImage()
    seen = [journey.description]
    for _ in range(7):
        journey.buttons["step"].click()
        seen.append(journey.description)
    assert journey.state["step"] == 8 and len(set(seen)) == 8
    journey.buttons["reset"].click()
    assert journey.description == seen[0]


def test_calls_of_all_steps_are_the_network():
    layers = [eval(call, {"torch": torch}) for call in CALLS if call]
    network = torch.nn.Sequential(*layers)
    parameters = list(network.parameters())
    with torch.no_grad():
        for parameter, value in zip(parameters, WEIGHTS.values(), strict=True):
            parameter.copy_(value)
        image = stages("Trouser", 5)["input"]
        out = network(torch.tensor(image)[None])[0].numpy()
    np.testing.assert_allclose(out, stages("Trouser", 5)["softmax"], atol=1e-4)


def test_words_lie_in_the_picture_apart_and_legible(journey):
    every = [
        {"step": step, "garment": name, "image": 1, "map": 16} for step in range(1, 9) for name in CLASSES
    ]
    for state in [*every, *states()]:
        found = lines(shown(journey, state)[1])
        for line in found:
            assert line.left >= 0 and line.top >= 0 and line.right <= 8.4 * DPI and line.bottom <= 5.42 * DPI
            assert line.pixels * 72 / DPI >= 8.5
        for i, one in enumerate(found):
            assert all(one.apart(other, 0.11 * DPI) for other in found[:i]), (state, one)
