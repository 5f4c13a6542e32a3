"""Every explorer keeps the contract of helpers/explorers/parts, in every state its controls can reach."""

import asyncio
import html
import io
import random

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image
from states import at_random, everything, lines

from helpers import explorers
from helpers.drawing.picture import Picture
from helpers.drawing.style import CSS_PER_INCH
from helpers.explorers.parts import tour
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Integer, Preset, Toggle

NAMES = explorers.__all__


@pytest.fixture(scope="module", params=NAMES)
def kind(request):
    return getattr(explorers, request.param)


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def shown(explorer):
    """The HTML of the picture and of the words beside it."""
    picture, text = explorer.widget.children[1].children
    return picture.children[0].value, text.value


def check(explorer):
    """The picture, its alt text, the shown words and the controls belong to the state."""
    assert explorer.png.startswith(b"\x89PNG")
    words = explorer.description
    assert len(words) >= 40 and "\n" not in words
    image, text = shown(explorer)
    assert f'alt="{html.escape(words)}"' in image
    assert html.escape(words) in text
    assert "<" not in explorer.code and "nan" not in words.lower().split()
    assert {name: control.value for name, control in explorer.controls.items()} == explorer.state


def corners(explorer, count, seed=0):
    """All controls at their least, at their greatest, and ``count`` random settings."""
    draw = random.Random(seed)
    ranges = {name: spec.values() for name, spec in explorer.inputs.items()}
    yield {name: values[0] for name, values in ranges.items()}
    yield {name: values[-1] for name, values in ranges.items()}
    yield from (at_random(explorer, draw) for _ in range(count))


def test_every_explorer_is_listed():
    assert NAMES == sorted(NAMES)
    assert all(issubclass(getattr(explorers, name), Explorer) for name in NAMES)


def test_every_value_of_every_control(kind):
    explorer = kind()
    check(explorer)
    for name, spec in kind.inputs.items():
        start = explorer.controls[name].value
        for value in spec.values():
            explorer.controls[name].value = value
            check(explorer)
        explorer.controls[name].value = start


def test_extreme_and_random_settings(kind):
    explorer = kind()
    for state in corners(explorer, 25):
        explorer.set(**state)
        check(explorer)
        for button in explorer.buttons.values():
            button.click()
        check(explorer)


def test_every_setting_changes_what_is_said_or_seen(kind):
    """A control that changes nothing anywhere is a control the reader is fooled by."""
    explorer = kind()
    states = [explorer.state, *corners(explorer, 12, seed=1)]
    for name, spec in kind.inputs.items():
        seen = False
        for state in states:
            explorer.set(**state)
            before = (explorer.png, explorer.description)
            for value in spec.values():
                explorer.controls[name].value = value
                if (explorer.png, explorer.description) != before:
                    seen = True
                    break
            if seen:
                break
        assert seen, f"{kind.__name__}: {name} never changes the picture or the words"


def test_updated_picture_equals_a_fresh_one(kind):
    """Moving artists over a cached background gives the pixels of a picture drawn anew."""
    explorer = kind()
    for state in corners(explorer, 12, seed=2):
        explorer.set(**state)
        artists = explorer.artists()
        fresh = Picture(next(iter(artists.values())).get_figure(), artists).pixels()
        assert np.array_equal(decoded(explorer.png), fresh), f"{kind.__name__} in {explorer.state}"


def test_no_text_runs_out_of_the_picture(kind):
    explorer = kind()
    for state in [explorer.state, *corners(explorer, 12, seed=3)]:
        fig = explorer.draw(**state)
        width, height = fig.bbox.size
        for line in lines(fig):
            inside = line.left >= 0 and line.right <= width and line.top >= 0 and line.bottom <= height
            assert inside, f"{kind.__name__} in {state}: {line} is cut"


def test_static_picture_equals_the_widget(kind):
    """What the chapter shows and what the widget shows differ at most in the order of overlapping artists."""
    explorer = kind()
    fig = explorer.draw()
    fig.canvas.draw()
    static = np.asarray(fig.canvas.buffer_rgba())[..., :3].astype(int)
    widget = decoded(explorer.png).astype(int)
    assert static.shape == widget.shape
    assert (np.abs(static - widget).max(axis=2) > 40).mean() < 0.01


