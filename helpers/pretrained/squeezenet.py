"""SqueezeNet 1.1 in the book's own layers: all its feature maps on the way up, and a unit's way back down.

The network in Iandola and others (2016) is version 1.0 and begins with 96 filters of 7x7; their later 1.1
begins with 64 of 3x3. Its weights are those of `datasets.squeezenet_weights`.
`helpers.pytorch.models.SqueezeNet` is the same network in PyTorch; its layers have the same names.
"""

import numpy as np

from helpers import datasets
from helpers.nn import AdaptiveAvgPool2d, Conv2d, Flatten, MaxPool2d, Module, ReLU, Sequential
from helpers.ops.conv import spread
from helpers.ops.windows import conv_window

# Name -> (channels in, channels squeezed to), None for a pooling; both expansions make 4 times the squeezed.
FIRES = {"fire2": (64, 16), "fire3": (128, 16), "pool3": None, "fire4": (128, 32), "fire5": (256, 32)}
FIRES |= {"pool5": None, "fire6": (256, 48), "fire7": (384, 48), "fire8": (384, 64), "fire9": (512, 64)}


class FrozenConv2d(Conv2d):
    """A convolution that has finished learning: its backward pass only finds the input's gradient."""

    def backward(self, grad_output):
        weight, options = self.weight.data, self.options
        sizes = (self.remembered().shape[2:], weight.shape[2:])
        window = conv_window(*sizes, options["stride"], options["padding"], options["dilation"])
        return spread(np.ascontiguousarray(grad_output), weight, window, options["groups"])


class Fire(Module):
    """Squeeze the channels by 1x1 kernels, then expand them by 1x1 and by 3x3 kernels side by side."""

    def __init__(self, channels, squeezed):
        self.squeeze1x1 = FrozenConv2d(channels, squeezed, 1)
        self.expand1x1 = FrozenConv2d(squeezed, 4 * squeezed, 1)
        self.expand3x3 = FrozenConv2d(squeezed, 4 * squeezed, 3, padding=1)

    def forward(self, input):
        self.input = input
        self.squeezed = np.maximum(self.squeeze1x1(input), 0)
        ways = [self.expand1x1(self.squeezed), self.expand3x3(self.squeezed)]
        self.before = np.concatenate(ways, axis=1)  # 2 x (N, C, H, W) -> (N, 2C, H, W)
        return np.maximum(self.before, 0)

    def backward(self, grad_output, before=False):
        """From its output's gradient, or from that of the numbers before its last ReLU."""
        self.remembered()
        grad = grad_output if before else grad_output * (self.before > 0)
        one, three = np.split(grad, 2, axis=1)  # (N, 2C, H, W) -> 2 x (N, C, H, W)
        grad = self.expand1x1.backward(one) + self.expand3x3.backward(three)
        return self.squeeze1x1.backward(grad * (self.squeezed > 0))


class SqueezeNet(Sequential):
    """SqueezeNet 1.1 with its weights from ImageNet: float32 (N, 3, H, W) -> (N, 1000) scores.

    `preprocessing.squeezenet_input` makes its input; pictures have any size from 31 pixels up. Its weights
    stay as they are.
    """

    def __init__(self):
        layers = {"conv1": FrozenConv2d(3, 64, 3, stride=2), "relu1": ReLU(), "pool1": MaxPool2d(3, 2)}
        layers |= {name: Fire(*sizes) if sizes else MaxPool2d(3, 2) for name, sizes in FIRES.items()}
        layers |= {"conv10": FrozenConv2d(512, 1000, 1), "relu10": ReLU(), "pool10": AdaptiveAvgPool2d(1)}
        super().__init__(layers | {"flatten": Flatten()})
        self.load_state_dict(datasets.squeezenet_weights())
        self.eval()

    def maps(self, input, upto="flatten"):
        """Every layer's output in order, by its name, up to and with the layer ``upto``."""
        self._place(upto)
        found = {}
        for name, layer in self.layers.items():
            input = found[name] = layer(input)
            if name == upto:
                return found

    def back(self, name, grad_output, before=False):
        """From a gradient with respect to that layer's output, the one with respect to the picture.

        It belongs to the pictures that went forward last, in `maps` or a call. With ``before`` the gradient
        is one of a Fire module's `before`, the numbers that its last ReLU is given: a unit that is off has a
        gradient there too.
        """
        place = self._place(name)
        if before and not isinstance(self[place], Fire):
            raise ValueError(
                f"before={before!r}: layer {name!r} does not end in a ReLU of its own; leave it out"
            )
        grad = self[place].backward(grad_output, True) if before else self[place].backward(grad_output)
        return self[:place].backward(grad)

    def _place(self, name):
        if name not in self.layers:
            raise ValueError(f"layer {name!r}: there is none; choose one of {', '.join(self.layers)}")
        return list(self.layers).index(name)
