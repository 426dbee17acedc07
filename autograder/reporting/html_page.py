"""The door to Jinja2: every page that we write is a template of a folder `templates/`, filled in.

What is filled in is escaped, except where it says itself that it is HTML (`Markup`). A page is one
file without script: it carries its own style sheet, and a policy that lets it load nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.settings.counted import counted

__all__ = ["Markup", "counted", "render", "renderer"]


def number(value: float) -> str:
    """Points as a person writes them: at most two decimals."""
    return f"{round(value, 2):g}"


def renderer(package: str) -> Callable[..., str]:
    """A function that fills in the templates of a package, of which this room's are the rest."""
    pages = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("autograder.reporting")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters |= {"number": number, "counted": counted}
    return lambda template, **values: pages.get_template(template).render(values)


render = renderer("autograder.reporting")
"""render(template, **values): the text of `templates/<template>` with these values in it."""
