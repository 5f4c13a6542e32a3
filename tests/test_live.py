"""The training monitor: curves redrawn in place, one picture at the end, whatever ends the training."""

import json

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from authoring import refresh
from helpers import live
from helpers import nn as layers
from helpers.drawing import style
from helpers.nn import training

CODE = """
import numpy as np
from helpers import nn as layers
from helpers.nn import training
from helpers.live import Monitor
rng = np.random.default_rng(0)
labels = rng.integers(0, 4, 400)
images = (np.eye(4)[labels].repeat(4, axis=1) + 0.3 * rng.normal(size=(400, 16))).astype(np.float32)
layers.manual_seed(0)
model = layers.Sequential(layers.Linear(16, 4))
watch = Monitor("A small net", interval=0.02)
optimiser = training.SGD(model.parameters(), 0.5)
history = training.fit(model, images, labels, optimiser, epochs=30, progress=watch.bar, callback=watch)
"""


@pytest.fixture
def shown(monkeypatch):
    """What is displayed while training (bundles) and after it (figure, alt text)."""
    found = {"live": [], "final": []}
    monkeypatch.setattr(live, "display", lambda bundle, raw: found["live"].append(bundle))
    monkeypatch.setattr(style, "show", lambda fig, alt, caption: found["final"].append((fig, alt)))
    return found


def patterns(count=320, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, count)
    return (np.eye(4)[labels].repeat(4, axis=1) + 0.3 * rng.normal(size=(count, 16))).astype("f4"), labels


def train(watch, callback=None, lr=0.5, epochs=3, **options):
    layers.manual_seed(0)
    model = layers.Sequential(layers.Linear(16, 4))
    options |= {"progress": watch.bar, "callback": callback or watch, "batch_size": 32}
    return model, training.fit(
        model, *patterns(), training.SGD(model.parameters(), lr), epochs=epochs, **options
    )


def lines(fig):
    """The curves of a figure by their place: loss raw, loss smooth, accuracy, accuracy held out."""
    return [line.get_xydata() for ax in fig.axes for line in ax.lines]


def parts(watch):
    """What a Monitor shows: the bar, its label, the picture."""
    row, image = watch.widget.children
    return *row.children, image


def test_the_last_picture_shows_all_that_happened(shown):
    _, history = train(live.Monitor("Net", interval=0), validation=patterns(64, 1))
    assert len(shown["live"]) == len(shown["final"]) == 1
    (fig, alt), losses = shown["final"][0], np.array(history.losses)
    raw, smooth, accuracy, held = lines(fig)
    np.testing.assert_allclose(raw, np.stack([np.arange(1, 31), losses], axis=1))
    np.testing.assert_allclose(smooth[[0, -1], 1], [losses[0], losses.mean()])
    np.testing.assert_allclose(accuracy, [[10 * n + 10, e["accuracy"]] for n, e in enumerate(history.epochs)])
    np.testing.assert_allclose(held[:, 1], [epoch["validation_accuracy"] for epoch in history.epochs])
    assert alt.startswith("Net. Left, the loss over 30 batches: it goes from ")
    assert "after 3 epochs: on pictures held out" in alt


def test_pictures_and_bar_follow_the_batches(shown):
    watch, seen = live.Monitor(interval=0), []

    def callback(event, history):
        watch(event, history)
        seen.append(tuple(part.value for part in parts(watch)))

    train(watch, callback)
    values, labels, pictures = zip(*seen, strict=True)
    assert max(values) == parts(watch)[0].max == 30 and len(set(pictures)) > 25
    assert labels[0].startswith("1 of 30, about ") and 'alt="Training. Left' in pictures[0]
    assert watch.widget.layout.display == "none"
    assert [part.value for part in parts(watch)[1:]] == ["", ""]  # nothing that differs is stored


def test_drawing_waits_its_interval(shown):
    watch, seen = live.Monitor(interval=3600), set()

    def callback(event, history):
        watch(event, history)
        seen.add(parts(watch)[2].value)

    train(watch, callback)
    assert len(seen) == 1 and len(lines(shown["final"][0][0])[0]) == 30


