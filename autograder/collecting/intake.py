"""The work of one `collect`: into which course, at what time, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.collecting.allow_list import AllowList
from autograder.collecting.store import HandIn, Store
from autograder.model import Assignment, Course

ClassIds = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Intake:
    """What each station of one `collect` needs. in_place: the inbox is submitted/ itself."""

    course: Course
    assignment: Assignment
    store: Store
    allowed: AllowList
    in_place: bool
    now: datetime
    report_hand_in: Callable[[HandIn], None]
    class_ids: ClassIds
