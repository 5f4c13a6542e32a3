"""The pipeline computes what PyTorch computes, shows it and says it; own pictures, models and numbers."""

from itertools import pairwise

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from matplotlib.transforms import Bbox
from PIL import Image
from states import everything, lines, possible
from torch import nn
from torch.nn import functional as F

from helpers import datasets, filters
from helpers.drawing.style import CSS_PER_INCH, DPI
from helpers.explorers import Pipeline
from helpers.explorers.parts.nine import NINE, OWN
from helpers.explorers.parts.panels import places
from helpers.explorers.pipeline import banks, route, sources, stages
from helpers.numerals import sizes, span
from helpers.pytorch.models import LeNet5, SqueezeNet

STAGES = ("conv", "relu", "pool")


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline()


def state_of(pipeline, **state):
    """The whole state in which these settings are drawn."""
    pipeline.set(**(Pipeline().state | state))
    return pipeline.state


def solved(pipeline, state):
    """The picture of a state, and its layers."""
    model = pipeline.solve(state)
    return model.pixels, list(model.layers.values())


def expected(maps, weight, bias, state):
    """The three stages of one layer by PyTorch, maps (C, H, W)."""
    padding = "same" if state["padded"] else 0
    conv = F.conv2d(torch.tensor(maps), torch.tensor(weight), torch.tensor(bias).double(), padding=padding)
    pool = F.max_pool2d if state["pool"] == "max" else F.avg_pool2d
    made = [conv, F.relu(conv)] + ([pool(F.relu(conv), 2)] if min(conv.shape[1:]) > 1 else [])
    return [array.numpy() for array in made]


def test_every_stage_is_what_pytorch_computes(pipeline):
    bank = banks.squeezenet()
    kinds = set()
    for state in possible(pipeline, 60, seed=4):
        layers, image = pipeline.solve(state).layers, pipeline.pixels(state)
        learned, second = state["filter"] == "learned", state["second"]
        bias = state["bias"] + (bank.bias[state["learned"]] if learned else 0)
        first = {0: expected(image[None], pipeline.kernel(state)[None, None], [bias], state)}
        if state["beside"] != "none" and second != "learned":
            first[1] = expected(
                image[None], filters.KERNELS[state["beside"]][None, None], [state["bias"]], state
            )
        stages = dict(first)
        if second == "learned":
            maps = expected(image[None], bank.weight[:, None], bank.bias + state["bias"], state)[2]
            unit = state["learned2"]
            stages[2] = expected(maps, bank.next_weight[unit][None], [bank.next_bias[unit]], state)
        elif second != "none":
            plane = np.ones((1, 1)) if second == "1 × 1" else filters.KERNELS[second]
            weight = np.stack([state[name] * plane for name in ("weight_a", "weight_b")[: len(first)]])
            maps = np.concatenate([made[2] for made in first.values()])
            stages[2] = expected(maps, weight[None], [state["bias2"]], state)
        assert set(layers) == set(stages)
        for row, made in stages.items():
            for name, values in zip(STAGES, made, strict=False):
                assert np.allclose(getattr(layers[row], name), values[0], atol=1e-7), (name, row, state)
            assert (layers[row].pool is None) == (len(made) == 2)
        kinds.add((*layers, second == "learned"))
    assert {(0, 1, 2, False), (0, 2, False), (0, 1, False)} <= kinds


@pytest.mark.parametrize("name", ["vertical edge", "ankle boot", "cat"])
@pytest.mark.parametrize("padded", [False, True])
def test_learned_layers_one_and_two(pipeline, name, padded):
    bank = banks.squeezenet()
    state = state_of(
        pipeline, image=name, filter="learned", learned=9, second="learned", learned2=5, padded=padded
    )
    image, (_, second) = solved(pipeline, state)
    maps = expected(image[None], bank.weight[:, None], bank.bias, state)[2]
    stages = expected(maps, bank.next_weight[5][None], bank.next_bias[5:6], state)
    for kind, values in zip(STAGES, stages, strict=True):
        assert np.allclose(getattr(second, kind), values[0], atol=1e-7), kind
    assert second.channels == 64 and second.kernel[0] == bank.next_weight[5, 9]


def test_learned_numbers_are_the_networks_own(pipeline):
    """SqueezeNet itself, fed the grey picture, answers 255 times what is shown at every second place."""
    network = SqueezeNet()
    weights = datasets.squeezenet_weights()
    network.conv1.load_state_dict({k: torch.tensor(weights[f"conv1.{k}"]) for k in ("weight", "bias")})
    picture = sources.picture("coffee").astype(np.float32)
    with torch.no_grad():
        answers = network.conv1(network.prepare(np.stack([picture] * 3)))[0].numpy() / 255
    for unit in (0, 9, 33, 60):
        state = state_of(pipeline, image="coffee", filter="learned", learned=unit)
        shown = pipeline.solve(state).layers[0].conv[::2, ::2]
        assert np.abs(shown[: len(answers[unit])] - answers[unit]).max() < 1e-3, unit


