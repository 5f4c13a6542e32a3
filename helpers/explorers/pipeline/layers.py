"""The layers of a reader's model, of PyTorch or of the book: which they are, their settings, their numbers.

The book runs without PyTorch, so its classes are known by their names.
"""

import numpy as np

from helpers.nn.loop import evaluating
from helpers.ops.shapes import pair

HOMES = ("torch", "helpers")  # a reader's own class may well be called Conv2d too


def name_of(model):
    """What a model calls itself; a scripted or compiled one goes by what it was made of."""
    model = getattr(model, "_orig_mod", model)
    return getattr(model, "original_name", None) or type(model).__name__


def layers(model):
    """Every layer in the order in which the model lists them, one that stands in two places twice.

    A layer is what has no parts, and any Conv2d: what it holds besides, such as its activation, comes after
    it. How PyTorch makes a weight from others (weight_norm and its like) is a part of its layer.
    """
    if not hasattr(model, "named_modules"):
        return [module for module in model.modules() if is_convolution(module) or not module.children()]
    listed = model.named_modules(remove_duplicate=False)
    modules = [module for name, module in listed if "parametrizations" not in name.split(".")]
    return [module for module in modules if is_convolution(module) or not _parts(module)]


def _parts(module):
    return [name for name, _ in module.named_children() if name != "parametrizations"]


def is_convolution(module):
    """Whether it is a Conv2d, a subclass of it, a quantised one, or one that was scripted or traced."""
    if original := getattr(module, "original_name", ""):
        weight = getattr(module, "weight", None)
        return "Transpose" not in original and getattr(weight, "ndim", 0) == 4
    return is_kind(module, "Conv2d")


def is_kind(module, kind):
    """Whether a class of PyTorch or of the book with this word in its name is among a module's classes."""
    kinds = [parent for parent in type(module).__mro__ if parent.__module__.split(".")[0] in HOMES]
    return any(parent.__name__ == kind for parent in kinds)


def norm_after(modules, place):
    """The name of the normalisation that follows a convolution, or an empty string."""
    after = [m for m in modules[place + 1 :] if not is_kind(m, "Identity") and not is_kind(m, "_DropoutNd")]
    kind = name_of(after[0]) if after else ""
    return "batch norm" if "BatchNorm" in kind else kind if "Norm" in kind else ""


def setting(layer, name):
    """A convolution's stride, dilation or padding, (rows, columns) or a word, or its groups."""
    value = layer.options[name] if hasattr(layer, "options") else getattr(layer, name)
    return (
        value if isinstance(value, str) or name == "groups" else pair(tuple(np.ravel(value).tolist()), name)
    )


def weights(layer):
    """A convolution's weight (out, in, kh, kw) and bias (out,), double, as its next forward pass uses them.

    Where they are not made yet or out of reach it raises whatever PyTorch does.
    """
    with evaluating(layer):  # spectral norm would take a step at each look
        for hook in getattr(layer, "_forward_pre_hooks", {}).values():
            if type(hook).__module__.startswith("torch.nn.utils."):  # weight_norm of old, or pruning
                hook(layer, ())
        weight = _array(layer.weight)
        bias = np.zeros(len(weight)) if _called(layer.bias) is None else _array(layer.bias)
    return weight, bias


def _called(value):
    return value() if callable(value) else value  # a quantised layer's are methods


def _array(value):
    """A parameter of the book or a tensor of any kind as an array: float64, or complex."""
    value = _called(value)
    if not hasattr(value, "detach"):
        return value.data.astype(np.float64)
    value = value.detach().cpu()
    value = value.dequantize() if value.is_quantized else value
    return (value if value.is_complex() else value.double()).numpy()
