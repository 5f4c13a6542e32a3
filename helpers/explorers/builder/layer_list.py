"""The words in which the architecture builder's reader writes a network: "conv 6 5×5; max pool 2×2; flatten".

One layer is one Word; parse() and written() turn text into Words and back, and each Word knows its layer of
helpers.architectures and its call in PyTorch.
"""

import re
from typing import NamedTuple

from helpers.architectures import AdaptiveAvgPool, AvgPool, Conv, Flatten, Linear, MaxPool, describe
from helpers.numerals import sizes

MOST = 12  # layers of one network
LIMITS = {"width": (1, 4096), "kernel": (1, 11), "stride": (1, 8), "padding": (0, 8)}
_WINDOW = ("kernel", "stride", "padding")
SETTINGS = {  # what can be chosen about each kind of layer
    "conv": ("width", *_WINDOW),
    "max pool": _WINDOW,
    "average pool": _WINDOW,
    "global average": (),
    "flatten": (),
    "linear": ("width",),
}
_FORM = re.compile(
    rf"({'|'.join(SETTINGS)})(?: (?P<width>\d+))??(?: (?P<kernel>\d+)[×x](?P<again>\d+))?"
    r"(?: s(?P<stride>\d+))?(?: p(?P<padding>\d+))?"
)

# Name -> (input channels, input side, layers)
PRESETS = {
    "LeNet on 3×32×32": (
        *(3, 32),
        "conv 6 5×5; max pool 2×2; conv 16 5×5; max pool 2×2; flatten; linear 120; linear 84; linear 10",
    ),
    "LeNet, its first kernel 3×3": (
        *(3, 32),
        "conv 6 3×3; max pool 2×2; conv 16 5×5; max pool 2×2; flatten; linear 120; linear 84; linear 10",
    ),
    "LeNet without its second pool": (
        *(3, 32),
        "conv 6 5×5; max pool 2×2; conv 16 5×5; flatten; linear 120; linear 84; linear 10",
    ),
    "LeNet-5 on grey 32×32": (
        *(1, 32),
        "conv 6 5×5; average pool 2×2; conv 16 5×5; average pool 2×2; "
        "flatten; linear 120; linear 84; linear 10",
    ),
    "The funnel": (3, 32, "; ".join(f"conv {n} 3×3 P1; max pool 2×2" for n in (32, 64, 128, 256))),
    "Small VGG": (
        *(3, 32),
        "; ".join(f"conv {n} 3×3 P1; conv {n} 3×3 P1; max pool 2×2" for n in (32, 64, 128))
        + "; flatten; linear 256; linear 10",
    ),
    "Strides and a global average": (
        *(3, 32),
        "conv 32 3×3 P1; conv 64 3×3 S2 P1; conv 128 3×3 S2 P1; conv 10 1×1; global average; flatten",
    ),
    "Double convolutions on 3×224×224": (
        *(3, 224),
        "; ".join(f"conv {n} 3×3 P1; conv {n} 3×3 P1; max pool 2×2" for n in (64, 128, 256))
        + "; flatten; linear 4096; linear 10",
    ),
    "No convolution": (3, 32, "flatten; linear 120; linear 84; linear 10"),
}
OWN = "your own"


class Word(NamedTuple):
    """One layer: its kind, and the settings that this kind has (the others stay as they are here)."""

    kind: str
    width: int = 1  # channels of a convolution, features of a dense layer
    kernel: int = 1
    stride: int = 1
    padding: int = 0

    def __str__(self):
        """The layer as it is written: K×K always, S and P where they are not the usual ones."""
        parts = [self.kind]
        if "width" in SETTINGS[self.kind]:
            parts.append(str(self.width))
        if "kernel" in SETTINGS[self.kind]:
            parts.append(f"{self.kernel}×{self.kernel}")
            parts += [f"S{self.stride}"] if self.stride != _usual_stride(self.kind, self.kernel) else []
            parts += [f"P{self.padding}"] if self.padding else []
        return " ".join(parts)

    def layer(self):
        """The layer as helpers.architectures writes it."""
        window = (self.kernel, self.stride, self.padding)
        return {
            "conv": lambda: Conv(self.width, *window),
            "max pool": lambda: MaxPool(*window),
            "average pool": lambda: AvgPool(*window),
            "global average": AdaptiveAvgPool,
            "flatten": Flatten,
            "linear": lambda: Linear(self.width),
        }[self.kind]()

    def in_torch(self, inputs):
        """The layer as PyTorch calls it, on that many channels or features."""
        options = f", stride={self.stride}" if self.stride != _usual_stride(self.kind, self.kernel) else ""
        options += f", padding={self.padding}" if self.padding else ""
        return {
            "conv": f"Conv2d({inputs}, {self.width}, {self.kernel}{options})",
            "max pool": f"MaxPool2d({self.kernel}{options})",
            "average pool": f"AvgPool2d({self.kernel}{options})",
            "global average": "AdaptiveAvgPool2d(1)",
            "flatten": "Flatten()",
            "linear": f"Linear({inputs}, {self.width})",
        }[self.kind]


