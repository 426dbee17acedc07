"""The scope of each hidden test: which names it may see, and where each of them comes from.

A test runs in the tester, with the instructor's imports, definitions and helpers, the names that
earlier tests bound, and the submission's names. Which is which is read from the reference notebook,
without running it. So it changes nothing when a student defines a helper of the instructor's again,
or binds a name that no cell of the reference binds.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.notebook.code_blocks import Block, read_blocks
from autograder.notebook.code_names import bound_names, free_names, mutated_names
from autograder.sandbox.given_code import GivenCode, given_values

_PROCESS_WIDE = frozenset(
    {
        *("catch_warnings", "simplefilter", "filterwarnings", "errstate", "seterr"),
        *("seed", "set_state", "chdir", "getcwd", "environ", "globals", "locals", "get_ipython"),
        *("redirect_stdout", "redirect_stderr", "settrace", "setprofile", "setrecursionlimit"),
        *("getrefcount", "tracemalloc", "gcf", "gca", "get_fignums"),
    }
)


@dataclass(frozen=True)
class Scope:
    """The names that one test cell may see, and whether it can run in the tester at all.

    imports, definitions: the instructor's source that the tester runs first, the same for all tests
    of a notebook. values: (source, names read) of the given statements whose values the test reads
    and that need no name of the submission; each test has a copy of them. helpers: the source of
    the given functions that the test calls and that need such names, run anew before the test.
    submission_names: may be fetched from the submission.
    earlier_test_names: bound by an earlier test and by no cell since. rebound_instructor_names:
    names of the imports and definitions that the notebook has bound anew. exported_names: bound by
    this test and read by a later cell. unfit_for_tester: the test is no plain Python, or about its
    whole process (warnings, a global seed, the current figure).
    """

    imports: str
    definitions: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    helpers: str
    submission_names: tuple[str, ...]
    earlier_test_names: tuple[str, ...]
    rebound_instructor_names: tuple[str, ...]
    exported_names: tuple[str, ...]
    unfit_for_tester: bool


def read_scopes(
    notebook: Notebook, submission_values: Mapping[str, set[str]] | None = None
) -> dict[str, Scope]:
    """The scope of each test cell of a reference notebook, by its grade_id.

    submission_values: by test, names of given values that it has to read from the submission.
    """
    blocks = read_blocks(notebook)
    imports = "\n".join(_instructor_imports(blocks))
    definitions = _instructor_definitions(blocks)
    source = "\n\n\n".join(definitions.values())
    instructor_names = {*bound_names(imports), *definitions}
    functions = _helpers(blocks, instructor_names)
    rebound = {name for block in blocks if not block.is_test for name in block.rebinds}
    given_codes = given_values(blocks, instructor_names - (rebound - set(definitions)))
    scopes = {}
    for index, block in enumerate(blocks):
        if block.is_test:
            helpers = _needed_helpers(block, blocks[:index], functions)
            other_names = _names_of_tests(blocks[:index]) | bound_names(helpers)
            other_names |= (submission_values or {}).get(cells.grade_id(block.cell), set())
            scopes[cells.grade_id(block.cell)] = replace(
                _scope(blocks, index, imports, source, instructor_names),
                values=_read_values(block, helpers, given_codes[index], other_names),
                helpers=helpers,
            )
    return scopes


def _read_values(
    test: Block, helpers: str, given_code: GivenCode, other_names: set[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The given statements of which a test or its helpers read values, and what they need.
    other_names: those that it has from elsewhere."""
    read = (set(test.reads) | free_names(helpers)) - other_names
    statements = given_code.slice(read)
    return tuple((s.text, tuple(sorted(s.binds & read & given_code.names))) for s in statements)


def read_preludes(notebook: Notebook) -> dict[str, str]:
    """What each test needs of earlier tests, by its grade_id: the statements that bind the names
    which it reads and which a test bound last, in their order."""
    blocks = read_blocks(notebook)
    return {
        cells.grade_id(block.cell): _prelude(block, blocks[:index])
        for index, block in enumerate(blocks)
        if block.is_test
    }


def _prelude(test: Block, earlier: list[Block]) -> str:
    available = _names_of_tests(earlier)
    needed, texts = set(test.reads) & available, []
    for block in reversed([block for block in earlier if block.is_test]):
        for statement in reversed(ast.parse(block.text).body):
            text = ast.unparse(statement)
            if bound_names(text) & needed:
                needed |= free_names(text) & available
                texts.append(text)
    return "\n".join(reversed(texts))


def _scope(
    blocks: list[Block], index: int, imports: str, definitions: str, instructor_names: set[str]
) -> Scope:
    test, earlier = blocks[index], blocks[:index]
    bound = {name for block in earlier if not block.is_test for name in block.binds}
    rebound = {name for block in earlier if not block.is_test for name in block.rebinds}
    return Scope(
        imports,
        definitions,
        values=(),
        helpers="",
        submission_names=tuple(sorted(bound)),
        earlier_test_names=tuple(sorted(_names_of_tests(earlier))),
        rebound_instructor_names=tuple(
            sorted((rebound & instructor_names) - bound_names(definitions))
        ),
        exported_names=tuple(sorted(_exported_names(test, blocks[index + 1 :]))),
        unfit_for_tester=not test.is_plain_python or _is_about_its_process(test.text),
    )


def _is_about_its_process(text: str) -> bool:
    """True for code that sets or reads what two processes do not share."""
    nodes = list(ast.walk(ast.parse(text)))
    words = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    words |= {node.id for node in nodes if isinstance(node, ast.Name)} - {"seed"}
    return bool(words & _PROCESS_WIDE)


