"""The run of one hidden test. Its code runs here, and only here it is decided whether it passed.

A test passes if its code comes to its end without an exception. What it printed, the value of its
last expression (nbgrader's partial credit) and its error are kept as the notebook's outputs.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import io
import linecache
import traceback
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.inside.bridge.exceptions import ConnectionLost, text_of
from autograder.sandbox.inside.bridge.proxies import Proxy, reference_of

MAX_PRINTED = 100_000
MAX_TEXT = 2000
# Errors of these names are shown with their words: those of a test, and those of the grader itself.
TRUSTED_NAMES = frozenset(
    {
        *("AssertionError", "TimeLimit", "NotRun", "Forged", "SubmissionLost"),
        *("Withheld", "GivenValues", "EndOfTest"),
    }
)
Output = dict[str, Any]


@dataclass
class _Printed(io.TextIOBase):
    """Keeps the beginning of what is printed."""

    parts: list[str] = field(default_factory=list)
    remaining: int = MAX_PRINTED

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.parts.append(text[: self.remaining])
        self.remaining -= len(self.parts[-1])
        return len(text)

    def output(self, name: str) -> list[Output]:
        text = "".join(self.parts)
        return [{"output_type": "stream", "name": name, "text": text}] if text else []


def run_source(source: str, name: str, names: dict[str, Any]) -> tuple[bool, list[Output]]:
    """(came to its end, outputs) of a test's code in `names`. ConnectionLost where nobody answers
    it any more: that is no verdict."""
    out, err = _Printed(), _Printed()
    result: list[Output] = []
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            result = _value_output(_execute(source, f"<test {name}>", names))
            passed = True
        except ConnectionLost:
            raise
        except BaseException as error:  # noqa: BLE001  the verdict needs whatever ended the test
            result, passed = [_error(error, f"<test {name}>", source)], False
    return passed, [*out.output("stdout"), *err.output("stderr"), *result]


def _execute(source: str, filename: str, names: dict[str, Any]) -> Any:
    """The value of the last expression, None where a test ends in something else."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    flags = __future__.annotations.compiler_flag if "annotations" in names else 0
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec", flags, dont_inherit=True), names)
    if not isinstance(last, ast.Expr):
        return None
    code = compile(ast.Expression(last.value), filename, "eval", flags, dont_inherit=True)
    value = eval(code, names)
    return None if source.rstrip().endswith(";") else value


def _value_output(value: Any) -> list[Output]:
    if value is None:
        return []
    text = f"<{reference_of(value).type_name}>" if isinstance(value, Proxy) else repr(value)
    data = {"text/plain": text[:MAX_TEXT]}
    return [{"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}]


def _error(error: BaseException, filename: str, source: str) -> Output:
    name, text = type(error).__name__, text_of(error)
    trusted = isinstance(error, AssertionError) or name in TRUSTED_NAMES
    if trusted and getattr(error, "of_submission", False):
        name = f"Submission{name}"[:80]  # its words are the submission's, not the test's
    notes = getattr(error, "__notes__", [])
    lines = [*_test_frames(error, filename, source), *notes, f"{name}: {text}"]
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}


def _test_frames(error: BaseException, filename: str, source: str) -> list[str]:
    """The lines of the test's own frames, the failing one marked."""
    rows = source.splitlines()
    frames = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == filename and frame.lineno:
            first, last = max(1, frame.lineno - 2), min(len(rows), frame.lineno + 2)
            marked = [
                f"{'---->' if k == frame.lineno else '     '} {k:3} {rows[k - 1]}"
                for k in range(first, last + 1)
            ]
            frames.append("\n".join([f"{filename}, line {frame.lineno}", *marked]))
    return frames[-5:]
