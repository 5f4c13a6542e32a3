"""A class on JupyterHub, really run: three students, each in a Chromium session, one book that is updated."""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from browser import FLAGS, PROGRESS, chromium
from hub import PASSWORD, PREFIX, Hub, Remote
from playwright.sync_api import sync_playwright

from authoring import notebooks

STUDENTS = ("book-ada", "book-emmy", "book-kurt")
(CHAPTER,) = (path.name for path in notebooks.CHAPTERS.glob("03_*.ipynb"))
OPEN = "name => window.jupyterapp?.shell?.currentWidget?.context?.path?.endsWith(name)"
# Run code in the kernel of the page that is open, and return what it prints.
ASK = """async code => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code});
  let said = "";
  future.onIOPub = message => {
    said += message.content.text || message.content.evalue || "";
  };
  await future.done;
  return said;
}"""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("useradd"), reason="needs root, to make accounts of the system"
)


@pytest.fixture(scope="module")
def place():
    # Not in pytest's own folder: the students' homes lie below, and every run of pytest closes that one.
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def remote(place):
    remote = Remote(place)
    yield remote
    remote.close()


@pytest.fixture(scope="module")
def hub(place):
    hub = Hub(place, STUDENTS)
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def pages(hub):
    """A page for each student, logged in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        found = {}
        for name in STUDENTS:
            page = found[name] = browser.new_context().new_page()
            page.goto(f"{hub.address}/hub/login")
            page.fill("#username_input", name)
            page.fill("#password_input", PASSWORD)
            page.click("#login_submit", no_wait_after=True)
        for page in found.values():
            page.wait_for_url(re.compile("/user/[^/]+/lab"), timeout=180_000)
        yield found
        browser.close()


def wait_for_chapter(page):
    # The address tells nothing: JupyterLab shortens it when it opens the page where it was left.
    page.wait_for_function(OPEN, arg=CHAPTER, timeout=180_000)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=120_000)
    page.get_by_text(re.compile(r"\| Idle$")).first.wait_for(timeout=120_000)


def visit(hub, remote, page):
    page.goto(hub.link(remote.address, f"chapters/{CHAPTER}"), wait_until="commit")


def run_everything(page):
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    for _ in range(1200):
        page.wait_for_timeout(250)
        left, busy = page.evaluate(PROGRESS)
        if not left and not busy:
            return
    raise AssertionError(f"{left} cells were not run")


def test_a_class_works_on_one_hub(hub, remote, pages):
    began = time.perf_counter()
    for page in pages.values():  # all follow the link before anyone waits
        visit(hub, remote, page)
    for page in pages.values():
        wait_for_chapter(page)
    print(
        f"\n{len(pages)} students have the book and chapter 3 open after {time.perf_counter() - began:.0f} s"
    )
    print("idle:", {name: hub.memory(name) for name in STUDENTS})
    for name, page in pages.items():
        assert page.evaluate(ASK, "import getpass; print(getpass.getuser())").strip() == name
    began = time.perf_counter()
    for page in pages.values():
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    for page in pages.values():
        run_everything(page)
    print(f"all have run chapter 3 after {time.perf_counter() - began:.0f} s")
    print("run:", {name: hub.memory(name) for name in STUDENTS})
    for page in pages.values():
        handle = page.locator(".noUi-handle").first
        handle.scroll_into_view_if_needed()
        picture = (
            handle.locator("xpath=ancestor::*[contains(@class,'jp-OutputArea-output')]").locator("img").first
        )
        before = picture.get_attribute("src")
        moved = time.perf_counter()
        handle.focus()
        page.keyboard.press("ArrowRight")
        for _ in range(200):
            if picture.get_attribute("src") != before:
                break
            page.wait_for_timeout(20)
        assert picture.get_attribute("src") != before, "the slider moved no picture"
        print(f"slider to picture: {1000 * (time.perf_counter() - moved):.0f} ms")


def test_no_student_reads_what_is_another_s(hub, pages):
    ada, emmy = STUDENTS[:2]
    note = hub.home(emmy) / "book" / "mine.txt"
    assert pages[emmy].evaluate(ASK, f"print(open({str(note)!r}, 'w').write('private'))").strip() == "7"
    assert pages[emmy].evaluate(ASK, f"print(open({str(note)!r}).read())").strip() == "private"
    asked = pages[ada].evaluate(ASK, f"print(open({str(note)!r}).read())")
    assert "Permission denied" in asked and "private" not in asked
    listed = pages[ada].evaluate(ASK, f"import os; print(os.listdir({str(hub.home(emmy))!r}))")
    assert "Permission denied" in listed
    for path in ("api/contents/book/mine.txt", "files/book/mine.txt"):
        assert pages[emmy].request.get(f"{hub.address}/user/{emmy}/{path}").status == 200
        assert pages[ada].request.get(f"{hub.address}/user/{emmy}/{path}").status in (403, 404)


def test_own_changes_stay_when_the_teacher_updates(hub, remote, pages):
    """A cell changed and saved by the student stays; what is new in the book arrives beside it."""
    name, page = STUDENTS[0], pages[STUDENTS[0]]
    mine = hub.home(name) / "book" / "chapters" / CHAPTER
    page.evaluate(
        "() => { const cells = jupyterapp.shell.currentWidget.model.cells;"
        "cells.get(0).sharedModel.setSource(cells.get(0).sharedModel.getSource() + '\\n\\nMy own note.'); }"
    )
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    for _ in range(100):
        if "My own note." in mine.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(100)
    assert "My own note." in mine.read_text(encoding="utf-8")
    theirs = remote.teacher / "chapters" / CHAPTER
    nb = nbformat.read(theirs, as_version=4)
    nb.cells[0].source += "\n\nThe teacher's remark."
    nbformat.write(nb, theirs)
    (remote.teacher / "chapters" / "news.md").write_text("# News\n")
    remote.publish("A remark, and news")
    for each in pages.values():
        visit(hub, remote, each)
    for each in pages.values():
        wait_for_chapter(each)
    for student in STUDENTS:
        assert (hub.home(student) / "book" / "chapters" / "news.md").read_text() == "# News\n"
    assert "My own note." in mine.read_text(encoding="utf-8")
    assert "The teacher's remark." not in mine.read_text(encoding="utf-8")
    other = hub.home(STUDENTS[2]) / "book" / "chapters" / CHAPTER
    assert "The teacher's remark." in other.read_text(encoding="utf-8")
