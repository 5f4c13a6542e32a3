"""Every chapter run in a real browser, and every control of its explorers moved once, in light and dark."""

import pytest
from browser import FLAGS, ROOT, Lab, chromium, run_all, too_wide, use_theme, violations, watch
from playwright.sync_api import sync_playwright

from authoring import notebooks

CHAPTERS = sorted(
    path.name
    for path in (ROOT / "chapters").glob("[0-9]*.ipynb")
    if "widget-view+json" in path.read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    chromium()  # skip or fail before a server is started
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser(lab):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


def test_there_are_chapters_with_explorers():
    assert CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_control_does_something_and_all_can_be_seen(browser, lab, chapter):
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    page = context.new_page()
    errors = watch(page)
    lab.open(page, chapter)
    budget = notebooks.read(ROOT / "chapters" / chapter).metadata.book.budget_seconds
    run_all(page, seconds=4 * budget + 60)  # the machine may be busy
    explorers = page.locator(".jp-OutputArea-output > .widget-vbox:not(.book-quiz, .book-monitor)").all()
    assert explorers, f"{chapter}: no explorer in the page"
    for explorer in explorers:
        # One after the other: what is switched off beside a setting may be on after another has moved.
        changed = [move(page, explorer, control) for control in controls(explorer) if control[1].is_enabled()]
        # Some settings matter only beside others (a guess, once there is a question): most must show at once.
        assert sum(changed) > len(changed) / 2, f"{chapter}: {changed}"
        assert not too_wide(page, explorer, 760)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        use_theme(page, theme)
        assert not violations(page), theme
    alts = [picture.get_attribute("alt") or "" for picture in page.locator(".jp-OutputArea img").all()]
    assert min(map(len, alts)) >= 40
    assert not errors, errors
    context.close()


def controls(explorer):
    """Return (kind, locator) for every number box, choice, tick box and button."""
    found = []
    for kind, selector in (
        ("number", "input[type=number]"),
        ("choice", "select"),
        ("tick", "input[type=checkbox]"),
        ("button", "button"),
    ):
        found += [(kind, control) for control in explorer.locator(selector).all()]
    return found


def move(page, explorer, control):
    """Move one control and return whether picture or words changed; the page must come to rest again."""
    kind, element = control
    before = explorer.inner_html()
    if kind == "number":
        value, low, high = (
            float(element.evaluate(f"e => e.{trait}")) for trait in ("value", "min || 0", "max || 100")
        )
        step = float(element.get_attribute("step") or 1)
        element.fill(f"{value + step if value + step <= high else max(value - step, low):g}")
        element.press("Enter")
    elif kind == "choice":
        count = element.locator("option").count()
        element.select_option(index=(element.evaluate("e => e.selectedIndex") + 1) % count)
    else:
        element.click()
    for _ in range(20):  # a second and a half at most
        page.wait_for_timeout(75)
        if explorer.inner_html() != before:
            return True
    return False
