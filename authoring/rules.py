"""Rules for the cells and outputs of every notebook.

A rule takes (path, notebook) and returns what is wrong, one sentence each, with the remedy; an empty
list when nothing is. Rules for the words are in anatomy.py.
"""

import ast
import json
import re

from authoring import notebooks, pictures, setup_lines, widgets
from authoring.notebooks import code

LINES = 25  # of a code cell
VISIBLE, WIDTH = 15, 100  # lines of a cell that is not folded, characters of its lines
SECOND = range(1, 11)  # chapters of the second edition: what is seen is short, captioned, can be run again
SIZE = 3_000_000  # bytes of a notebook

TAGS = {
    "setup": "the cell with all imports, folded; it begins with generated lines",
    "hide-input": "folded: it only draws, or checks what the argument does not need",
    "navigation": "generated links",
    "contents": "generated contents table",
    "raises-exception": "the cell is meant to fail",
    "nbval-ignore-output": "the output is not compared",
    "stderr": "the cell is meant to write to stderr",
    "exercise": "a starter cell that a reader fills in",
}
REASON = {"nbval-ignore-output": "# Output not compared: ", "stderr": "# Writes to stderr: "}

TIME = re.compile(r"\d ?(?:ms|µs|us|ns|seconds?|minutes?)\b|\d\.\d+ ?s\b|\b\d+ s\b")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}|<[A-Za-z_][\w.]* (?:object )?(?:at |size )")
FOLDER = re.compile(r"(?<![\w.:/~])/(?:home|work|Users|root|tmp|usr|opt|var|mnt)/\w|\b[A-Z]:\\\w")


def own_source(cell):
    """A code cell's source without the generated lines."""
    return cell.source.rpartition(setup_lines.MARKER)[2].strip("\n")


def texts(cell):
    """The text outputs of a cell as strings."""
    found = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            found.append(output.text)
        elif output.output_type == "error":
            found.append(f"{output.ename}: {output.evalue}")
        else:
            found.append(output.data.get("text/plain", ""))
            found.append(pictures.Page(output.data.get("text/html", "")).words)
    return found


def executed(path, nb):
    counts = [cell.execution_count for _, cell in code(nb)]
    if counts == list(range(1, len(counts) + 1)):
        return []
    remedy = f"make refresh ARGS={notebooks.name(path)}"
    return [f"not run from top to bottom (execution counts {counts}): {remedy}"]


def plain_python(path, nb):
    wrong = []
    for i, cell in code(nb):
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            wrong.append(
                f"cell {i}: not plain Python ({error.msg}, line {error.lineno}); no magics, no shell"
            )
            continue
        if cell.source.rstrip().endswith(";"):
            wrong.append(f"cell {i}: ends with `;`: show pictures with style.show, print values")
        for node in ast.walk(tree):
            called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
            if called in ("interact", "interactive", "interactive_output", "Output", "clear_output"):
                wrong.append(f"cell {i}: {called}(...) is not stored the same twice; write an explorer")
        if re.search(r"^\s*#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source, re.M):
            wrong.append(f"cell {i}: an nbval comment; use a cell tag, with its reason beside it")
    return wrong


def short_cells(path, nb):
    lengths = [(i, len(own_source(cell).splitlines())) for i, cell in code(nb)]
    return [f"cell {i}: {n} lines of code, at most {LINES}: divide it" for i, n in lengths if n > LINES]


def readable(path, nb):
    """What a reader sees is short enough to read: the rest is folded."""
    wrong = []
    if notebooks.number(path) not in SECOND:
        return wrong
    for i, cell in code(nb):
        lines = (
            [] if notebooks.folded(cell) or "exercise" in notebooks.tags(cell) else cell.source.splitlines()
        )
        if len(lines) > VISIBLE:
            wrong.append(
                f"cell {i}: {len(lines)} visible lines, at most {VISIBLE}: divide it or fold what draws"
            )
        wrong += [
            f"cell {i}: a line of {len(line)} characters, at most {WIDTH}"
            for line in lines
            if len(line) > WIDTH
        ]
    return wrong


def captioned(path, nb):
    """Every picture that a cell shows says below it how it is read."""
    wrong = []
    for i, cell in code(nb):
        for page in (output.get("data", {}) for output in cell.outputs):
            shown = page.get("text/html", "")
            if "<img" in shown and "book-caption" not in shown:
                wrong.append(f"cell {i}: a picture without a caption: style.show(fig, alt, caption)")
    return wrong


def few_in_a_row(path, nb):
    kinds = "".join("f" if notebooks.folded(cell) else cell.cell_type[0] for cell in nb.cells)
    rows = [found.start() for found in re.finditer("(cf*){2,}c", kinds)]
    return [f"cell {i}: more than two code cells in a row; say between them what they do" for i in rows]


def one_setup_cell(path, nb):
    if not code(nb):
        return []
    setup = [i for i, cell in code(nb) if "setup" in notebooks.tags(cell)]
    wrong = (
        [] if len(setup) == 1 else [f"{len(setup)} cells tagged `setup`; there must be one, with all imports"]
    )
    for i, cell in code(nb):
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except SyntaxError:
            continue  # plain_python says so
        if i not in setup and any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes):
            wrong.append(f"cell {i}: imports belong in the setup cell")
    return wrong


