"""A notebook walked from top to bottom: cells in its slot, hidden tests in its tester.

Every end is an end of one row: a cell over its limit is stopped and the next goes on; a process
that is gone leaves the outputs so far and a sentence; both are in the `Run` that comes back.
"""

from __future__ import annotations

import base64
import copy
import socket
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from autograder.notebook import cells
from autograder.notebook.cells import Cell
from autograder.sandbox import fork_verdict
from autograder.sandbox.deadline_socket import Clocked
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.job import HiddenTestPlan, Job
from autograder.sandbox.kernel_pool import KernelPool, UnwalledSlot
from autograder.sandbox.limits import Disturbed, Limits, Run
from autograder.sandbox.outputs import accepted, error, updates
from autograder.sandbox.pool import Pool
from autograder.sandbox.processes import GRACE_S, OVERHEAD, STARTS_S, Ended, Late, Slot, Tester

TRIES = 3


def run(
    pool: Pool | KernelPool, job: Job, limits: Limits, cache: dict[str, bytes] | None = None
) -> Run:
    """Run `job` in a slot of its own. What disturbs the grader itself is tried again from the top;
    the third time in a row it is taken for the submission's own doing.

    cache: to be filled with what the run left in ~/.cache; only for the instructor's notebook.
    """
    trouble = Disturbed("not run")
    for attempt in range(TRIES):
        try:
            return _once(pool, job, limits, cache, last=attempt == TRIES - 1)
        except Disturbed as fault:
            trouble = fault
    raise trouble


def run_unwalled(job: Job, limits: Limits, libraries: tuple[Path, ...]) -> Run:
    """Run `job`, a notebook of one's own, in its kernel with one's own rights and no wall."""
    start = perf_counter()
    with ExitStack() as stack:
        slot = stack.enter_context(closing(UnwalledSlot(job.notebook, job.files, libraries)))
        return _through(_Walk(None, stack, slot, job, limits, last=True), start)


def _once(
    pool: Pool | KernelPool, job: Job, limits: Limits, cache: dict[str, bytes] | None, last: bool
) -> Run:
    start = perf_counter()
    testers = pool if isinstance(pool, Pool) else None
    with ExitStack() as stack:
        opened = stack.enter_context(pool.slot(job.notebook, limits))
        slot = stack.enter_context(closing(Slot(opened, job.files, limits.output_bytes)))
        done = _through(_Walk(testers, stack, slot, job, limits, last), start)
        if cache is not None:
            cache.update(_left_in_cache(slot))
        return done


def _through(walk: _Walk, start: float) -> Run:
    walk.through()
    return Run(
        walk.notebook,
        perf_counter() - start,
        tuple(walk.message),
        tuple(walk.forked),
        tuple(walk.profiles.items()),
    )


def _left_in_cache(slot: Slot) -> dict[str, bytes]:
    """Nothing where the slot is gone by now: a cache only saves time."""
    try:
        files = slot.ask({"do": "cache"}, STARTS_S)["files"]
    except (Late, Ended):
        return {}
    return {path: base64.b64decode(data) for path, data in files.items()}


