"""Landmark networks: when, what for, how good; their layer lists are in designs.py.

Published counts: torchvision's pages (its "GFLOPS" are billions of MACs), e.g.
https://pytorch.org/vision/stable/models/generated/torchvision.models.resnet50.html; for LeNet-5, the AlexNet
of 2012 and GoogLeNet the sources named beside them. Errors are in per cent, on ImageNet's 1,000 classes.
"""

from typing import NamedTuple

from helpers.architectures import describe, designs


class Landmark(NamedTuple):
    """One design: its layer list's maker, where it was published, and what others count in it."""

    name: str
    year: int
    design: object  # designs.…: call it for the layer list
    idea: str
    paper: str
    parameters: int  # as published, to hold the layer list to
    gigamacs: float | None  # as published, three digits after the point; None where nobody states them
    counted_by: str  # the page that states the counts, or the definition they are counted from
    input_shape: tuple = (3, 224, 224)

    def summary(self):
        """What the layer list says, by helpers.architectures.describe."""
        return describe(self.design(), self.input_shape)


class Result(NamedTuple):
    """An error on ImageNet and what the figure really is; None where the source gives none."""

    network: str
    top1: float | None
    top5: float | None
    networks: int  # how many networks' answers were averaged
    how: str
    split: str  # "validation" or "test"
    source: str


def _vision(name):
    return f"https://pytorch.org/vision/stable/models/generated/torchvision.models.{name}.html"


_CAFFE = "https://github.com/BVLC/caffe/tree/master/models"
_BENCH = "https://github.com/HewlettPackard/dlcookbook-dlbs/blob/master"

LANDMARKS = [
    Landmark("LeNet-5", 1998, designs.lenet5, "convolve, subsample, repeat, then dense layers",
             "http://vision.stanford.edu/cs598_spring07/papers/Lecun98.pdf", 61_706, None,
             "https://d2l.ai/chapter_convolutional-neural-networks/lenet.html", (1, 32, 32)),
    Landmark("AlexNet (2012)", 2012, designs.alexnet_2012, "ReLU, dropout, augmentation, and two GPUs",
             "https://papers.nips.cc/paper/4824", 60_965_224, None, f"{_CAFFE}/bvlc_alexnet"),
    Landmark("AlexNet", 2014, designs.alexnet, "the same in one tower", "https://arxiv.org/abs/1404.5997",
             61_100_840, 0.714, _vision("alexnet")),
    Landmark("VGG-16", 2014, designs.vgg16, "nothing but 3×3 convolutions, and more of them",
             "https://arxiv.org/abs/1409.1556", 138_357_544, 15.470, _vision("vgg16")),
    Landmark("GoogLeNet", 2014, designs.googlenet, "four kernels side by side, 1×1 ones to afford them",
             "https://arxiv.org/abs/1409.4842", 6_998_552, None, f"{_BENCH}/docs/models/models.md"),
    Landmark("ResNet-18", 2015, designs.resnet18, "add the input back, so that depth does no harm",
             "https://arxiv.org/abs/1512.03385", 11_689_512, 1.814, _vision("resnet18")),
    Landmark("ResNet-50", 2015, designs.resnet50, "add the input back, around bottlenecks",
             "https://arxiv.org/abs/1512.03385", 25_557_032, 4.089, _vision("resnet50")),
    Landmark("SqueezeNet 1.1", 2016, designs.squeezenet, "squeeze the channels before every 3×3",
             "https://arxiv.org/abs/1602.07360", 1_235_496, 0.349, _vision("squeezenet1_1")),
    Landmark("MobileNetV2", 2018, designs.mobilenet_v2, "depthwise convolutions between narrow ends",
             "https://arxiv.org/abs/1801.04381", 3_504_872, 0.301, _vision("mobilenet_v2")),
    Landmark("EfficientNet-B0", 2019, designs.efficientnet_b0,
             "MobileNetV2's blocks, gated; sizes found by search",
             "https://arxiv.org/abs/1905.11946", 5_288_548, 0.386, _vision("efficientnet_b0")),
    Landmark("ViT-B/16", 2020, designs.vit_b16, "patches as words: attention in place of convolution",
             "https://arxiv.org/abs/2010.11929", 86_567_656, 17.564, _vision("vit_b_16")),
    Landmark("ConvNeXt-T", 2022, designs.convnext_tiny, "a ConvNet with a transformer's habits",
             "https://arxiv.org/abs/2201.03545", 28_589_128, 4.456, _vision("convnext_tiny")),
]  # fmt: skip

