"""Where submissions run when one machine is not enough: the workers of a dask cluster.

The one file that knows dask. Every worker gets the context once, finds out which isolation it has,
and keeps a pool warm until the class is done. dask runs a task again when it loses its worker, so a
submission may run twice; one answer reaches the coordinator, which alone writes marks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from time import monotonic
from typing import Any, cast
from uuid import uuid4

import dask
from distributed import (
    CancelledError,
    Client,
    KilledWorker,
    LocalCluster,
    Security,
    Worker,
    WorkerPlugin,
    get_worker,
    rpc,
)

from autograder.grading import context as contexts
from autograder.grading.context import GradingContext
from autograder.grading.engine import Engine, cores, open_pool
from autograder.grading.grade_one import SubmissionRun, run_submission
from autograder.grading.student_modules import StudentModules
from autograder.model import CourseError
from autograder.sandbox import choose_level as levels
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.pool import Pool
from autograder.sandbox.run_result import GraderFault

ANSWERS_S = 10  # a scheduler that is there answers within
LOOKS_S = 1.0  # between two looks whether there still are workers
LOST_S = 60.0  # without any worker, until they count as lost
DEATHS = 10  # of workers, until the submission they ran counts as the cause
OPTIONS = {
    "distributed.scheduler.allowed-failures": DEATHS,
    "distributed.comm.timeouts.connect": f"{ANSWERS_S}s",
    "distributed.admin.large-graph-warning-threshold": "1 GB",  # a notebook may be full of pictures
    "distributed.scheduler.http.routes": [],  # nothing to see for others on this machine
    "distributed.worker.http.routes": [],
}


class Grader(WorkerPlugin):
    """What a worker has of the grader: the context, and from the first submission on a warm pool.

    A plugin and not scattered data, since dask gives it to workers that come later, too.
    """

    def __init__(self, context: GradingContext, isolation: str | None, trust: bool):
        self.name = f"autograder-{uuid4().hex}"
        self.context, self.isolation, self.trust = context, isolation, trust
        self.version = contexts.VERSION

    def setup(self, worker: Worker) -> None:
        self.lock, self.open = threading.Lock(), ExitStack()
        self.pool: Pool | KernelPool | None = None
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator ends its workers

    def teardown(self, worker: Worker) -> None:
        with self.lock:
            self.open.close()

    def graded(self, files: Mapping[str, bytes], student_modules: StudentModules) -> SubmissionRun:
        with self.lock:
            pool = self.pool = self.pool or self._warm()
        return run_submission(pool, self.context, files, student_modules)

    def _warm(self) -> Pool | KernelPool:
        """The pool, started where submissions run: what a thread forks here dies with it, and
        this one lives as long as the worker."""
        if self.version != contexts.VERSION:
            raise CourseError("the grader there is of another version. Install the same everywhere")
        level = levels.require_level(self.isolation, self.trust)
        return self.open.enter_context(open_pool(self.context.supplies, level))


def _on_worker(name: str, files: Mapping[str, bytes], student_modules: StudentModules) -> str:
    """Run one submission with the worker's own Grader; the SubmissionRun comes back as JSON."""
    worker = get_worker()
    grader = cast(Grader, worker.plugins[name])
    try:
        return json.dumps(vars(grader.graded(files, student_modules)))
    except CourseError as fault:
        raise CourseError(f"on the worker {worker.address}: {fault}") from None


@contextmanager
def on_dask(
    context: GradingContext,
    isolation: str | None,
    trust: bool,
    slots: int | None,
    scheduler: str | None,
) -> Iterator[Engine]:
    """The workers of the cluster whose scheduler has that address, by default of one that is
    started on this machine and ends with the context; `slots` submissions at a time.

    isolation and trust: what is demanded of each worker, see `choose_level.require_level`. Raises
    CourseError where no scheduler answers or it has no workers.
    """
    with dask.config.set(OPTIONS), _client(scheduler, slots) as client:
        grader = Grader(context, isolation, trust)
        _introduce(client, grader)
        sender = SubmissionSender(client, grader.name, scheduler or "this machine")
        try:
            yield Engine(sender.run, sender.stop, slots or sum(client.nthreads().values()))
        finally:
            if client.status == "running":
                with suppress(OSError):
                    client.unregister_worker_plugin(grader.name)


