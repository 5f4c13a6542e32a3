"""What the drawing functions put on the axes, read back from artists and pixels."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers import datasets, drawing
from helpers.drawing import style

ROOT = Path(__file__).resolve().parents[1]


def canvas(size=2.0):
    fig = Figure(figsize=(size, size), dpi=100)
    FigureCanvasAgg(fig)
    ax = fig.add_axes([0, 0, 1, 1])
    return fig, ax


def pixels(fig):
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())[..., :3].astype(int)


def test_cells_lie_where_their_rows_and_columns_are():
    fig, ax = canvas()
    faces = np.array([[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 1, 0]]], float)
    drawing.bare(ax, 2, 2)
    ax.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5))
    drawing.CellGrid(ax, np.zeros((2, 2)), faces, [["", ""], ["", ""]])
    seen = pixels(fig)
    assert [tuple(seen[y, x]) for y in (50, 150) for x in (50, 150)] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 0),
    ]


def test_pixels_lie_where_numbered_cells_do():
    faces = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    fig, ax = canvas(2.03)
    ax.set(xlim=(-1.5, 7.5), ylim=(5.5, -2.5))
    cells = drawing.CellGrid(ax)
    cells.set_pixels(faces, origin=(-1, 1))
    seen = pixels(fig)
    for row, column in np.ndindex(5, 7):
        x, y = ax.transData.transform((column + 1, row - 1))
        assert tuple(seen[len(seen) - 1 - int(y), int(x)]) == tuple(faces[row, column])
    x, y = cells.edges()
    cells.set_cells(np.zeros((5, 7)), faces / 255, np.full((5, 7), ""))
    numbered = cells.edges()
    assert np.abs(np.subtract(x, numbered[0])).max() <= 1 and np.abs(np.subtract(y, numbered[1])).max() <= 1


def test_painting_only_what_changed_equals_painting_all():
    rng = np.random.default_rng(0)
    fig, ax = canvas()
    cells = drawing.grid(ax, rng.integers(-9, 10, (6, 6)), ticks=False)
    for _ in range(5):
        values = rng.integers(-9, 10, (6, 6))
        hatch = rng.random((6, 6)) < 0.3
        cells.set_cells(values, drawing.colours(values), hatch=hatch)
        again, other = canvas()
        drawing.grid(other, values, ticks=False, hatch=hatch)
        assert np.array_equal(pixels(fig), pixels(again))


def test_numbers_are_drawn_and_shrink_to_fit():
    fig, ax = canvas()
    drawing.grid(ax, [[-1020, 7], [0, 255]], ticks=False)
    with_numbers = pixels(fig)
    fig, ax = canvas()
    drawing.grid(ax, [[-1020, 7], [0, 255]], ticks=False, labels=[["", ""], ["", ""]])
    without = pixels(fig)
    changed = np.abs(with_numbers - without).sum(axis=2) > 0
    for rows in (slice(0, 100), slice(100, 200)):
        for columns in (slice(0, 100), slice(100, 200)):
            assert changed[rows, columns].any()
    assert not changed[:, :2].any() and not changed[:, 98:102].any(), "a number runs over its cell's edge"


def test_signed_colours_are_symmetric_about_zero():
    rgb = drawing.colours([[-4.0, 0.0, 2.0]])
    assert np.ptp(rgb[0, 1]) < 0.03, "zero is neutral"
    assert rgb[0, 0, 2] > rgb[0, 0, 0] and rgb[0, 2, 0] > rgb[0, 2, 2], "negative is blue, positive red"
    shared = drawing.colours([[2.0]], limit=4)
    assert np.allclose(shared[0, 0], rgb[0, 2]), "panels that share a limit share colours"
    assert np.allclose(drawing.colours([[np.nan]]), 1)


def test_frame_outlines_whole_cells():
    _, ax = canvas()
    box = drawing.frame(ax, 2, 3, 3, 4)
    assert (box.get_x(), box.get_y(), box.get_width(), box.get_height()) == (2.5, 1.5, 4, 3)
    drawing.move(box, 0, 0)
    assert (box.get_x(), box.get_y(), box.get_width()) == (-0.5, -0.5, 4)


def contrast(a, b):
    def luminance(colour):
        c = np.array(matplotlib.colors.to_rgb(colour))
        c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return c @ (0.2126, 0.7152, 0.0722)

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("role", ["input", "output", "positive", "negative", "ink", "muted"])
def test_roles_used_for_text_are_readable_on_paper(role):
    """WCAG 2.2 AA asks for a contrast of 4.5 for text (w3.org/TR/WCAG22, 1.4.3)."""
    assert contrast(style.ROLES[role], style.ROLES["paper"]) >= 4.5


def test_kernel_role_is_readable_as_large_text():
    """Titles are large text; WCAG asks 3 of them."""
    assert contrast(style.ROLES["kernel"], style.ROLES["paper"]) >= 3


def test_show_emits_html_with_alt_png_and_words(monkeypatch):
    import matplotlib.pyplot as plt

    seen = []
    monkeypatch.setattr(style, "display", lambda bundle, **_: seen.append(bundle))
    fig = plt.figure()
    alt = 'A blank picture whose words hold "quotes" & <brackets>.'
    style.show(fig, alt)
    (bundle,) = seen
    assert bundle["text/plain"] == alt
    assert "&quot;quotes&quot; &amp; &lt;brackets&gt;" in bundle["text/html"]
    assert bundle["image/png"].startswith("iVBOR")
    assert not plt.fignum_exists(fig.number), "show closes the figure"


@pytest.mark.parametrize("alt", ["", "a plot", None, 3])
def test_show_refuses_to_show_without_words(alt):
    import matplotlib.pyplot as plt

    with pytest.raises(ValueError, match="alt="):
        style.show(plt.figure(), alt)
    plt.close("all")


def test_the_same_figure_gives_the_same_bytes():
    def make():
        fig, ax = canvas()
        drawing.grid(ax, [[1, 2], [3, 4]])
        return style.png(fig)

    assert make() == make()


def _compact(picture):
    """What is stored of an array of pixels: (bytes, kind, the pixels again)."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "png")
    data, kind = style.compact(buffer.getvalue())
    assert len(data) <= len(buffer.getvalue())
    return data, kind, np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def test_compact_keeps_a_drawing():
    fig, ax = canvas()
    drawing.grid(ax, np.arange(-8, 8).reshape(4, 4))
    shown = pixels(fig)
    _, kind, kept = _compact(shown.astype(np.uint8))
    assert kind == "png" and np.quantile(np.abs(kept - shown).max(axis=2), 0.999) <= 8


