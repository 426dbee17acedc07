"""The page of a graded class: how the scores lie, which question is hard, and a row per student.

It shows only what was graded; one file without script, with links to the pages of feedback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count as count_from

from autograder.model import Assignment, Course, Grade
from autograder.reporting.html_page import document, esc, number, table

COLUMNS = ("student", "score", "status", "time", "notes")
BINS = 10
WIDTH, HEIGHT, LEFT_MARGIN, BOTTOM_MARGIN, TOP_MARGIN = 480, 200, 44, 42, 16


@dataclass(frozen=True)
class Question:
    """A graded cell over a class: points earned and possible among the submissions that ran."""

    notebook: str
    cell: str
    earned: float
    possible: float
    submissions: int

    @property
    def share(self) -> float:
        return self.earned / self.possible if self.possible else 0.0


def demo_index(
    course: Course,
    results: Sequence[tuple[Assignment, list[Grade]]],
    link: Callable[[Grade], str],
) -> str:
    """One HTML page over the assignments of `results`.

    link: the URL of a grade's page of feedback, relative to this page.
    """
    total = sum(len(grades) for _, grades in results)
    body = [
        f"<h1>{esc(course.name)}: graded submissions</h1>",
        f"<p>{_count(total, 'submission')} of {_count(len(results), 'assignment')}.</p>",
        *(_assignment(assignment, grades, link) for assignment, grades in results),
    ]
    return document(f"{course.name}: graded submissions", "\n".join(body))


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _assignment(assignment: Assignment, grades: list[Grade], link: Callable[[Grade], str]) -> str:
    ran = [grade for grade in grades if grade.status != "not graded"]
    parts = [f'<h2 id="{esc(assignment.id)}">{esc(_title(assignment))}</h2>', _numbers(grades, ran)]
    if ran:
        parts += ["<h3>Scores</h3>", histogram(ran), "<h3>Hardest questions first</h3>"]
        parts.append(_questions(hardest(ran)))
    rows = (_student(grade, link) for grade in grades)
    parts += ["<h3>Students</h3>", table(COLUMNS, rows, numbers=["score", "time"])]
    return f"<section>\n{chr(10).join(parts)}\n</section>"


def _title(assignment: Assignment) -> str:
    return f"{assignment.id}: {assignment.title}" if assignment.title else assignment.id


def _numbers(grades: list[Grade], ran: list[Grade]) -> str:
    waiting = sum(grade.status == "needs review" for grade in grades)
    paragraphs = [f"{_count(len(grades), 'submission')}, {len(ran)} graded"]
    if len(ran) < len(grades):
        paragraphs.append(f"{len(grades) - len(ran)} could not be graded")
    if waiting:
        paragraphs.append(f"{waiting} with an answer that waits for a person")
    levels = sorted({grade.isolation for grade in ran if grade.isolation})
    if levels:
        paragraphs.append(f"isolation: {', '.join(levels)}")
    return f"<p>{'; '.join(paragraphs)}.</p>"


def shares(grades: Iterable[Grade]) -> list[float]:
    """Each score as a share of the maximum, 0 to 1."""
    return [grade.score / grade.max_score for grade in grades if grade.max_score]


def bins(values: Iterable[float]) -> list[int]:
    """How many of the shares lie in each tenth; full marks count to the last."""
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, max(0, int(value * BINS + 1e-9)))] += 1
    return counts


def histogram(ran: list[Grade]) -> str:
    """The distribution of scores as an inline SVG with labelled axes."""
    values = sorted(shares(ran))
    counts = bins(values)
    top = max(counts)
    middle = f"median {100 * _median(values):.0f} %" if values else ""
    words = f"Scores of {_count(len(values), 'graded submission')}, {middle}"
    drawn = [*_grid(top), *_bars(counts, top), *_axis_labels()]
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{esc(words)}">'
        f"{''.join(drawn)}</svg><figcaption>{esc(words)}.</figcaption></figure>"
    )


def _median(values: list[float]) -> float:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _x(share: float) -> float:
    return round(LEFT_MARGIN + share * (WIDTH - LEFT_MARGIN - 12), 2)


def _y(height: float) -> float:
    """Where a bar of `height` (0 to 1 of the tallest) ends."""
    return round(HEIGHT - BOTTOM_MARGIN - height * (HEIGHT - BOTTOM_MARGIN - TOP_MARGIN), 2)


def _grid(top: int) -> Iterable[str]:
    steps = (digit * 10**zeros for zeros in count_from(0) for digit in (1, 2, 5))
    for count in range(0, top + 1, next(step for step in steps if top <= 4 * step)):
        y = _y(count / top if top else 0)
        yield f'<line class="grid" x1="{LEFT_MARGIN}" x2="{_x(1)}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT_MARGIN - 6}" y="{y + 4}" text-anchor="end">{count}</text>'


def _bars(counts: list[int], top: int) -> Iterable[str]:
    for place, count in enumerate(counts):
        if count:
            x, y = _x(place / BINS) + 1, _y(count / top)
            width = round(_x(1 / BINS) - _x(0) - 2, 2)
            height = round(_y(0) - y, 2)
            yield f'<rect class="bar" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _axis_labels() -> Iterable[str]:
    floor, middle = _y(0), _y(0.5)
    yield f'<line class="axis" x1="{LEFT_MARGIN}" x2="{_x(1)}" y1="{floor}" y2="{floor}"/>'
    for percent in range(0, 101, 20):
        x = _x(percent / 100)
        yield f'<text x="{x}" y="{floor + 16}" text-anchor="middle">{percent}</text>'
    horizontal = f'x="{_x(0.5)}" y="{HEIGHT - 6}" text-anchor="middle"'
    yield f"<text {horizontal}>score, % of the maximum</text>"
    vertical = f'transform="translate(12 {middle}) rotate(-90)" text-anchor="middle"'
    yield f"<text {vertical}>submissions</text>"


def hardest(ran: Iterable[Grade]) -> list[Question]:
    """Every graded cell with its share of earned points, the lowest share first.

    Marks that wait for a person do not count.
    """
    totals: dict[tuple[str, str], tuple[float, float, int]] = {}
    for mark in (mark for grade in ran for mark in grade.marks if not mark.needs_review):
        earned, possible, n = totals.get((mark.notebook, mark.cell), (0.0, 0.0, 0))
        totals[mark.notebook, mark.cell] = (earned + mark.points, possible + mark.out_of, n + 1)
    questions = [
        Question(notebook, cell, earned, possible, n)
        for (notebook, cell), (earned, possible, n) in totals.items()
        if possible
    ]
    return sorted(questions, key=lambda question: question.share)


def _questions(questions: list[Question]) -> str:
    columns = ("question", "points earned", "share", "submissions")
    rows = (_question(question) for question in questions)
    return table(columns, rows, numbers=["share", "submissions"])


def _question(question: Question) -> str:
    percent = f"{100 * question.share:.0f} %"
    bar = f'<span class="share"><span style="width: {100 * question.share:.1f}%"></span></span>'
    return (
        f'<tr><th scope="row">{esc(question.cell)}</th><td>{bar}</td>'
        f'<td class="number" data-label="earned">{percent}</td>'
        f'<td class="number" data-label="submissions:">{question.submissions}</td></tr>'
    )


def _student(grade: Grade, link: Callable[[Grade], str]) -> str:
    score = f"{number(grade.score)} of {number(grade.max_score)}" if grade.marks else ""
    seconds = f"{grade.seconds:.1f} s" if grade.seconds else ""
    return (
        f'<tr><th scope="row"><a href="{esc(link(grade))}">{esc(grade.student)}</a></th>'
        f'<td class="number">{score}</td><td class="short">{esc(grade.status)}</td>'
        f'<td class="number" data-label="ran">{seconds}</td><td>{_notes(grade)}</td></tr>'
    )


def _notes(grade: Grade) -> str:
    lost = [m.cell for m in grade.marks if m.points < m.out_of and not m.needs_review]
    paragraphs = [f'<p class="says">{esc(line)}</p>' for line in grade.message.split("; ") if line]
    if lost:
        paragraphs.append(f'<p class="soft">lost points at {esc(", ".join(lost))}</p>')
    if grade.integration:
        paragraphs.append(f'<p class="soft">{esc(grade.integration)}</p>')
    return "".join(paragraphs)
