"""Sphinx's settings for the web edition: everything it needs lies beside the pages."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MADE = ROOT / ".book" / "site"  # by build.py
sys.path.insert(0, str(ROOT))

project = html_title = "Convolutional neural networks from scratch"
author = "the authors of the book"
copyright = "the authors. Text and pictures CC BY 4.0, code MIT"
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "authoring.site.mathml",
    "authoring.site.sections",
    "authoring.site.docstrings",
]
html_static_path = [str(HERE / "static"), str(MADE / "static")]
html_extra_path = [str(MADE / "extra")]
templates_path = [str(HERE / "templates")]

nb_execution_mode = "off"
nb_ipywidgets_js = {}  # there is no widget left
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
smartquotes = False

autodoc_default_options = {"member-order": "bysource"}
add_module_names = False

html_theme = "furo"
html_math_renderer = "mathml"
html_css_files = ["formulas.css", "atlas/type.css", "book.css", "player.css"]
SCRIPTS = ("memory.js", "reading.js", "quiz.js", "search.js", "scene.js", "atlas.js", "player.js")
html_js_files = [(name, {"defer": "defer"}) for name in SCRIPTS]
html_sidebars = {
    "**": [f"sidebar/{part}.html" for part in "brand tools scroll-start navigation scroll-end".split()]
}
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_theme_options = {"top_of_page_buttons": []}