def test_bundle_carries_picture_words_caption_widget_and_setting(kind):
    explorer = kind()
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == f"{explorer.description}\n{explorer.caption}"
    assert html.escape(explorer.description) in bundle["text/html"]
    assert html.escape(explorer.caption) in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.widget.model_id
    assert bundle.get("image/png") or bundle.get("image/jpeg")
    assert metadata == {"explorer": {"name": kind.__name__, "state": explorer.state}}


def test_static_picture_is_stored_with_its_words_and_setting(kind, monkeypatch):
    displayed = []
    monkeypatch.setattr("helpers.drawing.style.display", lambda data, **more: displayed.append((data, more)))
    explorer = kind()
    name, spec = next(iter(kind.inputs.items()))
    given = {name: spec.values()[-1]}
    explorer.show(**given)
    (data, more) = displayed[0]
    assert data["text/plain"] == f"{explorer.describe(**given)}\n{kind.caption}"
    assert more["metadata"]["explorer"] == {"name": kind.__name__, "state": explorer.at(**given)}
    assert f'width="{explorer.size[0] * CSS_PER_INCH:.0f}"' in data["text/html"]


def test_caption_says_in_two_lines_how_the_picture_is_read(kind):
    assert 15 <= len(kind.caption) <= 240 and "\n" not in kind.caption and kind.caption.endswith(".")


def test_a_move_is_solved_once(kind):
    explorer, solved = kind(), []
    solve = explorer.solve
    explorer.solve = lambda state: solved.append(state) or solve(state)
    moves = 0
    for name, spec in kind.inputs.items():
        control = explorer.controls[name]
        within = [v for v in spec.values() if v != control.value and not v > getattr(control, "max", v)]
        if not within:
            continue
        control.value = within[-1]
        moves += 1
        assert len(solved) == moves, f"{name}: solved {len(solved) - moves + 1} times"
        assert explorer.description and explorer.code is not None and explorer.png
    explorer.set(**explorer.state)
    assert len(solved) == moves + 1
    explorer.show()
    assert len(solved) == moves + 2


def test_to_ask_for_a_setting_changes_nothing(kind):
    explorer = kind()
    before = explorer.state, explorer.png, shown(explorer)
    for state in corners(explorer, 1, seed=4):
        rest = explorer.at(**state)
        assert explorer.settled(rest) == rest, "a state at rest stays there"
        words = explorer.describe(**state)
        explorer.artists(**state), explorer.draw(**state), explorer.solved(rest)
        assert (explorer.state, explorer.png, shown(explorer)) == before
        other = kind(**state)
        assert (other.state, other.description) == (rest, words)


def test_tour_is_of_settings_that_come_to_rest(kind):
    explorer = kind()
    for name, values in tour.values(explorer).items():
        assert explorer.state[name] in values and len(values) == len(set(values))
        for value in values:
            explorer.checked({name: value})
    states = tour.states(explorer)
    for state in (next(states, None) for _ in range(20)):
        if state:
            assert explorer.settled(state) == state
            assert len(explorer.worded(*explorer.solved(state))) >= 40


def test_controls_have_names_a_screen_reader_can_say(kind):
    explorer = kind()
    labelled = [w for w in everything(explorer.widget) if isinstance(w, widgets.DOMWidget)]
    for widget in labelled:
        if isinstance(widget, widgets.IntSlider | widgets.FloatSlider):
            continue  # paired: its number box carries the name
        if isinstance(widget, widgets.ValueWidget) and not isinstance(widget, widgets.HTML):
            assert widget.description, f"{type(widget).__name__} has no label"
        if isinstance(widget, widgets.Button):
            assert widget.description and widget.tooltip
    sliders = [w for w in labelled if isinstance(w, widgets.IntSlider | widgets.FloatSlider)]
    rows = [w.children for w in labelled if isinstance(w, widgets.HBox)]
    for slider in sliders:
        beside = next(row for row in rows if slider in row)
        boxes = [w for w in beside if isinstance(w, widgets.BoundedIntText | widgets.BoundedFloatText)]
        assert len(boxes) == 1, "a slider without a labelled number box beside it"


def test_slider_and_number_box_move_together(kind):
    explorer = kind()
    for name, spec in kind.inputs.items():
        if not isinstance(spec, Integer):
            continue
        box = next(
            w
            for w in everything(explorer.widget)
            if isinstance(w, widgets.BoundedIntText) and w.description == spec.label
        )
        box.value = box.max
        assert explorer.controls[name].value == box.max
        explorer.controls[name].value = box.min
        assert box.value == box.min


