"""Which classes both processes have: exceptions of Python and dataclasses of the course.

A dataclass of the course's own packages, or one that the notebook gives, crosses field by field;
an exception crosses as its nearest class that both sides know. Nothing is ever imported here.
"""

from __future__ import annotations

import builtins
import dataclasses
import sys
from collections.abc import Iterable, Mapping
from typing import Any

GIVEN = "__main__"


class KnownClasses:
    """`given`: the notebook's own classes by name, looked up when they are needed (names the
    instructor gives). `modules`: the course's modules that both sides have loaded."""

    def __init__(self, names: Mapping[str, Any], given: Iterable[str], modules: Iterable[str]):
        self._names = names
        self._given = frozenset(given)
        self._modules = frozenset(modules)

    def name(self, kind: type) -> tuple[str, str] | None:
        """(module, name) of a dataclass that both sides have; None for any other class."""
        module, name = getattr(kind, "__module__", None), getattr(kind, "__qualname__", None)
        if not isinstance(module, str) or not isinstance(name, str):
            return None
        return (module, name) if self.dataclass(module, name) is kind else None

    def likeness(self, kind: type) -> list[str]:
        """[module, name] of the nearest class above an object's that both sides have, else []."""
        for above in kind.__mro__:
            module, name = getattr(above, "__module__", None), getattr(above, "__qualname__", None)
            if self.find(module, name) is above:
                return [str(module), str(name)]
        return []

    def dataclass(self, module: Any, name: Any) -> type | None:
        """The dataclass of that name, None where it is not one that both sides have."""
        found = self.find(module, name)
        return found if found is not None and dataclasses.is_dataclass(found) else None

    def ours(self, kind: type) -> bool:
        """True for a class of the test's own code or of the course's modules."""
        module = kind.__dict__.get("__module__")
        return module == GIVEN or module in self._modules

    def exception(self, module: Any, name: Any) -> type[Exception] | None:
        """The exception class of that name where both sides must have the same one."""
        found = vars(builtins).get(name) if module == "builtins" else self._loaded(module, name)
        return found if isinstance(found, type) and issubclass(found, Exception) else None

    def find(self, module: Any, name: Any) -> type | None:
        """The class of that name that both sides have."""
        if module == GIVEN:
            found = self._names.get(name) if name in self._given else None
        else:
            found = _member(module, name) if module in self._modules else None
        return found if isinstance(found, type) else None

    def _loaded(self, module: Any, name: Any) -> Any:
        if not isinstance(module, str) or module == GIVEN:
            return None
        root = module.partition(".")[0]
        shared = module in self._modules or root == "numpy" or root in sys.stdlib_module_names
        return _member(module, name) if shared else None


def _member(module: Any, name: Any) -> Any:
    """What a loaded module holds under a plain name."""
    found = sys.modules.get(module) if isinstance(module, str) else None
    return vars(found).get(name) if found is not None and isinstance(name, str) else None
