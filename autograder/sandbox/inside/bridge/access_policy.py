"""The access policy: what a submission may do with objects of the tester that a test handed to it.

It may call a function and go through an iterator. Where the class of an object is defined in the
test or in the course's packages, it may read the object's public attributes, use its operators and
copy it, too. Only the copies that it made may it change, not what the test holds: a test that
compares with its own object would compare with a changed one. A shallow copy shares its parts with
the test's object, so only its attributes may be set, and only where no code of its class does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import MemberDescriptorType
from typing import Any

from autograder.sandbox.inside.bridge.operations import (
    COMPARISONS,
    IN_PLACE,
    OPERATORS,
    REFLECTED,
    UNARY,
)
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses

_HIDDEN_PREFIXES = ("_", "gi_", "f_", "cr_", "ag_", "tb_", "co_", "mro")
_COMPUTING = frozenset(
    {
        *("copy", "deep copy", "hash", "repr", "str", "format", "float", "int", "complex"),
        *("index", "round", "divmod", "contains"),
        *(*OPERATORS, *REFLECTED, *IN_PLACE, *UNARY, *COMPARISONS),
    }
)
_FOR_INSTRUCTOR_CLASSES = (_COMPUTING - IN_PLACE.keys()) | frozenset(
    {"len", "item", "iter", "next", "enter", "exit", "array"}
)
_SETTING = frozenset({"set attr", "del attr"})
_CHANGING = _SETTING | {"set item", "del item"} | IN_PLACE.keys()
_WITHOUT_ARGUMENTS = frozenset({"copy", "deep copy", "repr", "str", "hash", "iter", "next", "len"})


def access_rule(
    classes: Callable[[], SharedClasses], is_strict: Callable[[], bool] = lambda: False
) -> Callable[[str, Any, Sequence[Any], str], None]:
    """A rule that raises an error, as a sentence, for what a submission may not do: AttributeError
    for an attribute, as an object without it would, PermissionError for anything else.

    It takes the operation, the object, the arguments, and how the submission made the object:
    "copy", "deep copy", or "" for one of the test's. is_strict: nothing but calls, iteration and
    attributes; so the reference runs first, which shows the tests whose objects had better live
    beside the answer.
    """

    def check(operation: str, target: Any, arguments: Sequence[Any], made_by: str) -> None:
        if made_by == "deep copy" and operation in _CHANGING:
            return
        if made_by == "copy" and operation in _SETTING and _is_plain_attribute(target, arguments):
            return
        refused = is_strict() and operation in _COMPUTING
        if refused or not _is_allowed(operation, target, arguments, classes()):
            question = [operation, *(word for word in arguments if type(word) is str)]
            error = AttributeError if operation == "attr" else PermissionError
            raise error(
                f"an object of the test ({type(target).__name__}) cannot be asked for "
                f"'{' '.join(question)[:80]}'"
            )

    return check


def _is_allowed(
    operation: str, target: Any, arguments: Sequence[Any], classes: SharedClasses
) -> bool:
    if operation == "call":
        return callable(target)
    if operation in ("iter", "next") and isinstance(target, Iterator):
        return True
    if operation == "attr":
        return _may_read_attribute(target, arguments, classes)
    if operation in IN_PLACE and not hasattr(type(target), f"__{IN_PLACE[operation].__name__}__"):
        return classes.is_instructors(type(target))  # `a += b` is a new object, as of `a = a + b`
    if operation in _FOR_INSTRUCTOR_CLASSES:
        is_plain = not (operation in _WITHOUT_ARGUMENTS and arguments)
        return is_plain and classes.is_instructors(type(target))
    return operation == "bool"


def _is_plain_attribute(target: Any, arguments: Sequence[Any]) -> bool:
    """Whether setting an attribute writes into the object itself and runs no code of its class."""
    kind, name = type(target), arguments[0] if arguments else None
    if type(name) is not str or kind.__setattr__ is not object.__setattr__:
        return False
    declared = getattr(kind, name, None)
    return isinstance(declared, MemberDescriptorType) or not hasattr(declared, "__set__")


def _may_read_attribute(target: Any, arguments: Sequence[Any], classes: SharedClasses) -> bool:
    if len(arguments) != 1 or type(arguments[0]) is not str:
        return False
    if arguments[0] == "__name__":
        return callable(target)
    return classes.is_instructors(type(target)) and not arguments[0].startswith(_HIDDEN_PREFIXES)
