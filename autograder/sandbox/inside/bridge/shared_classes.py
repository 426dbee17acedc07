"""The classes that both processes have: exceptions of Python, and those of the course whose objects
cross by value: dataclasses, enumerations and named tuples.

Such a class is one of the course's own packages, or one that the instructor defines in the
notebook. An exception crosses as its nearest class that both sides have. Nothing is ever imported
here.
"""

from __future__ import annotations

import builtins
import dataclasses
import enum
import sys
from collections.abc import Iterable, Mapping
from typing import Any

NOTEBOOK_MODULE = "__main__"


class SharedClasses:
    """names: the namespace of the notebook, in which classes are looked up when they are needed.
    class_names: the classes that the instructor defines there. modules: the course's modules that
    both sides have loaded. installed_modules: those of installed packages, such as pandas; an error
    crosses as one of theirs, but their objects are not the instructor's: a public method such as
    `DataFrame.eval` runs whatever text the submission gives it."""

    def __init__(
        self,
        names: Mapping[str, Any],
        class_names: Iterable[str],
        modules: Iterable[str],
        installed_modules: Iterable[str] = (),
    ):
        self._names = names
        self._class_names = frozenset(class_names)
        self._modules = frozenset(modules)
        self._installed_modules = frozenset(installed_modules)

    def name_of(self, kind: type) -> tuple[str, str] | None:
        """(module, name) of a class whose objects cross by value; None for any other class."""
        module, name = getattr(kind, "__module__", None), getattr(kind, "__qualname__", None)
        if not isinstance(module, str) or not isinstance(name, str):
            return None
        return (module, name) if self.class_by_value(module, name) is kind else None

    def nearest_class(self, kind: type) -> list[str]:
        """[module, name] of the nearest class above an object's that both sides have, else []."""
        for above in kind.__mro__:
            module, name = getattr(above, "__module__", None), getattr(above, "__qualname__", None)
            if self.class_named(module, name) is above:
                return [str(module), str(name)]
        return []

    def class_by_value(self, module: Any, name: Any) -> type | None:
        """The dataclass, enumeration or named tuple of that name; None where it is not one that
        both sides have."""
        value = self.class_named(module, name)
        if value is None:
            return None
        is_named_tuple = issubclass(value, tuple) and hasattr(value, "_fields")
        is_enumeration = issubclass(value, enum.Enum)
        return (
            value if dataclasses.is_dataclass(value) or is_enumeration or is_named_tuple else None
        )

    def is_instructors(self, kind: type) -> bool:
        """True for a class of the test's own code or of the course's modules."""
        module = kind.__dict__.get("__module__")
        return module == NOTEBOOK_MODULE or module in self._modules

    def exception_class(self, module: Any, name: Any) -> type[Exception] | None:
        """The exception class of that name where both sides must have the same one."""
        if module == NOTEBOOK_MODULE:
            value: Any = self.class_named(module, name)
        elif module == "builtins":
            value = vars(builtins).get(name)
        else:
            value = self._loaded_member(module, name)
        return value if isinstance(value, type) and issubclass(value, Exception) else None

    def class_named(self, module: Any, name: Any) -> type | None:
        """The class of that name that both sides have."""
        if module == NOTEBOOK_MODULE:
            value = self._names.get(name) if name in self._class_names else None
        else:
            value = _member(module, name) if module in self._modules else None
        return value if isinstance(value, type) else None

    def _loaded_member(self, module: Any, name: Any) -> Any:
        if not isinstance(module, str):
            return None
        root = module.partition(".")[0]
        is_public = root == "numpy" or root in sys.stdlib_module_names
        shared = is_public or module in self._modules | self._installed_modules
        return _member(module, name) if shared else None


def _member(module: Any, name: Any) -> Any:
    """The value of a name in a loaded module; None where there is none."""
    value = sys.modules.get(module) if isinstance(module, str) else None
    return vars(value).get(name) if value is not None and isinstance(name, str) else None
