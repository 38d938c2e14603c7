"""What statistical tables measure beyond one SQL statement: who came and left, contacts owed and made, quotas used.

Each is a list of records with the dimensions that figures may filter by, so a figure is the sum of the records behind it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from db.domain.option_lists import option_list
from db.domain.reports.evaluation_rates import INDICATORS
from db.services import evaluation, pairing_report, quotas
from db.services.office import OfficeSession
from db.store import report_store, standing_store
from db.store.report_measure import Scope
from db.store.standing_store import Move

Row = dict[str, Any]


@dataclass(slots=True)
class Memory:
    """What the measures of one table share, so that nothing is told twice."""

    courses: standing_store.Known = field(default_factory=dict)
    moves: list[Move] | None = None
    contacts: list[pairing_report.HouseholdContacts] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A measure worked out in Python. *dimensions*: by what its records may be filtered."""

    label: str
    records: Callable[[OfficeSession, Scope, Memory], list[Row]]
    dimensions: frozenset[str]


def _row(who: str, what: str, on_day: str, value: int, archive_id: str | None, **dimensions: str) -> Row:
    return {"who": who, "what": what, "on_day": on_day, "value": value, "archive_id": archive_id, **dimensions}


def day_before(day: str) -> str:
    """The day before *day*."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _opening(session: OfficeSession, scope: Scope, memory: Memory) -> list[Row]:
    day = day_before(scope.begins)
    with session.database.reading() as connection:
        then = replace(scope, ends=day, moved=standing_store.moved_since(connection, day, (), memory.courses))
        return report_store.records(connection, "households", then)


_HOW = {"filed": "新建档", "again": "返困、恢复", "exited": "退档", "cancelled": "注销"}


def _moves(came: bool) -> Callable[[OfficeSession, Scope, Memory], list[Row]]:
    def found(session: OfficeSession, scope: Scope, memory: Memory) -> list[Row]:
        if memory.moves is None:
            with session.database.reading() as connection:
                memory.moves = standing_store.moves_between(
                    connection, scope.begins, scope.ends, scope.offices, memory.courses
                )
        return [_moved(move) for move in memory.moves if move.came is came]

    return found


def _moved(move: Move) -> Row:
    why = option_list("exit_reason").label(move.reason) if move.reason else ""
    words = "：".join(filter(None, (_HOW[move.how], why)))
    return _row(move.name, f"{move.archive_number} {words}", move.on_day, 1, move.archive_id, office=move.office_id,
                category=move.hardship_category, how=move.how, exit_reason=move.reason, month=move.on_day[:7])  # fmt: skip


def _contacts(made: bool) -> Callable[[OfficeSession, Scope, Memory], list[Row]]:
    def found(session: OfficeSession, scope: Scope, memory: Memory) -> list[Row]:
        last = min(scope.ends, day_before(session.today))
        if memory.contacts is None:
            memory.contacts = pairing_report.contacts_by_household(session, scope.begins, last)
        return [
            _row(item.name, item.duty.label, item.since, item.made if made else item.owed, item.archive_id,
                 office=item.office_id, duty=item.duty.code)
            for item in memory.contacts
            if item.office_id in scope.offices
        ]  # fmt: skip

    return found


def _quota_used(session: OfficeSession, scope: Scope, _memory: Memory) -> list[Row]:
    return [
        _row(item.for_office_name, item.label, item.set_at[:10], item.used, None, office=item.for_office_id,
             subject=item.subject, quota=item.id)
        for item in quotas.list_quotas(session)
        if item.year == scope.year and item.used is not None and item.for_office_id in scope.offices
    ]  # fmt: skip


def _evaluated(above: bool) -> Callable[[OfficeSession, Scope, Memory], list[Row]]:
    """What the households of samples drawn in the period add above or below the line, indicator by indicator."""

    def found(session: OfficeSession, scope: Scope, memory: Memory) -> list[Row]:
        told = [
            item
            for item in evaluation.list_evaluations(session)
            if item.office_id in scope.offices and scope.begins <= item.content.text("drawn_on") <= scope.ends
        ]
        return [row for item in told for row in _verdicts(session, item, above)]

    return found


def _verdicts(session: OfficeSession, item: evaluation.Evaluation, above: bool) -> list[Row]:
    rows = []
    for household in evaluation.sampled_rows(session, item.id):
        for indicator in INDICATORS:
            told = indicator.verdict(household.values) if household.group in indicator.groups else None
            if told is not None and (told[0] if above else told[1]):
                words = f"{household.code} {indicator.label}"
                rows.append(_row(household.name, words, str(household.values.get("checked_on") or ""), told[0 if above else 1],
                                 household.archive_id, office=item.office_id, indicator=indicator.code))  # fmt: skip
    return rows


COUNTS: dict[str, Count] = {
    "households_opening": Count(
        "期初在档家庭", _opening, frozenset(report_store.MEASURES["households"].dimensions)
    ),
    "households_came": Count("进入档案的家庭", _moves(came=True), frozenset({"office", "category", "how", "month"})),
    "households_left": Count(
        "退出档案的家庭", _moves(came=False), frozenset({"office", "category", "how", "exit_reason", "month"})
    ),
    "contacts_owed": Count("应联系的次数", _contacts(made=False), frozenset({"office", "duty"})),
    "contacts_made": Count("实际联系的次数", _contacts(made=True), frozenset({"office", "duty"})),
    "evaluated_over": Count("评估：分子", _evaluated(above=True), frozenset({"office", "indicator"})),
    "evaluated_under": Count("评估：分母", _evaluated(above=False), frozenset({"office", "indicator"})),
    "quota_used": Count("已用名额", _quota_used, frozenset({"office", "subject", "quota"})),
}
"""By the name that tables use."""

