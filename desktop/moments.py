"""Stored moments as people say them."""

from datetime import date, datetime


def moment(iso: str | None, today: date) -> str:
    """A stored moment: 今天 09:12, 昨天 16:05, 2026-11-18; ``--`` for never."""
    if not iso:
        return "--"
    at = datetime.fromisoformat(iso)
    days = (today - at.date()).days
    if days in (0, 1):
        return f"{('今天', '昨天')[days]} {at:%H:%M}"
    return f"{at:%Y-%m-%d}"


def days_since(iso: str | None, today: date) -> int | None:
    """Whole days since a stored moment; None for never."""
    return None if not iso else (today - datetime.fromisoformat(iso).date()).days
