"""Explorers: interactive pictures, each a class made without arguments.

Importing this package imports ipywidgets.
"""

from helpers.explorers.builder.explorer import ArchitectureBuilder
from helpers.explorers.channel_mixer import ChannelMixer
from helpers.explorers.field.explorer import ReceptiveField
from helpers.explorers.journey.explorer import JourneyOfAnImage
from helpers.explorers.layer_cost import LayerCost
from helpers.explorers.move_the_cat import MoveTheCat
from helpers.explorers.network.explorer import InsideTheNetwork
from helpers.explorers.parameter_counter import ParameterCounter
from helpers.explorers.pipeline.explorer import Pipeline
from helpers.explorers.pooling_visualiser import PoolingVisualiser
from helpers.explorers.sliding_kernel import SlidingKernel
from helpers.explorers.stride.explorer import StridePadding
from helpers.explorers.variants.explorer import ConvolutionVariants

__all__ = [
    "ArchitectureBuilder",
    "ChannelMixer",
    "ConvolutionVariants",
    "InsideTheNetwork",
    "JourneyOfAnImage",
    "LayerCost",
    "MoveTheCat",
    "ParameterCounter",
    "Pipeline",
    "PoolingVisualiser",
    "ReceptiveField",
    "SlidingKernel",
    "StridePadding",
]
