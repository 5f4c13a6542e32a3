"""The reader's own source: the functions an answer is made of, as text and as trees, and built anew."""

import ast
import copy
import functools
import inspect
import linecache
import sysconfig
import types
from dataclasses import dataclass, field
from pathlib import Path

MOST = 6  # functions of the reader's that are read: the answer and those it calls
LIBRARIES = (str(Path(__file__).parents[2]), *map(sysconfig.get_path, ("stdlib", "purelib", "platlib")))


@dataclass
class Part:
    """One function of the reader's: its tree, and how it came about."""

    function: types.FunctionType
    node: ast.AST

    @property
    def name(self):
        return getattr(self.node, "name", "answer")


@dataclass
class Source:
    """The functions an answer is made of, the answer itself first."""

    file: str
    parts: list = field(default_factory=list)

    def line(self, number):
        """A line of the reader's, without what stands around it."""
        text = linecache.getline(self.file, number).strip()
        return text if len(text) <= 90 else text[:87] + "..."

    def at(self, number):
        """How a line is quoted."""
        return f"line {number}, `{self.line(number)}`"

    @functools.cached_property
    def tree(self):
        """All functions inside one that takes what the answer's surroundings lend it, and hands it back."""
        answer, *helpers = self.parts
        inner = [_bare(part) for part in [*helpers, answer]]
        body = [*inner, ast.Return(ast.Name(answer.name, ast.Load()))]
        lent = _arguments(answer.function.__code__.co_freevars)
        outer = ast.FunctionDef(name="outer", args=lent, body=body, decorator_list=[], type_params=[])
        return ast.fix_missing_locations(ast.Module([outer], []))

    def built(self):
        """The answer, built from its trees as they stand now; raises what building it raises."""
        function, made = self.parts[0].function, {}
        exec(compile(self.tree, self.file, "exec", dont_inherit=True), function.__globals__, made)
        built = made["outer"](*(cell.cell_contents for cell in function.__closure__ or ()))
        built.__defaults__, built.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
        return built


def _arguments(names):
    return ast.arguments(
        posonlyargs=[], args=[ast.arg(name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
    )


def _bare(part):
    """A definition without decorators and defaults; those of the function itself are put back."""
    node, args = part.node, part.node.args
    args.defaults, args.kw_defaults = [], [None] * len(args.kwonlyargs)
    if isinstance(node, ast.Lambda):
        return ast.Assign([ast.Name(part.name, ast.Store())], node)
    node.decorator_list, node.returns = [], None
    return node


def undecorated(answer):
    """What the reader wrote, without the decorators around it that say so (``functools.wraps``, ``cache``)."""
    try:
        return inspect.unwrap(answer)
    except Exception:  # whatever an object does that is asked for __wrapped__
        return answer


def file_of(answer):
    """The file or cell that a reader's function stands in; None for a function of a library or of the book."""
    file = answer.__code__.co_filename if isinstance(answer, types.FunctionType) else None
    return None if file is None or file.startswith(LIBRARIES) else file


def read(answer):
    """The source of an answer, or None where there is none that is certain to be its own."""
    if (file := file_of(answer)) is None:
        return None
    found, waiting, seen = Source(file), [answer], set()
    while waiting and len(found.parts) < MOST:
        function = waiting.pop(0)
        if function in seen or function.__code__.co_filename != file:  # another cell, or the book
            continue
        seen.add(function)
        node = _node(function)
        if node is None:
            if function is answer:
                return None
            continue
        found.parts.append(Part(function, copy.deepcopy(node)))
        for name in function.__code__.co_names:
            other = function.__globals__.get(name)
            if isinstance(other, types.FunctionType) and other.__name__ == name and not other.__closure__:
                waiting.append(other)
    return found


def _node(function):
    """The tree of a function, found by its first line and held against its code."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    kinds = (ast.FunctionDef, ast.Lambda)
    for node in ast.walk(_tree("".join(lines))):
        if isinstance(node, kinds) and _begins(node) == code.co_firstlineno and _is_of(node, function):
            return node
    return None


def _begins(node):
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


def _is_of(node, function):
    """Whether a tree, compiled, uses the names and numbers that the function uses, in the same place."""
    ours, theirs = function.__code__, None
    try:
        theirs = Source(ours.co_filename, [Part(function, copy.deepcopy(node))]).built().__code__
    except Exception:  # the text has changed since, or does not stand by itself
        return False
    return _traits(ours) == _traits(theirs)


def _traits(code):
    plain = [const for const in code.co_consts if isinstance(const, (int, float, str))]
    begins = min((line, column) for line, _, column, _ in code.co_positions() if line and column)
    names = {
        *code.co_names,
        *code.co_freevars,
    }  # one that calls itself knows its name in one way or the other
    return code.co_varnames, names, sorted(map(repr, plain)), begins


@functools.lru_cache(maxsize=8)
def _tree(text):
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])
