"""What borrowed features, their controls and fine-tuning reach with few labels: the numbers of chapter 10.

    make bench ARGS="transfer few"        also: depth, slips, tasks, rates
    make bench ARGS="transfer few --draws 15 --store"

few: every method at 1, 2, 5 and 9 labels a class of photos5. depth: a linear head on each layer. slips:
photographs prepared wrongly. tasks: photographs and garments, few and many labels. rates: how the rate
of fine-tuning was chosen, on draws that no other part uses. A draw chooses the labelled
pictures; within one all methods get the same. Each result is the mean of the classes' accuracies, in per
cent. --store writes the part's rows in data/measured/transfer.csv, which the chapter reads (then
`make run ARGS="python data/build/readme.py"` for its checksum); the whole takes about an hour.
"""

import argparse
import copy
import csv
import hashlib
import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the thread counts must be set before
import torch  # noqa: E402
from torch import nn  # noqa: E402

from authoring.bench import transfer_controls as controls  # noqa: E402
from authoring.bench import transfer_tasks  # noqa: E402
from helpers import datasets  # noqa: E402
from helpers.pytorch import models, transfer  # noqa: E402
from helpers.pytorch.training import balanced_accuracy, predict  # noqa: E402

STORED = datasets.DATA / "measured" / "transfer.csv"
LABELS = (1, 2, 5, 9)
DEPTHS = {
    "SqueezeNet 1.1": ["relu1", "fire3", "fire5", "fire7", "fire9"],
    "Lite0": [*("stem", "blocks.2", "blocks.4", "blocks.7", "blocks.10", "blocks.13", "blocks.14"), "head"],
}


def networks():
    return {"SqueezeNet 1.1": models.load_squeezenet(), "Lite0": models.load_efficientnet_lite0()}


def top_of(name, network):
    """What is trained when the network is fine-tuned, and the layer below it, whose maps are kept."""
    if name == "Lite0":
        return nn.Sequential(*network.blocks[14:], network.head), "blocks.13"
    return nn.Sequential(network.fire8, network.fire9), "fire7"


def score(head, x, labels, places):
    """Balanced accuracy, in per cent."""
    classes = int(labels.max()) + 1
    return 100 * balanced_accuracy(labels[places], predict(head, x[places]).argmax(1), classes)


def head_score(x, labels, split, steps=200):
    known, unknown = split
    head = transfer.fit_head(x[known], labels[known], int(labels.max()) + 1, steps)
    return score(head, x, labels, unknown)


def tuned(top, maps, labels, split, steps=30, top_lr=3e-4):
    """A head, then the top of the network too; and the control, the head alone for as many steps more."""
    known, unknown = split
    with torch.no_grad():
        before = transfer.pooled(top(maps))
    head = transfer.fit_head(before[known], labels[known], int(labels.max()) + 1)
    alone, top = copy.deepcopy(head), copy.deepcopy(top)
    group = [{"params": alone.parameters(), "lr": 1e-3}]
    transfer.tune(group, lambda: alone(before[known]), labels[known], steps)
    losses = transfer.fine_tune(top, maps[known], labels[known], head, steps, top_lr)
    with torch.no_grad():
        after = transfer.pooled(top(maps))
    return score(head, after, labels, unknown), score(alone, before, labels, unknown), losses[0]


def few(draws):
    images, labels, _ = datasets.photos5()
    nets = networks()
    x = {"colour histogram": controls.histogram(images), "thumbnail": controls.thumbnail(images)}
    tops, maps = {}, {}
    for name, network in nets.items():
        tops[name], below = top_of(name, network)
        maps[name] = transfer.activations(network, images, [below])[below]
        x[name] = transfer.features(network, images)
    x["Lite0, block 14"] = transfer.activations(nets["Lite0"], images, ["blocks.14"], reduce=transfer.pooled)[
        "blocks.14"
    ]
    for draw in draws:
        blank = {
            f"random {name}": controls.random_features(images, draw, type(network))
            for name, network in nets.items()
        }
        for n in LABELS:
            split = datasets.photos5_split(n, draw)
            for name, numbers in (x | blank).items():
                yield name, n, draw, head_score(numbers, labels, split)
            yield (
                "from scratch",
                n,
                draw,
                score(*controls.from_scratch(images, labels, split[0], draw), labels, split[1]),
            )
            for name in nets:
                after, alone, _ = tuned(tops[name], maps[name], labels, split)
                yield f"{name}, tuned", n, draw, after
                yield f"{name}, head goes on", n, draw, alone


def depth(draws):
    images, labels, _ = datasets.photos5()
    for name, network in networks().items():
        made = transfer.activations(network, images, DEPTHS[name], reduce=transfer.pooled)
        for layer, x in made.items():
            for draw in draws:
                yield f"{name}, {layer}", 5, draw, head_score(x, labels, datasets.photos5_split(5, draw))


