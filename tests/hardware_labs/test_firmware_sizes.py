"""What a firmware takes of the board: the ELF file, the running board and the plan agree."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import chain

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.firmware.build import build
from hardware_labs.firmware.elf import segments, sizes
from hardware_labs.models.arena import plan_arena
from hardware_labs.models.network import digits_model, widened
from hardware_labs.protocol.command_set import fields

NANO33 = board_kind("nano33")


@pytest.mark.parametrize("network", [digits_model(), chain()], ids=lambda n: n.name)
def test_the_board_and_the_file_say_the_same_numbers(network):
    elf = build(NANO33, network).elf
    board_sizes = fields(tuple(converse(elf, NANO33, "mem")[0].split("\r\n")), "mem")
    elf_sizes = sizes(elf)
    assert elf_sizes.ram_bytes == int(board_sizes["ram_used"])
    assert abs(elf_sizes.flash_bytes - int(board_sizes["flash_used"])) < 8  # the gaps of alignment
    assert elf_sizes.flash_bytes == sum(len(data) for _, data in segments(elf.read_bytes()))
    assert elf_sizes.stack_bytes == 4096


def test_weights_arena_and_buffer_are_symbols_with_their_sizes():
    network = digits_model()
    elf_sizes = sizes(build(NANO33, network).elf)
    weights = [layer.weights.nbytes for layer in network.layers]
    assert [elf_sizes.symbol_bytes(f"weights{k}") for k in range(2)] == weights == [2048, 320]
    assert elf_sizes.symbol_bytes("arena") == plan_arena(network).peak_bytes
    assert elf_sizes.symbol_bytes("buffer") == 64
    assert elf_sizes.symbol_bytes("no_such_symbol") == 0


def test_a_wider_model_takes_its_weights_more_of_flash():
    one, other = (sizes(build(NANO33, widened(digits_model(), n)).elf) for n in (32, 132))
    weights = 100 * (64 + 10)
    biases = 100 * 4
    assert abs(other.flash_bytes - one.flash_bytes - weights - biases) < 64


def test_a_firmware_holds_only_the_kernels_that_its_network_uses():
    names = {symbol.name for symbol in sizes(build(NANO33, digits_model()).elf).symbols}
    assert "dense" in names
    assert names.isdisjoint({"conv2d", "depthwise", "max_pool", "average_pool", "add", "softmax"})


def test_symbols_come_largest_first_and_fit_into_their_sections():
    elf_sizes = sizes(build(NANO33, chain()).elf)
    assert [s.size_bytes for s in elf_sizes.symbols] == sorted(
        (s.size_bytes for s in elf_sizes.symbols), reverse=True
    )
    for section in elf_sizes.sections:
        inside = sum(s.size_bytes for s in elf_sizes.symbols if s.section == section.name)
        assert inside <= section.size_bytes or section.name == ".stack"


def test_what_is_no_elf_file_is_refused():
    with pytest.raises(ValueError, match="Not a 32-bit little-endian ELF"):
        sizes(np.zeros(100, np.uint8).tobytes())


def test_ram_is_counted_wherever_a_board_has_it():
    for name in ("nano33", "nicla", "m4"):
        kind = board_kind(name)
        elf_sizes = sizes(build(kind, digits_model()).elf)
        (data,) = (s for s in elf_sizes.sections if s.name == ".bss")
        assert data.in_ram and kind.ram_address <= data.address < kind.ram_address + kind.ram_bytes
        assert data.size_bytes <= elf_sizes.ram_bytes < kind.ram_bytes
