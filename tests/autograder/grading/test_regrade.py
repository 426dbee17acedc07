"""A test is mended after grading: who changes is shown, and written once confirmed."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from gradebook_course import STORED, rows
from small_course import (
    RIGHT_DOUBLE,
    RIGHT_SQUARE,
    SQUARE_TEST,
    TEST,
    answered,
    hand_in,
    save,
    source_notebook,
    write_course,
)

from autograder.commands.cli import main
from autograder.gradebook import open_gradebook
from autograder.gradebook.manual_marks import give_points
from autograder.gradebook.mark_changes import history
from autograder.grading import drafts
from autograder.grading.grade_class import grade_class
from autograder.grading.grade_file import is_same_work, submitted_at
from autograder.grading.read_grades import grades
from autograder.grading.regrade import confirm, undo
from autograder.grading.regrade_preview import preview
from autograder.grading.run_settings import Settings
from autograder.model import CourseError
from autograder.sandbox.limits import Limits
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("grade")

QUICK = Settings(Limits(cell_s=5.0, after_s=1.0))
ABSOLUTE = "def double(x):\n    return abs(2 * x)"  # 0 before the tests are mended, 2 afterwards
INTEGER_SQUARE = "def square(x):\n    return x * int(x)"  # 3 before, 0 afterwards
CLASS = {
    "ada": (RIGHT_DOUBLE, RIGHT_SQUARE),
    "blaise": (ABSOLUTE, RIGHT_SQUARE),
    "carla": (RIGHT_DOUBLE, INTEGER_SQUARE),
    "dora": (ABSOLUTE, INTEGER_SQUARE),
}
BEFORE = {"ada": 5, "blaise": 3, "carla": 5, "dora": 3}
AFTER = {"ada": 5, "blaise": 5, "carla": 2, "dora": 2}


def mend(course):
    """A hidden test that was too strict goes, and one that was too weak becomes stronger."""
    document = source_notebook()
    by_name = {cell["id"]: cell for cell in document["cells"]}
    by_name["double"]["source"] = TEST.split("### BEGIN")[0].rstrip()
    stronger = 'assert square(0.5) == 0.25, "fractions have squares too"\n### END HIDDEN TESTS'
    by_name["square"]["source"] = SQUARE_TEST.replace("### END HIDDEN TESTS", stronger)
    save(course.source / "functions" / "functions.ipynb", document)


def graded_class(root, students=CLASS):
    course = write_course(root, proofs="")
    for student in students:
        hand_in(course, student, answered(*CLASS[student]))
    grade_class(course, course.assignments[0], QUICK)
    return course


def scores(course):
    return {grade.student: grade.score for grade in grades(course, course.assignments[0])}


def message(course, student, cell):
    (grade,) = (g for g in grades(course, course.assignments[0]) if g.student == student)
    return next(mark.message for mark in grade.marks if mark.cell == cell)


def files(course):
    paths = sorted(p for p in course.autograded.rglob("*") if p.is_file())
    return {path: path.read_bytes() for path in paths}


def marked_by_hand(course, student, cell, points, comment):
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade(cell, "functions", "functions", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            stored_comment = book.find_comment(
                f"{cell}-solution", "functions", "functions", student
            )
            stored_comment.manual_comment = comment
        book.db.commit()


@pytest.fixture
def course(tmp_path):
    course = graded_class(tmp_path)
    assert scores(course) == BEFORE
    return course


def test_a_preview_names_who_falls_first_and_writes_nothing(course):
    work = course.assignments[0]
    mend(course)
    stored, files_before = rows(course, STORED), files(course)
    regrade_preview = preview(course, work, QUICK)
    order = [(item.submission.student, item.difference) for item in regrade_preview.regraded]
    assert order == [("carla", -3), ("dora", -1), ("ada", 0), ("blaise", 2)]
    assert regrade_preview.mended == ("functions/double", "functions/square")
    (fallen,) = regrade_preview.regraded[0].changes
    assert (fallen.cell, fallen.before, fallen.after) == ("square", 3, 0)
    assert (fallen.message_before, fallen.message_after) == ("", "fractions have squares too")
    assert rows(course, STORED) == stored and files(course) == files_before
    assert history(course, work) == {}


@pytest.mark.slow
def test_what_is_confirmed_is_what_a_first_grading_under_the_mended_tests_gives(course, tmp_path):
    work = course.assignments[0]
    mend(course)
    confirm(course, work, preview(course, work, QUICK))
    other = write_course(tmp_path / "other", proofs="")
    mend(other)
    for student, answers in CLASS.items():
        hand_in(other, student, answered(*answers))
    grade_class(other, other.assignments[0], QUICK)
    assert rows(course, STORED) == rows(other, STORED)
    ours = [replace(grade, seconds=0) for grade in grades(course, work)]
    assert ours == [replace(grade, seconds=0) for grade in grades(other, other.assignments[0])]
    assert scores(course) == AFTER
    assert not any(outcome.fresh for outcome in grade_class(course, work, QUICK))


def test_one_question_is_regraded_and_the_others_keep_their_marks_until_asked(course):
    work = course.assignments[0]
    marked_by_hand(course, "dora", "square", 2.5, "Half a point for the loop.")
    assert scores(course)["dora"] == 2.5
    mend(course)
    regrade_preview = preview(course, work, QUICK, "double")
    assert {c.student for c in regrade_preview.changes} == {"blaise", "dora"}
    assert {(c.student, c.cell) for c in regrade_preview.held_changes} == {
        ("carla", "square"),
        ("dora", "square"),
    }
    confirm(course, work, regrade_preview)
    assert scores(course) == {"ada": 5, "blaise": 5, "carla": 5, "dora": 4.5}
    assert message(course, "carla", "square") == ""
    assert not any(outcome.fresh for outcome in grade_class(course, work, QUICK))
    assert "square(0.5)" not in (course.autograded / "carla/functions/functions.ipynb").read_text()
    everything = preview(course, work, QUICK)
    assert [item.submission.student for item in everything.regraded if item.difference] == ["carla"]
    confirm(course, work, everything)
    assert scores(course) == {**AFTER, "dora": 4.5}
    dora = next(grade for grade in grades(course, work) if grade.student == "dora")
    square = next(mark for mark in dora.marks if mark.cell == "square")
    assert (square.points, square.needs_review) == (2.5, False)
    with open_gradebook.gradebook(course) as book:
        stored_comment = book.find_comment("square-solution", "functions", "functions", "dora")
        assert stored_comment.manual_comment == "Half a point for the loop."


def test_a_regrade_is_on_record_and_can_be_taken_back(course):
    work = course.assignments[0]
    marked_by_hand(course, "ada", "essay", 1, "")
    before = scores(course)
    mend(course)
    confirm(course, work, preview(course, work, QUICK))
    (event,) = history(course, work)
    assert event.cause == "regrade" and len(event.tests) == 64
    moved = {(c.student, c.cell): (c.before, c.after) for c in history(course, work)[event]}
    assert moved == {
        ("blaise", "double"): (0, 2),
        ("carla", "square"): (3, 0),
        ("dora", "double"): (0, 2),
        ("dora", "square"): (3, 0),
    }
    undone = undo(course, work)
    assert len(undone.restored) == 4 and not undone.staying
    assert scores(course) == before
    assert message(course, "blaise", "double") == "negative numbers double too"
    assert [e.cause for e in history(course, work)] == ["regrade", "undo"]
    with pytest.raises(CourseError, match="nothing to undo"):
        undo(course, work)
    confirm(course, work, preview(course, work, QUICK))
    assert scores(course) == {**AFTER, "ada": 6}


def test_a_regrade_that_is_taken_back_leaves_the_marks_of_a_later_hand_in(tmp_path):
    course = graded_class(tmp_path, ["blaise", "dora"])
    work = course.assignments[0]
    mend(course)
    confirm(course, work, preview(course, work, QUICK))
    hand_in(course, "blaise", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    grade_class(course, work, QUICK)
    undone = undo(course, work)
    assert {change.student for change in undone.restored} == {"dora"}
    assert undone.staying == ("blaise double: another hand-in was graded since",)
    assert scores(course) == {"blaise": 5, "dora": 3}
    assert message(course, "blaise", "double") == ""


def test_a_hand_in_that_is_graded_after_the_preview_is_not_overwritten_by_older_work(tmp_path):
    course = graded_class(tmp_path, ["blaise", "carla"])
    work = course.assignments[0]
    mend(course)
    regrade_preview = preview(course, work, QUICK)
    hand_in(course, "carla", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    grade_class(course, work, QUICK)  # blaise too, under the mended tests
    confirmed = confirm(course, work, regrade_preview)
    assert (confirmed.count, confirmed.overtaken) == (0, ("carla", "blaise"))
    assert scores(course) == {"blaise": 5, "carla": 5}
    assert [event.cause for event in history(course, work)] == ["grade"]
    assert not any(outcome.fresh for outcome in grade_class(course, work, QUICK))


def test_a_mark_that_is_taken_back_is_never_more_than_the_question_is_worth(tmp_path):
    course = graded_class(tmp_path, ["ada"])
    work = course.assignments[0]
    document = source_notebook()
    double = next(cell for cell in document["cells"] if cell["id"] == "double")
    double["metadata"]["nbgrader"]["points"] = 1
    save(course.source / "functions" / "functions.ipynb", document)
    confirm(course, work, preview(course, work, QUICK))
    assert scores(course) == {"ada": 4}
    undone = undo(course, work)
    assert undone.restored == ()
    assert undone.staying == ("ada double: it had 2 points and is worth 1 now",)
    assert scores(course) == {"ada": 4}


def test_a_regrade_that_was_cut_short_and_done_again_is_taken_back_as_one(tmp_path):
    course = graded_class(tmp_path, ["blaise", "carla"])
    work = course.assignments[0]
    mend(course)
    regrade_preview = preview(course, work, QUICK)
    blocked = course.autograded / "blaise" / "functions"
    moved_folder = blocked.rename(blocked.with_name("elsewhere"))
    # a folder that cannot be replaced: carla is written, blaise is not
    blocked.symlink_to(moved_folder)
    with pytest.raises(CourseError, match="cannot be written"):
        confirm(course, work, regrade_preview)
    assert scores(course) == {"blaise": 3, "carla": 2}
    blocked.unlink(missing_ok=True)
    moved_folder.rename(blocked)
    confirm(course, work, preview(course, work, QUICK))
    assert scores(course) == {"blaise": 5, "carla": 2}
    assert len(history(course, work)) == 1
    undone = undo(course, work)
    assert (len(undone.restored), undone.staying) == (2, ())
    assert scores(course) == {"blaise": 3, "carla": 5}


def test_points_given_in_answer_to_a_request_are_on_record_and_no_regrade(tmp_path):
    course = graded_class(tmp_path, ["blaise"])
    work = course.assignments[0]
    give_points(course, work, "blaise", "functions", "double", 1.5)
    ((event, (change,)),) = history(course, work).items()
    assert (event.cause, change.student, change.cell) == ("answer", "blaise", "double")
    assert (change.counted_before, change.counted_after) == (0, 1.5)
    log = CliRunner().invoke(main, ["regrade", "functions", "--log", "--course", str(tmp_path)])
    assert "answer" in log.stdout and "1.5 / 2" in log.stdout
    with pytest.raises(CourseError, match="nothing to undo"):
        undo(course, work)


def test_grade_after_a_mended_test_says_which_marks_it_changed(course):
    mend(course)
    result = CliRunner().invoke(
        main, ["grade", "functions", "--cell-limit", "5", "--course", str(course.root)]
    )
    assert result.exit_code == 0, result.output
    assert "and so did marks: 4." in result.stdout
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["carla", "square", "3", "/", "3", "0", "/", "3"] in [line[:8] for line in lines]
    (event,) = history(course, course.assignments[0])
    assert event.cause == "grade"
    undo(course, course.assignments[0])
    assert scores(course) == BEFORE


def test_a_new_hand_in_is_left_to_grade_and_is_no_change_of_a_mark(tmp_path):
    course = graded_class(tmp_path, ["carla"])
    work = course.assignments[0]
    mend(course)
    hand_in(course, "carla", answered(RIGHT_DOUBLE, "def square(x):\n    return 9"))
    hand_in(course, "emil", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    regrade_preview = preview(course, work, QUICK)
    assert (regrade_preview.regraded, regrade_preview.new) == ((), ("carla", "emil"))
    (carla, _emil) = grade_class(course, work, QUICK)
    assert carla.fresh and not carla.changes
    assert history(course, work) == {}


def test_the_mark_of_a_task_waits_for_a_person_again_when_the_work_is_another(tmp_path):
    course = graded_class(tmp_path, ["ada", "blaise"])
    work = course.assignments[0]
    for student in ("ada", "blaise"):
        marked_by_hand(course, student, "essay", 1, "")
    emptied = answered(RIGHT_DOUBLE, RIGHT_SQUARE)
    next(c for c in emptied["cells"] if c["id"] == "essay-answer")["source"] = ""
    hand_in(course, "ada", emptied)
    mend(course)
    grade_class(course, work, QUICK)
    waits = {
        grade.student: (mark.points, mark.needs_review)
        for grade in grades(course, work)
        for mark in grade.marks
        if mark.cell == "essay"
    }
    assert waits == {"ada": (1, True), "blaise": (1, False)}


def test_a_new_hand_in_is_left_to_grade_although_the_record_of_the_old_one_is_lost(tmp_path):
    course = graded_class(tmp_path, ["ada", "carla"])
    work = course.assignments[0]
    for student in ("ada", "carla"):
        (course.autograded / student / "functions" / "grade.json").unlink()
    folder = hand_in(course, "ada", answered(RIGHT_DOUBLE, INTEGER_SQUARE))
    (folder / "timestamp.txt").write_text("2027-02-09 12:00:00.000000 UTC")
    mend(course)
    regrade_preview = preview(course, work, QUICK)
    assert regrade_preview.new == ("ada",)
    assert [(i.submission.student, i.difference) for i in regrade_preview.regraded] == [
        ("carla", -3)
    ]


@pytest.mark.slow
def test_a_record_of_an_earlier_grader_is_known_by_its_time(tmp_path):
    course = graded_class(tmp_path, ["carla"])
    path = course.autograded / "carla" / "functions" / "grade.json"
    record = json.loads(path.read_text())
    later = datetime(2027, 2, 2, 12, tzinfo=UTC)
    for name in ("work", "kept"):
        del record[name]
    assert is_same_work(record, "another key", submitted_at(record))
    assert not is_same_work(record, "another key", later)
    mend(course)
    path.write_text(json.dumps(record))
    regrade_preview = preview(course, course.assignments[0], QUICK)
    assert [item.difference for item in regrade_preview.regraded] == [-3]


@pytest.mark.slow
def test_what_is_confirmed_does_not_run_again(tmp_path, monkeypatch):
    course = graded_class(tmp_path, ["carla"])
    work = course.assignments[0]
    mend(course)
    first = preview(course, work, QUICK)
    drafts = list((course.state / "regrades").rglob("*.json"))
    assert len(drafts) == 1
    row = json.loads(drafts[0].read_text())
    row["run"]["seconds"] = 77.0
    drafts[0].write_text(json.dumps(row))
    second = preview(course, work, QUICK)
    assert second.regraded[0].run.seconds == 77.0
    assert second.regraded[0].changes == first.regraded[0].changes
    confirm(course, work, second)
    assert not list((course.state / "regrades").rglob("*.json"))


@pytest.mark.slow
def test_late_penalties_follow_the_regraded_marks(tmp_path):
    course = write_course(tmp_path, proofs="")
    due = '[[assignment]]\nid = "functions"\ndue = 2027-01-31T12:00:00Z\n'
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "syllabus.toml").write_text(due)
    config = tmp_path / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    course = open_course(tmp_path)
    hand_in(course, "blaise", answered(*CLASS["blaise"]))
    grade_class(course, course.assignments[0], QUICK)
    assert [g.late_penalty for g in grades(course, course.assignments[0])] == [3]
    mend(course)
    confirm(course, course.assignments[0], preview(course, course.assignments[0], QUICK))
    assert [g.late_penalty for g in grades(course, course.assignments[0])] == [5]


def test_the_command_shows_first_and_writes_once_confirmed(tmp_path):
    course = graded_class(tmp_path, ["blaise", "carla"])
    at = ["--cell-limit", "5", "--course", str(course.root)]

    def regrade(*words):
        return CliRunner().invoke(main, ["regrade", "functions", *words, *at])

    mend(course)
    result = regrade()
    assert result.exit_code == 0, result.output
    assert "the mark would fall of: carla" in result.stdout
    assert "before: passed; now: fractions have squares too" in result.stdout
    assert "before: negative numbers double too; now: passes" in result.stdout
    assert result.stdout.index("carla") < result.stdout.index("blaise")
    assert "nothing was written" in result.stdout
    assert scores(course) == {"blaise": 3, "carla": 5}
    assert regrade("--confirm").exit_code == 0
    assert scores(course) == {"blaise": 5, "carla": 2}
    assert not course.feedback.exists()
    assert "hand-ins that ran again: 0; marks that would change: 0" in regrade().stdout
    assert "regrade, tests " in regrade("--log").stdout
    assert "marks with their earlier points again: 2" in regrade("--undo").stdout
    assert "rest on earlier tests, as after --undo" in regrade().stdout
    wrong = regrade("--question", "triple")
    assert wrong.exit_code == 1
    assert "has no graded cell 'triple'. It has: double, square, essay." in wrong.stderr


def test_who_joined_a_group_since_is_left_to_grade(tmp_path):
    course = write_course(tmp_path, proofs="")
    assignment = course.assignments[0]
    hand_in(course, "blaise", answered(*CLASS["blaise"]))
    hand_in(course, "carla", answered(*CLASS["carla"]))
    grade_class(course, assignment, QUICK)
    before = scores(course)
    rows = "*,G,blaise\n*,G,carla\n*,G,emil\n"
    (tmp_path / "groups.csv").write_text("assignment,group,student\n" + rows)
    mend(course)
    regrade_preview = preview(course, assignment, QUICK)
    # of equal times carla's counts, the last in order
    assert regrade_preview.new == ("blaise", "emil")
    assert {item.submission.student for item in regrade_preview.regraded} == {"carla"}
    confirm(course, assignment, regrade_preview)
    assert scores(course) == {**before, "carla": 2}


def test_what_nobody_was_shown_is_not_confirmed(tmp_path):
    course = graded_class(tmp_path, ["carla"])
    at = ["regrade", "functions", "--cell-limit", "5", "--course", str(course.root)]
    assert CliRunner().invoke(main, at).exit_code == 0
    mend(course)
    refused = CliRunner().invoke(main, [*at, "--confirm"])
    assert refused.exit_code == 1
    assert "the mark would fall of: carla" in refused.stdout
    assert "tests, files or limits are other" in " ".join(refused.stderr.split())
    assert scores(course) == {"carla": 5}
    assert CliRunner().invoke(main, [*at, "--confirm"]).exit_code == 0
    assert scores(course) == {"carla": 2}


def test_a_regrade_of_a_group_is_one_run_and_every_member_s_mark(tmp_path):
    course = write_course(tmp_path, proofs="")
    assignment = course.assignments[0]
    (tmp_path / "groups.csv").write_text("assignment,group,student\n*,G,blaise\n*,G,carla\n")
    hand_in(course, "blaise", answered(*CLASS["blaise"]))
    grade_class(course, assignment, QUICK)
    assert scores(course) == {"blaise": 3, "carla": 3}
    mend(course)
    started = []
    regrade_preview = preview(course, assignment, QUICK, watch=started.append)
    assert [event.student for event in started if event.kind == "started"] == ["blaise"]
    assert {c.student: (c.before, c.after) for c in regrade_preview.changes if c.moves} == {
        "blaise": (0, 2),
        "carla": (0, 2),
    }
    assert scores(course) == {"blaise": 3, "carla": 3}
    marked_by_hand(course, "blaise", "essay", 1, "")
    marked_by_hand(course, "carla", "essay", 0, "")
    (note,) = confirm(course, assignment, regrade_preview).notes
    assert "group 'G', cell 'essay'" in note and "All members have one mark" in note
    marked_by_hand(course, "carla", "essay", 1, "")
    assert scores(course) == {"blaise": 6, "carla": 6}
    assert grade_class(course, assignment, QUICK)[0].fresh is False
    undo(course, assignment)
    assert scores(course) == {"blaise": 4, "carla": 4}


def test_of_two_regrades_at_once_the_later_one_says_that_it_wrote_nothing(tmp_path, monkeypatch):
    course = graded_class(tmp_path, ["blaise", "carla"])
    work = course.assignments[0]
    mend(course)
    at = ["regrade", "functions", "--course", str(course.root), "--trust-submissions"]
    assert CliRunner().invoke(main, at).exit_code == 0
    was_shown = drafts.was_shown

    def another_confirms_meanwhile(*words):
        monkeypatch.setattr(drafts, "was_shown", was_shown)
        context_is_shown = was_shown(*words)
        assert CliRunner().invoke(main, [*at, "--confirm"]).exit_code == 0
        return context_is_shown

    monkeypatch.setattr(drafts, "was_shown", another_confirms_meanwhile)
    later = CliRunner().invoke(main, [*at, "--confirm"])
    assert later.exit_code == 1
    assert "graded again after this was shown, and stays as it is: " in later.stdout
    assert "written, with" not in later.stdout
    assert "nothing was written: all of it was graded again" in later.stderr
    assert [event.cause for event in history(course, work)] == ["regrade"]
