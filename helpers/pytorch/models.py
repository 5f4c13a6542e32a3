"""Three networks in PyTorch: LeNet-5 to train, SqueezeNet and EfficientNet-Lite0 trained on ImageNet.

Only this module and the other torch_ ones need PyTorch; chapters 1 to 9 run without it.
"""

from collections import OrderedDict

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    raise ImportError(
        "PyTorch is not installed, and this part of the book needs it: "
        "pip install torch --index-url https://download.pytorch.org/whl/cpu"
    ) from error

from helpers import datasets
from helpers.pretrained import preprocessing
from helpers.pretrained.squeezenet import FIRES


class LeNet5(nn.Sequential):
    """LeNet-5 as it is usually built today: 61,706 parameters on grey pictures of 28 or 32 pixels.

    ``padding`` is 2 for 28 pixels (Fashion-MNIST) and 0 for 32. With ``classic`` it has the tanh and the
    average pooling of 1998 instead of ReLU and max pooling. Three ``in_channels`` make it 62,006 parameters.
    """

    def __init__(self, in_channels=1, num_classes=10, padding=2, classic=False):
        activation, pool = (nn.Tanh, nn.AvgPool2d) if classic else (nn.ReLU, nn.MaxPool2d)
        layers = OrderedDict()
        layers["conv1"] = nn.Conv2d(in_channels, 6, 5, padding=padding)  # -> (N, 6, 28, 28)
        layers["act1"] = activation()
        layers["pool1"] = pool(2)  # -> (N, 6, 14, 14)
        layers["conv2"] = nn.Conv2d(6, 16, 5)  # -> (N, 16, 10, 10)
        layers["act2"] = activation()
        layers["pool2"] = pool(2)  # -> (N, 16, 5, 5)
        layers["flatten"] = nn.Flatten()  # -> (N, 400)
        layers["fc1"] = nn.Linear(400, 120)
        layers["act3"] = activation()
        layers["fc2"] = nn.Linear(120, 84)
        layers["act4"] = activation()
        layers["fc3"] = nn.Linear(84, num_classes)
        super().__init__(layers)

    def upto(self, name):
        """The layers from the first to the named one, with their weights, as one module."""
        names = list(dict(self.named_children()))
        if name not in names:
            raise ValueError(f"name={name!r}: give one of {', '.join(names)}")
        return nn.Sequential(*list(self.children())[: names.index(name) + 1])


class Fire(nn.Module):
    """SqueezeNet's block: squeeze to few channels, then expand by 1x1 and by 3x3 kernels side by side."""

    def __init__(self, channels, squeezed, expanded):
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze1x1(x))
        return torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], dim=1)


