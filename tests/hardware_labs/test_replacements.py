"""C of somebody else in the place of a kernel: what it may not do, and what is watched of it."""

from __future__ import annotations

import numpy as np
import psutil
import pytest

from hardware_labs.boards import board_kind
from hardware_labs.errors import BoardError, BuildError
from hardware_labs.firmware import build as building
from hardware_labs.firmware.avr import NOT_HERE
from hardware_labs.firmware.build import build
from hardware_labs.firmware.replacements import KERNELS, SOURCES, replaceable
from hardware_labs.measuring.counts import counted_inferences, counted_requantisations
from hardware_labs.models import c_text, interpreter
from hardware_labs.models.network import digits_model

KEPT_FROM_THE_UNO = {"start.c"}  # avr-libc starts the program
NANO33 = board_kind("nano33")
PLAIN = """
#include "kernels.h"
#include <stdint.h> // the widths
int32_t requantize(int32_t a, int32_t m, int n) { return a ^ m ^ n; }
"""
IN_DATA = """
#include "kernels.h"
static const uint16_t code[] __attribute__((aligned(4))) = {0xfb80, 0x2301, 0x4618, 0x4770};
int32_t requantize(int32_t a, int32_t m, int n) {
  return ((int32_t (*)(int32_t, int32_t))((uintptr_t)code | 1))(a, m) ^ n;
}
"""
KEEPS = """
#include "kernels.h"
static int16_t row[3];
void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  for (int i = 0; i < 3; i++) row[i] = x[i] + layer->inputs;
  for (int j = 0; j < layer->outputs; j++) y[j] = (int8_t)row[j % 3];
}
"""


def test_a_kernel_is_in_every_list_of_kernels():
    assert sorted(NOT_HERE) == sorted(KERNELS | KEPT_FROM_THE_UNO)
    assert {name for name in KERNELS if not (SOURCES / name).exists()} == set()
    assert set(c_text.WRITERS) == set(interpreter.RULES)


def test_plain_c_with_the_headers_of_a_kernel_is_taken():
    assert replaceable({"requantize.c": PLAIN}) == {"requantize.c": PLAIN}
    commented = PLAIN + "/* #include <stdio.h> is not here */"
    with pytest.raises(BuildError):  # a comment may hide a string, so it is not believed
        replaceable({"requantize.c": commented})


@pytest.mark.parametrize(
    "line",
    [
        '#include "/etc/hosts"',
        '#  include "model.h"',
        '#include "requantize.c"',
        "#include <stdio.h>",
        "#define HEADER <stdint.h>\n#include HEADER",
        '#include_next "kernels.h"',
        '#embed "/etc/hosts"',
        '#import "kernels.h"',
        '%:include "/etc/hosts"',
        '??=include "/etc/hosts"',
        '#in\\\nclude "/etc/hosts"',
        '#/* a comment */include "/etc/hosts"',
        '#include/**/"/etc/hosts"',
        '#\finclude "/etc/hosts"',
        *(f'#{blank}include "/etc/hosts"' for blank in "\0\x85\xa0\u2003\u2028\u3000\ufeff"),
        '#in\\\f\nclude "/etc/hosts"',
        'char *text = "/*";\n#/**/include "/etc/hosts"',
        '#include "kernels.h" //\r#include "/etc/hosts"',
    ],
)
def test_another_file_is_not_included(line):
    with pytest.raises(BuildError, match="requantize"):
        replaceable({"requantize.c": f"{PLAIN}\n{line}\n"})


def test_a_compiler_that_does_not_end_is_stopped_with_all_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "COMPILE_S", 2)
    monkeypatch.setenv("MLSYS_CACHE", str(tmp_path))  # by which our own compiler is known
    eight = "#define A{0} A{1} A{1} A{1} A{1} A{1} A{1} A{1} A{1}\n"
    bomb = "".join(eight.format(k, k + 1) for k in range(12)) + "int A0;\n"
    with pytest.raises(BuildError, match="did not end within 2 s"):
        build(NANO33, digits_model(), replacements={"requantize.c": PLAIN + bomb})
    compilers = [one for one in psutil.process_iter(["name", "environ"]) if one.info["environ"]]
    ours = [one for one in compilers if one.info["environ"].get("MLSYS_CACHE") == str(tmp_path)]
    assert not [one.info["name"] for one in ours]


def test_a_wide_product_is_counted_where_it_runs_wherever_it_lies():
    plain = build(NANO33, digits_model(), replacements={"requantize.c": PLAIN})
    assert counted_requantisations(plain, [(5, 7, 1)])[0].wide_products == 0
    hidden = build(NANO33, digits_model(), replacements={"requantize.c": IN_DATA})
    (requantisation,) = counted_requantisations(hidden, [(2**30, 2**30, 0)])
    assert (requantisation.value, requantisation.wide_products) == (2**28, 1)
    (ours,) = counted_requantisations(build(NANO33, digits_model()), [(1000, 1_518_500_250, 2)])
    assert ours.wide_products > 0


def test_a_variable_of_a_kernel_can_be_read_after_an_inference():
    firmware = build(NANO33, digits_model(), replacements={"dense.c": KEEPS})
    (counted,) = counted_inferences(firmware, np.zeros((1, 64), np.int8), variable="row")
    row = np.frombuffer(counted.variable, np.int16)
    assert row.tolist() == [int(v) + 32 for v in np.array([64, 64, 64], np.int8)]
    with pytest.raises(BoardError, match="no variable 'column'"):
        counted_inferences(firmware, np.zeros((1, 64), np.int8), variable="column")
