"""Networks on Fashion-MNIST, over several seeds: the numbers that chapter 6 quotes and is too short to train.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m authoring.bench.garments pays|deep|better [--seeds 3]

pays: a dense network and LeNet on 2,000, 18,000 and 60,000 pictures. deep: thirty convolutions and six, plain
and with skip connections, with batch norm and without. better: the chapter's residual network beside LeNet.
Pictures: those of the chapter. Score: the 10,000 test pictures for 60,000, else the 6,000 held back.
"""

import argparse
import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the thread counts must be set before

from helpers import batch_last, datasets, nn  # noqa: E402
from helpers.nn.training import Adam, count_batches, evaluate, fit, one_cycle  # noqa: E402


def garments(split, count=None):
    images, labels = datasets.fashion_mnist(split, subset=count)
    return (images - datasets.FASHION_MEAN) / datasets.FASHION_SD, labels


def dense():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    features = nn.Conv2d(1, 6, 5, padding=2, input_gradient=False), nn.ReLU(), nn.MaxPool2d(2)
    features += nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    head = nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
    return nn.Sequential(*features, *head)


def thirty(skip, norm, init="torch", blocks=15):
    """Blocks of two 3x3 convolutions, eight channels, on 7x7 maps: the chapter's deep network."""

    def normal():
        return [nn.BatchNorm2d(8)] if norm else []

    layers = [nn.Conv2d(1, 8, 3, stride=2, padding=1, init=init, input_gradient=False), *normal(), nn.ReLU()]
    layers.append(nn.MaxPool2d(2))
    for _ in range(blocks):
        one, two = (nn.Conv2d(8, 8, 3, padding=1, init=init) for _ in range(2))
        body = nn.Sequential(one, *normal(), nn.ReLU(), two, *normal())
        layers += [nn.Residual(body) if skip else body, nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10, init=init))


def block(before, after, stride):
    """Two 3x3 convolutions with batch norm; a 1x1 projection shortcut where the shape changes."""
    first = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
    second = nn.Conv2d(after, after, 3, padding=1, bias=False)
    body = nn.Sequential(first, nn.BatchNorm2d(after), nn.ReLU(), second, nn.BatchNorm2d(after))
    if (before, stride) == (after, 1):
        return [nn.Residual(body), nn.ReLU()]
    projection = nn.Conv2d(before, after, 1, stride=stride, bias=False)
    return [nn.Residual(body, nn.Sequential(projection, nn.BatchNorm2d(after))), nn.ReLU()]


def deeper():
    """Eight layers with weights on the longest way: a convolution, three residual blocks, a dense layer."""
    stem = nn.Conv2d(1, 16, 3, padding=1, bias=False, input_gradient=False), nn.BatchNorm2d(16), nn.ReLU()
    blocks = *block(16, 32, 2), *block(32, 32, 1), *block(32, 64, 2)
    return nn.Sequential(*stem, nn.MaxPool2d(2), *blocks, nn.Flatten(), nn.Linear(64 * 16, 10))


def train(make, seed, data, test, epochs, rate, batch=64):
    """The accuracies (on the pictures learned from, on new ones) of a network of that seed."""
    nn.manual_seed(seed)
    model = make()
    schedule = one_cycle(rate, epochs * count_batches(len(data[1]), batch))
    options = {"epochs": epochs, "batch_size": batch, "schedule": schedule, "seed": seed}
    fit(model, *data, Adam(model.parameters()), prepare=batch_last, **options)
    return [evaluate(model, *part, prepare=batch_last).accuracy for part in (data, test)]


def report(name, scores):
    scores = np.array(scores)  # (seeds, 2)
    seen, new = scores.mean(axis=0)
    spread = scores[:, 1].std(ddof=1) if len(scores) > 1 else 0
    each = scores[:, 1].round(4).tolist()
    print(f"{name:<34} seen {seen:.3f}  new {new:.4f}  spread {spread:.4f}  {each}", flush=True)


def pays(seeds):
    everything, test = garments("train"), garments("test")
    images, labels = garments("train", 24_000)
    held = images[18_000:], labels[18_000:]
    settings = [((images[:2000], labels[:2000]), held, 16), ((images[:18_000], labels[:18_000]), held, 4)]
    settings.append((everything, test, 4))
    for data, judged, epochs in settings:
        for make in (dense, lenet):
            size = sum(parameter.data.size for parameter in make().parameters())
            scores = [train(make, seed, data, judged, epochs, 0.004) for seed in seeds]
            report(f"{make.__name__}, {size:,}, {len(data[1]):,} pictures", scores)


def deep(seeds):
    images, labels = garments("train", 24_000)
    few, held = (images[:3000], labels[:3000]), (images[18_000:], labels[18_000:])
    rows = {"plain": (False, False), "plain, He's weights": (False, False, "he")}
    rows["plain, batch norm"] = False, True
    rows["plain, batch norm, six layers"] = False, True, "torch", 3
    rows |= {"residual": (True, False), "residual, batch norm": (True, True)}
    for name, how in rows.items():
        report(name, [train(lambda how=how: thirty(*how), seed, few, held, 3, 0.003, 50) for seed in seeds])


def better(seeds):
    images, labels = garments("train", 24_000)
    data, held = (images[:18_000], labels[:18_000]), (images[18_000:], labels[18_000:])
    for make, epochs, rate in ((lenet, 3, 0.004), (deeper, 3, 0.01)):
        size = sum(parameter.data.size for parameter in make().parameters())
        scores = [train(make, seed, data, held, epochs, rate) for seed in seeds]
        report(f"{make.__name__}, {size:,}, {epochs} epochs", scores)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("pays", "deep", "better"))
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    {"pays": pays, "deep": deep, "better": better}[chosen.what](range(chosen.seeds))
