"""What is concluded from a series of pairs: a score, or a sentence why there is none.

A score is the median of the pairs' ratios. There is none where the machine was busy, where the
reference itself was unsteady, or where a time is less than physics allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from olympics import statistics
from olympics.events import Event

BUSY_SHARE = 0.2  # of its time, that the reference may have waited for a processor


class EntryFault(Exception):
    """What an entry did instead of answering; the sentence is about it."""


class Busy(Exception):
    """The machine, or the reference on it, did not do what it has to; the sentence says what."""


@dataclass(frozen=True)
class Answer:
    """waited_s: how much of seconds the worker was kept waiting for a processor."""

    seconds: float
    data: bytes
    waited_s: float = 0.0


@dataclass(frozen=True)
class Repetition:
    """One pair. work: names inputs of the same shapes. verified: whether the outputs are held
    against the reference's."""

    phase: str
    work: str
    entry: Answer
    reference: Answer
    verified: bool

    @property
    def ratio(self) -> float:
        return statistics.clipped(self.entry.seconds / self.reference.seconds)


@dataclass(frozen=True)
class Outcome:
    """verdict: "ranked", "refused" (the machine, or a time that cannot be) or "wrong" (the entry).
    sentence: why, "" where ranked. log: a line for each pair."""

    verdict: str
    sentence: str
    scores: dict[str, float] = field(default_factory=dict)
    log: str = ""


def check_finite(scores: Mapping[str, float]) -> None:
    """EntryFault for a score that is NaN or infinite."""
    for name, score in scores.items():
        if not np.isfinite(score):
            raise EntryFault(f"Its '{name}' is {score}, which is no number to rank.")


def conclusion(
    rules: Event,
    repetitions: list[Repetition],
    scores: dict[str, float],
    floor_s: float,
    log: str,
) -> Outcome:
    """The outcome of verified pairs. scores: the counted ones. floor_s: the least time of a
    repetition that this machine can need."""
    if rules.kind == "counted":
        return Outcome("ranked", "", {**scores, "score": scores[rules.decides]}, log)
    sentence = refusal(repetitions) or _floor_fault(repetitions, floor_s)
    if sentence:
        return Outcome("refused", sentence, scores, log)
    return Outcome("ranked", "", {**scores, **_time_scores(repetitions)}, log)


def refusal(repetitions: Sequence[Repetition]) -> str:
    """Why no time may be taken where the reference answered like that; "" where one may."""
    times = _relative_times(repetitions)
    waited_s = sum(pair.reference.waited_s for pair in repetitions)
    share = waited_s / sum(pair.reference.seconds for pair in repetitions)
    if share > BUSY_SHARE:
        return (
            f"The machine was busy: the reference waited {share:.0%} of its time for a processor "
            f"({BUSY_SHARE:.0%} is the most). Nothing is held against the entry."
        )
    if statistics.is_unsteady(times):
        return (
            f"The machine was unsteady: half of the reference's runs took over "
            f"{statistics.steadiness(times):.2f} times as long as its fastest tenth "
            f"({statistics.UNSTEADY} is the most). Nothing is held against the entry."
        )
    return ""


def _relative_times(repetitions: Sequence[Repetition]) -> list[float]:
    """The reference's times, each over the median of those of the same work."""
    by_work: dict[str, list[float]] = {}
    for pair in repetitions:
        by_work.setdefault(pair.work, []).append(pair.reference.seconds)
    return [s / float(np.median(times)) for times in by_work.values() for s in times]


def _floor_fault(repetitions: list[Repetition], floor_s: float) -> str:
    """A time below the floor of any repetition means that the work was not done there."""
    fastest_s = min(pair.entry.seconds for pair in repetitions)
    if fastest_s >= floor_s:
        return ""
    return (
        f"A repetition took {1e6 * fastest_s:.0f} us, and this machine needs at least "
        f"{1e6 * floor_s:.0f} us for that work. Such a time is not ranked."
    )


def _time_scores(repetitions: list[Repetition]) -> dict[str, float]:
    ratios = [pair.ratio for pair in repetitions]
    interval = statistics.median_interval(ratios)
    halves = {
        phase: float(np.median([pair.ratio for pair in repetitions if pair.phase == phase]))
        for phase in ("public", "private")
    }
    seconds = float(np.median([pair.entry.seconds for pair in repetitions]))
    return {
        "score": interval.median,
        "low": interval.low,
        "high": interval.high,
        **halves,
        "seconds": seconds,
    }