def test_interrupted_training_keeps_curves_and_weights(shown, capsys):
    watch = live.Monitor("Net", interval=0)

    def stop(event, history):
        watch(event, history)
        if len(history.losses) == 14:
            raise KeyboardInterrupt

    model, history = train(watch, stop)
    fig, alt = shown["final"][0]
    assert len(lines(fig)[0]) == 14 and len(history.epochs) == 1
    assert (
        "after one epoch" in alt and "stopped: interrupted after 14 batches; what was learnt is kept" in alt
    )
    assert training.evaluate(model, *patterns(200, 2)).accuracy > 0.8
    assert "interrupted" in capsys.readouterr().out


def test_stop_before_the_first_batch_shows_no_picture(shown):
    watch = live.Monitor()
    watch.bar(10).close()
    assert not shown["final"] and watch.widget.layout.display == "none"
    assert "nothing trained yet" in watch.description


def test_a_loss_that_is_no_number_is_drawn_up_to_there(shown, capsys):
    _, history = train(live.Monitor(interval=0), lr=1e39)
    assert "too large" in history.stopped and not np.isfinite(history.losses[-1])
    fig, alt = shown["final"][0]
    assert np.isfinite(fig.axes[0].get_ylim()).all() and "too large" in alt


def test_one_monitor_may_watch_twice(shown):
    watch = live.Monitor(interval=0)
    train(watch, epochs=2)
    train(watch, epochs=1)
    assert [len(lines(fig)[0]) for fig, _ in shown["final"]] == [20, 10]


def test_refusals_name_argument_value_and_remedy(shown):
    with pytest.raises(ValueError, match="interval=-1.*from 0 up"):
        live.Monitor(interval=-1)
    with pytest.raises(ValueError, match=r"progress=watch\.bar"):
        live.Monitor()("batch", training.History())


def test_accuracies_in_words_are_rounded_down(shown):
    watch = live.Monitor(interval=0)
    watch.history = training.History([2.31, 0.5], [], [{"accuracy": 0.36}, {"accuracy": 0.8799}])
    watch.ends = [1, 2]
    assert "from above 0.35 to above 0.85" in watch.description
    assert "from 2.3 to 1.4" in watch.description


def test_a_notebook_stores_the_same_bytes_twice(tmp_path):
    """Strict nbval compares text: no times in it, no widget left without words, one picture with alt text."""
    runs = []
    for _ in range(2):
        nb = new_notebook(cells=[new_code_cell(CODE)])
        nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        runs.append(refresh.execute(nb, tmp_path / "live.ipynb"))
    one, two = (json.dumps([nb.cells[0].outputs, nb.metadata.get("widgets")]) for nb in runs)
    assert one == two
    watched, picture = runs[0].cells[0].outputs
    assert (
        watched.data["text/plain"] == "A small net: 210 batches. The picture below shows how training went."
    )
    assert live.VIEW in watched.data and len(picture.data["image/png"]) > 1000
    for words in picture.data["text/plain"].splitlines():  # its alt text, its caption
        assert words in picture.data["text/html"].replace("&#x27;", "'")
    nbformat.validate(runs[0])


def test_one_bar_goes_over_several_trainings(shown):
    bar, seen = live.Progress("Two trainings", 2 * 20), []
    model = layers.Sequential(layers.Linear(16, 4))
    options = {"batch_size": 32, "epochs": 2, "progress": bar}
    for _ in range(2):
        optimiser = training.SGD(model.parameters(), 0.1)
        options["callback"] = lambda *_: seen.append(bar.widget.children[0].value)
        training.fit(model, *patterns(), optimiser, **options)
        seen.append(bar.widget.layout.display)
    assert len(shown["live"]) == 1 and not shown["final"]
    assert shown["live"][0]["text/plain"] == "Two trainings: 40 batches."
    assert seen[21:23] == [20, None] and seen[-1] == "none"
    assert bar.widget.children[0].max == [value for value in seen if isinstance(value, int)][-1] == 40


def test_a_bar_whose_training_was_stopped_stays_where_it_was(shown, capsys):
    bar, model = live.Progress("Two trainings", 40), layers.Sequential(layers.Linear(16, 4))
    optimiser = training.SGD(model.parameters(), 0.1)
    stop = lambda event, history: len(history.losses) == 7  # noqa: E731
    training.fit(model, *patterns(), optimiser, batch_size=32, callback=stop, progress=bar)
    assert bar.widget.children[0].value == 7 and bar.widget.layout.display is None
    assert "stopped" in capsys.readouterr().out
