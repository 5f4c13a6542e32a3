"""Layer lists: published counts, the same in torch.nn row by row, fields found by perturbation."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import architectures as arch
from helpers.architectures import designs, landmarks

some_examples = settings(max_examples=60)


# --- the same layer in PyTorch ---


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of maps, or over the features of tokens and vectors."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1) if x.ndim == 4 else super().forward(x)


class Scaling(nn.Module):
    def __init__(self, channels, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels)) if bias else None

    def forward(self, x):
        x = x * self.weight[:, None, None]
        return x if self.bias is None else x + self.bias[:, None, None]


class Tokenise(nn.Module):
    def __init__(self, channels, positions):
        super().__init__()
        self.first = nn.Parameter(torch.zeros(1, 1, channels))
        self.position = nn.Parameter(torch.zeros(1, positions + 1, channels))

    def forward(self, x):
        tokens = x.flatten(2).transpose(1, 2)
        return torch.cat([self.first.expand(len(x), -1, -1), tokens], dim=1) + self.position


class SelfAttention(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.heads, self.into, self.out = (
            heads,
            nn.Linear(features, 3 * features),
            nn.Linear(features, features),
        )

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.into(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2)).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, t, d))


def in_torch(layer, shape):
    """The torch.nn layer that one word of a list stands for, on inputs of that shape (without batch)."""
    kind = getattr(layer, "kind", type(layer).__name__)
    bias = getattr(layer, "bias", False)
    if kind == "Conv":
        window = (layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups)
        return nn.Conv2d(shape[0], layer.out_channels, *window, bias=bias)
    if kind == "ConvTranspose":
        window = (layer.kernel_size, layer.stride, layer.padding, layer.output_padding, layer.groups)
        return nn.ConvTranspose2d(shape[0], layer.out_channels, *window, bias, layer.dilation)
    if kind == "MaxPool":
        window = layer.kernel_size, layer.stride, layer.padding, layer.dilation
        return nn.MaxPool2d(*window, ceil_mode=layer.ceil_mode)
    if kind == "AvgPool":
        return nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding, ceil_mode=layer.ceil_mode)
    if kind == "FirstToken":
        return FirstOf()
    make = {
        "AdaptiveAvgPool": lambda: nn.AdaptiveAvgPool2d(layer.output_size),
        "Flatten": nn.Flatten,
        "Linear": lambda: nn.Linear(shape[-1], layer.out_features, bias=bias),
        "BatchNorm": lambda: nn.BatchNorm2d(shape[0]),
        "LayerNorm": lambda: ChannelNorm(shape[0] if len(shape) == 3 else shape[-1]),
        "Scale": lambda: Scaling(shape[0], bias),
        "Tokens": lambda: Tokenise(shape[0], shape[1] * shape[2]),
        "Attention": lambda: SelfAttention(shape[1], layer.heads),
        **{name: nn.ReLU for name in ("ReLU", "ReLU6", "Tanh", "Sigmoid", "GELU", "SiLU")},
        **{name: nn.Identity for name in ("Dropout", "LocalResponseNorm")},
    }
    return make[kind]()


class FirstOf(nn.Module):
    def forward(self, x):
        return x[:, 0]


def run_in_torch(layers, x, rows, change=lambda module: module):
    """What PyTorch makes of the list on x; rows gets (shape, parameters, MACs) for each row of describe."""
    for layer in layers:
        if isinstance(layer, arch.Block):
            x = run_in_torch(layer.layers, x, rows, change)
            continue
        ends = [run_in_torch(branch, x, rows, change) for branch in layer.branches().values()]
        if isinstance(layer, arch.Concat):
            x, parameters, macs = torch.cat(ends, dim=1), 0, 0
        elif isinstance(layer, arch.Residual):
            x, parameters, macs = ends[0] + ends[1], 0, 0
        elif isinstance(layer, arch.Gate):
            x, parameters, macs = x * ends[0], 0, 0
        else:
            with torch.device(x.device):
                module = change(in_torch(layer, tuple(x.shape[1:])).to(x.dtype).eval())
            parameters = sum(p.numel() for p in module.parameters())
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                x = module(x)
            macs = counter.get_total_flops() // 2
        rows.append((tuple(x.shape[1:]), parameters, macs))
    return x


def assert_same_in_torch(layers, input_shape):
    rows = []
    run_in_torch(layers, torch.empty(1, *input_shape, device="meta"), rows)
    ours = arch.describe(layers, input_shape)
    assert len(rows) == len(ours)
    for row, theirs in zip(ours, rows, strict=True):
        assert (row.shape, row.parameters, row.macs) == theirs, row.name


# --- the landmarks ---


@pytest.mark.parametrize("landmark", landmarks.LANDMARKS, ids=lambda landmark: landmark.name)
def test_landmarks_have_their_published_counts(landmark):
    summary = landmark.summary()
    assert summary.parameters == landmark.parameters
    if landmark.gigamacs is not None:
        assert round(summary.macs / 1e9, 3) == landmark.gigamacs
    assert summary[-1].shape == ((10,) if landmark.name == "LeNet-5" else (1000,))


@pytest.mark.parametrize("landmark", landmarks.LANDMARKS, ids=lambda landmark: landmark.name)
def test_landmarks_are_the_same_in_torch(landmark):
    assert_same_in_torch(landmark.design(), landmark.input_shape)


def test_lenet_layer_by_layer():
    summary = arch.describe(designs.lenet(), (3, 32, 32))
    counts = [row.parameters for row in summary if not isinstance(row.layer, type(arch.ReLU()))]
    assert counts == [456, 0, 2416, 0, 0, 48120, 10164, 850]
    assert summary.parameters == 62_006
    assert_same_in_torch(designs.lenet(), (3, 32, 32))


def test_lenet_of_1998_has_60_000_trained_parameters():
    summary = arch.describe(designs.lenet5_1998(), (1, 32, 32))
    # by layer, from the paper: C1, S2, C3, S4, C5, F6
    assert [row.parameters for row in summary if row.parameters] == [156, 12, 1516, 32, 48120, 10164]
    assert summary.parameters == 60_000


def test_depths_are_the_ones_in_the_names():
    for name, depth in {
        "AlexNet": 8,
        "VGG-16": 16,
        "GoogLeNet": 22,
        "ResNet-18": 18,
        "ResNet-50": 50,
    }.items():
        assert landmarks.landmark(name).summary().depth == depth


def test_googlenet_needs_ceil_mode():
    rows = arch.describe(designs.googlenet(), (3, 224, 224))
    sides = [row.shape[1] for row in rows if isinstance(row.layer, arch.MaxPool) and row.layer.stride == 2]
    assert sides == [56, 28, 14, 7]
    assert arch.MaxPool(3, 2).output((64, 112, 112)) == (64, 55, 55)


def test_results_are_percentages_of_known_networks():
    names = {entry.name for entry in landmarks.LANDMARKS}
    for result in landmarks.TORCHVISION_RESULTS:
        assert result.network in names
    for result in [*landmarks.PAPER_RESULTS, *landmarks.TORCHVISION_RESULTS]:
        assert result.split in ("validation", "test")
        assert result.top1 is None or 0 < result.top5 < result.top1 < 100
        assert 0 < result.top5 < 100
        assert result.source


# --- the worked numbers of the book ---


def conv_counts(*layers, shape=(256, 8, 8)):
    return arch.describe(layers, shape).parameters


def test_worked_costs():
    rows = arch.describe([arch.Conv(10, 5, padding=2)], (3, 32, 32))
    assert (rows.parameters, rows.macs, rows[0].shape) == (760, 768_000, (10, 32, 32))
    assert conv_counts(arch.Conv(256, 3, padding=1)) == 590_080
    bottleneck = [arch.Conv(64, 1), arch.Conv(64, 3, padding=1), arch.Conv(256, 1)]
    assert [row.parameters for row in arch.describe(bottleneck, (256, 8, 8))] == [16_448, 36_928, 16_640]
    separable = [arch.Conv(64, 3, padding=1, groups=64, bias=False), arch.Conv(64, 1, bias=False)]
    assert conv_counts(*separable, shape=(64, 8, 8)) == 4_672
    assert conv_counts(arch.Conv(64, 3, groups=4, bias=False), shape=(64, 8, 8)) == 9_216
    dense = arch.describe([arch.Flatten(), arch.Linear(10_240)], (3, 32, 32))
    assert dense.parameters == 31_467_520


def fields(layers, side=224):
    return [row.receptive_field[0] for row in arch.describe(layers, (3, side, side))]


def test_worked_receptive_fields():
    three = [arch.Conv(3, 3)] * 3
    assert fields(three) == [3, 5, 7]
    assert fields([*three, arch.MaxPool(2)])[-1] == 8  # not 14: pooling doubles the jump, not the field
    assert fields([arch.Conv(3, 3), arch.Conv(3, 3, stride=2), arch.Conv(3, 3)]) == [3, 5, 9]
    assert fields([arch.Conv(3, 3)] * 10)[-1] == 21
    assert fields([arch.Conv(3, 3, dilation=2)]) == [5]
    rows = arch.describe(designs.vgg16(), (3, 224, 224))
    pools = [row.receptive_field[0] for row in rows if isinstance(row.layer, arch.MaxPool)]
    assert pools[-1] == 212
    convolutions = [row.receptive_field[0] for row in rows if isinstance(row.layer, arch.Conv)]
    assert convolutions[9] == 92
    alexnet = arch.describe(designs.alexnet(), (3, 224, 224))
    assert [row.receptive_field[0] for row in alexnet if isinstance(row.layer, arch.MaxPool)][-1] == 195
    rows = arch.describe(designs.resnet50(), (3, 224, 224))
    main = [row for row in rows if isinstance(row.layer, arch.Conv) and "shortcut" not in row.name]
    assert main[9].receptive_field == (35, 35)


def test_field_has_jump_and_centre():
    rows = arch.describe([arch.Conv(3, 3), arch.MaxPool(2), arch.Conv(3, 3, padding=1)], (3, 32, 32))
    last = rows[-1].fields[0]
    assert (last.size, last.jump, last.first, last.centre) == (8, 2, -2, 1.5)
    size, jump, first = last
    assert (size, jump, first) == (8, 2, -2) and str(last) == "Field(size=8, jump=2, first=-2)"


def test_a_transposed_convolution_widens_the_field_by_the_windows_that_overlap():
    for kernel, stride, padding, size in [
        (2, 2, 0, 1),
        (3, 2, 1, 2),
        (4, 2, 1, 2),
        (5, 2, 2, 3),
        (3, 1, 1, 3),
    ]:
        assert fields([arch.ConvTranspose(3, kernel, stride, padding)]) == [size]
    unit = arch.describe([arch.ConvTranspose(3, 3, 2)], (3, 8, 8))[0].fields[0]
    assert [unit.ends(place) for place in range(4)] == [(-1, 0), (0, 0), (0, 1), (1, 1)]
    assert (unit.size, unit.jump, unit.first, unit.centre) == (2, 0.5, -1, -0.5)
    gaps = arch.describe([arch.ConvTranspose(3, 1, 2)], (3, 8, 8))[0].fields[0]
    assert gaps.ends(4) == (2, 2) and gaps.ends(5) == (math.inf, -math.inf) and gaps.size == 1


def test_a_u_net_is_the_same_in_torch_and_knows_its_fields():
    def level(inside, channels):
        way = [arch.MaxPool(2), *inside, arch.ConvTranspose(channels, 2, 2)]
        return [arch.Conv(channels, 3, padding=1), arch.Concat([], way), arch.Conv(channels, 3, padding=1)]

    u_net = level(level([arch.Conv(16, 3, padding=1)], 8), 4)
    assert_same_in_torch(u_net, (1, 32, 32))
    rows = arch.describe(u_net, (1, 32, 32))
    # By hand: 3, pool 4, conv 8, pool 10, conv 18, up 18: two units see the same, and their neighbours lie 4
    # pixels on. So a conv over three adds 4, to 22, up 22, and the last conv, over two such steps, 4 again.
    ups = [row.receptive_field[0] for row in rows if isinstance(row.layer, arch.ConvTranspose)]
    assert ups == [18, 22] and rows[-1].receptive_field == (26, 26) and rows[-1].fields[0].jump == 1


# --- random stacks ---

kernels, small = st.integers(1, 4), st.integers(1, 3)


def pair_of(numbers):
    return st.tuples(numbers, numbers)


@st.composite
def windows(draw):
    kernel, stride, dilation = draw(pair_of(kernels)), draw(pair_of(small)), draw(pair_of(st.integers(1, 2)))
    padding = draw(pair_of(st.integers(0, 2)))
    if draw(st.booleans()):
        half = tuple(min(p, k // 2) for p, k in zip(padding, kernel, strict=True))
        return arch.MaxPool(kernel, stride, half, dilation, ceil_mode=draw(st.booleans()))
    return arch.Conv(draw(st.sampled_from([2, 4])), kernel, stride, padding, dilation)


@st.composite
def transposed(draw):
    """A transposed convolution whose windows leave no gap and which crops at most their overlap.

    What it crops beyond that, or next to a gap, would have seen the picture; a later padding does not.
    """
    stride = draw(pair_of(small))
    kernel = tuple(draw(st.integers(s, 4)) for s in stride)
    dilation = tuple(draw(st.integers(1, 2)) if s == 1 else 1 for s in stride)
    axes = list(zip(kernel, stride, dilation, strict=True))
    padding = tuple(draw(st.integers(0, k - s)) if d == 1 else 0 for k, s, d in axes)
    extra = tuple(draw(st.integers(0, max(s, d) - 1)) for _, s, d in axes)
    return arch.ConvTranspose(
        draw(st.sampled_from([2, 4])), kernel, stride, padding, extra, 2, True, dilation
    )


@st.composite
def branches(draw):
    """A join whose ways keep the size."""
    ways = []
    for _ in range(2):
        kernel, dilation = draw(st.sampled_from([1, 3, 5])), draw(small)
        ways.append([arch.Conv(2, kernel, padding=dilation * (kernel // 2), dilation=dilation)])
    return draw(st.sampled_from([arch.Concat(*ways), arch.Residual(*ways)]))


stacks = st.lists(st.one_of(windows(), windows(), branches(), transposed()), min_size=1, max_size=4)


@some_examples
@given(
    stack=stacks, grouped=st.booleans(), shape=st.tuples(st.just(2), st.integers(20, 40), st.integers(20, 40))
)
def test_random_stacks_are_the_same_in_torch(stack, grouped, shape):
    ends = [arch.Conv(2, 1, groups=2, bias=False), arch.BatchNorm(), arch.ReLU()] if grouped else []
    layers = [*stack, *ends, arch.AdaptiveAvgPool((2, 3)), arch.Flatten(), arch.Linear(5)]
    try:
        arch.describe(layers, shape)
    except ValueError:
        assume(False)
    assert_same_in_torch(layers, shape)


def all_ones(module):
    """The layer with positive weights, so that nothing it sees can cancel."""
    for parameter in module.parameters():
        nn.init.constant_(parameter, 0 if parameter.ndim == 1 else 1)
    return module


def perturbed(stack, side, axis):
    """Whether each unit sees each pixel of one axis, (pixel, unit): one row or column is lit at a time."""
    lit = torch.eye(side, dtype=torch.float64)[:, None, :, None].expand(side, 2, side, side)
    lit = lit if axis == 0 else lit.transpose(2, 3)
    return run_in_torch(stack, lit, [], all_ones).amax(dim=(1, 3 - axis)).numpy() > 0


@some_examples
@given(stack=stacks, axis=st.sampled_from([0, 1]))
def test_fields_are_what_perturbation_finds(stack, axis):
    side = 40
    try:
        rows = arch.describe(stack, (2, side, side))
    except ValueError:
        assume(False)
    out = perturbed(stack, side, axis)
    field, across = rows[-1].fields[axis], rows[-1].fields[1 - axis]
    # Where every unit on the other axis sees padding, all outputs may be 0.
    assume(any(inside(across.ends(unit), side) for unit in range(rows[-1].shape[2 - axis])))
    checked = []
    for unit in range(out.shape[1]):
        seen, (first, last) = np.flatnonzero(out[:, unit]), field.ends(unit)
        assert len(seen) == 0 or (first <= seen[0] and seen[-1] <= last)
        if inside((first, last), side):  # then the ends are exact
            assert (seen[0], seen[-1]) == (first, last)
            checked.append(last - first + 1)
            if len(field.phases) == 1:
                assert (first, last) == (field.first + unit * field.jump, first + field.size - 1)
    assume(checked)
    assert max(checked) <= field.size and (len(checked) < len(field.phases) or max(checked) == field.size)


def inside(ends, side):
    """Whether a field lies in the picture."""
    return 0 <= ends[0] <= ends[1] < side


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_a_transposed_convolution_shows_each_unit_what_perturbation_finds(kernel, stride, dilation):
    """Unit by unit, also those between whose taps the picture falls through."""
    for before in ([], [arch.Conv(2, 3, 2)], [arch.MaxPool(2, 3)]):
        stack = [*before, arch.ConvTranspose(2, kernel, stride, dilation=dilation)]
        field = arch.describe(stack, (2, 24, 24))[-1].fields[0]
        out = perturbed(stack, 24, 0)
        for unit in range(out.shape[1]):
            seen, (first, last) = np.flatnonzero(out[:, unit]), field.ends(unit)
            if len(seen) == 0:
                assert first > last or not inside((first, last), 24)
            elif inside((first, last), 24):
                assert (seen[0], seen[-1]) == (first, last)
            else:
                assert first <= seen[0] and seen[-1] <= last


def test_whole_image_after_global_pooling_gate_and_dense():
    gate = arch.Gate([arch.AdaptiveAvgPool(1), arch.Conv(3, 1)])
    for layers in ([arch.AdaptiveAvgPool(1)], [arch.Flatten(), arch.Linear(4)], [gate, arch.Conv(2, 3)]):
        assert arch.describe(layers, (3, 9, 9))[-1].receptive_field == (9, 9)


def test_adaptive_pooling_counts_its_widest_window():
    for n, o in ((7, 3), (8, 3), (6, 3), (10, 4), (5, 5)):
        kernel = arch.AdaptiveAvgPool(o).windows((1, n, n))[0][0]
        assert kernel == max(math.ceil((i + 1) * n / o) - i * n // o for i in range(o))
        weights = torch.nn.functional.adaptive_avg_pool2d(torch.eye(n)[:, None, :, None], (o, 1))
        assert kernel == int((weights[:, 0, :, 0] > 0).sum(dim=0).max())


# --- what is printed, and what is refused ---


def test_table():
    text = str(
        arch.describe(
            [arch.Conv(6, 5, padding=2), arch.MaxPool(2), arch.Flatten(), arch.Linear(10)], (1, 28, 28)
        )
    )
    lines = text.splitlines()
    assert lines[0].split() == ["layer", "output", "weights", "biases", "MACs", "memory", "field"]
    assert "Conv(6, 5, padding=2)" in lines[1] and "6×28×28" in lines[1] and "117,600" in lines[1]
    assert lines[-1].startswith("total  11,926 parameters")


def test_blocks_sum_up_what_they_hold():
    summary = arch.describe(designs.resnet18(), (3, 224, 224))
    blocks = summary.blocks()
    assert [row.name for row in blocks if row.name.startswith("stage")] == [
        "stage1",
        "stage2",
        "stage3",
        "stage4",
    ]
    assert blocks.parameters == summary.parameters
    assert blocks.macs == summary.macs
    assert blocks[4].shape == (64, 56, 56)


BAD = [
    ([arch.Conv(6, 5), "relu"], TypeError, ["layer 1", "'relu'", "Conv(6, 5)"]),
    ([arch.Conv(6, 50)], ValueError, ["layer 0", "Conv(6, 50)", "kernel_size=50"]),
    ([arch.ReLU(), arch.MaxPool(40)], ValueError, ["layer 1", "kernel_size=40"]),
    ([arch.Conv(4, 3, groups=2)], ValueError, ["layer 0", "groups=2", "3 input channels"]),
    ([arch.Conv(4, 3, stride=0)], ValueError, ["layer 0", "stride=0"]),
    ([arch.Conv(0, 3)], ValueError, ["layer 0", "out_channels"]),
    ([arch.Linear(10)], ValueError, ["layer 0", "Flatten()"]),
    ([arch.Flatten(), arch.Conv(3, 3)], ValueError, ["layer 1", "3072"]),
    ([arch.Residual([arch.Conv(4, 3)])], ValueError, ["layer 0", "(4, 30, 30)", "(3, 32, 32)", "shortcut"]),
    ([arch.Concat([arch.Conv(3, 3)], [arch.Conv(3, 1)])], ValueError, ["layer 0", "channels may differ"]),
    ([arch.Concat()], ValueError, ["layer 0"]),
    ([arch.Gate([arch.Conv(3, 3)])], ValueError, ["layer 0", "(3, 1, 1)"]),
    (
        [arch.Block("stem", [arch.Residual([arch.Linear(3)])])],
        ValueError,
        ["layer stem.0.body.0 (Linear(3))"],
    ),
    ([arch.AdaptiveAvgPool(0)], ValueError, ["layer 0"]),
    ([arch.ConvTranspose(4, 2, groups=2)], ValueError, ["layer 0", "groups=2", "3 input channels"]),
    ([arch.ConvTranspose(4, 3, 2, output_padding=2)], ValueError, ["layer 0", "output_padding=2"]),
    ([arch.ConvTranspose(4, 3, padding=40)], ValueError, ["layer 0", "padding=40"]),
    ([arch.Flatten(), arch.ConvTranspose(4, 2)], ValueError, ["layer 1", "3072"]),
    ([arch.Attention(5)], ValueError, ["layer 0", "heads=5"]),
    ([arch.FirstToken()], ValueError, ["layer 0", "Tokens()"]),
    (arch.Conv(3, 3), TypeError, ["give a list"]),
    (
        [arch.Concat([arch.Conv(3, 2, stride=2)], [arch.Conv(3, 17, stride=1)])],
        ValueError,
        ["layer 0", "[1, 2]", "stride"],
    ),
]


@pytest.mark.parametrize("layers, error, words", BAD)
def test_bad_lists_say_which_layer(layers, error, words):
    with pytest.raises(error) as refusal:
        arch.describe(layers, (3, 32, 32))
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize("shape", [(3, 0, 4), (3, 4, 4, 4), "3x4x4", ()])
def test_bad_input_shapes(shape):
    with pytest.raises(ValueError, match="input_shape"):
        arch.describe([arch.ReLU()], shape)


def test_unknown_landmark_lists_the_known():
    with pytest.raises(ValueError, match="VGG-16"):
        landmarks.landmark("VGG")
