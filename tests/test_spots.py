"""Pointing at a picture: the spots lie on what they name, and set what they promise."""

import pytest
from states import possible

from helpers import explorers
from helpers.explorers.parts.spots import Plane, Spot, inches


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


# Explorer, setting, label, cell of a plane, what pointing again and again sets, the frame that goes there.
STRIDE = {"size": 7, "kernel": 3, "padding": 1, "stride": 2}
FIELD = {"layer1": "conv 3×3, stride 2", "layer4": "max pool 2×2, stride 2"}
POOL = {"data": 4, "window": 3, "stride": 2}
CASES = [
    ("SlidingKernel", {}, "Output (4, 2)", None, [{"position": 26}], "output here"),
    ("SlidingKernel", {}, "Input (1, 5), read by 6 windows", None,
     [{"position": at} for at in (3, 4, 5, 9, 10, 11)], "place"),
    ("StridePadding", STRIDE, "Input (2, 3), read by 2 windows", None,
     [{"window": at} for at in (5, 6)], "window"),
    ("StridePadding", STRIDE, "Padding (-1, -1), read by 1 window", None, [{"window": 0}], "window"),
    ("StridePadding", STRIDE, "Window 3 along the axis", None, [{"window": 3}], None),
    ("StridePadding", STRIDE | {"stride": 4}, "Input (2, 2), read by 0 windows", None, [{}], None),
    ("PoolingVisualiser", POOL, "Output (1, 2)", None, [{"position": 5}], "before mark"),
    ("PoolingVisualiser", POOL, "Input (2, 4), read by 4 windows", None,
     [{"position": at} for at in (1, 2, 4, 5)], "plane mark"),
    *(("ChannelMixer", {}, label, (9, 33), [{"row": 9, "column": 33}], f"{label.lower()} mark")
      for label in ("Photo", "Sum", "Red plane", "Green answer")),
    ("ReceptiveField", FIELD, "Pixel", (0, 23), [{"row": 0, "column": 5}], "box 0"),
    ("ReceptiveField", FIELD, "Pixel", (10, 6), [{"row": 2, "column": 1}], "box 0"),
    ("ReceptiveField", FIELD, "Unit after layer 4", (1, 4), [{"row": 1, "column": 4}], "box 4"),
    ("MoveTheCat", {}, "Move the cat to pixel", (40, 27), [{"dy": 8, "dx": -5}], None),
    ("MoveTheCat", {}, "Move the cat to pixel", (0, 63), [{"dy": -16, "dx": 16}], None),
    ("ConvolutionVariants", {}, "Output channel 11", None, [{"probe": 11}], "heard"),
    ("JourneyOfAnImage", {"step": 2}, "Step 5, deeper", None, [{"step": 5}], None),
    ("JourneyOfAnImage", {"step": 6}, "Map 12", None, [{"map": 12}], None),
    ("ArchitectureBuilder", {}, "Layer 6, linear 120", None, [{"marked": 6}], None),
    ("Pipeline", {}, "Pixel", (3, 7), [{"follow": "convolution", "row": 2, "column": 5}], "mark image 0"),
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
