"""The `## Exercises` of a chapter, made from the text of its solutions.

In `chapters/text/solutions/NN_topic.md` every exercise is a part `## exercise 3-1`: words that begin with
**A title.**, the code cell tagged `exercise`, and then the explanation. In the code cell the lines between
BEGIN and END are the answer; the chapter gets `None` in their place, and the call of `check` records.
A part `## project ...` is taken over up to its first code cell.
"""

import ast
import re
import textwrap

import nbformat

from authoring import notebooks

TITLE = "Exercises"
BEGIN, END = "# your answer: begin", "# your answer: end"
HEADING = re.compile(r"exercise (\d+)-(\d+)|project .+")
NAMED = re.compile(r"\*\*(.+?)\.\*\*\s+", re.S)


def _file(path):
    """Where the solutions of a chapter would be."""
    return notebooks.chapters_of(path) / "text" / "solutions" / f"{notebooks.name(path)}.md"


def starter(source):
    """The code of a solution with the answer taken out."""
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
    """The lines that stand for an answer: nothing is returned, or every name is None."""
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
    """The cells of a chapter's exercises, from the notebook ``nb`` of its solutions."""
    link = f"solutions/{path.name}"
    words = [f"## {TITLE}", _introduction(nb)]
    cells = []
    for heading, number, title, prompt, source in tasks(nb):
        prompt = here(prompt)
        if number:
            words += [f"### Exercise {number} · {title}", prompt]
            cells += [_words(words), _code(starter(source))]
            words = [f"[Solution of exercise {number}]({link}#{heading.replace(' ', '-')})"]
        else:
            words += [f"### Project · {heading.removeprefix('project ').capitalize()}", prompt]
            words += [f"[One way to do it]({link}#{heading.replace(' ', '-')})"] if source else []
    return [*cells, _words(words)]


def tasks(nb):
    """(heading, number, title, prompt, first code cell) of each exercise; a project has no number."""
    for heading, content in notebooks.parts(nb):
        if not (named := HEADING.fullmatch(heading)):
            continue
        code = [at for at, (kind, _, _) in enumerate(content) if kind == "code"]
        words_only = content[: code[0] if code else None]
        prompt = "\n\n".join(t for _, t, cell in words_only if "navigation" not in notebooks.tags(cell))
        prompt = prompt.split("\n", 1)[1].strip()
        source = content[code[0]][1] if code else ""
        if not named[1]:
            yield heading, "", "", prompt, source
            continue
        title = NAMED.match(prompt)
        if not title or not code or "exercise" not in notebooks.tags(content[code[0]][2]):
            raise ValueError(f"{heading}: begin with `**Title.**`, then a code cell tagged `exercise`")
        yield heading, f"{named[1]}.{named[2]}", title[1], prompt[title.end() :], source


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


def here(words):
    """Links of a solution lead from a folder below."""
    return re.sub(r"\]\(\.\./", "](", words)


def _words(pieces):
    return nbformat.v4.new_markdown_cell("\n\n".join(pieces))


def _code(source):
    return nbformat.v4.new_code_cell(source, metadata={"tags": ["exercise"]})


def take_out(cells, path):
    """A chapter's cells without the part `## Exercises`, if it is made from solutions."""
    if not _file(path).exists():
        return cells
    kept, inside = [], False
    for cell in cells:
        if cell.cell_type == "code":
            kept += [] if inside else [cell]
            continue
        words = ""
        for piece in re.split(r"^(?=## )", cell.source, flags=re.M):
            heading = re.match(r"## +(.+?)\s*$", piece, re.M)
            inside = heading[1] == TITLE if heading else inside
            words += "" if inside else piece
        if words.strip():
            kept.append(cell if words == cell.source else _words([words.strip()]))
    return kept


def put_in(cells, path):
    """A chapter's cells with the part `## Exercises` before `## Reading`."""
    if not _file(path).exists():
        return cells
    try:
        made = section(path, notebooks.read(_file(path)))
    except ValueError as error:
        raise ValueError(f"solutions/{notebooks.name(path)}: {error}") from None
    for at, cell in enumerate(cells):
        reading = re.search(r"^## +Reading *$", cell.source, re.M) if cell.cell_type == "markdown" else None
        if reading:
            halves = cell.source[: reading.start()].strip(), cell.source[reading.start() :]
            around = [[_words([half])] if half else [] for half in halves]
            return [*cells[:at], *around[0], *made, *around[1], *cells[at + 1 :]]
    return [*cells, *made]
