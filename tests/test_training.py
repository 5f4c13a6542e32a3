"""Training: optimisers, schedules and a whole LeNet step by step as PyTorch; and when it goes wrong."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from helpers import nn as layers
from helpers.nn import optim, training
from helpers.ops.conv_fast import batch_last


def some(shape, dtype=np.float32, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def digits(count, classes=10, side=28, seed=0):
    """Pictures that can be learnt: each class is a fixed pattern under noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    patterns = np.random.default_rng(99).standard_normal((classes, 1, side, side))
    images = patterns[labels] + 0.5 * rng.standard_normal((count, 1, side, side))
    return images.astype(np.float32), labels


def lenet(m=layers):
    return m.Sequential(
        *[
            m.Conv2d(1, 6, 5, padding=2),
            m.ReLU(),
            m.MaxPool2d(2),
            m.Conv2d(6, 16, 5),
            m.ReLU(),
            m.MaxPool2d(2),
        ],
        *[m.Flatten(), m.Linear(400, 120), m.ReLU(), m.Linear(120, 84), m.ReLU(), m.Linear(84, 10)],
    )


def small(seed=0):
    layers.manual_seed(seed)
    return layers.Sequential(layers.Flatten(), layers.Linear(64, 16), layers.ReLU(), layers.Linear(16, 4))


OPTIMISERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adam", {}),
    ("Adam", {"lr": 0.01, "betas": (0.5, 0.9), "eps": 1e-4, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.01, "betas": (0.5, 0.9), "weight_decay": 0.1}),
]


@pytest.mark.parametrize("name, options", OPTIMISERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_optimisers_move_as_pytorchs(name, options, dtype):
    start = [some((3, 4), dtype), some(4, dtype, 1)]
    ours = [layers.Parameter(a.copy()) for a in start]
    theirs = [nn.Parameter(torch.tensor(a)) for a in start]
    our_optimiser = getattr(optim, name)(ours, **options)
    their_optimiser = getattr(torch.optim, name)(theirs, **options)
    arrays = [p.data for p in ours]
    for step in range(30):
        for p, q in zip(ours, theirs, strict=True):
            p.grad = some(p.data.shape, dtype, step + 2)
            q.grad = torch.tensor(p.grad)
        our_optimiser.step()
        their_optimiser.step()
    for p, q, array in zip(ours, theirs, arrays, strict=True):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-4 if dtype == np.float32 else 1e-12)
        assert p.data.dtype == dtype
        assert p.data is array  # moved in place


def test_optimisers_pass_over_what_has_no_gradient():
    moved, still = layers.Parameter(np.ones(2)), layers.Parameter(np.ones(2))
    optimiser = training.SGD([moved, still], lr=1)
    moved.grad = np.ones(2)
    optimiser.step()
    assert (moved.data == 0).all() and (still.data == 1).all()
    optimiser.zero_grad()
    assert moved.grad is None


def torch_rates(make, steps, lr):
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    schedule, rates = make(optimiser), []
    for _ in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return rates


@pytest.mark.parametrize(
    "ours, theirs, steps",
    [
        (
            training.cosine(0.3, 20, 0.01),
            lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20, 0.01),
            20,
        ),
        (
            training.one_cycle(0.3, 40),
            lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.3, 40, cycle_momentum=False),
            39,
        ),
        (
            training.one_cycle(0.3, 11, pct_start=0.5, div_factor=10, final_div_factor=100),
            lambda o: torch.optim.lr_scheduler.OneCycleLR(
                o, 0.3, 11, pct_start=0.5, div_factor=10, final_div_factor=100, cycle_momentum=False
            ),
            10,
        ),
    ],
)
def test_schedules_are_pytorchs(ours, theirs, steps):
    np.testing.assert_allclose(
        [ours(step) for step in range(steps)], torch_rates(theirs, steps, 0.3), rtol=1e-9
    )


