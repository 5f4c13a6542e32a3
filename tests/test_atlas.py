"""Explorers that move on a page without a kernel: the same words, lines and pictures as Python's."""

import json
import random
import re

import pytest
from atlases import make, opened
from playwright.sync_api import expect

from authoring import atlas
from authoring.atlas import packing, pointing, sources
from authoring.atlas.rows import NOWHERE, Rows
from authoring.site import moving
from authoring.site.moved import Moved
from helpers import explorers
from helpers.explorers.parts import tour
from helpers.explorers.parts.spots import Plane, Spot


class Slide(explorers.SlidingKernel):
    tour = {
        "kernel": ("sobel x", "box blur"),
        "size": (7, 8),
        "position": range(36),
        "predict": (False, True),
    }


class Stride(explorers.StridePadding):
    tour = [
        {"size": (3, 5, 7), "kernel": (3, 4), "padding": (0, 1), "stride": (1, 2), "window": range(49)},
        {"size": (5, 7), "predict": (True,), "guess": range(5)},
    ]


class Pool(explorers.PoolingVisualiser):
    tour = {"window": (2, 3), "stride": (1, 2), "shift": range(2), "data": (0, 3), "position": range(81)}


class Few(explorers.StridePadding):
    tour = {"size": (5,), "kernel": (3,), "window": (0, 2)}


class Cat(explorers.MoveTheCat):
    tour = {"dx": (-3, 0, 3, 5), "dy": (0, 4), "ground": ("plain grey", "brick")}


SMALL = {"Slide": Slide, "Stride": Stride, "Pool": Pool, "Cat": Cat}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    make(folder, {key: kind() for key, kind in SMALL.items()} | {"Few": Few(size=5, kernel=3)})
    with opened(folder) as page:
        yield page


@pytest.mark.parametrize("key", SMALL)
def test_states_on_the_page_are_those_of_python(page, key):
    explorer = SMALL[key]()
    moved, draw = Moved(page, key, explorer), random.Random(key)
    for at, state in enumerate(draw.sample(Rows(explorer).states, 8)):
        moved.show(state)
        moved.check(state, pixels=at % 2 == 0)


@pytest.mark.parametrize("key", SMALL)
def test_a_move_comes_to_rest_where_pythons_does(page, key):
    explorer = SMALL[key]()
    moved, draw, offered = Moved(page, key, explorer), random.Random(key), tour.values(explorer)
    rows = Rows(explorer)
    for state in draw.sample(rows.states, 12):
        name = draw.choice(list(offered))
        value = draw.choice(offered[name])
        moved.show(state)
        moved.js("p.set(x)", {name: value})
        there = rows.after(state, {name: value})
        note = moved.note
        if there == NOWHERE:
            assert "notebook" in note, (state, name, value)
        else:
            assert moved.state.items() <= rows.states[there].items() and not note, (state, name, value)
            moved.check()


def test_spots_on_the_page_are_pythons(page):
    for key, kind in SMALL.items():
        explorer = kind()
        moved = Moved(page, key, explorer)
        for state in random.Random(key).sample(Rows(explorer).states, 5):
            explorer.take(state)
            moved.show(state)
            found = moved.js("p.atlas.spots(p.row)")
            assert [spot[4] for spot in found] == [spot.label for spot in explorer.regions]
            for spot, other in zip(explorer.regions, found, strict=True):
                assert other[:4] == pytest.approx(list(spot[:4]), abs=1e-4)
                if isinstance(spot, Spot):
                    assert (spot.settings or []) == other[5]
                else:
                    axes = [[name, list(values)] for name, values in (spot.down, spot.across)]
                    assert other[5:] == [*axes, dict(spot.also)]


