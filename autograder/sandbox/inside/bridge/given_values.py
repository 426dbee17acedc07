"""The given values of a notebook, made in the tester: once, and a copy of them for each test."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.run_test import Output, run_source

Statement = tuple[str, Sequence[str]]  # its source, and the names of its values that a test reads


class GivenValues:
    """instructor_names: what the notebook's imports and definitions bind."""

    def __init__(self, instructor_names: dict[str, Any]):
        self._names = dict(instructor_names)
        self._errors: dict[str, list[Output]] = {}

    def of(self, statements: Sequence[Statement]) -> tuple[dict[str, Any], list[Output]]:
        """(the values of `statements`, for one test alone; the error of the first that raises).

        Each statement runs once for all tests. Values that refuse to be copied are the same in
        every test.
        """
        for text, _ in statements:
            if text not in self._errors:
                _, outputs = run_source(text, "given", self._names)
                self._errors[text] = [o for o in outputs if o["output_type"] == "error"]
            if self._errors[text]:
                return {}, self._errors[text]
        values = {name: self._names[name] for _, names in statements for name in names}
        try:
            return copy.deepcopy(values), []
        except Exception:  # noqa: BLE001  a value of any class may refuse to be copied
            return values, []


def same_value(mine: Any, theirs: Any) -> bool:
    """Whether two values are plainly the same; False where that cannot be said."""
    if type(mine) is not type(theirs):
        return False
    try:
        if isinstance(mine, np.ndarray):
            alike = mine.dtype == theirs.dtype and mine.shape == theirs.shape
            return alike and mine.tobytes() == theirs.tobytes()
        return (mine == theirs) is True
    except Exception:  # noqa: BLE001  a value of any class may refuse to be compared
        return False
