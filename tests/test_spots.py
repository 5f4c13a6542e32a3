"""Pointing at a picture: the spots lie on what they name, and set what they promise."""

import numpy as np
import pytest
from states import possible

from helpers import explorers
from helpers.explorers.parts.spots import Plane, Spot, inches, read_by, readers
from helpers.numerals import many
from helpers.ops.conv import conv2d
from helpers.ops.shapes import conv_output_size


def under(artist, spot):
    """Whether the middle of a spot lies in the box of an artist."""
    width, height = artist.get_figure().bbox.size
    x, y = (spot.left + spot.width / 2) * width, (1 - spot.top - spot.height / 2) * height
    return artist.get_window_extent().contains(x, y)


@pytest.mark.parametrize("name", explorers.__all__)
def test_spots_lie_in_the_picture_and_set_what_they_say(name):
    explorer = getattr(explorers, name)()
    for state in possible(explorer, 4, seed=9):
        explorer.set(**state)
        regions = explorer.regions
        for region in regions:
            assert len(region.label) >= 3 and region.width > 0 and region.height > 0
            assert -1e-6 <= region.left <= region.left + region.width <= 1 + 1e-6
            assert -1e-6 <= region.top <= region.top + region.height <= 1 + 1e-6
        spots = [
            part.spot(0, len(part.across[1]) - 1) if isinstance(part, Plane) else part for part in regions
        ]
        for spot in spots:
            for given in spot.settings if isinstance(spot.settings, list) else [spot.settings]:
                explorer.checked(given)
        for spot in spots[:: max(len(spots) // 5, 1)]:
            explorer.set(**state)  # a spot is one of this picture
            given = spot.after(explorer.state)
            explorer.point(spot)
            assert given.items() <= explorer.state.items(), (spot, explorer.state)


def test_where_nothing_is_drawn_there_is_nothing_to_point_at():
    explorer = explorers.StridePadding(size=2, kernel=5, padding=0)
    assert explorer.description.startswith("No output.") and explorer.regions == []


def test_pointing_again_goes_through_the_settings():
    spot = Spot(0, 0, 1, 1, "a place", [{"n": 1}, {"n": 2, "m": 0}, {"n": 3}])
    assert spot.after({"n": 7, "m": 0}) == {"n": 1}
    assert spot.after({"n": 1, "m": 0}) == {"n": 2, "m": 0}
    assert spot.after({"n": 3, "m": 0}) == {"n": 1}
    assert inches((4, 2), (1, 0.5, 2, 1), "", {})[:4] == (0.25, 0.25, 0.5, 0.5)


@pytest.mark.parametrize(
    "size, kernel, stride, dilation", [(7, 3, 1, 1), (8, 2, 3, 1), (9, 3, 2, 2), (5, 5, 1, 1)]
)
def test_a_pixel_is_read_by_the_outputs_that_it_changes(size, kernel, stride, dilation):
    count = conv_output_size(size, kernel, stride, 0, dilation)
    windows = [range(i * stride, i * stride + (kernel - 1) * dilation + 1, dilation) for i in range(count)]
    places = readers(size, windows)
    for row, column in np.ndindex(size, size):
        image = np.zeros((1, size, size))
        image[0, row, column] = 1
        changed = conv2d(image, np.ones((1, 1, kernel, kernel)), stride=stride, dilation=dilation)[0]
        words, settings = read_by(places[row], places[column], lambda i, j: {"at": (i, j)})
        assert sorted(given["at"] for given in settings or []) == [*map(tuple, np.argwhere(changed))]
        assert words == f", read by {many(int(changed.sum()), 'window')}"


# Explorer, setting, label, cell of a plane, what pointing again and again sets, the frame that goes there.
STRIDE = {"size": 7, "kernel": 3, "padding": 1, "stride": 2}
FIELD = {"layer1": "conv 3×3, stride 2", "layer4": "max pool 2×2, stride 2"}
POOL = {"data": 4, "window": 3, "stride": 2}
CASES = [
    ("SlidingKernel", {}, "Output (4, 2)", None, [{"position": 26}], "output here"),
    ("SlidingKernel", {}, "Input (1, 5), read by 6 windows", None,
     [{"position": at} for at in (4, 3, 5, 10, 9, 11)], "place"),
    ("StridePadding", STRIDE, "Input (2, 3), read by 2 windows", None,
     [{"window": at} for at in (5, 6)], "window"),
    ("StridePadding", STRIDE, "Padding (−1, −1), read by 1 window", None, [{"window": 0}], "window"),
    ("StridePadding", STRIDE, "Window 3 along the axis", None, [{"window": 3}], None),
    ("StridePadding", STRIDE | {"stride": 4}, "Input (2, 2), read by 0 windows", None, [{}], None),
    ("PoolingVisualiser", POOL, "Output (1, 2)", None, [{"position": 5}], "before mark"),
    ("PoolingVisualiser", POOL, "Input (2, 4), read by 4 windows", None,
     [{"position": at} for at in (1, 2, 4, 5)], "plane mark"),
    *(("ChannelMixer", {}, label, (9, 33), [{"row": 9, "column": 33}], f"{label.lower()} mark")
      for label in ("Sum", "Green answer")),
    *(("ChannelMixer", {}, label, (9, 0), [{"row": i, "column": j} for i in (9, 8, 10) for j in (0, 1)],
       f"{label.lower()} mark") for label in ("Photo", "Red plane")),
    ("ReceptiveField", FIELD, "Pixel", (0, 23), [{"row": 0, "column": 5}], "box 0"),
    ("ReceptiveField", FIELD, "Pixel", (10, 6),
     [{"row": i, "column": j} for i in (2, 3, 1) for j in (1, 2, 0)], "box 0"),
    ("ReceptiveField", FIELD, "Unit after layer 4", (1, 4), [{"row": 1, "column": 4}], "box 4"),
    ("MoveTheCat", {}, "Move the cat to pixel", (40, 27), [{"dy": 8, "dx": -5}], None),
    ("MoveTheCat", {}, "Move the cat to pixel", (0, 63), [{"dy": -16, "dx": 16}], None),
    ("ConvolutionVariants", {}, "Output channel 11", None, [{"probe": 11}], "joined"),
    ("JourneyOfAnImage", {"step": 2}, "Step 5, deeper", None, [{"step": 5}], None),
    ("JourneyOfAnImage", {"step": 6}, "Map 12", None, [{"map": 12}], None),
    ("ArchitectureBuilder", {}, "Layer 6, linear 120", None, [{"marked": 6}], None),
    ("Pipeline", {}, "Pixel", (3, 7),
     [{"follow": "convolution", "row": i, "column": j} for i, j in ((2, 5), (1, 5), (3, 5))], "mark image 0"),
    ("Pipeline", {}, "Pooling B", (1, 2), [{"follow": "pooling", "row": 1, "column": 2}], "mark pool 1"),
    ("Pipeline", {}, "Filter A: take the next", None, [{"filter": "sobel y"}], None),
]  # fmt: skip


@pytest.mark.parametrize("name, given, label, cell, sets, frame", CASES)
def test_pointing_goes_there(name, given, label, cell, sets, frame):
    explorer = getattr(explorers, name)(**given)
    found = [part for part in explorer.regions if part.label == label]
    assert found, sorted({part.label for part in explorer.regions})
    spot = found[0].spot(*cell) if cell else found[0]
    for expected in sets:
        explorer.point(spot)
        assert expected.items() <= explorer.state.items()
        assert frame is None or under(explorer.artists()[frame], spot)


def test_spots_do_not_give_an_answer_away():
    assert explorers.StridePadding(predict=True).regions == []
    assert explorers.StridePadding(predict=True, guess=3).regions
