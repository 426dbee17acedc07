"""How many files and functions of autograder a submission passes, from the zip to the page.

    python benchmarks/submission_path.py

One submission of the assignment that the tests use goes through `collect`, `grade` and `feedback`,
each as the command runs it. Counted is what the coordinator calls, in all its threads: files,
functions, and hops (a call from one file into another). What runs behind the walls is in processes
of its own and counted as one.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import zipfile
from importlib.metadata import entry_points
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGE = str(ROOT / "autograder") + "/"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "autograder")]


class CallRecorder:
    """What was called so far."""

    def __init__(self) -> None:
        self.functions: set[tuple[str, str, int]] = set()
        self.hops: set[tuple[str, str]] = set()

    def called(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(PACKAGE):
            return
        code = frame.f_code
        if code.co_name.startswith("<"):  # modules, comprehensions, lambdas
            return
        self.functions.add((code.co_filename, code.co_qualname, code.co_firstlineno))
        caller = frame.f_back
        while caller and not caller.f_code.co_filename.startswith(PACKAGE):
            caller = caller.f_back
        if caller and caller.f_code.co_filename != code.co_filename:
            start = f"{caller.f_code.co_filename}:{caller.f_code.co_qualname}"
            self.hops.add((start, f"{code.co_filename}:{code.co_qualname}"))


def main() -> None:
    from small_course import write_course

    command = next(e for e in entry_points(group="console_scripts") if e.name == "autograder")
    run = command.load()
    with tempfile.TemporaryDirectory() as folder:
        course = write_course(Path(folder) / "course")
        words = ["--course", str(course.root)]
        _quietly(run, ["release", "functions", "--no-audit", *words])
        released = course.release / "functions" / "functions.ipynb"
        inbox = Path(folder) / "inbox.zip"
        with zipfile.ZipFile(inbox, "w") as archive:
            archive.write(released, "ada/functions/functions.ipynb")
        recorder = CallRecorder()
        threading.setprofile(recorder.called)
        sys.setprofile(recorder.called)
        for verb in (["collect", "functions", str(inbox)], ["grade", "functions"]):
            _quietly(run, [*verb, *words])
        _quietly(run, ["feedback", "functions", *words])
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    files = {name for name, _, _ in recorder.functions}
    print(f"{len(files)} files, {len(recorder.functions)} functions, {len(recorder.hops)} hops")


def _quietly(run: Any, words: list[str]) -> None:
    try:
        run(words, standalone_mode=False)
    except SystemExit as end:
        assert end.code in (0, None), end.code


if __name__ == "__main__":
    main()
