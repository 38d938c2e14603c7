"""Is the computer's clock right? What was recorded before says so, for the program asks nobody outside.

The order of history does not rest on the clock – revisions, steps and records are numbered –, but every day that falls
due does, and a notice posted on a wrong day ends on a wrong one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from db.services.office import OfficeSession, write_journal

SLACK = timedelta(minutes=10)
"""By how much two readings may differ without a word: clocks are set right by a little."""
LONGEST_PAUSE = timedelta(days=200)
"""Nobody leaves an office shut for longer: a later clock was set ahead."""
ADVICE = "请核对电脑右下角的日期和时间；改好以前，到期提醒、公示天数和认定日期都会算错。已经记下的先后按次序号排，不会乱。"
_CONFIRMED = "clock_confirmed"
_RECENT = text("SELECT made_at, action FROM (SELECT * FROM journal ORDER BY seq DESC LIMIT 300) ORDER BY seq")
_LAST_CHANGE = text("SELECT made_at FROM archive_revision WHERE office_id = :own ORDER BY seq DESC LIMIT 1")


@dataclass(frozen=True, slots=True)
class ClockFault:
    """What is odd about the clock."""

    found: str
    advice: str = ADVICE

    @property
    def words(self) -> str:
        """Both, as the board says it."""
        return f"{self.found}。{self.advice}"


def clock_fault(session: OfficeSession) -> ClockFault | None:
    """What is wrong with the clock; None where nothing is."""
    with session.database.reading() as connection:
        return fault_of(connection, session)


def fault_of(connection: Connection, session: OfficeSession) -> ClockFault | None:
    """The same in the caller's transaction."""
    recent = [(_moment(row[0], session), row[1]) for row in connection.execute(_RECENT)]
    change = connection.execute(_LAST_CHANGE, {"own": session.office.id}).scalar()
    known = _trusted([*recent, *([(_moment(change, session), "")] if change else [])])
    now = session.clock()
    if known is None or known - SLACK <= now <= known + LONGEST_PAUSE:
        return None
    said = f"电脑时间是 {now:%Y-%m-%d %H:%M}，"
    if now < known:
        return ClockFault(f"{said}可是上一次办理记在 {known:%Y-%m-%d %H:%M}")
    return ClockFault(f"{said}离上一次办理（{known:%Y-%m-%d}）已有 {(now - known).days:,} 天")


def confirm_clock(session: OfficeSession) -> None:
    """The clerk has looked: the clock is right. What was recorded before counts no longer."""
    with session.database.writing() as connection:
        write_journal(connection, session, _CONFIRMED, {})


def _trusted(moments: Iterable[tuple[datetime, str]]) -> datetime | None:
    """The last moment that follows from those before it: what leaps far ahead or falls back does not count.

    So a day recorded under a wrong clock is forgotten once the clock is right again.
    """
    known: datetime | None = None
    for moment, action in moments:
        if known is None or action == _CONFIRMED or known < moment <= known + LONGEST_PAUSE:
            known = moment
    return known


def _moment(iso: str, session: OfficeSession) -> datetime:
    """*iso* as a moment that can be compared with the clock; one without offset is taken as local."""
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=session.clock().tzinfo)