def test_vertical_edge_filters_answer_vertical_edges(pipeline):
    for choice in ({"filter": "sobel x"}, {"filter": "prewitt x"}, {"filter": "learned", "learned": 60}):
        strongest = {}
        for name in ("vertical edge", "horizontal edge"):
            state = state_of(pipeline, image=name, second="none", **choice)
            strongest[name] = np.abs(pipeline.solve(state).layers[0].conv).max()
        assert strongest["vertical edge"] > 2.5, choice
        assert strongest["horizontal edge"] < strongest["vertical edge"] / 20, (choice, strongest)


def test_relu_zeroes_negatives_and_pooling_halves_and_keeps_peaks(pipeline):
    for state in possible(pipeline, 15, seed=4):
        for layer in pipeline.solve(state).layers.values():
            assert (layer.relu[layer.conv < 0] == 0).all()
            assert np.array_equal(layer.relu[layer.conv >= 0], layer.conv[layer.conv >= 0])
            if layer.pool is None:
                assert min(layer.conv.shape) < 2
                continue
            assert layer.pool.shape == (layer.conv.shape[0] // 2, layer.conv.shape[1] // 2)
            if layer.peak and state["pool"] == "max" and not any(side % 2 for side in layer.conv.shape):
                assert layer.pool.max() == layer.conv.max() == layer.conv[layer.peak]


def test_weak_answers_stay_pale(pipeline):
    """The colour scale belongs to the filter: nothing blazes for want of anything stronger."""
    limits = {}
    for name in ("vertical edge", "horizontal edge"):
        state = state_of(pipeline, image=name, filter="learned", learned=60, second="none")
        layer = pipeline.solve(state).layers[0]
        limits[name] = np.abs(layer.conv).max() / layer.limit
    assert limits["vertical edge"] == 1 and limits["horizontal edge"] < 0.25


def test_artists_hold_the_numbers(pipeline):
    state = state_of(pipeline, follow="convolution", row=4, column=2)
    artists, image, layers = pipeline.artists(**state), *solved(pipeline, state)
    assert np.array_equal(artists["cells image 0"].values, image)
    for row, layer in enumerate(layers):
        assert np.array_equal(artists[f"cells kernel {row}"].values, layer.kernel[-1])
        for name in STAGES:
            values, cells = getattr(layer, name), artists[f"cells {name} {row}"]
            assert np.array_equal(cells.values, values), (name, row)
            assert float(cells.labels[0, 0].replace("−", "-")) == pytest.approx(values[0, 0], abs=0.01)
            assert artists[f"range {name} {row}"].lines == [f"{sizes(values.shape, ' × ')}, {span(values)}"]
    assert np.array_equal(artists["cells plane 2"].values, layers[2].kernel[0])
    assert (image[4:7, 2:5] * layers[0].kernel[0]).sum() == layers[0].conv[4, 2] == 4
    assert artists["mark image 0"].get_xy() == (1.5, 3.5) and artists["mark pool 0"].get_xy() == (0.5, 1.5)
    assert not artists["mark conv 2"].get_visible()


# -- the detector of the chapter, and the way back from an answer --------------------------------------


def test_the_default_finds_the_corner_and_no_edge():
    pipeline = Pipeline()
    assert np.argwhere(pipeline.solve(pipeline.state).layers[2].relu).tolist() == [[1, 1]]
    assert "1 · 3 + 1 · 3, bias −4" in pipeline.description
    for image in ("vertical edge", "horizontal edge"):
        pipeline.set(image=image)
        assert pipeline.solve(pipeline.state).layers[2].relu.max() == 0
    pipeline.set(weight_b=-1.0, bias2=0.0, image="vertical edge")
    assert pipeline.solve(pipeline.state).layers[2].relu.max() == 4


def answers(pipeline, state, picture):
    """The numbers followed in a setting, one for each filter that has them, on another picture."""
    name, row, column = route.followed(pipeline.solve(state))
    layers = stages.run(state, picture, pipeline.kernels(state), pipeline.bank)
    second, stage = route.PLACES[name]
    return [getattr(layer, stage)[row, column] for at, layer in layers.items() if (at == 2) == second]


def test_nothing_outside_the_framed_pixels_counts(pipeline):
    rng = np.random.default_rng(0)
    for state in possible(pipeline, 40, seed=4):
        model = pipeline.solve(state)
        if route.followed(model) is None:
            continue
        top, left, height, width = route.blocks(model)["image", 0]
        other = rng.random(model.pixels.shape)
        inside = slice(top, top + height), slice(left, left + width)
        other[inside] = model.pixels[inside]
        assert np.allclose(answers(pipeline, state, other), answers(pipeline, state, model.pixels)), state


@pytest.mark.parametrize("follow", list(route.PLACES))
@pytest.mark.parametrize("padded", [False, True])
def test_every_framed_pixel_counts(pipeline, follow, padded):
    settings = {"filter": "box blur", "beside": "box blur", "second": "box blur", "pool": "average"}
    settings |= {"bias": 1.0, "bias2": 1.0, "image": "digit 4", "padded": padded}
    state = state_of(pipeline, **settings, follow=follow, row=9, column=0)
    model = pipeline.solve(state)
    top, left, height, width = route.blocks(model)["image", 0]
    before = answers(pipeline, state, model.pixels)
    for row in range(top, top + height):
        for column in range(left, left + width):
            lit = model.pixels.copy()
            lit[row, column] += 0.25
            assert (np.array(answers(pipeline, state, lit)) > before).all(), (row, column)


def test_pointing_at_a_cell_follows_it(pipeline):
    state_of(pipeline)
    planes = {part.label: part for part in pipeline.regions if hasattr(part, "down")}
    first = {f"{what} {which}" for what in ("Convolution", "ReLU", "Pooling") for which in "AB"}
    assert set(planes) == {"Pixel", *first, "Second convolution", "Second ReLU", "Second pooling"}
    pipeline.point(planes["Pixel"].spot(0, 7))
    assert {"follow": "convolution", "row": 0, "column": 5}.items() <= pipeline.state.items()
    pipeline.point(planes["Second ReLU"].spot(2, 1))
    assert "Followed: second ReLU (2, 1)" in pipeline.description
    assert "rows 4 to 7, columns 2 to 5 of the picture" in pipeline.description
    pipeline.set(second="none")
    assert pipeline.state["follow"] == "strongest answer", "its map is gone"
    assert all(
        pipeline.controls[name].disabled for name in ("row", "column", "weight_a", "weight_b", "bias2")
    )


def test_large_maps_are_pictures_and_small_ones_numbers(pipeline):
    artists = pipeline.artists(image="cat")
    assert artists["cells image 0"].labels is None and artists["cells kernel 0"].labels is not None
    colours = artists["cells image 0"].colours
    assert np.allclose(colours.mean(axis=2), sources.picture("cat"), atol=1 / 200)


def test_a_peak_in_the_odd_row_is_left_out_by_pooling():
    lit = np.zeros((9, 9))
    lit[8, 8] = 1.0  # 7 x 7 answers; the only bright window is the last of the odd row
    own = Pipeline(picture=lit, filter="box blur", beside="none", second="none")
    model = own.solve(own.state)
    assert model.layers[0].peak == (6, 6) and ("pool", 0) not in route.blocks(model)


def test_words_have_the_numbers_of_every_stage(pipeline):
    state = state_of(pipeline, image="digit 4", filter="laplacian", second="none")
    layer = pipeline.solve(state).layers[0]
    words = pipeline.description
    assert "(−1 −1 −1 / −1 8 −1 / −1 −1 −1)" in words
    for name in STAGES:
        assert sizes(getattr(layer, name).shape, " × ") in words and span(getattr(layer, name)) in words
    assert f"ReLU sets {(layer.conv < 0).sum()} of {layer.conv.size} to zero" in words
    state_of(pipeline, image="horizontal edge", filter="sobel x", second="none")
    assert "0 everywhere" in pipeline.description and "No answer is positive" in pipeline.description
    state_of(pipeline, filter="learned", learned=60)
    assert "learned 60 of SqueezeNet 1.1" in pipeline.description and "divided by 255" in pipeline.description


def test_torch_code_runs_and_gives_these_sizes(pipeline):
    for state in possible(pipeline, 12, seed=4):
        image, layers = solved(pipeline, state)
        layers = [
            layer
            for row, layer in enumerate(layers)
            if row != 1 or state["beside"] == "none" or state["second"] == "learned"
        ]
        network = eval(pipeline.torch_code(pipeline.solve(state)), {"torch": torch})
        out = network(torch.zeros(1, 1, *image.shape))
        last = layers[-1].relu if layers[-1].pool is None else layers[-1].pool
        assert tuple(out.shape[2:]) == last.shape, state
        convolutions = [layer for layer in network if isinstance(layer, nn.Conv2d)]
        assert [layer.bias is not None for layer in convolutions] == [bool(layer.bias) for layer in layers]


# -- numbers, frames and captions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "numbers, side, digits",
    [
        ([-0.25, 0.5], 4, 2),
        ([-1.25, 2.5], 8, None),  # whole, 3 would stand for 2.5
        ([-12.5, 25.5], 7, 0),
        ([-1.0, 3.0], 8, 2),  # whole already
        ([0.5, 0.25], 10, 1),
        ([-1.25, 0.25], 10, None),
        ([-0.04, -0.01], 10, None),
        ([-0.04, 0.0], 4, 2),
        ([0.0, 0.0], 10, 1),
        ([1234.5, 0.5], 2, 0),
        ([1234.5, 0.5], 10, None),
    ],
)
def test_as_many_digits_as_can_be_read(numbers, side, digits):
    values = np.zeros((side, side))
    values[0, :2] = numbers
    values[values == 0] = numbers[1]
    assert places(values, 230 / side) == digits


