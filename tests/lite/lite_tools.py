"""JupyterLite's tools: where they cannot be installed, a test is skipped; other errors count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from lite.errors import LiteError

Result = TypeVar("Result")


def or_skipped(make: Callable[[], Result]) -> Result:
    """What `make` returns; the test is skipped where the tools cannot be installed."""
    try:
        return make()
    except LiteError as error:
        if "could not be installed" in str(error):
            pytest.skip(f"{error} Install them: make lite")
        raise