_ALEX, _VGG, _GOOG = "papers.nips.cc/paper/4824, table 2", "arXiv:1409.1556", "arXiv:1409.4842, table 3"
_RES, _EFF = "arXiv:1512.03385", "arXiv:1905.11946v5, table 2"

# What the papers report. "One network" and "the contest's entry" are different things.
PAPER_RESULTS = [
    Result("AlexNet (2012)", 40.7, 18.2, 1, "ten crops", "validation", _ALEX),
    Result("AlexNet (2012)", 38.1, 16.4, 5, "ten crops", "validation", _ALEX),
    Result("AlexNet (2012)", None, 16.4, 5, "ten crops", "test", _ALEX),
    Result("AlexNet (2012)", None, 15.3, 7, "two of them first on extra pictures", "test", _ALEX),
    Result("VGG-16", 24.8, 7.5, 1, "three scales, dense", "validation", f"{_VGG}, table 4"),
    Result("VGG-19", 24.4, 7.1, 1, "three scales, dense and crops", "validation", f"{_VGG}, table 5"),
    Result("VGG-19", None, 7.0, 1, "three scales, dense and crops", "test", f"{_VGG}, table 7"),
    Result("VGG", None, 7.3, 7, "contest entry, VGG-16 and others", "test", f"{_VGG}, table 6"),
    Result("GoogLeNet", None, 10.07, 1, "one crop", "validation", _GOOG),
    Result("GoogLeNet", None, 7.89, 1, "144 crops", "validation", _GOOG),
    Result("GoogLeNet", None, 8.09, 7, "one crop", "validation", _GOOG),
    Result("GoogLeNet", None, 6.67, 7, "144 crops", "test", _GOOG),
    Result("ResNet-50", 22.85, 6.71, 1, "ten crops", "validation", f"{_RES}, table 3"),
    Result("ResNet-50", 20.74, 5.25, 1, "several scales, dense", "validation", f"{_RES}, table 4"),
    Result("ResNet-152", 19.38, 4.49, 1, "several scales, dense", "validation", f"{_RES}, table 4"),
    Result("ResNets", None, 3.57, 6, "contest entry, up to 152 layers", "test", f"{_RES}, table 5"),
    Result("EfficientNet-B0", 22.9, 6.7, 1, "one crop", "validation", _EFF),
]

# One network, one centre crop of 224 pixels, validation: torchvision's own weights, all measured alike.
# Training recipes grew stronger over the years, so a later network's lead is not all its design's.
_ACCURACIES = {
    "AlexNet": ("alexnet", 56.522, 79.066),
    "VGG-16": ("vgg16", 71.592, 90.382),
    "ResNet-18": ("resnet18", 69.758, 89.078),
    "ResNet-50": ("resnet50", 76.130, 92.862),
    "SqueezeNet 1.1": ("squeezenet1_1", 58.178, 80.624),
    "MobileNetV2": ("mobilenet_v2", 71.878, 90.286),
    "EfficientNet-B0": ("efficientnet_b0", 77.692, 93.532),
    "ViT-B/16": ("vit_b_16", 81.072, 95.318),
    "ConvNeXt-T": ("convnext_tiny", 82.520, 96.146),
}
TORCHVISION_RESULTS = [
    Result(name, round(100 - top1, 3), round(100 - top5, 3), 1, "one crop", "validation", _vision(page))
    for name, (page, top1, top5) in _ACCURACIES.items()
]


def landmark(name):
    """The Landmark of that name; ValueError lists the names there are."""
    for entry in LANDMARKS:
        if entry.name == name:
            return entry
    raise ValueError(f"name={name!r}: give one of {', '.join(entry.name for entry in LANDMARKS)}")
