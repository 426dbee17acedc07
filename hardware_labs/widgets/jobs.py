"""What a panel does with its board, each as a function of the session that a cell can call too.

They return when they are done, and are run beside the page by `Session.start`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from hardware_labs.board import Board
from hardware_labs.errors import (
    BoardError,
    BoardLost,
    BoardRefused,
    BoardSilent,
    LineJunk,
    Stopped,
)
from hardware_labs.measuring.benchmark import Benchmark, benchmark, digit_inputs, warm_up
from hardware_labs.measuring.energy import POWERS, Energy, measured, modelled
from hardware_labs.measuring.memory import memory
from hardware_labs.measuring.upload import Progress, upload
from hardware_labs.models.network import digits_model
from hardware_labs.protocol.command_set import Sample, inside
from hardware_labs.protocol.crc import crc16
from hardware_labs.recording.dataset import balance, counts, free_name, identity, save
from hardware_labs.recording.take import Take, checked_label, checked_rate, record
from hardware_labs.transports.address import WEB_SERIAL
from hardware_labs.widgets.session import Session
from hardware_labs.widgets.sources import show_source
from hardware_labs.widgets.trouble import diagnose, diagnosis


def connect(session: Session, address: str) -> None:
    """Opens `address`; the same board again where it is the one of before, with its log.

    "webserial" is the port that somebody has opened in the page.
    """
    if address == WEB_SERIAL:
        meet_serial(session)
        return
    board = session.board
    try:
        if board is not None and board.address == address:
            board.reconnect()
        else:
            session.meet(lambda: Board.connect(address))
    except LineJunk:  # which says all that is heard
        raise
    except BoardSilent as silence:
        raise BoardSilent(f"{silence} {diagnose(address)}".strip()) from None
    show_board(session)


def meet_serial(session: Session) -> None:
    """Takes the port that the page has opened."""
    link = session.serial.link
    if link is None or link.closed:
        raise BoardError(session.serial.words)
    try:
        session.meet(lambda: Board(link.blocking(), WEB_SERIAL))
    except LineJunk as junk:
        raise LineJunk(f"{junk} The page opened the port at {link.baud}.") from None
    except BoardSilent as silence:
        heard = diagnosis(bytes(link.recent), link.baud)
        raise BoardSilent(f"{silence} {heard}".strip()) from None
    show_board(session)


def show_board(session: Session) -> None:
    """What a board that was just connected tells: its memory, and what it streams."""
    show_memory(session)
    show_source(session)


def disconnect(session: Session) -> None:
    """Gives the port back."""
    session.open_board.close()


def reset(session: Session) -> None:
    """Restarts the board where its link can; finds it again in any case."""
    board = session.open_board
    pull = getattr(board.link, "reset", None)
    if pull is not None:
        pull()
    board.resync()
    if pull is None:
        session.trouble("This link has no reset line; the board was found again, not restarted.")


def stream(session: Session, rate_hz: int, n: int = 0) -> None:
    """Samples into the plot: `n`, or until it is stopped for n = 0."""
    session.forget_samples()
    count, gaps = 0, 0
    try:
        for sample in session.open_board.stream(rate_hz, n):
            session.sample(sample)
            count += 1
            gaps = sample.sequence + 1 - count  # the board numbers what it leaves out too
            if session.due():
                _show_stream(session, count, gaps)
            if session.worker.stopped():
                return
        gaps = max(gaps, n - count)
    finally:
        _show_stream(session, count, gaps)


def _show_stream(session: Session, count: int, gaps: int) -> None:
    """How many samples came, and how many the board could not send in time."""
    share = gaps / (count + gaps) if gaps else 0.0
    advice = f" ({share:.0%}): the line is too slow for this rate. Choose a lower one" * (gaps > 0)
    session.show("stream", came=count, lost=gaps, words=f"{count} came, lost: {gaps}{advice}.")


def take(session: Session, label: str, rate_hz: int, seconds: float, countdown_s: int = 0) -> None:
    """Counts down, records one take, and saves all takes.

    What can be known to be wrong with it is said before: the label, the rate, and, with the first
    sample, the number of channels.
    """
    board = session.open_board
    checked_label(label)
    _check_rate(session, checked_rate(rate_hz))
    who = identity(board)
    show_source(session)
    for left_s in range(countdown_s, 0, -1):
        show_recorder(session, f"'{label}' begins in {left_s} s")
        if session.worker.pause(1.0):
            raise Stopped("The countdown was stopped; nothing was recorded.")
    show_recorder(session, f"recording '{label}' for {seconds:g} s")
    session.forget_samples()
    try:
        new_take = record(
            board,
            label,
            rate_hz,
            seconds,
            stopped=session.worker.stopped,
            on_sample=lambda sample: _show_sample(session, sample),
        )
    except Stopped:  # which says so itself
        raise
    except BoardLost as loss:
        raise BoardLost(f"{loss.event} The take '{label}' was not kept.", loss.cure) from None
    except BoardError as error:
        raise type(error)(f"{error} The take '{label}' was not kept.") from None
    else:
        _keep(session, [*session.takes, new_take], who)
    finally:
        show_recorder(session)


def drop_take(session: Session) -> None:
    """Forgets the newest take, in the files too; the first one's files stay."""
    if not session.takes:
        raise BoardError("There is no take to drop.")
    if len(session.takes) > 1:
        _keep(session, session.takes[:-1], identity(session.open_board))
    else:
        session.takes = []
    show_recorder(session)


