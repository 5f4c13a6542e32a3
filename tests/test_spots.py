"""Pointing at a picture: the spots lie on what they name, and set what they promise."""

import numpy as np
import pytest
from states import possible

from helpers import explorers
from helpers.explorers.parts.spots import Plane, Spot, inches


def middle(spot, fig):
    """The middle of a spot in pixels from the lower left corner, as artists count them."""
    width, height = fig.bbox.size
    return (spot.left + spot.width / 2) * width, (1 - spot.top - spot.height / 2) * height


def under(artist, spot):
    """Whether the middle of a spot lies in the box of an artist."""
    box = artist.get_window_extent()
    return box.contains(*middle(spot, artist.get_figure()))


def one_of(spots, label):
    (found,) = (spot for spot in spots if spot.label.startswith(label))
    return found


@pytest.mark.parametrize("name", explorers.__all__)
def test_spots_lie_in_the_picture_and_can_be_set(name):
    explorer = getattr(explorers, name)()
    for state in possible(explorer, 4, seed=9):
        explorer.set(**state)
        regions = explorer.regions
        for region in regions:
            assert len(region.label) >= 4 and region.width > 0 and region.height > 0
            assert -1e-6 <= region.left <= region.left + region.width <= 1 + 1e-6
            assert -1e-6 <= region.top <= region.top + region.height <= 1 + 1e-6
            if isinstance(region, Plane):
                region = region.spot(0, len(region.across[1]) - 1)
            for given in region.settings if isinstance(region.settings, list) else [region.settings]:
                explorer.checked(given)
        for region in regions[:: max(len(regions) // 5, 1)]:
            spot = region.spot(0, 0) if isinstance(region, Plane) else region
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


def test_sliding_kernel_goes_to_the_output_and_to_the_windows_of_a_pixel():
    explorer = explorers.SlidingKernel(size=8)
    outputs = [spot for spot in explorer.regions if spot.label == "Output (4, 2)"]
    assert len(outputs) == 2, "in the output, and after ReLU"
    for spot, frame in zip(outputs, ("output here", "relu here"), strict=True):
        explorer.set(position=0)
        explorer.point(spot)
        assert "row 4, column 2" in explorer.description and under(explorer.artists()[frame], spot)
    pixel = one_of(explorer.regions, "Input (1, 5)")
    assert pixel.label == "Input (1, 5), read by 6 windows"
    seen = set()
    for _ in range(6):
        explorer.point(pixel)
        seen.add(explorer.state["position"])
        assert under(explorer.artists()["place"], pixel), "the window reads the pixel"
    assert len(seen) == 6


def test_stride_padding_goes_to_the_windows_that_read_a_pixel():
    explorer = explorers.StridePadding(size=7, kernel=3, padding=1, stride=2, dilation=1)
    pixel = one_of(explorer.regions, "Input (2, 3)")
    assert pixel.label.endswith("read by 2 windows")
    corner = one_of(explorer.regions, "Padding (-1, -1)")
    for spot, count in ((pixel, 2), (corner, 1)):
        seen = set()
        for _ in range(count):
            explorer.point(spot)
            seen.add(explorer.state["window"])
            assert under(explorer.artists()["window"], spot)
        assert len(seen) == count
    missed = explorers.StridePadding(size=6, kernel=2, padding=0, stride=4).regions
    before = explorer.state
    explorer.point(one_of(missed, "Input (2, 2), read by 0 windows"))
    assert explorer.state == before
    row = next(spot for spot in explorer.regions if spot.label == "Window 3 along the axis")
    explorer.set(window=0)
    explorer.point(row)
    assert explorer.state["window"] == 3
    explorer.set(predict=True)
    assert explorer.regions == [], "they would give the answer away"


def test_pooling_goes_to_the_window_of_an_output_or_a_pixel():
    explorer = explorers.PoolingVisualiser(data=4, window=3, stride=2)
    for spot in [spot for spot in explorer.regions if spot.label == "Output (1, 2)"]:
        explorer.set(position=0)
        explorer.point(spot)
        marks = explorer.artists()
        assert explorer.state["position"] == 1 * 3 + 2
        assert under(marks["now mark"], spot) or under(marks["before mark"], spot)
    pixel = one_of(explorer.regions, "Input (2, 4), read by 4 windows")
    seen = set()
    for _ in range(4):
        explorer.point(pixel)
        seen.add(explorer.state["position"])
        assert under(explorer.artists()["plane mark"], pixel)
    assert len(seen) == 4


@pytest.mark.parametrize(
    "label, mark", [("Photo", "photo"), ("Green answer", "green answer"), ("Sum", "sum")]
)
def test_channel_mixer_marks_the_pixel(label, mark):
    explorer = explorers.ChannelMixer()
    spot = one_of(explorer.regions, label).spot(20, 33)
    assert spot.label == f"{label} (20, 33)"
    explorer.point(spot)
    assert (explorer.state["row"], explorer.state["column"]) == (20, 33)
    assert under(explorer.artists()[f"{mark} mark"], spot)


def test_receptive_field_goes_to_the_unit_that_looks_at_the_pixel():
    explorer = explorers.ReceptiveField(layer1="conv 3×3, stride 2", layer4="max pool 2×2, stride 2")
    pixels, units = one_of(explorer.regions, "Pixel"), one_of(explorer.regions, "Unit")
    for row, column in ((0, 23), (11, 12), (5, 7)):
        spot = pixels.spot(row, column)
        explorer.point(spot)
        artists = explorer.artists()
        (x,), (y,) = artists["centre"].get_data()
        assert abs(x - column) <= 2 and abs(y - row) <= 2, "half a jump of 4 away at most"
        assert under(artists["box 0"], spot)
    explorer.point(units.spot(1, 4))
    assert (explorer.state["row"], explorer.state["column"]) == (1, 4)
    assert under(explorer.artists()["box 4"], units.spot(1, 4))


def test_move_the_cat_brings_the_cat_to_the_pixel():
    explorer = explorers.MoveTheCat()
    (plane,) = explorer.regions
    explorer.point(plane.spot(40, 27))
    assert (explorer.state["dy"], explorer.state["dx"]) == (8, -5)
    explorer.point(plane.spot(0, 63))
    assert (explorer.state["dy"], explorer.state["dx"]) == (-16, 16)


def test_variants_follow_the_channel():
    explorer = explorers.ConvolutionVariants(channels=8, filters=16, groups=2)
    spot = one_of(explorer.regions, "Output channel 11")
    explorer.point(spot)
    assert explorer.state["probe"] == 11
    amber = explorer.artists()["heard"]
    corners = amber.axes.transData.transform(amber.get_paths()[-1].vertices)
    assert (corners.min(axis=0) <= middle(spot, amber.get_figure())).all()
    assert (corners.max(axis=0) >= middle(spot, amber.get_figure())).all()


def test_pipeline_takes_the_next_picture_filter_and_pooling():
    explorer = explorers.Pipeline(image="corner", filter="sobel x", second="none")
    labels = [spot.label for spot in explorer.regions]
    assert labels == [f"{name}: take the next" for name in ("Picture", "Filter", "Pooling")]
    for spot in explorer.regions:
        explorer.point(spot)
    state = explorer.state
    assert (state["image"], state["filter"], state["pool"]) == ("noise", "sobel y", "average")
    explorer.set(second="sobel x")
    assert len(explorer.regions) == 5


def test_journey_goes_to_the_step_and_the_map():
    explorer = explorers.JourneyOfAnImage()
    explorer.point(one_of(explorer.regions, "Step 5, deeper"))
    assert explorer.state["step"] == 5
    maps = [spot for spot in explorer.regions if spot.label.startswith("Map")]
    assert len(maps) == 16
    explorer.point(maps[11])
    assert explorer.state["map"] == 12
    board = explorer.artists()["board"]
    x, y = np.divide(middle(maps[11], board.get_figure()), board.get_figure().dpi)
    pieces = [colours for left, low, wide, high, colours in board.pieces
              if left < x < left + wide and low < y < low + high]  # fmt: skip
    assert [piece.shape for piece in pieces] == [(5, 5, 3)], "a map is drawn where the spot is"


def test_architecture_builder_marks_the_layer():
    explorer = explorers.ArchitectureBuilder()
    drawn, line = (spot for spot in explorer.regions if spot.label == "Layer 6, linear 120")
    for spot in (drawn, line):
        explorer.set(marked=1)
        explorer.point(spot)
        assert explorer.state["marked"] == 6
    assert drawn.top < line.top
