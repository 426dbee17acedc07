"""Lines of an answer as spans, which take the same room for two lines and for forty thousand."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]  # the first and the last line, from 1


def spans(lines: Iterable[int]) -> tuple[Span, ...]:
    """The spans of some lines, in order."""
    joined_spans: list[Span] = []
    for line in sorted(lines):
        if joined_spans and line <= joined_spans[-1][1] + 1:
            joined_spans[-1] = (joined_spans[-1][0], line)
        else:
            joined_spans.append((line, line))
    return tuple(joined_spans)


class FreeLines:
    """The lines that nobody took yet: at first all."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}  # of a taken line: a later one that may be free

    def take(self, line_spans: Iterable[Span]) -> list[int]:
        """The free lines of some spans, which are no longer free. A line is passed over once in
        all, however many spans it lies in."""
        free_lines = []
        for first, last in line_spans:
            line = self._free_from(first)
            while line <= last:
                free_lines.append(line)
                self._next[line] = line + 1
                line = self._free_from(line + 1)
        return free_lines

    def _free_from(self, line: int) -> int:
        passed = []
        while line in self._next:
            passed.append(line)
            line = self._next[line]
        for passed_line in passed:
            self._next[passed_line] = line
        return line
