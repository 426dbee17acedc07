"""The tester: the process in which hidden tests run, and which no code of a submission enters.

The grader sends the instructor's imports and definitions, and then one test at a time, each with a
socket to the submission. The reply to each is a verdict.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.sandbox.inside.bridge import empty_arrays
from autograder.sandbox.inside.bridge.access_policy import access_rule
from autograder.sandbox.inside.bridge.connection import Connection
from autograder.sandbox.inside.bridge.exceptions import ConnectionLost
from autograder.sandbox.inside.bridge.framing import MessageError, receive_with_fds, send
from autograder.sandbox.inside.bridge.given_values import GivenValues
from autograder.sandbox.inside.bridge.namespace import Namespace
from autograder.sandbox.inside.bridge.run_test import Output, run_source
from autograder.sandbox.inside.bridge.shared_classes import NOTEBOOK_MODULE, SharedClasses

Message = dict[str, Any]
# Of the reference, whose run finds out how a test runs: the names of which it has other values.
VALUES_DIFFER = "ValuesDiffer"
ONLY_GIVEN = (
    "the test passes with the values that the notebook gives, and fails with those that your "
    "notebook has under the same names ({names}): it binds them anew or changes them"
)
ONLY_OWN = (
    "the test passes only with values that your notebook binds anew (data or labels that the "
    "notebook gives); it is measured with those of the course"
)


def run(control: socket.socket) -> None:
    """Runs tests until the grader closes `control`.

    {"begin": {"imports", "definitions"}} prepares a notebook. {"test", "source", "scope",
    "profile", "copy"}, with a socket to the submission, is answered by {"verdict": {"passed",
    "outputs", "profile", "cannot"}}, before it by {"again": True} each time that the test runs once
    more and its time begins anew. copy: the socket leads to a copy of the submission that no
    earlier test has asked. {"values": [[source, names], ...]} makes the given values of a test
    before its time begins, and has a verdict, too.
    """
    empty_arrays.install()
    tester = Tester(lambda: send(control, {"again": True}))
    while True:
        try:
            message, _, files = receive_with_fds(control)
        except (EOFError, MessageError):
            return
        if "begin" in message:
            tester.begin(message["begin"])
        elif "values" in message:
            send(control, {"verdict": tester.make_values(message["values"])})
        elif "test" in message:
            sock = socket.socket(fileno=files[0]) if files else None
            send(control, {"verdict": tester.verdict(message, sock)})


INSTALL_FOLDERS = ("site-packages", "dist-packages")


class Tester:
    """The tests of one notebook against one submission. tell_again: called before a test runs once
    more."""

    def __init__(self, tell_again: Callable[[], None] = lambda: None) -> None:
        self._tell_again = tell_again
        self._attempts = 0
        self._setup_fault = "the tester was not told what the notebook imports"
        self._classes = SharedClasses({}, (), ())
        self._class_names: list[str] = []
        self._modules: list[str] = []
        self._installed_modules: list[str] = []
        self._connection = self._new_connection()
        self._names = Namespace(self._connection, {})
        self._values = GivenValues({})
        self._setup_names: dict[str, Any] = {}
        self._differing: list[str] = []
        self._is_strict = False

    def _new_connection(self) -> Connection:
        rule = access_rule(lambda: self._classes, lambda: self._is_strict)
        connection = Connection(parity=0, check_access=rule)
        connection.share_classes(self._classes)
        return connection

    def begin(self, notebook: Message) -> None:
        """Runs the instructor's imports and definitions, once."""
        names: dict[str, Any] = {"__name__": NOTEBOOK_MODULE, "__builtins__": __builtins__}
        source = f"{notebook['imports']}\n{notebook['definitions']}"
        _, outputs = run_source(source, "given", names)
        errors = [output for output in outputs if output["output_type"] == "error"]
        self._setup_fault = _setup_fault_sentence(errors[0]) if errors else ""
        self._class_names = [name for name, value in names.items() if _is_class_of_notebook(value)]
        roots = _imported_packages(names)
        imported = [name for name in list(sys.modules) if name.partition(".")[0] in roots]
        self._installed_modules = [name for name in imported if _is_installed(name)]
        self._modules = [name for name in imported if name not in self._installed_modules]
        self._setup_names = names
        self._names = Namespace(self._connection, names)
        self._values = GivenValues(names)

    def make_values(self, statements: list[Any]) -> Message:
        """Makes given values; a fault in them is told by the test that reads them."""
        _, errors = self._values.of(statements) if not self._setup_fault else ({}, [])
        return _verdict(not errors, [], [], "")

    def verdict(self, test: Message, sock: socket.socket | None) -> Message:
        """Whether a test passed, with its outputs. sock: a new socket to the submission, if any."""
        if self._setup_fault:
            if sock is not None:
                sock.close()
            return _verdict(False, [], [], self._setup_fault)
        if test.get("copy"):
            self._connection = self._new_connection()
            self._names.connect(self._connection)
        self._connection.sock = sock or self._connection.sock
        self._connection.lost_reason = self._connection.end_reason = ""
        self._connection.profile.begin_test(test.get("profile"))
        try:
            return self._run(test)
        finally:
            if sock is not None:
                sock.close()
                self._connection.sock = None

    def _run(self, test: Message) -> Message:
        try:
            passed, outputs = self._judge(test)
        except ConnectionLost as fault:
            return _verdict(False, [_lost_output(str(fault))], [], "")
        if self._connection.lost_reason:  # also where the test's code caught the error
            return _verdict(False, [*outputs, _lost_output(self._connection.lost_reason)], [], "")
        if passed and self._connection.end_reason:
            passed = False
            outputs = [*outputs, _error_output("EndOfTest", self._connection.end_reason)]
        self._send_stop()
        return _verdict(passed, outputs, sorted(self._connection.profile.recorded), "")

    def _judge(self, test: Message) -> tuple[bool, list[Output]]:
        """(passed, outputs) of a test, which runs again where the submission has other values than
        the notebook gives, or changed some. ConnectionLost where nobody answers between runs."""
        self._attempts = 0
        passed, outputs = self._attempt(test, compares=True)
        if not passed and test.get("profile") is None and self._connection.has_base_values:
            self._connection.profile.recorded.clear()
            self._connection.prefers_objects = True
            passed, outputs = self._attempt(test, compares=True)
            self._connection.prefers_objects = False
        self._names.end()
        if self._differing and test.get("profile") is not None:
            passed, outputs = self._with_values_of_submission(test, passed, outputs)
        if passed and self._connection.profile.refused_changes:
            passed, outputs = self._with_changes(test, outputs)
        return passed, outputs

    def _share_classes(self, values: dict[str, Any]) -> None:
        """Tells both sides which classes they both have: those of the setup, and those among the
        given values of a test."""
        given_classes = {
            name: value for name, value in values.items() if _is_class_of_notebook(value)
        }
        class_names = [*self._class_names, *given_classes]
        modules, installed = self._modules, self._installed_modules
        names = {**self._setup_names, **given_classes}
        self._classes = SharedClasses(names, class_names, modules, installed)
        self._connection.share_classes(self._classes)
        hello = {"classes": class_names, "modules": modules, "installed_modules": installed}
        self._connection.begin(hello)

    def _attempt(self, test: Message, compares: bool = False) -> tuple[bool, list[Output]]:
        """(passed, outputs) of the test's code, with the values of the tester as its own code left
        them. compares: asks first which values the submission has otherwise."""
        self._attempts += 1
        if self._attempts > 1:
            self._tell_again()
        scope, is_reference = test["scope"], test.get("profile") is None
        self._is_strict = is_reference and not scope.get("answer_computes_with_objects")
        self._names.begin(scope)
        self._connection.profile.refused_changes = self._connection.has_base_values = False
        statements = scope.get("values", ())
        values, errors = self._values.of(statements)
        self._share_classes(values)
        if errors:
            missing = self._values.missing(statements)
            if is_reference and missing:
                return False, [_error_output(VALUES_DIFFER, " ".join(missing))]
            return False, errors
        self._names.define_values(values)
        if compares:
            digests = self._values.digests(statements)
            self._differing = self._names.differing_values(digests)
            if self._differing and is_reference:
                return False, [_error_output(VALUES_DIFFER, " ".join(self._differing))]
        if scope.get("helpers"):
            self._names.define_helpers(lambda names: run_source(scope["helpers"], "given", names))
        if scope.get("helpers_of_submission"):
            try:
                self._connection.ask("define", None, (scope["helpers_of_submission"],))
            except Exception as fault:  # noqa: BLE001  whatever the submission makes of it
                return False, [_lost_output(f"{type(fault).__name__}: {fault}")]
        return run_source(test["source"], test["test"], self._names)

    def _with_values_of_submission(
        self, test: Message, passed: bool, outputs: list[Output]
    ) -> tuple[bool, list[Output]]:
        """The verdict on a submission that has other values under the names of given ones. It has
        to pass with the given ones, and with its own (a test may ask whether they were left alone);
        a test that cannot run twice is believed the first time."""
        scope, names = {**test["scope"], "values": ()}, ", ".join(self._differing)
        passed_own, own_outputs = self._attempt({**test, "scope": scope})
        if not passed:
            return False, [_error_output("GivenValues", ONLY_OWN)] if passed_own else outputs
        if passed_own or not self._attempt(test)[0]:
            return True, outputs
        return False, [*own_outputs, _error_output("GivenValues", ONLY_GIVEN.format(names=names))]

    def _with_changes(self, test: Message, outputs: list[Output]) -> tuple[bool, list[Output]]:
        """The verdict on a submission that passed and changed values which the reference leaves
        alone. A test may ask for that (`assert np.array_equal(x, before)`), so it runs once more
        with those changes; a test that cannot run twice is believed the first time."""
        self._connection.profile.takes_all_changes = True
        try:
            passed, changed_outputs = self._attempt(test)
        finally:
            self._connection.profile.takes_all_changes = False
            self._connection.profile.undo_changes()
        if passed or not self._attempt(test)[0]:
            return True, outputs
        return False, changed_outputs

    def _send_stop(self) -> None:
        try:
            self._connection.stop()
        except ConnectionLost:
            return


