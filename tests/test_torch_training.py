"""Training, transfer and looking inside, in PyTorch: held to plain loops and known answers."""

import copy
import subprocess
import sys

import numpy as np
import pytest

from helpers import datasets
from helpers import nn as layers
from helpers.nn import optim
from helpers.nn.training import train_step

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from helpers.pytorch import models, seeing, training, transfer  # noqa: E402


def dots(count, seed=0):
    """Grey pictures (count, 1, 8, 8), bright on the left (class 0) or on the right (class 1)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    images = rng.normal(0, 0.3, (count, 1, 8, 8)).astype(np.float32)
    images[labels == 0, :, :, :4] += 1
    images[labels == 1, :, :, 4:] += 1
    return images, labels


def small(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(108, 2))


class Tiny(nn.Module):
    """A network with `prepare` and `features`, ending in a mean and a dense layer."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.below = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.above = nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU())
        self.classifier = nn.Linear(6, 2)

    def features(self, x):
        return self.above(self.below(x)).mean((2, 3))

    def forward(self, x):
        return self.classifier(self.features(x))

    @staticmethod
    def prepare(images):
        return torch.from_numpy(images)


# --- training --------------------------------------------------------------------------------------------


def test_fit_takes_the_steps_of_the_numpy_loop():
    images, labels = dots(60)
    model = small()
    ours = layers.Sequential(layers.Conv2d(1, 3, 3), layers.ReLU(), layers.Flatten(), layers.Linear(108, 2))
    ours.load_state_dict(model.state_dict())
    order = torch.Generator().manual_seed(3)
    optimiser = optim.Adam(ours.parameters())
    rates = []
    history = training.fit(model, images, labels, epochs=2, batch_size=20, max_lr=0.01, seed=3)
    # The cycle moves Adam's first beta too: 0.95 at the smallest rate, 0.85 at the largest.
    rate = optim.one_cycle(0.01, 6)
    span = [rate(step) for step in range(6)]
    for _ in range(2):
        for batch in torch.randperm(60, generator=order).split(20):
            optimiser.lr = rate(len(rates))
            rates.append(optimiser.lr)
            beta = torch.optim.lr_scheduler.OneCycleLR(
                torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=1), 0.01, total_steps=6
            )
            for _ in range(len(rates) - 1):
                beta.optimizer.step()
                beta.step()
            optimiser.betas = beta.optimizer.param_groups[0]["betas"]
            train_step(ours, images[batch.numpy()], labels[batch.numpy()], optimiser)
    assert history.rates == pytest.approx(span)
    # Adam's correction for the early steps uses the present beta in both: nearly, not exactly, the same.
    for name, parameter in ours.named_parameters().items():
        np.testing.assert_allclose(parameter.data, model.state_dict()[name].numpy(), atol=2e-3, err_msg=name)


def test_fit_learns_and_remembers():
    images, labels = dots(200)
    unseen = dots(100, seed=1)
    model, events = small(), []
    history = training.fit(
        model, images, labels, epochs=3, batch_size=32, max_lr=0.05, validation=unseen,
        callback=lambda event, history: events.append((event, len(history.losses))),
    )  # fmt: skip
    assert len(history.losses) == len(history.rates) == 3 * 7 and len(history.epochs) == 3
    assert events.count(("epoch", 21)) == 1 and sum(event == "batch" for event, _ in events) == 21
    assert history.epochs[-1]["validation_accuracy"] > 0.95 and history.losses[-1] < history.losses[0] / 2
    assert training.evaluate(model, *unseen).accuracy == history.epochs[-1]["validation_accuracy"]
    assert not model.training


def test_the_seed_decides():
    images, labels = dots(64)
    losses = [training.fit(small(), images, labels, epochs=1, batch_size=8, seed=s).losses for s in (0, 0, 1)]
    assert losses[0] == losses[1] != losses[2]


def test_a_bar_of_any_make_is_moved_and_closed():
    seen = []

    class Bar:
        def __init__(self, total):
            seen.append(total)

        def update(self, count):
            seen.append(count)

        def close(self):
            seen.append("closed")

    training.fit(small(), *dots(20), epochs=1, batch_size=10, progress=Bar)
    assert seen == [2, 1, 1, "closed"]