def test_compact_keeps_a_photograph_to_the_eye():
    shown = (255 * datasets.photo("coffee", size=224).transpose(1, 2, 0)).astype(np.uint8)
    data, kind, kept = _compact(shown)
    assert kind == "jpeg" and data.startswith(b"\xff\xd8") and np.abs(kept - shown).mean() < 3


def test_compact_keeps_every_pixel_where_jpeg_saves_nothing():
    few = np.zeros((400, 400, 3), np.uint8)
    few[:20, :20] = np.random.default_rng(0).integers(0, 256, (20, 20, 3))  # more colours than 256
    _, kind, kept = _compact(few)
    assert kind == "png" and np.array_equal(kept, few)


# --- one look, whatever the reader's settings are --------------------------------------------------------

HOSTILE = """
image.origin: lower
image.cmap: jet
image.interpolation: bicubic
text.usetex: True
text.color: yellow
text.hinting: none
font.weight: bold
font.style: italic
axes.grid: True
axes.facecolor: black
axes.formatter.use_locale: True
axes.unicode_minus: False
axes.xmargin: 0.4
figure.autolayout: True
figure.facecolor: black
figure.subplot.left: 0.4
lines.linewidth: 9
lines.dashed_pattern: 1, 9
patch.linewidth: 9
savefig.bbox: tight
savefig.dpi: 30
savefig.transparent: True
xtick.direction: in
xtick.top: True
legend.frameon: True
path.sketch: 5, 100, 2
path.simplify_threshold: 0.9
"""
# Prints, as one line of JSON: what is set after style.use(), the reader's settings after pictures of the book
# were drawn without it, and those pictures.
PICTURES = """
import hashlib, json
import matplotlib, numpy as np
import matplotlib.pyplot as plt
from helpers import drawing, explorers
from helpers.drawing import style
from helpers.live import Monitor
from helpers.nn.training import History

def settings():
    return {name: repr(value) for name, value in matplotlib.rcParams.items() if name != "backend"}

before, made = settings(), {name: getattr(explorers, name)().png for name in explorers.__all__}
watch = Monitor("LeNet")
watch.history, watch.ends, watch.total = History([2.0, 1.0], [0.1] * 2, [{"accuracy": 0.5}]), [2], 2
made["Monitor"] = style.png(watch.figure())
assert settings() == before, "the reader's settings are left alone"
style.use()
used = settings()
fig, axes = plt.subplots(1, 2)
drawing.grid(axes[0], np.array([[1, -2], [3, 4]]), title="$a_1$ first")
axes[1].imshow(np.eye(3))
axes[1].set(xlabel="columns", title="-1")
matplotlib.rcParams.update({"savefig.bbox": "tight", "savefig.facecolor": "red"})  # the reader goes on
made["a chapter's"] = style.png(fig)
print(json.dumps([used, {name: hashlib.sha256(picture).hexdigest() for name, picture in made.items()}]))
"""


def drawn_in_a_fresh_python(folder, **environment):
    script = folder / "pictures.py"
    script.write_text(PICTURES, encoding="utf-8")
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": paths, "MPLBACKEND": "agg", **environment}
    done = subprocess.run(
        [sys.executable, script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_hostile_matplotlibrc_or_backend_changes_no_picture(tmp_path):
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "matplotlibrc").write_text(HOSTILE, encoding="utf-8")
    used, made = drawn_in_a_fresh_python(hostile, MPLBACKEND="module://an_ide_of_the_reader.backend")
    expected = drawn_in_a_fresh_python(tmp_path)
    assert used == expected[0]
    assert [name for name in made if made[name] != expected[1][name]] == [] and len(made) > 12


def test_use_starts_from_the_defaults_and_a_reader_may_go_on():
    with matplotlib.rc_context():
        style.use()
        clean = dict(matplotlib.rcParams)
        for name in ("dark_background", "grayscale", "Solarize_Light2"):
            matplotlib.style.use(name)
            matplotlib.rcParams["image.origin"] = "lower"
            style.use()
            assert dict(matplotlib.rcParams) == clean, name
        matplotlib.rcParams["image.cmap"] = "viridis"
        assert matplotlib.rcParams["image.cmap"] == "viridis"
