"""Made-up judgements for the tests of ranking and board: five teams of three universities."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.olympics.board.season import Season, open_season
from autograder.olympics.ledger import Judgement, Ledger
from autograder.olympics.teams import Team

SEASON = "2027 spring"
SECRETS = ("Dark Horse Stable", "t-di")
TEAMS = {
    team.team_id: team
    for team in (
        Team("t-ada", "Ada's Engines", "Aarhus", 2, False),
        Team("t-bo", "Bohr Effect", "Aarhus", 3, False),
        Team("t-cy", "Cyclotron", "Berkeley", 1, False),
        Team("t-di", "Dark Horse Stable", "Delft", 4, True),
        Team("t-ed", "Edsger's Path", "Delft", 2, False),
    )
}
# (team, times, bytes, peak bytes): five runs around a ratio
SPRINT = (
    ("t-ada", 0.95, 41_000, 4_200_000),
    ("t-bo", 0.80, 41_900, 5_000_000),
    ("t-cy", 0.42, 42_800, 9_500_000),
    ("t-di", 0.43, 43_700, 9_300_000),
    ("t-ed", 1.40, 44_600, 2_860_000),
    ("t-ada", 0.70, 45_500, 5_700_000),
    ("t-bo", 0.99, 46_400, 5_200_000),
)
# (team, weight class, accuracy, bytes)
FEATHER = (
    ("t-ada", "16 kB", 0.71, 15_900),
    ("t-bo", "16 kB", 0.76, 15_200),
    ("t-cy", "64 kB", 0.84, 61_000),
    ("t-di", "64 kB", 0.86, 63_900),
    ("t-ed", "256 kB", 0.90, 240_000),
    ("t-cy", "64 kB", 0.82, 58_000),
    ("t-bo", "16 kB", 0.79, 14_700),
)
# (team, instructions, bytes)
BOARD = (
    ("t-ada", 812_345, 9_000),
    ("t-ed", 512_020, 8_300),
    ("t-bo", 512_020, 7_600),
    ("t-di", 498_100, 6_900),
    ("t-cy", 1_404_000, 6_200),
)


def sha(number: int) -> str:
    """The name of a made-up entry."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def row(**facts: Any) -> Judgement:
    """A judgement with the usual facts, and these."""
    usual: dict[str, Any] = {
        "number": 1,
        "season": SEASON,
        "event": "bench_and_board",
        "entry_sha256": sha(1),
        "run": 1,
        "team_id": "t-ada",
        "division": "closed",
        "level": "novice",
        "weight_class": "",
        "machine": "2-core laptop class",
        "judge": "Aarhus judge",
        "judged_at": "2027-02-01T12:00:00+00:00",
        "harness": "1",
        "seed_id": "seed-0a1b",
        "verdict": "ranked",
        "sentence": "",
        "scores": {"score": 1_000_000.0},
    }
    return Judgement(**{**usual, **facts})


def timed(
    team: str, entry: int, scores: Sequence[float], start: int = 1, **facts: Any
) -> list[Judgement]:
    """Rows of Framework Sprint, one for each score."""
    usual = {"event": "framework_sprint", "entry_sha256": sha(entry), "team_id": team}
    return [
        row(**{**usual, **facts}, number=start + n, run=n + 1, scores=_times(score))
        for n, score in enumerate(scores)
    ]


def _times(score: float, **counted: float) -> dict[str, float]:
    low, high = round(0.97 * score, 4), round(1.02 * score, 4)
    return {"score": score, "low": low, "high": high, **counted}


def season_rows() -> list[Judgement]:
    """The rows of a season with everything in it, drawn with a fixed seed and numbered."""
    rows = [*_sprint(random.Random(17)), *_feather(), *_board(), *_failures()]
    return [replace(judgement, number=number) for number, judgement in enumerate(rows, 1)]


def _sprint(rng: random.Random) -> Iterator[Judgement]:
    for entry, (team, base, size, peak) in enumerate(SPRINT):
        for run in range(1, 6):
            scores = _times(round(base * rng.uniform(0.97, 1.03), 4), bytes=size, peak_bytes=peak)
            yield row(
                event="framework_sprint",
                entry_sha256=sha(100 + entry),
                run=run,
                team_id=team,
                division="open" if team == "t-ed" else "closed",
                level="varsity",
                judged_at=f"2027-02-{entry + 1:02}T10:0{run}:00+00:00",
                scores=scores,
                idea=f"Fuse the bias and ReLU, attempt {entry + 1}",
                log=f"12 pairs, 2 warm-ups\nratio {scores['score']}\n",
            )


def _feather() -> Iterator[Judgement]:
    for entry, (team, weight, accuracy, size) in enumerate(FEATHER):
        yield row(
            event="featherweight",
            entry_sha256=sha(200 + entry),
            team_id=team,
            weight_class=weight,
            level="novice" if entry % 2 else "varsity",
            judged_at=f"2027-03-{entry + 1:02}T10:00:00+00:00",
            scores={"score": accuracy, "private": accuracy, "public": 0.7, "bytes": float(size)},
            idea="Ternary weights, packed five to a byte",
        )


def _board() -> Iterator[Judgement]:
    for entry, (team, count, size) in enumerate(BOARD):
        yield row(
            entry_sha256=sha(300 + entry),
            team_id=team,
            judged_at=f"2027-04-{entry + 1:02}T10:00:00+00:00",
            scores={"score": float(count), "instructions": float(count), "bytes": float(size)},
            idea="SMLAD on pairs of channels",
        )


def _failures() -> Iterator[Judgement]:
    facts: Mapping[str, Any] = {"event": "framework_sprint", "scores": {}}
    yield row(
        **facts,
        entry_sha256=sha(400),
        team_id="t-cy",
        verdict="wrong",
        sentence="The loss of batch 3 is 0.11 and the reference's is 2.30.",
        idea="Remember the inputs by their shape, by Cyclotron",
        log="t-cy: Cyclotron was here\n",
        judged_at="2027-05-01T10:00:00+00:00",
    )
    yield row(
        **facts,
        entry_sha256=sha(401),
        team_id="t-bo",
        verdict="refused",
        sentence="The reference was unsteady: p50/p10 is 1.7, and at most 1.5 is allowed.",
        judged_at="2027-05-02T10:00:00+00:00",
    )


def season(rows: Sequence[Judgement] = (), teams: Mapping[str, Team] = TEAMS) -> Season:
    """The season of those rows, numbered in their order; without any, of `season_rows()`."""
    chosen = [replace(judgement, number=n) for n, judgement in enumerate(rows, 1)]
    return open_season(chosen or season_rows(), teams)


def write_ledger(path: Path, rows: Sequence[Judgement] = ()) -> str:
    """A ledger with those rows, appended one by one; returns its URL."""
    url = f"sqlite:///{path}"
    with Ledger(url) as ledger:
        for judgement in rows or season_rows():
            ledger.append(judgement)
    return url


def write_teams(path: Path, teams: Mapping[str, Team] = TEAMS) -> Path:
    """The table of teams as a CSV."""
    lines = ["team_id,public_name,university,members,anonymous"]
    for team in teams.values():
        anonymous = "yes" if team.anonymous else "no"
        lines.append(
            f'{team.team_id},"{team.public_name}",{team.university},{team.members},{anonymous}'
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
