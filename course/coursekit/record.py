"""The record of a lab: predictions, runs, designs and measurements, in the order they were made.

A prediction is committed first (the sha256 of its question, value and a nonce) and must stand
before the first run of its question. The grader reads the record beside the notebook.
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coursekit import chain
from coursekit.chain import Entry, Fresh
from coursekit.syllabus import CourseError


@dataclass(frozen=True)
class Locked:
    """A prediction as the record holds it."""

    question: str
    value: Any
    commitment: str

    def __repr__(self) -> str:
        return f"Locked: {self.question} = {self.value!r} (commitment {self.commitment[:12]})."


class Record:
    """The record file at `path`; it begins to exist with the first entry.

    now: tells the time, aware of its zone. Several kernels may write to one file at once.
    """

    def __init__(
        self, path: Path | str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.path = Path(path)
        self._now = now

    def __repr__(self) -> str:
        return f"{self.path.name}: {len(self.entries())} entries. {self.verify()}".rstrip()

    def append(self, kind: str, body: Any) -> Entry:
        """Adds one entry and returns it. body: what JSON can hold; numpy scalars and arrays too.

        Raises CourseError for a body that JSON cannot hold (NaN, infinity, an object), and where
        the last entry of the file is damaged.
        """
        return self._add(lambda entries: [(kind, body)])[-1]

    def predict(self, question: str, value: Any) -> Locked:
        """Locks a prediction. Before the first run it may be changed; after it, only repeated."""
        value = chain.plain(value)

        def steps(entries: list[Entry]) -> Fresh:
            before = _predictions(entries, question)
            if before and chain.text(before[-1]["value"]) == chain.text(value):
                return []
            if _runs(entries, question):
                raise CourseError(_too_late(question, before))
            nonce = secrets.token_hex(16)
            return [
                ("commit", {"question": question, "sha256": commitment(question, value, nonce)}),
                ("prediction", {"question": question, "value": value, "nonce": nonce}),
            ]

        self._add(steps)
        nonce = _predictions(self.entries(), question)[-1]["nonce"]
        return Locked(question, value, commitment(question, value, nonce))

    def run(self, question: str, body: Any) -> Entry:
        """Adds a `run` entry of a question, whose prediction must be locked by then."""

        def steps(entries: list[Entry]) -> Fresh:
            if not _predictions(entries, question):
                raise CourseError(
                    f"'{question}' has no prediction yet, and a run would give it away. "
                    f"Lock one first: record.predict({question!r}, ...)."
                )
            return [("run", {"question": question, "result": body})]

        return self._add(steps)[-1]

    def prediction(self, question: str) -> Any:
        """The value that was predicted, None where nothing was."""
        predictions = _predictions(self.entries(), question)
        return predictions[-1]["value"] if predictions else None

    def runs(self, question: str) -> list[Any]:
        """What `run` was given for a question, oldest first."""
        return [body.get("result") for body in _runs(self.entries(), question)]

    def entries(self, kind: str = "") -> list[Entry]:
        """The entries that can be read, oldest first: all, or those of one kind.

        Each has n, time (ISO 8601, UTC), kind, body, prev and sha256.
        """
        read = (chain.entry(line) for line in chain.read(self.path)[0])
        return [entry for entry in read if entry and kind in ("", entry["kind"])]

    def verify(self) -> str:
        """'' for an unbroken record, else a sentence that names the first broken link."""
        lines, torn = chain.read(self.path)
        return (
            chain.fault(lines)
            or chain.torn_fault(torn, len(lines))
            or _order_fault([entry for line in lines if (entry := chain.entry(line))])
        )

    def _add(self, steps: Callable[[list[Entry]], Fresh]) -> list[Entry]:
        added = chain.add(self.path, steps, self._now())
        for entry in added:
            if entry["kind"] == "torn":
                warnings.warn(f"{entry['body']['says']} It was set aside.", stacklevel=3)
        return added


def commitment(question: str, value: Any, nonce: str) -> str:
    """The sha256 that binds a prediction to its question."""
    return chain.sha256([question, value, nonce])


def _order_fault(entries: list[Entry]) -> str:
    """Every prediction is the one committed just before it, and every run has its prediction."""
    predicted: set[str] = set()
    ran: set[str] = set()
    for number, entry in enumerate(entries):
        question = str(_body(entry).get("question", ""))
        if entry["kind"] == "run":
            if question not in predicted:
                return f"Entry {entry['n']} runs '{question}' before it was predicted."
            ran.add(question)
        if entry["kind"] == "prediction":
            if question in ran:
                return f"Entry {entry['n']} predicts '{question}' after its first run."
            if not number or not _commits(entries[number - 1], _body(entry)):
                return f"Entry {entry['n']} predicts '{question}' otherwise than was committed."
            predicted.add(question)
    return ""


def _commits(before: Entry, body: dict[str, Any]) -> bool:
    question, nonce = str(body.get("question", "")), str(body.get("nonce", ""))
    expected = {"question": question, "sha256": commitment(question, body.get("value"), nonce)}
    return bool(before["kind"] == "commit" and before["body"] == expected)


def _body(entry: Entry) -> dict[str, Any]:
    """The body of an entry that is a table; {} for any other."""
    return entry["body"] if isinstance(entry["body"], dict) else {}


def _predictions(entries: list[Entry], question: str) -> list[dict[str, Any]]:
    return [
        body for body in _about(entries, "prediction", question) if {"value", "nonce"} <= set(body)
    ]


def _runs(entries: list[Entry], question: str) -> list[dict[str, Any]]:
    return _about(entries, "run", question)


def _about(entries: list[Entry], kind: str, question: str) -> list[dict[str, Any]]:
    bodies = [_body(entry) for entry in entries if entry["kind"] == kind]
    return [body for body in bodies if body.get("question") == question]


def _too_late(question: str, before: list[dict[str, Any]]) -> str:
    if not before:
        return f"'{question}' was run before it was predicted: a prediction counts only before."
    return (
        f"'{question}' has been run, so its prediction stays {before[-1]['value']!r}. "
        f"A wrong prediction costs nothing; explain the gap."
    )
