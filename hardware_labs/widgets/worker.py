"""One job at a time in a thread of its own, so that the page stays alive and can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from hardware_labs.errors import BoardBusy


@dataclass(frozen=True)
class Job:
    """`run`, and `after` when it no longer counts as running."""

    name: str
    run: Callable[[], None]
    after: Callable[[], None]


class Worker:
    """`busy` is the name of the job that runs, "" when there is none."""

    def __init__(self) -> None:
        self.busy = ""
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._next: Job | None = None

    def start(self, job: Job) -> None:
        """Runs `job`. Raises BoardBusy where another one runs."""
        with self._lock:
            if self.busy:
                raise BoardBusy(f"The panel is busy ({self.busy}). Press Stop, or wait for it.")
            self._begin(job)

    def start_next(self, job: Job) -> None:
        """Asks the job that runs to end, and then runs `job`. Of several that wait for their turn,
        only the newest is run."""
        with self._lock:
            if self.busy:
                self._next = job
                self._stop.set()
            else:
                self._begin(job)

    def stop(self) -> None:
        """Asks the job to end; it does so at its next step."""
        self._stop.set()

    def stopped(self) -> bool:
        return self._stop.is_set()

    def pause(self, seconds: float) -> bool:
        """Sleeps within a job; True when it was asked to end meanwhile."""
        return self._stop.wait(seconds)

    def wait(self, timeout_s: float) -> bool:
        """Whether there is no job, or it ended within the time."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        return not self.busy

    def _begin(self, job: Job) -> None:
        self.busy = job.name
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._run, args=(job,), name=f"panel: {job.name}", daemon=True
        )
        self._thread.start()

    def _run(self, job: Job) -> None:
        """`job`, and in the same thread what was asked for meanwhile."""
        try:
            job.run()
        finally:
            following = self._following()
            job.after()
            if following is not None:
                self._run(following)

    def _following(self) -> Job | None:
        with self._lock:
            following, self._next = self._next, None
            self.busy = following.name if following else ""
            if following:
                self._stop.clear()
            return following
