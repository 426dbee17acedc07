"""Lines of an answer as spans, which take the same room for two lines and for forty thousand."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]  # the first and the last line, from 1


def spans(lines: Iterable[int]) -> tuple[Span, ...]:
    """The spans of some lines, in order."""
    found: list[Span] = []
    for line in sorted(lines):
        if found and line <= found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return tuple(found)


class FreeLines:
    """The lines that nobody took yet: at first all."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}  # of a taken line: a later one that may be free

    def take(self, some: Iterable[Span]) -> list[int]:
        """The free lines of some spans, which are no longer free. A line is passed over once in
        all, however many spans it lies in."""
        taken = []
        for first, last in some:
            line = self._free_from(first)
            while line <= last:
                taken.append(line)
                self._next[line] = line + 1
                line = self._free_from(line + 1)
        return taken

    def _free_from(self, line: int) -> int:
        passed = []
        while line in self._next:
            passed.append(line)
            line = self._next[line]
        for each in passed:
            self._next[each] = line
        return line
