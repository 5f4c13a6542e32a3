"""Every explorer in a real browser, each control moved once; and every chapter as a reader first sees it."""

import random
import re
import statistics

import nbformat
import pytest
from browser import FLAGS, PROGRESS, ROOT, Lab, box, chromium, run_all, too_wide, use_theme, violations, watch
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
# Presses on the picture at places, or a key in the control that has the focus; returns the milliseconds until
# another picture is in the page, decoded.
TAKES = """async (explorer, [places, key]) => {
  const took = [], hand = explorer.querySelector(".book-hand");
  for (const [x, y] of places) {
    const image = explorer.querySelector("img"), before = image.src, box = image.getBoundingClientRect();
    const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true };
    const changed = new Promise((done) => {
      const watch = new MutationObserver(() => {
        const now = explorer.querySelector("img");
        if (now && now.src !== before) watch.disconnect(), done(now);
      });
      watch.observe(explorer, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
    });
    if (!key) { // the pointer comes before it presses
      hand.dispatchEvent(new PointerEvent("pointermove", at));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
    }
    const began = performance.now();
    if (key) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    else hand.dispatchEvent(new MouseEvent("click", at));
    const shown = await Promise.race([changed, new Promise((done) => setTimeout(done, 1000))]);
    if (!shown) continue; // that place changes nothing
    await shown.decode();
    took.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 40));
  }
  return took;
}"""
SLOW = 400  # milliseconds: a bound for a machine that does other work; an idle one takes a tenth
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

    for press, part in ((page.mouse.click, 3), (page.touchscreen.tap, 5)):
        spot, place = one_that_moves(here, part)
        if press == page.mouse.click:
            page.mouse.move(*where(picture, place))
            expect(said).to_have_text(spot.label)
            page.mouse.move(2, 2)
            expect(shown.locator(".book-mark")).to_have_count(0)
        press(*where(picture, place))
        here.point(spot)
        expect(picture).to_have_attribute("alt", here.description)
        settle(page, shown)  # the places of the new picture come after it
    page.mouse.move(2, 2)
    hand.focus()
    for key in ["ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"] * 5:
        page.keyboard.press(key)
        mark, whole = box(shown.locator(".book-mark")), box(picture)
        place = [(mark[a] + mark[s] / 2 - whole[a]) / whole[s] for a, s in (("x", "width"), ("y", "height"))]
        spot = None if hit(here.numbers, *place) else hit(here.regions, *place)
        if spot and moves(here, spot):
            break
    page.keyboard.press("Enter")
    here.point(spot)
    expect(picture).to_have_attribute("alt", here.description)
    settle(page, shown)
    page.keyboard.press("Escape")
    for number in here.numbers[-1:]:
        (name, value), *_ = number.settings.items()
        page.mouse.click(*where(picture, middle(number)))
        page.keyboard.press("ArrowUp")
        here.set(**{name: value + here.inputs[name].step})
        expect(picture).to_have_attribute("alt", here.description)
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("0.5")
        here.set(**{name: 0.5})
        expect(picture).to_have_attribute("alt", here.description)
        page.keyboard.press("Enter")
        expect(shown.locator(".book-number")).to_have_count(0)


SLIDERS = {"MoveTheCat": "Columns to the right, dx", "Pipeline": "Bias of A and B",
           "SlidingKernel": "Position", "StridePadding": "Window"}  # fmt: skip


@pytest.mark.parametrize("name", SLIDERS)
def test_a_press_and_a_key_are_answered_at_once(page, lab, name, capsys):
    lab.open(page, f"{name}.ipynb")
    run_all(page)
    shown, here = page.locator(".jp-OutputArea-output > .widget-vbox").first, getattr(explorers, name)()
    shown.locator(".book-hand").wait_for()
    draw, spots = random.Random(0), here.regions
    places = [
        [spot.left + draw.random() * spot.width, spot.top + draw.random() * spot.height]
        for spot in draw.choices(spots, k=12)
    ]
    row = shown.locator(".widget-hbox", has=page.get_by_label(SLIDERS[name], exact=True)).last
    row.locator(".noUi-handle").focus()
    keyed = [
        took for key in ("ArrowRight", "ArrowLeft") for took in shown.evaluate(TAKES, [[[0, 0]] * 4, key])
    ]
    pressed = shown.evaluate(TAKES, [places, ""])
    for what, took in (("press", pressed), ("key", keyed)):
        assert took and statistics.median(took) < SLOW, (what, took)
        with capsys.disabled():
            print(f"\n{name}: {what} to picture, median of {len(took)}: {statistics.median(took):.0f} ms")


def test_pressing_an_input_again_goes_through_the_outputs_that_read_it(page, lab):
    lab.open(page, "SlidingKernel.ipynb")
    run_all(page)
    shown, here = page.locator(".jp-OutputArea-output > .widget-vbox").first, explorers.SlidingKernel()
    shown.locator(".book-hand").wait_for()
    spot = next(spot for spot in here.regions if spot.label.startswith("Input (3, 4)"))
    seen = set()
    for _ in spot.settings:
        page.mouse.click(*where(shown.locator("img"), middle(spot)))
        here.point(spot)
        expect(shown.locator("img")).to_have_attribute("alt", here.description)
        seen.add(here.state["position"])
        expect(shown.locator(".book-said")).to_have_text("Input (3, 4), read by 9 windows")
        expect(shown.locator(".book-also")).to_have_count(18)  # in the output, and after ReLU
    assert len(seen) == 9
    # A quick pull ends where the pointer does; a press that ends it does not count once more.
    last = next(spot for spot in here.regions if spot.label.startswith("Input (7, 7)"))
    page.mouse.down()
    page.mouse.move(*where(shown.locator("img"), middle(last)), steps=60)
    page.mouse.up()
    expect(shown.locator("img")).to_have_attribute("alt", here.describe(position=35))
    page.mouse.move(2, 2)
    expect(shown.locator(".book-mark, .book-also")).to_have_count(0)


def test_a_finger_draws_on_the_network_s_picture(page, lab):
    lab.open(page, "InsideTheNetwork.ipynb")
    run_all(page)
    shown = page.locator(".jp-OutputArea-output > .widget-vbox").first
    shown.locator(".book-hand").wait_for()
    shown.get_by_label("Layer", exact=True).select_option("input")
    paper = shown.locator(".book-paper")
    assert paper.evaluate("paper => getComputedStyle(paper).touchAction") == "none"
    paper.evaluate(
        """async (paper) => {
          const box = paper.getBoundingClientRect();
          const finger = { bubbles: true, pointerType: "touch", clientY: box.top + 0.5 * box.height };
          const send = (kind, x) =>
            paper.dispatchEvent(new PointerEvent(kind, { ...finger, clientX: box.left + x * box.width }));
          send("pointerdown", 0.2);
          for (const x of [0.3, 0.4, 0.5]) send("pointermove", x), await new Promise(requestAnimationFrame);
          send("pointerup", 0.5);
        }"""
    )
    expect(shown.locator("img")).to_have_attribute("alt", re.compile("^my drawing"))


def where(picture, place):
    """Where in the page fractions of a picture lie."""
    whole = box(picture)
    return whole["x"] + place[0] * whole["width"], whole["y"] + place[1] * whole["height"]


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
    """Wait until the explorer has answered, ten seconds at most, and rests; return what it shows."""
    for _ in range(250):
        if explorer.evaluate(SHOWN) != before:
            break
        page.wait_for_timeout(40)
    shown = None
    while shown != (shown := explorer.evaluate(SHOWN)) or page.evaluate(PROGRESS)[1]:
        page.wait_for_timeout(40)
    return shown
