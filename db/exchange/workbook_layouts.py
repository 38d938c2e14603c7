"""Walk the rows of a planned sheet in either layout and hand back households as read.

Rows that are not data (合计, repeated headers, footers) are named in a note, never dropped in silence; so are hidden
rows and columns, which are read all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from db.domain.field_kinds import Cell, fold
from db.errors import Progress
from db.exchange.workbook_captions import HOUSEHOLD, Confidence, fold_caption
from db.exchange.workbook_map import ImportPlan, Layout, spec_of
from db.exchange.workbook_read import Rows
from db.exchange.workbook_rows import (
    CellReader,
    Findings,
    HouseholdDraft,
    ImportProblem,
    RecordDraft,
    RecordReader,
    Slot,
)

_TOTALS = ("合计", "总计", "小计", "共计", "累计", "总户数")
_HEAD_WORDS = frozenset({"本人", "户主", "户主本人", "职工本人", "自己", "职工", "困难职工", "困难职工本人", "申请人", "持证人"})
_FEW = 3
_MOST_RUNS = 20
_PROGRESS_EVERY = 250


@dataclass(slots=True)
class SheetReading:
    """Everything read from one sheet. *notes* concern the sheet, not a household."""

    households: list[HouseholdDraft] = field(default_factory=list)
    notes: list[ImportProblem] = field(default_factory=list)
    sheet_rows: int = 0


class SheetWalk:
    """One pass over the rows of a planned sheet."""

    def __init__(self, plan: ImportPlan, rows: Rows, today: str, progress: Progress | None = None) -> None:
        self.plan = plan
        self.rows = rows
        self.findings = Findings(plan.sheet)
        self.records = RecordReader(self.findings, needs_number=not plan.as_leads)
        self.reading = SheetReading()
        self._today = today
        self._progress = progress
        self._readers: dict[tuple[str, bool, str], CellReader] = {}
        self._name_at, self._id_at = self._column_of("name"), self._column_of("id_number")

    def _column_of(self, key: str) -> int | None:
        return next((column.index for column in self.plan.columns if column.target and column.target.worker == key), None)

    def _cell(self, row: list[Cell], at: int | None) -> Cell:
        """The cell of a column; empty where the sheet has none: a list of leads may know nobody's ID number."""
        return "" if at is None else row[at]

    def read(self) -> SheetReading:
        """All households of the sheet."""
        if self.plan.layout is Layout.WIDE:
            self._read_wide()
        else:
            LongWalk(self).read()
        self._tell_error_cells()
        self.reading.notes[:0] = list(self._plan_notes())
        return self.reading

    # -- slots -------------------------------------------------------------------------------------------------

    def slots(self, *, member: bool, number: int = 0) -> list[Slot]:
        """The columns that fill the worker or member *number*, exact captions after older ones."""
        found = []
        for column in self.plan.columns:
            target = column.target
            if target is None or target.number != number:
                continue
            spec = spec_of(target, member=member)
            if spec is None or spec.derived_by == "per_capita_monthly_income":
                continue
            place = (spec.key, member, target.legacy.caption if target.legacy else "")
            reader = self._readers.setdefault(place, CellReader(spec, target.legacy, self._today))
            found.append(Slot(column.index, spec.key, reader.cache, reader, column))
        return found

    # -- rows --------------------------------------------------------------------------------------------------

    def data_rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """(row number, cells) of every row that is data; the others are noted."""
        first = self.plan.first_row
        total = max(len(self.rows) - first + 1, 1)
        for number, row in enumerate(self.rows[first - 1 :], first):
            if self._progress and number % _PROGRESS_EVERY == 0:
                self._progress(number - first, 3 * total)
            if self._cell(row, self._name_at) != "" and self._cell(row, self._id_at) != "":
                if self._is_repeated_header(row):
                    self._note_stray(row, number)
                    continue
            elif not self._is_data(row, number):
                continue
            self.reading.sheet_rows += 1
            yield number, row

    def _is_repeated_header(self, row: list[Cell]) -> bool:
        number = self._cell(row, self._id_at)
        if number.__class__ is not str or str(number)[:1].isdigit():
            return False
        captions = {column.index: column.caption for column in self.plan.columns}
        places = [at for at in (self._name_at, self._id_at) if at is not None]
        return all(fold_caption(row[at]) == fold_caption(captions[at]) for at in places)

    def _is_data(self, row: list[Cell], number: int) -> bool:
        texts = [str(cell).strip() for cell in row if cell != "" and str(cell).strip()]
        if not texts:
            return False
        has_number, has_name = self._cell(row, self._id_at) != "", self._cell(row, self._name_at) != ""
        total = not has_number and fold(texts[0]).startswith(_TOTALS)
        stray = not has_number and not has_name and len(texts) <= _FEW
        if total or stray or (self._id_at is None and self._is_repeated_header(row)):
            self._note_stray(row, number)
            return False
        return True

    def _note_stray(self, row: list[Cell], number: int) -> None:
        text = " ".join(str(cell).strip() for cell in row if cell != "")[:30]
        self.reading.notes.append(self.findings.make("row_not_read", number, None, {"text": text}, severity="note"))

    def _read_wide(self) -> None:
        worker_slots = self.slots(member=False)
        worker_columns = {slot.key: slot.column for slot in worker_slots}
        groups = []
        for number in sorted({column.target.number for column in self.plan.columns if column.target} - {0}):
            slots = self.slots(member=True, number=number)
            groups.append((number, slots, {slot.key: slot.column for slot in slots}))
        for number, row in self.data_rows():
            worker = RecordDraft(number, 0, slots=worker_columns)
            draft = HouseholdDraft(number, worker, rows=[number])
            self.records.fill(worker, row, worker_slots, draft.problems)
            self.records.judge_worker(worker, draft.problems)
            for group, slots, columns in groups:
                if row[slots[0].at] == "" and all(row[slot.at] == "" for slot in slots):
                    continue
                member = RecordDraft(number, group, slots=columns)
                self.records.fill(member, row, slots, draft.problems)
                if self.records.judge_member(member, draft.problems):
                    draft.members.append(member)
            self.reading.households.append(draft)

    def _tell_error_cells(self) -> None:
        """A formula error reads as an empty cell; that must not pass for an answer left out."""
        if not self.plan.marks.errors:
            return
        households = {row: draft for draft in self.reading.households for row in draft.rows}
        columns = {column.index + 1: column for column in self.plan.columns if column.target}
        for row, column in sorted(self.plan.marks.errors):
            if row in households and column in columns:
                households[row].problems.append(self.findings.make("cell_is_error", row, columns[column]))

    # -- notes -------------------------------------------------------------------------------------------------

    def _plan_notes(self) -> Iterator[ImportProblem]:
        plan, make = self.plan, self.findings.make
        read = {row for draft in self.reading.households for row in draft.rows}
        for start, end in _runs(sorted(plan.marks.rows & read)):
            text = str(start) if start == end else f"{start}–{end}"
            yield make("row_hidden", start, None, {"text": text}, severity="note")
        for column in plan.columns:
            context = {"text": column.caption}
            if column.target and column.hidden:
                yield make("column_hidden", plan.header_row, column, context, severity="note")
            elif column.confidence is Confidence.REPEATED and column.suggestion:
                first = self._letter_of(column.suggestion.code)
                yield make("column_repeated", plan.header_row, column, {**context, "first": first}, severity="note")
            elif column.target is None and column.confidence in {Confidence.NONE, Confidence.SIMILAR}:
                yield make("column_unknown", plan.header_row, column, context, severity="note")

    def _letter_of(self, code: str) -> str:
        return next((c.letter for c in self.plan.columns if c.target and c.target.code == code), "")


