"""The languages of the book: English, in which it is written, and three of its translations.

A language has two codes: gettext and Sphinx write zh_CN, HTML and EPUB write zh-Hans.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from book.errors import BookError

Say = Callable[[str], str]
"""From an English text to the text in the language of the page."""


@dataclass(frozen=True)
class Language:
    """code: for gettext; tag: for HTML; name: in the language itself; english: in English."""

    code: str
    tag: str
    name: str
    english: str


ENGLISH = Language("en", "en", "English", "English")
TRANSLATED = (
    Language("zh_CN", "zh-Hans", "简体中文", "Chinese (simplified)"),
    Language("ja", "ja", "日本語", "Japanese"),
    Language("ko", "ko", "한국어", "Korean"),
)
LANGUAGES = (ENGLISH, *TRANSLATED)


def language(code: str) -> Language:
    """The language with that code. BookError where the book has none."""
    for entry in LANGUAGES:
        if entry.code == code:
            return entry
    raise BookError(
        f"the book has no language '{code}'; it has {', '.join(entry.code for entry in LANGUAGES)}."
    )


def as_written(text: str) -> str:
    """English: the text itself. It also marks a constant as a text for the catalogues."""
    return text
