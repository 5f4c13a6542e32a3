"""The `## Exercises` of a chapter, made from the notebook with its solutions.

In `chapters/solutions/NN_topic.ipynb` every exercise is a part `## exercise 3-1`: words that begin with
**A title.**, the code cell tagged `exercise`, and then the explanation. In the code cell the lines between
BEGIN and END are the answer; the chapter gets `None` in their place, and the call of `check` records.
A part `## project ...` is taken over up to its first code cell.
"""

import ast
import re
import textwrap

import nbformat

from authoring import anatomy, notebooks

TITLE = "Exercises"
BEGIN, END = "# your answer: begin", "# your answer: end"
HEADING = re.compile(r"exercise (\d+)-(\d+)|project .+")
NAMED = re.compile(r"\*\*(.+?)\.\*\*\s+", re.S)


def solutions(path):
    """Return the solutions of a chapter as a notebook, None where there are none."""
    folder = notebooks.chapters_of(path)
    file = folder / "text" / "solutions" / f"{notebooks.name(path)}.md"
    return notebooks.read(file) if file.exists() else None


def starter(source):
    """Return the code of a solution with the answer taken out."""
    lines, answer, kept = source.splitlines(), None, []
    for line in lines:
        if line.strip() == BEGIN:
            answer = []
        elif line.strip() == END:
            if not answer:
                raise ValueError(f"`{END}` without an answer before it:\n{source}")
            kept += _blank(answer)
            answer = None
        elif answer is not None:
            answer.append(line)
        else:
            kept.append(line)
    if answer is not None or END not in map(str.strip, lines):
        raise ValueError(f"an exercise marks its answer by `{BEGIN}` and `{END}`:\n{source}")
    return re.sub(r",\s*record=False", "", "\n".join(kept))


def _blank(answer):
    """Return the lines that stand for an answer: nothing is returned, or every name is None."""
    indent = re.match(r"\s*", answer[0])[0]
    if indent:
        return [f"{indent}return None  # your code in the place of this line"]
    tree = ast.parse(textwrap.dedent("\n".join(answer)))
    assigned = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    names = dict.fromkeys(node.id for target in assigned for node in ast.walk(target) if _stored(node))
    return [f"{name} = None  # your answer" for name in names]


def _stored(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def section(path, nb):
    """Return the cells of a chapter's exercises, from the notebook ``nb`` of its solutions."""
    link = f"solutions/{path.name}"
    words = [f"## {TITLE}", _introduction(nb)]
    cells = []
    for heading, content in anatomy.parts(nb):
        if not (named := HEADING.fullmatch(heading)):
            continue
        code = [at for at, (kind, _, _) in enumerate(content) if kind == "code"]
        words_only = content[: code[0] if code else None]
        prompt = "\n\n".join(t for _, t, cell in words_only if "navigation" not in notebooks.tags(cell))
        prompt = _here(prompt.split("\n", 1)[1].strip())
        if named[1]:
            title = NAMED.match(prompt)
            if not title or not code or "exercise" not in notebooks.tags(content[code[0]][2]):
                raise ValueError(f"{heading}: begin with `**Title.**`, then a code cell tagged `exercise`")
            words += [f"### Exercise {named[1]}.{named[2]} · {title[1]}", prompt[title.end() :]]
            cells += [_words(words), _code(starter(content[code[0]][1]))]
            words = [f"[Solution of exercise {named[1]}.{named[2]}]({link}#exercise-{named[1]}-{named[2]})"]
        else:
            words += [f"### Project · {heading.removeprefix('project ').capitalize()}", prompt]
            words += [f"[One way to do it]({link}#{heading.replace(' ', '-')})"] if code else []
    return [*cells, _words(words)]


def _introduction(nb):
    calls = re.findall(r'check\("(\d+\.\d+)"', "\n".join(cell.source for _, cell in notebooks.code(nb)))
    if not calls:
        raise ValueError('solutions without a call of check("...")')
    text = textwrap.fill(  # a line must not end within code
        "Every cell runs as it stands, and says that nothing was tried. Write your answer where `None` is "
        f'and run it again: the checker says what is likely wrong. `hint("{calls[0]}")` gives a hint, '
        f'`hint("{calls[0]}",~2)` and `hint("{calls[0]}",~3)` say more. What you have solved is kept in '
        "`exercises-progress.json` beside this notebook; delete the file to begin anew.",
        110,
        break_on_hyphens=False,
    )
    return text.replace("~", " ")


def _here(words):
    """Links of a solution lead from a folder below."""
    return re.sub(r"\]\(\.\./", "](", words)


def _words(pieces):
    return nbformat.v4.new_markdown_cell("\n\n".join(pieces))


def _code(source):
    return nbformat.v4.new_code_cell(source, metadata={"tags": ["exercise"]})


def put(cells, path):
    """Return a chapter's cells with the part `## Exercises` brought up to date, before `## Reading`."""
    nb = solutions(path) if notebooks.number(path) is not None else None
    if nb is None:
        return cells
    kept, old, inside, place = [], {}, False, None
    for cell in cells:
        if cell.cell_type == "code":
            kept += [] if inside else [cell]
            old |= {cell.source: cell} if inside else {}
            continue
        words = ""  # of this cell, from the last place where it was cut
        for piece in re.split(r"^(?=## )", cell.source, flags=re.M):
            heading = re.match(r"## +(.+?)\s*$", piece, re.M)
            inside = heading[1] == TITLE if heading else inside
            if place is None and heading and heading[1] in (TITLE, "Reading"):
                kept += [_words([words.strip()])] if words.strip() else []
                words, place = "", len(kept)
            words += "" if inside else piece
        if words.strip():
            kept.append(cell if words == cell.source else _words([words.strip()]))
    place = len(kept) if place is None else place
    new = [old.get(cell.source, cell) if cell.cell_type == "code" else cell for cell in section(path, nb)]
    return kept[:place] + new + kept[place:]  # stored outputs stay with unchanged starters
