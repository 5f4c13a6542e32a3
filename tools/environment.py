"""The book's own environment: ``.venv``, made once, completed or made again when it is not whole.

Whether it is whole is seen by looking inside (inside.py); no note written earlier is believed.
"""

import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools import locks, moved, pip_install, windows
from tools.reasons import AGAIN, ANOTHER, explain, of_the_disk
from tools.surroundings import variables

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"

# What each purpose installs; testing is reading and more.
FILES = {"reading": ["requirements.txt"], "testing": ["requirements.txt", "requirements-test.txt"]}
# Measured on Linux with PyTorch's CPU build: what is fetched, and what it fills.
SIZES = {"reading": ("290 MB", "1.3 GB"), "testing": ("430 MB", "1.8 GB")}

# PyTorch's own index holds builds without NVIDIA's libraries, which a laptop has no use for.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TESTED = ((3, 11), (3, 13))
PARTS = ("ssl", "ctypes", "sqlite3", "zlib")  # needed, and a Python built by hand may lack one

# JupyterLab in .venv asks no question about news at its first start.
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


class SetupError(Exception):
    """What went wrong, and what the reader can do about it."""


def python():
    """Return the path of the environment's Python, whether or not it exists."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ask(*command):
    """Run a Python and wait for what it says; pip's settings are for installing only."""
    env = {name: value for name, value in variables().items() if not name.startswith("PIP_")}
    return subprocess.run(command, env=env, capture_output=True, text=True, errors="replace")


def look(purpose):
    """Return what is amiss in the environment (missing, damaged), or None where it is of no use at all."""
    try:
        files = (ROOT / name for name in FILES[purpose])
        done = ask(python(), "-I", ROOT / "tools/inside.py", VENV, *files)
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, ValueError):
        return None


def whole(found):
    return found is not None and not found["missing"] and not found["damaged"]


def ensure(purpose):
    """Make the environment ready for ``purpose`` where it is not, and return the path of its Python."""
    found = look(purpose)
    if not whole(found):
        wait()
        found = look(purpose)
    if not whole(found):
        found = set_up(purpose, found)
    moved.settle(python(), found["site"])
    return python()


def wait():
    """Hold the set-up for this window alone."""
    said = False
    while not locks.hold(ROOT / ".book" / "setup.lock"):
        if not said:
            print("Another window is setting the book up; this one waits for it.", flush=True)
        said = True
        time.sleep(2)


def set_up(purpose, found):
    """Install what is missing; return what a last look finds."""
    if found and len(found["missing"] + found["damaged"]) < 10:
        print(f"{VENV.name} is completed: {amiss(found)}.", flush=True)
    else:
        download, disk = SIZES[purpose]
        print(
            f"Setting up the book in {VENV.name} (once, a few minutes): up to {download} to download, "
            f"{disk} on disk.",
            flush=True,
        )
    make_venv(found)
    found = look(purpose)
    if found is None:
        raise SetupError(f"{VENV} was made, but its Python does not run. Another Python: {ANOTHER}")
    # Without its folder of notes pip installs a damaged package again; "~" marks what pip had put aside
    # when it was stopped.
    for folder in [*found["damaged"], *Path(found["site"]).glob("~*")]:
        remove(Path(folder))
    install(purpose, look(purpose)["missing"])
    found = look(purpose)
    if not whole(found):
        raise SetupError(f"Installed, yet {amiss(found)}. Run make clean, then the same command again.")
    overrides = VENV / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    print("Ready.", flush=True)
    return found


def amiss(found):
    """Return in words what a look found."""
    damaged = [Path(folder).name.partition("-")[0] for folder in found["damaged"]]
    words = [f"{name} is missing" for name in found["missing"]] + [f"{name} is damaged" for name in damaged]
    return ", ".join(words[:5]) + (f" and {len(words) - 5} more" if len(words) > 5 else "")


