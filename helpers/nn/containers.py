"""Layers put together: one after another, around a shortcut, or side by side."""

import numpy as np

from helpers.nn.modules import Module


class Sequential(Module):
    """Layers one after another. Give them in order, or as one dict to name them: Sequential({"conv1": …})."""

    def __init__(self, *layers):
        named = layers[0] if len(layers) == 1 and isinstance(layers[0], dict) else dict(enumerate(layers))
        self.layers = {str(name): _module(layer) for name, layer in named.items()}
        _each_once(self)

    def children(self):
        return self.layers

    def __iter__(self):
        return iter(self.layers.values())

    def __getitem__(self, index):
        """One layer by its place, or a slice of them as a Sequential of the very same layers."""
        if isinstance(index, slice):
            return Sequential(dict(list(self.layers.items())[index]))
        return list(self)[index]

    def __len__(self):
        return len(self.layers)

    def forward(self, input):
        for name, layer in self.layers.items():
            try:
                output = layer.forward(input)
            except (ValueError, TypeError) as error:
                raise type(error)(f"layer {name}, {layer._call()}, on {np.shape(input)}: {error}") from None
            input = output
        return input

    def backward(self, grad_output):
        for layer in reversed(list(self)):
            grad_output = layer.backward(grad_output)
        return grad_output


class Residual(Module):
    """What the body makes of the input, plus the input itself (or what a shortcut layer makes of it)."""

    def __init__(self, body, shortcut=None):
        self.body, self.shortcut = _module(body), None if shortcut is None else _module(shortcut)
        _each_once(self)

    def forward(self, input):
        made, kept = self.body.forward(input), self.shortcut.forward(input) if self.shortcut else input
        if made.shape != kept.shape:
            raise ValueError(
                f"body: it makes {made.shape} of {input.shape}, and {kept.shape} is to be added; give a "
                "shortcut that makes the same shape, e.g. a 1x1 Conv2d with the body's stride"
            )
        return made + kept

    def backward(self, grad_output):
        through = self.body.backward(grad_output)
        return through + (self.shortcut.backward(grad_output) if self.shortcut else grad_output)


class Concat(Module):
    """Branches that start from the same input, their channels stacked (of rows (N, F): their features)."""

    def __init__(self, *branches):
        if not branches:
            raise ValueError("branches: there are none; give at least one layer")
        self.branches = {str(name): _module(branch) for name, branch in enumerate(branches)}
        _each_once(self)

    def children(self):
        return self.branches

    def forward(self, input):
        self.input = input
        outputs = [branch.forward(input) for branch in self.branches.values()]
        self.axis = axis = -3 if outputs[0].ndim > 2 else -1  # a lone image has no batch axis before it
        if len({output.shape[:axis] + output.shape[axis:][1:] for output in outputs}) > 1:
            shapes = ", ".join(str(output.shape) for output in outputs)
            raise ValueError(
                f"branches: they make {shapes}; only channels may differ: mend strides, paddings"
            )
        self.channels = np.cumsum([output.shape[axis] for output in outputs])
        return np.concatenate(outputs, axis)

    def backward(self, grad_output):
        self.remembered()
        parts = np.split(grad_output, self.channels[:-1], self.axis)
        grads = [branch.backward(part) for branch, part in zip(self.branches.values(), parts, strict=True)]
        return sum(grads[1:], start=grads[0])


def _module(layer):
    """The layer itself, if it is one."""
    if not isinstance(layer, Module):
        raise TypeError(f"layer={layer!r}: give a layer such as Conv2d(3, 6, 5), made and not only named")
    return layer


def _each_once(container):
    """Refuse a layer that stands in two places: it keeps one input, so one way back would be wrong."""
    modules = list(container.modules())
    if twice := [module for place, module in enumerate(modules) if module in modules[:place]]:
        raise ValueError(
            f"layer={twice[0]._call()}: it stands in two places of one network, but keeps only one input for "
            "the way back; make a layer for each place"
        )
