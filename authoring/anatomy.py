"""Rules for the words of a notebook: order of parts, headings, links.

A chapter goes:

    # N · Title                     with the promise as a quotation (>) right below
    ## Build, learn, need           then the setup cell
    ## ...                          the end result first, with its picture
    ## ...                          three to eight sections
    ## Explore ...                  one or more, anywhere among them: "predict, then try"
    ## Break it                     with a cell tagged raises-exception
    ## In practice
    ## Put right ...                optional, anywhere after the result
    ## Recap                        with a table of shapes
    ## Quiz                         from helpers/quiz
    ## Exercises                    generated from the solutions
    ## Reading
"""

import functools
import re
from pathlib import Path
from urllib.parse import unquote

from authoring import entries, notebooks, pictures
from authoring.notebooks import markdown, parts

FIRST = "Build, learn, need"
LAST = ["Break it", "In practice", "Recap", "Quiz", "Exercises", "Reading"]
SECTIONS = range(3, 9)
PROMISE = 30  # characters a promise has at least
LINKED = "write a heading that is linked to in small letters, digits and spaces"
LINK = re.compile(r"(?<!\\)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def headings_in_order(path, nb):
    found = [(i, *heading) for i, source in markdown(nb) for heading in notebooks.headings(source)]
    wrong = []
    if not found or found[0][:2] != (0, 1) or not nb.cells[0].source.startswith("# "):
        wrong.append("the notebook must begin with a `# title`")
    if sum(level == 1 for _, level, _ in found) > 1:
        wrong.append("more than one `# title`")
    for (_, before, _), (i, level, text) in zip(found, found[1:], strict=False):
        if level > before + 1:
            wrong.append(f"cell {i}: heading {text!r} skips from level {before} to {level}")
    return wrong


def promise(path, nb):
    """Title and promise of a chapter."""
    number = notebooks.number(path)
    if number is None:
        return []
    title, words, _ = entries.split_title(nb.cells[0].source)
    wrong = []
    if not re.fullmatch(rf"{number} · \S.*", title):
        wrong.append(f"the title must be `# {number} · ...`, not `# {title}`")
    if len(words) < PROMISE:
        wrong.append(
            "no promise: say in a quotation (`> ...`) below the title what the reader will be able to do"
        )
    return wrong


def parts_in_order(path, nb):
    if notebooks.number(path) is None:
        return []
    names = [name for name, _ in parts(nb) if not name.startswith("Put right")]
    wanted = [FIRST, *LAST]
    if [name for name in names if name in wanted] != wanted or names[0] != FIRST:
        return [f"parts {names}: expected {wanted} in this order (authoring/anatomy.py)"]
    own = names[1 : names.index(LAST[0])]
    wrong = []
    if len(own) + len(wanted) != len(names):
        wrong.append(f"after `{LAST[0]}` only {LAST[1:]} and `Put right ...` may follow: {names}")
    explored = [name for name in own if name.startswith("Explore")]
    if not explored:
        wrong.append("no part `## Explore ...`")
    sections = len(own) - len(explored) - 1  # the first is the result
    if sections not in SECTIONS:
        wrong.append(f"{sections} sections after the result, expected {SECTIONS[0]} to {SECTIONS[-1]}: {own}")
    return wrong


def parts_filled(path, nb):
    """What each part must hold."""
    if notebooks.number(path) is None:
        return []
    wrong, found = [], dict(parts(nb))
    cells = {name: [cell for kind, _, cell in content if kind == "code"] for name, content in found.items()}
    words = {
        name: "\n".join(s for kind, s, _ in content if kind == "markdown") for name, content in found.items()
    }
    if not any("setup" in notebooks.tags(cell) for cell in cells.get(FIRST, [])):
        wrong.append(f"the setup cell belongs at the end of `{FIRST}`")
    result = list(found)[1] if len(found) > 1 else FIRST
    shown = [output.get("data", {}) for cell in cells[result] for output in cell.outputs]
    if not any(pictures.KINDS & data.keys() for data in shown):
        wrong.append(f"no picture in `{result}`: the end result comes first")
    used = entries.explorers(nb)
    for name in found:
        if name.startswith("Explore"):
            if not any(explorer in cell.source for explorer in used for cell in cells[name]):
                wrong.append(f"no explorer in `{name}`")
            if not re.search(r"\bpredict", words[name], re.I):
                wrong.append(f"`{name}` asks for no prediction: predict, then try")
    if not any("raises-exception" in notebooks.tags(cell) for cell in cells.get("Break it", [])):
        wrong.append("`Break it` has no cell tagged raises-exception")
    if not re.search(r"^\|.*\|\s*\n\|[ :|-]+\|", words.get("Recap", ""), re.M):
        wrong.append("`Recap` has no table of shapes")
    asserts = sum(len(re.findall(r"^\s*assert\b", cell.source, re.M)) for _, cell in notebooks.code(nb))
    if asserts < 3:
        wrong.append(f"{asserts} asserts in the chapter: assert the pencil-size cases")
    return wrong


def prose(source):
    """Return Markdown without code, comments and formulas."""
    source = re.sub(r"^(```|~~~).*?^\1", " ", source, flags=re.M | re.S)
    return re.sub(r"<!--.*?-->|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", " ", source, flags=re.S)


def anchors(nb):
    """The headings a link can lead to.

    JupyterLab keeps capitals and signs in an anchor, GitHub and Sphinx do not: only a heading in small
    letters, digits and spaces has the same anchor everywhere.
    """
    found = [text for _, source in markdown(nb) for _, text in notebooks.headings(source)]
    return {text.replace(" ", "-") for text in found if re.fullmatch(r"[a-z0-9][a-z0-9 -]*", text)}


@functools.lru_cache
def _anchors_of(file, changed):
    return anchors(notebooks.read(file))


def links_resolve(path, nb):
    wrong = []
    for i, source in markdown(nb):
        for words, target in LINK.findall(prose(source)):
            if re.match(r"[a-z]+:", target):
                if target.startswith("http:"):
                    wrong.append(f"cell {i}: {target}: use https")
                continue
            file, _, anchor = target.partition("#")
            there = (Path(path).parent / unquote(file)).resolve() if file else Path(path)
            said, meant = re.match(r"chapter\s+(\d+)", words, re.I), re.match(r"(\d\d)_", there.name)
            if said and meant and int(said[1]) != int(meant[1]):
                wrong.append(f"cell {i}: [{words}]({target}): that is chapter {int(meant[1])}")
            if not there.exists():
                wrong.append(f"cell {i}: [{words}]({target}): there is no such file")
            elif anchor and there.suffix == ".ipynb":
                text = notebooks.twin(there)  # it may have been edited since the notebook was built
                other = text if text.exists() else there
                if anchor not in (_anchors_of(other, other.stat().st_mtime_ns) if file else anchors(nb)):
                    wrong.append(f"cell {i}: [{words}]({target}): no heading has this anchor; {LINKED}")
    return wrong


def pictures_in_markdown(path, nb):
    wrong = []
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown" and "navigation" not in notebooks.tags(cell):
            alts = re.findall(r"!\[([^\]]*)\]\(", prose(cell.source))
            wrong += [f"cell {i}: a picture with alt text {alt!r}" for alt in alts if len(alt) < pictures.ALT]
    return wrong


RULES = [headings_in_order, promise, parts_in_order, parts_filled, links_resolve, pictures_in_markdown]
