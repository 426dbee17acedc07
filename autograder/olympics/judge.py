"""The judge: entries become judgements in the ledger.

It can be stopped at any moment and started again. What stands in the ledger is not judged again;
what was being judged is judged anew, and the ledger takes each run once. So every entry is judged
at least once and counts once. One entry's failure never stops the others.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import olympics
from olympics.conclusion import Outcome
from olympics.errors import OlympicsError
from olympics.events import event, events
from olympics.machine import Machine

from autograder.files import sha256, temporary_folder
from autograder.model import CourseError
from autograder.olympics.entrants import Entrant, Rejected, has_try, read_entrants
from autograder.olympics.hidden_pictures import check_pictures
from autograder.olympics.ledger import Judgement, Ledger
from autograder.olympics.row_names import check_name
from autograder.olympics.seeds import Schedule, keeps_inputs
from autograder.olympics.teams import Team
from autograder.olympics.timing import judged_run
from autograder.sandbox.levels import Level
from autograder.sandbox.pool import Pool, Warm

MAX_LOG_CHARACTERS = 20_000
# What may go wrong on our side with what an entry brought: the run is refused, the next one judged.
JUDGE_FAULTS = (
    *(CourseError, OlympicsError, OSError, ValueError, ArithmeticError, LookupError),
    *(TypeError, AttributeError, RuntimeError, MemoryError),
)
CODE = (".py", ".toml", ".c", ".h", ".ld")
FIRST_PRIORITY = -10  # of this process while it judges, where it may have one


@dataclass(frozen=True)
class Court:
    """Who judges, with what. secret: the organiser's, see seeds. runs: judged runs of each entry.
    attempts: how often a run that is refused because of the machine is tried in one call.
    handed_in: the day (YYYY-MM-DD, UTC) on which the entries came, "" for that of judging."""

    season: str
    judge: str
    machine: Machine
    secret: bytes
    teams: Mapping[str, Team]
    level: Level
    runs: int = 1
    attempts: int = 3
    handed_in: str = ""

    @property
    def machine_class(self) -> str:
        """Machines on which times can be compared, in words."""
        return f"{self.machine.name}, {self.machine.cores} cores"


@dataclass(frozen=True)
class Session:
    """What one call of the judge did: new judgements, entries without a try left today, and what
    is no entry."""

    judgements: tuple[Judgement, ...]
    deferred: tuple[Rejected, ...]
    rejected: tuple[Rejected, ...]


def judge(
    places: Sequence[Path],
    ledger: Ledger,
    court: Court,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    report: Callable[[Judgement], None] = lambda _: None,
) -> Session:
    """Judge what `places` hold as far as the ledger lacks it. report: is called after each row."""
    rows = ledger.judgements()
    earlier_count = len(rows)
    check_name("--season", court.season, (row.season for row in rows))
    check_name("--judge", court.judge, (row.judge for row in rows))
    check_secret(rows, court)
    entrants, rejected = read_entrants(places, court.teams)
    deferred: list[Rejected] = []
    by_event: dict[str, list[Entrant]] = {}
    for entrant in entrants:
        if next_run(entrant, rows, court):
            check_pictures(entrant.entry.event)
            by_event.setdefault(entrant.entry.event, []).append(entrant)
    with _priority():
        for event_id, group in by_event.items():
            with event_pool(event_id, court.level) as pool:
                for entrant in group:
                    day = court.handed_in or f"{now().astimezone(UTC):%Y-%m-%d}"
                    if has_try(entrant, rows, day):
                        _judge_entrant(pool, entrant, ledger, rows, court, now, report)
                    else:
                        deferred.append(_deferral(entrant, day))
    return Session(tuple(rows[earlier_count:]), tuple(deferred), tuple(rejected))


def next_run(entrant: Entrant, rows: Sequence[Judgement], court: Court) -> int:
    """The number of the next run of an entry; 0 where it has as many as the court wants in this
    season and, of times, on machines of this class (others are no help in its category), or where
    it was withdrawn."""
    entry_rows = [row for row in rows if row.entry_sha256 == entrant.sha256]
    if any(row.verdict == "withdrawn" for row in entry_rows):
        return 0
    is_timed = event(entrant.entry.event).kind == "time"
    machine = court.machine_class if is_timed else ""
    counting = [
        row
        for row in entry_rows
        if row.verdict != "refused" and row.season == court.season and machine in ("", row.machine)
    ]
    return 0 if len(counting) >= court.runs else max((row.run for row in entry_rows), default=0) + 1


def check_secret(rows: Sequence[Judgement], court: Court) -> None:
    """CourseError where this ledger has rows of the season that came from another secret: entries
    that were asked other pictures cannot be compared."""
    for row in rows:
        ours = Schedule(court.secret, court.season, row.event).seed_id
        if row.season == court.season and row.seed_id != ours:
            raise CourseError(
                f"The season '{court.season}' was begun with another secret: row {row.number} of "
                f"the ledger names {row.seed_id}, and this secret {ours}. Take the secret of the "
                "season, or another --season."
            )


def _deferral(entrant: Entrant, day: str) -> Rejected:
    return Rejected(
        entrant.place,
        f"Team '{entrant.entry.team_id}' has had its five tries in {entrant.entry.event} of {day} "
        f"(UTC). Judge it tomorrow, or say when it came: --handed-in YYYY-MM-DD.",
    )


def _judge_entrant(
    pool: Pool,
    entrant: Entrant,
    ledger: Ledger,
    rows: list[Judgement],
    court: Court,
    now: Callable[[], datetime],
    report: Callable[[Judgement], None],
) -> None:
    """Add the rows of an entrant, each in the ledger before the next begins. A refused run has a
    row too, so that it can be seen, and is tried again under the next number."""
    refusals = 0
    while (run := next_run(entrant, rows, court)) and refusals < court.attempts:
        outcome = _outcome(pool, entrant, run, court)
        row = ledger.append(_row(entrant, run, outcome, court, now()))
        refusals += row.verdict == "refused"
        rows.append(row)
        report(row)


def _outcome(pool: Pool, entrant: Entrant, run: int, court: Court) -> Outcome:
    schedule = Schedule(court.secret, court.season, entrant.entry.event)
    try:
        return judged_run(pool, entrant.entry, entrant.sha256, run, schedule, court.machine)
    except JUDGE_FAULTS as fault:
        words = "" if keeps_inputs(event(entrant.entry.event)) else f": {fault}"
        return Outcome("refused", f"The judge failed: {type(fault).__name__}{words}.")


def _row(
    entrant: Entrant, run: int, outcome: Outcome, court: Court, judged_at: datetime
) -> Judgement:
    entry = entrant.entry
    return Judgement(
        number=0,
        season=court.season,
        event=entry.event,
        entry_sha256=entrant.sha256,
        run=run,
        team_id=entry.team_id,
        division=entry.division,
        level=entry.level,
        weight_class=entry.weight_class,
        machine=court.machine_class,
        judge=court.judge,
        judged_at=f"{judged_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        harness=harness(),
        seed_id=Schedule(court.secret, court.season, entry.event).seed_id,
        verdict=outcome.verdict,
        sentence=outcome.sentence,
        scores={name: float(value) for name, value in outcome.scores.items()},
        idea=entry.idea,
        log=outcome.log[:MAX_LOG_CHARACTERS],
        handed_in=court.handed_in,
    )


@cache
def harness() -> str:
    """The version of what judges: the distribution's, and the sha256 of `judging_files`."""
    code = [path.read_bytes() for path in judging_files()]
    try:
        number = version("mlsys-course")
    except PackageNotFoundError:
        number = "0"
    return f"{number}+{sha256(b''.join(code))[:12]}"


