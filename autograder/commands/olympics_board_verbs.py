"""The verb of the Olympics that writes the board of a season: `autograder olympics publish`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.commands.olympics_verbs import olympics_group, olympics_verb, one_ledger
from autograder.model import CourseError

if TYPE_CHECKING:
    from autograder.olympics.board.season import Season
    from autograder.olympics.ledger import Judgement
    from autograder.olympics.teams import Team

PHASES = ("anonymous", "named")


@olympics_group.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@one_ledger
@click.option(
    "--teams", "teams_csv", required=True, type=click.Path(path_type=Path), help="The team table."
)
@click.option("--season", default="", help="Its name. Default: that of the last judged run.")
@click.option(
    "--closed",
    multiple=True,
    metavar="SEASON",
    help="Another season that is closed: its private half is told too. Repeatable.",
)
@click.option(
    "--with",
    "feeds",
    multiple=True,
    metavar="URL-OR-FILE",
    help="The feed of another board, to list its rows too. Repeatable.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True),
    help="The judge's key: entry pages get signed receipts.",
)
@click.option(
    "--close-season",
    "phase",
    is_flag=False,
    flag_value=PHASES[0],
    type=click.Choice(PHASES),
    help="Publish the entries too: anonymous first, named later.",
)
@click.option(
    "--entries",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Where the entries of a closed season are. Repeatable.",
)
@olympics_verb
def publish_verb(
    folder: Path,
    url: str,
    teams_csv: Path,
    season: str,
    closed: tuple[str, ...],
    feeds: tuple[str, ...],
    key: Path | None,
    phase: str | None,
    entries: tuple[Path, ...],
) -> bool:
    """Write the board of a season into DIR: pages, feed/v1/*.json and badges.

    While the season is open, the public half of hidden inputs stands where the private half
    decides; --close-season tells the private one. Of other seasons --closed tells it. Made again
    from the same ledger the board has the same bytes. A feed that cannot be read is left out, with
    a sentence and exit code 1. A folder whose board would lose receipts, closed entries or rows of
    the ledger is left as it is.
    """
    from autograder.olympics.board.closing import check_published, published_entries
    from autograder.olympics.board.foreign_feed import merge
    from autograder.olympics.board.head import check_earlier
    from autograder.olympics.board.publish import board, publish
    from autograder.olympics.ledger import Ledger
    from autograder.olympics.signing import read_key
    from autograder.olympics.teams import read_teams

    if bool(phase) != bool(entries):
        raise CourseError("--close-season and --entries are given together.")
    with Ledger(url, must_exist=True) as ledger:
        teams = read_teams(teams_csv)
        opened = _season(ledger.judgements(), teams, season, closed, bool(phase))
    check_earlier(opened, phase or "", bool(key), folder)
    merged, faults = merge(opened, feeds)
    published = published_entries(merged, entries, phase or "", teams)
    if phase and (missing_count := check_published(merged, published, folder)):
        click.echo(
            f"note: {missing_count} ranked entries are not in --entries, and are not published."
        )
    files = board(merged, published, phase or "", read_key(key) if key else "")
    publish(files, folder)
    _report(merged, opened, faults, teams_csv)
    click.echo(f"{folder / 'index.html'}: {opened.name}, {len(files)} files")
    return not faults


def _season(
    rows: Sequence[Judgement],
    teams: Mapping[str, Team],
    name: str,
    others_closed: Sequence[str],
    is_closed: bool,
) -> Season:
    """The season of that name, '' for the last judged run's, as far as it is told by now.

    others_closed: the other seasons whose private half is told; is_closed: whether this one's is.
    """
    from autograder.olympics.board.season import open_season
    from autograder.olympics.halves import public_rows

    season = open_season(rows, teams, name)
    for other in others_closed:
        open_season(rows, teams, other)  # which says that the ledger has no such season
        if other == season.name:
            raise CourseError(
                f"The season '{other}' is the one of this board, and --closed names others. Close "
                "it with --close-season and --entries."
            )
    closed = {*others_closed, season.name} if is_closed else set(others_closed)
    return open_season(public_rows(rows, closed), teams, season.name)


def _report(merged: Season, opened: Season, faults: list[str], teams_csv: Path) -> None:
    """Print which feeds were not read, whose rows are listed too, and which teams nobody knows."""
    from autograder.olympics.board.names import printable

    for sentence in (*merged.notes, *faults):
        click.echo(f"autograder: {sentence}", err=True)
    for judge, count in Counter(row.judge for row in merged.elsewhere).items():
        click.echo(printable(f"{count} rows of {judge} are listed too"))
    if opened.names.unknown:
        click.echo(
            f"note: teams of the ledger that are not in {teams_csv}: {opened.names.unknown}. They "
            "are shown anonymously."
        )
