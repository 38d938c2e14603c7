"""金秋助学 comes once a year: how many children at school are still to be registered while it lasts."""

from db.services import deadlines
from db.services.office import OfficeSession
from db.store import student_store

MONTHS = range(6, 10)
"""From the survey in June until what was paid is told in September (S000-14 to 21, S001-04, S002-01)."""


def lasts(session: OfficeSession) -> bool:
    """Whether this is the time of year for it, or the policy wants something about it within the next weeks."""
    return int(session.today[5:7]) in MONTHS or bool(deadlines.words(session, ("助学",), of_students=True))


def left_to_register(session: OfficeSession) -> int:
    """How many this office is still to register this year; 0 outside the season."""
    if not lasts(session):
        return 0
    with session.database.reading() as connection:
        return student_store.count_unregistered(connection, int(session.today[:4]), session.office.id)
