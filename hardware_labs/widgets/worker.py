"""One job at a time in a thread of its own, so that the page stays alive and can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hardware_labs.errors import BoardBusy


class Worker:
    """`busy` is the name of the job that runs, "" when there is none."""

    def __init__(self) -> None:
        self.busy = ""
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, name: str, job: Callable[[], None], after: Callable[[], None]) -> None:
        """Runs `job`, then `after` when it no longer counts as running. Raises BoardBusy."""
        with self._lock:
            if self.busy:
                raise BoardBusy(f"The panel is busy ({self.busy}). Press Stop, or wait for it.")
            self.busy = name
            self._stop.clear()
            self._thread = threading.Thread(
                target=self._run, args=(job, after), name=f"panel: {name}", daemon=True
            )
        self._thread.start()

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

    def _run(self, job: Callable[[], None], after: Callable[[], None]) -> None:
        try:
            job()
        finally:
            self.busy = ""
            after()
