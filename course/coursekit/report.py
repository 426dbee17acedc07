"""What `check` answers: a Report, shown as text in a terminal and as HTML in a notebook.

It says how many of the visible asserts hold and, for each that does not, what was tried, what was
expected and what came.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

HIDDEN_TESTS_FOLLOW = "Hidden tests follow when it is graded."  # said of every green report


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    message: the sentence (the assert's own message, an exception). expression, expected, actual:
    as shown to the student, '' where unknown. inputs: the values behind the names in `expression`.
    where: the line in the student's code.
    """

    message: str = ""
    expression: str = ""
    expected: str = ""
    actual: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    where: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """Label and text, in the order of reading; empty ones are left out."""
        rows = [
            ("tried", self.expression),
            *((f"with {name}", value) for name, value in self.inputs),
            ("expected", self.expected),
            ("came", self.actual),
            ("in", self.where),
        ]
        return [(label, text) for label, text in rows if text]


@dataclass(frozen=True)
class Report:
    """The answer for one question. passed, of asserts: how many visible asserts hold."""

    question: str
    ok: bool
    summary: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    passed: int = 0
    asserts: int = 0

    def __repr__(self) -> str:
        blocks = [f"{self.question}: {self.summary}", *map(_text, self.findings), *self.notes]
        return "\n".join(blocks)

    def _repr_html_(self) -> str:
        blocks = "".join(_html(finding) for finding in self.findings)
        notes = "".join(f'<div style="opacity: 0.75">{escape(note)}</div>' for note in self.notes)
        head = f"<div><b>{escape(self.question)}</b>: {escape(self.summary)}</div>"
        return _framed(head + blocks + notes, self.ok)


@dataclass(frozen=True)
class Reports:
    """The answers for all questions of a notebook."""

    reports: tuple[Report, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return bool(self.reports) and all(report.ok for report in self.reports)

    @property
    def summary(self) -> str:
        good = sum(report.ok for report in self.reports)
        return f"{good} of {len(self.reports)} questions pass their visible tests."

    def __repr__(self) -> str:
        lines = [f"  {report.question}: {report.summary}" for report in self.reports]
        return "\n".join([*([self.summary] if lines else []), *lines, *self.notes])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr style="{_ROW}"><td style="{_CELL}"><b>{escape(report.question)}</b></td>'
            f'<td style="{_CELL}">{escape(report.summary)}</td></tr>'
            for report in self.reports
        )
        table = f'<div>{escape(self.summary)}</div><table style="{_TABLE}">{rows}</table>'
        notes = "".join(f"<div>{escape(note)}</div>" for note in self.notes)
        return _framed((table if rows else "") + notes, self.ok)


_TABLE = "border-collapse: collapse; margin: 4px 0 2px 0; color: inherit; font: inherit"
_ROW = "background: none"
_CELL = "text-align: left; vertical-align: top; padding: 1px 14px 1px 0; background: none"
_LABEL = _CELL + "; opacity: 0.75; white-space: nowrap"
_CODE = "margin: 0; padding: 0; background: none; color: inherit; white-space: pre-wrap"


def _framed(body: str, ok: bool) -> str:
    colour = "#5b8a72" if ok else "#b0793a"
    return (
        f'<div style="border-left: 3px solid {colour}; padding: 2px 0 2px 12px; '
        f'line-height: 1.5">{body}</div>'
    )


def _html(finding: Finding) -> str:
    rows = "".join(
        f'<tr style="{_ROW}"><td style="{_LABEL}">{escape(label)}</td>'
        f'<td style="{_CELL}"><pre style="{_CODE}">{escape(text)}</pre></td></tr>'
        for label, text in finding.rows()
    )
    message = (
        f'<div style="margin-top: 6px">{escape(finding.message)}</div>' if finding.message else ""
    )
    return message + (f'<table style="{_TABLE}">{rows}</table>' if rows else "")


def _text(finding: Finding) -> str:
    rows = finding.rows()
    width = max((len(label) for label, _ in rows), default=0)
    margin = "\n" + " " * (width + 6)
    lines = [f"    {label:<{width}}  {text.replace(chr(10), margin)}" for label, text in rows]
    return "\n".join([*([f"  {finding.message}"] if finding.message else []), *lines])
