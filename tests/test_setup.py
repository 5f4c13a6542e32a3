"""The two commands of the README on machines that are not ready for them: what they say, how they recover.

Everything happens in a small project with the book's own Makefile and tools, but a package of its own
instead of a gigabyte of others.
"""

import ast
import errno
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from authoring import testing
from tools import book, environment, pip_install, reasons, windows

ROOT = Path(__file__).resolve().parents[1]
# Stands in for JupyterLab: says what it was started with.
LAB = """
import json, os, sys
import small
print("LAB", json.dumps({"arguments": sys.argv[1:], "path": sys.path, "env": dict(os.environ)}))
"""


def wheel(folder, name, version, requires=(), **modules):
    """Write a wheel with these modules, name -> source, into a folder."""
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        for module, source in modules.items():
            file.writestr(f"{name}/{module}.py", source)
        info = f"{name}-{version}.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {other}" for other in requires]
        file.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n")
        file.writestr(f"{info}/entry_points.txt", f"[console_scripts]\nsay-{name} = {name}:say\n")
        file.writestr(f"{info}/RECORD", "".join(f"{written},,\n" for written in file.namelist()))


class Project:
    """A folder with the book's Makefile and tools, where commands are run as a reader runs them.

    Its path has what paths have: a blank, brackets, a letter beyond ASCII.
    """

    def __init__(self, folder):
        self.folder, self.links = folder / "book [2] \u00fc", folder / "links"
        (self.folder / "chapters").mkdir(parents=True)
        (self.folder / "chapters/index.ipynb").write_text("{}")
        shutil.copy(ROOT / "Makefile", self.folder)
        shutil.copytree(ROOT / "tools", self.folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "requirements.txt").write_text("# what a reader needs\njupyterlab==1.0\n")
        (self.folder / "requirements-test.txt").write_text("")
        self.links.mkdir()
        say = "import sys\ndef say(): print(sys.executable)\n"
        wheel(self.links, "small", "3.1", __init__="")
        for version in ("1.0", "2.0"):
            wheel(self.links, "jupyterlab", version, ["small>=3"], __init__=say, __main__=LAB)
        # A make that runs these tests hands its own arguments down by MAKEFLAGS.
        self.env = {
            key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "MAKE", "MFLAGS"))
        }
        self.env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.links)}
        self.venv = self.folder / ".venv"

    @property
    def site(self):
        (found,) = self.venv.glob("lib/python*/site-packages")
        return found

    def run(self, *command, **env):
        done = subprocess.run(
            command, cwd=self.folder, env=self.env | env, capture_output=True, text=True, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    def make(self, *arguments, **env):
        return self.run("make", *arguments, f"PYTHON={sys.executable}", **env)

    def lab(self, *arguments, **env):
        """Open the lab; return what was said before it and what it was started with."""
        status, said = self.make("lab", *arguments, **env)
        assert status == 0, said
        before, _, started = said.partition("LAB ")
        return before, json.loads(started)

    def versions(self):
        """Return package-version of what is installed."""
        return {path.name.removesuffix(".dist-info") for path in self.site.glob("*.dist-info")}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="session")
def _ready(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("ready"))
    status, said = project.make("setup")
    assert status == 0, said
    return project


@pytest.fixture
def ready(_ready, project):
    """A project that is set up, and then was moved: a copy of one made elsewhere."""
    shutil.copytree(_ready.venv, project.venv, symlinks=True)
    return project


@pytest.fixture
def look(monkeypatch):
    """Return a function that looks into a project's environment."""

    def inside(project):
        monkeypatch.setattr(environment, "ROOT", project.folder)
        monkeypatch.setattr(environment, "VENV", project.venv)
        return environment.look("reading")

    return inside


NOTHING = {"PIP_FIND_LINKS": "", "PIP_NO_INDEX": "1"}  # nothing to be had from anywhere