def hardest(pipeline):
    """Settings with long numbers in small cells, and some at random."""
    for padded in (True, False):
        for image in ("corner", "noise", "digit 4"):
            yield state_of(
                pipeline, image=image, filter="learned", second="learned", learned=4, padded=padded
            )
            yield state_of(pipeline, image=image, filter="gaussian", second="box blur", padded=padded)
    yield from possible(pipeline, 25, seed=4)


def test_numbers_are_eight_pixels_high_on_the_page_or_left_out(pipeline):
    shown = 0
    for state in hardest(pipeline):
        artists = pipeline.artists(**state)
        for name, cells in artists.items():
            if name.startswith("cells ") and cells.get_visible() and cells.labels is not None:
                shown += 1
                assert cells.type_size() * CSS_PER_INCH / DPI >= 8, (name, state)
    assert shown > 100


def test_cells_too_small_for_their_numbers_show_colours_alone():
    large = Pipeline(model=with_weight(-98765.4321), image="checkerboard", filter="learned", second="none")
    artists = large.artists()
    assert artists["cells conv 0"].labels is None and artists["cells image 0"].labels is not None


def test_a_number_has_the_same_digits_before_and_after_relu(pipeline):
    for state in hardest(pipeline):
        artists, layers = pipeline.artists(**state), pipeline.solve(state).layers
        for row, layer in layers.items():
            conv, relu = (artists[f"cells {name} {row}"] for name in ("conv", "relu"))
            assert (conv.labels is None) == (relu.labels is None)
            if conv.labels is not None:
                kept = layer.conv > 0
                assert (conv.labels[kept] == relu.labels[kept]).all()


