"""The door to Jinja2: every page that we write is a template of `templates/`, filled in.

What is filled in is escaped, except where it says itself that it is HTML (`Markup`). A page is one
file without script: it carries its own style sheet, and a policy that lets it load nothing.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["Markup", "counted", "render"]


def number(value: float) -> str:
    """Points as a person writes them: at most two decimals."""
    return f"{round(value, 2):g}"


def counted(n: int, noun: str) -> str:
    """'1 submission', '2 submissions'."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


PAGES = Environment(
    loader=PackageLoader("autograder.reporting"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
PAGES.filters |= {"number": number, "counted": counted}


def render(template: str, **values: Any) -> str:
    """The text of `templates/<template>` with these values in it."""
    return PAGES.get_template(template).render(values)
