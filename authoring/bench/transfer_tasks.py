"""Tasks like ImageNet's and unlike them, and tuning from a layer on: the part ``tasks`` of transfer.py."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from helpers import datasets
from helpers.pytorch import transfer


def as_photographs(garments):
    """Grey pictures of 28 pixels as the networks take photographs: (N, 1, 28, 28) -> uint8 (N, 3, 64, 64)."""
    large = F.interpolate(torch.from_numpy(garments) * 255, size=64, mode="bilinear")
    return large.round().byte().expand(-1, 3, -1, -1).numpy()


def photographs(n, draw):
    """n of each of five classes, or of four where there are too few windmills; all others to test on."""
    images, labels, groups = datasets.photos5()
    if n <= 9:
        return images, labels, datasets.photos5_split(n, draw)
    rng, kept = np.random.default_rng(draw), np.flatnonzero(labels < 4)
    known = np.concatenate([rng.permutation(np.flatnonzero(labels == kind))[:n] for kind in range(4)])
    unknown = kept[~np.isin(groups[kept], groups[known])]
    return images, np.minimum(labels, 3), (rng.permutation(known), unknown)


def garments(n, draw):
    """n of each of ten kinds, drawn anew, and 500 of the test pictures, always the same."""
    some, kinds = datasets.fashion_mnist("train", 10 * n, seed=draw)
    test, test_kinds = datasets.fashion_mnist("test", 500)
    images, labels = as_photographs(np.concatenate([some, test])), np.concatenate([kinds, test_kinds])
    return images, labels, (np.arange(len(some)), np.arange(len(some), len(images)))


def tuned_from(network, cut, ready, labels, split, epochs, batch=50):
    """(head, features) after the layers from ``cut`` on have learnt too: 9 is block 8, the middle."""
    layers = [network.stem, *network.blocks, network.head]
    below, top = nn.Sequential(*layers[:cut]), copy.deepcopy(nn.Sequential(*layers[cut:]))
    with torch.no_grad():
        maps = torch.cat([below(part) for part in ready.split(50)])
        x = torch.cat([transfer.pooled(top(part)) for part in maps.split(50)])
    known, unknown = split
    kinds = torch.from_numpy(labels)
    head = transfer.fit_head(x[known], kinds[known], int(kinds.max()) + 1)
    groups = [{"params": top.parameters(), "lr": 3e-4}, {"params": head.parameters(), "lr": 1e-3}]
    optimiser, order = torch.optim.Adam(groups), torch.Generator().manual_seed(0)
    for _ in range(epochs):
        for places in torch.from_numpy(known)[torch.randperm(len(known), generator=order)].split(batch):
            optimiser.zero_grad()
            F.cross_entropy(head(transfer.pooled(top(maps[places]))), kinds[places]).backward()
            optimiser.step()
    with torch.no_grad():
        for part in torch.from_numpy(unknown).split(50):
            x[part] = transfer.pooled(top(maps[part]))
    return head, x
