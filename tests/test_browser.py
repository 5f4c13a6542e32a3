"""Chapters in a running JupyterLab, in a real Chromium: what a reader sees when a control is moved."""

import pytest
from browser import FLAGS, Lab, chromium, run_all, too_wide, use_theme, violations, watch
from playwright.sync_api import sync_playwright

CHAPTER = "03_stride_padding_output_size.ipynb"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Chapter 3, opened and run; ``page.errors`` gathers what the console calls an error."""
    path = chromium()
    lab = Lab(tmp_path_factory.mktemp("lab"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_context(viewport={"width": 1500, "height": 1000}).new_page()
        page.errors = watch(page)
        lab.open(page, CHAPTER)
        run_all(page)
        yield page
        browser.close()
    lab.close()


class Seen:
    """The running explorer as a reader sees it: number box, slider, picture, alt text and words."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".jp-OutputArea-output .widget-vbox").first
        self.image = self.root.locator("img")
        self.root.scroll_into_view_if_needed()  # the picture itself is replaced at every change

    def box(self, label):
        return self.root.get_by_label(label, exact=True)

    def handle(self, label):
        row = self.root.locator(".widget-hbox", has=self.page.get_by_label(label, exact=True)).last
        return row.locator(".noUi-handle")

    def now(self):
        return self.image.get_attribute("src"), self.image.get_attribute("alt"), self.root.inner_text()

    def wait_for(self, words):
        self.root.locator(f'img[alt*="{words}"]').wait_for(timeout=20_000)


@pytest.fixture
def seen(page):
    return Seen(page)


def set_box(seen, label, value):
    box = seen.box(label)
    box.fill(str(value))
    box.press("Enter")


def test_keyboard_moves_the_stride(seen):
    set_box(seen, "Stride S", 2)
    seen.wait_for("stride 2")
    before = seen.now()
    seen.handle("Stride S").focus()
    seen.page.keyboard.press("ArrowRight")
    seen.wait_for("stride 3")
    after = seen.now()
    assert all(a != b for a, b in zip(before, after, strict=True)), "picture, alt text and words all change"
    assert "stride=3" in after[2], "the PyTorch line follows"
    assert seen.box("Stride S").input_value() == "3", "the number box follows the slider"


def test_mouse_moves_the_stride(seen):
    set_box(seen, "Stride S", 1)
    seen.wait_for("stride 1")
    before = seen.now()
    handle = seen.handle("Stride S").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x + 300, y, steps=5)
    seen.page.mouse.up()
    seen.wait_for("stride 5")
    assert all(a != b for a, b in zip(before, seen.now(), strict=True))


def test_step_moves_the_window_and_play_goes_on_by_itself(seen):
    set_box(seen, "Stride S", 2)
    seen.root.get_by_role("button", name="Reset").click()
    seen.wait_for("makes output (0, 0)")
    seen.root.get_by_role("button", name="Step").click()
    seen.wait_for("makes output (0, 1)")
    seen.root.get_by_role("button", name="Play").click()
    seen.wait_for("makes output (1, 0)")
    seen.root.get_by_role("button", name="Pause").click()


def test_impossible_setting_is_said_in_words(seen):
    set_box(seen, "Input size W", 2)
    set_box(seen, "Padding P", 0)
    set_box(seen, "Kernel size K", 7)
    seen.wait_for("No output")
    set_box(seen, "Kernel size K", 3)
    set_box(seen, "Input size W", 7)
    seen.wait_for("Input 7 × 7")


def test_predict_first_hides_the_answer_until_there_is_a_guess(seen):
    seen.box("Predict first").check()
    seen.wait_for("Set your O")
    set_box(seen, "Your O (0: no guess yet)", 30)
    seen.wait_for("Your O is 30")
    seen.box("Predict first").uncheck()
    seen.wait_for("3 windows along each axis")


@pytest.mark.parametrize("width", [1500, 760])
def test_picture_and_controls_fit_the_window(seen, width):
    assert not too_wide(seen.page, seen.root, width)
    assert seen.image.evaluate("image => image.naturalWidth") > 1000, "sharp on a dense screen"


def test_every_picture_in_the_page_has_alt_text(page):
    pictures = page.locator(".jp-OutputArea img").all()
    assert len(pictures) >= 8
    for picture in pictures:
        assert len(picture.get_attribute("alt") or "") >= 40


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_no_accessibility_violations_in_outputs(page, theme):
    use_theme(page, theme)
    assert not violations(page)


def test_console_shows_no_error(page):
    assert not page.errors, page.errors
