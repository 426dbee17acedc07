"""A check of the book: what was answered is right or not, and what to say to it.

A check comes as a dictionary of plain values, the same that a page of the book carries. Its keys:
`id`, `kind` (number, choose, predict, order), `ask`, `why`; for a number `value`, `unit`, `within`
(the share it may be off) and `traps` (each with `value` and `say`); otherwise `choices` (each with
`text`, `say` and `right`, or the `place` it belongs to).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from coursekit.quantity import converted, read_quantity

Check = Mapping[str, Any]


class Answered(NamedTuple):
    """Whether an answer is right, and the sentences to show."""

    right: bool
    say: tuple[str, ...]


def judge_number(check: Check, text: str) -> Answered:
    """A typed number: right within the tolerance; a trap says what was probably done."""
    try:
        value = converted(read_quantity(text), check["unit"])
    except ValueError as error:
        return Answered(False, (str(error),))
    if _near(value, check["value"], check["within"]):
        return Answered(True, (check["why"],))
    for trap in check["traps"]:
        if _near(value, trap["value"], check["within"]):
            return Answered(False, (trap["say"],))
    size = "large" if value > check["value"] else "small"
    return Answered(False, (f"{value:.4g} is too {size}.",))


def judge_choices(check: Check, chosen: Sequence[int]) -> Answered:
    """Chosen places in the list of choices: right when all right ones are chosen and no other.

    Each wrong choice says why it is wrong; for one that is missing the number of them is told.
    """
    choices = check["choices"]
    wrong = tuple(choices[place]["say"] for place in chosen if not choices[place]["right"])
    missing = sum(choice["right"] for choice in choices) - sum(
        choices[place]["right"] for place in set(chosen)
    )
    if wrong or missing:
        more = (f"{missing} more of them {'is' if missing == 1 else 'are'} right.",) * (missing > 0)
        return Answered(False, (*wrong, *more))
    return Answered(True, (check["why"],))


def judge_order(check: Check, order: Sequence[int]) -> Answered:
    """An order of the choices: right when they stand by their places; equal places may swap.

    The first one that stands wrong is named, with its own sentence.
    """
    choices = check["choices"]
    places = sorted(choice["place"] for choice in choices)
    for where, place in enumerate(order):
        if choices[place]["place"] != places[where]:
            said = f"'{choices[place]['text']}' does not belong in place {where + 1}."
            return Answered(False, (said, choices[place]["say"]))
    return Answered(True, (check["why"],))


def judge(check: Check, answer: Any) -> Answered:
    """What to say to an answer: a text for a number, places for the other kinds."""
    if check["kind"] == "number":
        return judge_number(check, answer)
    return judge_order(check, answer) if check["kind"] == "order" else judge_choices(check, answer)


def _near(value: float, target: float, within: float) -> bool:
    return abs(value - target) <= within * abs(target) + 1e-12