def test_pointing_sets_what_the_spot_stands_for(page):
    explorer = Slide()
    moved = Moved(page, "Slide", explorer)
    spot = next(spot for spot in explorer.regions if spot.label == "Output (2, 3)")
    moved.js("p.show(p.atlas.rest(p.start))")
    # A finger taps without hovering before.
    moved.page.wait_for_function("root => root.player.found?.length", arg=moved.root.element_handle())
    box = moved.root.locator(".book-picture > svg").bounding_box()
    place = (spot.left + spot.width / 2) * box["width"], (spot.top + spot.height / 2) * box["height"]
    moved.page.mouse.move(box["x"] + place[0] + 1, box["y"] + place[1])
    moved.page.wait_for_function(
        "root => root.querySelector('.book-pointed').textContent", arg=moved.root.element_handle()
    )
    assert moved.root.locator(".book-pointed").text_content() == "Output (2, 3)"
    moved.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    assert moved.state["position"] == 15
    moved.check()


def test_a_pixel_that_is_pointed_at_marks_the_outputs_that_read_it_until_a_control_is_moved(page):
    moved = Moved(page, "Slide", Slide())
    moved.js("p.show(p.atlas.rest(p.start))")
    moved.page.wait_for_function("root => root.player.found?.length", arg=moved.root.element_handle())
    spots = moved.js("p.found.map((spot) => spot.slice(0, 5))")
    left, top, width, height, _ = next(spot for spot in spots if spot[4].startswith("Input"))
    box = moved.root.locator(".book-picture > svg").bounding_box()
    moved.page.mouse.click(
        box["x"] + (left + width / 2) * box["width"], box["y"] + (top + height / 2) * box["height"]
    )
    also = moved.root.locator(".book-picture > svg > path")
    expect(also).to_have_attribute("d", re.compile("M"))
    assert "read by" in moved.root.locator(".book-pointed").text_content()
    moved.root.get_by_role("button", name="Step").click()
    expect(also).to_have_attribute("d", "")


def test_of_several_outputs_one_that_is_on_the_page_is_taken_and_that_is_said(page):
    moved = Moved(page, "Few", Few(size=5, kernel=3))
    moved.page.wait_for_function("root => root.player.found?.length", arg=moved.root.element_handle())
    for label, window in (  # windows 1 and 3 are not on the page
        ("Input (0, 3)", 2),
        ("Input (0, 0)", 0),
        ("Input (1, 0)", 0),
    ):
        spot = next(spot for spot in moved.explorer.regions if spot.label.startswith(label))
        box = moved.root.locator(".book-picture > svg").bounding_box()
        x, y = spot.left + spot.width / 2, spot.top + spot.height / 2
        moved.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        assert moved.state["window"] == window
        assert ("Not all that it stands for is on this page" in moved.note) == (label != "Input (0, 0)")
        moved.check()
    found = moved.js("p.found.find((spot) => spot[5]?.window === 7)")
    assert found, "an output that is not on the page"
    moved.js("p.press({ settings: [x] })", found[5])
    assert moved.state["window"] == 2 and moved.note.startswith("That place is not on this page")
    moved.check()


def test_what_is_not_on_the_page_is_said(page):
    moved = Moved(page, "Slide", Slide())
    before = moved.state
    moved.root.get_by_label("Input size", exact=True).fill("6")
    moved.page.keyboard.press("Enter")
    assert "6 is not on this page" in moved.note
    assert moved.state == before and moved.root.get_by_label("Input size", exact=True).input_value() == "8"
    moved.root.get_by_label("Input size", exact=True).fill("")
    moved.page.keyboard.press("Enter")
    assert moved.note == "Input size is a number." and moved.state == before
    only = moved.root.locator(".book-elsewhere").text_content()
    assert only == "Only in the notebook: Image."


def test_a_slider_goes_on_to_the_next_setting_there_is_and_says_so(page):
    moved = Moved(page, "Stride", Stride())
    moved.show(Stride().at(size=5, predict=True))
    assert moved.state["kernel"] == 3 and moved.state["guess"] == 0
    moved.root.get_by_label("Input size W, slider").press("ArrowLeft")
    assert moved.state["size"] == 5 and "not on this page" in moved.note, "there is none below"
    moved.show(Stride().at(size=7, predict=True))
    moved.root.get_by_label("Input size W, slider").press("Home")
    assert moved.state["size"] == 5 and moved.note.startswith("Beside the rest, Input size W 3 is not on")
    moved.check()


