"""Days with something to do as an iCalendar file (RFC 5545), for the calendar of a phone or of Outlook.

Every event lasts a whole day and keeps its id, so that reading a newer file changes what stands in the calendar already
and adds nothing twice. The file is not encrypted: who makes the events leaves out numbers, phones and illnesses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from db.store.partial_files import written_whole

_PRODUCT = "-//nuandang//暖档//ZH-CN"
_DOMAIN = "nuandang"
_LONGEST_LINE = 75
"""Octets of a line without its end (RFC 5545, 3.1)."""
_ALARM_HOUR = 9


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something that is to be done on *day* (ISO). *alarm_days*: remind so many days before, at nine; None: not at all."""

    uid: str
    day: str
    summary: str
    description: str = ""
    alarm_days: int | None = None


def write_calendar(path: Path, events: Iterable[CalendarEvent], *, name: str = "暖档", made_at: str = "") -> int:
    """Write *events* to *path*, in the order of their days, an id that comes twice only once; how many were written.

    *made_at*: the instant of writing (ISO), by which a calendar knows the newer of two files; empty: now.
    """
    chosen = {event.uid: event for event in events}
    ordered = sorted(chosen.values(), key=lambda event: (event.day, event.summary, event.uid))
    with written_whole(path) as out:
        for line in _calendar(ordered, name, _stamp(made_at)):
            out.write(_folded(line))
    return len(ordered)


def _stamp(made_at: str) -> str:
    moment = datetime.fromisoformat(made_at) if made_at else datetime.now(UTC)
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _calendar(events: Iterable[CalendarEvent], name: str, stamp: str) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{_PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"X-WR-CALNAME:{_escaped(name)}"
    for event in events:
        yield from _event(event, stamp)
    yield "END:VCALENDAR"


def _event(event: CalendarEvent, stamp: str) -> Iterator[str]:
    first = date.fromisoformat(event.day)
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(event.uid)}@{_DOMAIN}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{first + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_escaped(event.description)}"
    # the day stays free for other appointments
    yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    if event.alarm_days is not None:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(event.summary)}")
        yield from (f"TRIGGER:{_trigger(event.alarm_days)}", "END:VALARM")
    yield "END:VEVENT"


def _trigger(days_before: int) -> str:
    """From the midnight at which the day begins to nine o'clock so many days before."""
    hours = _ALARM_HOUR - 24 * days_before
    return f"{'-' if hours < 0 else ''}PT{abs(hours)}H"


def _escaped(words: str) -> str:
    """TEXT of RFC 5545, 3.3.11; other control characters may not stand in it."""
    plain = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    plain = plain.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n").replace("\t", " ")
    return "".join(mark for mark in plain if mark.isprintable() or mark == "\u3000")


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, never within a character."""
    pieces, current, room = [], bytearray(), _LONGEST_LINE
    for mark in line:
        octets = mark.encode()
        if len(current) + len(octets) > room:
            pieces.append(bytes(current))
            current, room = bytearray(), _LONGEST_LINE - 1  # the blank that leads a piece counts
        current += octets
    pieces.append(bytes(current))
    return b"\r\n ".join(pieces) + b"\r\n"