def test_one_cycle_of_any_length():
    for total in range(2, 12):
        for share in (0.05, 0.3, 0.5, 1.0):
            rates = [training.one_cycle(1.0, total, pct_start=share)(step) for step in range(total)]
            assert all(0 < rate <= 1 for rate in rates)
            if share < 1:  # at 1 the climb takes all steps; what follows them is undefined in PyTorch too
                assert training.one_cycle(1.0, total, pct_start=share)(total + 5) == rates[-1]


@pytest.mark.parametrize("memory", [None, batch_last], ids=["simple", "fast"])
@pytest.mark.parametrize("adam", [False, True], ids=["SGD", "Adam"])
def test_lenet_learns_as_pytorchs_step_by_step(memory, adam):
    layers.manual_seed(0)
    ours, theirs = lenet(), lenet(nn)
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in ours.state_dict().items()})
    options = {"lr": 1e-3} if adam else {"lr": 0.02, "momentum": 0.9, "weight_decay": 5e-4}
    kind = "Adam" if adam else "SGD"
    their_optimiser = getattr(torch.optim, kind)(theirs.parameters(), **options)
    images, labels = digits(1600)
    expected = []
    for x, y in training.batches(images, labels, 16, seed=np.random.default_rng(5)):
        their_optimiser.zero_grad()
        loss = nn.functional.cross_entropy(theirs(torch.from_numpy(x)), torch.from_numpy(y))
        loss.backward()
        their_optimiser.step()
        expected.append(loss.item())
    optimiser = getattr(training, kind)(ours.parameters(), **options)
    history = training.fit(ours, images, labels, optimiser, batch_size=16, seed=5, prepare=memory)
    assert len(history.losses) == 100
    np.testing.assert_allclose(history.losses, expected, rtol=1e-4, atol=2e-6)
    assert expected[0] > 2 and np.mean(expected[-10:]) < 0.5  # it did learn


def test_fit_learns_and_reports():
    images, labels = digits(400, classes=4, side=8)
    train, held = training.split(images, labels, 0.25, seed=1)
    assert (len(train[0]), len(held[0])) == (300, 100)
    model = small()
    events = []
    schedule, optimiser = training.one_cycle(0.5, 3 * 5), training.SGD(model.parameters(), momentum=0.9)
    options = {
        "schedule": schedule,
        "validation": held,
        "callback": lambda event, history: events.append(event),
    }
    history = training.fit(model, *train, optimiser, epochs=3, batch_size=64, **options)
    assert history.stopped is None
    assert history.rates == [schedule(step) for step in range(15)]
    assert events == (["batch"] * 5 + ["epoch"]) * 3
    assert [set(epoch) for epoch in history.epochs] == [
        {"loss", "accuracy", "seconds", "validation_loss", "validation_accuracy"}
    ] * 3
    first = history.losses[:4] + history.losses[4:5]
    sizes = [64] * 4 + [44]
    assert history.epochs[0]["loss"] == pytest.approx(np.dot(first, sizes) / 300)
    assert history.epochs[-1]["validation_accuracy"] > 0.9
    score = training.evaluate(model, *held)
    assert score == (history.epochs[-1]["validation_loss"], history.epochs[-1]["validation_accuracy"])
    assert not model.training
    assert repr(history).startswith("epoch 1: loss ") and len(repr(history).splitlines()) == 3


def test_training_repeats_with_the_seed():
    images, labels = digits(100, classes=4, side=8)
    runs = []
    for seed in (0, 0, 1):
        model = small()
        runs.append(
            training.fit(model, images, labels, training.Adam(model.parameters()), epochs=2, seed=seed).losses
        )
    assert runs[0] == runs[1] != runs[2]


def test_augment_and_prepare_see_the_batches():
    images, labels = digits(10, classes=4, side=8)
    images = (images * 40 + 128).clip(0, 255).astype(np.uint8)
    seen = []

    def augment(x, rng):
        seen.append(x.dtype)
        return x[..., ::-1] if rng.random() < 2 else x

    def prepare(x):
        return x.astype(np.float32) / 255

    model = small()
    optimiser = training.SGD(model.parameters(), 0.1)
    history = training.fit(
        model, images, labels, optimiser, augment=augment, prepare=prepare, validation=(images, labels)
    )
    assert seen == [np.uint8] and np.isfinite(history.losses).all()
    with pytest.raises(TypeError, match="uint8"):
        training.fit(model, images, labels, optimiser)


