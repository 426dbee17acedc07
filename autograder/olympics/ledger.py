"""The ledger: every judgement of a season, in order, append-only; the board is made from it alone.

A row is one JSON text. It carries the sha256 of the row before it, so that a row that was changed,
put in, or taken out from before others is noticed (that the last ones are gone shows a backup, a
receipt or an earlier board), and the database itself refuses to change one. SQLite by default; any
URL of SQLAlchemy for SQLite or PostgreSQL.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from autograder.model import CourseError
from autograder.write_ahead_log import BUSY_S, use_write_ahead_log

VERDICTS = ("ranked", "refused", "wrong", "withdrawn")
FIRST = "0" * 64  # the sha256 before the first row
LOCK = 0x6F6C796D  # the advisory lock of whoever appends to a ledger in PostgreSQL
_TABLES = MetaData()
_ROWS = Table(
    "olympics_judgements",
    _TABLES,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("entry_sha256", String(64), nullable=False),
    Column("event", String(60), nullable=False),
    Column("run", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("entry_sha256", "event", "run"),
)
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS olympics_no_{verb} BEFORE {verb} ON olympics_judgements "
        f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    # subtle: INSERT OR REPLACE takes a row out without asking the trigger on DELETE
    + [
        "CREATE TRIGGER IF NOT EXISTS olympics_no_replace BEFORE INSERT ON olympics_judgements "
        "WHEN EXISTS (SELECT 1 FROM olympics_judgements WHERE number = NEW.number OR "
        "(entry_sha256 = NEW.entry_sha256 AND event = NEW.event AND run = NEW.run)) "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION olympics_no_change() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$ LANGUAGE plpgsql",
        "CREATE OR REPLACE TRIGGER olympics_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON olympics_judgements FOR EACH STATEMENT EXECUTE FUNCTION olympics_no_change()",
    ],
}


@dataclass(frozen=True)
class Judgement:
    """The judge's word on one run of one entry. run: from 1, of the same entry. judged_at: ISO
    8601 in UTC. harness: the judge's version. seed_id: the public name of the private seed.
    verdict: "ranked", "refused" (our machine, nothing is held against the entry), "wrong" (the
    entry) or "withdrawn" (a person took the entry out); sentence: why, "" where ranked. handed_in:
    the day (YYYY-MM-DD, UTC) whose tries it counts to, "" for that of judged_at.
    scores: "score" where ranked, and what else exists. number and previous_sha256 are the
    ledger's."""

    number: int
    season: str
    event: str
    entry_sha256: str
    run: int
    team_id: str
    division: str
    level: str
    weight_class: str
    machine: str
    judge: str
    judged_at: str
    harness: str
    seed_id: str
    verdict: str
    sentence: str
    scores: dict[str, float] = field(default_factory=dict)
    idea: str = ""
    log: str = ""
    previous_sha256: str = FIRST
    handed_in: str = ""


