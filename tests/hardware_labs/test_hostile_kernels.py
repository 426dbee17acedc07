"""Kernels that cheat or go wild: the count is true and the outputs are those in memory, or there is
a sentence. Nothing that a firmware does may end the program around the emulator, or keep it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import Emulator, converse, exchanges
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.emulation.wire import RecordedWire
from hardware_labs.errors import BoardError, BoardLost, BoardSilent, BuildError
from hardware_labs.firmware.build import SOURCES, Build, build
from hardware_labs.measuring.counts import counted_inferences
from hardware_labs.models.network import digits_model

NANO33 = board_kind("nano33")
KINDS = (
    "nano33",
    pytest.param("nicla", marks=pytest.mark.slow),
    pytest.param("m4", marks=pytest.mark.slow),
)
LIMIT = 3_000_000
RIGHT = (SOURCES / "dense.c").read_text(encoding="utf-8")
HEAD = """
#include "chip.h"
#include "kernels.h"
#include "load.h"
#include "text.h"
extern int8_t arena[];
"""
ZEROS = np.zeros((1, 64), np.int8)


def with_kernel(body: str, more: str = "", kind: str = "nano33") -> Build:
    """Firmware whose dense layer is `body`, which sees layer, x and y."""
    text = f"""{HEAD}{more}
