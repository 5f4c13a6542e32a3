"""Random and hostile input, a bounded number of times: an answer, or an error that names the argument.

Nothing else is raised, no array that was given is changed, and what is refused changes nothing.
"""

import inspect
import io
import itertools
import os
import re

import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from states import everything
from traitlets import TraitError

from helpers import datasets, explorers, nn
from helpers.exercises import chapter, check, hint, progress
from helpers.images import read_image
from helpers.nn import optim, training
from helpers.ops import (
    adaptive_pool,
    conv,
    conv_transpose,
    functional,
    losses,
    normalisation,
    padding,
    pool,
    shapes,
)


def some(examples):
    return settings(
        max_examples=examples * int(os.environ.get("BOOK_FUZZ", 1)),  # more of them, for an hour of one's own
        suppress_health_check=list(HealthCheck),
    )


MODULES = (adaptive_pool, conv, conv_transpose, functional, losses, normalisation, padding, pool, shapes)
OPERATIONS = {
    name: function
    for module in MODULES
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
    if "__mutmut_" not in name  # `make mutate` puts changed copies beside them
}
for shared in (
    "correlate",
    "spread",
    "weight_gradient",
    "check_labels",
    "real",
    "flag",
    "whole",
    "pair",
    "is_whole",
):
    del OPERATIONS[shared]  # what the operations share: called when everything has been checked
for listing in ("window_starts", "uncovered"):
    del OPERATIONS[listing]  # they list as many pixels as they are asked for, a billion too
ARRAYS = {"input", "weight", "bias", "grad_output", "target", "running_mean", "running_var", "mask", "array"}


class Odd:
    """Something that is nothing of what is asked for."""

    def __repr__(self):
        return "Odd()"


HOSTILE = [
    None,
    True,
    -1,
    0,
    1.5,
    np.nan,
    np.inf,
    "",
    "same",
    "x",
    b"x",
    (),
    (1,),
    (1, 2, 3),
    [1, 1],
    (0, -1),
]
HOSTILE += [
    (None, 2),
    ("a", "b"),
    {},
    {1: 2},
    Odd(),
    len,
    10**12,
    -(10**12),
    np.int64(2),
    np.array(3),
    np.zeros((2, 2)),
]
SENSIBLE = [
    1,
    2,
    3,
    (1, 2),
    (2, 1),
    (3, 3),
    [2, 2],
    0,
    True,
    False,
    None,
    0.5,
    0.1,
    "valid",
    "mean",
    "none",
    -1,
]
SHAPES = [
    (),
    (3,),
    (2, 3),
    (2, 2, 5),
    (2, 2, 5, 5),
    (2, 4, 6, 6),
    (4, 2, 3, 3),
    (2, 2, 1, 1),
    (0, 2, 5, 5),
    (1,) * 5,
]
DTYPES = [
    np.float32,
    np.float64,
    np.float64,
    np.float64,
    np.int64,
    np.uint8,
    np.float16,
    bool,
    complex,
    object,
]


@st.composite
def an_array(draw):
    shape, dtype = draw(st.sampled_from(SHAPES)), draw(st.sampled_from(DTYPES))
    values = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 3, shape).astype(dtype)
    if dtype == np.float64 and draw(st.integers(0, 9)) == 0 and values.size:
        values.flat[0] = draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    return values


OPTION = st.sampled_from(SENSIBLE * 2 + HOSTILE)


def arguments(function, arrays=ARRAYS):
    """Values for a function's arguments, sensible and hostile ones; some are left out."""
    chosen = {}
    for name, argument in inspect.signature(function).parameters.items():
        if name == "rng":
            chosen[name] = st.just(np.random.default_rng(0))
            continue
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            continue
        value = st.one_of(*[an_array()] * 6, st.none(), OPTION) if name in arrays else OPTION
        chosen[name] = (
            value if argument.default is argument.empty else st.one_of(st.just(argument.default), value)
        )
    return st.fixed_dictionaries(chosen)


