"""Mutants of posting and matching: copies of one module, each with one small fault, as mutmut makes them.

Which are drawn is settled by a digest of the seed and of what the mutant changes in which function, not by its place in a
list: a line mended in one module leaves the rest of the sample as it was.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from functools import reduce
from hashlib import sha256
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final, NamedTuple

import libcst as cst
from mutmut.mutation.file_mutation import Mutation, create_mutations

ROOT: Final = Path(__file__).parents[2]
_ROOMS: Final = (
    ("gateway/remit", "ladder match pieces as_billed nearness accounts set_off claim_state standing posting"),
    ("gateway/service/money", "*"),
    ("gateway/service/desk", "place decide unpost to_patient take_up"),
)


class Mutant(NamedTuple):
    """A module with one fault.

    key         digest of what it changes and where; the same as long as that function reads the same
    file        path from the root, of the module
    function    its name there, with its class
    lines       of the statement that was changed, first and last, from 1; of a default, of the whole function
    in_default  the fault is in the default of a parameter
    diff        what was changed, as lines of a diff
    source      the whole module with the fault
    """

    key: str
    file: str
    function: str
    lines: tuple[int, int]
    in_default: bool
    diff: tuple[str, ...]
    source: str

    @property
    def module(self) -> str:
        return self.file.removesuffix(".py").replace("/", ".")


class _Drawn(NamedTuple):
    """A fault before it is made: making one costs more than drawing it."""

    order: str
    key: str
    file: str
    module: cst.Module
    mutation: Mutation


def files() -> list[str]:
    """Give the modules that are mutated, as paths from the root."""
    found = (ROOT.glob(f"{room}/{name}.py") for room, names in _ROOMS for name in names.split())
    return sorted(path.relative_to(ROOT).as_posix() for some in found for path in some)


def sample(seed: int, number: int, among: Sequence[str] | None = None) -> tuple[list[Mutant], int]:
    """Draw mutants of all modules, or of those among which they are drawn, and count how many there are to draw from."""
    drawn = sorted(one for file in among or files() for one in _each(file, seed))
    return [_made(one) for one in drawn[:number]], len(drawn)


def _each(file: str, seed: int) -> Iterator[_Drawn]:
    module, mutations, _, _ = create_mutations(file, (ROOT / file).read_text())
    seen: Counter[tuple[str, ...]] = Counter()
    texts: dict[cst.CSTNode, str] = {}
    for one in mutations:
        function = one.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef):
            continue  # what a class or module says is read once, long before a test begins
        whole = texts[function] = texts.get(function) or module.code_for_node(function)
        what = (whole, *map(module.code_for_node, (one.original_node, one.mutated_node)))
        seen[what] += 1
        key = sha256("\0".join((file, *what, str(seen[what]))).encode()).hexdigest()[:16]
        yield _Drawn(sha256(f"{seed} {key}".encode()).hexdigest(), key, file, module, one)


def _made(drawn: _Drawn) -> Mutant:
    before = drawn.module.code
    after = drawn.module.deep_replace(drawn.mutation.original_node, drawn.mutation.mutated_node)
    assert isinstance(after, cst.Module)
    old, new = before.splitlines(), after.code.splitlines()
    first = next(place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    shorter = min(len(old), len(new)) - first
    same = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    function, lines, in_default = _place(ast.parse(before), first + 1, max(first + 1, len(old) - same))
    diff = tuple(line for line in unified_diff(old, new, n=0, lineterm="") if not line.startswith(("---", "+++")))
    return Mutant(drawn.key, drawn.file, function, lines, in_default, diff, after.code)


def _place(tree: ast.Module, first: int, last: int) -> tuple[str, tuple[int, int], bool]:
    """Tell in which function lines are, and which lines their innermost statement has: of one with a body, its head."""
    names: list[str] = []
    lines, function = (first, last), False
    body: list[ast.stmt] = tree.body
    while one := next((each for each in body if each.lineno <= first and last <= (each.end_lineno or 0)), None):
        body = getattr(one, "body", [])
        end = one.end_lineno or one.lineno
        head = body[0].lineno - 1 if body else end
        lines = one.lineno, max(head, one.lineno)
        if isinstance(one, ast.FunctionDef | ast.ClassDef) and not function:
            names.append(one.name)
            function = isinstance(one, ast.FunctionDef)
            if function and first <= head:
                return ".".join(names), (one.lineno, end), True
        for other in ("orelse", "finalbody"):
            body = [*body, *getattr(one, other, [])]
        for handler in getattr(one, "handlers", []):
            body = [*body, *handler.body]
    return ".".join(names), lines, False


def apply(mutant: Mutant) -> None:
    """Give this process the fault: the function's code is exchanged where it stands, whoever has imported it."""
    module = sys.modules[mutant.module]
    assert module.__file__ is not None
    *classes, name = mutant.function.split(".")
    owner: object = reduce(getattr, classes, module)
    function = vars(owner)[name]
    function = getattr(function, "__func__", function)
    assert isinstance(function, FunctionType), mutant.function
    code = _code(compile(mutant.source, module.__file__, "exec"), mutant.function)
    assert code.co_freevars == function.__code__.co_freevars, mutant.function
    function.__code__ = code
    if mutant.in_default:
        _give_defaults(function, mutant, vars(module))


def _code(of_module: CodeType, function: str) -> CodeType:
    left = [of_module]
    while left:
        one = left.pop()
        if one.co_qualname == function:
            return one
        left += [each for each in one.co_consts if isinstance(each, CodeType)]
    raise LookupError(function)


def _give_defaults(function: FunctionType, mutant: Mutant, names: dict[str, object]) -> None:
    *_, name = mutant.function.split(".")
    found = (each for each in ast.walk(ast.parse(mutant.source)) if isinstance(each, ast.FunctionDef))
    arguments = next(
        each for each in found if each.name == name and each.lineno == function.__code__.co_firstlineno
    ).args

    def value(of: ast.expr) -> object:
        return eval(compile(ast.Expression(of), mutant.file, "eval"), names)

    function.__defaults__ = tuple(map(value, arguments.defaults)) or None
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    function.__kwdefaults__ = {one.arg: value(default) for one, default in by_name if default is not None}
