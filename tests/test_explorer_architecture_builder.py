"""The architecture builder against PyTorch: shapes, parameters, what is refused; and its controls agree."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from states import everything, lines
from torch import nn

from helpers.drawing.style import DPI
from helpers.explorers import ArchitectureBuilder
from helpers.explorers.builder.layer_list import (
    LIMITS,
    MOST,
    OWN,
    PRESETS,
    SETTINGS,
    Word,
    parse,
    trouble,
    written,
)
from helpers.explorers.builder.volumes import row_of_boxes
from helpers.numerals import sizes

some_examples = settings(max_examples=40)
LENET = "LeNet on 3×32×32"


@pytest.fixture(scope="module")
def builder():
    return ArchitectureBuilder()


@pytest.fixture
def fresh():
    return ArchitectureBuilder()


def pools(kind):
    sides = st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(0, 3))
    return sides.map(lambda window: Word(kind, 1, *window))


WORDS = st.one_of(
    st.builds(
        lambda *numbers: Word("conv", *numbers),
        *(st.integers(1, 8), st.integers(1, 7), st.integers(1, 4), st.integers(0, 3)),
    ),
    *(pools(kind) for kind in ("max pool", "average pool")),
    *(st.just(Word(kind)) for kind in ("global average", "flatten")),
    st.integers(1, 30).map(lambda width: Word("linear", width)),
)
NETWORKS = st.lists(WORDS, min_size=1, max_size=6)


def module(word, inputs):
    """The layer in PyTorch, written down here once more and independently."""
    window = (word.kernel, word.stride, word.padding)
    if word.kind == "conv":
        return nn.Conv2d(inputs, word.width, *window)
    if word.kind == "max pool":
        return nn.MaxPool2d(*window)
    if word.kind == "average pool":
        return nn.AvgPool2d(*window)
    if word.kind == "linear":
        return nn.Linear(inputs, word.width)
    return nn.AdaptiveAvgPool2d(1) if word.kind == "global average" else nn.Flatten()


def through(words, shape):
    """What PyTorch makes of a picture of that shape, layer by layer: (output shape, parameters); or None."""
    flow, found = torch.zeros(1, *shape), []
    for word in words:
        if word.kind != "flatten" and (flow.ndim == 4) == (word.kind == "linear"):
            return None  # PyTorch would take the last axis of maps, or a vector without its batch
        try:
            layer = module(word, flow.shape[1])
            flow = layer(flow)
        except RuntimeError:
            return None
        found.append((tuple(flow.shape[1:]), sum(p.numel() for p in layer.parameters())))
    return found


def table(artists):
    """The table's lines as the board shows them: lists of words from left to right, heads first."""
    lines = {}
    for x, y, words, *_ in artists["board"].words:
        if y < 3.2:
            lines.setdefault(round(y, 3), []).append((x, words))
    return [[words for _, words in sorted(line)] for _, line in sorted(lines.items(), reverse=True)]


def shown(builder, **state):
    """The artists of a fresh picture after these settings."""
    builder.set(**state)
    return builder.artists()


# --- the numbers -----------------------------------------------------------------------------------------


def test_lenet_on_colour_has_its_parameters(builder):
    lines = table(shown(builder, preset=LENET))
    assert lines[0] == ["layer", "output", "parameters", "share", "MACs", "share", "memory"]
    assert lines[1] == ["input", "3×32×32"]
    outputs = ["6×28×28", "6×14×14", "16×10×10", "16×5×5", "400", "120", "84", "10"]
    assert [line[1] for line in lines[2:-1]] == outputs
    parameters = ["456", "0", "2,416", "0", "0", "48,120", "10,164", "850"]
    assert [line[2] for line in lines[2:-1]] == parameters
    assert lines[2][3] == f"{6 * 28 * 28 * 75:,}" and lines[2][4] == "18.4 KiB"
    assert lines[-1] == ["in all", "62,006", "651,720", "33.2 KiB"]
    assert "2,872 of them (4.6 %) in convolutions" in builder.description


@pytest.mark.parametrize(
    "preset, total, output",
    [
        ("LeNet-5 on grey 32×32", 61_706, "10"),
        ("The funnel", 388_416, "256×2×2"),
        ("Double convolutions on 3×224×224", 823_274_058, "10"),
        ("No convolution", 379_774, "10"),
    ],
)
def test_presets(builder, preset, total, output):
    lines = table(shown(builder, preset=preset))
    assert lines[-1][1] == f"{total:,}" and lines[-2][1] == output
    if preset == "The funnel":
        pooled = [line[1] for line in lines[3:-1:2]]
        assert pooled == ["32×16×16", "64×8×8", "128×4×4", "256×2×2"]
    if preset.startswith("Double"):
        assert ["10 flatten", "200,704"] == lines[11][:2] and lines[12][2] == f"{200_705 * 4096:,}"


