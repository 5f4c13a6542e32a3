"""Make the book usable in a kernel that lacks it, as in Colab: the path, and the packages that are missing.

Run by the setup cell of a chapter opened alone. It installs only what is not there at all, and pip is told
to leave every installed package at its version: a hosted notebook's NumPy, torch and ipywidgets fit
each other and its page.
"""

import importlib
import importlib.util
import re
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
    except OSError:  # another chapter opened in this folder was quicker
        shutil.rmtree(root, ignore_errors=True)
        return lasting


def requirements(root):
    """Return package -> requirement, such as ``numpy>=2.0,<3``, of everything `helpers` needs."""
    import tomllib

    with open(root / "pyproject.toml", "rb") as file:
        needed = tomllib.load(file)["project"]["dependencies"]
    return {re.match(r"[\w.-]+", requirement)[0].lower(): requirement for requirement in needed}


def missing(root):
    """Return the requirements of which no version is installed."""
    return [
        requirement
        for package, requirement in requirements(root).items()
        if not importlib.util.find_spec(MODULES.get(package, package))
    ]


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
        raise ModuleNotFoundError(f"The book needs {', '.join(wanted)}; pip said: {done.stderr.strip()}")
    importlib.invalidate_caches()


def main():
    if sys.version_info < (3, 11):  # noqa: UP036  (nothing has checked before this line)
        raise RuntimeError(f"The book needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    root = settled(ROOT)
    for part in Path.cwd().glob("cnn-book.[0-9]*"):
        if time.time() - part.stat().st_mtime > 600:  # a fetch that was cut off, not one under way
            shutil.rmtree(part, ignore_errors=True)
    wanted = missing(root)
    if wanted:
        print(f"Installing {', '.join(wanted)}")
        install(root, wanted)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))


if __name__ == "<run_path>":  # by the setup lines of a chapter
    main()
