"""A student asks about a mark: taken in as inert text, listed, answered, beside the question."""

import html
import io
import json
import re
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
from appeals.command import main as course_command
from appeals.request import pack
from chromium import chromium, opened, touch_everything
from click.testing import CliRunner
from coursekit.syllabus import Assignment, CourseError
from coursekit.workspace import Workspace
from hypothesis import given
from hypothesis import strategies as st
from small_course import (
    RIGHT_DOUBLE,
    RIGHT_SQUARE,
    answered,
    save,
    source_notebook,
    write_course,
)

from autograder.collecting.collect import collect
from autograder.collecting.database import Database
from autograder.collecting.requests import MOST_CHARACTERS, inert, requests
from autograder.collecting.verify import verify
from autograder.commands.cli import main
from autograder.gradebook import open_gradebook
from autograder.releasing.release import release
from autograder.settings.open_course import open_course

NOW = datetime(2027, 2, 3, 12, 0, 0, tzinfo=UTC)
LATER = datetime(2027, 2, 3, 13, 0, 0, tzinfo=UTC)
ROW = Assignment("functions", "BUILD", "Two small functions")
WHY = "My square is never negative: x * abs(x) is what the text asked for."
ABSOLUTE = "def square(x):\n    return x * abs(x)"
HOSTILE = (
    "<script>ran(1)</script><img src=x onerror=ran(2)> [a](javascript:ran(3)) {{ 7 * 7 }} "
    "=HYPERLINK(1) [bold red]x[/] \x1b[2J\x1b]0;owned\x07 \u202eevil \ud800 end"
)


def run(*words):
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture(scope="module")
def module_course(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("asked"), proofs="")
    release(course, course.assignments[0])
    return course


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The folder of a release, made once."""
    course = write_course(tmp_path_factory.mktemp("released"), proofs="")
    release(course, course.assignments[0])
    return course.release


@pytest.fixture
def course(tmp_path, released):
    course = write_course(tmp_path / "course", proofs="")
    shutil.copytree(released, course.release)
    return course


def packed(tmp_path, question, text, student=""):
    space = Workspace(root=tmp_path, packages=tmp_path, course="small")
    return pack(space, ROW, question, text, NOW, student)


def request_rows(course):
    return [(r.student, r.question, r.text) for r in requests(course, "functions")]


def take(course, path):
    return collect(course, course.assignments[0], path, LATER)


def raw(body):
    """A zip with a request.json of these bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("request.json", body)
    return buffer.getvalue()


def test_what_course_ask_packs_is_taken_by_its_own_name(course, tmp_path):
    path = packed(tmp_path, "square", WHY, "ada")
    assert path.name == "functions_ada_attempt_2027-02-03-12-00-00.zip"
    collected = take(course, path)
    assert [(r.student, r.question) for r in collected.requests] == [("ada", "square")]
    assert not collected.rejected and not collected.submissions
    assert request_rows(course) == [("ada", "square", WHY)]


def test_the_same_request_again_is_the_one_there_is(course, tmp_path):
    path = packed(tmp_path, "square", WHY, "ada")
    numbers = [take(course, path).requests[0].number for _ in range(3)]
    assert numbers == [1, 1, 1] and len(request_rows(course)) == 1
    assert verify(course) == []
    with Database(course).transaction() as connection:
        connection.execute("UPDATE requests SET body = replace(body, 'square', 'double')")
    assert "request 1 of 'functions'" in verify(course)[0] and request_rows(course) == []


