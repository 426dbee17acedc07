"""The time of a hand-in as text: read from whatever nbgrader, a receipt or an LMS writes.

This is the one parser of such times. nbgrader's timestamp.txt is written here too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser, tz  # type: ignore[import-untyped]

STAMP = "timestamp.txt"
UTC_NAMES = {"UTC", "GMT", "Z"}
LEAST_DIGITS = 6  # 1 Jan 2027 8 PM
YEARLESS = datetime(1900, 1, 1)  # what dateutil fills in where a text names no year


def stamp(when: datetime) -> str:
    """nbgrader's timestamp.txt: `2015-02-02 15:58:23.948203 UTC`."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def parse_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """The time in `text`, in UTC; None where it is not one.

    zone: of a time without a zone, and of one that ends in a name other than UTC's own (nbgrader
    writes the abbreviation of its c.Exchange.timezone, as in `2027-01-30 20:30:10 CET`).
    Accepted are ISO 8601, zip_collect's 2027-01-30-20-30-10, the 20270130203010 (and milliseconds)
    of ILIAS and Sakai, and what nbgrader's dateutil reads.
    """
    text = re.sub(r" (?:UTC|GMT)(?=[+-])", " ", text.strip())
    numbered = re.fullmatch(r"(.+?) ([+-])(\d\d?):?(\d\d)?", text)
    if sum(map(str.isdigit, text)) < LEAST_DIGITS:
        return None
    try:
        if re.fullmatch(r"\d{4}(-\d\d){5}", text):
            text = datetime.strptime(text, "%Y-%m-%d-%H-%M-%S").isoformat()
        elif re.fullmatch(r"\d{17}|\d{14}", text):
            text = datetime.strptime(f"{text:0<20}", "%Y%m%d%H%M%S%f").isoformat()
        if numbered:
            text = numbered[1]
            sign = -1 if numbered[2] == "-" else 1
            zone = timezone(sign * timedelta(hours=int(numbered[3]), minutes=int(numbered[4] or 0)))
        named = re.fullmatch(r"(.+) (?![AaPp][Mm]$)([A-Za-z/_]+)", text)
        time = _read_clock(named[1] if named else text)
        if not time.tzinfo:
            time = _in_zone(time, named[2] if named else "", zone)
        time = time.astimezone(UTC)
    except (ValueError, ArithmeticError):
        return None
    return time if time.year > 1990 else None


def _in_zone(time: datetime, name: str, zone: tzinfo) -> datetime:
    """A clock's time in the zone of that name, else in `zone`. Of the two hours with the same time
    in autumn it is the one whose abbreviation is `name`, else the first."""
    if name.upper() in UTC_NAMES:
        return time.replace(tzinfo=UTC)
    zone = (tz.gettz(name) if re.match(r"[A-Za-z_]+/", name) else None) or zone
    moments = [time.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    return next((moment for moment in moments if moment.tzname() == name), moments[0])


def _read_clock(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parser.parse(text, default=YEARLESS)
