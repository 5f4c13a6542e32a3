"""The channel mixer shows PyTorch's answers, channel by channel, and their sum, and says them."""

import re

import matplotlib
import numpy as np
import pytest
import torch
from states import possible
from torch.nn import functional as F

from helpers import datasets, filters
from helpers.drawing.picture import Picture
from helpers.drawing.style import DPI
from helpers.explorers import ChannelMixer
from helpers.explorers.channel_mixer import CHANNELS, KERNELS, MAP, PHOTOS, RECIPES


@pytest.fixture(scope="module")
def explorer():
    return ChannelMixer()


def states(explorer, count=25):
    return possible(explorer, count, seed=4)


def expected(state):
    """Each channel's answer (3, MAP, MAP) and the sum plus bias (MAP, MAP), by PyTorch."""
    photo = torch.tensor(datasets.photo(state["photo"], size=MAP + 2))
    parts = [filters.kernel(state[f"{name}_kernel"]) * state[f"{name}_weight"] for name in CHANNELS]
    weight = torch.tensor(np.stack(parts))[None]
    answers = [F.conv2d(photo[i : i + 1], weight[:, i : i + 1])[0] for i in range(3)]
    return np.stack(answers), F.conv2d(photo, weight, torch.tensor([state["bias"]]).double())[0].numpy()


def scale(parts):
    """The ends of the colour scale, as the picture says them."""
    ends = [float(n) for n in re.findall(r"[\d.]+", parts["scale"].get_text())]
    return (-ends[0], ends[0]) if "blue" in parts["scale"].get_text() else (0.0, ends[-1])


def value_of(pixels, low, high):
    """The number that each pixel's colour stands for, found in the colour map's table."""
    name = "RdBu_r" if low < 0 else "gray"
    table = np.round(255 * matplotlib.colormaps[name](np.arange(256))[:, :3]).astype(int)
    step = np.abs(pixels[:, :, None].astype(int) - table).sum(axis=-1).argmin(axis=-1)
    return low + step / 255 * (high - low)


def test_maps_are_pytorchs_answers_and_their_sum(explorer):
    for state in states(explorer):
        parts, (answers, total) = explorer.artists(**state), expected(state)
        assert np.allclose(answers.sum(axis=0) + state["bias"], total)
        low, high = scale(parts)
        for name, values in [*zip((f"{c} answer" for c in CHANNELS), answers, strict=True), ("sum", total)]:
            shown = value_of(parts[name].colours, low, high)
            assert np.abs(shown - np.clip(values, low, high)).max() <= (high - low) / 255, (name, state)


def test_scale_is_shared_and_hides_little(explorer):
    for state in states(explorer):
        parts, (answers, total) = explorer.artists(**state), expected(state)
        low, high = scale(parts)
        values = np.abs(np.stack([*answers, total]))
        assert (values > high + 1e-6).mean() <= 0.011
        signed = min(answers.min(), total.min()) < -1e-9
        assert (low < 0) == signed, "blue and red where there are negatives"
        end = np.quantile(values, 0.99) if signed else values.max()
        assert high == (0.25 if signed else 1) or end > high / 2 - 1e-6, "no wider than needed"


def test_kernels_show_the_weights_that_are_used(explorer):
    for state in states(explorer):
        parts = explorer.artists(**state)
        for name in CHANNELS:
            used = filters.kernel(state[f"{name}_kernel"]) * state[f"{name}_weight"]
            shown = [float(text.replace("−", "-")) for text in parts[f"{name} kernel"].labels.ravel()]
            assert np.allclose(shown, used.ravel(), atol=0.0051)
            assert "−0" not in parts[f"{name} kernel"].labels
            head = parts[f"{name} head"].get_text()
            assert head == f"{state[f'{name}_kernel']} × {state[f'{name}_weight']:g}".replace("-", "−")


@pytest.mark.parametrize("photo", PHOTOS)
def test_channels_are_the_photographs(explorer, photo):
    parts, image = explorer.artists(photo=photo), datasets.photo(photo, size=MAP + 2)[:, 1:-1, 1:-1]
    assert np.abs(parts["photo"].colours - 255 * image.transpose(1, 2, 0)).max() <= 0.501
    for name, plane in zip(CHANNELS, image, strict=True):
        pixels = parts[f"{name} plane"].colours
        assert (pixels == pixels[..., :1]).all(), "a channel has no colour"
        assert np.abs(pixels[..., 0] - 255 * plane).max() <= 0.501
    assert not np.allclose(image[0], image[2], atol=0.05), f"{photo} is no colour photograph"


