"""Registers as workbooks: a list to fill in, read back line by line; good lines are entered, the others told with a reason.

What a register reads is declared (:class:`RegisterSheet`); the entry itself goes the way of the register's own service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from db.domain.field_kinds import Parsed, parse_value
from db.domain.form_schema import FieldKind, FieldSpec, Never
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, Row, prepared_record
from db.errors import UserError, sentence
from db.exchange.register_sheet import read_register
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_report import ReportSheet, write_report
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record, record_of
from db.store import record_store

REASON = "没有导入的原因"
_LINE = "原表行号"
HOW_TO_FILL = "怎样填"


@dataclass(frozen=True, kw_only=True)
class RegisterSheet:
    """How a register is read from a list. *wanted*: the columns without which a sheet is not such a list."""

    form: RecordForm
    title: str
    widths: Mapping[str, int]
    """The columns in their order, by field, with their widths in characters."""
    aliases: Mapping[str, tuple[str, ...]]
    """What a column may be called besides its caption."""
    wanted: tuple[str, ...]
    unknown_code: str
    """UserError where no such columns are found."""
    known_by: tuple[str, ...]
    """The fields by which a line is known to be of an entry that is there already."""
    put: Callable[[Connection, OfficeSession, RecordContent, str], Record]
    """Enters a content, or changes the entry with this id; UserError where that cannot be."""
    defaults: Row = field(default_factory=dict)
    """What a new entry answers where the line says nothing."""
    refuse: Callable[[OfficeSession, RecordContent, Record | None, SheetLine], str] = lambda *_: ""
    """Why a line is not to be taken although it can be read; empty where it is."""
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Further columns that a list may have, by key: for *refuse* to read, not stored."""

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions of a list in their order."""
        return tuple(self.form.by_key[key].label for key in self.widths)


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that was not taken, and why; *cells* as they stand in the list, by field."""

    line: int
    name: str
    reason: str
    cells: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class RegisterImport:
    """What became of the lines of a list."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[LineFault] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many lines say something new."""
        return self.added + self.changed


# -- reading ------------------------------------------------------------------------------------------------------


def import_register(session: OfficeSession, sheet: RegisterSheet, path: Path, *, dry_run: bool = False) -> RegisterImport:
    """Enter every good line of a list; what is known already is changed. *dry_run*: only say what would happen.

    What is not in the list stays in the register; an empty cell leaves what is known.
    """
    captions = {key: (sheet.form.by_key[key].label, *sheet.aliases.get(key, ())) for key in sheet.widths}
    lines = read_register(path, {**captions, **sheet.more}, sheet.wanted, sheet.unknown_code)
    outcome = RegisterImport()
    with session.database.writing() as connection, connection.begin_nested() as trial:
        own = record_store.office_records(connection, sheet.form.kind, session.office.id)
        known = {_key(sheet, record.content): record for record in map(record_of, own)}
        seen: dict[tuple[str, ...], tuple[int, str]] = {}
        for line in lines:
            _take(connection, session, sheet, line, known, seen, outcome)
        if dry_run:
            trial.rollback()
    return outcome


def _key(sheet: RegisterSheet, content: RecordContent) -> tuple[str, ...]:
    return tuple(content.text(key) for key in sheet.known_by)


def _take(
    connection: Connection,
    session: OfficeSession,
    sheet: RegisterSheet,
    line: SheetLine,
    known: dict[tuple[str, ...], Record],
    seen: dict[tuple[str, ...], tuple[int, str]],
    outcome: RegisterImport,
) -> None:
    """Enter one line. *seen*: by entry the line of this list that told of it, and the day it told of."""

    def refuse(reason: str) -> None:
        cells = {key: line.text(key) for key in sheet.widths}
        outcome.faults.append(LineFault(line.number, line.text(sheet.known_by[0]), reason, cells))

    if line.fault:
        refuse(line.fault)
        return
    given, fault = _values(sheet, line)
    before = known.get(_key(sheet, given))
    fault = fault or sheet.refuse(session, given, before, line)
    if fault:
        refuse(fault)
        return
    values = {**(before.content.values if before else sheet.defaults), **given.values}
    content = prepared_record(sheet.form, RecordContent(values))
    if before and before.content.values == content.values:
        outcome.unchanged += 1
        return
    row, day = seen.get(_key(sheet, given), (0, ""))
    if row and day == given.text(sheet.form.day):
        refuse(f"与第 {row} 行说的是同一个“{line.text(sheet.known_by[0])}”，内容不一样，这一行没有导入。请只留对的一行。")
        return
    try:
        stored = sheet.put(connection, session, content, before.record_id if before else "")
    except UserError as refused:
        told = refused.context.get("first")
        refuse(str(told) if told else refused.text())
        return
    known[_key(sheet, stored.content)] = stored
    seen[_key(sheet, given)] = line.number, given.text(sheet.form.day)
    outcome.changed += before is not None
    outcome.added += before is None