def test_batches_cover_everything_once():
    images, labels = np.arange(10)[:, None], np.arange(10)
    assert [len(y) for _, y in training.batches(images, labels, 4)] == [4, 4, 2]
    assert [len(y) for _, y in training.batches(images, labels, 4, drop_last=True)] == [4, 4]
    plain = np.concatenate([y for _, y in training.batches(images, labels, 4)])
    mixed = [(x, y) for x, y in training.batches(images, labels, 4, seed=0)]
    np.testing.assert_array_equal(plain, labels)
    assert (np.concatenate([x[:, 0] for x, _ in mixed]) == np.concatenate([y for _, y in mixed])).all()
    assert sorted(np.concatenate([y for _, y in mixed])) == list(range(10))
    assert list(np.concatenate([y for _, y in mixed])) != list(range(10))


def test_split_keeps_pairs_and_loses_none():
    images, labels = np.arange(20)[:, None], np.arange(20)
    (x, y), (held_x, held_y) = training.split(images, labels, 0.2, seed=3)
    assert len(held_y) == 4
    assert (x[:, 0] == y).all() and (held_x[:, 0] == held_y).all()
    assert sorted([*y, *held_y]) == list(range(20))


def test_evaluate_counts_and_puts_the_mode_back():
    model = layers.Sequential(layers.Dropout(0.5), layers.Flatten(), layers.Linear(4, 2))
    model.load_state_dict(
        {"2.weight": np.float32([[1, 0, 0, 0], [0, 1, 0, 0]]), "2.bias": np.zeros(2, np.float32)}
    )
    images = np.float32([[[1, 0], [0, 0]], [[0, 1], [0, 0]], [[0, 3], [0, 0]]])[:, None]
    score = training.evaluate(model, images, np.array([0, 1, 0]), batch_size=2)
    assert score.accuracy == pytest.approx(2 / 3)
    assert score.loss == pytest.approx((2 * np.log(1 + np.exp(-1)) + np.log(1 + np.exp(3))) / 3, rel=1e-5)
    assert model.training
    assert training.predict(model, images).shape == (3, 2)


def test_predict_puts_every_layers_own_mode_back():
    frozen = layers.Sequential(layers.BatchNorm2d(1)).eval()
    model = layers.Sequential(frozen, layers.Dropout(0.5), layers.Flatten(), layers.Linear(4, 2))
    before = [module.training for module in model.modules()]
    assert set(before) == {True, False}
    training.predict(model, some((3, 1, 2, 2)))
    assert [module.training for module in model.modules()] == before


def test_drop_last_leaves_out_the_smaller_batch_and_counts_what_was_seen():
    images, labels = digits(70, classes=4, side=8)
    model, seen = small(), []
    history = training.fit(
        model, images, labels, training.SGD(model.parameters(), 0.0), epochs=2, batch_size=32, drop_last=True,
        augment=lambda x, rng: seen.append(len(x)) or x, progress=Bar,
    )  # fmt: skip
    assert seen == [32] * 4 and (Bar.made[-1].total, Bar.made[-1].count) == (4, 4)
    for epoch, losses in zip(history.epochs, (history.losses[:2], history.losses[2:]), strict=True):
        assert epoch["loss"] == pytest.approx(np.mean(losses))
        assert (64 * epoch["accuracy"]) % 1 == 0
    assert training.count_batches(70, 32, True) == 2 and training.count_batches(64, 32, True) == 2


def normed():
    layers.manual_seed(0)
    body = [layers.Conv2d(1, 2, 8), layers.BatchNorm2d(2), layers.Dropout(0.5)]
    return layers.Sequential(*body, layers.Flatten(), layers.Linear(2, 4))