def test_first_call_sets_up_and_the_second_starts_at_once(project):
    said, started = project.lab("ARGS=--no-browser --port 8899")
    assert re.search(r"Setting up .* up to \d+ MB to download, [\d.]+ GB on disk", said)
    assert started["arguments"][-3:] == ["--no-browser", "--port", "8899"]
    assert "--LabApp.default_url=/lab/tree/chapters/index.ipynb" in started["arguments"]
    assert f"--ServerApp.root_dir={project.folder}" in started["arguments"]
    assert (project.venv / "share/jupyter/lab/settings/overrides.json").exists()

    said, _ = project.lab(**NOTHING)
    assert said == ""

    (project.folder / "requirements.txt").write_text("jupyterlab==2.0\n")  # a new version of the book
    (project.venv / "kept").touch()
    said, _ = project.lab()
    assert "is completed: jupyterlab==2.0 is missing" in said
    assert {
        "jupyterlab-2.0",
        "small-3.1",
    } <= project.versions() and "jupyterlab-1.0" not in project.versions()
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


# --- an environment that only looks whole


def lose_package(project):
    shutil.rmtree(project.site / "small")


def lose_all_of_a_package(project):
    for path in project.site.glob("small*"):
        shutil.rmtree(path)


def lose_notes(project):  # as if pip had been stopped before it wrote them
    (project.site / "small-3.1.dist-info/RECORD").unlink()


def lose_end_of_notes(project):
    notes = project.site / "small-3.1.dist-info/RECORD"
    notes.write_bytes(notes.read_bytes()[:-20])


def lose_file(project):
    (project.site / "jupyterlab/__main__.py").unlink()


def lose_content(project):  # as after a power cut
    (project.site / "jupyterlab/__main__.py").write_bytes(b"")
    notes = project.site / "jupyterlab-1.0.dist-info/RECORD"
    notes.write_text(notes.read_text().replace("__main__.py,,", "__main__.py,sha256=x,99"))


def lose_program(project):
    (project.venv / "bin/say-jupyterlab").unlink()


def exchange(project, before, after):
    notes = project.site / f"{before}.dist-info"
    (notes / "RECORD").write_text((notes / "RECORD").read_text().replace(before, after))
    notes.rename(project.site / f"{after}.dist-info")


def exchange_version(project):
    exchange(project, "jupyterlab-1.0", "jupyterlab-2.0")


def exchange_dependency(project):
    exchange(project, "small-3.1", "small-2.0")


def stop_an_exchange(project):
    shutil.copytree(project.site / "small-3.1.dist-info", project.site / "small-3.0.dist-info")


@pytest.mark.parametrize(
    "lose, words",
    [
        (lambda project: None, ""),
        (lose_package, "small is damaged"),
        (lose_all_of_a_package, "small>=3 is missing"),
        (lose_notes, "small is damaged"),
        (lose_end_of_notes, "small is damaged"),
        (lose_file, "jupyterlab is damaged"),
        (lose_content, "jupyterlab is damaged"),
        (lose_program, "jupyterlab is damaged"),
        (exchange_version, "jupyterlab==1.0 is missing"),
        (exchange_dependency, "small>=3 is missing"),
        (stop_an_exchange, "small is damaged, small is damaged"),
    ],
)
def test_a_look_inside_finds_what_is_amiss(ready, look, lose, words):
    lose(ready)
    assert environment.amiss(look(ready)) == words


def test_all_that_is_amiss_is_brought_back_in_one_go(ready):
    (ready.venv / "kept").touch()
    for lose in (stop_an_exchange, lose_package, lose_program, lose_file):
        lose(ready)
    (ready.site / "~mall").mkdir()  # what pip had put aside
    said, _ = ready.lab()
    assert ".venv is completed: " in said
    assert {"jupyterlab-1.0", "small-3.1"} <= ready.versions() and "small-3.0" not in ready.versions()
    assert (ready.venv / "kept").exists() and not list(ready.site.glob("~*"))
    assert ready.lab(**NOTHING)[0] == ""


def another_version(project):  # the system's Python was exchanged for the next one
    config = project.venv / "pyvenv.cfg"
    config.write_text(re.sub(r"version = 3\.\d+", "version = 3.10", config.read_text()))


def no_python(project):
    for path in project.venv.glob("bin/python*"):
        path.unlink()
        path.symlink_to("/nowhere/python3")