void dense(const dense_t *layer, const int8_t *x, int8_t *y) {{
  (void)layer, (void)x, (void)y;
  {body}
}}
"""
    return build(board_kind(kind), digits_model(), replacements={"dense.c": text})


def honest_and(body: str) -> Build:
    """The right kernel, and `body` before it."""
    honest = RIGHT.replace("void dense(", "static void honest(")
    return with_kernel(f"{body} honest(layer, x, y);", honest)


def usual_count() -> int:
    return counted_inferences(build(NANO33, digits_model()), ZEROS)[0].instructions


FORGERIES = {
    "prints an answer": r'SAY("m-output-[1,2,3,4,5,6,7,8,9,10]\r\nm-ready\r\n");',
    "prints a count": r'SAY("m-layer-[0,kind=dense,macs=1,ticks=1]\r\nm-lap-us-0\r\n");',
    "ends the clock": "REG(0x40008540) = 1; REG(0xE0001000) = 0;",
    "changes the input": "for (int i = 0; i < 0; i++) buffer[i] = 0;",
    "masks all faults": '__asm volatile("cpsid f\\n cpsid i");',
}


@pytest.mark.parametrize("body", FORGERIES.values(), ids=FORGERIES)
def test_whatever_a_kernel_says_the_outputs_are_those_in_memory_and_all_is_counted(body: str):
    x = np.random.default_rng(3).integers(-128, 128, (2, 64)).astype(np.int8)
    for image, counted in zip(x, counted_inferences(honest_and(body), x), strict=True):
        assert (
            counted.outputs.tolist()
            == (np.array(outputs(digits_model(), image)) + digits_model().output_zero).tolist()
        )
        assert counted.instructions >= usual_count()


def test_work_that_is_put_behind_the_serial_port_is_not_hidden():
    """It reads the next command by itself, so that its work would be counted to that one."""
    body = "while (get_byte() != '%') {} for (volatile int k = 0; k < 50000; k++) {}"
    with pytest.raises(BoardError, match="waits for the host in the middle of an inference"):
        counted_inferences(honest_and(body), ZEROS)
    waiting = honest_and("for (volatile int k = 0; k < 50000; k++) {}")
    assert counted_inferences(waiting, ZEROS)[0].instructions > 2 * 50_000


def test_what_was_computed_for_one_input_helps_with_no_other():
    """A kernel that remembers inputs finds its memory empty each time."""
    body = "if (seen++) return; for (volatile int k = 0; k < 1000; k++) {}"
    firmware = with_kernel(body, "static int seen;")
    first, second = counted_inferences(firmware, np.zeros((2, 64), np.int8))
    assert first.instructions == second.instructions > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_the_arena_is_the_kernels_to_write_and_its_outputs_are_what_lies_there(kind: str):
    firmware = with_kernel(
        "for (int j = 0; j < layer->outputs; j++) y[j] = (int8_t)(40 + j);", "", kind
    )
    assert counted_inferences(firmware, ZEROS)[0].outputs.tolist() == [*range(40, 50)]


WILD = {
    "a wild address": "((void (*)(void))0x60000001)();",
    "the address 0": "((void (*)(void))0)();",
    "its own data": "((void (*)(void))(arena + 1))();",
    "a register": "((void (*)(void))0x40002001)();",
    "the end of an exception": '__asm volatile("ldr r0, =0xfffffff9\\n bx r0" ::: "r0");',
    "another state": '__asm volatile("mov r0, #0x100\\n bx r0" ::: "r0");',
    "no instruction": '__asm volatile("udf #0");',
    "a breakpoint": '__asm volatile("bkpt #0xab");',
    "a supervisor": '__asm volatile("svc #0");',
    "sleep": '__asm volatile("wfi");',
    "no stack": '__asm volatile("mov sp, %0\\n push {r0}" ::"r"(8));',
    "another stack": '__asm volatile("mov r0, #3\\n msr control, r0\\n push {r0}" ::: "r0");',
    "all memory": "for (int i = -100000; i < 3000000; i++) y[i] = 1;",
    "flash": "*(volatile int *)*(volatile uint32_t *)0xE000ED08 = 1; *(volatile int *)4 = 1;",
    "half a register": "(void)*(volatile uint16_t *)0xDFFF0FFF;",
    "a recursion": "volatile int8_t deep[64]; deep[0] = y[0]; dense(layer, x, y); y[0] = deep[0];",
    "a loop": "for (volatile int k = 0;; k++) {}",
    "a loop of one instruction": '__asm volatile("1: b 1b");',
    "a loop that prints": 'for (;;) SAY("m-ready\\r\\n");',
    "a loop that looks at the clock": "for (;;) (void)now_us();",
    "a loop that reads": "alarm_at(5); for (;;) (void)byte_waiting();",
    "code that it writes": "*(volatile uint16_t *)arena = 0x4770; ((void (*)(void))(arena + 1))();",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", WILD.values(), ids=WILD)
def test_a_kernel_that_goes_wild_ends_in_a_sentence(kind: str, body: str):
    firmware = with_kernel(body, "", kind)
    began = time.process_time()
    with pytest.raises(BoardError, match=r"^The firmware .*[.?]$"):
        counted_inferences(firmware, ZEROS, max_instructions=LIMIT)
    with pytest.raises(BoardError, match=r"^The firmware .*[.?]$"):
        exchanges(firmware.elf, firmware.kind, "infer 1 0", "output", max_instructions=LIMIT)
    assert time.process_time() - began < 60


REGISTERS = {
    "a baud rate of 0": ("nano33", "REG(0x40002524) = 0; put_byte(65);"),
    "a divider of 0": ("m4", "REG(0x40011008) = 0; put_byte(65);"),
    "a divider of 0 on an M7": ("nicla", "REG(0x4001100C) = 0; put_byte(65);"),
    "a class without a recording": ("nano33", "REG(0xDFFF0008) = 5; (void)REG(0xDFFF0040);"),
    "a row that is not there": ("nano33", "REG(0xDFFF0010) = ~0u; (void)REG(0xDFFF0040);"),
    "letters without end": ("nano33", "for (int i = 0; i < 300; i++) REG(0xDFFF0004) = ~0u - i;"),
    "an alarm in the past": ("nano33", "REG(0x40008540) = ~0u; (void)REG(0x40008140);"),
}


@pytest.mark.parametrize("kind, body", REGISTERS.values(), ids=REGISTERS)
def test_no_value_in_a_register_breaks_the_emulator(kind: str, body: str):
    (counted,) = counted_inferences(with_kernel(body, kind=kind), ZEROS)
    assert counted.outputs.shape == (10,)


def test_a_name_that_the_harness_needs_cannot_be_taken():
    firmware = with_kernel(
        "infer_once[x[0] & 63] = x[1];", "static volatile int8_t infer_once[64];"
    )
    assert counted_inferences(firmware, ZEROS)[0].instructions > 0
    with pytest.raises(BuildError, match="duplicate symbol: infer_once"):
        with_kernel("", "void infer_once(void); void infer_once(void) {}")


def test_code_that_runs_before_the_firmware_gains_nothing():
    more = """
