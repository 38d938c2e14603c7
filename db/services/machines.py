"""Which machine of its office this is, and whether there are others: cheap questions that every page may ask."""

from sqlalchemy import text

from db.services.office import OfficeSession

_LAPTOPS = text("SELECT count(*) FROM partner_office WHERE relation = 'laptop' AND revoked_at IS NULL")
_OUT = text("SELECT count(*) FROM visit_item WHERE archive_id = :id AND back_at IS NULL")
_OPEN = text("SELECT count(*) FROM archive_conflict WHERE archive_id = :id AND state = 'open'")


def has_laptops(session: OfficeSession) -> bool:
    """Whether a home-visit laptop is enrolled at this desk."""
    with session.database.reading() as connection:
        return bool(connection.execute(_LAPTOPS).scalar_one())


def has_news_of(session: OfficeSession, archive_id: str) -> tuple[bool, bool]:
    """Whether the archive is out on a laptop, and whether two versions of it wait for a choice."""
    with session.database.reading() as connection:
        out, waiting = (connection.execute(statement, {"id": archive_id}).scalar_one() for statement in (_OUT, _OPEN))
    return bool(out), bool(waiting)
