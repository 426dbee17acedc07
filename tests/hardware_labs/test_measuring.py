"""Upload, benchmark, memory and energy against plain calculations and a real emulated board."""

from __future__ import annotations

import time

import numpy as np
import pytest
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.errors import BoardLost, BoardRefused, Stopped
from hardware_labs.measuring.benchmark import Benchmark, benchmark, digit_inputs
from hardware_labs.measuring.energy import POWERS, measured, modelled
from hardware_labs.measuring.memory import memory
from hardware_labs.measuring.upload import Progress, upload
from hardware_labs.models.network import digits_model
from hardware_labs.protocol.crc import crc16
from hardware_labs.transports.link import ScriptedLink, unknown


@pytest.mark.parametrize("frame_bytes", [1, 7, 16, 128])
def test_an_upload_leaves_the_bytes_on_the_board_and_tells_how_far_it_is(
    board: Board, frame_bytes: int
):
    data, steps = bytes(np.random.default_rng(3).integers(0, 256, 64, dtype=np.uint8)), []
    progress = upload(board, data, frame_bytes=frame_bytes, on_progress=steps.append)
    assert board.ask("crc") == (f"m-crc-[{crc16(data):04x}]",)
    assert [step.sent_bytes for step in steps] == [*range(frame_bytes, 64, frame_bytes), 64]
    assert progress.sent_bytes == progress.total_bytes == 64
    assert progress.bytes_per_s > 0


def test_an_upload_that_was_stopped_leaves_a_board_that_answers(board: Board):
    steps: list[Progress] = []
    with pytest.raises(Stopped, match="stopped after 24 of 64 bytes"):
        upload(
            board,
            bytes(64),
            frame_bytes=8,
            on_progress=steps.append,
            stopped=lambda: len(steps) == 3,
        )
    assert board.ask("name") == ("m-name-dut-[nano33]",)
    assert upload(board, bytes(64)).sent_bytes == 64


def test_more_bytes_than_the_buffer_holds_are_refused_in_the_boards_words(board: Board):
    with pytest.raises(BoardRefused, match="refused 'bload 65': The buffer holds 1 to 64 bytes"):
        upload(board, bytes(65))


def test_an_upload_to_an_unplugged_board_says_that_it_is_gone(board: Board):
    board.unplug()
    with pytest.raises(BoardLost, match="went away"):
        upload(board, bytes(64))
    with pytest.raises(BoardLost, match="closed"):
        upload(board, bytes(64))


def test_a_benchmark_predicts_what_the_reference_predicts(board: Board):
    inputs, labels = digit_inputs(25)
    result = benchmark(board, inputs, labels, warmup=2)
    expected = [int(np.argmax(outputs(digits_model(), x))) for x in inputs]
    assert result.predictions.tolist() == expected
    assert result.accuracy == np.mean(np.array(expected) == labels)
    assert result.confusion.sum() == 25
    assert np.trace(result.confusion) == np.sum(np.array(expected) == labels)
    assert (result.latency_us > 0).all()
    assert (result.round_trip_ms * 1e3 > result.latency_us).all()


def test_median_and_percentile_are_those_of_the_numbers():
    laps = np.arange(1.0, 102.0)
    result = Benchmark(laps, laps, np.zeros(101, int), None, 10, 0)
    assert (result.median_us, result.p95_us) == (51.0, 96.0)
    assert (result.accuracy, result.confusion) == (None, None)


def test_a_benchmark_can_be_stopped_and_says_where(board: Board):
    inputs, labels = digit_inputs(25)
    counts: list[int] = []
    with pytest.raises(Stopped, match="stopped after 4 of 25"):
        benchmark(
            board, inputs, labels, on_progress=counts.append, stopped=lambda: len(counts) == 4
        )


def test_a_benchmark_of_nothing_or_of_unequal_lengths_is_refused(board: Board):
    inputs, labels = digit_inputs(3)
    for wrong, words in (
        ((inputs[:0], None, 0), "at least one input"),
        ((inputs, labels[:2], 0), "3 inputs and 2 labels"),
        ((inputs, labels, -1), "not -1"),
    ):
        with pytest.raises(ValueError, match=words):
            benchmark(board, wrong[0], wrong[1], warmup=wrong[2])


def test_the_bars_are_the_boards_own_sizes(board: Board):
    flash, ram, stack = memory(board)
    assert (flash.limit_bytes, ram.limit_bytes) == (1024 * 1024, 256 * 1024)
    assert 2368 < flash.used_bytes < 64 * 1024, "the weights alone are 2,368 bytes"
    assert 0 < ram.used_bytes < 8192
    assert stack.limit_bytes == ram.limit_bytes - ram.used_bytes
    assert 0 < stack.used_bytes < stack.limit_bytes
    assert str(flash).startswith(f"flash: {flash.used_bytes:,} of 1,048,576 bytes (1.")


def test_a_firmware_that_does_not_tell_its_memory_gets_a_sentence():
    def answer(command: str) -> list[str]:
        facts = {"name": ["m-name-dut-[x]"], "info": ["m-info-[flash_bytes=12k]"], "mem": []}
        return facts.get(command, unknown(command))

    with pytest.raises(BoardRefused, match="need 'flash_bytes' in bytes from the board, and '12k'"):
        memory(Board(ScriptedLink(answer)))


def test_a_modelled_energy_is_power_times_time_and_names_its_source():
    energy = modelled(250e-6, POWERS["nano33"])
    assert energy.joules == pytest.approx(3.3e-3 * 3.0 * 250e-6)
    assert (energy.kind, energy.is_measured) == ("modelled", False)
    assert "nRF52840 Product Specification" in str(energy)


def test_a_measured_energy_is_what_the_meter_counted_per_inference():
    class Meter:
        """An instrument that sees a steady 2 W."""

        name = "bench supply"

        def start(self) -> None:
            self.began_s = time.perf_counter()

        def stop(self) -> float:
            return 2.0 * (time.perf_counter() - self.began_s)

    def run() -> float:
        time.sleep(0.05)
        return 0.05

    energy = measured(Meter(), run, 10)
    assert energy.kind == "measured"
    assert energy.joules >= 2.0 * 0.05 / 10
    assert energy.seconds == pytest.approx(0.005)
    assert "bench supply, wire included" in str(energy)
