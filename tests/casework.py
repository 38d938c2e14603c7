"""Means worksheets of invented households, for tests of means, assessments and bundles."""

from datetime import date, datetime, timedelta, timezone

from factories import file_household

from db.domain.archive_content import new_id
from db.domain.form_schema import Value
from db.domain.means_form import WORKER, MeansContent
from db.services import assessing, means
from db.services.archiving import Archive
from db.services.assessing import StoredAssessment
from db.services.office import OfficeSession

ON = date(2020, 6, 1)
"""A day on which the packaged Qianshan plan is in force and its standard known."""
YEAR = 2019
LEDGERS = ("homes", "vehicles", "businesses", "assets", "students", "job_offers", "events", "earlier_aid", "expenses")


def in_2020(session: OfficeSession) -> OfficeSession:
    """The office on the morning of :data:`ON`."""
    session.clock = lambda: datetime(ON.year, ON.month, ON.day, 9, tzinfo=timezone(timedelta(hours=8)))
    return session


def row(**values: Value) -> dict[str, Value]:
    """A row of a ledger with an id of its own."""
    return {"id": new_id(), **values}


def wage(amount: int, person: str = WORKER, **more: Value) -> dict[str, Value]:
    """A year's wage in 分."""
    return row(person=person, kind="wage", amount=amount, **more)


def worksheet(session: OfficeSession, archive: Archive, income: int = 2_000_000, year: int = YEAR) -> MeansContent:
    """A complete worksheet of a household that receives 低保 and owns nothing; *income* is the worker's wage in 分."""
    sheet = means.new_means(session, archive, year)
    sheet.values |= {
        "area": "urban",
        "receives_subsistence_allowance": True,
        "is_registered_poor": False,
        "is_social_retiree": False,
        "other_exclusion": False,
        "is_on_file": False,
    }
    sheet.rows |= {key: [] for key in LEDGERS}
    sheet.rows["incomes"] = [wage(income)]
    return sheet


def poor_household(session: OfficeSession, seed: int = 1, income: int = 2_000_000) -> Archive:
    """A filed household of three with its worksheet of 2019."""
    archive = file_household(session, seed, hardship_category="accidental_hardship", is_migrant_worker=False)
    means.save_means(session, archive.id, worksheet(session, archive, income))
    return archive


def assessed_household(session: OfficeSession, seed: int = 1, income: int = 2_000_000) -> StoredAssessment:
    """A filed household of three with a stored assessment of :data:`ON`."""
    return assessing.assess_and_store(session, poor_household(session, seed, income).id, ON)
