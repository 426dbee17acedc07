"""A check as an interactive block of a page: the data in an attribute, drawn by static/checks.js.

Without JavaScript the question and the choices can still be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from book.inline import to_html

Check = Mapping[str, Any]
TITLES = {
    "number": "Check: a number",
    "choose": "Check: choose all that are right",
    "predict": "Predict, then reveal",
    "order": "Check: put in order",
}


def block(variants: Sequence[Check], number: str) -> str:
    """The HTML of a check with its variants; `number` counts the checks of a chapter."""
    shown = [in_html(check) for check in variants]
    first = shown[0]
    data = escape(json.dumps(shown, ensure_ascii=False))
    items = "".join(f"<li>{choice['text']}</li>" for choice in first.get("choices", ()))
    readable = f"<p>{first['ask']}</p>" + (f"<ul>{items}</ul>" if items else "")
    return (
        f'<section class="check" id="check-{first["id"]}" data-check="{data}" '
        f'aria-label="Check {number}"><p class="check-title">{number}. {TITLES[first["kind"]]}</p>'
        f'<div class="check-body"><noscript>{readable}</noscript></div></section>'
    )


def in_html(check: Check) -> dict[str, Any]:
    """The check with its Markdown texts as HTML."""
    made = {**check, "ask": to_html(check["ask"]), "why": to_html(check["why"])}
    if "choices" in check:
        made["choices"] = [
            {**choice, "text": to_html(choice["text"]), "say": to_html(choice["say"])}
            for choice in check["choices"]
        ]
    if "traps" in check:
        made["traps"] = [{**trap, "say": to_html(trap["say"])} for trap in check["traps"]]
    return made
