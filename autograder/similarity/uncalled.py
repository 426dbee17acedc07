"""A cell without the functions that nothing calls: whoever copies may put some beside the copy.

Suppose that a question asks for `softmax`. Its function stays, so does every function that it
reads, and every statement of the cell that defines none, with what it reads. A function `checker`
that only `checker` itself reads is left out, also where `softmax` has a variable `checker`, and so
is a first `softmax` which a second one below it replaces, if no statement between the two could
have kept the first (`f = softmax`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Names = frozenset[str]
NOTHING: Names = frozenset()
Scopes = tuple[Names, ...]  # the variables of each function around some code, the outermost first


@dataclass(frozen=True)
class _Defined:
    """A function or class: the words by which it is read, 'name' and for a method '.name', and the
    words that it reads itself, outside the definitions in it."""

    node: Definition
    words: Names
    reads: Names


def names_of(tree: ast.AST) -> Names:
    """The words that some code reads ('name', '.attribute'), and those of what it defines."""
    return frozenset(_read(tree)).union(*(d.words | d.reads for d in _definitions(tree)))


def defined_names(tree: ast.AST) -> Names:
    """The words by which the functions, classes and methods of some code are read."""
    return NOTHING.union(*(definition.words for definition in _definitions(tree)))


def without_uncalled(tree: ast.Module, asked_names: Names) -> ast.Module:
    """`tree` without the functions, classes and methods that nothing leads to.

    asked_names: the `names_of` the notebook. Where the cell defines none of them, all stays.
    """
    replaced = set(_replaced(tree))
    definitions = [
        definition for definition in _definitions(tree) if definition.node not in replaced
    ]
    if not any(asked_names & definition.words for definition in definitions):
        return tree
    called = _called(definitions, asked_names | frozenset(_read(tree)))
    for block in _blocks(tree):
        block[:] = [s for s in block if not isinstance(s, Definition) or s in called]
    return tree


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                yield statements


def _replaced(tree: ast.Module) -> Iterator[Definition]:
    """The functions that another one of their name replaces further down in the same block.

    One stays if anything that runs between the two reads a name of the cell: it may be this one, or
    one that leads to it.
    """
    repeated = [block for block in _blocks(tree) if _is_repeated(block)]
    chosen = frozenset(_bound(tree)) if repeated else NOTHING
    for block in repeated:
        standing: dict[str, Definition] = {}
        for node in block:
            if not chosen.isdisjoint(_read_as_it_runs(node)):
                standing.clear()
            if isinstance(node, Definition) and not node.decorator_list:
                if node.name in standing:
                    yield standing[node.name]
                standing[node.name] = node


def _is_repeated(block: list[ast.stmt]) -> bool:
    names = [node.name for node in block if isinstance(node, Definition)]
    return len(set(names)) < len(names)


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that the cell binds anywhere, those of methods also as attributes."""
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            yield from (node.name, f".{node.name}")
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _read_as_it_runs(node: ast.stmt) -> Iterator[str]:
    """What a statement reads as it runs: of a function its head, of a class its body too."""
    yield from _read(node)
    for inner in _own_nodes([node]):
        if isinstance(inner, ast.ClassDef):
            yield from chain.from_iterable(map(_read_as_it_runs, inner.body))


def _called(definitions: list[_Defined], words: Names) -> set[Definition]:
    """What is defined and `words` lead to, directly or through each other."""
    by_word: dict[str, list[_Defined]] = {}
    for definition in definitions:
        for word in definition.words:
            by_word.setdefault(word, []).append(definition)
    called: set[Definition] = set()
    waiting = list(words & by_word.keys())
    while waiting:
        for definition in by_word.pop(waiting.pop(), ()):
            if definition.node not in called:
                called.add(definition.node)
                waiting += definition.reads & by_word.keys()
    return called


def _definitions(node: ast.AST, hidden: Scopes = ()) -> Iterator[_Defined]:
    """All that is defined in `node`. hidden: the variables of the functions around it, which are
    no function of the cell even if one has that name."""
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, Definition):
            yield from _definitions(inner, hidden)
            continue
        around = hidden if isinstance(inner, ast.ClassDef) else (*hidden, _variables(inner))
        reads = frozenset(_read_all(inner.body, around))
        if isinstance(inner, ast.ClassDef):
            reads |= {_special_of(inner)}
        yield _Defined(inner, _words(inner, node), reads)
        yield from _definitions(inner, around)


def _words(node: Definition, around: ast.AST) -> Names:
    if not isinstance(around, ast.ClassDef):
        return frozenset({node.name})
    if node.name.startswith("__") and node.name.endswith("__"):  # Python calls it
        return frozenset({node.name, f".{node.name}", _special_of(around)})
    return frozenset({node.name, f".{node.name}"})


def _special_of(node: ast.ClassDef) -> str:
    """The word by which a class reads the methods that Python calls."""
    return f"special methods of {node.name}, line {node.lineno}"


def _read(node: ast.AST, hidden: Scopes = ()) -> Iterator[str]:
    """What a part of the code reads outside the definitions in it and outside `hidden`."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _read_all((*node.decorator_list, *_head(node.args)), hidden)
            if node.returns:
                yield from _read(node.returns, hidden)
        case ast.ClassDef():
            yield from _read_all((*node.decorator_list, *node.bases, *node.keywords), hidden)
        case ast.Lambda():
            yield from _read_all(_head(node.args), hidden)
            yield from _read(node.body, (*hidden, _variables(node)))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _read(node.generators[0].iter, hidden)
            targets = frozenset(_stored(generator.target for generator in node.generators))
            yield from _read_all(ast.iter_child_nodes(node), (*hidden, targets))
        case ast.Name(id=name, ctx=ast.Load()) if not any(name in scope for scope in hidden):
            yield name
        case ast.Attribute(attr=name, value=value):
            yield f".{name}"
            yield from _read(value, hidden)
        case _:
            yield from _read_all(ast.iter_child_nodes(node), hidden)


def _read_all(nodes: Iterable[ast.AST], hidden: Scopes = ()) -> Iterator[str]:
    return chain.from_iterable(_read(node, hidden) for node in nodes)


def _head(arguments: ast.arguments) -> Iterator[ast.expr]:
    """The defaults and annotations of arguments, which are read where the function is made."""
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default)
    yield from (argument.annotation for argument in _listed(arguments) if argument.annotation)


def _listed(arguments: ast.arguments) -> Iterator[ast.arg]:
    listed = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (argument for argument in (*listed, arguments.vararg, arguments.kwarg) if argument)


def _variables(function: Function) -> Names:
    """The arguments and variables of a function, without those of the functions in it."""
    names = {argument.arg for argument in _listed(function.args)}
    if isinstance(function, ast.Lambda):
        return frozenset(names)
    outer = {
        name
        for node in _own_nodes(function.body)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    return frozenset(names.union(_stored(function.body))) - outer


def _own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a scope, not those of the functions, classes and comprehensions in it."""
    for node in nodes:
        yield node
        if not isinstance(node, Definition | ast.Lambda | Comprehension):
            yield from _own_nodes(ast.iter_child_nodes(node))


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that nodes of a scope bind."""
    for node in _own_nodes(nodes):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
