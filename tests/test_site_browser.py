"""The scripts of the web edition in a real Chromium, from a folder; and that the walk finds what is wrong."""

import json
import shutil

import pytest
from browser import FLAGS, chromium
from playwright.sync_api import expect, sync_playwright

from authoring.site import parts, walk
from authoring.site.build import CONF
from helpers.quiz import questions

ASKED = questions.read(3)
SECTIONS = [
    ["03.html#size", "3 · Stride", "Output size", "With stride 2 every second start is skipped. " * 20],
    [
        "glossary.html#stride",
        "Glossary",
        "stride",
        "How many pixels a window moves from one stop to the next.",
    ],
    ["03.html#stride", "3 · Stride", "stride and padding", "Stride, stride, stride, stride, stride, stride."],
    ["glossary.html#padding", "Glossary", "padding", "Pixels put around a picture."],
]
PAGE = """<!doctype html><html lang="en" data-content_root="./">
<head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="_static/book.css">
<script src="_static/memory.js" defer></script>
<script src="_static/reading.js" defer></script><script src="_static/quiz.js" defer></script>
<script src="_static/search.js" defer></script></head>
<body><button type="button" class="book-find" hidden>Search</button>
<p class="book-place" hidden>Last read: <a href="#">x</a></p>
<article role="main"><section id="top"><h1>{title}</h1>{body}</section></article>
<p class="book-memory" hidden><button type="button">Forget them</button> <span role="status"></span></p>
</body></html>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(CONF / "static", folder / "_static")
    (folder / "_static/sections.js").write_text(f"bookSections({json.dumps(SECTIONS)});")
    wide = '<div class="book-scroll"><div style="width:3000px">wide</div></div>'
    long = '<section id="far"><h2>Far below</h2><p style="height:3000px">words</p></section>'
    for name, body in {"03": parts.quiz(3) + wide + long, "04": "<p>short</p>"}.items():
        (folder / f"{name}.html").write_text(PAGE.format(title=f"Page {name}", body=body), encoding="utf-8")
    bad = '<p style="width:2000px">wide</p><img src="https://example.org/a.png"><script>missing()</script>'
    (folder / "bad.html").write_text(PAGE.format(title="Bad", body=bad), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser():
    path = chromium()
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser, site):
    context = browser.new_context(reduced_motion="reduce")
    page, wrong = walk.watched(context, site.as_uri())
    page.goto(f"{site.as_uri()}/03.html")
    yield page
    assert not wrong
    context.close()


def test_a_quiz_marks_itself_and_is_remembered_until_it_is_forgotten(page):
    for n, question in enumerate(ASKED, start=1):
        asked = page.locator("fieldset").nth(n - 1)
        wrong = (question.answer + 1) % len(question.options)
        for chosen in [wrong, question.answer] if n == 1 else [question.answer]:
            asked.get_by_role("radio").nth(chosen).focus()
            page.keyboard.press("Space")
            asked.get_by_role("button", name=f"Check {n}").press("Enter")
            expect(asked.get_by_role("status")).to_contain_text(question.options[chosen].why.replace("`", ""))
    score = f"{len(ASKED)} of {len(ASKED)} right, {len(ASKED) - 1} at the first try."
    expect(page.locator(".book-score")).to_have_text(score)
    page.reload()
    expect(page.locator(".book-score")).to_have_text(score)
    expect(page.locator("fieldset").first.get_by_role("status")).to_contain_text("Right.")
    page.get_by_role("button", name="Forget them").click()
    expect(page.locator(".book-score")).to_have_text(f"0 of {len(ASKED)} right.")
    page.reload()
    assert page.locator("input:checked").count() == 0


def test_the_check_asks_for_an_answer_first(page):
    page.get_by_role("button", name="Check 2").click()
    expect(page.locator("fieldset").nth(1).get_by_role("status")).to_have_text("Choose an answer first.")


def test_search_opens_by_a_key_and_puts_the_glossary_first(page):
    page.keyboard.press("/")
    page.keyboard.type("stride")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("3 sections")
    links = page.get_by_role("dialog").get_by_role("link")
    places = [link.get_attribute("href") for link in links.all()]
    assert places == ["./glossary.html#stride", "./03.html#stride", "./03.html#size"]
    expect(links.nth(2).locator("mark").first).to_have_text("stride")
    assert len(links.nth(2).inner_text()) < 300
    page.keyboard.press("ArrowDown")
    expect(links.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_plural_finds_the_glossarys_entry_first(page):
    page.keyboard.press("/")
    page.keyboard.type("strides")
    link = page.get_by_role("dialog").get_by_role("link").first
    expect(link).to_have_attribute("href", "./glossary.html#stride")


def test_answers_to_a_quiz_that_has_changed_since_are_let_go(page):
    question = [{"chosen": 9, "tried": True}]
    for kept in ([{}], "none", question * len(ASKED)):
        page.evaluate("kept => bookMemory.set('quiz-3', kept)", kept)
        page.reload()
        expect(page.locator(".book-score")).to_have_text(f"0 of {len(ASKED)} right.")
        assert page.locator("input:checked").count() == 0


def test_search_says_when_nothing_is_found_and_takes_any_sign(page):
    page.keyboard.press("/")
    page.keyboard.type("(pad[")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Nothing found.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_place_is_remembered_and_led_back_to(page, site):
    page.evaluate("document.getElementById('far').scrollIntoView()")
    page.wait_for_function("(bookMemory.get('place') || {}).section === 'far'")
    page.goto(f"{site.as_uri()}/04.html")
    link = page.locator(".book-place a")
    expect(link).to_have_text("Page 03: Far below")
    link.click()
    page.wait_for_url("**/03.html#far")


def test_what_scrolls_can_be_reached_by_keyboard(page):
    expect(page.locator(".book-scroll")).to_have_attribute("tabindex", "0")


def test_a_page_that_may_keep_nothing_works(browser, site):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page, wrong = walk.watched(context, site.as_uri())
    page.goto(f"{site.as_uri()}/03.html")
    page.locator("fieldset").first.get_by_role("radio").nth(ASKED[0].answer).check()
    page.get_by_role("button", name="Check 1").click()
    expect(page.locator("fieldset").first.get_by_role("status")).to_contain_text("Right.")
    assert not wrong
    context.close()


def test_the_walk_sees_what_is_wrong_with_a_page(browser, site):
    page, said = walk.watched(browser.new_context(), site.as_uri())
    found = walk.look(page, f"{site.as_uri()}/bad.html", walk.Axe()) + said
    for part in ("too wide", "image-alt", "asks for https://example.org", "missing is not defined"):
        assert any(part in each for each in found), (part, found)
    page.context.close()
