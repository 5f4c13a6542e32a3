"""The first lines of every setup cell: they find ``helpers``, or fetch the book for a chapter alone."""

# `{repository}` is filled in; all else stands in the chapters as it stands here. A clone is made under
# another name, which opened_alone.py changes, so that a broken one is never taken for the book.
LINES = """\
# Generated: a chapter opened alone, as in Colab, fetches the rest of the book, once.
import os
import runpy
from importlib.util import find_spec
from subprocess import getstatusoutput
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's products here are small: more threads only wait
if not find_spec("helpers"):
    book = next((b for b in ("cnn-book", "..", "../..") if os.path.isdir(f"{b}/helpers")), None)
    if not book:
        book = f"cnn-book.{os.getpid()}"
        source = os.environ.get("BOOK_SOURCE") or "{repository}"
        failed, said = getstatusoutput(f'git clone --quiet --depth 1 "{source}" {book}')
        if failed:
            raise ModuleNotFoundError(f"No book at '{source}' ({said}). Set BOOK_SOURCE to its address.")
    runpy.run_path(f"{book}/tools/opened_alone.py")
"""


def lines(repository):
    """The lines for a book whose repository has this address; ``""`` where it has none yet."""
    return LINES.replace("{repository}", repository)
