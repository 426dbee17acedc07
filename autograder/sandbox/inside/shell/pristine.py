"""Pristine modules: a copy made in the zygote, put back before a hidden test runs in a fork.

It undoes a plain monkeypatch (`numpy.testing.assert_allclose = lambda *_: None`). It is no wall: a
submission that looks for this copy can change it, which is why marks from a fork are flagged.
"""

from __future__ import annotations

import builtins
import math
import sys
from types import ModuleType
from typing import Any

WATCHED = ("numpy", "numpy.testing", "numpy.linalg", "numpy.random", "math", "unittest")
_SAVED: list[tuple[ModuleType, dict[str, Any]]] = []


def save_modules() -> None:
    """Remember the watched modules as they are now."""
    watched = [sys.modules[name] for name in WATCHED if name in sys.modules]
    _SAVED[:] = [(module, dict(vars(module))) for module in (builtins, math, *watched)]


def restore_modules() -> None:
    """Give every watched module its saved names back; names added since then stay."""
    for module, names in _SAVED:
        vars(module).update(names)
