"""A check as an interactive block of a page: the data in an attribute, drawn by static/checks.js.

Without JavaScript the question and the choices can still be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from book.inline import to_html
from book.languages import Say, as_written

Check = Mapping[str, Any]
TITLES = {
    "number": as_written("Check: a number"),
    "choose": as_written("Check: choose all that are right"),
    "predict": as_written("Predict, then reveal"),
    "order": as_written("Check: put in order"),
}


def block(variants: Sequence[Check], number: str, say: Say = as_written) -> str:
    """The HTML of a check with its variants; `number` counts the checks of a chapter."""
    html_variants = [in_html(check) for check in variants]
    first = html_variants[0]
    data = escape(json.dumps(html_variants, ensure_ascii=False, allow_nan=False))
    items = "".join(f"<li>{choice['text']}</li>" for choice in first.get("choices", ()))
    readable = f"<p>{first['ask']}</p>" + (f"<ul>{items}</ul>" if items else "")
    label = escape(say("Check {number}").format(number=number))
    title = escape(say(TITLES[first["kind"]]))
    return (
        f'<section class="check" id="check-{escape(first["id"])}" data-check="{data}" '
        f'aria-label="{label}"><p class="check-title">{number}. {title}</p>'
        f'<div class="check-body"><noscript>{readable}</noscript></div></section>'
    )


def script_texts() -> list[str]:
    """The words of static/checks.js, which stand there as say("...")."""
    script = Path(__file__).parents[1] / "static" / "checks.js"
    return re.findall(r'\bsay\("([^"]+)"\)', script.read_text(encoding="utf-8"))


def in_html(check: Check) -> dict[str, Any]:
    """The check with its Markdown texts as HTML, as a reader of the chapter is asked."""
    html_check = {**check, "ask": to_html(check["ask"]), "why": to_html(check["why"])}
    html_check.pop("alone", None)
    if "choices" in check:
        html_check["choices"] = [
            {**choice, "text": to_html(choice["text"]), "say": to_html(choice["say"])}
            for choice in check["choices"]
        ]
    if "traps" in check:
        html_check["traps"] = [{**trap, "say": to_html(trap["say"])} for trap in check["traps"]]
    return html_check
