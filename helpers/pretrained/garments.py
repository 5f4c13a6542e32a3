"""The LeNet that the book trained on Fashion-MNIST: its layers, its weights, and an image's way through it.

The weights were made by data/build/lenet.py with helpers.nn.training, in NumPy alone.
"""

from functools import lru_cache

import numpy as np

from helpers import nn
from helpers.datasets import lenet_weights
from helpers.ops.losses import softmax


def untrained(rng=None):
    """LeNet for 1×28×28 and ten classes, weights drawn by He's scheme; padding 2 keeps the maps at 28."""
    he = {"init": "he", "rng": rng}
    return nn.Sequential(
        {
            "conv1": nn.Conv2d(1, 6, 5, padding=2, **he),
            "relu1": nn.ReLU(),
            "pool1": nn.MaxPool2d(2),
            "conv2": nn.Conv2d(6, 16, 5, **he),
            "relu2": nn.ReLU(),
            "pool2": nn.MaxPool2d(2),
            "flatten": nn.Flatten(),
            "dense1": nn.Linear(400, 120, **he),
            "relu3": nn.ReLU(),
            "dense2": nn.Linear(120, 84, **he),
            "relu4": nn.ReLU(),
            "dense3": nn.Linear(84, 10, **he),
        }
    )


@lru_cache(maxsize=1)
def trained():
    """The trained network, in eval mode; the same object every time, so do not train it further."""
    model = untrained(np.random.default_rng(0))
    model.load_state_dict(lenet_weights())
    return model.eval()


def stages(image):
    """What every layer makes of one image (1, 28, 28), by name: "input", "conv1" … "dense3", "softmax".

    No batch axis: maps are (C, H, W), vectors (features,). ValueError for another shape.
    """
    image = np.asarray(image, dtype=np.float32)
    if image.shape != (1, 28, 28):
        raise ValueError(f"image.shape={image.shape}: give one grey image (1, 28, 28), values in [0, 1]")
    found, flow = {"input": image}, image[None]
    for name, layer in trained().layers.items():
        flow = layer(flow)
        found[name] = flow[0]
    return found | {"softmax": softmax(flow.astype(np.float64), dim=1)[0]}
