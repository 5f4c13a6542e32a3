"""The pages that no notebook is the source of: the operations, the licences, the index of terms."""

import inspect
import re

from mdit_py_plugins.anchors.index import slugify

import helpers
from authoring import notebooks

LINK = re.compile(r"\[[^\]]*\]\((?:\.\./)?glossary\.ipynb#([a-z0-9-]+)\)")
OPERATIONS = """\
# The operations of `helpers`

Every operation of the book, with its arguments, shapes and errors, as its docstring says it. Names and
meaning are those of `torch.nn.functional`. *X*`_loops` is there to be read, *X* to be used,
*X*`_backward` gives its gradients; *source* leads to the code. In a notebook: `from helpers import
conv2d`.
"""
LICENCES = """\
# Licences

The code of the book is under the [MIT licence](#the-code), its text and pictures under
[CC BY 4.0](#text-and-pictures). Photographs and data keep [licences of their own](#photographs-and-data).

These pages are built with Sphinx (BSD), MyST-NB (BSD) and the theme Furo (MIT), whose styles and scripts
they hold. The font of the formulas is a part of TeX Gyre Termes Math, by B. Jackowski, P. Strzelczyk and
P. Pianowski, under the GUST Font Licence; the type of moving explorers is a part of DejaVu Sans, under
its own free licence.
"""
TERMS = """\
# Index of terms

Each term leads to the glossary, each number to the first section of that chapter which needs it.
"""


def operations():
    """The operations that `helpers` offers, module by module, for autodoc."""
    modules = {}
    for name in helpers.__all__:
        modules.setdefault(getattr(helpers, name).__module__, []).append(name)
    shapes = [name for name, thing in vars(helpers.shapes).items() if _public(name, thing)]
    modules[helpers.shapes.__name__] = shapes
    parts = [OPERATIONS]
    for module in sorted(modules):
        parts.append(f"## {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n")
        parts += [f".. autofunction:: {module}.{name}" for name in modules[module]]
        parts.append("```\n")
    return "\n".join(parts)


def _public(name, thing):
    return inspect.isfunction(thing) and thing.__module__ == "helpers.ops.shapes" and not name.startswith("_")


def licences(root):
    """The licences of code, text and data on one page."""
    parts = [LICENCES]
    for title, file in (("The code", "LICENSE"), ("Text and pictures", "LICENSE-TEXT")):
        parts.append(f"## {title}\n\n```text\n{(root / file).read_text(encoding='utf-8').strip()}\n```\n")
    data = (root / "data/README.md").read_text(encoding="utf-8")
    data = re.sub(r"<!--.*?-->\n?", "", data)
    data = re.sub(r"\[(`[^`]+`)\]\([^)]*\.csv\)", r"\1", data)  # what a copy of the site does not hold
    parts.append(
        re.sub(r"^#", "##", data.replace("# The book's data", "# Photographs and data", 1), flags=re.M)
    )
    for file in sorted((root / "data/licences").glob("*.txt")):
        parts.append(f"### {file.stem}\n\n```text\n{file.read_text(encoding='utf-8').strip()}\n```\n")
    return "\n".join(parts)


def terms(chapters):
    """An index as at a book's end: every term, and the first section of each chapter that needs it."""
    used = {}
    for path in notebooks.all_notebooks(chapters):
        if notebooks.number(path) is None:
            continue
        slug = ""
        for line in "\n".join(text for _, text in notebooks.markdown(notebooks.read(path))).splitlines():
            if heading := re.match(r"#{2,3} (.+)", line):
                slug = slugify(heading[1])
            for term in LINK.findall(line):
                used.setdefault(term, {}).setdefault(
                    notebooks.number(path), f"{path.name}#{slug}".rstrip("#")
                )
    rows, letter = [TERMS], ""
    for term in sorted(used, key=lambda term: (term.lstrip("0123456789-"), term)):
        first = term.lstrip("0123456789-")[0].upper()
        rows += [f"\n## {first}\n"] if first != letter else []
        letter = first
        places = ", ".join(f"[{number}]({place})" for number, place in sorted(used[term].items()))
        rows.append(f"- [{term.replace('-', ' ')}](glossary.ipynb#{term}): {places}")
    return "\n".join(rows) + "\n"