@pytest.mark.parametrize(
    "name",
    [
        "lovelaceada_1843_9003_functions-20270203T120000Z.zip",  # Canvas
        "Ada Lovelace_1843_assignsubmission_file_/functions-20270203T120000Z.zip",  # Moodle
        "ada/functions-20270203T120000Z.zip",
        "ada/functions/request.json",
        "lovelaceada_1843_9003_request-1.json",
    ],
)
def test_a_request_is_its_uploaders_however_a_platform_delivers_it(course, tmp_path, name):
    data = packed(tmp_path, "square", WHY, "blaise").read_bytes()
    place = tmp_path / "inbox" / name
    place.parent.mkdir(parents=True)
    if name.endswith(".json"):
        data = zipfile.ZipFile(io.BytesIO(data)).read("request.json")
    place.write_bytes(data)
    other = "hopper_1906_9001_functions.ipynb" if "_9003_" in name else "hopper/functions.ipynb"
    other = (
        other if "assignsub" not in name else "G Hopper_9_assignsubmission_file_/functions.ipynb"
    )
    save(tmp_path / "inbox" / other, answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    collected = take(course, tmp_path / "inbox")
    assert not collected.rejected
    (request,) = collected.requests
    assert request.text == WHY and "blaise" not in request.student
    assert re.search("(?i)ada", request.student)
    assert len(collected.submissions) == 1


def test_a_request_beside_a_notebook_is_no_part_of_the_work(course, tmp_path):
    folder = tmp_path / "inbox" / "ada" / "functions"
    save(folder / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    save(folder / "request.json", {"question": "double", "text": WHY})
    (submission,) = take(course, tmp_path / "inbox").submissions
    assert [name for name, _ in submission.files] == ["functions.ipynb"]
    assert request_rows(course) == [("ada", "double", WHY)]


def test_in_submitted_itself_a_request_is_kept_and_goes_away(course):
    folder = course.submitted / "ada" / "functions"
    save(folder / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    save(folder / "request.json", {"question": "essay", "text": WHY})
    take(course, course.submitted)
    assert request_rows(course) == [("ada", "essay", WHY)]
    assert sorted(path.name for path in folder.iterdir()) == ["functions.ipynb"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "is no request: a JSON object of at most 64 kB"),
        (b"{", 'Hand in a request.json again that says {"question": "CELL", "text": "..."}'),
        (b'{"question": "square", "text": ""}', 'says {"question": "square", "text": "..."}'),
        (b"[" * 9000, "is no request"),
        (b'{"question": "square", "text": "' + b"x" * 70_000 + b'"}', "is no request"),
        (b'{"question": "square", "text": " "}', "a text of 0 characters"),
        (b'{"question": "square", "text": "' + b"x" * 2001 + b'"}', "a text of 2001 characters"),
        (b'{"question": "cube", "text": "why"}', "no graded cell of 'functions'. It has: double"),
        (b'{"question": ["square"], "text": "why"}', "no graded cell of 'functions'"),
        (b'{"assignment": "hw9", "question": "square", "text": "w"}', "is a request about 'hw9'"),
    ],
)
def test_what_is_no_request_is_set_aside_with_its_reason(course, tmp_path, body, words):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "ada.zip").write_bytes(raw(body))
    collected = take(course, tmp_path / "inbox")
    assert not collected.requests and request_rows(course) == []
    assert [words in bad.message for bad in collected.rejected] == [True]
    assert len(list((course.aside / "functions" / "ada").iterdir())) == 1


def test_nobody_can_fill_the_list(course, tmp_path):
    for n in range(22):
        folder = tmp_path / "inbox" / "ada" / f"{n}"
        save(folder / "request.json", {"question": "square", "text": f"why {n}"})
    collected = take(course, tmp_path / "inbox")
    assert len(request_rows(course)) == 20
    assert {bad.message.partition("is not taken")[2][:15] for bad in collected.rejected} == {
        ": 20 requests a"
    }


def test_of_a_zip_with_hundreds_of_requests_twenty_are_taken_and_the_rest_refused_in_few_lines(
    course, tmp_path
):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n in range(400):
            body = json.dumps({"question": "square", "text": f"why {n}"})
            archive.writestr(f"d{n}/request.json", body)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "lovelaceada_1843_9003_sub.zip").write_bytes(buffer.getvalue())
    collected = take(course, inbox)
    assert len(collected.requests) == 20 == len(request_rows(course))
    assert len(collected.rejected) < 30
    assert re.search(r"and \d+ more were not taken", collected.rejected[-1].message)


@given(st.text(st.characters(codec=None), max_size=300))
def test_no_text_can_steer_a_terminal_or_turn_a_line(text):
    result = inert(text)
    assert not set(result) & {"\x1b", "\x07", "\r", "\x9b", "\u202e", "\u2066", "\x00", "\ud800"}
    assert inert(result) == result
    result.encode()


