"""The notebooks as Sphinx reads them: what needs a kernel is replaced by what needs none."""

import itertools
import re
from pathlib import PurePosixPath

import nbformat

from authoring import atlas, entries, exercises, generated, notebooks, setup_lines, widgets
from authoring.site import parts

SOLUTION = re.compile(r"^\[Solution of exercise (\d+)\.(\d+)\]\([^)]*\)\n*", re.M)
BADGE = re.compile(r"\[!\[(.+?)\]\(.+?\)\]\((.+?)\)")
INTRODUCTION = re.compile(r"(^## Exercises\n+).*?(?=\n+### |\Z)", re.M | re.S)
CODE = re.compile(r"\]\(\.\./helpers/ops/(\w+)\.py\)")

ONLY_THERE = "This picture moves in the notebook only: what it shows is made there."


class Book:
    """All pages on their way from ``chapters`` to a folder of sources; ``needed`` gathers the explorers.

    Unless they are ``still``, and stay the pictures that are stored.
    """

    def __init__(self, chapters, folder, shelf, still=False):
        self.chapters, self.folder, self.shelf, self.still = chapters, folder, shelf, still
        self.needed = {}  # key of an atlas -> (explorer's name, state)
        self.address = notebooks.repository(chapters.parent)

    def write(self, path):
        """Write a page's source."""
        nb = self.page(path)
        target = self.folder / f"{notebooks.name(path)}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, target)

    def page(self, path):
        """The notebook of a page, ready for Sphinx."""
        nb = notebooks.read(path)
        cells = self.cells(nb.cells, path)
        if notebooks.number(path) is not None:
            cells = self.with_solutions(cells, path)
            cells.insert(1, _words(self.doors(path)))
        if notebooks.name(path) == "index":
            cells.append(_words(contents(self.chapters)))
        new = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": dict(notebooks.KERNEL)})
        for at, cell in enumerate(cells):
            cell.id = f"cell-{at}"  # the same in every build
        return new

    def cells(self, given, path):
        """Cells with outputs that need no kernel, without set-up lines and links that the theme has too."""
        made = []
        for cell, after in itertools.zip_longest(given, given[1:]):
            tags = notebooks.tags(cell)
            if "navigation" in tags:
                back = re.match(r"\[← [^|]+", cell.source)
                if notebooks.name(path).startswith("solutions/") and back and len(made) == 1:
                    made.append(_words(back[0].strip()))
            elif cell.cell_type == "markdown":
                made.append(_words(CODE.sub(r"](operations.md#helpersops\1)", cell.source)))
            else:
                made.append(self.code(cell, path, tags, after))
        return joined(made)

    def code(self, cell, path, tags, after=None):
        source = cell.source.rpartition(setup_lines.MARKER)[2].strip("\n")
        folded = {"tags": ["hide-input"]} if notebooks.folded(cell) else {}
        stored = [output for output in cell.outputs if not twice(output, after)]
        outputs = [made for output in stored for made in self.outputs(output, path, tags)]
        if re.fullmatch(r"Quiz\(\d+\)|\w+", source):  # what it shows says it all
            folded = {"tags": ["remove-input"]}
        return nbformat.v4.new_code_cell(source, metadata=folded, outputs=outputs)

    def outputs(self, output, path, tags):
        """What stands in the place of a stored output: one output, or none."""
        data, up = output.get("data", {}), "../" * notebooks.name(path).count("/")
        stored = "".join(data.get("text/html", ""))
        tried = re.match(r"(\d+\.\d+): not tried yet", output.get("text", ""))
        if "exercise" in tags and tried:
            yield _html(parts.hints(tried[1]))
        elif widgets.VIEW in data and not stored:
            pass  # the bar of a training: what it came to is told below it
        elif quiz := re.match(r"<p><b>Quiz of chapter (\d+)</b>", stored):
            yield _html(parts.quiz(int(quiz[1])))
        elif widgets.VIEW in data:
            yield _html(self.explorer(stored, output.metadata["explorer"], up))
        elif stored:
            yield _html(parts.figure(stored, self.shelf, up))
        elif output.output_type == "error":  # the colours of a terminal are not for a page
            last = f"{output.ename}: {output.evalue}"
            yield nbformat.v4.new_output("stream", name="stderr", text=last)
        else:
            yield output

    def explorer(self, stored, said, up):
        """An explorer; one of a chapter's own model or picture has no atlas and stays as it is stored."""
        key = None if self.still or said.get("own") else atlas.key(said["name"], said["state"])
        if key:
            self.needed[key] = (said["name"], said["state"])
        note = "" if key or self.still else ONLY_THERE
        return parts.explorer(stored, said["state"], key, self.shelf, up, note)

    def with_solutions(self, cells, path):
        """A chapter's exercises lead to the notebook, and have their solutions folded below them."""
        file = path.parent / "solutions" / path.name
        solved = dict(notebooks.parts(notebooks.read(file)))
        made = []
        for cell in cells:
            if cell.cell_type == "markdown":
                cell.source = INTRODUCTION.sub(
                    lambda found: found[1] + self.where_to_answer(path), cell.source
                )
            before, found = cell.source, SOLUTION.search(cell.source)
            if cell.cell_type == "markdown" and found:
                before = cell.source[: found.start()]
                made += [_words(before)] if before.strip() else []
                made += self.folded(solved[f"exercise {found[1]}-{found[2]}"], found, path)
                cell.source = cell.source[found.end() :]
            made += [cell] if cell.source.strip() else []
        return made

    def folded(self, content, found, path):
        """A solution between the two ends of a fold; links in it lead from a folder above."""
        first = next(i for i, (kind, _, _) in enumerate(content) if kind == "code")
        inside = []
        for kind, source, cell in content[first:]:
            if "navigation" in notebooks.tags(cell):
                continue
            if kind == "code":
                inside.append(self.code(cell, path, notebooks.tags(cell)))
            else:
                inside.append(_words(exercises.here(source)))
        title = f"Solution of exercise {found[1]}.{found[2]}"
        opened = f'<details class="book-solution"><summary>{title}</summary>'
        return [_words(opened), *inside, _words("</details>")]

    def launches(self, path):
        """Links that open a notebook elsewhere or fetch it; none where the book has no address."""
        if not self.address:
            return ""
        found = BADGE.findall(generated.badges(path, self.address))
        place = PurePosixPath("chapters", f"{notebooks.name(path)}.ipynb")
        found.append(("Download this notebook", f"{self.address.removesuffix('.git')}/raw/main/{place}"))
        return " · ".join(f"[{words}]({link})" for words, link in found)

    def doors(self, path):
        """The line under a chapter's title."""
        own = f"This is the web edition of the notebook `chapters/{path.name}`: its cells are run there."
        return f"```{{container}} book-doors\n{own} {self.launches(path)}\n```"

    def where_to_answer(self, path):
        return (
            f"Answers are written in the notebook, `chapters/{path.name}`, where a checker says what is "
            f"likely wrong: `make lab` opens it. {self.launches(path)} Here are the tasks, with hints and a "
            "solution to each, folded."
        )