def _verdict(passed: bool, outputs: list[Output], profile: list[str], cannot: str) -> Message:
    return {"passed": passed, "outputs": outputs, "profile": profile, "cannot": cannot}


def _lost_output(sentence: str) -> Output:
    return _error_output("SubmissionLost", sentence)


def _error_output(name: str, sentence: str) -> Output:
    return {"output_type": "error", "ename": name, "evalue": sentence, "traceback": [sentence]}


def _setup_fault_sentence(fault: Output) -> str:
    return (
        "what the notebook imports or gives does not run in the tester: "
        f"{fault['ename']}: {fault['evalue']}"
    )


def _is_class_of_notebook(value: Any) -> bool:
    return isinstance(value, type) and value.__module__ == NOTEBOOK_MODULE


def _imported_packages(names: dict[str, Any]) -> set[str]:
    """The packages that the notebook's names come from, Python's own and NumPy left out."""
    modules = {getattr(value, "__module__", None) for value in names.values()}
    modules |= {getattr(value, "__name__", None) for value in names.values()}
    roots = {name.partition(".")[0] for name in modules if isinstance(name, str)}
    excluded = {"numpy", "matplotlib", "IPython", NOTEBOOK_MODULE, "builtins"}
    loaded = {root for root in roots if root in sys.modules}
    return loaded - set(sys.stdlib_module_names) - excluded


def _is_installed(module: str) -> bool:
    """True for a module of a package from the index, False for one of the course's own."""
    origin = getattr(getattr(sys.modules[module], "__spec__", None), "origin", None) or ""
    root = getattr(sys.modules.get(module.partition(".")[0]), "__file__", None) or ""
    return any(folder in Path(path).parts for path in (origin, root) for folder in INSTALL_FOLDERS)
