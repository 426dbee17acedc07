"""The given values of a notebook, made in the tester: once, and a copy of them for each test.

Which statements make them is decided outside, in `sandbox/given_code`.
"""

from __future__ import annotations

import ast
import copy
import functools
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.run_test import Output, run_source
from autograder.sandbox.inside.bridge.value_digest import digest

RandomState = tuple[Any, Any]
Statement = tuple[str, Sequence[str]]  # its source, and the names of its values that a test reads


class GivenValues:
    """The values of one notebook's statements, which run once for all tests that read them. Only
    statements that make functions run anew for each: what a function remembers is not copied.

    instructor_names: what the notebook's imports and definitions bind.
    """

    def __init__(self, instructor_names: dict[str, Any]):
        self._instructor_names = dict(instructor_names)
        self._namespaces: dict[tuple[str, ...], dict[str, Any]] = {(): {}}
        self._random_states: dict[tuple[str, ...], RandomState] = {(): _random_state()}
        self._digests: dict[tuple[str, ...], dict[str, str | None]] = {}
        self._errors: dict[tuple[str, ...], dict[str, Output]] = {}

    def of(self, statements: Sequence[Statement]) -> tuple[dict[str, Any], list[Output]]:
        """(the values of `statements`, run in their order, for one test alone; the error of the
        first that raises). Values that cannot be copied are the same in every test."""
        texts = _texts(statements)
        if texts not in self._errors and (texts not in self._namespaces or _has_functions(texts)):
            self._make(texts)
        if texts in self._errors:
            return {}, list(self._errors[texts].values())[:1]
        namespace = self._namespaces[texts]
        values = {name: namespace[name] for name in _read_names(statements, namespace)}
        digests = self.digests(statements)
        copies = _copied(values, digests)
        if copies is None:
            one_by_one = ({name: value} for name, value in values.items())
            copies = {k: v for one in one_by_one for k, v in (_copied(one, digests) or one).items()}
        return copies, []

    def digests(self, statements: Sequence[Statement]) -> dict[str, str | None]:
        """The digests of those values, by name; None for a value that has none."""
        texts = _texts(statements)
        namespace, digests = self._namespaces[texts], self._digests.setdefault(texts, {})
        for name in _read_names(statements, namespace):
            if name not in digests:
                digests[name] = digest(namespace[name])
        return digests

    def missing(self, statements: Sequence[Statement]) -> list[str]:
        """The names whose values cannot be made here: their statements raise."""
        errors = self._errors.get(_texts(statements), {})
        return [name for text, names in statements if text in errors for name in names]

    def _make(self, texts: tuple[str, ...]) -> None:
        """Run the statements, behind the longest run of them so far. Functions see the names of
        their own run only, so one that made some is not gone on with."""
        prefix = max(
            (
                k
                for k in self._namespaces
                if len(k) < max(len(texts), 1) and texts[: len(k)] == k and not _has_functions(k)
            ),
            key=len,
        )
        before = self._namespaces[prefix]
        values = _copied(before, {name: digest(value) for name, value in before.items()})
        if values is None:
            prefix, values = (), {}
        names = {**self._instructor_names, **values}
        state = _random_state()
        _set_random_state(self._random_states[prefix])
        errors: dict[str, Output] = {}
        for text in texts[len(prefix) :]:
            _, outputs = run_source(text, "given", names)
            errors.update((text, output) for output in outputs if output["output_type"] == "error")
        made_state = _random_state()
        _set_random_state(state)
        if errors:
            self._errors[texts] = errors
            return
        self._random_states[texts] = made_state
        instructor = self._instructor_names
        self._namespaces[texts] = {
            k: v for k, v in names.items() if instructor.get(k, instructor) is not v
        }


def _texts(statements: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(text for text, _ in statements)


def _read_names(statements: Sequence[Statement], namespace: dict[str, Any]) -> list[str]:
    return [name for _, names in statements for name in names if name in namespace]


@functools.cache
def _has_functions(texts: tuple[str, ...]) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return any(isinstance(node, kinds) for text in texts for node in ast.walk(ast.parse(text)))


def _random_state() -> RandomState:
    """That of the generators which Python and NumPy share among all who draw without one."""
    return random.getstate(), np.random.get_state()


def _set_random_state(state: RandomState) -> None:
    random.setstate(state[0])
    np.random.set_state(state[1])


def _copied(values: dict[str, Any], digests: Mapping[str, str | None]) -> dict[str, Any] | None:
    """A copy in depth; None where one of the values cannot be copied. What only this process has
    (it has no digest) can not: the copy of a serial port would close its descriptor again."""
    if any(digests[name] is None for name in values):
        return None
    try:
        return copy.deepcopy(values)
    except Exception:  # noqa: BLE001  a value of any class may refuse to be copied
        return None