def usual(kind, width):
    """The layer of that kind that a reader most likely wants."""
    if kind == "conv":
        return Word(kind, width, 3, 1, 1)
    if "kernel" in SETTINGS[kind]:
        return Word(kind, kernel=2, stride=2)
    return Word(kind, width) if kind == "linear" else Word(kind)


def parse(text):
    """The Words of a line; ValueError says which layer is not understood, and how it could be written."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not 1 <= len(parts) <= MOST:
        raise ValueError(f"There are {len(parts)} layers: write 1 to {MOST}, with semicolons between them.")
    return [_word(part, place) for place, part in enumerate(parts, start=1)]


def _word(part, place):
    found = _FORM.fullmatch(" ".join(part.lower().split()))
    kind, texts = (found[1], found.groupdict()) if found else ("", {})
    given = {name: int(texts[name]) for name in LIMITS if texts.get(name)}
    needed = {"width", "kernel"} & set(SETTINGS.get(kind, ()))
    square = texts.get("kernel") == texts.get("again")
    if not found or not needed <= set(given) <= set(SETTINGS[kind]) or not square:
        raise ValueError(
            f"Layer {place}, “{part}”, is not understood: write for example conv 16 3×3 S2 P1, max pool 2×2, "
            "average pool 2×2, global average, flatten or linear 10."
        )
    for name, value in given.items():
        low, high = LIMITS[name]
        if not low <= value <= high:
            raise ValueError(f"Layer {place}, “{part}”: its {name} is {value}; give {low} to {high}.")
    if "kernel" in given:
        given = {"stride": _usual_stride(kind, given["kernel"])} | given
    return Word(kind, **given)


def written(words):
    """The Words as one line of text."""
    return "; ".join(map(str, words))


def _usual_stride(kind, kernel):
    """A pool steps by its own size, as in PyTorch; its kernel may be too large for the stride's control."""
    return kernel if kind.endswith("pool") else 1


def trouble(words, shape):
    """Why these layers do not fit one another, in words, or an empty string; shape is that of the input."""
    for place, word in enumerate(words):
        try:
            shape = describe([word.layer()], shape)[0].shape
        except ValueError as error:
            return f"No network. Layer {place + 1}, {word}, cannot follow: {_reason(word, shape, error)}"
    return ""


def _reason(word, shape, error):
    got = sizes(shape)
    if word.kind == "linear":
        return f"it gets maps, {got}, and multiplies only a row of numbers. Put flatten before it."
    if len(shape) == 1:
        return f"it needs maps, and what reaches it is a row of {got} numbers. Put it before flatten."
    side = shape[1] + 2 * word.padding
    if word.kernel > side:
        return (
            f"its window spans {word.kernel} × {word.kernel}, and the map that reaches it, {got}, has "
            f"{side} × {side} with its padding. Take a larger input, a smaller kernel, more padding, or "
            "fewer pools and strides before it."
        )
    if word.kind.endswith("pool") and word.padding > word.kernel // 2:
        return (
            f"padding {word.padding} is more than half its window of {word.kernel}: a window would hold more "
            f"padding than pixels. Give P{word.kernel // 2} at most."
        )
    return str(error)


def in_torch(words, shape):
    """The network as a torch.nn.Sequential; ReLU follows all convolutions and dense layers but the last."""
    calls, weighted = [], [place for place, word in enumerate(words) if "width" in SETTINGS[word.kind]]
    for place, word in enumerate(words):
        calls.append(f"torch.nn.{word.in_torch(shape[0])}")
        if place in weighted[:-1]:
            calls.append("torch.nn.ReLU()")
        shape = describe([word.layer()], shape)[0].shape
    return f"torch.nn.Sequential({', '.join(calls)})"
