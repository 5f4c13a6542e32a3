"""The rule that the explorers and quizzes stored in a notebook are what the code makes of them now.

A label, a range or a sentence may change while a notebook keeps the old one, and running its cells does not
tell: nobody compares widgets. So each is made again and compared, its words and every value of its widgets;
not the pixels of its pictures.
"""

import ast
import os
import re

import nbformat
from ipywidgets.embed import dependency_state

from authoring import notebooks, pictures, widgets

ROOMS = ("helpers.explorers", "helpers.quiz", "helpers.upload")


def as_made_now(path, nb):
    """The rule."""
    space, wrong = {}, []
    for i, cell in notebooks.code(nb):
        try:
            found = [_stale(node, cell, nb, space) for node in ast.parse(cell.source).body]
        except SyntaxError:
            continue  # plain_python says so
        except (TypeError, ValueError) as error:  # a setting that there is no longer
            wrong.append(f"cell {i}: {error}")
        else:
            remedy = f"make refresh ARGS={notebooks.name(path)}"
            wrong += [f"cell {i}: {said}: {remedy}" for said in found if said]
    return wrong


def _stale(node, cell, nb, space):
    """What of a cell's stored output is not what a line of it shows now; the line's names go into space."""
    if isinstance(node, ast.ImportFrom) and str(node.module).startswith(ROOMS):
        exec(ast.unparse(node), space)
    elif isinstance(node, ast.Assign):
        space[ast.unparse(node.targets[0])] = _made(node.value, space)
    elif isinstance(node, ast.Expr):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if call.func.attr == "show":
                return _stale_words(_made(call.func.value, space), _settings(call), cell)
            space.pop(ast.unparse(call.func.value), None)  # it was changed
        made = _made(call, space)
        return _stale_widgets(made, cell, nb) or _stale_words(getattr(made, "explorer", made), {}, cell)
    return ""


def _settings(call):
    """The named arguments of a call, or None where the chapter computes one of them."""
    try:
        return {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    except ValueError:
        return None


def _made(node, space):
    """The explorer or quiz that an expression makes or names, or None.

    One of a model or a picture that the chapter computed is made without it, and called ``other``.
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return space.get(node.id)
    kind = space.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
    if not isinstance(kind, type):
        return None
    settings = _settings(node)
    made = kind(*(_made(each, space) for each in node.args), **(settings or {}))
    made.other = settings is None
    return made


def _stale_words(made, chosen, cell):
    """The rule for a picture, static or beside its widget: its alt text."""
    alts = [alt for output in cell.outputs for _, alt in _pictures(output)]
    if made is None or getattr(made, "other", False) or chosen is None or not alts:
        return ""
    words = type(made)(**(made.state | chosen)).description if chosen else made.description
    return "" if words in alts else f"stored words {_apart(alts[0], words)}"


def _stale_widgets(made, cell, nb):
    """The rule for a widget: the whole tree of its models."""
    views = [output.data[widgets.VIEW] for output in cell.outputs if widgets.VIEW in output.get("data", {})]
    if made is None or not views:
        return ""
    stored = _tree(nb.metadata.widgets[widgets.STATE]["state"], views[-1]["model_id"])
    now = _tree(dependency_state(made.widget, drop_defaults=False), made.widget.model_id)
    return _difference(stored, now, ["description"] if made.other else None)


def _pictures(output):
    return pictures.Page(output.get("data", {}).get("text/html", "")).pictures


def _tree(states, root):
    """The models that a view shows, from the first on, with the same numbers for the same place."""
    view = nbformat.v4.new_output("display_data", {widgets.VIEW: {"model_id": root}})
    cell = nbformat.v4.new_code_cell("", outputs=[view])
    nb = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {widgets.STATE: {"state": states}}})
    return list(widgets.settle(nb).metadata.widgets[widgets.STATE]["state"].values())


def _difference(stored, now, only):
    """The first difference between two trees of models, in words."""
    if len(stored) != len(now):
        return f"{len(stored)} widgets are stored, and now there are {len(now)}"
    for old, new in zip(stored, now, strict=True):
        for key in only or sorted(old["state"].keys() | new["state"].keys()):
            before, after = (re.sub(r'src="[^"]*"', "", str(model["state"].get(key))) for model in (old, new))
            if before != after:
                return f"{new['model_name'].removesuffix('Model')}, {key} {_apart(before, after)}"
    return ""


def _apart(stored, now):
    """Where two texts part."""
    start = max(0, len(os.path.commonprefix([stored, now])) - 20)
    return f"{stored[start : start + 60]!r} is now {now[start : start + 60]!r}"
