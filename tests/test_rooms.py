"""The house rules of the package: who may import whom, how long a module is, and what it drags in."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HELPERS = ROOT / "helpers"
# Room -> the rooms it may import from, beside itself: as helpers/README.md says it.
ROOMS = {
    "numerals": "",
    "ops": "",
    "images": "ops",
    "filters": "ops",
    "datasets": "images ops",
    "nn": "ops",
    "architectures": "nn ops",
    "drawing": "images numerals",
    "pretrained": "nn ops datasets",
    "pytorch": "pretrained nn ops datasets",
    "exercises": "architectures nn ops filters datasets",
    "quiz": "drawing",
    "explorers": "drawing pretrained architectures nn ops datasets filters images numerals",
    "live": "drawing",
    "upload": "drawing",
}
WIDGETS = {"explorers", "quiz", "live", "upload"}  # the rooms that know ipywidgets; only pytorch knows torch
MODULES = sorted(HELPERS.rglob("*.py"))
TOOLS = sorted([*(ROOT / "authoring").rglob("*.py"), *(ROOT / "tools").rglob("*.py")])


def room(path):
    """The room that a module lies in; the face of the package has none."""
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imported(path):
    """The full name of every module and name that a module imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: imports here name the whole way, from helpers.ops.conv"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_imports_go_one_way(path):
    here = room(path)
    if here == "__init__":
        return
    assert here in ROOMS, f"{here}: a new room; say in ROOMS what it may import from"
    for name in imported(path):
        package, _, rest = name.partition(".")
        if package == "helpers":
            there = rest.split(".")[0]
            assert there in (here, *ROOMS[here].split()), f"{path.name}: {here} may not import {there}"
        assert package not in ("authoring", "tools"), f"{path.name}: readers have no use for {package}"
        assert package != "torch" or here == "pytorch", f"{path.name}: only pytorch knows PyTorch"
        assert package != "ipywidgets" or here in WIDGETS, f"{path.name}: only {WIDGETS} know widgets"


def test_the_arrows_make_no_circle():
    done = []
    while waiting := [name for name in ROOMS if name not in done]:
        ready = [name for name in waiting if set(ROOMS[name].split()) <= set(done)]
        assert ready, f"these rooms import each other in a circle: {waiting}"
        done += ready


def test_the_readme_has_the_same_rooms_and_arrows():
    text = (HELPERS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\| ([^|]+) \|$", text, re.M)
    assert {name: " ".join(re.findall(r"\w+", arrows)) for name, arrows in rows} == ROOMS


@pytest.mark.parametrize("path", [*MODULES, *TOOLS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_are_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    most = 500 if re.fullmatch(r"ch\d\d", path.stem) else 250  # the mistakes of a chapter are a long list
    assert lines <= most, f"{path.name}: {lines} lines; split it by its ideas"


def test_import_helpers_is_light():
    code = "import sys, helpers; print(*sorted({'torch', 'ipywidgets', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
