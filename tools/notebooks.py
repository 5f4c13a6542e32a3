"""Notebooks and their text twins: where they lie, how they are read, compared and written.

A notebook ``chapters/NN_topic.ipynb`` has the twin ``chapters/text/NN_topic.md`` (MyST Markdown).
The two are equal when their cells agree in (type, source, tags); file times say nothing.
"""

import collections
import itertools
import re
import tomllib
from pathlib import Path

import jupytext
import nbformat
from jupytext.config import JupytextConfiguration

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"
PAGES = ("index", "glossary", "corrections")  # notebooks that are not chapters

# How strict nbval is run, by `make test` and by single tests alike.
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
NBVAL += ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "-p", "no:cacheprovider"]

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# No version here: it would differ from one machine to the next.
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
_TEXT = JupytextConfiguration(
    notebook_metadata_filter="kernelspec,book,-jupytext.text_representation.jupytext_version",
    cell_metadata_filter="tags",
)


def chapters_of(path):
    """Return the ``chapters`` folder that a notebook or twin lies in."""
    for parent in Path(path).resolve().parents:
        if parent.name == "chapters":
            return parent
    raise ValueError(f"{path}: not inside a folder named chapters")


def twin(notebook):
    """Return the path of a notebook's text twin."""
    chapters = chapters_of(notebook)
    return (chapters / "text" / Path(notebook).resolve().relative_to(chapters)).with_suffix(".md")


def name(notebook):
    """Return what a notebook is called on the command line: ``01_why``, ``solutions/01_why``, ``index``."""
    return Path(notebook).resolve().relative_to(chapters_of(notebook)).with_suffix("").as_posix()


def number(notebook):
    """Return the chapter's number, or None for a page or a solution."""
    found = re.fullmatch(r"(\d\d)_\w+", name(notebook))
    return int(found[1]) if found else None


def all_notebooks(chapters=CHAPTERS):
    """Return the paths of all notebooks that exist or have a twin, in reading order."""
    text = chapters / "text"
    names = {p.relative_to(chapters).with_suffix("") for p in chapters.glob("*.ipynb")}
    names |= {p.relative_to(chapters).with_suffix("") for p in chapters.glob("solutions/*.ipynb")}
    names |= {p.relative_to(text).with_suffix("") for p in text.glob("*.md")}
    names |= {p.relative_to(text).with_suffix("") for p in text.glob("solutions/*.md")}
    order = {page: i for i, page in enumerate(PAGES)}
    names = sorted(names, key=lambda n: (len(n.parts), order.get(n.name, -1), n.as_posix()))
    return [chapters / f"{n.as_posix()}.ipynb" for n in names]


def find(wanted, chapters=CHAPTERS):
    """Return the notebooks meant by words like ``01``, ``01_why``, ``solutions/01``, ``index``, ``all``."""
    notebooks = all_notebooks(chapters)
    if not wanted or "all" in wanted:
        return notebooks
    found = []
    for word in wanted:
        word = re.sub(r"^(.*/)?chapters/(text/)?|\.(ipynb|md)$", "", word)
        hits = [p for p in notebooks if name(p) == word or name(p).startswith(f"{word}_")]
        if not hits:
            raise ValueError(f"{word!r}: no such notebook; there are {', '.join(map(name, notebooks))}")
        found += hits
    return found


def repository(root=ROOT):
    """Return the address the book is launched from, empty when there is none."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    return settings.get("tool", {}).get("book", {}).get("repository", "")


def read(path):
    """Return the notebook read from an ``.ipynb`` or its text twin."""
    path = Path(path)
    if path.suffix == ".ipynb":
        return tidy(nbformat.reads(path.read_text(encoding="utf-8"), as_version=4))
    return from_text(path.read_text(encoding="utf-8"))


def from_text(text):
    """Return the notebook a text twin describes."""
    return tidy(jupytext.reads(text, fmt="md:myst", as_version=4))


def to_text(nb):
    """Return the text twin of a notebook; ValueError when a cell would not come back as it is."""
    bare = nbformat.v4.new_notebook(metadata={k: v for k, v in nb.metadata.items() if k != "widgets"})
    for cell in nb.cells:
        kept = {"tags": tags(cell)} if tags(cell) else {}
        bare.cells.append(nbformat.from_dict({**cell, "metadata": kept}))
    text = jupytext.writes(bare, fmt="md:myst", config=_TEXT)
    for before, after in itertools.zip_longest(keys(nb), keys(from_text(text))):
        if before != after:
            raise ValueError(f"Markdown cannot hold this cell:\n{before}\nIt comes back as:\n{after}")
    return text


def to_json(nb):
    """Return a notebook as the text of its ``.ipynb`` file."""
    return nbformat.writes(nb, version=4) + "\n"


def tidy(nb):
    """Normalise a notebook in place: no empty cells, known metadata only, steady cell ids."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = nbformat.from_dict(
        {"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
        | {key: nb.metadata[key] for key in ("book", "widgets") if key in nb.metadata}
    )
    cells = []
    for cell in nb.cells:
        cell.source = cell.source.replace("\r\n", "\n").strip("\n")
        if not cell.source.strip():
            continue
        cell.metadata = nbformat.from_dict({"tags": tags(cell)} if tags(cell) else {})
        if folded(cell):  # JupyterLab's way, and Colab's; the web edition goes by the tags
            cell.metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
        cell.pop("attachments", None)
        cells.append(cell)
    nb.cells = cells
    return assign_ids(nb)


def assign_ids(nb):
    """Name every cell after its heading and place below it, so that an edit elsewhere changes no id."""
    section, seen = "start", collections.Counter()
    for cell in nb.cells:
        if cell.cell_type == "markdown" and (titles := headings(cell.source)):
            section = re.sub(r"[^a-z0-9]+", "-", titles[0][1].lower()).strip("-")[:40] or "section"
        seen[section] += 1
        cell.id = f"{section}-{seen[section]}"
    return nb


def code(nb):
    """Return (place, cell) of every code cell."""
    return [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def tags(cell):
    """Return a cell's tags, sorted."""
    return sorted(cell.metadata.get("tags", []))


def folded(cell):
    """Return whether a cell's code is hidden until a reader asks for it: set-up and drawing."""
    return cell.cell_type == "code" and bool({"setup", "hide-input"} & set(tags(cell)))


def keys(nb):
    """Return what two notebooks are compared by: (type, source, tags) of every cell."""
    return [(cell.cell_type, cell.source, tuple(tags(cell))) for cell in nb.cells] + [
        ("metadata", repr(sorted(nb.metadata.get("book", {}).items())), ())
    ]


def headings(source):
    """Return (level, text) of every heading in Markdown, code blocks left out."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", source, flags=re.M | re.S)
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"^(#{1,6})\s+(.+?)\s*#*$", prose, re.M)]


def carry(old, nb):
    """Give the cells of ``nb`` the stored outputs of the same cells in ``old``.

    Only while every code cell before it is unchanged too: a later result may depend on an earlier cell.
    """
    before = [cell for _, cell in code(old)]
    after = [cell for _, cell in code(nb)]
    same = True
    for i, cell in enumerate(after):
        same = same and i < len(before) and before[i].source == cell.source
        cell.outputs = before[i].outputs if same else []
        cell.execution_count = before[i].execution_count if same else None
    nb.metadata.pop("widgets", None)
    if "widgets" in old.metadata and len(before) == len(after) and same:
        nb.metadata.widgets = old.metadata.widgets
    return nb