@pytest.mark.parametrize(
    "images, labels, options, match",
    [
        (np.zeros((0, 1, 8, 8), np.float32), np.zeros(0, int), {}, "images: the set is empty"),
        (dots(4)[0], np.zeros(3, int), {}, r"labels.shape=\(3,\): give one class number"),
        (dots(4)[0], np.zeros((4, 1), int), {}, r"labels.shape=\(4, 1\)"),
        (
            np.full((4, 1, 8, 8), np.nan, np.float32),
            np.zeros(4, int),
            {},
            "the loss is nan in batch 1; try a tenth",
        ),
    ],
)
def test_fit_refuses(images, labels, options, match):
    with pytest.raises(ValueError, match=match):
        training.fit(small(), images, labels, **options)


@pytest.mark.parametrize(
    "labels, error, match",
    [
        (
            np.array([0, 1, 2, 1]),
            ValueError,
            "labels from 0 to 2: the model's scores are for 2 classes, 0 to 1",
        ),
        (np.array([0, 1, -1, 1]), ValueError, "labels from -1 to 1"),
        (np.array([0.0, 1.0, 0.0, 1.0]), TypeError, "labels=torch.float64: labels are class numbers"),
        (np.array([True, False, True, False]), TypeError, "labels=torch.bool"),
    ],
)
def test_labels_that_are_no_classes_are_refused_before_a_weight_moves(labels, error, match):
    model, (images, good) = small(), dots(4)
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(error, match=match):
        training.fit(model, images, labels, epochs=1)
    with pytest.raises(error, match=match):
        training.fit(model, images, good, epochs=1, validation=(images, labels))
    with pytest.raises(error, match=match):
        training.evaluate(model, images, labels)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])


@pytest.mark.parametrize(
    "change, error, match",
    [
        (
            lambda x: np.uint8(255 * x.clip(0, 1)),
            TypeError,
            r"images.dtype=uint8: .*astype\(np.float32\) / 255",
        ),
        (np.float64, TypeError, r"images.dtype=float64: .*float32.*give images.astype\(np.float32\)$"),
        (lambda x: torch.tensor(x).double(), TypeError, r"give images.to\(torch.float32\)$"),
        (lambda x: x.transpose(0, 2, 3, 1), ValueError, r"\(N, 8, 8, 1\).*np.moveaxis\(images, -1, -3\)"),
        (lambda x: torch.tensor(x).permute(0, 2, 3, 1), ValueError, r"torch.movedim\(images, -1, -3\)"),
        (lambda x: x[:, 0], ValueError, r"\(N, 8, 8\).*of grey pictures images\[:, None\]"),
        (lambda x: x[..., :5], ValueError, r"\(N, 1, 8, 5\): the model cannot take them; mat1 and mat2"),
    ],
)
def test_images_that_the_model_cannot_take_are_refused_with_the_remedy(change, error, match):
    images, labels = dots(4)
    for call in (training.fit, training.evaluate):
        with pytest.raises(error, match=match):
            call(small(), change(images), labels)
    if "N, 8, 8)" not in match:
        with pytest.raises(error, match=match):
            training.predict(small(), change(images))


def test_grey_pictures_without_a_channel_are_refused_where_the_network_takes_any_size():
    images, labels = dots(4)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(ValueError, match="of grey pictures images"):
        training.fit(model, images[:, 0], labels)
    with pytest.raises(ValueError, match=r"model: it makes \(1, 3, 6, 6\) of one image; end with Flatten"):
        training.fit(model[:1], images, labels)


def test_double_images_train_a_double_model():
    images, labels = dots(20)
    assert np.isfinite(training.fit(small().double(), np.float64(images), labels, epochs=1).losses).all()


def normed():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 3, 8), nn.Flatten(), nn.Dropout(0.5), nn.BatchNorm1d(3), nn.Linear(3, 2)
    )


@pytest.mark.parametrize(
    "count, batch_size, remedy",
    [(9, 4, "give drop_last=True, or another"), (9, 1, "batch_size from 2 up"), (1, 4, "at least two")],
)
def test_a_lone_last_batch_is_refused_before_training_where_batch_norm_would_stop_it(
    count, batch_size, remedy
):
    model, (images, labels) = normed(), dots(count)
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match=f"batch_size={batch_size}: of {count} examples the last.*{remedy}"):
        training.fit(model, images, labels, batch_size=batch_size)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert model.training


