"""Notebooks and the texts they are built from: where they lie, how they are read, compared and written.

A notebook ``chapters/NN_topic.ipynb`` is built from ``chapters/text/NN_topic.md`` (MyST Markdown). Two
notebooks say the same when their cells agree in (type, source, tags); file times say nothing.
"""

import collections
import hashlib
import itertools
import json
import re
import tomllib
from pathlib import Path

import jupytext
import nbformat
from jupytext.config import load_jupytext_config

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"
PAGES = ("index", "glossary", "corrections", "teach")  # notebooks that are not chapters

# How strict nbval is run: by `make test`, and by the tests of what it notices.
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
NBVAL += ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "-p", "no:cacheprovider"]
AGAIN = ["-p", "authoring.again"]  # and each cell once more, when all have been run

# One thread: the same sums in the same order on every machine, and no test takes another's cores.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# No version here: it would differ from one machine to the next.
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
TEXT = load_jupytext_config(str(CHAPTERS / "text"))  # JupyterLab finds the same settings in pyproject.toml


def chapters_of(path):
    """The ``chapters`` folder that a notebook or text lies in."""
    for parent in Path(path).resolve().parents:
        if parent.name == "chapters":
            return parent
    raise ValueError(f"{path}: not inside a folder named chapters")


def twin(notebook):
    """The path of the text that a notebook is built from."""
    chapters = chapters_of(notebook)
    return (chapters / "text" / Path(notebook).resolve().relative_to(chapters)).with_suffix(".md")


def name(notebook):
    """What a notebook is called on the command line: ``01_why``, ``solutions/01_why``, ``index``."""
    return Path(notebook).resolve().relative_to(chapters_of(notebook)).with_suffix("").as_posix()


def number(notebook):
    """The chapter's number, or None for a page or a solution."""
    found = re.fullmatch(r"(\d\d)_\w+", name(notebook))
    return int(found[1]) if found else None


def all_notebooks(chapters=CHAPTERS):
    """The paths of all notebooks that exist or have a text, in reading order."""
    text = chapters / "text"
    names = {p.relative_to(chapters).with_suffix("") for p in chapters.glob("*.ipynb")}
    names |= {p.relative_to(chapters).with_suffix("") for p in chapters.glob("solutions/*.ipynb")}
    names |= {p.relative_to(text).with_suffix("") for p in text.glob("*.md")}
    names |= {p.relative_to(text).with_suffix("") for p in text.glob("solutions/*.md")}
    order = {page: i for i, page in enumerate(PAGES)}
    names = sorted(names, key=lambda n: (len(n.parts), order.get(n.name, -1), n.as_posix()))
    return [chapters / f"{n.as_posix()}.ipynb" for n in names]


def find(wanted, chapters=CHAPTERS):
    """The notebooks meant by words like ``01``, ``01_why``, ``solutions/01``, ``index``, ``all``."""
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


def chosen(parser, words):
    """The notebooks that a command's words mean; it stops with its usage where there are none."""
    try:
        return find(words)
    except ValueError as error:
        parser.error(str(error))


def repository(root=ROOT):
    """The address the book is launched from, empty when there is none."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    return settings.get("tool", {}).get("book", {}).get("repository", "")


def read(path):
    """The notebook in an ``.ipynb``, or the one that a text describes."""
    path = Path(path)
    if path.suffix == ".ipynb":
        return tidy(nbformat.reads(path.read_text(encoding="utf-8"), as_version=4))
    return from_text(path.read_text(encoding="utf-8"))


def from_text(text):
    """The notebook that MyST Markdown describes."""
    return tidy(jupytext.reads(text, fmt="md:myst", as_version=4))


def to_text(nb):
    """A notebook as MyST Markdown; ValueError when a cell would not come back as it is."""
    said = {"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
    bare = nbformat.v4.new_notebook(metadata=said | ({"book": dict(_kept(nb))} if _kept(nb) else {}))
    for cell in nb.cells:
        kept = {"tags": tags(cell)} if tags(cell) else {}
        bare.cells.append(nbformat.from_dict({**cell, "metadata": kept}))
    text = jupytext.writes(bare, fmt="md:myst", config=TEXT)
    for before, after in itertools.zip_longest(keys(nb), keys(from_text(text))):
        if before != after:
            raise ValueError(f"Markdown cannot hold this cell:\n{before}\nIt comes back as:\n{after}")
    return text


def to_json(nb):
    """A notebook as the text of its ``.ipynb`` file."""
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
    """(place, cell) of every code cell."""
    return [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def tags(cell):
    """A cell's tags, sorted."""
    return sorted(cell.metadata.get("tags", []))


def folded(cell):
    """Whether a cell's code is hidden until a reader asks for it: set-up and drawing."""
    return cell.cell_type == "code" and bool({"setup", "hide-input"} & set(tags(cell)))


def keys(nb):
    """What two notebooks are compared by: (type, source, tags) of every cell."""
    return [(cell.cell_type, cell.source, tuple(tags(cell))) for cell in nb.cells] + [
        ("metadata", repr(_kept(nb)), ())
    ]


def _kept(nb):
    """What the text says of the whole notebook, as (key, value): not the digest of what was built from it."""
    return sorted((key, value) for key, value in nb.metadata.get("book", {}).items() if key != "built")


def digest(nb):
    """A short name for what a notebook's cells say."""
    return hashlib.sha256(json.dumps(keys(nb)).encode()).hexdigest()[:16]


def markdown(nb):
    """(place, source) of every Markdown cell."""
    return [(i, cell.source) for i, cell in enumerate(nb.cells) if cell.cell_type == "markdown"]


def parts(nb):
    """(heading, cells) of every part that begins with a level-2 heading.

    Cells may hold several headings; each part's cells are given as (type, source, cell).
    """
    found = []
    for cell in nb.cells:
        if cell.cell_type == "code":
            if found:
                found[-1][1].append(("code", cell.source, cell))
            continue
        for piece in re.split(r"^(?=## )", cell.source, flags=re.M):
            title = re.match(r"## +(.+?)\s*$", piece, re.M)
            if title:
                found.append((title[1], []))
            if found:
                found[-1][1].append(("markdown", piece, cell))
    return found


def headings(source):
    """(level, text) of every heading in Markdown, code blocks left out."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", source, flags=re.M | re.S)
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"^(#{1,6})\s+(.+?)\s*#*$", prose, re.M)]
