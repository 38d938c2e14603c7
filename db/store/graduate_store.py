"""Graduates in SQL: one statement a list, whatever the number of archives."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
from sqlalchemy import Connection

from db.store import graduate_way, hidden, household_record
from db.store.student_store import CURRENT, Row, rows_of, value

_COLUMNS = (
    "SELECT r.record_id, r.id AS version, a.id AS archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS household,"
    f" r.content, coalesce({value('status_at_first')}, (SELECT {value('employment_status', 'f')} FROM case_record f"
    " WHERE f.record_id = r.record_id"
    " ORDER BY f.archive_revision, f.made_at, f.id LIMIT 1)) AS status_at_first"
)
_FROM = f"FROM case_record r {household_record.JOIN_HOME}"
_ONCE = household_record.counts_once("graduate")
_WHERE = f"WHERE r.kind = 'graduate' AND {CURRENT} AND {hidden.shown('a')} AND {_ONCE}"
_ORDER = f"ORDER BY {value('graduation_year')} DESC, r.on_day DESC, r.made_at DESC"
_GRADUATES = f"{_COLUMNS} {_FROM} {_WHERE} {_ORDER}"
_DUE = f"{_COLUMNS} {_FROM} {_WHERE} AND r.ends_on <= :today AND a.office_id = :own ORDER BY r.ends_on, r.made_at"
# who had to be helped from :begins to :ends, and where they stood at its end
_ASKED = (
    f"{_COLUMNS}, {graduate_way.STATUS_THEN} AS status_then {_FROM} {graduate_way.JOIN} {_WHERE} AND r.on_day <= :ends"
    f" AND coalesce({value('graduation_year')}, 0) <= CAST(substr(:ends, 1, 4) AS INTEGER) AND {graduate_way.HELPED} {_ORDER}"
)
_COLLEGE = "'higher_vocational', 'junior_college', 'bachelor', 'postgraduate', 'five_year_vocational'"
# asked once a statement, however many people it is asked about
_ON_RECORD = f"SELECT {value('id_number')} {_FROM} {_WHERE} AND {value('id_number')} IS NOT NULL"
# who finishes a college by the year and has no record of employment yet: this year's and earlier ones (S000-08)
_FINISHED = (
    f"r.kind = 'student' AND {CURRENT} AND {hidden.shown('a')} AND {value('stage')} IN ({_COLLEGE})"
    f" AND {value('graduation_year')} <= :year AND coalesce({value('id_number')}, '') NOT IN ({_ON_RECORD})"
)
_FINISHING = (
    f"SELECT r.record_id, a.id AS archive_id, a.archive_number, coalesce(a.name, '') AS household, {value('name')} AS name,"
    f" {value('id_number')} AS number, {value('school')} AS school, max({value('graduation_year')}) AS graduation_year"
    f" {_FROM} WHERE {_FINISHED} GROUP BY {value('id_number')} ORDER BY 8 DESC, 5"
)
_COUNT_FINISHING = f"SELECT count(DISTINCT {value('id_number')}) AS people {_FROM} WHERE {_FINISHED} AND a.office_id = :own"
# who may be one by the form: studies at the age at which people finish, or is out of work at the age of a graduate
_CHILD = "m.relation_to_head IN ('son', 'daughter', 'grandchild', 'child_in_law', 'sibling', 'other')"
_LIKELY = (
    "SELECT m.id AS member_id, m.archive_id, a.archive_number, coalesce(a.name, '') AS household, coalesce(m.name, '') AS name,"
    " coalesce(m.id_number, '') AS number, m.member_identity AS identity, coalesce(m.school_or_employer, '') AS school, m.birth_on"
    f" FROM household_member m JOIN archive a ON a.id = m.archive_id WHERE {hidden.shown('a')}"
    " AND ((m.member_identity IN ('college', 'postgraduate') AND m.birth_on <= :finishing)"
    f" OR (m.member_identity = 'unemployed' AND {_CHILD} AND m.birth_on BETWEEN :oldest AND :finishing))"
    f" AND coalesce(m.id_number, '') NOT IN ({_ON_RECORD})"
    # a registration that says when the course ends is believed
    f" AND NOT EXISTS (SELECT 1 FROM case_record r WHERE r.archive_id = m.archive_id AND r.kind = 'student' AND {CURRENT}"
    f" AND {value('person')} = m.id AND {value('graduation_year')} IS NOT NULL)"
    f" AND coalesce(m.id_number, '') NOT IN (SELECT {value('id_number')} FROM case_record r WHERE r.kind = 'student' AND {CURRENT}"
    f" AND r.archive_id IN ({hidden.MERGED_IDS}) AND {value('graduation_year')} IS NOT NULL AND {value('id_number')} IS NOT NULL)"
    " ORDER BY m.member_identity, a.name, m.name LIMIT :limit"
)
def _lines(table: str, kind: str) -> str:
    """The lines of a table of each graduate: whose, of what kind, on which day."""
    return (
        f"SELECT r.record_id, {kind} AS kind, json_extract(s.value, '$.on_day') AS on_day"
        f" {_FROM}, json_each(r.content, '$.rows.{table}') s {_WHERE} {{office}}"
    )


_KIND, _FOLLOW_UP = "json_extract(s.value, '$.kind')", "'follow_up'"
# asking how somebody fares at work is a service, too (S000-09)
_SERVICES = (
    "SELECT kind, count(*) AS times, count(DISTINCT record_id) AS people FROM"
    f" ({_lines('services', _KIND)} UNION ALL {_lines('follow_ups', _FOLLOW_UP)})"
    " WHERE on_day BETWEEN :since AND :until GROUP BY kind"
)
_BY_NUMBER = (
    f"SELECT r.record_id, r.id AS version, a.id AS archive_id, r.content {_FROM} {_WHERE} AND {value('id_number')} = :number LIMIT 1"
)
_BY_PERSON = (
    f"SELECT r.record_id, r.id AS version, a.id AS archive_id, r.content {_FROM} {_WHERE} AND a.id = :archive_id"
    f" AND {value('person')} = :person AND {value('name')} = :name LIMIT 1"
)
_NUMBERS_NOW = (
    f"SELECT r.record_id, m.id_number {_FROM} JOIN household_member m ON m.archive_id = a.id AND m.id = {value('person')}"
    f" AND m.name = {value('name')} {_WHERE} AND m.id_number <> coalesce({value('id_number')}, '')"
)
_MEMBERS_BY_NUMBER = (
    "SELECT m.id AS member_id, m.archive_id, m.name, a.archive_number, a.office_id, coalesce(a.name, '') AS household"
    f" FROM household_member m JOIN archive a ON a.id = m.archive_id WHERE m.id_number = :number AND {hidden.shown('a')}"
)


def by_person(connection: Connection, archive_id: str, person: str, name: str) -> Row | None:
    """The graduate's record of a member of a household, whatever number it has."""
    return next(iter(rows_of(connection, _BY_PERSON, archive_id=archive_id, person=person, name=name)), None)


