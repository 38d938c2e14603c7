"""The work list of the casework: which archives stand in which pool and at which stage, and what of them is due."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from db.domain.case_flow import CaseState
from db.domain.case_words import Stage, Standing, Track
from db.services.office import OfficeSession
from db.store import archive_store, case_dues, case_store, hidden


class Due(StrEnum):
    """What a list can nag about."""

    NOTICE = "notice"
    VERIFY = "verify"
    PHASE_OUT = "phase_out"
    OLD = "old"
    TO_VERIFY = "to_verify"
    OVERDUE = "overdue"
    NEVER_HELPED = "never_helped"
    HELPED_LONG_AGO = "helped_long_ago"
    PAPERS_MISSING = "papers_missing"
    PAPERS_EXPIRED = "papers_expired"
    KEPT_LONG_ENOUGH = "kept_long_enough"


DUE_LABELS = {
    Due.NOTICE: "公示期满可办结",
    Due.VERIFY: "核查待补逾期",
    Due.PHASE_OUT: "渐退期已到",
    Due.OLD: "一年没有更新",
    Due.TO_VERIFY: "待核查",
    Due.OVERDUE: "已逾期",
    Due.NEVER_HELPED: "从未帮扶",
    Due.HELPED_LONG_AGO: "一年没有帮扶",
    Due.PAPERS_MISSING: "材料缺失",
    Due.PAPERS_EXPIRED: "证明过期",
    Due.KEPT_LONG_ENOUGH: "保管期满",
}
_DUE = {
    Due.NOTICE: "c.stage = 'notice' AND c.notice_ends < :today",
    Due.VERIFY: "c.verify_by < :today",
    Due.PHASE_OUT: "c.standing = 'phasing_out' AND c.phase_out_ends < :today",
    Due.OLD: f"a.updated_at < date(:today, '-1 year') AND {case_store.STANDING} IN ('on_file', 'phasing_out')",
    Due.TO_VERIFY: case_dues.TO_VERIFY,
    Due.OVERDUE: case_dues.OVERDUE,
    Due.NEVER_HELPED: case_dues.NEVER_HELPED,
    Due.HELPED_LONG_AGO: case_dues.HELPED_LONG_AGO,
    Due.PAPERS_MISSING: case_dues.PAPERS_MISSING,
    Due.PAPERS_EXPIRED: case_dues.PAPERS_EXPIRED,
    Due.KEPT_LONG_ENOUGH: case_dues.KEPT_LONG_ENOUGH,
}
ABOUT_PAPERS = frozenset({Due.PAPERS_MISSING, Due.PAPERS_EXPIRED})
"""What is put right among the papers of the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """What the list shows. Empty members do not filter; *order* is one of :data:`ORDERS`."""

    text: str = ""
    standings: tuple[Standing, ...] = ()
    is_asking: bool = False
    """Only whoever asks to be filed: applicants, and those out of hardship or helped for a time who ask again."""
    stage: Stage | None = None
    due: Due | None = None
    office_id: str | None = None
    hardship_category: str = ""
    order: str = "since"
    descending: bool = True


