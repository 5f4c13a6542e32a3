"""A chapter opened alone, as Colab opens it: an empty folder, Colab's library versions, no book in sight.

The environment is made once in .venv-colab; the book is fetched from a bare clone of the tree as it stands.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from authoring import setup_lines

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv-colab"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# What Colab offered in August 2026, without torch; its Python is 3.13, here it is the book's.
COLAB = [
    "numpy==2.1.3",
    "matplotlib==3.10.0",
    "ipython==7.34.0",
    "ipykernel==6.17.1",
    "ipython_genutils==0.2.0",
]
# By itself: what else it would bring is for the page, not for the kernel.
WIDGETS = "ipywidgets==7.7.1"
CHAPTERS = {path.name: path for path in sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))}
CHAPTERS.pop("10_lenet_and_transfer_learning.ipynb", None)  # needs torch
RUNNER = "from nbclient.cli import main; main()"  # `jupyter execute`


@pytest.fixture(scope="session")
def colab():
    """Make the environment where it is not there, and leave out tqdm, so that something is missing."""
    stamp = ENVIRONMENT / "made.json"
    wanted = json.dumps([COLAB, WIDGETS, sys.version])
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *COLAB], check=True)
        subprocess.run([*pip, "--no-deps", WIDGETS], check=True)
        stamp.write_text(wanted)
    subprocess.run([PYTHON, "-m", "pip", "uninstall", "--quiet", "--yes", "tqdm"], check=True)


def working_tree():
    """Return the files of the book as they stand, committed or not."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """Return the address of a repository whose one commit is the tree as it stands."""
    folder = tmp_path_factory.mktemp("source")
    for name in working_tree():
        (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "tree" / name)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x", "-c", "init.defaultBranch=main"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run([*git, *command], cwd=folder / "tree", check=True)
    subprocess.run([*git, "clone", "--quiet", "--bare", "tree", "bare.git"], cwd=folder, check=True)
    return f"file://{folder / 'bare.git'}"


def surroundings(**more):
    """Return environment variables that lead nowhere near this copy of the book."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONPATH", "VIRTUAL_ENV", "BOOK_SOURCE")
    }
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {"GIT_TERMINAL_PROMPT": "0"} | more


def setup(folder, repository="", then="import helpers; print('at', helpers.__file__)", **env):
    """Run the setup lines in a folder, in Colab's Python."""
    code = f"{setup_lines.lines(repository)}\n{then}"
    return subprocess.run(
        [PYTHON, "-c", code], cwd=folder, env=surroundings(**env), capture_output=True, text=True, timeout=120
    )


def installed():
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "freeze", "--all"], capture_output=True, text=True, check=True
    )
    return set(listed.stdout.split())


@pytest.fixture(scope="session")
def opened(colab, source, tmp_path_factory):
    """Open a chapter alone for the first time: return (folder, what was installed before, the run)."""
    folder, before = tmp_path_factory.mktemp("alone"), installed()
    return folder, before, setup(folder, BOOK_SOURCE=source)


def test_the_book_is_fetched_and_only_what_is_missing_installed(opened):
    folder, before, run = opened
    assert run.returncode == 0, run.stderr
    assert f"at {folder / 'cnn-book/helpers'}" in run.stdout
    assert [path.name for path in folder.iterdir()] == ["cnn-book"]
    after = installed()
    assert before <= after  # NumPy, ipywidgets and all others at their versions
    assert {package.split("==")[0] for package in after - before} == {"tqdm"}


@pytest.mark.parametrize("needed, allowed", [("2.0", True), ("9.9", False)])
def test_no_missing_package_brings_another_numpy(colab, tmp_path, needed, allowed):
    for name, version, more in (("wanted", "1.0", f"Requires-Dist: numpy>={needed}\n"), ("numpy", "9.9", "")):
        with zipfile.ZipFile(tmp_path / f"{name}-{version}-py3-none-any.whl", "w") as file:
            info = f"{name}-{version}.dist-info"
            said = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}"
            file.writestr(f"{info}/METADATA", said)
            file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n")
            file.writestr(f"{info}/RECORD", "")
    code = "import pathlib, runpy, sys; tool = runpy.run_path(sys.argv[1], run_name='tool'); "
    code += "tool['install'](pathlib.Path(sys.argv[2]), ['wanted'])"
    links = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    command = [PYTHON, "-c", code, ROOT / "tools/opened_alone.py", ROOT]
    run = subprocess.run(command, env=surroundings(**links), capture_output=True, text=True)
    assert (run.returncode == 0) == allowed, run.stderr
    assert allowed or "The book needs wanted; pip said:" in run.stderr


