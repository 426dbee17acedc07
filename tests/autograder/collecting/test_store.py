"""Nothing that was acknowledged is lost: killed, torn, full, read-only, and with a wrong clock."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

import pytest
from course_files import powerless, tree
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, write_course

from autograder.collecting.collect import collect
from autograder.collecting.database import Database, insert_row
from autograder.collecting.store import Store, find, take_out
from autograder.collecting.time_stamps import STAMP
from autograder.collecting.verify import verify
from autograder.files import UNFINISHED
from autograder.model import CourseError
from autograder.settings.open_course import open_course

HERE = Path(__file__).parents[1]
NOW = datetime(2027, 3, 1, tzinfo=UTC)
STUDENTS, ATTEMPTS = 6, 2


def work(student: int, attempt: int) -> bytes:
    answer = f"{RIGHT_DOUBLE}\n# {student} {attempt}"
    return json.dumps(answered(answer, RIGHT_SQUARE)).encode()


def name(student: int, attempt: int) -> str:
    return f"functions_s{student}_attempt_2027-02-0{attempt + 1}-10-00-00_functions.ipynb"


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course", proofs="")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    for student in range(STUDENTS):
        for attempt in range(ATTEMPTS):
            (folder / name(student, attempt)).write_bytes(work(student, attempt))
    (folder / "functions_s9_attempt_2027-02-01-10-00-00_functions.ipynb").write_bytes(b"{")
    return folder


def collect_inbox(course, inbox, now=NOW):
    return collect(course, course.assignments[0], inbox, now)


def expected():
    return [
        (f"s{student}", attempt + 1, work(student, attempt))
        for student in range(STUDENTS)
        for attempt in range(ATTEMPTS)
    ]


def stored_hand_ins(course):
    store = Store(course, "functions")
    return [(h.student, h.when.day, store.read(h)["functions.ipynb"]) for h in store.all()]


def test_every_hand_in_is_kept_once_and_the_latest_stands_in_submitted(course, inbox):
    collected = collect_inbox(course, inbox)
    assert stored_hand_ins(course) == expected()
    assert verify(course) == []
    assert tree(course.submitted)["s3/functions/functions.ipynb"] == work(3, 1)
    assert [r.number for r in collected.hand_ins] == list(range(1, STUDENTS * ATTEMPTS + 1))


def test_a_receipt_names_the_student_the_time_and_the_bytes(course, inbox):
    receipt = collect_inbox(course, inbox).hand_ins[1]
    assert str(receipt).startswith(
        "s0: functions hand-in 2, 2027-02-02 10:00:00 UTC, functions.ipynb "
    )


def test_a_receipt_of_course_submit_finds_its_hand_in(course, inbox):
    receipts = collect_inbox(course, inbox).hand_ins
    listed = {"name": "functions.ipynb", "sha256": dict(receipts[3].files)["functions.ipynb"]}
    assert find(course, course.assignments[0], {"files": [listed]}) == [receipts[3]]
    assert find(course, course.assignments[0], {"files": [{**listed, "sha256": "0"}]}) == []


@pytest.mark.parametrize("slip", [{}, {"files": 3}, {"files": ["x"]}])
def test_something_else_than_a_receipt_is_said(course, slip):
    with pytest.raises(CourseError, match=r"\.receipt\.json of 'course submit'"):
        find(course, course.assignments[0], slip)


def test_an_older_attempt_can_be_taken_out_again(course, inbox, tmp_path):
    first = collect_inbox(course, inbox).hand_ins[0]
    take_out(course, first, tmp_path / "old")
    assert tree(tmp_path / "old") == {
        "functions.ipynb": work(0, 0),
        STAMP: b"2027-02-01 10:00:00.000000 UTC",
    }


COLLECT = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from autograder.collecting.collect import collect
from autograder.settings.open_course import open_course

course = open_course(Path(sys.argv[1]))

def took(hand_in):
    print(hand_in.number, hand_in.student, dict(hand_in.files)["functions.ipynb"], flush=True)

print("ready", flush=True)
now = datetime(2027, 3, 1, tzinfo=UTC)
collect(course, course.assignments[0], Path(sys.argv[2]), now, took)
print("done", flush=True)
"""


