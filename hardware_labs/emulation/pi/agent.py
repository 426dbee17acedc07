"""The commands of the lab firmware, answered by a program in Python: for a machine with Linux.

It measures itself. Time is the machine's own; nothing holds it to 115,200 baud.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np

from hardware_labs.emulation.pi import machine
from hardware_labs.emulation.pi.inference import Result, Runner
from hardware_labs.emulation.pi.signal import wave
from hardware_labs.emulation.recordings import NAMES, recording
from hardware_labs.emulation.wire import FOREVER, Wire
from hardware_labs.models.network import Model
from hardware_labs.protocol.command_set import MAX_COMMAND
from hardware_labs.protocol.crc import MAX_PAYLOAD, crc16

MAX_THREADS, MAX_BATCH = 64, 1_000_000
DTYPES = ("int8", "float32")


class Refusal(Exception):
    """A command that cannot be done; the text goes into `e-[...]`."""


class Agent:
    """One board. `limit_bytes` is what it was held to, 0 for nothing; `base_bytes` its start."""

    def __init__(
        self, model: Model, wire: Wire, *, fast: bool = False, limit_bytes: int = 0, base: int = 0
    ) -> None:
        self.model, self.wire, self.fast = model, wire, fast
        self.limit_bytes, self.base_bytes = limit_bytes, base
        self.signal = {"period": 50, "amplitude": 1000, "noise": 40}
        self.batch, self.source, self.only_class = 1, "test", -1
        self._runner = Runner(model)
        self._buffer, self._expected = bytearray(), 0
        self._last: Result | None = None
        self._came = bytearray()
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
                    self._answer(command.decode("ascii", "replace"))
                    command.clear()
                elif len(command) < MAX_COMMAND and byte not in b"\r\n":
                    command.append(byte)
        except EOFError:
            self._runner.close()

    def _answer(self, command: str) -> None:
        name, *words = command.split() or [""]
        try:
            if name not in self._commands:
                raise Refusal(f"Unknown command: {name}")
            self._commands[name](words)
        except Refusal as refusal:
            self._say(f"e-[{refusal}]")
        except MemoryError:
            self._say(f"e-[{self._too_large()}]")
        self._say("m-ready")

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
            limit="RLIMIT_DATA" if self.limit_bytes else "none",
            cores=os.cpu_count() or 1,
            model=self.model.name,
            macs=self.model.macs,
            threads=self._runner.threads,
            batch=self.batch,
            dtype=self._runner.dtype,
            ticks="ns",
            sources=",".join(("test", *NAMES)),
        )
        if self.source == "test":
            self._tell("info", source="test", source_data="synthesised by the agent")
        else:
            self._tell("info", **recording(self.source).facts())

    def _do_mem(self, _: list[str]) -> None:
        """batch_bytes: the most that one batch held at once, as NumPy's own allocations."""
        tracemalloc.start()
        try:
            self._runner.run(self._inputs(self.batch))
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
            self._say("m-buffer" + "".join(f"-{byte:02x}" for byte in self._buffer))
        else:
            self._take_hex(words[0] if words else "")

    def _do_bload(self, words: list[str]) -> None:
        self._expect(words)
        while len(self._buffer) < self._expected:
            payload = self._frame()
            if not payload:
                raise Refusal(f"Bad frame after byte {len(self._buffer)}")
            self._buffer += payload[: self._expected - len(self._buffer)]
            self._say(f"m-ack-[{len(self._buffer)}]")
        self._say("m-load-done")

    def _do_crc(self, _: list[str]) -> None:
        self._say(f"m-crc-[{crc16(bytes(self._buffer)):04x}]")

    def _do_infer(self, words: list[str]) -> None:
        n, warmup = [*_numbers(words), 0, 0][:2]
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

    def _do_layer(self, _: list[str]) -> None:
        """Of the last batch, in the thread that took longest."""
        spans = self._last.layer_ns if self._last else (0,) * len(self.model.layers)
        for k, (layer, ns) in enumerate(zip(self.model.layers, spans, strict=True)):
            self._say(f"m-layer-[{k},macs={layer.macs},ticks={ns}]")

    def _do_set(self, words: list[str]) -> None:
        key, value = [*words, "", ""][:2]
        if key == "source" and value in ("test", *NAMES):
            self.source, self.only_class = value, -1
        elif key == "class" and self.source != "test" and _is_number(value):
            if not len(recording(self.source).rows_of(int(value))):
                raise Refusal("set class takes the number of a class in the recording, or -1")
            self.only_class = int(value)
        elif key in self.signal and _is_number(value) and (key == "period") <= int(value) <= 10000:
            self.signal[key] = int(value)
        elif key == "batch" and _is_number(value) and 1 <= int(value) <= MAX_BATCH:
            self.batch = int(value)
        elif key == "threads" and _is_number(value) and 1 <= int(value) <= MAX_THREADS:
            self._prepare(self._runner.dtype, int(value))
        elif key == "dtype" and value in DTYPES:
            self._prepare(value, self._runner.threads)
        else:
            raise Refusal(
                f"set takes threads 1..{MAX_THREADS}, batch 1..{MAX_BATCH}, dtype int8 or float32, "
                f"source {', '.join(('test', *NAMES))}, class of the recording, period 1..10000, "
                f"amplitude or noise 0..10000; not {key} {value}"
            )
        self._tell("set", **{key: value})

    def _do_stream(self, words: list[str]) -> None:
        hz, n = [*_numbers(words), 0, 0][:2]
        if not 1 <= hz <= 10_000 or n < 0:
            raise Refusal("stream HZ N takes 1 to 10000 Hz and N of at least 0")
        start_s, late = time.monotonic(), 0
        for k, values in enumerate(self._samples()):
            if (n and k == n) or self._is_stopped(start_s + k / hz):
                break
            if not self.fast and time.monotonic() - start_s - k / hz > 1 / hz:
                late += 1
            else:
                self._say(f"m-s-{k},{','.join(map(str, values))}")
        self._tell("stream", late=late)

    def _samples(self) -> Iterator[tuple[int, ...]]:
        if self.source == "test":
            yield from ((value,) for value in wave(**self.signal))
        played = recording(self.source)
        rows = played.rows_of(self.only_class)
        while True:
            yield from (tuple(map(int, played.values[row])) for row in rows)

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

    def _inputs(self, n: int) -> np.ndarray:
        """The input buffer, zeros behind it, once for each inference of a batch."""
        row = np.frombuffer(bytes(self._buffer).ljust(self.model.inputs, b"\0"), np.int8)
        return np.repeat(row[None], n, axis=0)

    def _repeat(self, n: int) -> None:
        for start in range(0, n, self.batch):
            self._last = self._runner.run(self._inputs(min(self.batch, n - start)))

    def _too_large(self) -> str:
        return (
            f"Not enough memory: a batch of {self.batch} in {self._runner.dtype} on "
            f"{self._runner.threads} threads does not fit {self.limit_bytes} bytes. "
            "Take a smaller batch or fewer threads or int8"
        )

    def _expect(self, words: list[str]) -> None:
        n = [*_numbers(words), 0][0]
        if not 1 <= n <= self.model.inputs:
            raise Refusal(f"The buffer holds 1 to {self.model.inputs} bytes")
        self._expected, self._buffer = n, bytearray()
        self._say(f"m-[Expecting {n} bytes]")

    def _take_hex(self, text: str) -> None:
        try:
            data = bytes.fromhex(text)
        except ValueError:
            raise Refusal(f"Not hexadecimal: {text}") from None
        self._buffer += data[: self._expected - len(self._buffer)]
        if len(self._buffer) == self._expected:
            self._say("m-load-done")

    def _frame(self) -> bytes:
        """One frame's payload, b"" where it did not arrive whole."""
        n = self._byte()
        if n > MAX_PAYLOAD:
            return b""
        payload = bytes(self._byte() for _ in range(n))
        check = self._byte() << 8 | self._byte()
        return payload if crc16(payload) == check else b""

    def _byte(self) -> int:
        while not self._came:
            self._came += self.wire.read(FOREVER)
        return self._came.pop(0)

    def _now_us(self) -> int:
        return (time.perf_counter_ns() - self._zero_ns) // 1000

    def _tell(self, kind: str, **facts: object) -> None:
        self._say(*(f"m-{kind}-[{key}={value}]" for key, value in facts.items()))

    def _say(self, *lines: str) -> None:
        self.wire.write("".join(f"{line}\r\n" for line in lines).encode("ascii", "replace"))


def _is_number(word: str) -> bool:
    return word.removeprefix("-").isdigit()


def _numbers(words: list[str]) -> list[int]:
    """What are numbers among the words."""
    return [int(word) for word in words if _is_number(word)]