@pytest.mark.parametrize(
    "count, batch_size, remedy",
    [(9, 4, "give drop_last=True, or another"), (9, 1, "batch_size from 2 up"), (1, 4, "at least two")],
)
def test_a_lone_last_batch_is_refused_before_training_where_batch_norm_would_stop_it(
    count, batch_size, remedy
):
    images, labels = digits(count, classes=4, side=8)
    model = normed()
    before = model.state_dict()
    with pytest.raises(ValueError, match=f"batch_size={batch_size}: of {count} examples the last.*{remedy}"):
        training.fit(model, images, labels, training.SGD(model.parameters(), 0.1), batch_size=batch_size)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert model.training


def test_a_lone_last_batch_is_no_trouble_elsewhere():
    images, labels = digits(9, classes=4, side=8)
    for options in ({"drop_last": True}, {"batch_size": 3}):
        assert np.isfinite(fit(images, labels, normed(), **({"batch_size": 4} | options)).losses).all()
    runs = []
    for drop_last in (False, True):  # trying one example moves no dice of dropout: the first batches agree
        layers.manual_seed(1)
        model = layers.Sequential(layers.Flatten(), layers.Dropout(0.5), layers.Linear(64, 4))
        runs.append(fit(images, labels, model, batch_size=8, drop_last=drop_last).losses)
    assert len(runs[0]) == 2 and runs[0][:1] == runs[1]


@pytest.mark.parametrize("prepare", [None, batch_last])
def test_predict_of_no_images_is_an_empty_table(prepare):
    assert training.predict(lenet(), some((0, 1, 28, 28)), prepare=prepare).shape == (0, 10)


def test_interrupt_keeps_what_was_learnt():
    images, labels = digits(320, classes=4, side=8)
    model = small()
    before = model.state_dict()

    def stop(event, history):
        if len(history.losses) == 7:
            raise KeyboardInterrupt

    optimiser = training.SGD(model.parameters(), 0.1)
    history = training.fit(model, images, labels, optimiser, epochs=3, callback=stop)
    assert len(history.losses) == 7 and len(history.epochs) == 1
    assert "interrupted after 7 batches" in history.stopped
    assert any((array != before[name]).any() for name, array in model.state_dict().items())
    assert not model.training


def test_callback_can_end_training():
    images, labels = digits(128, classes=4, side=8)
    model = small()
    history = training.fit(
        model,
        images,
        labels,
        training.SGD(model.parameters(), 0.1),
        epochs=9,
        callback=lambda e, h: e == "epoch",
    )
    assert len(history.epochs) == 1 and "callback" in history.stopped


def test_divergence_stops_with_the_reason_and_without_warnings(capsys):
    images, labels = digits(640, classes=4, side=8)
    model = small()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = training.fit(model, images, labels, training.SGD(model.parameters(), 1e6), epochs=5)
    assert "learning rate 1e+06 is too large" in history.stopped
    assert history.losses[-1] > 1000 * history.losses[0]
    assert history.stopped in repr(history) and history.stopped in capsys.readouterr().out


def test_a_loss_that_grows_a_thousandfold_stops_training():
    images, labels = digits(640, classes=4, side=8)
    model = small()
    history = training.fit(model, images, labels, training.Adam(model.parameters(), 30.0), epochs=20)
    first, last = history.losses[0], history.losses[-1]
    assert np.isfinite(last) and last >= 1000 * first > max(history.losses[:-1])
    batch = f"to {last:,.0f} in batch {len(history.losses)}"
    assert f"the loss grew from {first:.1f} {batch}: the learning rate 30 is too large" in history.stopped
    assert "build the model anew" in history.stopped and "a tenth" in history.stopped
    assert not history.epochs and not model.training


def test_a_bold_rate_that_only_fails_to_learn_goes_on():
    images, labels = digits(640, classes=4, side=8)
    model = small()
    history = training.fit(model, images, labels, training.Adam(model.parameters(), 0.5), epochs=2)
    assert history.stopped is None and max(history.losses) > 5 * history.losses[0]


