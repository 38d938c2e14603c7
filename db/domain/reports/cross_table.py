"""A cross-table worked out: rows × columns × one measure, with totals that are counted and not added up.

A household that got two kinds of aid stands in two rows and is one household in the total: :attr:`CrossTable.overlaps`
tells so. Amounts are 分.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from db.domain.field_kinds import format_amount
from db.domain.reports.cross_lists import (
    DIMENSIONS,
    MEASURES,
    OF_A_PERIOD,
    SUBJECTS,
    CrossMeasure,
    Dimension,
    Fold,
    Subject,
)
from db.errors import UserError

Filters = tuple[tuple[str, tuple[str, ...]], ...]
ALL = ""
"""Code of what stands for a whole row, column or table among the cells."""
ALL_LABEL = "合计"


@dataclass(frozen=True, slots=True)
class CrossRequest:
    """What is wanted. *columns* empty: one column. *filters*: dimension and the codes taken; *offices* empty: all below."""

    subject: Subject
    measure: str
    rows: str
    columns: str = ""
    begins: str = ""
    ends: str = ""
    filters: Filters = ()
    offices: tuple[str, ...] = ()

    def check(self) -> None:
        """UserError where something named is not known."""
        known = DIMENSIONS[self.subject]
        for key in (self.rows, *([self.columns] if self.columns else []), *(key for key, _ in self.filters)):
            if key not in known:
                raise UserError("cross_unknown", text=key, known="、".join(f"{k}（{d.label}）" for k, d in known.items()))
        if self.measure not in MEASURES[self.subject]:
            names = "、".join(f"{key}（{item.label}）" for key, item in MEASURES[self.subject].items())
            raise UserError("cross_unknown", text=self.measure, known=names)
        if self.rows == self.columns:
            raise UserError("cross_twice", text=known[self.rows].label)
        if self.begins and self.ends and self.begins > self.ends:
            raise UserError("report_days", begins=self.begins, ends=self.ends)


@dataclass(frozen=True, slots=True)
class Folded:
    """What a cell is made of: the sum, and how many different things stand behind it."""

    amount: int = 0
    number: int = 0


NOTHING = Folded()


@dataclass(frozen=True, slots=True)
class Heading:
    """A row or a column: its code and what it is called."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CrossRecord:
    """A record behind a cell; *value* in 分 or whole things."""

    who: str
    what: str
    on_day: str
    value: int
    archive_id: str


class Share(StrEnum):
    """What is shown in the cells instead of the figure itself."""

    NONE = ""
    OF_ROW = "row"
    OF_COLUMN = "column"
    OF_ALL = "all"


SHARES = {Share.NONE: "数值", Share.OF_ROW: "占本行的百分比", Share.OF_COLUMN: "占本列的百分比", Share.OF_ALL: "占总数的百分比"}


