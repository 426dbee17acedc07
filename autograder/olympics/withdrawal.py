"""An entry that a person takes out: a team withdraws it, an organiser disqualifies it, or it was
judged wrongly.

A ledger only grows, so this is one more row, with the reason. The entry has no result from then on,
and its earlier rows stay to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from autograder.model import CourseError
from autograder.olympics.ledger import Judgement, Ledger
from autograder.olympics.row_names import check_name

LEAST_DIGITS = 8
MAX_REASON_CHARACTERS = 300


def withdraw(
    ledger: Ledger, beginning: str, reason: str, judge: str, now: datetime | None = None
) -> Judgement:
    """The new row. beginning: of the sha256 of one entry, at least 8 digits. CourseError where no
    entry or more than one begins so, or the entry was withdrawn before."""
    if not 0 < len(reason.strip()) <= MAX_REASON_CHARACTERS:
        raise CourseError(f"The reason is told in 1 to {MAX_REASON_CHARACTERS} characters.")
    ledger_rows = ledger.judgements()
    check_name("--judge", judge, (row.judge for row in ledger_rows))
    rows = _rows_of(ledger_rows, beginning)
    if any(row.verdict == "withdrawn" for row in rows):
        raise CourseError(f"The entry {rows[0].entry_sha256[:16]} was withdrawn before.")
    row = replace(
        rows[-1],
        run=max(row.run for row in rows) + 1,
        verdict="withdrawn",
        sentence=reason.strip(),
        scores={},
        log="",
        judge=judge,
        judged_at=f"{(now or datetime.now(UTC)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    return ledger.append(row)


def _rows_of(ledger_rows: Iterable[Judgement], beginning: str) -> list[Judgement]:
    """The rows of the one entry whose name begins so."""
    digits = beginning.strip().lower()
    rows = [row for row in ledger_rows if row.entry_sha256.startswith(digits)]
    entries = {(row.entry_sha256, row.event) for row in rows}
    if len(digits) < LEAST_DIGITS or len(entries) != 1:
        raise CourseError(
            f"'{beginning}' names {len(entries)} entries of the ledger. Give the first "
            f"{LEAST_DIGITS} digits or more of the sha256 of one; its page on the board has it."
        )
    return rows
