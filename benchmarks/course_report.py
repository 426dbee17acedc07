"""What both tools made of a course, in Markdown, in one line, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mark_pairs import MarkPair, as_row
from two_tools import Stage


@dataclass(frozen=True)
class Comparison:
    """What both tools made of a course: (assignment, student) of each hand-in, marks, stages."""

    name: str
    hand_ins: tuple[tuple[str, str], ...]
    pairs: tuple[MarkPair, ...]
    stages: tuple[Stage, ...]

    def wall_s(self, tool: str) -> float:
        """Of all stages of a tool."""
        return sum(stage.wall_s for stage in self.stages if stage.tool == tool)

    def cpu_s(self, tool: str) -> float:
        return sum(stage.cpu_s for stage in self.stages if stage.tool == tool)

    @property
    def our_failures(self) -> list[Stage]:
        """The stages of ours that failed where nbgrader's did not."""
        stock_failures = {
            (s.assignment, s.name) for s in self.stages if s.is_failure and s.tool == "nbgrader"
        }
        ours = [stage for stage in self.stages if stage.is_failure and stage.tool == "autograder"]
        return [stage for stage in ours if (stage.assignment, stage.name) not in stock_failures]

    @property
    def holds(self) -> bool:
        return not self.our_failures and not any(pair.is_reference_loss for pair in self.pairs)


def report(course: Comparison) -> str:
    """A course in Markdown: marks, cells that differ, stages, the last lines of what failed."""
    parts = [f"## {course.name}", _students(course), _differences(course)]
    parts += [_forked(course), _stages(course)]
    parts += [_failure(stage) for stage in course.stages if stage.is_failure]
    return "\n\n".join(part for part in parts if part)


def _students(course: Comparison) -> str:
    lines = ["| assignment | student | nbgrader | autograder | of |", "|---|---|--:|--:|--:|"]
    for assignment, student in course.hand_ins:
        pairs = [p for p in course.pairs if (p.assignment, p.student) == (assignment, student)]
        stock = _total([p.stock for p in pairs], any(p.stock_review for p in pairs))
        ours = _total([p.ours for p in pairs], any(p.our_review for p in pairs))
        out_of = f"{sum(p.out_of for p in pairs):g}"
        lines.append(f"| {assignment} | {student} | {stock} | {ours} | {out_of} |")
    return "\n".join(lines)


def _total(points: Sequence[float | None], review: bool) -> str:
    numbers = [number for number in points if number is not None]
    return _points(sum(numbers) if numbers else None, review)


def _differences(course: Comparison) -> str:
    differences = [pair for pair in course.pairs if pair.verdict != "equal"]
    lines = [
        "Marks that differ:",
        "",
        "| assignment | student | cell | nbgrader | autograder | of | what autograder says |",
        "|---|---|---|--:|--:|--:|---|",
    ]
    for pair in differences:
        stock = _points(pair.stock, pair.stock_review)
        ours = _points(pair.ours, pair.our_review)
        cell = f"{pair.notebook}/{pair.cell}"
        message = " ".join(pair.message.split()).replace("|", "\\|")
        row = (pair.assignment, pair.student, cell, stock, ours, f"{pair.out_of:g}", message)
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) if differences else "No mark differs."


def _points(points: float | None, review: bool) -> str:
    if points is None:
        return "none"
    return f"{points:g}, to review" if review else f"{points:g}"


def _forked(course: Comparison) -> str:
    cells = dict.fromkeys(f"{p.assignment}/{p.cell}" for p in course.pairs if p.forked)
    return f"Tests that autograder ran beside the student's code: {', '.join(cells)}." * bool(cells)


def _stages(course: Comparison) -> str:
    by_key: dict[tuple[str, str], dict[str, Stage]] = {}
    for stage in course.stages:
        by_key.setdefault((stage.assignment, stage.name), {})[stage.tool] = stage
    lines = [
        "| assignment | stage | nbgrader, s | autograder, s | ratio | CPU s | CPU s | ratio |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for (assignment, name), tools in by_key.items():
        stock, ours = tools.get("nbgrader"), tools.get("autograder")
        row = [assignment, name, _time(stock), _time(ours)]
        row += [_ratio(ours.wall_s, stock.wall_s) if stock and ours else ""]
        row += [f"{stage.cpu_s:.2f}" if stage else "" for stage in (stock, ours)]
        row += [_ratio(ours.cpu_s, stock.cpu_s) if stock and ours else ""]
        lines.append(f"| {' | '.join(row)} |")
    row = []
    for seconds in (course.wall_s, course.cpu_s):
        stock_s, our_s = seconds("nbgrader"), seconds("autograder")
        row += [f"{stock_s:.2f}", f"{our_s:.2f}", _ratio(our_s, stock_s)]
    return "\n".join([*lines, f"| all | | {' | '.join(row)} |"])


def _ratio(ours: float, stock: float) -> str:
    return f"{ours / stock:.2f}" if stock else ""


def _time(stage: Stage | None) -> str:
    if stage is None:
        return ""
    ending = ", stopped" if stage.exit_code is None else ", failed" if stage.is_failure else ""
    return f"{stage.wall_s:.2f}{ending}"


def _failure(stage: Stage) -> str:
    ending = "was stopped" if stage.exit_code is None else f"failed with {stage.exit_code}"
    quoted = "\n".join(f"    {line}" for line in stage.last_lines.splitlines())
    return f"`{stage.command}` {ending} after {stage.wall_s:.0f} s. Its last lines:\n\n{quoted}"


def summary(course: Comparison) -> str:
    """A course in one line: how many marks compare how, and how long ours took."""
    counts = Counter(pair.verdict for pair in course.pairs)
    line = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("equal", "better", "worse"))
    if counts["review"]:
        line += f", {counts['review']} for a person to mark with one tool only"
    ratios = [
        _ratio(seconds("autograder"), seconds("nbgrader"))
        for seconds in (course.wall_s, course.cpu_s)
    ]
    losses = sum(pair.is_reference_loss for pair in course.pairs)
    faults = [f"the reference loses {losses}"] if losses else []
    faults += [f"`{stage.command}` failed" for stage in course.our_failures]
    ending = f". {'; '.join(faults)}" if faults else ""
    times = f"{ratios[0]} of nbgrader's time, {ratios[1]} of its CPU time"
    return f"{course.name}: marks {line}; {times}{ending}"


def as_json(courses: Sequence[Comparison]) -> str:
    rows: list[dict[str, Any]] = [
        {
            "course": course.name,
            "holds": course.holds,
            "marks": [as_row(pair) for pair in course.pairs],
            "stages": [asdict(stage) for stage in course.stages],
        }
        for course in courses
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
