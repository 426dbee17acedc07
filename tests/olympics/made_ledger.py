"""A ledger of made-up judgements for the tests of ranking and board: three universities, two seasons."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

from olympics.events import event

from autograder.olympics.board.season import Season, open_season
from autograder.olympics.ledger import Judgement, Ledger
from autograder.olympics.teams import Team

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
SEASON = "2027 spring"


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
        "idea": "",
        "log": "",
    }
    return Judgement(**{**usual, **facts})


def sha(number: int) -> str:
    """The name of a made-up entry."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def timed(team: str, entry: int, scores: list[float], start: int = 1, **facts: Any) -> list[Judgement]:
    """Rows of Framework Sprint, one for each score."""
    return [
        row(
            number=start + count,
            event="framework_sprint",
            entry_sha256=sha(entry),
            run=count + 1,
            team_id=team,
            scores={"score": s, "low": 0.97 * s, "high": 1.03 * s, "peak_bytes": 1e6 / s, "bytes": 2e4},
            **facts,
        )
        for count, s in enumerate(scores)
    ]


def season_rows() -> list[Judgement]:
    """The rows of a whole season with everything in it, drawn with a fixed seed."""
    rng = random.Random(17)
    rows: list[Judgement] = []
    entry = 0
    for when, (team, base) in enumerate(
        [("t-ada", 0.95), ("t-bo", 0.8), ("t-cy", 0.42), ("t-di", 0.43), ("t-ed", 1.4), ("t-ada", 0.7)]
    ):
        entry += 1
        division, level = ("open" if team == "t-ed" else "closed"), "varsity"
        for run in range(5):
            score = round(base * rng.uniform(0.97, 1.03), 4)
            rows.append(
                row(
                    event="framework_sprint",
                    entry_sha256=sha(entry * 7919),
                    run=run + 1,
                    team_id=team,
                    division=division,
                    level=level,
                    judged_at=f"2027-02-{when + 1:02}T10:0{run}:00+00:00",
                    scores={
                        "score": score,
                        "low": round(score * 0.97, 4),
                        "high": round(score * 1.02, 4),
                        "bytes": 41_000.0 + 900 * when,
                        "peak_bytes": round(4e6 / base),
                    },
                    idea=f"Fuse bias and ReLU, number {when + 1}",
                    log=f"pairs 12, warm-ups 2\nratio {score}\n",
                )
            )
    for when, (team, weight, accuracy, size) in enumerate(
        [
            ("t-ada", "16 kB", 0.71, 15_900),
            ("t-bo", "16 kB", 0.76, 15_200),
            ("t-cy", "64 kB", 0.84, 61_000),
            ("t-di", "64 kB", 0.86, 63_900),
            ("t-ed", "256 kB", 0.9, 240_000),
            ("t-cy", "64 kB", 0.82, 58_000),
            ("t-bo", "16 kB", 0.79, 14_700),
        ]
    ):
        entry += 1
        rows.append(
            row(
                event="featherweight",
                entry_sha256=sha(entry * 7919),
                team_id=team,
                weight_class=weight,
                level="novice" if when % 2 else "varsity",
                judged_at=f"2027-03-{when + 1:02}T10:00:00+00:00",
                scores={"score": accuracy, "private": accuracy, "public": accuracy + 0.01, "bytes": float(size)},
                idea="Ternary weights, packed five to a byte",
                log="classified 1000 pictures in 0.8 s\n",
            )
        )
    for when, (team, count) in enumerate(
        [("t-ada", 812_345), ("t-ed", 512_020), ("t-bo", 512_020), ("t-di", 498_100), ("t-cy", 1_404_000)]
    ):
        entry += 1
        rows.append(
            row(
                event="bench_and_board",
                entry_sha256=sha(entry * 7919),
                team_id=team,
                judged_at=f"2027-04-{when + 1:02}T10:00:00+00:00",
                scores={"score": float(count), "instructions": float(count), "bytes": 9_000.0 - 700 * when},
                idea="SMLAD on pairs of channels",
            )
        )
    rows.append(
        row(
            event="framework_sprint",
            entry_sha256=sha(987654321),
            team_id="t-cy",
            verdict="wrong",
            scores={},
            sentence="The loss of batch 3 is 0.11, and the reference has 2.30: the entry answers from a table.",
            idea="Remember the inputs by their shape",
            log="t-cy: Cyclotron was here\n",
        )
    )
    rows.append(
        row(
            event="framework_sprint",
            entry_sha256=sha(987654322),
            team_id="t-bo",
            verdict="refused",
            scores={},
            sentence="The reference was unsteady: p50/p10 is 1.7, and at most 1.5 is allowed.",
        )
    )
    return rows


def season(rows: list[Judgement] | None = None, teams: dict[str, Team] | None = None) -> Season:
    """The season of those rows, numbered in their order."""
    chosen = season_rows() if rows is None else rows
    numbered = [row_with_number(judgement, count) for count, judgement in enumerate(chosen, 1)]
    return open_season(numbered, TEAMS if teams is None else teams)


def row_with_number(judgement: Judgement, number: int) -> Judgement:
    from dataclasses import replace

    return replace(judgement, number=number)


def write_ledger(path: Path, rows: list[Judgement] | None = None) -> str:
    """A ledger file with those rows, appended one by one; returns its URL."""
    url = f"sqlite:///{path}"
    with Ledger(url) as ledger:
        for judgement in season_rows() if rows is None else rows:
            ledger.append(judgement)
    return url


assert event("bench_and_board").better == "lower"
