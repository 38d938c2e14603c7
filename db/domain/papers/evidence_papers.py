"""Sheets of an evidence file that no office fills in by hand: what was recorded, told as it stands in the records."""

from collections.abc import Iterable, Mapping, Sequence

from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, FieldSpec, Section, Values
from db.domain.masking import masked_words
from db.domain.paper_layout import (
    Band,
    Cell,
    Entry,
    HeadEntry,
    Heading,
    Ledger,
    LedgerColumn,
    PaperLayout,
    Part,
    TextRow,
)
from db.domain.records.record_form import RecordContent, RecordForm
from db.domain.timeline import KIND_LABELS, TimelineEvent

_SHORT = 16
"""Characters up to which an answer stands beside another one."""
_GRID = 180.0


def heads(office: str, number: str, name: str) -> tuple[HeadEntry, ...]:
    """The line above the grid."""
    return (HeadEntry("单位：", office, 80), HeadEntry("档案编号：", number, 60), HeadEntry("姓名：", name, 40))


# -- one record ----------------------------------------------------------------------------------------------------


def record_paper(
    form: RecordForm,
    content: RecordContent,
    head: tuple[HeadEntry, ...],
    names: Mapping[str, str],
    *,
    signed: str,
    masked: bool = False,
    left_out: frozenset[str] = frozenset(),
) -> PaperLayout:
    """A record as a sheet: every answer with its caption, the repeated sections as tables. *names* by id of the person."""
    parts: list[Part] = []
    for section in form.sections:
        if section.repeats:
            rows = content.rows.get(section.key, [])
            parts += [_ledger(section, rows, names, masked=masked)] if rows else []
            continue
        told = [
            (spec.label, words)
            for spec in section.fields
            if spec.key not in left_out and (words := _words(spec, content.values, names, masked=masked))
        ]
        parts += [Heading(section.title), *_rows(told)] if told else []
    parts.append(TextRow("登记", signed))
    return PaperLayout(form.title, head, tuple(parts))


def _words(spec: FieldSpec, record: Values, names: Mapping[str, str], *, masked: bool) -> str:
    value = record.get(spec.key)
    if spec.kind is FieldKind.PERSON:
        return names.get(str(value), "") if value else ""
    return masked_words(spec, value) if masked else format_value(spec, value)


def _rows(told: Sequence[tuple[str, str]]) -> Iterable[Part]:
    """Short answers two to a row, a long one in a row of its own."""
    waiting: tuple[str, str] | None = None
    for caption, words in told:
        if len(words) > _SHORT or "\n" in words:
            if waiting:
                yield TextRow(*waiting)
                waiting = None
            yield TextRow(caption, words)
        elif waiting:
            yield Band((Cell(*waiting, value_width=64.0, align="left"), Cell(caption, words, value_width=64.0, align="left")))
            waiting = None
        else:
            waiting = caption, words
    if waiting:
        yield TextRow(*waiting)


def _ledger(section: Section, rows: Iterable[Values], names: Mapping[str, str], *, masked: bool) -> Ledger:
    width = _GRID / len(section.fields)
    columns = tuple(LedgerColumn(spec.label, width) for spec in section.fields)
    words = [[_words(spec, row, names, masked=masked) for spec in section.fields] for row in rows]
    return Ledger(section.title, columns, words)


# -- tables of events ----------------------------------------------------------------------------------------------

_STEPS = (
    LedgerColumn("日期", 22),
    LedgerColumn("事项", 38, "left"),
    LedgerColumn("内容", 84, "left"),
    LedgerColumn("经办人", 36),
)
_HISTORY = (
    LedgerColumn("序号", 11),
    LedgerColumn("日期", 21),
    LedgerColumn("类别", 20),
    LedgerColumn("事项", 32, "left"),
    LedgerColumn("内容", 62, "left"),
    LedgerColumn("经办人", 24),
    LedgerColumn("版", 10),
)


def events_paper(title: str, head: tuple[HeadEntry, ...], events: Sequence[TimelineEvent]) -> PaperLayout:
    """Some events as a table: acts of the casework, reviews, bundles."""
    rows: list[list[Entry]] = [[event.on, _title(event), _content(event), event.who] for event in events]
    return PaperLayout(title, head, (Ledger("", _STEPS, rows),))


def rows_paper(title: str, head: tuple[HeadEntry, ...], rows: Sequence[Sequence[Entry]]) -> PaperLayout:
    """Records as a table: day, what it is, what it says, who put it down."""
    return PaperLayout(title, head, (Ledger("", _STEPS, rows),))


def history_paper(head: tuple[HeadEntry, ...], events: Sequence[TimelineEvent]) -> PaperLayout:
    """Everything that happened, one row each, in the order in which it came about."""
    rows: list[list[Entry]] = [
        [
            number,
            event.on,
            KIND_LABELS[event.kind],
            _title(event),
            _content(event),
            event.who,
            str(event.revision or ""),
        ]
        for number, event in enumerate(events, 1)
    ]
    foot = "按登记的先后排列；“版”是这一步产生或所针对的档案版本。"
    return PaperLayout("全部经过", head, (Ledger("", _HISTORY, rows),), foot)


def _title(event: TimelineEvent) -> str:
    return event.title + ("" if event.counts else "（没有计入）")


def _content(event: TimelineEvent) -> str:
    lines = list(event.lines)
    if event.was_recorded_later:
        lines.append(f"{event.recorded_at[:10]} 登记")
    if event.archive_number:
        lines.append(f"（并入的档案 {event.archive_number}）")
    return "\n".join(lines)


# -- decisions and papers ------------------------------------------------------------------------------------------

_DECISIONS = (
    LedgerColumn("日期", 22),
    LedgerColumn("决定", 48, "left"),
    LedgerColumn("理由", 74, "left"),
    LedgerColumn("决定人", 36),
)
_PAPERS = (
    LedgerColumn("序号", 11),
    LedgerColumn("材料种类", 36),
    LedgerColumn("名称和说明", 65, "left"),
    LedgerColumn("存入", 34),
    LedgerColumn("指纹（SHA-256 前 16 位）", 34),
)


def decisions_paper(head: tuple[HeadEntry, ...], rows: Sequence[Sequence[Entry]]) -> PaperLayout:
    """What was decided, when, why and by whom."""
    return PaperLayout("认定决定", head, (Ledger("", _DECISIONS, rows),))


def papers_paper(head: tuple[HeadEntry, ...], rows: Sequence[Sequence[Entry]], foot: str) -> PaperLayout:
    """The list of the papers in the file."""
    return PaperLayout("材料清单", head, (Ledger("", _PAPERS, rows),), foot)


_GRANTS = (
    LedgerColumn("日期", 22),
    LedgerColumn("救助项目", 32),
    LedgerColumn("给谁", 24),
    LedgerColumn("金额或物品", 32, "right"),
    LedgerColumn("发放情况", 34),
    LedgerColumn("救助单位", 36),
)


def grants_paper(head: tuple[HeadEntry, ...], rows: Sequence[Sequence[Entry]]) -> PaperLayout:
    """What the household was granted, and what became of it."""
    return PaperLayout("救助发放", head, (Ledger("", _GRANTS, rows),))
