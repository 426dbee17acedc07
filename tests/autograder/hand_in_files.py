"""What students hand in, the folders and zips it comes in, and a course that collects it."""

import io
import json
import os
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings

from autograder.model import Assignment, Course

NOW = datetime(2027, 3, 1, tzinfo=UTC)
EARLY, LATE = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC)
TENSOR = Assignment("01_tensor", ("01_tensor",))
LIMITS = Assignment("x01_limits", ("x01_limits",))
PS1 = Assignment("ps1", ("problem1", "problem2"))


def cell(grade_id: str, text: str) -> dict:
    grade = {"grade": True, "solution": False, "locked": True, "points": 1, "schema_version": 3}
    meta = {"nbgrader": {**grade, "grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "id": grade_id or "free", "metadata": meta, "source": text}


def notebook(*cells: dict, **changed) -> bytes:
    document = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changed}
    return json.dumps(document).encode()


def tensor(answer: str = "") -> bytes:
    text = f"def matmul(a, b):\n    {answer or 'raise NotImplementedError'}"
    return notebook(cell("matmul-solution", text), cell("matmul", "assert matmul([[1]], [[1]])"))


def problem(number: int, answer: str = "") -> bytes:
    return notebook(cell(f"p{number}", f"problem {number} {answer}"))


TENSOR_1, TENSOR_2, TENSOR_3 = tensor("return 1"), tensor("return 2"), tensor("return 3")
OTHER = notebook(cell("roofline", "assert roofline(1, 2) == 1"))


def write(path: Path, data: bytes, when: datetime = EARLY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path


def entry(name: str, when: datetime = EARLY) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, when.timetuple()[:6])


def zipped(files: dict[str, bytes], when: datetime = EARLY) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(entry(name, when), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def receipt_zip(data: bytes, when: datetime, student: str = "") -> bytes:
    receipt = json.dumps({"student": student, "submitted_at": when.isoformat()}).encode()
    return zipped({"01_tensor.ipynb": data, "receipt.json": receipt}, datetime(1980, 1, 1))


def own_zip(data: bytes) -> bytes:
    """What `course submit` packs: the notebook, without times."""
    return zipped({"01_tensor.ipynb": data}, datetime(1980, 1, 1))


def make_course(root: Path) -> Course:
    release = root / "release"
    write(release / "01_tensor" / "01_tensor.ipynb", tensor())
    write(release / "x01_limits" / "x01_limits.ipynb", OTHER)
    write(release / "ps1" / "problem1.ipynb", problem(1))
    write(release / "ps1" / "problem2.ipynb", problem(2))
    write(release / "ps1" / "data" / "table.csv", b"1,2\n")
    return Course(
        root=root,
        name="demo",
        assignments=(TENSOR, LIMITS, PS1),
        ours=True,
        source=root / "source",
        release=release,
        submitted=root / "submitted",
        autograded=root / "autograded",
        feedback=root / "feedback",
        db_url="sqlite:///gradebook.db",
    )


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder, where each link leads, and what store.db says."""
    files = {
        p.relative_to(folder).as_posix(): str(p.readlink()) if p.is_symlink() else p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if (p.is_symlink() or not p.is_dir())
        and not p.name.startswith("store.db")
        and p.parent.name != "locks"
    }
    for path in folder.rglob("store.db"):
        with closing(sqlite3.connect(path)) as connection:
            files[path.relative_to(folder).as_posix()] = "\n".join(connection.iterdump())
    return files


def submitted_notebooks(course: Course, assignment: Assignment = TENSOR) -> dict[str, bytes]:
    """{student: the notebook named like the assignment} of what stands in submitted/."""
    name = f"{assignment.id}.ipynb"
    paths = course.submitted.glob(f"*/{assignment.id}/{name}")
    return {path.parent.parent.name: path.read_bytes() for path in paths}


def inbox_of(tmp_path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        write(tmp_path / "inbox" / name, data)
    return tmp_path / "inbox"


EXCHANGE_1 = "ann+01_tensor+2027-02-01 10:00:00.123456 UTC"
EXCHANGE_2 = "ann+01_tensor+2027-02-02 10:00:00.000000 UTC+Xy9_-aaBB"
forty_examples = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