def test_captions_do_not_overlap(pipeline):
    large = Pipeline(model=with_weight(-98765.4321), image="cat", second="laplacian")
    for explorer, state in [(large, large.state), *((pipeline, state) for state in hardest(pipeline))]:
        artists = explorer.artists(**state)
        for row in (0, 1, 2):
            names = [f"range {name} {row}" for name in ("image", "kernel", *STAGES)]
            captions = [lines(artists[name]) for name in names if name in artists]
            captions = [found for found in captions if found]
            for one, two in pairwise(captions):
                assert all(a.apart(b, a.pixels) for a in one for b in two), state
            high = pipeline.size[1] * DPI
            panels = [artists[name.replace("range", "cells")].axes.bbox for name in names if name in artists]
            for line in (line for found in captions for line in found):
                box = Bbox.from_extents(line.left, high - line.bottom, line.right, high - line.top)
                assert not any(box.overlaps(panel) for panel in panels), (state, line)


def test_a_widened_frame_stays_in_its_panel():
    corner = np.zeros((66, 66))
    corner[-3:, -3:] = 1  # the strongest answer lies in the last row and column
    own = Pipeline(picture=corner, filter="box blur")
    artists = own.artists()
    for name in ("image 0", "conv 0", "relu 0", "pool 0"):
        mark, edge = artists[f"mark {name}"], artists[f"edge {name}"]
        assert mark.get_visible()
        right, bottom = mark.get_x() + mark.get_width(), mark.get_y() + mark.get_height()
        assert right == edge.get_x() + edge.get_width() and bottom == edge.get_y() + edge.get_height(), name


def test_the_caption_of_a_learned_second_filter_says_what_its_number_is(pipeline):
    state = state_of(pipeline, image="cat", filter="learned", second="learned", learned2=3)
    lines = pipeline.artists(**state)["range kernel 2"].lines
    assert " ".join(lines) == "learned 3: its weight for the map above"


def test_a_small_bias_is_not_called_zero():
    layer = nn.Conv2d(1, 1, 3)
    with torch.no_grad():
        layer.bias[:] = 0.00321
    assert ", bias 0.0032. " in Pipeline(model=layer, image="cat", second="none").description