class SqueezeNet(nn.Sequential):
    """SqueezeNet 1.1, after Iandola and others (2016), 1,235,496 parameters: (N, 3, H, W) -> (N, 1000).

    Pictures may have any size from 31 pixels up; `prepare` makes its input. Its layers have names, in order:
    ``named_children()`` walks through the depths.
    """

    width = 512  # of `features`

    def __init__(self):
        layers = OrderedDict()
        layers["conv1"] = nn.Conv2d(3, 64, 3, stride=2)
        layers["relu1"] = nn.ReLU()
        layers["pool1"] = nn.MaxPool2d(3, 2)
        for name, sizes in FIRES.items():
            layers[name] = Fire(*sizes, 4 * sizes[1]) if sizes else nn.MaxPool2d(3, 2)
        layers["dropout"] = nn.Dropout(0.5)
        layers["conv10"] = nn.Conv2d(512, 1000, 1)
        layers["relu10"] = nn.ReLU()
        layers["pool10"] = nn.AdaptiveAvgPool2d(1)
        layers["flatten"] = nn.Flatten()
        super().__init__(layers)

    def features(self, x):
        """What fire9 found, averaged over the picture: (N, 3, H, W) -> (N, 512)."""
        for name, layer in self.named_children():
            if name == "dropout":
                return x.mean((2, 3))  # (N, 512, H, W) -> (N, 512)
            x = layer(x)

    @staticmethod
    def prepare(images):
        """A tensor the network understands, from pictures in [0, 1] or 0-255."""
        return torch.from_numpy(preprocessing.squeezenet_input(images))


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow pads "same": ceil(H/S) rows out, an odd row of zeros below."""

    def forward(self, x):
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        rows, columns = x.shape[2:]
        down = max((-(-rows // sh) - 1) * sh + kh - rows, 0)
        across = max((-(-columns // sw) - 1) * sw + kw - columns, 0)
        padded = F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        return F.conv2d(padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class ConvNorm(nn.Module):
    """A convolution without bias and its batch norm, then ReLU6 unless ``active`` is False."""

    def __init__(self, channels, out, kernel_size, stride=1, groups=1, active=True):
        super().__init__()
        self.conv = SameConv2d(channels, out, kernel_size, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3, momentum=0.01)  # TensorFlow's values, not PyTorch's
        self.active = active

    def forward(self, x):
        x = self.norm(self.conv(x))
        return F.relu6(x) if self.active else x


class InvertedBottleneck(nn.Module):
    """Expand the channels, filter each by itself, project back; added to the input where the shapes agree."""

    def __init__(self, channels, out, kernel_size, stride, expansion):
        super().__init__()
        wide = channels * expansion
        self.expand = ConvNorm(channels, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel_size, stride, groups=wide)
        self.project = ConvNorm(wide, out, 1, active=False)
        self.shortcut = stride == 1 and channels == out

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.shortcut else y


class EfficientNetLite0(nn.Module):
    """EfficientNet-Lite0 (Google, 2020), 4,652,008 parameters: (N, 3, H, W) -> (N, 1000).

    ``stem``, sixteen ``blocks``, ``head`` and ``classifier``. `prepare` makes its input.
    """

    STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80))
    STAGES += (
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    )  # repeats, kernel, stride, expansion, out
    width = 1280  # of `features`

    def __init__(self):
        super().__init__()
        self.stem = ConvNorm(3, 32, 3, stride=2)
        channels, blocks = 32, []
        for repeats, kernel_size, stride, expansion, out in self.STAGES:
            for repeat in range(repeats):
                step = stride if repeat == 0 else 1
                blocks.append(InvertedBottleneck(channels, out, kernel_size, step, expansion))
                channels = out
        self.blocks = nn.Sequential(*blocks)
        self.head = ConvNorm(channels, self.width, 1)
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(self.width, 1000)

    def features(self, x):
        """What the network found, averaged over the picture: (N, 3, H, W) -> (N, 1280)."""
        return self.head(self.blocks(self.stem(x))).mean((2, 3))  # (N, 1280, H, W) -> (N, 1280)

    def forward(self, x):
        return self.classifier(self.dropout(self.features(x)))

    @staticmethod
    def prepare(images):
        """A tensor the network understands, from pictures in [0, 1] or 0-255."""
        return torch.from_numpy(preprocessing.efficientnet_lite0_input(images))


def load_squeezenet():
    """SqueezeNet 1.1 with its weights from ImageNet, in evaluation mode.

    The package they come from does not say where they were trained; its thousand classes are ImageNet's.
    """
    return _filled(SqueezeNet(), datasets.squeezenet_weights())


def load_efficientnet_lite0():
    """EfficientNet-Lite0 with its weights from ImageNet, in evaluation mode."""
    return _filled(EfficientNetLite0(), datasets.efficientnet_lite0_weights())


def _filled(network, arrays):
    state = {name: torch.from_numpy(array) for name, array in arrays.items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    # The one thing that PyTorch counts and the files do not hold is how many batches batch norm has seen.
    wrong = [*unexpected, *(name for name in missing if not name.endswith("num_batches_tracked"))]
    if wrong:
        raise ValueError(f"the weights in data/ do not fit {type(network).__name__}: {', '.join(wrong)}")
    # On a processor convolutions run up to twice as fast with a pixel's channels side by side in memory.
    return network.to(memory_format=torch.channels_last).eval()
