"""From an inbox to submitted/: attempts, what stood there before, crashes."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hand_in_files import (
    EARLY,
    EXCHANGE_1,
    EXCHANGE_2,
    LATE,
    NOW,
    OTHER,
    PS1,
    TENSOR,
    TENSOR_1,
    TENSOR_2,
    TENSOR_3,
    inbox_of,
    make_course,
    problem,
    submitted_notebooks,
    tensor,
    tree,
    write,
    zipped,
)
from small_course import write_course

from autograder.collecting.collect import collect
from autograder.collecting.rejected import rejected_files
from autograder.collecting.store import Store
from autograder.collecting.verify import verify
from autograder.model import Assignment, CourseError


def test_an_accepted_file_stands_beside_the_notebook_whatever_folder_it_came_in(course, tmp_path):
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Autograder.accepted_files = ['data.csv']\n"
    )
    archive = zipped(
        {"hw1/01_tensor.ipynb": TENSOR_1, "hw1/data.csv": b"1,2", "hw1/other.csv": b"3"}
    )
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": archive}), NOW)
    assert tree(course.submitted)["ann/01_tensor/data.csv"] == b"1,2"
    assert len(collected.rejected) == 1


def test_a_hand_in_that_is_kept_and_not_graded_is_named(course, tmp_path):
    collect(course, TENSOR, write(tmp_path / "ann_01_tensor.ipynb", TENSOR_1, LATE), NOW)
    older = write(tmp_path / "old" / "ann_01_tensor.ipynb", TENSOR_2, EARLY)
    collected = collect(course, TENSOR, older, NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert "Hand-in 2 of ann" in collected.notes[0].message
    assert "kept and not graded" in collected.notes[0].message


def test_one_notebook_can_be_collected_by_itself(course, tmp_path):
    collect(course, TENSOR, write(tmp_path / "ann_01_tensor.ipynb", TENSOR_1), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}


def test_two_notebooks_and_their_data_come_together(course, tmp_path):
    inbox_files = {
        "doe_1_100_problem1.ipynb": problem(1, "a"),
        "doe_1_101_problem2.ipynb": problem(2, "b"),
        "doe_1_103_problem1-1.ipynb": problem(1, "c"),
        "doe_1_104_table.csv": b"3,4\n",
    }
    collected = collect(course, PS1, inbox_of(tmp_path, inbox_files), NOW)
    assert tree(course.submitted / "doe_1" / "ps1") == {
        "data/table.csv": b"3,4\n",
        "problem1.ipynb": problem(1, "c"),
        "problem2.ipynb": problem(2, "b"),
    }
    assert collected.rejected == ()


def test_an_older_inbox_collected_later_does_not_replace_a_newer_attempt(course, tmp_path):
    collect(course, TENSOR, write(tmp_path / "new" / "ann.ipynb", TENSOR_2, LATE).parent, NOW)
    collect(course, TENSOR, write(tmp_path / "old" / "ann.ipynb", TENSOR_1, EARLY).parent, NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_2}
    assert [h.when for h in Store(course, "01_tensor").of("ann")] == [EARLY, LATE]


def test_a_new_download_of_the_same_canvas_files_is_no_new_attempt(course, tmp_path):
    files = {"doe_1_90_01_tensor.ipynb": TENSOR_1, "doe_1_95_01_tensor-1.ipynb": TENSOR_2}
    collect(course, TENSOR, write(tmp_path / "a.zip", zipped(files, EARLY)), NOW)
    before = tree(course.root)
    collect(course, TENSOR, write(tmp_path / "b.zip", zipped(files, LATE)), NOW)
    assert tree(course.root) == before


def test_what_stood_in_submitted_before_is_kept(course, tmp_path):
    standing = course.submitted / "ann" / "01_tensor"
    write(standing / "01_tensor.ipynb", TENSOR_3)
    write(standing / "scribble.txt", b"by hand")
    collect(course, TENSOR, write(tmp_path / "in" / "ann.ipynb", TENSOR_1, LATE).parent, NOW)
    store = Store(course, "01_tensor")
    stored_hand_ins = [store.read(hand_in) for hand_in in store.of("ann")]
    assert {"01_tensor.ipynb": TENSOR_3, "scribble.txt": b"by hand"} in stored_hand_ins
    assert set(tree(standing)) == {"01_tensor.ipynb", "timestamp.txt"}


def test_a_good_submitted_folder_is_left_as_it_is(course):
    standing = course.submitted / "ann" / "01_tensor"
    write(standing / "01_tensor.ipynb", TENSOR_1)
    write(standing / "timestamp.txt", b"2027-02-01 09:00:00 UTC")
    write(course.submitted / "bob b" / "01_tensor" / "01_tensor.ipynb", TENSOR_2)
    before = tree(course.submitted)
    collected = collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.submitted) == before
    assert [s.student for s in collected.submissions] == ["ann", "bob b"]
    assert collected.submissions[0].submitted_at == datetime(2027, 2, 1, 9, tzinfo=UTC)
    assert collected.submissions[1].submitted_at is None
    assert collected.rejected == ()


def test_bad_files_are_moved_out_of_submitted_and_the_good_ones_stay(course, tmp_path):
    home = course.submitted / "ann" / "01_tensor"
    write(home / "01_tensor.ipynb", TENSOR_1)
    write(home / "numpy.py", b"raise SystemExit")
    (home / "notes.txt").symlink_to("/etc/passwd")
    (home / "old.ipynb").mkdir()
    write(home / "old.ipynb" / "x", b"x")
    write(course.submitted / "bob" / "01_tensor" / "01_tensor.ipynb", TENSOR_1[:50])
    collected = collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.submitted) == {"ann/01_tensor/01_tensor.ipynb": TENSOR_1}
    assert len(collected.rejected) == 4
    aside_files = tree(course.aside / "01_tensor")
    assert {b"raise SystemExit", b"/etc/passwd", TENSOR_1[:50], b"x"} <= set(aside_files.values())
    before = tree(course.root)
    collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.root) == before
    assert len(rejected_files(course, TENSOR)) == 4


def test_a_decorated_name_in_submitted_is_put_right(course):
    write(course.submitted / "ann" / "01_tensor" / "01_tensor (1).ipynb", TENSOR_1)
    collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.submitted) == {"ann/01_tensor/01_tensor.ipynb": TENSOR_1}


def test_a_notebook_under_another_name_is_taken_by_its_cells_and_it_is_said(course, tmp_path):
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann/my work.ipynb": TENSOR_1}), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert "is taken as '01_tensor.ipynb'" in collected.notes[0].message


def test_a_second_notebook_under_another_name_gives_way_to_the_named_one(course, tmp_path):
    inbox_files = {"ann/my work.ipynb": TENSOR_2, "ann/01_tensor.ipynb": TENSOR_1}
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert "the one so named is taken" in collected.rejected[0].message


def test_ids_that_differ_in_capitals_only_are_not_merged(course, tmp_path):
    inbox_files = {"ann.ipynb": TENSOR_1, "Ann.ipynb": TENSOR_2}
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"Ann": TENSOR_2}
    assert "differs from 'Ann' only in capitals" in collected.rejected[0].message


def test_a_name_in_two_unicode_forms_is_one_student(course, tmp_path):
    one = write(tmp_path / "a" / "Jose\u0301.ipynb", TENSOR_1, EARLY)
    two = write(tmp_path / "b" / "Jos\u00e9.ipynb", TENSOR_2, LATE)
    collect(course, TENSOR, one.parent, NOW)
    collect(course, TENSOR, two.parent, NOW)
    assert submitted_notebooks(course) == {"Jos\u00e9": TENSOR_2}


def test_a_name_of_250_characters_is_cut_and_stays_itself(course, tmp_path):
    inbox_files = {f"{'n' * 240}{end}.ipynb": TENSOR_1 for end in "ab"}
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert len(submitted_notebooks(course)) == 2


def test_an_assignment_that_was_not_released_says_so(course, tmp_path):
    with pytest.raises(CourseError, match="autograder release z9"):
        collect(course, Assignment("z9", ()), inbox_of(tmp_path, {"a.ipynb": b""}), NOW)


def test_a_crash_between_keeping_and_installing_is_mended_by_the_next_run(course, tmp_path):
    inbox = inbox_of(tmp_path, {"ann.ipynb": TENSOR_1})
    collect(course, TENSOR, inbox, NOW)
    intact_tree = tree(course.submitted)
    (course.submitted / "ann" / "01_tensor" / "01_tensor.ipynb").write_bytes(TENSOR_1[:9])
    (course.submitted / "ann" / "01_tensor" / "timestamp.txt").unlink()
    collect(course, TENSOR, inbox, NOW)
    assert tree(course.submitted) == intact_tree
    assert verify(course) == []


FIRST, SECOND = EXCHANGE_1.replace("01_tensor", "ps1"), EXCHANGE_2.replace("01_tensor", "ps1")
CRASHES = {
    "one notebook": (
        TENSOR,
        {
            f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
            f"{EXCHANGE_2}/01_tensor.ipynb": TENSOR_2,
            f"{EXCHANGE_2}/numpy.py": b"1",
        },
    ),
    "two notebooks": (
        PS1,
        {
            f"{FIRST}/problem1.ipynb": problem(1, "a"),
            f"{FIRST}/problem2.ipynb": problem(2, "a"),
            f"{SECOND}/problem1.ipynb": problem(1, "b"),
            f"{SECOND}/problem2.ipynb": problem(2, "b"),
        },
    ),
}


class PowerCut(BaseException):
    """No code of the course catches it."""


@pytest.mark.parametrize("syncs", range(1, 40))
@pytest.mark.parametrize("assignment, inbox_files", CRASHES.values(), ids=CRASHES)
def test_a_crash_at_any_moment_is_mended_by_the_next_run(
    tmp_path, monkeypatch, syncs, assignment, inbox_files
):
    intact_course, broken = make_course(tmp_path / "whole"), make_course(tmp_path / "broken")
    inbox = inbox_of(tmp_path, inbox_files)
    for course in (intact_course, broken):
        for name in assignment.notebooks:
            old = TENSOR_3 if assignment == TENSOR else problem(int(name[-1]), "old")
            write(course.submitted / "ann" / assignment.id / f"{name}.ipynb", old)
    collect(intact_course, assignment, inbox, NOW)
    remaining = iter(range(syncs))
    sync = os.fsync

    def failing(handle: int) -> None:
        sync(handle)
        if next(remaining, None) is None:
            raise PowerCut

    with monkeypatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(os, "fsync", failing)
        collect(broken, assignment, inbox, NOW)
        raise PowerCut
    assert not [message for message in verify(broken) if "which the store does not" not in message]
    collect(broken, assignment, inbox, NOW)
    assert tree(broken.root) == tree(intact_course.root)


@pytest.mark.parametrize("name", ["", "release", "source/01_tensor", "store", "aside"])
def test_a_folder_of_the_course_itself_is_no_inbox(course, name):
    (course.root / name).mkdir(parents=True, exist_ok=True)
    with pytest.raises(CourseError, match="is a folder of this course"):
        collect(course, TENSOR, course.root / name, NOW)


def test_a_released_notebook_that_is_damaged_is_named(course, tmp_path):
    write(course.release / "01_tensor" / "01_tensor.ipynb", b"{")
    with pytest.raises(CourseError, match=r"01_tensor\.ipynb' is cut off"):
        collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": TENSOR_1}), NOW)


def test_another_assignment_that_is_damaged_does_not_stop_this_one(course, tmp_path):
    write(course.release / "x01_limits" / "x01_limits.ipynb", b"{")
    collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": TENSOR_1}), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}


def test_without_a_release_the_notebooks_of_source_decide(course, tmp_path):
    write(course.root / "source" / "01_tensor" / "01_tensor.ipynb", tensor())
    course = replace(course, release=course.root / "none")
    collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": TENSOR_1, "bob.ipynb": OTHER}), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}


COUNT_OPENED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from autograder.collecting.collect import collect
from autograder.settings.open_course import open_course

course = open_course(Path(sys.argv[1]))
folders = [str(course.release), str(course.source)]

def note(event, arguments):
    if event == "open" and str(arguments[0]).startswith(tuple(folders)):
        print(Path(str(arguments[0])).name)

sys.addaudithook(note)
collect(course, course.assignment("functions"), Path(sys.argv[2]), datetime.now(UTC))
"""


def test_the_notebooks_of_other_assignments_are_opened_only_for_a_file_that_does_not_match(
    tmp_path,
):
    course = write_course(tmp_path / "course", proofs="")
    strange = write(course.source / "other" / "other.ipynb", OTHER)
    functions_notebook = (course.source / "functions" / "functions.ipynb").read_bytes()

    def opened(student: str, data: bytes) -> list[str]:
        inbox = inbox_of(tmp_path / student, {f"{student}.ipynb": data})
        command = [sys.executable, "-c", COUNT_OPENED, str(course.root), str(inbox)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [line for line in output.split() if line.endswith(".ipynb")]

    assert opened("ann", functions_notebook) == ["functions.ipynb"]
    assert strange.name in opened("bob", OTHER)
