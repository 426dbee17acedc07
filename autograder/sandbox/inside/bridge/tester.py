"""The tester: a process that the submission never enters, where hidden tests run.

The coordinator sends what the notebook's instructor imports and gives, and then one test at a time,
each with a socket to the submission; the answer is a verdict.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from autograder.sandbox.inside.bridge.access_policy import allowed
from autograder.sandbox.inside.bridge.connection import Link
from autograder.sandbox.inside.bridge.exceptions import LinkLost
from autograder.sandbox.inside.bridge.framing import WireError, receive_with_fds, send
from autograder.sandbox.inside.bridge.namespace import Namespace
from autograder.sandbox.inside.bridge.run_test import Output, run_source
from autograder.sandbox.inside.bridge.shared_classes import GIVEN, KnownClasses

Message = dict[str, Any]


def run(control: socket.socket) -> None:
    """Runs tests until the coordinator closes `control`.

    {"begin": {"imports", "given"}} prepares a notebook; {"test", "source", "scope", "profile"} with
    the link's file gives {"verdict": {"passed", "outputs", "profile", "cannot"}}.
    """
    tester = Tester()
    while True:
        try:
            message, _, files = receive_with_fds(control)
        except (EOFError, WireError):
            return
        if "begin" in message:
            tester.begin(message["begin"])
        elif "test" in message:
            link = socket.socket(fileno=files[0]) if files else None
            send(control, {"verdict": tester.verdict(message, link)})


class Tester:
    """The tests of one notebook against one submission."""

    def __init__(self) -> None:
        self._cannot = "the tester was not told what the notebook imports"
        self._known = KnownClasses({}, (), ())
        self._given: list[str] = []
        self._modules: list[str] = []
        self._link = Link(parity=0, allow=allowed(lambda: self._known))
        self._names = Namespace(self._link, {})

    def begin(self, notebook: Message) -> None:
        """Runs the instructor's imports and given definitions, once."""
        names: dict[str, Any] = {"__name__": GIVEN, "__builtins__": __builtins__}
        source = f"{notebook['imports']}\n{notebook['definitions']}"
        _, outputs = run_source(source, "given", names)
        faults = [output for output in outputs if output["output_type"] == "error"]
        self._cannot = _sentence(faults[0]) if faults else ""
        self._given = [name for name, value in names.items() if _is_class_of_notebook(value)]
        roots = _roots(names)
        self._modules = [name for name in list(sys.modules) if name.partition(".")[0] in roots]
        self._known = KnownClasses(names, self._given, self._modules)
        self._link.know(self._known)
        self._names = Namespace(self._link, names)

    def verdict(self, test: Message, sock: socket.socket | None) -> Message:
        """Whether a test passed, with its outputs. sock: the link, where a new one is given."""
        if self._cannot:
            if sock is not None:
                sock.close()
            return _verdict(False, [], [], self._cannot)
        self._link.sock = sock or self._link.sock
        self._link.lost = ""
        profile = test.get("profile")
        self._link.profile = None if profile is None else frozenset(profile)
        self._link.forwarded.clear()
        try:
            return self._run(test)
        finally:
            if sock is not None:
                sock.close()
                self._link.sock = None

    def _run(self, test: Message) -> Message:
        self._names.begin(test["scope"])
        told = {"given": self._given, "modules": self._modules}
        try:
            self._link.tell({"hello": told})
        except LinkLost as fault:
            return _verdict(False, [_lost(str(fault))], [], "")
        passed, outputs = run_source(test["source"], test["test"], self._names)
        self._names.end()
        if passed and self._link.lost:
            passed, outputs = False, [*outputs, _lost(self._link.lost)]
        self._say_stop()
        return _verdict(passed, outputs, sorted(self._link.forwarded), "")

    def _say_stop(self) -> None:
        try:
            self._link.tell({"stop": True})
        except LinkLost:
            return


def _verdict(passed: bool, outputs: list[Output], profile: list[str], cannot: str) -> Message:
    return {"passed": passed, "outputs": outputs, "profile": profile, "cannot": cannot}


def _lost(sentence: str) -> Output:
    return {
        "output_type": "error",
        "ename": "SubmissionLost",
        "evalue": sentence,
        "traceback": [sentence],
    }


def _sentence(fault: Output) -> str:
    return (
        "what the notebook imports or gives does not run in the tester: "
        f"{fault['ename']}: {fault['evalue']}"
    )


def _is_class_of_notebook(value: Any) -> bool:
    return isinstance(value, type) and value.__module__ == GIVEN


def _roots(names: dict[str, Any]) -> set[str]:
    """The packages that the notebook's names come from, Python's own and NumPy left out."""
    modules = {getattr(value, "__module__", None) for value in names.values()}
    modules |= {getattr(value, "__name__", None) for value in names.values()}
    roots = {name.partition(".")[0] for name in modules if isinstance(name, str)}
    others = {"numpy", "matplotlib", "IPython", GIVEN, "builtins"}
    loaded = {root for root in roots if root in sys.modules}
    return loaded - set(sys.stdlib_module_names) - others
