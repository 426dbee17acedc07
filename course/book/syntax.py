"""What of MyST a page may use: the book's own roles and directives, links to pages, no HTML.

A text may come from a translator, whom nobody has to trust. MyST would read files of the machine
that builds the book, or load a script, for whoever writes a directive, a link or a tag for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from book.errors import BookError

ROLES = ("num", "cite", "lab", "term")
WITH_TEXT = ("chart", "check", "glossary", "references", "note")
DIRECTIVES = (
    *WITH_TEXT,
    *("code-cell", "chapter-facts", "front-page", "forms", "part", "path", "paths", "terms"),
    *("bibliography", "assignments", "measured", "coverage", "toctree"),
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters, and what some programs take for the end of a line, but not tab and \\n."""
PAGE = re.compile(r"https?://.*|#.*|(?![/\\])[^:]*\.md(#.*)?")
"""Where a link may lead: to the web, on the page, to a page of the course."""
PICTURE = re.compile(r"(?![/\\])(?!.*\.\.)[^:]*\.(svg|png)")


def hold(text: str, with_pictures: bool = False) -> None:
    """BookError where a page has what it may not use. with_pictures: a picture that lies beside the
    page is let through."""
    for fault in faults(text, with_pictures):
        raise BookError(fault)


def faults(text: str, with_pictures: bool = False) -> Iterator[str]:
    """A sentence on each thing that a page may not use."""
    for sign in CONTROL.findall(text):
        yield f"there is the control character U+{ord(sign):04X}; take it out."
    if "{=" in text:
        yield "'{=' begins raw text of another format; write Markdown."
    yield from _faults(text, {}, with_pictures, False)


def _faults(
    text: str, environment: dict[str, Any], with_pictures: bool, within: bool
) -> Iterator[str]:
    for token, line in _tokens(_parser().parse(text, environment)):
        fault = _fault(token, with_pictures, within)
        if fault:
            yield fault if within or "\n" not in text else f"from line {line} on: {fault}"
        elif token.type == "fence" and _name(token) in WITH_TEXT:
            yield from _faults(token.content, environment, False, True)


def _tokens(tokens: Any, line: int = 1) -> Iterator[tuple[Any, int]]:
    """All pieces of Markdown with the line in which each, or what it stands in, begins."""
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        yield token, line
        if token.type != "image":
            yield from _tokens(token.children or (), line)


def _name(token: Any) -> str:
    """The name of the directive that a fence is, '' for code."""
    match = re.match(r"\{([^}]*)\}", token.info.strip())
    return match[1] if match else ""


def _fault(token: Any, with_pictures: bool, within: bool) -> str:
    """What is wrong with a piece of Markdown, '' where nothing is."""
    content = token.content.strip()[:60]
    if token.type in ("html_block", "html_inline"):
        return f"'{content}' is HTML, which a page does not hold; write Markdown, or &lt; for <."
    if token.type == "image" and not (with_pictures and PICTURE.fullmatch(token.attrs["src"])):
        return f"the picture '{token.attrs['src']}' is not made by code; use a block {{chart}}."
    if token.type == "link_open" and not PAGE.fullmatch(str(token.attrs.get("href", "#"))):
        return f"the link to '{token.attrs['href']}' leads to no page of the course or of the web."
    if token.type == "myst_role" and token.meta["name"] not in ROLES:
        return f"there is no role '{{{token.meta['name']}}}'; there are {', '.join(ROLES)}."
    if token.type == "fence" and token.info.strip().startswith("{"):
        return _directive_fault(token, within)
    if token.type == "colon_fence":
        return f"':::{token.info.strip()[:40]}' opens a block; blocks stand between backticks."
    return ""


def _directive_fault(token: Any, within: bool) -> str:
    name = _name(token)
    if name not in DIRECTIVES:
        return f"there is no block '{{{name}}}'; there are {', '.join(DIRECTIVES)}."
    if within or token.level or not token.markup.startswith("`"):
        return f"the block '{{{name}}}' has to stand by itself, between backticks."
    return ""


@cache
def _parser() -> Any:
    """MyST's own parser, with fences of colons too, so that none is overlooked."""
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    extensions = {"dollarmath", "amsmath", "deflist", "colon_fence"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)