# -- nine numbers -------------------------------------------------------------------------------------


def boxes(pipeline):
    return np.array([pipeline.controls[name].value for name in NINE]).reshape(3, 3)


def test_choosing_a_filter_fills_the_boxes_and_typing_makes_it_ones_own():
    pipeline = Pipeline()
    for name in ("laplacian", "gaussian", "prewitt y"):
        pipeline.controls["filter"].value = name
        assert np.allclose(boxes(pipeline), filters.KERNELS[name], atol=0.0006)
        assert pipeline.state["filter"] == name
    pipeline.controls["w12"].value = 3.5
    assert pipeline.state["filter"] == OWN
    kernel = filters.kernel("prewitt y")
    kernel[1, 2] = 3.5
    assert np.array_equal(pipeline.solve(pipeline.state).layers[0].kernel[0], kernel)
    assert "my own (−1 −1 −1 / 0 0 3.5 / 1 1 1)" in pipeline.description
    pipeline.set(w00=2.0)
    assert pipeline.state["filter"] == OWN and boxes(pipeline)[0, 0] == 2
    pipeline.set(filter="identity", w00=5.0)
    assert boxes(pipeline)[0, 0] == 0, "a filter that is named wins"


def test_a_static_picture_with_a_number_is_of_the_readers_own_filter(pipeline):
    state_of(pipeline, filter="sobel x")
    drawn = pipeline.draw(w11=7.0)
    assert "my own" in str([lines.lines for lines in drawn.findobj(lambda a: hasattr(a, "lines"))])
    assert pipeline.state["filter"] == "sobel x"
    assert Pipeline(w11=7.0).state["filter"] == OWN


def test_boxes_and_buttons_are_off_where_a_filter_has_no_nine_numbers():
    pipeline = Pipeline(model=nn.Conv2d(1, 2, 5), image="cat")
    off = [*(pipeline.controls[name] for name in NINE), *pipeline.buttons.values()]
    assert all(control.disabled for control in off)
    pipeline.controls["filter"].value = OWN
    assert not any(control.disabled for control in off)


def test_moving_the_number_of_the_learned_filter_chooses_the_learned_ones():
    pipeline = Pipeline(filter="sobel x")
    pipeline.controls["learned"].value = 9
    assert pipeline.state["filter"] == "learned" and "learned 9 of SqueezeNet 1.1" in pipeline.description
    pipeline.controls["filter"].value = "sobel y"
    pipeline.set(learned=12)
    assert pipeline.state["filter"] == "learned"
    assert Pipeline(learned=12).state["filter"] == "learned"
    assert Pipeline(learned=12, filter="sobel x").state["filter"] == "sobel x"


def test_the_numbers_of_learned_filters_are_off_beside_other_filters():
    pipeline = Pipeline()
    boxes = [w for w in everything(pipeline.widget) if getattr(w, "description", "").startswith("Learned")]
    assert len(boxes) == 2 and all(box.disabled for box in boxes)
    pipeline.set(filter="learned")
    assert [box.disabled for box in boxes] == [False, True]
    pipeline.set(second="learned")
    assert not any(box.disabled for box in boxes)


def test_controls_that_do_not_apply_are_hidden():
    pipeline = Pipeline()

    def hidden():
        rows = [row for row in everything(pipeline.widget) if row.layout.display == "none"]
        return [row.children[0].description or row.children[0].value for row in rows]

    assert hidden() == ["Learned filter", "Learned second filter", "Row", "Column"]
    pipeline.set(filter="learned", second="learned", follow="convolution")
    assert hidden() == ["Filter B", "Weight of map A", "Weight of map B", "Second bias"]
    pipeline.use_model(nn.Conv2d(1, 2, 5))
    assert "The filter's nine numbers, row by row" in hidden()


def test_turning_and_flipping():
    pipeline = Pipeline(filter="sobel x")
    pipeline.buttons["turn"].click()
    assert np.array_equal(boxes(pipeline), np.rot90(filters.kernel("sobel x")))
    for _ in range(3):
        pipeline.buttons["turn"].click()
    assert np.array_equal(boxes(pipeline), filters.kernel("sobel x"))
    pipeline.buttons["flip"].click()
    assert np.array_equal(boxes(pipeline), -filters.kernel("sobel x"))
    assert pipeline.state["filter"] == OWN


def test_nine_labelled_boxes_stand_three_by_three(pipeline):
    grids = [w for w in everything(pipeline.widget) if isinstance(w, widgets.GridBox)]
    assert [box.description for box in grids[0].children] == [
        f"w[{i}, {j}]" for i in range(3) for j in range(3)
    ]
    assert grids[0].layout.grid_template_columns == "repeat(3, 116px)"
    assert [w for w in everything(pipeline.widget) if w in grids[0].children] == list(grids[0].children)


