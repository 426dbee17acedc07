"""The record: a chain in which every change is found, and predictions that come first."""

import json
import multiprocessing
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from coursekit.chain import plain, sha256, text
from coursekit.record import Record
from coursekit.syllabus import CourseError
from hypothesis import given, settings
from hypothesis import strategies as st


def moment():
    return datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def record(tmp_path):
    return Record(tmp_path / "x01.record.jsonl", moment)


def filled(path):
    record = Record(path, moment)
    record.predict("limit", {"device": "nrf52840", "says": "memory"})
    record.run("limit", {"bytes": 262_144, "fits": False})
    record.append("measurement", {"gflops": [1.5, 2.25], "method": "model"})
    return path.read_bytes()


RECORD_BYTES = filled(Path(tempfile.mkdtemp()) / "r.jsonl")


def test_entries_follow_one_another(record):
    first = record.append("design", {"batch": 1})
    second = record.append("design", {"batch": 2})
    assert (first["n"], first["prev"]) == (1, "0" * 64)
    assert (second["n"], second["prev"]) == (2, first["sha256"])
    assert second["time"] == "2027-02-01T09:00:00.000+00:00"
    assert [entry["body"]["batch"] for entry in record.entries("design")] == [1, 2]
    assert record.verify() == ""


def test_a_record_that_does_not_exist_yet_is_unbroken(record):
    assert record.entries() == []
    assert record.verify() == ""
    assert not record.path.exists()


def test_each_line_hashes_to_its_own_sha256(record):
    record.append("design", {"b": 1, "a": "é"})
    entry = json.loads(record.path.read_text(encoding="ascii"))
    assert entry.pop("sha256") == sha256(entry)


@settings(max_examples=400)
@given(at=st.integers(0, len(RECORD_BYTES) - 1), byte=st.integers(0, 255))
def test_any_changed_byte_is_found(at, byte):
    changed = bytearray(RECORD_BYTES)
    changed[at] = byte if byte != RECORD_BYTES[at] else (byte + 1) % 256
    with tempfile.TemporaryDirectory() as folder:
        record = Record(Path(folder) / "r.jsonl")
        record.path.write_bytes(bytes(changed))
        assert record.verify() != ""


@settings(max_examples=100)
@given(data=st.binary(max_size=200))
def test_verifying_rubbish_is_a_sentence_and_never_a_crash(data):
    with tempfile.TemporaryDirectory() as folder:
        record = Record(Path(folder) / "r.jsonl")
        record.path.write_bytes(data + b"x")
        assert record.verify().endswith(".")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[" * 100_000, "Line 1 is not an entry"),
        (b"__import__('os').abort()", "Line 1 is not an entry"),
        (b'{"n": 1' + b"0" * 5000 + b"}", "Line 1 is not an entry"),
        (b"\xff\xfe", "Line 1 is not an entry"),
    ],
)
def test_a_hostile_line_is_named(record, line, message):
    record.path.write_bytes(line + b"\n")
    assert message in record.verify()
    assert record.entries() == []


def test_a_line_taken_out_is_named(record):
    filled(record.path)
    lines = record.path.read_bytes().splitlines(keepends=True)
    record.path.write_bytes(b"".join(lines[:1] + lines[2:]))
    assert record.verify().startswith("Entry 2 does not follow the one before it")


def test_the_same_value_spelled_otherwise_is_a_change(record):
    filled(record.path)
    record.path.write_bytes(RECORD_BYTES.replace(b"2.25]", b"2.250]"))
    assert record.verify() == "Entry 4 (measurement) was changed after it was written."


def test_a_prediction_comes_before_its_run(record):
    with pytest.raises(CourseError, match="has no prediction yet"):
        record.run("limit", 1)
    record.predict("limit", "memory")
    record.run("limit", 262_144)
    assert [entry["kind"] for entry in record.entries()] == ["commit", "prediction", "run"]
    assert (record.prediction("limit"), record.runs("limit")) == ("memory", [262_144])
    assert record.verify() == ""


