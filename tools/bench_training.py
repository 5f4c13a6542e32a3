"""How fast a LeNet learns here and in PyTorch: one training step, one thread, in turn; and the memory it takes.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python tools/bench_training.py [--batch 64] [--steps 300]

Ratio: our time over PyTorch's, the median of pairs measured one after the other; below 1 we are faster.
Memory: what a fresh process grows by in its training steps.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the thread counts must be set before

ROADS = ("simple", "fast", "torch")


def lenet(m):
    """LeNet-5 with ReLU and max pooling, from the book's layers or from torch.nn."""
    return m.Sequential(
        *[
            m.Conv2d(1, 6, 5, padding=2),
            m.ReLU(),
            m.MaxPool2d(2),
            m.Conv2d(6, 16, 5),
            m.ReLU(),
            m.MaxPool2d(2),
        ],
        *[m.Flatten(), m.Linear(400, 120), m.ReLU(), m.Linear(120, 84), m.ReLU(), m.Linear(84, 10)],
    )


def stepper(road, state, batch):
    """A function that does one training step on the next batch and returns its loss."""
    rng = np.random.default_rng(0)
    images = rng.standard_normal((50, batch, 1, 28, 28), dtype=np.float32)
    labels = rng.integers(0, 10, (50, batch))
    turn = iter(range(10**9))
    if road == "torch":
        import torch
        from torch import nn

        torch.set_num_threads(1)
        model = lenet(nn)
        model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
        optimiser = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
        images, labels = torch.from_numpy(images), torch.from_numpy(labels)

        def step():
            k = next(turn) % 50
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(model(images[k]), labels[k])
            loss.backward()
            optimiser.step()
            return loss.item()

        return step

    from helpers import batch_last, layers, training

    model = lenet(layers).load_state_dict(state)
    optimiser = training.SGD(model.parameters(), 0.01, momentum=0.9)
    prepare = batch_last if road == "fast" else np.asarray

    def step():
        k = next(turn) % 50
        return training.train_step(model, prepare(images[k]), labels[k], optimiser)[0]

    return step


def first_state():
    """The weights that all begin with."""
    from helpers import layers

    layers.manual_seed(0)
    return lenet(layers).state_dict()


def peak_megabytes():
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def grown_by(road, batch):
    """Megabytes a fresh process grows by in twenty steps."""
    command = [sys.executable, __file__, "--memory", road, "--batch", str(batch)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--memory", choices=ROADS, help=argparse.SUPPRESS)
    options = parser.parse_args()

    if options.memory:
        step = stepper(options.memory, first_state(), options.batch)
        before = peak_megabytes()
        for _ in range(20):
            step()
        print(peak_megabytes() - before)
        return

    state = first_state()
    steps = {road: stepper(road, state, options.batch) for road in ROADS}
    times, losses = {road: [] for road in ROADS}, {road: [] for road in ROADS}
    for _ in range(options.steps):
        for road in ROADS:
            began = time.perf_counter()
            loss = steps[road]()
            times[road].append(time.perf_counter() - began)
            losses[road].append(loss)
    warm = options.steps // 10
    print(f"LeNet training step, batch {options.batch}, one thread, {options.steps} steps each in turn")
    print("road     ms/step   images/s   ratio   largest loss difference   memory, MB")
    for road in ROADS:
        step = statistics.median(times[road][warm:])
        ratio = statistics.median(
            a / b for a, b in zip(times[road][warm:], times["torch"][warm:], strict=True)
        )
        apart = max(abs(a - b) for a, b in zip(losses[road][:100], losses["torch"][:100], strict=True))
        memory = grown_by(road, options.batch)
        print(
            f"{road:8} {step * 1e3:7.2f} {options.batch / step:10,.0f} {ratio:7.2f} {apart:25.1e} {memory:12.0f}"
        )


if __name__ == "__main__":
    main()
