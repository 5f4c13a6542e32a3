"""How fast a LeNet learns here and in PyTorch: one training step, one thread, in turn; and its memory.

    make bench ARGS="training --batch 64 --steps 300"

Ratio: our time over PyTorch's, the median of pairs measured one after the other; below 1 we are faster.
Memory: what a fresh process grows by in its training steps.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the thread counts must be set before

ROADS = ("simple", "fast", "torch")


def lenet(m, **first):
    """LeNet-5 with ReLU and max pooling, from the book's layers or from torch.nn."""
    features = [m.Conv2d(1, 6, 5, padding=2, **first), m.ReLU(), m.MaxPool2d(2)]
    features += [m.Conv2d(6, 16, 5), m.ReLU(), m.MaxPool2d(2), m.Flatten()]
    head = [m.Linear(400, 120), m.ReLU(), m.Linear(120, 84), m.ReLU(), m.Linear(84, 10)]
    return m.Sequential(*features, *head)


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

    from helpers import batch_last
    from helpers import nn as layers
    from helpers.nn import training

    model = lenet(layers, input_gradient=False).load_state_dict(state)
    optimiser = training.SGD(model.parameters(), 0.01, momentum=0.9)
    prepare = batch_last if road == "fast" else np.asarray

    def step():
        k = next(turn) % 50
        return training.train_step(model, prepare(images[k]), labels[k], optimiser)[0]

    return step


def first_state():
    """The weights that all begin with."""
    from helpers import nn as layers

    layers.manual_seed(0)
    return lenet(layers).state_dict()


def status(key):
    """One of this process's own memory figures in MB (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


def own_growth(road, batch):
    """Megabytes this process grows by, at its peak, in its first twenty steps."""
    step = stepper(road, first_state(), batch)
    before = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    for _ in range(20):
        step()
    return status("VmHWM") - before


def growth(road, batch):
    """The same in a fresh process, as text; "?" where the system does not tell."""
    command = [sys.executable, "-m", "authoring.bench.training", "--memory", road, "--batch", str(batch)]
    done = subprocess.run(command, capture_output=True, text=True)
    return f"{float(done.stdout):.0f}" if done.returncode == 0 else "?"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--memory", choices=ROADS, help=argparse.SUPPRESS)
    options = parser.parse_args()

    if options.memory:
        print(own_growth(options.memory, options.batch))
        return

    state = first_state()
    steps = {road: stepper(road, state, options.batch) for road in ROADS}
    times, losses = {road: [] for road in ROADS}, {road: [] for road in ROADS}
    for _ in range(options.steps):
        for road in ROADS:
            began = time.process_time()  # of this process alone: other programs disturb it less
            loss = steps[road]()
            times[road].append(time.process_time() - began)
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
        memory, speed = growth(road, options.batch), options.batch / step
        print(f"{road:8} {step * 1e3:7.2f} {speed:10,.0f} {ratio:7.2f} {apart:25.1e} {memory:>12}")


if __name__ == "__main__":
    main()
