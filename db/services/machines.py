"""Which machine of its office this is, and whether there are others: cheap questions that every page may ask."""

from datetime import date, timedelta

from sqlalchemy import text

from db.errors import UserError
from db.services.office import OfficeSession, get_setting, set_setting

_DAYS_SETTING = "visit_days"
_USUAL_DAYS = 7

_LAPTOPS = text("SELECT count(*) FROM partner_office WHERE relation = 'laptop' AND revoked_at IS NULL")
_OUT = text("SELECT count(*) FROM visit_item WHERE archive_id = :id AND back_at IS NULL")
_OPEN = text("SELECT count(*) FROM archive_conflict WHERE archive_id = :id AND state = 'open'")


def refuse_on_laptop(session: OfficeSession) -> None:
    """UserError on a home-visit laptop: what is decided there beside the archives would not reach the desk."""
    if session.office.is_laptop:
        raise UserError("laptop_desk_only")


def has_laptops(session: OfficeSession) -> bool:
    """Whether a home-visit laptop is enrolled at this desk."""
    with session.database.reading() as connection:
        return bool(connection.execute(_LAPTOPS).scalar_one())


_WAITING = text("SELECT count(DISTINCT archive_id) FROM archive_conflict WHERE state = 'open'")
_TOO_LONG = text("SELECT count(DISTINCT archive_id) FROM visit_item WHERE back_at IS NULL AND substr(out_at, 1, 10) < :before")


def days_out(session: OfficeSession) -> int:
    """After how many days something that is out counts as overdue."""
    return int(get_setting(session, _DAYS_SETTING, _USUAL_DAYS))


def set_days_out(session: OfficeSession, days: int) -> None:
    """Say after how many days something that is out counts as overdue."""
    set_setting(session, _DAYS_SETTING, max(1, min(days, 365)))


def waiting_for_choice(session: OfficeSession) -> int:
    """How many archives have fields that two versions contradict each other in."""
    with session.database.reading() as connection:
        return int(connection.execute(_WAITING).scalar_one())


def out_too_long(session: OfficeSession) -> int:
    """How many archives have been out on laptops for too long."""
    before = date.fromisoformat(session.today) - timedelta(days=days_out(session))
    with session.database.reading() as connection:
        return int(connection.execute(_TOO_LONG, {"before": before.isoformat()}).scalar_one())


def has_news_of(session: OfficeSession, archive_id: str) -> tuple[bool, bool]:
    """Whether the archive is out on a laptop, and whether two versions of it wait for a choice."""
    with session.database.reading() as connection:
        out, waiting = (connection.execute(statement, {"id": archive_id}).scalar_one() for statement in (_OUT, _OPEN))
    return bool(out), bool(waiting)
