"""Docstrings are plain words: here they are made safe for Sphinx, which reads marks in them."""

import re

MARKS = re.compile(r"(``.+?``)|`([^`]+)`|([*|\\])|(?<=\w)(_)(?!\w)")


def marked(line):
    """A line of a docstring, code between backticks as code and every other mark as itself."""

    def one(found):
        whole, code, sign, underscore = found.groups()
        return whole or (f"``{code}``" if code else f"\\{sign or underscore}")

    return MARKS.sub(one, line)


def process(app, what, name, thing, options, lines):
    lines[:] = [line if line.startswith("    ") else marked(line) for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