def test_a_lone_last_batch_can_be_dropped_and_is_no_trouble_without_batch_norm():
    images, labels = dots(9)
    history = training.fit(normed(), images, labels, epochs=2, batch_size=4, drop_last=True)
    assert len(history.losses) == 4
    assert history.epochs[0]["loss"] == pytest.approx(np.mean(history.losses[:2]))
    assert (8 * history.epochs[0]["accuracy"]) % 1 == 0
    with pytest.raises(ValueError, match="drop_last=True: 9 examples fill no batch of 10"):
        training.fit(normed(), images, labels, batch_size=10, drop_last=True)
    firsts = []
    for drop_last in (False, True):  # trying one example moves no dice of dropout
        torch.manual_seed(3)
        model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 2))
        firsts.append(training.fit(model, images, labels, epochs=1, batch_size=8, drop_last=drop_last).losses)
    assert len(firsts[0]) == 2 and firsts[0][:1] == firsts[1]


def test_labels_may_be_ints_of_any_width():
    images, labels = dots(20)
    wide, narrow = (training.fit(small(), images, y, epochs=1) for y in (labels, np.uint8(labels)))
    assert wide.losses == narrow.losses


@pytest.mark.parametrize("epochs, error", [(0, ValueError), (-1, ValueError), (1.5, TypeError)])
def test_epochs_are_a_positive_int(epochs, error):
    with pytest.raises(error, match=f"epochs={epochs}"):
        training.fit(small(), *dots(4), epochs=epochs)


def test_ctrl_c_keeps_what_was_learnt(capsys):
    def interrupt(event, history):
        if len(history.losses) == 3:
            raise KeyboardInterrupt

    model, start = small(), small()
    history = training.fit(model, *dots(40), epochs=5, batch_size=10, callback=interrupt)
    assert history.stopped == "interrupted after 3 batches; what was learnt is kept"
    assert history.stopped in capsys.readouterr().out
    assert len(history.losses) == 3 and history.epochs == [] and not model.training
    assert not torch.equal(model[0].weight, start[0].weight)


@pytest.mark.parametrize("event, epochs", [("batch", 0), ("epoch", 1)])
def test_a_callback_ends_training(event, epochs):
    history = training.fit(
        small(), *dots(40), epochs=5, batch_size=10, callback=lambda what, history: what == event
    )
    assert history.stopped == "the callback asked for it" and len(history.epochs) == epochs
    assert training.fit(small(), *dots(40), epochs=1, callback=lambda *_: None).stopped is None


def test_predict_leaves_the_mode_and_uses_evaluation():
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 2))
    images, _ = dots(7)
    assert model.training
    once = training.predict(model, images, batch_size=3)
    assert model.training and once.shape == (7, 2)
    np.testing.assert_allclose(once, training.predict(model, images), atol=1e-6)
    model[1].eval()  # one layer frozen by hand stays frozen
    training.predict(model, images)
    assert model.training and not model[1].training
    with pytest.raises(ValueError, match="there are none"):
        training.predict(model, images[:0])


def test_confusion_and_balance():
    truth, said = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 0])
    assert training.confusion(truth, said, 2).tolist() == [[3, 1], [1, 1]]
    assert training.balanced_accuracy(truth, said, 2) == pytest.approx((0.75 + 0.5) / 2)
    assert training.balanced_accuracy(truth, said, 3) == pytest.approx((0.75 + 0.5) / 2), "an absent class"
    with pytest.raises(ValueError, match="classes=1: there are labels outside"):
        training.confusion(truth, said, 1)
    with pytest.raises(ValueError, match=r"predicted.shape=\(5,\)"):
        training.confusion(truth, said[:5], 2)


def test_the_device_is_one_that_works():
    where = training.best_device()
    assert float(torch.ones(2, device=where).sum()) == 2
    assert training.device_of(small()).type == "cpu" == training.device_of(nn.ReLU()).type


# --- transfer --------------------------------------------------------------------------------------------


def test_features_are_the_networks_own_whatever_the_batch():
    network, (images, _) = Tiny().eval(), dots(9)
    with torch.no_grad():
        expected = network.features(torch.from_numpy(images))
    torch.testing.assert_close(transfer.features(network.train(), images, batch_size=4), expected)
    assert network.training, "the mode is put back"
    double = transfer.features(network, images, prepare=lambda x: torch.from_numpy(2 * x))
    assert not torch.allclose(double, expected)


