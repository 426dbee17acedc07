"""The Arduino sketch: compiled for the Uno with Debian's Arduino core, checked for the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.cli import main
from hardware_labs.errors import BuildError
from hardware_labs.firmware.cache import cache_dir
from hardware_labs.firmware.sketch import write_sketch
from hardware_labs.models.network import digits_model
from hardware_labs.packages import missing_packages

CORE = Path("/usr/share/arduino/hardware/arduino/avr")
NAMES_OF_ARDUINO = """
#pragma once
#include <stddef.h>
#include <stdint.h>
struct Serial_ {
  void begin(unsigned long baud);
  int available();
  int read();
  size_t write(uint8_t byte);
  operator bool();
};
extern Serial_ Serial;
extern "C" unsigned long micros(void);
#define F_CPU 64000000L
"""


def as_the_arduino_ide_prepares_it(sketch: Path) -> None:
    text = (sketch / "lab.ino").read_text()
    (sketch / "lab.cpp").write_text(f"#include <Arduino.h>\n{text}")


def compiled_for_the_uno(sketch: Path, elf: Path) -> None:
    """As the Arduino IDE does it: the sketch and the core, with the flags of its boards.txt."""
    paths = [f"-I{CORE}/cores/arduino", f"-I{CORE}/variants/standard", f"-I{sketch}"]
    common = ["-mmcu=atmega328p", "-Os", "-DF_CPU=16000000L", "-DARDUINO=10807", *paths]
    common += ["-DARDUINO_AVR_UNO", "-DARDUINO_ARCH_AVR", "-ffunction-sections", "-fdata-sections"]
    common += ["-DDECIMAL_DIG=17"]  # gcc 5 has it for C only, and the core asks for it in C++
    core = [path for path in (CORE / "cores/arduino").iterdir() if path.suffix in {".c", ".cpp"}]
    as_the_arduino_ide_prepares_it(sketch)
    sketch_files = [path for path in sketch.iterdir() if path.suffix in {".c", ".cpp"}]
    objects = []
    for path in [*core, *sketch_files]:
        target = elf.parent / f"{path.name}.o"
        language = ["-std=gnu11"] if path.suffix == ".c" else ["-std=gnu++11", "-fno-exceptions"]
        program = "avr-gcc" if path.suffix == ".c" else "avr-g++"
        subprocess.run(
            [program, *common, *language, "-w", "-c", str(path), "-o", str(target)], check=True
        )
        objects.append(str(target))
    subprocess.run(
        ["avr-gcc", "-mmcu=atmega328p", "-Os", "-Wl,--gc-sections", *objects, "-o", str(elf)],
        check=True,
    )


@pytest.mark.skipif(
    not CORE.exists() or bool(missing_packages(board_kind("uno"))),
    reason="apt install arduino-core-avr gcc-avr avr-libc libsimavr-dev libelf-dev",
)
def test_the_sketch_for_the_uno_compiles_and_infers_bit_for_bit(tmp_path: Path):
    sketch = write_sketch(board_kind("uno"), digits_model(), tmp_path).parent
    elf = tmp_path / "lab.elf"
    compiled_for_the_uno(sketch, elf)
    command = [sys.executable, "-m", "hardware_labs.emulation.program", str(elf)]
    x = np.random.default_rng(4).integers(-128, 128, 64).astype(np.int8)
    with (
        subprocess.Popen(
            [*command, "--board", "uno", "--fast"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as running,  # until its standard input ends, with this block
        Board.connect(json.loads(running.stdout.readline())["port"]) as board,
    ):
        int8_outputs = np.rint(board.infer(x).outputs / digits_model().output_scale).tolist()
        assert int8_outputs == outputs(digits_model(), x)
        assert len(list(board.stream(100, 20))) == 20


@pytest.mark.parametrize("name, cpu", [("nano33", "cortex_m4"), ("nicla", "cortex_m7")])
def test_the_sketch_for_an_arm_board_is_right_c_against_the_public_names(
    tmp_path: Path, name: str, cpu: str
):
    sketch = write_sketch(board_kind(name), digits_model(), tmp_path).parent
    (sketch / "Arduino.h").write_text(NAMES_OF_ARDUINO)
    as_the_arduino_ide_prepares_it(sketch)
    places = {"ZIG_GLOBAL_CACHE_DIR": str(cache_dir() / "zig")}
    for language, suffix, standard in (("c++", "cpp", "gnu++14"), ("cc", "c", "gnu11")):
        completed = subprocess.run(
            [
                *(sys.executable, "-m", "ziglang", language, "-target", "thumb-freestanding-eabi"),
                *(f"-mcpu={cpu}", f"-std={standard}", "-Wall", "-Werror", "-DARDUINO=10819"),
                *("-ffreestanding", "-c", "-I."),
                *sorted(path.name for path in sketch.glob(f"*.{suffix}")),
            ],
            cwd=sketch,
            env=os.environ | places,
            capture_output=True,
            text=True,
        )
        assert completed.returncode == 0, completed.stderr


def test_a_second_sketch_in_the_same_folder_is_the_one_it_would_be_in_a_new_folder(tmp_path: Path):
    write_sketch(board_kind("nano33"), digits_model(), tmp_path / "both")
    own_file = tmp_path / "both" / "lab" / "mine.h"
    own_file.write_text("// a file of the student's own")
    shared_folder = write_sketch(board_kind("uno"), digits_model(), tmp_path / "both").parent
    alone = write_sketch(board_kind("uno"), digits_model(), tmp_path / "alone").parent
    names = {path.name for path in alone.iterdir()}
    assert {path.name for path in shared_folder.iterdir()} == names | {own_file.name}
    assert all((shared_folder / name).read_bytes() == (alone / name).read_bytes() for name in names)


def test_a_board_without_arduino_is_named():
    with pytest.raises(BuildError, match=r"no Arduino sketch for STM32F405 board, only for nano33"):
        write_sketch(board_kind("m4"), digits_model(), Path("unused"))


def test_the_command_writes_a_sketch_folder(tmp_path: Path):
    result = CliRunner().invoke(main, ["build", "nicla", "--sketch", str(tmp_path)])
    assert result.exit_code == 0
    assert result.output.strip() == str(tmp_path / "lab" / "lab.ino")
    assert (tmp_path / "lab" / "model.h").exists()