_WITH_LABEL = frozenset({"out_of_range", "text_too_long"})
"""Sentences that name the field themselves."""


def cell_fault(spec: FieldSpec, parsed: Parsed) -> str:
    """What is wrong with a cell, and how it is written right."""
    assert parsed.code is not None
    said = sentence(parsed.code, {"label": spec.label, **(parsed.context or {})})
    return said if parsed.code in _WITH_LABEL else f"{spec.label}{said}"


def _values(sheet: RegisterSheet, line: SheetLine) -> tuple[RecordContent, str]:
    content = RecordContent()
    for key in sheet.widths:
        spec = sheet.form.by_key[key]
        parsed = parse_value(spec, line.cells.get(key, ""))
        if parsed.code:
            return content, cell_fault(spec, parsed)
        if parsed.value is not None:
            content.values[key] = parsed.value
    return content, ""


# -- writing ------------------------------------------------------------------------------------------------------


def write_faults(session: OfficeSession, sheet: RegisterSheet, faults: Sequence[LineFault], path: Path) -> None:
    """The lines that were not taken as a list of the same columns, each with the reason: to be put right and read again."""
    remember_output(session, path.parent)
    told = ReportSheet(
        sheet.title, (*sheet.captions, REASON, _LINE), (*sheet.widths.values(), 48, 10), choices=_choices(sheet)
    )
    told.rows = [[*(item.cells.get(key, "") for key in sheet.widths), item.reason, item.line] for item in faults]
    write_report(path, sheet.title, [told])


def write_template(session: OfficeSession, sheet: RegisterSheet, path: Path) -> None:
    """The empty list, with a second sheet that says of each column what is written into it."""
    remember_output(session, path.parent)
    fields = [sheet.form.by_key[key] for key in sheet.widths]
    blank = ReportSheet(sheet.title, sheet.captions, tuple(sheet.widths.values()), choices=_choices(sheet))
    rows = [[spec.label, _need(spec), _how(spec)] for spec in fields]
    how = ReportSheet(HOW_TO_FILL, ("栏目", "要不要填", "写什么"), (26, 30, 70), rows=[*rows])
    write_report(path, sheet.title, [blank, how])


def _choices(sheet: RegisterSheet) -> dict[int, tuple[str, ...]]:
    """By column, what is offered."""
    offered = ((at, _offered(sheet.form.by_key[key])) for at, key in enumerate(sheet.widths))
    return {at: words for at, words in offered if words}


def _need(spec: FieldSpec) -> str:
    if spec.starred:
        return "必填"
    return "可以不填" if isinstance(spec.required, Never) else f"{spec.required.text()}必填"


def _offered(spec: FieldSpec) -> tuple[str, ...]:
    """What a cell is chosen from."""
    if spec.kind is FieldKind.YES_NO:
        return "是", "否"
    if spec.kind is FieldKind.CHOICE and spec.options:
        return tuple(option.label for option in option_list(spec.options).current())
    return ()


def _how(spec: FieldSpec) -> str:
    words = {
        FieldKind.DATE: "日期，如 2026-11-21 或 2026.11.21",
        FieldKind.COUNT: "整数",
        FieldKind.MONEY: "金额，单位元",
    }
    if _offered(spec):
        return "点格子右边的箭头选"
    return "。".join(filter(None, (words.get(spec.kind, ""), spec.help.rstrip("。"))))
