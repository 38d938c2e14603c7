"""Graduates in SQL: one statement a list, whatever the number of archives."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
from sqlalchemy import Connection

from db.store import hidden
from db.store.student_store import CURRENT, Row, rows_of, value

_GRADUATES = (
    "SELECT r.record_id, r.archive_id, a.archive_number, coalesce(a.name, '') AS household, r.content,"
    " (SELECT json_extract(f.content, '$.values.employment_status') FROM case_record f WHERE f.record_id = r.record_id"
    " ORDER BY f.archive_revision, f.made_at, f.id LIMIT 1) AS status_at_first"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'graduate' AND {CURRENT}"
    f" AND {hidden.shown('a')} ORDER BY {value('graduation_year')} DESC, r.on_day DESC, r.made_at DESC"
)
# who finishes a college by the year and has no record of employment yet: this year's and earlier ones (S000-08)
_FINISHING = (
    f"SELECT r.record_id, r.archive_id, a.archive_number, coalesce(a.name, '') AS household, {value('name')} AS name,"
    f" {value('id_number')} AS number, {value('school')} AS school, max({value('graduation_year')}) AS graduation_year"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'student' AND {CURRENT} AND {hidden.shown('a')}"
    f" AND {value('stage')} IN ('higher_vocational', 'junior_college', 'bachelor', 'postgraduate', 'five_year_vocational')"
    f" AND {value('graduation_year')} <= :year AND NOT EXISTS (SELECT 1 FROM case_record g WHERE g.kind = 'graduate'"
    f" AND g.is_current AND NOT g.is_removed AND {value('id_number', 'g')} = {value('id_number')})"
    f" GROUP BY {value('id_number')} ORDER BY 8 DESC, 5"
)


def graduates(connection: Connection) -> list[Row]:
    """Every graduate on record, with the status of the first version."""
    return rows_of(connection, _GRADUATES)


def finishing(connection: Connection, year: int) -> list[Row]:
    """Students who have finished, or finish this year, and are in no record of graduates."""
    return rows_of(connection, _FINISHING, year=year)