def a_file(project):
    shutil.rmtree(project.venv)
    project.venv.touch()


def the_systems_python(project):  # a link to it is no environment
    shutil.rmtree(project.venv)
    (project.venv / "bin").mkdir(parents=True)
    base = os.path.join(sys.base_prefix, "bin", f"python3.{sys.version_info[1]}")
    (project.venv / "bin/python").symlink_to(base)


@pytest.mark.parametrize("spoil", [another_version, no_python, a_file, the_systems_python])
def test_a_look_inside_knows_what_is_of_no_use(ready, look, spoil):
    spoil(ready)
    assert look(ready) is None


@pytest.mark.parametrize("spoil", [no_python, a_file])
def test_an_environment_of_no_use_is_made_again(ready, spoil):
    spoil(ready)
    said, _ = ready.lab()
    assert "half-made or broken" in said
    assert {"jupyterlab-1.0", "small-3.1"} <= ready.versions()


def test_an_environment_that_lost_pip_is_made_again_when_pip_is_wanted(ready):
    shutil.rmtree(ready.site / "pip")
    lose_package(ready)
    said, _ = ready.lab()
    assert "half-made or broken" in said and "small-3.1" in ready.versions()


def test_an_environment_made_by_hand_is_completed(project):
    assert project.run(sys.executable, "-m", "venv", "--without-pip", ".venv")[0] == 0
    (project.venv / "kept").touch()
    status, said = project.make("setup")
    assert status == 0 and "half-made" not in said
    assert "jupyterlab-1.0" in project.versions() and (project.venv / "kept").exists()


def test_a_book_that_was_moved_needs_no_network(ready):
    """Its package is found in the new place, and so is the Python of its programs."""
    (ready.folder / "helpers.py").write_text("")
    said, started = ready.lab(**NOTHING)
    assert said == "" and str(ready.folder) in started["path"]
    status, said = ready.make("run", "ARGS=say-jupyterlab", **NOTHING)
    assert status == 0 and said.strip() == str(ready.venv / "bin/python")
    status, said = ready.make("run", "ARGS=pip --version")
    assert status == 0 and str(ready.site) in said


def test_a_link_serves_as_environment_and_is_never_replaced(project, tmp_path):
    elsewhere = tmp_path / "scratch"
    project.venv.symlink_to(elsewhere)  # to nothing as yet
    status, said = project.make("setup")
    assert status != 0 and f"is a link to {elsewhere}" in said and "Traceback" not in said
    elsewhere.mkdir()
    assert project.lab()[1]["path"] and (elsewhere / "pyvenv.cfg").exists()
    (elsewhere / "pyvenv.cfg").unlink()
    status, said = project.make("setup")
    assert status != 0 and "Make that folder, or empty it, or remove the link" in said
    assert (elsewhere / "bin").exists() and project.venv.is_symlink()


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_ignores_an_environment_that_is_a_link(tmp_path):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    (tmp_path / ".venv").symlink_to("/nowhere")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "check-ignore", "-q", ".venv"], cwd=tmp_path, check=True)


def test_the_environment_of_these_tests_is_whole():
    """A look into a real one: every package at its version, with all its files."""
    if sys.prefix == sys.base_prefix:
        pytest.skip("these tests run in no environment of their own")
    files = [ROOT / name for name in environment.FILES["testing"]]
    command = [sys.executable, "-I", ROOT / "tools/inside.py", sys.prefix, *files]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (found["missing"], found["damaged"]) == ([], [])


def test_what_pip_did_not_install_is_named(monkeypatch):
    """pip may say that all went well: only what is there counts."""
    empty = {"site": "/nowhere", "missing": ["numpy==1.0"], "damaged": []}
    monkeypatch.setattr(environment, "look", lambda purpose: empty)
    monkeypatch.setattr(environment, "make_venv", lambda found: None)
    monkeypatch.setattr(environment, "wait", lambda: None)
    monkeypatch.setattr(environment, "pip", lambda *arguments: None)
    with pytest.raises(environment.SetupError, match=r"Installed, yet numpy==1\.0 is missing"):
        environment.ensure("reading")


