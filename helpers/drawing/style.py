"""One look for every picture of the book: colours by role, one size of type, and alt text always."""

import base64
import html
import io
import sys
from contextlib import contextmanager

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image

# A colour means the same thing in every picture (Okabe & Ito's colour-blind safe palette, and its kin).
ROLES = {
    "input": "#0072B2",
    "kernel": "#D55E00",
    "output": "#007A5A",
    "padding": "#8A8F98",
    "window": "#E69F00",
    "positive": "#B2182B",
    "negative": "#2166AC",
    "ink": "#1B1E23",
    "muted": "#5B616B",
    "paper": "#FFFFFF",
}
RGB = {role: np.array(list(bytes.fromhex(code[1:])), np.uint8) for role, code in ROLES.items()}
DIVERGING = "RdBu_r"  # signed values, always symmetric about zero: blue is negative, red is positive
SEQUENTIAL = "gray"  # brightness

DPI = 144  # pixels per inch of the stored picture
CSS_PER_INCH = 100  # pixels per inch on the page, so pictures stay sharp on dense screens


LOOK = {
    "figure.figsize": (8.4, 3.6),
    "figure.dpi": CSS_PER_INCH,
    "figure.facecolor": ROLES["paper"],
    "figure.constrained_layout.use": True,
    "savefig.facecolor": ROLES["paper"],
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "text.color": ROLES["ink"],
    "axes.labelcolor": ROLES["ink"],
    "axes.edgecolor": ROLES["muted"],
    "xtick.color": ROLES["muted"],
    "ytick.color": ROLES["muted"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(
        color=[ROLES[role] for role in ("input", "kernel", "output", "window", "muted")]
    ),
    "image.interpolation": "nearest",
    "image.cmap": SEQUENTIAL,
}

AT_DRAWING = ("text.hinting", "text.hinting_factor", "path.simplify", "path.simplify_threshold")


def use():
    """Set the book's look for every figure drawn after this call, a reader's own too.

    It starts from matplotlib's defaults: what a reader's matplotlibrc asks for, such as pictures with row 0
    at the bottom or text set by LaTeX, would make the book's pictures others than its words say. A reader who
    wants another look sets ``plt.rcParams`` or ``plt.style`` after it.
    """
    _load_backend()
    _dress()


@contextmanager
def look():
    """Within it the book's look, whatever the settings are; afterwards they are as they were."""
    with matplotlib.rc_context():
        _dress()
        yield


@contextmanager
def steady():
    """The settings that count at drawing and not before, as in `look`, in a hundredth of its time."""
    settings = matplotlib.rcParams
    kept = {name: settings[name] for name in AT_DRAWING}
    try:
        settings.update({name: matplotlib.rcParamsDefault[name] for name in AT_DRAWING})
        yield
    finally:
        settings.update(kept)


def _dress():
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(LOOK)


def _load_backend():
    """See to it that pyplot works where an IDE's MPLBACKEND names what this Python does not have."""
    inline = ["module://matplotlib_inline.backend_inline"] if "ipykernel" in sys.modules else []
    for name in (matplotlib.get_backend(), *inline, "agg"):
        try:
            return plt.switch_backend(name)
        except ImportError:
            continue


def png(fig):
    """Return the figure as PNG bytes, the same bytes for the same figure."""
    buffer = io.BytesIO()
    with look():
        fig.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def compact(data):
    """Return (bytes, "png" or "jpeg"): a picture given as PNG bytes, in the least space that keeps it.

    A picture is stored twice in its notebook, and Git keeps every version. 256 colours are enough if all but
    one pixel in a thousand stay within 8 of 255 steps. With photographs in it they are not, and it becomes a
    JPEG, unless the PNG is smaller.
    """
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    error = np.abs(np.asarray(picture, np.int16) - np.asarray(small.convert("RGB"), np.int16)).max(axis=2)
    if np.quantile(error, 0.999) <= 8:
        return _saved(small, "png", optimize=True), "png"
    whole = _saved(picture, "png", optimize=True)
    photograph = _saved(picture, "jpeg", quality=80, subsampling=0, optimize=True)
    return (whole, "png") if len(whole) <= len(photograph) else (photograph, "jpeg")


def _saved(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def img(data, alt, width, kind="png"):
    """Return an HTML ``<img>`` of a picture's bytes: at most ``width`` CSS pixels wide, with its alt text."""
    return (
        f'<img alt="{html.escape(alt)}" width="{width:.0f}" '
        'style="max-width:100%;height:auto;border-radius:4px" '
        f'src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'
    )


def bundle(data, alt, width, caption=""):
    """Return the mime bundle of a picture given as PNG bytes: HTML with alt text, the picture, the words.

    ``caption`` stands visibly below the picture and says how it is read.

    HTML carries the alt text in JupyterLab and on the web, the picture serves PDF and GitHub, and the plain
    text is what a terminal shows and what the tests compare.
    """
    data, kind = compact(data)
    return {
        "text/html": img(data, alt, width, kind) + below(caption, width),
        f"image/{kind}": base64.b64encode(data).decode(),
        "text/plain": f"{alt}\n{caption}".strip(),
    }


def below(caption, width):
    """Return the HTML of a caption under a picture ``width`` CSS pixels wide; nothing where there is none."""
    if not caption:
        return ""
    look = f"max-width:{width:.0f}px;margin:4px 0 12px;font-size:0.92em;line-height:1.4;opacity:0.85"
    return f'<p class="book-caption" style="{look}">{html.escape(caption)}</p>'


def show(fig, alt, caption="", metadata=None):
    """Display a figure with its alt text and its caption, and close it.

    ``alt`` says what is seen, for a reader who cannot see it; ``caption`` says in one or two lines how the
    picture is read: what solid and dashed mean, what red is. ValueError when one is missing or too short to
    say anything, or when a caption is longer than two lines. ``metadata`` is stored beside the picture.
    """
    alt = _words(
        "alt", alt, 40, 5000, "say in a sentence or two what is seen in the picture, with its numbers"
    )
    if caption:
        caption = _words("caption", caption, 15, 240, "say in one or two lines how the picture is read")
    data = bundle(png(fig), alt, fig.get_figwidth() * CSS_PER_INCH, caption)
    display(data, raw=True, metadata=metadata)
    plt.close(fig)


def _words(name, text, fewest, most, remedy):
    """Return a text with its line breaks mended; ValueError if it is no text or not of a fitting length."""
    text = " ".join(text.split()) if isinstance(text, str) else text
    if not isinstance(text, str) or not fewest <= len(text) <= most:
        raise ValueError(f"{name}={text!r}: {remedy} ({fewest} to {most} characters)")
    return text