# -- a reader's own picture ---------------------------------------------------------------------------

RNG = np.random.default_rng(1)
COLOUR = RNG.integers(0, 256, (90, 120, 3), dtype=np.uint8)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV"])
def test_pillow_images_of_every_mode(mode):
    image = Image.fromarray(COLOUR).convert(mode)
    own = Pipeline(picture=image)
    assert own.state["image"] == "my picture" and own.solve(own.state).pixels.shape == (66, 66)
    assert "the reader's own picture, 66 × 66" in own.description


def test_arrays_of_every_shape_give_the_same_picture():
    grey = sources.own_picture(COLOUR)
    assert grey.shape == (66, 66)
    opaque = np.dstack([COLOUR, np.full((90, 120), 255, np.uint8)])
    for same in (COLOUR / 255, COLOUR.transpose(2, 0, 1), opaque, Image.fromarray(COLOUR)):
        block = sources.own_picture(same).reshape(6, 11, 6, 11).mean(axis=(1, 3))  # scaled in two ways
        assert np.allclose(block, grey.reshape(6, 11, 6, 11).mean(axis=(1, 3)), atol=0.02)
    small = RNG.random((5, 8))
    assert np.array_equal(sources.own_picture(small), small[:, 1:6]), "small ones are cut, never scaled"
    assert np.array_equal(sources.own_picture(small > 0.5), (small > 0.5)[:, 1:6])
    flat = np.full((200, 300), 0.25)
    assert np.allclose(sources.own_picture(flat), 0.25)


def test_a_small_picture_is_never_scaled(tmp_path):
    small = COLOUR[:20, :30]
    Image.fromarray(small).save(tmp_path / "small.png")
    expected = sources.own_picture(small)
    assert expected.shape == (20, 20)
    for same in (tmp_path / "small.png", Image.fromarray(small)):
        assert np.allclose(sources.own_picture(same), expected)


def test_what_is_transparent_in_an_array_is_white_as_in_a_file(tmp_path):
    glass = np.dstack([COLOUR, RNG.integers(0, 256, (90, 120), dtype=np.uint8)])[:40, :40]
    Image.fromarray(glass).save(tmp_path / "glass.png")
    assert np.allclose(sources.own_picture(glass), sources.own_picture(tmp_path / "glass.png"), atol=2 / 255)
    assert np.allclose(sources.own_picture(glass / 255), sources.own_picture(glass), atol=2 / 255)


def test_a_path_and_its_bytes(tmp_path):
    path = tmp_path / "own.png"
    Image.fromarray(COLOUR).save(path)
    pictures = [sources.own_picture(source) for source in (path, str(path), path.read_bytes())]
    assert all(np.array_equal(picture, pictures[0]) for picture in pictures)


@pytest.mark.parametrize(
    "picture, kind, reason",
    [
        (42, TypeError, "picture=int: give a path"),
        ([[1, 2], [3, 4]], TypeError, "picture=list"),
        ("no such file.png", ValueError, "picture='no such file.png': no such file"),
        (b"", ValueError, "picture: the file is empty"),
        (b"nonsense", ValueError, "picture: not a picture"),
        (np.zeros((0, 4)), ValueError, "at least one"),
        (np.array([["a", "b"]]), ValueError, "give numbers"),
        (np.array([[0.5, np.nan]]), ValueError, "float64 from nan to nan; give uint8"),
        (
            COLOUR.astype(float),
            ValueError,
            "float64 from 0 to 255; .* divide by the number that stands for white",
        ),
        (COLOUR.astype(np.int64), ValueError, "int64 from 0 to 255; give uint8"),
        (np.array([[-0.1, 0.5]]), ValueError, "from -0.1 to 0.5; .* fractions from 0 to 1"),
        (Image.fromarray(np.full((9, 9), 0.5, np.float32)), ValueError, "picture: a Pillow image of mode F"),
        (Image.fromarray(np.full((9, 9), 70000, np.int32)), ValueError, "picture: a Pillow image of mode I"),
        (".", ValueError, "picture='.': that is a folder"),
        (np.zeros((2, 5, 5, 3)), ValueError, r"picture.shape=\(2, 5, 5, 3\): give"),
        (np.zeros((7, 5, 9)), ValueError, r"picture.shape=\(7, 5, 9\): give"),
        (Image.new("1", (6000, 6000)), ValueError, "more than 25 million"),
    ],
)
def test_what_is_no_picture_is_refused(picture, kind, reason):
    with pytest.raises(kind, match=reason):
        Pipeline(picture=picture)
    pipeline = Pipeline()
    before = pipeline.png, pipeline.state
    with pytest.raises(kind, match=reason):
        pipeline.use_picture(picture)
    assert (pipeline.png, pipeline.state) == before


