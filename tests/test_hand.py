"""The hand on a picture: what a page sends, and what comes of it; and explorers without it."""

import json
import math

import pytest

from helpers import explorers
from helpers.explorers.parts import hand
from helpers.explorers.parts.spots import Plane, Spot, hit

RUBBISH = [
    None, 7, "point", [], [0.5, 0.5], {}, {"here": "yes"}, {"point": None}, {"point": 0.5}, {"point": []},
    {"point": [0.5]}, {"point": [0.5, 0.5, 0.5]}, {"point": ["0.5", "0.5"]}, {"point": [True, False]},
    {"point": [None, None]}, {"point": [math.nan, 0.5]}, {"point": [0.5, math.inf]}, {"point": [-1, -1]},
    {"point": [1e300, 1e300]}, {"point": [10**400, 0]}, {"point": {"x": 0.5}}, {"point": [[0.5], 0.5]},
    {"number": None}, {"number": ["w11"]}, {"number": ["w11", "3"]}, {"number": ["w11", None]},
    {"number": ["w11", True]}, {"number": ["w11", math.nan]}, {"number": ["w11", math.inf]},
    {"number": ["w11", -1e300]}, {"number": ["w11", 10**400]}, {"number": ["w11", [1]]},
    {"number": [["w11"], 1]}, {"number": [{}, 1]}, {"number": ["nonsense", 1]}, {"number": ["image", 0]},
    {"pull": None}, {"pull": [0.5]}, {"pull": ["0.5", 0.5]}, {"pull": [math.nan, 2]}, {"spot": 3},
    {"set": {"image": "noise"}},
]  # fmt: skip


def middle(spot):
    return [spot.left + spot.width / 2, spot.top + spot.height / 2]


def kinds(explorer):
    """A spot of each kind: labels that differ in more than numbers; of a plane, three of its cells."""
    found = {}
    for part in explorer.regions:
        name = "".join(letter for letter in part.label if not letter.isdigit())
        if isinstance(part, Plane):
            last = len(part.down[1]) - 1, len(part.across[1]) - 1
            found |= {(name, *at): part.spot(*at) for at in ((0, 0), (last[0] // 2, last[1] // 3), last)}
        elif hit(explorer.regions, *middle(part)) == part:  # not under a smaller one
            found[name] = part
    return found.values()


@pytest.mark.parametrize("name", explorers.__all__)
def test_a_press_does_what_its_spot_says(name):
    explorer = getattr(explorers, name)()
    start, spots = explorer.state, list(kinds(explorer))
    assert spots
    for spot in spots:
        explorer.set(**start)
        hand.heard(explorer, json.loads(json.dumps({"point": middle(spot)})))
        wanted = spot.settings if isinstance(spot.settings, list) else [spot.settings]
        assert any(given.items() <= explorer.state.items() for given in wanted), spot


@pytest.mark.parametrize("name", explorers.__all__)
def test_a_number_that_is_typed_is_the_inputs(name):
    explorer = getattr(explorers, name)()
    for spot in explorer.numbers:
        (input_, value), *_ = spot.settings.items()
        assert explorer.state[input_] == value and len(spot.label) > 3
        hand.heard(explorer, {"number": [input_, value + 1]})
        assert explorer.state[input_] == value + 1


def test_the_explorers_with_weights_have_numbers_to_type():
    own, mixer = explorers.Pipeline(), explorers.ChannelMixer()
    assert len(own.numbers) == 9
    hand.heard(own, {"number": ["w11", 3]})
    assert own.state["filter"] == "my own" and own.state["w11"] == 3
    assert {name for spot in mixer.numbers for name in spot.settings} >= {"bias", "red_weight"}


def test_a_press_goes_through_the_outputs_that_read_a_pixel_and_a_pull_does_not():
    explorer = explorers.SlidingKernel()
    first, second = (
        next(s for s in explorer.regions if s.label.startswith(f"Input (3, {j})")) for j in (3, 4)
    )
    seen = []
    for kind, spot in (
        ("point", first),
        ("point", first),
        ("pull", first),
        ("pull", second),
        ("pull", second),
    ):
        hand.heard(explorer, {kind: middle(spot)})
        seen.append(explorer.state["position"])
    assert seen == [14, 13, 14, 15, 15]


@pytest.mark.parametrize("name", explorers.__all__)
def test_rubbish_is_refused_without_harm(name):
    explorer = getattr(explorers, name)()
    before = explorer.state, explorer.png, explorer.description
    for content in RUBBISH:
        hand.heard(explorer, content)
        assert (explorer.state, explorer.png, explorer.description) == before, content


def test_of_places_on_top_of_each_other_the_smallest_counts():
    large, small = Spot(0, 0, 1, 1, "large", {}), Spot(0.25, 0.25, 0.5, 0.5, "small", {})
    cells = Plane(0, 0, 0.2, 0.2, "cell", ("n", [1, 2]), ("m", [3, 4]))
    assert hit([large, small], 0.25, 0.25) == small and hit([large, small], 0.75, 0.5) == large
    assert hit([large, cells], 0.15, 0.05).settings == {"n": 1, "m": 4} and hit([small], 0.1, 0.1) is None


def page(explorer):
    """What the page knows of an explorer's picture, once it has said that it is there."""
    if explorer._hand is None:
        pytest.skip("anywidget is not installed: pip install -r requirements.txt")
    explorer._hand._handle_custom_msg({"here": True}, [])
    return explorer._hand


def picture(explorer):
    return explorer.widget.children[1].children[0]


def test_the_layer_comes_when_the_page_can_show_it_and_follows_the_picture():
    explorer = explorers.StridePadding()
    assert len(picture(explorer).children) == 1
    layer = page(explorer)
    page(explorer)  # the page was loaded again
    assert picture(explorer).children[1:] == (layer,)
    before = layer.spots
    assert len(json.loads(before)) == len(explorer.regions) > 20
    explorer.set(size=9)
    assert layer.spots != before and len(json.loads(layer.spots)) == len(explorer.regions)
    explorer.set(size=2, kernel=7, padding=0)
    assert layer.spots == "[]"


def test_every_message_is_answered_so_that_the_page_can_send_the_next():
    explorer = explorers.SlidingKernel()
    layer = page(explorer)
    layer._handle_custom_msg({"point": middle(explorer.regions[-1])}, [])
    assert explorer.state["position"] == 35 and layer.answered == 1
    for count, content in enumerate(RUBBISH, start=2):
        layer._handle_custom_msg(content, [])
        assert layer.answered == count
    assert explorer.state["position"] == 35


def test_a_number_is_told_with_its_range_and_step():
    layer = page(explorers.ChannelMixer())
    first, *_ = json.loads(layer.numbers)
    assert first[4:] == ["Weight of the kernel on red", ["red_weight", 1.0, -2.0, 2.0, 0.05]]


def test_without_anywidget_the_picture_is_there_and_the_controls_move_it(monkeypatch):
    monkeypatch.setattr(hand, "AnyWidget", None)
    explorer = explorers.SlidingKernel()
    (image,) = picture(explorer).children
    before = image.value
    explorer.controls["position"].value = 7
    assert image.value != before and explorer.description[:60] in image.value
