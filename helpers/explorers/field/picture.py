"""How the receptive field explorer's picture is made up: its colours, its table, and its ways."""

import numpy as np

from helpers.architectures import MaxPool, fields
from helpers.architectures.fields import RANDOM
from helpers.drawing.colours import tint
from helpers.numerals import general

TABLE, SIZE = 5.42, 9.5  # the table's upper edge in inches, the size of its type in points
LINE = SIZE * 1.35 / 72  # inches: the height of its lines


def margin(view):
    """How many cells outside a map are shown at each side."""
    return max(1, round(view.size / 12))


def colours(heat, margin):
    """Grey outside the image, pale blue where nothing moves the unit, yellow to dark red where it does."""
    strength = np.sqrt(heat / (heat.max() or 1))[..., None]  # the square root keeps faint pixels visible
    pale, strong = np.array([1.0, 0.93, 0.72]), np.array(tint("positive", 1))
    inside = np.where(heat[..., None] > 0, pale + strength * (strong - pale), tint("input", 0.14))
    shown = np.full((heat.shape[0] + 2 * margin, heat.shape[1] + 2 * margin, 3), tint("padding", 0.3))
    shown[margin:-margin, margin:-margin] = inside
    return shown


def span(field, unit, low, high):
    """Where a unit's field begins and ends, cut where the picture ends."""
    first = field.first + unit * field.jump
    return max(first, low), min(first + field.size, high)


def told(name):
    """A layer's name; a reader's own begins with its number, which tells equal ones apart."""
    return name.partition(": ")[2] or name


def table(views, places):
    lines = [f"{'first':>44}", f"{'field jump centre':>44}"]
    for i, view in zip(places, views, strict=True):
        name = f"{i} {told(view.name)}" if i else "  input"
        name = name if len(name) <= 25 else f"{name[:24]}…"
        lines.append(f"{name:<26}{view.seen.size:>6}{view.seen.jump:>5g}{general(view.seen.centre):>7}")
    return lines


def wires(views):
    """The ways from line to line of the table: one straight on, each further one in a bow beside it."""
    lines, along = [], np.linspace(0, np.pi, 12)
    for i, view in enumerate(views[1:], start=1):
        high, low = (TABLE - LINE * (place + 0.5) for place in (i + 1, i + 2))
        for way in range(fields.ways(view.name)):
            x = 4.66 - 0.09 * way * np.sin(along)
            lines.append(np.column_stack([x, high + (low - high) * (1 - np.cos(along)) / 2]))
    return lines


def averaged(model):
    """Over what its square is averaged."""
    random = model.weights == RANDOM
    return f", over {fields.IMAGES} images and {fields.CHANNELS} channels" if random else ""


def in_torch(word):
    """The word as a PyTorch call: torch.nn.Conv2d(1, 1, 3, stride=2)."""
    options = {"stride": 1, "padding": 0, "dilation": 1}
    if isinstance(word, MaxPool):
        options["stride"] = word.kernel_size
    given = [f", {name}={getattr(word, name)}" for name, usual in options.items()
             if getattr(word, name) not in (usual, None)]  # fmt: skip
    kind = "MaxPool2d(" if isinstance(word, MaxPool) else "Conv2d(1, 1, "
    return f"torch.nn.{kind}{word.kernel_size}{''.join(given)})"


def trouble(stack, state):
    """Say which layer is the first that does not fit."""
    size = state["size"]
    for depth in range(len(stack)):
        try:
            size = fields.views(stack[: depth + 1], state["size"], state["padded"])[-1].size
        except ValueError:
            break
    return (
        f"No output. Layer {depth + 1}, {told(stack[depth])}, gets {size} × {size} numbers, and its "
        "window spans more: take a larger input, padding, or less stride before it."
    )
