"""Incomes told on a visit as proposals for the means worksheet: what would change there, and taking over what the clerk accepts.

Nothing flows by itself: what a family says at the kitchen table and what its papers show are two things.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from db.domain.archive_content import new_id
from db.domain.field_kinds import format_amount
from db.domain.form_schema import Value
from db.domain.means_flow import people_of
from db.domain.means_form import MeansContent
from db.domain.option_lists import option_list
from db.domain.records.record_form import Row
from db.errors import UserError
from db.services import archiving, means, means_drafts, records
from db.services.archiving import Archive
from db.services.means import Means
from db.services.office import OfficeSession

GONE, SEVERAL = "已不在档案表上", "家庭经济里有几行，请到那里改"


@dataclass(frozen=True, slots=True)
class IncomeProposal:
    """What a visit says of one person's income of a kind, beside what the worksheet of *year* has."""

    key: str
    person: str
    person_name: str
    kind: str
    told: int
    present: int | None
    year: int
    note: str = ""
    blocked: str = ""
    """Why it cannot be taken over; empty where it can."""

    @property
    def kind_label(self) -> str:
        """The kind of income in words."""
        return option_list("income_kind").label(self.kind)

    @property
    def is_same(self) -> bool:
        """Whether the worksheet says so already."""
        return self.present == self.told

    @property
    def words(self) -> str:
        """What taking it over would do."""
        if self.is_same:
            return "与家庭经济一致"
        if self.blocked:
            return self.blocked
        if self.present is None:
            return f"新增一行 {format_amount(self.told)} 元"
        return f"{format_amount(self.present)} 元改为 {format_amount(self.told)} 元"


def years_of(session: OfficeSession, archive_id: str) -> list[int]:
    """The years whose worksheet may take the figures, the usual one first."""
    usual = means.previous_year(session)
    return list(dict.fromkeys([*means.list_years(session, archive_id), usual, usual + 1]))


def income_proposals(session: OfficeSession, record_id: str, year: int | None = None) -> list[IncomeProposal]:
    """What the visit *record_id* proposes for the worksheet of *year* (None: the latest there is, else last year's)."""
    visit = records.load_record(session, record_id)
    wanted = year if year is not None else years_of(session, visit.archive_id)[0]
    archive = archiving.load_archive(session, visit.archive_id)
    found = means.load_means(session, visit.archive_id, wanted)
    rows = found.content.rows.get("incomes", []) if found else []
    return [_proposal(archive, session.today, told, rows, wanted) for told in _together(visit.content.rows.get("incomes", []))]


def _together(rows: Iterable[Row]) -> list[Row]:
    """One row for each person and kind: two jobs of one person are one wage of the year."""
    found: dict[tuple[Value, ...], Row] = {}
    for row in rows:
        key = (str(row.get("person")), str(row.get("kind")))
        known = found.setdefault(key, {**row, "amount": 0})
        known["amount"] = _fen(known.get("amount")) + _fen(row.get("amount"))
    return list(found.values())


def _fen(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _proposal(archive: Archive, today: str, told: Row, rows: Iterable[Row], year: int) -> IncomeProposal:
    person, kind = str(told.get("person")), str(told.get("kind"))
    names = {each.id: each.name for each in people_of(archive.content, today)}
    known = [row for row in rows if row.get("person") == person and row.get("kind") == kind]
    blocked = GONE if person not in names else SEVERAL if len(known) > 1 else ""
    present = sum(_fen(row.get("amount")) for row in known) if known else None
    return IncomeProposal(
        key=f"{person}/{kind}",
        person=person,
        person_name=names.get(person, "已不在档案表上的人"),
        kind=kind,
        told=_fen(told.get("amount")),
        present=present,
        year=year,
        note=str(told.get("note") or ""),
        blocked=blocked,
    )


def accept_incomes(session: OfficeSession, record_id: str, keys: Collection[str], year: int) -> Means:
    """Write the proposals *keys* into the worksheet of *year*, as its next version that names the visit."""
    visit = records.load_record(session, record_id)
    if means_drafts.load_means_draft(session, visit.archive_id, year) is not None:
        raise UserError("visit_means_draft", year=year)
    archive = archiving.load_archive(session, visit.archive_id)
    found = means.load_means(session, visit.archive_id, year)
    content = found.content.copy() if found else means.new_means(session, archive, year)
    for item in income_proposals(session, record_id, year):
        if item.key in keys and not item.blocked and not item.is_same:
            _take_over(content, item)
    reason = f"{visit.on_day} 走访了解的收入"
    return means.save_means(session, visit.archive_id, content, found.revision if found else 0, reason)


def _take_over(content: MeansContent, item: IncomeProposal) -> None:
    ledger = content.rows.setdefault("incomes", [])
    row = next((row for row in ledger if row.get("person") == item.person and row.get("kind") == item.kind), None)
    if row is None:
        row = {"id": new_id(), "person": item.person, "kind": item.kind}
        ledger.append(row)
    row["amount"] = item.told
    if item.note and not row.get("note"):
        row["note"] = item.note
