"""The time of a hand-in as text: read from whatever nbgrader, a receipt or an LMS writes.

This is the one parser of such times. nbgrader's timestamp.txt is read and written here too; what
nbgrader itself makes of one is in its nbgrader/utils.py, `parse_utc`.
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


def read_stamp(text: str, zone: tzinfo) -> datetime | None:
    """The time in a timestamp.txt of submitted/, where nbgrader takes one without a zone for UTC;
    None where it is none. zone: of abbreviations, as in `parse_time`."""
    return parse_time(text, zone, zoneless=UTC)


def is_read_alike(text: str, zone: tzinfo) -> bool:
    """Whether nbgrader reads the same time in a timestamp.txt of submitted/ as `read_stamp`."""
    when = read_stamp(text, zone)
    return when is not None and when == _nbgrader_time(text.strip())


def _nbgrader_time(text: str) -> datetime | None:
    """The time that nbgrader reads: it passes over a zone that it does not know, as in `20:30
    CEST`, and takes off 100 seconds in `20:30 +0100`."""
    words, zones = text.split(" "), {}
    try:
        if len(words) == 3:
            is_number = re.fullmatch(r"[+-]?\d+", words[2])
            zones = {"TZ": int(words[2]) if is_number else tz.gettz(words[2])}
            text = f"{words[0]} {words[1]} TZ"
        time: datetime = parser.parse(text, tzinfos=zones)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, ArithmeticError, OSError):
        return None


def portable_stamp(text: str, zone: tzinfo) -> str:
    """The text of a timestamp.txt of submitted/ in a form that nbgrader reads as `read_stamp` does:
    as it is where it has one, '' where it is no time."""
    if is_read_alike(text, zone):
        return text
    when = read_stamp(text, zone)
    return stamp(when) if when else ""


def parse_time(text: str, zone: tzinfo = UTC, zoneless: tzinfo | None = None) -> datetime | None:
    """The time in `text`, in UTC; None where it is not one.

    zone: of a time that ends in a name other than UTC's own (nbgrader writes the abbreviation of
    its c.Exchange.timezone, as in `2027-01-30 20:30:10 CET`), and of one without a zone, unless
    `zoneless` is given.
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
            zoneless = None
        named = re.fullmatch(r"(.+) (?![AaPp][Mm]$)([A-Za-z/_]+)", text)
        time = _read_clock(named[1] if named else text)
        if not time.tzinfo:
            time = _in_zone(time, named[2], zone) if named else _in_zone(time, "", zoneless or zone)
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
