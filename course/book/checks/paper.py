"""A check on paper: the question where it stands, the answer at the end of the chapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from book.languages import Say, as_written

Check = Mapping[str, Any]
HEADS = {
    "number": as_written("Check {number}."),
    "choose": as_written("Check {number}. Which are right?"),
    "predict": as_written("Check {number}. Predict first."),
    "order": as_written("Check {number}. Put in order."),
}


def question(check: Check, number: int, say: Say = as_written) -> str:
    """The question in Markdown, with lettered choices."""
    head = say(HEADS[check["kind"]]).format(number=number)
    unit_note = say("(Answer in {unit}.)").format(unit=check.get("unit"))
    unit = f" {unit_note}" if check.get("unit") else ""
    choices = [f"({letter}) {choice['text']}" for letter, choice in _lettered(check)]
    return "\n\n".join(
        [f"**{head}** {check['ask']}{unit}", *(["\n".join(choices)] if choices else [])]
    )


def answer(check: Check, number: int, say: Say = as_written) -> str:
    """The answer in Markdown: what is right, why, and what is to be said of each choice."""
    feedback = [
        f"({letter}) {choice['say']}" for letter, choice in _lettered(check) if "right" in choice
    ]
    head = say("Check {number}.").format(number=number)
    return " ".join([f"**{head}** {_right(check)}.", check["why"], *feedback])


def _right(check: Check) -> str:
    if check["kind"] == "number":
        return f"{check['value']:.4g} {check['unit']}".strip()
    if check["kind"] == "order":
        ordered = sorted(_lettered(check), key=lambda pair: pair[1]["place"])
        return ", ".join(f"({letter})" for letter, _ in ordered)
    return ", ".join(f"({letter})" for letter, choice in _lettered(check) if choice["right"])


def _lettered(check: Check) -> list[tuple[str, Any]]:
    return [(chr(ord("a") + place), c) for place, c in enumerate(check.get("choices", ()))]
