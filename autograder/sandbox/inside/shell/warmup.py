"""The warm-up of the zygote, once for all notebooks: it imports modules and formats a traceback.

A child process first runs a few cells and reports which modules they imported; the zygote imports
the same, and nothing else of those cells remains. Caches that fill by use (lexers) are filled here.
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
NOT_PRELOADED = ("__main__", "matplotlib_inline.backend_inline")


def preload_modules(play: Callable[[Iterable[str]], None], figures: bool) -> None:
    """Import what a child imports when it plays CELLS, and DRAWING where there are figures."""
    sys.stdout.flush()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            before = set(sys.modules)
            play([*CELLS, DRAWING] if figures else CELLS)
            os.write(write, "\n".join(set(sys.modules) - before - set(NOT_PRELOADED)).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        _import(names.read().split())
    os.waitpid(child, 0)


def _import(names: Iterable[str]) -> None:
    """Import by name; a part of another module that cannot be imported by name is skipped."""
    for name in sorted(names):
        with suppress(ImportError, AttributeError, ValueError):
            importlib.import_module(name)


def format_errors_once() -> None:
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
