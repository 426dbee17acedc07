"""A check of student ids: nbgrader's pages write them into HTML and scripts without escaping.

What our collecting takes in is always such a name. A folder in submitted/ that came by another way
(nbgrader's zip_collect, a copy by hand) may not be.
"""

from __future__ import annotations

import re

MARKUP = re.compile('[<>"&\\\\`\x00-\x1f\x7f\u2028\u2029]')


def is_plain(student: str) -> bool:
    """Is the student's id free of markup, wherever in a page it stands?"""
    return MARKUP.search(student) is None


def without_markup(text: str) -> str:
    """The text without the characters that would be markup in nbgrader's pages."""
    return MARKUP.sub("", text)