def test_the_largest_rate_is_blamed():
    images, labels = digits(640, classes=4, side=8)
    model = small()
    rates = [100.0] + [1e-9] * 9
    history = training.fit(
        model, images, labels, training.SGD(model.parameters()), schedule=lambda step: rates[step]
    )
    assert "learning rate 100 is too large" in history.stopped


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_validation_loss_that_is_no_number_stops_training(value):
    images, labels = digits(128, classes=4, side=8)
    model, (held, kinds) = small(), digits(20, classes=4, side=8, seed=1)
    held[3] = value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimiser = training.SGD(model.parameters(), 0.1)
        history = training.fit(model, images, labels, optimiser, epochs=3, validation=(held, kinds))
    assert len(history.epochs) == 1 and not np.isfinite(history.epochs[0]["validation_loss"])
    assert "on the validation set after epoch 1" in history.stopped and "in the images" in history.stopped


def test_weights_spoilt_by_the_last_batch_show_in_the_validation_loss():
    images, labels = digits(64, classes=4, side=8)
    model = small()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimiser = training.SGD(model.parameters(), 1e6)
        history = training.fit(model, images, labels, optimiser, epochs=3, validation=(images, labels))
    assert len(history.losses) == 1 and "validation set after epoch 1" in history.stopped


def test_a_loss_that_is_no_number_moves_no_parameter_but_running_statistics():
    layers.manual_seed(0)
    model = layers.Sequential(layers.BatchNorm2d(1), layers.Flatten(), layers.Linear(64, 4))
    images, labels = digits(16, classes=4, side=8)
    model[2].bias.data[:] = np.inf
    before = model.state_dict()
    with np.errstate(invalid="ignore"):
        loss, _ = training.train_step(model, images, labels, training.SGD(model.parameters(), 0.1))
    assert np.isnan(loss)
    changed = {name for name, array in model.state_dict().items() if not np.array_equal(array, before[name])}
    assert changed == {"0.running_mean", "0.running_var", "0.num_batches_tracked"}


def test_nan_in_the_images_is_told_apart():
    images, labels = digits(64, classes=4, side=8)
    images[5, 0, 2, 2] = np.nan
    model = small()
    before = model.state_dict()
    history = training.fit(model, images, labels, training.SGD(model.parameters(), 0.1))
    assert "first loss is nan" in history.stopped
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


class Bar:
    made = []

    def __init__(self, total):
        self.total, self.count, self.closed = total, 0, False
        Bar.made.append(self)

    def update(self, by):
        self.count += by

    def close(self):
        self.closed = True


def test_progress_bar_counts_batches(capsys):
    images, labels = digits(100, classes=4, side=8)
    model = small()
    training.fit(model, images, labels, training.SGD(model.parameters(), 0.1), epochs=2, progress=Bar)
    assert (Bar.made[-1].total, Bar.made[-1].count, Bar.made[-1].closed) == (4, 4, True)
    training.fit(model, images, labels, training.SGD(model.parameters(), 0.1))
    assert capsys.readouterr() == ("", "")


IMAGES, LABELS = digits(8, classes=4, side=8)
AVERAGED = layers.Sequential(layers.Conv2d(1, 4, 3), layers.AdaptiveAvgPool2d(1), layers.Flatten())


def fit(images=IMAGES, labels=LABELS, model=None, **options):
    model = model or small()
    return training.fit(model, images, labels, training.SGD(model.parameters(), 0.1), **options)


