"""Many variants of one notebook at the price of one: the reference runs once in a warm IPython, and
each variant of a solution cell is tried in a fork taken just before that cell.

Only for the instructor's own code, which needs no isolation. A fork does not take threads along, so
a notebook that keeps some cannot be tried this way; `run` then returns None and the caller gives
every variant a kernel of its own. A child process of the notebook (an emulated board) is shared by
all forks, so then they take turns, right variants last: one that suffers from what a wrong one left
behind loses points, and the audit says so.

The file is both sides: `run` is called by the audit, `main` is the warm process.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.nouns import CourseError

CANNOT_FORK = 3
Outputs = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Variant:
    """`text` in the place of cell number `place`; what runs ends with cell number `last`."""

    place: int
    text: str
    last: int


def run(
    sources: list[str], graded: dict[int, str], variants: list[Variant], folder: Path, cell_s: float
) -> list[Outputs] | None:
    """Outputs of the graded cells: of the reference first, then of each variant, in order.

    sources: the code of every cell ('' for text cells); graded: cell number -> name. None where the
    notebook cannot be forked, or this machine cannot fork.
    """
    if not hasattr(os, "fork"):
        return None
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as results:
        job = {
            "sources": sources,
            "graded": graded,
            "variants": [asdict(variant) for variant in variants],
            "cell_s": cell_s,
            "results": results,
        }
        command = [sys.executable, "-m", "autograder.releasing.bench"]
        text = json.dumps(job).encode()
        done = subprocess.run(command, input=text, cwd=folder, env=_environment(), **_CAPTURED)
        if done.returncode == CANNOT_FORK:
            return None
        if done.returncode:
            raise CourseError(f"the audit's own process failed: {done.stderr.decode()[-2000:]}")
        return [_read(Path(results) / f"{k}.json") for k in range(len(variants) + 1)]


_CAPTURED: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _read(path: Path) -> Outputs:
    """What one run left behind; nothing where it was killed before it could write."""
    if not path.exists():
        return {}
    found: Outputs = json.loads(path.read_text(encoding="utf-8"))
    return found


def main() -> int:
    """The warm process: reads the job from standard input and leaves one file per run."""
    job = json.load(sys.stdin)
    shell = _shell()
    signal.signal(signal.SIGALRM, _over)
    outputs: Outputs = {}
    running: list[int] = []
    for place in range(len(job["sources"])):
        mine = [(k, v) for k, v in enumerate(job["variants"], 1) if v["place"] == place]
        if mine and threading.active_count() > 1:
            return CANNOT_FORK
        beside = _side_by_side(running) if mine else 0
        for k, variant in sorted(mine, key=lambda numbered: numbered[1]["last"]):
            running = _at_most([*running, _fork(shell, job, k, variant, dict(outputs))], beside)
        _step(shell, job, place, outputs, job["sources"][place])
    _write(job, 0, outputs)
    _at_most(running, 0)
    return 0


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    shell = InteractiveShell.instance(config=config)
    sys.modules["__main__"].__dict__.update(shell.user_ns)
    return shell


def _over(_signal: int, _frame: Any) -> None:
    raise TimeoutError("the cell was over its time limit")


def _side_by_side(running: list[int]) -> int:
    """How many variants may run beside the reference: none where a child process is shared."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    children = listed.read_text().split() if listed.exists() else []
    shared = not listed.exists() or set(children) - {str(pid) for pid in running}
    return 0 if shared else os.cpu_count() or 2


def _at_most(running: list[int], count: int) -> list[int]:
    """Wait for the oldest forks until at most `count` are left."""
    while len(running) > count:
        os.waitpid(running[0], 0)
        running = running[1:]
    return running


def _fork(
    shell: Any, job: dict[str, Any], k: int, variant: dict[str, Any], outputs: Outputs
) -> int:
    """A child that runs one variant in a copy of the working folder, and never returns."""
    pid = os.fork()
    if pid:
        return pid
    with contextlib.suppress(BaseException):
        signal.setitimer(signal.ITIMER_VIRTUAL, 10 * job["cell_s"])  # kills what ignores SIGALRM
        folder = Path(job["results"]) / f"folder-{k}"
        shutil.copytree(Path.cwd(), folder)
        os.chdir(folder)
        for place in range(variant["place"], variant["last"] + 1):
            text = variant["text"] if place == variant["place"] else job["sources"][place]
            _step(shell, job, place, outputs, text)
        _write(job, k, outputs)
    os._exit(0)


def _step(shell: Any, job: dict[str, Any], place: int, outputs: Outputs, text: str) -> None:
    """Run one cell; keep what nbgrader's rule looks at where it is a graded one."""
    if not text.strip():
        return
    signal.setitimer(signal.ITIMER_REAL, job["cell_s"])
    try:
        result = shell.run_cell(text, store_history=False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    name = job["graded"].get(str(place))
    if name:
        outputs[name] = _as_outputs(result)


def _as_outputs(result: Any) -> list[dict[str, Any]]:
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        text = str(error)[:2000]
        return [_output("error", ename=type(error).__name__, evalue=text, traceback=[])]
    if result.result is not None:
        data = {"text/plain": repr(result.result)[:2000]}
        return [_output("execute_result", data=data, metadata={}, execution_count=None)]
    return []


def _output(kind: str, **rest: Any) -> dict[str, Any]:
    return {"output_type": kind, **rest}


def _write(job: dict[str, Any], k: int, outputs: Outputs) -> None:
    (Path(job["results"]) / f"{k}.json").write_text(json.dumps(outputs), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
