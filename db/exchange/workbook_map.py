"""The plan of an import: which sheet, where its header is, what every column means – shown before anything is stored.

The clerk may change every part of it. Layouts: *wide* (one household a row, numbered member groups) and *long* (one
person a row, a relation column names the head).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import Cell
from db.domain.form_schema import FieldSpec, LegacyCaption
from db.errors import UserError
from db.exchange.workbook_captions import (
    HOUSEHOLD,
    IGNORED_CAPTIONS,
    Confidence,
    Word,
    fold_caption,
    is_household_caption,
    look_up,
    member_caption,
    member_words,
    numbered_tail,
    numbers_its_members,
    similar_word,
    worker_words,
)
from db.exchange.workbook_package import SheetMarks
from db.exchange.workbook_read import Rows, SheetRows, SourceWorkbook, column_letter

HEADER_SEARCH = 30
PREVIEW_ROWS = 20
_SAMPLES = 3
_SIGNATURE, _FORM_ROWS = "职工签字", 200
UNTITLED = "（没有标题）"


class Layout(StrEnum):
    """How households stand in the sheet."""

    WIDE = "wide"
    LONG = "long"


class ColumnTarget(NamedTuple):
    """What a column fills. Wide: one of the two keys, members with *number*. Long: either key, by whose row it is."""

    worker: str | None = None
    member: str | None = None
    number: int = 0
    legacy: LegacyCaption | None = None

    @property
    def code(self) -> str:
        """Stable text of the target: ``name``, ``member2.name``, ``name|name``, ``@household``."""
        if self.number:
            return f"member{self.number}.{self.member}"
        return f"{self.worker or ''}|{self.member}" if self.member else str(self.worker)

    @property
    def label(self) -> str:
        """The target in the form's words."""
        if self.worker == HOUSEHOLD:
            return "户号（把一家人归为一户）"
        if self.number:
            return f"家庭成员{self.number} {ARCHIVE_FORM.member_field(str(self.member)).label}"
        labels = [ARCHIVE_FORM.field(self.worker).label] if self.worker else []
        labels += [ARCHIVE_FORM.member_field(self.member).label] if self.member else []
        return " / ".join(dict.fromkeys(labels))


@dataclass(slots=True)
class ColumnPlan:
    """One column: where it is, what its header says, what it fills (None: not imported) and how that was found."""

    index: int
    letter: str
    caption: str
    target: ColumnTarget | None
    confidence: Confidence
    suggestion: ColumnTarget | None = None
    samples: list[str] = field(default_factory=list)
    hidden: bool = False


@dataclass(slots=True)
class ImportPlan:
    """What an import would read. Row numbers count from 1 as the clerk sees them; header_row 0: no header found."""

    file_name: str
    sheets: list[str]
    sheet: str
    layout: Layout
    header_row: int
    header_rows: int
    columns: list[ColumnPlan]
    preview: list[list[Cell]]
    data_rows: int
    marks: SheetMarks
    as_leads: bool = False
    """Whether new households become 摸底线索; of those the ID number need not be known yet."""

    @property
    def first_row(self) -> int:
        """Number of the first row below the header."""
        return self.header_row + self.header_rows

    @property
    def missing(self) -> list[str]:
        """Labels of the columns without which nothing can be imported."""
        filled = {column.target.worker for column in self.columns if column.target}
        needed = [ARCHIVE_FORM.field(key) for key in (("name",) if self.as_leads else ("name", "id_number"))]
        return [spec.label for spec in needed if spec.key not in filled]

    @property
    def unknown(self) -> list[ColumnPlan]:
        """Columns with a caption that fill nothing."""
        return [column for column in self.columns if column.target is None and column.confidence is not Confidence.IGNORED]


class _Header(NamedTuple):
    row: int
    height: int
    columns: list[ColumnPlan]
    layout: Layout

    @property
    def score(self) -> float:
        found = {column.target.code for column in self.columns if column.target}
        return len(found) + 3 * (self.has("name") + self.has("id_number")) - 0.5 * (self.height - 1)

    def has(self, key: str) -> bool:
        return any(column.target and column.target.worker == key for column in self.columns)


# -- captions to targets -----------------------------------------------------------------------------------------


