"""What modules were before a submission ran: kept in the zygote, put back before a test in a fork.

It undoes the plain monkeypatch (`numpy.testing.assert_allclose = lambda *_: None`). It is no wall:
a submission that hunts for this copy finds it, which is why marks from a fork are flagged.
"""

from __future__ import annotations

import builtins
import math
import sys
from types import ModuleType
from typing import Any

WATCHED = ("numpy", "numpy.testing", "numpy.linalg", "numpy.random", "math", "unittest")
_KEPT: list[tuple[ModuleType, dict[str, Any]]] = []


def keep() -> None:
    """Remember the watched modules as they are now."""
    watched = [sys.modules[name] for name in WATCHED if name in sys.modules]
    _KEPT[:] = [(module, dict(vars(module))) for module in (builtins, math, *watched)]


def restore() -> None:
    """Give every watched module the names back that it had; names added since then stay."""
    for module, names in _KEPT:
        vars(module).update(names)
