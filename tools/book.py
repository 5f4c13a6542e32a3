"""The book's front door: makes what is needed in ``.venv``, then opens, tests or refreshes the book.

    python3 tools/book.py lab         (Windows: py tools/book.py lab)

It needs Python's own library only. Pythons that are too old read this file too, to say that they are,
so nothing newer than Python 3.6 may be written here.
"""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 13)
COMMANDS = (
    "lab test setup refresh check publish site slides pdf film quizzes assignments class "
    "bench memory mutate claims budgets determinism lint format run clean"
).split()
BENCHES = "operations training explorers chapters".split()
NAMED = (
    "garments variants transfer checkers classroom".split()
)  # run for minutes; only when they are asked for
MODULES = {
    "refresh": "authoring.refresh",
    "check": "authoring.check",
    "publish": "authoring.publish",
    "site": "authoring.site",
    "slides": "authoring.slides",
    "pdf": "authoring.site.pdf",
    "film": "authoring.site.film",
    "quizzes": "authoring.teaching.quizzes",
    "assignments": "authoring.teaching.assignments",
    "class": "authoring.teaching.classroom",
    "memory": "authoring.bench.memory",
    **{name: f"authoring.trust.{name}" for name in ("mutate", "claims", "budgets", "determinism")},
}

HELP = """\
make lab        open the book in JupyterLab, at its table of contents
make test       run every test: style, units, browser, notebooks
                make test ARGS="tests/test_conv.py -x" runs only that, with pytest

make refresh    build the notebooks from their texts and run them (ARGS=03 for one chapter)
make check      in seconds: what is out of step or against the book's rules (ARGS=03 for one chapter)
make publish    ADDRESS=https://github.com/owner/book writes that address into all that is launched from it
make site       the web edition in build/site, and a zip; ARGS=--open shows it, ARGS=--check goes over it
make pdf        the same pages as one PDF, build/cnn-book.pdf (with Chromium)
make film       the moving picture at the top of the README
make lint       only the checks of style and spelling
make format     put the code into the book's style
make bench      measure operations, training, explorers and chapters (ARGS=explorers for one of them);
                ARGS=garments, variants, transfer: numbers the chapters store;
                checkers: what the exercises name; classroom: what a student costs a server
make memory     run each chapter under the 1.5 GB that Binder can spare (ARGS=10 for one of them)

make quizzes      the quizzes for Moodle and, as QTI 2.1, for others (ARGS=03 for one chapter)
make assignments  the exercises as assignments for nbgrader (ARGS=03 for one chapter)
make slides       a deck of slides for each chapter, in build/site/slides; ARGS=--check looks at each of them
make class        try JupyterHub, nbgrader and QTI in an environment of its own (Linux, as root)

make mutate       plant faults in a copy of the book and name the test that catches each
make claims       train what the chapters claim with twenty other seeds (ARGS=list says what there is)
make budgets      seconds and memory of chapters, explorers and tests, against the recorded ones
make determinism  run the chapters on other threads, processors and versions (ARGS=03 for one of them)

make setup      only make .venv (make lab and make test do it themselves)
make run        a command in the book's environment: make run ARGS="jupyter --version"
make clean      remove .venv and everything else that was generated

Without make, on any system:  python3 tools/book.py lab   (Windows: py tools/book.py lab)
The first call makes .venv, later ones start at once. Options follow: make lab ARGS="--port 8899".
"""


def installed_python():
    """Return the path of another Python of a version the book is tested on, newest first, or None."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        version = f"3.{minor}"
        candidates = [["py", f"-{version}"]] if os.name == "nt" else [[f"python{version}"]]
        for candidate in candidates:
            if shutil.which(candidate[0]) is None:
                continue
            asked = [*candidate, "-c", "import sys; print(sys.executable, *sys.version_info[:2], sep='|')"]
            try:
                answer = subprocess.check_output(asked, stderr=subprocess.DEVNULL).decode().strip()
            except (OSError, subprocess.CalledProcessError):
                continue
            path, _, found = answer.partition("|")
            if found == f"3|{minor}":
                return path
    return None


def too_old():
    """Return what to tell the owner of a Python that is too old."""
    return (
        f"The book needs Python {OLDEST[0]}.{OLDEST[1]} or newer. This is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable}), and no newer one was found.\n"
        "Get one from https://www.python.org/downloads/, or:\n"
        "  Debian, Ubuntu   sudo apt install python3 python3-venv\n"
        "  macOS            brew install python@3.13\n"
        "  Windows          winget install Python.Python.3.13\n"
        "Then run the same command again. A Python in an unusual place: make lab PYTHON=/path/to/python3"
    )


def run(command, env):
    """Run a command in the book's folder and return its exit status; Ctrl-C is the command's to answer."""
    import signal

    process = subprocess.Popen(command, cwd=ROOT, env=env)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def in_environment(python, command, env):
    """Run any command with the programs of ``.venv`` first."""
    programs = os.path.dirname(python)
    env["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
    env["VIRTUAL_ENV"] = os.path.dirname(programs)
    if not command:
        print('Which command? make run ARGS="jupyter --version"', file=sys.stderr)
        return 2
    found = shutil.which(command[0], path=env["PATH"])
    if found is None:
        print(f"{command[0]}: no such program", file=sys.stderr)
        return 127
    return run([found, *command[1:]], env)


def act(name, options):
    """Do what a command says and return the exit status."""
    from tools import environment, lab, surroundings

    if name == "clean":
        return environment.clean()
    python = str(environment.ensure("reading" if name == "lab" else "testing"))
    if name == "setup":
        print("The book is ready: make lab, make test.")
        return 0
    if name == "lab":
        if not os.path.exists(os.path.join(ROOT, lab.INDEX)):
            print(f"{lab.INDEX} is missing: is this a complete copy of the book?", file=sys.stderr)
            return 1
        return run(lab.command(python, options), lab.variables())
    env = surroundings.variables()
    if name == "run":
        return in_environment(python, options, env)
    if name in MODULES:
        return run([python, "-m", MODULES[name], *options], env)
    if name == "bench":
        parts = BENCHES
        if options and options[0] in BENCHES + NAMED:
            parts, options = [options[0]], options[1:]
        return max(run([python, "-m", f"authoring.bench.{part}", *options], env) for part in parts)
    return run([python, "-m", "authoring.testing", name, *options], env)  # test, lint, format


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        asked = arguments and arguments[0] in ("help", "-h", "--help")
        print(HELP if asked or not arguments else f"{arguments[0]}: no such command\n\n{HELP}", end="")
        return 0 if asked else 2
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        other = installed_python()
        if other:
            return run([other, os.path.abspath(__file__), *arguments], os.environ)
        if sys.version_info[:2] < OLDEST:
            print(too_old(), file=sys.stderr)
            return 1
    sys.path.insert(0, ROOT)  # python -I would not look here
    from tools import environment, reasons

    try:
        return act(arguments[0], arguments[1:])
    except environment.SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:  # a full disk, a folder that may not be written
        print(f"\n{error}\n{reasons.explain(str(error)) or reasons.AGAIN}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again when you like.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