def test_a_tiny_picture_is_explained_not_raised():
    pipeline = Pipeline(picture=np.eye(3))
    assert "fewer than 2 × 2 answers are left" in pipeline.description
    pipeline.set(padded=True, second="none")
    assert pipeline.description.startswith("Picture: the reader's own picture, 3 × 3")


def test_a_choice_beside_the_picture_wins():
    pipeline = Pipeline(picture=COLOUR, image="cat", filter="laplacian")
    assert pipeline.state["image"] == "cat" and pipeline.state["filter"] == "laplacian"
    assert "my picture" in pipeline.controls["image"].options
    assert "my picture" not in Pipeline().controls["image"].options
    assert Pipeline(picture=COLOUR, image="my picture").state["image"] == "my picture"


# -- a reader's own model -----------------------------------------------------------------------------


class Small(nn.Sequential):
    def __init__(self, channels=1):
        torch.manual_seed(0)
        first, second = nn.Conv2d(channels, 6, 5, padding="same"), nn.Conv2d(6, 16, 3, padding="same")
        super().__init__(first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), nn.MaxPool2d(2))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_both_layers_of_a_model_are_shown_as_it_computes_them(channels, dtype):
    model = Small(channels).to(dtype)
    pipeline = Pipeline(model=model, image="ankle boot", padded=True, second="learned")
    assert pipeline.state["filter"] == "learned" and pipeline.controls["learned"].max == 5
    pictures = torch.tensor(sources.picture("ankle boot"))[None, None].expand(1, channels, -1, -1)
    with torch.no_grad():
        stages = [pictures.double()]
        for layer in model.double():
            stages.append(layer(stages[-1]))
    for first, second in ((0, 0), (5, 15), (2, 9)):
        pipeline.set(learned=first, learned2=second)
        one, two = pipeline.solve(pipeline.state).layers.values()
        for layer, unit, outputs in ((one, first, stages[1:4]), (two, second, stages[4:7])):
            for name, values in zip(STAGES, outputs, strict=True):
                assert np.allclose(getattr(layer, name), values[0, unit].numpy(), atol=1e-7), name
    assert "of Small" in pipeline.description
    assert ("3 input planes added" in pipeline.description) == (channels == 3)


def test_well_known_models():
    for model, count in ((LeNet5(), 6), (SqueezeNet(), 64)):
        pipeline = Pipeline(model=model)
        assert "fewer than" not in pipeline.description, (
            "5 x 5 kernels are too large for 10 x 10 without padding"
        )
        pipeline.set(image="cat")
        assert pipeline.controls["learned"].max == count - 1
        assert pipeline.controls["learned2"].max == 15
        pipeline.set(second="learned")
        assert type(model).__name__ in pipeline.description
        assert pipeline.code.count("Conv2d") == 2


def test_kernels_that_are_not_three_by_three():
    for kernel in (1, 2, (1, 5), 7, (16, 3)):
        pipeline = Pipeline(model=nn.Conv2d(1, 2, kernel), image="cat", second="none")
        layer = pipeline.solve(pipeline.state).layers[0]
        shape = (kernel, kernel) if isinstance(kernel, int) else kernel
        assert layer.kernel[0].shape == shape and layer.conv.shape == (67 - shape[0], 67 - shape[1])
        assert pipeline.png.startswith(b"\x89PNG")
        pipeline.set(padded=True)
        assert pipeline.solve(pipeline.state).layers[0].conv.shape == (66, 66)
    pipeline.set(image="corner", padded=False)
    assert pipeline.description.startswith("No output. The picture is 8 × 8, and filter A is 16 × 3")


def test_a_model_without_a_second_layer_says_so():
    pipeline = Pipeline(model=nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4, 2)))
    assert (pipeline.state["beside"], pipeline.state["second"]) == ("none", "none")
    pipeline.set(second="sobel y")
    assert "Second filter: sobel y" in pipeline.description
    pipeline.set(second="learned")
    assert "Sequential's first layer makes, but it has no second convolution" in pipeline.description
    pipeline.use_model(Small())
    assert "Second filter: learned 0" in pipeline.description


def test_model_and_picture_come_before_the_settings():
    pipeline = Pipeline(model=nn.Conv2d(1, 101, 3), picture=COLOUR, learned=100)
    assert pipeline.state["learned"] == 100 and pipeline.state["image"] == "my picture"
    assert pipeline.controls["learned"].max == 100 and "learned 100 of Conv2d" in pipeline.description
    with pytest.raises(ValueError, match="learned=6: give a whole number from 0 to 5"):
        Pipeline(model=Small(), learned=6)
    assert Pipeline(model=Small(), w00=1.0).state["filter"] == OWN


