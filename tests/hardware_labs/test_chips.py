"""The boards that pip alone emulates: each with its own chip, memory map and sizes."""

from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.boards import BOARDS, BoardKind, board_kind
from hardware_labs.cli import main
from hardware_labs.emulation.chips.tables import TABLES
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.emulation.peripherals import Peripherals
from hardware_labs.emulation.registers import Register, RegisterFile, pages
from hardware_labs.errors import BuildError
from hardware_labs.firmware.build import build
from hardware_labs.firmware.elf import segments
from hardware_labs.models.network import digits_model, unseen_digits, widened
from hardware_labs.protocol.command_set import fields

PIP_ALONE = [kind.name for kind in BOARDS if kind.emulator == "unicorn"]


@pytest.fixture(params=PIP_ALONE)
def kind(request: pytest.FixtureRequest) -> BoardKind:
    return board_kind(request.param)


def answers(kind: BoardKind, *commands: str) -> list[str]:
    board_output, _ = converse(build(kind, digits_model()).elf, kind, *commands)
    return board_output.split("\r\n")


def test_three_boards_need_pip_alone():
    assert PIP_ALONE == ["nano33", "nicla", "m4"]
    assert set(TABLES) == {board_kind(name).chip for name in PIP_ALONE}


def test_a_board_says_what_its_data_sheet_says(kind: BoardKind):
    info = fields(tuple(answers(kind, "info")), "info")
    assert (info["board"], info["core"]) == (kind.name, kind.core)
    sizes = [int(info[key]) for key in ("clock_hz", "flash_bytes", "ram_bytes")]
    assert sizes == [kind.clock_hz, kind.flash_bytes, kind.ram_bytes]


def test_the_vector_table_stands_where_flash_begins_and_the_stack_where_ram_ends(kind: BoardKind):
    parts = dict(segments(build(kind, digits_model()).elf.read_bytes()))
    stack, start = struct.unpack("<II", parts[kind.flash_address][:8])
    assert stack == kind.ram_address + kind.ram_bytes
    assert kind.flash_address < start < kind.flash_address + kind.flash_bytes


def test_the_boards_agree_bit_for_bit_with_the_specification(kind: BoardKind):
    model, (images, _) = digits_model(), unseen_digits()
    x = (np.rint(images[:12] / 16 / model.input_scale) + model.input_zero).astype(np.int8)
    commands = []
    for image in x.reshape(12, 64):
        halves = image[:32].tobytes().hex(), image[32:].tobytes().hex()
        commands += ["db load 64", *(f"db {half}" for half in halves), "infer 1 0"]
    lines = [line for line in answers(kind, *commands) if line.startswith("m-results-")]
    real = [[float(number) for number in line[11:-1].split(",")] for line in lines]
    int8_outputs = [np.rint(np.array(row) / model.output_scale).tolist() for row in real]
    assert int8_outputs == [outputs(model, image) for image in x]


def test_each_further_inference_costs_the_same_on_every_board(kind: BoardKind):
    elf = build(kind, digits_model()).elf
    counts = [converse(elf, kind, f"infer {n} 0")[1] for n in (2, 3, 4)]
    assert counts[1] - counts[0] == counts[2] - counts[1]
    assert converse(elf, kind, "infer 4 0")[1] == counts[2]


def test_the_memory_of_a_small_program_is_told_from_where_flash_begins(kind: BoardKind):
    memory = fields(tuple(answers(kind, "mem")), "mem")
    assert 8_000 < int(memory["flash_used"]) < 20_000
    assert int(memory["ram_used"]) < 1_000
    assert 64 < int(memory["stack_peak"]) < 1_000


def test_what_is_too_large_fails_with_the_boards_own_size(kind: BoardKind):
    wide = widened(digits_model(), kind.flash_bytes // 74 + 100)
    with pytest.raises(BuildError, match=rf"'FLASH' of {kind.flash_bytes} bytes: overflowed by"):
        build(kind, wide)
    small = replace(kind, ram_bytes=4096)
    with pytest.raises(BuildError, match="'RAM' of 4096 bytes: overflowed by"):
        build(small, digits_model())


def test_time_passes_at_the_rate_of_the_wire_on_every_board(kind: BoardKind):
    laps = [line for line in answers(kind, "timestamp", "timestamp") if "lap" in line]
    first, second = (int(line.rpartition("-")[2]) for line in laps)
    bytes_between = len(f"{laps[0]}\r\nm-ready\r\n") + len("timestamp%")
    assert abs((second - first) - bytes_between * 10e6 / 115200) < 200


@pytest.mark.parametrize("baud", [9600, 921600])
def test_at_another_rate_the_wire_takes_another_time(kind: BoardKind, baud: int):
    board_output, _ = converse(
        build(replace(kind, baud=baud), digits_model()).elf, kind, "info", *["timestamp"] * 2
    )
    laps = [line for line in board_output.split("\r\n") if "lap" in line]
    first, second = (int(line.rpartition("-")[2]) for line in laps)
    bytes_between = len(f"{laps[0]}\r\nm-ready\r\n") + len("timestamp%")
    assert f"m-info-[baud={baud}]" in board_output
    assert abs((second - first) - bytes_between * 10e6 / baud) < 250 + 0.025 * (second - first)


@pytest.mark.parametrize("name", ["nicla", "m4", "pi"])
def test_the_command_identifies_every_kind_that_needs_no_package(name: str):
    result = CliRunner().invoke(main, ["identify", f"emu:{name}?fast"])
    assert result.exit_code == 0, result.output
    assert f"board        {name}\n" in result.output


def test_a_board_that_runs_python_has_nothing_to_build():
    result = CliRunner().invoke(main, ["build", "pi"])
    assert result.exit_code == 1
    assert "runs a program in Python: there is nothing to build" in result.output


def test_a_register_that_no_table_has_is_a_word_of_memory():
    touched: list[int] = []
    peripherals: Peripherals = None  # type: ignore[assignment]  # these registers need none
    table = {
        0x40001004: Register(read=lambda _, word: word | 1),
        0x40002000: Register(write=lambda _, value: touched.append(value)),
    }
    registers = RegisterFile(table, peripherals)
    registers.write(0x40001004, 6)
    registers.write(0x40001008, 9)
    registers.write(0x40002000, 3)
    assert [registers.read(0x40001000 + at) for at in (0, 4, 8)] == [0, 7, 9]
    assert touched == [3]
    assert pages(table) == [0x40001000, 0x40002000]


def thousand_inferences(address: str) -> tuple[list[list[int]], list[tuple[str, ...]]]:
    """The int8 outputs, and what the board says of each one's instructions."""
    rng, model = np.random.default_rng(11), digits_model()
    values, counts = [], []
    with Board.connect(address, timeout_s=60) as board:
        for x in rng.integers(-128, 128, (1000, 64)).astype(np.int8):
            values.append(np.rint(board.infer(x).outputs / model.output_scale).tolist())
            counts.append(board.ask("layer"))
    return values, counts


@pytest.mark.slow
def test_four_boards_at_once_are_right_a_thousand_times_with_the_same_counts_twice():
    addresses = [f"emu:{name}?fast" for name in ("nano33", "nicla", "m4", "nano33")]
    with ThreadPoolExecutor(4) as pool:
        first = list(pool.map(thousand_inferences, addresses))
        second = list(pool.map(thousand_inferences, addresses))
    rng, model = np.random.default_rng(11), digits_model()
    inputs = rng.integers(-128, 128, (1000, 64)).astype(np.int8)
    right = [outputs(model, x) for x in inputs]
    assert [values for values, _ in first] == [right] * 4
    assert first == second
    assert first[0] == first[3]
