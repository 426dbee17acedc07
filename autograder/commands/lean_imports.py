"""Foreign packages whose `__init__` imports far more than we use: each name is imported when asked.

`import nbgrader` brings four server extensions along, `import nbconvert` every exporter there is,
together 2 s of every command. A lean package has the real one's path and reads off its `__init__`
which module a name comes from. Asked for anything else it runs the real `__init__`, so that nobody
in the process can tell the difference but by the clock.
"""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = (
    "nbconvert",
    "nbconvert.exporters",
    "nbconvert.filters",
    "nbconvert.preprocessors",
    "nbgrader",
    "nbgrader.converters",
    "nbgrader.preprocessors",
)
# Optional to jsonschema, for formats that no notebook has. `rfc3987_syntax` compiles a grammar for
# 2 s when it is imported, `isoduration` brings a library of dates along.
BLOCKED = ("rfc3987_syntax", "isoduration")


def install() -> None:
    """From now on the packages are lean. What was imported before stays as it is."""
    for name in BLOCKED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's own "not there"
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds the packages as Python would, and gives them to `_Lean` to open."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in PACKAGES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.origin and spec.submodule_search_locations:
            spec.loader = _Lean(spec.loader, Path(spec.origin))
        return spec


class _Lean(Loader):
    """Opens a package without running its `__init__`, which is left to the `real` loader."""

    def __init__(self, loader: Any, init: Path):
        self.loader, self.init = loader, init

    def exec_module(self, module: ModuleType) -> None:
        homes = _homes(ast.parse(self.init.read_text(encoding="utf-8")))

        def __getattr__(name: str) -> Any:
            if name in homes:
                module.__dict__[name] = _named(module.__name__, *homes[name])
            elif _is_module(module, name):
                module.__dict__[name] = importlib.import_module(f"{module.__name__}.{name}")
            elif name in ("__all__", "__version__") or not name.startswith("__"):
                module.__dict__.pop("__getattr__", None)
                self.loader.exec_module(module)
            if name not in module.__dict__:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            return module.__dict__[name]

        module.__dict__["__getattr__"] = __getattr__


def _homes(init: ast.Module) -> dict[str, tuple[str, str]]:
    """name -> (module, its name there), for each `from .module import name` in an `__init__`."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(init)
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
        if alias.name != "*"
    }


def _named(package: str, module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{package}.{module}"), name)


def _is_module(package: ModuleType, name: str) -> bool:
    return importlib.machinery.PathFinder.find_spec(name, package.__path__) is not None
