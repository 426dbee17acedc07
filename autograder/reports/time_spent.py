"""How long students say they worked: what their own tools wrote into what they handed in.

Read are the times of runs that JupyterLab (where it records timing) and Colab keep with each cell,
and the entries of a lab record. A notebook keeps the last run of a cell only, so the time is rather
too short; pauses of more than PAUSE are no work. All of it stood on the student's machine, where
anybody can change it: a claim. A receipt holds no more than the moment of handing in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from autograder.collecting.submitted import submissions
from autograder.collecting.time_stamps import parse_time
from autograder.files import read_plain
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook.validate import open_notebook

PAUSE = timedelta(minutes=30)
FEWEST_MOMENTS = 3
MOST_MOMENTS = 20_000
MOST_STEPS = 10  # of one run: asked, begun, ended
MAX_BYTES = 20 << 20
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Claim:
    """What a student's tools say: minutes of work, on how many days, from how many moments."""

    student: str
    minutes: float
    days: int
    moments: int


def claims(course: Course, assignment: Assignment, now: datetime) -> list[Claim]:
    """The claim of each submission that holds times. What lies behind the hand-in is left out."""
    student_moments = ((s.student, moments(s, now)) for s in submissions(course, assignment))
    return [
        Claim(student, worked_minutes(times), len({t.date() for t in times}), len(times))
        for student, times in student_moments
        if len(times) >= FEWEST_MOMENTS
    ]


def worked_minutes(times: Iterable[datetime]) -> float:
    """The minutes between moments in order, without pauses."""
    steps = (later - earlier for earlier, later in pairwise(sorted(times)))
    return sum((step for step in steps if step <= PAUSE), timedelta()).total_seconds() / 60


def moments(submission: Submission, now: datetime) -> list[datetime]:
    """The moments that a submission's files claim, in order, each once."""
    end = submission.submitted_at or now
    times: set[datetime] = set()
    for name, _ in submission.files:
        if len(times) < MOST_MOMENTS:
            path = submission.folder / name
            read = {".ipynb": _of_notebook, ".jsonl": _of_record}.get(path.suffix, _of_nothing)
            times.update(time for time in read(path) if EARLIEST <= time <= end)
    return sorted(times)


def _of_notebook(path: Path) -> Iterator[datetime]:
    try:
        notebook = open_notebook(read_plain(path, MAX_BYTES))
    except (OSError, CourseError):
        return
    for cell in notebook["cells"]:
        metadata = cell.get("metadata")
        if isinstance(metadata, dict):
            yield from _times(_jupyterlab(metadata))
            yield from _colab(metadata)


def _jupyterlab(metadata: dict[str, Any]) -> Iterator[Any]:
    """The texts under metadata.execution, as nbformat describes it."""
    timing = metadata.get("execution")
    if isinstance(timing, dict):
        yield from islice(timing.values(), MOST_STEPS)


def _colab(metadata: dict[str, Any]) -> Iterator[datetime]:
    """metadata.executionInfo.timestamp, milliseconds since 1970."""
    info = metadata.get("executionInfo")
    stamp = info.get("timestamp") if isinstance(info, dict) else None
    if isinstance(stamp, int | float) and 0 < stamp < 1e14:
        yield datetime.fromtimestamp(stamp / 1000, UTC)


def _of_record(path: Path) -> Iterator[datetime]:
    """The times of a lab record, one entry a line."""
    try:
        lines = read_plain(path, MAX_BYTES).splitlines()
    except OSError:
        return
    for line in lines[:MOST_MOMENTS]:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield from _times([entry.get("time")])


def _of_nothing(path: Path) -> Iterator[datetime]:
    return iter(())


def _times(texts: Iterable[Any]) -> Iterator[datetime]:
    for text in texts:
        time = parse_time(text) if isinstance(text, str) and len(text) < 64 else None
        if time is not None:
            yield time
