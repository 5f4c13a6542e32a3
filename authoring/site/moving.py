"""Holds every atlas of the built site to Python: states at random, each control, and how long a step takes.

An atlas is tried on the first page where it stands.
"""

import html
import json
import random
import re
from statistics import median

from playwright.sync_api import Error
from tqdm import tqdm

from authoring import atlas
from authoring.site.moved import Moved
from helpers import explorers
from helpers.drawing import style
from helpers.explorers.parts import tour

STATES, PICTURES, STEPS = 200, 10, 60
SLOW = 250  # milliseconds for a step: far above what a machine takes that has nothing else to do
PLACED = re.compile(r'data-atlas="([^"]+)" data-state="([^"]+)"')
SAID = """async (root, states) => {
  const player = root.player, said = (part) => root.querySelector(`.book-${part}`).textContent;
  return states.map((state) => {
    player.show(player.atlas.rest(player.atlas.find(state)));
    return [said("words"), said("code")];
  });
}"""
# From a step to its painted picture: script, style, layout and painting, begun as a frame begins.
TIMED = """async (root, count) => {
  const player = root.player, took = [];
  for (let i = 0; i < count; i++) {
    const row = (i * 7919) % player.atlas.count;
    took.push(await new Promise((done) => requestAnimationFrame(() => {
      const begun = performance.now(), painted = new MessageChannel();
      painted.port1.onmessage = () => done(performance.now() - begun);
      player.show({ row, places: player.atlas.places(row, player.places), lower: [] });
      painted.port2.postMessage(0);
    })));
  }
  return took;
}"""
WINDOW = {"width": 1280, "height": 900}


def placed(folder):
    """Key of an atlas -> (a page with it, the state that it shows there)."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        for key, state in PLACED.findall(path.read_text(encoding="utf-8")):
            found.setdefault(key, (path, json.loads(html.unescape(state))))
    return found


def walk(browser, folder):
    """What is wrong with the atlases; and how long steps take, in words."""
    wrong, took = [], {}
    sharp = style.DPI / style.CSS_PER_INCH  # as many pixels as Python's pictures have
    page = browser.new_page(viewport=WINDOW, device_scale_factor=sharp, reduced_motion="reduce")
    for key, (path, state) in tqdm(placed(folder).items(), "atlases", unit="atlas"):
        name, error = key.partition("-")[0], None
        for _ in range(2):  # as in walk.py
            try:
                page.goto(path.as_uri())
                moved = Moved(page, key, getattr(explorers, name)(**atlas.start(name, state)))
                took[key] = median(moved.root.evaluate(TIMED, STEPS))
                held(moved, random.Random(key))
                break
            except (AssertionError, Error) as raised:
                error = raised
        else:
            wrong.append(f"{key} on {path.name}: {str(error)[:400]}")
    page.close()
    wrong += [f"{key}: {time:.0f} ms from a step to its picture" for key, time in took.items() if time > SLOW]
    slowest = max(took, key=took.get, default=None)
    said = slowest and f"{median(took.values()):.1f} ms (median), {took[slowest]:.1f} ms for {slowest}"
    return wrong, f"From a step to its painted picture: {said}."


def chosen(explorer, draw, count):
    """States of a tour at random: every choice of its free inputs is as likely as another."""
    settings = [each for each in tour.settings(explorer) if all(each.offered.values())]
    for setting in draw.choices(settings, k=count):
        given = {name: draw.choice(values) for name, values in setting.offered.items()}
        names = setting.chosen.keys() | given.keys()
        yield explorer.settled(setting.state | given, names) if given else setting.state


def held(moved, draw):
    """AssertionError where words, PyTorch lines, pictures or what a control does are not Python's."""
    given = list(chosen(moved.explorer, draw, STATES))
    for state, said in zip(given, moved.root.evaluate(SAID, given), strict=True):
        assert tuple(said) == moved.said(state), f"{said} in {state}"
    for state in chosen(moved.explorer, draw, PICTURES):
        moved.show(state)
        moved.check(state, pixels=True)
    controls(moved)


def controls(moved):
    """Each control does something, once by keyboard and once by mouse, and what it leads to is Python's."""
    again = moved.root.get_by_role("button", name="Start over")
    for control in moved.root.locator(".book-controls :is(input, select, button)").all():
        part = control.evaluate("part => part.localName")
        for by in (_by_keyboard, _by_mouse):
            again.click()
            if not control.is_enabled():
                continue
            before = moved.state
            by(moved.page, control, control.get_attribute("type") or part)
            moved.js("p.pause()")
            moved.check()
            answers = part == "button" or moved.state != before or moved.note
            assert answers or control.get_attribute("max") in ("0", control.get_attribute("min")), (
                f"{control.evaluate('part => part.outerHTML')[:120]} {by.__name__}: nothing happens"
            )


def _by_keyboard(page, control, kind):
    control.focus()
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


def _by_mouse(page, control, kind):
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
        control.select_option(index=control.evaluate("part => (part.selectedIndex + 1) % part.length"))
    else:
        control.click()
