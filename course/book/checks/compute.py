"""A check with everything computed: a dictionary as `coursekit.quiz` judges it.

Names come from the chapter's code cells and from the check's own `given` lines, which may draw from
`rng`. The same seed gives the same numbers. Texts are Markdown still.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from book.checks.entries import CheckText, Line
from book.errors import BookError
from book.numbers import evaluate, filled

SEEDS = 5
MOST_PERCENT = 50
Names = Mapping[str, Any]


def computed(check: CheckText, names: Names, seed: int = 0) -> dict[str, Any]:
    """The check for one seed. BookError where an answer has no value or a choice no feedback."""
    scope = _scope(check, names, seed)
    plain = {
        "id": check.id,
        "kind": check.kind,
        "ask": filled(check.one("ask"), scope),
        "why": filled(check.one("why"), scope),
    }
    if check.all("alone"):
        plain["alone"] = filled(check.one("alone"), scope)
    if check.kind == "number":
        return {**plain, **_number(check, scope)}
    choices = [_choice(check, entry, scope) for entry in check.all("choice")]
    _hold(check, choices)
    return {**plain, "choices": _mixed(check, choices, seed)}


def variants(check: CheckText, names: Names) -> list[dict[str, Any]]:
    """The check for the first seeds, equal ones once."""
    distinct: list[dict[str, Any]] = []
    for seed in range(SEEDS if check.all("given") else 1):
        variant = computed(check, names, seed)
        distinct += [variant] if variant not in distinct else []
    return distinct


def _scope(check: CheckText, names: Names, seed: int) -> dict[str, Any]:
    """Names of the chapter, and those that the check's own lines make of them."""
    scope = {**names, "rng": np.random.default_rng([seed, zlib.crc32(check.id.encode())])}
    for entry in check.all("given"):
        name, _, expression = entry.text.partition(" = ")
        scope[name.strip()] = evaluate(expression, scope)
    return scope


def _number(check: CheckText, scope: Names) -> dict[str, Any]:
    value, within = _finite(check, check.one("answer"), scope), _within(check)
    traps = [_trap(check, entry, scope) for entry in check.all("trap")]
    apart = [trap for trap in traps if abs(trap["value"] - value) > 2 * within * abs(value)]
    if not apart:
        raise BookError(f"the check '{check.id}' needs a trap apart from the answer {value:g}.")
    return {"value": value, "unit": check.one("unit", ""), "within": within, "traps": apart}


def _within(check: CheckText) -> float:
    """The share that an answer may be off: more than nothing, and half at most."""
    text = check.one("within")
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*%?", text.strip())
    percent = float(match[1]) if match else 0.0
    if not 0 < percent <= MOST_PERCENT:
        raise BookError(
            f"the check '{check.id}' needs a line such as 'within: 5 %', more than 0 and at most "
            f"{MOST_PERCENT} %, but '{text}' stands there."
        )
    return percent / 100


def _finite(check: CheckText, expression: str, scope: Names) -> float:
    """The value of an expression. BookError where it is no number, or one without an end."""
    value = evaluate(expression, scope)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BookError(
            f"in the check '{check.id}', '{expression}' is {value}, which is no number."
        )
    return number


def _trap(check: CheckText, entry: Line, scope: Names) -> dict[str, Any]:
    say = filled(_inside(check, entry, "say"), scope)
    return {"value": _finite(check, entry.text, scope), "say": say}


def _choice(check: CheckText, entry: Line, scope: Names) -> dict[str, Any]:
    choice = {"text": filled(entry.text, scope), "say": filled(_inside(check, entry, "say"), scope)}
    if check.kind == "order":
        return {**choice, "place": _finite(check, _inside(check, entry, "place"), scope)}
    return {**choice, "right": bool(evaluate(_inside(check, entry, "right"), scope))}


def _inside(check: CheckText, entry: Line, name: str) -> str:
    if not entry.inside.get(name):
        raise BookError(f"in the check '{check.id}', '{entry.text}' needs a line '{name}:'.")
    return entry.inside[name]


def _hold(check: CheckText, choices: list[dict[str, Any]]) -> None:
    right = sum(choice.get("right", 0) for choice in choices)
    if len(choices) < 3:
        raise BookError(
            f"the check '{check.id}' has {len(choices)} choices; at least 3 are needed."
        )
    if check.kind == "predict" and right != 1:
        raise BookError(f"one choice of the check '{check.id}' is to be right, but {right} are.")
    if check.kind == "choose" and not 0 < right < len(choices):
        raise BookError(f"some choices of the check '{check.id}' are to be right and some wrong.")
    if check.kind == "order" and len({choice["place"] for choice in choices}) < 3:
        raise BookError(f"the check '{check.id}' has too few different places.")


def _mixed(check: CheckText, choices: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """An order is shown mixed, and never as it is to be; other choices stay as they are written."""
    if check.kind != "order":
        return choices
    rng = np.random.default_rng([seed, zlib.crc32(check.id.encode()), 1])
    while True:
        mixed = [choices[place] for place in rng.permutation(len(choices))]
        places = [choice["place"] for choice in mixed]
        if places != sorted(places):
            return mixed
