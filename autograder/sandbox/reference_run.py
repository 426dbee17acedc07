"""What a run of the instructor's own notebook does beyond that of a submission: it brings back the
files that it cached, and a test that fails is tried again in other scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.notebook.cells import Cell


@dataclass(frozen=True)
class OtherScopes:
    """The scopes in which a test that waits for the end of the run is tried until it passes.

    in_order: of the test's cell and its plan's scope. It goes on while the outputs of the cell do
    not earn all points. most: how many scopes there are at most.
    """

    in_order: Callable[[Cell, dict[str, Any]], Iterator[dict[str, Any]]]
    most: int


@dataclass(frozen=True)
class ReferenceRun:
    """other_scopes: None where each test runs in its plan's scope alone. cache: is filled with the
    files that the run left in ~/.cache, by path."""

    other_scopes: OtherScopes | None = None
    cache: dict[str, bytes] = field(default_factory=dict)
