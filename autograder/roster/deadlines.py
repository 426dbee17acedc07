"""A time until which something may be handed in, as a person writes it.

    2027-02-03                        the end of that day
    2027-02-03 18:00                  in the course's time zone
    2027-02-03 18:00 Europe/Zurich    or UTC, Z, +01:00

Abbreviations such as CST are refused, since several zones have them; so is 2/3/2027, which is a day
of February or of March.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import tz  # type: ignore[import-untyped]

from autograder.model import CourseError

DEADLINE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[ T]+(?P<time>\d{1,2}:\d\d(?::\d\d)?))?"
    r"(?:\s*(?P<offset>[+-]\d\d:?\d\d)|\s*(?P<zone>Z|UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+))?"
)
END_OF_DAY = "23:59:59"
FIRST_YEAR, LAST_YEAR = 1970, 2999  # what is added to it stays a date in every zone


def parse_deadline(text: str, zone: tzinfo) -> datetime:
    """The time in `text`, in its own zone or in `zone`. Raises CourseError where it is none."""
    match = DEADLINE.fullmatch(text.strip())
    if not match:
        raise CourseError(
            f"'{text:.40}' is no time. Write 2027-02-03 18:00, a day alone for its end, and after "
            f"it UTC, +01:00 or a zone such as Europe/Zurich where it is not the course's."
        )
    clock = match["time"] or END_OF_DAY
    form = "%Y-%m-%d %H:%M:%S" if clock.count(":") == 2 else "%Y-%m-%d %H:%M"
    try:
        moment = datetime.strptime(f"{match['day']} {clock}", form)
    except ValueError as fault:
        raise CourseError(f"'{text:.40}' is no time: {fault}.") from fault
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise CourseError(
            f"'{text:.40}' is no time of a course: a year from {FIRST_YEAR} to {LAST_YEAR} was "
            f"needed."
        )
    return moment.replace(tzinfo=_zone(match["offset"], match["zone"], zone))


def _zone(offset: str | None, name: str | None, zone: tzinfo) -> tzinfo:
    if offset:
        sign = -1 if offset[0] == "-" else 1
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if hours > 23 or minutes > 59:
            raise CourseError(
                f"'{offset}' is no time zone: hours to 23 and minutes, as in +01:00, were needed."
            )
        return timezone(sign * timedelta(hours=hours, minutes=minutes))
    if name in (None, "Z", "UTC"):
        return UTC if name else zone
    named_zone: tzinfo | None = tz.gettz(name)
    if named_zone is None:
        raise CourseError(f"'{name}' is no time zone that this machine knows.")
    return named_zone


def written_time(moment: datetime, zone: tzinfo) -> str:
    """The time in that zone, with the zone's name: 2027-02-03 18:00 CET."""
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname() or ''}".rstrip()