def _wide_target(caption: str, repeats: dict[str, int], tails: bool) -> tuple[ColumnTarget, Confidence] | None:
    folded = fold_caption(caption)
    member = member_caption(folded) or (numbered_tail(folded) if tails else None)
    if member is not None:
        number, rest = member
        word = look_up(member_words(), rest)
        if word is None:
            return None
        if number == 0:  # unnumbered groups: the second 姓名 belongs to the second member
            number = repeats[word.key] = repeats.get(word.key, 0) + 1
        return ColumnTarget(None, word.key, number, word.legacy), word.confidence
    word = look_up(worker_words(), folded)
    return (ColumnTarget(word.key, legacy=word.legacy), word.confidence) if word else None


def long_target(caption: str) -> tuple[ColumnTarget, Confidence] | None:
    folded = fold_caption(caption)
    if is_household_caption(folded):
        return ColumnTarget(HOUSEHOLD), Confidence.LABEL
    member = look_up(member_words(), folded)
    worker = look_up(worker_words(), folded)
    found = worker or member
    if found is None:
        return None
    target = ColumnTarget(worker.key if worker else None, member.key if member else None, 0, found.legacy)
    return target, found.confidence


def _suggested(caption: str, layout: Layout) -> ColumnTarget | None:
    folded = fold_caption(caption)
    member = member_caption(folded)
    if member is not None and member[0] and layout is Layout.WIDE:
        word = similar_word(member_words(), member[1])
        return ColumnTarget(None, word.key, member[0], word.legacy) if word else None
    word = similar_word(worker_words(), folded)
    if layout is Layout.WIDE:
        return ColumnTarget(word.key, legacy=word.legacy) if word else None
    other = similar_word(member_words(), folded)
    return _joined(word, other) if word or other else None


def _joined(worker: Word | None, member: Word | None) -> ColumnTarget:
    return ColumnTarget(worker.key if worker else None, member.key if member else None)


def _plan_columns(captions: list[str], layout: Layout) -> list[ColumnPlan]:
    columns: list[ColumnPlan] = []
    repeats: dict[str, int] = {}
    taken: dict[tuple[str, bool], str] = {}
    tails = numbers_its_members(fold_caption(caption) for caption in captions if caption)
    for index, caption in enumerate(captions):
        if not caption:
            continue
        found = _wide_target(caption, repeats, tails) if layout is Layout.WIDE else long_target(caption)
        column = ColumnPlan(index, column_letter(index), caption, None, Confidence.NONE)
        columns.append(column)
        if fold_caption(caption) in IGNORED_CAPTIONS:
            column.confidence = Confidence.IGNORED
        elif found is not None:
            target, confidence = found
            # an older caption (是否进入医保) may stand beside the present one
            place = (target.code, target.legacy is not None)
            repeated = place in taken
            taken.setdefault(place, column.letter)
            column.target = None if repeated else target
            column.confidence = Confidence.REPEATED if repeated else confidence
            column.suggestion = target if repeated else None
    return columns


def _layout_of(captions: Iterable[str]) -> Layout:
    """Long when a relation column stands alone: 与户主关系 without numbered member groups."""
    folded = [fold_caption(caption) for caption in captions if caption]
    groups = (member_caption(caption) for caption in folded)
    if numbers_its_members(folded) or any(group and look_up(member_words(), group[1]) for group in groups):
        return Layout.WIDE
    relation = any((word := look_up(member_words(), caption)) and word.key == "relation_to_head" for caption in folded)
    return Layout.LONG if relation else Layout.WIDE


# -- finding the header ------------------------------------------------------------------------------------------


def _texts(row: list[Cell]) -> list[str]:
    return [str(cell).strip() if isinstance(cell, str) else "" for cell in row]


def _spread(row: list[str], number: int, sheet: SheetRows) -> list[str]:
    """The upper row of a two-row header, each group caption carried over the columns it spans."""
    spread = list(row)
    for (top, left), (bottom, right) in sheet.merged:
        if top <= number <= bottom and left < len(row):
            for column in range(left, min(right + 1, len(row))):
                spread[column] = row[left]
    for column in range(1, len(spread)):
        if not spread[column] and member_caption(fold_caption(spread[column - 1])):
            spread[column] = spread[column - 1]
    return spread


def _two_row_captions(upper: list[str], lower: list[str]) -> list[str]:
    captions = []
    for above, below in zip(upper, lower, strict=True):
        if below and above and member_caption(fold_caption(above)):
            captions.append(above + below)
        else:
            captions.append(below or above)
    return captions


def _header_at(sheet: SheetRows, row: int, height: int) -> _Header:
    texts = _texts(sheet.rows[row])
    if height == 2:
        texts = _two_row_captions(_spread(texts, row, sheet), _texts(sheet.rows[row + 1]))
    layout = _layout_of(texts)
    return _Header(row, height, _plan_columns(texts, layout), layout)