def add_label(session: Session, label: str) -> None:
    """A button for `label`. Raises ValueError for what is no label."""
    if checked_label(label) not in session.labels:
        session.labels.append(label)
    show_labels(session)


def show_labels(session: Session) -> None:
    """The labels that have a button: those there were, those added, those recorded by a cell."""
    recorded = [label for label in counts(session.takes) if label not in session.labels]
    session.labels += recorded
    session.show("labels", labels=list(session.labels))


def show_recorder(session: Session, doing: str = "") -> None:
    """The recorder as it is: samples of each label, the files, what goes on."""
    samples = counts(session.takes)
    where = str(session.folder / f"{session.dataset}.json") if session.takes else ""
    lost_count = sum(one.lost for one in session.takes)
    show_labels(session)
    session.show(
        "recorder",
        counts=samples,
        takes=len(session.takes),
        lost=lost_count,
        balance=balance(samples),
        path=where,
        doing=doing,
    )


def run_benchmark(session: Session, n: int, warmup: int) -> None:
    """`n` inferences, and the energy of one: on unseen digits where the board classifies those,
    else on random numbers, which have no right answers."""
    model = session.open_board.model()
    if model.name == digits_model().name:
        inputs, labels = digit_inputs(n)
        run_benchmark_on(session, inputs, labels, warmup)
    elif model.input_bytes:
        run_benchmark_on(session, model.random_inputs(n, np.random.default_rng(0)), None, warmup)
    else:
        raise BoardRefused(
            f"The board does not tell what its model '{model.name or 'unknown'}' takes. Give it "
            "your own: hardware_labs.measuring.benchmark.benchmark(board, inputs, labels)."
        )


def run_benchmark_on(
    session: Session, inputs: np.ndarray, labels: np.ndarray | None, warmup: int
) -> None:
    """As `run_benchmark`, on inputs of one's own. The warm-up is over when the meter begins."""
    board, results, total = session.open_board, [], len(inputs)

    def show_count(count: int) -> None:
        if session.due():
            session.show("benchmark", doing=f"{count} of {total} inferences")
            session.flush()

    def run() -> float:
        begin_s = time.perf_counter()
        results.append(
            benchmark(
                board,
                inputs,
                labels,
                warmup=0,
                stopped=session.worker.stopped,
                on_progress=show_count,
            )
        )
        return time.perf_counter() - begin_s

    session.show("benchmark", doing=f"0 of {total} inferences")
    try:
        warm_up(board, inputs, warmup)
        energy = None if session.meter is None else measured(session.meter, run, total)
        if energy is None:
            run()
    except BoardError:
        session.show("benchmark", doing="")
        raise
    show_benchmark(session, replace(results[0], warmup=warmup))
    show_energy(session, energy, results[0], board.name)