def refused(error, names, call):
    """Whether an error is one that is documented: it names an argument."""
    assert isinstance(error, ValueError | TypeError), f"{call}: {error!r}"
    assert re.search(rf"\b({'|'.join(names)})\b", str(error)), f"{call}: {error!r} names no argument"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # infinities and NaN are numbers
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_or_names_the_argument(name):
    function = OPERATIONS[name]
    arrays = ARRAYS - ({"input"} if function.__module__ == shapes.__name__ else set())

    @some(60)
    @given(arguments(function, arrays))
    def attempt(given):
        kept = {key: np.copy(value) for key, value in given.items() if isinstance(value, np.ndarray)}
        try:
            function(**given)
        except MemoryError:
            pass
        except Exception as error:
            refused(error, given, f"{name}({given})")
        for key, value in kept.items():
            if key not in ("running_mean", "running_var"):  # batch norm moves them, as documented
                np.testing.assert_array_equal(given[key], value, err_msg=f"{name} changed {key}")

    attempt()


IMAGES, FILTERS = np.ones((1, 2, 6, 6)), np.ones((2, 2, 3, 3))
SIZES = {"kernel_size", "stride", "padding", "dilation", "output_padding", "output_size", "groups"}
USUAL = {
    "input": IMAGES,
    "weight": FILTERS,
    "grad_output": IMAGES,
    "size": 6,
    "kernel_size": 2,
    "output_size": 2,
    "stride": 1,
}


SIZED = [(name, key) for name in OPERATIONS for key in inspect.signature(OPERATIONS[name]).parameters]


@pytest.mark.parametrize("name, size", [pair for pair in SIZED if pair[1] in SIZES])
def test_a_size_beyond_every_image_is_refused_at_once(name, size):
    needed = inspect.signature(OPERATIONS[name]).parameters
    given = {key: USUAL[key] for key in needed if needed[key].default is inspect.Parameter.empty}
    for huge in (10**12, 2**63, 10**400):
        with pytest.raises(ValueError, match=rf"\b{size}="):
            OPERATIONS[name](**(given | {size: huge}))


def test_what_is_a_yes_or_a_no_is_asked_for_by_name():
    layers = {name: getattr(nn, name) for name in ("Conv2d", "Linear", "BatchNorm2d", "AvgPool2d")}
    counts = "in_channels", "out_channels", "in_features", "out_features", "num_features"
    usual = USUAL | dict.fromkeys(counts, 2) | {"running_mean": None, "running_var": None}
    for name, function in (OPERATIONS | layers).items():
        needed = inspect.signature(function).parameters
        given = {
            key: usual[key]
            for key in needed
            if needed[key].default is inspect.Parameter.empty and key in usual
        }
        switches = [
            key for key in needed if isinstance(needed[key].default, bool) and key != "input_gradient"
        ]
        for key in switches if not name.endswith("_backward") else []:
            with pytest.raises(TypeError, match=f"^{key}=array"):
                function(**(given | {key: np.zeros(2)}))(IMAGES)