def killed_after(seconds, course, inbox):
    """What a collecting process had acknowledged when it was killed."""
    command = [sys.executable, "-c", COLLECT, str(course.root), str(inbox)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        return [line.split() for line in child.stdout if line.endswith("\n")]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("kills", [12, pytest.param(40, marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_loses_no_acknowledged_hand_in(course, inbox, tmp_path, kills):
    copytree(course.root, tmp_path / "whole")
    start = time.perf_counter()
    collect_inbox(open_course(tmp_path / "whole"), inbox)
    expected_tree, lasts = tree(tmp_path / "whole"), time.perf_counter() - start
    generator, unfinished = random.Random(7), 0
    for run in range(kills):
        root = tmp_path / "killed" / str(run)
        copytree(course.root, root)
        broken = open_course(root)
        lines = killed_after(generator.uniform(0, lasts), broken, inbox)
        files_by_number = {str(h.number): dict(h.files) for h in Store(broken, "functions").all()}
        acknowledged = [line for line in lines if line != ["done"]]
        unfinished += len(acknowledged) < STUDENTS * ATTEMPTS
        assert all(files_by_number[n]["functions.ipynb"] == digest for n, _, digest in acknowledged)
        assert verify(broken) == []
        collect_inbox(broken, inbox)
        assert tree(root) == expected_tree
        rmtree(root)
    assert unfinished >= kills // 4


def edit(course, statement):
    """Change store.db behind the store's back."""
    with closing(sqlite3.connect(course.store / "store.db")) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE hand_ins SET student = 's1' WHERE number = 5",
        "UPDATE hand_ins SET body = replace(body, '2027', '2026') WHERE number = 5",
        "UPDATE hand_ins SET checksum = '' WHERE number = 5",
    ],
)
def test_an_edited_row_is_named_and_collecting_again_heals_it(course, inbox, change):
    collect_inbox(course, inbox)
    edit(course, change)
    (message,) = [m for m in verify(course) if "is damaged" in m]
    assert message.startswith("hand-in 5 of 'functions' in ")
    collect_inbox(course, inbox)
    assert sorted(stored_hand_ins(course)) == expected()


def test_rows_taken_out_are_noticed(course, inbox):
    collect_inbox(course, inbox)
    edit(course, "DELETE FROM hand_ins WHERE number = 4")
    assert any("not in order before hand-in 5" in message for message in verify(course))


def test_a_file_missing_from_the_index_of_receipts_is_noticed(course, inbox):
    collect_inbox(course, inbox)
    edit(course, "DELETE FROM hand_in_files WHERE number = 4")
    (message,) = verify(course)
    assert "hand-in 4 of 'functions'" in message


def test_an_edited_row_of_a_rejected_file_is_noticed(course, inbox):
    collect_inbox(course, inbox)
    edit(course, "UPDATE rejected_files SET student = 's1'")
    (message,) = verify(course)
    assert message.startswith("rejected file 1 of 'functions'")


def test_a_damaged_database_is_said_and_left_as_it_is(course, inbox):
    collect_inbox(course, inbox)
    path = course.store / "store.db"
    path.write_bytes(b"rot" * 5000)
    objects = tree(course.store / "objects")
    for act in (lambda: collect_inbox(course, inbox), lambda: verify(course)):
        with pytest.raises(CourseError, match=r"store\.db is damaged .*from a backup"):
            act()
    assert path.read_bytes() == b"rot" * 5000
    assert tree(course.store / "objects") == objects


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(b"rot")])
def test_a_lost_or_rotten_object_is_named_and_collecting_again_heals_it(course, inbox, harm):
    receipts = collect_inbox(course, inbox).hand_ins
    digest = dict(receipts[5].files)["functions.ipynb"]
    harm(course.store / "objects" / digest[:2] / digest)
    (message,) = [s for s in verify(course) if "hand-in 6" in s]
    assert "'functions.ipynb' of s2" in message
    collect_inbox(course, inbox)
    assert verify(course) == []


def test_what_was_put_into_submitted_by_hand_is_named_and_can_be_collected(course, inbox):
    collect_inbox(course, inbox)
    (course.submitted / "s0" / "functions" / "functions.ipynb").write_bytes(work(7, 7))
    (message,) = verify(course)
    assert "which the store does not" in message
    assert message.endswith("with: autograder collect functions submitted")
    collect_inbox(course, course.submitted)
    assert verify(course) == []


