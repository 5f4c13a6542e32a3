"""Inside a network: every number is what its window says, and nothing outside its frames moves it."""

import re

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.explorers import InsideTheNetwork
from helpers.explorers.network.chain import read, taken, taps, trace, way
from helpers.explorers.network.explorer import pictures
from helpers.explorers.parts.spots import Plane
from helpers.pretrained import garments

rng = np.random.default_rng(0)
PICTURE = rng.random((2, 11, 9)).astype(np.float32)


def torch_chain():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(2, 6, (3, 2), stride=2, padding=1, groups=2),
        torch.nn.Tanh(),
        torch.nn.AvgPool2d(2, stride=1),
        torch.nn.Conv2d(6, 4, 2, dilation=2, bias=False),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.MaxPool2d(2, padding=1),
        torch.nn.Flatten(),
        torch.nn.Linear(16, 5),
        torch.nn.ReLU(),
        torch.nn.Linear(5, 3),
    )


class Between(torch.nn.Module):
    """A network with an activation function that is no layer."""

    def __init__(self):
        super().__init__()
        self.conv, self.flatten = torch.nn.Conv2d(1, 3, 4), torch.nn.Flatten()

    def forward(self, x):
        return self.flatten(torch.exp(self.conv(x)))


def units(stage):
    return [tuple(int(rng.integers(size)) for size in stage.values.shape) for _ in range(5)]


def test_a_chain_of_pytorch_gives_pytorchs_numbers():
    model = torch_chain().eval()
    with torch.no_grad():
        expected = model(torch.tensor(PICTURE)[None])[0].numpy()
    assert np.allclose(way(taken(model), PICTURE)[-1].values.ravel(), expected, atol=1e-6)


def test_every_number_is_computed_from_what_is_framed():
    stages = way(taken(torch_chain()), PICTURE)
    for stage, before in zip(stages[1:], stages, strict=False):
        for unit in units(stage):
            values, value = taps(before, read(stage, before, unit)), stage.values[unit]
            if stage.kind in ("Conv2d", "Linear"):
                weight = stage.layer.weight.data[unit[0]]
                value -= stage.layer.bias.data[unit[0]]
                found = (values.reshape(weight.shape) * weight).sum()
            else:
                found = {"MaxPool2d": np.max, "AvgPool2d": np.mean, "ReLU": lambda v: max(v.item(), 0),
                         "Tanh": np.tanh, "Flatten": np.sum}[stage.kind](values)  # fmt: skip
            assert np.isclose(found, value, atol=1e-5), (stage.name, unit)


def test_nothing_outside_the_frame_moves_a_number():
    chain = taken(torch_chain())
    stages = way(chain, PICTURE)
    for place, stage in enumerate(stages[1:], start=1):
        for unit in units(stage):
            box = trace(stages, place, unit)[0]
            inside = np.zeros(PICTURE.shape, bool)
            inside[tuple(slice(first, last + 1) for first, last in box)] = True
            noise = rng.normal(size=PICTURE.shape).astype(np.float32)
            outside = way(chain, np.where(inside, PICTURE, noise))
            assert outside[place].values[unit] == stage.values[unit], (stage.name, unit)
            if stage.kind == "Conv2d":
                assert way(chain, np.where(inside, noise, PICTURE))[place].values[unit] != stage.values[unit]


def test_pointing_at_a_number_chooses_it():
    explorer = InsideTheNetwork()
    planes = [part for part in explorer.regions if isinstance(part, Plane)]
    assert len(planes) == 1 + 6 * 3 + 16 * 3 + 1 + 5  # maps, and a strip for each list of numbers
    explorer.point(next(part for part in planes if part.label == "relu2, map 7").spot(2, 9))
    assert explorer.state | {"image": ""} == {"image": "", "layer": "relu2", "map": 7, "row": 2, "column": 9}
    explorer.point(next(part for part in planes if part.label == "dense2").spot(83, 0))
    assert explorer.state["map"] == 84 and explorer.controls["row"].disabled
    assert "dense2, number 84 of 84" in explorer.description.lower()


