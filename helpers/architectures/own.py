"""A reader's own network as stages whose fields and gradients helpers.architectures.fields finds.

Read from an nn.Sequential of PyTorch or of helpers.nn, by the names of its layers' classes, or from the
book's layer list. What counts is which numbers reach a unit: channels and groups are left aside, every
activation counts as ReLU, and normalisation and dropout change nothing. It ends before the first layer that
sees everything.
"""

from helpers.architectures.blueprints import ReLU
from helpers.architectures.branches import Residual
from helpers.architectures.sliding import AvgPool, Conv, MaxPool
from helpers.ops.shapes import pair

ALONE = {
    "BatchNorm",
    "BatchNorm2d",
    "Dropout",
    "Dropout2d",
    "GroupNorm",
    "Identity",
    "LocalResponseNorm",
    "Scale",
}
ACTIVATIONS = {"ELU", "GELU", "Hardswish", "LeakyReLU", "ReLU", "ReLU6", "SiLU", "Sigmoid", "Tanh"}
WHOLE = {"AdaptiveAvgPool", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "Flatten", "Linear"}
KINDS = {"Conv": "conv", "Conv2d": "conv", "MaxPool": "max pool", "MaxPool2d": "max pool"}
KINDS |= {"AvgPool": "average pool", "AvgPool2d": "average pool"}
POOLS = {"max pool": MaxPool, "average pool": AvgPool}


def stages(network, most):
    """Return name -> steps of at most so many stages; TypeError or ValueError says what cannot be read.

    A name says all that is in the stage, so equal names are equal stages.
    """
    steps = []
    for layer in _listed(network):
        if _name(layer) in WHOLE:
            break
        steps += _steps(layer)
    groups = []
    for step in steps:  # an activation belongs to the layer before it
        if step == "ReLU" and groups:
            groups[-1].append(step)
        else:
            groups.append([step])
    if not any(step != "ReLU" for step in steps):
        raise ValueError("model: no convolution, pooling or branch before its first dense layer; give one")
    count = min(most, len(groups))
    cuts = [round(i * len(groups) / count) for i in range(count + 1)]
    parts = [sum(groups[a:b], []) for a, b in zip(cuts, cuts[1:], strict=False)]
    return {f"{i}: {_text(part)}": part for i, part in enumerate(parts, start=1)}


def words(steps, channels):
    """Return the layer list of a stage in which everything has so many channels."""
    found = []
    for step in steps:
        if step == "ReLU":
            found.append(ReLU())
        elif step[0] == "sum":
            first, *others = (words(branch, channels) for branch in step[1])
            for other in others:
                first = [Residual(first, other)]
            found += first
        else:
            kind, window = step
            found.append(Conv(channels, *window) if kind == "conv" else POOLS[kind](*window))
    return found


def branches(steps):
    """Return how many ways lead through a stage side by side: 1 where none part."""
    return max((len(step[1]) for step in steps if step[0] == "sum"), default=1)


def _name(layer):
    kind = getattr(layer, "kind", None)  # the book's activations and normalisations say what they are
    return kind if isinstance(kind, str) else type(layer).__name__


def _listed(network):
    name = type(network).__name__
    if isinstance(network, list | tuple):
        return list(network)
    if name in ("Sequential", "ModuleList"):
        return [layer for part in network for layer in _listed(part)]
    return _listed(network.layers) if name == "Block" else [network]


def _steps(layer):
    """One layer as (kind, (kernel, stride, padding, dilation)), ("sum", branches) or "ReLU"."""
    name = _name(layer)
    if name in ("Sequential", "Block"):
        return [step for part in _listed(layer) for step in _steps(part)]
    if name in ALONE:
        return []
    if name in ACTIVATIONS:
        return ["ReLU"]
    if name == "Residual":
        return [("sum", [_branch(layer.body), _branch(layer.shortcut)])]
    if name == "Concat":
        ways = layer.lists if hasattr(layer, "lists") else layer.branches.values()
        return [("sum", [_branch(way) for way in ways])]
    if name not in KINDS:
        raise ValueError(
            f"{name}: what flows through it cannot be read; give an nn.Sequential or a list of convolutions, "
            "pools, activations, Residual and Concat"
        )
    return [(KINDS[name], _window(layer, name))]


def _branch(way):
    return [step for layer in _listed(way if way is not None else []) for step in _steps(layer)]


def _window(layer, name):
    given = {"stride": 1, "padding": 0, "dilation": 1} | getattr(layer, "options", {})
    keys = ("kernel_size", "stride", "padding", "dilation")
    kernel, step, pad, spread = (getattr(layer, key, given.get(key)) for key in keys)
    step = kernel if step is None else step  # a pool's
    if isinstance(pad, str):
        taps = pair(kernel, "kernel_size")[0] - 1
        pad = pair(spread, "dilation")[0] * taps // 2 if pad == "same" else 0
    sizes = [pair(size, key) for key, size in zip(keys, (kernel, step, pad, spread), strict=True)]
    if any(size[0] != size[1] for size in sizes):
        raise ValueError(f"{name}: {sizes}; the explorer's picture is square, give equal rows and columns")
    return tuple(int(size[0]) for size in sizes)


def _text(steps):
    return ", ".join(map(_one, steps)) or "as it is"


def _one(step):
    if step == "ReLU":
        return "ReLU"
    if step[0] == "sum":
        return f"({' + '.join(map(_text, step[1]))})"
    kind, (kernel, stride, padding, dilation) = step
    more = f" S{stride}" * (stride > 1) + f" P{padding}" * (padding > 0) + f" D{dilation}" * (dilation > 1)
    return f"{kind} {kernel}×{kernel}{more}"
