"""Stores of 100 and of 100,000 hand-ins: opening one and looking up one hand-in costs the same.

Run: python benchmarks/store.py. The rows are synthetic, and all hand-ins share one object.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.collecting.database import Database
from autograder.collecting.store import Store, insert_hand_in
from autograder.files import sha256
from autograder.model import Course

SIZES = (100, 100_000)
REPEATS = 200
START = datetime(2027, 1, 1, tzinfo=UTC)
SHARED = sha256(b"a notebook")


def make_store(root: Path, hand_ins: int) -> Course:
    """A course whose store lists so many hand-ins, ten of each student."""
    folders = {name: root / name for name in ("source", "release", "submitted", "autograded")}
    course = Course(
        root=root,
        name="benchmark",
        assignments=(),
        ours=True,
        feedback=root / "feedback",
        db_url="sqlite:///gradebook.db",
        **folders,
    )
    with Database(course).transaction() as connection:
        for number in range(1, hand_ins + 1):
            time_text = (START + timedelta(seconds=number)).isoformat()
            row = {
                "assignment": "functions",
                "number": number,
                "student": f"student{number // 10}",
                "files": {"functions.ipynb": sha256(str(number).encode()), "data.csv": SHARED},
                "when": time_text,
                "certain": True,
                "stamp": "",
                "taken": time_text,
            }
            insert_hand_in(connection, row)
    return course


def median_us(action: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def measure(hand_ins: int) -> dict[str, float]:
    """Medians in microseconds, each with a store opened anew."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_store(Path(folder), hand_ins)
        digest = sha256(str(hand_ins // 2).encode())
        student = f"student{hand_ins // 20}"
        assert Store(course, "functions").with_file(digest)
        assert Store(course, "functions").of(student)
        return {
            "open": median_us(lambda: Store(course, "functions")),
            "open + of(student)": median_us(lambda: Store(course, "functions").of(student)),
            "open + with_file": median_us(lambda: Store(course, "functions").with_file(digest)),
        }


def main() -> None:
    small, large = (measure(size) for size in SIZES)
    print(f"{'':20} {SIZES[0]:>10} {SIZES[1]:>10}  ratio   (median of {REPEATS}, us)")
    for name in small:
        ratio = large[name] / small[name]
        print(f"{name:20} {small[name]:10.0f} {large[name]:10.0f}  {ratio:5.2f}")


if __name__ == "__main__":
    main()
