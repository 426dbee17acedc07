"""Who is shown when, and which answers two people mark: by a seed, so that it stays.

Each name is placed by a checksum of seed and name. A hand-in that comes later takes its place among
the others and moves none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.files import sha256
from autograder.model import CourseError


def shuffled(students: Iterable[str], *salt: object) -> list[str]:
    """The students in the order that belongs to this salt."""
    return sorted(students, key=lambda student: sha256(repr((*salt, student)).encode()))


def sample_size(wish: str, answers: int) -> int:
    """How many of the answers a wish such as '20%' or '12' means, at most all of them."""
    words = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", wish)
    if words is None or (words[2] and float(words[1]) > 100) or (not words[2] and "." in words[1]):
        raise CourseError(
            f"--sample takes a number of answers or a share of them, such as 12 or 20%, "
            f"and '{wish}' came."
        )
    if words[2]:
        return min(answers, -int(-float(words[1]) * answers // 100))
    return min(answers, int(words[1]))
