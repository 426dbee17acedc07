"""Ways through the course: nothing comes before what it needs, and minutes are sums of tables."""

import re
import tomllib

import pytest
from book.chapter import open_chapter
from book.contents import BOOK, entries, table
from book.errors import BookError
from book.languages import TRANSLATED
from book.links import lab
from book.reader_paths import SOURCE, _stop, hours, path_page, paths, paths_list
from coursekit import syllabus

PATHS = paths()
ROWS = {row.id: row for row in syllabus.load().assignments}
each_path = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.id)


def assignments(path):
    """The assignments of a path that are in the syllabus, in their order."""
    return [lab(name).name for name in path.ids if lab(name).name in ROWS]


def test_there_is_a_way_for_four_kinds_of_readers_and_each_has_a_page():
    assert [path.id for path in PATHS] == [
        "student",
        "ml-engineer",
        "firmware-engineer",
        "instructor",
    ]
    for path in PATHS:
        page = (BOOK / "paths" / f"{path.id}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {path.title}\n") and f"{{path}} {path.id}\n" in page


@each_path
def test_an_assignment_comes_after_what_it_needs(path):
    earlier_ids = set()
    for name in assignments(path):
        assert set(ROWS[name].prerequisites) <= earlier_ids
        earlier_ids.add(name)


@each_path
def test_no_stop_is_there_twice(path):
    assert len(set(path.ids)) == len(path.ids) >= 8


@each_path
def test_the_minutes_are_those_of_the_syllabus_and_of_the_words(path):
    chapters = [open_chapter(n).minutes for n in path.ids if n in entries() and is_written(n)]
    labs = [ROWS[name].minutes for name in assignments(path)]
    guides = [
        stop.minutes
        for name, stop in zip(path.ids, path.stops, strict=True)
        if name.startswith("guide/")
    ]
    assert path.ready_minutes == sum(chapters) + sum(labs) + sum(guides)
    assert all(1 <= minutes <= 20 for minutes in guides)


def is_written(name):
    return entries()[name].is_written


@each_path
def test_the_page_of_a_way_marks_what_is_planned_and_counts_the_rest(path):
    page = path_page(path.id)
    rows = re.findall(r"(?m)^\| \d+ \| (.+?) \| (\w+) \| (\d*) \|", page)
    assert len(rows) == len(path.stops)
    for (words, track, minutes), stop in zip(rows, path.stops, strict=True):
        assert ("(planned)" in words) == stop.is_planned
        assert track == stop.track and minutes == str(stop.minutes or "")
        assert stop.is_planned or minutes
    assert f"about {hours(path.ready_minutes)}" in page


def test_a_planned_chapter_counts_with_the_minutes_of_the_contents():
    stop = _stop("mlops", "why")
    assert stop.is_planned and stop.minutes == table()["planned_minutes"]


def test_a_planned_assignment_has_no_minutes():
    stop = _stop("x20", "why")
    assert stop.is_planned and stop.minutes is None and stop.track == "EXPLORE"


def test_a_stop_that_can_be_nothing_is_a_sentence():
    for slip in ("quest", "data_enginering", "d99", "x01_deploymnt_limits"):
        message = f"names '{slip}', which is no chapter, assignment or page"
        with pytest.raises(BookError, match=message):
            _stop(slip, "why")
    with pytest.raises(BookError, match="names the page 'guide/none'"):
        _stop("guide/none", "why")


def test_no_minutes_are_typed_in_the_table_of_the_ways():
    rows = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["path"]
    assert {name for row in rows for stop in row["stop"] for name in stop} == {"at", "why"}
    assert not re.search(r"\d+ (minutes|hours)", SOURCE.read_text(encoding="utf-8"))


def test_the_list_of_the_front_page_links_every_way():
    lines = paths_list().split("\n")
    assert [re.search(r"\(paths/([\w-]+)\.md\)", line)[1] for line in lines] == [
        path.id for path in PATHS
    ]


def test_minutes_are_said_as_hours_from_two_hours_on():
    assert [hours(n) for n in (50, 119, 120, 150, 466)] == [
        "50 minutes",
        "119 minutes",
        "2 hours",
        "2.5 hours",
        "8 hours",
    ]


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
@each_path
def test_a_way_in_another_language_has_the_same_stops_and_none_of_the_english_words(path, code):
    page, english = path_page(path.id, code), path_page(path.id)
    for pattern in (r"\]\(([^)]+)\)|\{lab\}`(\w+)`", r"(?m)\| (\d*) \| [^|]*\|$"):
        assert re.findall(pattern, page) == re.findall(pattern, english) != []
    sentences = [path.reader, path.goal, *(stop.why for stop in path.stops)]
    assert not [text for text in sentences if text in page]
    assert not re.search(r"\b(planned|minutes|hours|stops?)\b", page)