# --- settings that are meant for something else


def test_pips_settings_lead_nowhere_else_and_its_mirror_stays(project, tmp_path):
    for name in ("conf", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "conf/pip.conf").write_text(
        f"[global]\nno-index = true\nfind-links = {project.links}\nrequire-hashes = true\n"
        f"[install]\nprefix = {tmp_path / 'other'}\nno-deps = true\nignore-installed = true\n"
    )
    project.env = {key: value for key, value in project.env.items() if not key.startswith("PIP_")}
    led = {"PIP_TARGET": str(tmp_path / "other"), "PIP_ROOT": str(tmp_path / "other"), "PIP_USER": "1"}
    led |= {"PIP_DRY_RUN": "1", "PIP_NO_DEPENDENCIES": "1", "PIP_PYTHON": "/nowhere", "PIP_PRE": "1"}
    project.lab(PIP_CONFIG_FILE=str(tmp_path / "conf/pip.conf"), **led)
    assert {"jupyterlab-1.0", "small-3.1"} <= project.versions()
    assert not list((tmp_path / "other").iterdir())


def test_of_pips_settings_those_stay_that_say_where_packages_come_from(tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.school/simple\nextra-index-url =\n  https://a/b\n  https://c/d\n"
        "target = /elsewhere\n[install]\ntrusted-host = mirror.school\nno-deps = true\nproxy = http://file:1\n"
    )
    env = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    env |= {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_PROXY": "http://variable:2", "PIP_ROOT": "/x"}
    kept = pip_install.settings(sys.executable, env)
    assert kept["PIP_INDEX_URL"] == "https://mirror.school/simple"
    assert kept["PIP_EXTRA_INDEX_URL"].split() == ["https://a/b", "https://c/d"]
    assert kept["PIP_TRUSTED_HOST"] == "mirror.school" and kept["PIP_PROXY"] == "http://variable:2"
    assert not {"PIP_TARGET", "PIP_NO_DEPS", "PIP_ROOT"} & set(kept) and kept["PIP_CONFIG_FILE"] == os.devnull


def test_settings_for_another_python_do_not_reach_the_book(ready, tmp_path):
    """Packages of another Python, an IDE's backend; `enum` is what a package for old Pythons brought."""
    (tmp_path / "other").mkdir()
    for name in ("enum", "small", "tools"):
        (tmp_path / "other" / f"{name}.py").write_text("raise ImportError('of another Python')")
    other = {"PYTHONPATH": str(tmp_path / "other"), "PYTHONHOME": str(tmp_path), "PYTHONSAFEPATH": "1"}
    other |= {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "MPLBACKEND": "module://backend_interagg"}
    said, started = ready.lab(**other, **NOTHING)
    assert said == "" and str(tmp_path / "other") not in started["path"]
    assert not set(other) & set(started["env"])


@pytest.mark.parametrize("options", [["-I"], ["-P"], []])
def test_the_front_door_opens_however_python_is_started(ready, options):
    status, said = ready.run(sys.executable, *options, "tools/book.py", "lab", **NOTHING)
    assert status == 0 and said.startswith("LAB ")


# --- folders that may not be written, and what two windows share


@pytest.fixture
def other_window():
    """Return a function that holds a file of a project's, as another window does that is open."""
    opened = []

    def hold(project, name):
        code = "import sys; sys.path.insert(0, '.'); from pathlib import Path; from tools import locks; "
        code += f"print(locks.hold(Path('.book', {name!r})), flush=True); input()"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        opened.append(subprocess.Popen([sys.executable, "-c", code], cwd=project.folder, **pipes))
        assert opened[-1].stdout.readline() == "True\n"

    def close():  # in the hard way
        for window in opened:
            window.kill()
            window.communicate()

    hold.close = close
    yield hold
    close()


def test_each_window_has_tabs_of_its_own(ready, other_window):
    own = [str(ready.folder / ".book" / name) for name in ("workspaces", "workspaces-2")]
    assert ready.lab()[1]["env"]["JUPYTERLAB_WORKSPACES_DIR"] == own[0]
    other_window(ready, "workspaces.lock")
    assert ready.lab()[1]["env"]["JUPYTERLAB_WORKSPACES_DIR"] == own[1]
    other_window.close()
    assert ready.lab()[1]["env"]["JUPYTERLAB_WORKSPACES_DIR"] == own[0]


def test_two_windows_do_not_set_up_at_once(project, other_window):
    other_window(project, "setup.lock")
    command = ["make", "setup", f"PYTHON={sys.executable}"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    waiting = subprocess.Popen(command, cwd=project.folder, env=project.env, **pipes)
    assert "Another window is setting the book up" in waiting.stdout.readline()
    assert not project.venv.exists()
    other_window.close()
    said, _ = waiting.communicate(timeout=120)
    assert waiting.returncode == 0 and "Ready." in said


def test_where_the_book_is_only_to_be_read_tabs_are_kept_at_home(ready, tmp_path):
    (ready.folder / ".book").touch()  # not even root makes a folder in a file
    kept = ready.lab(HOME=str(tmp_path))[1]["env"]["JUPYTERLAB_WORKSPACES_DIR"]
    assert kept == str(tmp_path / ".jupyter/cnn-book/workspaces") and Path(kept).parent.exists()


def test_without_a_home_another_place_serves(ready, tmp_path):
    env = ready.lab(HOME="/nowhere")[1]["env"]
    assert env["HOME"] == str(ready.folder / ".book/home") and Path(env["HOME"]).is_dir()
    shutil.rmtree(ready.folder / ".book")
    (ready.folder / ".book").touch()
    (tmp_path / "passing").mkdir()
    env = ready.lab(HOME="/nowhere", TMPDIR=str(tmp_path / "passing"))[1]["env"]
    assert Path(env["HOME"]).parent == tmp_path / "passing"
    assert env["JUPYTERLAB_WORKSPACES_DIR"].startswith(env["HOME"])
    assert not any((tmp_path / "passing").iterdir())  # gone with the lab


@pytest.mark.parametrize(
    "number, words",
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "or your share of it"),
        (errno.EACCES, "copy its whole folder into one of your own"),
        (errno.EROFS, "copy its whole folder into one of your own"),
        (errno.EIO, "run the same command again"),
    ],
)
def test_a_disk_that_takes_nothing_is_no_traceback(monkeypatch, capsys, number, words):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number), "/book/.venv")

    monkeypatch.setattr(environment, "look", lambda purpose: None)
    monkeypatch.setattr(environment.locks, "hold", refuse)
    assert book.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert os.strerror(number) in said and "/book/.venv" in said and words in said


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