REFUSED = [
    (lambda: fit(IMAGES[:0], LABELS[:0]), ValueError, ["images", "empty"]),
    (lambda: fit(labels=LABELS[:5]), ValueError, ["5 of them", "8 images"]),
    (
        lambda: fit(labels=np.array([0, 1, 2, 3, 4, 0, 0, 0])),
        ValueError,
        ["labels[4]=4", "4 classes", "0 to 3"],
    ),
    (lambda: fit(labels=np.array([0, -1] * 4)), ValueError, ["labels[1]=-1"]),
    (lambda: fit(labels=LABELS.astype(np.float32)), TypeError, ["labels=float32", "int64"]),
    (lambda: fit(labels=LABELS[:, None]), ValueError, ["labels.shape=(8, 1)", "(8,)"]),
    (lambda: fit(IMAGES[..., :7]), ValueError, ["images.shape=(8, 1, 8, 7)", "cannot take", "56", "64"]),
    (lambda: fit(IMAGES[:, 0], model=lenet()), ValueError, ["images.shape=(8, 8, 8)", "np.newaxis"]),
    (lambda: fit(IMAGES[:, 0], model=AVERAGED), ValueError, ["images.shape=(8, 8, 8)", "np.newaxis"]),
    (
        lambda: fit(IMAGES[:, 0], model=lenet(), prepare=batch_last),
        ValueError,
        ["images.shape=(8, 8, 8)", "np.newaxis"],
    ),
    (lambda: fit(validation=IMAGES), TypeError, ["validation", "ndarray", "(images, labels)"]),
    (lambda: fit(epochs=-1), ValueError, ["epochs=-1", "positive"]),
    (lambda: fit(epochs=1.5), TypeError, ["epochs=1.5"]),
    (lambda: fit(batch_size=2.5), TypeError, ["batch_size=2.5"]),
    (
        lambda: training.fit(small(), IMAGES, LABELS, training.Adam),
        TypeError,
        ["optimiser=Adam", "Adam(model.parameters())"],
    ),
    (
        lambda: training.fit(small(), IMAGES, LABELS, training.SGD(small().parameters())),
        ValueError,
        ["optimiser", "no parameter", "SGD(model.parameters())"],
    ),
    (lambda: fit(model=layers.Sequential(layers.Conv2d(3, 2, 3))), ValueError, ["3 channels", "1"]),
    (lambda: fit(model=layers.Sequential(layers.Conv2d(1, 2, 3))), ValueError, ["(1, 2, 6, 6)", "Flatten()"]),
    (lambda: fit(batch_size=0), ValueError, ["batch_size=0"]),
    (lambda: fit(np.float64(IMAGES)), TypeError, ["images.dtype=float64", "give images.astype(np.float32)"]),
    (lambda: fit(np.uint8(9 * IMAGES)), TypeError, ["images.dtype=uint8", "images.astype(np.float32) / 255"]),
    (lambda: fit(drop_last=True), ValueError, ["drop_last=True", "8 examples", "64", "smaller batch_size"]),
    (lambda: fit(IMAGES.transpose(0, 2, 3, 1), model=lenet()), ValueError, ["np.moveaxis(input, -1, -3)"]),
    (lambda: fit(validation=(IMAGES, LABELS[:3])), ValueError, ["3 of them"]),
    (lambda: training.evaluate(small(), IMAGES[:0], LABELS[:0]), ValueError, ["empty"]),
    (lambda: training.split(IMAGES, LABELS, 0.0), ValueError, ["fraction=0.0"]),
    (lambda: training.SGD([], 0.1), ValueError, ["parameters", "model.parameters()"]),
    (lambda: training.SGD(small().parameters(), -1), ValueError, ["lr=-1"]),
    (lambda: training.SGD(small().parameters(), nesterov=True), ValueError, ["nesterov=True", "momentum"]),
    (lambda: training.SGD(small().parameters(), momentum=-1), ValueError, ["momentum=-1"]),
    (lambda: training.Adam(small().parameters(), betas=(0.9, 1)), ValueError, ["betas=(0.9, 1)"]),
    (
        lambda: training.Adam(small().parameters(), weight_decay=float("nan")),
        ValueError,
        ["weight_decay=nan"],
    ),
    (lambda: optim.one_cycle(0.1, 1), ValueError, ["total_steps=1"]),
    (lambda: optim.one_cycle(0.1, 10, pct_start=2), ValueError, ["pct_start=2", "from 0 to 1"]),
    (lambda: optim.one_cycle(0.1, 10, pct_start=-0.1), ValueError, ["pct_start=-0.1"]),
    (lambda: optim.cosine(0.1, 0), ValueError, ["total_steps=0"]),
]


@pytest.mark.parametrize("call, error, words", REFUSED)
def test_refusals_name_argument_value_and_remedy(call, error, words):
    with pytest.raises(error) as refusal:
        call()
    for word in words:
        assert word in str(refusal.value)