def plain_text(cell: Cell) -> str:
    """A cell as text; 3.0 of a number cell is 3."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Row numbers as (first, last) of each run; a filter hides thousands."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs if len(runs) <= _MOST_RUNS else [(rows[0], rows[-1])]


@dataclass(slots=True)
class _Group:
    """Rows of one household in the long layout: (row number, cells, whether it is the head)."""

    people: list[tuple[int, list[Cell], bool]] = field(default_factory=list)

    @property
    def has_head(self) -> bool:
        """Whether somebody in it is the head."""
        return any(person[2] for person in self.people)


class LongWalk:
    """The long layout: one person a row; 户号 or the order of the rows says who belongs together."""

    def __init__(self, walk: SheetWalk) -> None:
        self.walk = walk
        targets = [(column, column.target) for column in walk.plan.columns if column.target]
        self._household = next((column for column, target in targets if target.worker == HOUSEHOLD), None)
        self._relation = next((column for column, target in targets if target.member == "relation_to_head"), None)
        self._worker_slots = walk.slots(member=False)
        self._member_slots = walk.slots(member=True)
        self._worker_columns = {slot.key: slot.column for slot in self._worker_slots}
        self._member_columns = {slot.key: slot.column for slot in self._member_slots}
        filled = {slot.at for slot in self._member_slots}
        self._head_only = [slot for slot in self._worker_slots if slot.at not in filled and not slot.reader.spec.derived_by]
        self._dropped: dict[str, int] = {}

    def read(self) -> None:
        """Group the rows, then read each household."""
        for group in self._groups():
            self.walk.reading.households.append(self._household_of(group))
        for caption, count in self._dropped.items():
            column = next(column for column in self.walk.plan.columns if column.caption == caption)
            context = {"text": caption, "count": count}
            row = self.walk.plan.header_row
            note = self.walk.findings.make("member_answer_not_kept", row, column, context, severity="note")
            self.walk.reading.notes.append(note)

    def _is_head(self, row: list[Cell]) -> bool:
        return self._relation is not None and fold(str(row[self._relation.index])) in _HEAD_WORDS

    def _groups(self) -> list[_Group]:
        groups: list[_Group] = []
        current: dict[str, _Group] = {}
        key, last = "", ""
        for number, row in self.walk.data_rows():
            head = self._is_head(row)
            if self._household is not None:
                # a merged 户号 cell holds its number in the first row only
                key = fold(plain_text(row[self._household.index])) or key
            elif head:
                key = f"row {number}"
            # the next village of a joined list counts its households from 1 again
            begins_again = head and key != last and key in current and current[key].has_head
            if key not in current or begins_again:
                current[key] = _Group()
                groups.append(current[key])
            current[key].people.append((number, row, head))
            last = key
        return groups

    def _household_of(self, group: _Group) -> HouseholdDraft:
        head = next((person for person in group.people if person[2]), None)
        number, row, _ = head or group.people[0]
        worker = RecordDraft(number, 0, slots=self._worker_columns)
        draft = HouseholdDraft(number, worker, rows=[person[0] for person in group.people])
        if head is None:
            code = "no_head_row" if self._household is not None else "member_without_head"
            draft.problems.append(self.walk.findings.make(code, number, self._relation))
            return draft
        self.walk.records.fill(worker, row, self._worker_slots, draft.problems)
        self.walk.records.judge_worker(worker, draft.problems)
        for person in group.people:
            if person is not head:
                self._add_member(draft, person, row)
        return draft

    def _add_member(
        self, draft: HouseholdDraft, person: tuple[int, list[Cell], bool], head_row: list[Cell]
    ) -> None:
        number, row, is_head = person
        if is_head:
            context = {"row": draft.row}
            draft.problems.append(self.walk.findings.make("two_head_rows", number, self._relation, context))
            return
        member = RecordDraft(number, len(draft.members) + 1, slots=self._member_columns)
        self.walk.records.fill(member, row, self._member_slots, draft.problems)
        if self.walk.records.judge_member(member, draft.problems):
            draft.members.append(member)
        for slot in self._head_only:
            if row[slot.at] != "" and row[slot.at] != head_row[slot.at]:
                caption = slot.column.caption
                self._dropped[caption] = self._dropped.get(caption, 0) + 1


