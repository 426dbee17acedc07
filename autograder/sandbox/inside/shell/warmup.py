"""What the zygote does once so that no notebook has to: import, format a traceback, draw.

A child plays a short notebook first and says which modules that took; the zygote imports those and
nothing of the play remains. Caches that only use fills (fonts, lexers) are filled here directly.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType

from IPython.core.ultratb import AutoFormattedTB, SyntaxTB

CELLS = (
    "import math\nmath.pi",
    "def f(x):\n    return g(x)\n\ndef g(x):\n    raise ValueError(x)\n\nf(1)",
    "try:\n    {}[0]\nexcept KeyError as e:\n    raise TypeError('x') from e",
    "x = = 1",
    "%time 1",
    "%timeit -n 1 -r 1 pass",
    "print?",
    "!true",
    "%%bash\ntrue",
    "display(1)",
    "import asyncio\nawait asyncio.sleep(0)",
    "import numpy",
)
DRAWING = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
OWN = ("__main__", "matplotlib_inline.backend_inline")


def learn(play: Callable[[Iterable[str]], None], figures: bool) -> None:
    """Import what a child imports when it plays CELLS, and DRAWING where there are figures."""
    sys.stdout.flush()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            before = set(sys.modules)
            play([*CELLS, DRAWING] if figures else CELLS)
            os.write(write, "\n".join(set(sys.modules) - before - set(OWN)).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        _import(names.read().split())
    os.waitpid(child, 0)


def _import(names: Iterable[str]) -> None:
    """Import by name; what has no name of its own (a plug-in, a part of another) is left."""
    for name in sorted(names):
        with suppress(ImportError, AttributeError, ValueError):
            importlib.import_module(name)


def format_errors() -> None:
    """Format a traceback with colours, and a syntax error."""
    try:
        compile("x = = 1", "cell", "exec")
    except SyntaxError as fault:
        SyntaxTB(theme_name="neutral").structured_traceback(SyntaxError, fault, None)
    try:
        raise ValueError("an error to format")
    except ValueError as fault:
        _format(fault, fault.__traceback__)


def _format(fault: ValueError, traceback: TracebackType | None) -> None:
    formatter = AutoFormattedTB(mode="Context", theme_name="neutral", tb_offset=0)
    formatter.structured_traceback(ValueError, fault, traceback)
