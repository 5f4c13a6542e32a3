"""Every explorer keeps the contract of helpers/explorers/base.py, in every state its controls can reach."""

import html
import io
import random

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from helpers import explorers
from helpers.drawing.lettering import Lines
from helpers.drawing.picture import Picture
from helpers.explorers.parts.base import Explorer
from helpers.explorers.parts.controls import Integer, Toggle

NAMES = explorers.__all__


@pytest.fixture(scope="module", params=NAMES)
def kind(request):
    return getattr(explorers, request.param)


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def press_everything(explorer):
    for button in explorer.buttons.values():
        button.click()


def check(explorer):
    """The picture, its alt text and the shown words belong to the state of the controls."""
    assert explorer.png.startswith(b"\x89PNG")
    words = explorer.description
    assert len(words) >= 40 and "\n" not in words
    assert f'alt="{html.escape(words)}"' in explorer._image.value
    assert html.escape(words) in explorer._words.value
    assert "<" not in explorer.code and "nan" not in words.lower().split()


def corners(kind, count, seed=0):
    """All controls at their least, at their greatest, and ``count`` random settings."""
    draw = random.Random(seed)
    ranges = {name: spec.values() for name, spec in kind.inputs.items()}
    yield {name: values[0] for name, values in ranges.items()}
    yield {name: values[-1] for name, values in ranges.items()}
    for _ in range(count):
        yield {name: draw.choice(values) for name, values in ranges.items()}


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
    for state in corners(kind, 25):
        for name, value in state.items():
            explorer.controls[name].value = value
        check(explorer)
        press_everything(explorer)
        check(explorer)


def test_every_setting_changes_what_is_said_or_seen(kind):
    """A control that changes nothing anywhere is a control the reader is fooled by."""
    explorer = kind()
    states = [explorer.state, *corners(kind, 12, seed=1)]
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
    for state in corners(kind, 12, seed=2):
        explorer.set(**state)
        updated = decoded(explorer.png)
        fresh = Picture(*explorer._fresh(explorer.state)).pixels()
        assert np.array_equal(updated, fresh), f"{kind.__name__} in {explorer.state}"


def test_no_text_runs_out_of_the_picture(kind):
    explorer = kind()
    for state in [explorer.state, *corners(kind, 12, seed=3)]:
        fig = explorer.draw(**state)
        fig.canvas.draw()
        texts = [(text, text.get_text()) for text in fig.findobj(Text)]
        texts += [(lines, "".join(lines.lines)) for lines in fig.findobj(Lines)]
        for text, words in texts:
            if words.strip() and text.get_visible():
                box = text.get_window_extent(fig.canvas.get_renderer())
                inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= fig.bbox.x1 and box.y1 <= fig.bbox.y1
                assert inside, f"{kind.__name__} in {state}: {words!r} is cut"


def test_static_picture_equals_the_widget(kind):
    """What the chapter shows and what the widget shows differ at most in the order of overlapping artists."""
    explorer = kind()
    fig = explorer.draw()
    fig.canvas.draw()
    static = np.asarray(fig.canvas.buffer_rgba())[..., :3].astype(int)
    widget = decoded(explorer.png).astype(int)
    assert static.shape == widget.shape
    assert (np.abs(static - widget).max(axis=2) > 40).mean() < 0.01


def test_bundle_carries_picture_words_and_widget(kind):
    explorer = kind()
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == explorer.description
    assert html.escape(explorer.description) in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.widget.model_id
    assert bundle.get("image/png") or bundle.get("image/jpeg")


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


def everything(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


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
    player = "n"

    def impossible(self, state):
        return "There are no dots to draw here: move the slider up." if state["n"] == 0 else ""

    def limits(self, state):
        return {"n": 3 if state["odd"] else 5}

    def start(self, fig, state):
        ax = fig.subplots()
        ax.set(xlim=(0, 6), ylim=(-1, 1))
        return {"dots": ax.plot([], [], "o")[0]}

    def update(self, artists, state):
        artists["dots"].set_data(range(1, state["n"] + 1), [0] * state["n"])

    def words(self, state):
        return f"{state['n']} dots in a row, one unit apart, the first at one."


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
    import asyncio

    class Quick(Count):
        interval = 0.01

    async def watch():
        count = Quick(n=1)
        count.buttons["play"].click()
        assert count.buttons["play"].description == "Pause"
        await asyncio.sleep(0.3)
        ended = count.state["n"], count.buttons["play"].description
        count.buttons["play"].click()
        count.buttons["play"].click()  # pause at once
        paused = count.state["n"]
        await asyncio.sleep(0.05)
        return ended, paused, count.state["n"]

    ended, paused, later = asyncio.run(watch())
    assert ended == (5, "Play")
    assert paused == later == 0


def test_author_who_forgets_a_method_is_told_which():
    class Empty(Explorer):
        inputs = {}

    with pytest.raises(NotImplementedError, match=r"Empty must write (start|words)"):
        Empty()


def test_set_reaches_a_range_that_the_new_state_opens():
    count = Count(odd=True)
    assert count.controls["n"].max == 3
    count.set(odd=False, n=5)
    assert count.state == {"n": 5, "odd": False}
