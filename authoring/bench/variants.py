"""What a plain, a grouped and a separable layer learn from the same pictures: accuracy, weights, MACs, time.

    make bench ARGS="variants --seeds 5 --train 3000 --epochs 6"

One network, four times: only its two inner 3 × 3 layers differ. *Narrow* is the control: plain layers with so
few channels that the whole network has about the separable one's weights. A seed draws the first weights and
the order of the pictures; the pictures are the same for all. Time: of one training step and of one forward
pass on 50 pictures, the best of many, taken in turn.
"""

import argparse
import os
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the thread counts must be set before

from helpers import architectures as plan  # noqa: E402
from helpers import batch_last, datasets, nn  # noqa: E402
from helpers.nn import optim, training  # noqa: E402

VARIANTS = {  # name -> (channels of the first layer and of the other two, groups, separable)
    "plain": (32, 64, 1, False),
    "4 groups": (32, 64, 4, False),
    "separable": (32, 64, 1, True),
    "narrow": (12, 24, 1, False),
}


def layers(first, width, groups, separable):
    """The network's layers as calls (name, arguments), for helpers.nn and for helpers.architectures alike."""
    body = [*unit(1, first, 1, False), ("MaxPool2d", 2)]
    body += [*unit(first, width, groups, separable), ("MaxPool2d", 2)]
    return body + unit(width, width, groups, separable)


def unit(before, after, groups, separable):
    """A 3 × 3 layer, plain, grouped or separable, with batch norm and ReLU."""
    if separable:
        return unit(before, before, before, False) + point(before, after)
    return [("Conv2d", before, after, 3, groups), ("BatchNorm2d", after), ("ReLU",)]


def point(before, after):
    return [("Conv2d", before, after, 1, 1), ("BatchNorm2d", after), ("ReLU",)]


def network(name):
    """The variant as a network that learns (helpers.nn)."""
    first, width, groups, separable = VARIANTS[name]
    built = []
    for word, *sizes in layers(first, width, groups, separable):
        if word == "Conv2d":
            before, after, K, G = sizes
            built.append(nn.Conv2d(before, after, K, padding=K // 2, groups=G, bias=False, init="he"))
        else:
            built.append(getattr(nn, word)(*sizes))
    return nn.Sequential(*built, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


def counts(name):
    """The variant's Summary: its weights and MACs (helpers.architectures)."""
    first, width, groups, separable = VARIANTS[name]
    words = []
    for word, *sizes in layers(first, width, groups, separable):
        if word == "Conv2d":
            before, after, K, G = sizes
            words.append(plan.Conv(after, K, padding=K // 2, groups=G, bias=False))
        elif word == "MaxPool2d":
            words.append(plan.MaxPool(*sizes))
    return plan.describe([*words, plan.AdaptiveAvgPool(1), plan.Flatten(), plan.Linear(10)], (1, 28, 28))


def learn(name, seed, data, epochs):
    """Train one network; return its accuracy on the test pictures, in per cent."""
    (images, labels), test = data
    nn.manual_seed(seed)
    model = network(name)
    adam = optim.Adam(model.parameters())
    schedule = optim.one_cycle(0.01, epochs * training.count_batches(len(images), 50))
    training.fit(model, images, labels, adam, epochs=epochs, batch_size=50, schedule=schedule, seed=seed,
                 prepare=batch_last)  # fmt: skip
    return 100 * training.evaluate(model, *test, prepare=batch_last).accuracy


def times(images, labels, repeats=10):
    """Milliseconds for a batch of 50: name -> (training step, forward pass), the best of several, in turn."""
    x, y, best = batch_last(images[:50]), labels[:50], {name: [np.inf, np.inf] for name in VARIANTS}
    models = {name: network(name) for name in VARIANTS}
    adams = {name: optim.Adam(model.parameters()) for name, model in models.items()}
    for _ in range(repeats):
        for name, model in models.items():
            began = time.perf_counter()
            training.train_step(model, x, y, adams[name])
            between = time.perf_counter()
            model(x)
            spent = between - began, time.perf_counter() - between
            best[name] = [min(pair) for pair in zip(best[name], (1000 * t for t in spent), strict=True)]
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--train", type=int, default=3000)
    parser.add_argument("--test", type=int, default=5000)
    parser.add_argument("--epochs", type=int, default=6)
    options = parser.parse_args()
    shift = datasets.FASHION_MEAN, datasets.FASHION_SD
    wanted = {"train": options.train, "test": options.test}
    pairs = (datasets.fashion_mnist(part, count) for part, count in wanted.items())
    data = [((images - np.float32(shift[0])) / np.float32(shift[1]), labels) for images, labels in pairs]
    clock = times(*data[0])
    print(f"{options.train} pictures of Fashion-MNIST, {options.epochs} epochs, {options.test} to test on")
    for name in VARIANTS:
        found = counts(name)
        scores = []
        for seed in range(options.seeds):
            scores.append(learn(name, seed, data, options.epochs))
        print(f"{name:<10} {found.total('weights'):>7,} weights {found.macs:>10,} MACs  "
              f"step {clock[name][0]:6.1f} ms, forward {clock[name][1]:6.1f} ms  "
              f"accuracy {np.mean(scores):.1f} % ± {np.std(scores, ddof=1):.1f}  "
              f"({', '.join(f'{score:.1f}' for score in scores)})", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
