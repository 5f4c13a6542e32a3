"""Every atlas in a real Chromium: 200 states each, and each control once by keyboard and by mouse.

Takes minutes, and is no part of `make test`: python -m pytest tests/walk_atlases.py
"""

import json
import random

import pytest
from atlases import Moved, opened, write
from tqdm import tqdm

from authoring import atlas, notebooks
from authoring.atlas.rows import Rows
from helpers import explorers

STATES, PICTURES = 200, 40


def needed():
    """Key -> (name, state) of the explorers in the stored notebooks; of one in none, as it begins."""
    shown = [
        (said["name"], said["state"])
        for path in notebooks.all_notebooks()
        if path.exists()
        for cell in notebooks.read(path).cells
        for output in cell.get("outputs", [])
        if (said := output.get("metadata", {}).get("explorer")) and not said.get("own")
    ]
    never = [name for name in explorers.__all__ if name not in dict(shown)]
    found = {}
    for name, state in (*shown, *((name, getattr(explorers, name)().state) for name in never)):
        if key := atlas.key(name, state):
            found.setdefault(key, (name, state))
    return found


NEEDED = needed()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    atlas.build(NEEDED, folder / "atlas", tqdm)
    write(folder, {key: getattr(explorers, name)(**state) for key, (name, state) in NEEDED.items()})
    with opened(folder) as page:
        yield page


def begun(key):
    name, state = NEEDED[key]
    return getattr(explorers, name)(**atlas.start(name, state))


@pytest.mark.parametrize("key", NEEDED)
def test_states(page, key):
    explorer = begun(key)
    moved, states = Moved(page, key, explorer), Rows(explorer).states
    for at, state in enumerate(random.Random(key).choices(states, k=STATES)):
        moved.show(state)
        moved.check(state, pixels=at % (STATES // PICTURES) == 0)


@pytest.mark.parametrize("key", NEEDED)
def test_each_control_by_keyboard_and_mouse(page, key):
    moved = Moved(page, key, begun(key))
    again = moved.root.get_by_role("button", name="Start over")
    for control in moved.root.locator(".book-controls :is(input, select, button)").all():
        for by in (_by_keyboard, _by_mouse):
            again.click()
            if control.is_enabled():
                before = moved.state
                by(page, control)
                moved.js("p.pause()")
                moved.check()
                note = moved.root.locator(".book-note").text_content()
                answers = (
                    moved.state != before or note or control.evaluate("part => part.localName") == "button"
                )
                assert answers or control.get_attribute("max") in ("0", control.get_attribute("min")), (
                    f"{control.evaluate('part => part.outerHTML')[:120]} {by.__name__}: nothing happens"
                )


@pytest.mark.parametrize("key", NEEDED)
def test_a_step_is_painted_in_time(page, key):
    moved = Moved(page, key, begun(key))
    rows = random.Random(key).choices(range(moved.js("p.atlas.count")), k=60)
    took = moved.js(
        "(async () => { const took = []; for (const row of x) { const t = performance.now(); "
        "p.show({ row, places: p.atlas.places(row, p.places), lower: [] }); p.root.offsetHeight; "
        "took.push(performance.now() - t); await new Promise(requestAnimationFrame) } return took })()",
        rows,
    )
    print(json.dumps({key: round(sorted(took)[len(took) // 2], 1)}))
    assert sorted(took)[len(took) // 2] < 16


def _by_keyboard(page, control):
    control.focus()
    kind = control.get_attribute("type") or control.evaluate("part => part.localName")
    if kind == "range":
        end = control.input_value() == control.get_attribute("max")
        page.keyboard.press("ArrowLeft" if end else "ArrowRight")
    elif kind == "number":
        end = float(control.input_value()) >= float(control.get_attribute("max"))
        page.keyboard.press("ArrowDown" if end else "ArrowUp")
        page.keyboard.press("Enter")
    elif kind == "select":
        last = control.evaluate("part => part.selectedIndex === part.length - 1")
        page.keyboard.press("ArrowUp" if last else "ArrowDown")
    else:
        page.keyboard.press("Space")


def _by_mouse(page, control):
    kind = control.get_attribute("type") or control.evaluate("part => part.localName")
    box = control.bounding_box()
    if kind == "range":
        right = float(control.input_value()) * 2 < float(control.get_attribute("max"))
        control.click(position={"x": box["width"] * (0.95 if right else 0.05), "y": box["height"] / 2})
    elif kind == "number":  # the arrows at its right end
        end = float(control.input_value()) >= float(control.get_attribute("max"))
        control.hover()
        control.click(position={"x": box["width"] - 12, "y": box["height"] * (0.7 if end else 0.3)})
        control.blur()
    elif kind == "select":  # its list is the system's own
        place = control.evaluate("part => (part.selectedIndex + 1) % part.length")
        control.select_option(index=place)
    else:
        control.click()