def test_zero_padding_follows_the_model_where_nothing_else_is_said():
    assert Pipeline(model=LeNet5(), image="cat").state["padded"]
    assert not Pipeline(model=LeNet5(), image="cat", padded=False).state["padded"]
    assert not Pipeline(model=nn.Conv2d(1, 4, 5), image="cat").state["padded"]
    assert Pipeline(model=nn.Conv2d(1, 4, 8), image="corner").state["padded"], "too small without"


def test_a_new_model_or_picture_makes_one_new_picture(monkeypatch):
    pipeline, drawn = Pipeline(learned=63, second="learned"), []
    update = Pipeline.update
    monkeypatch.setattr(Pipeline, "update", lambda self, *given: drawn.append(given) or update(self, *given))
    pipeline.use_model(Small())
    assert len(drawn) == 1 and pipeline.state["learned"] == 0
    pipeline.use_picture(COLOUR)
    pipeline.use_picture(COLOUR[::-1])
    assert len(drawn) == 3
    before = pipeline.png
    pipeline.use_picture(COLOUR)
    assert pipeline.png != before


def two(first, *after):
    return nn.Sequential(first, *after)


@pytest.mark.parametrize(
    "model, said",
    [
        (nn.Conv2d(1, 4, 3), "of Conv2d, its numbers as they are ("),
        (nn.Conv2d(3, 4, 3, stride=4), "its 3 input planes added, its stride 4 left out"),
        (nn.Conv2d(1, 4, 3, stride=(2, 1)), "its numbers as they are, its stride 2 × 1 left out"),
        (nn.Conv2d(1, 4, 3, dilation=2), "its dilation 2 left out"),
        (two(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)), "the batch norm after it left out"),
        (
            two(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 2, 1, stride=2)),
            "of which one is shown above, its stride 2 left",
        ),
    ],
)
def test_what_is_left_out_of_a_layer_is_said(model, said):
    assert (
        said
        in Pipeline(model=model, image="cat", second="learned").description
        + Pipeline(model=model, image="cat", second="none").description
    )


def test_squeezenets_own_stride_is_said_to_be_left_out():
    assert "its stride 2 left out" in Pipeline(filter="learned").description


@pytest.mark.parametrize(
    "second, reason",
    [
        (
            nn.Conv2d(4, 8, 3, groups=2),
            "its second convolution reads them in groups, which the pipeline does not",
        ),
        (nn.Conv2d(6, 8, 3), "its second convolution reads 6 maps, and its first makes 4"),
        (nn.Conv2d(4, 8, 17), "its second kernels have more than 16 pixels a side"),
    ],
)
def test_why_there_is_no_second_layer(second, reason):
    pipeline = Pipeline(model=two(nn.Conv2d(1, 4, 3), second), second="learned")
    assert pipeline.description.startswith("No second layer.") and reason in pipeline.description


def with_weight(value):
    layer = nn.Conv2d(1, 1, 3)
    with torch.no_grad():
        layer.weight[0, 0, 0, 0] = value
    return layer


@pytest.mark.parametrize(
    "model, kind, reason",
    [
        ("LeNet5", TypeError, "model=str: give a network of PyTorch or of helpers.nn"),
        (
            LeNet5,
            TypeError,
            r"model=LeNet5: that is the class; give a network made of it, such as LeNet5\(\)",
        ),
        (nn.Linear(3, 2), ValueError, "model=Linear: it has no Conv2d"),
        (nn.ConvTranspose2d(1, 2, 3), ValueError, "model=ConvTranspose2d: it has no Conv2d"),
        (nn.LazyConv2d(4, 3), ValueError, "model=LazyConv2d: the weights .* cannot be read"),
        (nn.Conv2d(1, 2, 3, device="meta"), ValueError, "cannot be read"),
        (with_weight(float("nan")), ValueError, "nan or infinity"),
        (nn.Conv2d(1, 2, 17), ValueError, "its first kernels are 17 x 17"),
    ],
)
def test_what_has_no_filters_is_refused(model, kind, reason):
    pipeline = Pipeline()
    before = pipeline.png, pipeline.state
    with pytest.raises(kind, match=reason):
        pipeline.use_model(model)
    assert (pipeline.png, pipeline.state) == before


def test_one_pipelines_picture_and_model_are_not_anothers():
    Pipeline(picture=np.eye(10), model=Small())
    other = Pipeline(filter="learned")
    assert other.bank.name == "SqueezeNet 1.1" and other.inputs["learned"].high == 63
    assert "my picture" not in Pipeline.inputs["image"].options