@contextmanager
def small_files(size):
    """Every write past `size` bytes of a file fails, as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 100, 700, 3600, 9000, 20_000, 32_768, 40_000, 60_000])
def test_a_disk_that_takes_no_more_is_said_and_does_no_damage(course, inbox, size):
    with (
        small_files(size),
        pytest.raises(CourseError, match=r"cannot be written .*taken before is kept"),
    ):
        collect_inbox(course, inbox)
    assert verify(course) == []
    assert stored_hand_ins(course) == expected()[: len(stored_hand_ins(course))]
    collect_inbox(course, inbox)
    assert stored_hand_ins(course) == expected()
    assert not list(course.root.rglob(f"{UNFINISHED}*"))


@pytest.fixture
def tiny_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(disk)]
    if os.name == "nt" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_more_room_goes_on(course, inbox, tiny_disk):
    full = open_course(Path(copytree(course.root, tiny_disk / "course")))
    with pytest.raises(CourseError, match="No space left on device"):
        collect_inbox(full, inbox)
    assert verify(full) == []
    subprocess.run(["mount", "-o", "remount,size=4m", str(tiny_disk)], check=True)
    collect_inbox(full, inbox)
    assert stored_hand_ins(full) == expected()


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_a_store_that_cannot_be_written_is_said(inbox):
    root = Path(mkdtemp(dir="/tmp"))
    course = write_course(root / "course", proofs="")
    with suppress(OSError):
        copytree(inbox, root / "inbox")
    collect_inbox(course, root / "inbox" / name(0, 0))
    before = tree(course.root)
    with powerless(root):
        for folder in (course.store, course.store / "objects"):
            folder.chmod(0o500)
        (course.store / "store.db").chmod(0o400)
        with pytest.raises(CourseError, match=r"store.* cannot be written \(Permission denied\)"):
            collect_inbox(course, root / "inbox")
    assert {n: d for n, d in tree(course.root).items() if "aside" not in n} == before
    for folder in (course.store, course.store / "objects"):
        folder.chmod(0o700)
    (course.store / "store.db").chmod(0o600)
    collect_inbox(course, root / "inbox")
    assert stored_hand_ins(course) == expected()
    rmtree(root)


def test_a_clock_that_went_back_is_said_and_changes_nothing(course, inbox):
    first = collect_inbox(course, inbox)
    before = tree(course.root)
    again = collect_inbox(course, inbox, NOW - timedelta(days=1000))
    assert tree(course.root) == before
    assert (
        "it was 2027-03-01 00:00 UTC when 'functions' was last collected" in again.notes[0].message
    )
    assert replace(again, notes=()) == first


def test_hand_ins_are_numbered_in_the_order_they_were_taken_whatever_the_clock_says(course, inbox):
    collect_inbox(course, inbox / name(1, 1))
    collect_inbox(course, inbox / name(1, 0), NOW - timedelta(days=1000))
    store = Store(course, "functions")
    assert [(h.number, h.when.day) for h in store.all()] == [(1, 2), (2, 1)]
    assert [h.when.day for h in store.of("s1")] == [1, 2]
    assert (course.submitted / "s1/functions/functions.ipynb").read_bytes() == work(1, 1)


def test_two_collects_at_once_end_with_the_store_of_one(course, inbox, tmp_path):
    copytree(course.root, tmp_path / "whole")
    collect_inbox(open_course(tmp_path / "whole"), inbox)
    command = [sys.executable, "-c", COLLECT, str(course.root), str(inbox)]
    pair = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in pair] == [0, 0]
    assert tree(course.root) == tree(tmp_path / "whole")
    assert verify(course) == []


def test_a_place_in_submitted_that_is_taken_costs_nobody_else(course, inbox):
    course.submitted.mkdir()
    (course.submitted / "s2").write_text("a file where a folder should be")
    collected = collect_inbox(course, inbox)
    assert stored_hand_ins(course) == expected()
    assert [s.student for s in collected.submissions] == ["s0", "s1", "s3", "s4", "s5"]
    assert any("of s2 is kept, but could not be put into" in a.message for a in collected.rejected)
    (course.submitted / "s2").unlink()
    assert len(collect_inbox(course, inbox).submissions) == STUDENTS


def test_a_row_is_on_disk_before_the_transaction_ends(course):
    with Database(course).transaction() as connection:
        insert_row(connection, "rejected_files", {**ROW, "number": 1})
    assert Database(course).rows("SELECT number, student FROM rejected_files") == [(1, "ann")]


def test_a_transaction_that_fails_leaves_nothing(course):
    with pytest.raises(KeyError), Database(course).transaction() as connection:
        insert_row(connection, "rejected_files", {**ROW, "number": 1})
        raise KeyError
    assert Database(course).rows("SELECT * FROM rejected_files") == []


ROW = {"assignment": "functions", "student": "ann"}
