"""The surroundings of a program of the book: environment variables, and folders that it may write."""

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Of the variables for Python these stay. The others lead to another Python's packages or change how code
# runs: PYTHONPATH, PYTHONHOME, PYTHONSAFEPATH, PYTHONOPTIMIZE, PYTHONWARNINGS ...
KEPT = "PYTHONUTF8 PYTHONIOENCODING PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX".split()


def variables():
    """Return the environment variables for a program of the book: none that is meant for another Python."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON") or key in KEPT}
    env.pop("MPLBACKEND", None)  # an IDE's; kernels choose their own
    home = os.path.expanduser("~")
    if not can_write(home):  # Jupyter, IPython and Matplotlib stop or complain without one
        env["HOME"] = str(writable(ROOT / ".book" / "home"))
    return env


def can_write(folder):
    """Return whether a file can be made in a folder: rights, room on the disk and the folder itself."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def writable(*folders):
    """Return the first folder that can be written, made if need be, or a passing one."""
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if can_write(folder):
            return folder
    return passing()


@functools.cache
def passing():
    """Return a folder that goes when this program ends."""
    folder = tempfile.mkdtemp(prefix="cnn-book-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
