"""Which modules of the course's packages a notebook can import, found in their text.

A command such as `course update` has modules that no notebook imports; a change there changes no
verdict. Where the text does not show what is imported, all modules count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

IMPORT_LINE = re.compile(r"(?m)^[ \t]*((?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+\w.*)$")


def imported_modules(texts: Iterable[str], packages: Mapping[str, bytes]) -> set[str]:
    """The paths among `packages` that the code in `texts` imports, or what it imports in turn.

    packages: the files by path. All that is no module, such as a table of data, is in the answer.
    A module whose dotted name stands in a string counts as imported, since it may be started by
    `-m`; so does one that a line of a string imports, since a proof is code in a string.
    """
    modules = {_dotted(path): path for path in packages if path.endswith(".py")}
    reached: set[str] = set()
    try:
        waiting = [name for text in texts for name in _names(text)]
        while waiting:
            for name in _with_parents(waiting.pop()):
                if name in modules and name not in reached:
                    reached.add(name)
                    waiting += _names(packages[modules[name]].decode())
                    waiting += [f"{name}.__main__"]
    except (SyntaxError, ValueError):
        return set(packages)
    return {path for path in packages if not path.endswith(".py") or _dotted(path) in reached}


def _names(text: str) -> Iterator[str]:
    """Dotted names that a module or cell imports, and its strings that may be such names."""
    for node in ast.walk(ast.parse(_without_commands(text))):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                yield from (f"{module}.{alias.name}" for alias in aliases)
            case ast.ImportFrom():
                raise ValueError("a relative import does not say its package")
            case ast.Constant(value=str(value)):
                yield value
                for line in IMPORT_LINE.findall(value):
                    yield from _names(line)


def _without_commands(text: str) -> str:
    """A cell's text without IPython's lines for the notebook (%) and the shell (!)."""
    lines = text.split("\n")
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


def _with_parents(name: str) -> Iterator[str]:
    """`a.b.c`, `a.b` and `a`: importing the first runs the packages around it."""
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(len(parts), 0, -1))


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
