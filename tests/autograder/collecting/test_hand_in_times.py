"""When something was handed in, and who says so."""

from dataclasses import replace
from datetime import datetime

import pytest
from hand_in_files import (
    EARLY,
    EXCHANGE_1,
    EXCHANGE_2,
    LATE,
    NOW,
    TENSOR,
    TENSOR_1,
    TENSOR_2,
    TENSOR_3,
    inbox_of,
    own_zip,
    receipt_zip,
    submitted_notebooks,
    write,
    zipped,
)

from autograder.collecting.collect import collect
from autograder.collecting.store import Store


def test_sakais_time_goes_before_the_students(course, tmp_path):
    at = "HW1/Lee, Ann(alee)"
    inbox_files = {
        f"{at}/Submission attachment(s)/01_tensor.ipynb": TENSOR_1,
        f"{at}/Submission attachment(s)/timestamp.txt": b"2020-01-01 10:00:00 UTC",
        f"{at}/timestamp.txt": b"20240115102233123",
        "HW1/Ray, Bo(bray)/Submission attachment(s)/01_tensor.ipynb": TENSOR_2,
    }
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    (ann,) = [hand_in for hand_in in collected.hand_ins if hand_in.student == "alee"]
    assert (ann.when.year, ann.claimed) == (2024, False)


@pytest.mark.parametrize("text", ["9" * 29 + "h", "1e999999999", "-" * 40, "2027-02-02 99:99"])
def test_a_time_that_is_none_stops_nobody(course, tmp_path, text):
    inbox_files = {
        "ann/01_tensor.ipynb": TENSOR_1,
        "ann/timestamp.txt": text.encode(),
        "bob/01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1, "bob": TENSOR_2}


def test_a_time_in_the_future_counts_as_now(course, tmp_path):
    far = zipped({"01_tensor.ipynb": TENSOR_1}, datetime(2107, 1, 1))
    collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": far}), NOW)
    later = NOW.replace(month=4)
    again = write(tmp_path / "next" / "ann_01_tensor.ipynb", TENSOR_2, NOW.replace(day=2))
    collect(course, TENSOR, again.parent, later)
    assert submitted_notebooks(course) == {"ann": TENSOR_2}


def test_a_time_that_only_the_student_says_is_a_claim(course, tmp_path):
    inbox_files = {
        "mal_6_66_01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_1, LATE),
        "ann/01_tensor.ipynb": TENSOR_2,
        "ann/timestamp.txt": b"2027-02-02 10:00:00 UTC",
        "bob+01_tensor+2027-02-02 10:00:00 UTC/01_tensor.ipynb": TENSOR_3,
    }
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    claims = {hand_in.student: hand_in.claimed for hand_in in collected.hand_ins}
    assert claims == {"mal_6": True, "ann": True, "bob": True}
    assert "by its own account" in str(collected.hand_ins[0])
    assert "ann, bob, mal_6" in collected.notes[-1].message


FORGED_NAMES = {
    "nbgrader": "mal+01_tensor+2027-01-01 10:00:00 UTC",
    "Brightspace": "12-34 - mal - Jan 1, 2027 1000",
    "Blackboard": "mal_attempt_2027-01-01-10-00-00_01_tensor.ipynb",
    "ILIAS": "Mal_M_mal_12/20270101100000_01_tensor.ipynb",
}


@pytest.mark.parametrize("by_hand", [["ann", "bob"], []])
@pytest.mark.parametrize("name", FORGED_NAMES.values(), ids=FORGED_NAMES.keys())
def test_a_time_in_a_name_is_recorded_only_where_most_names_beside_it_are_like_it(
    course, tmp_path, name, by_hand
):
    path = name if name.endswith(".ipynb") else f"{name}/01_tensor.ipynb"
    inbox_files = {path: TENSOR_3} | {f"{student}/01_tensor.ipynb": TENSOR_1 for student in by_hand}
    hand_ins = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW).hand_ins
    assert [h.claimed for h in hand_ins if "mal" in h.student.lower()] == [bool(by_hand)]


