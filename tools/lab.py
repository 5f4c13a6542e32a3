"""JupyterLab on the book's table of contents, with tabs that no other window and no other project shares."""

import itertools
import os
from pathlib import Path

from tools import locks, surroundings

ROOT = Path(__file__).resolve().parents[1]
INDEX = "chapters/index.ipynb"


def tabs(home):
    """Return the folder for this window's tabs, of the first name that no lab keeps which is open now.

    It lies in the book, or in the reader's home where the book is only there to be read.
    """
    base = surroundings.writable(ROOT / ".book", Path(home) / ".jupyter" / "cnn-book")
    for number in itertools.count(1):
        folder = base / ("workspaces" if number == 1 else f"workspaces-{number}")
        if locks.hold(folder.with_suffix(".lock")):
            return folder


def variables():
    env = surroundings.variables()
    env["JUPYTERLAB_WORKSPACES_DIR"] = str(tabs(env.get("HOME") or os.path.expanduser("~")))
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel of .venv, whatever else is installed
    return env


def command(python, options):
    """Return what starts JupyterLab."""
    asked = [python, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    asked.append(f"--LabApp.default_url=/lab/tree/{INDEX}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container
        asked.append("--allow-root")
    return asked + options