def _find_header(sheet: SheetRows) -> _Header | None:
    best: _Header | None = None
    last = min(len(sheet.rows), HEADER_SEARCH)
    for row in range(last):
        for height in (1, 2):
            if row + height > len(sheet.rows) or not any(isinstance(cell, str) and cell for cell in sheet.rows[row]):
                continue
            header = _header_at(sheet, row, height)
            if best is None or header.score > best.score:
                best = header
    if best is None or not (best.has("name") or best.has("id_number")) or best.score < 6:
        return None
    if _is_form(sheet):
        raise UserError("workbook_is_form")
    return best


def _is_form(sheet: SheetRows) -> bool:
    """Whether the sheet is one household's official form: captions above answers too, but with a place to sign."""
    if not any(ARCHIVE_FORM.title in _texts(row) for row in sheet.rows[:3]):
        return False
    return any(fold_caption(cell) == _SIGNATURE for row in sheet.rows[3:_FORM_ROWS] for cell in row if cell != "")


# -- the plan ----------------------------------------------------------------------------------------------------


def plan_sheet(book: SourceWorkbook, sheet_name: str | None = None, header_row: int | None = None) -> ImportPlan:
    """What would be imported: the sheet whose header fits best, or the sheet and header row the clerk names."""
    names = book.sheet_names
    if sheet_name is not None and sheet_name not in names:
        raise UserError("workbook_no_sheet", name=book.path.name, sheet=sheet_name)
    if not names:
        raise UserError("workbook_empty", name=book.path.name)
    best: tuple[float, SheetRows, _Header | None] | None = None
    for name in [sheet_name] if sheet_name else names:
        sheet = book.sheet(name)
        header = _header_at_row(sheet, header_row) if header_row else _find_header(sheet)
        score = header.score - (0 if sheet.shown else 1000) if header else -2000.0
        if best is None or score > best[0]:
            best = (score, sheet, header)
    assert best is not None
    return _make_plan(book, best[1], best[2])


def _header_at_row(sheet: SheetRows, header_row: int) -> _Header | None:
    if not 1 <= header_row <= len(sheet.rows):
        return None
    heights = (1, 2) if header_row < len(sheet.rows) else (1,)
    return max((_header_at(sheet, header_row - 1, height) for height in heights), key=lambda header: header.score)


def _make_plan(book: SourceWorkbook, sheet: SheetRows, header: _Header | None) -> ImportPlan:
    marks = book.marks_of(sheet.name)
    columns = _with_untitled(header, sheet) if header else []
    first = header.row + header.height if header else 0
    for column in columns:
        column.hidden = column.index + 1 in marks.columns
        column.samples = _samples(sheet.rows, first, column.index)
        if header and column.confidence is Confidence.NONE and column.caption != UNTITLED:
            column.suggestion = _suggested(column.caption, header.layout)
            column.confidence = Confidence.SIMILAR if column.suggestion else Confidence.NONE
    return ImportPlan(
        file_name=book.path.name,
        sheets=book.sheet_names,
        sheet=sheet.name,
        layout=header.layout if header else Layout.WIDE,
        header_row=header.row + 1 if header else 0,
        header_rows=header.height if header else 1,
        columns=columns,
        preview=[list(row) for row in sheet.rows[:PREVIEW_ROWS]],
        data_rows=sum(1 for row in sheet.rows[first:] if any(cell != "" for cell in row)) if header else 0,
        marks=marks,
    )


def _with_untitled(header: _Header, sheet: SheetRows) -> list[ColumnPlan]:
    """The columns of the header, and those that hold something under an empty caption: they are to be seen too."""
    titled = {column.index: column for column in header.columns}
    first = header.row + header.height
    columns = []
    for index in range(len(sheet.rows[header.row])):
        if index in titled:
            columns.append(titled[index])
        elif _samples(sheet.rows, first, index):
            columns.append(ColumnPlan(index, column_letter(index), UNTITLED, None, Confidence.NONE))
    return columns


def _samples(rows: Rows, first: int, index: int) -> list[str]:
    found: dict[str, None] = {}
    for row in rows[first : first + 200]:
        if row[index] != "":
            found[str(row[index])] = None
        if len(found) == _SAMPLES:
            break
    return list(found)


def spec_of(target: ColumnTarget, *, member: bool) -> FieldSpec | None:
    """The field a column fills for the worker or for a member."""
    key = target.member if member else target.worker
    if key is None or key == HOUSEHOLD:
        return None
    return ARCHIVE_FORM.member_field(key) if member else ARCHIVE_FORM.field(key)
