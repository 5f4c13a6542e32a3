"""Faults planted one by one in a copy of the book; each must be caught, and the test that catches it is named.

make mutate ARGS=faults            all of them
make mutate ARGS="faults flip"     those whose name has this word
"""

import argparse
import re
import sys
from typing import NamedTuple

from authoring.trust import copies


class Fault(NamedTuple):
    """A piece of a file, what stands there instead, and the tests that may catch it (pytest's arguments)."""

    name: str
    file: str
    old: str
    new: str
    tests: str


def _operation(name, module, old, new, tests):
    return Fault(
        name, f"helpers/{module}.py", old, new, " ".join(f"tests/test_{t}.py" for t in tests.split())
    )


CONV, POOL, NORM = "ops/conv", "ops/pool", "ops/normalisation"
OPERATIONS = [
    ("kernel flipped", CONV, "len(weight) // groups, -1)\n", "len(weight) // groups, -1)[..., ::-1]\n", "conv"),
    ("kernel flipped, batch last", "ops/conv_fast", "weight.swapaxes(1, 2)", "weight[..., ::-1].swapaxes(1, 2)"),
    ("kernel flipped, loops", CONV, "weight[f, c, i, j]\n", "weight[f, c, -1 - i, -1 - j]\n"),
    ("bias dropped", CONV, "if bias is not None:\n            result", "if bias is None:\n            result"),
    ("bias dropped, transposed", "ops/conv_transpose", "if bias is not None:\n        out += bias[:, np.newaxis, np."
     "newaxis]\n    return out if batched else out[0]\n\n\ndef conv_transpose2d_backward",
     "return out if batched else out[0]\n\n\ndef conv_transpose2d_backward", "conv_transpose"),
    ("bias dropped, dense", "ops/functional", "output = output + bias", "output = output", "functional"),
    ("bias's gradient of one image", CONV, "grad.sum(axis=(0, 2, 3))", "grad[0].sum(axis=(1, 2))"),
    ("padding off by one", "ops/windows", "place.append(slice(first + padding", "place.append(slice(first + 1"),
    ("padding off by one, loops of pooling", POOL, "row * window.stride[0] - window.padding[0]",
     "row * window.stride[0] - window.padding[0] + 1", "pool"),
    ('odd pixel of "same" first', "ops/shapes", "return total // 2, total - total // 2\n\n\ndef tf_same",
     "return total - total // 2, total // 2\n\n\ndef tf_same", "conv shapes"),
    ("one position too many", "ops/shapes", "(padded - span) // stride + 1", "(padded - span) // stride + 2", "shapes"),
    ("ceil for floor", "ops/shapes", "(padded - span) // stride + 1", "-(-(padded - span) // stride) + 1", "shapes"),
    ("dilation ignored", "ops/windows", "window.dilation[0] * to_row", "to_row"),
    ("dilation ignored, taps", "ops/windows", "tap * dilation - padding", "tap - padding", "pool"),
    ("stride of rows for columns", "ops/windows", "window.stride[1] * to_column", "window.stride[0] * to_column"),
    ("groups crossed", CONV, "reshape(groups, len(weight) // groups, -1)",
     "reshape(len(weight) // groups, groups, -1).swapaxes(0, 1)"),
    ("average for max", POOL, "np.maximum(out[seen], x[pixels], out=out[seen])",
     "np.divide(out[seen] + x[pixels], 2, out=out[seen], casting='unsafe')", "pool"),
    ("wrong tie", POOL, "won = pixel > record", "won = pixel >= record", "pool"),
    ("NaN loses", POOL, "won |= np.isnan(pixel)", "pass", "pool"),
    ("padding wins", POOL, "lowest = -np.inf if", "lowest = 0 if", "pool"),
    ("padding not counted", POOL, "stop - first if count_include_pad", "stop - first if not count_include_pad", "pool"),
    ("pooling's gradient overwritten", POOL, "out[pixels] += grad[seen] * won", "out[pixels] = grad[seen] * won", "pool"),
    ("gradient scaled", CONV, "out += products.sum(axis=0)", "out += products.mean(axis=0)"),
    ("gradient scaled, batch norm", NORM, "(grad_weight / count)", "grad_weight", "functional"),
    ("gradient scaled, loss", "ops/losses", "scale / scores.dtype.type(len(scores))", "scale", "functional"),
    ("gradient of the loss negated", "ops/losses", "(softmax(scores, dim=1) - wanted)",
     "(wanted - softmax(scores, dim=1))", "functional"),
    ("ReLU lets negative gradients through", "ops/functional", "grad_output * ~(input <= 0)", "grad_output", "functional"),
    ("sigmoid overflows", "ops/functional", "np.exp(-np.abs(input))", "np.exp(-input)", "functional"),
    ("softmax over the wrong axis", "ops/losses", "powers / powers.sum(axis=dim", "powers / powers.sum(axis=0", "functional"),
    ("variance over n, running", NORM, "var * (count / (count - 1))", "var", "functional layers"),
    ("running mean never moves", NORM, "running_mean += momentum", "running_mean += 0 * momentum", "functional layers"),
    ("epsilon outside the root", NORM, "weight / np.sqrt(var + eps)", "weight / (np.sqrt(var) + eps)", "functional"),
    ("training statistics in eval", "nn/layers", "use_batch = self.training or", "use_batch = True or", "layers"),
    ("batches not counted", "nn/layers", "self.num_batches_tracked += 1", "self.num_batches_tracked += 0", "layers"),
    ("dropout in eval", "nn/layers", "self.rng or generator()) if self.training else None",
     "self.rng or generator())", "layers"),
    ("dropout not scaled", "ops/functional", "0 if p == 1 else 1 / (1 - p)", "0 if p == 1 else 1", "functional layers"),
    ("shortcut forgotten", "nn/containers", "return made + kept", "return made", "layers"),
    ("branches in reverse", "nn/containers", "np.concatenate(outputs, axis)", "np.concatenate(outputs[::-1], axis)", "layers"),
    ("parameter used twice learns once", "nn/modules", "grad if self.grad is None else self.grad + grad", "grad", "layers"),
    ("loaded in part", "nn/modules", "if wrong:\n            raise", "if False:\n            raise", "layers"),
    ("velocity not kept", "nn/optim", 'memory["velocity"] = self.momentum * memory["velocity"]',
     'memory["velocity"] = self.momentum * 0', "training"),
    ("Adam's bias not undone", "nn/optim", 'memory["mean"] / (1 - beta1**step)', 'memory["mean"]', "training"),
    ("decay through the gradient", "nn/optim", "    decoupled = True\n", "    decoupled = False\n", "training"),
    ("mode not put back", "nn/loop", "module.training = training", "module.training = False", "training"),
    ("He's variance halved", "nn/init", "sqrt(2 / fans(shape)[0])", "sqrt(1 / fans(shape)[0])", "layers training"),
    ("jump not multiplied", "architectures/receptive", "field.shift * step)", "field.shift)", "architectures"),
]  # fmt: skip
EXPLORERS = [
    ("convolution's words off by one", "sliding_kernel", "Step {model.position + 1} of {model.answer.size}: the window",
     "Step {model.position} of {model.answer.size}: the window"),
    ("a sum that is not the picture's", "sliding_kernel", "Their sum, {model.result},", "Their sum, {model.after},"),
    ("rows and columns swapped in words", "stride/explorer", 'f"({model.row}, {model.column})"', 'f"({model.column}, {model.row})"'),
    ("windows counted wrongly in words", "stride/explorer", "many(across.windows, ", "many(across.windows + 1, "),
    ("field named wrongly", "field/explorer", "f\"{field.size} × {field.size}: rows", "f\"{field.size + 1} × {field.size}: rows"),
    ("outputs that changed", "pooling_visualiser", "changed = model.changed.sum()", "changed = model.changed.size"),
    ("parameters without biases in words", "parameter_counter", "{_plain(counts['conv'])} parameters",
     "{_plain(counts['dense'])} parameters"),
    ("the cat elsewhere", "move_the_cat", "{_place(model.dx, model.dy)}", "{_place(model.dy, model.dx)}"),
    ("sum at the wrong place", "channel_mixer", "fixed(here, 3)", "fixed(here + 1, 3)"),
    ("outputs of a batch", "layer_cost", "numbers, out = math.prod(model.image), math.prod(costs[\"output\"])\n        times",
     "numbers, out = math.prod(model.image), 2 * math.prod(costs[\"output\"])\n        times"),
]  # fmt: skip
TESTS = {"stride/explorer": "explorer_stride", "field/explorer": "explorer_receptive_field"}
EXERCISES = [
    ("03", "(W + 2 * P - D * (K - 1) - 1) // S + 1\n", "(W + 2 * P - D * (K - 1)) // S + 1\n"),
    ("01", "return [r * W + c for r, c in around", "return [r * H + c for r, c in around"),
    ("02", 'np.einsum("ijmn,mn->ij"', 'np.einsum("ijmn,nm->ij"'),
    ("04", "return conv2d(x, weight, bias)\n", "return conv2d(x, weight)\n"),
    ("05", "return max_pool2d(x[None], K, S, P)[0]", "return max_pool2d(x[None], K, S, 0)[0]"),
    ("06", "channels[-1] * (side >> len(channels)) ** 2", "channels[0] * (side >> len(channels)) ** 2"),
    ("07", "return field + reach * jump, jump * S", "return field + reach * jump * S, jump * S"),
    ("08", "C_in * first**2 + squeezed", "C_in * first + middle"),
    ("08", "BOTTLENECK = C_IN * SQUEEZED + SQUEEZED**2", "BOTTLENECK = C_IN * SQUEEZED + SQUEEZED"),
]
FAULTS = [_operation(*row, *(["conv"] if len(row) == 4 else [])) for row in OPERATIONS]
FAULTS += [
    _operation(name, f"explorers/{module}", old, new, TESTS.get(module, f"explorer_{module}"))
    for name, module, old, new in EXPLORERS
]
FAULTS += [
    Fault(
        f"right answer broken, chapter {n}",
        f"helpers/exercises/ch{n}.py",
        old,
        new,
        "tests/test_exercises.py",
    )
    for n, old, new in EXERCISES
]


def caught_by(root, fault):
    """The first test that fails on the copy with this fault in it, or an empty string."""
    file = root / fault.file
    before = file.read_text(encoding="utf-8")
    if fault.old not in before:
        raise ValueError(f"{fault.name}: {fault.old!r} is not in {fault.file} any more; write the fault anew")
    file.write_text(before.replace(fault.old, fault.new, 1), encoding="utf-8")
    try:
        return first_failure(root, fault.tests)
    finally:
        file.write_text(before, encoding="utf-8")


def first_failure(root, tests):
    done = copies.pytest(root, "-x", "--no-header", *tests.split())
    if done.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    if done.returncode != 1 and not found:
        raise RuntimeError(done.stdout[-2000:] + done.stderr)
    return found[1]


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make mutate ARGS=faults", description=__doc__.splitlines()[0])
    parser.add_argument(
        "words", nargs="*", help="only faults whose name has one of these words (default: all)"
    )
    words = parser.parse_args(arguments).words
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    missed = 0
    with copies.copy() as root:
        for fault in chosen:
            test = caught_by(root, fault)
            missed += not test
            print(f"{fault.name:<44} {test or 'NOT CAUGHT'}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults caught")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
