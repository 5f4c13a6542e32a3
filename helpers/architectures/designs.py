"""Famous networks as layer lists, from LeNet-5 to ViT; all but the LeNets take 3×224×224.

Sources: the papers named in landmarks.py; where a paper leaves a choice (biases, paddings, which layer
of a block has the stride) torchvision's models (https://pytorch.org/vision/stable/models.html) or, for
GoogLeNet, Caffe's (https://github.com/BVLC/caffe/tree/master/models/bvlc_googlenet).
"""

from helpers.architectures import (
    GELU,
    AdaptiveAvgPool,
    Attention,
    AvgPool,
    BatchNorm,
    Block,
    Concat,
    Conv,
    Dropout,
    FirstToken,
    Flatten,
    Gate,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    MaxPool,
    ReLU,
    ReLU6,
    Residual,
    Scale,
    Sigmoid,
    SiLU,
    Tanh,
    Tokens,
)


def lenet():
    """The book's LeNet: on 3×32×32, with ReLU and max pooling."""
    return [
        *[Conv(6, 5), ReLU(), MaxPool(2), Conv(16, 5), ReLU(), MaxPool(2), Flatten()],
        *[Linear(120), ReLU(), Linear(84), ReLU(), Linear(10)],
    ]


def lenet5():
    """LeNet-5 as it is usually built today: on 1×32×32, every filter of C3 sees every map."""
    return [
        *[Conv(6, 5), Tanh(), AvgPool(2), Conv(16, 5), Tanh(), AvgPool(2), Flatten()],
        *[Linear(120), Tanh(), Linear(84), Tanh(), Linear(10)],
    ]


def lenet5_1998():
    """LeNet-5 up to its layer F6, as published: sparse C3, trained subsampling, C5 a convolution.

    The ten outputs after F6 measure distances to fixed patterns, which are not trained.
    """
    return [
        *[Conv(6, 5), AvgPool(2), Scale(bias=True), Tanh(), Conv(16, 5, connections=60)],
        *[AvgPool(2), Scale(bias=True), Tanh(), Conv(120, 5), Tanh(), Flatten(), Linear(84), Tanh()],
    ]


def alexnet_2012():
    """The network of 2012: two GPUs, so three of its convolutions have two groups."""
    return [
        *[Conv(96, 11, stride=4, padding=2), ReLU(), LocalResponseNorm(5), MaxPool(3, 2)],
        *[Conv(256, 5, padding=2, groups=2), ReLU(), LocalResponseNorm(5), MaxPool(3, 2)],
        *[Conv(384, 3, padding=1), ReLU(), Conv(384, 3, padding=1, groups=2), ReLU()],
        *[Conv(256, 3, padding=1, groups=2), ReLU(), MaxPool(3, 2), Flatten()],
        *_dense_head(),
    ]


def alexnet():
    """The one-tower version of 2014 (https://arxiv.org/abs/1404.5997), as in torchvision."""
    return [
        *[Conv(64, 11, stride=4, padding=2), ReLU(), MaxPool(3, 2)],
        *[Conv(192, 5, padding=2), ReLU(), MaxPool(3, 2)],
        *[Conv(384, 3, padding=1), ReLU(), Conv(256, 3, padding=1), ReLU()],
        *[Conv(256, 3, padding=1), ReLU(), MaxPool(3, 2), AdaptiveAvgPool(6), Flatten()],
        *_dense_head(),
    ]


def vgg16():
    """Thirteen 3×3 convolutions in five stages, three dense layers (configuration D)."""
    layers = []
    for channels, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [Conv(channels, 3, padding=1), ReLU()] * depth + [MaxPool(2)]
    return [*layers, AdaptiveAvgPool(7), Flatten(), *_dense_head()]


def _dense_head():
    return [Dropout(), Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Linear(1000)]


def googlenet():
    """Nine Inception blocks, without the two auxiliary heads; biases everywhere, no batch norm."""
    layers = [
        *[Conv(64, 7, stride=2, padding=3), ReLU(), MaxPool(3, 2, ceil_mode=True), LocalResponseNorm(5)],
        *[Conv(64, 1), ReLU(), Conv(192, 3, padding=1), ReLU()],
        *[LocalResponseNorm(5), MaxPool(3, 2, ceil_mode=True)],
    ]
    table = {  # 1×1 | 3×3: reduced to, made | 5×5: reduced to, made | 1×1 after pooling
        "3": [(64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)],
        "4": [
            *[(192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64)],
            *[(112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128)],
        ],
        "5": [(256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)],
    }
    for stage, blocks in table.items():
        for letter, widths in zip("abcde", blocks, strict=False):
            layers.append(Block(f"inception_{stage}{letter}", [inception(*widths)]))
        if stage != "5":
            layers.append(MaxPool(3, 2, ceil_mode=True))
    return [*layers, AdaptiveAvgPool(1), Dropout(0.4), Flatten(), Linear(1000)]


def inception(one, reduce3, three, reduce5, five, pooled):
    """The Inception block: four ways through, their channels stacked."""
    return Concat(
        [Conv(one, 1), ReLU()],
        [Conv(reduce3, 1), ReLU(), Conv(three, 3, padding=1), ReLU()],
        [Conv(reduce5, 1), ReLU(), Conv(five, 5, padding=2), ReLU()],
        [MaxPool(3, 1, padding=1), Conv(pooled, 1), ReLU()],
    )


def resnet18():
    """Eight blocks of two 3×3 convolutions."""
    return _resnet((2, 2, 2, 2), expansion=1)