def steady_outputs(path, nb):
    wrong = []
    for i, cell in code(nb):
        for text in texts(cell):
            for what, pattern in (("a time", TIME), ("an object's address or bare repr", ADDRESS)):
                if found := pattern.search(text):
                    near = text[max(0, found.start() - 20) : found.end() + 20]
                    wrong.append(f"cell {i}: {what} in a text output: {near!r}")
        for output in cell.outputs:
            kinds = set(output.get("data", {}))
            if output.output_type == "execute_result" and kinds == {"text/plain"}:
                wrong.append(f"cell {i}: ends with a bare object; print it, rounded if it is a float")
            if widgets.VIEW in kinds and re.match(r"\w+\(", output.data.get("text/plain", "")):
                wrong.append(
                    f"cell {i}: a widget without words; its mime bundle needs a sentence and a picture"
                )
    return wrong


def no_stderr(path, nb):
    return [
        f"cell {i}: writes to stderr: {output.text[:80]!r}; correct it or tag the cell `stderr`"
        for i, cell in code(nb)
        for output in cell.outputs
        if output.get("name") == "stderr" and "stderr" not in notebooks.tags(cell)
    ]


def no_folders(path, nb):
    """No absolute path of the author's machine, in source, outputs or widgets."""
    places = []
    for i, cell in enumerate(nb.cells):
        traces = [line for output in cell.get("outputs", []) for line in output.get("traceback", [])]
        places.append((f"cell {i}", "\n".join([cell.source, *texts(cell), *traces])))
    places.append(("the stored widgets", json.dumps(nb.metadata)))
    wrong = []
    for place, text in places:
        if found := FOLDER.search(text):
            near = text[found.start() : found.end() + 30]
            wrong.append(f"{place}: an absolute path, {near!r}; it is another on the reader's machine")
    return wrong


def widgets_complete(path, nb):
    """GitHub refuses a notebook whose widget metadata has no state; a view without a model shows nothing."""
    stored = nb.metadata.get("widgets")
    if stored is None:
        return ["widgets are shown but their state is not stored"] if widgets.views(nb) else []
    state = stored.get(widgets.STATE, {}).get("state")
    if not state:
        return ["metadata.widgets has no `state`"]
    return [f"no state for widget {v['model_id']}" for v in widgets.views(nb) if v["model_id"] not in state]


def tags_known(path, nb):
    wrong = []
    for i, cell in enumerate(nb.cells):
        for tag in notebooks.tags(cell):
            if tag not in TAGS:
                wrong.append(f"cell {i}: unknown tag {tag!r}; there are {', '.join(TAGS)}")
            reason = REASON.get(tag)
            if reason and not re.search(re.escape(reason) + r"\S.{10}", cell.source):
                wrong.append(f"cell {i}: tag {tag!r} needs a comment `{reason}...` with its reason")
    return wrong


def small(path, nb):
    size = len(notebooks.to_json(nb).encode())
    return (
        [f"{size / 1e6:.1f} MB, at most {SIZE / 1e6:.0f}: smaller or fewer pictures"] if size > SIZE else []
    )


RULES = [
    executed,
    pictures.described,
    plain_python,
    short_cells,
    few_in_a_row,
    one_setup_cell,
    steady_outputs,
]
RULES += [no_stderr, no_folders, widgets_complete, tags_known, small, readable, captioned]
