"""What the drawing functions put on the axes, read back from artists and pixels."""

import io

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers import datasets, drawing
from helpers.drawing import style


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
