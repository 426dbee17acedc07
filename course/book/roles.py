"""The roles in a text, by what a translation of the text has to keep of them.

Of {num} that is the expression without its factors of ten and its format: {num}`x / 1e6 | .1f`
million may be {num}`x / 1e4 | ,.0f` of ten thousand. Of {term} it is the English word.
"""

from __future__ import annotations

import re

ROLE = re.compile(r"\{([\w:-]+)\}`([^`]*)`")


def kept_roles(text: str) -> list[str]:
    """Each role with what has to stay of it: kept_roles("{num}`x / 1e6`") == ["{num}`x`"]."""
    return [f"{{{name}}}`{_target(name, inside)}`" for name, inside in ROLE.findall(text)]


def new_expressions(text: str, translation: str) -> list[str]:
    """What a translation computes and its original does not. A page evaluates every {num}, so this
    must be nobody's who only translates."""
    known = set(kept_roles(text))
    return [role for role in kept_roles(translation) if role not in known and "{num}" in role]


def _target(name: str, inside: str) -> str:
    titled = re.search(r"<([^>]+)>$", inside)
    if name == "term":
        return (titled[1] if titled else inside).strip().lower()
    return _scaled(inside) if name == "num" else inside


def _scaled(role: str) -> str:
    """The expression without its format and its factors of ten."""
    expression = role.rpartition(" | ")[0] or role
    if '"' not in expression:
        expression = re.sub(r"\b1e\d+\b|\b10+\b", "", expression)
        return re.sub(r"[\s*/]+", " ", expression).strip()
    return re.sub(r"\s*[*/]\s*(1e\d+|10+)\b|\b(1e\d+|10+)\s*\*\s*", "", expression).strip()