def test_activations_by_name_and_their_hooks_removed():
    network, (images, _) = Tiny().eval(), dots(5)
    made = transfer.activations(network, images, ["below", "above.0", "features"], batch_size=2)
    assert made["below"].shape == (5, 4, 8, 8) and made["above.0"].shape == (5, 6, 8, 8)
    with torch.no_grad():
        top = network.above(made["below"])
    torch.testing.assert_close(transfer.pooled(top), made["features"])
    assert not network.below._forward_hooks
    with pytest.raises(ValueError, match="names=.'beneath'.: the network has below"):
        transfer.activations(network, images, ["beneath"])
    with pytest.raises(ValueError, match="names=.'classifier'.: the features are made without"):
        transfer.activations(network, images, ["below", "classifier"])
    assert not network.classifier._forward_hooks
    with pytest.raises(ValueError, match="images: there are none"):
        transfer.features(network, images[:0])


def test_activations_can_be_pooled_before_they_are_kept():
    images, _ = dots(40)
    maps = transfer.activations(Tiny(), images, ["below"], batch_size=7)["below"]
    means = transfer.activations(Tiny(), images, ["below"], batch_size=7, reduce=transfer.pooled)["below"]
    assert means.shape == (40, 4) and torch.equal(means, transfer.pooled(maps))


def test_a_head_does_not_see_brightness():
    torch.manual_seed(0)
    head = transfer.UnitHead(3, 2)
    nn.init.normal_(head.linear.weight)
    x = torch.randn(4, 3)
    torch.testing.assert_close(head(x), head(100 * x))
    torch.testing.assert_close(head(x), head.linear(10 * x / x.norm(dim=1, keepdim=True)))


def test_fit_head_separates_and_is_the_same_twice():
    torch.manual_seed(0)
    labels = np.arange(40) % 4
    x = torch.eye(6)[labels] + 0.1 * torch.randn(40, 6)
    one, two = (transfer.fit_head(x, labels, 4) for _ in range(2))
    assert (one(x).argmax(1).numpy() == labels).all()
    assert torch.equal(one.linear.weight, two.linear.weight)
    assert transfer.fit_head(x.double(), labels, 4).linear.weight.dtype == torch.float64
    with pytest.raises(ValueError, match="labels: 39 of them for 40 rows"):
        transfer.fit_head(x, labels[:39], 4)
    with pytest.raises(ValueError, match="steps=0: give a positive int"):
        transfer.fit_head(x, labels, 4, steps=0)


def test_tune_is_adam_on_everything():
    labels, x = np.array([0, 1]), torch.eye(2)
    model, plain = nn.Linear(2, 2), None
    plain = copy.deepcopy(model)
    losses = transfer.tune([{"params": model.parameters(), "lr": 0.1}], lambda: model(x), labels, steps=3)
    optimiser = torch.optim.Adam(plain.parameters(), lr=0.1)
    for expected in losses:
        optimiser.zero_grad()
        loss = F.cross_entropy(plain(x), torch.from_numpy(labels))
        assert float(loss.detach()) == pytest.approx(expected)
        loss.backward()
        optimiser.step()
    torch.testing.assert_close(model.weight, plain.weight)


def test_fine_tuning_moves_the_top_but_not_its_statistics():
    network, (images, labels) = Tiny().eval(), dots(30)
    maps = transfer.activations(network, images, ["below"])["below"]
    top = copy.deepcopy(network.above).train()
    head = transfer.fit_head(transfer.pooled(maps) @ torch.zeros(4, 6), labels, 2)
    losses = transfer.fine_tune(top, maps, labels, head, steps=40, top_lr=1e-2, head_lr=1e-2)
    assert losses[-1] < 0.9 * losses[0]
    assert not torch.equal(top[0].weight, network.above[0].weight)
    assert torch.equal(top[1].running_mean, network.above[1].running_mean)
    still = copy.deepcopy(network.above)
    transfer.fine_tune(still, maps, labels, head, steps=3, top_lr=0)
    assert torch.equal(still[0].weight, network.above[0].weight)


# --- looking inside --------------------------------------------------------------------------------------


def test_saliency_of_a_linear_network_is_its_weights():
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4, 2))
    x = torch.randn(2, 3, 2, 2)
    found = seeing.saliency(network, x, 1)
    expected = network[1].weight[1].reshape(3, 2, 2).abs().amax(0)
    torch.testing.assert_close(found, expected.detach().expand(2, 2, 2))
    assert network[1].weight.grad is None, "no gradient is left behind"


