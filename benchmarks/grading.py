"""Grading measured beside nbgrader and Otter: release, grade, feedback and start-up, in one run.

Every program gets the same class, the same machine and compiled bytecode; a row says its command,
how often it ran (the median is shown) and CPU seconds with those of all processes it started.

Run: python benchmarks/grading.py [--students 24] [--repeats 3] [--skip otter] [--json FILE]
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import site
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import click
import cpu_seconds
import floor
import homework
from class_of import MEASURED, course_of

from autograder.model import Course

BIN = Path(sys.executable).parent
SAMPLE = 3  # submissions that `otter run` is timed on: it takes each alone
INLINE = "module://matplotlib_inline.backend_inline"
GRADED = ("autograded", "gradebook.db", "feedback")


@dataclass(frozen=True)
class Timing:
    """What a command took: the median of `runs` runs, for `items` submissions or assignments.

    The first word of `step` says what is compared with what; `who` is the program.
    """

    step: str
    who: str
    command: str
    items: int
    runs: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Place:
    """Two copies of one course, ours and the peers', and how programs are started in them.

    graded: the assignment that was handed in. step: what grading it is called in the table.
    """

    ours: Course
    stock: Course
    env: dict[str, str]
    repeats: int
    graded: str = MEASURED
    step: str = "grade"

    @property
    def students(self) -> int:
        return len(list(self.ours.submitted.iterdir()))


def timed(
    place: Place,
    course: Course,
    step: str,
    command: str,
    items: int = 1,
    runs: int | None = None,
    before: Callable[[], object] = lambda: None,
) -> Timing:
    """Run a command in the root of a course; `before` each run, untimed, `before` is called."""
    repeats_s = [
        _time_one_run(place, course, command, before) for _ in range(runs or place.repeats)
    ]
    wall_s, cpu_s = (median(column) for column in zip(*repeats_s, strict=True))
    return Timing(step, command.split()[0], command, items, len(repeats_s), wall_s, cpu_s)


def _time_one_run(
    place: Place, course: Course, command: str, before: Callable[[], object]
) -> tuple[float, float]:
    before()
    program, *words = command.split()
    return cpu_seconds.run([str(BIN / program), *words], course.root, place.env)


def start(place: Place) -> Iterator[Timing]:
    yield timed(place, place.stock, "start", "nbgrader --version", runs=5)
    yield timed(place, place.ours, "start (help)", "autograder --help", runs=5)
    yield timed(place, place.ours, "start (status)", "autograder status", runs=5)


def release(place: Place) -> Iterator[Timing]:
    """Stock once per assignment, ours all at once; then one alone, for who changes one."""
    for assignment in place.stock.assignments:
        stock = f"nbgrader generate_assignment {assignment.id} --force"
        yield timed(place, place.stock, "release", stock)
    count, fresh = len(place.ours.assignments), _without(place.ours, "release")
    all_at_once, single = (
        "autograder release --all --no-audit",
        f"autograder release {MEASURED} --no-audit",
    )
    yield timed(place, place.ours, "release (all)", all_at_once, count, before=fresh)
    yield timed(place, place.ours, "release (one)", single, before=fresh)


def audited(place: Place) -> Iterator[Timing]:
    """A release whose audits were made before, as they are until a source changes."""
    command, count = "autograder release --all", len(place.ours.assignments)
    _time_one_run(place, place.ours, command, lambda: None)
    fresh = _without(place.ours, "release")
    yield timed(place, place.ours, "release (all, audited)", command, count, before=fresh)


def stock_grade(place: Place) -> Iterator[Timing]:
    """After a release, which writes the assignment into nbgrader's gradebook."""
    release = f"nbgrader generate_assignment {place.graded} --force"
    _time_one_run(place, place.stock, release, lambda: None)
    command = f"nbgrader autograde {place.graded}"
    yield timed(place, place.stock, place.step, command, place.students, runs=1)


def otter(place: Place) -> Iterator[Timing]:
    """`otter run` on a sample: it grades one notebook and ends."""
    packed = place.ours.root / "dist" / "otter" / MEASURED
    for prepared in (f"release {MEASURED} --no-audit", f"otter {MEASURED}"):
        _time_one_run(place, place.ours, f"autograder {prepared}", lambda: None)
    package = next(packed.rglob("autograder.zip"))
    papers = sorted(place.ours.submitted.glob(f"*/{MEASURED}/{MEASURED}.ipynb"))[:SAMPLE]
    commands = [f"otter run --no-logo -a {package} -o {packed} {paper}" for paper in papers]
    times = [timed(place, place.ours, "grade", command, runs=1) for command in commands]
    wall_s, cpu_s = sum(t.wall_s for t in times), sum(t.cpu_s for t in times)
    command = "otter run -a autograder.zip NOTEBOOK"
    yield Timing("grade", "otter", command, len(papers), 1, wall_s, cpu_s)


def grade(place: Place) -> Iterator[Timing]:
    fresh = _without(place.ours, *GRADED)
    command = f"autograder grade {place.graded}"
    yield timed(place, place.ours, place.step, command, place.students, before=fresh)
    yield timed(place, place.ours, f"{place.step} (again)", command, place.students)


