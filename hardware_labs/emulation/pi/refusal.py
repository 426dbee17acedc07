"""A command that cannot be done, and the numbers in one."""

from __future__ import annotations

import re


class Refusal(Exception):
    """The text goes to the host as `e-[...]`."""


def is_number(word: str) -> bool:
    """Whether the word is a whole decimal number, perhaps with a minus sign."""
    return word.removeprefix("-").isdigit() and word.isascii()


def int32(word: str) -> int:
    """The number that the word begins with, in 32 bits as on the other boards; 0 where it begins
    with none."""
    match = re.match(r"-?[0-9]+", word)
    return (int(match[0]) + 2**31) % 2**32 - 2**31 if match else 0


def numbers(words: list[str], *defaults: int) -> list[int]:
    """A number for each default, which stands in for a word that is not there."""
    parsed_numbers = [int32(word) for word in words[: len(defaults)]]
    return [*parsed_numbers, *defaults[len(parsed_numbers) :]]
