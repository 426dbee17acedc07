"""What a submission may do with the tester's own objects: use them, and not look behind them.

A function may be called, a sequence gone through. An object whose class stands in the test or in
the course's packages shows its public names too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder.sandbox.inside.bridge.shared_classes import KnownClasses

_HIDDEN = ("_", "gi_", "f_", "cr_", "ag_", "tb_", "co_", "mro")
_OF_OURS = frozenset({"len", "item", "iter", "next", "enter", "exit", "array"})


def allowed(known: Callable[[], KnownClasses]) -> Callable[[str, Any, Sequence[Any]], None]:
    """A rule that raises PermissionError, as a sentence, for what a submission may not do."""

    def check(do: str, target: Any, given: Sequence[Any]) -> None:
        if not _may(do, target, given, known()):
            raise PermissionError(
                f"an object of the test ({type(target).__name__}) cannot be asked for "
                f"'{' '.join([do, *(word for word in given if type(word) is str)])[:80]}'"
            )

    return check


def _may(do: str, target: Any, given: Sequence[Any], known: KnownClasses) -> bool:
    if do == "call":
        return callable(target)
    if do in ("iter", "next") and isinstance(target, Iterator):
        return True
    if do == "attr":
        return _may_read(target, given, known)
    return do == "bool" or (do in _OF_OURS and known.ours(type(target)))


def _may_read(target: Any, given: Sequence[Any], known: KnownClasses) -> bool:
    if len(given) != 1 or type(given[0]) is not str:
        return False
    if given[0] == "__name__":
        return callable(target)
    return known.ours(type(target)) and not given[0].startswith(_HIDDEN)
