"""A series: reference and entry in turn on the same fresh inputs, each answer checked.

Each runs in a worker of its own. A worker gets the inputs as bytes and gives the outputs back as
bytes; the clock around that is the worker's, on the side of whoever judges. A local heat and the
judge differ in their workers, seeds and machines, and in nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from olympics import wire
from olympics.conclusion import (
    Answer,
    Busy,
    EntryFault,
    Outcome,
    Repetition,
    check_finite,
    conclusion,
)
from olympics.entry import Entry
from olympics.events import Event
from olympics.machine import Machine
from olympics.workload import Arrays, Workload

MAX_SENTENCES = 3
HIDDEN_FAULT = (
    "On the hidden inputs it failed, took too long or gave no answer of the form that is needed. "
    "What happened is not told, since it could tell of the inputs. A few other inputs went well "
    "before; try more of them: olympics try EVENT FOLDER --seed 1, then 2, and so on."
)
DRIVER = """
def _answer(data):
    return encode(run(decode(data, len(data))))
"""


class Worker(Protocol):
    """Where one entry runs. Between its answers it does not run at all."""

    def answer(self, data: bytes) -> Answer: ...

    def peak_bytes(self) -> float: ...


def sources(workload: Workload) -> tuple[str, str]:
    """What a worker runs before its first inputs: the wire, which is ours; then the event's
    program, which imports the entry, and `_answer(data)`, from bytes of inputs to bytes of outputs.
    """
    return Path(wire.__file__).read_text(encoding="utf-8"), workload.PROGRAM + DRIVER


def phases(rules: Event) -> tuple[str, ...]:
    """The phase of each repetition. Public and private halves take turns."""
    count = 2 if rules.kind == "counted" else rules.limits.pairs
    halves = tuple(("public", "private")[k % 2] for k in range(count))
    return ("warm_up",) * rules.limits.warm_ups + halves


def run_series(
    rules: Event,
    workload: Workload,
    entry: Entry,
    workers: tuple[Worker, Worker],
    seed_of: Callable[[int, str], int],
    rng: np.random.Generator,
    machine: Machine,
    hides: bool = False,
) -> Outcome:
    """What the pairs of an entry and the reference come to. workers: the entry's, the reference's.
    seed_of: the seed of a repetition by its number and phase. rng: decides who goes first and
    which half is verified; an entry must not be able to guess it. hides: the inputs of both halves
    come again for other entries, so that no word, time or memory may tell of them."""
    log: list[str] = []
    try:
        repetitions, outputs, seeds = _checked_pairs(
            rules, workload, workers, seed_of, rng, log, hides
        )
        counted = workload.counted(entry, outputs, seeds)
        check_finite(counted)
    except EntryFault as fault:
        return Outcome("wrong", str(fault), log="\n".join(log))
    except Busy as fault:
        return Outcome("refused", str(fault), log="\n".join(log))
    peak = {} if hides else {"peak_bytes": workers[0].peak_bytes()}
    floor_s = workload.floor_s(machine)
    return conclusion(rules, repetitions, {**counted, **peak}, floor_s, "\n".join(log))


def _checked_pairs(
    rules: Event,
    workload: Workload,
    workers: tuple[Worker, Worker],
    seed_of: Callable[[int, str], int],
    rng: np.random.Generator,
    log: list[str],
    hides: bool,
) -> tuple[list[Repetition], dict[str, Arrays], dict[str, int]]:
    """The timed repetitions, and the last outputs of each phase with the seed of their inputs.
    EntryFault for a wrong one."""
    repetitions, outputs_by_phase, seeds_by_phase = [], {}, {}
    spared = rules.limits.outliers
    for number, (phase, verified) in enumerate(_plan(rules, rng)):
        seed = seeds_by_phase[phase] = seed_of(number, phase)
        inputs, is_hidden = workload.inputs(seed, phase), hides and phase != "warm_up"
        try:
            answers = _pair(workers, wire.encode(inputs), rng)
            pair = Repetition(phase, _shapes(inputs), *answers, verified)
            outputs = _outputs(pair.entry.data, rules)
            faults, is_near = _pair_faults(rules, workload, inputs, pair, outputs)
            log.append(_log_line(number, pair, is_hidden, faults))
            if faults and not (is_near and spared):
                raise EntryFault(" ".join(faults[:MAX_SENTENCES]))
        except EntryFault as fault:
            raise EntryFault(HIDDEN_FAULT) if is_hidden else fault from None
        spared -= bool(faults)
        outputs_by_phase[phase] = outputs
        if phase != "warm_up":
            repetitions.append(pair)
    return repetitions, outputs_by_phase, seeds_by_phase


def _pair_faults(
    rules: Event, workload: Workload, inputs: Arrays, pair: Repetition, outputs: Arrays
) -> tuple[list[str], bool]:
    """What is wrong with the outputs of a pair that is verified, and whether rounding can have done
    it: of such pairs an event spares a few."""
    if not pair.verified:
        return [], False
    expected = _expected(workload, inputs, pair.reference.data, rules)
    faults = _faults(workload, inputs, outputs, expected)
    is_near = bool(faults and rules.limits.outliers) and workload.is_near(inputs, outputs, expected)
    return faults, is_near


def _faults(workload: Workload, inputs: Arrays, outputs: Arrays, expected: Arrays) -> list[str]:
    """As `workload.faults`; outputs that it cannot even look at are one."""
    try:
        return workload.faults(inputs, outputs, expected)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as fault:
        return [f"The outputs do not have the form that is needed: {type(fault).__name__} {fault}."]


def _plan(rules: Event, rng: np.random.Generator) -> Iterator[tuple[str, bool]]:
    """(phase, whether verified) of each repetition: all of a counted event, a random half of the
    timed ones of another."""
    names = phases(rules)
    timed = [k for k, phase in enumerate(names) if phase != "warm_up"]
    half = rng.choice(timed, (len(timed) + 1) // 2, replace=False)
    chosen = set(range(len(names)) if rules.kind == "counted" else half.tolist())
    for k, phase in enumerate(names):
        yield phase, k in chosen


def _shapes(inputs: Arrays) -> str:
    return " ".join(f"{name}{array.shape}" for name, array in sorted(inputs.items()))


def _pair(
    workers: tuple[Worker, Worker], data: bytes, rng: np.random.Generator
) -> tuple[Answer, Answer]:
    """The answers of entry and reference to the same inputs, asked in a random order."""
    if rng.integers(2):
        entry = workers[0].answer(data)
        reference = _reference_answer(workers[1], data)
    else:
        reference = _reference_answer(workers[1], data)
        entry = workers[0].answer(data)
    return entry, reference


def _reference_answer(worker: Worker, data: bytes) -> Answer:
    try:
        return worker.answer(data)
    except EntryFault as fault:
        raise Busy(f"The reference itself failed on this machine: {fault}") from fault


def _outputs(data: bytes, rules: Event) -> Arrays:
    try:
        return wire.decode(data, rules.limits.output_bytes)
    except wire.WireError as fault:
        raise EntryFault(f"The outputs cannot be read: {fault}") from fault


def _expected(workload: Workload, inputs: Arrays, data: bytes, rules: Event) -> Arrays:
    """The reference's outputs. Busy where they are wrong themselves, so that nothing which the
    machine does not manage is held against the entry."""
    try:
        expected = wire.decode(data, rules.limits.output_bytes)
    except wire.WireError as fault:
        raise Busy(f"The reference's outputs cannot be read: {fault}") from fault
    if faults := _faults(workload, inputs, expected, expected):
        raise Busy(f"The reference itself is wrong on this machine: {faults[0]}")
    return expected


def _log_line(number: int, pair: Repetition, is_hidden: bool, faults: list[str]) -> str:
    """A line for the log. Of hidden inputs it tells no time, which an entry could choose."""
    if is_hidden:
        return f"pair {number} ({pair.phase}): answered"
    times = [f"{1000 * answer.seconds:.2f} ms" for answer in (pair.entry, pair.reference)]
    check = "answer not checked"
    if pair.verified:
        check = "wrong answer" if faults else "answer checked"
    return (
        f"pair {number} ({pair.phase}): entry {times[0]}, reference {times[1]}, "
        f"ratio {pair.ratio:.3f}, {check}"
    )
