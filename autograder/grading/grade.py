"""grade(submission) -> Grade: repaired, executed with limits, recorded in nbgrader's gradebook.

Beside each graded submission stands `autograded/<student>/<id>/grade.json`: how it ran, what each
lost mark says, and the key it was graded under. The same key is not graded twice; a changed
submission, assignment or grader is. Executions run side by side; one writer records.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder import cells, nbgrader_door, notebook_file
from autograder.cells import HIDDEN, Cell, Notebook
from autograder.execute import Limits, Run, execute
from autograder.grading.repair import repair
from autograder.nouns import Assignment, Course, CourseError, Submission
from autograder.sanitizing import sanitize
from autograder.workplace import lay_out

VERSION = "1"
RECORD = "grade.json"
LONGEST = 400  # characters of what a mark says
QUOTED = 16  # characters of a hidden line that are no accident


@dataclass(frozen=True)
class Outcome:
    """How one submission fared this time: graded now, unchanged since last time, or not graded."""

    student: str
    fresh: bool
    seconds: float
    says: str


@dataclass(frozen=True)
class _Graded:
    executed: dict[str, Notebook]
    says: tuple[str, ...]
    faults: tuple[str, ...]
    seconds: float


def submissions(course: Course, assignment: Assignment) -> list[Submission]:
    """What lies in nbgrader's submitted/ for an assignment, in order of student."""
    folders = (
        sorted(course.submitted.glob(f"*/{assignment.id}")) if course.submitted.exists() else []
    )
    return [_submission(assignment, f) for f in folders if f.is_dir() and not f.is_symlink()]


def _submission(assignment: Assignment, folder: Path) -> Submission:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    hashed = [
        (str(p.relative_to(folder)), hashlib.sha256(p.read_bytes()).hexdigest()) for p in files
    ]
    return Submission(
        assignment=assignment.id,
        student=folder.parent.name,
        folder=folder,
        submitted_at=_stamp(folder / "timestamp.txt"),
        files=tuple(hashed),
    )


def _stamp(path: Path) -> datetime | None:
    if not path.is_file():
        return None
    return nbgrader_door.parse_stamp(path.read_text(encoding="utf-8", errors="replace").strip())


def grade(
    course: Course,
    assignment: Assignment,
    limits: Limits,
    done: Callable[[Outcome], None] = lambda _outcome: None,
) -> list[Outcome]:
    """Grade every submission of `assignment` that is new or changed; `done` is told of each.

    Raises CourseError where there is nothing to grade or the gradebook cannot take the assignment.
    """
    waiting = submissions(course, assignment)
    nbgrader_door.register(course, assignment)
    models = {n: nbgrader_door.graded_form(course, assignment, n) for n in assignment.notebooks}
    ground = _ground(course, assignment, models, limits)
    outcomes = []
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs: dict[Future[_Graded], tuple[Submission, str]] = {}
        for submission in waiting:
            key = _key(submission, ground)
            before = read_record(course, assignment, submission.student)
            if before and before["key"] == key:
                outcomes.append(
                    Outcome(submission.student, False, before["seconds"], _says(before))
                )
                done(outcomes[-1])
            else:
                job = pool.submit(_run, course, assignment, submission, models, limits)
                jobs[job] = (submission, key)
        for job in as_completed(jobs):
            outcomes.append(_record(course, assignment, *jobs[job], job.result()))
            done(outcomes[-1])
    return sorted(outcomes, key=lambda outcome: outcome.student)


def _ground(
    course: Course, assignment: Assignment, models: dict[str, Notebook], limits: Limits
) -> str:
    """What every mark of this run rests on besides the submission itself."""
    digest = hashlib.sha256(f"{VERSION} {limits}".encode())
    for name, model in sorted(models.items()):
        digest.update(name.encode() + cells.dump(model).encode())
    for beside in nbgrader_door.support_files(course, assignment):
        digest.update(str(beside).encode() + (course.source / assignment.id / beside).read_bytes())
    return digest.hexdigest()


def _key(submission: Submission, ground: str) -> str:
    identity = json.dumps([ground, submission.files, str(submission.submitted_at)])
    return hashlib.sha256(identity.encode()).hexdigest()