def resnet50():
    """Sixteen bottlenecks; a stage's stride is in a 3×3, as in torchvision (the paper has it in a 1×1)."""
    return _resnet((3, 4, 6, 3), expansion=4)


def _resnet(depths, expansion):
    layers = [*conv_bn(64, 7, 2), ReLU(), MaxPool(3, 2, padding=1)]
    channels = 64
    for stage, depth in enumerate(depths):
        width, blocks = 64 * 2**stage, []
        for index in range(depth):
            stride = 2 if stage and not index else 1
            if expansion == 1:
                body = [*conv_bn(width, 3, stride), ReLU(), *conv_bn(width, 3)]
            else:
                body = [*conv_bn(width, 1), ReLU(), *conv_bn(width, 3, stride), ReLU()]
                body += conv_bn(width * expansion, 1)
            changed = stride != 1 or channels != width * expansion
            channels = width * expansion
            blocks += [Residual(body, conv_bn(channels, 1, stride) if changed else []), ReLU()]
        layers.append(Block(f"stage{stage + 1}", blocks))
    return [*layers, AdaptiveAvgPool(1), Flatten(), Linear(1000)]


def conv_bn(channels, kernel_size, stride=1, groups=1):
    """A convolution that keeps the size at stride 1, and batch norm in place of its bias."""
    padding = kernel_size // 2
    return [Conv(channels, kernel_size, stride, padding, groups=groups, bias=False), BatchNorm()]


def squeezenet():
    """SqueezeNet 1.1, not its paper's 1.0: eight Fire modules, which squeeze the channels and expand them."""
    layers = [Conv(64, 3, stride=2), ReLU(), MaxPool(3, 2, ceil_mode=True)]
    for squeezed, expanded, pool in (
        *[(16, 64, False), (16, 64, True), (32, 128, False), (32, 128, True)],
        *[(48, 192, False), (48, 192, False), (64, 256, False), (64, 256, False)],
    ):
        ways = [Conv(expanded, 1), ReLU()], [Conv(expanded, 3, padding=1), ReLU()]
        layers += [Conv(squeezed, 1), ReLU(), Concat(*ways)]
        layers += [MaxPool(3, 2, ceil_mode=True)] if pool else []
    return [*layers, Dropout(), Conv(1000, 1), ReLU(), AdaptiveAvgPool(1), Flatten()]


def mobilenet_v2():
    """Seventeen inverted bottlenecks: expand by 6, filter each channel alone, project without activation."""
    layers, channels = [*conv_bn(32, 3, 2), ReLU6()], 32
    for expand, width, depth, stride in (
        *[(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)],
        *[(6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)],
    ):
        for index in range(depth):
            block = _inverted(channels, width, expand, 3, 1 if index else stride, ReLU6)
            layers.append(Block(f"block{len(layers) - 2}", block))
            channels = width
    return [*layers, *conv_bn(1280, 1), ReLU6(), AdaptiveAvgPool(1), Flatten(), Dropout(0.2), Linear(1000)]


def efficientnet_b0():
    """Sixteen inverted bottlenecks with squeeze and excitation; widths and kernels found by search."""
    layers, channels = [*conv_bn(32, 3, 2), SiLU()], 32
    for expand, kernel_size, stride, width, depth in (
        *[(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3)],
        *[(6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)],
    ):
        for index in range(depth):
            stride_here, squeezed = 1 if index else stride, channels // 4
            block = _inverted(channels, width, expand, kernel_size, stride_here, SiLU, squeezed)
            layers.append(Block(f"block{len(layers) - 2}", block))
            channels = width
    return [*layers, *conv_bn(1280, 1), SiLU(), AdaptiveAvgPool(1), Flatten(), Dropout(0.2), Linear(1000)]


def _inverted(channels, width, expand, kernel_size, stride, activation, squeezed=None):
    """One inverted bottleneck; residual where the shape stays."""
    wide = channels * expand
    body = [*conv_bn(wide, 1), activation()] if expand > 1 else []
    body += [*conv_bn(wide, kernel_size, stride, groups=wide), activation()]
    if squeezed:
        body.append(Gate([AdaptiveAvgPool(1), Conv(squeezed, 1), SiLU(), Conv(wide, 1), Sigmoid()]))
    body += conv_bn(width, 1)
    return [Residual(body)] if stride == 1 and channels == width else body


def convnext_tiny():
    """Eighteen blocks of a 7×7 depthwise convolution and two 1×1, in stages of 3, 3, 9 and 3."""
    layers = [Conv(96, 4, stride=4), LayerNorm()]
    for stage, depth in enumerate((3, 3, 9, 3)):
        width = 96 * 2**stage
        if stage:
            layers += [LayerNorm(), Conv(width, 2, stride=2)]
        body = [Conv(width, 7, padding=3, groups=width), LayerNorm()]
        body += [Conv(4 * width, 1), GELU(), Conv(width, 1), Scale()]
        layers.append(Block(f"stage{stage + 1}", [Residual(body)] * depth))
    return [*layers, AdaptiveAvgPool(1), LayerNorm(), Flatten(), Linear(1000)]


def vit_b16():
    """A convolution cuts 16×16 patches, twelve transformer blocks do the rest."""
    attend = Residual([LayerNorm(), Attention(12)])
    think = Residual([LayerNorm(), Linear(3072), GELU(), Linear(768)])
    blocks = [Block(f"block{index + 1}", [attend, think]) for index in range(12)]
    return [Conv(768, 16, stride=16), Tokens(), *blocks, LayerNorm(), FirstToken(), Linear(1000)]