def show_benchmark(session: Session, result: Benchmark) -> None:
    confusion = result.confusion
    session.show(
        "benchmark",
        doing="",
        n=result.n,
        warmup=result.warmup,
        median_us=result.median_us,
        p95_us=result.p95_us,
        round_trip_ms=float(np.median(result.round_trip_ms)),
        accuracy=result.accuracy,
        confusion=None if confusion is None else confusion.tolist(),
    )


def show_energy(session: Session, energy: Energy | None, result: Benchmark, name: str) -> None:
    """Measured where there is a meter; else modelled where the power of the board is known."""
    power = POWERS.get(name)
    if energy is None and power is not None:
        energy = modelled(result.median_us * 1e-6, power)
    if energy is None:
        words = f"No meter is attached, and no power of '{name}' is known to multiply with."
        session.show("energy", kind="unknown", words=words)
        return
    session.show(
        "energy",
        kind=energy.kind,
        words=f"{energy.joules * 1e6:.3g} µJ an inference",
        source=energy.source,
    )


def show_memory(session: Session) -> None:
    """Bars of flash, RAM and stack; a sentence where the firmware does not tell."""
    try:
        shares = memory(session.open_board)
    except BoardRefused as refusal:
        session.show("memory", bars=[], words=f"No bars: {refusal}")
        return
    bars = [
        {
            "name": share.name,
            "used": share.used_bytes,
            "limit": share.limit_bytes,
            "words": str(share),
        }
        for share in shares
    ]
    session.show("memory", bars=bars, words="")


def load(session: Session, data: bytes, frame_bytes: int = 16) -> None:
    """`data` into the input buffer, and the board's CRC of it compared with ours."""
    board = session.open_board

    def show_upload(progress: Progress) -> None:
        if session.due():
            _show_progress(session, progress, "")
            session.flush()

    _show_progress(session, Progress(0, len(data), 0.0), "")
    try:
        last_progress = upload(
            board,
            data,
            frame_bytes=frame_bytes,
            stopped=session.worker.stopped,
            on_progress=show_upload,
        )
    except BoardError as error:
        session.show("upload", sent=0, total=len(data), words="not uploaded")
        raise error
    crc = inside(board.ask("crc")[0])
    crc_matches = crc.lower() == f"{crc16(data):04x}"
    checked = f"CRC {crc} as sent" if crc_matches else f"CRC {crc} is not that of what was sent"
    _show_progress(session, last_progress, checked)


def _show_progress(session: Session, progress: Progress, note: str) -> None:
    words = f"{progress.sent_bytes} of {progress.total_bytes} bytes"
    if progress.seconds > 0:
        words += f", {progress.bytes_per_s:,.0f} bytes/s"
    words += f"; {note}" if note else ""
    session.show("upload", sent=progress.sent_bytes, total=progress.total_bytes, words=words)


def _keep(session: Session, takes: list[Take], who: dict[str, str]) -> None:
    """Saves all takes, under a name that was free when this session saved for the first time."""
    name = session.dataset or free_name(session.folder, "dataset")
    save(session.folder, name, takes, who, datetime.now(UTC).isoformat(timespec="seconds"))
    session.takes, session.dataset = takes, name


def _check_rate(session: Session, rate_hz: int) -> None:
    if session.takes and session.takes[0].rate_hz != rate_hz:
        raise BoardRefused(
            f"The takes so far were recorded at {session.takes[0].rate_hz} Hz, and one data set "
            f"has one rate. Record at that, or open another panel for takes at {rate_hz} Hz."
        )


def _show_sample(session: Session, sample: Sample) -> None:
    """A sample of a take, in the plot; at the first of another width nothing more is recorded."""
    channels = session.takes[0].channels if session.takes else len(sample.values)
    if len(sample.values) != channels:
        raise BoardRefused(
            f"The takes so far have {channels} channels, and the board now sends "
            f"{len(sample.values)}. Choose the source of before, or open another panel."
        )
    session.sample(sample)