class Ledger:
    """A ledger at a URL, such as sqlite:///season.db. A context manager. must_exist: CourseError
    where no ledger is there, instead of a new one."""

    def __init__(self, url: str, must_exist: bool = False) -> None:
        self.engine = _engine(url)
        if must_exist:
            _check_file(self.engine.url)
        with self._transaction() as connection:
            if must_exist and not inspect(connection).has_table(_ROWS.name):
                raise _missing(self.engine.url)
            _TABLES.create_all(connection)
            for statement in _GUARDS[connection.dialect.name]:
                connection.execute(text(statement))

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    def append(self, row: Judgement) -> Judgement:
        """The row as it stands in the ledger now. One of the same entry, event and run that is
        there already stays as it is and is returned: an append can be repeated safely."""
        _check(row)
        with self._transaction() as connection:
            earlier_row = connection.execute(_same_run(row)).first()
            if earlier_row:
                return _judgement(earlier_row.body)
            number, previous = _last(connection)
            full = replace(row, number=number + 1, previous_sha256=previous)
            body = _body(full)
            values = {"number": full.number, "body": body, "sha256": _sha256(body)}
            key = {"entry_sha256": row.entry_sha256, "event": row.event, "run": row.run}
            connection.execute(insert(_ROWS).values(**key, **values))
        return full

    def judgements(self) -> list[Judgement]:
        """All rows in their order. CourseError where one was changed or taken out."""
        rows = self._rows()
        faults = _chain_faults(rows)
        if faults:
            raise CourseError(f"{faults[0]} Bring the ledger back from a backup.")
        return [_judgement(body) for _, body, _ in rows]

    def faults(self) -> list[str]:
        """A sentence for each row that does not follow from the one before it."""
        return _chain_faults(self._rows())

    def _rows(self) -> list[tuple[int, str, str]]:
        query = select(_ROWS.c.number, _ROWS.c.body, _ROWS.c.sha256).order_by(_ROWS.c.number)
        with self._transaction() as connection:
            return [(row.number, row.body, row.sha256) for row in connection.execute(query)]

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Hold the ledger alone; what was appended is on disk once the block has ended."""
        try:
            with self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                yield connection
        except SQLAlchemyError as fault:
            reason = str(getattr(fault, "orig", None) or fault).splitlines()[0]
            raise CourseError(
                f"The ledger at {self.engine.url!r} does not answer: {reason}."
            ) from fault


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
        if backend not in _GUARDS:
            raise CourseError(f"A ledger is kept in SQLite or PostgreSQL, and {backend} came.")
        options: dict[str, Any] = {"connect_timeout": 10}
        if backend == "sqlite":
            options = {"timeout": BUSY_S, "isolation_level": None}
        engine = create_engine(address, poolclass=NullPool, connect_args=options)
    except (ArgumentError, NoSuchModuleError) as fault:
        raise CourseError(
            f"'{url}' is no address of a ledger. Write sqlite:///season.db or "
            f"postgresql+psycopg://user@host/database."
        ) from fault
    except ModuleNotFoundError as fault:
        raise CourseError(
            f"The ledger needs a driver: {fault}. Install it: pip install 'mlsys-course[cluster]'"
        ) from fault
    if backend == "sqlite":
        event.listen(engine, "connect", _durable)
        event.listen(
            engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE")
        )
    return engine


def _check_file(url: URL) -> None:
    """CourseError where SQLite would make a file."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise _missing(url)


def _missing(url: URL) -> CourseError:
    return CourseError(
        f"There is no ledger at {url!r}. Name that of the season, --ledger URL; "
        "`autograder olympics judge` begins it."
    )


def _durable(connection: Any, _record: object) -> None:
    use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = FULL")


def _check(row: Judgement) -> None:
    if row.verdict not in VERDICTS:
        raise CourseError(f"A verdict is one of {', '.join(VERDICTS)}, and '{row.verdict}' came.")
    if (row.verdict == "ranked") != ("score" in row.scores):
        raise CourseError("A judgement has a score where it is ranked, and only there.")
    if any(value != value or abs(value) == float("inf") for value in row.scores.values()):
        raise CourseError("A score is a finite number.")


def _same_run(row: Judgement) -> Any:
    return select(_ROWS.c.body).where(
        _ROWS.c.entry_sha256 == row.entry_sha256,
        _ROWS.c.event == row.event,
        _ROWS.c.run == row.run,
    )


def _last(connection: Connection) -> tuple[int, str]:
    """(number, sha256) of the last row."""
    query = select(_ROWS.c.number, _ROWS.c.sha256).order_by(_ROWS.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.number, row.sha256) if row else (0, FIRST)


def _chain_faults(rows: list[tuple[int, str, str]]) -> list[str]:
    faults: list[str] = []
    previous = FIRST
    for expected, (number, body, sha256) in enumerate(rows, 1):
        if number != expected:
            return [*faults, f"Row {expected} of the ledger is missing."]
        if _sha256(body) != sha256 or json.loads(body)["previous_sha256"] != previous:
            faults.append(f"Row {number} of the ledger is not what was written.")
        previous = sha256
    return faults


def _body(row: Judgement) -> str:
    return json.dumps(asdict(row), sort_keys=True, ensure_ascii=True, allow_nan=False)


def _judgement(body: str) -> Judgement:
    return Judgement(**json.loads(body))


def _sha256(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
