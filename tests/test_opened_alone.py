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

import nbformat
import pytest

from authoring import again, setup_lines

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv-colab"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# What Colab offered in August 2026, without torch; its Python is 3.13, here it is the book's.
COLAB = [
    "numpy==2.1.3",
    "matplotlib==3.10.0",
    "ipython==7.34.0",
    "ipykernel==6.17.1",
    "ipywidgets==7.7.1",
]
# What the book needs and Colab lacks, with what that brings along.
MISSING = {"tqdm", "anywidget", "psygnal"}
CHAPTERS = {path.name: path for path in sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))}
CHAPTERS.pop("10_lenet_and_transfer_learning.ipynb", None)  # needs torch
RUNNER = "from nbclient.cli import main; main()"  # `jupyter execute`
# Chapters that train do so briefly here, without their asserts: all calls are made; `make test` has executed
# them in full, with what they find.
TRAINING = ("01", "06")


@pytest.fixture(scope="session")
def colab():
    """Make the environment where it is not there, and leave out what Colab lacks."""
    stamp = ENVIRONMENT / "made.json"
    wanted = json.dumps([COLAB, sys.version])
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *COLAB], check=True)
        stamp.write_text(wanted)
    subprocess.run([PYTHON, "-m", "pip", "uninstall", "--quiet", "--yes", *MISSING], check=True)


@pytest.fixture(scope="session")
def git():
    """Return a function that runs Git in a folder, without what the owner of this machine has set."""
    if not shutil.which("git"):
        pytest.skip("git is not installed, and without it no chapter alone can fetch the book")
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    options = ["-c", "user.name=x", "-c", "user.email=x@x", "-c", "init.defaultBranch=main"]

    def run(folder, *command):
        subprocess.run(["git", *options, *command], cwd=folder, env=env, check=True, capture_output=True)

    return run


def published(git, tree):
    """Return the address of a repository whose one commit is this tree, but for what its .gitignore names."""
    for command in (["init"], ["add", "--all"], ["commit", "--message", "x"]):
        git(tree, *command)
    git(tree.parent, "clone", "--bare", tree.name, "bare.git")
    return f"file://{tree.parent / 'bare.git'}"


@pytest.fixture(scope="session")
def source(git, tmp_path_factory):
    """Return the address of the book as it stands, which may itself lie in a repository or in none."""
    tree = tmp_path_factory.mktemp("source") / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv*", "cnn-book*"))
    return published(git, tree)


