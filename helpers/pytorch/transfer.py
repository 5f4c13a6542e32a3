"""Transfer: what a trained network makes of a few pictures, a head on it, and its top trained further."""

from helpers.nn.loop import evaluating
from helpers.ops.shapes import whole
from helpers.pytorch.models import F, nn, torch
from helpers.pytorch.training import device_of


class UnitHead(nn.Module):
    """A linear classifier of features (N, width), each picture's first scaled to length ``scale``.

    A picture's own length is used, never the mean and spread of a handful of pictures.
    """

    def __init__(self, width, classes, scale=10.0):
        super().__init__()
        self.scale = scale
        self.linear = nn.Linear(width, classes)
        nn.init.zeros_(self.linear.weight)  # every class begins alike, so there is no seed to choose
        nn.init.zeros_(self.linear.bias)

    def forward(self, x):
        return self.linear(self.scale * F.normalize(x))


def features(network, images, batch_size=16, prepare=None):
    """The network's features (N, width) of pictures (N, 3, H, W), on the processor, without gradients.

    ``prepare`` makes its input; by default the network's own, which is the right one.
    """
    return activations(network, images, ["features"], batch_size, prepare)["features"]


def activations(network, images, names, batch_size=16, prepare=None, reduce=None):
    """What the named modules make of pictures: a dict of tensors, on the processor, without gradients.

    Names are those of ``named_modules()``, such as "fire4" or "blocks.3"; "features" are the network's own.
    ``reduce`` makes of each batch what is kept: with ``pooled``, one number a map takes the map's place.
    ValueError for an unknown name, one that ``network.features`` never passes, or no pictures.
    """
    modules = dict(network.named_modules())
    if unknown := [name for name in names if name not in modules and name != "features"]:
        raise ValueError(f"names={unknown}: the network has {', '.join(list(modules)[1:9])}, …")
    if len(images) == 0:
        raise ValueError("images: there are none; give at least one picture")
    made, hooks = {name: [] for name in names}, []

    def keep(name):
        return lambda module, given, output: made[name].append((reduce or torch.Tensor.cpu)(output).cpu())

    try:
        hooks += [modules[name].register_forward_hook(keep(name)) for name in names if name != "features"]
        with evaluating(network), torch.no_grad():
            for first in range(0, len(images), batch_size):
                ready = (prepare or network.prepare)(images[first : first + batch_size])
                found = network.features(torch.as_tensor(ready).to(device_of(network)))
                if "features" in made:
                    made["features"].append(found.cpu())
                if passed_by := [name for name, parts in made.items() if not parts]:
                    raise ValueError(
                        f"names={passed_by}: the features are made without; name an earlier layer"
                    )
    finally:
        for hook in hooks:
            hook.remove()
    return {name: torch.cat(parts) for name, parts in made.items()}


def pooled(maps):
    """Each map's mean, (N, C, H, W) -> (N, C): how features are taken at any depth."""
    return maps.mean((2, 3))


def fit_head(x, labels, classes, steps=200, lr=1e-2):
    """A UnitHead trained on features x (N, width) with all examples in every step of Adam."""
    if len(x) != len(labels):
        raise ValueError(f"labels: {len(labels)} of them for {len(x)} rows of features; give one a row")
    head = UnitHead(x.shape[1], classes).to(x)  # its device and dtype
    tune([{"params": head.parameters(), "lr": lr}], lambda: head(x), labels, steps)
    return head


def tune(groups, forward, labels, steps):
    """Take steps of Adam on parameter groups, each with its own rate; returns the losses.

    forward() gives the scores of all examples.
    """
    if whole(steps, "steps") < 1:
        raise ValueError(f"steps={steps}: give a positive int, e.g. 30")
    labels = torch.as_tensor(labels)
    optimiser, losses = torch.optim.Adam(groups), []
    for _ in range(steps):
        optimiser.zero_grad()
        scores = forward()
        loss = F.cross_entropy(scores, labels.to(scores.device))
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
    return torch.stack(losses).tolist()


def fine_tune(top, maps, labels, head, steps=60, top_lr=1e-4, head_lr=1e-3):
    """Train the top of a network and a head together; returns the losses.

    ``maps`` (N, C, H, W) is what the frozen part below makes of the pictures: computed once, used in every
    step. The top stays in evaluation mode, so its batch norm keeps the statistics it was trained with.
    """
    top.eval()
    groups = [{"params": top.parameters(), "lr": top_lr}, {"params": head.parameters(), "lr": head_lr}]
    return tune(groups, lambda: head(pooled(top(maps))), labels, steps)