__attribute__((noreturn)) void early(void);
void early(void) { for (;;) {} }
extern uint32_t _estack;
__attribute__((section(".vectors"), used)) static void *const mine[] = {&_estack, (void *)early};
"""
    firmware = with_kernel("y[0] = 1;", more)
    try:
        (counted,) = counted_inferences(firmware, ZEROS, max_instructions=LIMIT)
    except BoardError as error:
        assert "never ends" in str(error)
    else:  # the linker put our own table first
        assert counted.outputs[0] == 1


@pytest.mark.slow
def test_a_board_whose_kernel_never_ends_is_silent_and_then_says_why():
    endless = with_kernel("for (volatile int k = 0;; k++) {}")
    with EmulatedBoard(NANO33, firmware=endless, fast=True) as running:
        board = Board.connect(running.port)
        with pytest.raises(BoardSilent, match="a loop in one of its kernels that never ends"):
            board.infer(np.zeros(64, np.int8), timeout_s=0.5)
        with pytest.raises((BoardLost, BoardSilent)):
            board.resync()
        until = time.monotonic() + 300
        while running.alive and time.monotonic() < until:
            time.sleep(0.1)
        assert not running.alive  # the processor is free again, though nobody closed the board
        assert "is there a loop that never ends?" in running.last_words()
        board.close()


def test_a_board_whose_kernel_never_ends_can_be_closed_at_once():
    with EmulatedBoard(NANO33, firmware=with_kernel("for (;;) {}"), fast=True) as running:
        with Board.connect(running.port) as board, pytest.raises(BoardSilent):
            board.infer(np.zeros(64, np.int8), timeout_s=0.3)
        began = time.monotonic()
        running.close()
        assert time.monotonic() - began < 10 and not running.alive


def test_a_board_that_crashes_has_last_words():
    with EmulatedBoard(
        NANO33, firmware=with_kernel('__asm volatile("udf #0");'), fast=True
    ) as running:
        with Board.connect(running.port) as board, pytest.raises((BoardLost, BoardSilent)):
            board.infer(np.zeros(64, np.int8), timeout_s=2)
        assert "The firmware crashed at address" in running.last_words()


def test_many_inferences_one_after_the_other_are_no_loop():
    """Each inference is a sign of life: a run may take longer than one of them may."""
    firmware = build(NANO33, digits_model())
    wire = RecordedWire(b"infer 100 0%")
    emulator = Emulator(firmware.elf, NANO33, wire, patience=500_000)
    emulator.run()
    assert b"m-infer-done" in wire.said and emulator.instructions > 1_500_000


def test_other_firmware_is_for_the_board_it_was_built_for():
    firmware = build(NANO33, digits_model())
    with pytest.raises(BoardError, match="was built for nano33, not for m4"):
        EmulatedBoard(board_kind("m4"), firmware=firmware)
    with pytest.raises(BoardError, match="takes the lab firmware only"):
        EmulatedBoard(board_kind("m55"), firmware=firmware)


def test_a_board_that_is_not_emulated_in_python_has_no_such_counts():
    with pytest.raises(BoardError, match=r"is not emulated in Python\. Take nano33, nicla or m4"):
        converse(Path("none.elf"), board_kind("m55"), "name")
