"""A number with its noun, as a sentence has it: 1 point, 1.5 points."""

from __future__ import annotations


def counted(number: float, noun: str) -> str:
    """The number and the noun, with an s where it is not one. noun: as `point`."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"
