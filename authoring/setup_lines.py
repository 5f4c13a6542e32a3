"""The first lines of every setup cell: they find the book, or fetch it for a chapter alone."""

MARKER = "# --- end of the generated lines ---"

# `{repository}` is filled in; all else stands in the chapters as it stands here. The book is known by its
# tools/opened_alone.py, wherever it lies and whatever else is called `helpers`; that file sees to it that
# this book's `helpers` is the one to be imported. A clone is made under another name, which it changes, so
# that a broken one is never taken for the book.
LINES = """\
# Generated: a chapter opened alone, as in Colab, fetches the rest of the book, once.
import os
import runpy
import sys
from subprocess import getstatusoutput
if sys.version_info < (3, 11):
    raise RuntimeError(f"The book needs Python 3.11 or newer; this kernel's is {sys.version.split()[0]}.")
places = (os.path.join(p, "tools/opened_alone.py") for p in (".", "..", "../..", "cnn-book", *sys.path))
opened = next(filter(os.path.isfile, places), f"cnn-book.{os.getpid()}/tools/opened_alone.py")
if not os.path.isfile(opened):
    source = os.environ.get("BOOK_SOURCE") or "{repository}"
    failed, said = getstatusoutput(f'git clone --quiet --depth 1 "{source}" cnn-book.{os.getpid()}')
    if failed:
        said += "\\nSet BOOK_SOURCE to another address, or take a folder that you can write, if it is that."
        raise ModuleNotFoundError(f"No book fetched from '{source}' into {os.getcwd()}: {said}")
runpy.run_path(opened)
"""


def lines(repository):
    """The lines for a book whose repository has this address; ``""`` where it has none yet."""
    return LINES.replace("{repository}", repository)