def test_a_second_time_nothing_is_fetched_or_installed(opened, source):
    folder, *_ = opened
    after = installed()
    run = setup(folder, BOOK_SOURCE="/nowhere", PIP_NO_INDEX="1")
    assert run.returncode == 0 and f"at {folder / 'cnn-book/helpers'}" in run.stdout, run.stderr
    assert "Installing" not in run.stdout and installed() == after


def test_the_generated_address_serves_where_no_variable_is_set(opened, source, tmp_path):
    run = setup(tmp_path, repository=source)
    assert run.returncode == 0 and f"at {tmp_path / 'cnn-book/helpers'}" in run.stdout, run.stderr


def test_inside_a_copy_that_is_not_installed_nothing_is_fetched(opened):
    folder, *_ = opened
    for inside in ("chapters", "chapters/solutions"):
        place = folder / "cnn-book" / inside
        place.mkdir(exist_ok=True)
        run = setup(place, BOOK_SOURCE="/nowhere")
        assert run.returncode == 0 and f"at {folder / 'cnn-book/helpers'}" in run.stdout, run.stderr
        assert not (place / "cnn-book").exists()


@pytest.mark.parametrize(
    "env, words",
    [
        ({}, "No book at ''"),
        ({"BOOK_SOURCE": "/nowhere/book.git"}, "'/nowhere/book.git' does not exist"),
        ({"BOOK_SOURCE": "https://localhost:9/book.git"}, "unable to access"),
        ({"PATH": "/nowhere"}, "git"),
    ],
    ids=["no address", "wrong address", "no network", "no git"],
)
def test_a_book_that_cannot_be_fetched_is_explained_and_leaves_nothing(colab, tmp_path, env, words):
    run = setup(tmp_path, **env)
    error = run.stderr.strip().splitlines()[
        run.stderr.count("\n", 0, run.stderr.index("ModuleNotFoundError")) :
    ]
    assert words in " ".join(error) and "Set BOOK_SOURCE to its address" in error[-1], run.stderr
    assert not any(tmp_path.iterdir())


def test_a_fetch_that_was_cut_off_is_not_taken_for_the_book(opened, source, tmp_path):
    (tmp_path / "cnn-book.123/helpers").mkdir(parents=True)
    os.utime(tmp_path / "cnn-book.123", (0, 0))
    run = setup(tmp_path, BOOK_SOURCE=source)
    assert run.returncode == 0, run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cnn-book"]


def test_the_lines_are_short():
    written = setup_lines.lines("https://example.org/someone/book").splitlines()
    assert len(written) <= 15 and max(map(len, written)) <= 110


@pytest.mark.parametrize(("own", "threads"), [("", "1"), ("3", "3")])
def test_numpy_keeps_to_one_thread_unless_told_otherwise(own, threads):
    """Two threads beside another busy program made chapter 9 several times as slow."""
    env = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    env |= {"OPENBLAS_NUM_THREADS": own} if own else {}
    code = setup_lines.lines("") + "print(os.environ['OPENBLAS_NUM_THREADS'])"
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == threads


@pytest.fixture(scope="session")
def runs(opened, source, tmp_path_factory):
    """Run the chapters, each alone in a folder of its own; return name -> (exit status, words) to come."""
    kernels = tmp_path_factory.mktemp("jupyter")
    spec = kernels / "kernels/colab/kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "Colab", "language": "python"}))
    env = surroundings(BOOK_SOURCE=source, JUPYTER_PATH=str(kernels), IPYTHONDIR=str(kernels / "ipython"))

    def run(name):
        folder = tmp_path_factory.mktemp(f"chapter{name[:2]}_")
        shutil.copy(CHAPTERS[name], folder)
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, "--kernel_name=colab", name],
            cwd=folder, env=env, capture_output=True, text=True,
        )  # fmt: skip
        fetched = (folder / "cnn-book/helpers/__init__.py").exists()
        return done.returncode or (not fetched), done.stdout + done.stderr

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {name: pool.submit(run, name) for name in CHAPTERS}


def test_there_are_chapters():
    assert {name[:2] for name in CHAPTERS} >= {"01", "02", "03"}


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_runs_alone(runs, name):
    status, said = runs[name].result()
    assert status == 0, said[-5000:]
