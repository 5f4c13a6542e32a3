"""What an assert of a chapter does is not needed later: ``python -O`` leaves every assert out."""

import ast
import re
from pathlib import Path

import pytest

TEXTS = Path(__file__).resolve().parents[1] / "chapters" / "text"
# Methods that change what they belong to, draw random numbers, or write.
CHANGING = {
    *("append", "add", "clear", "extend", "fill", "insert", "pop", "popitem", "put", "remove", "reverse"),
    *("setdefault", "sort", "update"),
    *("backward", "eval", "fit", "forward", "load", "load_state_dict", "step", "train", "zero_grad"),
    *("choice", "integers", "manual_seed", "normal", "permutation", "rand", "randn", "random", "seed"),
    *("shuffle", "standard_normal", "uniform"),
    *("save", "write", "write_bytes", "write_text", "set", "use_model", "use_picture"),
}
FUNCTIONS = {"next", "setattr", "delattr", "exec", "eval", "input", "print", "display"}
LAYER = re.compile(r"^(torch\.)?nn\.[A-Z]")  # a layer that is made draws its weights


def cells(path):
    """The code of every cell of a text, its tags left out."""
    for cell in re.findall(r"```\{code-cell\}[^\n]*\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        yield re.sub(r"\A(---\n.*?---\n|(:[^\n]*\n)+)", "", cell, flags=re.DOTALL)


def does(code):
    """What the asserts of a cell do besides asserting."""
    for found in ast.walk(ast.parse(code)):
        if not isinstance(found, ast.Assert):
            continue
        for node in ast.walk(found):
            if isinstance(node, ast.NamedExpr):
                yield ast.unparse(node)
            if isinstance(node, ast.Call):
                called = node.func
                changing = isinstance(called, ast.Attribute) and called.attr in CHANGING
                changing = changing and ast.unparse(called.value) != "np"  # np.sort makes a new array
                if changing or ast.unparse(called) in FUNCTIONS or LAYER.match(ast.unparse(called)):
                    yield ast.unparse(node)


@pytest.mark.parametrize("path", sorted(TEXTS.rglob("*.md")), ids=lambda path: str(path.relative_to(TEXTS)))
def test_no_assert_does_what_is_needed_later(path):
    done = [what for cell in cells(path) for what in does(cell)]
    assert not done, (
        f"{path.name}: under python -O these would be left out; do them before the assert: {done}"
    )


@pytest.mark.parametrize(
    "code",
    [
        "assert (n := 3) == 3",
        "assert model.forward(x).shape == (1, 2)",
        "assert nn.Linear(2, 2).weight.data.std() > 0",
        "assert rng.normal() < 9",
        "assert next(numbers) == 1",
    ],
)
def test_what_an_assert_must_not_do_is_found(code):
    assert list(does(code)) and not list(does(code.replace("assert ", "checked = ")))
