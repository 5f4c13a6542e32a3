"""Every explorer in a real browser, each control moved once; and every chapter as a reader first sees it."""

import nbformat
import pytest
from browser import FLAGS, PROGRESS, ROOT, Lab, chromium, run_all, too_wide, use_theme, violations, watch
from playwright.sync_api import expect, sync_playwright

from authoring import notebooks
from helpers import explorers
from helpers.explorers.parts.spots import Plane, hit

CHAPTERS = sorted(path.name for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
THEMES = "JupyterLab Light", "JupyterLab Dark"
# Controls that rightly change nothing where they stand when their turn comes, each with its reason.
QUIET = {
    ("StridePadding", "Your O (0: no guess yet)"): "counts once there is a question",
    ("LayerCost", "Keep"): "what is kept is not shown while a question is open, set by the control before it",
    ("LayerCost", "Forget"): "as above",
}
# The picture, the words, and what may be pressed (Reset at the start only turns Pause into Play): a slider's
# handle, which moves by itself, is no answer.
SHOWN = """explorer => [
  ...[...explorer.querySelectorAll("img")].map(image => image.src),
  ...[...explorer.querySelectorAll(".widget-html, .jupyter-widget-html")].map(part => part.innerText),
  ...[...explorer.querySelectorAll("button")].map(button => button.innerText + button.disabled),
]"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    chromium()  # skip or fail before a server is started
    running = Lab(tmp_path_factory.mktemp("lab"))
    for name in explorers.__all__:
        source = f"from helpers.explorers import {name}\n{name}()"
        kernel = {"kernelspec": notebooks.KERNEL}
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel)
        nbformat.write(nb, running.folder / "chapters" / f"{name}.ipynb")
    yield running
    running.close()


@pytest.fixture(scope="module")
def window(lab):
    """One page for all: JupyterLab itself is slow to open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1500, "height": 1000}, has_touch=True).new_page()
        page.errors = watch(page)
        yield page
        browser.close()


@pytest.fixture
def page(window):
    """The page, whose console must call nothing an error."""
    yield window
    errors, window.errors[:] = list(window.errors), []
    assert not errors, errors


def looks_right(page):
    for theme in THEMES:
        use_theme(page, theme)
        assert not violations(page), theme
    alts = [picture.get_attribute("alt") or "" for picture in page.locator(".jp-OutputArea img").all()]
    assert alts and min(map(len, alts)) >= 40


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_control_does_something(page, lab, name):
    lab.open(page, f"{name}.ipynb")
    run_all(page)
    explorer = page.locator(".jp-OutputArea-output > .widget-vbox").first
    points_at_it(page, explorer, getattr(explorers, name)())
    for kind, control in controls(explorer):
        label = control.evaluate("e => (e.labels?.[0] ?? e).innerText.trim()")
        # One after the other: what is switched off beside a setting may be on after another has moved.
        if control.is_enabled() and (name, label) not in QUIET:
            value = control.input_value() if kind == "number" else ""
            assert move(page, explorer, kind, control), f"{label}: nothing changed"
            if value and "No output" in explorer.inner_text():  # back: beside it nothing else would show
                control.fill(value)
                control.press("Enter")
                settle(page, explorer)
    assert not too_wide(page, explorer, 760)
    looks_right(page)


def points_at_it(page, shown, here):
    """By mouse, finger and keys, pointing does in the page what it does in Python, to ``here``."""
    hand, picture = shown.locator(".book-hand"), shown.locator("img")
    hand.wait_for()
    said = shown.locator(".book-said")

    def where(place):
        box = picture.bounding_box()
        return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]

    for press, part in ((page.mouse.click, 3), (page.touchscreen.tap, 5)):
        spot, place = one_that_moves(here, part)
        if press == page.mouse.click:
            page.mouse.move(*where(place))
            expect(said).to_have_text(spot.label)
            page.mouse.move(2, 2)
            expect(shown.locator(".book-mark")).to_have_count(0)
        press(*where(place))
        here.point(spot)
        expect(picture).to_have_attribute("alt", here.description)
    page.mouse.move(2, 2)
    hand.focus()
    for key in ["ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"] * 5:
        page.keyboard.press(key)
        mark, box = shown.locator(".book-mark").bounding_box(), picture.bounding_box()
        place = [(mark[a] + mark[s] / 2 - box[a]) / box[s] for a, s in (("x", "width"), ("y", "height"))]
        spot = None if hit(here.numbers, *place) else hit(here.regions, *place)
        if spot and moves(here, spot):
            break
    page.keyboard.press("Enter")
    here.point(spot)
    expect(picture).to_have_attribute("alt", here.description)
    page.keyboard.press("Escape")
    for number in here.numbers[-1:]:
        (name, value), *_ = number.settings.items()
        page.mouse.click(*where(middle(number)))
        page.keyboard.press("ArrowUp")
        here.set(**{name: value + here.inputs[name].step})
        expect(picture).to_have_attribute("alt", here.description)
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("0.5")
        here.set(**{name: 0.5})
        expect(picture).to_have_attribute("alt", here.description)
        page.keyboard.press("Enter")
        expect(shown.locator(".book-number")).to_have_count(0)


def middle(spot):
    return spot.left + spot.width / 2, spot.top + spot.height / 2


def moves(explorer, spot):
    return explorer.describe(**spot.after(explorer.state)) != explorer.description


def one_that_moves(explorer, part):
    """The last spot that changes what is said, and its middle; of a plane the cell that far along it."""
    for spot in reversed(explorer.regions):
        if isinstance(spot, Plane):
            spot = spot.spot(*(len(values) // part for _, values in (spot.down, spot.across)))
        place = middle(spot)
        seen = hit(explorer.regions, *place) == spot and not hit(explorer.numbers, *place)
        if seen and moves(explorer, spot):
            return spot, place
    raise AssertionError(f"pointing changes nothing: {explorer.regions}")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_shown_before_it_is_run(page, lab, chapter):
    lab.open(page, chapter)
    looks_right(page)
    first = page.locator(".jp-OutputArea img").first
    assert first.evaluate("image => image.complete && image.naturalWidth") > 300


def controls(explorer):
    """Return (kind, locator) for every number box, choice, tick box and button."""
    kinds = {
        "number": "input[type=number]",
        "choice": "select",
        "tick": "input[type=checkbox]",
        "button": "button",
    }
    return [(kind, found) for kind, selector in kinds.items() for found in explorer.locator(selector).all()]


def move(page, explorer, kind, control):
    """Move one control and return whether picture or words changed."""
    before = settle(page, explorer)
    if kind == "number":
        value, low, high = (
            float(control.evaluate(f"e => e.{trait}")) for trait in ("value", "min || 0", "max || 100")
        )
        step = float(control.get_attribute("step") or 1)
        control.fill(f"{value + step if value + step <= high else max(value - step, low):g}")
        control.press("Enter")
    elif kind == "choice":
        count = control.locator("option").count()
        control.select_option(index=(control.evaluate("e => e.selectedIndex") + 1) % count)
    else:
        control.click()
    return settle(page, explorer, before) != before


def settle(page, explorer, before=None):
    """Wait until the explorer has answered, two seconds at most, and rests; return what it shows."""
    for _ in range(50):
        if explorer.evaluate(SHOWN) != before:
            break
        page.wait_for_timeout(40)
    shown = None
    while shown != (shown := explorer.evaluate(SHOWN)) or page.evaluate(PROGRESS)[1]:
        page.wait_for_timeout(40)
    return shown