def slips(draws):
    images, labels, _ = datasets.photos5()
    splits = {draw: datasets.photos5_split(5, draw) for draw in draws}
    for name, network in networks().items():
        seen = {"right": transfer.features(network, images)}
        for slip, way in controls.wrong_ways(name, network).items():
            seen[slip] = transfer.features(network, images, prepare=way)
        if name == "Lite0":
            seen["symmetric padding"] = transfer.features(controls.symmetric(network), images)
            for batch in (1, 16, 64):
                seen[f"training mode, batches of {batch}"] = controls.in_training_mode(network, images, batch)
        for draw, (known, unknown) in splits.items():
            head = transfer.fit_head(seen["right"][known], labels[known], 5)
            for slip, x in seen.items():
                yield f"{name}, {slip}", 5, draw, score(head, x, labels, unknown)
            yield f"{name}, 0 to 1 in training too", 5, draw, head_score(seen["0 to 1"], labels, splits[draw])


def rates(draws):
    """On draws 100 and later: which rate fine-tuning gets."""
    images, labels, _ = datasets.photos5()
    for name, network in networks().items():
        top, below = top_of(name, network)
        maps = transfer.activations(network, images, [below])[below]
        for rate in (1e-4, 3e-4, 1e-3, 1e-2):
            for draw in draws:
                split = datasets.photos5_split(5, 100 + draw)
                yield f"{name}, rate {rate:g}", 5, 100 + draw, tuned(top, maps, labels, split, top_lr=rate)[0]


def tasks(draws):
    """Similar to ImageNet or not, few labels or many: five ways in each of the four cases."""
    network = models.load_efficientnet_lite0()
    cases = (
        ("photographs", 5, transfer_tasks.photographs, 20),
        ("photographs", 20, transfer_tasks.photographs, 8),
    )
    cases += (("garments", 5, transfer_tasks.garments, 20), ("garments", 100, transfer_tasks.garments, 4))
    for task, n, pictures, epochs in cases:
        for draw in draws:
            images, labels, split = pictures(n, draw)
            ready = network.prepare(images)
            made = transfer.activations(network, images, ["blocks.10", "head"], 50, reduce=transfer.pooled)
            for layer, name in (("head", "head on the last layer"), ("blocks.10", "head on block 10")):
                yield f"{task}, {name}", n, draw, head_score(made[layer], labels, split)
            for cut, name in ((15, "blocks 14 and 15 tuned"), (9, "blocks 8 to 15 tuned")):
                yield (
                    f"{task}, {name}",
                    n,
                    draw,
                    score(
                        *transfer_tasks.tuned_from(network, cut, ready, labels, split, epochs),
                        labels,
                        split[1],
                    ),
                )
            model, small = controls.from_scratch(images, labels, split[0], draw)
            yield f"{task}, from scratch", n, draw, score(model, small, labels, split[1])


def store(part, rows):
    """Put a part's rows in the place of its old ones, and the file's checksum beside it."""
    kept = []
    if STORED.exists():
        with open(STORED, newline="", encoding="utf-8") as file:
            kept = [row for row in csv.reader(file) if row[0] not in ("part", part)]
    kept += [[part, name, str(n), str(draw), f"{found:.2f}"] for name, n, draw, found in rows]
    kept.sort(key=lambda row: (row[0], row[1], int(row[2]), int(row[3])))
    write(STORED, [("part", "method", "labels", "draw", "percent"), *kept])
    checksum = hashlib.sha256(STORED.read_bytes()).hexdigest()
    author = "this book's authors, measured on photos5 and Fashion-MNIST, 2026"
    listed = STORED.name, checksum, author, "MIT", "https://github.com/zalandoresearch/fashion-mnist"
    write(STORED.with_name("sources.csv"), [("file", "sha256", "author", "licence", "source"), listed])


def write(path, rows):
    path.parent.mkdir(exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = {part.__name__: part for part in (few, depth, slips, tasks, rates)}
    parser.add_argument("part", nargs="?", choices=parts, default="few")
    parser.add_argument("--draws", type=int, default=15)
    parser.add_argument("--store", action="store_true", help="write data/measured/transfer.csv")
    options = parser.parse_args()
    rows, found = [], {}
    for row in parts[options.part](range(options.draws)):
        rows.append(row)
        found.setdefault(row[:2], []).append(row[3])
        if row[2] % 100 == options.draws - 1:
            percent = found[row[:2]]
            spread = np.std(percent, ddof=1) if len(percent) > 1 else 0
            print(f"{row[0]:<44} {row[1]:>3} labels  {np.mean(percent):5.1f} ± {spread:4.1f}", flush=True)
    if options.store:
        store(options.part, rows)


if __name__ == "__main__":
    main()