def test_on_a_phone_a_picture_is_as_wide_as_its_smallest_words_need(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for key, kind in SMALL.items():
        moved = Moved(page, key, kind())
        moved.js("p.show(p.atlas.rest(p.start))")
        width = moved.js("p.picture.svg.getBoundingClientRect().width")
        sizes = moved.js(
            "[...p.picture.svg.querySelectorAll('[font-size]')].map((x) => x.getAttribute('font-size'))"
        )
        smallest = min(map(float, sizes)) * width / moved.js("p.atlas.size[0]")
        assert smallest > 8.99 or width == moved.js("p.atlas.width"), (key, width)
    page.set_viewport_size(moving.WINDOW)


def test_step_play_and_words_that_are_quiet_meanwhile(page):
    moved = Moved(page, "Slide", Slide())
    moved.js("p.show(p.atlas.rest(p.start))")
    words = moved.root.locator(".book-words")
    moved.root.get_by_role("button", name="Step").click()
    assert moved.state["position"] == 1 and words.get_attribute("aria-live") == "polite"
    moved.root.get_by_role("button", name="Play").click()
    assert words.get_attribute("aria-live") == "off" and moved.state["position"] == 2
    moved.root.get_by_role("button", name="Pause").click()
    assert words.get_attribute("aria-live") == "polite"
    moved.root.get_by_role("button", name="Reset").click()
    assert moved.state["position"] == 0
    moved.check()


def test_every_tour_keeps_its_rules():
    for name in explorers.__all__:
        explorer = getattr(explorers, name)()
        for state in moving.chosen(explorer, random.Random(name), 40):
            assert explorer.settled(state) == state, (name, state)


def test_the_key_of_a_state_is_that_of_an_atlas_which_has_it():
    plain = explorers.SlidingKernel(image="bright bar").state
    assert atlas.key("SlidingKernel", plain) == "SlidingKernel"
    other = explorers.ReceptiveField(layer4="max pool 2×2, stride 2", row=5, column=5)
    assert atlas.key("ReceptiveField", other.state).startswith("ReceptiveField-")
    widened = explorers.ReceptiveField(**atlas.start("ReceptiveField", other.state))
    assert Rows(widened).at(other.state) != NOWHERE
    assert atlas.key("Pipeline", explorers.Pipeline().state | {"image": "my picture"}) is None
    assert atlas.key("SlidingKernel", plain | {"older": 1}) is None


def test_digest_follows_the_sources(tmp_path, monkeypatch):
    needed = sources.closure("helpers.explorers.stride_padding", "authoring.atlas.export")
    names = {path.relative_to(sources.ROOT).as_posix() for path in needed}
    assert {"helpers/drawing/scene.py", "helpers/ops/shapes.py", "authoring/atlas/pointing.py"} <= names
    assert not any("sliding_kernel" in name or "exercises" in name for name in names)
    kind = explorers.StridePadding
    assert sources.digest(kind, {}) == sources.digest(kind, {}) != sources.digest(kind, {"size": 13})


def test_spots_that_make_no_grid_are_kept_as_they_are():
    plane = Plane(0.5, 0.5, 0.2, 0.2, "Plane", ("row", range(3)), ("column", range(3)))
    odd = [Spot(0.1, 0.1, 0.1, 0.1, "a", {"x": 1, "y": 2}), Spot(0.3, 0.1, 0.1, 0.1, "b", {"x": "name"})]
    found = pointing.Pointing()
    found.add([*odd, plane])
    kinds = [patch[0] for patch in json.loads(packing.dumped(found.packed()))["patches"]]
    assert kinds == ["spots", "plane"]


def test_columns_are_differences():
    assert packing.column([3, 3, 3]) == 3 and packing.column([1, 3, 2]) == [1, 2, -1]
    assert packing.ragged([(1, 2), (1,)]) == {"count": 2, "columns": [1, [2, -3]]}
