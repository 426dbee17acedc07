"""Bench & Board: bit-exact or wrong, counted by the emulator, a sentence for what goes wrong."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from olympics.entry import read_entry
from olympics.heat import heat
from olympics.workloads import bench_and_board as workload
from olympics.workloads import bench_and_board_program as program

from hardware_labs.firmware.replacements import SOURCES
from hardware_labs.models.interpreter import run

BASELINE = Path(__file__).parents[2] / "autograder" / "olympics" / "baselines" / "bench_and_board"
DENSE = (SOURCES / "dense.c").read_text(encoding="utf-8")
POOL = (SOURCES / "pool.c").read_text(encoding="utf-8")
EARLY = """
extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;
int main(void);
static int8_t kept[64];
static void early(void) {
  for (uint32_t *from = &_sidata, *to = &_sdata; to < &_edata;) *to++ = *from++;
  for (volatile uint32_t *word = &_sbss; word < &_ebss; word++) *word = 0;
  for (volatile int k = 0; k < 100000; k++) kept[k & 63]++;
  main();
}
__attribute__((section(".vectors"), used)) static void *const mine[] = {&_estack, (void *)early};
"""


def judged(kernels, seed=1):
    inputs = workload.inputs(seed, "warm_up")
    outputs = program.measured(kernels, inputs)
    return outputs, workload.faults(inputs, outputs, {})


def texts(folder):
    return {name: data.decode() for name, data in read_entry(folder).files.items()}


def test_weights_and_inputs_are_new_for_each_seed_and_phase():
    drawn = [workload.inputs(seed, phase) for seed in (1, 2) for phase in ("public", "private")]
    assert len({int(inputs["network"]) for inputs in drawn}) == 4
    assert len({inputs["x"].tobytes() for inputs in drawn}) == 4
    again = workload.inputs(1, "public")
    assert all(np.array_equal(again[name], drawn[0][name]) for name in again)


@pytest.mark.parametrize("folder", [workload.REFERENCE, BASELINE], ids=["reference", "baseline"])
def test_the_courses_own_entries_are_right_to_the_last_bit(folder):
    for seed in (3, 4):
        outputs, faults = judged(texts(folder), seed)
        assert faults == []
        assert int(outputs["extra_start"]) <= 0
        assert len(set(outputs["instructions"].tolist())) == 1


def test_the_reference_is_what_the_firmware_has_already():
    for name, text in texts(workload.REFERENCE).items():
        assert text == (SOURCES / name.replace(".c", "_smlad.c")).read_text(encoding="utf-8")


def test_the_baseline_takes_fewer_instructions_than_the_reference():
    counts = [
        judged(texts(folder))[0]["instructions"][0] for folder in (workload.REFERENCE, BASELINE)
    ]
    assert counts[1] < 0.85 * counts[0]


def test_the_same_entry_takes_the_same_instructions_in_every_run():
    assert [judged({})[0]["instructions"].tolist() for _ in range(2)] == [[1_069_297]] * 2


def test_an_answer_that_was_compiled_into_the_c_is_wrong_for_another_seed():
    inputs = workload.inputs(1, "warm_up")
    (answer,) = run(program.network(int(inputs["network"])), inputs["x"])
    baked = f"""
