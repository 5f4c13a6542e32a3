"""A quiz in a running JupyterLab, in a real Chromium, by keyboard alone; and before anything was run."""

import math

import nbformat
import pytest
from browser import FLAGS, Lab, chromium, run_all, use_theme, violations, watch
from playwright.sync_api import expect, sync_playwright

from helpers.quiz import questions as written

CHAPTER = 3
QUESTIONS = written.read(CHAPTER)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    chromium()  # skip or fail before a server is started
    running = Lab(tmp_path_factory.mktemp("lab"))
    cells = [nbformat.v4.new_code_cell(f"from helpers.quiz import Quiz\nQuiz({CHAPTER})")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, running.folder / "chapters" / "quiz_alone.ipynb")
    yield running
    running.close()


@pytest.fixture(scope="module")
def page(lab):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        page.errors = watch(page)
        lab.open(page, "quiz_alone.ipynb")
        run_all(page)
        yield page
        browser.close()


@pytest.fixture
def quiz(page):
    return page.locator(".jp-OutputArea-output .book-quiz")


def press_until(page, key, done):
    for _ in range(30):
        if done():
            return
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    raise AssertionError(f"{key} does not lead there")


def focused(page, element):
    return element.evaluate("e => e === document.activeElement")


def test_every_question_is_answered_by_keyboard_alone(page, quiz):
    """Tab to the right option, Space; Tab to its button, Space: and again for the next."""
    quiz.locator("input[type=radio]").first.focus()
    for n, question in enumerate(QUESTIONS, start=1):
        right = quiz.locator(".widget-radio").nth(n - 1).locator("input").nth(question.answer)
        button = quiz.get_by_role("button", name=f"Check {n}", exact=True)
        press_until(page, "Tab", lambda right=right: focused(page, right))
        page.keyboard.press("Space")
        expect(right).to_be_checked()
        press_until(page, "Tab", lambda button=button: focused(page, button))
        page.keyboard.press("Space")
        why = written.plain(question.options[question.answer].why)
        expect(quiz.get_by_role("alert").filter(has_text=why)).to_be_visible()
    total = len(QUESTIONS)
    expect(quiz.get_by_role("status")).to_have_text(f"{total} of {total} right, {total} at the first try.")


def test_a_wrong_answer_says_why_and_disappears_with_the_choice(page, quiz):
    question = QUESTIONS[0]
    wrong = (question.answer + 1) % len(question.options)
    quiz.locator(".widget-radio").first.locator("input").nth(wrong).check()
    quiz.get_by_role("button", name="Check 1", exact=True).click()
    said = quiz.get_by_role("alert").filter(has_text=written.plain(question.options[wrong].why))
    expect(said).to_be_visible()
    quiz.locator(".widget-radio").first.locator("input").nth(question.answer).check()
    expect(said).to_have_count(0)


def test_options_have_names_and_axe_finds_nothing(page, quiz):
    for question in QUESTIONS:
        for option in question.options:
            assert quiz.get_by_role("radio", name=written.plain(option.text), exact=True).count() >= 1
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        use_theme(page, theme)
        assert not violations(page), theme


@pytest.mark.parametrize("width", [1300, 620])
def test_long_options_wrap_inside_the_window(page, quiz, width):
    page.set_viewport_size({"width": width, "height": 1000})
    page.wait_for_timeout(300)
    panel = page.locator(".jp-NotebookPanel").bounding_box()
    bottom = -math.inf
    for label in quiz.locator(".widget-radio-box label").all():
        box, inner = label.bounding_box(), label.locator("input").bounding_box()
        assert box["x"] + box["width"] <= panel["x"] + panel["width"] + 1
        assert box["y"] >= bottom - 1, "two options overlap"
        assert inner["y"] + inner["height"] <= box["y"] + box["height"] + 1
        needed = label.evaluate("e => e.scrollHeight")
        assert needed <= box["height"] + 1, "an option is cut off"
        bottom = box["y"] + box["height"]
    page.set_viewport_size({"width": 1300, "height": 1000})


def test_answers_can_be_unfolded_without_a_program(page, quiz):
    quiz.get_by_text("All answers, explained").click()
    why = written.plain(QUESTIONS[-1].options[0].why)
    expect(quiz.locator("details").get_by_text(why)).to_be_visible()


def test_console_shows_no_error(page):
    assert not page.errors, page.errors


def test_a_chapter_that_was_not_run_shows_its_questions(lab, page):
    name = next((lab.folder / "chapters").glob(f"{CHAPTER:02}_*.ipynb")).name
    lab.open(page, name)
    first = page.locator(".jp-OutputArea-output").get_by_text(QUESTIONS[0].text).first
    first.scroll_into_view_if_needed()
    expect(first).to_be_visible()
