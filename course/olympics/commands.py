"""The command `olympics`: events | try | pack | verify. Exit code 0 only when all went well."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from olympics import receipt as receipts
from olympics.conclusion import Outcome
from olympics.entry import Entry, read_entry
from olympics.errors import OlympicsError
from olympics.events import Event, event, events, grade
from olympics.pack import pack
from olympics.receipt import SignedReceipt
from olympics.rule_sheets import sheets

NOT_JUDGED = (
    "This was a local heat: your machine, practice inputs, no walls. It is not a judged score."
)
folder_or_zip = click.Path(path_type=Path, exists=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mlsys-course", message="%(version)s")
def main() -> None:
    """Your side of the Olympics: see the events, try an entry, pack it, verify a receipt."""


def _sentences(command: Callable[..., bool]) -> Callable[..., None]:
    """Exit code 0 where the command says True; an OlympicsError or OSError becomes a sentence."""

    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        try:
            went_well = command(*args, **options)
        except (OlympicsError, OSError) as fault:
            click.echo(f"olympics: {fault}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("olympics: stopped.", err=True)
            sys.exit(130)
        sys.exit(0 if went_well else 1)

    return wrapped


@main.command("events")
@click.argument("event_id", metavar="[EVENT]", required=False)
@_sentences
def events_verb(event_id: str | None) -> bool:
    """List the events, or print the rule sheet of one."""
    if event_id:
        click.echo(sheets()[f"{event(event_id).id}.md"].rstrip())
    else:
        for rules in events():
            click.echo(f"{rules.id:18} {rules.title:18} {rules.question}")
    return True


@main.command("try")
@click.argument("event_id", metavar="EVENT")
@click.argument("place", metavar="[FOLDER]", type=folder_or_zip, default=".")
@click.option("--against", type=folder_or_zip, help="An entry to compare with; else the reference.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the practice inputs."
)
@_sentences
def try_verb(event_id: str, place: Path, against: Path | None, seed: int) -> bool:
    """Run a local heat of the entry in FOLDER, and say where it stands."""
    from olympics.heat import heat

    entry = _entry_of(event_id, place)
    other = _entry_of(event_id, against) if against else None
    outcome = heat(entry, other, seed)
    click.echo(_outcome_text(event(event_id), outcome))
    click.echo(NOT_JUDGED)
    return outcome.verdict == "ranked"


@main.command("pack")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--to",
    "place",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="The folder for the zip. Default: here.",
)
@_sentences
def pack_verb(folder: Path, place: Path) -> bool:
    """Check the entry in FOLDER and pack it into a zip to hand in."""
    path = pack(folder, place)
    click.echo(
        f"{path} is packed. It was read and not run: olympics try {read_entry(path).event} "
        f"{shlex.quote(str(path))} says whether it works."
    )
    return True


@main.command("verify")
@click.argument(
    "paths",
    metavar="RECEIPT...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option(
    "--key",
    metavar="KEY",
    help="The judge's public key: 64 hexadecimal digits, or a file with them.",
)
@click.option(
    "--own-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The judge's own key, in place of --key: for a receipt with an HMAC.",
)
@_sentences
def verify_verb(paths: tuple[Path, ...], key: str | None, own_key: Path | None) -> bool:
    """Say whether receipts were signed by the judge with this key, and what they say."""
    verdicts = [_says_if_signed(path, key, own_key) for path in paths]
    return all(verdicts)


def _says_if_signed(path: Path, key: str | None, own_key: Path | None) -> bool:
    signed = receipts.from_text(path.read_text(encoding="utf-8-sig", errors="replace"))
    if not _is_signed(signed, key, own_key):
        click.echo(
            f"olympics: {path.name}: the signature is not that of this key. Do not trust it, "
            "unless the key is a wrong one: the judge's public key, judge.pub, is needed.",
            err=True,
        )
        return False
    word = signed.receipt
    click.echo(
        f"The signature is right: {word.judge} judged run {word.run} of entry "
        f"{word.entry_sha256[:16]} of team {word.team_id} in {word.event} at {word.judged_at}: "
        f"{word.verdict}{_numbers(word.scores)}. {word.sentence}".rstrip()
    )
    return True


def _is_signed(signed: SignedReceipt, key: str | None, own_key: Path | None) -> bool:
    if bool(own_key) == bool(key):
        raise OlympicsError("Name the judge's public key with --key, or your own with --own-key.")
    if own_key and own_key.suffix == ".pub":
        raise OlympicsError(
            f"{own_key.name} is a public key by its name, and whoever has it could have made this "
            "signature. --own-key needs the judge's private key."
        )
    if own_key:
        return receipts.verify_with_secret(signed, _key_text(own_key))
    return receipts.verify(signed, _public_key_text(key or ""))


def _public_key_text(key: str) -> str:
    """The digits of a key that is named by its file or by itself."""
    if len(key) < 1000 and Path(key).is_file():
        return _key_text(Path(key))
    if not re.fullmatch(r"[0-9a-fA-F\s]*", key):
        raise OlympicsError(
            f"There is no file {key[:200]}. --key needs the judge's public key, 64 hexadecimal "
            "digits, or a file with them."
        )
    return key


def _key_text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig", errors="replace")


def _entry_of(event_id: str, place: Path) -> Entry:
    entry = read_entry(place)
    if entry.event != event(event_id).id:
        raise OlympicsError(f"{place} is an entry of {entry.event}, not of {event_id}.")
    return entry


def _outcome_text(rules: Event, outcome: Outcome) -> str:
    lines = [outcome.log] if outcome.log else []
    if outcome.verdict != "ranked":
        return "\n".join([*lines, f"{rules.title}: {outcome.verdict}. {outcome.sentence}"])
    score = outcome.scores["score"]
    interval = ""
    if "low" in outcome.scores:
        low, high = outcome.scores["low"], outcome.scores["high"]
        interval = f", 95 % interval {_figure(low)} to {_figure(high)}"
    lines.append(f"{rules.title}: {_figure(score)} {rules.unit}{interval}")
    lines.append(f"Also{_numbers(outcome.scores)}")
    reached = grade(rules, score)
    lines.append(f"Grade: {reached}" if reached else "No grade's threshold is reached yet.")
    return "\n".join(lines)


def _numbers(scores: Any) -> str:
    return "".join(f", {name} {_figure(value)}" for name, value in sorted(scores.items()))


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


if __name__ == "__main__":
    main()