def test_wrong_settings_are_refused_by_name(kind):
    explorer = kind()
    before = explorer.state
    with pytest.raises(TypeError, match="no setting 'nonsense'"):
        explorer.set(nonsense=1)
    for name, spec in kind.inputs.items():
        wrong = spec.high + 1 if hasattr(spec, "high") else "nonsense"
        for call in (explorer.set, explorer.draw, kind):
            with pytest.raises(ValueError, match=f"{name}="):
                call(**{name: wrong})
    assert explorer.state == before


class Count(Explorer):
    """The smallest explorer: a number of dots."""

    title = "Count"
    inputs = {"n": Integer("Number of dots", 0, 5, 1), "odd": Toggle("Odd only")}
    presets = {"more": Preset("One more", "A dot more", lambda state: {"n": (state["n"] + 1) % 6})}
    player = "n"
    layout = "constrained"

    def solve(self, state):
        if state["n"] == 0:
            raise ValueError("There are no dots to draw here: move the slider up.")
        return super().solve(state)

    def limits(self, state):
        return {"n": 3 if state["odd"] else 5}

    def unused(self, state):
        return ["more"] if state["odd"] else []

    def start(self, fig, model):
        ax = fig.subplots()
        ax.set(xlim=(0, 6), ylim=(-1, 1))
        return {"dots": ax.plot([], [], "o")[0]}

    def update(self, artists, model):
        artists["dots"].set_data(range(1, model.n + 1), [0] * model.n)

    def words(self, model):
        return f"{model.n} dots in a row, one unit apart, the first at one."


def test_a_preset_sets_and_what_is_unused_is_off():
    count = Count(n=5)
    count.buttons["more"].click()
    assert count.state["n"] == 0 and not count.buttons["more"].disabled
    count.set(odd=True)
    assert count.buttons["more"].disabled


def test_a_tour_that_nobody_wrote_is_some_of_every_input():
    assert tour.values(Count(n=4)) == {"n": [0, 1, 2, 3, 4, 5], "odd": [False, True]}
    assert len(list(tour.states(Count()))) == 6 + 4

    class Wide(Count):
        inputs = {name: Integer(name, 0, 1000, 500) for name in ("n", "odd", "more")}

    values = tour.values(Wide())
    assert 500 in values["odd"] and 500 in values["more"] and values["n"][-1] == 1000
    assert 500 < np.prod([len(offered) for offered in values.values()]) <= 2200


def test_impossible_setting_is_said_in_the_picture():
    count = Count()
    possible = decoded(count.png)
    count.controls["n"].value = 0
    assert count.description == "There are no dots to draw here: move the slider up."
    assert not np.array_equal(decoded(count.png), possible)
    assert count.code == ""
    count.controls["n"].value = 1
    assert np.array_equal(decoded(count.png), possible)


def test_limits_follow_the_state():
    count = Count(n=5)
    count.controls["odd"].value = True
    assert count.state["n"] == 3 and count.controls["n"].max == 3
    assert "3 dots" in count.description
    count.controls["odd"].value = False
    assert count.controls["n"].max == 5


def test_player_without_event_loop_goes_one_step():
    count = Count(n=1)
    for button, expected in (("play", 2), ("step", 3), ("back", 2), ("reset", 0), ("back", 0)):
        count.buttons[button].click()
        assert count.state["n"] == expected, button
    count.set(n=5)
    count.buttons["step"].click()
    assert count.state["n"] == 5
    count.buttons["play"].click()
    assert count.state["n"] == 0, "Play at the end starts again"


def test_player_advances_by_a_timer_where_a_loop_runs():
    class Quick(Count):
        interval = 0.001

    async def watch():
        count = Quick(n=1)
        play = count.buttons["play"]
        play.click()
        assert play.description == "Pause"
        while play.description == "Pause":  # as long as it takes
            await asyncio.sleep(0.001)
        ended = count.state["n"]
        play.click()
        play.click()  # pause at once
        paused = count.state["n"]
        await asyncio.sleep(0.02)
        return ended, paused, count.state["n"]

    ended, paused, later = asyncio.run(asyncio.wait_for(watch(), 60))
    assert ended == 5
    assert paused == later == 0


def test_author_who_forgets_a_method_is_told_which():
    class Empty(Explorer):
        inputs = {}

    with pytest.raises(NotImplementedError, match="Empty must write start"):
        Empty()


def test_set_reaches_a_range_that_the_new_state_opens():
    count = Count(odd=True)
    assert count.controls["n"].max == 3
    count.set(odd=False, n=5)
    assert count.state == {"n": 5, "odd": False}
