"""The shell of every page that we write: one file without script that loads nothing.

A page carries its own style sheet and a content security policy that forbids the rest.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cache
from pathlib import Path

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
PAGES = Path(__file__).parent / "pages"


def esc(text: object) -> str:
    """Text as HTML shows it, in an element or in a quoted attribute."""
    return html.escape(str(text))


def document(title: str, body: str) -> str:
    """A whole page; `title` is text, `body` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(title)}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return (PAGES / "style.css").read_text(encoding="utf-8")


def table(columns: Iterable[str], rows: Iterable[str], numbers: Iterable[str] = ()) -> str:
    """A table of rows (each a whole <tr>) with a header; on a phone each row becomes a block."""
    right = set(numbers)
    heads = (
        f'<th scope="col"{" class=number" if name in right else ""}>{esc(name)}</th>'
        for name in columns
    )
    return (
        f'<div class="scroll"><table class="stack"><thead><tr>{"".join(heads)}</tr></thead>\n'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names (text) and what they are (HTML)."""
    items = "".join(f"<dt>{esc(name)}</dt><dd>{value}</dd>" for name, value in pairs)
    return f'<dl class="facts">{items}</dl>'


def number(value: float) -> str:
    """Points as a person writes them: at most two decimals."""
    return f"{round(value, 2):g}"
