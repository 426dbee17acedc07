"""A check of the book: what was answered is right or not, and what to say to it.

A check comes as a dictionary of plain values, the same that a page of the book carries. Its keys:
`id`, `kind` (number, choose, predict, order), `ask`, `why`; for a number `value`, `unit`, `within`
(the share it may be off) and `traps` (each with `value` and `say`); otherwise `choices` (each with
`text`, `say` and `right`, or the `place` it belongs to). Texts are HTML, and so are the sentences
that come back. The page judges in JavaScript in the same way; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
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
        return Answered(False, (escape(str(error), quote=False),))
    if _near(value, check["value"], check["within"]):
        return Answered(True, (check["why"],))
    for trap in check["traps"]:
        if _near(value, trap["value"], check["within"]):
            return Answered(False, (trap["say"],))
    size = "large" if value > check["value"] else "small"
    return Answered(False, (f"{value:.4g} is too {size}.",))


def judge_choices(check: Check, chosen: Sequence[int]) -> Answered:
    """Chosen places in the list of choices: right when all right ones are chosen and no other.

    Each wrong choice says why it is wrong, and each that was left out why it is right.
    """
    choices = list(enumerate(check["choices"]))
    wrong = [choice for place, choice in choices if not choice["right"] and place in chosen]
    missing = [choice for place, choice in choices if choice["right"] and place not in chosen]
    if not wrong and not missing:
        return Answered(True, (check["why"],))
    left_out = [line for choice in missing for line in _named("You left out '{}'.", choice)]
    return Answered(False, (*(choice["say"] for choice in wrong), *left_out))


def judge_prediction(check: Check, chosen: Sequence[int]) -> Answered:
    """The place of one choice. A wrong one is told what it overlooked, which one is right and why:
    a prediction is made once, and then everything is revealed."""
    choices = check["choices"]
    choice = choices[chosen[0]]
    if choice["right"]:
        return Answered(True, (check["why"],))
    right = next(choice for choice in choices if choice["right"])
    revealed = _named("The right one is '{}'.", right)
    return Answered(False, (choice["say"], *revealed, check["why"]))


def _named(sentence: str, choice: Mapping[str, Any]) -> tuple[str, str]:
    return sentence.format(choice["text"].rstrip(".。")), choice["say"]


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


JUDGES: dict[str, Callable[[Check, Any], Answered]] = {
    "number": judge_number,
    "choose": judge_choices,
    "predict": judge_prediction,
    "order": judge_order,
}


def judge(check: Check, answer: Any) -> Answered:
    """What to say to an answer: a text for a number, places for the other kinds."""
    return JUDGES[check["kind"]](check, answer)


def _near(value: float, target: float, within: float) -> bool:
    room = (within + 1e-12) * abs(target) if target else 1e-12
    return abs(value - target) <= room
