"""The parts of a notebook that its text does not hold: links, badges, setup lines, contents, exercises."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import nbformat

from authoring import entries, exercises, notebooks, setup_lines
from authoring.teaching import plan

TABLE = "(Here the notebook has the table of the chapters.)"


def badges(path, address):
    """The launch badges of a notebook in the repository at ``address``, empty without one."""
    if not address:
        return ""
    site = urlsplit(address)
    place = f"chapters/{notebooks.name(path)}.ipynb"
    owner = site.path.strip("/").removesuffix(".git")
    if site.netloc == "github.com":
        links = {
            "Open in Colab": (
                "https://colab.research.google.com/assets/colab-badge.svg",
                f"https://colab.research.google.com/github/{owner}/blob/main/{place}",
            ),
            "Launch on Binder": (
                "https://mybinder.org/badge_logo.svg",
                f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{place}",
            ),
        }
    else:
        links = {
            "Launch on Binder": (
                "https://mybinder.org/badge_logo.svg",
                f"https://mybinder.org/v2/git/{quote(address, safe='')}/main?urlpath=lab/tree/{place}",
            )
        }
    return " ".join(f"[![{words}]({picture})]({link})" for words, (picture, link) in links.items())


def pages(address):
    """Where the web edition of a repository on GitHub is published; empty for any other."""
    site = urlsplit(address)
    owner, _, name = site.path.strip("/").partition("/")
    return f"https://{owner}.github.io/{name}/" if site.netloc == "github.com" else ""


def doors(root, address):
    """The README's line of ways into the book without installing it, empty without an address."""
    links = [badges(root / "chapters" / "index.ipynb", address)] if address else []
    if page := pages(address):
        badge = "https://github.com/codespaces/badge.svg"
        links = [f"[Read it on the web]({page})", *links]
        links.append(f"[![Open in Codespaces]({badge})](https://codespaces.new{urlsplit(address).path})")
    return " ".join(links)


def navigation(path, chapters):
    """The line of links to the previous chapter, the contents and the next one."""
    here = notebooks.number(path)
    up = "../" * notebooks.name(path).count("/")
    links = [f"[Contents]({up}index.ipynb)"]
    if here is not None:
        before = [e for e in chapters if e.number < here]
        after = [e for e in chapters if e.number > here]
        if before:
            links.insert(0, f"[← {before[-1].number} · {before[-1].title}]({before[-1].path.name})")
        if after:
            links.append(f"[{after[0].number} · {after[0].title} →]({after[0].path.name})")
    elif up:  # solutions lead back to their chapter
        own = [e for e in chapters if e.path.stem == Path(path).stem]
        links[:0] = [f"[← {e.number} · {e.title}]({up}{e.path.name})" for e in own]
    return " | ".join(links)


def take_out(nb, path):
    """Take the generated parts out of a notebook, in place: what is left is its author's."""
    nb.cells = [cell for cell in nb.cells if "navigation" not in notebooks.tags(cell)]
    nb.cells = exercises.take_out(nb.cells, path)
    for cell in nb.cells:
        if "contents" in notebooks.tags(cell):
            cell.source = TABLE
        if "setup" in notebooks.tags(cell):
            cell.source = cell.source.rpartition(setup_lines.MARKER)[2]
    return notebooks.tidy(nb)


def put_in(nb, path):
    """Put the generated parts into a notebook as its author wrote it, in place."""
    folder = notebooks.chapters_of(path)
    chapters, address = entries.chapters(folder), notebooks.repository(folder.parent)
    cells = exercises.put_in(take_out(nb, path).cells, path)
    if not cells or cells[0].cell_type != "markdown":
        raise ValueError(f"{path.name}: the first cell must be Markdown and begin with a `# title`")
    _, _, rest = entries.split_title(cells[0].source)
    if notebooks.name(path) != "index":
        if rest:  # the links stand right under title and promise
            cells[0].source = cells[0].source[: -len(rest)].strip("\n")
            cells.insert(1, nbformat.v4.new_markdown_cell(rest))
        links, tags = navigation(path, chapters), {"tags": ["navigation"]}
        top = nbformat.v4.new_markdown_cell(f"{links}\n\n{badges(path, address)}".strip(), metadata=tags)
        bottom = nbformat.v4.new_markdown_cell(links, metadata=tags)
        cells = [cells[0], top, *cells[1:], bottom]
    for cell in cells:
        if "contents" in notebooks.tags(cell):
            cell.source = (plan if notebooks.name(path) == "teach" else entries).table(chapters)
        if "setup" in notebooks.tags(cell):
            cell.source = f"{setup_lines.lines(address).strip()}\n{setup_lines.MARKER}\n{cell.source}"
    nb.cells = cells
    return notebooks.tidy(nb)
