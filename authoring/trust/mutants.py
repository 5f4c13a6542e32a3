"""Small changes to the arithmetic, made by mutmut: each must make a test fail.

    make mutate ARGS="mutants [--sample 500] [--seed 0] [NAME ...]"

A sample of the mutants of ``helpers/ops``, ``helpers/nn`` and ``helpers/architectures`` is tried on a
copy of the book, each with the tests that call the changed function. Changed words of an error are left out:
they are no arithmetic. Those who survive are listed with their difference, and whether ``survivors.toml`` has
the reason; it needs one for each, or a new test.
"""

import argparse
import ast
import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from authoring import notebooks
from authoring.trust import copies

ROOMS = ("ops", "nn", "architectures")
TESTS = "architectures conv conv_transpose functional fuzz layers pool shapes survivors training".split()
TESTS += ["variants", "windows"]
SETTINGS = """
[mutmut]
source_paths=helpers
only_mutate=
    {mutated}
also_copy=
    {copied}
pytest_add_cli_args_test_selection=
    {tests}
pytest_add_cli_args=
    -x
    -p
    no:cacheprovider
use_git_change_detection=false
track_dependencies=false
timeout_constant=30
timeout_multiplier=8
"""
NO_SHRINKING = """

from hypothesis import Phase, settings  # noqa: E402

settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None)
settings.load_profile("mutants")
"""
MUTMUT = [sys.executable, "-c", "from mutmut.__main__ import cli; cli()"]
REASONS = Path(__file__).with_name("survivors.toml")


def mutants_of_room(room):
    """The names of mutmut's mutants of a room's modules that change more than words."""
    for path in sorted(Path("helpers", room).glob("*.py")):
        yield from mutants_of(path)


def mutants_of(path):
    """The same of one module."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
    functions = {
        node.name: node for node in ast.walk(ast.parse(mutated.code)) if isinstance(node, ast.FunctionDef)
    }
    for mutant in mutated.mutant_names:
        original = functions[mutant.rpartition("__mutmut_")[0] + "__mutmut_orig"]
        if _arithmetic(functions[mutant]) != _arithmetic(original):
            yield get_mutant_name(path, mutant)


class _WithoutWords(ast.NodeTransformer):
    def visit_Raise(self, node):
        return ast.Raise()

    def visit_JoinedStr(self, node):
        return ast.Constant("words")

    def visit_Constant(self, node):
        return ast.Constant("words") if isinstance(node.value, str) and " " in node.value else node


def _arithmetic(function):
    """A function's code without its name and without the words it says."""
    tree = _WithoutWords().visit(ast.parse(ast.unparse(function)))
    tree.body[0].name = "f"
    return ast.unparse(ast.fix_missing_locations(tree))


def prepare(root):
    """Mutmut's settings in a copy; Hypothesis need not find the smallest example."""
    names = sorted({path.name for path in root.iterdir()} - {"tests", "helpers", "pyproject.toml"})
    lines = {
        "mutated": [f"helpers/{room}/*.py" for room in ROOMS],
        "copied": names,
        "tests": [f"tests/test_{name}.py" for name in TESTS],
    }
    settings = SETTINGS.format(**{key: "\n    ".join(value) for key, value in lines.items()})
    (root / "setup.cfg").write_text(settings)
    with open(root / "tests" / "conftest.py", "a", encoding="utf-8") as file:
        file.write(NO_SHRINKING)


def limited():
    """Before a child begins: a mutant that would fill the memory fails instead."""
    resource.setrlimit(resource.RLIMIT_AS, (8 * 10**9,) * 2)


def try_out(names, children):
    """{name: status} of these mutants, from mutmut's own list."""
    command = [*MUTMUT, "run", "--max-children", str(children), *names]
    env = os.environ | notebooks.ONE_THREAD | {"CI": "1"}  # CI: the same examples each time
    done = subprocess.run(command, env=env, capture_output=True, preexec_fn=limited)
    if done.returncode:
        sys.exit(done.stdout[-4000:].decode() + done.stderr.decode())
    answer = subprocess.check_output([*MUTMUT, "results", "--all", "1"], text=True)
    return dict(line.strip().rsplit(": ", 1) for line in answer.splitlines() if ": " in line)


def survives(name):
    """Whether a mutant passes its tests in a process of its own too.

    mutmut runs tests in a copy of a process that has collected them already: what they make while they are
    collected is the true thing still. And a test that was slow beside others passes for an endless one.
    """
    tested = json.loads(Path("mutants/mutmut-stats.json").read_text())["tests_by_mangled_function_name"]
    function = name.rpartition("__mutmut_")[0]
    files = {test.partition("::")[0] for test in tested.get(function, [])} or {
        f"tests/test_{t}.py" for t in TESTS
    }
    root = Path("mutants").absolute()
    done = copies.pytest(root, "-x", *sorted(files), limits=limited, MUTANT_UNDER_TEST=name)
    return done.returncode == 0


def main(arguments):
    parser = argparse.ArgumentParser(prog="make mutate ARGS=mutants", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these (as mutmut names them)")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--children", type=int, default=os.cpu_count())
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, contextlib.chdir(folder):
        root = copies.copy_to(Path("book").absolute())
        prepare(root)
        os.chdir(root)  # where mutmut looks for its settings
        found = chosen.names or [name for room in ROOMS for name in mutants_of_room(room)]
        sample = random.Random(chosen.seed).sample(found, min(chosen.sample, len(found)))
        print(f"{len(sample)} of {len(found)} mutants", flush=True)
        status = try_out(sample, chosen.children)
        alive = sorted(name for name in sample if status[name] != "killed" and survives(name))
        for name in alive:
            print("\n" + subprocess.check_output([*MUTMUT, "show", name], text=True))
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    killed = len(sample) - len(alive)
    print(f"{killed} of {len(sample)} killed, {killed / len(sample):.1%}; {len(alive)} survive")
    without = [name for name in alive if name not in reasons]
    if without:
        print("without a reason in authoring/trust/survivors.toml:", *without, sep="\n  ")
    return int(bool(without) or killed < 0.95 * len(sample))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