def test_marked_place_is_reckoned(explorer):
    for state in states(explorer):
        parts, (answers, total) = explorer.artists(**state), expected(state)
        row, column = state["row"], state["column"]
        words, (place, *terms) = explorer.describe(**state), parts["reckoning"].labels.ravel().tolist()
        assert place == f"at ({row}, {column})"
        assert f"At ({row}, {column}): {' + '.join(terms[:-1])} = {terms[-1].split()[-1]}. " in words
        wanted = [*answers[:, row, column], state["bias"], total[row, column]]
        for term, name, value in zip(terms, (*CHANNELS, "bias", "sum"), wanted, strict=True):
            assert term.startswith(f"{name} ")
            assert float(term.split()[-1].replace("−", "-")) == pytest.approx(value, abs=0.00051)
        for name in ("photo", "red plane", "green answer", "sum"):
            box = parts[f"{name} mark"]
            middle = box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2
            assert middle == (column, row)


def test_pixels_stand_where_the_axes_say(explorer):
    """Each pixel of a map covers three by three of the picture, the first row at the top."""
    parts = explorer.artists(photo="rocket")
    ax = parts["photo"].axes
    raster = Picture(ax.figure, parts).pixels()
    (x0, y0), (x1, y1) = np.round(ax.bbox.get_points()).astype(int)
    area = raster[len(raster) - y1 :][: y1 - y0, x0:x1]
    assert area.shape == (3 * MAP, 3 * MAP, 3)
    same = area[1::3, 1::3] == parts["photo"].colours
    assert same[:40, :60].all(), "clear of the marked window"


@pytest.mark.parametrize("name", RECIPES)
def test_buttons_set_a_filter(name):
    explorer = ChannelMixer(bias=0.5, blue_kernel="laplacian")
    kernel, *weights = RECIPES[name]
    explorer.buttons[name].click()
    assert explorer.state["bias"] == 0
    assert [explorer.state[f"{c}_kernel"] for c in CHANNELS] == [kernel] * 3
    assert [explorer.state[f"{c}_weight"] for c in CHANNELS] == weights


def test_what_the_buttons_promise(explorer):
    """Grey is a grey picture; Colour edges are silent on a grey edge; Red, not grey is silent on grey."""

    def recipe(name):
        kernel, *weights = RECIPES[name]
        return np.stack([w * filters.kernel(kernel) for w in weights])

    grey = np.tile(np.linspace(0, 1, 9), (3, 9, 1))
    for name in ("Colour edges", "Red, not grey"):
        answer = F.conv2d(torch.tensor(grey), torch.tensor(recipe(name))[None])
        assert np.allclose(answer, 0), name
    answer = F.conv2d(torch.tensor(grey), torch.tensor(recipe("Grey"))[None])[0]
    assert np.allclose(answer, grey[0, 1:-1, 1:-1])


def test_code_is_a_layer_with_these_weights():
    explorer = ChannelMixer(red_kernel="sobel x", green_weight=-1.5, bias=0.25)
    layer = eval(explorer.code, {"torch": torch})
    assert tuple(layer.weight.shape) == (1, 3, 3, 3) and layer.bias is not None
    explorer.set(bias=0.0)
    assert eval(explorer.code, {"torch": torch}).bias is None


def test_every_kernel_of_three_by_three_is_offered():
    assert set(KERNELS) == {name for name, values in filters.KERNELS.items() if values.shape == (3, 3)}


def test_no_number_is_printed_small(explorer):
    """Every cell's type is at least 9 points high, for every kernel and weight."""
    weights = [-2.0, -1.95, -1.55, -0.05, 0.0, 0.35, 1.0, 1.85]
    for i, kernel in enumerate(KERNELS):
        setting = {f"{name}_kernel": kernel for name in CHANNELS}
        setting |= {f"{name}_weight": weights[(3 * i + j) % len(weights)] for j, name in enumerate(CHANNELS)}
        parts = explorer.artists(**setting)
        for name in (*(f"{channel} kernel" for channel in CHANNELS), "reckoning"):
            points = parts[name].type_size() * 72 / DPI
            assert points >= 9, f"{name}, {kernel}, {setting}: {points:.1f} points"
