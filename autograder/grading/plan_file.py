"""The plans of an assignment, remembered in the course beside the key that they were made under.

Grading and an audit have other limits and so other keys: a few files are kept, one for each.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.files import write_file
from autograder.sandbox.job import HiddenTestPlan

VERSION = 16  # of the file: one of another version is made anew
KEPT_FILES = 3


@dataclass(frozen=True)
class Reference:
    """The instructor's run of one notebook: a plan for each test, files it cached, the tests whose
    points the reference does not earn, and the seconds of its longest cell or test."""

    plans: Mapping[str, HiddenTestPlan]
    tester_setup: Mapping[str, Any]
    cache: Mapping[str, bytes]
    unearned: tuple[str, ...] = ()
    longest_s: float = 0.0


def read(folder: Path, key: str) -> dict[str, Reference] | None:
    """The references by notebook that were written under `key`; None where there are none."""
    try:
        row = json.loads(_path(folder, key).read_text(encoding="utf-8"))
        if row["key"] != key or row["version"] != VERSION:
            return None
        return {name: _reference_of(reference) for name, reference in row["notebooks"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # none, or a damaged one
        return None


def _reference_of(row: dict[str, Any]) -> Reference:
    plans = {
        k: HiddenTestPlan(
            **{**plan, "profile": None if plan["profile"] is None else tuple(plan["profile"])}
        )
        for k, plan in row["plans"].items()
    }
    cache = {path: base64.b64decode(data) for path, data in row["cache"].items()}
    return Reference(plans, row["tester_setup"], cache, tuple(row["unearned"]))


def write(folder: Path, key: str, references: Mapping[str, Reference]) -> None:
    """Remembers the references by notebook under `key`, and forgets the oldest beyond three."""
    notebooks = {
        name: {
            "plans": {k: asdict(plan) for k, plan in reference.plans.items()},
            "tester_setup": dict(reference.tester_setup),
            "unearned": reference.unearned,
            "cache": {p: base64.b64encode(data).decode() for p, data in reference.cache.items()},
        }
        for name, reference in references.items()
    }
    row = {"version": VERSION, "key": key, "notebooks": notebooks}
    write_file(_path(folder, key), json.dumps(row).encode())
    by_age = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in by_age[:-KEPT_FILES]:
        path.unlink(missing_ok=True)


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key[:16]}.json"
