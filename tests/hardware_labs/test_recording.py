"""Data sets: what was recorded can be read back, and what was changed since is noticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_labs.board import Board
from hardware_labs.errors import BoardRefused, RecordingBroken, Stopped
from hardware_labs.protocol.command_set import Sample
from hardware_labs.recording.dataset import balance, counts, free_name, identity, load, save
from hardware_labs.recording.take import Take, checked_label, record
from hardware_labs.transports.link import ScriptedLink, unknown

WHO = {"name": "nano33"}
MADE_AT = "2026-01-02T03:04:05+00:00"
LABELS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", fullmatch=True)
VALUES = st.integers(-(2**31), 2**31 - 1)


def a_take(label: str = "idle", n: int = 5, rate_hz: int = 100, channels: int = 1) -> Take:
    samples = tuple(Sample(k, tuple(range(k, k + channels))) for k in range(n))
    return Take(label, rate_hz, n, samples, n / rate_hz)


def board_that_streams(*lines: str) -> Board:
    """A board whose stream is these lines."""

    def answer(command: str) -> list[str]:
        if command == "name":
            return ["m-name-dut-[script]"]
        return list(lines) if command.startswith("stream") else unknown(command)

    return Board(ScriptedLink(answer))


def test_what_an_emulated_board_streams_is_recorded_and_read_back(board: Board, tmp_path: Path):
    takes = [record(board, label, 200, 0.25) for label in ("idle", "wave")]
    path = save(tmp_path, "first", takes, identity(board), MADE_AT)
    manifest = json.loads(path.read_text())
    csv = (tmp_path / manifest["csv"]).read_bytes()
    assert manifest["board"]["name"] == "nano33"
    assert manifest["board"]["model"] == "digits-mlp-64-32-10"
    assert (manifest["rate_hz"], manifest["counts"]) == (200, {"idle": 50, "wave": 50})
    assert manifest["sha256"] == hashlib.sha256(csv).hexdigest()
    read = load(path).takes
    assert [take.samples for take in read] == [take.samples for take in takes]
    assert [take.label for take in read] == ["idle", "wave"]


@given(
    st.lists(st.tuples(LABELS, st.lists(VALUES, min_size=1, max_size=9)), min_size=1, max_size=4)
)
def test_any_takes_come_back_as_they_were(tmp_path_factory, spoken):
    takes = [
        Take(label, 50, len(values), tuple(Sample(k, (v,)) for k, v in enumerate(values)), 0.5)
        for label, values in spoken
    ]
    path = save(tmp_path_factory.mktemp("set"), "any", takes, WHO, MADE_AT)
    assert load(path).takes == tuple(takes)


@given(at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_a_csv_that_was_changed_anywhere_is_noticed(tmp_path_factory, at: int, mask: int):
    path = save(tmp_path_factory.mktemp("set"), "one", [a_take()], WHO, MADE_AT)
    csv = path.with_suffix(".csv")
    data = bytearray(csv.read_bytes())
    data[at % len(data)] ^= mask
    csv.write_bytes(bytes(data))
    with pytest.raises(RecordingBroken, match="changed or cut off after the recording"):
        load(path)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("format", "other", "its format is not"),
        ("csv", "../one.csv", "lies in another folder"),
        ("rate_hz", "100", "rate_hz missing or of another kind"),
        ("takes", [], "do not fit its manifest"),
    ],
)
def test_a_manifest_that_does_not_hold_is_refused(tmp_path: Path, key: str, value, words: str):
    path = save(tmp_path, "one", [a_take()], WHO, MADE_AT)
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {key: value}))
    with pytest.raises(RecordingBroken, match=words):
        load(path)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("label", "wave", "take 0 is labelled 'idle' in the CSV"),
        ("samples", 6, "it lists 6 samples and 0 lost, and 5 rows are there"),
        ("samples", 4, "it lists 4 samples"),
        ("lost", -1, "-1 lost"),
    ],
)
def test_a_take_that_the_manifest_tells_otherwise_than_the_rows_is_noticed(
    tmp_path: Path, key: str, value, words: str
):
    path = save(tmp_path, "one", [a_take()], WHO, MADE_AT)
    manifest = json.loads(path.read_text())
    manifest["takes"][0][key] = value
    path.write_text(json.dumps(manifest))
    with pytest.raises(RecordingBroken, match=words):
        load(path)


@pytest.mark.parametrize(("key", "value"), [("counts", {"idle": 6}), ("channels", 3)])
def test_a_manifest_that_counts_otherwise_than_the_rows_is_noticed(tmp_path: Path, key: str, value):
    path = save(tmp_path, "one", [a_take()], WHO, MADE_AT)
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(RecordingBroken, match=r"it counts|it tells"):
        load(path)


def test_a_save_that_is_cut_off_between_its_two_files_loses_nothing(tmp_path: Path):
    path = save(tmp_path, "one", [a_take("idle")], WHO, MADE_AT)
    draft = tmp_path / "one.json.part"
    draft.mkdir()  # so the manifest cannot be written, after the CSV has been
    with pytest.raises(OSError, match=r"one\.json\.part"):
        save(tmp_path, "one", [a_take("idle"), a_take("wave")], WHO, MADE_AT)
    assert [take.label for take in load(path).takes] == ["idle"]
    draft.rmdir()
    save(tmp_path, "one", [a_take("idle"), a_take("wave")], WHO, MADE_AT)
    assert [take.label for take in load(path).takes] == ["idle", "wave"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["one.csv", "one.json"]


def test_a_free_name_is_one_under_which_nothing_lies(tmp_path: Path):
    assert free_name(tmp_path, "dataset") == "dataset"
    save(tmp_path, "dataset", [a_take()], WHO, MADE_AT)
    (tmp_path / "dataset-2.csv").touch()
    assert free_name(tmp_path, "dataset") == "dataset-3"


def test_a_recording_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(RecordingBroken, match="cannot be read"):
        load(tmp_path / "none.json")


def test_samples_that_the_board_left_out_are_counted():
    board = board_that_streams("m-s-0,5", "m-s-1,6", "m-s-4,7", "m-stream-[late=2]")
    take = record(board, "wave", 50, 0.1)
    assert (take.wanted, len(take.samples), take.lost) == (5, 3, 2)


def test_a_take_without_samples_or_with_changing_channels_is_refused():
    with pytest.raises(BoardRefused, match="no sample came"):
        record(board_that_streams("m-stream-[late=5]"), "wave", 50, 0.1)
    with pytest.raises(BoardRefused, match=r"the samples have \[1, 2\] values"):
        record(board_that_streams("m-s-0,1", "m-s-1,1,2"), "wave", 50, 0.1)


def test_a_stopped_take_is_not_kept_and_the_board_goes_on(board: Board):
    samples: list[Sample] = []
    with pytest.raises(Stopped, match="'wave' was stopped"):
        record(board, "wave", 100, 60, stopped=lambda: len(samples) >= 5, on_sample=samples.append)
    assert len(samples) == 5
    assert board.ask("name") == ("m-name-dut-[nano33]",)


@pytest.mark.parametrize("text", ["", " idle", "a,b", "=1+1", "-x", "é", "x" * 33, "a\nb"])
def test_a_label_that_would_break_a_table_is_refused(text: str):
    with pytest.raises(ValueError, match="A label has 1 to 32 letters"):
        checked_label(text)


@pytest.mark.parametrize(("rate_hz", "seconds"), [(0, 1.0), (10_001, 1.0), (50, 0.0), (100, 1e9)])
def test_a_length_or_rate_that_cannot_be_is_refused_before_the_board_is_asked(rate_hz, seconds):
    board = board_that_streams()
    with pytest.raises(ValueError, match=r"samples; a take has 1 to|A rate is 1 to 10000 Hz"):
        record(board, "wave", rate_hz, seconds)


def test_a_label_that_cannot_be_is_refused_before_the_board_is_asked():
    board = board_that_streams("m-s-0,1", "m-stream-[late=0]")
    before = len(board.log)
    with pytest.raises(ValueError, match="A label has 1 to 32 letters"):
        record(board, "a b", 50, 0.02)
    assert len(board.log) == before


def test_takes_of_different_rates_or_channels_do_not_share_a_data_set(tmp_path: Path):
    for other in (a_take(rate_hz=50), a_take(channels=3)):
        with pytest.raises(ValueError, match="One data set has one rate"):
            save(tmp_path, "mixed", [a_take(), other], WHO, MADE_AT)
    assert not list(tmp_path.iterdir())


def test_the_balance_is_said_in_words():
    assert balance({}) == "Nothing is recorded yet."
    assert "needs at least two" in balance(counts([a_take("idle")]))
    assert balance({"idle": 100, "wave": 150}).startswith("Balanced: 2 labels, 100 to 150")
    assert "none has more than 2 times the samples" in balance({"idle": 55, "wave": 100})
    assert balance({"idle": 100, "wave": 250}).endswith("Record more of 'idle'.")