def _run(
    course: Course,
    assignment: Assignment,
    submission: Submission,
    models: dict[str, Notebook],
    limits: Limits,
) -> _Graded:
    executed: dict[str, Notebook] = {}
    says: list[str] = []
    faults: list[str] = []
    seconds = 0.0
    for name, model in models.items():
        try:
            mended = repair(_open(submission.folder / f"{name}.ipynb"), model)
        except CourseError as fault:
            faults.append(str(fault))
            continue
        run = _execute(course, assignment, mended.notebook, limits)
        executed[name] = run.notebook
        says += [*mended.says, *run.says]
        seconds += run.seconds
    return _Graded(executed, tuple(says), tuple(faults), seconds)


def _open(path: Path) -> Notebook:
    if not path.is_file() or path.is_symlink():
        raise CourseError(f"{path.name} was not handed in")
    try:
        return notebook_file.open_notebook(path.read_bytes())
    except CourseError as fault:
        raise CourseError(f"{path.name} {fault}") from fault


def _execute(course: Course, assignment: Assignment, notebook: Notebook, limits: Limits) -> Run:
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        lay_out(course, assignment, Path(folder))
        return execute(notebook, Path(folder), limits)


def _record(
    course: Course, assignment: Assignment, submission: Submission, key: str, graded: _Graded
) -> Outcome:
    """Write notebooks, then marks, then the record: a run cut short is simply graded again."""
    folder = course.autograded / submission.student / assignment.id
    _write_notebooks(course, assignment, folder, graded.executed)
    if graded.executed:
        nbgrader_door.record(
            course, assignment, submission.student, submission.submitted_at, graded.executed
        )
    record = {
        "key": key,
        "seconds": round(graded.seconds, 2),
        "says": graded.says,
        "faults": graded.faults,
        "marks": {n: dict(_messages(nb, assignment)) for n, nb in graded.executed.items()},
        "submitted_at": submission.submitted_at.isoformat() if submission.submitted_at else None,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    _replace(folder / RECORD, text)
    return Outcome(submission.student, True, graded.seconds, _says(record))


def _says(record: dict) -> str:
    return "; ".join([*record["faults"], *record["says"]])


def _write_notebooks(
    course: Course, assignment: Assignment, folder: Path, executed: dict[str, Notebook]
) -> None:
    """What staff will open is inert; the original stays in submitted/."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    lay_out(course, assignment, folder)
    for name, notebook in executed.items():
        _replace(folder / f"{name}.ipynb", cells.dump(sanitize.inert(notebook)))
    stamp = folder.parents[2] / course.submitted.name / folder.parent.name / assignment.id
    if (stamp / "timestamp.txt").is_file():
        shutil.copyfile(stamp / "timestamp.txt", folder / "timestamp.txt")


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _messages(notebook: Notebook, assignment: Assignment) -> Iterator[tuple[str, str]]:
    """For each test cell that failed, the sentence a student reads."""
    for cell in cells.tests(notebook):
        error = next((o for o in cell.get("outputs", []) if o["output_type"] == "error"), None)
        if error:
            yield cells.grade_id(cell), _sentence(cell, error)


def _sentence(cell: Cell, error: dict) -> str:
    kind, value = error["ename"], _told(cell, str(error["evalue"]).strip())
    if kind == "NotImplementedError":
        return "not written yet"
    if kind in ("AssertionError", "TimeLimit", "NotRun"):
        return value or "a test failed (it gives no message)"
    return f"{kind}: {value}" if value else kind


def _told(cell: Cell, value: str) -> str:
    """The words of an error, cut to a sentence's length; none where they quote a hidden test."""
    bare = "".join(value.split()).replace("\\", "")
    hidden = (
        line for region in cells.regions(cells.source(cell), HIDDEN) for line in region.split("\n")
    )
    quoted = any(
        len(line) > QUOTED and line in bare for line in ("".join(h.split()) for h in hidden)
    )
    return "its words are kept back: they quote a hidden test" if quoted else value[:LONGEST]


def read_record(course: Course, assignment: Assignment, student: str) -> dict | None:
    """What `grade` wrote beside a graded submission, None where it was never graded by us."""
    path = course.autograded / student / assignment.id / RECORD
    if not path.is_file():
        return None
    record: dict = json.loads(path.read_text(encoding="utf-8"))
    return record


def submitted_at(record: dict) -> datetime | None:
    stamp = record["submitted_at"]
    return datetime.fromisoformat(stamp).astimezone(UTC) if stamp else None
