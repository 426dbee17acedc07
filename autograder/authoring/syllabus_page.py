"""The syllabus as a page: the assignments of each track, when each is due, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from autograder.model import Assignment, Course
from autograder.reporting.html_page import renderer
from autograder.settings.late_policy import late_policy, late_sentence
from autograder.settings.nbgrader_config import config

render = renderer("autograder.authoring")
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """An assignment as a line of the page. due: with its zone, '' for none."""

    assignment: Assignment
    due: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Track:
    """A track, what it is about, and its assignments: the one that is due first comes first."""

    name: str
    about: str
    rows: tuple[Row, ...]


def page(course: Course) -> str:
    """The page, one HTML file without script."""
    listed = [assignment for assignment in course.assignments if assignment.notebooks]
    return render(
        "syllabus.html",
        title=course.title or course.name,
        tracks=_tracks(course, listed),
        count=len(listed),
        points=sum(assignment.points for assignment in listed),
        zone=config(course.root).Exchange.get("timezone", "UTC"),
        late=late_sentence({a.id: late_policy(course, a) for a in listed}),
        ids={assignment.id for assignment in listed},
    )


def _tracks(course: Course, listed: list[Assignment]) -> list[Track]:
    about = dict(course.tracks)
    names = dict.fromkeys([*about, *(assignment.track for assignment in listed)])
    tracks = []
    for name in names:
        mine = [assignment for assignment in listed if assignment.track == name]
        mine.sort(key=lambda assignment: assignment.due or LAST)
        rows = tuple(Row(a, _due(course, a), a.prerequisites) for a in mine)
        if rows:
            tracks.append(Track(name, about.get(name, ""), rows))
    return tracks


def _due(course: Course, assignment: Assignment) -> str:
    """The due time on the course's clock, with the zone's abbreviation at that time."""
    if assignment.due is None:
        return ""
    moment = assignment.due.astimezone(course.time_zone)
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M} {moment.tzname() or ''}".rstrip()