@pytest.mark.parametrize(
    "said, words",
    [
        (
            "The virtual environment was not created because ensurepip is not available.",
            "apt install python3",
        ),
        ("/book/.venv/bin/python: No module named ensurepip", "apt install python3"),
        ("OSError: [Errno 28] No space left on device: '.venv/bin/activate'", "disk is full"),
        ("something new", "could not be made. something new"),
    ],
)
@pytest.mark.parametrize("fails", ["venv", "ensurepip"])
def test_an_environment_that_cannot_be_made(monkeypatch, tmp_path, fails, said, words):
    """Neither without a package of Debian's nor on a full disk."""

    def ask(*command):
        return subprocess.CompletedProcess(command, int(fails in command or "pip" in command), said, "")

    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "ask", ask)
    with pytest.raises(environment.SetupError, match=words):
        environment.make_venv(None)


def test_an_environment_is_not_thrown_away_for_want_of_room(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "bring_pip", lambda: "OSError: [Errno 28] No space left on device")
    (tmp_path / ".venv/kept").mkdir(parents=True)
    with pytest.raises(environment.SetupError, match="disk is full"):
        environment.make_venv({"missing": ["numpy==1"], "damaged": []})
    assert (tmp_path / ".venv/kept").exists()


@pytest.mark.parametrize("part", ["ssl", "ctypes", "sqlite3"])
def test_a_python_that_lacks_a_part_is_refused_at_once(monkeypatch, tmp_path, part):
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setitem(sys.modules, part, None)  # its import fails
    with pytest.raises(environment.SetupError, match=f"built without {part}.*PYTHON=/path/to/python3"):
        environment.make_venv(None)
    assert not (tmp_path / ".venv").exists()


