"""One execution of a notebook from top to bottom: cells in its slot, hidden tests in its tester.

A cell over its time limit is stopped and the next one runs. Where the process is gone, the outputs
so far stay and each later cell gets a sentence that says why it was not run.
"""

from __future__ import annotations

import copy
import socket
from contextlib import ExitStack, suppress
from dataclasses import replace
from time import monotonic, perf_counter
from typing import Any

from autograder.notebook import cells
from autograder.notebook.cells import Cell
from autograder.notebook.definitions import NamesSoFar
from autograder.sandbox import fork_verdict
from autograder.sandbox.cell_outputs import CellOutputs, cell_name
from autograder.sandbox.copies import CopiesEnded, SubmissionCopy, WaitingTest
from autograder.sandbox.execution_tester import ExecutionTester
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.job import HiddenTestPlan, Job
from autograder.sandbox.limits import Limits
from autograder.sandbox.outputs import accept_outputs, error
from autograder.sandbox.process_handles import (
    GRACE_S,
    REPLY_OVERHEAD_BYTES,
    START_S,
    DeadlinePassed,
    DeadlineSocket,
    ProcessEnded,
)
from autograder.sandbox.reference_run import OtherScopes
from autograder.sandbox.run_result import GraderFault, RunResult
from autograder.sandbox.time_budget import TimeBudget
from autograder.sandbox.verdict_outputs import is_lost, printed_outputs, verdict_outputs

FORK_S = 2.0  # for a copy of the submission, however little time its cells have left
COPY_GRACE_S = 0.5  # after its time limit, a copy of the submission is stopped by its alarm