def test_a_window_far_larger_than_the_image_takes_no_longer():
    """Only the taps that meet the image are gone through: these windows have 10**12."""
    x = np.random.default_rng(0).normal(size=(1, 2, 4, 5))
    way = {"kernel_size": 10**6, "stride": 1, "padding": 10**6 // 2}
    largest, places = pool.max_pool2d(x, **way, return_indices=True)
    np.testing.assert_array_equal(largest[..., 2, 2], x.max(axis=(2, 3)))
    np.testing.assert_array_equal(places[..., 2, 2], x.reshape(1, 2, -1).argmax(axis=2))
    assert pool.max_pool2d_backward(np.ones_like(largest), x, **way).sum() == largest.size
    np.testing.assert_allclose(pool.avg_pool2d(x, **way, divisor_override=1)[..., 2, 2], x.sum(axis=(2, 3)))


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.endswith("_backward")])
def test_a_backward_pass_has_its_forward_passes_defaults(name):
    forward = inspect.signature(OPERATIONS[name.removesuffix("_backward")]).parameters
    back = inspect.signature(OPERATIONS[name]).parameters
    shared = [key for key in back if key in forward]
    assert [back[key].default for key in shared] == [forward[key].default for key in shared]


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize(
    "gradient", [None, "1", "x", (1, 2), {}, len, 10**400, 1j, np.array(1j), np.ones((4, 2, 3))]
)
def test_a_losss_gradient_is_a_number_or_has_the_losss_shape(gradient, reduction):
    """None was taken for NaN, "1" for 1, and a larger array made the scores' gradient larger."""
    scores, loss = np.ones((2, 3)), {"reduction": reduction}
    with pytest.raises((ValueError, TypeError), match=r"grad_output[.=]"):
        losses.mse_loss_backward(gradient, scores, np.zeros((2, 3)), **loss)
    with pytest.raises((ValueError, TypeError), match=r"grad_output[.=]"):
        losses.cross_entropy_backward(gradient, scores, np.array([0, 1]), **loss)


LAYERS = {name: getattr(nn, name) for name in dir(nn) if inspect.isclass(getattr(nn, name))}
LAYERS = {
    name: kind for name, kind in LAYERS.items() if issubclass(kind, nn.Module) and kind is not nn.Module
}
OPTIMISERS = {"SGD": optim.SGD, "Adam": optim.Adam, "AdamW": optim.AdamW}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_answers_or_names_the_argument(name):
    kind = LAYERS[name]
    names = [
        *inspect.signature(kind).parameters,
        "input",
        "grad_output",
        "layer",
        "weight",
        "dtype",
        "backward",
        "body",
    ]

    @some(40)
    @given(arguments(kind), an_array(), an_array())
    def attempt(given, x, grad):
        before = x.copy()
        try:
            layer = kind(**given)
            layer.backward(layer(x) if grad.ndim % 2 else grad)
        except MemoryError:
            pass
        except Exception as error:
            refused(error, names, f"{name}({given}) on {x.dtype}{x.shape}")
        np.testing.assert_array_equal(x, before)

    attempt()


LOADERS = [
    datasets.photo,
    datasets.fashion_mnist,
    datasets.photos5_split,
    training.split,
    training.count_batches,
]


@pytest.mark.parametrize("loader", LOADERS, ids=lambda function: function.__name__)
def test_a_loader_answers_or_names_the_argument(loader):
    words = st.sampled_from([*(value for value in HOSTILE if np.ndim(value) == 0), "cat", "test", 20, 7])
    names = inspect.signature(loader).parameters

    @some(40)
    @given(st.fixed_dictionaries({name: words for name in names}))
    def attempt(given):
        try:
            loader(**given)
        except Exception as error:
            refused(error, names, f"{loader.__name__}({given})")

    attempt()


# --- exercises -------------------------------------------------------------------------------------------


class Rude:
    """What Python asks of a value is an error."""

    __len__ = __eq__ = __array__ = __iter__ = __repr__ = __bool__ = __hash__ = lambda *anything: 1 / 0


def deep(*arguments):
    return deep(*arguments)


def leaves(*arguments):
    raise SystemExit


ANSWERS = [
    Rude(),
    itertools.count(),
    deep,
    leaves,
    lambda *a: Rude(),
    lambda *a: itertools.count(),
    lambda *a: a,
    np.array([Odd()]),
]
ANSWERS += [
    lambda: 1,
    lambda *a: np.nan,
    type,
    Rude,
    [[1], [2, 3]],
    "7",
    b"7",
    10**400,
    np.ma.masked,
    Ellipsis,
    (None, 1),
]


@pytest.mark.parametrize("number", [f"{n}.{e}" for n in range(1, 11) for e in range(1, 4)])
def test_a_checker_takes_any_answer(number, capsys):
    if number not in chapter(int(number.split(".")[0])):
        pytest.skip("there is no such exercise")
    for answer in ANSWERS[:: 1 if number.endswith(".1") else 3]:
        check(number, answer, record=False)
        said = capsys.readouterr().out
        assert said.startswith(number) and ": right." not in said, said