def surroundings(**more):
    """Return environment variables that lead nowhere near this copy of the book."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONPATH", "VIRTUAL_ENV", "BOOK_SOURCE") and not key.startswith("GIT_")
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
    assert {package.split("==")[0] for package in after - before} == MISSING


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
        ({}, "No book fetched from ''"),
        ({"BOOK_SOURCE": "/nowhere/book.git"}, "'/nowhere/book.git' does not exist"),
        ({"BOOK_SOURCE": "https://localhost:9/book.git"}, "unable to access"),
        ({"PATH": "/nowhere"}, "git"),
    ],
    ids=["no address", "wrong address", "no network", "no git"],
)
def test_a_book_that_cannot_be_fetched_is_explained_and_leaves_nothing(request, tmp_path, env, words):
    if "PATH" not in env:
        request.getfixturevalue("git")
    run = alone(tmp_path, **env)
    error = run.stderr[run.stderr.index("ModuleNotFoundError") :]
    assert words in error and f"into {tmp_path}" in error, run.stderr
    assert "Set BOOK_SOURCE to another address, or take a folder that you can write" in error
    assert not any(tmp_path.iterdir())


def test_a_fetch_that_was_cut_off_is_not_taken_for_the_book(opened, source, tmp_path):
    (tmp_path / "cnn-book.123/helpers").mkdir(parents=True)
    os.utime(tmp_path / "cnn-book.123", (0, 0))
    run = setup(tmp_path, BOOK_SOURCE=source)
    assert run.returncode == 0, run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cnn-book"]


def test_the_lines_are_short():
    written = setup_lines.lines("https://example.org/someone/book").splitlines()
    assert len(written) <= 16 and max(map(len, written)) <= 110


# --- a small book, without packages, which a bare Python opens


def book(folder, dependencies=()):
    """Make a book of one line: its `helpers` says whose it is."""
    (folder / "helpers").mkdir(parents=True)
    (folder / "helpers/__init__.py").write_text("OWNER = 'the book'")
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").write_text(f"[project]\ndependencies = {list(dependencies)}\n")
    return folder


def alone(folder, before="", then="import helpers; print(helpers.OWNER)", repository="", **env):
    """Run the setup lines in a folder, by a Python that finds nothing but its own library."""
    code = f"{before}\n{setup_lines.lines(repository)}\n{then}"
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env=surroundings(**env),
        capture_output=True,
        text=True,
    )


def module(folder):
    (folder / "helpers.py").write_text("OWNER = 'another'")


def package(folder):
    (folder / "helpers").mkdir()
    (folder / "helpers/__init__.py").write_text("OWNER = 'another'")


def empty_folder(folder):
    (folder / "helpers").mkdir()


@pytest.mark.parametrize("where", ["installed", "beside", "above", "two above"])
@pytest.mark.parametrize("lies", ["beside", "above", "on the path", "imported"])
@pytest.mark.parametrize("other", [module, package, empty_folder])
def test_the_books_own_helpers_are_found_beside_others(tmp_path, other, lies, where):
    chapter = tmp_path / "above" / "chapter"
    path = tmp_path / "path"
    for folder in (chapter, path):
        folder.mkdir(parents=True)
    other({"beside": chapter, "above": tmp_path / "above"}.get(lies, path))
    name = {"beside": chapter / "cnn-book", "above": tmp_path / "above", "two above": tmp_path}.get(where)
    if where == "above" and lies == "above":
        chapter = chapter / "deeper"  # the book cannot lie in one folder with another `helpers`
        chapter.mkdir()
        name = tmp_path / "above/chapter"
    found = book(name or tmp_path / "elsewhere")
    paths = [str(path)] + ([str(found)] if where == "installed" else [])
    before = "import helpers" if lies == "imported" else ""
    run = alone(chapter, before, PYTHONPATH=os.pathsep.join(paths), BOOK_SOURCE="/nowhere")
    assert run.stdout == "the book\n", run.stderr


@pytest.mark.parametrize("other", [module, package, empty_folder])
def test_a_book_is_fetched_where_only_another_helpers_is(git, tmp_path, other):
    (tmp_path / "chapter").mkdir()
    other(tmp_path / "chapter")
    address = published(git, book(tmp_path / "tree"))
    run = alone(tmp_path / "chapter", BOOK_SOURCE=address)
    assert run.stdout == "the book\n", run.stderr
    assert alone(tmp_path / "chapter", BOOK_SOURCE="/nowhere").stdout == "the book\n"


def test_the_setup_cell_can_be_run_again(tmp_path):
    """And what was imported stays the same module."""
    book(tmp_path)
    again = "import helpers as first\n" + setup_lines.lines("") + "\nimport helpers; print(helpers is first)"
    assert alone(tmp_path, then=again).stdout == "True\n"


def test_a_folder_that_has_the_books_name_is_left_alone(git, tmp_path):
    (tmp_path / "chapter/cnn-book").mkdir(parents=True)
    (tmp_path / "chapter/cnn-book/notes.txt").touch()
    run = alone(tmp_path / "chapter", BOOK_SOURCE=published(git, book(tmp_path / "tree")))
    assert "cnn-book is not this book: give it another name" in run.stderr
    assert [path.name for path in (tmp_path / "chapter").rglob("*")] == ["cnn-book", "notes.txt"]


def test_a_python_that_is_too_old_is_told_before_anything_is_fetched(git, tmp_path):
    (tmp_path / "chapter").mkdir()
    address = published(git, book(tmp_path / "tree"))
    run = alone(tmp_path / "chapter", "import sys; sys.version_info = (3, 10, 4)", BOOK_SOURCE=address)
    assert "RuntimeError: The book needs Python 3.11 or newer" in run.stderr
    assert not any((tmp_path / "chapter").iterdir())


@pytest.mark.parametrize("own, threads", [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_numpy_keeps_to_one_thread_unless_told_otherwise(tmp_path, own, threads):
    """Two threads beside another busy program made chapter 9 several times as slow."""
    before = "" if own else "import os; del os.environ['OPENBLAS_NUM_THREADS']"
    run = alone(book(tmp_path / "book"), before, "print(os.environ['OPENBLAS_NUM_THREADS'])", **own)
    assert run.stdout.strip() == threads, run.stderr


def test_packages_of_another_python_are_not_looked_at(tmp_path):
    other = tmp_path / "lib/python3.9/site-packages"
    other.mkdir(parents=True)
    (other / "tqdm.py").write_text("raise ImportError('of another Python')")
    then = "import importlib.util; print(importlib.util.find_spec('tqdm'))"
    run = alone(book(tmp_path / "book"), then=then, PYTHONPATH=str(other))
    assert run.stdout == "None\n", run.stderr


@pytest.mark.parametrize(
    "backend, kept",
    [
        ("module://backend_of_an_ide", False),
        ("module://no.such.backend", False),
        ("module://there", True),
        ("agg", True),
    ],
)
def test_a_backend_that_this_python_lacks_is_taken_back(tmp_path, backend, kept):
    (tmp_path / "there.py").touch()
    then = "print(os.environ['MPLBACKEND'])"
    run = alone(book(tmp_path / "book"), then=then, MPLBACKEND=backend, PYTHONPATH=str(tmp_path))
    assert run.stdout.strip() == (backend if kept else "module://matplotlib_inline.backend_inline"), (
        run.stderr
    )


@pytest.mark.parametrize(
    "pip, words",
    [
        ("", "tqdm: installed, but not where this Python looks; `pip config list` shows"),
        ("import sys; sys.exit('certificate verify failed: self-signed certificate')", "PIP_CERT"),
        ("import sys; sys.exit('something new')", "The book needs tqdm; pip said: something new"),
    ],
    ids=["elsewhere", "no certificate", "unknown"],
)
def test_a_package_that_does_not_come_is_explained(tmp_path, pip, words):
    """An empty folder of its name is no package."""
    for name in ("pip", "book/tqdm"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "pip/__init__.py").touch()
    (tmp_path / "pip/__main__.py").write_text(pip)
    run = alone(book(tmp_path / "book", ["tqdm"]), PYTHONPATH=str(tmp_path))
    assert "Installing tqdm" in run.stdout and words in run.stderr


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
        nb, brief = nbformat.read(CHAPTERS[name], as_version=4), {}
        if name[:2] in TRAINING:
            setup = next(i for i, cell in enumerate(nb.cells) if "setup" in cell.metadata.get("tags", ()))
            nb.cells.insert(setup + 1, nbformat.v4.new_code_cell(again.BRIEFLY))
            brief["PYTHONOPTIMIZE"] = "1"
        nbformat.write(nb, folder / name)
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, "--kernel_name=colab", name],
            cwd=folder, env=env | brief, capture_output=True, text=True,
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
