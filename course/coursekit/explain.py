"""Runs a test cell against a notebook's names and says what was tried, expected and what came.

The cell runs in a shallow copy of the names, one top-level statement after the other; a failing
assert does not stop the ones after it.
"""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from coursekit.asserts import NUMPY_ASSERTS, PROBE, Rewritten, Site, Step, rewrite
from coursekit.report import Finding, Report
from coursekit.values import shortened
from coursekit.wording import (
    COMPARERS,
    error_sentence,
    finding_of,
    inputs_of,
    is_students,
    undefined,
    where,
)

MAX_FINDINGS = 3  # findings in full; the rest are counted


class _Failed(AssertionError):
    """A rewritten assert that does not hold. An AssertionError, as the plain assert would raise."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass
class _Run:
    """What happened so far while a test cell runs; the rewritten asserts call its probe."""

    sites: tuple[Site, ...]
    passed: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    unwritten: str = ""
    stopped: bool = False
    begun: int = 0

    def probe(
        self,
        number: int,
        values: tuple[Any, ...],
        verdict: Callable[..., Any],
        message: Callable[[], Any],
    ) -> None:
        site = self.sites[number]
        if _holds(site, values, verdict):
            self.passed.add(number)
            return
        self.failed.add(number)
        inputs = tuple(inputs_of(site, sys._getframe(1)))
        raise _Failed(finding_of(site, values, message(), inputs))


def explain(question: str, text: str, namespace: dict[str, Any]) -> Report:
    """The report on `question`, whose visible test is `text`, tried on the names of a notebook.

    `namespace` is left as it is. Whatever the student's code raises is explained, never raised.
    """
    filename = f"<check {question}>"
    try:
        test = rewrite(text, filename)
    except SyntaxError as error:
        message = f"Line {error.lineno} of the test cell is not Python: {error.msg}."
        return Report(question, False, "its test cell cannot be run.", (Finding(message),))
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    run = _Run(test.sites)
    names = {**namespace, PROBE: run.probe}
    completed = [step for step in test.steps if _runs_to_end(step, run, names, namespace, filename)]
    finished = {test.steps.index(step) for step in completed}
    return _report(question, test, run, finished)


def _runs_to_end(
    step: Step, run: _Run, names: dict[str, Any], notebook: dict[str, Any], filename: str
) -> bool:
    """Runs one statement, unless the run is over. Returns whether it ran to its end."""
    if run.stopped:
        return False
    run.begun += 1
    try:
        exec(step.code, names)
    except _Failed as failed:
        run.findings.append(failed.finding)
    except AssertionError as error:
        run.findings.append(Finding(message=shortened(str(error)) or f"This failed: {step.text}"))
    except (Exception, SystemExit) as error:  # noqa: BLE001  subtle: it is the student's code
        _stumble(error, step, run, notebook, filename)
    else:
        return True
    return False


def _stumble(
    error: BaseException, step: Step, run: _Run, notebook: dict[str, Any], filename: str
) -> None:
    """Records an exception; only a statement that leaves nothing behind lets the run go on."""
    frames = list(traceback.walk_tb(error.__traceback__))
    students_frames = [(frame, line) for frame, line in frames if is_students(frame, notebook)]
    in_test = frames[-1][0].f_code.co_filename == filename
    run.stopped = not step.checks
    if isinstance(error, NotImplementedError) and students_frames:
        run.unwritten, run.stopped = students_frames[-1][0].f_code.co_qualname, True
    elif isinstance(error, NameError) and in_test:
        run.stopped = True
        finding = Finding(undefined(error))
        run.findings += [] if run.findings else [finding]  # else it follows from what failed before
    elif error_sentence(error) not in {earlier.message for earlier in run.findings}:
        place = where(*students_frames[-1]) if students_frames else ""
        run.findings.append(
            Finding(message=error_sentence(error), expression=step.text, where=place)
        )


def stumbled(error: BaseException, notebook: dict[str, Any]) -> str:
    """An exception in one sentence, with the line of the student's code it came from."""
    frames = traceback.walk_tb(error.__traceback__)
    students_frames = [(frame, line) for frame, line in frames if is_students(frame, notebook)]
    return error_sentence(error) + (
        f" (in {where(*students_frames[-1])})" if students_frames else ""
    )


def _report(question: str, test: Rewritten, run: _Run, finished: set[int]) -> Report:
    raises = len(test.raises)
    asserts = len(test.sites) + raises
    passed = len(run.passed - run.failed) + sum(step in finished for step, _ in test.raises)
    further = len(run.findings) - MAX_FINDINGS
    notes = [f"{further} more did not hold." for _ in range(further > 0)]
    if run.stopped and not run.unwritten and len(test.steps) > run.begun:
        notes.append("The rest of the test was not tried.")
    return Report(
        question=question,
        ok=not run.findings and not run.unwritten,
        summary=_summary(run, passed, asserts),
        findings=tuple(_without_repeats(run.findings[:MAX_FINDINGS])),
        notes=tuple(notes),
        passed=passed,
        asserts=asserts,
    )


def _summary(run: _Run, passed: int, asserts: int) -> str:
    count = f"{passed} of {asserts} visible asserts {'holds' if passed == 1 else 'hold'}"
    if run.unwritten:
        return f"{run.unwritten} is not written yet, it still raises NotImplementedError."
    if run.findings:
        return f"{count}." if asserts else "the visible test stopped."
    if passed < asserts:
        return f"passed; {count}, the others were not reached."
    sentences = {
        0: "the visible test runs",
        1: "the visible assert holds",
        2: "both visible asserts hold",
    }
    return sentences.get(asserts, f"all {asserts} visible asserts hold") + "."


def _without_repeats(findings: list[Finding]) -> Iterator[Finding]:
    """The findings, each input told once."""
    seen_inputs: set[tuple[str, str]] = set()
    for finding in findings:
        yield replace(
            finding, inputs=tuple(row for row in finding.inputs if row not in seen_inputs)
        )
        seen_inputs.update(finding.inputs)


def _holds(site: Site, values: tuple[Any, ...], verdict: Callable[..., Any]) -> bool:
    """Whether the check holds; arrays that cannot even be compared do not agree."""
    if site.how not in COMPARERS:
        return bool(verdict(*values))
    try:
        result = verdict(*values)
    except (AssertionError, ValueError, TypeError):
        return False
    return site.how in NUMPY_ASSERTS or bool(result)
