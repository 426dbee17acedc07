"""The doorway to nbconvert's Markdown: text goes in, the HTML that formgrader shows comes out.

`sanitize` asks here what a Markdown cell would become in a TA's browser, `feedback` shows it. The
HTML is not safe by itself. A text that would take more than about a second is not rendered.
"""

from __future__ import annotations

from functools import lru_cache

from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix

from autograder.sanitizing.pictures import PicturesError, put_back, set_aside
from autograder.sanitizing.text_block import is_text_block

Attachments = dict[str, dict[str, str]]
MAX_CHARS = 100_000
MAX_STEPS = 50_000_000
OPENERS = ("[", "]", "`", "~", "$", "\\\\(", "\\\\[", "\\begin", "<", "*", "_", "://")
MAX_HIGHLIGHTED_CHARS = 20_000
_HIGHLIGHTED = (
    "python python3 py py3 ipython ipython3 pycon bash sh console json text c cpp r julia sql yaml "
    "toml"
)
HIGHLIGHTED = frozenset(_HIGHLIGHTED.split())


class MarkdownError(Exception):
    """The text cannot be rendered: an attachment is missing, or it is too long or too tangled."""


class _Renderer(IPythonRenderer):
    def block_code(self, code: str, info: str | None = None) -> str:
        """A block of code; in colours where the language is one whose lexer is fast."""
        language = ((info or "").split() or [""])[0]
        is_plain = language not in HIGHLIGHTED or len(code) > MAX_HIGHLIGHTED_CHARS
        is_mermaid = (info or "").startswith("mermaid")
        return str(super().block_code(code, None if is_plain and not is_mermaid else info))


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
    short_text, pictures = set_aside(text)
    if is_slow(short_text) and not is_text_block(text):
        raise MarkdownError("the cell is too long, or has too many brackets and formulas, to show")
    numbered: Attachments = {}
    for name, data in attachments.items():
        numbered[name] = {kind: str(len(pictures) + place) for place, kind in enumerate(data)}
        pictures += data.values()
    renderer = _Renderer(escape=False, attachments=numbered, exclude_anchor_links=True)
    try:
        rendered: str = strip_files_prefix(MarkdownWithMath(renderer=renderer).render(short_text))
        return put_back(rendered, pictures)
    except (InvalidNotebook, RecursionError, PicturesError, ValueError) as fault:
        raise MarkdownError(str(fault)) from fault


def is_slow(text: str) -> bool:
    """Would rendering take more than a second? Each opener that has no partner is looked for in the
    whole rest of the text. Pictures are to be set aside."""
    openers = sum(text.count(opener) for opener in OPENERS)
    return len(text) > MAX_CHARS or openers * len(text) > MAX_STEPS