def test_grad_cam_of_mean_and_dense_layer_is_the_class_activation_map():
    network, (images, _) = Tiny().eval(), dots(3)
    x = torch.from_numpy(images)
    found = seeing.grad_cam(network, x, network.above, 1)
    with torch.no_grad():
        maps = network.above(network.below(x))
        expected = F.relu((network.classifier.weight[1][:, None, None] * maps).sum(1)) / 64
    torch.testing.assert_close(found, expected)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    torch.testing.assert_close(seeing.grad_cam(network, x, network.above, 1), expected)
    assert not network.above._forward_hooks
    with pytest.raises(ValueError, match="layer=Linear: it makes no maps"):
        seeing.grad_cam(network, x, network.classifier, 1)
    with pytest.raises(ValueError, match="place=2: the network's scores are"):
        seeing.grad_cam(network, x, network.above, 2)
    with pytest.raises(TypeError, match="layer=Tensor: give a layer of the network"):
        seeing.grad_cam(network, network.above, x, 1)


def test_the_gradients_sign_raises_the_loss_and_moves_all_alike():
    model = small()
    images, labels = dots(12)
    training.fit(model, *dots(200), epochs=2, batch_size=32)
    x, y = torch.from_numpy(images), torch.from_numpy(labels)
    moved = seeing.gradient_sign(model, x, labels, 0.1)
    changed = (moved - x).abs()
    assert ((changed < 1e-6) | ((changed - 0.1).abs() < 1e-5)).all() and changed.max() > 0.09
    assert F.cross_entropy(model(moved), y) > F.cross_entropy(model(x), y)
    assert torch.equal(seeing.gradient_sign(model, x, labels, 0), x)
    with pytest.raises(ValueError, match="step=-1"):
        seeing.gradient_sign(model, x, labels, -1)
    with pytest.raises(ValueError, match=r"labels.shape=\(2,\)"):
        seeing.gradient_sign(model, x, labels[:2], 0.1)
    for wrong in (-1, 2):  # among right ones
        with pytest.raises(ValueError, match=f"labels={wrong}: the network's scores are"):
            seeing.gradient_sign(model, x, [*labels[:-1], wrong], 0.1)


class Overwriting(nn.Module):
    """Two convolutions, each before an activation that overwrites its input, as in torchvision's networks."""

    def __init__(self, inplace):
        super().__init__()
        torch.manual_seed(2)
        self.first = nn.ReLU(inplace=inplace)  # of the picture itself
        self.one, self.norm = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)
        self.relu, self.dropout = nn.ReLU(inplace=inplace), nn.Dropout(0.5)
        self.two = nn.Conv2d(4, 5, 3)
        self.end = nn.Linear(5, 3)
        nn.init.uniform_(self.norm.running_mean, -0.1, 0.1)

    def forward(self, x):
        x = self.relu(self.norm(self.one(self.first(x))))
        return self.end(self.relu(self.two(self.dropout(x))).mean((2, 3)))