def numbers_now(connection: Connection) -> dict[str, str]:
    """By record: the ID number that the archive has by now, where it was put right after the record was made."""
    return {row["record_id"]: row["id_number"] for row in rows_of(connection, _NUMBERS_NOW)}


def graduates(connection: Connection) -> list[Row]:
    """Every graduate on record, with the status of the first version."""
    return rows_of(connection, _GRADUATES)


def due(connection: Connection, own: str, today: str) -> list[Row]:
    """The graduates of an office who are to be asked by today, the longest due first."""
    return rows_of(connection, _DUE, own=own, today=today)


def asked(connection: Connection, begins: str, ends: str) -> list[Row]:
    """The graduates who had to be helped in a period, with ``status_then`` at its end."""
    return rows_of(connection, _ASKED, begins=begins, ends=ends)


def finishing(connection: Connection, year: int) -> list[Row]:
    """Students who have finished, or finish this year, and are in no record of graduates."""
    return rows_of(connection, _FINISHING, year=year)


def count_finishing(connection: Connection, own: str, year: int) -> int:
    """How many of those an office is to put on record."""
    return int(rows_of(connection, _COUNT_FINISHING, own=own, year=year)[0]["people"])


def likely(connection: Connection, finishing_by: str, oldest: str, limit: int) -> list[Row]:
    """Members who may be graduates by what the form says: born by *finishing_by*, those out of work not before *oldest*."""
    return rows_of(connection, _LIKELY, finishing=finishing_by, oldest=oldest, limit=limit)


def service_counts(connection: Connection, since: str, until: str, office_id: str = "") -> list[Row]:
    """By kind of service: how often from *since* until *until*, and for how many people."""
    office = "AND a.office_id = :office" if office_id else ""
    params = {"since": since, "until": until, **({"office": office_id} if office_id else {})}
    return rows_of(connection, _SERVICES.format(office=office), **params)


def by_number(connection: Connection, number: str) -> Row | None:
    """The record of the graduate with this ID number."""
    return next(iter(rows_of(connection, _BY_NUMBER, number=number)), None)


def members_by_number(connection: Connection, number: str) -> list[Row]:
    """The household members with this ID number."""
    return rows_of(connection, _MEMBERS_BY_NUMBER, number=number)
