"""The calendar of due dates, read back by a strict reader of RFC 5545."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.calendar import calendar, fold
from autograder.commands.cli import main
from autograder.model import Assignment, Course
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
DUE = datetime(2027, 2, 5, 23, 59, tzinfo=UTC)
FIRST = Assignment("hw1", ("hw1",), "Averages", "HOMEWORK", due=DUE, points=10, minutes=60)
HOSTILE = "BEGIN:VEVENT\r\nUID:x; a,b\\n c\n\u2028 \x07=HYPERLINK(1) 为什么 🙂 " + "é" * 90
NAME = re.compile(r"[A-Z][A-Z0-9-]*")
UNESCAPED = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n"}


def course(*assignments, name="small", title="Small"):
    folders = dict.fromkeys(("source", "release", "submitted", "autograded", "feedback"), ROOT)
    return Course(ROOT, name, tuple(assignments), True, db_url="", title=title, **folders)


def unfolded(text):
    """Content lines; every physical line ends in CRLF and has at most 75 bytes."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    physical = text.removesuffix("\r\n").split("\r\n")
    assert all(0 < len(line.encode()) <= 75 for line in physical)
    lines = []
    for line in physical:
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def unescaped(value):
    """A TEXT value; a backslash, comma or semicolon that is not escaped is an error."""
    assert re.fullmatch(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,n])*", value), value
    return re.sub(r"\\[\\;,n]", lambda match: UNESCAPED[match[0]], value)


def moment(value):
    assert re.fullmatch(r"\d{8}T\d{6}Z", value)
    return datetime.strptime(value, "%Y%m%dT%H%M%S%z")


def events(text):
    """The events of a calendar, each a dict; whatever is not in order is an AssertionError."""
    first, *lines, last = unfolded(text)
    assert (first, last) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    all_events, event, head = [], None, {}
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon and NAME.fullmatch(name), line
        if name == "BEGIN":
            assert value == "VEVENT" and event is None
            event = {}
        elif name == "END":
            assert value == "VEVENT" and {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(event)
            all_events, event = [*all_events, event], None
        else:
            place = head if event is None else event
            assert name not in place
            place[name] = moment(value) if name.startswith("DT") else unescaped(value)
    assert event is None and head["VERSION"] == "2.0" and head["PRODID"]
    assert len({event["UID"] for event in all_events}) == len(all_events)
    return all_events


def test_each_due_date_is_an_event_at_its_time_in_utc():
    zurich = FIRST.due.replace(tzinfo=ZoneInfo("Europe/Zurich"))
    second = replace(FIRST, id="hw2", due=zurich, prerequisites=("hw1",), title="")
    third = replace(FIRST, id="hw3", due=None)
    first, other = events(calendar(course(FIRST, second, third)))
    assert first["DTSTART"] == DUE and first["SUMMARY"] == "hw1 is due: Averages"
    assert first["DESCRIPTION"] == "10 points\n60 minutes of work"
    assert (other["DTSTART"].hour, other["SUMMARY"]) == (22, "hw2 is due")
    assert other["DESCRIPTION"].endswith("needs hw1")
    assert first["CATEGORIES"] == "HOMEWORK"


def test_an_event_keeps_its_uid_when_its_date_and_title_change():
    later = replace(FIRST, due=DUE.replace(month=3), title="Other")
    before, after = events(calendar(course(FIRST))), events(calendar(course(later)))
    assert before[0]["UID"] == after[0]["UID"] == "hw1@small"
    assert events(calendar(course(FIRST, name="other")))[0]["UID"] != "hw1@small"


def test_the_same_syllabus_gives_the_same_bytes():
    assert calendar(course(FIRST)) == calendar(course(FIRST))


def test_no_title_can_add_a_line():
    (event,) = events(calendar(course(replace(FIRST, title=HOSTILE), title=HOSTILE)))
    assert event["SUMMARY"].startswith("hw1 is due: BEGIN:VEVENT\nUID:x; a,b\\n c\n")
    assert "=HYPERLINK(1) 为什么 🙂 éé" in event["SUMMARY"] and "\x07" not in event["SUMMARY"]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_any_title_and_id_come_back_as_they_were(title, name):
    row = replace(FIRST, id=name, title=title)
    (event,) = events(calendar(course(row)))
    plain = re.sub(r"\r\n|\r", "\n", f"{name} is due: {title}" if title else f"{name} is due")
    summary = "".join(c for c in plain if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    assert event["SUMMARY"] == summary


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1))
def test_a_folded_line_has_pieces_of_75_bytes_and_says_the_same(line):
    pieces = fold(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line


def test_the_calendar_of_this_course_has_an_event_for_each_due_date(tmp_path):
    ours = open_course(ROOT)
    output = tmp_path / "course.ics"
    result = CliRunner().invoke(main, ["calendar", "--output", str(output), "--course", str(ROOT)])
    assert result.exit_code == 0
    entries = events(output.read_bytes().decode())
    assert [event["DTSTART"] for event in entries] == [a.due for a in ours.assignments if a.due]
    printed = CliRunner().invoke(main, ["calendar", "--course", str(ROOT)])
    assert printed.stdout_bytes == output.read_bytes()


@pytest.mark.parametrize("text", ["BEGIN:VCALENDAR\nEND:VCALENDAR\n", calendar(course()) + "X"])
def test_the_reader_is_strict(text):
    with pytest.raises(AssertionError):
        events(text)