LOOKS = {
    "saliency": lambda network, x: seeing.saliency(network, x, 1),
    "grad_cam of one": lambda network, x: seeing.grad_cam(network, x, network.one, 1),
    "grad_cam of norm": lambda network, x: seeing.grad_cam(network, x, network.norm, 1),
    "grad_cam of two": lambda network, x: seeing.grad_cam(network, x, network.two, 1),
    "gradient_sign": lambda network, x: seeing.gradient_sign(network, x, [1] * len(x), 0.1),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("inplace", [False, True])
def test_looking_finds_the_same_whatever_the_caller_has_switched(look, inplace):
    look = LOOKS[look]
    x = torch.from_numpy(dots(3)[0])
    expected = look(Overwriting(False).eval(), x.clone())
    assert expected.abs().max() > 0 and not expected.requires_grad
    network = Overwriting(inplace).eval()

    def assert_found():
        before = copy.deepcopy(network.state_dict())
        modes = [module.training for module in network.modules()]
        torch.testing.assert_close(look(network, x), expected)
        assert torch.equal(x, torch.from_numpy(dots(3)[0])), "the pictures are left as they are"
        assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
        assert [module.training for module in network.modules()] == modes
        assert all(parameter.grad is None for parameter in network.parameters())
        assert not any(module._forward_hooks for module in network.modules())

    assert_found()
    for off in (torch.no_grad, torch.inference_mode):
        with off():
            assert_found()
    network.train()  # dropout and batch statistics would look at another network at each call
    network.norm.eval()
    assert_found()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    assert_found()
    with torch.inference_mode():
        inside = x.clone()
    torch.testing.assert_close(look(network, inside), expected)


def test_grad_cam_is_the_formula_with_the_maps_before_they_are_overwritten():
    network, x = Overwriting(True).eval(), torch.from_numpy(dots(2)[0])
    found = seeing.grad_cam(network, x, network.two, 2)
    with torch.no_grad():
        maps = network.two(network.relu(network.norm(network.one(network.first(x.clone())))))
    maps.requires_grad_()
    (gradient,) = torch.autograd.grad(network.end(maps.relu().mean((2, 3)))[:, 2].sum(), maps)
    torch.testing.assert_close(found, F.relu((gradient.mean((2, 3), keepdim=True) * maps).sum(1)).detach())


def test_grad_cam_where_the_lower_part_is_frozen_by_no_grad_and_where_a_layer_comes_twice():
    class Frozen(Tiny):
        def features(self, x):
            with torch.no_grad():
                x = self.below(x)
            return self.above(x).mean((2, 3))

    network, plain, x = Frozen().eval(), Tiny().eval(), torch.from_numpy(dots(2)[0])
    torch.testing.assert_close(
        seeing.grad_cam(network, x, network.below, 1), seeing.grad_cam(plain, x, plain.below, 1)
    )
    with pytest.raises(ValueError, match="network: no gradient comes back to it.*no_grad"):
        seeing.saliency(network, x, 1)
    with pytest.raises(ValueError, match="layer: no gradient comes back to it"):
        seeing.grad_cam(network, x, network.below[0], 1)
    twice = Overwriting(True).eval()
    last = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())  # the relu of `two` comes after that of `one`
    assert seeing.grad_cam(twice, x, twice.relu, 1).shape == (2, 4, 4)
    with pytest.raises(ValueError, match="layer=Sequential: the network does not pass it"):
        seeing.grad_cam(twice, x, last, 1)


@pytest.mark.parametrize("place", [True, 1.0, [0, 1], torch.tensor([0, 1]), "1"])
def test_a_class_is_one_whole_number(place):
    network, x = small(), torch.from_numpy(dots(2)[0])
    for look in (
        lambda: seeing.saliency(network, x, place),
        lambda: seeing.grad_cam(network, x, network[0], place),
    ):
        with pytest.raises(TypeError, match="place="):
            look()
    torch.testing.assert_close(
        seeing.saliency(network, x, torch.tensor(1)), seeing.saliency(network, x, np.int64(1))
    )


def test_inputs_that_the_network_cannot_take_are_refused_with_the_remedy():
    network, x = small(), torch.from_numpy(dots(2)[0])
    with pytest.raises(TypeError, match=r"ready.dtype=float64: .*give ready.to\(torch.float32\)"):
        seeing.saliency(network, x.double(), 1)
    with pytest.raises(TypeError, match=r"ready.dtype=uint8"):
        seeing.grad_cam(network, (x * 255).byte(), network[0], 1)
    with pytest.raises(ValueError, match=r"torch.movedim\(ready, -1, -3\)"):
        seeing.gradient_sign(network, x.permute(0, 2, 3, 1), [0, 1], 0.1)


# --- together --------------------------------------------------------------------------------------------


def test_borrowed_features_beat_chance_with_one_label():
    images, labels, _ = datasets.photos5()
    known, unknown = datasets.photos5_split(1, seed=0)
    unknown = unknown[::4]
    network = models.load_squeezenet()
    x = transfer.features(network, images[np.concatenate([known, unknown])])
    head = transfer.fit_head(x[:5], labels[known], 5)
    said = training.predict(head, x[5:]).argmax(1)
    assert training.balanced_accuracy(labels[unknown], said, 5) > 0.35


@pytest.mark.parametrize("module", ["training", "transfer", "seeing"])
def test_without_torch_it_says_how_to_get_it(module):
    script = f"import sys; sys.modules['torch'] = None; import helpers.pytorch.{module}"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 1
    assert "ImportError: PyTorch is not installed" in run.stderr and "pip install torch" in run.stderr
