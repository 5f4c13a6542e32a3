"""The two commands of the README on machines that are not ready for them: what they say, how they recover.

Everything happens in a small project with the book's own Makefile and tools, but a package of its own
instead of a gigabyte of others.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from authoring import testing
from tools import book, environment

ROOT = Path(__file__).resolve().parents[1]

BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small_book-0.1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        info = "small_book-0.1.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: small-book\\nVersion: 0.1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\nRoot-Is-Purelib: true\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "small-book"
version = "0.1"
[tool.setuptools]
packages = []
"""
# Stands in for JupyterLab: says what it was started with.
LAB = "import os, sys\nprint('LAB', sys.argv[1:], os.environ['JUPYTERLAB_WORKSPACES_DIR'])\n"


def wheel(folder, name, version, **modules):
    """Write a wheel with these modules, name -> source, into a folder."""
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        for module, source in modules.items():
            file.writestr(f"{name}/{module}.py", source)
        info = f"{name}-{version}.dist-info"
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n")
        file.writestr(f"{info}/RECORD", "")


class Project:
    """A folder with the book's Makefile and tools, where commands are run as a reader runs them."""

    def __init__(self, folder):
        self.folder, self.links = folder / "book", folder / "links"
        (self.folder / "tools").mkdir(parents=True)
        (self.folder / "chapters").mkdir()
        (self.folder / "chapters/index.ipynb").write_text("{}")
        self.links.mkdir()
        shutil.copy(ROOT / "Makefile", self.folder)
        for name in ("book.py", "environment.py"):
            shutil.copy(ROOT / "tools" / name, self.folder / "tools")
        (self.folder / "pyproject.toml").write_text(PROJECT)
        (self.folder / "backend.py").write_text(BACKEND)
        (self.folder / "requirements.txt").write_text("jupyterlab==1.0\n")
        (self.folder / "requirements-test.txt").write_text("")
        for version in ("1.0", "2.0"):
            wheel(self.links, "jupyterlab", version, __init__="", __main__=LAB)
        # A make that runs these tests hands its own arguments down by MAKEFLAGS.
        self.env = {
            key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "MAKE", "MFLAGS"))
        }
        self.env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.links)}
        self.venv = self.folder / ".venv"

    def run(self, *command, **env):
        done = subprocess.run(
            command, cwd=self.folder, env=self.env | env, capture_output=True, text=True, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    def make(self, *arguments, **env):
        return self.run("make", *arguments, f"PYTHON={sys.executable}", **env)

    def versions(self):
        """Return package-version of what is installed."""
        found = self.venv.glob("lib/python*/site-packages/*.dist-info")
        return {path.name.removesuffix(".dist-info") for path in found}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A project that is set up."""
    project = Project(tmp_path_factory.mktemp("ready"))
    status, said = project.make("setup")
    assert status == 0, said
    return project


def test_first_call_sets_up_and_the_second_starts_at_once(project):
    status, said = project.make("lab", "ARGS=--no-browser --port 8899")
    assert status == 0, said
    assert re.search(r"Setting up .* up to \d+ MB to download, [\d.]+ GB on disk", said)
    started = next(line for line in said.splitlines() if line.startswith("LAB"))
    assert "'--no-browser', '--port', '8899'" in started
    assert "default_url=/lab/tree/chapters/index.ipynb" in started
    assert f"root_dir={project.folder}" in started
    assert started.endswith(str(project.folder / ".book/workspaces"))  # not the reader's own
    assert (project.venv / "share/jupyter/lab/settings/overrides.json").exists()

    status, said = project.make("lab", PIP_FIND_LINKS="")  # nothing to be had, and nothing needed
    assert status == 0 and "Setting up" not in said and "LAB" in said

    (project.folder / "requirements.txt").write_text("jupyterlab==2.0\n")  # a new version of the book
    (project.venv / "kept").touch()
    status, said = project.make("lab")
    assert status == 0 and "Setting up" in said
    assert "jupyterlab-2.0" in project.versions() and "jupyterlab-1.0" not in project.versions()
    assert (project.venv / "kept").exists()  # brought up to date, not made again


def test_without_network_it_says_so_and_the_next_call_goes_on(project):
    nowhere = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    status, said = project.make("setup", PIP_FIND_LINKS="", **nowhere)
    assert status != 0
    assert "connected to the network?" in said and "run the same command again" in said
    assert "Traceback" not in said
    (project.venv / "kept").touch()
    status, said = project.make("setup")
    assert status == 0 and "ready" in said
    assert (project.venv / "kept").exists()


def test_an_interrupted_environment_is_made_again(ready):
    (ready.venv / "book-unfinished").touch()
    (ready.venv / "lost").touch()
    status, said = ready.make("setup")
    assert status == 0 and "half-made" in said
    assert "jupyterlab-1.0" in ready.versions() and not (ready.venv / "lost").exists()
    assert not (ready.venv / "book-unfinished").exists()


def test_an_environment_whose_python_is_gone_is_made_again(project):
    (project.venv / "bin").mkdir(parents=True)
    (project.venv / "bin/python").symlink_to("/nowhere/python3")
    status, said = project.make("setup")
    assert status == 0 and "half-made or broken" in said
    assert "jupyterlab-1.0" in project.versions()


def test_an_environment_made_by_hand_is_completed(project):
    assert project.run(sys.executable, "-m", "venv", "--without-pip", ".venv")[0] == 0
    (project.venv / "kept").touch()
    status, said = project.make("setup")
    assert status == 0 and "half-made" not in said
    assert "jupyterlab-1.0" in project.versions() and (project.venv / "kept").exists()


def pretending(version, arguments):
    """Return a command that runs book.py as a Python of another version would."""
    code = f"import runpy, sys; sys.version_info = {version}; sys.argv[1:] = {arguments}; "
    code += "runpy.run_path('tools/book.py', run_name='__main__')"
    return [sys.executable, "-c", code]


def test_an_old_python_is_named_with_the_remedy(project, tmp_path):
    (tmp_path / "empty").mkdir()
    status, said = project.run(*pretending((3, 8, 10), ["lab"]), PATH=str(tmp_path / "empty"))
    assert status == 1
    assert "needs Python 3.11 or newer. This is Python 3.8" in said and sys.executable in said
    assert "apt install" in said and "winget" in said and "brew" in said
    assert not project.venv.exists()


def test_an_old_python_hands_over_to_a_newer_one(project, tmp_path):
    name = f"python3.{sys.version_info[1]}"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / name).symlink_to(sys.executable)
    (tmp_path / "bin/python3.13").write_text("#!/bin/sh\nexit 1\n")  # there, but broken
    (tmp_path / "bin/python3.13").chmod(0o755)
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    status, said = project.run(*pretending((3, 8, 10), ["clean"]), PATH=path)
    assert status == 0, said


def test_no_python_at_all(project, tmp_path):
    (tmp_path / "empty").mkdir()
    status, said = project.run(shutil.which("make"), "lab", PATH=str(tmp_path / "empty"))
    assert status != 0 and "No Python was found" in said and "3.11" in said


def test_old_pythons_can_read_the_front_door():
    ast.parse((ROOT / "tools/book.py").read_text(), feature_version=(3, 6))


def test_debian_without_venv_is_told_which_package(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "UNFINISHED", tmp_path / ".venv/book-unfinished")
    said = "The virtual environment was not created successfully because ensurepip is not available."
    monkeypatch.setattr(
        environment.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, said, "")
    )
    with pytest.raises(environment.SetupError, match=r"apt install python3\.\d+-venv"):
        environment.make_venv()


@pytest.fixture
def pip_calls(monkeypatch, tmp_path):
    """Record what is asked of pip; ``answers`` are its exit statuses, 0 when used up."""
    calls, answers = [], []
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "UNFINISHED", tmp_path / "book-unfinished")
    monkeypatch.setattr(environment.sys, "platform", "linux")
    environment.UNFINISHED.touch()

    def pip(*arguments):
        calls.append(arguments)
        return (answers.pop(0) if answers else 0), "No matching distribution found for torch==2.13.0"

    monkeypatch.setattr(environment, "pip", pip)
    return calls, answers


def test_linux_tries_the_cpu_build_of_pytorch_first(pip_calls):
    calls, _ = pip_calls
    environment.install("reading")
    first, second = calls
    assert first[:2] == ("--index-url", "https://download.pytorch.org/whl/cpu")
    assert "--no-deps" in first and first[-1] == environment.torch_requirement()
    assert first[first.index("--retries") + 1] == "0"
    assert "--index-url" not in second and str(ROOT / "requirements.txt") in second


def test_without_the_cpu_index_the_plain_build_is_taken(pip_calls, capsys):
    calls, answers = pip_calls
    answers[:] = [1, 0]
    environment.install("reading")
    assert len(calls) == 2 and "did not answer" in capsys.readouterr().out


def test_installed_pytorch_is_not_fetched_again(pip_calls, tmp_path):
    calls, _ = pip_calls
    name = environment.torch_requirement().replace("==", "-")
    (tmp_path / f"lib/python3.11/site-packages/{name}+cpu.dist-info").mkdir(parents=True)
    environment.install("testing")
    assert len(calls) == 1


def test_a_failed_install_can_be_tried_again(pip_calls):
    _, answers = pip_calls
    answers[:] = [1, 1]
    with pytest.raises(environment.SetupError, match="no torch==2.13.0 for Python"):
        environment.install("reading")
    assert not environment.UNFINISHED.exists()  # pip leaves the environment whole


@pytest.mark.parametrize(
    "said, expected",
    [
        (
            "WARNING: Retrying ... NewConnectionError(...)\nERROR: No matching distribution found for x",
            "network",
        ),
        ("ERROR: No matching distribution found for numpy==2.4.6", "no numpy==2.4.6 for Python"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: metadata-generation-failed", "pip's own words"),
    ],
)
def test_pips_failures_in_the_readers_words(said, expected):
    assert expected in environment.reason(said)


def test_clean_removes_what_was_made_and_nothing_else(project):
    for folder in (".venv-other", "helpers/__pycache__", "build", ".book"):
        (project.folder / folder).mkdir(parents=True)
    before = sorted(path.name for path in project.folder.glob("*"))
    status, said = project.make("clean")
    assert status == 0 and "removing .venv-other" in said
    left = sorted(path.name for path in project.folder.glob("*"))
    assert set(before) - set(left) == {".venv-other", ".book", "build"}
    assert (project.folder / "helpers").exists() and not (project.folder / "helpers/__pycache__").exists()


def test_help_lists_every_command(project):
    makefile = (ROOT / "Makefile").read_text()
    commands = re.search(r"^COMMANDS := (.+)$", makefile, re.M)[1].split()
    listed = re.findall(r"^make (\w+)", book.HELP, re.M)
    assert set(listed) | {"help"} == set(commands)
    status, said = project.make()
    assert status == 0 and said.strip() == book.HELP.strip()


def test_run_passes_command_and_exit_status(ready):
    status, said = ready.make("run", 'ARGS=python -c "import sys; print(sys.prefix); sys.exit(3)"')
    assert status != 0 and str(ready.venv) in said and "Error 3" in said


def test_every_step_is_run_and_one_failure_fails_all(monkeypatch, capsys):
    ran = []
    steps = {"first": lambda: ran.append("first") or 1, "second": lambda: ran.append("second") or 0}
    monkeypatch.setattr(testing, "STEPS", steps)
    assert testing.everything() == 1 and ran == ["first", "second"]
    assert "Failed, see above: first." in capsys.readouterr().out
    monkeypatch.setattr(testing, "STEPS", {"second": steps["second"]})
    assert testing.everything() == 0 and "All passed: second." in capsys.readouterr().out


def test_no_notebook_is_a_failure(monkeypatch):
    monkeypatch.setattr(testing.notebooks, "all_notebooks", lambda: [])
    assert testing.all_notebooks() == 1
