"""What the list of cases can nag about, as conditions in SQL on an archive ``a`` with its state ``c``; ``:today`` is bound.

The paper checklist is that of :mod:`db.domain.paper_checklist`, told once more for a database that holds 20 000 archives.
"""

# ruff: noqa: S608 - conditions are put together from constants of this program
from db.domain.paper_checklist import AFTER_REVIEW, AGEING_MONTHS, ALWAYS, CASES, STUDENTS
from db.store.case_store import STAGE, STANDING

ON_FILE = f"{STANDING} IN ('on_file', 'phasing_out')"


def _among(codes: object) -> str:
    names = sorted(codes) if isinstance(codes, frozenset) else codes
    return "(" + ", ".join(f"'{code}'" for code in names) + ")"  # type: ignore[attr-defined]  # codes of this program


def _cause(*codes: str) -> str:
    # a list of codes in JSON: each stands in it with its quotes, and nothing else looks like that
    further = [f"instr(coalesce(a.secondary_hardship_causes, ''), '\"{code}\"') > 0" for code in codes]
    return f"(a.main_hardship_cause IN {_among(codes)} OR {' OR '.join(further)})"


_ILLNESS = _cause("major_illness")
CONDITIONS = {
    "disability": "(a.health_status = 'disabled' OR coalesce(a.disability_type, '') <> '' OR EXISTS (SELECT 1"
    " FROM household_member m WHERE m.archive_id = a.id AND m.health_status = 'disabled'))",
    "disaster": _cause("natural_disaster", "accident"),
    "illness": _ILLNESS,
    "bills": _ILLNESS,
    "students": "EXISTS (SELECT 1 FROM household_member m WHERE m.archive_id = a.id"
    f" AND m.member_identity IN {_among(STUDENTS)})",
    "migrant": "coalesce(a.is_migrant_worker, 0) = 1",
    "single_parent": "coalesce(a.is_single_parent, 0) = 1",
}
"""When a case of the checklist holds, by its name."""


def _there(types: object) -> str:
    return f"max(t.document_type IN {_among(types)})"


_WANTED = [_there((code,)) for code in (*ALWAYS, *AFTER_REVIEW)] + [
    f"iif(coalesce(a.hardship_category, '') = 'subsistence_household', {_there(('subsistence_certificate',))},"
    f" {_there(('income_proof',))})",
    *(f"(NOT {CONDITIONS[case.name]} OR {_there(case.types)})" for case in CASES),
]
PAPERS_MISSING = (
    f"{ON_FILE} AND NOT coalesce((SELECT {' AND '.join(_WANTED)} FROM attachment t"
    " WHERE t.archive_id = a.id AND t.removed_at IS NULL), 0)"
)
"""A household on file of whose checklist a paper is missing."""

_ENTRIES = (
    ("coalesce(a.hardship_category, '') = 'subsistence_household'", ("subsistence_certificate",)),
    ("coalesce(a.hardship_category, '') <> 'subsistence_household'", ("income_proof",)),
    *((CONDITIONS[case.name], case.types) for case in CASES),
)


def _fresh(types: tuple[str, ...]) -> str:
    lasting = tuple(code for code in types if code not in AGEING_MONTHS)
    parts = [f"t.document_type IN {_among(lasting)}"] if lasting else []
    parts += [
        f"(t.document_type = '{code}' AND substr(t.added_at, 1, 10) >= date(:today, '-{AGEING_MONTHS[code]} months'))"
        for code in types
        if code in AGEING_MONTHS
    ]
    return f"max({' OR '.join(parts)})"


_OLD = " OR ".join(
    f"({condition} AND {_there(types)} AND NOT {_fresh(types)})"
    for condition, types in _ENTRIES
    if not AGEING_MONTHS.keys().isdisjoint(types)
)
PAPERS_EXPIRED = (
    f"{ON_FILE} AND coalesce((SELECT {_OLD} FROM attachment t WHERE t.archive_id = a.id AND t.removed_at IS NULL), 0)"
)
"""A household on file of whose checklist all that was filed of one paper has grown too old."""

_MEASURE = "FROM case_record r WHERE r.archive_id = a.id AND r.kind = 'measure' AND r.is_current AND NOT r.is_removed"
_DONE = "json_extract(r.content, '$.values.done_on')"
_SERVICE = "FROM case_record r WHERE r.archive_id = a.id AND r.kind = 'aid_service' AND r.is_current AND NOT r.is_removed"
# what an office above did for the household is in that office's register; few, gathered once
_BESIDE = "FROM office_record o WHERE o.kind = 'office_service' AND o.is_current AND NOT o.is_removed AND o.subject_id IS NOT NULL"
_PAYMENT = "FROM payout p WHERE p.archive_id = a.id AND p.outcome = 'paid'"
NEVER_HELPED = (
    f"{ON_FILE} AND NOT EXISTS (SELECT 1 {_MEASURE} AND {_DONE} IS NOT NULL)"
    f" AND NOT EXISTS (SELECT 1 {_PAYMENT}) AND NOT EXISTS (SELECT 1 {_SERVICE}) AND a.id NOT IN (SELECT o.subject_id {_BESIDE})"
)
"""A household on file for which no measure was done, to which nothing was paid and no service given."""
_HELP = (
    "SELECT archive_id, on_day FROM payout WHERE outcome = 'paid'"
    f" UNION ALL SELECT r.archive_id, iif(r.kind = 'measure', {_DONE}, r.on_day) FROM case_record r"
    " WHERE r.kind IN ('aid_service', 'measure') AND r.is_current AND NOT r.is_removed"
    f" UNION ALL SELECT o.subject_id, o.on_day {_BESIDE}"
)
# one pass over all help, rather than six questions for each household
HELPED_LONG_AGO = (
    f"{ON_FILE} AND a.id IN (SELECT archive_id FROM ({_HELP}) GROUP BY archive_id HAVING max(on_day) <= date(:today, '-1 year'))"
)
"""A household on file that was helped once, and not in the last twelve months."""

TO_VERIFY = f"(c.verify_by IS NOT NULL OR {STAGE} IN ('verification', 'comparison'))"
"""A household whose circumstances are still to be verified."""

OVERDUE = (
    "(c.verify_by < :today OR (c.standing = 'phasing_out' AND c.phase_out_ends < :today)"
    " OR (c.was_returned AND EXISTS (SELECT 1 FROM review v WHERE v.archive_id = a.id AND v.is_last = 1"
    " AND v.outcome = 'returned' AND v.due_on < :today))"
    f" OR EXISTS (SELECT 1 {_MEASURE} AND r.ends_on < :today AND {_DONE} IS NULL))"
)
"""A day has passed: of the verification, of 渐退期, of a correction asked for, or of a planned measure."""

KEPT_LONG_ENOUGH = (
    "(c.track = '' AND ((c.standing = 'exited' AND c.exited_on <= date(:today, '-10 years'))"
    " OR (c.standing = 'cancelled' AND c.since <= date(:today, '-10 years'))))"
)
"""An archive whose term of keeping is over; it may be destroyed."""
