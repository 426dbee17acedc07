"""Answers with the same text to the letter, names and comments included.

An answer of eight lines is mostly too short for its fingerprints to tell anything. Its very text
can still be rare: people who never met seldom choose the same names and the same remarks.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.similarity.pairs import Answer

LEAST_LINES = 6  # of code, neither blank nor released
LEAST_WORDS = 20  # of a written answer
MOST = 3  # hand-ins: a text that more have is a text that was given

SameText = tuple[tuple[str, ...], ...]  # the students of each hand-in that has it


def same_texts(answers: Iterable[Answer], released: str) -> tuple[SameText, ...]:
    """Each text that two or three hand-ins have, blanks at the ends of lines and blank lines apart.

    released: what stood in the cell; texts that add little to it are left out.
    """
    given = set(_lines(released))
    hand_ins: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for answer in answers:
        text = tuple(line for line in _lines(answer.text) if line not in given)
        if _is_long(answer, text):
            hand_ins.setdefault(text, {}).setdefault(answer.group, []).append(answer.student)
    shared = (by_group.values() for by_group in hand_ins.values() if 2 <= len(by_group) <= MOST)
    return tuple(sorted(tuple(sorted(tuple(sorted(s)) for s in groups)) for groups in shared))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _is_long(answer: Answer, text: tuple[str, ...]) -> bool:
    if answer.kind == "words":
        return sum(len(line.split()) for line in text) >= LEAST_WORDS
    return len(text) >= LEAST_LINES