ORDERS = {
    "since": "coalesce(c.since, substr(a.created_at, 1, 10))",
    "archive_number": "a.archive_number",
    "name": "a.name_pinyin",
    "updated_at": "a.updated_at",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One archive of the list."""

    archive_id: str
    archive_number: str
    office_id: str
    name: str
    hardship_category: str | None
    updated_at: str
    state: CaseState
    since: str
    """The day since which it stands so; of a case nothing was recorded of, the day it was filed."""

    @property
    def due_on(self) -> str | None:
        """The day the case waits for: end of the notice, of 渐退期, or of what the fast track owes."""
        return self.state.notice_ends or self.state.phase_out_ends or self.state.verify_by


_COLUMNS = (
    "SELECT a.id, a.archive_number, a.office_id, coalesce(a.name, '') AS name, a.hardship_category, a.updated_at,"
    f" {case_store.STANDING} AS standing, {case_store.TRACK} AS track, {case_store.STAGE} AS stage,"
    " coalesce(c.was_returned, 0) AS was_returned, c.verify_by, c.notice_ends, c.phase_out_ends, c.exited_on,"
    f" {ORDERS['since']} AS since {case_store.FROM_CASES}"
)


_ASKING = f"({case_store.STANDING} = 'applicant' OR {case_store.TRACK} IN ('file', 'readmit'))"


def _where(session: OfficeSession, query: CaseQuery) -> tuple[str, dict[str, Any]]:
    parts, params = [hidden.shown("a")], {"today": session.today}
    if query.standings:
        names = ", ".join(f"'{standing}'" for standing in query.standings)
        parts.append(f"{case_store.STANDING} IN ({names})")
    if query.is_asking:
        parts.append(_ASKING)
    if query.stage is not None:
        parts.append(f"{case_store.STAGE} = :stage")
        params["stage"] = query.stage.value
    if query.due is not None:
        parts.append(_DUE[query.due])
    if query.office_id:
        parts.append("a.office_id = :office_id")
        params["office_id"] = query.office_id
    if query.hardship_category:
        parts.append("a.hardship_category = :hardship_category")
        params["hardship_category"] = query.hardship_category
    archive_store.narrow_to_person(query.text, parts, params)
    return " WHERE " + " AND ".join(parts), params


def case_rows(session: OfficeSession, query: CaseQuery, offset: int = 0, limit: int = 100) -> list[CaseRow]:
    """One page of the list."""
    where, params = _where(session, query)
    direction = "DESC" if query.descending else "ASC"
    order = f" ORDER BY {ORDERS[query.order]} {direction}, a.rowid {direction} LIMIT :limit OFFSET :offset"
    with session.database.reading() as connection:
        rows = connection.execute(text(_COLUMNS + where + order), {**params, "limit": limit, "offset": offset})
        return [_row(dict(row)) for row in rows.mappings()]


def _row(row: dict[str, Any]) -> CaseRow:
    state = CaseState(
        Standing(row["standing"]),
        Track(row["track"]),
        Stage(row["stage"]),
        was_returned=bool(row["was_returned"]),
        verify_by=row["verify_by"],
        notice_ends=row["notice_ends"],
        phase_out_ends=row["phase_out_ends"],
        exited_on=row["exited_on"],
    )
    about = (row["archive_number"], row["office_id"], row["name"], row["hardship_category"], row["updated_at"])
    return CaseRow(row["id"], *about, state, row["since"])


def count_cases(session: OfficeSession, query: CaseQuery) -> int:
    """How many archives the query means."""
    where, params = _where(session, query)
    with session.database.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) {case_store.FROM_CASES}{where}"), params).scalar_one())


def case_ids(session: OfficeSession, query: CaseQuery) -> list[str]:
    """Ids of every archive the query means."""
    where, params = _where(session, query)
    statement = f"SELECT a.id {case_store.FROM_CASES}{where} ORDER BY {ORDERS['since']} DESC, a.rowid DESC"
    with session.database.reading() as connection:
        return [row[0] for row in connection.execute(text(statement), params)]


def count_standings(session: OfficeSession, query: CaseQuery) -> dict[Standing, int]:
    """How many of the archives the query means, whatever their pool, stand in each pool; one pass over all."""
    where, params = _where(session, query)
    statement = f"SELECT {case_store.STANDING}, count(*) {case_store.FROM_CASES}{where} GROUP BY 1"
    with session.database.reading() as connection:
        return {Standing(row[0]): row[1] for row in connection.execute(text(statement), params)}


def count_dues(session: OfficeSession, office_id: str | None = None) -> dict[Due, int]:
    """How many archives each list would show, of one office or of all; one pass over all."""
    where, params = _where(session, CaseQuery(office_id=office_id))
    sums = ", ".join(f"coalesce(sum({_DUE[due]}), 0)" for due in Due)
    with session.database.reading() as connection:
        row = connection.execute(text(f"SELECT {sums} {case_store.FROM_CASES}{where}"), params).one()
    return dict(zip(Due, map(int, row), strict=True))