@pytest.fixture
def pip_calls(monkeypatch):
    """Record what is asked of pip; ``answers`` are its complaints, none when used up."""
    calls, answers = [], []
    monkeypatch.setattr(environment.sys, "platform", "linux")

    def pip(*arguments):
        calls.append(arguments)
        return answers.pop(0) if answers else None

    monkeypatch.setattr(environment, "pip", pip)
    return calls, answers


NONE = "ERROR: No matching distribution found for torch==2.13.0"


def test_linux_tries_the_cpu_build_of_pytorch_first(pip_calls):
    calls, _ = pip_calls
    environment.install("reading", ["numpy==2.4.6", "torch==2.13.0"])
    first, second = calls
    assert first[:2] == ("--index-url", "https://download.pytorch.org/whl/cpu")
    assert "--no-deps" in first and first[-1] == "torch==2.13.0"
    assert first[first.index("--retries") + 1] == "0"
    assert "--index-url" not in second and str(ROOT / "requirements.txt") in second


def test_the_pinned_pytorch_is_the_one_that_is_looked_for():
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"^torch==[\d.]+(;|$)", pinned, re.M)  # install() goes by this form


def test_without_the_cpu_index_the_plain_build_is_taken(pip_calls, capsys):
    calls, answers = pip_calls
    answers[:] = [NONE]
    environment.install("reading", ["torch==2.13.0"])
    assert len(calls) == 2 and "did not answer" in capsys.readouterr().out


def test_a_full_disk_is_not_taken_for_an_index_that_does_not_answer(pip_calls, capsys):
    calls, answers = pip_calls
    answers[:] = ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"]
    with pytest.raises(environment.SetupError, match="disk is full"):
        environment.install("reading", ["torch==2.13.0"])
    assert len(calls) == 1 and "several GB" not in capsys.readouterr().out


def test_pytorch_that_is_there_is_not_fetched_again(pip_calls):
    calls, _ = pip_calls
    environment.install("testing", ["pytest==1.0"])
    assert len(calls) == 1


def test_pips_failure_is_explained(pip_calls):
    _, answers = pip_calls
    answers[:] = [NONE, NONE]
    with pytest.raises(
        environment.SetupError, match=r"no torch==2\.13\.0 for Python(.|\n)*run the same command"
    ):
        environment.install("reading", ["torch==2.13.0"])


# --- words of pip, Git and the system, as they were met; pip 23 and 26 where they differ

NEXT = "\nERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)\n"
NEXT += "ERROR: No matching distribution found for numpy==2.4.6\n"
BROKEN = "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by "
TLS = (
    BROKEN
    + "'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {} "
)
TLS += "(_ssl.c:1006)'))': /simple/numpy/" + NEXT
PROXY = BROKEN + "'ProxyError('Cannot connect to proxy.', {})': /simple/numpy/" + NEXT
CONNECTION = (
    "NewConnectionError(\"HTTPSConnection(host='x', port=443): Failed to establish a new connection: {}\")"
)


