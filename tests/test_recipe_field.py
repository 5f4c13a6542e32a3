"""Chapter 7's PyTorch recipe measures receptive fields: its lines, on networks whose fields are known."""

from pathlib import Path
from textwrap import dedent

import pytest
import torch
from torch import nn

from helpers.architectures import Conv, MaxPool, describe, designs

TEXT = Path(__file__).parents[1] / "chapters" / "text" / "07_receptive_field.md"


@pytest.fixture
def field():
    lines = TEXT.read_text(encoding="utf-8").splitlines()
    first = lines.index("    def field(features, shape, pictures=8):")
    names = {"torch": torch}
    exec(dedent("\n".join(lines[first : lines.index("", first)])), names)
    torch.manual_seed(0)
    return names["field"]


def vgg16_features():
    """VGG-16 up to its last pool, with PyTorch's own first weights."""
    layers, before = [], 3
    for row in describe(designs.vgg16(), (3, 224, 224)):
        if isinstance(row.layer, Conv):
            layers += [nn.Conv2d(before, row.shape[0], 3, padding=1), nn.ReLU()]
            before = row.shape[0]
        elif isinstance(row.layer, MaxPool):
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


def test_three_layers_and_a_pool_see_8(field):
    stack = nn.Sequential(*(nn.Conv2d(1, 1, 3) for _ in range(3)), nn.MaxPool2d(2))
    assert field(stack, (1, 25, 25)) == 8
    assert field(stack, (1, 25, 25), pictures=1) == 7


def test_vgg_sees_212(field):
    assert field(vgg16_features(), (3, 224, 224), pictures=1) == 212


def test_zeros_show_less(field, monkeypatch):
    monkeypatch.setattr(torch, "randn", torch.zeros)
    stack = nn.Sequential(*(nn.Conv2d(1, 1, 3) for _ in range(3)), nn.MaxPool2d(2))
    assert field(stack, (1, 25, 25)) == 7
    assert field(vgg16_features(), (3, 224, 224), pictures=1) == 181
