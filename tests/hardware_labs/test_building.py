"""C to firmware: the cache, the sizes, the sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from hardware_labs.boards import board_kind
from hardware_labs.errors import BuildError
from hardware_labs.firmware.build import build
from hardware_labs.firmware.cache import writing_to
from hardware_labs.models.c_text import c_header
from hardware_labs.models.network import STORED, digits_model, widened
from hardware_labs.models.train_digits import main

NANO33 = board_kind("nano33")


def test_the_same_sources_are_compiled_once():
    first = build(NANO33, digits_model())
    stamp = first.elf.stat().st_mtime_ns
    assert build(NANO33, digits_model()) == first
    assert first.elf.stat().st_mtime_ns == stamp


def test_a_build_in_an_empty_cache_has_the_same_bytes(tmp_path: Path, monkeypatch):
    usual = build(NANO33, digits_model()).elf.read_bytes()
    monkeypatch.setenv("MLSYS_CACHE", str(tmp_path))
    assert build(NANO33, digits_model()).elf.read_bytes() == usual
    assert [path.name for path in (tmp_path / "firmware").glob("build-*")] == []


def test_a_model_larger_than_flash_fails_with_the_linkers_own_number():
    with pytest.raises(BuildError, match=r"Nano 33.*'FLASH' of 1048576 bytes: overflowed by \d+"):
        build(NANO33, widened(digits_model(), 20_000))


def test_the_same_firmware_does_not_fit_a_board_with_less_memory():
    tiny = replace(NANO33, name="tiny", title="board of 4 KB", ram_bytes=4096)
    with pytest.raises(BuildError, match="'RAM' of 4096 bytes: overflowed by"):
        build(tiny, digits_model())


def test_a_compiler_error_is_shown_as_the_compiler_said_it():
    with pytest.raises(BuildError, match=r"does not compile:\n.*error"):
        build(replace(NANO33, zig_cpu="cortex_m400"), digits_model())


def test_a_folder_that_takes_nothing_is_said_in_words(tmp_path: Path):
    (tmp_path / "firmware").write_text("a file is no folder")
    with (
        pytest.raises(BuildError, match=r"firmware cannot be written \(File exists\)\. Make room"),
        writing_to(tmp_path / "firmware"),
    ):
        raise AssertionError("nothing can be written")


def test_two_builds_at_once_do_not_meet(tmp_path: Path):
    script = (
        "from hardware_labs.boards import board_kind\n"
        "from hardware_labs.firmware.build import build\n"
        "from hardware_labs.models.network import digits_model\n"
        "print(build(board_kind('nano33'), digits_model()).elf.stat().st_size)"
    )
    environment = os.environ | {"MLSYS_CACHE": str(tmp_path)}
    running = [
        subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    sizes = {process.communicate()[0] for process in running}
    assert len(sizes) == 1 and int(sizes.pop()) > 10_000


def test_the_header_has_every_weight_and_is_the_same_each_time():
    model = digits_model()
    header = c_header(model)
    assert header == c_header(model)
    assert header.count(",") > model.macs


def test_the_training_script_makes_the_stored_model(tmp_path: Path):
    digits = Path(__file__).parents[2] / "course" / "data" / "digits.npz"
    result = CliRunner().invoke(main, [str(digits), "--to", str(tmp_path / "again.npz")])
    assert result.exit_code == 0, result.output
    with np.load(STORED) as stored, np.load(tmp_path / "again.npz") as again:
        assert sorted(stored) == sorted(again)
        assert np.mean(stored["weights0"] == again["weights0"]) > 0.98  # BLAS may round otherwise
        assert np.array_equal(stored["images"], again["images"])
