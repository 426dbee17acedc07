"""The due dates of a course as a calendar file (iCalendar, RFC 5545).

The same syllabus gives the same bytes. An event keeps its UID when its date or title changes, so
that a calendar that was imported before moves the event and adds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from autograder.model import Assignment, Course
from autograder.settings.counted import counted

LINE_BYTES = 75
PRODUCT = "-//mlsys-course//autograder//EN"
STAMP = datetime(1970, 1, 1, tzinfo=UTC)  # required, and no clock may change the bytes


def calendar(course: Course) -> str:
    """The calendar of the assignments with a due date, in their order; its lines end in CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escape(course.title or course.name)}",
        *(line for assignment in course.assignments for line in _event(course, assignment)),
        "END:VCALENDAR",
    ]
    return "".join(f"{fold(line)}\r\n" for line in lines)


def undated(course: Course) -> list[str]:
    """The ids of the assignments that are in no calendar, since they have no due date."""
    return [assignment.id for assignment in course.assignments if not assignment.due]


def _event(course: Course, assignment: Assignment) -> Iterator[str]:
    if assignment.due is None:
        return
    title = f": {assignment.title}" if assignment.title else ""
    yield from (
        "BEGIN:VEVENT",
        f"UID:{_name(assignment.id)}@{_name(course.name)}",
        f"DTSTAMP:{_moment(STAMP)}",
        f"DTSTART:{_moment(assignment.due)}",
        f"SUMMARY:{escape(f'{assignment.id} is due{title}')}",
    )
    description = "\n".join(_facts(assignment))
    if description:
        yield f"DESCRIPTION:{escape(description)}"
    if assignment.track:
        yield f"CATEGORIES:{escape(assignment.track)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _facts(assignment: Assignment) -> Iterator[str]:
    if assignment.points:
        yield counted(assignment.points, "point")
    if assignment.minutes:
        yield f"{assignment.minutes} minutes of work"
    if assignment.prerequisites:
        yield f"needs {', '.join(assignment.prerequisites)}"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _name(text: str) -> str:
    """Letters, digits and few marks of a text; each other byte in hexadecimal."""
    return re.sub(r"[^A-Za-z0-9._-]", lambda m: f"={m[0].encode().hex().upper()}", text)


def escape(text: str) -> str:
    """The text as a value of type TEXT; other control characters than line ends are left out."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, escaped)
    text = "\\n".join(re.split(r"\r\n|\r|\n", text))
    return "".join(c for c in text if c == "\t" or (ord(c) >= 32 and ord(c) != 127))


def fold(line: str) -> str:
    """A line in pieces of at most 75 bytes of UTF-8, no character cut; each begins with a space."""
    pieces, piece, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > LINE_BYTES:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += width
    return "\r\n".join([*pieces, piece])