#include "kernels.h"
static const int8_t known[10] = {{{", ".join(map(str, answer))}}};
void dense(const dense_t *layer, const int8_t *x, int8_t *y) {{
  (void)x;
  for (int o = 0; o < layer->outputs; o++) y[o] = known[o % 10];
}}
"""
    assert judged({"dense.c": baked}, seed=1)[1] == []
    (sentence,) = judged({"dense.c": baked}, seed=2)[1]
    assert "outputs differ from NumPy's: output " in sentence


def test_a_kernel_that_writes_beside_its_output_is_found_though_its_outputs_are_right():
    beside = POOL.replace(
        "*y++ = pooling(w, part, pixel + c);", "*y++ = pooling(w, part, pixel + c), *y = 0;"
    )
    outputs, (sentence,) = judged({"pool.c": beside})
    inputs = workload.inputs(1, "warm_up")
    assert np.array_equal(
        outputs["outputs"], run(program.network(int(inputs["network"])), inputs["x"])
    )
    assert sentence.startswith("A kernel writes outside of its output: 1 bytes")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("sum = layer->bias[o]", "sum = layer->bias[o] + 40000"), "outputs differ from NumPy's"),
        (("o++)", ")"), "did not come back after 4,"),
        (("y[o] = ", "((int8_t *)0x70000000)[o] = y[o] = "), "The firmware crashed at address"),
        (("int inputs = layer->inputs;", ""), "The firmware does not compile"),
        (('#include "kernels.h"', '#include "model.h"'), "may include"),
        (('#include "kernels.h"', '#include "/etc/passwd"'), "may include"),
    ],
    ids=["wrong sums", "no end", "wild writes", "no C", "the network", "a file of the machine"],
)
def test_what_goes_wrong_is_told_in_a_sentence(change, sentence):
    assert DENSE.count(change[0]) == 1
    outputs, faults = judged({"dense.c": DENSE.replace(*change)})
    assert len(faults) == 1 and sentence in faults[0]
    assert "instructions" not in outputs or sentence.startswith("outputs differ")


def test_a_compiler_that_does_not_end_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr("hardware_labs.firmware.build.COMPILE_S", 3)
    grows = "#define A0 sum += sum * sum;\n" + "".join(
        f"#define A{k + 1} A{k} A{k} A{k} A{k} A{k} A{k} A{k} A{k}\n" for k in range(9)
    )
    text = grows + DENSE.replace("y[o] = ", "A9 y[o] = ")
    _, (sentence,) = judged({"dense.c": text})
    assert "The compiler did not end within 3 s and was stopped" in sentence


def test_a_firmware_that_starts_in_code_of_its_own_is_wrong():
    conv2d = (SOURCES / "conv2d.c").read_text(encoding="utf-8")
    outputs, (sentence,) = judged({"conv2d.c": conv2d + EARLY})
    assert "instructions" not in outputs
    assert "does not start in the course's own code" in sentence


@pytest.mark.parametrize("unseen", ["\f", "\v", "\0", "\x1c", "\x85", "\f\\\n"])
def test_no_character_that_nobody_sees_hides_an_include(unseen):
    hidden = DENSE.replace('#include "kernels.h"', f'#{unseen}include "model.h"')
    _, (sentence,) = judged({"dense.c": hidden})
    assert "which nobody sees" in sentence or "may include" in sentence


def test_what_a_firmware_does_before_the_first_inference_is_counted_to_each():
    outputs = {"instructions": np.array([10]), "extra_start": np.array(7)}
    sizes = {"flash_bytes": np.array(0), "ram_bytes": np.array(0)}
    assert workload.counted(None, {"private": outputs | sizes}, {})["instructions"] == 17


def test_the_score_is_of_the_private_phase():
    scores = workload.counted(
        None,
        {
            "public": {"instructions": np.array([1]), "extra_start": np.array(0)},
            "private": {
                "instructions": np.array([10, 20]),
                "extra_start": np.array(-5),
                "flash_bytes": np.array(7),
                "ram_bytes": np.array(8),
            },
        },
        {},
    )
    assert scores == {"instructions": 15.0, "macs": 95_040.0, "bytes": 7.0, "ram_bytes": 8.0}


@pytest.mark.parametrize("name", ["conv2d", "dense"])
def test_the_reference_is_the_fast_kernel_of_the_firmware(name):
    root = Path(__file__).parents[2]
    reference = root / "course/olympics/entries/bench_and_board/reference" / f"{name}.c"
    firmware = root / "hardware_labs/firmware/c" / f"{name}_smlad.c"
    assert reference.read_bytes() == firmware.read_bytes()


def test_what_the_machine_does_not_manage_for_the_reference_is_not_held_against_the_entry():
    reference = read_entry(workload.REFERENCE)
    broken = replace(reference, files={"dense.c": b"no C"})
    outcome = heat(reference, against=broken)
    assert outcome.verdict == "refused"
    assert "The reference itself is wrong on this machine: The firmware does not" in (
        outcome.sentence
    )
