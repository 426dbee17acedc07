"""Moodle's GIFT, which Moodle and other systems import as quiz questions.

A number keeps its tolerance and its traps, each with feedback; choices have weights; an order
becomes a matching of places, for GIFT has no question of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from book.languages import Say, as_written

Check = Mapping[str, Any]
SPECIAL = re.compile(r"([\\~=#{}:])")


def escaped(text: str) -> str:
    """The text with GIFT's own characters marked as plain ones."""
    return SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")


def gift(
    groups: Sequence[Sequence[Check]],
    chapter: str,
    sections: Sequence[str] = (),
    say: Say = as_written,
) -> str:
    """The checks of a chapter in GIFT, each with its variants and the section it stands in.

    They come into a category with the chapter's title. Several variants of a check have a category
    of their own within it, of which a quiz draws one.
    """
    category, blocks = "", []
    for variants, section in zip(groups, sections or [""] * len(groups), strict=True):
        within = f"/{variants[0]['id']}" if len(variants) > 1 else ""
        if category != (category := f"$CATEGORY: $course$/{chapter}{within}"):
            blocks.append(category)
        place = say("Chapter {chapter}, section '{section}'.") if section else ""
        place = place.format(chapter=chapter, section=section)
        names = [f"{chapter}: {name}" for name in _names(variants)]
        pairs = zip(variants, names, strict=True)
        blocks += [question(check, name, place, say) for check, name in pairs]
    return "\n\n".join(blocks) + "\n"


def _names(variants: Sequence[Check]) -> list[str]:
    """The check's id, with a count where there are several."""
    of = len(variants)
    counts = [f" {count}/{of}" if of > 1 else "" for count in range(1, of + 1)]
    return [f"{check['id']}{count}" for check, count in zip(variants, counts, strict=True)]


def question(check: Check, name: str, place: str = "", say: Say = as_written) -> str:
    """One question under a name. place: where the check stands, for one that is not asked alone."""
    lines = "\n".join(ANSWERS[check["kind"]](check))
    question_text = check.get("alone") or f"{f'*{place}* ' if place else ''}{check['ask']}"
    if check["kind"] == "number" and check["unit"]:
        question_text += " " + say("(in {unit})").format(unit=check["unit"])
    if check["kind"] == "order":
        question_text += " " + say("Give each its place.")
    answers = f"{lines}\n####{escaped(check['why'])}"
    return f"::{escaped(name)}::[markdown]{escaped(question_text)} {{\n{answers}\n}}"


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
