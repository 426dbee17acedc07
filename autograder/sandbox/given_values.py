"""Values that a notebook gives and that need nothing of the student: data read, points drawn.

A test that reads such a value gets it from the instructor's source, in the tester, so that a
submission which binds the name anew (the labels it is measured against, say) changes nothing.
Which they are is read from the reference notebook, without running it.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.notebook.code_blocks import Block
from autograder.notebook.code_names import bound_names, free_names

SEEDED = frozenset({"default_rng", "RandomState", "Generator", "SeedSequence", "PCG64", "Random"})
RANDOM_MODULES = frozenset({"random", "torch"})
PROCESS_WIDE = frozenset({"input", "globals", "locals", "get_ipython", "environ", "argv"})


@dataclass(frozen=True)
class GivenValue:
    """A statement that binds names to a value. needs: the names that it reads."""

    text: str
    binds: frozenset[str]
    needs: frozenset[str]


def given_values(blocks: list[Block], instructor_names: set[str]) -> list[GivenValue]:
    """The given statements whose value can be made anew from the instructor's names and from each
    other, in their order. Left out is what is bound twice or changed later, and what another run
    makes otherwise (a generator without a seed)."""
    ordinary = [block for block in blocks if not block.is_test]
    statements = [s for block in ordinary for s in ast.parse(block.text).body]
    bindings = Counter(name for s in statements for name in bound_names(ast.unparse(s)))
    changed = {name for s in statements for name in _changed_names(s)}
    candidates = [
        GivenValue(text, frozenset(bound_names(text)), frozenset(free_names(text)))
        for block in ordinary
        if not block.is_solution
        for statement in ast.parse(block.text).body
        if _binds_a_value(statement) and _is_repeatable(statement)
        for text in [ast.unparse(statement)]
    ]
    candidates = [
        value
        for value in candidates
        if not value.binds & (changed | instructor_names)
        and all(bindings[name] == 1 for name in value.binds)
    ]
    return list(_self_contained(candidates, instructor_names | set(vars(builtins))))


def needed_values(values: list[GivenValue], names: set[str]) -> str:
    """The source of the values that bind `names`, and of those that they need: with a generator,
    everything that draws from it before."""
    generators = {name for value in values if _makes_a_generator(value) for name in value.binds}
    waiting, needed = set(names), set[int]()
    while waiting:
        name = waiting.pop()
        for place, value in enumerate(values):
            if name in value.binds and place not in needed:
                needed.add(place)
                waiting |= value.needs
                waiting |= {
                    bound
                    for earlier in values[:place]
                    if earlier.needs & value.needs & generators
                    for bound in earlier.binds
                }
    return "\n".join(values[place].text for place in sorted(needed))


def _makes_a_generator(value: GivenValue) -> bool:
    calls = [node.func for node in ast.walk(ast.parse(value.text)) if isinstance(node, ast.Call)]
    words = {func.attr for func in calls if isinstance(func, ast.Attribute)}
    return bool(SEEDED & (words | {func.id for func in calls if isinstance(func, ast.Name)}))


def _self_contained(candidates: list[GivenValue], available: set[str]) -> Iterator[GivenValue]:
    known = set(available)
    for value in candidates:
        if value.needs <= known | value.binds:
            known |= value.binds
            yield value


def _binds_a_value(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name | ast.Tuple) for target in targets)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is not None
        case ast.With(body=body):
            return all(map(_binds_a_value, body))
    return False


def _is_repeatable(statement: ast.stmt) -> bool:
    """False for what reads this process, or draws without a seed of its own."""
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) if word in PROCESS_WIDE:
                return False
            case ast.Call(func=ast.Name(id=word) | ast.Attribute(attr=word), args=[], keywords=[]):
                if word in SEEDED:
                    return False
            case ast.Attribute(value=ast.Name(id=word) | ast.Attribute(attr=word), attr=function):
                if word in RANDOM_MODULES and function not in SEEDED:
                    return False
    return True


def _changed_names(statement: ast.stmt) -> Iterator[str]:
    """The names whose values a statement changes in place: x[1] = ..., x.y += ..., x.sort()."""
    for node in ast.walk(statement):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                yield name
            case ast.Call(func=ast.Attribute(attr="shuffle"), args=[ast.Name(id=name), *_]):
                yield name