def _names_of_tests(blocks: list[Block]) -> set[str]:
    """Names that were bound last by a test."""
    names: set[str] = set()
    for block in blocks:
        names = names | block.binds if block.is_test else names - block.binds
    return names


def _exported_names(test: Block, later: list[Block]) -> set[str]:
    """Names that a test binds and a later cell, which is no test, reads before they are rebound."""
    bound, exported = set(test.binds), set()
    for block in later:
        if not block.is_test:
            exported |= bound & block.reads
        bound -= block.binds
    return exported


def _instructor_imports(blocks: list[Block]) -> list[str]:
    """The instructor's import statements, `from __future__` first."""
    statements = [
        ast.unparse(statement)
        for block in blocks
        if not block.is_solution and not block.is_test
        for statement in ast.parse(block.text).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    unique = list(dict.fromkeys(statements))
    return sorted(unique, key=lambda text: not text.startswith("from __future__"))


def _instructor_definitions(blocks: list[Block]) -> dict[str, str]:
    """Definitions that depend on nothing of the student's: {name: source}, in their order."""
    ordinary = [block for block in blocks if not block.is_test]
    imported = {name for text in _instructor_imports(blocks) for name in bound_names(text)}
    bindings = Counter(name for block in ordinary for name in _statement_names(block))
    mutated = {name for block in ordinary for name in mutated_names(block.text)}
    definitions = {
        name: text
        for block in ordinary
        for name, text in _definitions_of_block(block)
        if bindings[name] == 1 and name not in imported | mutated and bound_names(text) == {name}
    }
    return _self_contained(definitions, imported | set(vars(builtins)))


def _helpers(blocks: list[Block], instructor_names: set[str]) -> dict[str, str]:
    """Given functions that need names of the submission: {name: source}, in their order."""
    ordinary = [block for block in blocks if not block.is_test]
    bindings = Counter(name for block in ordinary for name in _statement_names(block))
    mutated = {name for block in ordinary for name in mutated_names(block.text)}
    available = instructor_names | set(vars(builtins))
    bound = available | {name for block in ordinary for name in block.binds}
    lazy_annotations = "annotations" in instructor_names
    return {
        statement.name: _segment(block.text, statement)
        for block in ordinary
        if not block.is_solution
        for statement in ast.parse(block.text).body
        if isinstance(statement, ast.FunctionDef)
        and bindings[statement.name] == 1
        and statement.name not in instructor_names | mutated
        and bound_names(ast.unparse(statement)) == {statement.name}
        and _names_of_definition(statement, lazy_annotations) <= available
        and free_names(ast.unparse(statement)) <= bound
    }


def _names_of_definition(function: ast.FunctionDef, lazy_annotations: bool) -> set[str]:
    """The names that are read when a function is defined, not when it is called."""
    arguments = function.args
    read: list[ast.AST] = [*function.decorator_list, *arguments.defaults]
    read += [default for default in arguments.kw_defaults if default]
    if not lazy_annotations:
        parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        parameters += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
        read += [parameter.annotation for parameter in parameters if parameter.annotation]
        read += [function.returns] if function.returns else []
    return {node.id for part in read for node in ast.walk(part) if isinstance(node, ast.Name)}


def _needed_helpers(test: Block, earlier: list[Block], helpers: dict[str, str]) -> str:
    """The source of the helpers that a test reads, and of those that they read."""
    defined = {name for block in earlier if not block.is_test for name in block.binds}
    waiting, needed = set(test.reads), set()
    while waiting:
        name = waiting.pop()
        if name in helpers and name in defined and name not in needed:
            needed.add(name)
            waiting |= free_names(helpers[name])
    return "\n\n\n".join(text for name, text in helpers.items() if name in needed)


def _self_contained(definitions: dict[str, str], available: set[str]) -> dict[str, str]:
    """The definitions that need only `available` names and each other's."""
    while True:
        remaining = {
            name: text
            for name, text in definitions.items()
            if free_names(text) - {name} <= available | set(definitions)
        }
        if len(remaining) == len(definitions):
            return remaining
        definitions = remaining


def _statement_names(block: Block) -> Iterator[str]:
    """A name for each top-level statement that binds it."""
    for statement in ast.parse(block.text).body:
        yield from bound_names(ast.unparse(statement))


def _definitions_of_block(block: Block) -> Iterator[tuple[str, str]]:
    for statement in ast.parse(block.text).body:
        text = _segment(block.text, statement)
        if isinstance(statement, ast.ClassDef) and block.is_solution:
            if _is_dataclass(statement) and cells.SOLUTION[0] not in text:
                yield statement.name, text
        elif not block.is_solution:
            yield from _definition_of_statement(statement, text)


def _definition_of_statement(statement: ast.stmt, text: str) -> Iterator[tuple[str, str]]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, text
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_constant(value):
            yield name, text


def _is_constant(value: ast.expr) -> bool:
    """A literal that nobody can change in place, parts of earlier constants included."""
    match value:
        case ast.Constant() | ast.Name():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Tuple(elts=parts):
            return all(_is_constant(part) for part in parts)
        case ast.Starred(value=inner) | ast.Subscript(value=inner):
            return _is_constant(inner)
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and _is_constant(key) for key in keys) and all(
                map(_is_constant, values)
            )
    return False


def _is_dataclass(statement: ast.ClassDef) -> bool:
    names = {node.id for part in statement.decorator_list for node in ast.walk(part)
             if isinstance(node, ast.Name)}  # fmt: skip
    return "dataclass" in names


def _segment(text: str, statement: ast.stmt) -> str:
    """The lines of a statement, its decorators included."""
    marks = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(mark.lineno for mark in marks)])
    return "\n".join(text.split("\n")[first - 1 : statement.end_lineno])
