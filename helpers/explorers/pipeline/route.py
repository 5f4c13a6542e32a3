"""The route of one answer: what it was computed from, back to the pixels, and where it goes in its own layer.

A block is (row, column, height, width) of a map; of what reaches into the padding it is the part in the map.
"""

from helpers.explorers.pipeline.stages import SECOND, A
from helpers.numerals import label, number

STRONGEST = "strongest answer"
# What can be followed -> (whether it is the second layer's, its stage), in the order of the computation.
PLACES = {
    "convolution": (False, "conv"),
    "ReLU": (False, "relu"),
    "pooling": (False, "pool"),
    "second convolution": (True, "conv"),
    "second ReLU": (True, "relu"),
    "second pooling": (True, "pool"),
}


def followed(model):
    """What is followed, as (name of the place, row, column), or None where no answer is positive."""
    if model.follow != STRONGEST:
        return model.follow, model.row, model.column
    layers = model.layers
    last = layers.get(SECOND, max(layers.values(), key=lambda layer: layer.conv.max()))
    if last.peak is None:
        return None
    return ("second convolution" if SECOND in layers else "convolution"), *last.peak


def blocks(model):
    """(stage, row of the picture) -> block, the pixels at ("image", 0); empty where nothing is followed."""
    if (start := followed(model)) is None:
        return {}
    (second, stage), cell, found = PLACES[start[0]], (*start[1:], 1, 1), {}
    if second:
        cell = _through(found, model, SECOND, stage, cell)
        stage = "pool"
    for row in sorted(set(model.layers) - {SECOND}):
        pixels = _through(found, model, row, stage, cell)
        seen = found.get(("image", A), pixels)  # filter B may be smaller than filter A
        found["image", A] = pixels if pixels[2] * pixels[3] > seen[2] * seen[3] else seen
    return found


def _through(found, model, row, stage, block):
    """Note the blocks of one layer from a stage's block; return the block of the map that it reads."""
    layer = model.layers[row]
    if stage == "pool":
        found["pool", row] = block
        block = _inside([2 * n for n in block], layer.conv.shape)
    elif block[2:] == (1, 1) and layer.pool is not None:
        i, j = block[0] // 2, block[1] // 2
        if i < layer.pool.shape[0] and j < layer.pool.shape[1]:  # else pooling leaves the odd one out
            found["pool", row] = (i, j, 1, 1)
    found["conv", row] = found["relu", row] = block
    kernel = layer.kernel.shape[1:]
    shift = reach(layer, model.padded)
    before = model.layers[A].pool.shape if row == SECOND else model.pixels.shape
    top, left, high, wide = block
    return _inside((top - shift[0], left - shift[1], high + kernel[0] - 1, wide + kernel[1] - 1), before)


def reach(layer, padded):
    """How many rows and columns before an answer's place its window begins."""
    return [(k - 1) // 2 if padded else 0 for k in layer.kernel.shape[1:]]


def _inside(block, shape):
    ends = []
    for first, length, side in zip(block[:2], block[2:], shape, strict=True):
        low, high = max(first, 0), min(first + length, side)
        ends.append((low, high - low))
    (row, height), (column, width) = ends
    return row, column, height, width


def words(model):
    """The route in words, with its numbers."""
    if (start := followed(model)) is None:
        return "Nothing is followed. "
    name, row, column = start
    second, stage = PLACES[name]
    route, layers = blocks(model), model.layers
    ends = [layers[SECOND]] if second else [layers[n] for n in sorted(set(layers) - {SECOND})]
    values = " and ".join(number(getattr(layer, stage)[row, column]) for layer in ends)
    text = f"Followed: {name} ({row}, {column}), {values}"
    last = layers.get(SECOND)
    if second and last.kernel.shape[1:] == (1, 1) and last.channels == len(last.kernel) and stage != "pool":
        maps = [layers[n] for n in sorted(set(layers) - {SECOND})]
        sums = " + ".join(
            f"{label(weight)} · {number(layer.pool[row, column])}"
            for weight, layer in zip(last.kernel.ravel().tolist(), maps, strict=True)
        )
        text += f": {sums}, bias {number(last.bias)}"
    if second:
        text += f". It was computed from {_block(route['pool', A])} of the pooled maps, those"
    if second or stage == "pool":
        text += f"{'' if second else ', pooled'} from {_block(route['conv', A])} of the first answers, those"
    else:
        text += ", computed"
    return text + f" from {_block(route['image', A])} of the picture. "


def _block(block):
    row, column, height, width = block
    return f"{_range('row', row, height)}, {_range('column', column, width)}"


def _range(what, first, count):
    return f"{what} {first}" if count == 1 else f"{what}s {first} to {first + count - 1}"
