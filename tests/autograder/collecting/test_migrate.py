"""A store of text journals is brought over to SQLite once, whole, and by its own command."""

import hashlib
import json

import pytest
from click.testing import CliRunner
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, write_course

from autograder.collecting.rejected import rejected_files
from autograder.collecting.store import Store
from autograder.collecting.verify import verify
from autograder.commands.cli import main

DATA = json.dumps(answered(RIGHT_DOUBLE, RIGHT_SQUARE)).encode()
DIGEST = hashlib.sha256(DATA).hexdigest()
SENTENCE = "'cid.ipynb' is empty."


def line(**row):
    text = json.dumps(row, sort_keys=True)
    check = hashlib.sha256(text.encode()).hexdigest()[:16]
    return json.dumps({**row, "check": check}, sort_keys=True) + "\n"


def hand_in(number, student):
    times = {"when": "2027-02-01T10:00:00+00:00", "taken": "2027-03-01T00:00:00+00:00"}
    identity = {"assignment": "functions", "number": number, "student": student}
    return line(**identity, **times, files={"functions.ipynb": DIGEST}, certain=True, stamp="")


@pytest.fixture
def old_store(tmp_path):
    course = write_course(tmp_path / "course", proofs="")
    files = {
        course.store / "objects" / DIGEST[:2] / DIGEST: DATA,
        course.store / "journal" / "functions.jsonl": (
            hand_in(1, "ann") + hand_in(2, "bob")
        ).encode(),
        course.aside / "functions" / "aside.jsonl": line(
            number=1,
            student="cid",
            file="cid.ipynb",
            says="'cid.ipynb' is empty.",
            kept="",
            when=None,
        ).encode(),
    }
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return course


def run(course, *words):
    return CliRunner().invoke(main, [*words, "--course", str(course.root)])


def test_an_old_store_is_brought_over_once(old_store):
    first = run(old_store, "migrate-store")
    assert first.exit_code == 0
    assert "functions.jsonl: 2 rows brought over, 2 are in store.db" in first.output
    assert "aside.jsonl: 1 rows brought over, 1 are in store.db" in first.output
    assert run(old_store, "migrate-store").output.count(": 0 rows brought over") == 2
    store = Store(old_store, "functions")
    assert [(h.number, h.student) for h in store.all()] == [(1, "ann"), (2, "bob")]
    assert store.read(store.all()[0]) == {"functions.ipynb": DATA}
    assert [h.number for h in store.with_file(DIGEST)] == [1, 2]
    (rejected,) = rejected_files(old_store, old_store.assignments[0])
    assert (rejected.student, rejected.message) == ("cid", SENTENCE)
    assert verify(old_store) == []


def test_other_commands_say_to_migrate_first(old_store):
    for words in (["verify"], ["hand-ins", "functions"]):
        result = run(old_store, *words)
        assert result.exit_code == 1
        assert "Run: autograder migrate-store" in result.stderr


def test_a_damaged_line_is_named_and_the_others_come_over(old_store):
    path = old_store.store / "journal" / "functions.jsonl"
    path.write_text(path.read_text().replace("ann", "eve"))
    assert "line 1 of" in run(old_store, "migrate-store").output
    assert [h.student for h in Store(old_store, "functions").all()] == ["bob"]


def test_without_a_journal_there_is_nothing_to_do(tmp_path):
    course = write_course(tmp_path / "course", proofs="")
    assert "nothing is to be brought over" in run(course, "migrate-store").output
    assert not course.store.exists()