def bare_cells(place: Place) -> Iterator[Timing]:
    request = place.ours.root / "floor.json"
    job = floor.job(place.ours, place.ours.assignment(place.graded))
    request.write_text(json.dumps(job), encoding="utf-8")
    command = f"python {Path(floor.__file__).resolve()} {request}"
    env = {**place.env, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": INLINE}
    timing = timed(replace(place, env=env), place.ours, place.step, command, place.students)
    yield replace(timing, who="floor", command="python benchmarks/floor.py JOB")


def plain(place: Place) -> Iterator[Timing]:
    """The same three on a homework whose cells cost next to nothing."""
    folder = place.ours.root.parent
    ours, stock = (homework.course_of(folder / f"plain-{w}", place.students) for w in "os")
    plain = replace(place, ours=ours, stock=stock, graded=homework.NAME, step="homework")
    for measure in (stock_grade, grade, bare_cells):
        yield from measure(plain)


def feedback(place: Place) -> Iterator[Timing]:
    stock = f"nbgrader generate_feedback {MEASURED} --force"
    yield timed(place, place.stock, "feedback", stock, place.students)
    ours = f"autograder feedback {MEASURED}"
    fresh = _without(place.ours, "feedback")
    yield timed(place, place.ours, "feedback", ours, place.students, before=fresh)
    yield timed(place, place.ours, "feedback (again)", ours, place.students)


def _without(course: Course, *names: str) -> Callable[[], None]:
    """What puts a course back to before it had these files and folders."""

    def remove() -> None:
        for name in names:
            path = course.root / name
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)

    return remove


MEASURES: dict[str, Callable[[Place], Iterator[Timing]]] = {
    "start": start,
    "release": release,
    "audited": audited,
    "autograde": stock_grade,
    "otter": otter,
    "grade": grade,
    "floor": bare_cells,
    "feedback": feedback,
    "plain": plain,
}


def table(timings: list[Timing]) -> str:
    """What was run, then each of our steps beside each peer's, per submission or assignment."""
    lines = [
        "| step | command | for | runs | wall s | CPU s |",
        "|---|---|--:|--:|--:|--:|",
        *(
            f"| {t.step} | `{t.command}` | {t.items} | {t.runs} | {t.wall_s:.2f} | {t.cpu_s:.2f} |"
            for t in timings
        ),
        "",
        "| step | beside | its wall s each | ours | ratio | its CPU s each | ours | ratio |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([*lines, *(row for ours in timings for row in _ratios(ours, timings))])


def _ratios(ours: Timing, timings: list[Timing]) -> Iterator[str]:
    if ours.who != "autograder" or "again" in ours.step:
        return
    peers = [t for t in timings if t.step.split()[0] == ours.step.split()[0] and t.who != ours.who]
    for who in dict.fromkeys(t.who for t in peers):
        theirs = [t for t in peers if t.who == who]
        count = sum(t.items for t in theirs)
        wall, cpu = sum(t.wall_s for t in theirs) / count, sum(t.cpu_s for t in theirs) / count
        our_wall, our_cpu = ours.wall_s / ours.items, ours.cpu_s / ours.items
        yield (
            f"| {ours.step} | {who} | {wall:.3f} | {our_wall:.3f} | {wall / our_wall:.1f} "
            f"| {cpu:.3f} | {our_cpu:.3f} | {cpu / our_cpu:.1f} |"
        )


def environment() -> dict[str, str]:
    """Programs of this environment, with the bytecode that an installation normally leaves: what is
    imported behind a wall cannot write its own."""
    for package in site.getsitepackages():
        compileall.compile_dir(package, quiet=2)
    inherited = {
        name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    return {**inherited, "PATH": path, "PYTHONWARNINGS": "ignore"}


@click.command()
@click.option("--students", default=24, show_default=True)
@click.option("--repeats", default=3, show_default=True)
@click.option("--skip", multiple=True, type=click.Choice(list(MEASURES)))
@click.option("--json", "target", type=click.Path(path_type=Path), help="Keep the timings here.")
def main(students: int, repeats: int, skip: tuple[str, ...], target: Path | None) -> None:
    """Measure, and print a table in Markdown. `--skip autograde` means `--skip feedback` too."""
    with tempfile.TemporaryDirectory(prefix="grading-benchmark-") as name:
        folder = Path(name)
        env = environment()
        warm = [course_of(folder / f"warm-{who}", 1) for who in ("ours", "stock")]
        measured = [course_of(folder / who, students) for who in ("ours", "stock")]
        chosen = [measure for name, measure in MEASURES.items() if name not in skip]
        for measure in chosen:  # once unmeasured: our own bytecode, files in memory
            list(measure(Place(*warm, env=env, repeats=1)))
        place = Place(*measured, env=env, repeats=repeats)
        timings = [timing for measure in chosen for timing in _printed(measure(place))]
    if target:
        rows = [asdict(timing) for timing in timings]
        target.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    made_by = f"`python benchmarks/grading.py {' '.join(sys.argv[1:])}`"
    click.echo(f"{made_by}, CPU seconds of {cpu_seconds.counted()}\n\n{table(timings)}")


def _printed(timings: Iterator[Timing]) -> Iterator[Timing]:
    for timing in timings:
        click.echo(f"{timing.command}: {timing.wall_s:.2f} s", err=True)
        yield timing


if __name__ == "__main__":
    main()