@contextmanager
def _client(scheduler: str | None, slots: int | None) -> Iterator[Client]:
    if scheduler is None:
        with _own_cluster(slots or cores()) as cluster, Client(cluster) as client:
            yield client
        return
    with _connect(scheduler) as client:
        yield client


def _own_cluster(workers: int) -> LocalCluster:
    """A cluster on this machine. It talks on loopback only, with certificates of its own: without
    them any user of this machine could have the workers run code."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="tls://127.0.0.1",
        security=True,
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,  # what needs memory are the slots, and they have a limit each
        silence_logs=logging.CRITICAL,
    )


def _connect(scheduler: str) -> Client:
    try:
        asyncio.run(_answers(scheduler))
        client = Client(scheduler, timeout=ANSWERS_S, set_as_default=False)
    except (OSError, ValueError, TypeError, MemoryError) as fault:  # what else may answer there
        reason = str(fault) or f"nothing in {ANSWERS_S} s"
        raise CourseError(
            f"no dask scheduler answers at {scheduler} ({reason}). Start one with `dask scheduler` "
            f"and name the address that it prints: --scheduler tcp://HOST:8786"
        ) from fault
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # we say it in a sentence
    try:
        client.wait_for_workers(1, timeout=ANSWERS_S)
    except TimeoutError as fault:
        client.close()
        raise CourseError(
            f"the dask scheduler at {scheduler} has no workers. Start some: dask worker {scheduler}"
        ) from fault
    return client


async def _answers(scheduler: str) -> None:
    """Ask a scheduler who it is: a Client waits for ever where someone listens and says nothing."""
    arguments = Security().get_connection_args("client")
    async with asyncio.timeout(ANSWERS_S), rpc(scheduler, connection_args=arguments) as connection:
        await connection.identity()


def _introduce(client: Client, grader: Grader) -> None:
    """Give the grader to all workers."""
    try:
        client.register_plugin(grader)
    except Exception as fault:  # whatever a worker raised: its type is lost on the way
        raise CourseError(
            f"a dask worker cannot load the grader ({fault}). Install the same version on every "
            f"machine: pip install 'mlsys-course[grading,cluster]'"
        ) from fault


class SubmissionSender:
    """The submissions that are with the workers, each waited for in a thread of its own."""

    def __init__(self, client: Client, name: str, address: str):
        self.client, self.name, self.address = client, name, address
        self.stopped = threading.Event()
        self.seen_at = monotonic()

    def stop(self) -> None:
        self.stopped.set()

    def run(self, files: Mapping[str, bytes], student_modules: StudentModules) -> SubmissionRun:
        """Run a submission on some worker. GraderFault once `stop` was called."""
        # subtle: not pure, or dask would run equal submissions once; inside the task, or it could
        # not be run again after the worker that kept the files is lost
        future = self.client.submit(_on_worker, self.name, dict(files), student_modules, pure=False)
        while not self.stopped.is_set():
            try:
                text = future.result(timeout=LOOKS_S)
            except TimeoutError:
                self._demand_workers()
            except KilledWorker as fault:
                return _killed_worker_run(fault)
            except CancelledError as fault:
                raise self._lost_cluster_error() from fault
            else:
                self.seen_at = monotonic()
                return _read(text)
        future.cancel()
        raise GraderFault("stopped")

    def _demand_workers(self) -> None:
        with suppress(OSError, RuntimeError):  # what a client says that is about to lose them
            if self.client.nthreads():
                self.seen_at = monotonic()
        if monotonic() - self.seen_at > LOST_S:
            raise self._lost_cluster_error()

    def _lost_cluster_error(self) -> CourseError:
        return CourseError(
            f"the dask cluster at {self.address} has lost its scheduler or all its workers. What "
            f"was graded is kept: start it anew, then grade again."
        )


def _read(text: str) -> SubmissionRun:
    fields: dict[str, Any] = json.loads(text)
    lists = {name: tuple(fields[name]) for name in ("messages", "faults", "forked")}
    return SubmissionRun(**{**fields, **lists})


def _killed_worker_run(fault: KilledWorker) -> SubmissionRun:
    message = f"each worker that ran it was killed ({fault.last_worker.address} last): not graded"
    return SubmissionRun({}, (), (message,), (), 0.0, "")
