"""What a network looked at, and how it is fooled: saliency, Grad-CAM, a step along the gradient's sign.

All three look at the network as it is used: in evaluation mode, with the gradients they need whatever the
caller has switched off, and leave nothing behind in it.
"""

from contextlib import contextmanager

from helpers.nn.loop import evaluating
from helpers.ops.shapes import whole
from helpers.pytorch.models import F, torch
from helpers.pytorch.training import refusal


def saliency(network, ready, place):
    """How strongly each pixel moves one class's score: (N, C, H, W) -> (N, H, W).

    The gradient's largest magnitude among the colours (Simonyan and others, 2013). ``place`` is the class.
    """
    with _looking(network):
        x = _leaf(ready)
        score = _scores(network, x, whole(place, "place"))[:, place].sum()
        return _gradient(score, x, "network").abs().amax(1)  # (N, C, H, W) -> (N, H, W)


def grad_cam(network, ready, layer, place):
    """Where a layer's maps spoke for a class, in the layer's own resolution: (N, h, w), never negative.

    Each map is weighted by the mean gradient of the class's score with respect to it, the maps are added, and
    what speaks against the class is dropped (Selvaraju and others, 2017). Of a layer that the network passes
    several times the last maps count.
    """
    maps = None
    if not isinstance(layer, torch.nn.Module):
        raise TypeError(f"layer={type(layer).__name__}: give a layer of the network, as in network.conv2")

    def keep(module, given, output):
        nonlocal maps
        if not isinstance(output, torch.Tensor) or output.ndim != 4:
            raise ValueError(
                f"layer={type(layer).__name__}: it makes no maps (N, C, h, w) of this network's input"
            )
        maps = _leaf(output)  # the gradient ends here, whatever is frozen below
        with torch.enable_grad():
            return maps.clone()  # what follows may overwrite its input, as ReLU(inplace=True) does

    hook = layer.register_forward_hook(keep)
    try:
        with _looking(network):
            score = _scores(network, _leaf(ready), whole(place, "place"))[:, place].sum()
            if maps is None:
                raise ValueError(
                    f"layer={type(layer).__name__}: the network does not pass it; give one of its own"
                )
            gradient = _gradient(score, maps, "layer")
    finally:
        hook.remove()
    weight = gradient.mean((2, 3), keepdim=True)  # (N, C, h, w) -> (N, C, 1, 1)
    return F.relu((weight * maps.detach()).sum(1))  # (N, C, h, w) -> (N, h, w)


def gradient_sign(network, ready, labels, step):
    """Inputs moved by ``step`` in every number, in the direction that raises the loss.

    As in Goodfellow and others, 2015. ``labels`` (N,) are the right classes. The caller keeps the result
    within what a picture can be.
    """
    if not step >= 0:
        raise ValueError(f"step={step}: it is how far every number moves; give a number from 0 up")
    with _looking(network):
        x = _leaf(ready)
        labels = torch.as_tensor(labels).to(x.device).clone()
        if labels.shape != (len(x),):
            raise ValueError(
                f"labels.shape={tuple(labels.shape)}: give one class number for each of {len(x)} inputs"
            )
        loss = F.cross_entropy(_scores(network, x, labels, "labels"), labels, reduction="sum")
        return x.detach() + step * _gradient(loss, x, "network").sign()


@contextmanager
def _looking(network):
    """The network in evaluation mode, and gradients on, also where the caller has switched them off."""
    with torch.inference_mode(False), torch.enable_grad(), evaluating(network):
        yield


def _leaf(tensor):
    """A copy whose gradient can be asked for."""
    tensor = torch.as_tensor(tensor).detach().clone()
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor  # others the network refuses


def _scores(network, x, places, name="place"):
    """The network's scores (N, classes), refused where one of the places is no class of it."""
    try:
        scores = network(x.clone())  # a first layer may overwrite its input too
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, TypeError) as error:
        raise refusal(network, x, error, "ready") from error
    wrong = [p for p in torch.as_tensor(places).flatten().tolist() if not 0 <= p < scores.shape[-1]]
    if scores.ndim != 2 or wrong:
        raise ValueError(
            f"{name}={wrong[0] if wrong else places}: the network's scores are {tuple(scores.shape)}; give "
            "one of its classes"
        )
    return scores


def _gradient(score, tensor, name):
    """The gradient of a number; ValueError where the number does not follow from the tensor."""
    follows = score.requires_grad and tensor.requires_grad
    found = torch.autograd.grad(score, tensor, allow_unused=True)[0] if follows else None
    if found is None:
        raise ValueError(
            f"{name}: no gradient comes back to it from the scores; look for no_grad() or detach() in the "
            "network's forward"
        )
    return found
