"""Measure the operations beside PyTorch's, on one thread each: time ratios (ours / PyTorch's) and memory.

    make bench ARGS=operations
    make bench ARGS="operations --layer vgg --seconds 2"    one layer, for longer

Numbers are medians of repeats taken in turns, so that a busy moment falls on both. "last" is the path of
helpers.ops.conv_fast, on images in batch-last memory. How near a convolution comes to PyTorch depends on
NumPy's matrix product, whose speed is therefore printed first: an OpenBLAS that does not know a new processor
may use half of it. Then ``OPENBLAS_CORETYPE=SkylakeX make bench`` (with AVX-512) shows what the operations
themselves can do.
"""

import argparse
import os
import statistics
import time
import tracemalloc

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402  (threads are fixed before NumPy loads)
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from helpers import (  # noqa: E402
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    batch_last,
    conv2d,
    conv2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

# name: batch, channels, size, filters, kernel, stride, padding, groups
LAYERS = {
    "lenet1": (64, 1, 28, 6, 5, 1, 2, 1),
    "lenet2": (64, 6, 14, 16, 5, 1, 0, 1),
    "vgg": (8, 64, 56, 64, 3, 1, 1, 1),
    "seed": (1, 3, 32, 10, 5, 1, 2, 1),
    "stem": (4, 3, 224, 64, 7, 2, 3, 1),
    "dw": (8, 64, 56, 64, 3, 1, 1, 64),
    "1x1": (8, 256, 56, 64, 1, 1, 0, 1),
}
# name: ratios aimed at, (plain, batch-last), set where NumPy's matrix product uses AVX-512
FORWARD_AIMS = {
    "lenet1": (0.95, 0.5),
    "lenet2": (2.6, 1.3),
    "vgg": (1.4, 1.25),
    "seed": (0.9, 0.6),
    "stem": (1.5, 1.3),
    "dw": (4, 3.5),
    "1x1": (1, 1),
}
BACKWARD_AIMS = {"lenet2": (2.4, 0.75), "vgg": (1.55, 1.35)}
FLOAT64_AIMS = dict.fromkeys(LAYERS, (1, 1))
MAX_POOL_AIM = 0.4  # forward and backward, 2x2
POOLS = {
    "max 2x2, lenet": ((64, 6, 28, 28), "max", (2,)),
    "max 2x2, vgg": ((8, 64, 56, 56), "max", (2,)),
    "max 3x3 / 2": ((8, 64, 56, 56), "max", (3, 2, 1)),
    "mean 2x2, vgg": ((8, 64, 56, 56), "avg", (2,)),
    "global mean": ((8, 512, 7, 7), "adaptive", (1,)),
    "mean to 4x4": ((8, 256, 14, 14), "adaptive", (4,)),
}
POOL_CALLS = {
    "max": (max_pool2d, max_pool2d_backward, F.max_pool2d),
    "avg": (avg_pool2d, avg_pool2d_backward, F.avg_pool2d),
    "adaptive": (adaptive_avg_pool2d, adaptive_avg_pool2d_backward, F.adaptive_avg_pool2d),
}


def in_turns(seconds, *calls):
    """The median milliseconds of each call, repeated in turns for about so many seconds."""
    for call in calls:
        call()
    started = time.perf_counter()
    calls[-1]()
    inner = max(1, int(0.002 / (time.perf_counter() - started)))  # short calls are timed several at a time
    times = [[] for _ in calls]
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends or len(times[0]) < 5:
        for call, taken in zip(calls, times, strict=True):
            started = time.perf_counter()
            for _ in range(inner):
                call()
            taken.append((time.perf_counter() - started) / inner * 1000)
    return [statistics.median(taken) for taken in times]


def peak_megabytes(call):
    """The most memory that NumPy held for the call, its result included."""
    call()
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def layer(name, dtype):
    """Arrays and arguments of a layer, and the tensors of the same numbers."""
    batch, channels, size, filters, kernel, stride, padding, groups = LAYERS[name]
    rng = np.random.default_rng(0)
    shapes = (batch, channels, size, size), (filters, channels // groups, kernel, kernel), (filters,)
    arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    arguments = {"stride": stride, "padding": padding, "groups": groups}
    return arrays, arguments, [torch.from_numpy(array.copy()).requires_grad_() for array in arrays]


def measure_conv(name, dtype, seconds):
    """One line of the table of convolutions."""
    (x, weight, bias), arguments, leaves = layer(name, dtype)
    ordered = batch_last(x)
    with torch.no_grad():
        plain, fast, theirs = in_turns(
            seconds,
            lambda: conv2d(x, weight, bias, **arguments),
            lambda: conv2d(ordered, weight, bias, **arguments),
            lambda: F.conv2d(*leaves, **arguments),
        )
    out = F.conv2d(*leaves, **arguments)
    grad = torch.ones_like(out)
    grad_plain = grad.numpy()
    grad_fast = batch_last(grad_plain)
    back_plain, back_fast, back_theirs = in_turns(
        seconds,
        lambda: conv2d_backward(grad_plain, x, weight, bias, **arguments),
        lambda: conv2d_backward(grad_fast, ordered, weight, bias, **arguments),
        lambda: torch.autograd.grad(out, leaves, grad, retain_graph=True),
    )
    small = dtype == np.float32
    forward_aims, backward_aims = (FORWARD_AIMS, BACKWARD_AIMS) if small else (FLOAT64_AIMS, {})
    cells = [f"{name:<8}", f"{theirs:7.2f}", *ratios((plain, fast), theirs, forward_aims.get(name))]
    cells += [f"{back_theirs:8.2f}", *ratios((back_plain, back_fast), back_theirs, backward_aims.get(name))]
    cells += [f"{array.nbytes / 1e6:6.1f}" for array in (x, grad_plain)]
    cells += [
        f"{peak_megabytes(lambda a=a: conv2d(a, weight, bias, **arguments)):6.1f}" for a in (x, ordered)
    ]
    print(*cells, flush=True)


def ratios(ours, theirs, aims):
    """The table's cells for two times, each a ratio with its aim."""
    aims = ["" if aims is None else f"({aim})" for aim in aims or (None, None)]
    return [f"{milliseconds / theirs:6.2f} {aim:<6}" for milliseconds, aim in zip(ours, aims, strict=True)]


def measure_pool(name, seconds):
    """One line of the table of poolings."""
    shape, kind, arguments = POOLS[name]
    forward, backward, theirs = POOL_CALLS[kind]
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    leaf = torch.from_numpy(x.copy()).requires_grad_()
    grad = torch.ones_like(theirs(leaf, *arguments))
    grad_array = grad.numpy()
    with torch.no_grad():
        ours_forward, torch_forward = in_turns(
            seconds, lambda: forward(x, *arguments), lambda: theirs(leaf, *arguments)
        )

    def both():
        forward(x, *arguments)
        backward(grad_array, x, *arguments)

    ours_both, torch_both = in_turns(
        seconds, both, lambda: torch.autograd.grad(theirs(leaf, *arguments), leaf, grad)
    )
    aim = f"({MAX_POOL_AIM})" if name.startswith("max 2x2") else ""
    print(f"{name:<16} {torch_forward:7.2f} {ours_forward / torch_forward:6.2f}", end=" ")
    print(f"{torch_both:12.2f} {ours_both / torch_both:6.2f} {aim}", flush=True)


def matrix_product_speeds():
    """Billions of operations a second in a large matrix product, (NumPy's, PyTorch's)."""
    a = np.random.default_rng(0).normal(size=(1024, 1024)).astype(np.float32)
    out, t = np.empty_like(a), torch.from_numpy(a)
    times = in_turns(1, lambda: np.matmul(a, a, out=out), lambda: t @ t)
    return [2 * 1024**3 / milliseconds / 1e6 for milliseconds in times]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layer", choices=[*LAYERS], action="append", help="only this one (may be repeated)")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    options = parser.parse_args()
    torch.set_num_threads(1)
    ours, theirs = matrix_product_speeds()
    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}, one thread each")
    print(f"matrix product: NumPy {ours:.0f}, PyTorch {theirs:.0f} billion operations a second")
    for dtype in (np.float32, np.float64):
        print(f"\nconv2d in {np.dtype(dtype)}: PyTorch's ms and the ratios to them (aims); the most MB held")
        heads = [
            "layer   ",
            "forward",
            " plain       ",
            "  last       ",
            "backward",
            " plain       ",
            "  last       ",
        ]
        print(*heads, " input", "result", " plain", "  last")
        for name in options.layer or LAYERS:
            measure_conv(name, dtype, options.seconds)
    if not options.layer:
        print("\npooling in float32: PyTorch's ms and the ratios to them (aim)")
        print("operation       ", "forward", "ratio ", "and backward", " ratio")
        for name in POOLS:
            measure_pool(name, options.seconds)


if __name__ == "__main__":
    main()
