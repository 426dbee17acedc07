"""The boards that take Debian packages: an Arduino Uno in simavr, a Cortex-M55 in QEMU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.boards import BOARDS, board_kind
from hardware_labs.cli import main
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardMissing, BuildError
from hardware_labs.firmware import build as building
from hardware_labs.firmware.build import build
from hardware_labs.firmware.elf import sizes
from hardware_labs.models.network import digits_model, unseen_digits, widened
from hardware_labs.packages import missing_packages, need_packages

UNO, M55 = board_kind("uno"), board_kind("m55")


def skip_without_packages(name: str) -> pytest.MarkDecorator:
    missing = missing_packages(board_kind(name))
    return pytest.mark.skipif(bool(missing), reason=f"apt install {' '.join(missing)}")


EITHER = [pytest.param(name, marks=skip_without_packages(name)) for name in ("uno", "m55")]


def digits(n: int) -> np.ndarray:
    images = unseen_digits()[0][:n].reshape(n, 64)
    return (np.rint(images / 16 * 255) - 128).astype(np.int8)


@pytest.mark.parametrize("name", EITHER)
def test_each_agrees_with_the_specification_bit_for_bit(name: str):
    model = digits_model()
    with Board.connect(f"emu:{name}?fast", timeout_s=60) as board:
        int8_outputs = [
            np.rint(board.infer(x).outputs / model.output_scale).tolist() for x in digits(20)
        ]
        oracle = [board.ask(f"requant {a} {m} {n}") for a, m, n in HARD]
    assert int8_outputs == [outputs(model, x) for x in digits(20)]
    with Board.connect("emu:nano33?fast") as board:
        assert [board.ask(f"requant {a} {m} {n}") for a, m, n in HARD] == oracle


HARD = [
    (a, m, n)
    for a in (0, 1, -1, 3, -3, 2**31 - 1, -(2**31), 12_345, -54_321)
    for m in (2**30, 2**31 - 1)
    for n in (0, 1, 7)
]


@pytest.mark.parametrize("name", EITHER)
def test_each_says_what_it_is_and_streams_the_test_signal(name: str):
    with (
        Board.connect(f"emu:{name}?fast", timeout_s=60) as board,
        Board.connect("emu:nano33?fast") as nano,
    ):
        info = board.info()
        assert (info["board"], info["sources"]) == (name, "test")
        assert int(info["ram_bytes"]) == board_kind(name).ram_bytes
        assert list(board.stream(200, 40)) == list(nano.stream(200, 40))
        board.link.write(b"bload 64%\x40half")
        board.resync()
        assert board.ask("name") == (f"m-name-dut-[{name}]",)


@skip_without_packages("uno")
def test_the_whole_lab_firmware_leaves_an_uno_a_stack():
    with Board.connect("emu:uno?fast", timeout_s=60) as board:
        board.infer(digits(1)[0])
        memory = dict(line[7:-1].split("=") for line in board.ask("mem"))
    assert 600 < int(memory["ram_used"]) < 2_048 - 256
    assert sizes(build(UNO, digits_model()).elf).ram_bytes == int(memory["ram_used"])
    assert int(memory["stack_peak"]) < 2_048 - int(memory["ram_used"])


@skip_without_packages("uno")
def test_what_does_not_fit_an_uno_is_said_in_the_linkers_numbers():
    with pytest.raises(BuildError, match=r"Arduino Uno.*'FLASH' of 32768 bytes: overflowed by \d+"):
        build(UNO, widened(digits_model(), 400))
    with pytest.raises(BuildError, match=r"Arduino Uno.*'RAM' of 1000 bytes: overflowed by \d+"):
        build(replace(UNO, ram_bytes=1000), digits_model())


@skip_without_packages("uno")
def test_in_real_time_an_uno_keeps_to_the_wall():
    with Board.connect("emu:uno", timeout_s=60) as board:
        first = int(board.ask("timestamp")[0].rpartition("-")[2])
        pings = [board.ping() for _ in range(20)]
        passed_us = int(board.ask("timestamp")[0].rpartition("-")[2]) - first
    assert 0.5 < passed_us / 1e3 / sum(pings) < 2


@skip_without_packages("m55")
def test_helium_takes_a_quarter_of_the_ticks_and_changes_no_bit(tmp_path, monkeypatch):
    sources = tmp_path / "c"
    sources.mkdir()
    for path in building.SOURCES.rglob("*.*"):
        target = sources / path.relative_to(building.SOURCES)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    scalar = ticks_and_outputs()
    (sources / "dense.c").write_text(HELIUM)
    monkeypatch.setattr(building, "SOURCES", sources)
    monkeypatch.setattr(building, "CHIPS", sources / "chips")
    helium = ticks_and_outputs()
    assert helium[1] == scalar[1]
    assert helium[0] < 0.3 * scalar[0]


def ticks_and_outputs() -> tuple[int, list[float]]:
    with (
        EmulatedBoard(M55, fast=True) as running,
        Board.connect(running.port) as board,
    ):
        result = board.infer(digits(1)[0])
        ticks = [int(line[:-1].rpartition("=")[2]) for line in board.ask("layer")]
    return sum(ticks), result.outputs.tolist()


HELIUM = """
#include <arm_mve.h>
#include "kernels.h"

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  for (int o = 0; o < layer->outputs; o++) {
    const int8_t *row = layer->weights + o * layer->inputs, *in = x;
    int32_t sum = layer->bias[o], of_weights = 0;
    for (int left = layer->inputs; left > 0; left -= 16, in += 16, row += 16) {
      mve_pred16_t lanes = vctp8q((uint32_t)left);
      int8x16_t w = vldrbq_z_s8(row, lanes);
      sum = vmladavaq_p_s8(sum, vldrbq_z_s8(in, lanes), w, lanes);
      of_weights = vaddvaq_p_s8(of_weights, w, lanes);
    }
    sum -= layer->input_zero * of_weights;
    y[o] = narrow(&layer->output, o, sum);
  }
}
"""


def test_where_a_package_is_missing_the_line_to_type_is_named(monkeypatch):
    monkeypatch.setattr("hardware_labs.packages.shutil.which", lambda _: None)
    with pytest.raises(BoardMissing, match=r"run: sudo apt install qemu-system-arm  \(elsewhere"):
        Board.connect("emu:m55")
    with pytest.raises(BoardMissing, match=r"sudo apt install gcc-avr"):
        need_packages(UNO)
    listed = CliRunner().invoke(main, ["boards"]).output
    assert "emu:m55" in listed and "sudo apt install qemu-system-arm" in listed


def test_boards_that_pip_emulates_need_no_package():
    assert [kind.name for kind in BOARDS if not kind.packages] == ["nano33", "nicla", "m4", "pi"]
    for kind in BOARDS[:3]:
        need_packages(kind)
