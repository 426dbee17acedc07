"""Streams of recorded data: the firmware reads an emulated sensor, row by row."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation import sensor_files
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.emulation.sensor import BASE, CLASS, ID, NAME, ROW, VALUES, Sensor
from hardware_labs.emulation.sensor_data import recording
from hardware_labs.emulation.sensor_files import FILES
from hardware_labs.errors import BoardMissing, BoardRefused
from hardware_labs.firmware.build import build
from hardware_labs.models.network import digits_model
from hardware_labs.protocol.command_set import fields

DATA = Path(__file__).parents[2] / "course" / "data"
WIRE_BYTES_PER_S = 11_520


def samples(board_output: str) -> list[list[int]]:
    return [list(map(int, line.split(","))) for line in re.findall(r"m-s-(\S+)", board_output)]


@pytest.mark.parametrize("name", ["nano33", "nicla", "m4"])
@pytest.mark.parametrize("source", FILES)
def test_a_stream_is_the_recording_row_by_row(name: str, source: str):
    kind = board_kind(name)
    elf = build(kind, digits_model()).elf
    board_output, _ = converse(elf, kind, f"set source {source}", "stream 100 40")
    rows = recording(source).values[:40].tolist()
    assert samples(board_output) == [[k, *row] for k, row in enumerate(rows)]


def test_a_board_says_that_its_stream_is_recorded_and_under_which_licence(board: Board):
    assert board.info()["source_data"] == "synthesised by the firmware"
    assert board.info()["sources"] == "test,motion,mote,speech"
    board.ask("set source motion")
    info = board.info()
    assert info["source"] == "motion" and "BSD-3" in info["source_data"]
    assert info["source_axes"].split(",") == ["ax", "ay", "az", "gx", "gy", "gz"]
    board.ask("set source test")
    assert board.info()["source"] == "test"


def test_one_class_of_movement_is_played_alone(board: Board):
    board.ask("set source motion")
    running = board.info()["source_classes"].split(",").index("running")
    board.ask(f"set class {running}")
    played = recording("motion")
    assert int(board.info()["source_rows"]) == np.sum(played.labels == running) == 2000
    rows = played.values[played.labels == running][:30]
    assert [sample.values for sample in board.stream(100, 30)] == [tuple(row) for row in rows]


def test_a_recording_repeats_from_its_beginning():
    registers = Sensor().registers()
    spell = registers[BASE + NAME].write
    assert spell is not None
    for letter in b"motion\0":
        spell(None, letter)  # type: ignore[arg-type]  # the sensor needs nothing of the board
    length = len(recording("motion").values)
    read, write = registers[BASE + VALUES].read, registers[BASE + ROW].write
    assert read is not None and write is not None
    write(None, 3)  # type: ignore[arg-type]
    first = read(None, 0)  # type: ignore[arg-type]
    write(None, length + 3)  # type: ignore[arg-type]
    assert read(None, 0) == first == recording("motion").values[3, 0]  # type: ignore[arg-type]


def test_where_the_recordings_are_not_there_a_board_has_the_test_signal(tmp_path, monkeypatch):
    monkeypatch.setattr(sensor_files, "FOLDER", tmp_path)
    kind = board_kind("nano33")
    elf = build(kind, digits_model()).elf
    board_output, _ = converse(elf, kind, "info", "set source motion", "stream 100 2")
    assert "m-info-[sources=test]" in board_output
    assert "e-[set source takes test; not motion]" in board_output
    assert len(samples(board_output)) == 2


def test_six_axes_fit_the_wire_at_100_hz_and_at_1000_hz_late_rows_are_left_out_and_counted():
    kind = board_kind("nano33")
    elf = build(kind, digits_model()).elf
    slow, _ = converse(elf, kind, "set source motion", "stream 100 300")
    fast, _ = converse(elf, kind, "set source motion", "stream 1000 300")
    assert len(samples(slow)) == 300 and "m-stream-[late=0]" in slow
    late = int(fields(tuple(fast.split("\r\n")), "stream")["late"])
    assert late > 100 and len(samples(fast)) + late == 300
    line_bytes = len(slow[slow.index("m-s-") :]) / 300
    assert 100 * line_bytes < WIRE_BYTES_PER_S < 1000 * line_bytes


@pytest.mark.parametrize(
    "commands, complaint",
    [
        (["set source radar"], r"set source takes test,motion,mote,speech; not radar"),
        (["set class 1"], r"set class takes the number of a class"),
        (["set source mote", "set class 7"], r"set class takes the number of a class"),
    ],
)
def test_a_source_that_is_not_there_is_refused_in_a_sentence(
    board: Board, commands: list[str], complaint: str
):
    with pytest.raises(BoardRefused, match=complaint):
        for command in commands:
            board.ask(command)
    assert board.ping() > 0


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([NAME, CLASS, ROW]), st.integers(0, 2**32 - 1))))
def test_whatever_is_written_into_the_sensor_it_still_reads_as_one(writes):
    registers = Sensor().registers()
    for offset, value in writes:
        registers[BASE + offset].write(None, value)
    assert registers[BASE + ID].read(None, 0) == 0x534E4553
    values = [registers[BASE + VALUES + 4 * axis].read(None, 0) for axis in range(8)]
    assert all(isinstance(value, int) for value in values)


@pytest.mark.parametrize("name", ["motion.npz", "motes.npz", "speech.npz"])
def test_a_slice_is_small_and_named_by_its_check_sum_licence_and_script(name: str):
    data = (DATA / name).read_bytes()
    readme = (DATA / "README.md").read_text()
    assert len(data) < 1_000_000
    assert (sensor_files.FOLDER / name).read_bytes() == data
    assert f"{hashlib.sha256(data).hexdigest()}  {name}" in readme
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{name}`"))
    assert any(licence in row for licence in ("BSD-3", "CC BY 4.0", "CC BY-SA 3.0"))
    assert (DATA / name).with_suffix(".py").exists()


def test_a_recording_that_is_not_there_names_those_that_are():
    with pytest.raises(BoardMissing, match=r"no recording 'radar'\. There is: motion, mote"):
        recording("radar")


def test_the_movements_differ_as_movements_do():
    played = recording("motion")
    shake = [
        played.values[played.labels == k, :3].std() for k in range(len(played.classes))
    ]  # standing, running, walking, badminton
    assert shake[0] < shake[2] < shake[3] < shake[1]
