"""The one exception of the Olympics: a sentence to the person who can do something about it."""

from __future__ import annotations


class OlympicsError(Exception):
    """Something that was needed did not come; the sentence says what to do."""