@some_examples
@given(words=NETWORKS, channels=st.integers(1, 4), side=st.integers(1, 20))
def test_any_network_is_pytorchs(builder, words, channels, side):
    shape = (channels, side, side)
    expected, reason = through(words, shape), trouble(words, shape)
    assert (expected is None) == bool(reason), reason
    builder.set(layers=written(words), channels=channels, side=side)
    assert builder.description.startswith("No network. Layer ") == bool(reason)
    if reason:
        assert builder.code == ""
        return
    lines = table(builder.artists())
    assert [(line[1], line[2]) for line in lines[2:-1]] == [
        (sizes(output), f"{parameters:,}") for output, parameters in expected
    ]
    network = eval(builder.code, {"torch": torch})
    assert tuple(network(torch.zeros(1, *shape)).shape[1:]) == expected[-1][0]
    assert f"In all {sum(p.numel() for p in network.parameters()):,} parameters" in builder.description
    weighted = sum("width" in SETTINGS[word.kind] for word in words)
    assert sum(isinstance(layer, nn.ReLU) for layer in network) == max(weighted - 1, 0)


@pytest.mark.parametrize("preset", PRESETS)
def test_code_of_every_preset_is_the_network(builder, preset):
    builder.set(preset=preset)
    with torch.device("meta"):  # shapes only: one preset has 823 million parameters
        network = eval(builder.code, {"torch": torch})
        state = builder.state
        out = network(torch.zeros(1, state["channels"], state["side"], state["side"]))
    lines = table(builder.artists(**state))
    assert sizes(out.shape[1:]) == lines[-2][1]
    assert f"{sum(p.numel() for p in network.parameters()):,}" == lines[-1][1]


