"""A class being graded, as a person or a program sees it: a live table, or a line of JSON an event.

On a terminal the table stays in place and shows what runs, what went wrong last, and how long it
will take. In a log there is a line now and then. `--json` prints every event as one line.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import fmean
from time import monotonic
from typing import Any

import click
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from autograder.commands.terminal import console
from autograder.grading.class_run import Event
from autograder.grading.record import Outcome
from autograder.model import Grade

LAST_FAULTS = 6  # of the submissions that went wrong, the latest
LOG_EVERY_S = 10.0


@dataclass
class Tally:
    """What has happened so far. Times are seconds since grading began."""

    total: int = 0
    began: float = field(default_factory=monotonic)
    running: dict[str, float] = field(default_factory=dict)
    finished_s: list[float] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if event.kind == "waiting":
            self.total, self.began = event.total, monotonic()
        elif event.kind == "started":
            self.running[event.student] = monotonic()
        elif event.kind == "done" and event.outcome:
            self.running.pop(event.student, None)
            self.finished_s.append(event.outcome.seconds)
            if event.outcome.message:
                self.wrong.append((event.student, event.outcome.message))

    def remaining_s(self) -> float | None:
        """Seconds until all are done, at the pace so far; None before the first one is."""
        if not self.finished_s:
            return None
        finished_count = len(self.finished_s)
        return (monotonic() - self.began) / finished_count * (self.total - finished_count)

    def line(self) -> str:
        """Where it stands, in one sentence."""
        if not self.total:
            return "the submissions are being looked through"
        average = f", {fmean(self.finished_s):.1f} s each" if self.finished_s else ""
        remaining_s = self.remaining_s()
        estimate = f", about {clock(remaining_s)} left" if remaining_s is not None else ""
        counts = f"{len(self.finished_s)} of {self.total} done, {len(self.running)} running"
        return f"{counts}, {len(self.wrong)} with something to say{average}{estimate}"


def clock(seconds: float) -> str:
    """Minutes and seconds, as a person says them."""
    total_s = round(seconds)
    return f"{total_s // 60} min {total_s % 60:02d} s" if total_s >= 60 else f"{total_s} s"


@contextmanager
def show_progress(as_json: bool) -> Iterator[Callable[[Event], None]]:
    """The function that is told of every event, for as long as there is something to show."""
    if as_json:
        yield _with_lock(lambda event: click.echo(json.dumps(_event_fields(event))))
    elif console.is_terminal:
        yield from _live()
    else:
        yield _logged()


def _with_lock(tell: Callable[[Event], None]) -> Callable[[Event], None]:
    lock = threading.Lock()

    def locked(event: Event) -> None:
        with lock:
            tell(event)

    return locked


def _live() -> Iterator[Callable[[Event], None]]:
    tally = Tally()
    with Live(
        get_renderable=lambda: _table(tally), console=console, refresh_per_second=8, transient=True
    ):

        def tell(event: Event) -> None:
            if event.kind == "note":
                console.print(f"note: {event.message}")
            tally.take(event)

        yield _with_lock(tell)


def _table(tally: Tally) -> Group:
    table = Table(box=None, pad_edge=False, show_header=False)
    for student, since in sorted(tally.running.items(), key=lambda item: item[1]):
        table.add_row("running", Text(student), f"{monotonic() - since:5.1f} s")
    for student, message in tally.wrong[-LAST_FAULTS:]:
        table.add_row("said", Text(student), Text(message, overflow="ellipsis", no_wrap=True))
    return Group(Text(tally.line(), style="bold"), table)


def _logged() -> Callable[[Event], None]:
    tally = Tally()
    last = monotonic()

    def tell(event: Event) -> None:
        nonlocal last
        tally.take(event)
        if event.kind == "note":
            console.print(f"note: {event.message}")
        if monotonic() - last > LOG_EVERY_S:
            last = monotonic()
            console.print(tally.line())

    return _with_lock(tell)


def _event_fields(event: Event) -> dict[str, Any]:
    """An event as JSON has it, without what it does not say."""
    fields: dict[str, Any] = {"event": event.kind, "at_s": round(event.elapsed_s, 3)}
    if event.kind == "waiting":
        fields["of"] = event.total
    if event.message:
        fields["says"] = event.message
    if event.student:
        fields["student"] = event.student
    if event.outcome:
        fields |= {"seconds": round(event.outcome.seconds, 3), "says": event.outcome.message}
    return fields


def print_results(level: str, outcomes: Sequence[Outcome], results: Iterable[Grade]) -> None:
    """The last lines of `--json`: one per student with the marks, one for each mark that changed
    without a new hand-in, then how it went in all."""
    fresh = {outcome.student: outcome.fresh for outcome in outcomes}
    states = []
    for grade in results:
        states.append(grade.status)
        marks = {"score": grade.score, "max_score": grade.max_score, "status": grade.status}
        fields = {"student": grade.student, "fresh": fresh.get(grade.student, False)}
        click.echo(json.dumps({"event": "grade", **fields, **marks, "says": grade.message}))
    for change in (change for outcome in outcomes for change in outcome.changes if change.moves):
        fields = {"student": change.student, "notebook": change.notebook, "cell": change.cell}
        points = {"before": change.counted_before, "after": change.counted_after}
        click.echo(json.dumps({"event": "changed", **fields, **points}))
    counts = {state: states.count(state) for state in ("graded", "needs review", "not graded")}
    click.echo(json.dumps({"event": "finished", "isolation": level, **counts}))