def test_a_folder_named_like_a_version_of_teams_keeps_its_time(course, tmp_path):
    inbox_files = {
        "mal/Version 1/01_tensor.ipynb": TENSOR_1,
        "mal/timestamp.txt": b"2027-01-01 10:00:00 UTC",
        "ann/01_tensor.ipynb": TENSOR_2,
    }
    hand_ins = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW).hand_ins
    assert [h.certain for h in hand_ins if h.student == "mal"] == [True]


def test_whom_canvas_marks_as_late_is_named_since_no_time_is_known(course, tmp_path):
    files = {
        "doejane_LATE_12345_67890_01_tensor.ipynb": TENSOR_1,
        "roemax_12346_67891_01_tensor.ipynb": TENSOR_2,
        "LATE_9_92_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_3),
    }
    for name, data in files.items():
        write(tmp_path / "inbox" / name, data)
    collected = collect(course, TENSOR, tmp_path / "inbox", NOW)
    (note,) = [n.message for n in collected.notes if "as late" in n.message]
    assert note.startswith("Canvas marks as late, and gives no time: doejane_12345.")


def late_notes(course, tmp_path, files, assignment=TENSOR):
    collected = collect(course, assignment, inbox_of(tmp_path, files), NOW)
    return [note.message for note in collected.notes if "as late" in note.message]


def test_a_late_mark_beside_a_time_that_says_the_contrary_is_named(course, tmp_path):
    due = replace(TENSOR, due=LATE)
    files = {
        "doejane_LATE_12345_67890_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_1),
        "roemax_LATE_12346_67891_01_tensor-20270203T100000Z.zip": own_zip(TENSOR_2),
        "leeann_12347_67892_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_3),
    }
    (note,) = late_notes(course, tmp_path, files, due)
    assert note.startswith("Canvas marks as late what doejane_12345 handed in, and their own files")


def test_a_late_file_that_is_refused_makes_nobody_late(course, tmp_path):
    files = {
        "doejane_12345_67890_01_tensor.ipynb": TENSOR_1,
        "doejane_LATE_12345_67891_scan.pdf": b"%PDF",
    }
    assert late_notes(course, tmp_path, files) == []


def test_of_many_who_are_late_five_are_named_and_the_rest_counted(course, tmp_path):
    files = {f"s{n}_LATE_{n}00_6789{n}_01_tensor.ipynb": TENSOR_1 for n in range(1, 8)}
    (note,) = late_notes(course, tmp_path, files)
    assert "no time: s1_100, s2_200, s3_300, s4_400, s5_500 and 2 more." in note


def test_the_timestamp_is_nbgraders_and_older_attempts_are_kept(course, tmp_path):
    inbox_files = {
        f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
        f"{EXCHANGE_2}/01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    stamp = course.submitted / "ann" / "01_tensor" / "timestamp.txt"
    assert stamp.read_text() == "2027-02-02 10:00:00.000000 UTC"
    store = Store(course, "01_tensor")
    first, second = store.of("ann")
    assert (first.stamp, second.when) == ("2027-02-01 10:00:00.123456 UTC", LATE)
    assert store.read(first) == {"01_tensor.ipynb": TENSOR_1}
    assert store.read(second) == {"01_tensor.ipynb": TENSOR_2}


def test_the_time_of_a_canvas_download_is_not_given_out_as_the_time_of_handing_in(course, tmp_path):
    inbox = inbox_of(tmp_path, {"doe_1_90_01_tensor.ipynb": TENSOR_1})
    assert collect(course, TENSOR, inbox, NOW).submissions[0].submitted_at is None


def test_a_time_in_the_future_is_not_believed(course, tmp_path):
    write(tmp_path / "inbox" / "ann" / "01_tensor.ipynb", TENSOR_1, EARLY)
    write(tmp_path / "inbox" / "ann" / "timestamp.txt", b"2099-01-01 00:00:00 UTC")
    collected = collect(course, TENSOR, tmp_path / "inbox", NOW)
    assert collected.submissions[0].submitted_at == EARLY
