"""The tester of one execution: opened for its first hidden test, and anew where it was lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from autograder.sandbox.job import Job
from autograder.sandbox.limits import Limits
from autograder.sandbox.process_handles import GRACE_S, TesterHandle


class ExecutionTester:
    """A tester of `pool`, which ends with `stack` at the latest."""

    def __init__(self, pool: Any, stack: ExitStack, job: Job, limits: Limits):
        self._pool, self._stack, self._job, self._limits = pool, stack, job, limits
        self._tester: TesterHandle | None = None
        self._tester_stack = ExitStack()

    @property
    def is_open(self) -> bool:
        return self._tester is not None

    def open(self) -> TesterHandle:
        """The tester, which a new process becomes where there is none."""
        if self._tester is None:
            self._tester_stack = self._stack.enter_context(ExitStack())
            process = self._tester_stack.enter_context(
                self._pool.open_process("tester", self._limits)
            )
            self._tester = TesterHandle(process, self._job.files, dict(self._job.tester_setup))
        return self._tester

    def forget(self) -> None:
        """The next test gets another tester. The process of this one, which may be gone already, is
        not waited for: it is closed with the execution."""
        self._tester = None

    def end(self) -> None:
        """End the tester's process now, which may go on computing; the next test gets another."""
        self._tester = None
        self._tester_stack.close()

    def await_verdict(
        self, limit: float, steps: tuple[Callable[[], None], ...]
    ) -> tuple[dict[str, Any], bool]:
        """(the verdict, whether the time limit was used up). steps: what is done one after the
        other so that a test over its limit comes to an end. One that goes on when nobody answers it
        any more ends with its tester."""
        tester = self.open()
        try:
            return tester.verdict(limit), False
        except TimeoutError:
            pass
        for step in steps:
            step()
            try:
                return tester.verdict(GRACE_S), True
            except TimeoutError:
                continue
        self.end()
        return {"outputs": []}, True
