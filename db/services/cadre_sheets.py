"""The register of cadres as a workbook: written as a list to fill in, read back line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from db.domain.field_kinds import Cell, parse_value
from db.domain.records.pairing import CADRE
from db.domain.records.record_form import RecordContent, RecordKind, prepared_record
from db.errors import UserError
from db.exchange.register_sheet import read_register
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_report import ReportSheet, write_report
from db.services import cadres
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record, record_of
from db.store import record_store

SHEET = "帮扶干部"
_WIDTHS = {"name": 12, "unit": 28, "post": 18, "phone": 18, "is_leader": 14, "since": 14, "left_on": 14, "left_reason": 24}
_ALIASES = {
    "name": ("干部姓名", "帮扶干部", "帮扶干部姓名"),
    "unit": ("工作单位", "所在单位"),
    "post": ("职务职级",),
    "phone": ("电话", "手机号码", "手机", "联系方式"),
    "is_leader": ("领导干部",),
    "since": ("开始日期",),
    "left_on": (),
    "left_reason": (),
}
_HOUSEHOLDS = "结对户数"


def write_cadres(session: OfficeSession, path: Path, rows: Sequence[cadres.CadreRow]) -> None:
    """Write *rows* as a list; without any it is a blank one to fill in. It can be read back."""
    remember_output(session, path.parent)
    captions = (*(CADRE.by_key[key].label for key in _WIDTHS), _HOUSEHOLDS)
    sheet = ReportSheet(SHEET, captions, (*_WIDTHS.values(), 12))
    for row in rows:
        words = [CADRE.words(row.record.content, key) for key in _WIDTHS]
        sheet.rows.append([*("" if text == "--" else text for text in words), row.households])
    write_report(path, SHEET, [sheet])


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that was not taken, and why."""

    line: int
    name: str
    reason: str


@dataclass(slots=True)
class CadreImport:
    """What became of the lines of a list."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[LineFault] = field(default_factory=list)


def import_cadres(session: OfficeSession, path: Path, *, dry_run: bool = False) -> CadreImport:
    """Enter every good line of a list; a cadre known by name and unit is changed. *dry_run*: only say what would happen.

    Who is not in the list stays in the register; an empty cell leaves what is known.
    """
    captions = {key: (CADRE.by_key[key].label, *names) for key, names in _ALIASES.items()}
    lines = read_register(path, captions, ("name", "unit", "phone"), "cadre_sheet_captions")
    outcome = CadreImport()
    with session.database.writing() as connection, connection.begin_nested() as trial:
        for line in lines:
            _take(connection, session, line, outcome)
        if dry_run:
            trial.rollback()
    return outcome


def _take(connection: Connection, session: OfficeSession, line: SheetLine, outcome: CadreImport) -> None:
    name = line.text("name")
    given, fault = _values(line)
    if fault:
        outcome.faults.append(LineFault(line.number, name, fault))
        return
    known = _known(connection, session, given.text("name"), given.text("unit"))
    values = {**(known.content.values if known else {"is_leader": False}), **given.values}
    content = prepared_record(CADRE, RecordContent(values))
    if known and known.content.values == content.values:
        outcome.unchanged += 1
        return
    try:
        cadres.put_cadre(connection, session, content, known.record_id if known else "")
    except UserError as refused:
        told = refused.context.get("first")
        outcome.faults.append(LineFault(line.number, name, str(told) if told else refused.text()))
        return
    outcome.changed += known is not None
    outcome.added += known is None


def _values(line: SheetLine) -> tuple[RecordContent, str]:
    content = RecordContent()
    for key in _WIDTHS:
        cell: Cell = line.cells.get(key, "")
        spec = CADRE.by_key[key]
        parsed = parse_value(spec, cell)
        if parsed.code:
            return content, f"{spec.label}“{line.text(key)}”认不出来。"
        if parsed.value is not None:
            content.values[key] = parsed.value
    return content, ""


def _known(connection: Connection, session: OfficeSession, name: str, unit: str) -> Record | None:
    rows = map(record_of, record_store.office_records(connection, RecordKind.CADRE, session.office.id))
    return next((row for row in rows if (row.content.text("name"), row.content.text("unit")) == (name, unit)), None)
