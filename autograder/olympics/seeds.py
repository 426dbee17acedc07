"""Private seeds: a schedule that follows from an organiser's secret, and its public name.

Nobody without the secret can tell the next seed; who gets the secret after the season can check all
of them against the name that stood in every judgement.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from olympics.events import Event

from autograder.files import read_plain
from autograder.model import CourseError

SEED_BYTES = 16  # so that nobody finds a seed by trying all of them out
LEAST_BYTES, MOST_BYTES = 16, 10_000
TURNS = 12  # remainders take turns, so that each width of a network comes as often as any other


@dataclass(frozen=True)
class Schedule:
    """The seeds of one event in one season."""

    secret: bytes
    season: str
    event: str

    @property
    def seed_id(self) -> str:
        """The public name of this schedule, which gives nothing of it away."""
        return f"{self.season}/{self.event}/{self._digest('name').hex()[:16]}"

    def hidden_seed(self) -> int:
        """The seed of an event that `keeps_inputs`. Both halves have it, since one seed deals the
        inputs into two halves that share none."""
        return int.from_bytes(self._digest("hidden")[:SEED_BYTES], "big")

    def fresh_seed(self, entry_sha256: str, run: int, number: int, phase: str) -> int:
        """The seed of one repetition of one run of one entry: inputs that come once and never
        again."""
        digest = self._digest("fresh", entry_sha256, str(run), str(number), phase)
        return int.from_bytes(digest[:SEED_BYTES], "big") // TURNS * TURNS + number % TURNS

    def draw(self, entry_sha256: str, run: int) -> int:
        """The seed of what is drawn in a run: who goes first, and which half is verified."""
        return int.from_bytes(self._digest("draw", entry_sha256, str(run))[:SEED_BYTES], "big")

    def _digest(self, *words: str) -> bytes:
        text = "\x1f".join((self.season, self.event, *words))
        return hmac.new(self.secret, text.encode(), hashlib.sha256).digest()


def keeps_inputs(rules: Event) -> bool:
    """Whether every entry of a season is asked the same hidden inputs, since accuracies on
    different pictures could not be compared. Nothing but the public score may tell of them then."""
    return rules.decides == "private"


def read_secret(path: Path) -> bytes:
    """The organiser's secret in a file. CourseError where it is missing or too short."""
    try:
        secret = read_plain(path, MOST_BYTES).strip()
    except OSError as fault:
        raise CourseError(
            f"The organiser's secret {path} cannot be read: {_reason(path, fault)}. Name its file. "
            "For a new season make one, keep it to yourself and use it all season: "
            "head -c 32 /dev/urandom | base64 > secret"
        ) from fault
    if len(secret) < LEAST_BYTES:
        raise CourseError(
            f"The secret in {path} has {len(secret)} bytes; at least {LEAST_BYTES} are needed, "
            f"made by chance: head -c 32 /dev/urandom | base64 > {path}"
        )
    return secret


def _reason(path: Path, fault: OSError) -> str:
    return "it is a folder" if path.is_dir() else fault.strerror or str(fault)
