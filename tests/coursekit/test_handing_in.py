"""course submit: what is packed, what is said, and that nothing is lost."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from coursekit import questions, workspace
from coursekit.archive import archive_bytes, submit
from coursekit.syllabus import Assignment, CourseError
from hypothesis import given
from hypothesis import strategies as st
from small_chapter import markdown, question

from autograder.collecting.collect import collect
from autograder.settings.open_course import open_course

NOW = datetime(2027, 2, 1, 12, 30, 5, tzinfo=UTC)
ROW = Assignment("01_tensor", "BUILD", "T", due=NOW + timedelta(days=1))


def hand_in(path, now=NOW, student="", row=ROW):
    return submit(workspace.current(path.parent), row, now, student)


def test_the_zip_holds_the_notebook_under_its_released_name(finished, place):
    path = place(finished)
    submission = hand_in(path)
    assert submission.archive.name == "01_tensor-20270201T123005Z.zip"
    with zipfile.ZipFile(submission.archive) as archive:
        assert archive.read("01_tensor.ipynb") == path.read_bytes()


def test_an_archive_without_a_name_says_so_and_one_with_a_name_says_nothing(finished, place):
    path = place(finished)
    assert "make it again with your name: course submit ID --student" in hand_in(path).warnings[0]
    assert hand_in(path, student="anna").warnings == ()


@pytest.mark.parametrize(("answer", "is_said"), [("", 1), ("*Write here.*\n", 1), ("It is.", 0)])
def test_a_written_answer_that_is_still_empty_is_said(
    finished, place, monkeypatch, tmp_path, answer, is_said
):
    table = {"written": [{"name": "explain", "points": 3, "source": "*Write here.*"}]}
    (tmp_path / "01_tensor.json").write_text(json.dumps(table))
    monkeypatch.setattr(questions.written_answers, "__defaults__", (tmp_path,))
    finished["cells"].append(markdown("explain", answer))
    warnings = hand_in(place(finished), student="anna").warnings
    sentence = "A written answer is still empty, and a person marks it: explain."
    assert warnings == (sentence,) * is_said


def test_a_named_student_stands_in_the_name_as_nbgrader_reads_it(finished, place):
    submission = hand_in(place(finished), student="anna/../b")
    assert submission.archive.name == "01_tensor_anna-..-b_attempt_2027-02-01-12-30-05.zip"


def test_the_receipt_tells_time_sum_and_files(finished, place):
    submission = hand_in(place(finished), student="anna")
    receipt = json.loads(submission.receipt.read_text())
    assert receipt["submitted_at"] == "2027-02-01T12:30:05+00:00"
    assert receipt["sha256"] == submission.sha256
    assert [entry["name"] for entry in receipt["files"]] == ["01_tensor.ipynb"]


def test_the_same_work_is_the_same_bytes_at_any_time(finished, place):
    path = place(finished)
    first, second = hand_in(path), hand_in(path, NOW + timedelta(hours=5))
    assert first.sha256 == second.sha256
    assert first.archive != second.archive


def test_nothing_is_overwritten(finished, place):
    path = place(finished)
    before = hand_in(path).archive.read_bytes()
    finished["cells"] = finished["cells"][:2]
    with pytest.raises(CourseError, match="is already there, made this very second"):
        hand_in(place(finished))
    assert hand_in(path, NOW + timedelta(seconds=1)).archive.read_bytes() != before


def test_an_unsolved_question_is_said_and_packed_all_the_same(untouched, place):
    submission = hand_in(place(untouched), student="anna")
    assert submission.archive.exists()
    assert submission.warnings == (
        "Not written yet, still raising NotImplementedError: double-solution.",
    )


def test_a_renamed_notebook_is_refused_with_its_name(finished, place):
    path = place(finished)
    path.rename(path.with_name("01_tensor-Copy1.ipynb"))
    with pytest.raises(CourseError, match=r"Did you mean 01_tensor-Copy1.ipynb\? Rename it back"):
        hand_in(path)


def test_a_damaged_notebook_is_refused_with_the_fault(finished, place):
    path = place(finished)
    path.write_text(path.read_text()[:100])
    with pytest.raises(CourseError, match="is damaged: line 1 is not JSON"):
        hand_in(path)


def test_a_copied_graded_cell_is_said(finished, place):
    finished["cells"].append(question("double", "assert True"))
    assert "double stands in 01_tensor.ipynb more than once" in hand_in(place(finished)).warnings[0]


def test_a_deleted_graded_cell_is_said(finished, place, monkeypatch, tmp_path):
    table = {"questions": [{"name": "gone", "source": "assert True"}]}
    (tmp_path / "01_tensor.json").write_text(json.dumps(table))
    monkeypatch.setattr(questions.of, "__defaults__", (tmp_path,))
    submission = hand_in(place(finished), student="anna")
    assert submission.warnings == (
        "The graded cell gone is not in 01_tensor.ipynb; the grader restores it.",
    )


def test_late_work_is_packed_and_the_date_is_said(finished, place):
    row = replace(ROW, due=NOW - timedelta(days=1))
    submission = hand_in(place(finished), student="anna", row=row)
    assert submission.warnings == ("It was due at 2027-01-31 12:30 UTC.",)


@given(st.dictionaries(st.text("abc.é", min_size=1), st.binary(max_size=50), max_size=4))
def test_an_archive_returns_what_was_put_in(contents):
    data = archive_bytes(contents)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents
    assert archive_bytes(dict(reversed(contents.items()))) == data


def test_a_released_file_rides_along_only_once_it_was_changed(finished, place):
    path = place(finished)
    record, data, own_module = (path.with_name(n) for n in ("record.jsonl", "data.csv", "numpy.py"))
    for file in (record, data, own_module):
        file.write_text("")
    empty = hashlib.sha256(b"").hexdigest()
    with (path.parents[1] / "workspace.toml").open("a") as marker:
        marker.write(f'"01_tensor/record.jsonl" = "{empty}"\n"01_tensor/data.csv" = "{empty}"\n')
    record.write_text("{}")
    assert hand_in(path).files == ("01_tensor.ipynb", "record.jsonl")


def collected(archive, name, book, root):
    """What the course's collector makes of the archive, put into its inbox under `name`."""
    source = root / "source" / "01_tensor" / "01_tensor.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(book))
    inbox = root / "downloads"
    inbox.mkdir()
    (inbox / name).write_bytes(archive.read_bytes())
    course = open_course(root)
    return collect(course, course.assignment("01_tensor"), inbox, NOW + timedelta(days=1))


def test_the_collector_reads_student_and_time_from_the_name(finished, place, tmp_path):
    archive = hand_in(place(finished), student="anna").archive
    collection = collected(archive, archive.name, finished, tmp_path / "course")
    assert [(s.student, s.submitted_at) for s in collection.submissions] == [("anna", NOW)]
    assert collection.rejected == ()


def test_the_collector_takes_a_nameless_archive_from_canvas(finished, place, tmp_path):
    archive = hand_in(place(finished)).archive
    collection = collected(
        archive, f"smithanna_77_4711_{archive.name}", finished, tmp_path / "course"
    )
    assert [submission.student for submission in collection.submissions] == ["smithanna_77"]
    assert collection.rejected == ()
