"""The `__init__.py` files around exported modules, made from the modules that are there.

The outer one offers the everyday names of each chapter lazily (PEP 562): a chapter that is still
broken stops its own names only, never `import tinytorch`. Where a student has no module of a
chapter, one that was handed out with the course (in the wheel) stands in.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping
from pathlib import Path

BEHIND = (
    "__path__ = extend_path(__path__, __name__)  # what was handed out stands behind your own\n"
)
LAZY = """\
from importlib import import_module
from pkgutil import extend_path
from typing import Any

{behind}
_HOME = {{
{table}}}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(
            f"{package} has no '{{name}}' yet: export the chapter that defines it. "
            "A name that is not for every day is imported from its module."
        )
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
"""
TITLES = {
    "tinytorch": "TinyTorch, the framework of this course: each chapter's notebook adds a module."
}


def modules(root: Path, package: str, order: list[str]) -> list[str]:
    """The package's modules, relative to `root`: in the order of the syllabus, then by name."""
    paths = [path.relative_to(root).as_posix() for path in (root / package).rglob("*.py")]
    mine = [path for path in paths if not path.endswith("__init__.py")]
    last = len(order)
    return sorted(mine, key=lambda path: (order.index(path) if path in order else last, path))


def public(text: str) -> tuple[str, ...]:
    """The names in a module's `__all__`; () where it has none or does not parse."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return ()
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                return tuple(str(e.value) for e in elements if isinstance(e, ast.Constant))
    return ()


def outer(
    root: Path,
    package: str,
    paths: list[str],
    everyday: Mapping[str, tuple[str, ...]],
    behind: Path | None = None,
) -> str:
    """The package's own `__init__`; of two modules with one name, the earlier chapter has it.

    everyday: the names to offer of a module, by its path; where it has no entry, every public one.
    behind: where the course handed out modules, which stand in for those that are not in `paths`.
    """
    modules_and_roots = [(path, root) for path in paths]
    if behind:
        modules_and_roots += [
            (path, behind) for path in modules(behind, package, []) if path not in paths
        ]
    homes: dict[str, str] = {}
    for path, home in modules_and_roots:
        names = public(_read(home / path))
        for name in everyday.get(path, names):
            if name in names:
                homes.setdefault(name, _dotted(path))
    table = "".join(f'    "{name}": "{homes[name]}",\n' for name in sorted(homes))
    title = TITLES.get(package, f"{package}: each chapter's notebook adds a module.")
    listed = [(_dotted(path).partition(".")[2], _first_line(_read(root / path))) for path in paths]
    lazy = LAZY.format(table=table, package=package, behind=BEHIND)
    return f"{_docstring(title, listed)}\n\n{lazy}"


def inner(root: Path, folder: str, paths: list[str]) -> str:
    """The `__init__` of a sub-package: its docstring lists its modules."""
    mine = [path for path in paths if Path(path).parent.as_posix() == folder]
    rows = [f"{Path(path).stem}: {_first_line(_read(root / path))}".rstrip() for path in mine]
    title = f"The modules of {folder.replace('/', '.')}, in reading order."
    docstring = '"""' + "\n\n".join([title, "\n".join(rows)]) + '\n"""'
    return f"{docstring}\n\nfrom pkgutil import extend_path\n\n{BEHIND}"


def _docstring(title: str, rows: list[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in rows), default=0)
    table = "\n".join(f"    {name:<{width}}  {summary}".rstrip() for name, summary in rows)
    lazy = (
        "The everyday names stand here too; each is imported from its module when it is first used."
    )
    return '"""' + "\n\n".join(part for part in (title, table, lazy) if part) + '\n"""'


def _first_line(text: str) -> str:
    try:
        docstring = ast.get_docstring(ast.parse(text)) or ""
    except SyntaxError:
        docstring = ""
    return textwrap.shorten(docstring.partition("\n")[0], 72, placeholder=" ...").replace(
        "\\", "\\\\"
    )


def _dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
