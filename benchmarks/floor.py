"""The floor under every grader: the same cells in a warm forked IPython, and nothing else.

No output is kept, no mark is given, nobody is isolated from anybody. `job` says what to run; run
as a program with that job, the file is the warm process.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def job(course: Any, assignment: Any) -> dict[str, Any]:
    """The code of each submission as it is graded (repaired, hidden tests in), and what all of
    them import."""
    from autograder.grading.repair import repair
    from autograder.notebook import cells
    from autograder.settings import nbgrader_strip, packages

    name = assignment.notebooks[0]
    model = nbgrader_strip.graded_form(course, assignment, name)
    paths = sorted(course.submitted.glob(f"*/{assignment.id}/{name}.ipynb"))
    graded = [repair(cells.load(path), model).notebook for path in paths]
    return {
        "preload": sorted(packages.imported(course, assignment)),
        "runs": [
            [cells.source(c) for c in document["cells"] if c["cell_type"] == "code"]
            for document in graded
        ],
    }


def main() -> None:
    """The warm process: a fork for each submission, one after another."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    shell = _shell()
    for name in request["preload"]:
        with contextlib.suppress(ImportError):
            __import__(name)
    for sources in request["runs"]:
        pid = os.fork()
        if not pid:
            _run(shell, sources)
        os.waitpid(pid, 0)


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell.instance(config=config)


def _run(shell: Any, sources: list[str]) -> None:
    """Every cell, whatever the one before it did; never returns."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        for source in sources:
            shell.run_cell(source, store_history=False)
    os._exit(0)


if __name__ == "__main__":
    main()
