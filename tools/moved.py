"""What ties ``.venv`` to the place where it was made, tied anew when the book has been moved or copied."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# How the programs begin that pip writes: with the path of their Python, or so when it is long or has blanks.
FIRST = re.compile(
    rb"""#!(?:(/\S*/\.venv/bin/python[\d.]*)\n|"""
    rb"""/bin/sh\n'''exec' "?(/[^\n"]*/\.venv/bin/python[\d.]*)"? "\$0" "\$@"\n' '''\n)"""
)


def settle(python, site):
    """Let the environment's Python find ``helpers``, and its programs find that Python."""
    try:
        path, way = Path(site, "executable-cnn-book.pth"), os.path.relpath(ROOT, site) + "\n"
        if not path.exists() or path.read_text() != way:
            path.write_text(way)  # a way from there to here: it outlives a move
        if away(python.with_name("pip"), python):  # one look tells; on Windows programs are no text
            for program in python.parent.iterdir():
                start = away(program, python)
                if start:
                    line = b"#!/bin/sh\n'''exec' \"%s\" \"$0\" \"$@\"\n' '''\n" % os.fsencode(python)
                    program.write_bytes(line + program.read_bytes()[start:])
    except OSError:
        pass  # an installation of someone else's; the chapters find the book without all this


def away(program, python):
    """Return how many bytes name the Python of a program where that is not this one, else 0."""
    if not program.is_file() or program.is_symlink():
        return 0
    with open(program, "rb") as file:
        first = FIRST.match(file.read(1000))
    if not first:
        return 0
    try:
        here = os.path.samefile(os.path.dirname(first[1] or first[2]), python.parent)
    except OSError:
        here = False
    return 0 if here else first.end()
