"""What one asks of a board over a dialogue: facts, bytes for its input, inferences, streams.

Each is a generator of steps, as the dialogue's own methods are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hardware_labs.errors import BoardGarbled, BoardRefused
from hardware_labs.protocol.command_set import Line, Reply, Sample, fields, inside
from hardware_labs.protocol.crc import MAX_PAYLOAD, frames
from hardware_labs.protocol.dialogue import TRIES, Dialogue, Steps
from hardware_labs.protocol.inference import Inference, inference, results
from hardware_labs.protocol.mark import mark
from hardware_labs.protocol.stated_model import StatedModel, stated_model

HEX_BYTES = 32
PATIENCE_S = 2.0
MACS_A_SECOND = 500_000  # a tenth of what an emulated board does on a quiet machine
FRAME_FRAMING = 3  # a length and a CRC-16 around the payload
STANDARD = {"board": "m-name-dut-[", "firmware": "m-profile-[", "model": "m-model-["}

OnProgress = Callable[[int, int], object]


def info(talk: Dialogue) -> Steps[dict[str, str]]:
    """What the board says about itself; one with standard firmware says name and model."""
    try:
        return fields((yield from talk.ask("info")), "info")
    except BoardRefused:
        lines = (yield from talk.ask("name")) + (yield from talk.ask("profile"))
        return {
            key: inside(line)
            for key, start in STANDARD.items()
            for line in lines
            if line.startswith(start)
        }


def model(talk: Dialogue) -> Steps[StatedModel]:
    """The model on the board, asked for once; one that nobody describes is taken to be int8."""
    if talk.model is None:
        try:
            talk.model = stated_model((yield from info(talk)))
        except BoardRefused:
            talk.model = StatedModel()
    return talk.model


def load(
    talk: Dialogue,
    data: bytes,
    progress: OnProgress | None = None,
    in_hex: bool = False,
    frame_bytes: int = MAX_PAYLOAD,
) -> Steps[None]:
    """Puts `data` into the input buffer: in binary frames where the board can, else in hex.

    `progress(done_bytes, all_bytes)` is called as they go; what it raises ends the loading.
    """
    if in_hex:
        yield from talk.repeated(lambda: _send_hex(talk, data, progress), TRIES)
    else:
        yield from talk.repeated(lambda: _send(talk, data, progress, frame_bytes), TRIES)


def infer(
    talk: Dialogue,
    x: np.ndarray | bytes,
    n: int = 1,
    warmup: int = 0,
    timeout_s: float | None = None,
) -> Steps[Inference]:
    """Loads `x` and runs the model on it `n` times after `warmup` runs. A damaged answer to either
    has both done again: the board may have been reset in between.

    An array is held against what the model takes before it is sent; bytes are sent as they are.
    """
    if n < 1 or warmup < 0:
        raise ValueError(
            f"infer takes n of at least 1 and warmup of at least 0, not {n} and {warmup}."
        )
    data = x if isinstance(x, bytes) else (yield from model(talk)).bytes_of(x)
    macs = talk.model.macs if talk.model else 0
    usual_s = 10.0 + (n + warmup) * (1 + macs / MACS_A_SECOND)
    patience_s = usual_s if timeout_s is None else timeout_s
    way = _infer if talk.has_marks else _infer_unmarked
    return (yield from talk.repeated(lambda: way(talk, data, n, warmup, patience_s), TRIES))


def stream(talk: Dialogue, hz: int, n: int = 0, timeout_s: float = 2.0) -> Steps[None]:
    """Yields the samples as they come; whoever stops early must `resync`.

    A sample is told before the mark at the end is known, so a stream that was damaged says so with
    a BoardGarbled after its last sample.
    """
    command, samples = f"stream {hz} {n}", 0
    yield from talk.start(command)
    while True:
        until = talk.clock() + timeout_s + 1 / max(hz, 1)
        for event in (yield from talk.events(command, until, timeout_s)):
            if isinstance(event, Sample):
                samples += 1
                if samples > n > 0:
                    raise BoardGarbled(
                        f"More than {n} samples came: the question was damaged on its way."
                    )
                yield event
            elif isinstance(event, Reply):
                _check_count(talk.accepted(event), samples, n)
                return


def _check_count(reply: Reply, samples: int, n: int) -> None:
    """Any byte ends a stream: also one that was doubled on the way to the board."""
    late = fields(reply.lines, "stream").get("late", "")
    if n and late.isdigit() and samples + int(late) != n:
        raise BoardGarbled(
            f"Of {n} samples {samples} came and {late} were late: a stray byte ended the stream. "
            "Ask for it again."
        )


def _send(
    talk: Dialogue,
    data: bytes,
    progress: OnProgress | None = None,
    frame_bytes: int = MAX_PAYLOAD,
) -> Steps[None]:
    if talk.takes_frames is not False:
        try:
            yield from _send_frames(talk, data, progress, frame_bytes)
            talk.takes_frames = True
            return
        except BoardRefused as refusal:
            if "Bad frame" in str(refusal):
                raise BoardGarbled(str(refusal)) from None
            if "Unknown command" not in str(refusal):
                raise
            talk.takes_frames = False
    yield from _send_hex(talk, data, progress)


def _send_frames(
    talk: Dialogue, data: bytes, progress: OnProgress | None, frame_bytes: int
) -> Steps[None]:
    """One `bload` command: a frame is sent when the one before it was acknowledged."""
    command, waiting, offset = f"bload {len(data)}", frames(data, frame_bytes), 0
    yield from talk.start(command)
    until = talk.clock() + PATIENCE_S
    while True:
        for event in (yield from talk.events(command, until, PATIENCE_S)):
            if isinstance(event, Reply):
                talk.accepted(event)
                return
            if not isinstance(event, Line) or not waiting:
                continue
            if event.text.startswith("m-[Exp") or event.text == f"m-ack-[{offset}]":
                _tell(progress, offset, len(data))
                offset, until = offset + len(waiting[0]) - FRAME_FRAMING, talk.clock() + PATIENCE_S
                yield from talk.send(waiting.pop(0), "(binary frame)")


def _send_hex(talk: Dialogue, data: bytes, progress: OnProgress | None) -> Steps[None]:
    yield from talk.once(f"db load {len(data)}", 2.0)
    for k in range(0, len(data), HEX_BYTES):
        _tell(progress, k, len(data))
        yield from talk.once(f"db {data[k : k + HEX_BYTES].hex()}", 2.0)


def _tell(progress: OnProgress | None, sent_bytes: int, total: int) -> None:
    if progress is not None:
        progress(sent_bytes, total)


def _infer(talk: Dialogue, data: bytes, n: int, warmup: int, timeout_s: float) -> Steps[Inference]:
    yield from _send(talk, data)
    try:
        lines = yield from talk.once(f"infer {n} {warmup} {mark(data)}", timeout_s)
    except BoardRefused as refusal:
        if "other bytes" not in str(refusal):
            raise
        raise BoardGarbled(
            f"{refusal} {len(data)} bytes were loaded: is the input of the right size? If it is, "
            "they arrived damaged, or the board was reset in between."
        ) from None
    return inference(lines, n, warmup)


def _infer_unmarked(
    talk: Dialogue, data: bytes, n: int, warmup: int, timeout_s: float
) -> Steps[Inference]:
    """Without marks the results are at least read twice."""
    yield from _send(talk, data)
    lines = yield from talk.once(f"infer {n} {warmup}", timeout_s)
    first_reading = inference(lines, n, warmup)
    try:
        again = results((yield from talk.once("results", 2.0)))
    except BoardRefused:
        return first_reading
    except ValueError:
        again = []
    if again != first_reading.outputs.tolist():
        talk.lose_step()
        raise BoardGarbled("The board told its results twice, and not the same.")
    return first_reading
