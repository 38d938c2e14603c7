"""The calendar file: what RFC 5545 asks of its lines, and that reading it gives back what was meant."""

import re
from pathlib import Path

import pytest

from db.errors import MachineError
from db.exchange.ical import CalendarEvent, write_calendar

MADE_AT = "2026-11-21T08:30:00+08:00"


def unfolded(path: Path) -> list[str]:
    """The content lines of a file, folding undone."""
    return path.read_bytes().decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_write_calendar__lines_as_the_standard_wants_them(tmp_path: Path) -> None:
    """Lines end in CRLF, hold at most 75 octets, are folded between characters, and special marks are escaped."""
    path = tmp_path / "到期.ics"
    summary = "走访：张三, 李四；王五; 路\\巷" + "很长的一行" * 30
    written = write_calendar(path, [CalendarEvent("a1", "2026-12-31", summary, "第一行\n第二行\x07", 3)], made_at=MADE_AT)
    raw = path.read_bytes()
    assert written == 1
    assert raw.count(b"\n") == raw.count(b"\r\n") and raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert all(line.decode() for line in raw.split(b"\r\n")[:-1])  # each piece is whole characters
    lines = unfolded(path)
    told = next(line for line in lines if line.startswith("SUMMARY:"))
    assert re.sub(r"\\(.)", r"\1", told.removeprefix("SUMMARY:")) == summary
    assert "DESCRIPTION:第一行\\n第二行" in lines
    assert {"DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", "DTSTAMP:20261121T003000Z"} <= set(lines)
    assert "TRIGGER:-PT63H" in lines  # three days before, at nine


def test_write_calendar__in_order_and_none_twice(tmp_path: Path) -> None:
    """Events stand by their days; an id that comes twice stands once, as it came last; an empty file is a calendar too."""
    path = tmp_path / "a.ics"
    events = [CalendarEvent("b", "2026-12-02", "乙"), CalendarEvent("a", "2026-12-01", "旧"), CalendarEvent("a", "2026-12-03", "甲", "", 0)]
    assert write_calendar(path, events, made_at=MADE_AT) == 2
    assert [line for line in unfolded(path) if line.startswith("SUMMARY")] == ["SUMMARY:乙", "SUMMARY:甲"]
    assert [line for line in unfolded(path) if line.startswith("TRIGGER")] == ["TRIGGER:PT9H"]
    assert write_calendar(path, []) == 0
    assert unfolded(path)[0] == "BEGIN:VCALENDAR" and unfolded(path)[-1] == "END:VCALENDAR"


def test_write_calendar__a_folder_that_is_gone(tmp_path: Path) -> None:
    """The clerk is told, and no half a file stands anywhere."""
    with pytest.raises(MachineError):
        write_calendar(tmp_path / "gone" / "a.ics", [CalendarEvent("a", "2026-12-01", "甲")])
    assert list(tmp_path.iterdir()) == []
