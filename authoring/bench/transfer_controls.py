"""What chapter 10's borrowed features are compared with: controls that could win, and wrong preparations."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from helpers.pytorch import models, transfer

MEAN, SD = (torch.tensor(three).view(3, 1, 1) for three in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))


def random_features(images, seed, kind):
    """Features of a network whose weights no training has touched."""
    torch.manual_seed(seed)
    network = kind()
    for name, parameter in network.named_parameters():
        if parameter.ndim == 4:
            nn.init.kaiming_normal_(parameter)
        elif name.endswith("bias"):  # what is left are batch norm's weights, which begin as 1
            nn.init.zeros_(parameter)
    return transfer.features(network, images)


def histogram(images):
    """How many pixels have each of 4 × 4 × 4 colours: (N, 3, H, W) -> (N, 64)."""
    places = (images // 64).astype(int)
    places = 16 * places[:, 0] + 4 * places[:, 1] + places[:, 2]
    counts = [np.bincount(picture.ravel(), minlength=64) for picture in places]
    return torch.tensor(np.stack(counts)).float()


def thumbnail(images, side=8):
    """The pictures at 8 × 8 pixels, less their mean over all pixels and pictures: (N, 192)."""
    small = F.adaptive_avg_pool2d(torch.from_numpy(images).float(), side).flatten(1)
    return small - small.mean()


def from_scratch(images, labels, known, seed):
    """A LeNet that learned the labelled photographs alone, at 32 pixels, and all of them as it takes them."""
    small = F.interpolate(torch.from_numpy(images).float() / 255, size=32, mode="area")
    small = (small - 0.5) / 0.25
    torch.manual_seed(seed)
    model = models.LeNet5(in_channels=3, num_classes=int(labels.max()) + 1, padding=0)
    group = [{"params": model.parameters(), "lr": 1e-3}]
    transfer.tune(group, lambda: model(small[known]), labels[known], steps=100)
    return model, small


def floats(pictures):
    return torch.from_numpy(pictures).float()


def smaller(pictures, back=False):
    small = F.interpolate(floats(pictures), size=64, mode="area")
    small = F.interpolate(small, size=128, mode="bilinear") if back else small
    return small.round().byte().numpy()


def wrong_ways(name, network):
    """The slips of preparation: name -> what is fed to the network."""
    ways = {
        "colours swapped": lambda p: network.prepare(p).flip(1),
        "half the side": lambda p: network.prepare(smaller(p)),
        "halved and enlarged": lambda p: network.prepare(smaller(p, back=True)),
        "0 to 1": lambda p: floats(p) / 255,
    }
    if name == "Lite0":
        return ways | {"0 to 255": floats, "scaled twice": lambda p: (network.prepare(p) - 127) / 128}
    return ways | {"not prepared": floats, "torchvision's scale": lambda p: (floats(p) / 255 - MEAN) / SD}


def symmetric(network):
    """A copy of Lite0 that pads as PyTorch does, alike on both sides."""
    network = copy.deepcopy(network)
    for module in network.modules():
        for name, child in module.named_children():
            if isinstance(child, models.SameConv2d):
                K = child.kernel_size[0]
                plain = nn.Conv2d(child.in_channels, child.out_channels, K, child.stride, K // 2,
                                  groups=child.groups, bias=False)  # fmt: skip
                plain.weight = child.weight
                setattr(module, name, plain)
    return network


def in_training_mode(network, images, batch):
    """Features with batch norm left in training mode, so many pictures in a batch."""
    network = copy.deepcopy(network).train()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    x = torch.empty(len(images), network.width)
    with torch.no_grad():
        for part in order.split(batch):
            x[part] = network.features(network.prepare(images[part.numpy()]))
    return x
