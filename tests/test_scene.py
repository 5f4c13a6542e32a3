"""A picture as a list of what is in it: the same cells, words and shapes that are painted."""

import base64
import io
import json

import numpy as np
import PIL.Image
import pytest
from matplotlib.figure import Figure
from states import possible

from helpers import drawing, explorers
from helpers.drawing import scene, scene_json
from helpers.drawing.cells import CellGrid
from helpers.drawing.lettering import Lines
from helpers.explorers.parts.board import Board


def figure():
    return Figure(figsize=(4, 3), dpi=100)


def test_cells_are_handed_over_with_colours_labels_and_stripes():
    fig = figure()
    ax = fig.add_axes([1 / 4, 1 / 6, 1 / 2, 2 / 3])
    ax.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5))
    grid = CellGrid(ax, [[1, -2], [3, 4]], drawing.colours([[1, -2], [3, 4]]), hatch=np.eye(2, dtype=bool))
    (cells,) = scene.of(grid)
    assert cells.x == [100, 200, 300] and cells.y == [50, 150, 250], "from the upper left corner"
    assert cells.labels == [["1", "−2"], ["3", "4"]] and cells.hatch == [[True, False], [False, True]]
    assert np.array_equal(cells.colours, np.round(255 * grid.colours))
    assert cells.pixels == grid.type_size()
    grid.set_visible(False)
    assert scene.of(grid) == []


def test_lines_of_text_stand_where_they_are_painted():
    fig = figure()
    lines = Lines(fig, 2.0, 2.5, 12, align="center", role="input")
    lines.lines = ["first", "second"]
    first, second = scene.of(lines)
    assert (first.text, first.x, first.align, first.colour) == ("first", 200, "center", "#0072B2")
    assert 50 < first.y < 70 and second.y - first.y == round(1.35 * round(12 * 100 / 72))
    board = Board(fig)
    board.text(1.0, 1.5, "bold", 10, "ink", "right", True)
    (words,) = scene.of(board)
    assert words.bold and words.align == "right" and words.x == 100
    assert words.y - 0.75 * words.pixels < 150 < words.y, "its middle is at 1.5 inches of 3"


def test_shapes_keep_their_look_and_place():
    fig = figure()
    ax = fig.add_axes([0, 0, 1, 1])
    ax.axis("off")
    ax.set(xlim=(0, 4), ylim=(0, 3))
    box = drawing.frame(ax, 1, 1, 1, 2, "window", 3)
    (shape,) = scene.of(box)
    assert shape.outline.startswith("M50 ") and shape.look.line == "#e69f00" and shape.look.fill is None
    assert shape.look.width == pytest.approx(3 * 100 / 72, abs=0.1)
    (dots,) = scene.of(ax.plot([1, 2], [1, 1], "o", color="#112233", alpha=0.5)[0])
    assert dots.places == [(100, 200), (200, 200)] and dots.look.fill == "#112233"
    assert dots.look.opacity == 0.5
    text = fig.text(0.5, 0.5, "words", ha="center", fontsize=10, fontweight="bold")
    (words,) = scene.of(text)
    assert (words.text, words.x, words.y, words.bold) == ("words", 200, 150, True)


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_explorer_is_written_down_as_it_is_drawn(name):
    explorer = getattr(explorers, name)()
    for state in possible(explorer, 3, seed=6):
        artists = explorer.artists(**state)
        fig = next(iter(artists.values())).get_figure()
        found = scene.of(fig)
        assert len(found) > 8 and any(isinstance(entry, scene.Words) for entry in found)
        assert not any(isinstance(entry, scene.Image) for entry in found), "no cell is lost in a picture"
        grids = [part for part in artists.values() if isinstance(part, CellGrid) and part.get_visible()]
        for grid in grids:
            (cells,) = scene.of(grid)
            assert cells.labels == (None if grid.labels is None else grid.labels.tolist())
            assert cells.colours.shape == (len(cells.y) - 1, len(cells.x) - 1, 3)
            assert np.array_equal(cells.colours, grid.faces)
        numbered = [cells.labels for cells in found if isinstance(cells, scene.Cells) and cells.labels]
        assert sorted(numbered) == sorted(g.labels.tolist() for g in grids if g.labels is not None)
        explorer.set(**state)
        again = [entry for part in explorer.artists().values() for entry in scene.of(part)]
        moved = [entry for part in artists.values() for entry in scene.of(part)]
        assert str(again) == str(moved), "the same state, the same scene"


def test_a_scene_is_written_as_json_for_the_page():
    fig = figure()
    ax = fig.add_axes([0, 0, 1, 1])
    ax.axis("off")
    ax.set(xlim=(-0.5, 3.5), ylim=(2.5, -0.5))
    numbered = CellGrid(ax, [[1, 2]], [[[1, 0, 0], [0, 0, 1]]], hatch=[[False, True]])
    pixels = np.arange(75, dtype=np.uint8).reshape(5, 5, 3)
    plain = CellGrid(ax)
    plain.set_pixels(pixels)
    found = scene_json.entries(scene.of(numbered) + scene.of(plain))
    cells, image = json.loads(json.dumps(found))
    assert cells[:6] == ["cells", [0, 100, 200], [0, 100], "ff00000000ff", ["1", "2"], "01"]
    assert image[:5] == ["image", 0, 0, 500, 500]
    data = base64.b64decode(image[5].removeprefix("data:image/png;base64,"))
    assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(data))), pixels)


def test_a_shape_is_cut_only_where_it_reaches_out():
    fig = figure()
    ax = fig.add_axes([0.25, 0, 0.5, 1])
    ax.axis("off")
    ax.set(xlim=(0, 4), ylim=(0, 3))
    inside, outside = drawing.frame(ax, 1, 1, 1, 1), drawing.frame(ax, 1, -2, 1, 3)
    assert scene_json.entries(scene.of(inside))[0][4] is None
    assert scene_json.entries(scene.of(outside))[0][4] == [100, 0, 200, 300]
