"""The names that a person types for a row of the ledger: its season, and who judges.

They stay in the ledger for ever, and a season is told apart by its name alone. So a name that is
empty, or that a person takes for another one of the ledger, is refused before it gets there.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.model import CourseError
from autograder.olympics.look_alikes import skeletons

MAX_CHARACTERS = 120  # as many as a feed takes


def check_name(option: str, name: str, ledger_names: Iterable[str]) -> None:
    """CourseError where `name` is not one line of text without blanks at its ends, or looks like
    another of `ledger_names`. option: where the person typed it, such as --season."""
    earlier_names = dict.fromkeys(ledger_names)
    if name in earlier_names:
        return
    if not name.strip() or len(name) > MAX_CHARACTERS or not name.isprintable():
        raise CourseError(
            f"{option} needs a name of 1 to {MAX_CHARACTERS} characters in one line, and {name!r} "
            "came."
        )
    for other in earlier_names:
        if skeletons(name) & skeletons(other):
            raise CourseError(
                f"{option} '{name}' looks like '{other}', which the ledger has. Write '{other}' if "
                "you mean it, or another name."
            )
    if name != name.strip():
        raise CourseError(f"{option} '{name}' has a blank at an end. Write '{name.strip()}'.")
