"""The commands of the lab firmware, answered by a program in Python: for a machine with Linux.

It measures itself. Time is the machine's own; nothing holds it to 115,200 baud.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from hardware_labs.emulation.pi import machine
from hardware_labs.emulation.pi.answers import Answers
from hardware_labs.emulation.pi.inference import Result, Runner
from hardware_labs.emulation.pi.input_buffer import InputBuffer
from hardware_labs.emulation.pi.refusal import Refusal, is_number, numbers
from hardware_labs.emulation.pi.source import Source, sources
from hardware_labs.emulation.wire import FOREVER, Wire
from hardware_labs.models.fixed_point import requantize
from hardware_labs.models.network import Network
from hardware_labs.protocol.command_set import MAX_COMMAND
from hardware_labs.protocol.crc import crc16
from hardware_labs.protocol.mark import cut, is_mark, mark
from hardware_labs.protocol.mark import letters as letters_of

MAX_THREADS, MAX_BATCH = 64, 1_000_000
DTYPES = ("int8", "float32")


class Agent:
    """One board. `limit_bytes` is what it was held to, 0 for nothing; `base_bytes` its start."""

    def __init__(
        self, model: Network, wire: Wire, *, fast: bool = False, limit_bytes: int = 0, base: int = 0
    ) -> None:
        self.model, self.wire, self.fast = model, wire, fast
        self.limit_bytes, self.base_bytes = limit_bytes, base
        self.batch, self.source = 1, Source()
        self._runner = Runner(model)
        self._input = InputBuffer(model.inputs)
        self._last: Result | None = None
        self._came, self._answers = bytearray(), Answers(wire)
        self._zero_ns = time.perf_counter_ns()
        self._commands: dict[str, Callable[[list[str]], None]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    def run(self) -> None:
        """Answers until the wire ends."""
        self._say("m-timestamp-mode-performance", "m-init-done", "m-ready")
        command = bytearray()
        try:
            while True:
                byte = self._byte()
                if byte == ord("%"):
                    self._answer(bytes(command))
                    command.clear()
                elif len(command) < MAX_COMMAND and byte >= ord(" "):
                    command.append(byte)
        except EOFError:
            self._runner.close()

    def _answer(self, line: bytes) -> None:
        """An answer to a marked command ends in a mark; one whose mark is wrong is not run."""
        command, letters = cut(line)
        is_whole = letters == mark(command)
        self._answers.begin(command)
        if letters and not is_whole:
            self._say("e-[The command came damaged]")
        else:
            self._run(command.decode("latin-1"))
        self._answers.end(bool(letters) and is_whole)

    def _run(self, command: str) -> None:
        name, *words = [word for word in command.split(" ") if word] or [""]
        try:
            if name not in self._commands:
                raise Refusal(f"Unknown command: {name}")
            self._commands[name](words)
        except Refusal as refusal:
            self._say(f"e-[{refusal}]")
        except MemoryError:
            self._say(f"e-[{self._too_large()}]")

    def _do_name(self, _: list[str]) -> None:
        self._say("m-name-dut-[pi]")

    def _do_profile(self, _: list[str]) -> None:
        self._say("m-profile-[lab-1.0]", f"m-model-[{self.model.name}]")

    def _do_timestamp(self, _: list[str]) -> None:
        self._say(f"m-lap-us-{self._now_us()}")

    def _do_help(self, _: list[str]) -> None:
        self._say(*(f"m-help-[{name}]" for name in self._commands))

    def _do_info(self, _: list[str]) -> None:
        self._tell(
            "info",
            board="pi",
            core="cortex-a53" if machine.pi_model() else "host",
            clock_hz=machine.clock_hz(),
            flash_bytes=0,
            ram_bytes=self.limit_bytes or machine.ram_bytes(),
            firmware="lab agent 1.0",
            host=machine.host(),
            limit="rlimit RLIMIT_DATA" if self.limit_bytes else "none",
            cores=os.cpu_count() or 1,
            model=self.model.name,
            input=self.model.input_type,
            input_bytes=self.model.input_bytes,
            macs=self.model.macs,
            threads=self._runner.threads,
            batch=self.batch,
            dtype=self._runner.dtype,
            ticks="ns",
            sources=",".join(sources()),
            **self.source.facts(),
        )

    def _do_mem(self, _: list[str]) -> None:
        """batch_bytes: the most that one batch held at once, as NumPy's own allocations."""
        tracemalloc.start()
        try:
            self._runner.run(self._input.rows(self.batch))
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self._tell(
            "mem",
            ram_limit=self.limit_bytes,
            ram_used=max(0, machine.data_bytes() - self.base_bytes),
            batch_bytes=peak_bytes,
        )

    def _do_db(self, words: list[str]) -> None:
        if words[:1] == ["load"]:
            self._expect(words[1:])
        elif words[:1] == ["print"]:
            self._say(*self._input.lines())
        elif not words:
            raise Refusal("Command 'db' requires a subcommand")
        else:
            was_full = self._input.is_full
            self._input.add_hex(words[0])
            self._say(*["m-load-done"] * (self._input.is_full and not was_full))

    def _do_bload(self, words: list[str]) -> None:
        self._expect(words)
        while not self._input.is_full:
            self._input.add_frame(self._byte)
            self._say(f"m-ack-[{len(self._input.data)}]")
        self._say("m-load-done")

    def _do_crc(self, _: list[str]) -> None:
        self._say(f"m-crc-[{crc16(bytes(self._input.data)):04x}]")

    def _do_infer(self, words: list[str]) -> None:
        n, warmup = numbers(words, 1, 10)
        meant = "".join(words[2:3])
        if n < 1:
            raise Refusal("Inference iterations must be >0")
        if warmup < 0:
            raise Refusal("Inference warmup must be >=0")
        if is_mark(meant) and meant != letters_of(self._input.crc32()):
            raise Refusal(f"The input buffer holds {self._input.size} other bytes")
        self._say(f"m-warmup-start-{warmup}")
        self._repeat(warmup)
        self._say("m-warmup-done", f"m-infer-start-{n}")
        start = self._now_us()
        self._repeat(n)
        self._say(f"m-lap-us-{start}", f"m-lap-us-{self._now_us()}", "m-infer-done")
        self._do_results([])

    def _do_results(self, _: list[str]) -> None:
        row = np.zeros(self.model.outputs) if self._last is None else self._last.outputs[-1]
        self._say(
            f"m-results-[{','.join(f'{value * self.model.output_scale:.3f}' for value in row)}]"
        )

    def _do_output(self, _: list[str]) -> None:
        row = np.zeros(self.model.outputs) if self._last is None else self._last.outputs[-1]
        values = np.rint(row + self.model.output_zero).astype(int)
        self._say(f"m-output-[{','.join(map(str, values))}]")

    def _do_layer(self, _: list[str]) -> None:
        """Of the last batch, in the thread that took longest."""
        macs = self.model.layer_macs
        spans = self._last.layer_ns if self._last else (0,) * len(macs)
        for k, (layer, ns) in enumerate(zip(self.model.layers, spans, strict=True)):
            self._say(f"m-layer-[{k},kind={layer.kind},macs={macs[k]},ticks={ns}]")

    def _do_set(self, words: list[str]) -> None:
        key, value = [*words, "", ""][:2]
        if not self.source.set(key, value) and not self._set(key, value):
            raise Refusal(
                f"set takes threads 1..{MAX_THREADS}, batch 1..{MAX_BATCH}, dtype int8 or float32, "
                f"source {', '.join(sources())}, class of the recording, period 1..10000, "
                f"amplitude or noise 0..10000; not {key} {value}"
            )
        self._tell("set", **{key: value})

    def _set(self, key: str, value: str) -> bool:
        """Whether `key` is how the model is run, and `value` may be."""
        number = int(value) if is_number(value) else 0
        if key == "batch" and 1 <= number <= MAX_BATCH:
            self.batch = number
        elif key == "threads" and 1 <= number <= MAX_THREADS:
            self._prepare(self._runner.dtype, number)
        elif key == "dtype" and value in DTYPES:
            self._prepare(value, self._runner.threads)
        else:
            return False
        return True

    def _do_requant(self, words: list[str]) -> None:
        total, multiplier, shift = numbers(words, 0, 0, 0)
        if not 0 <= shift <= 31:
            raise Refusal("requant A M N takes N from 0 to 31")
        self._say(f"m-requant-[{int(requantize(np.array([total]), multiplier, shift)[0])}]")

    def _do_stream(self, words: list[str]) -> None:
        hz, n = numbers(words, 0, 0)
        if not 1 <= hz <= 10_000 or n < 0:
            raise Refusal("stream HZ N takes 1 to 10000 Hz and N of at least 0")
        start_s, late = time.monotonic(), 0
        for k, values in enumerate(self.source.samples()):
            if (n and k == n) or self._is_stopped(start_s + k / hz):
                break
            if not self.fast and time.monotonic() - start_s - k / hz > 1 / hz:
                late += 1
            else:
                self._say(f"m-s-{k},{','.join(map(str, values))}")
        self._tell("stream", late=late)

    def _is_stopped(self, due_s: float) -> bool:
        """Waits for the moment; true where the host sent a byte first."""
        left_s = 0.0 if self.fast else max(0.0, due_s - time.monotonic())
        self._came += self.wire.read(left_s)
        return bool(self._came)

    def _prepare(self, dtype: str, threads: int) -> None:
        """The runner that was is kept where there is no memory for the new one."""
        fresh = Runner(self.model, dtype, threads)
        self._runner.close()
        self._runner = fresh

    def _repeat(self, n: int) -> None:
        for start in range(0, n, self.batch):
            self._last = self._runner.run(self._input.rows(min(self.batch, n - start)))

    def _too_large(self) -> str:
        return (
            f"Not enough memory: a batch of {self.batch} in {self._runner.dtype} on "
            f"{self._runner.threads} threads does not fit {self.limit_bytes} bytes. "
            "Take a smaller batch or fewer threads or int8"
        )

    def _expect(self, words: list[str]) -> None:
        (n,) = numbers(words, 0)
        self._input.expect(n)
        self._say(f"m-[Expecting {n} bytes]")

    def _byte(self) -> int:
        while not self._came:
            self._came += self.wire.read(FOREVER)
        return self._came.pop(0)

    def _now_us(self) -> int:
        return (time.perf_counter_ns() - self._zero_ns) // 1000

    def _tell(self, kind: str, **facts: object) -> None:
        self._say(*(f"m-{kind}-[{key}={value}]" for key, value in facts.items()))

    def _say(self, *lines: str) -> None:
        self._answers.say(*lines)
