"""Decide for every household of a sheet what an import would do: create, update, leave, skip, refuse – and why.

Nothing is stored here: the service does that with the decisions, in one transaction.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from db.domain import validation
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change, changes_between
from db.domain.derivation import Circumstances
from db.domain.validation import Problem
from db.errors import Progress
from db.exchange.workbook_layouts import SheetReading
from db.exchange.workbook_map import ImportPlan, Layout
from db.exchange.workbook_merge import UNINSURED, Merged, merge
from db.exchange.workbook_rows import Findings, HouseholdDraft, ImportProblem, RecordDraft, shown
from db.store import archive_store, hand_over_store, workbook_queries
from db.store.archive_store import StoredArchive

_INCOMES = frozenset({"monthly_income", "annual_household_income", "other_annual_income"})
_NOT_THIS_ROW = frozenset({"worker_twice_in_file", "archive_twice_in_file", "worker_has_archive"})
"""The row must not become an archive at all: comparing its answers would only hide that."""
_DOUBTED = frozenset({"birth_differs_from_id", "sex_differs_from_id"})


class RowResult(StrEnum):
    """What became of a household."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(slots=True)
class Decision:
    """What to do with one household. *stored* is the archive it concerns, None for a new one."""

    draft: HouseholdDraft
    result: RowResult
    content: ArchiveContent | None = None
    stored: StoredArchive | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """How the clerk wants it: does an empty cell wipe, and which sheet rows are left out."""

    blank_wipes: bool = False
    skip_rows: frozenset[int] = frozenset()