@pytest.mark.parametrize("number", [None, 7, "7", "1.99", "x.y", "", [], Odd(), np.nan, "1.1.1", -1])
def test_an_exercise_that_there_is_not_is_named(number):
    for call in (lambda: check(number, 1, record=False), lambda: hint(number)):
        with pytest.raises((ValueError, TypeError), match=r"number|exercise"):
            call()


# --- explorers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", explorers.__all__)
def test_an_explorer_refuses_by_name_and_stays_as_it_is(name):
    explorer = getattr(explorers, name)()
    before, picture = explorer.state, explorer.png
    for setting, spec in explorer.inputs.items():
        for value in [value for value in HOSTILE if not isinstance(value, np.ndarray)]:
            try:
                spec.accept(value)
            except ValueError:
                with pytest.raises(ValueError, match=f"{setting}="):
                    explorer.set(**{setting: value})
    assert explorer.state == before and explorer.png == picture


MOVES = [None, "x", 99, -1e9, np.nan, True, [1]]


@pytest.mark.filterwarnings("ignore:Exception in widget method")  # where no notebook shows it
@pytest.mark.parametrize("name", explorers.__all__)
def test_a_control_holds_what_its_input_takes_whatever_a_page_or_a_program_gives(name):
    explorer = getattr(explorers, name)()
    before, picture = explorer.state, explorer.png
    rows = [part.children for part in everything(explorer.widget) if isinstance(part, widgets.HBox)]
    for setting, control in explorer.controls.items():
        parts = next((row for row in rows if control in row), [control])  # a slider and its number box
        for part, trait, value in itertools.product(parts, ("value", "index"), MOVES):
            if trait not in part.trait_names():
                continue
            part._handle_msg({"content": {"data": {"method": "update", "state": {trait: value}}}})
            now = explorer.state
            assert explorer.inputs[setting].moved(now[setting]) == now[setting], (setting, trait, value)
            assert all(explorer.controls[one].value == now[one] for one in now), (setting, trait, value)
            assert all(part.value == now[setting] for part in parts), (setting, trait, value)
            if now != before:
                explorer.take(before)
        if isinstance(control, widgets.Dropdown):
            for wrong, words in ((None, f"{setting}=None: choose one of '"), ("nonsense", "not found")):
                with pytest.raises((ValueError, TraitError), match=words):
                    control.value = wrong
    assert explorer.state == before and explorer.png == picture


# --- pictures, and the file of solved exercises ----------------------------------------------------------


def picture_files():
    image = Image.effect_noise((40, 30), 90).convert("RGB")
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP"):
        buffer = io.BytesIO()
        image.save(buffer, kind)
        yield buffer.getvalue()


FILES = list(picture_files())


@some(150)
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=9)), max_size=4),
    st.floats(0, 1.3),
)
def test_a_damaged_picture_is_read_or_refused_in_words(data, patches, share):
    data = bytearray(data)
    for place, patch in patches:
        start = int(place * len(data))
        data[start : start + len(patch)] = patch
    data = bytes(data[: int(share * len(data))])
    try:
        picture = read_image(data, size=16)
    except ValueError as error:
        assert str(error).startswith("source: ")
    else:
        assert picture.shape == (3, 16, 16) and picture.min() >= 0 and picture.max() <= 1


@some(60)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_whatever_the_progress_file_holds_it_is_read_and_added_to(tmp_path_factory, content):
    folder, here = tmp_path_factory.mktemp("progress"), os.getcwd()
    os.chdir(folder)
    ci = os.environ.pop("CI", None)
    try:
        (folder / progress.FILE).write_bytes(content)
        before = progress.solved()
        assert progress.add("3.1") == progress.solved() == before | {"3.1"}
        assert (folder / progress.FILE).read_bytes().startswith(content)
    finally:
        os.chdir(here)
        if ci:
            os.environ["CI"] = ci
