"""Students and graduates in SQL: one statement a list, whatever the number of archives. Amounts are 分."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
from typing import Any

from sqlalchemy import Connection, text

from db.store import hidden

Row = dict[str, Any]


def _value(key: str, record: str = "r") -> str:
    return f"json_extract({record}.content, '$.values.{key}')"


_CURRENT = "r.is_current AND NOT r.is_removed"
_GRANTED = (
    "(SELECT coalesce(sum(g.amount), 0) FROM aid_grant g WHERE g.recipient_number = {number} AND g.year = :year"
    " AND g.item IN ('tuition', 'study_cost') AND NOT EXISTS"
    " (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'withdrawn'))"
)
_STUDENTS = (
    "SELECT r.record_id, r.archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS household,"
    f" {_value('name')} AS name, {_value('id_number')} AS number, {_value('stage')} AS stage, {_value('school')} AS school,"
    f" {_value('student_kind')} AS student_kind, {_value('regime')} AS regime, {_value('amount_wanted')} AS wanted,"
    f" {_GRANTED.format(number=_value('id_number'))} AS granted"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'student' AND {_CURRENT}"
    f" AND {_value('year')} = :year AND {hidden.shown('a')} ORDER BY r.on_day DESC, r.made_at DESC"
)
_PUPILS = "'postgraduate', 'college', 'vocational', 'senior_high', 'junior_high', 'primary', 'preschool'"
_UNREGISTERED = (
    "SELECT m.id AS member_id, m.archive_id, a.archive_number, coalesce(a.name, '') AS household, coalesce(m.name, '') AS name,"
    " coalesce(m.id_number, '') AS number, m.member_identity AS identity"
    f" FROM household_member m JOIN archive a ON a.id = m.archive_id WHERE m.member_identity IN ({_PUPILS})"
    f" AND {hidden.shown('a')} AND NOT EXISTS (SELECT 1 FROM case_record r WHERE r.archive_id = m.archive_id"
    f" AND r.kind = 'student' AND {_CURRENT} AND {_value('year')} = :year AND {_value('person')} = m.id)"
    " ORDER BY a.name, m.name LIMIT :limit"
)
_GRADUATES = (
    "SELECT r.record_id, r.archive_id, a.archive_number, coalesce(a.name, '') AS household, r.content,"
    " (SELECT json_extract(f.content, '$.values.employment_status') FROM case_record f WHERE f.record_id = r.record_id"
    " ORDER BY f.archive_revision, f.made_at, f.id LIMIT 1) AS status_at_first"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'graduate' AND {_CURRENT}"
    f" AND {hidden.shown('a')} ORDER BY {_value('graduation_year')} DESC, r.on_day DESC, r.made_at DESC"
)
# who finishes a college by the year and has no record of employment yet: this year's and earlier ones (S000-08)
_FINISHING = (
    f"SELECT r.record_id, r.archive_id, a.archive_number, coalesce(a.name, '') AS household, {_value('name')} AS name,"
    f" {_value('id_number')} AS number, {_value('school')} AS school, max({_value('graduation_year')}) AS graduation_year"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'student' AND {_CURRENT} AND {hidden.shown('a')}"
    f" AND {_value('stage')} IN ('higher_vocational', 'junior_college', 'bachelor', 'postgraduate', 'five_year_vocational')"
    f" AND {_value('graduation_year')} <= :year AND NOT EXISTS (SELECT 1 FROM case_record g WHERE g.kind = 'graduate'"
    f" AND g.is_current AND NOT g.is_removed AND {_value('id_number', 'g')} = {_value('id_number')})"
    f" GROUP BY {_value('id_number')} ORDER BY 8 DESC, 5"
)
_ELSEWHERE = (
    f"SELECT a.archive_number, coalesce(a.name, '') AS household FROM case_record r JOIN archive a ON a.id = r.archive_id"
    f" WHERE r.kind = 'student' AND {_CURRENT} AND {_value('year')} = :year AND {_value('id_number')} = :number"
    f" AND r.archive_id <> :archive_id AND {hidden.shown('a')} LIMIT 1"
)


def _rows(connection: Connection, statement: str, **params: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(text(statement), params).mappings()]


def students(connection: Connection, year: int) -> list[Row]:
    """The students registered in a year, with what they were granted in it."""
    return _rows(connection, _STUDENTS, year=year)


def unregistered(connection: Connection, year: int, limit: int) -> list[Row]:
    """Members who go to school by the form and are not registered in the year."""
    return _rows(connection, _UNREGISTERED, year=year, limit=limit)


def graduates(connection: Connection) -> list[Row]:
    """Every graduate on record, with the status of the first version."""
    return _rows(connection, _GRADUATES)


def finishing(connection: Connection, year: int) -> list[Row]:
    """Students who have finished, or finish this year, and are in no record of graduates."""
    return _rows(connection, _FINISHING, year=year)


def registered_elsewhere(connection: Connection, archive_id: str, number: str, year: int) -> Row | None:
    """Another archive in which the person with this ID number is registered as a student in the year."""
    return next(iter(_rows(connection, _ELSEWHERE, archive_id=archive_id, number=number, year=year)), None)
