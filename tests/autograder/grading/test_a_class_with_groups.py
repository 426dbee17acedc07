"""A class with a roster, groups, extensions and late work, graded and read back by the commands.

The numbers were computed by hand: `double` is worth 2, `square` 3, the essay 1; a day costs 10 % of
6 points, at most half of them.
"""

import csv
import io
import json
import re
import shutil

import pytest
from click.testing import CliRunner
from nbgrader.apps import NbGraderAPI
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, save, write_course
from traitlets.config import Config

from autograder.commands.cli import main
from autograder.files import sha256
from autograder.gradebook import open_gradebook
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import class_grades
from autograder.grading.run_settings import Settings
from autograder.model import CourseError
from autograder.reporting import class_page
from autograder.roster.group_work import class_work
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("class_with_groups")

HALF_RIGHT = "def square(x):\n    return 2 * x"
ROSTER = (
    "id,first_name,last_name,email,sections,lms_id\n"
    "ada,Ada,Lovelace,ada@uni.edu,A,101\n"
    "bob,Bob,Byron,bob@uni.edu,A,102\n"
    "cem,Cem,Demir,cem@uni.edu,B,103\n"
    "dora,Dora,Maar,dora@uni.edu,B,104\n"
    "emil,Emil,Artin,emil@uni.edu,B,105\n"
)
GROUPS = "assignment,group,student\n*,G1,ada\n*,G1,bob\n*,G1,emil\n"
TABLE = (
    "Student,ID,Section,functions (9001),Final Score\r\n"
    "    Points Possible,,,6,(read only)\r\n"
    '"Lovelace, Ada",101,A,,\r\n'
    '"Byron, Bob",102,A,,\r\n'
    '"Demir, Cem",103,B,,\r\n'
    '"Maar, Dora",104,B,,\r\n'
    '"Artin, Emil",105,B,EX,\r\n'
    '"Student, Test",106,A,,\r\n'
)


def stamped(course, student, double, square, time):
    folder = hand_in(course, student, answered(double, square))
    (folder / "timestamp.txt").write_text(time)
    return folder


def write_class(root):
    """ada and bob hand in for the group with emil, bob last and two days late; cem a day late with
    an extension; dora nothing; eve, who is not in the class, in time."""
    course = write_course(root, proofs="")
    (root / "course").mkdir()
    syllabus = (
        "[late]\ngrace_minutes = 10\npercent_per_day = 10\ncap_percent = 50\n"
        '[[assignment]]\nid = "functions"\ndue = 2027-02-01T12:00:00Z\n'
    )
    (root / "course" / "syllabus.toml").write_text(syllabus)
    (root / "roster.csv").write_text(ROSTER)
    (root / "groups.csv").write_text(GROUPS)
    extension = "functions,,B,2027-02-02 13:00,trip\n"
    (root / "extensions.csv").write_text("assignment,student,section,until,reason\n" + extension)
    stamped(course, "ada", RIGHT_DOUBLE, HALF_RIGHT, "2027-02-01 11:00:00 UTC")
    stamped(course, "bob", RIGHT_DOUBLE, RIGHT_SQUARE, "2027-02-02 12:11:00 UTC")
    stamped(course, "cem", RIGHT_DOUBLE, RIGHT_SQUARE, "2027-02-02 13:09:00 UTC")
    stamped(course, "eve", RIGHT_DOUBLE, HALF_RIGHT, "2027-02-01 12:00:00 UTC")
    return open_course(root)