def bring_pip():
    """See to it that the environment has pip; return what was said if it cannot be had, else None."""
    there = python(), "-I", "-m", "pip", "--version"
    if ask(*there).returncode == 0:
        return None
    made = ask(python(), "-I", "-m", "ensurepip", "--default-pip")
    return None if made.returncode == 0 and ask(*there).returncode == 0 else made.stdout + made.stderr


def make_venv(found):
    """Leave a working, perhaps empty environment; ``found`` is what a look into it says."""
    said = bring_pip() if found is not None else ""
    if said is None:
        return
    if of_the_disk(said):
        raise SetupError(f"{explain(said)}\n{AGAIN}")
    if VENV.is_symlink() and not (VENV.is_dir() and not any(VENV.iterdir())):
        raise SetupError(
            f"{VENV} is a link to {os.readlink(VENV)}, where no usable environment is.\n"
            "Make that folder, or empty it, or remove the link; then run the same command again."
        )
    if VENV.exists() and not VENV.is_symlink():
        print(f"{VENV.name} is half-made or broken: it is made again.", flush=True)
        remove(VENV)
    if not TESTED[0] <= sys.version_info[:2] <= TESTED[1]:
        print("The book is tested on Python 3.11 to 3.13; this is {}.{}.".format(*sys.version_info[:2]))
    check_python()
    too_long = windows.too_long(ROOT) if os.name == "nt" else None
    if too_long:
        raise SetupError(too_long)
    VENV.mkdir(exist_ok=True)
    # Not in a link, which venv refuses, but where it leads.
    made = ask(sys.executable, "-I", "-m", "venv", "--without-pip", os.path.realpath(VENV))
    said = made.stdout + made.stderr if made.returncode else bring_pip()
    if said is not None:
        raise SetupError(f"{explain(said) or f'{VENV} could not be made. {said.strip()}'}\n{AGAIN}")


def check_python():
    """Refuse a Python that lacks a part which all that follows needs."""
    for part in PARTS:
        try:
            importlib.import_module(part)
        except ImportError:
            raise SetupError(
                f"This Python ({sys.executable}) was built without {part}. Another one: {ANOTHER}"
            ) from None


def install(purpose, missing):
    """Install what ``purpose`` asks for into the environment, where these requirements are not met."""
    torch = next((name for name in missing if name.startswith("torch==")), None)
    if torch and sys.platform == "linux":
        print(f"PyTorch's build for CPUs, from {CPU_INDEX} (200 MB):", flush=True)
        said = pip("--index-url", CPU_INDEX, "--retries", "0", "--timeout", "15", "--no-deps", torch)
        if said and not of_the_disk(said):
            print(
                "That index did not answer, so PyTorch comes from where all else comes from. The build there "
                "may bring NVIDIA's libraries: several GB.\nCtrl-C stops it; the same command then tries "
                "the small build again.",
                flush=True,
            )
        elif said:
            raise SetupError(f"{explain(said)}\n{AGAIN}")
    said = pip(*(part for name in FILES[purpose] for part in ("-r", str(ROOT / name))))
    if said:
        known = explain(said) or "The packages could not be installed; pip's own words are above."
        raise SetupError(f"{known}\n{AGAIN}")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        print("PyTorch has no build for Macs with Intel processors: chapter 10 cannot run, 1 to 9 can.")


def pip(*arguments):
    """Run ``pip install`` in the environment; return what it said on stderr if it failed, else None."""
    return pip_install.install(python(), *arguments, env=variables())


def remove(path):
    """Remove a file or folder, or say why it cannot be."""
    try:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise SetupError(
            f"{path} cannot be removed; is JupyterLab running? Close it first. {error}"
        ) from None


def clean():
    """Remove all that was generated, and say what."""
    patterns = [".venv*", ".book", "build", "*.egg-info", ".*_cache", ".hypothesis"]
    for part in ("chapters", "helpers", "authoring", "tools", "tests", "teach"):
        patterns += [f"{part}/**/__pycache__", f"{part}/**/.ipynb_checkpoints"]
    for path in [path for pattern in patterns for path in ROOT.glob(pattern)]:
        print(f"removing {path.relative_to(ROOT)}")
        remove(path)
    return 0
