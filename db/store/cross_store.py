"""The free cross-table in SQL: each subject once, with what it may be divided by and what is added up.

A cell and the records behind it are read with the same FROM and WHERE. Totals are folded by themselves, for a household
that stands in two rows is one household.
"""

# ruff: noqa: S608 - sources and expressions are constants of this module, values are parameters
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from db.domain.reports.cross_lists import FORM_FIELDS
from db.store import hidden
from db.store.case_store import STANDING

_NEVER_ON_FILE = "'lead', 'applicant', 'not_eligible', 'given_up', 'temporary'"
"""Pools of households that have a form with a day on it, but did not get their archive."""
Row = dict[str, Any]
Narrowing = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Folding:
    """How a measure folds: *value* is summed, *key* counted where it is there – each *once* where that is wanted, as SQL."""

    value: str
    key: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A subject: *by* are its dimensions, *folds* what its measures add up.

    *who*, *what*, *on*: name, description and day of a record, for the list behind a cell.
    """

    source: str
    by: Mapping[str, str]
    folds: Mapping[str, Folding]
    who: str
    what: str
    on: str
    told_by: str = ""
    """The dimension whose code *what* is; empty where it is text."""


def _years(birth: str) -> str:
    return (
        f"(CAST(substr(:ends, 1, 4) AS INTEGER) - CAST(substr({birth}, 1, 4) AS INTEGER)"
        f" - (substr(:ends, 6) < substr({birth}, 6)))"
    )


def _age(birth: str) -> str:
    old = _years(birth)
    steps = " ".join(f"WHEN {old} < {end} THEN '{start}'" for start, end in (
        (0, 6), (6, 15), (15, 18), (18, 35), (35, 50), (50, 60), (60, 70), (70, 80)))  # fmt: skip
    return f"CASE WHEN coalesce({birth}, '') = '' THEN '' {steps} ELSE '80' END"


def _tens(birth: str) -> str:
    old = _years(birth)
    return f"CASE WHEN coalesce({birth}, '') = '' THEN '' WHEN {old} >= 80 THEN '80' ELSE CAST({old} / 10 * 10 AS TEXT) END"


_INCOME = (
    "CASE WHEN a.per_capita_monthly_income IS NULL THEN '' WHEN a.per_capita_monthly_income < 50000 THEN '0'"
    " WHEN a.per_capita_monthly_income < 100000 THEN '500' WHEN a.per_capita_monthly_income < 150000 THEN '1000'"
    " WHEN a.per_capita_monthly_income < 200000 THEN '1500' ELSE '2000' END"
)
_HOUSEHOLD = {
    **{key: f"a.{key}" for key in FORM_FIELDS},
    "standing": STANDING,
    "office": "a.office_id",
    "worker_sex": "a.sex",
    "worker_age": _age("a.birth_on"),
    "household_size": "CASE WHEN a.household_size IS NULL THEN '' ELSE CAST(min(a.household_size, 6) AS TEXT) END",
    "income": _INCOME,
    "filed_year": "substr(a.filed_on, 1, 4)",
}
_WITH_CASE = "LEFT JOIN case_state c ON c.archive_id = a.id"
_MINE = "a.office_id IN (SELECT value FROM json_each(:offices))"


def _day(day: str) -> dict[str, str]:
    month = f"substr({day}, 6, 2)"
    return {"year": f"substr({day}, 1, 4)", "month": month, "quarter": f"CAST((CAST({month} AS INTEGER) + 2) / 3 AS TEXT)"}


_PEOPLE = (
    "(SELECT id AS archive_id, 'worker' AS role, name, sex, birth_on, '' AS relation, health_status, '' AS identity,"
    " medical_insurance_status FROM archive UNION ALL SELECT archive_id, 'member', name, sex, birth_on, relation_to_head,"
    " health_status, member_identity, medical_insurance_status FROM household_member) p"
)
# a grant that came back whole, perhaps in parts, is no longer one; what it was paid and gave back still adds up to nothing
_STANDS = (
    "p.outcome = 'paid' AND p.amount > coalesce((SELECT sum(r.amount) FROM payout r WHERE r.grant_id = p.grant_id"
    " AND r.outcome = 'returned' AND +r.on_day <= :ends), -1)"  # the plus keeps SQLite to the index by grant
)
_SIGNED = "CASE p.outcome WHEN 'returned' THEN -p.amount ELSE p.amount END"
# an archive merged into another one is the same household
_KEPT = hidden.home_of("p.archive_id")
_PERSON = f"CASE WHEN g.recipient_number <> '' THEN g.recipient_number ELSE {_KEPT} || g.recipient_name END"


def _standing(thing: str) -> str:
    return f"CASE WHEN {_STANDS} THEN {thing} END"


_EACH, _HOMES = Folding("1", "1"), Folding("1", "a.id", once=True)
"""Every record; the households they are of."""


def _content(key: str) -> str:
    return f"json_extract(r.content, '$.values.{key}')"


def _records(kind: str, *, of_period: bool) -> str:
    days = " AND r.on_day BETWEEN :begins AND :ends" if of_period else ""
    return (
        f"case_record r JOIN archive a ON a.id = r.archive_id {_WITH_CASE} WHERE r.kind = '{kind}' AND r.is_current"
        f" AND NOT r.is_removed{days} AND {_MINE} AND {hidden.shown('a')}"
    )


_NUMBERED = f"coalesce(nullif({_content('id_number')}, ''), r.record_id)"
_PUPILS = Folding("1", _NUMBERED, once=True)
_STUDENT_BY = {
    "stage": _content("stage"),
    "student_kind": _content("student_kind"),
    "regime": _content("regime"),
    "route": _content("intake_route"),
    "full_time": f"CAST({_content('is_full_time')} AS TEXT)",
    "state_aid": "CAST(coalesce(json_array_length(r.content, '$.values.state_aid'), 0) > 0 AS TEXT)",
}
_GRADUATE_BY = {
    "employment": _content("employment_status"),
    "education": _content("education"),
    "graduation_year": f"CAST({_content('graduation_year')} AS TEXT)",
    "wants_help": f"CAST({_content('wants_help')} AS TEXT)",
    **{key: f"CAST({_content(key)} AS TEXT)" for key in ("zero_employment", "wants_business", "state_employment_aid")},
}
_MONITORING_BY = {
    "relapse": f"CAST({_content('relapse_advised')} AS TEXT)",
    "stable": f"CAST({_content('result_stable')} AS TEXT)",
    "exit_reason": _content("exit_reason"),
    "civil_affairs": f"CAST({_content('covered_by_civil_affairs')} AS TEXT)",
    **{
        key: f"CAST({_content(key)} AS TEXT)"
        for key in ("work_secured", "medical_secured", "school_secured", "social_secured", "housing_secured")
    },
}
# the last sheet of a household counts, as in the table of monitoring
_LAST_SHEETS = (
    "(SELECT archive_id, content, on_day, row_number() OVER (PARTITION BY archive_id ORDER BY on_day DESC, made_at DESC, id)"
    " AS place FROM case_record WHERE kind = 'monitoring' AND is_current AND NOT is_removed"
    " AND on_day BETWEEN :begins AND :ends) r"
    f" JOIN archive a ON a.id = r.archive_id {_WITH_CASE} WHERE r.place = 1 AND {_MINE} AND {hidden.shown('a')}"
)
_LEFT_ON = "CASE c.standing WHEN 'cancelled' THEN c.since ELSE c.exited_on END"
_VISIT_BY = {"method": _content("method"), "purpose": _content("purpose")}

SOURCES: dict[str, Source] = {
    "households": Source(
        f"archive a {_WITH_CASE} WHERE {_MINE} AND {hidden.shown('a')}",
        _HOUSEHOLD,
        {
            "households": _EACH,
            "heads": Folding("a.household_size", "a.household_size"),
            "mean_income": Folding("a.per_capita_monthly_income", "a.per_capita_monthly_income"),
        },
        "a.name", "a.employer", "a.filed_on",
    ),
    "filed": Source(
        f"archive a {_WITH_CASE} WHERE a.filed_on BETWEEN :begins AND :ends AND {STANDING} NOT IN ({_NEVER_ON_FILE})"
        f" AND {_MINE} AND {hidden.shown('a')}",
        {**_HOUSEHOLD, **_day("a.filed_on")},
        {"households": _EACH},
        "a.name", "a.employer", "a.filed_on",
    ),
    "exited": Source(
        "case_state c JOIN archive a ON a.id = c.archive_id WHERE c.standing IN ('exited', 'cancelled')"
        f" AND {_LEFT_ON} BETWEEN :begins AND :ends AND {_MINE} AND {hidden.shown('a')}",
        {**_HOUSEHOLD, **_day(_LEFT_ON)},
        {"households": _EACH},
        "a.name", "a.employer", _LEFT_ON,
    ),
    "people": Source(
        f"{_PEOPLE} JOIN archive a ON a.id = p.archive_id {_WITH_CASE} WHERE {_MINE} AND {hidden.shown('a')}",
        {
            **_HOUSEHOLD,
            "role": "p.role", "sex": "p.sex", "age": _age("p.birth_on"), "age_ten": _tens("p.birth_on"),
            "relation": "p.relation", "health": "p.health_status", "identity": "p.identity",
            "insurance": "p.medical_insurance_status",
        },
        {"people": _EACH, "households": _HOMES},
        "p.name", "p.relation", "p.birth_on", told_by="relation",
    ),
    "aid": Source(
        f"payout p JOIN aid_grant g ON g.id = p.grant_id JOIN archive a ON a.id = p.archive_id {_WITH_CASE}"
        f" WHERE p.outcome IN ('paid', 'returned') AND p.on_day BETWEEN :begins AND :ends AND {_MINE}",
        {
            **_HOUSEHOLD, **_day("p.on_day"),
            "item": "g.item", "fund_source": "g.fund_source", "fund": "g.fund_name", "programme": "g.programme_title",
            "method": "p.method", "giver": "p.office_name", "giver_level": "p.office_level", "stage": "g.school_stage",
            "group": "g.household_group",
        },
        {
            "money": Folding(_SIGNED, "1"),
            # a grant is paid once: an index holds it
            "grants": Folding("1", _standing("1")),
            "households": Folding("1", _standing(_KEPT), once=True),
            "people": Folding("1", _standing(_PERSON), once=True),
            "mean_money": Folding(_SIGNED, _standing("1")),
        },
        "g.recipient_name", "g.item", "p.on_day", told_by="item",
    ),
    "students": Source(
        _records("student", of_period=True),
        {**_HOUSEHOLD, **_day("r.on_day"), **_STUDENT_BY},
        {"people": _PUPILS, "households": _HOMES, "wanted": Folding(_content("amount_wanted"), "1")},
        _content("name"), _content("school"), "r.on_day",
    ),
    "graduates": Source(
        _records("graduate", of_period=False),
        {**_HOUSEHOLD, **_GRADUATE_BY},
        {"people": _PUPILS, "households": _HOMES},
        _content("name"), _content("school"), "r.on_day",
    ),
    "visits": Source(
        _records("home_visit", of_period=True),
        {**_HOUSEHOLD, **_day("r.on_day"), **_VISIT_BY},
        {"visits": _EACH, "households": _HOMES},
        "a.name", _content("method"), "r.on_day", told_by="method",
    ),
    "monitoring": Source(
        _LAST_SHEETS,
        {**_HOUSEHOLD, **_day("r.on_day"), **_MONITORING_BY},
        {"households": _EACH},
        "a.name", _content("exit_reason"), "r.on_day", told_by="exit_reason",
    ),
}  # fmt: skip
"""The subjects by name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: of which offices, from when to when, narrowed to which codes of which dimensions."""

    offices: tuple[str, ...]
    begins: str
    ends: str
    narrowed: Narrowing = ()


def _where(subject: Source, scope: Scope) -> tuple[str, Row]:
    params: Row = {"offices": json.dumps(list(scope.offices)), "begins": scope.begins, "ends": scope.ends}
    conditions = ""
    for number, (key, codes) in enumerate(scope.narrowed):
        conditions += f" AND {_plain(subject.by[key])} IN (SELECT value FROM json_each(:narrow_{number}))"
        params[f"narrow_{number}"] = json.dumps(list(codes))
    return f"{subject.source}{conditions}", params


def _plain(expression: str) -> str:
    """A code as text: an answer of yes or no is a number, and what is empty is not missing."""
    return f"coalesce(CAST({expression} AS TEXT), '')"


def _used(statement: str, params: Row) -> Row:
    return {key: value for key, value in params.items() if f":{key}" in statement}


def folded(connection: Connection, name: str, measure: str, rows: str, columns: str, scope: Scope) -> list[Row]:
    """Every cell and total: ``kind`` (``cell``, ``row``, ``column``, ``all``), ``r``, ``c``, ``amount``, ``number``.

    Without *columns* the rows are all there is.
    """
    subject, folding = SOURCES[name], SOURCES[name].folds[measure]
    where, params = _where(subject, scope)
    across = _plain(subject.by[columns]) if columns else "''"
    cells = f"SELECT {_plain(subject.by[rows])} AS r, {across} AS c, {{}} FROM {where}"
    if folding.once:
        # one pass over the records; what stands in several cells is told apart for each total anew
        fold = "coalesce(sum(v), 0) AS amount, count(DISTINCT k) AS number FROM found"
        found = cells.format(f"{folding.value} AS v, {folding.key} AS k")
    else:
        fold = "coalesce(sum(amount), 0) AS amount, coalesce(sum(number), 0) AS number FROM found"
        found = cells.format(f"sum({folding.value}) AS amount, count({folding.key}) AS number") + " GROUP BY 1, 2"
    sides = f" UNION ALL SELECT 'column', '', c, {fold} GROUP BY c UNION ALL SELECT 'cell', r, c, {fold} GROUP BY r, c"
    statement = (
        f"WITH found AS MATERIALIZED ({found})"
        f" SELECT 'row' AS kind, r, '' AS c, {fold} GROUP BY r"
        f" UNION ALL SELECT 'all', '', '', {fold}{sides if columns else ''}"
    )
    return [dict(row) for row in connection.execute(text(statement), _used(statement, params)).mappings()]


def details(connection: Connection, name: str, measure: str, scope: Scope, limit: int, offset: int = 0) -> list[Row]:
    """The records in *scope*, by day and name: ``who``, ``what``, ``on_day``, ``value``, ``archive_id``."""
    subject = SOURCES[name]
    where, params = _where(subject, scope)
    statement = (
        f"SELECT {subject.who} AS who, {subject.what} AS what, {subject.on} AS on_day, {subject.folds[measure].value} AS value,"
        f" a.id AS archive_id FROM {where} ORDER BY 3, 1 LIMIT :limit OFFSET :offset"
    )
    found = connection.execute(text(statement), {**_used(statement, params), "limit": limit, "offset": offset})
    return [dict(row) for row in found.mappings()]