def test_course_ask_refuses_what_would_not_be_taken(tmp_path):
    for text in ("", "x" * (MOST_CHARACTERS + 1)):
        with pytest.raises(CourseError, match="characters; 1 to 2000 are taken"):
            packed(tmp_path, "square", text)
    save(tmp_path / "functions" / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    with pytest.raises(CourseError, match=r"no graded question 'sqare'\. Did you mean square"):
        packed(tmp_path, "sqare", WHY)
    assert packed(tmp_path, "essay", WHY).name == "functions-20270203T120000Z.zip"
    assert packed(tmp_path, "functions/square", WHY, "ada").is_file()


@pytest.fixture(scope="module")
def answered_course(module_course, tmp_path_factory):
    """A hand-in that lost a point, a hostile request about it, an answer with points."""
    course, inbox = module_course, tmp_path_factory.mktemp("inbox")
    save(inbox / "ada" / "functions.ipynb", answered(RIGHT_DOUBLE, ABSOLUTE))
    save(inbox / "ada" / "2" / "request.json", {"question": "square", "text": WHY + HOSTILE})
    at = ("--course", course.root)
    assert "ada asks about 'square'" in run("collect", "functions", inbox, *at).stdout
    assert run("grade", "functions", *at).exit_code == 0
    return course


@pytest.mark.xdist_group("asked")
def test_a_request_is_listed_with_its_mark_and_answered_with_points(answered_course):
    course, at = answered_course, ("--course", answered_course.root)
    listed = run("requests", *at).stdout
    assert "functions  functions/square  ada  0 / 3: a square is never negative" in listed
    assert "open requests: 1" in listed and "[bold red]x[/]" in listed
    assert not set(listed) & {"\x1b", "\x07", "\u202e"}
    refused = run("answer", "functions", "ada", "square", "No.", "--points", "4", *at)
    assert refused.exit_code == 1
    assert "'square' is worth 3 points, so 4 cannot be given" in refused.stderr
    nobody = run("answer", "functions", "bob", "square", "No.", *at)
    assert "bob asked nothing about 'square'" in nobody.stderr
    answer_text = "The text was unclear: a point and a half.\nIt says <b>absolute</b> now."
    words = ("answer", "functions", "ada", "square", answer_text, "--points", "1.5")
    assert run(*words, *at).exit_code == 0
    assert "open requests: 0" in run("requests", "functions", *at).stdout
    assert "a point and a half" in run("requests", "functions", "--all", *at).stdout
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade("square", "functions", "functions", "ada")
        assert (grade.score, grade.auto_score, grade.needs_manual_grade) == (1.5, 0, False)


def test_a_cell_that_two_notebooks_have_is_asked_about_and_answered_by_both_names(tmp_path):
    course = write_course(tmp_path / "course", proofs="")
    save(course.source / "functions" / "other.ipynb", source_notebook())
    course = open_course(course.root)
    at, inbox = ("--course", course.root), tmp_path / "inbox"
    for name in ("functions", "other"):
        save(
            inbox / "ada" / f"{name}.ipynb", answered("def double(x):\n    return 0", RIGHT_SQUARE)
        )
    for name in ("double", "functions/double", "other/double"):
        place = inbox / "ada" / name.replace("/", "-") / "request.json"
        save(place, {"question": name, "text": f"about {name}"})
    assert run("release", "functions", "--no-audit", *at).exit_code == 0
    collected = take(course, inbox)
    assert ["several notebooks have" in bad.message for bad in collected.rejected] == [True]
    assert run("grade", "functions", *at).exit_code == 0
    listed = run("requests", "functions", *at).stdout
    assert "functions/double  ada" in listed and "other/double  ada" in listed
    refused = run("answer", "functions", "ada", "double", "Yes.", "--points", "2", *at)
    assert "Name one of: functions/double, other/double." in refused.stderr
    words = ("answer", "functions", "ada", "functions/double", "Yes.", "--points", "2")
    assert run(*words, *at).exit_code == 0
    with open_gradebook.gradebook(course) as book:
        points = [
            book.find_grade("double", n, "functions", "ada").score
            for n in course.assignments[0].notebooks
        ]
    assert points == [2, 0]
    assert [bool(r.answer) for r in requests(course, "functions")] == [True, False]


@pytest.mark.xdist_group("asked")
def test_the_answer_stands_beside_the_question_and_nothing_of_a_request_runs(answered_course):
    course, at = answered_course, ("--course", answered_course.root)
    run("answer", "functions", "ada", "square", "It says <b>absolute</b> now.", *at)
    assert run("feedback", "functions", *at).exit_code == 0
    page = (course.feedback / "ada" / "functions" / "functions.html").read_text()
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    assert WHY in text and "It says <b>absolute</b> now." in text and "{{ 7 * 7 }}" in text
    assert text.index(WHY) > text.index("a square is never negative")
    assert "<script" not in page and "\x1b" not in page and "\u202e" not in page
    with chromium() as browser, opened(browser, page) as (open_page, visit):
        touch_everything(open_page)
    assert (visit.ran, visit.dialogs, visit.requested_urls) == (0, [], [])


def test_a_request_is_json_that_any_tool_can_write(tmp_path):
    with zipfile.ZipFile(packed(tmp_path, "square", "Pourquoi 为什么?", "ada")) as archive:
        assert archive.namelist() == ["request.json"]
        body = json.loads(archive.read("request.json"))
    assert body == {
        "assignment": "functions",
        "asked_at": "2027-02-03T12:00:00+00:00",
        "course": "small",
        "question": "square",
        "student": "ada",
        "text": "Pourquoi 为什么?",
        "version": "",
    }


def test_the_command_packs_a_request_and_names_the_zip(tmp_path, monkeypatch):
    save(tmp_path / "01_tensor" / "01_tensor.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (tmp_path / "workspace.toml").write_text('course = "Test"\nassignments = ["01_tensor"]\n')
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(course_command, ["ask", "01_tensor", "square", WHY])
    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "submissions").iterdir()
    assert str(path) in result.output
    refused = CliRunner().invoke(course_command, ["ask", "99_none", "square", WHY])
    assert refused.exit_code == 1 and "has no assignment '99_none'" in refused.output
