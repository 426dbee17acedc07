"""The values that a notebook gives, made in the tester: once, and a copy of them for each test."""

from __future__ import annotations

import copy
from typing import Any

from autograder.sandbox.inside.bridge.run_test import run_source


class GivenValues:
    """instructor_names: what the notebook's imports and definitions bind."""

    def __init__(self, instructor_names: dict[str, Any]):
        self._instructor_names = instructor_names
        self._made: dict[str, dict[str, Any]] = {}

    def of(self, source: str) -> dict[str, Any]:
        """What `source` binds, as if it had been run for this test alone. Where it raises, the
        names after that are missing."""
        if source not in self._made:
            self._made[source] = self._run(source)
        try:
            return copy.deepcopy(self._made[source])
        except Exception:  # noqa: BLE001  a value of any class may refuse to be copied
            return self._run(source)

    def _run(self, source: str) -> dict[str, Any]:
        names = dict(self._instructor_names)
        run_source(source, "given", names)
        return {k: v for k, v in names.items() if self._instructor_names.get(k, self) is not v}
