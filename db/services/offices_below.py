"""Whether other offices stand below this one; asked at every sign-in, so it needs nothing but the database."""

from sqlalchemy import text

from db.services.office import OfficeSession

# along the index from both sides: how many archives there are does not matter. What was handed over is foreign, too,
# but did not come from below
_BELOW = text(
    "SELECT EXISTS (SELECT 1 FROM partner_office WHERE relation = 'child')"
    " OR EXISTS (SELECT 1 FROM archive WHERE office_id < :own"
    " AND id NOT IN (SELECT archive_id FROM hand_over WHERE from_office_id = :own))"
    " OR EXISTS (SELECT 1 FROM archive WHERE office_id > :own"
    " AND id NOT IN (SELECT archive_id FROM hand_over WHERE from_office_id = :own))"
)


def has_offices_below(session: OfficeSession) -> bool:
    """Whether there is anything to review here: an enrolled office below, or an archive that came from one."""
    with session.database.reading() as connection:
        return bool(connection.execute(_BELOW, {"own": session.office.id}).scalar_one())
