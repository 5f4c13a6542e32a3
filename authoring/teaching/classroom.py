"""Try what a class needs, really: JupyterHub with three students, nbgrader, a foreign reader of the quizzes.

    make class                  everything: minutes
    make class ARGS="-k hub"    only some of it

It needs Linux, root (it makes three accounts and removes them), git, npm and Chromium. All that it installs
lies in .venv-class, 2 GB.
"""

import argparse
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from authoring import notebooks
from tools.environment import CPU_INDEX

VENV = notebooks.ROOT / ".venv-class"
PROXY = "configurable-http-proxy@5.3.0"
FILES = ("requirements.txt", "requirements-test.txt", "teach/requirements.txt")


def open_to_all(path):
    """Whether every user of the system may pass through all folders above a path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in Path(path).resolve().parents)


def interpreter():
    """A Python that the students' accounts can run: this one, or the system's."""
    for found in (sys._base_executable, "/usr/bin/python3"):
        if os.path.exists(found) and open_to_all(found):
            return found
    raise SystemExit(f"Students cannot run {sys.executable}: a folder above it is closed to them.")


def ensure():
    """Make or complete .venv-class, and return its Python."""
    if not shutil.which("npm"):
        raise SystemExit("npm is missing, from which JupyterHub's proxy comes: sudo apt install npm")
    if not open_to_all(VENV):
        raise SystemExit(
            f"Students cannot reach {VENV}: put the book into a folder that all users may enter."
        )
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([interpreter(), "-m", "venv", VENV], check=True)
        pinned = (notebooks.ROOT / FILES[0]).read_text(encoding="utf-8").splitlines()
        torch = next(line for line in pinned if line.startswith("torch==")).partition(";")[0]
        small = ["--index-url", CPU_INDEX, "--retries", "0", "--timeout", "15", "--no-deps", torch]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *small])  # else it comes with the others
    files = [part for name in FILES for part in ("-r", notebooks.ROOT / name)]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *files], check=True)
    book = ["--quiet", "--no-deps", "--editable", notebooks.ROOT]  # marks ask the book's own checkers
    subprocess.run([python, "-m", "pip", "install", *book], check=True)
    if not (VENV / "node_modules" / ".bin" / PROXY.partition("@")[0]).exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", VENV, PROXY], check=True)
    return python


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "-k", metavar="WORD", help="only the checks with this word in their names, such as hub"
    )
    word = parser.parse_args().k
    if sys.platform != "linux" or os.geteuid() != 0:
        parser.error("a hub starts servers for other accounts: run it on Linux, as root")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env |= notebooks.ONE_THREAD | {"PATH": f"{VENV / 'bin'}{os.pathsep}{env['PATH']}"}
    command = [ensure(), "-m", "pytest", "-s", "-p", "no:cacheprovider", "teach/checks"] + (
        ["-k", word] if word else []
    )
    return subprocess.run(command, cwd=notebooks.ROOT, env=env).returncode


if __name__ == "__main__":
    sys.exit(main())