class _Walk:
    """Where a walk stands: the cells so far, the time used, what was said.

    pool: of testers, None where every test runs in its place. slot: a Slot or an UnwalledSlot.
    """

    def __init__(
        self,
        pool: Any,
        stack: ExitStack,
        slot: Any,
        job: Job,
        limits: Limits,
        last: bool,
    ):
        self.last = last
        self.pool, self.stack, self.slot, self.job, self.limits = pool, stack, slot, job, limits
        self.notebook = copy.deepcopy(job.notebook)
        self.message: list[str] = []
        self.forked: list[str] = []
        self.profiles: dict[str, tuple[str, ...]] = {}
        self.held: list[tuple[Cell, HiddenTestPlan, socket.socket, socket.socket]] = []
        self.tester: Tester | None = None
        self.slow = False
        self.until = monotonic() + limits.notebook_s

    def through(self) -> None:
        """Run every cell, then the tests that waited for the end."""
        for place, cell in enumerate(self.notebook["cells"]):
            if cell["cell_type"] != "code" or not cells.source(cell).strip():
                continue
            try:
                self._cell(cell)
            except Ended as end:
                self._stop(place, str(end))
                break
            except Disturbed as fault:
                if not self.last:
                    raise
                self._stop(place, f"ended its process each time it was run ({fault})")
                break
        else:
            self._widgets()
        for cell, plan, canary, real in self.held:
            self._held_test(cell, plan, canary, real)

    def _limit(self) -> float:
        limit = self.limits.after_s if self.slow else self.limits.cell_s
        return max(0.1, min(limit, self.until - monotonic()))

    def _cell(self, cell: Cell) -> None:
        plan = self.job.plans.get(cells.grade_id(cell)) if cells.is_test(cell) else None
        if plan is None:
            self._plain(cell, cells.source(cell))
            return
        if plan.in_tester:
            self._test(cell, plan)
        elif plan.in_place:
            self._plain(cell, cells.source(cell))
            self.forked.append(cells.grade_id(cell))
        else:
            self._hold(cell, plan)
        if plan.opens and not plan.in_place:
            self._plain({**cell, "outputs": []}, _open_part(cell))

    def _plain(self, cell: Cell, text: str) -> None:
        request = {"do": "run", "text": text, "id": _name(cell), "most": self.limits.output_bytes}
        limit = self._limit()
        try:
            self._take(cell, self.slot.ask(request, limit))
        except Late as late:
            self._take(cell, late.reply)
            seen = _streams(cell["outputs"]) if cells.is_test(cell) else cell["outputs"]
            cell["outputs"] = [*seen, self._too_slow(cell, limit)]

    def _take(self, cell: Cell, reply: Any) -> None:
        """The outputs of a reply, as far as they have the form of outputs."""
        cell["outputs"], cell["execution_count"], cut = accepted(reply, self.limits.output_bytes)
        if cut:
            self.message.append(f"cell '{_name(cell)}' printed too much: cut")
        for name, number, shown in updates(reply):
            self._update(name, number, shown)

    def _update(self, name: str, number: int, shown: dict[str, Any]) -> None:
        """A cell may change what an earlier one displayed (`update_display`), never what came of a
        test: nbgrader reads points from there."""
        for cell in self.notebook["cells"]:
            if _name(cell) == name and 0 <= number < len(cell.get("outputs", [])):
                if cell["outputs"][number]["output_type"] == "display_data":
                    cell["outputs"][number].update(shown)
                return

    def _too_slow(self, cell: Cell, limit: float) -> dict[str, Any]:
        if not self.slow:
            self.message.append(f"cell '{_name(cell)}' was stopped after {limit:g} s")
        self.slow = True
        return error("TimeLimit", f"stopped after {limit:g} s")

    def _test(self, cell: Cell, plan: HiddenTestPlan) -> None:
        """Run a test in the tester; the submission answers its questions meanwhile."""
        ours, theirs = socket.socketpair()
        limit = self._limit()
        with ours, theirs:
            request = {"do": "serve", "most": self.limits.output_bytes}
            self.slot.tell(request, theirs.fileno())
            self._tester().start(_message(cell, plan), ours.fileno())
        verdict, late = self._verdict(limit)
        served = self._served()
        self._take(cell, served or {"outputs": [], "count": None, "cut": False})
        outputs = [self._too_slow(cell, limit)] if late else _told(verdict)
        cell["outputs"] = [*_streams(cell["outputs"]), *outputs]
        self.profiles[cells.grade_id(cell)] = tuple(verdict.get("profile", ()))
        if served is None:
            raise Ended(self.gone)

    def _tester(self) -> Tester:
        if self.tester is None:
            opened = self.stack.enter_context(self.pool.opened("tester", self.limits))
            self.tester = Tester(opened, self.job.files, dict(self.job.given))
        return self.tester

    def _verdict(self, limit: float) -> tuple[dict[str, Any], bool]:
        """(the verdict, whether the time limit was used up). A test that goes on when nobody
        answers it any more ends with its tester."""
        tester = self._tester()
        try:
            return tester.verdict(limit), False
        except TimeoutError:
            self.slot.interrupt()
        for end in (self.slot.kill, lambda: None):
            try:
                return tester.verdict(GRACE_S), True
            except TimeoutError:
                end()
        self.tester = None
        return {}, True

    def _served(self) -> Any:
        """What the submission printed while it was asked; None where its process is gone."""
        try:
            return self.slot.reply(GRACE_S)
        except TimeoutError:
            self.slot.kill()
            self.gone = "did not stop when it was interrupted after its time limit"
        except Ended as end:
            self.gone = str(end)
        return None

    def _hold(self, cell: Cell, plan: HiddenTestPlan) -> None:
        """Keep two copies of the submission as it is here: for the canary and for the test."""
        pairs = [socket.socketpair() for _ in range(2)]
        limit = self._limit()
        for ours, theirs in pairs:
            self.stack.enter_context(ours)
            with theirs:
                try:
                    self.slot.ask({"do": "hold"}, limit, theirs.fileno())
                except Late:
                    cell["outputs"] = [self._too_slow(cell, limit)]
                    return
        self.held.append((cell, plan, pairs[0][0], pairs[1][0]))

    def _held_test(
        self, cell: Cell, plan: HiddenTestPlan, canary: socket.socket, real: socket.socket
    ) -> None:
        text, name = cells.source(cell), _name(cell)
        failing = fork_verdict.FAILING if plan.plain_canary else text
        tried = [
            self._tried(cell, canary, {"text": failing, "id": name, "stub": plan.stub}),
            self._tried(cell, real, {"text": text, "id": name, "stub": ""}),
        ]
        cell["outputs"] = fork_verdict.judged(text, *tried)
        self.forked.append(cells.grade_id(cell))

    def _tried(self, cell: Cell, peer: socket.socket, request: dict[str, Any]) -> list[Any]:
        """The outputs of one held copy; an error where it is gone or takes too long."""
        limit = self._limit()
        clocked = Clocked(peer, monotonic() + limit)
        try:
            framing.send(clocked, {**request, "most": self.limits.output_bytes})
            reply, _ = framing.receive(clocked, 4 * self.limits.output_bytes + OVERHEAD)
        except TimeoutError:
            return [self._too_slow(cell, limit)]
        except (EOFError, OSError, ValueError):
            return [error("NotRun", "the process in which the test ran is gone")]
        return accepted(reply, self.limits.output_bytes)[0]

    def _widgets(self) -> None:
        """The state of the widgets, where the notebook has some, as nbclient keeps it."""
        with suppress(Late, Ended):
            state = self.slot.ask({"do": "state"}, STARTS_S)
            if isinstance(state, dict) and isinstance(state.get("widgets"), dict):
                self.notebook.setdefault("metadata", {})["widgets"] = state["widgets"]

    def _stop(self, place: int, what: str) -> None:
        """The process is gone: say it at the cell that did it, and at each cell after it."""
        culprit = _name(self.notebook["cells"][place])
        self.message.append(f"cell '{culprit}' {what}; the cells after it were not run")
        for cell in self.notebook["cells"][place:]:
            if cell["cell_type"] == "code":
                cell["outputs"].append(error("NotRun", f"not run: cell '{culprit}' {what}"))


def _name(cell: Cell) -> str:
    return cells.grade_id(cell) or str(cell.get("id", ""))


def _message(cell: Cell, plan: HiddenTestPlan) -> dict[str, Any]:
    return {
        "test": _name(cell),
        "source": cells.source(cell),
        "scope": plan.scope,
        "profile": None if plan.profile is None else list(plan.profile),
    }


def _told(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The outputs of a verdict. A test that did not pass has an error among them, or gets one: no
    outputs at all would mean full points."""
    outputs: list[dict[str, Any]] = verdict["outputs"]
    if verdict["passed"] or any(one["output_type"] == "error" for one in outputs):
        return outputs
    return [*outputs, error("NotRun", verdict.get("cannot") or "the test did not pass")]


def _streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was printed, without what only a cell of its own can show."""
    return [one for one in outputs if one["output_type"] in ("stream", "display_data")]


def _open_part(cell: Cell) -> str:
    return cells.without(cells.source(cell), cells.HIDDEN)
