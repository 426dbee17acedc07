"""`autograder report`: what it counts, what it claims, and its pages."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, opened
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from small_course import answered, hand_in, write_course

from autograder.commands.cli import main
from autograder.files import write_file
from autograder.gradebook import open_gradebook
from autograder.gradebook.points import automatic_points
from autograder.model import Grade, Mark
from autograder.notebook.cells import is_test
from autograder.reports.drawings import item_plot, quartile_plot
from autograder.reports.failures import failures
from autograder.reports.pages import assignment_page, course_page
from autograder.reports.quiet import quiet
from autograder.reports.report import assignment_report, course_report, spread
from autograder.reports.report_file import report_csv
from autograder.reports.time_spent import claims, moments, worked_minutes
from autograder.settings import nbgrader_strip

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
ODD = "<img src=x onerror=ran(1)>"
ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "no", "traceback": []}


def one_mark_grade(student, message, points=0.0, cell="double", waits=False):
    mark = Mark("functions", cell, points, 2.0, message=message, needs_review=waits)
    return Grade("functions", student, "graded", (mark,))


def put_into_gradebook(course, students):
    """Record students as if they had been graded: student -> (double is right, square is right),
    with what their record says."""
    work = course.assignments[0]
    model = nbgrader_strip.graded_form(course, work, "functions")
    open_gradebook.register(course, work)
    for student, right in students.items():
        document = json.loads(json.dumps(model))
        tests = [cell for cell in document["cells"] if is_test(cell)]
        for cell, is_right in zip(tests, right, strict=True):
            cell["outputs"] = [] if is_right else [ERROR]
            assert automatic_points(cell)[0] == (cell["metadata"]["nbgrader"]["points"] * is_right)
        open_gradebook.record(course, work, student, NOON, {"functions": document})
        messages = {"double": f"twice 2 is 4, not {len(student)}", "square": f"no square: {ODD}"}
        messages = {
            name: text for (name, text), ok in zip(messages.items(), right, strict=True) if not ok
        }
        stored = {
            "marks": {"functions": messages},
            "submitted_at": NOON.isoformat(),
            "seconds": 1.0,
        }
        folder = course.autograded / student / "functions"
        write_file(folder / "grade.json", json.dumps(stored).encode())


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("course"), proofs="")
    students = {f"s{n:02}": (n % 3 != 0, n % 4 < 2) for n in range(34)}
    students[ODD.replace("<", "(").replace(">", ")")] = (False, False)
    put_into_gradebook(course, students)
    for n in range(8):
        document = answered("def double(x):\n    return 2 * x", "def square(x):\n    return x")
        cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
        for k, cell in enumerate(cells):
            moment = NOON - timedelta(hours=2) + timedelta(minutes=10 * k + n)
            stamp = int(1000 * moment.timestamp())
            cell["metadata"]["executionInfo"] = {"timestamp": stamp, "elapsed": 7}
        hand_in(course, f"s{n:02}", document)
    return course


@pytest.fixture(scope="module")
def report(course):
    return assignment_report(course, course.assignments[0], LATER, members=("s01", "nobody"))


def test_the_numbers_of_a_recorded_class(report):
    assert (len(report.grades), len(report.graded), report.waiting) == (35, 35, 35)
    double, square = report.items  # the essay waits for a person and counts nowhere
    assert (double.n, double.difficulty) == (35, pytest.approx(22 / 35))
    assert square.difficulty == pytest.approx(18 / 35)
    assert report.scores.n == 35 and report.absent == ("nobody",)
    by_hand = spread([(2 * (n % 3 != 0) + 3 * (n % 4 < 2)) / 5 for n in range(34)] + [0.0])
    assert report.scores == by_hand


def test_the_work_of_a_group_counts_once_in_the_statistics_of_questions(tmp_path):
    course = write_course(tmp_path, proofs="")
    put_into_gradebook(course, {name: (name != "zed", False) for name in ("ada", "bob", "zed")})
    hand_in(course, "bob", answered("def double(x):\n    return 2 * x", ""))
    (tmp_path / "groups.csv").write_text("assignment,group,student\n*,G,ada\n*,G,bob\n")
    report = assignment_report(course, course.assignments[0], LATER)
    double, _ = report.items
    assert (double.n, report.in_groups, report.scores.n) == (2, 1, 3)
    assert report.failures["functions", "square"][0].students == 2
    assert "The work of a group counts once" in assignment_page(course, report)


def test_one_wrong_answer_in_several_wordings_is_counted_once(report):
    (double,) = report.failures["functions", "double"]
    assert (double.students, double.share) == (13, pytest.approx(13 / 35))
    assert double.message.startswith("twice 2 is 4, not ")


def test_failures_are_counted_by_message_and_never_alone():
    grades = [
        one_mark_grade("a", "row 3 is wrong"),
        one_mark_grade("b", "row 17 is wrong"),
        one_mark_grade("c", "only here"),
    ]
    grades += [one_mark_grade("d", "", 2.0), one_mark_grade("e", "row 1 is wrong", waits=True)]
    (failure,) = failures(grades)["functions", "double"]
    assert (failure.message, failure.students, failure.share) == ("row 3 is wrong", 2, 0.5)


def test_times_of_colab_are_claims_that_end_with_the_hand_in(course):
    claim_by_student = {
        claim.student: claim for claim in claims(course, course.assignments[0], LATER)
    }
    assert sorted(claim_by_student) == [f"s{n:02}" for n in range(8)]
    assert (
        claim_by_student["s00"].minutes == pytest.approx(30)
        and claim_by_student["s00"].moments == 4
    )
    assert claim_by_student["s00"].days == 1


def test_jupyterlabs_times_and_a_lab_record_are_read_and_nonsense_is_not(course, tmp_path):
    from autograder.collecting.submitted import read_submission

    document = answered("x = 1", "y = 2")
    times = ["2027-02-01T10:00:00.5Z", "2027-02-01T10:07:00Z", "2030-01-01T00:00:00Z", 7, "soon"]
    for cell, time in zip(document["cells"], [*times, None, None], strict=False):
        cell["metadata"]["execution"] = {"iopub.execute_input": time}
    document["cells"][1]["metadata"]["executionInfo"] = {"timestamp": float("inf")}
    folder = hand_in(course, "timed", document)
    entry = {"time": "2027-02-01T10:20:00+00:00", "kind": "run"}
    (folder / "functions.record.jsonl").write_text(f"{json.dumps(entry)}\nnot json\n[1]\n")
    moments_of_work = moments(read_submission(course, course.assignments[0], "timed"), LATER)
    assert [f"{time:%H:%M}" for time in moments_of_work] == ["10:00", "10:07", "10:20"]
    for path in sorted(folder.iterdir()):
        path.unlink()
    folder.rmdir()
    folder.parent.rmdir()


@given(st.lists(st.integers(0, 10_000), max_size=30))
def test_work_is_never_longer_than_the_span_and_pauses_are_none(minutes):
    times = [NOON + timedelta(minutes=m) for m in minutes]
    worked = worked_minutes(times)
    assert 0 <= worked <= (max(minutes) - min(minutes) if minutes else 0)
    assert worked_minutes([NOON, NOON + timedelta(minutes=31)]) == 0


def test_quiet_is_who_stopped_and_with_a_roster_who_never_began():
    handed_in = [("a", {"ada", "bo", "cy"}), ("b", {"ada", "bo"}), ("c", {"ada"}), ("d", {"ada"})]
    quiet_students = quiet(handed_in)
    assert [(q.student, q.last, q.missed_ids) for q in quiet_students] == [
        ("cy", "a", ("b", "c", "d")),
        ("bo", "b", ("c", "d")),
    ]
    with_roster = quiet(handed_in, ("ada", "bo", "cy", "eve"))
    assert (with_roster[0].student, with_roster[0].last, with_roster[0].handed_in) == ("eve", "", 0)
    assert quiet(handed_in[:1]) == []


def test_who_handed_in_and_is_not_graded_yet_is_not_absent(tmp_path):
    copy = write_course(tmp_path, proofs="")
    put_into_gradebook(copy, {"ada": (True, True)})
    hand_in(copy, "bob", answered("def double(x):\n    return 2 * x", "pass"))
    late = assignment_report(copy, copy.assignments[0], LATER, members=("ada", "bob", "cem"))
    assert (late.ungraded, late.absent) == (("bob",), ("cem",))
    assert "<dt>Not graded yet</dt><dd>1</dd>" in assignment_page(copy, late)
    rows = list(csv.reader(report_csv([late]).splitlines()))
    assert [row[3] for row in rows if row[4] == "not graded yet"] == ["bob"]


def test_a_small_class_has_no_quartiles():
    assert spread([0.1, 0.2, 0.3, 0.4]).middle is None
    assert spread([0.0, 0.25, 0.5, 0.75, 1.0]).middle == 0.5


def test_the_plots_have_a_dot_per_question_and_a_row_per_assignment(report):
    dots = ElementTree.fromstring(item_plot(report.items)).iter("circle")
    assert [dot.find("title").text.split(":")[0] for dot in dots] == ["double", "square"]
    rows = ElementTree.fromstring(quartile_plot([report])).iter("rect")
    assert len([r for r in rows if r.get("class") == "bar"]) == 1
    assert item_plot([]) == "" and quartile_plot([]) == ""


def test_the_page_shows_numbers_beside_plots_and_says_what_is_a_claim(course, report):
    html = assignment_page(course, report)
    assert (
        "A claim of the students&#39; tools." in html or "A claim of the students' tools." in html
    )
    assert "63 %" in html and "twice 2 is 4" in html
    assert ODD not in html and "&lt;img src=x" in html
    assert "nobody" in html


def test_a_course_page_links_its_assignments_and_names_who_is_quiet(course):
    report_on_course = course_report(course, LATER)
    html = course_page(course, report_on_course, lambda r: f"{r.assignment.id}.html")
    assert '<a href="functions.html">functions</a>' in html and "fewer than two are over" in html


def test_the_table_has_every_number_and_no_formula(report):
    rows = list(csv.reader(report_csv([report]).splitlines()))
    assert len({len(row) for row in rows}) == 1
    by_measure = {(row[2], row[4]): row[5] for row in rows}
    assert float(by_measure["double", "difficulty"]) == pytest.approx(22 / 35, abs=1e-4)
    assert by_measure["", "submissions"] == "35"
    assert [row[3] for row in rows if row[4] == "no hand-in"] == ["nobody"]
    hostile = [one_mark_grade(f"=cmd|{n}", "@SUM(1)") for n in range(2)]
    odd = [
        c for row in csv.reader(report_csv([_report_of(report, hostile)]).splitlines()) for c in row
    ]
    assert "'@SUM(1)" in odd and not [c for c in odd if c.startswith(("=", "@"))]


def _report_of(report, grades):
    from dataclasses import replace

    failures_by_question = failures(grades)
    item = replace(report.items[0], n=len(grades))
    return replace(report, grades=tuple(grades), failures=failures_by_question, items=(item,))


def test_the_command_writes_pages_and_a_table(course, tmp_path):
    words = ["--course", str(course.root), "--csv", str(tmp_path / "all.csv")]
    for args in (["functions"], []):
        result = CliRunner().invoke(main, ["report", *args, *words])
        assert result.exit_code == 0, result.output
    assert {p.name for p in (course.root / "reports").iterdir()} == {
        "functions.html",
        "course.html",
    }
    assert "difficulty" in (tmp_path / "all.csv").read_text(encoding="utf-8")


def test_an_assignment_without_hand_ins_is_a_sentence(tmp_path):
    course = write_course(tmp_path, proofs="")
    result = CliRunner().invoke(main, ["report", "functions", "--course", str(course.root)])
    assert result.exit_code == 1 and "autograder grade functions" in result.output
    assert CliRunner().invoke(main, ["report", "--course", str(course.root)]).exit_code == 0


@pytest.mark.browser
def test_the_pages_are_accessible_run_nothing_and_fit_their_windows(course, report):
    course_html = course_page(course, course_report(course, LATER), lambda r: "x.html")
    with chromium() as browser:
        for html in (assignment_page(course, report), course_html):
            with opened(browser, html) as (open_page, visit):
                for scheme in ("light", "dark"):
                    open_page.emulate_media(color_scheme=scheme)
                    violations = Axe().run(open_page).response["violations"]
                    assert not [(f["id"], f["nodes"][0]["html"][:200]) for f in violations], scheme
                for width in (390, 1280):
                    open_page.set_viewport_size({"width": width, "height": 900})
                    assert open_page.evaluate("document.documentElement.scrollWidth") <= width
            assert (visit.requested_urls, visit.ran) == ([], 0)