def joined(cells):
    """The cells; one that is folded and shows nothing is folded together with the folded one after it."""
    made = []
    for cell in cells:
        before = made[-1] if made else None
        if before is not None and _fold(before) and not before.outputs and _fold(cell):
            cell.source = f"{made.pop().source}\n\n\n{cell.source}"
        made.append(cell)
    return made


def _fold(cell):
    return cell.cell_type == "code" and "hide-input" in notebooks.tags(cell)


def twice(output, after):
    """Whether a picture of an explorer stands right above the explorer itself, in the same setting."""
    said = output.get("metadata", {}).get("explorer")
    shown = after.get("outputs", []) if after else []
    return (
        bool(said)
        and any(
            widgets.VIEW in other.get("data", {}) and other.metadata.get("explorer") == said
            for other in shown
        )
        and widgets.VIEW not in output.data
    )


def contents(chapters):
    """The tables that make the sidebar."""
    found = [entry.path.stem for entry in entries.chapters(chapters)]
    teach = [path.stem for path in chapters.glob("teach.ipynb")]
    parted = {
        "Chapters": found,
        "Beside the chapters": ["glossary", "terms", "corrections", *teach, "operations", "licences"],
        "Solutions": [f"solutions/{name}" for name in found],
    }
    return "\n\n".join(
        "\n".join([f"```{{toctree}}\n:hidden:\n:caption: {caption}\n", *pages, "```"])
        for caption, pages in parted.items()
    )


def _words(source):
    return nbformat.v4.new_markdown_cell(source)


def _html(source):
    return nbformat.v4.new_output("display_data", {"text/html": source})