def test_words_and_line_of_pytorch():
    explorer = InsideTheNetwork(image="Bag", layer="pool2", map=16, row=2, column=2)
    value = garments.stages(pictures()["Bag"])["pool2"][15, 2, 2]
    assert f"Pool2, map 16 of 16, row 2, column 2 = {value:.2f}. the largest of 4" in explorer.description
    assert explorer.description.startswith("Bag: the network says Bag with 1.00.")
    assert explorer.description.endswith("It sees rows 6 to 21, columns 6 to 21 of the picture.")
    assert explorer.code == "torch.nn.MaxPool2d(2)"


def test_a_readers_own_network_and_picture():
    explorer = InsideTheNetwork(torch_chain(), PICTURE, classes=["a", "b", "c"])
    assert explorer.state["image"] == "my picture" and "says " in explorer.description
    own = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 26 * 26, 10))
    assert InsideTheNetwork(own, np.ones((28, 28))).state["image"] == "my picture"


@pytest.mark.parametrize(
    "given, words",
    [
        ({"model": torch.nn.Sequential(torch.nn.LSTM(3, 3))}, "a layer LSTM; the picture can show"),
        ({"model": torch.nn.Sequential(torch.nn.Dropout())}, "it has no layer"),
        ({"model": torch.nn.Sequential(torch.nn.Conv2d(1, 1, 3, padding="same"))}, "whole numbers"),
        ({"model": Between(), "picture": np.ones((4, 4))}, "something happens between"),
        ({"picture": np.ones(5)}, r"picture.shape=\(5,\): give finite numbers"),
        ({"picture": np.full((28, 28), np.nan)}, "give finite numbers"),
        ({"picture": np.ones((3, 28, 28))}, "does not fit the network: conv1"),
        ({"classes": ["a"]}, "10 scores; give as many names"),
    ],
)
def test_what_it_cannot_show_is_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        InsideTheNetwork(**given)


def test_a_picture_is_drawn_by_hand_or_by_the_controls():
    explorer = InsideTheNetwork(layer="input", row=5, column=20)
    (paper,) = (part for part in explorer.regions if part.label == "Draw at pixel")
    before = explorer.description
    explorer.buttons["clear"].click()
    assert explorer.state["image"] == "my drawing" and not explorer.stages("my drawing")[0].values.any()
    for row in (5, 8, 12):  # places that a hand has passed; what lies between is joined
        explorer.point(paper.spot(row, 20))
    drawn = explorer.stages("my drawing")[0].values[0]
    assert (drawn[5:13, 20] == 1).all() and not drawn[:, :17].any() and 0 < drawn[8, 21] < 1
    explorer.set(row=20, column=3)
    explorer.buttons["ink"].click()
    assert explorer.stages("my drawing")[0].values[0, 20, 3] == 1
    assert explorer.description != before
    assert explorer.metadata["explorer"]["own"] == ["drawing"]
    explorer.set(layer="conv1")
    assert explorer.buttons["ink"].disabled and not [
        p for p in explorer.regions if p.label == "Draw at pixel"
    ]


def test_a_pixel_goes_through_the_numbers_that_read_it_and_the_heading_leads_to_the_picture():
    explorer = InsideTheNetwork()
    *planes, heading = explorer.regions
    pixel = next(plane for plane in planes if plane.label == "input, map 1").spot(10, 12)
    assert pixel.label == "input, map 1 (10, 12), read by 25 outputs"  # a kernel of 5 × 5 with padding 2
    seen = set()
    for _ in pixel.settings:
        explorer.point(pixel)
        seen.add((explorer.state["row"], explorer.state["column"]))
        sees = re.search(r"sees rows (\d+) to (\d+), columns (\d+) to (\d+)", explorer.description).groups()
        top, bottom, left, right = map(int, sees)
        assert explorer.state["layer"] == "conv1" and top <= 10 <= bottom and left <= 12 <= right
    assert seen == {(row, column) for row in range(8, 13) for column in range(10, 15)}
    explorer.point(heading)
    assert explorer.state["layer"] == "input"
    dense = InsideTheNetwork(model=nn.Sequential(nn.Flatten(), nn.Linear(784, 10)))
    assert dense.regions[0].spot(3, 4).settings == {"layer": "input", "map": 1, "row": 3, "column": 4}