def judging_files() -> list[Path]:
    """All code on which a score depends: the judge's own without the pages of the board, which
    judge nothing, and that of the references and the emulator."""
    here = Path(__file__).parent
    libraries = sorted({name for rules in events() for name in rules.libraries})
    folders = (Path(olympics.__file__).parent, here, *map(_package, libraries))
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return [p for p in files if p.suffix in CODE and here / "board" not in p.parents]


@contextmanager
def _priority() -> Iterator[None]:
    """This process before others while it judges, where this user may have that."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST_PRIORITY)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


@contextmanager
def event_pool(event_id: str, level: Level) -> Iterator[Pool]:
    """A pool for an event, with the packages of the course that its program needs."""
    names = event(event_id).libraries
    with temporary_folder("olympics") as name:
        folder = Path(name)
        for package in names:
            shutil.copytree(_package(package), folder / package, ignore=_compiled)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        with Pool(level, Warm((folder,) if names else (), ("numpy",))) as pool:
            yield pool


def _compiled(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]


def _package(name: str) -> Path:
    course = Path(olympics.__file__).parents[1]
    for folder in (course / name, course.parent / name):
        if (folder / "__init__.py").is_file():
            return folder
    raise CourseError(f"The course's package {name} is not beside olympics; the event needs it.")
