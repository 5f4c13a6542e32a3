"""What an atlas depends on: the code that draws an explorer, and the data it shows."""

import ast
import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("numpy", "matplotlib", "pillow")


def digest(kind, state):
    """Return what changes whenever the atlas of an explorer class, begun in ``state``, may change."""
    found = hashlib.sha256(repr(sorted(state.items())).encode())
    for path in sorted(closure(kind.__module__, "authoring.atlas.export")):
        found.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    for path in sorted(path for path in (ROOT / "data").rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(ROOT).as_posix()} {path.stat().st_size}\n".encode())
    found.update(" ".join(map(version, PACKAGES)).encode())
    return found.hexdigest()[:20]


def closure(*modules):
    """Return the files of modules of ours and of all that they import."""
    found, waiting = set(), list(modules)
    while waiting:
        path = _file(waiting.pop())
        if path and path not in found:
            found.add(path)
            waiting += _imported(path)
    return found


@lru_cache
def _imported(path):
    """The names that a file imports from the book, as far as they may be modules."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in found if name.startswith(("helpers.", "authoring.")))


def _file(name):
    """The file of a module or of a room's face, but of the room of all explorers; None for another name."""
    path = ROOT.joinpath(*name.split("."))
    if path.with_suffix(".py").exists():
        return path.with_suffix(".py")
    face = path / "__init__.py"
    return face if face.exists() and name != "helpers.explorers" else None
