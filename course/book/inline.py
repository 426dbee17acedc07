"""Inline Markdown of checks and captions as HTML: emphasis, code, links; no blocks, no pictures."""

from __future__ import annotations

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")


def to_html(text: str) -> str:
    """The text as inline HTML: to_html("*a* < `b`") == "<em>a</em> &lt; <code>b</code>"."""
    return str(MARKDOWN.renderInline(text))