class ImportDecider:
    """Weighs the households of one sheet against each other and against the office's archives."""

    def __init__(
        self,
        connection: Connection,
        plan: ImportPlan,
        reading: SheetReading,
        choices: ImportChoices,
        around: Circumstances,
        office_id: str,
        office_names: Mapping[str, str],
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._reading = reading
        self._choices = choices
        self._around = around
        self._office_id = office_id
        self._office_names = office_names
        self._findings = Findings(plan.sheet)
        self._drafts: list[HouseholdDraft] = []
        self._heads: dict[str, HouseholdDraft] = {}
        self._seats: dict[str, HouseholdDraft] = {}
        self._targets: dict[int, str] = {}
        self._locked: set[str] = set()
        self._proposals = self._unasked()
        self._proposed: dict[str, int] = {}

    def decide(self, progress: Progress | None = None) -> list[Decision]:
        """A decision for every household, in the order of the sheet."""
        skip = self._choices.skip_rows
        self._drafts = [draft for draft in self._reading.households if skip.isdisjoint(draft.rows)]
        self._compare_within_file()
        self._find_in_store()
        stored = self._load_targets()
        decisions: list[Decision] = []
        chosen = {id(draft) for draft in self._drafts}
        total = len(self._reading.households)
        for number, draft in enumerate(self._reading.households):
            if progress and number % 250 == 0:
                progress(total + number, 3 * total)
            if id(draft) in chosen:
                decisions.append(self._decide_one(draft, stored.get(self._targets.get(id(draft), ""))))
            else:
                decisions.append(Decision(draft, RowResult.SKIPPED))
        self._reading.notes.extend(self._proposal_notes())
        return decisions

    # -- the file against itself -------------------------------------------------------------------------------

    def _compare_within_file(self) -> None:
        numbers: dict[str, int] = {}
        for draft in self._drafts:
            number = draft.worker.number_text
            if number is None:
                continue
            first = self._heads.setdefault(number, draft)
            if first is not draft:
                context = {"row": first.row}
                draft.problems.append(self._findings.about(draft.worker, "id_number", "worker_twice_in_file", context))
                continue
            worker_number = draft.worker.values.get("worker_number")
            if isinstance(worker_number, str):
                row = numbers.setdefault(worker_number, draft.row)
                if row != draft.row:
                    words = {"row": row, "text": worker_number}
                    self._warn(draft, draft.worker, "worker_number", "worker_number_twice", words)
        for draft in self._drafts:
            number = draft.worker.number_text
            if number is None or self._heads[number] is draft:
                for member in draft.members:
                    self._compare_member(draft, member)

    def _compare_member(self, draft: HouseholdDraft, member: RecordDraft) -> None:
        number = member.number_text
        if number is None:
            return
        head = self._heads.get(number)
        seat = self._seats.setdefault(number, draft)
        if head is not None and head is not draft:
            self._doubt(draft, member, "member_heads_row", {"row": head.row})
        elif seat is not draft:
            self._doubt(draft, member, "member_in_row", {"row": seat.row})

    def _doubt(self, draft: HouseholdDraft, member: RecordDraft, code: str, context: dict[str, object]) -> None:
        """The member's ID number is in question: what merely follows from it is not brought up as well."""
        columns = {member.slots[key].letter for key in ("birth_on", "sex") if key in member.slots}
        draft.problems = [
            item
            for item in draft.problems
            if not (item.code in _DOUBTED and item.row == member.row and item.column_letter in columns)
        ]
        self._warn(draft, member, "id_number", code, {"text": member.values.get("name") or "成员", **context})

    def _warn(
        self, draft: HouseholdDraft, record: RecordDraft, key: str, code: str, context: Mapping[str, object]
    ) -> None:
        draft.problems.append(self._findings.about(record, key, code, context, "warning"))

    # -- the file against the office ---------------------------------------------------------------------------

    def _find_in_store(self) -> None:
        holders = archive_store.holders_of(self._connection, [*self._heads, *self._seats])
        self._locked = hand_over_store.locked_ids(self._connection)
        heads = {holder["id_number"]: holder for holder in reversed(holders) if not holder["member_id"]}
        taken: dict[str, HouseholdDraft] = {}
        unmatched: list[HouseholdDraft] = []
        for draft in self._drafts:
            holder = heads.get(draft.worker.number_text)
            if holder is None or self._heads.get(holder["id_number"]) is not draft:
                unmatched.append(draft)
            elif holder["office_id"] != self._office_id:
                problem = self._findings.about(draft.worker, "id_number", "worker_has_archive", self._words(holder))
                draft.problems.append(problem)
            else:
                self._aim(draft, holder["archive_id"], holder["archive_number"], taken)
        self._match_by_number(unmatched, taken)
        if self._plan.as_leads:
            self._match_by_name(unmatched, taken)
        self._seats_elsewhere(holders)

    def _aim(
        self, draft: HouseholdDraft, archive_id: str, archive_number: str, taken: dict[str, HouseholdDraft]
    ) -> None:
        first = taken.setdefault(archive_id, draft)
        if archive_id in self._locked:
            locked = {"number": archive_number}
            draft.problems.append(self._findings.about(draft.worker, "id_number", "archive_being_handed_over", locked))
        elif first is draft:
            self._targets[id(draft)] = archive_id
        else:
            context = {"row": first.row, "number": archive_number}
            draft.problems.append(self._findings.about(draft.worker, "id_number", "archive_twice_in_file", context))

    def _match_by_number(self, drafts: list[HouseholdDraft], taken: dict[str, HouseholdDraft]) -> None:
        """By 职工编号 where the ID number is not known – only with the same name, numbers of new rows are provisional."""
        wanted = {str(draft.worker.values["worker_number"]) for draft in drafts if "worker_number" in draft.worker.values}
        if not wanted:
            return
        holders: dict[str, list[workbook_queries.NumberHolder]] = {}
        for holder in workbook_queries.by_worker_number(self._connection, wanted):
            holders.setdefault(holder.worker_number, []).append(holder)
        for draft in drafts:
            values = draft.worker.values
            for holder in holders.get(str(values.get("worker_number")), []):
                context = {"number": holder.archive_number, "known": holder.id_number or "空", "name": holder.name}
                if holder.name == values.get("name") and holder.office_id == self._office_id:
                    self._aim(draft, holder.archive_id, holder.archive_number, taken)
                    self._warn(draft, draft.worker, "id_number", "id_differs_from_archive", context)
                    break
                context["text"] = holder.worker_number
                self._warn(draft, draft.worker, "worker_number", "worker_number_taken", context)

    def _match_by_name(self, drafts: list[HouseholdDraft], taken: dict[str, HouseholdDraft]) -> None:
        """Who has no ID number is known by name and phone, or name and address: a list read twice is not filed twice."""
        nameless = [draft for draft in drafts if draft.worker.number_text is None and id(draft) not in self._targets]
        names = {str(draft.worker.values.get("name")) for draft in nameless}
        known: dict[tuple[str, str], tuple[str, str]] = {}
        for holder in workbook_queries.by_name(self._connection, names, self._office_id):
            for mark in filter(None, (holder.mobile_phone, holder.home_address)):
                known.setdefault((holder.name, mark), (holder.archive_id, holder.archive_number))
        for draft in nameless:
            values = draft.worker.values
            marks = [(str(values.get("name")), str(values[key])) for key in ("mobile_phone", "home_address") if key in values]
            found = next((known[mark] for mark in marks if mark in known), None)
            if found:
                self._aim(draft, *found, taken)

    def _words(self, holder: Mapping[str, object]) -> dict[str, object]:
        office = self._office_names.get(str(holder["office_id"]), "其他单位")
        return {"number": holder["archive_number"], "name": holder["head_name"] or "", "office": office}

    def _seats_elsewhere(self, holders: list[dict[str, object]]) -> None:
        by_number: dict[str, list[dict[str, object]]] = {}
        for holder in holders:
            by_number.setdefault(str(holder["id_number"]), []).append(holder)
        if not by_number:
            return
        for draft in self._drafts:
            target = self._targets.get(id(draft), "")
            number = draft.worker.number_text
            for holder in by_number.get(number or "", []):
                # a member row of this file has already been told about it
                if holder["member_id"] and holder["archive_id"] != target and number not in self._seats:
                    self._warn(draft, draft.worker, "id_number", "worker_is_member", self._words(holder))
            for member in draft.members:
                self._seat_elsewhere(draft, member, by_number, target)

    def _seat_elsewhere(
        self, draft: HouseholdDraft, member: RecordDraft, by_number: dict[str, list[dict[str, object]]], target: str
    ) -> None:
        number = member.number_text
        if number is None or number in self._heads or self._seats.get(number) is not draft:
            return
        others = [holder for holder in by_number.get(number, []) if holder["archive_id"] != target]
        if others:
            head = next((holder for holder in others if not holder["member_id"]), None)
            code = "member_has_archive" if head else "member_elsewhere"
            self._doubt(draft, member, code, self._words(head or others[0]))

    def _load_targets(self) -> dict[str, StoredArchive]:
        ids = list(dict.fromkeys(self._targets.values()))
        return {stored.id: stored for stored in archive_store.load_many(self._connection, ids)}

    # -- one household -----------------------------------------------------------------------------------------

    def _unasked(self) -> tuple[str, ...]:
        """Keys without a column that can be worked out from the others."""
        filled = {column.target.worker for column in self._plan.columns if column.target}
        keys = ["household_size"] if self._plan.layout is Layout.LONG else []
        return tuple(key for key in [*keys, "other_annual_income"] if key not in filled)

    def _decide_one(self, draft: HouseholdDraft, stored: StoredArchive | None) -> Decision:
        if any(problem.code in _NOT_THIS_ROW for problem in draft.problems):
            return Decision(draft, RowResult.FAILED)
        self._remark_answers(draft, stored)
        before = stored.content if stored else None
        merged = merge(draft, before, self._around, self._proposals, blank_wipes=self._choices.blank_wipes)
        draft.problems.extend(self._cross_problems(draft, merged))
        if draft.failed:
            return Decision(draft, RowResult.FAILED, stored=stored)
        for key in merged.proposed:
            self._proposed[key] = self._proposed.get(key, 0) + 1
        if stored is None:
            return Decision(draft, RowResult.CREATED, merged.content)
        changes = changes_between(stored.content, merged.content)
        result = RowResult.UPDATED if changes else RowResult.UNCHANGED
        return Decision(draft, result, merged.content, stored, changes)

    def _remark_answers(self, draft: HouseholdDraft, stored: StoredArchive | None) -> None:
        for record in (draft.worker, *draft.members):
            for key, (loose, column) in record.soft.items():
                exact = record.values.get(key)
                if exact is not None and (exact == UNINSURED) != (loose == UNINSURED):
                    known = shown(ARCHIVE_FORM.field(key), exact)
                    words = {"caption": column.caption, "text": "否" if loose == UNINSURED else "是", "known": known}
                    draft.problems.append(self._findings.make("insurance_differs", record.row, column, words))
        name = stored.content.values.get("name") if stored else None
        if stored and name and draft.worker.values.get("name") not in {None, name}:
            context = {"number": stored.archive_number, "known": name}
            self._warn(draft, draft.worker, "name", "name_differs_from_archive", context)

    def _cross_problems(self, draft: HouseholdDraft, merged: Merged) -> Iterator[ImportProblem]:
        faulty = draft.worker.faulty.union(*(member.faulty for member in draft.members))
        for item in validation.check_across(merged.content):
            if item.code == "income_differs" and faulty & _INCOMES:
                continue
            yield self._placed(draft, merged, item)
        for member in merged.content.members:
            record = merged.sources.get(str(member["id"]))
            if record and member.get("relation_to_head") is None and "relation_to_head" not in record.faulty:
                words = {"text": member.get("name") or "成员"}
                yield self._findings.about(record, "relation_to_head", "relation_missing", words)
        for spec in merged.not_asked:
            column = draft.worker.slots.get(spec.key)
            yield self._findings.make("answer_not_asked", draft.row, column, {"label": spec.label}, severity="note")

    def _placed(self, draft: HouseholdDraft, merged: Merged, item: Problem) -> ImportProblem:
        record: RecordDraft | None = draft.worker
        if item.member_index is not None:
            record = merged.sources.get(str(merged.content.members[item.member_index]["id"]))
        column = record.slots.get(item.field) if record else None
        row = record.row if record else draft.row
        return self._findings.make(item.code, row, column, item.context, severity=item.severity.value)

    def _proposal_notes(self) -> Iterator[ImportProblem]:
        codes = {"other_annual_income": "other_income_derived", "household_size": "household_size_derived"}
        for key, count in self._proposed.items():
            yield self._findings.make(codes[key], self._plan.header_row, None, {"count": count}, severity="note")


def count_people(drafts: Collection[HouseholdDraft]) -> int:
    """Workers and members read."""
    return sum(1 + len(draft.members) for draft in drafts)