def test_running_everything_twice_is_fine(record):
    locked = [record.predict("limit", value) for value in ("memory", "memory")]
    record.run("limit", 1)
    locked.append(record.predict("limit", "memory"))
    record.run("limit", 1)
    assert locked[0] == locked[1] == locked[2]
    assert len(record.entries("prediction")) == 1
    assert len(record.runs("limit")) == 2
    assert record.verify() == ""


def test_a_prediction_may_change_before_the_run_and_not_after(record):
    record.predict("limit", "memory")
    record.predict("limit", "compute")
    record.run("limit", 1)
    before = record.path.read_bytes()
    with pytest.raises(CourseError, match="so its prediction stays 'compute'"):
        record.predict("limit", "memory")
    assert record.path.read_bytes() == before
    assert record.prediction("limit") == "compute"


def test_runs_of_one_question_lock_no_other(record):
    record.predict("limit", 1)
    record.run("limit", 1)
    record.predict("deadline", 2)
    assert record.verify() == ""


def test_a_prediction_slipped_in_by_hand_is_named(record):
    record.append("commit", {"question": "q", "sha256": "0" * 64})
    record.append("prediction", {"question": "q", "value": 1, "nonce": "a"})
    assert record.verify() == "Entry 2 predicts 'q' otherwise than was committed."


def test_a_run_slipped_in_by_hand_is_named(record):
    record.append("run", {"question": "q"})
    assert record.verify() == "Entry 1 runs 'q' before it was predicted."
    with pytest.raises(CourseError, match="was run before it was predicted"):
        record.predict("q", 1)


def test_bodies_that_are_no_table_are_no_trouble(record):
    for kind in ("run", "prediction", "commit"):
        record.append(kind, 5)
    record.predict("q", 1)
    assert record.prediction("q") == 1


def test_numpy_numbers_are_numbers(record):
    body = {"x": np.float32(0.5), "n": np.int64(3), "ok": np.bool_(True), "a": np.arange(3)}
    entry = record.append("measurement", body)
    assert entry["body"] == {"x": 0.5, "n": 3, "ok": True, "a": [0, 1, 2]}
    assert record.entries()[0] == entry
    assert record.verify() == ""


@given(st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_body_comes_back_as_it_was_given(body):
    assert json.loads(text(plain(body))) == body


@pytest.mark.parametrize("body", [float("nan"), {"x": float("inf")}, object(), np.float64("nan")])
def test_what_json_cannot_hold_is_a_sentence(record, body):
    with pytest.raises(CourseError, match="Write None where there is no number"):
        record.append("run", body)
    assert record.verify() == ""


def test_a_torn_last_line_is_set_aside_and_said(record):
    filled(record.path)
    record.path.write_bytes(RECORD_BYTES[:-20])
    assert "has no end" in record.verify()
    with pytest.warns(UserWarning, match="Line 4 has no end.*It was set aside"):
        record.append("design", {"batch": 1})
    torn = record.entries("torn")[0]["body"]["text"]
    assert torn.encode() == RECORD_BYTES[:-20].splitlines()[-1]
    assert [entry["kind"] for entry in record.entries()][-2:] == ["torn", "design"]
    assert record.verify() == ""


def test_a_damaged_last_line_stops_the_record_and_loses_nothing(record):
    record.path.write_bytes(RECORD_BYTES + b"rubbish\n")
    with pytest.raises(CourseError, match=r"Line 5 of x01\.record\.jsonl is damaged"):
        record.append("design", {})
    assert record.path.read_bytes() == RECORD_BYTES + b"rubbish\n"


def hundred_entries(path, who):
    for number in range(100):
        Record(path).append("run of two", {"who": who, "number": number})


def test_two_processes_at_once_lose_nothing(record):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=hundred_entries, args=(record.path, who)) for who in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert record.verify() == ""
    for who in "ab":
        mine = [e["body"]["number"] for e in record.entries() if e["body"]["who"] == who]
        assert mine == list(range(100))