# --- what is impossible ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layers, side, words",
    [
        ("conv 6 5×5; max pool 2×2; conv 16 5×5", 10, r"Layer 3, conv 16 5×5, .* 6×3×3, has 3 × 3 .* larger"),
        ("conv 6 5×5; linear 10", 32, r"Layer 2, linear 10, .* gets maps, 6×28×28.* Put flatten before it"),
        (
            "flatten; max pool 2×2",
            8,
            r"Layer 2, max pool 2×2, .* needs maps, .* row of 192 .* before flatten",
        ),
        ("linear 10; flatten", 8, r"Layer 1, linear 10, .* Put flatten before"),
        ("flatten; linear 4; global average", 8, r"Layer 3, global average, .* a row of 4 numbers"),
        ("max pool 3×3 P2", 9, r"Layer 1, .* more than half its window of 3.* Give P1 at most"),
    ],
)
def test_what_does_not_fit_is_explained(fresh, layers, side, words):
    fresh.set(layers=layers, channels=3, side=side)
    assert re.match(f"No network. {words}", fresh.description)
    assert fresh.code == ""


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "There are 0 layers: write 1 to 12"),
        ("; ;", "There are 0 layers"),
        ("; ".join(["flatten"] * (MOST + 1)), "There are 13 layers: write 1 to 12"),
        ("conv 6 5×5; pool", "Layer 2, “pool”, is not understood: write for example conv 16 3×3"),
        ("conv 6", "Layer 1, “conv 6”, is not understood"),
        ("conv 5×5", "is not understood"),
        ("conv 6 5×4", "is not understood"),
        ("linear", "is not understood"),
        ("linear 10 3×3", "is not understood"),
        ("linear 10 S2", "is not understood"),
        ("max pool 4 2×2", "is not understood"),
        ("flatten 3", "is not understood"),
        ("conv 0 3×3", "its width is 0; give 1 to 4096"),
        ("conv 8 12×12", "its kernel is 12; give 1 to 11"),
        ("conv 8 3×3 S9", "its stride is 9; give 1 to 8"),
        ("max pool 2×2 S0", "its stride is 0; give 1 to 8"),
        ("conv 8 3×3 P9", "its padding is 9; give 0 to 8"),
    ],
)
def test_text_that_is_not_understood(fresh, text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        parse(text)
    with pytest.raises(ValueError, match="layers="):
        fresh.set(layers=text)
    fresh.controls["layers"].value = text  # as a reader types it
    assert fresh.description.startswith("No network. ") and words in fresh.description
    before = fresh.description
    for button in fresh.buttons.values():
        button.click()
    fresh.controls["kernel"].value = 3
    assert fresh.description == before, "nothing to edit"
    fresh.controls["preset"].value = "The funnel"
    assert "In all 388,416 parameters" in fresh.description


def test_layers_must_be_text(fresh):
    with pytest.raises(ValueError, match="layers=.*give a line of text"):
        fresh.set(layers=["flatten"])


@some_examples
@given(words=NETWORKS)
def test_text_and_words_are_the_same(words):
    assert parse(written(words)) == words


def test_text_may_be_written_loosely():
    assert written(parse(" CONV 6 5x5 s2 p1;;Max  pool 3x3 S2; flatten ;")) == (
        "conv 6 5×5 S2 P1; max pool 3×3 S2; flatten"
    )


# --- the controls agree ----------------------------------------------------------------------------------


def agrees(builder):
    """The marked layer's settings are those in the text."""
    state = builder.state
    word = parse(state["layers"])[state["marked"] - 1]
    assert state["kind"] == word.kind
    for name in SETTINGS[word.kind]:
        assert state[name] == getattr(word, name), name
    network = (state["channels"], state["side"], state["layers"])
    assert PRESETS.get(state["preset"]) == (network if network in PRESETS.values() else None)
    assert (state["preset"] == OWN) == (network not in PRESETS.values())


def test_marking_a_layer_shows_its_settings(fresh):
    for place, word in enumerate(parse(PRESETS[LENET][2]), start=1):
        fresh.controls["marked"].value = place
        assert fresh.state["layers"] == PRESETS[LENET][2], "to mark is not to change"
        assert fresh.state["kind"] == word.kind
        agrees(fresh)


def test_settings_change_the_marked_layer_alone(fresh):
    fresh.controls["marked"].value = 3
    fresh.controls["kernel"].value = 3
    fresh.controls["width"].value = 20
    fresh.controls["padding"].value = 1
    assert fresh.state["layers"].split("; ")[:4] == [
        *("conv 6 5×5", "max pool 2×2", "conv 20 3×3 P1", "max pool 2×2"),
    ]
    assert fresh.state["preset"] == OWN
    agrees(fresh)


def test_set_takes_network_then_mark_then_settings(fresh):
    fresh.set(preset="The funnel", marked=3, kernel=5, padding=2, side=64)
    assert fresh.state["layers"].split("; ")[2] == "conv 64 5×5 P2"
    assert fresh.state["channels"] == 3 and fresh.state["side"] == 64 and fresh.state["preset"] == OWN
    agrees(fresh)
    fresh.set(layers="flatten; linear 7")
    assert fresh.state["marked"] == 2 and fresh.state["width"] == 7 and fresh.controls["marked"].max == 2
    fresh.set(preset=LENET, marked=8)
    assert fresh.state["width"] == 10
    agrees(fresh)


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_new_kind_begins_with_usual_settings(fresh, kind):
    fresh.controls["marked"].value = 2
    fresh.controls["kind"].value = kind
    assert parse(fresh.state["layers"])[1].kind == kind
    assert len(parse(fresh.state["layers"])) == 8
    agrees(fresh)


def test_layers_are_added_and_removed(fresh):
    fresh.set(preset="The funnel", marked=1)
    fresh.buttons["add"].click()
    assert fresh.state["layers"].startswith("conv 32 3×3 P1; conv 32 3×3 P1; max pool")
    assert fresh.state["marked"] == 2
    fresh.controls["kernel"].value = 1
    fresh.controls["padding"].value = 0
    assert fresh.state["layers"].startswith("conv 32 3×3 P1; conv 32 1×1; max pool")
    fresh.buttons["remove"].click()
    assert fresh.state["layers"].startswith("conv 32 3×3 P1; max pool") and fresh.state["marked"] == 2
    for _ in range(2 * MOST):
        fresh.buttons["add"].click()
    assert len(parse(fresh.state["layers"])) == MOST
    for _ in range(2 * MOST):
        fresh.buttons["remove"].click()
    assert len(parse(fresh.state["layers"])) == 1 and fresh.state["marked"] == 1
    agrees(fresh)


def test_a_full_network_and_a_lone_layer_switch_their_buttons_off_and_say_so(fresh):
    add, remove = fresh.buttons["add"], fresh.buttons["remove"]
    assert not add.disabled and not remove.disabled and "switched off" not in fresh.description
    for count in range(len(parse(fresh.state["layers"])) + 1, MOST + 1):
        assert not add.disabled
        add.click()
        assert len(parse(fresh.state["layers"])) == count
    assert add.disabled and not remove.disabled
    fresh.set(preset="The funnel", layers="; ".join(["conv 8 3×3 P1"] * MOST))
    assert (
        add.disabled
        and "With 12 layers the network is full, so Add layer is switched off." in fresh.description
    )
    remove.click()
    assert not add.disabled and "switched off" not in fresh.description
    fresh.controls["layers"].value = "flatten"
    assert remove.disabled and not add.disabled and "so Remove layer is switched off." in fresh.description


def test_settings_that_the_marked_layer_does_not_have_are_off_box_and_slider(fresh):
    for kind, has in SETTINGS.items():
        fresh.set(layers="conv 8 3×3", kind=kind)
        for name in LIMITS:
            off = [part for part in everything(fresh.widget) if getattr(part, "disabled", False)]
            assert fresh.controls[name].disabled == (name not in has)
            assert (fresh.inputs[name].label in {part.description for part in off}) == (name not in has)


def test_every_setting_at_once_leaves_controls_that_agree(fresh):
    import random

    draw = random.Random(3)
    for _ in range(60):
        fresh.set(**{name: draw.choice(spec.values()) for name, spec in fresh.inputs.items()})
        agrees(fresh)
        name = draw.choice(list(fresh.inputs))
        fresh.controls[name].value = draw.choice(fresh.inputs[name].values())
        agrees(fresh)


def test_a_static_picture_leaves_the_controls_alone(fresh):
    before = fresh.state
    fig = fresh.draw(preset="Small VGG", marked=4)
    assert fresh.state == before and fig is not None
    words = [piece[2] for artist in fig.artists for piece in artist.words]
    assert "814,122" in words and "4 conv 64 3×3 P1" in words


def test_limits_of_the_words_are_those_of_the_controls():
    for name, (low, high) in LIMITS.items():
        spec = ArchitectureBuilder.inputs[name]
        assert (spec.low, spec.high) == (low, high)


# --- the picture -----------------------------------------------------------------------------------------

CROWDED = "; ".join(["conv 4096 11×11 P5"] * 10 + ["flatten", "linear 4096"])


def pictures(builder):
    """The artists of every preset, and of the widest and the smallest networks."""
    for preset in PRESETS:
        for marked in (1, 5, MOST):
            builder.set(preset=preset, marked=marked)
            yield builder.artists()
    for layers, side in ((CROWDED, 256), ("; ".join(["conv 4096 1×1 P8"] * MOST), 256), ("conv 1 1×1", 1)):
        builder.set(layers=layers, side=side, channels=64)
        yield builder.artists()
    builder.set(layers="; ".join(["flatten"] * MOST), side=256, channels=64)
    yield builder.artists()


def test_words_lie_in_the_picture_apart_and_legible(builder):
    for artists in pictures(builder):
        found = lines(artists["board"])
        for line in found:
            assert line.left >= 0.1 * DPI and line.top >= 0, line
            assert line.right <= 8.35 * DPI and line.bottom <= 5.65 * DPI, line
            assert line.pixels * 72 / DPI >= 8.5
        for i, one in enumerate(found):
            assert all(one.apart(other, 0.12 * DPI) for other in found[:i]), one


class Words(list):
    """A board that only listens."""

    def text(self, x, y, words, *look):
        self.append((x, y, words))


def boxes_of(shapes, kinds):
    polygons, faces, edges = row_of_boxes(Words(), shapes, kinds, 1, (0.15, 3.37, 8.1, 2.2))
    assert len(polygons) == len(faces) == len(edges) == 3 * len(shapes)
    return [polygons[i : i + 3] for i in range(0, len(polygons), 3)]


def test_boxes_are_as_high_as_their_maps_and_thicker_with_channels():
    shapes = [(3, 32, 32), (32, 16, 16), (64, 8, 8), (128, 4, 4), (256, 2, 2)]
    fronts = [box[0] for box in boxes_of(shapes, ["input", *["max pool"] * 4])]
    heights = [front[3][1] - front[0][1] for front in fronts]
    assert [heights[0] / height for height in heights] == pytest.approx([1, 2, 4, 8, 16])
    widths = [front[1][0] - front[0][0] for front in fronts]
    assert widths == sorted(widths) and widths[-1] > 2 * widths[0]


def test_boxes_stand_apart_in_their_area(builder):
    for layers, side in ((CROWDED, 256), (PRESETS["Small VGG"][2], 32), (PRESETS[LENET][2], 32)):
        builder.set(layers=layers, side=side, channels=3)
        words = parse(builder.state["layers"])
        shapes = [(3, side, side), *(shape for shape, _ in _shapes(words, (3, side, side)))]
        end = 0.15
        for box in boxes_of(shapes, ["input", *(word.kind for word in words)]):
            points = [point for polygon in box for point in polygon]
            left, right = min(x for x, _ in points), max(x for x, _ in points)
            assert end <= left and right <= 8.25 and max(y for _, y in points) <= 5.57
            end = right


def _shapes(words, shape):
    with torch.device("meta"):
        return through(words, shape)


def test_bars_are_shares_of_the_whole(builder):
    artists = shown(builder, preset=LENET)
    bars = [piece for piece in artists["board"].pieces if piece[0] == pytest.approx(4.42 + 0.07)]
    assert [bar[2] / 0.5 for bar in bars] == pytest.approx(
        [max(count / 62_006, 0.016) for count in (456, 2_416, 48_120, 10_164, 850)]
    )