def run(course, *words):
    return CliRunner().invoke(main, [*map(str, words), "--course", str(course.root)])


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = write_class(tmp_path_factory.mktemp("class") / "course")
    notes = []
    watch = lambda event: notes.append(event.message) if event.kind == "note" else None  # noqa: E731
    grade_class(course, course.assignment("functions"), Settings(), watch)
    return course, notes


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded class, to change."""
    root = tmp_path / "course"
    shutil.copytree(graded[0].root, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(graded[0].root), str(root)))
    return open_course(root)


def grades(course):
    return {g.student: g for g in class_grades(course, course.assignment("functions"))}


def test_the_latest_hand_in_of_a_group_is_graded_once_and_recorded_for_each_member(graded):
    course, notes = graded
    by_student = grades(course)
    assert [by_student[s].points for s in ("ada", "bob", "emil", "cem", "eve")] == [5, 5, 5, 5, 2]
    assert {by_student[s].handed_in_by for s in ("ada", "bob", "emil")} == {"bob"}
    assert by_student["cem"].group == by_student["eve"].group == ""
    works = class_work(course, course.assignment("functions"))
    assert [work.students for work in works] == [("ada", "bob", "emil"), ("cem",), ("eve",)]
    sentence = "the hand-in of ada (2027-02-01 11:00 UTC) is kept and not graded; that of bob"
    assert any(sentence in note for note in notes)
    assert not (course.submitted / "emil").exists()
    with open_gradebook.gradebook(course) as book:
        assert {s.student.id for s in book.assignment_submissions("functions")} == {
            *("ada", "bob", "emil", "cem", "eve")
        }


def test_nbgrader_lists_every_member_by_name_with_its_own_penalty(graded):
    api = NbGraderAPI(config=Config({"CourseDirectory": {"root": str(graded[0].root)}}))
    rows = {row["student"]: row for row in api.get_submissions("functions")}
    scored = {s: (row["last_name"], row["score"]) for s, row in rows.items() if row["autograded"]}
    assert scored["emil"] == ("Artin", 5) and scored["bob"] == ("Byron", 5)
    assert scored["eve"] == (None, 2)
    # of ada, an older hand-in of her own lies in submitted/, which nbgrader offers to autograde
    assert set(rows) - set(scored) == {"ada"}
    with open_gradebook.gradebook(graded[0]) as book:
        submissions = {s: book.find_submission("functions", s) for s in ("bob", "emil", "cem")}
        penalties = {s: one.late_submission_penalty for s, one in submissions.items()}
        assert penalties == {"bob": pytest.approx(1.2), "emil": 0, "cem": 0}
        assert submissions["emil"].total_seconds_late == 0
        assert submissions["bob"].total_seconds_late == 87060
        assert book.find_student("dora").first_name == "Dora"


def test_a_member_without_a_hand_in_is_told_whose_it_is(course, tmp_path):
    inbox = tmp_path / "inbox" / "bob" / "functions.ipynb"
    save(inbox, answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    run(course, "collect", "functions", tmp_path / "inbox")
    result = run(course, "hand-ins", "functions", "emil")
    assert result.exit_code == 1
    assert "Members of the same group: ada, bob, emil." in result.stderr
    receipt = tmp_path / "bob.receipt.json"
    digest = sha256(inbox.read_bytes())
    files = [{"name": "functions.ipynb", "sha256": digest}]
    receipt.write_text(json.dumps({"student": "bob", "files": files}))
    answer = run(course, "receipt", "functions", receipt)
    assert answer.exit_code == 0 and "bob: functions hand-in 1" in answer.stdout


def test_grading_again_finds_everybody_graded(course):
    outcomes = grade_class(course, course.assignment("functions"), Settings())
    assert len(outcomes) == 5 and not any(outcome.fresh for outcome in outcomes)


def test_lateness_costs_each_member_by_their_own_due_time(graded):
    by_student = grades(graded[0])
    # ada and bob: 11 minutes after due, grace and a day: 2 started days, 20 % of 6. emil is in
    # section B: due 13:00 on the 2nd. cem: 9 minutes after that, within the grace. eve: in time.
    penalties = {s: round(g.late_penalty, 6) for s, g in by_student.items()}
    assert penalties == {"ada": 1.2, "bob": 1.2, "cem": 0, "dora": 0, "emil": 0, "eve": 0}
    assert by_student["bob"].score == pytest.approx(3.8)
    assert "2 started days late; the policy takes 10 %" in by_student["bob"].late_reason
    assert "(of section 'B'), within 10 minutes of grace: nothing" in by_student["cem"].late_reason
    assert by_student["eve"].late_reason == ""


def test_who_handed_nothing_in_is_a_row_and_a_stranger_is_named(graded):
    course, _ = graded
    assert grades(course)["dora"].status == "no hand-in"
    output = run(course, "status").stdout
    assert output.splitlines()[0].split()[-1] == "hand-in"
    assert output.splitlines()[1].split() == ["functions", "no", "4", "5", "5", "0", "1"]
    assert "'eve' has handed in and is not in roster.csv" in output
    people = run(course, "status", "functions").stdout
    assert "Dora Maar" in people and "by bob" in people
    assert "functions" in next(
        line for line in run(course, "roster").stdout.splitlines() if line.startswith("dora")
    )


def test_export_has_points_penalty_and_reason_in_columns_of_their_own(graded):
    text = run(graded[0], "export", "functions").stdout
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(text))}
    bob, dora = rows["bob"], rows["dora"]
    assert (bob["points before penalty"], bob["late penalty"], bob["score"]) == ("5", "1.2", "3.8")
    assert (bob["double"], bob["square"]) == ("2", "3")
    assert (bob["group"], rows["emil"]["handed in by"]) == ("G1", "bob")
    assert (dora["score"], dora["max_score"], dora["status"]) == ("", "", "no hand-in")
    rows_by_student = {
        r["student"]: r
        for r in json.loads(run(graded[0], "export", "functions", "--to", "json").stdout)
    }
    assert (rows_by_student["bob"]["points"], rows_by_student["bob"]["score"]) == (5, 3.8)
    assert rows_by_student["dora"]["score"] is None


def test_each_member_has_a_page_with_the_penalty_in_a_line_of_its_own_and_no_address(course):
    assert run(course, "feedback", "functions").exit_code == 0
    pages = {path.parts[-3]: path.read_text() for path in course.feedback.rglob("*.html")}
    assert sorted(pages) == ["ada", "bob", "cem", "emil", "eve"]
    assert "<dt>Points</dt><dd>5 of 6</dd>" in pages["ada"]
    assert "<dt>Late penalty</dt><dd>-1.2" in pages["ada"]
    assert "3.8 of 6" in pages["ada"] and "another member handed in" in pages["ada"]
    assert "Late penalty" not in pages["eve"]
    work = course.assignment("functions")
    table = class_page.page(course, [(work, class_grades(course, work))], lambda g: "x.html")
    assert "5 points, 1.2 off for lateness" in table and "no hand-in" in table
    for text in (*pages.values(), table):
        assert "@uni.edu" not in text and "trip" not in text


def test_fill_gives_members_their_marks_and_leaves_the_excused_and_the_unknown(course, tmp_path):
    table, filled = tmp_path / "canvas.csv", tmp_path / "filled.csv"
    table.write_bytes(TABLE.encode())
    how = ("--unreviewed", "--absent-as-zero", "--output", filled)
    result = run(course, "fill", "functions", table, *how)
    marks = {"101,A,": "3.8", "102,A,": "3.8", "103,B,": "5", "104,B,": "0"}
    expected = TABLE
    for start, mark in marks.items():
        expected = expected.replace(start, start + mark)
    assert filled.read_bytes() == expected.encode()
    assert "Artin, Emil: the platform has 'EX' there" in result.stdout
    assert "the platform's test student, who gets no mark: Student, Test" in result.stdout
    assert "a mark and no row of the table: eve" in result.stdout


def test_a_mark_by_hand_for_one_member_reaches_all_and_the_penalty_follows(course):
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade("essay", "functions", "functions", "emil")
        grade.manual_score, grade.needs_manual_grade, grade.extra_credit = 1, False, 2
        book.db.commit()
    run(course, "export", "functions")
    by_student = grades(course)
    assert {by_student[s].points for s in ("ada", "bob", "emil")} == {8}
    assert by_student["emil"].status == "graded" and by_student["emil"].max_score == 6
    assert (by_student["emil"].score, by_student["bob"].score) == (8, pytest.approx(6.8))


def test_the_old_mark_of_who_joins_a_group_is_named_and_never_replaces_the_group_s(course):
    def essay(student, points):
        with open_gradebook.gradebook(course) as book:
            grade = book.find_grade("essay", "functions", "functions", student)
            grade.manual_score, grade.needs_manual_grade = points, False
            book.db.commit()

    essay("ada", 1)
    essay("eve", 0.5)
    run(course, "late", "functions")
    (course.root / "groups.csv").write_text(GROUPS + "*,G1,eve\n")
    output = " ".join(run(course, "grade", "functions").output.split())
    assert "group 'G1', cell 'essay':" in output and "eve has 0.5 points by hand" in output
    assert [grades(course)[s].points for s in ("ada", "bob", "emil", "eve")] == [6, 6, 6, 5.5]
    essay("eve", 1)
    assert "essay" not in run(course, "late", "functions").output
    essay("eve", 0)
    run(course, "late", "functions")
    assert {grades(course)[s].points for s in ("ada", "bob", "emil", "eve")} == {5}


def test_another_policy_or_extension_counts_from_the_next_late_on_and_none_takes_it_back(course):
    syllabus = course.root / "course" / "syllabus.toml"
    text = syllabus.read_text()
    syllabus.write_text(text.replace("percent_per_day = 10", "points_per_day = 2"))
    late = run(course, "late", "functions").stdout
    assert "2 points for each started day, 50 % at most" in late
    assert grades(course)["bob"].late_penalty == pytest.approx(3)  # the cap
    added = run(course, "extend", "functions", "--student", "bob", "--until", "2027-02-03 09:00")
    assert "bob until 2027-02-03 09:00 UTC" in added.stdout
    run(course, "late", "functions")
    assert [grades(course)[s].late_penalty for s in ("ada", "bob")] == [pytest.approx(3), 0]
    syllabus.write_text(text.partition("[[")[1] + text.partition("[[")[2])
    run(course, "late", "functions")
    assert not any(grade.late_penalty or grade.late_reason for grade in grades(course).values())


def test_nbgrader_s_own_plugin_counts_with_an_extension(course):
    syllabus = course.root / "course" / "syllabus.toml"
    syllabus.write_text('[[assignment]]\nid = "functions"\ndue = 2027-02-01T12:00:00Z\n')
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    output = run(course, "late", "functions").stdout
    assert "policy: nbgrader's own plugin" in output
    marks_by_student = {s: (g.points, g.score, g.late_reason) for s, g in grades(course).items()}
    assert marks_by_student["bob"] == (5, 0, "")
    assert marks_by_student["emil"] == (5, 5, "")  # emil's section has longer
    assert marks_by_student["cem"] == (5, 0, "")  # nbgrader knows no grace


def test_who_leaves_a_group_has_its_marks_no_longer(course):
    (course.root / "groups.csv").write_text(GROUPS.replace("*,G1,emil\n", ""))
    assert grades(course)["emil"].status == "not graded"
    assert "no longer in the group 'G1'" in grades(course)["emil"].message


def test_a_person_in_two_groups_stops_the_run_before_anybody_is_graded(course):
    (course.root / "groups.csv").write_text(GROUPS + "functions,G2,bob\n")
    with pytest.raises(CourseError, match=r"'G1' \(line 3\) and in 'G2' \(line 5\)"):
        grade_class(course, course.assignment("functions"), Settings())


def test_without_the_files_every_student_has_their_own_mark(course):
    for name in ("roster.csv", "groups.csv", "extensions.csv"):
        (course.root / name).unlink()
    shutil.rmtree(course.root / "course")
    course = open_course(course.root)
    grade_class(course, course.assignment("functions"), Settings())
    by_student = grades(course)
    assert {s: g.score for s, g in by_student.items() if g.marks} == {
        "ada": 2,
        "bob": 5,
        "cem": 5,
        "eve": 2,
    }
    assert by_student["ada"].group == "" and by_student["ada"].late_reason == ""


def test_a_hand_in_without_a_time_is_named_by_what_is_about_hand_ins_alone(course, tmp_path):
    (course.submitted / "eve" / "functions" / "timestamp.txt").unlink()
    (tmp_path / "canvas.csv").write_text(TABLE)
    more_words = {"collect": [course.submitted], "fill": [tmp_path / "canvas.csv"]}
    verbs = ("collect", "grade", "late", "feedback", "export", "fill")
    outputs = {verb: run(course, verb, "functions", *more_words.get(verb, ())) for verb in verbs}
    note = re.compile(r"the\s+time\s+of\s+the\s+hand-in\s+of\s[a-z,\s]*eve\s+is\s+not\s+recorded")
    named_by = [verb for verb in verbs if note.search(outputs[verb].output)]
    assert named_by == ["collect", "grade", "late"]


def test_the_time_of_a_file_costs_nothing_until_a_person_confirms_it(course, tmp_path):
    (course.root / "extensions.csv").unlink()
    syllabus = course.root / "course" / "syllabus.toml"
    syllabus.write_text(syllabus.read_text().replace("2027-02-01", "2026-02-01"))
    course = open_course(course.root)
    save(tmp_path / "inbox" / "dora" / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    run(course, "collect", "functions", tmp_path / "inbox")
    grade_class(course, course.assignment("functions"), Settings())
    stamp = course.submitted / "dora" / "functions" / "timestamp.txt"
    assert stamp.is_file()  # the file's own time, months after the due time
    assert "hand-in of dora is not recorded" in run(course, "late", "functions").stdout
    assert grades(course)["dora"].late_penalty == 0
    stamp.write_text("2026-02-01 13:00:00 UTC")
    grade_class(course, course.assignment("functions"), Settings())
    assert grades(course)["dora"].late_penalty == pytest.approx(0.6)
