"""The given values of a notebook, made in the tester: once, and a copy of them for each test.

Which statements make them is decided outside, in `sandbox/given_code`.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.run_test import Output, run_source
from autograder.sandbox.inside.bridge.value_digest import digest

RandomState = tuple[Any, Any]
Statement = tuple[str, Sequence[str]]  # its source, and the names of its values that a test reads


class GivenValues:
    """The values of one notebook's statements, which run once for all tests that read them.

    instructor_names: what the notebook's imports and definitions bind.
    """

    def __init__(self, instructor_names: dict[str, Any]):
        self._instructor_names = dict(instructor_names)
        self._namespaces: dict[tuple[str, ...], dict[str, Any]] = {(): {}}
        self._random_states: dict[tuple[str, ...], RandomState] = {(): _random_state()}
        self._errors: dict[tuple[str, ...], list[Output]] = {}

    def of(self, statements: Sequence[Statement]) -> tuple[dict[str, Any], list[Output]]:
        """(the values of `statements`, run in their order, for one test alone; the error of the
        first that raises). Values that cannot be copied are the same in every test."""
        texts = tuple(text for text, _ in statements)
        if texts not in self._namespaces and texts not in self._errors:
            self._make(texts)
        if texts in self._errors:
            return {}, self._errors[texts]
        namespace = self._namespaces[texts]
        read = [name for _, names in statements for name in names if name in namespace]
        values = {name: namespace[name] for name in read}
        copies = _copied(values)
        if copies is None:
            one_by_one = ({name: value} for name, value in values.items())
            copies = {k: v for pair in one_by_one for k, v in (_copied(pair) or pair).items()}
        return copies, []

    def _make(self, texts: tuple[str, ...]) -> None:
        """Run the statements, behind the longest run of them so far. Functions see the names of
        their own run only, so one that made some is not gone on with."""
        prefix = max(
            (k for k in self._namespaces if texts[: len(k)] == k and not _makes_functions(k)),
            key=len,
        )
        values = _copied(self._namespaces[prefix])
        if values is None:
            prefix, values = (), {}
        names = {**self._instructor_names, **values}
        before = _random_state()
        _set_random_state(self._random_states[prefix])
        errors: list[Output] = []
        for text in texts[len(prefix) :]:
            _, outputs = run_source(text, "given", names)
            errors += [output for output in outputs if output["output_type"] == "error"]
            if errors:
                break
        state = _random_state()
        _set_random_state(before)
        if errors:
            self._errors[texts] = errors
            return
        self._random_states[texts] = state
        instructor = self._instructor_names
        self._namespaces[texts] = {
            k: v for k, v in names.items() if instructor.get(k, instructor) is not v
        }


def _makes_functions(texts: tuple[str, ...]) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return any(isinstance(node, kinds) for text in texts for node in ast.walk(ast.parse(text)))


def _random_state() -> RandomState:
    """That of the generators which Python and NumPy share among all who draw without one."""
    return random.getstate(), np.random.get_state()


def _set_random_state(state: RandomState) -> None:
    random.setstate(state[0])
    np.random.set_state(state[1])


def _copied(values: dict[str, Any]) -> dict[str, Any] | None:
    """A copy in depth; None where one of the values cannot be copied. What only this process has
    can not: the copy of a serial port would close its descriptor a second time."""
    if any(digest(value) is None for value in values.values()):
        return None
    try:
        return copy.deepcopy(values)
    except Exception:  # noqa: BLE001  a value of any class may refuse to be copied
        return None
