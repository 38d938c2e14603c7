"""What an import did, for the screen, the command line and the error workbook."""

from dataclasses import dataclass, field

from db.domain.archive_content import ArchiveContent
from db.domain.change_diff import Change
from db.exchange.workbook_import import Decision, RowResult
from db.exchange.workbook_map import ImportPlan
from db.exchange.workbook_rows import ImportProblem

RESULT_LABELS = {
    RowResult.CREATED: "已新建",
    RowResult.UPDATED: "已更新",
    RowResult.UNCHANGED: "没有变化",
    RowResult.SKIPPED: "已跳过",
    RowResult.FAILED: "未导入",
}
_SEVERITIES = {"error": 0, "warning": 1, "normalised": 2, "note": 3}


@dataclass(slots=True)
class HouseholdOutcome:
    """One household: where it stood, what became of it, and the archive it is now."""

    row: int
    rows: list[int]
    name: str
    result: RowResult
    people: int
    archive_id: str = ""
    archive_number: str = ""
    missing_count: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)

    @property
    def result_label(self) -> str:
        """The result in Chinese."""
        return RESULT_LABELS[self.result]


@dataclass(slots=True)
class ImportOutcome:
    """Counts are households: ``rows_read == created + updated + unchanged + skipped + failed``, always."""

    plan: ImportPlan
    dry_run: bool
    sheet_rows: int
    people_read: int
    households: list[HouseholdOutcome] = field(default_factory=list)
    notes: list[ImportProblem] = field(default_factory=list)

    def _count(self, result: RowResult) -> int:
        return sum(1 for household in self.households if household.result is result)

    @property
    def rows_read(self) -> int:
        """Households read from the sheet."""
        return len(self.households)

    @property
    def created(self) -> int:
        """New archives."""
        return self._count(RowResult.CREATED)

    @property
    def updated(self) -> int:
        """Archives that got a further revision."""
        return self._count(RowResult.UPDATED)

    @property
    def unchanged(self) -> int:
        """Households that already stand in the office just so."""
        return self._count(RowResult.UNCHANGED)

    @property
    def skipped(self) -> int:
        """Households the clerk left out."""
        return self._count(RowResult.SKIPPED)

    @property
    def failed(self) -> int:
        """Households refused because of an error."""
        return self._count(RowResult.FAILED)

    @property
    def incomplete(self) -> int:
        """Households of this file whose archive still lacks required answers."""
        return sum(1 for household in self.households if household.missing_count)

    @property
    def problems(self) -> list[ImportProblem]:
        """Every finding: by row, errors first within a row; notes on the whole sheet come first."""
        found = [problem for household in self.households for problem in household.problems]
        found.sort(key=lambda item: (item.row, _SEVERITIES[item.severity]))
        return self.notes + found

    def to_json(self) -> dict[str, object]:
        """The plain JSON object of the command line."""
        return {
            "file": self.plan.file_name,
            "sheet": self.plan.sheet,
            "header_row": self.plan.header_row,
            "layout": self.plan.layout.value,
            "unit": "household",
            "dry_run": self.dry_run,
            "rows_read": self.rows_read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "failed": self.failed,
            "incomplete": self.incomplete,
            "people_read": self.people_read,
            "sheet_rows": self.sheet_rows,
            "unknown_columns": [{"column_letter": c.letter, "column": c.caption} for c in self.plan.unknown],
            "problems": [problem.to_json() for problem in self.problems],
        }


def household_outcome(decision: Decision) -> HouseholdOutcome:
    """The outcome of a decision before it is stored."""
    draft, stored = decision.draft, decision.stored
    content = decision.content or ArchiveContent(draft.worker.values)
    return HouseholdOutcome(
        row=draft.row,
        rows=draft.rows,
        name=content.text("name"),
        result=decision.result,
        people=1 + len(draft.members),
        archive_id=stored.id if stored else "",
        archive_number=stored.archive_number if stored else "",
        changes=decision.changes,
        problems=draft.problems,
    )
