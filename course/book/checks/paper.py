"""A check on paper: the question where it stands, the answer at the end of the chapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Check = Mapping[str, Any]
HEADS = {
    "number": "Check {number}.",
    "choose": "Check {number}. Which are right?",
    "predict": "Check {number}. Predict first.",
    "order": "Check {number}. Put in order.",
}


def question(check: Check, number: int) -> str:
    """The question in Markdown, with lettered choices."""
    head = HEADS[check["kind"]].format(number=number)
    unit = f" (Answer in {check['unit']}.)" if check.get("unit") else ""
    choices = [f"({letter}) {choice['text']}" for letter, choice in _lettered(check)]
    return "\n\n".join(
        [f"**{head}** {check['ask']}{unit}", *(["\n".join(choices)] if choices else [])]
    )


def answer(check: Check, number: int) -> str:
    """The answer in Markdown: what is right, why, and what each wrong one means."""
    said = [
        f"({letter}) {choice['say']}"
        for letter, choice in _lettered(check)
        if not choice.get("right", True)
    ]
    return " ".join([f"**Check {number}.** {_right(check)}.", check["why"], *said])


def _right(check: Check) -> str:
    if check["kind"] == "number":
        return f"{check['value']:.4g} {check['unit']}".strip()
    if check["kind"] == "order":
        ordered = sorted(_lettered(check), key=lambda pair: pair[1]["place"])
        return ", ".join(f"({letter})" for letter, _ in ordered)
    return ", ".join(f"({letter})" for letter, choice in _lettered(check) if choice["right"])


def _lettered(check: Check) -> list[tuple[str, Any]]:
    return [(chr(ord("a") + place), c) for place, c in enumerate(check.get("choices", ()))]
