"""Tours, the settings that a page without a kernel offers: what the chapters' questions name is there."""

import pytest

from helpers import explorers
from helpers.explorers.parts import tour

# In the order of the questions. Not there, and the page says that the notebook has them: chapter 3's columns
# unlike rows, chapter 6's dense layer before flatten, chapter 9's other learned filters and its drawing.
NAMED = {
    "ParameterCounter": [
        {"units": 1, "side": 64},
        {"side": 11, "kernel": 11},
        {"side": 224, "units": 1000, "bias": False},
        *({"units": 64, "kernel": 3, "bias": bias} for bias in (True, False)),
    ],
    "MoveTheCat": [
        *({"dx": dx, "dy": -2} for dx in range(3, 9)),
        {"dx": -16, "dy": -16},
        *({"dx": 0, "dy": 0, "ground": ground} for ground in ("brick", "grass", "gravel")),
    ],
    "SlidingKernel": [
        {"kernel": "sobel x", "image": "bright bar", "predict": True},
        *({"kernel": kernel, "image": "checkerboard"} for kernel in ("gaussian", "laplacian")),
        *({"kernel": "corner", "image": image} for image in ("vertical edge", "corner")),
    ],
    "StridePadding": [
        *({"size": 8, "kernel": 3, "padding": 0, "stride": stride} for stride in range(1, 6)),
        {"size": 8, "kernel": 3, "padding": 0, "stride": 5, "predict": True, "guess": 2},
        *({"size": 14, "kernel": 7, "dilation": 3, "padding": padding} for padding in range(5)),
        *({"numbers": True, "mode": mode} for mode in ("zeros", "reflect", "replicate", "circular")),
        *({"transposed": True, "stride": stride} for stride in (1, 2, 3)),
    ],
    "ChannelMixer": [
        {"red_weight": 0.0, "green_weight": 0.0, "blue_weight": 0.0, "bias": 0.5},
    ],
    "LayerCost": [
        {"height": 64, "width": 64},
        {"filters": 20},
        {"channels": 6},
        {"stride": 2},
        {"kernel": 11, "padding": 5},
        *({"channels": 64, "filters": 64, "groups": groups} for groups in (4, 3)),
        {"kernel": 1},
    ],
    "PoolingVisualiser": [
        *({"data": 0, "window": 2, "stride": 2, "shift": shift} for shift in (1, 2, 3)),
        {"data": 0, "window": 1, "stride": 2},
        {"data": 5, "window": 3, "stride": 2, "padding": 1},
        {"window": 2, "stride": 3},
        *({"data": 3, "stride": 2, "shift": 1, "kind": kind} for kind in ("max", "blurred max")),
    ],
    "ArchitectureBuilder": [
        {"preset": preset}
        for preset in ("LeNet, its first kernel 3×3", "LeNet without its second pool", "The funnel")
    ],
    "JourneyOfAnImage": [{"garment": "Shirt", "step": step} for step in range(1, 9)],
    "ConvolutionVariants": [
        {"variant": "one convolution", "channels": 64, "filters": 64, "kernel": 3, "groups": 64},
        *({"variant": "depthwise separable", "channels": 64, "filters": 64, "kernel": k} for k in (3, 7)),
        *(
            {"variant": "bottleneck", "channels": 256, "filters": 256, "groups": g, "bias": True}
            for g in (1, 4)
        ),
        *({"variant": "one convolution", "channels": 64, "filters": 48, "groups": g} for g in (1, 2, 3, 16)),
        {"variant": "depthwise separable", "channels": 64, "filters": 64, "dilation": 4},
    ],
    "Pipeline": [
        *({"image": image} for image in ("corner", "vertical edge", "horizontal edge", "centre blob")),
        *({"image": image, "bias2": 0.0, "weight_b": -1.0} for image in ("vertical edge", "corner")),
        *(
            {"image": "checkerboard", "filter": kernel, "second": "none", "beside": "none"}
            for kernel in ("sobel x", "laplacian")
        ),
        *({"image": "checkerboard", "filter": "laplacian", "pool": pool} for pool in ("max", "average")),
        {"image": "cat", "filter": "learned"},
        {"follow": "convolution", "row": 3, "column": 2},
    ],
    "InsideTheNetwork": [{"layer": "conv2", "map": 3, "row": 4, "column": 5}, {"layer": "relu2"}],
}


def offered(explorer, settings, state):
    """Whether a state is among the settings of the explorer's tour."""
    fixed = [name for name in state if name not in tour.values(explorer)]
    return any(
        setting.chosen.items() <= state.items()
        and all(state[name] in values for name, values in setting.offered.items())
        and all(state[name] == setting.state[name] for name in fixed)
        for setting in settings
    )


@pytest.mark.parametrize("name", NAMED)
def test_what_a_chapter_names_is_on_the_tour(name):
    explorer = getattr(explorers, name)()
    settings = list(tour.settings(explorer))
    missing = [given for given in NAMED[name] if not offered(explorer, settings, explorer.at(**given))]
    assert not missing


def test_what_limits_another_range_is_gone_through():
    explorer = explorers.StridePadding()
    assert tour.limits(explorer) == {"window"}, "the padding, which a mode limits, limits the windows"
    fixed = {"size": 5, "kernel": 3, "stride": 1, "dilation": 1, "mode": "zeros"}
    fixed |= {"predict": False, "transposed": False, "numbers": False}
    found = [setting for setting in tour.settings(explorer) if fixed.items() <= setting.chosen.items()]
    assert [len(setting.offered["window"]) for setting in found] == [
        (3 + 2 * padding) ** 2 for padding in range(5)
    ]