@dataclass(frozen=True, slots=True)
class CrossTable:
    """The table. Cells by code of row and column; ``None`` in place of either stands for all of them."""

    request: CrossRequest
    office_name: str
    rows: Sequence[Heading]
    columns: Sequence[Heading]
    cells: Mapping[tuple[str | None, str | None], Folded]
    filter_labels: Sequence[str] = field(default_factory=tuple)
    """What the table was narrowed to, in words."""
    office_count: int = 1
    missing: Sequence[str] = ()
    """Offices below from which nothing has come in the year: they are not in the figures."""

    @property
    def measure(self) -> CrossMeasure:
        """What stands in the cells."""
        return MEASURES[self.request.subject][self.request.measure]

    @property
    def row_dimension(self) -> Dimension:
        """By what the rows are divided."""
        return DIMENSIONS[self.request.subject][self.request.rows]

    @property
    def column_dimension(self) -> Dimension | None:
        """By what the columns are divided; None for a table of one column."""
        return DIMENSIONS[self.request.subject].get(self.request.columns)

    @property
    def title(self) -> str:
        """What the table is."""
        by = self.row_dimension.label + (f"和{self.column_dimension.label}" if self.column_dimension else "")
        return f"{SUBJECTS[self.request.subject]}：按{by}分的{self.measure.label}（{self.measure.unit}）"

    @property
    def when(self) -> str:
        """The period, or the day as of which it is counted."""
        request = self.request
        return f"{request.begins} 至 {request.ends}" if request.subject in OF_A_PERIOD else f"{request.ends} 的资料"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return self.cell(None, None) == NOTHING

    def cell(self, row: str | None, column: str | None) -> Folded:
        """A cell; None stands for all rows or columns."""
        return self.cells.get((row, column), NOTHING)

    def value(self, row: str | None, column: str | None) -> Fraction | None:
        """The figure of a cell: 分, things, or an average; None where there is no average of nothing."""
        return folded_value(self.measure, self.cell(row, column))

    def text(self, row: str | None, column: str | None, share: Share = Share.NONE) -> str:
        """A cell as it is shown; nothing at all shows as a dash, so that the rest is seen."""
        if share is not Share.NONE:
            return self._share_text(row, column, share)
        value = self.value(row, column)
        if value is None or (self.cell(row, column) == NOTHING and (row, column) != (None, None)):
            return "—"
        return figure_text(self.measure, value)

    def share(self, row: str | None, column: str | None, share: Share) -> Fraction | None:
        """The part a cell is of its row, its column or everything; None where the whole is nothing."""
        whole = {Share.OF_ROW: (row, None), Share.OF_COLUMN: (None, column)}.get(share, (None, None))
        part, base = self.value(row, column), self.value(*whole)
        return part / base if base and part is not None else None

    def _share_text(self, row: str | None, column: str | None, share: Share) -> str:
        part = self.share(row, column, share)
        return "—" if part is None else f"{float(part * 100):.1f}%"

    @property
    def may_be_shared(self) -> bool:
        """Whether a part of the whole means anything: an average has no parts."""
        return self.measure.fold is not Fold.AVERAGE

    @property
    def overlaps(self) -> bool:
        """Whether the parts come to more than the whole, as the same thing stands in several of them."""
        if self.measure.fold is not Fold.COUNT:
            return False
        return not self.adds_up

    @property
    def adds_up(self) -> bool:
        """Whether every total is the sum of its parts."""
        if self.measure.fold is Fold.AVERAGE:
            return False
        rows, columns = [item.code for item in self.rows], [item.code for item in self.columns]
        return all(self._sums(row, columns) for row in (*rows, None)) and all(
            self._figure(None, column) == sum(self._figure(row, column) for row in rows) for column in columns
        )

    def _sums(self, row: str | None, columns: Sequence[str]) -> bool:
        return self._figure(row, None) == sum(self._figure(row, column) for column in columns)

    def _figure(self, row: str | None, column: str | None) -> Fraction:
        return self.value(row, column) or Fraction(0)

    @property
    def notes(self) -> list[str]:
        """What must be known to read the table."""
        found = [f"{self.measure.label}：{self.measure.meaning}"]
        if self.overlaps:
            found.append("各项相加会多于合计：同一个对象可以在几项里，合计里只算一次。")
        return found + missing_words(self.missing)


_NAMED = 6


def missing_words(offices: Sequence[str]) -> list[str]:
    """That figures of offices below have not come in yet; nothing where all have."""
    if not offices:
        return []
    named = "、".join(offices[:_NAMED]) + ("等" if len(offices) > _NAMED else "")
    return [f"{named} {len(offices)} 个下级单位今年还没有报来，不在数里。"]


def folded_value(measure: CrossMeasure, found: Folded) -> Fraction | None:
    """The figure that a measure makes of what was found."""
    if measure.fold is Fold.COUNT:
        return Fraction(found.number)
    if measure.fold is Fold.SUM:
        return Fraction(found.amount)
    return Fraction(found.amount, found.number) if found.number else None


def figure_text(measure: CrossMeasure, value: Fraction) -> str:
    """A figure as it is shown: 元 with two digits, things with their thousands parted."""
    return format_amount(rounded(value)) if measure.is_money else f"{rounded(value):,}"


def rounded(value: Fraction) -> int:
    """To whole 分 or things, half away from nothing."""
    whole = int(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole
