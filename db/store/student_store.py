"""Students in SQL: one statement a list, whatever the number of archives. Amounts are 分."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
from typing import Any

from sqlalchemy import Connection, text

from db.store import hidden, household_record

Row = dict[str, Any]


def value(key: str, record: str = "r") -> str:
    """An answer of a record, in SQL."""
    return f"json_extract({record}.content, '$.values.{key}')"


CURRENT = "r.is_current AND NOT r.is_removed"
"""The version that counts of a record."""
_GRANTS = (
    "(SELECT coalesce(sum(g.amount), 0) FROM aid_grant g WHERE {whose} AND g.year = :year"
    " AND g.item IN ('tuition', 'study_cost'){which} AND NOT EXISTS"
    " (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'withdrawn'))"
)
_BY_NUMBER = f"g.recipient_number = {value('id_number')} AND g.recipient_number <> ''"
# granted before the number was put right, or after that to somebody registered under the old one
_BY_NAME = (
    f"g.archive_id = r.archive_id AND g.person = {value('person')} AND g.recipient_name = {value('name')}"
    f" AND g.recipient_number <> coalesce({value('id_number')}, '')"
)


def _granted(which: str = "") -> str:
    return " + ".join(_GRANTS.format(whose=whose, which=which) for whose in (_BY_NUMBER, _BY_NAME))


_DONATED = _granted(" AND g.fund_source = 'donation'")
_TUITION = _granted(" AND g.fund_source <> 'donation' AND g.item = 'tuition'")
# a registration in an archive that was merged into another is the kept household's
_MOVED = (
    "WITH RECURSIVE step (id, home) AS (SELECT merged_archive_id, kept_archive_id FROM archive_merge WHERE undone_at IS NULL"
    " UNION SELECT s.id, g.kept_archive_id FROM step s JOIN archive_merge g ON g.merged_archive_id = s.home AND g.undone_at IS NULL),"
    f" moved AS MATERIALIZED (SELECT id, home FROM step WHERE home NOT IN ({hidden.MERGED_IDS}))"
)
_HOME = "JOIN archive a ON a.id = coalesce((SELECT home FROM moved WHERE moved.id = r.archive_id), r.archive_id)"
_OF_YEAR = (
    f" FROM case_record r {_HOME}{{join}} WHERE r.kind = 'student' AND {CURRENT}"
    f" AND {value('year')} = :year AND {hidden.shown('a')} AND {household_record.counts_once('student')}"
)
_PERSON = (
    f"CASE WHEN a.id = r.archive_id THEN {value('person')} ELSE coalesce((SELECT m.id FROM household_member m"
    f" WHERE m.archive_id = a.id AND m.id_number = {value('id_number')}), {value('person')}) END"
)
_STUDENT = (
    " SELECT r.record_id, a.id AS archive_id, r.archive_id AS made_in, a.archive_number, a.office_id,"
    f" coalesce(a.name, '') AS household, r.content, {_PERSON} AS person,"
    f" {_granted()} AS granted, {_DONATED} AS donated, {_TUITION} AS tuition"
)
_NEWEST = " ORDER BY r.on_day DESC, r.made_at DESC"
_STUDENTS = _MOVED + _STUDENT + _OF_YEAR.format(join="") + _NEWEST
_DOUBLES = (
    f"{_MOVED}{_STUDENT}{_OF_YEAR.format(join='')} AND {value('id_number')} IN (SELECT {value('id_number')}{_OF_YEAR.format(join='')}"
    f" GROUP BY 1 HAVING count(DISTINCT a.id) > 1) ORDER BY {value('id_number')}, r.on_day"
)
# SQLite takes the further columns of a group from the line that has the maximum: the card last paid to
_PAID = (
    f", known AS MATERIALIZED (SELECT r.archive_id, {value('person')} AS person, {value('name')} AS name,"
    f" max({value('id_number')}) AS number FROM case_record r WHERE r.kind = 'student' AND {CURRENT} AND {value('year')} = :year"
    " GROUP BY 1, 2, 3), pay AS MATERIALIZED (SELECT coalesce(k.number, g.recipient_number) AS number, sum(p.amount) AS paid,"
    " sum(iif(g.fund_source = 'donation', p.amount, 0)) AS donated, max(p.on_day) AS paid_on, p.bank, p.account, p.payee_name"
    " FROM payout p JOIN aid_grant g ON g.id = p.grant_id"
    " LEFT JOIN known k ON k.archive_id = g.archive_id AND k.person = g.person AND k.name = g.recipient_name WHERE g.year = :year"
    " AND g.item IN ('tuition', 'study_cost') AND p.outcome = 'paid' AND p.on_day <= :cutoff"
    " AND NOT EXISTS (SELECT 1 FROM payout b WHERE b.grant_id = p.grant_id AND b.outcome = 'returned')"
    " GROUP BY 1) "
)
_HOUSEHOLD = (
    "worker_number", "id_number", "mobile_phone", "main_hardship_cause", "annual_household_income", "household_size",
    "per_capita_monthly_income", "hardship_category", "employer", "is_migrant_worker", "bank_name", "bank_account",
)  # fmt: skip
_REGISTER = (
    f"{_MOVED}{_PAID}{_STUDENT}, {', '.join(f'a.{column}' for column in _HOUSEHOLD)}, coalesce(pay.paid, 0) AS paid,"
    " coalesce(pay.donated, 0) AS paid_by_donors, pay.paid_on, pay.bank AS paid_bank, pay.account AS paid_account, pay.payee_name"
    + _OF_YEAR.format(join=f" LEFT JOIN pay ON pay.number = {value('id_number')}")
    + " ORDER BY a.archive_number, r.on_day, r.made_at"
)
_PUPILS = "'postgraduate', 'college', 'vocational', 'senior_high', 'junior_high', 'primary', 'preschool'"
# what is on record is gathered once; asking it of every member would go through it for each of them
_REGISTERED = f"SELECT {value('person')} FROM case_record r WHERE r.kind = 'student' AND {CURRENT} AND {value('year')} = :year"
_REGISTERED_BEFORE_MERGING = (
    f"SELECT {value('id_number')} FROM case_record r WHERE r.kind = 'student' AND {CURRENT} AND {value('year')} = :year"
    f" AND r.archive_id IN ({hidden.MERGED_IDS})"
)
_FINISHED = (
    f"SELECT {value('id_number')} FROM case_record r WHERE r.kind = 'graduate' AND {CURRENT} AND {value('graduation_year')} <= :year"
)
_TO_REGISTER = (
    "SELECT m.id AS member_id, m.archive_id, a.archive_number, coalesce(a.name, '') AS household, coalesce(m.name, '') AS name,"
    " coalesce(m.id_number, '') AS number, m.member_identity AS identity"
    f" FROM household_member m JOIN archive a ON a.id = m.archive_id WHERE m.member_identity IN ({_PUPILS})"
    # who has left is not nagged about; who has finished is on the other list
    " AND a.id NOT IN (SELECT archive_id FROM case_state WHERE standing IN ('exited', 'cancelled') AND track <> 'readmit')"
    f" AND {hidden.shown('a')} AND m.id NOT IN ({_REGISTERED} AND {value('person')} IS NOT NULL)"
    " AND coalesce(m.id_number, '') NOT IN"
    f" ({_REGISTERED_BEFORE_MERGING} AND {value('id_number')} IS NOT NULL UNION ALL {_FINISHED} AND {value('id_number')} IS NOT NULL)"
    " ORDER BY a.name, m.name LIMIT :limit"
)
_UNREGISTERED = (
    f"SELECT m.*, (SELECT r.content FROM case_record r WHERE r.archive_id = m.archive_id AND r.kind = 'student' AND {CURRENT}"
    f" AND {value('person')} = m.member_id AND {value('year')} < :year ORDER BY {value('year')} DESC LIMIT 1) AS last"
    f" FROM ({_TO_REGISTER}) m ORDER BY household, name"
)
_COUNT_UNREGISTERED = (
    f"SELECT count(*) FROM ({_TO_REGISTER}) u JOIN archive h ON h.id = u.archive_id WHERE h.office_id = :office_id"
)
_ELSEWHERE = (
    f"{_MOVED} SELECT a.archive_number, coalesce(a.name, '') AS household FROM case_record r {_HOME}"
    f" WHERE r.kind = 'student' AND {CURRENT} AND {value('year')} = :year AND {value('id_number')} = :number"
    f" AND a.id <> :archive_id AND {hidden.shown('a')} LIMIT 1"
)


def rows_of(connection: Connection, statement: str, **params: Any) -> list[Row]:
    """What a statement finds."""
    return [dict(row) for row in connection.execute(text(statement), params).mappings()]


def students(connection: Connection, year: int) -> list[Row]:
    """The students registered in a year, with what they were granted in it."""
    return rows_of(connection, _STUDENTS, year=year)


def doubles(connection: Connection, year: int) -> list[Row]:
    """Those whom several archives have registered in a year: one person each, by ID number."""
    return rows_of(connection, _DOUBLES, year=year)


def register(connection: Connection, year: int, cutoff: str) -> list[Row]:
    """The students of a year with what registers say of their household, and what was paid until *cutoff*."""
    return rows_of(connection, _REGISTER, year=year, cutoff=cutoff)


def unregistered(connection: Connection, year: int, limit: int) -> list[Row]:
    """Members who go to school by the form and are not registered in the year."""
    return rows_of(connection, _UNREGISTERED, year=year, limit=limit)


def count_unregistered(connection: Connection, year: int, office_id: str) -> int:
    """How many of them an office has."""
    params = {"year": year, "office_id": office_id, "limit": -1}
    return int(connection.execute(text(_COUNT_UNREGISTERED), params).scalar_one())


def registered_elsewhere(connection: Connection, archive_id: str, number: str, year: int) -> Row | None:
    """Another archive in which the person with this ID number is registered as a student in the year."""
    return next(iter(rows_of(connection, _ELSEWHERE, archive_id=archive_id, number=number, year=year)), None)


_NEW_WAITING = (
    f"{_MOVED} SELECT count(DISTINCT {value('id_number')}) FROM case_record r {_HOME}"
    f" WHERE r.kind = 'student' AND {CURRENT} AND {hidden.shown('a')} AND {value('year')} = :year"
    f" AND {value('regime')} = :regime AND {value('student_kind')} = 'new'"
    f" AND ({_TUITION}) = 0"
)
_PAPER_TYPES = "SELECT id, document_type FROM attachment WHERE archive_id = :archive_id AND removed_at IS NULL"


def new_waiting(connection: Connection, year: int, regime: str) -> int:
    """New students of the year under a regime to whom nothing was granted yet."""
    return int(connection.execute(text(_NEW_WAITING), {"year": year, "regime": regime}).scalar_one())


def paper_types(connection: Connection, archive_id: str) -> list[tuple[str, str]]:
    """Id and document type of each paper of an archive."""
    found = connection.execute(text(_PAPER_TYPES), {"archive_id": archive_id})
    return [(row[0], row[1]) for row in found]
