"""Verbs of the Olympics: judge entries into the ledger."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.commands.verb import main
from autograder.model import CourseError

if TYPE_CHECKING:
    from autograder.olympics.judge import Court, Session

LEDGER = "sqlite:///olympics.db"


@main.group("olympics")
def olympics_group() -> None:
    """Judge the entries of a season, and publish its board."""


def olympics_verb(function: Callable[..., bool]) -> Callable[..., None]:
    """A command that returns whether all went well; a CourseError becomes its sentence, exit 1.

    `olympics.commands` has the same frame for students, who get that package without autograder.
    """

    @wraps(function)
    def command(*args: Any, **options: Any) -> None:
        from olympics.errors import OlympicsError

        try:
            went_well = function(*args, **options)
        except (CourseError, OlympicsError, OSError) as fault:
            click.echo(f"autograder: {fault}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("autograder: stopped; what was judged is kept. Run it again.", err=True)
            sys.exit(130)
        sys.exit(0 if went_well else 1)

    return command


one_ledger = click.option(
    "--ledger", "url", default=LEDGER, show_default=True, help="SQLite or PostgreSQL, as a URL."
)


@olympics_group.command("judge")
@click.argument("entries", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@one_ledger
@click.option(
    "--teams", "teams_csv", required=True, type=click.Path(path_type=Path), help="The team table."
)
@click.option(
    "--secret", required=True, type=click.Path(path_type=Path), help="The organiser's secret file."
)
@click.option("--season", required=True, help="Its name, such as 2027.")
@click.option("--judge", "name", required=True, help="Who judges, such as a university.")
@click.option("--runs", type=click.IntRange(1, 50), default=1, show_default=True, help="Per entry.")
@click.option("--receipts", type=click.Path(path_type=Path), help="A folder for signed receipts.")
@click.option("--key", type=click.Path(path_type=Path), help="The judge's key; made where missing.")
@click.option("--final", is_flag=True, help="Receipts tell the private half too: after the season.")
@click.option(
    "--handed-in",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day (UTC) on which ENTRIES came, whose five tries they use. Default: today.",
)
@click.option("--isolation", metavar="LEVEL", help="Demand a level of isolation, or stop.")
@olympics_verb
def judge_verb(entries: tuple[Path, ...], url: str, name: str, **options: Any) -> bool:
    """Judge ENTRIES (zips, folders, or folders of them) as far as the ledger lacks them.

    Can be stopped and run again. Exit 0 where every entry has its runs.
    """
    from autograder.olympics.halves import public_rows
    from autograder.olympics.judge import judge
    from autograder.olympics.ledger import Ledger
    from autograder.olympics.signing import make_receipts_folder, read_key, write_receipts

    if bool(options["receipts"]) != bool(options["key"]):
        raise CourseError(
            "--receipts and --key are given together: receipts are signed with the key, and go "
            "into that folder."
        )
    if options["receipts"]:
        make_receipts_folder(options["receipts"])
    key = read_key(options["key"]) if options["key"] else ""
    court = _court(name, options)
    with Ledger(url) as ledger:
        session = judge(entries, ledger, court, report=_print_judgement)
        if key:
            closed = [court.season] if options["final"] else []
            rows = public_rows(ledger.judgements(), closed)
            season_rows = [row for row in rows if row.season == court.season]
            write_receipts(season_rows, options["receipts"], key)
    return _report(session, url)


def _court(name: str, options: dict[str, Any]) -> Court:
    """The court of the judge `name`, by the options of `judge`; the machine is calibrated last,
    after all that can be wrong with what the person named."""
    from olympics.machine import calibrate

    from autograder.olympics.judge import Court
    from autograder.olympics.seeds import read_secret
    from autograder.olympics.teams import read_teams
    from autograder.sandbox.choose_level import require_walls

    return Court(
        season=options["season"],
        judge=name,
        secret=read_secret(options["secret"]),
        teams=read_teams(options["teams_csv"]),
        level=require_walls(options["isolation"]),
        machine=calibrate(),
        runs=options["runs"],
        handed_in=f"{day:%Y-%m-%d}" if (day := options["handed_in"]) else "",
    )


def _report(session: Session, url: str) -> bool:
    """Print what was judged and what was not: whether every entry has its runs."""
    from autograder.olympics.board.names import printable

    for one in (*session.deferred, *session.rejected):
        click.echo(printable(f"{one.place}: {one.sentence}"), err=True)
    click.echo(f"{len(session.judgements)} new judgements in {url}")
    last = {row.entry_sha256: row for row in session.judgements}
    open_entries = any(row.verdict == "refused" for row in last.values())
    return not (session.deferred or session.rejected or open_entries)


@olympics_group.command("withdraw")
@click.argument("entry", metavar="SHA256")
@one_ledger
@click.option("--reason", required=True, help="A sentence, which the board shows.")
@click.option("--judge", "name", required=True, help="Who takes the entry out.")
@olympics_verb
def withdraw_verb(entry: str, url: str, reason: str, name: str) -> bool:
    """Take the entry whose sha256 begins with SHA256 out of all ranks, by a row of the ledger.

    Nothing is removed, and the entry is not judged again. This cannot be undone.
    """
    from autograder.olympics.ledger import Ledger
    from autograder.olympics.withdrawal import withdraw

    with Ledger(url, must_exist=True) as ledger:
        row = withdraw(ledger, entry, reason, name)
    _print_judgement(row)
    return True


def _print_judgement(row: Any) -> None:
    from autograder.olympics.board.names import printable

    score = f" {_score_words(row)}" if row.verdict == "ranked" else ""
    place = f"{row.number:4} {row.event} {row.team_id} {row.entry_sha256[:12]} run {row.run}"
    click.echo(printable(f"{place}: {row.verdict}{score} {row.sentence}").rstrip())


def _score_words(row: Any) -> str:
    """The score of a judgement with its unit; of a hidden half that decides, the public one."""
    from olympics.events import event

    from autograder.olympics.board.figures import score_text, unit_text

    rules = event(row.event)
    if rules.decides != "private":
        return f"{score_text(row.scores['score'], rules)} {unit_text(rules)}."
    return f"{score_text(row.scores['public'], rules)} {rules.unit}, public half."
