"""What one unit of a layer can see of the input, on one axis: its receptive field, from layer to layer."""

from dataclasses import dataclass
from math import gcd, inf, lcm


@dataclass(frozen=True, repr=False)
class Field:
    """The input pixels that each unit on one axis can see, first to last (padding counted as pixels).

    phases: (first, last) pixel of the first units; after them it all repeats, ``shift`` pixels further on.
    There is one phase until a transposed convolution: of its units some see more pixels than others. Unpacked
    it is size, jump and first pixel.
    """

    phases: tuple = ((0, 0),)
    shift: float = 1

    def __iter__(self):
        return iter((self.size, self.jump, self.first))

    def __repr__(self):
        return f"Field(size={self.size}, jump={self.jump}, first={self.first})"

    @property
    def size(self):
        """How many pixels a unit can see: the most that any of them does."""
        return max(last - first + 1 for first, last in self.phases)

    @property
    def jump(self):
        """Pixels from one unit's field to its neighbour's, on average; 0 when all units see the same."""
        count = len(self.phases)
        return self.shift / count if self.shift % count else self.shift // count

    @property
    def first(self):
        """The first pixel of the first unit's field; negative: it begins in the padding."""
        return self.phases[0][0]

    @property
    def centre(self):
        """The middle of the first unit's field, in pixels."""
        return sum(self.phases[0]) / 2

    def ends(self, unit):
        """The first and the last pixel of one unit's field; (inf, -inf) if it sees none."""
        times, phase = divmod(unit, len(self.phases))
        first, last = self.phases[phase]
        return first + times * self.shift, last + times * self.shift

    def through(self, kernel, stride, padding, dilation):
        """The field one sliding window later: the kernel widens it, the stride stretches every later step."""
        field = self if stride == int(stride) else self.alike()  # a mean step, of adaptive pooling
        count = len(field.phases)
        period = count // gcd(count, int(stride))
        places = (
            [unit * int(stride) - padding + tap * dilation for tap in range(kernel)] for unit in range(period)
        )
        step = stride if count == 1 else stride * period // count
        return Field(tuple(map(field.seen, places)), field.shift * step)

    def transposed(self, kernel, stride, padding, dilation):
        """The field after a transposed convolution, whose unit u sees the units (u + padding - tap) / stride.

        Only those that are whole numbers: the window's other taps meet zeros put between the units.
        """
        period = stride * len(self.phases)
        places = ([unit + padding - tap * dilation for tap in range(kernel)] for unit in range(period))
        seen = ([place // stride for place in some if place % stride == 0] for some in places)
        return Field(tuple(map(self.seen, seen)), self.shift)

    def everywhere(self, positions):
        """The field of a unit that sees all these positions."""
        return Field((self.seen(range(positions)),), 0)

    def still(self):
        """The first unit's field, for all of them."""
        return Field(self.phases[:1], 0)

    def alike(self):
        """One phase for all: as wide as the widest, at the mean step."""
        phases = [
            (first - unit * self.jump, last - unit * self.jump)
            for unit, (first, last) in enumerate(self.phases)
        ]
        return Field((hull(phases),), self.jump)

    def seen(self, units):
        """The first and the last pixel of these units' fields together."""
        return hull([self.ends(unit) for unit in units])


def hull(ends):
    """(first, last) of all these together; of none, (inf, -inf)."""
    return min((first for first, _ in ends), default=inf), max((last for _, last in ends), default=-inf)


def union(fields, positions):
    """The field of a unit that sees all that these see, unit by unit; ValueError where their steps differ."""
    jumps = {field.jump for field in fields}
    if 0 in jumps:  # one branch sees everything, so the sum does
        fields = [field.everywhere(positions) for field in fields]
    elif len(jumps) > 1 and positions > 1:
        raise ValueError(f"the branches step {sorted(jumps)} pixels a unit: give them the same total stride")
    period = lcm(*(len(field.phases) for field in fields))
    phases = (hull([field.ends(unit) for field in fields]) for unit in range(period))
    return Field(tuple(phases), max(field.shift * (period // len(field.phases)) for field in fields))
