"""The house rules of the package: who may import whom, how long a module is, and what it drags in."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parents[1] / "helpers"
# A module imports only from floors below its own; rooms of one floor that build on each other stand in order.
FLOORS = {
    1: "shapes arrays windows padding gradients filters images datasets preprocessing png style",
    2: "conv_fast conv conv_transpose pool adaptive_pool functional losses normalisation "
    "blueprints branches tokens architectures designs landmarks",
    3: "initialise modules networks layers garments squeezenet fields optimisers running training "
    "lettering drawing exercises questions",
    4: "explorers upload quiz live",
}
ORDER = [room for floor in FLOORS.values() for room in floor.split()]
MODULES = sorted(path for path in HELPERS.rglob("*.py") if path.name != "__init__.py")
APART = {
    "torch_models",
    "torch_training",
    "torch_transfer",
    "torch_seeing",
}  # know PyTorch; no one below imports them


def room(path):
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imported(path):
    """Return the top-level name of every import, with its room for imports from this package."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ("helpers." if node.level else "") + (node.module or "")
            found += [f"{base.rstrip('.')}.{alias.name}" for alias in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_only_from_below(path):
    if room(path) in APART:
        return
    assert room(path) in ORDER, f"{path.name} has no floor: give it a place in FLOORS"
    for name in imported(path):
        package, _, rest = name.partition(".")
        if package == "helpers" and (target := rest.split(".")[0]) in ORDER:
            above = ORDER.index(target) > ORDER.index(room(path))
            assert not above, f"{path.name} imports {target} from above"
        assert package != "torch", f"{path.name}: only {APART} know PyTorch"
        assert package != "ipywidgets" or room(path) in FLOORS[4], f"{path.name}: widgets live on floor 4"


def test_every_listed_room_exists():
    assert sorted({room(path) for path in MODULES}) == sorted([*ORDER, *APART])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_modules_are_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    most = 450 if re.fullmatch(r"ch\d\d", path.stem) else 280  # the mistakes of a chapter are a long list
    assert lines <= most, f"{path.name}: {lines} lines; split it by its ideas"


def test_import_helpers_is_light():
    code = "import sys, helpers; print(*sorted({'torch', 'ipywidgets', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
