"""What the two networks trained on ImageNet are fed: pictures scaled as those they learned from."""

import numpy as np

from helpers.ops.arrays import channels_first

IMAGENET_MEAN = np.array([123.68, 116.779, 103.939], dtype=np.float32)  # of red, green and blue, 0-255


def squeezenet_input(images):
    """Pictures for SqueezeNet 1.1: 0-255 minus ImageNet's mean colour, blue first; float32 (N, 3, H, W).

    ``images`` are red first, (N, 3, H, W) or (3, H, W), uint8 in 0-255 or fractions in [0, 1]; ValueError for
    anything else. As in the Caffe framework, with which the network was trained.
    """
    return np.ascontiguousarray((_pixels(images) - IMAGENET_MEAN.reshape(3, 1, 1))[:, ::-1])


def efficientnet_lite0_input(images):
    """Pictures for EfficientNet-Lite0: (0-255 minus 127) / 128, red first; float32 (N, 3, H, W).

    ``images`` as for `squeezenet_input`.
    """
    return (_pixels(images) - 127) / 128


def _pixels(images):
    """Pictures as float32 from 0 to 255, (N, 3, H, W), whichever of the two usual scales they come in."""
    images = np.asarray(images)
    if images.ndim not in (3, 4) or images.shape[-3] != 3 or images.size == 0:
        remedy = channels_first(images, 3, "images") or "give colour pictures, (N, 3, H, W) or (3, H, W)"
        raise ValueError(f"images.shape={images.shape}: {remedy}")
    images = images.reshape(-1, *images.shape[-3:])  # (3, H, W) -> (1, 3, H, W)
    if images.dtype == np.uint8:
        return images.astype(np.float32)
    if images.dtype.kind == "f" and 0 <= images.min() and images.max() <= 1:
        return images.astype(np.float32) * 255
    raise ValueError(
        f"images: {images.dtype} from {images.min():g} to {images.max():g}; give uint8 from 0 to 255 or "
        "fractions from 0 to 1, not yet normalised"
    )
