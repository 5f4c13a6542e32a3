"""Formulas as MathML, converted when the page is built: no script, no font to fetch, and read aloud."""

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.util import logging

LOG = logging.getLogger(__name__)


def convert(tex, block):
    """A formula as a <math> element; what is not understood is a warning, which stops the build."""
    try:
        return latex2mathml.tex2mathml(tex.strip(), as_block=block)
    except MathError as error:
        LOG.warning("formula not understood: %s: %s", tex, error)
        return ""


def inline(writer, node):
    writer.body.append(convert(node.astext(), False))
    raise nodes.SkipNode


def block(writer, node):
    writer.body.append(f'<div class="book-formula">{convert(node.astext(), True)}</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
