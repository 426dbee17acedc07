"""The pictures of Featherweight on a judge's machine: entrants must not have them.

A local heat makes do with `practice.npz`, which lies beside `olympics` on everybody's machine. A
judge must not, and an installed package brings no other pictures.
"""

from __future__ import annotations

import os

from olympics.workloads import featherweight

from autograder.model import CourseError

EVENT = "featherweight"


def check_pictures(event_id: str) -> None:
    """CourseError where an event needs pictures that entrants do not have, and here are none."""
    if event_id != EVENT or os.environ.get("OLYMPICS_PICTURES"):
        return
    place = featherweight.POOLS[0]
    if not place.is_file():
        raise CourseError(
            f"Featherweight is judged with pictures that entrants do not have, and {place} is "
            "missing. Install the repository with pip install --editable, or name a file of your "
            "own pictures in the environment variable OLYMPICS_PICTURES."
        )
