"""Make the book usable in the kernel of a chapter, wherever it was opened: the path, and missing packages.

Run by the setup cell of every chapter. It installs only what is not there at all, and pip is told to leave
every installed package at its version: a hosted notebook's NumPy, torch and ipywidgets fit each other
and its page. In the book's own environment nothing is missing, and next to nothing is done.
"""

import importlib
import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = {"pillow": "PIL", "ipython": "IPython"}  # where package and module are not called the same


def settled(root):
    """Give a fresh clone its lasting name; return where the book is."""
    if not re.fullmatch(r"cnn-book\.\d+", root.name):
        return root
    lasting = root.with_name("cnn-book")
    try:
        return root.rename(lasting)
    except OSError:  # another chapter opened in this folder was quicker, or the name was taken before
        shutil.rmtree(root, ignore_errors=True)
        if (lasting / "tools" / "opened_alone.py").is_file():
            return lasting
        words = f"{lasting} is not this book: give it another name, then run this cell again."
        raise FileExistsError(words) from None


def cleared(folder):
    """Remove what a fetch has left that was cut off; one that is under way stays."""
    for part in folder.glob("cnn-book.[0-9]*"):
        if time.time() - part.stat().st_mtime > 600:
            shutil.rmtree(part, ignore_errors=True)


def requirements(root):
    """Return package -> requirement, such as ``numpy>=2.0,<3``, of everything `helpers` needs."""
    import tomllib

    with open(root / "pyproject.toml", "rb") as file:
        needed = tomllib.load(file)["project"]["dependencies"]
    return {re.match(r"[\w.-]+", requirement)[0].lower(): requirement for requirement in needed}


def found(module):
    """Return whether a module can be imported; a folder that only has its name cannot."""
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:  # nor can the package that it is in
        return False
    return spec is not None and spec.origin is not None


def missing(root):
    """Return the requirements of which no version is installed."""
    needed = requirements(root).items()
    return [requirement for package, requirement in needed if not found(MODULES.get(package, package))]


def held(root):
    """Return what pip must leave as it is: each installed package that the book uses, at its version."""
    there = []
    for package in [*requirements(root), "torch"]:
        try:
            there.append(f"{package}=={metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return there


def install(root, wanted):
    """Install packages beside those that are there."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "held.txt"
        constraints.write_text("\n".join(held(root)))
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--constraint",
            str(constraints),
            *wanted,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip()
        known = runpy.run_path(str(root / "tools" / "reasons.py"))["explain"](said)
        remedy = f"\n{known}" if known else ""
        raise ModuleNotFoundError(f"The book needs {', '.join(wanted)}; pip said: {said}{remedy}")
    importlib.invalidate_caches()


def own(root):
    """Let ``helpers`` be this book's, whatever else has that name on the path or was imported before."""
    sys.path[:] = [str(root), *(entry for entry in sys.path if entry != str(root))]
    other = sys.modules.get("helpers")
    file = getattr(other, "__file__", None)
    if other and not (file and os.path.samefile(file, root / "helpers" / "__init__.py")):
        for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
            del sys.modules[name]


def without_others():
    """Take back what leads to another Python: its packages, as PYTHONPATH may name them, an IDE's backend."""
    for entry in list(sys.path):
        version = re.search(r"python(\d+)\.(\d+)[\\/](?:site|dist)-packages", entry)
        if version and tuple(map(int, version.groups())) != sys.version_info[:2]:
            sys.path.remove(entry)
    backend = os.environ.get("MPLBACKEND", "")
    if backend.startswith("module://") and not found(backend.partition("//")[2]):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"


def main():
    # NumPy's products here are small: more threads only wait for each other. Read when NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    without_others()
    root = settled(ROOT)
    cleared(Path.cwd())
    wanted = missing(root)
    if wanted:
        print(f"Installing {', '.join(wanted)}")
        install(root, wanted)
        wanted = missing(root)
        if wanted:  # into a folder of pip's settings, say
            where = "`pip config list` shows which setting (target, prefix) leads elsewhere"
            raise ModuleNotFoundError(
                f"{', '.join(wanted)}: installed, but not where this Python looks; {where}."
            )
    own(root)


if __name__ == "<run_path>":  # by the setup lines of a chapter
    main()
