"""A check of the book: what was answered is right or not, and what to say to it.

A check comes as a dictionary of plain values, the same that a page of the book carries. Its keys:
`id`, `kind` (number, choose, predict, order), `ask`, `why`; for a number `value`, `unit`, `within`
(the share it may be off) and `traps` (each with `value` and `say`); otherwise `choices` (each with
`text`, `say` and `right`, or the `place` it belongs to). Texts are HTML, and so are the sentences
that come back. The page judges in JavaScript in the same way; a test compares the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from coursekit.quantity import Quantity, converted, read_quantity

Check = Mapping[str, Any]
SPELLINGS = {
    "s": ("sec", "secs", "second", "seconds", "秒", "초"),
    "min": ("minute", "minutes", "分", "分钟", "분"),
    "h": ("hr", "hour", "hours", "小时", "時間", "시간"),
    "d": ("day", "days", "天", "日", "일"),
    "B": ("byte", "bytes"),
    "J": ("joule", "joules"),
    "W": ("watt", "watts"),
    "%": ("percent",),
}
"""Units as people spell them, in small letters, by the sign that stands for them."""
SIGNS = {spelling: sign for sign, spellings in SPELLINGS.items() for spelling in spellings}
ONE_MARK = re.compile(r"[-+]?[1-9]\d{0,2}([.,])\d{3}(?=\s*(?:[^\d\s.,eEx×*]|$))")
"""A number with one comma or point before three digits, which may part thousands or decimals."""


class Answered(NamedTuple):
    """Whether an answer is right, and the sentences to show."""

    right: bool
    say: tuple[str, ...]


def read_check(name: str, path: str = "checks.json") -> Check:
    """The check of that id from the file beside a chapter's notebook. FileNotFoundError with a
    sentence where the file is missing."""
    if not Path(path).is_file():
        raise FileNotFoundError(
            f"{path} is needed beside this notebook, because it holds the checks. Take the "
            "notebook with its data, which the first lines of the chapter link."
        )
    checks: dict[str, Check] = json.loads(Path(path).read_text(encoding="utf-8"))
    return checks[name]


def judge_number(check: Check, text: str) -> Answered:
    """A typed number: right within the tolerance; a trap says what was probably done.

    Before the traps comes a number that is right but for the mark of its thousands.
    """
    if not text.strip():
        return Answered(False, ("Type a number first.",))
    try:
        typed = _signed(read_quantity(text), check["unit"])
        value = converted(typed, check["unit"])
    except ValueError as error:
        return Answered(False, (escape(str(error), quote=False),))
    if _near(value, check["value"], check["within"]):
        return Answered(True, (check["why"],))
    for factor in _other_readings(text):
        if _near(value * factor, check["value"], check["within"]):
            return Answered(False, (_misread(text, typed.value, typed.value * factor),))
    for trap in check["traps"]:
        if _near(value, trap["value"], check["within"]):
            return Answered(False, (trap["say"],))
    size = "large" if value > check["value"] else "small"
    sentence = f"{value:.4g} is too {size}."
    if check["unit"] == "%" and typed.unit == "" and 0 < value < 1:
        return Answered(False, (sentence, f"Do you mean {100 * value:.4g} %?"))
    return Answered(False, (sentence,))


def _signed(typed: Quantity, unit: str) -> Quantity:
    """The quantity with the sign of its unit, where a person spelled the unit out."""
    if typed.unit == unit:
        return typed
    return Quantity(typed.value, SIGNS.get(typed.unit.lower(), typed.unit))


def _other_readings(text: str) -> list[float]:
    """The factor to the other reading of a number that may have a mark of thousands."""
    match = ONE_MARK.match(text.strip())
    return [1000.0 if match[1] == "." else 0.001] if match else []


def _misread(text: str, value: float, meant: float) -> str:
    match = ONE_MARK.match(text.strip())
    number = match[0] if match else text
    return f"'{number}' is read as {value:g}. If you mean {meant:g}, type {meant:g}."


def judge_choices(check: Check, chosen: Sequence[int], tries: int = 0) -> Answered:
    """Chosen places in the list of choices: right when all right ones are chosen and no other.

    Each wrong choice is quoted and says why it is wrong. How many were left out is said at the
    first of the `tries`; from the second on each of them is quoted and says why it is right.
    """
    choices = list(enumerate(check["choices"]))
    wrong = [choice for place, choice in choices if not choice["right"] and place in chosen]
    missing = [choice for place, choice in choices if choice["right"] and place not in chosen]
    if not wrong and not missing:
        return Answered(True, (check["why"],))
    not_right = [line for choice in wrong for line in _named("'{}' is not right.", choice)]
    left_out = [line for choice in missing for line in _named("You left out '{}'.", choice)]
    return Answered(False, (*not_right, *(left_out if tries else _counted(len(missing)))))


def _counted(missing: int) -> list[str]:
    if missing == 1:
        return ["One right choice is missing."]
    return [f"{missing} right choices are missing."] if missing else []


def judge_prediction(check: Check, chosen: Sequence[int]) -> Answered:
    """The place of one choice. A wrong one is told what it overlooked, which one is right and why:
    a prediction is made once, and then everything is revealed."""
    choices = check["choices"]
    choice = choices[chosen[0]]
    if choice["right"]:
        return Answered(True, (check["why"],))
    right = next(choice for choice in choices if choice["right"])
    revealed, _ = _named("The right one is '{}'.", right)
    return Answered(False, (choice["say"], revealed, check["why"]))


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
            sentence = f"'{choices[place]['text']}' does not belong in place {where + 1}."
            return Answered(False, (sentence, choices[place]["say"]))
    return Answered(True, (check["why"],))


JUDGES: dict[str, Callable[[Check, Any], Answered]] = {
    "number": judge_number,
    "predict": judge_prediction,
    "order": judge_order,
}


def judge(check: Check, answer: Any, tries: int = 0) -> Answered:
    """What to say to an answer: a text for a number, places for the other kinds. tries: how many
    wrong answers came before."""
    if check["kind"] == "choose":
        return judge_choices(check, answer, tries)
    return JUDGES[check["kind"]](check, answer)


def _near(value: float, target: float, within: float) -> bool:
    room = (within + 1e-12) * abs(target) if target else 1e-12
    return abs(value - target) <= room
