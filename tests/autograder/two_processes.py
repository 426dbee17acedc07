"""A notebook's cells in one forked process, a tester in another, and the sockets between them."""

import contextlib
import dataclasses
import io
import os
import signal
import socket
import sys
import warnings

import coursekit
import matplotlib.pyplot

from autograder.notebook import cells
from autograder.notebook.code_blocks import names_bound_by
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.bridge.answers import AnswerServer
from autograder.sandbox.inside.bridge.tester import run as run_tester
from autograder.sandbox.test_scope import read_scopes

WARM = (coursekit, matplotlib.pyplot)  # loaded before the forks, as in a zygote
NO_SCOPE = {"submission_names": (), "earlier_test_names": (), "rebound_instructor_names": ()}


@contextlib.contextmanager
def child(work, *args):
    """Runs `work(socket, *args)` in a fork; yields this side's socket."""
    ours, theirs = socket.socketpair()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside NumPy's own threads
        pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # it may have been ignored
        code = 1
        try:
            ours.close()
            work(theirs, *args)
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    theirs.close()
    ours.settimeout(30)
    try:
        yield ours
    finally:
        ours.close()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def submission(control, sources):
    """Runs the sources it is sent, or answers a tester, in one namespace."""
    names = {"__name__": "__main__"}
    answers = AnswerServer(names)
    for source in sources:
        run_quietly(source, names)
    while True:
        message, _, files = framing.receive_with_fds(control)
        if files:
            with socket.socket(fileno=files[0]) as link:
                answers.serve(link)
        else:
            run_quietly(message["run"], names)
        framing.send(control, {"done": True})


def run_quietly(source, names):
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.suppress(Exception),
    ):
        exec(compile(source, "<cell>", "exec"), names)


class Bench:
    """A submission and a tester beside each other; `test` gives a verdict. runs: how often the last
    test ran, by what the tester told."""

    def __init__(self, control, tester):
        self.control, self.tester, self.runs = control, tester, 0

    def run(self, source):
        framing.send(self.control, {"run": source})
        framing.receive(self.control)

    def test(self, name, source, scope=NO_SCOPE, profile=None):
        one, two = socket.socketpair()
        framing.send_with_fds(self.control, {"serve": True}, [two.fileno()])
        two.close()
        test = {"test": name, "source": source, "scope": scope, "profile": profile}
        framing.send_with_fds(self.tester, test, [one.fileno()])
        one.close()
        self.runs = 1
        while "again" in (reply := framing.receive(self.tester)[0]):
            self.runs += 1
        verdict = reply["verdict"]
        with contextlib.suppress(EOFError):
            framing.receive(self.control)
        return verdict


@contextlib.contextmanager
def bench(imports="import numpy as np", given_code="", sources=()):
    with child(submission, list(sources)) as control, child(run_tester) as tester:
        framing.send(tester, {"begin": {"imports": imports, "definitions": given_code}})
        yield Bench(control, tester)


def bound(code):
    """The names that a submission's code binds."""
    return sorted(names_bound_by({"cell_type": "code", "source": code}))


def judged(code, test, profile=None, imports="import numpy as np", given_code=""):
    """The verdict on `test` for a submission that is `code`."""
    with bench(imports, given_code, [f"{imports}\n{given_code}\n{code}"]) as processes:
        return processes.test(
            "question", test, {**NO_SCOPE, "submission_names": bound(code)}, profile
        )


def graded(notebook, needed, replaced=None, profiles=None):
    """{grade_id: verdict} of a notebook's tests over the wire. needed(cell): the other cells that
    run; `replaced`: other text for cells, by grade_id."""
    verdicts, plan = {}, read_scopes(notebook)
    first = next(iter(plan.values()))
    with bench(first.imports, first.definitions) as processes:
        for cell in filter(needed, notebook["cells"]):
            name, source = cells.grade_id(cell), cells.source(cell)
            if cells.is_test(cell):
                scope = dataclasses.asdict(plan[name])
                verdicts[name] = processes.test(name, source, scope, (profiles or {}).get(name))
            else:
                source = (replaced or {}).get(name, source)
                processes.run(f"from __future__ import annotations\n{source}")
    return verdicts
