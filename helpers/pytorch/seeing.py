"""What a network looked at, and how it is fooled: saliency, Grad-CAM, a step along the gradient's sign."""

from helpers.pytorch.models import F, torch


def saliency(network, ready, place):
    """How strongly each pixel moves one class's score: (N, C, H, W) -> (N, H, W).

    The gradient's largest magnitude among the colours (Simonyan and others, 2013). ``place`` is the class.
    """
    x = ready.detach().clone().requires_grad_()
    score = _scores(network, x, place)[:, place].sum()
    return torch.autograd.grad(score, x)[0].abs().amax(1)  # (N, C, H, W) -> (N, H, W)


def grad_cam(network, ready, layer, place):
    """Where a layer's maps spoke for a class, in the layer's own resolution: (N, h, w), never negative.

    Each map is weighted by the mean gradient of the class's score with respect to it, the maps are added, and
    what speaks against the class is dropped (Selvaraju and others, 2017).
    """
    kept = []
    hook = layer.register_forward_hook(lambda module, given, output: kept.append(output))
    try:
        with torch.enable_grad():  # the maps need a gradient even where the weights are frozen
            score = _scores(network, ready.detach().clone().requires_grad_(), place)[:, place].sum()
    finally:
        hook.remove()
    if not kept or kept[0].ndim != 4:
        raise ValueError(
            f"layer={type(layer).__name__}: it makes no maps (N, C, h, w) of this network's input"
        )
    gradient = torch.autograd.grad(score, kept[0])[0]
    weight = gradient.mean((2, 3), keepdim=True)  # (N, C, h, w) -> (N, C, 1, 1)
    return F.relu((weight * kept[0]).sum(1)).detach()  # (N, C, h, w) -> (N, h, w)


def gradient_sign(network, ready, labels, step):
    """Inputs moved by ``step`` in every number, in the direction that raises the loss.

    As in Goodfellow and others, 2015. ``labels`` (N,) are the right classes. The caller keeps the result
    within what a picture can be.
    """
    if not step >= 0:
        raise ValueError(f"step={step}: it is how far every number moves; give a number from 0 up")
    x, labels = ready.detach().clone().requires_grad_(), torch.as_tensor(labels, device=ready.device)
    if labels.shape != (len(ready),):
        raise ValueError(
            f"labels.shape={tuple(labels.shape)}: give one class number for each of {len(ready)} inputs"
        )
    loss = F.cross_entropy(_scores(network, x, labels, "labels"), labels, reduction="sum")
    return (x + step * torch.autograd.grad(loss, x)[0].sign()).detach()


def _scores(network, x, places, name="place"):
    """The network's scores (N, classes), refused where one of the places is no class of it."""
    with torch.enable_grad():
        scores = network(x)
    wrong = [p for p in torch.as_tensor(places).flatten().tolist() if not 0 <= p < scores.shape[-1]]
    if scores.ndim != 2 or wrong:
        raise ValueError(
            f"{name}={wrong[0] if wrong else places}: the network's scores are {tuple(scores.shape)}; give "
            "one of its classes"
        )
    return scores