class Execution:
    """The state of one execution: the cells so far, the tests that wait, the messages.

    pool: of testers, None where every test runs in its place. slot: a Slot or an UnwalledSlot.
    other_scopes: in which a test at the end is tried again, for the instructor's notebook only.
    """

    def __init__(
        self,
        pool: Any,
        stack: ExitStack,
        slot: Any,
        job: Job,
        limits: Limits,
        last_attempt: bool,
        other_scopes: OtherScopes | None = None,
    ):
        self.last_attempt, self.other_scopes = last_attempt, other_scopes
        self.stack, self.slot, self.job, self.limits = stack, slot, job, limits
        self.notebook = copy.deepcopy(job.notebook)
        self.cell_outputs = CellOutputs(self.notebook, limits.shown_bytes)
        self.forked_tests: list[str] = []
        self.profiles: dict[str, tuple[str, ...]] = {}
        self.waiting_tests: list[WaitingTest] = []
        self.tests_without_copy: list[WaitingTest] = []  # while cells only define new names
        self.names = NamesSoFar()
        self.in_doubt: list[str] = []
        self.failed_in_doubt = False
        self.verdicts: dict[str, list[dict[str, Any]]] = {}  # outputs of the tests that have one
        self.scopes: dict[str, dict[str, Any]] = {}
        self.tester = ExecutionTester(pool, stack, job, limits)
        self.time = TimeBudget(limits, slot.cpu_seconds)
        self.slot_end = ""
        self.slot_is_late = False

    def run_all(self, start: float) -> RunResult:
        """Run every cell, then the tests that waited. start: on perf_counter's clock."""
        self._run_cells()
        self.time.begin_waiting_tests()
        for test in self.waiting_tests:
            with self.time.measure():
                self._run_waiting_test(test)
        return RunResult(
            self.notebook,
            perf_counter() - start,
            tuple(self.cell_outputs.messages),
            tuple(self.forked_tests),
            tuple(self.profiles.items()),
            self.time.starved,
            tuple(self.in_doubt) if self.failed_in_doubt else (),
            tuple(self.scopes.items()),
            self.time.longest_s,
        )

    def _run_cells(self) -> None:
        for index, cell in enumerate(self.notebook["cells"]):
            if cell["cell_type"] != "code" or not cells.source(cell).strip():
                continue
            try:
                with self.time.measure():
                    self._run_cell(cell)
            except ProcessEnded as end:
                if self.waiting_tests or self.tests_without_copy:
                    raise CopiesEnded from end
                self.cell_outputs.mark_not_run(index, str(end))
                return
            except GraderFault as fault:
                if not self.last_attempt:
                    raise
                if self.waiting_tests or self.tests_without_copy:
                    raise CopiesEnded from fault
                reason = f"ended the {self.slot.program} each time it was run ({fault})"
                self.cell_outputs.mark_not_run(index, reason)
                return
        try:
            self._share_copy()
        except ProcessEnded as end:
            raise CopiesEnded from end
        if not self.cell_outputs.hidden_test_ran:
            self._save_widget_state()

    def _run_cell(self, cell: Cell) -> None:
        plan = self.job.plans.get(cells.grade_id(cell)) if cells.is_test(cell) else None
        if plan is None:
            self._run_in_submission(cell, cells.source(cell))
            return
        if plan.in_tester and plan.at_end:
            self._wait_with_test(cell, plan)
        elif plan.in_tester:
            self._share_copy()
            self._run_in_tester(cell, plan)
        elif plan.in_place:
            self.cell_outputs.note_test(cell)
            self._run_in_submission(cell, cells.source(cell))
            self.forked_tests.append(cells.grade_id(cell))
        else:
            copied = self._copy_for_test(cell, plan, 2)
            if plan.at_end:
                self.waiting_tests += copied
            for test in () if plan.at_end else copied:
                self.cell_outputs.note_test(cell)
                self._run_forked_test(test)
        if plan.visible_part_runs and not plan.in_place:
            self._run_in_submission({**cell, "outputs": []}, _visible_part(cell))

    def _wait_with_test(self, cell: Cell, plan: HiddenTestPlan) -> None:
        """Keep a test for the end of the run. It gets its copy of the submission when a cell may
        change more than new names, and may share it with the tests since the last such cell. In
        the last attempt, and where other scopes will be tried, each has copies of its own."""
        if self.other_scopes or self.last_attempt:
            more = self.other_scopes.most if self.other_scopes else 0
            self.waiting_tests += self._copy_for_test(cell, plan, 1 + more)
            return
        self.names.add(cells.source(cell))
        self.names.add(plan.scope.get("helpers", ""))
        self.tests_without_copy.append(WaitingTest(cell, plan, self.time.cell_limit_s))

    def _share_copy(self) -> None:
        """Give the tests that have no copy of the submission one together."""
        tests = self.tests_without_copy
        if not tests:
            return
        limit = max(self.time.next_limit_s(), FORK_S)
        try:
            shared = SubmissionCopy(*self._fork_copies(min(2, len(tests)), limit))
        except DeadlinePassed:
            for test in tests:
                test.cell["outputs"] = [self._time_limit_error(test.cell, limit)]
        else:
            self.waiting_tests += [test._replace(copies=(shared,)) for test in tests]
        self.tests_without_copy = []

    def _run_waiting_test(self, test: WaitingTest) -> None:
        if not test.plan.in_tester:
            self._run_forked_test(test)
            return
        try:
            self._ask_copy(test)
            if self.other_scopes:
                self._try_other_scopes(test, self.other_scopes)
        except GraderFault as fault:
            if not self.last_attempt:
                raise
            self.tester.forget()
            test.cell["outputs"] = [error("NotRun", f"the test ended each time it ran ({fault})")]

    def _try_other_scopes(self, test: WaitingTest, other_scopes: OtherScopes) -> None:
        scopes = other_scopes.in_order(test.cell, test.plan.scope)
        for scope, fork in zip(scopes, test.copies[1:], strict=False):
            plan = replace(test.plan, scope=scope)
            self._ask_copy(test._replace(plan=plan, copies=(fork,)))
            self.scopes[cells.grade_id(test.cell)] = scope

    def _run_in_submission(self, cell: Cell, text: str) -> None:
        if not self.names.has_no_use_of(text):
            self._share_copy()
        self.names.add(text)
        request = {
            "do": "run",
            "text": text,
            "id": cell_name(cell),
            "most": self.limits.output_bytes,
        }
        limit = self.time.next_limit_s()
        try:
            self.cell_outputs.write(cell, self.slot.ask(request, limit))
            if cells.is_test(cell) and cells.has_hidden_part(cell):
                cell["outputs"] = fork_verdict.with_errors_of_test(text, cell["outputs"])
        except DeadlinePassed as stop:
            self.cell_outputs.write(cell, stop.reply)
            printed = cell["outputs"]
            if cells.is_test(cell):
                printed = printed_outputs(printed)
            cell["outputs"] = [*printed, self._time_limit_error(cell, limit)]
        self.cell_outputs.leave_out(cell)

    def _time_limit_error(self, cell: Cell, limit: float) -> dict[str, Any]:
        if not self.time.slow:
            self.cell_outputs.say(cell, f"was stopped after {limit:g} s")
        self.time.note_stop(limit)
        return error("TimeLimit", f"stopped after {limit:g} s")

    def _run_in_tester(self, cell: Cell, plan: HiddenTestPlan) -> None:
        """Run a test in the tester; the submission answers its questions meanwhile."""
        self.cell_outputs.note_test(cell)
        if not self._make_values(cell, plan):
            return
        tester_end, submission_end = socket.socketpair()
        limit = self.time.next_limit_s()
        with tester_end, submission_end:
            request = {"do": "serve", "most": self.limits.output_bytes}
            self.slot.send(request, submission_end.fileno())
            self.tester.open().start(_test_request(cell, plan), tester_end.fileno())
        verdict, timed_out = self.tester.await_verdict(limit, (self.slot.interrupt, self.slot.kill))
        reply = self._await_reply()
        self.cell_outputs.write(cell, reply or {"outputs": [], "count": None, "cut": False})
        outputs = [self._time_limit_error(cell, limit)] if timed_out else verdict_outputs(verdict)
        printed = [] if cells.has_hidden_part(cell) else printed_outputs(cell["outputs"])
        cell["outputs"] = [*printed, *outputs]
        self.cell_outputs.leave_out(cell)
        self.profiles[cells.grade_id(cell)] = tuple(verdict.get("profile", ()))
        if reply is None and self.slot_is_late and not timed_out:
            raise GraderFault("the slot did not come back from a test that had ended")
        if reply is None:
            raise ProcessEnded(self.slot_end)

    def _ask_copy(self, test: WaitingTest) -> None:
        """Run a test in the tester; the copy of the submission that waits for it answers. What the
        copy prints meanwhile is nobody's business."""
        if not self._make_values(test.cell, test.plan):
            return
        tester_end, submission_end = socket.socketpair()
        limit = self.time.next_limit_s(test.limit_s)
        fork = test.copies[0]
        with tester_end, submission_end:
            fork.serve(submission_end.fileno(), limit + COPY_GRACE_S)
            message = {**_test_request(test.cell, test.plan), "copy": True}
            self.tester.open().start(message, tester_end.fileno())
        verdict, timed_out = self.tester.await_verdict(limit, (lambda: None,))
        if fork.has_changed() and test.plan.profile is not None:
            self.in_doubt.append(cells.grade_id(test.cell))
            self.failed_in_doubt |= not verdict.get("passed")
        fork.end_test(timed_out or is_lost(verdict))
        if is_lost(verdict) and not timed_out:
            if self.slot.out_of_memory():
                raise CopiesEnded  # the copies need more together than the submission alone
            if not self.last_attempt:
                raise GraderFault("a copy of the submission ended")  # who ended it, nobody can say
        if timed_out:
            test.cell["outputs"] = [self._time_limit_error(test.cell, limit)]
            if self.time.starved:
                raise CopiesEnded  # it may wait for a thread that no copy has
        else:
            test.cell["outputs"] = verdict_outputs(verdict)
            self.verdicts[cells.grade_id(test.cell)] = test.cell["outputs"]
        self.profiles[cells.grade_id(test.cell)] = tuple(verdict.get("profile", ()))

    def _make_values(self, cell: Cell, plan: HiddenTestPlan) -> bool:
        """Have the tester make the given values that a test reads, outside the submission's time.
        False where it takes longer than a cell may, or ends the tester; the cell then says so."""
        statements = plan.scope.get("values", ())
        if not statements:
            return True
        start = monotonic()
        try:
            self.tester.open().make_values(statements, self.limits.cell_s)
        except (TimeoutError, GraderFault) as fault:
            self.tester.end()
            late = f"the values that the notebook gives took over {self.limits.cell_s:g} s"
            sentence = late if isinstance(fault, TimeoutError) else str(fault)
            is_planned = (
                plan.profile is not None
            )  # the reference could make them: neighbours did it
            if is_planned and not self.last_attempt:
                raise GraderFault(sentence) from fault
            cell["outputs"] = [error("NotRun", sentence)]
        self.time.extend(monotonic() - start)
        return self.tester.is_open

    def _await_reply(self) -> Any:
        """The outputs of the submission while it was asked; None where its process is gone."""
        try:
            return self.slot.reply(GRACE_S)
        except TimeoutError:
            self.slot.kill()
            self.slot_is_late = True
            self.slot_end = "did not stop when it was interrupted after its time limit"
        except ProcessEnded as end:
            self.slot_end = str(end)
        return None

    def _copy_for_test(self, cell: Cell, plan: HiddenTestPlan, count: int) -> list[WaitingTest]:
        """A test with copies of the submission as it is here; [] where that fails."""
        limit = max(self.time.next_limit_s(), FORK_S)
        try:
            copies = tuple(map(SubmissionCopy, self._fork_copies(count, limit)))
        except DeadlinePassed:
            cell["outputs"] = [self._time_limit_error(cell, limit)]
            return []
        return [WaitingTest(cell, plan, self.time.cell_limit_s, copies)]

    def _fork_copies(self, count: int, limit: float) -> list[socket.socket]:
        """The sockets of forks of the submission as it is here. DeadlinePassed where one fails."""
        peers = []
        for _ in range(count):
            peer, fork_end = socket.socketpair()
            peers.append(self.stack.enter_context(peer))
            with fork_end:
                self.slot.ask({"do": "hold"}, limit, fork_end.fileno())
        return peers

    def _run_forked_test(self, test: WaitingTest) -> None:
        text, name = cells.source(test.cell), cell_name(test.cell)
        canary_text = fork_verdict.FAILING_TEST if test.plan.plain_canary else text
        prelude = test.plan.prelude
        canary_request = {
            **{"text": canary_text, "id": name},
            **{"stub": test.plan.stub, "prelude": prelude},
        }
        canary, fork = test.copies
        canary_outputs = self._run_in_fork(test.cell, canary.peer, canary_request, test.limit_s)
        request = {"text": text, "id": name, "stub": "", "prelude": prelude}
        outputs = self._run_in_fork(test.cell, fork.peer, request, test.limit_s)
        test.cell["outputs"] = fork_verdict.graded_outputs(text, canary_outputs, outputs)
        self.forked_tests.append(cells.grade_id(test.cell))

    def _run_in_fork(
        self, cell: Cell, peer: socket.socket, request: dict[str, Any], limit_s: float
    ) -> list[Any]:
        """The outputs of one fork; an error where it is gone or takes too long."""
        limit = self.time.next_limit_s(limit_s)
        sock = DeadlineSocket(peer, monotonic() + limit)
        max_bytes = 4 * self.limits.output_bytes + REPLY_OVERHEAD_BYTES
        try:
            framing.send(sock, {**request, "most": self.limits.output_bytes})
            reply, _ = framing.receive(sock, max_bytes)
        except TimeoutError:
            return [self._time_limit_error(cell, limit)]
        except (EOFError, OSError, ValueError):
            return [error("NotRun", "the process in which the test ran is gone")]
        return accept_outputs(reply, self.limits.shown_bytes)[0]

    def _save_widget_state(self) -> None:
        """Keep the state of the notebook's widgets, where it has some, as nbclient keeps it."""
        with suppress(DeadlinePassed, ProcessEnded):
            state = self.slot.ask({"do": "state"}, START_S)
            if isinstance(state, dict) and isinstance(state.get("widgets"), dict):
                self.notebook.setdefault("metadata", {})["widgets"] = state["widgets"]


def _test_request(cell: Cell, plan: HiddenTestPlan) -> dict[str, Any]:
    return {
        "test": cell_name(cell),
        "source": cells.source(cell),
        "scope": plan.scope,
        "profile": None if plan.profile is None else list(plan.profile),
    }


def _visible_part(cell: Cell) -> str:
    return cells.remove_regions(cells.source(cell), cells.HIDDEN)
