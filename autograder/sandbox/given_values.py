"""Given values: statements of given cells that need nothing of the student, such as data that is
read or points that are drawn.

A test that asks functions of the student about such a value gets it from the instructor's source,
made in the tester, so that a submission which binds the name anew (the labels it is measured
against, say) earns nothing by it. Which they are is read from the reference notebook, without
running it; the run of the reference shows whether its tests pass with them.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.notebook.code_blocks import Block
from autograder.notebook.code_names import bound_names, free_names


@dataclass(frozen=True)
class GivenStatement:
    """A statement that binds names to a value. needs: the names that it reads."""

    text: str
    binds: frozenset[str]
    needs: frozenset[str]


def given_statements(blocks: list[Block], instructor_names: set[str]) -> list[GivenStatement]:
    """The given statements that can be run with the instructor's names and with each other alone,
    in their order. A name that is bound twice is left out."""
    ordinary = [block for block in blocks if not block.is_test]
    bindings = Counter(name for block in ordinary for name in _bound_by_statements(block))
    known = instructor_names | set(vars(builtins))
    found = []
    for statement in (s for b in ordinary if not b.is_solution for s in ast.parse(b.text).body):
        text = ast.unparse(statement)
        given = GivenStatement(text, frozenset(_values(statement)), frozenset(free_names(text)))
        if (
            given.binds
            and given.needs <= known | bound_names(text)
            and not given.binds & instructor_names
            and all(bindings[name] == 1 for name in given.binds)
        ):
            known |= given.binds
            found.append(given)
    return found


def needed_statements(
    statements: list[GivenStatement], names: set[str]
) -> Iterator[GivenStatement]:
    """The statements that bind `names`, and those that they need, in their order."""
    needed, waiting = set[int](), set(names)
    while waiting:
        name = waiting.pop()
        for place, statement in enumerate(statements):
            if name in statement.binds and place not in needed:
                needed.add(place)
                waiting |= statement.needs
    for place in sorted(needed):
        yield statements[place]


def asked_functions(blocks: list[Block], names: set[str]) -> bool:
    """Whether `names` are functions and classes, and at least one. What a notebook has computed
    from a given value fits that value of the same submission alone."""
    ordinary = [block for block in blocks if not block.is_test]
    bodies = [statement for block in ordinary for statement in ast.parse(block.text).body]
    defined = {
        statement.name
        for statement in bodies
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    computed = {
        name
        for statement in bodies
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for name in bound_names(ast.unparse(statement))
    }
    return bool(names) and names <= defined - computed


def _bound_by_statements(block: Block) -> Iterator[str]:
    for statement in ast.parse(block.text).body:
        if isinstance(statement, ast.With):
            yield from _values(statement)
        else:
            yield from bound_names(ast.unparse(statement))


def _values(statement: ast.stmt) -> set[str]:
    """The names that a statement binds to a value; empty for every other kind of statement."""
    match statement:
        case ast.Assign(targets=targets):
            plain = all(isinstance(t, ast.Name | ast.Tuple | ast.List) for t in targets)
            return bound_names(ast.unparse(statement)) if plain else set()
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            return {name}
        case ast.With(body=body):
            parts = [_values(part) for part in body]
            return set().union(*parts) if all(parts) else set()
    return set()
