"""What a network costs and sees, from its layer list alone: shapes, parameters, MACs, memory, fields of view.

    print(describe([Conv(6, 5), ReLU(), MaxPool(2), Flatten(), Linear(10)], (3, 32, 32)))

The words come from blueprints, sliding, branches and tokens.
"""

from itertools import groupby
from math import prod
from typing import NamedTuple

from helpers.architectures.blueprints import Layer
from helpers.architectures.branches import Block, Join
from helpers.architectures.receptive import Field, union
from helpers.ops.shapes import whole

BYTES = 4  # of one float32 number


class State(NamedTuple):
    """What flows from layer to layer: shape, each axis's field and count of positions, depth so far."""

    shape: tuple
    fields: tuple
    grid: tuple
    depth: int


class Row(NamedTuple):
    """One layer of a network as `describe` found it; shape is its output's, fields are (rows, columns)."""

    name: str
    layer: object
    shape: tuple
    weights: int
    biases: int
    macs: int
    fields: tuple

    @property
    def parameters(self):
        """Weights and biases together."""
        return self.weights + self.biases

    @property
    def memory(self):
        """Bytes of the output for one image, in float32."""
        return BYTES * prod(self.shape)

    @property
    def receptive_field(self):
        """(rows, columns) of input pixels that one output number can depend on."""
        return tuple(field.size for field in self.fields)


class Summary(list):
    """The rows of a network in order; printed, a table. depth counts weighted layers on the longest way."""

    def __init__(self, rows, input_shape, depth):
        super().__init__(rows)
        self.input_shape, self.depth = input_shape, depth

    def total(self, what):
        """The sum over all rows of "weights", "biases", "parameters", "macs" or "memory"."""
        return sum(getattr(row, what) for row in self)

    parameters = property(
        lambda self: self.total("parameters"), doc="Weights and biases of the whole network."
    )
    macs = property(lambda self: self.total("macs"), doc="Multiply-accumulates for one image.")
    memory = property(
        lambda self: self.total("memory"), doc="Bytes of all outputs for one image, in float32."
    )

    def blocks(self):
        """One row for each layer or Block of the outermost list, summed; memory is that of its output."""
        rows = []
        for name, group in groupby(self, key=lambda row: row.name.split(".")[0]):
            members = Summary(group, self.input_shape, self.depth)
            sums = [members.total(what) for what in ("weights", "biases", "macs")]
            layer = members[0].layer if len(members) == 1 else None
            rows.append(Row(name, layer, members[-1].shape, *sums, members[-1].fields))
        return Summary(rows, self.input_shape, self.depth)

    def __str__(self):
        head = ("layer", "", "output", "weights", "biases", "MACs", "memory", "field")
        body = [
            (row.name, "" if row.layer is None else repr(row.layer), times(row.shape), f"{row.weights:,}",
             f"{row.biases:,}", f"{row.macs:,}", kibibytes(row.memory), times(row.receptive_field))
            for row in self
        ]  # fmt: skip
        sums = [f"{self.total(what):,}" for what in ("weights", "biases", "macs")]
        total = ("total", f"{self.parameters:,} parameters", "", *sums, kibibytes(self.memory), "")
        lines = [head, *body, total]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        places = [f"{{:{side}{width}}}" for side, width in zip("<<<>>>>>", widths, strict=True)]
        return "\n".join("  ".join(places).format(*line).rstrip() for line in lines)


def describe(layers, input_shape):
    """The Summary of a layer list on one input of that shape: (channels, rows, columns) or (features,).

    MACs include products with padding and exclude biases; normalisation, pooling and activations have none.
    ValueError says which layer cannot follow the one before it, by its place in the list (from 0).
    """
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) not in (1, 2, 3):
        raise ValueError(
            f"input_shape={input_shape!r}: give (channels, rows, columns) or (features,), without batch"
        )
    shape = tuple(whole(size, "input_shape") for size in input_shape)
    if min(shape) < 1:
        raise ValueError(f"input_shape={input_shape!r}: every size must be at least 1")
    grid = shape[1:] if len(shape) == 3 else (1, 1)
    rows, state = _sequence(layers, State(shape, (Field(), Field()), grid, depth=0), "")
    return Summary(rows, shape, state.depth)


def times(sizes):
    """Sizes as people write them: 3×32×32, and a square as one number."""
    return str(sizes[0]) if len(sizes) == 2 and sizes[0] == sizes[1] else "×".join(map(str, sizes))


def kibibytes(count):
    """A number of bytes in KiB."""
    return f"{count / 1024:,.1f} KiB"


def _sequence(layers, state, prefix):
    """The rows of a list of layers, and what comes out of its last one."""
    if isinstance(layers, Layer) or not isinstance(layers, (list, tuple)):
        raise TypeError(f"layers={layers!r}: give a list of layers, e.g. [Conv(6, 5), ReLU()]")
    rows = []
    for index, layer in enumerate(layers):
        if isinstance(layer, Block):
            inner, state = _sequence(layer.layers, state, f"{prefix}{layer.name}.")
            rows += inner
            continue
        name = f"{prefix}{index}"
        if not isinstance(layer, Layer):
            raise TypeError(
                f"layer {name} ({layer!r}): give one of the words for layers, e.g. Conv(6, 5) or ReLU()"
            )
        ends = []
        for key, branch in layer.branches().items():
            inner, end = _sequence(branch, state, f"{name}.{key}.")
            rows += inner
            ends.append(end)
        try:
            row, state = _step(layer, state, ends, name)
        except (ValueError, TypeError) as error:
            raise type(error)(f"layer {name} ({layer!r}), on {times(state.shape)}: {error}") from None
        rows.append(row)
    return rows, state


def _step(layer, state, ends, name):
    """One layer's row and what comes out of it; ends are what came out of its branches, if it has any."""
    if isinstance(layer, Join):
        ends = layer.joined(state, ends)
        shape = layer.output([end.shape for end in ends])
        grid = tuple(max(sizes) for sizes in zip(*(end.grid for end in ends), strict=True))
        fields = tuple(union(axes, n) for *axes, n in zip(*(end.fields for end in ends), grid, strict=True))
        depth = max(end.depth for end in ends)
        return Row(name, layer, shape, 0, 0, 0, fields), State(shape, fields, grid, depth)
    shape, windows = layer.output(state.shape), layer.windows(state.shape)
    if min(shape) < 1:
        raise ValueError(f"it would make {times(shape)}, which holds nothing; every size must be at least 1")
    fields, grid = state.fields, shape[1:] if len(shape) == 3 else state.grid
    if windows == "all":
        fields = tuple(field.everywhere(n) for field, n in zip(fields, grid, strict=True))
    elif windows:
        onward = Field.transposed if layer.transposed else Field.through
        fields = tuple(onward(field, *window) for field, window in zip(fields, windows, strict=True))
    after = State(shape, fields, grid, state.depth + layer.depth)
    return Row(name, layer, shape, *layer.cost(state.shape), fields), after
