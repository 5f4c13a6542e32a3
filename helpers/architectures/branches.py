"""The words that hold layer lists: in a row, side by side, added to their input, or scaling it."""

from helpers.architectures.blueprints import Layer, word

__all__ = ["Block", "Concat", "Gate", "Residual"]


@word
class Block(Layer):
    """Layers one after another, under one name."""

    name: str
    layers: list


class Join(Layer):
    """Branches that begin with the same input; a subclass says how their results become one."""

    def joined(self, before, ends):
        """The states to be put together, given that before the layer and those at its branches' ends."""
        return ends


class Concat(Join):
    """Branches side by side, their channels stacked."""

    def __init__(self, *lists):
        self.lists = lists

    def branches(self):
        return dict(enumerate(self.lists))

    def output(self, shapes):
        if not shapes or len({shape[1:] for shape in shapes}) > 1:
            raise ValueError(
                f"the branches make {shapes}: only the channels may differ; mend strides and paddings"
            )
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def __repr__(self):
        return f"Concat({len(self.lists)} branches)"


class Residual(Join):
    """The body's output plus its input, or plus what the shortcut's layers make of the input."""

    def __init__(self, body, shortcut=()):
        self.body, self.shortcut = body, shortcut

    def branches(self):
        return {"body": self.body, "shortcut": self.shortcut}

    def output(self, shapes):
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"the body makes {shapes[0]}, the shortcut {shapes[1]}, and they are added; make them equal, "
                f"e.g. by shortcut=[Conv({shapes[0][0]}, 1, stride=...)]"
            )
        return shapes[0]

    def __repr__(self):
        return "Residual"


class Gate(Join):
    """The input times the body's output, which may be one number a channel (squeeze and excitation)."""

    def __init__(self, body):
        self.body = body

    def branches(self):
        return {"body": self.body}

    def joined(self, before, ends):
        end = ends[0]._replace(depth=0)  # a side path: the way leads past it
        if end.shape[1:] == (1, 1):  # the same number everywhere
            end = end._replace(fields=tuple(field.still() for field in end.fields))
        return [before, end]

    def output(self, shapes):
        if shapes[1] not in (shapes[0], (shapes[0][0], 1, 1)):
            raise ValueError(f"the body makes {shapes[1]}: to scale {shapes[0]}, make {(shapes[0][0], 1, 1)}")
        return shapes[0]

    def __repr__(self):
        return "Gate"
