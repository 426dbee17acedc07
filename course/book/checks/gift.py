"""Moodle's GIFT, which Moodle and other systems import as quiz questions.

A number keeps its tolerance and its traps, each with feedback; choices have weights; an order
becomes a matching of places, for GIFT has no question of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from book.languages import Say, as_written

Check = Mapping[str, Any]
SPECIAL = re.compile(r"([\\~=#{}:])")


def escaped(text: str) -> str:
    """The text with GIFT's own characters marked as plain ones."""
    return SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")


def gift(checks: Iterable[Check], category: str, say: Say = as_written) -> str:
    """The questions of a chapter in a category of the question bank, in GIFT."""
    questions = "\n\n".join(question(check, number, say) for number, check in enumerate(checks, 1))
    return f"$CATEGORY: {category}\n\n{questions}\n"


def question(check: Check, number: int = 1, say: Say = as_written) -> str:
    """One question; `number` parts its title from those of other variants."""
    lines = "\n".join(ANSWERS[check["kind"]](check))
    asked = check["ask"]
    if check["kind"] == "number" and check["unit"]:
        asked += " " + say("(in {unit})").format(unit=check["unit"])
    if check["kind"] == "order":
        asked += " " + say("Give each its place.")
    title = escaped(f"{check['id']} {number}")
    return f"::{title}::[markdown]{escaped(asked)} {{\n{lines}\n####{escaped(check['why'])}\n}}"


def _number(check: Check) -> list[str]:
    answers = [f"=%100%{_ranged(check['value'], check['within'])}#"]
    traps = [
        f"=%0%{_ranged(trap['value'], check['within'])}#{escaped(trap['say'])}"
        for trap in check["traps"]
    ]
    return ["#", *answers, *traps]


def _ranged(value: float, within: float) -> str:
    return f"{_decimal(value)}:{_decimal(abs(value) * within)}"


def _decimal(value: float) -> str:
    """Without an exponent, which not every reader of GIFT knows: 0.00001, not 1e-05."""
    return f"{Decimal(f'{value:.10g}'):f}"


def _choose(check: Check) -> list[str]:
    right = sum(choice["right"] for choice in check["choices"])
    wrong = len(check["choices"]) - right
    weights = {True: _weight(100 / right), False: _weight(-100 / wrong)}
    return [
        f"~%{weights[choice['right']]}%{escaped(choice['text'])}#{escaped(choice['say'])}"
        for choice in check["choices"]
    ]


def _weight(share: float) -> str:
    """Five decimals, as Moodle's own list of grades has them: 33.33333, 50."""
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _predict(check: Check) -> list[str]:
    return [
        f"{'=' if choice['right'] else '~'}{escaped(choice['text'])}#{escaped(choice['say'])}"
        for choice in check["choices"]
    ]


def _order(check: Check) -> list[str]:
    ordered = sorted(check["choices"], key=lambda choice: choice["place"])
    return [f"={escaped(choice['text'])} -> {place}" for place, choice in enumerate(ordered, 1)]


ANSWERS = {"number": _number, "choose": _choose, "predict": _predict, "order": _order}
