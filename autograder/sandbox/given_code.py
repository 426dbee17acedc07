"""Given values: what the given cells of a notebook compute without the student, such as data that
is read, points that are drawn, a table that a loop fills, a function that needs one of these.

A test that reads such a value gets it from the instructor's source, run in the tester, so that a
submission which binds the name anew (the labels it is measured against, say) earns nothing by it.
Which they are is read from the reference notebook, without running it. What an instructor's
function changes out of sight is not seen here; the run of the reference shows whether its tests
pass with these values, and whether its own are the same.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autograder.notebook.code_blocks import Block
from autograder.notebook.code_names import bound_names, free_names, mutated_names, names_read_first

_SHOWING = frozenset({"print", "display", "plt"})  # what they are given stays as it is
_READING = frozenset(  # methods that leave their object as it is
    {
        *("sum", "mean", "std", "var", "min", "max", "argmin", "argmax", "all", "any", "dot"),
        *("ravel", "reshape", "transpose", "copy", "astype", "tolist", "item", "round", "tobytes"),
        *("items", "keys", "values", "get", "index", "count"),
        *("format", "join", "split", "strip", "replace", "encode", "decode", "lower", "upper"),
    }
)
_CHANGING = frozenset(  # functions of a module or a generator that change what they are given
    {"shuffle", "copyto", "put", "putmask", "place", "fill_diagonal", "heapify", "heappush"}
)
# The generators that all share who draw without one: a name for the state of each.
_NUMPYS, _PYTHONS = "numpy.random()", "random()"  # no name of a notebook is like these
_SHARED_GENERATORS = {"np.random": _NUMPYS, "numpy.random": _NUMPYS, "random": _PYTHONS}
_GENERATORS = frozenset({_NUMPYS, _PYTHONS})
_SEEDING = frozenset({"seed", "set_state", "setstate"})
_NOT_SHARED = frozenset({"default_rng", "Generator", "RandomState", "SeedSequence", "Random"})


@dataclass(frozen=True)
class GivenStatement:
    """A statement of a given cell. binds, reads: names. changes: names whose values it may change
    in place. replaces: the names that it binds without a look at what they were."""

    text: str
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]
    replaces: frozenset[str]


@dataclass(frozen=True)
class GivenCode:
    """statements: those before a cell that need nothing of the student, in their order. names:
    which of the names that they bind still have the value of those statements there."""

    statements: tuple[GivenStatement, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    def slice(self, names: set[str]) -> list[GivenStatement]:
        """The statements that make the values of `names`, in their order."""
        needed, chosen = names & self.names, []
        for statement in reversed(self.statements):
            if needed & (statement.binds | statement.changes):
                chosen.append(statement)
                needed = (needed - statement.replaces) | statement.reads
        return chosen[::-1]


def given_values(blocks: list[Block], instructor_names: set[str]) -> list[GivenCode]:
    """For each block, the given values before it. instructor_names: what the tester has without
    running any statement."""
    fixed = instructor_names | set(vars(builtins))
    statements: list[GivenStatement] = []
    functions: dict[str, GivenStatement] = {}
    names: set[str] = set()
    before = []
    for block in blocks:
        before.append(GivenCode(tuple(statements), frozenset(names)))
        if block.is_test or block.is_solution:
            drawn = (statement.changes & _GENERATORS for statement in _statements(block, functions))
            names -= block.binds | set(mutated_names(block.text)) | set().union(*drawn)
            continue
        for statement in _statements(block, functions):
            if statement.reads <= fixed | names and not statement.binds & instructor_names:
                statements.append(statement)
                names |= statement.binds
            else:
                drawn_from = statement.changes & _GENERATORS
                names -= statement.binds | set(mutated_names(statement.text)) | drawn_from
    return before


def _statements(block: Block, functions: dict[str, GivenStatement]) -> Iterator[GivenStatement]:
    """The statements of a block but for imports. functions: the bodies of the functions that are
    defined so far, by name; those of the block are added. Who reads the name may call it."""
    for node in ast.parse(block.text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            functions[node.name] = _statement(node)
            yield _definition(node)
            continue
        statement = _statement(node)
        bodies = [functions[name] for name in statement.reads & functions.keys()]
        yield replace(
            statement,
            binds=statement.binds.union(*(body.binds for body in bodies)),
            changes=statement.changes.union(*(body.changes for body in bodies)),
        )


def _statement(node: ast.stmt) -> GivenStatement:
    """A statement and what it does when it runs; of a definition, what its body does when called,
    and binds as global."""
    text = ast.unparse(node)
    own_names = {getattr(node, "name", "")}
    binds, reads = (
        frozenset(bound_names(text) - own_names),
        frozenset(names_read_first(text) - own_names),
    )
    changes = frozenset(_changed_names(node, text))
    replaces = binds - reads if _always_binds(node) else frozenset[str]()
    seeds, draws = _uses_of_shared_generators(node)
    return GivenStatement(
        text, binds | seeds, reads | draws, changes | draws, replaces | (seeds - draws)
    )


def _definition(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> GivenStatement:
    """A definition, which changes nothing: it reads what its body needs when it is called."""
    text, name = ast.unparse(node), frozenset({node.name})
    return GivenStatement(text, name, frozenset(free_names(text)) - name, frozenset(), name)


def _uses_of_shared_generators(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """(the shared generators that a statement seeds, those from which it draws). Their state is
    like a value: what is drawn behind `np.random.seed(0)` is the same each time."""
    seeds: set[str] = set()
    draws: set[str] = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            generator = _SHARED_GENERATORS.get(ast.unparse(call.func.value))
            if generator and call.func.attr not in _NOT_SHARED:
                (seeds if call.func.attr in _SEEDING else draws).add(generator)
    return frozenset(seeds), frozenset(draws)


def _always_binds(node: ast.stmt) -> bool:
    """Whether a statement binds its names whenever it runs: no loop or condition does."""
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.With)


def _changed_names(tree: ast.stmt, text: str) -> Iterator[str]:
    """The names whose values a statement may change: those whose methods it calls (a generator that
    draws), and those that it hands to a function whose result it does not keep (`fill(x)`)."""
    yield from mutated_names(text)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=word)):
                if word not in _READING and name not in _SHOWING:
                    yield name
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=args)):
                yield from _names(args) if name not in _SHOWING else ()
            case ast.Call(func=ast.Attribute(attr=word), args=args) if word in _CHANGING:
                yield from _names(args)


def _names(arguments: list[ast.expr]) -> Iterator[str]:
    yield from (argument.id for argument in arguments if isinstance(argument, ast.Name))
