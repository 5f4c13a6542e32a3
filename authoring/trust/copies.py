"""Copies of the book to break: what git knows of, or may come to know, in a temporary folder."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from authoring import notebooks


def copy_to(root):
    """The book as it lies here, without what is generated, in the folder ``root``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(command, cwd=notebooks.ROOT, text=True).split("\0"):
        if name and (notebooks.ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(notebooks.ROOT / name, root / name)
    return root


def pytest(root, *arguments, limits=None, **variables):
    """Run pytest in a copy: its own modules, read anew each time, one thread, the same examples each time."""
    own = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(root), "CI": "1"} | variables
    env = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | notebooks.ONE_THREAD | own
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, preexec_fn=limits)


@contextlib.contextmanager
def copy():
    """A copy that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        yield copy_to(Path(folder) / "book")
