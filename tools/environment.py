"""The book's own environment: ``.venv``, made once, completed or made again when it is not whole.

A stamp in ``.venv`` names what was installed. While the stamp fits, nothing is done at all.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "book-ready.json"
UNFINISHED = VENV / "book-unfinished"  # lies there while something is being installed

# What each purpose installs; testing is reading and more.
FILES = {"reading": ["requirements.txt"], "testing": ["requirements.txt", "requirements-test.txt"]}
# Measured on Linux with PyTorch's CPU build: what is fetched, and what it fills.
SIZES = {"reading": ("290 MB", "1.3 GB"), "testing": ("400 MB", "1.7 GB")}

# PyTorch's own index holds builds without NVIDIA's libraries, which a laptop has no use for.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TESTED = ((3, 11), (3, 13))

# JupyterLab in .venv asks no question about news at its first start.
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


class SetupError(Exception):
    """What went wrong, and what the reader can do about it."""


def python():
    """Return the path of the environment's Python, whether or not it exists."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(purpose):
    """Return a short name for all that an environment depends on."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)
    said = [str(ROOT), project["project"], project["build-system"], project["tool"]["setuptools"]]
    said += [(ROOT / name).read_text(encoding="utf-8") for name in FILES[purpose]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def stamps():
    """Return purpose -> fingerprint of what is installed."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def ensure(purpose):
    """Make the environment ready for ``purpose`` where it is not, and return the path of its Python."""
    wanted = fingerprint(purpose)
    if python().exists() and not UNFINISHED.exists() and stamps().get(purpose) == wanted:
        return python()
    download, disk = SIZES[purpose]
    print(
        f"Setting up the book in {VENV.name} (once, a few minutes): up to {download} to download, "
        f"{disk} on disk.",
        flush=True,
    )
    make_venv()
    install(purpose)
    overrides = VENV / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    # Testing holds all that reading needs; an older stamp says nothing about what is there now.
    ready = {name: fingerprint(name) for name in FILES if name in ("reading", purpose)}
    STAMP.write_text(json.dumps(ready), encoding="utf-8")
    UNFINISHED.unlink()
    print("Ready.", flush=True)
    return python()


def works():
    """Return whether the environment has a Python that runs, is new enough and has pip."""
    asked = [str(python()), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if not python().exists() or subprocess.run(asked, stderr=subprocess.DEVNULL).returncode:
        return False
    for arguments in (["-m", "pip", "--version"], ["-m", "ensurepip"]):
        if subprocess.run([str(python()), *arguments], capture_output=True).returncode == 0:
            return True
    return False


def make_venv():
    """Leave a working, perhaps empty environment, marked as unfinished."""
    if VENV.exists() and not UNFINISHED.exists() and works():
        UNFINISHED.touch()
        return
    if VENV.exists():
        print(f"{VENV.name} is half-made or broken: it is made again.", flush=True)
        remove(VENV)
    if not TESTED[0] <= sys.version_info[:2] <= TESTED[1]:
        print("The book is tested on Python 3.11 to 3.13; this is {}.{}.".format(*sys.version_info[:2]))
    VENV.mkdir()
    UNFINISHED.touch()
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        if importlib.util.find_spec("ensurepip") is None or "ensurepip" in made.stdout + made.stderr:
            version = "{}.{}".format(*sys.version_info[:2])
            raise SetupError(
                "This Python cannot make virtual environments: a part of it (ensurepip) is packed apart.\n"
                f"Debian, Ubuntu: sudo apt install python{version}-venv\nThen run the same command again."
            )
        raise SetupError(
            f"{VENV} could not be made.\n{(made.stderr or made.stdout).strip()}\n"
            "Once that is put right, run the same command again."
        )


def install(purpose):
    """Install what ``purpose`` asks for into the environment."""
    torch = torch_requirement()
    if torch and sys.platform == "linux" and not has_torch(torch):
        print(f"PyTorch's build for CPUs, from {CPU_INDEX} (200 MB):", flush=True)
        failed, _ = pip("--index-url", CPU_INDEX, "--retries", "0", "--timeout", "15", "--no-deps", torch)
        if failed:
            print(
                "That index did not answer, so PyTorch comes from where all else comes from. The build there "
                "may bring NVIDIA's libraries: several GB.\nCtrl-C stops it; the same command then tries "
                "the small build again.",
                flush=True,
            )
    files = [part for name in FILES[purpose] for part in ("-r", str(ROOT / name))]
    failed, said = pip(*files, "-e", str(ROOT))
    if failed:
        UNFINISHED.unlink()  # pip leaves the environment as it was, so the next try goes on from here
        raise SetupError(reason(said))
    if torch and not has_torch(torch) and sys.platform == "darwin":
        print("PyTorch has no build for Macs with Intel processors: chapter 10 cannot run, 1 to 9 can.")


def torch_requirement():
    """Return the pinned PyTorch of requirements.txt, such as ``torch==2.13.0``, or None."""
    found = re.search(r"^torch==[\w.]+", (ROOT / FILES["reading"][0]).read_text(encoding="utf-8"), re.M)
    return found and found[0]


def has_torch(requirement):
    """Return whether the environment holds the pinned PyTorch already."""
    name = requirement.replace("==", "-")
    return any(VENV.glob(f"lib/python*/site-packages/{name}[.+]*dist-info"))


def pip(*arguments):
    """Run ``pip install`` in the environment; return its exit status and what it said on stderr."""
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    env = os.environ | {"PIP_USER": "0"}  # a reader's own setting that no environment can follow
    said = []
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, errors="replace", env=env, cwd=ROOT
    ) as process:
        for line in process.stderr:
            sys.stderr.write(line)
            sys.stderr.flush()
            said.append(line)
    return process.returncode, "".join(said)


OFFLINE = "connection broken|NewConnectionError|NameResolution|ConnectTimeout|ReadTimeout|Read timed out"
OFFLINE += "|ProxyError|Network is unreachable|ConnectionError|ConnectionReset|Could not fetch URL|SSLError"


def reason(said):
    """Return pip's failure in the reader's words: what it was and what to do."""
    again = "Then run the same command again: what was fetched is kept."
    if re.search(r"No space left|Errno 28\b", said):
        reading, testing = (disk for _, disk in SIZES.values())
        return f"The disk is full: the book needs {reading}, with its tests {testing}. {again}"
    if re.search(OFFLINE, said):
        return f"The packages could not be fetched: is this machine connected to the network? {again}"
    missing = re.search(r"No matching distribution found for (\S+)", said)
    if missing:
        version, bits = "{}.{}".format(*sys.version_info[:2]), 64 if sys.maxsize > 2**32 else 32
        return (
            f"There is no {missing[1]} for Python {version} ({bits} bits) on {sys.platform}, or the network "
            "could not be reached.\nThe book is tested on Python 3.11 to 3.13, 64 bits. Another Python: "
            "make clean, then make lab PYTHON=python3.12"
        )
    return f"The packages could not be installed; pip's own words are above. {again}"


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
    for part in ("chapters", "helpers", "authoring", "tools", "tests"):
        patterns += [f"{part}/**/__pycache__", f"{part}/**/.ipynb_checkpoints"]
    for path in [path for pattern in patterns for path in ROOT.glob(pattern)]:
        print(f"removing {path.relative_to(ROOT)}")
        remove(path)
    return 0
