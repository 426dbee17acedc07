"""The doorway to nbconvert's Markdown: text goes in, the HTML that formgrader shows comes out.

`sanitize` asks here what a Markdown cell would become in a TA's browser, `feedback` shows it. The
HTML is not safe by itself.
"""

from __future__ import annotations

from functools import lru_cache

from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix

Attachments = dict[str, dict[str, str]]


class MarkdownError(Exception):
    """The text cannot be rendered: an attachment is missing, or it is nested too deep."""


def html(text: str, attachments: Attachments) -> str:
    """The HTML of a Markdown cell, without the anchors that nbconvert puts behind headings.

    attachments: name -> {MIME type: base64}. Raises MarkdownError.
    """
    if not attachments:
        return _plain(text)
    return _render(text, attachments)


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """Most cells are the instructor's own: the same text in every submission of a class."""
    return _render(text, {})


def _render(text: str, attachments: Attachments) -> str:
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    try:
        rendered: str = strip_files_prefix(MarkdownWithMath(renderer=renderer).render(text))
    except (InvalidNotebook, RecursionError) as fault:
        raise MarkdownError(str(fault)) from fault
    return rendered