@pytest.mark.parametrize(
    "said, expected",
    [
        (BROKEN + CONNECTION.format("[Errno 101] Network is unreachable") + NEXT, "connected to the network"),
        (
            BROKEN + "'NameResolutionError(\"Failed to resolve 'pypi.org'\")'" + NEXT,
            "connected to the network",
        ),
        (
            BROKEN + "'ReadTimeoutError(\"Read timed out. (read timeout=15)\")'" + NEXT,
            "connected to the network",
        ),
        (TLS.format("self-signed certificate in certificate chain"), "PIP_CERT"),
        (TLS.format("unable to get local issuer certificate"), "PIP_CERT"),
        ("OSError: Could not find a suitable TLS CA certificate bundle, invalid path: /x.pem", "PIP_CERT"),
        (TLS.format("certificate is not yet valid"), "Set the clock"),
        (TLS.format("certificate has expired"), "Set the clock"),
        (
            PROXY.format("OSError('Tunnel connection failed: 407 Proxy Authentication Required')"),
            "a password",
        ),
        (
            BROKEN + "'OSError('Tunnel connection failed: 407 Proxy Authentication Required')'" + NEXT,
            "a password",
        ),
        (PROXY.format(CONNECTION.format("[Errno 111] Connection refused")), "proxy does not answer"),
        (PROXY.format("'Your proxy appears to only use HTTP and not HTTPS'"), "begins with http, without s"),
        (BROKEN + "'SSLError(1, '[SSL: WRONG_VERSION_NUMBER] wrong version number')'" + NEXT, "without s"),
        (
            "ERROR: Could not install packages due to an OSError: Missing dependencies for SOCKS support.",
            "SOCKS",
        ),
        (
            "WARNING: pip is configured with locations that require TLS/SSL, however the ssl module in "
            "Python is not available.\nCould not fetch URL https://pypi.org/simple/numpy/" + NEXT,
            "built without ssl",
        ),
        ("ERROR: No matching distribution found for numpy==2.4.6", "no numpy==2.4.6 for Python"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "PIP_NO_CACHE_DIR"),
        ("ERROR: ResolutionImpossible: for help visit https://pip.pypa.io", "pip config list"),
        (BROKEN + "'Read timed out'\nERROR: [Errno 28] No space left on device", "disk is full"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded",
            "your share",
        ),
        ("OSError: [Errno 30] Read-only file system: '/book/.venv'", "cannot be written"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:'\n"
            "HINT: This error might have occurred since this system does not have Windows Long Path support "
            "enabled. You can find information on how to enable this at https://pip.pypa.io",
            "shorter path",
        ),
    ],
)
def test_failures_in_the_readers_words(said, expected):
    assert expected in reasons.explain(said)


def test_what_nobody_knows_is_not_explained():
    assert reasons.explain("error: metadata-generation-failed") is None


def test_a_proxy_that_may_be_the_cause_is_named(monkeypatch):
    said = BROKEN + CONNECTION.format("[Errno 111] Connection refused")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert "proxy" not in reasons.explain(said)
    monkeypatch.setenv("https_proxy", "http://me:secret@school:8080")
    assert "the proxy that https_proxy names" in reasons.explain(said) and "secret" not in reasons.explain(
        said
    )


def test_windows_says_how_long_a_path_may_be(monkeypatch):
    monkeypatch.setattr(windows, "allowed", lambda: False)
    fits, long = "C:\\" + 64 * "b", "C:\\" + 65 * "b"
    assert windows.too_long(fits) is None
    assert re.search(r"has 68 characters, and Windows allows 67 .*shorter path", windows.too_long(long))
    assert f"{windows.LIMIT - windows.INSIDE} characters" in (ROOT / "README.md").read_text(encoding="utf-8")
    monkeypatch.setattr(windows, "allowed", lambda: True)
    assert windows.too_long(long) is None


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


@pytest.mark.parametrize("repository", ["none", "own", "another"])
def test_style_is_checked_in_the_same_files_with_and_without_git(tmp_path, repository):
    """A downloaded copy lies in no repository, or in another one, which may ignore it whole."""
    folder = tmp_path / "book"
    kept = {"helpers/a.py", "data/build/b.py", "chapters/c.ipynb"}
    for name in (
        *kept,
        "build/d.py",
        ".venv-old/e.py",
        "chapters/.ipynb_checkpoints/c.ipynb",
        "cnn-book/f.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name in ("pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    if repository != "none":
        if not shutil.which("git"):
            pytest.skip("git is not installed")
        subprocess.run(["git", "init", "-q", folder if repository == "own" else tmp_path], check=True)
        (tmp_path / ".gitignore").write_text("book/\n")
    command = [sys.executable, "-m", "ruff", "check", "--show-files"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    found = {Path(line).relative_to(folder).as_posix() for line in shown.splitlines()}
    assert found - {"pyproject.toml"} == kept


def test_no_notebook_is_a_failure(monkeypatch):
    monkeypatch.setattr(testing.notebooks, "all_notebooks", lambda: [])
    assert testing.all_notebooks() == 1
