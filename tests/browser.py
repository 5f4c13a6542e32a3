"""A running JupyterLab and a real Chromium for the browser tests."""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from authoring.site.chromium import FLAGS, MISSING, find  # noqa: F401  (FLAGS for who starts it)

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "book"
expect.set_options(timeout=20_000)  # a machine that does other work may take its time
# JupyterLab otherwise asks about news, looks for updates, and unloads the cells that are out of sight.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


# Opens a notebook in a JupyterLab that is there, in the place of what is open, unsaved though it may be.
OPEN = """async path => {
  const {commands, shell, serviceManager} = jupyterapp;
  for (const widget of [...shell.widgets("main")]) {
    if (widget.context) widget.context.model.dirty = false;
    widget.close();
  }
  await serviceManager.sessions.shutdownAll();
  const shown = await commands.execute("docmanager:open", {path});
  await shown.context.ready;
  await shown.sessionContext.ready;
}"""

# How many cells wait to be run, and whether the kernel is at work.
PROGRESS = """() => {
  const panel = jupyterapp.shell.currentWidget;
  const waiting = [...panel.model.cells].filter(c => c.type === "code" && c.executionCount === null);
  return [waiting.length, panel.sessionContext.session.kernel.status === "busy"];
}"""


def chromium():
    """Return the path of Chromium; skip the test, or fail where BOOK_REQUIRE_BROWSER is set, without it."""
    found = find()
    if found:
        return found
    if os.environ.get("BOOK_REQUIRE_BROWSER"):
        pytest.fail(MISSING)
    pytest.skip(MISSING)


def free_port():
    """A port that nobody has, outside the range from which systems give kernels theirs meanwhile."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port between 20,000 and 32,000")


class Lab:
    """JupyterLab over a copy of the chapters, with its own settings: nothing of the reader's is touched."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()
        shutil.copytree(ROOT / "chapters", self.folder / "chapters", ignore=shutil.ignore_patterns(".*"))
        for name, value in SETTINGS.items():
            path = self.folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value))
        own = {
            f"JUPYTER{name}": str(self.folder / part)
            for name, part in {
                "_CONFIG_DIR": "config",
                "_RUNTIME_DIR": "runtime",
                "LAB_SETTINGS_DIR": "settings",
                "LAB_WORKSPACES_DIR": "workspaces",
            }.items()
        }
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self.log = open(self.folder / "lab.log", "wb")  # noqa: SIM115  (closed with the server)
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", "--allow-root"]
        command += [f"--port={self.port}", f"--IdentityProvider.token={TOKEN}"]
        command += [f"--ServerApp.root_dir={self.folder / 'chapters'}", "--LabApp.expose_app_in_browser=True"]
        self.server = subprocess.Popen(
            command, env=os.environ | own | threads, stdout=self.log, stderr=subprocess.STDOUT
        )
        self._wait()

    def _wait(self, seconds=60):
        for _ in range(seconds * 4):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api?token={TOKEN}", timeout=2)
                return
            except OSError:
                time.sleep(0.25)
        self.close()
        raise RuntimeError(f"JupyterLab did not start:\n{(self.folder / 'lab.log').read_text()[-2000:]}")

    def open(self, page, name):
        """Open a notebook in the page and wait until its kernel is ready."""
        if page.url.startswith(f"http://127.0.0.1:{self.port}/lab"):
            page.evaluate(OPEN, name)
            page.get_by_text(re.compile(r"\| Idle$")).first.wait_for(timeout=60_000)
            return
        page.goto(f"http://127.0.0.1:{self.port}/lab/tree/{name}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        # The notebook's own indicator says "idle" before there is a kernel; the status bar does not.
        page.get_by_text(re.compile(r"\| Idle$")).first.wait_for(timeout=60_000)

    def close(self):
        self.server.terminate()
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.kill()
        self.log.close()


def watch(page):
    """Return a list that gathers whatever the page's console calls an error."""
    errors = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


def run_all(page, seconds=120):
    """Run every cell afresh and wait for the last one."""
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_role("menuitem", name="Clear Outputs of All Cells", exact=True).click()
    waiting = re.compile(r"\[ \]:")
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text=waiting).last.wait_for(timeout=20_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    idle = 0
    for _ in range(seconds * 5):
        page.wait_for_timeout(200)
        left, busy = page.evaluate(PROGRESS)  # the page itself shows no prompt of a folded cell
        if not left:
            return
        # A cell that fails stops those after it; between two cells the kernel is idle for a moment.
        idle = 0 if busy else idle + 1
        if idle > 25:
            break
    outputs = page.locator(".jp-OutputArea-output .ansi-red-fg").all_inner_texts()
    raise AssertionError(f"{left} cells were not run: {outputs[-3:]}")


def box(part):
    """Where a part lies in the page; what is just drawn anew has no place for a moment."""
    for _ in range(200):
        if found := part.bounding_box():
            return found
        part.page.wait_for_timeout(25)
    raise AssertionError(f"{part} is not to be seen")


def violations(page):
    """Return what axe-core finds wrong in the output areas: rule -> places.

    A slider's handle has no name of its own: its number box has it (helpers/explorers/base.py).
    """
    results = Axe().run(page, context=".jp-OutputArea")
    found = {
        violation["id"]: [node["html"][:120] for node in violation["nodes"]]
        for violation in results.response["violations"]
    }
    found.pop("region", None)  # about the page around the notebook
    unnamed = [node for node in found.pop("aria-input-field-name", []) if "noUi-handle" not in node]
    return found | ({"aria-input-field-name": unnamed} if unnamed else {})


def too_wide(page, explorer, width):
    """Return the parts of an explorer that have no size or run out of a window of that width."""
    size = page.viewport_size
    page.set_viewport_size(size | {"width": width})
    page.wait_for_timeout(300)
    panel = page.locator(".jp-NotebookPanel").bounding_box()
    wrong = []
    for part in explorer.locator("img, button, input, select, .noUi-target").all():
        box = part.bounding_box()
        if not box and part.get_attribute("disabled") is not None:
            continue  # a control that does nothing there is hidden
        if not box or box["width"] <= 10 or box["x"] + box["width"] > panel["x"] + panel["width"] + 1:
            wrong.append(f"{part.evaluate('e => e.outerHTML')[:90]}: {box}")
    page.set_viewport_size(size)
    return wrong


def use_theme(page, name):
    """Switch JupyterLab to a theme."""
    page.evaluate("name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
    page.locator(f'body[data-jp-theme-name="{name}"]').wait_for(state="attached", timeout=20_000)
