"""The blocks that chapter 8 builds from plain convolutions compute what PyTorch's layers compute."""

import ast
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import conv2d, conv_transpose2d, filters
from helpers.architectures import Conv, describe
from helpers.architectures.designs import inception

CHAPTER = Path(__file__).parents[1] / "chapters" / "08_advanced_convolutions.ipynb"
WIDTHS = (6, 5, 7, 3, 4, 2)


@pytest.fixture
def chapter():
    """What the chapter's cells define: its imports and functions, none of its results."""
    names = {}
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        if cell.cell_type != "code" or "exercise" in cell.metadata.get("tags", []):
            continue
        kept = (ast.Import, ast.ImportFrom, ast.FunctionDef)
        body = [node for node in ast.parse(cell.source).body if isinstance(node, kept)]
        exec(compile(ast.Module(body, []), "chapter 8", "exec"), names)
    names["rng"] = np.random.default_rng(0)
    return names


@pytest.fixture
def numbers():
    draw = np.random.default_rng(8)
    return lambda *shape: draw.normal(size=shape)


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-9, atol=1e-9)


def t(*arrays):
    tensors = [torch.from_numpy(array) for array in arrays]
    return tensors[0] if len(tensors) == 1 else tensors


def test_one_by_one_is_pytorchs_linear_layer(numbers):
    x, weight, bias = numbers(5, 6, 7), numbers(4, 5), numbers(4)
    dense = F.linear(t(x).permute(1, 2, 0), *t(weight, bias)).permute(2, 0, 1)
    same(conv2d(x, weight[:, :, None, None], bias), dense)


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 6, 12])
def test_grouped(chapter, numbers, groups):
    x, weight = numbers(12, 8, 9), numbers(24, 12 // groups, 3, 3)
    same(chapter["grouped"](x, weight, groups), F.conv2d(*t(x, weight), groups=groups))


def test_shuffle(chapter, numbers):
    x = numbers(2, 12, 3, 3)
    for groups in (1, 2, 3, 4, 6, 12):
        same(chapter["shuffle"](x, groups), torch.nn.ChannelShuffle(groups)(t(x)))


@pytest.mark.parametrize("channels, kernel", [(1, 1), (2, 3), (5, 4), (8, 5)])
def test_depthwise_separable(chapter, numbers, channels, kernel):
    x, depth, point = (
        numbers(channels, 9, 8),
        numbers(channels, 1, kernel, kernel),
        numbers(7, channels, 1, 1),
    )
    expected = F.conv2d(F.conv2d(*t(x, depth), groups=channels), t(point))
    same(chapter["separable"](x, depth, point), expected)
    same(conv2d(x, point * depth[:, 0]), expected)


def test_bottleneck(chapter, numbers):
    x = numbers(16, 6, 6)
    down, middle, up = numbers(4, 16, 1, 1), numbers(4, 4, 3, 3), numbers(16, 4, 1, 1)
    relu = chapter["relu"]
    ours = conv2d(relu(conv2d(relu(conv2d(x, down)), middle, padding=1)), up)
    a, b, c = t(down, middle, up)
    same(ours, F.conv2d(F.relu(F.conv2d(F.relu(F.conv2d(t(x), a)), b, padding=1)), c))


def test_inverted_bottleneck(chapter, numbers):
    x, expand, depth, project = (
        numbers(4, 6, 6),
        numbers(24, 4, 1, 1),
        numbers(24, 1, 3, 3),
        numbers(4, 24, 1, 1),
    )
    a, b, c = t(expand, depth, project)
    wide = F.relu6(F.conv2d(F.relu6(F.conv2d(t(x), a)), b, padding=1, groups=24))
    assert (wide == 6).any() and (wide == 0).any(), "a case in which both ends of ReLU6 matter"
    same(chapter["inverted"](x, expand, depth, project), t(x) + F.conv2d(wide, c))


def test_inception(chapter, numbers):
    made, draw = {}, chapter["filters_of"]

    def recorded(count, channels, kernel):
        made[count] = draw(count, channels, kernel)
        return made[count]

    chapter["filters_of"] = recorded
    x = numbers(9, 8, 8)
    ours = chapter["inception"](x, *WIDTHS)
    one, reduce3, three, reduce5, five, pooled = (t(made[count]) for count in WIDTHS)
    pool = F.max_pool2d(t(x), 3, stride=1, padding=1)
    branches = [
        F.conv2d(t(x), one),
        F.conv2d(F.relu(F.conv2d(t(x), reduce3)), three, padding=1),
        F.conv2d(F.relu(F.conv2d(t(x), reduce5)), five, padding=2),
        F.conv2d(pool, pooled),
    ]
    same(ours, F.relu(torch.cat(branches)))
    rows = describe([inception(*WIDTHS)], x.shape)
    assert rows[-1].shape == ours.shape
    assert rows.total("weights") == sum(weight.size for weight in made.values())


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_stride_traded_for_dilation(numbers, dilation):
    """The strided answer lies in the dilated one, at every second place."""
    x, first, second = numbers(1, 20, 21), numbers(1, 1, 3, 3), numbers(1, 1, 3, 3)
    small = F.conv2d(F.conv2d(*t(x, first), stride=2), t(second), dilation=dilation)
    large = conv2d(conv2d(x, first), second, dilation=2 * dilation)[:, ::2, ::2]
    same(large[:, : small.shape[1], : small.shape[2]], small)


def test_reached_pixels_are_those_with_a_gradient(chapter):
    for dilations in [(1, 1, 1), (2, 2, 2), (1, 2, 3)]:
        x, ones = torch.zeros(1, 13, 13, dtype=torch.float64, requires_grad=True), torch.ones(1, 1, 3, 3)
        out = x
        for dilation in dilations:
            out = F.conv2d(out, ones.double(), padding=dilation, dilation=dilation)
        out[0, 6, 6].backward()
        same(chapter["reached"](dilations), x.grad[0])


@pytest.mark.parametrize("kernel, stride", [(3, 1), (3, 2), (4, 2), (2, 3)])
def test_transposed_is_the_gradient(numbers, kernel, stride):
    weight, grad = numbers(2, 3, kernel, kernel), numbers(2, 4, 5)
    size = [stride * (n - 1) + kernel for n in (4, 5)]
    x = torch.zeros(3, *size, dtype=torch.float64, requires_grad=True)
    F.conv2d(x, t(weight), stride=stride).backward(t(grad))
    same(conv_transpose2d(grad, weight, stride=stride), x.grad)
    same(conv_transpose2d(grad, weight, stride=stride), F.conv_transpose2d(*t(grad, weight), stride=stride))


@pytest.mark.parametrize("name", filters.KERNELS)
def test_terms_of_a_kernel_add_up(chapter, numbers, name):
    kernel, image = filters.kernel(name), numbers(1, 11, 12)
    parts = chapter["terms"](kernel)
    np.testing.assert_allclose(sum(np.outer(*part) for part in parts), kernel, atol=1e-12)
    twice = sum(
        conv2d(conv2d(image, column[None, None, :, None]), row[None, None, None, :]) for column, row in parts
    )
    same(twice, F.conv2d(t(image), t(kernel)[None, None]))


@pytest.mark.parametrize("channels, filters_, kernel", [(3, 16, 1), (64, 64, 3), (200, 1000, 7)])
def test_separable_ratio(channels, filters_, kernel):
    depthwise = Conv(channels, kernel, groups=channels, bias=False)
    pair = describe([depthwise, Conv(filters_, 1, bias=False)], (channels, 9, 9))
    plain = describe([Conv(filters_, kernel, bias=False)], (channels, 9, 9))
    for what in ("weights", "macs"):
        kept, whole = pair.total(what), plain.total(what)
        assert kept * filters_ * kernel**2 == whole * (kernel**2 + filters_), what
