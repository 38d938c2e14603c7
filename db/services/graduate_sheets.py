"""附件2 filled in elsewhere, read back into the register: line by line, what cannot be taken with its reason.

A graduate is known by the ID number. Who is not on record yet is put there if a household of this office has them among
its members; an empty cell leaves what is known.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain import employment, id_number
from db.domain.field_kinds import Cell, parse_value
from db.domain.option_lists import option_list
from db.domain.papers.graduate_papers import GRADUATE_COLUMNS, graduate_row
from db.domain.records.graduates import GRADUATE
from db.domain.records.record_form import RecordContent, RecordKind, prepared_record, read_record
from db.errors import UserError, sentence
from db.exchange.register_sheet import read_register
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_report import ReportSheet, write_report
from db.services import aid, records
from db.services.graduates import begun_from_member, put_graduate
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.register_sheets import REASON, LineFault, RegisterImport, cell_fault
from db.store import graduate_store

TITLE = "附件 2"
_KEYS = ("name", "id_number", "employed", "unemployed", "unwilling", "origin", "graduation_year", "school", "education", "major",
         "skill_level", "school_place", "wish_place", "wish_post", "wish_salary", "phone", "responsible_unit", "responsible",
         "service_content", "service_result")  # fmt: skip
"""What the 20 columns hold, in their order."""
_STATUS = ("employed", "unemployed", "unwilling")
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "id_number": ("身份证号码", "公民身份号码"),
    "skill_level": ("专业技能等级", "技能等级"),
    "wish_place": ("就业意向-地点", "意向地点"),
    "wish_post": ("就业意向-岗位", "意向岗位"),
    "wish_salary": ("就业意向-薪资期待", "期望薪资"),
    "phone": ("联系电话", "手机号码"),
    "employed": ("已就业", "就业或升学"),
}
_WANTED = ("name", "id_number", "school")
_LONGEST_NUMBER = 20
_YEAR = re.compile(r"((?:19|20)\d\d)(?:[年届级./-].*)?")
_NOT_TICKED = frozenset({"", "否", "无", "×", "x", "X", "0", "-", "--"})
_FULL_WIDTH = {ord(full): str(at) for at, full in enumerate("０１２３４５６７８９")}
_WIDTHS = tuple(int(column.width) for column in GRADUATE_COLUMNS)


def import_graduates(session: OfficeSession, path: Path, *, dry_run: bool = False) -> RegisterImport:
    """Enter every good line; *dry_run*: only say what would happen."""
    captions = {key: (column.head, *_ALIASES.get(key, ())) for key, column in zip(_KEYS, GRADUATE_COLUMNS, strict=True)}
    lines = read_register(path, captions, _WANTED, "graduate_sheet_captions")
    outcome = RegisterImport()
    with session.database.writing() as connection, connection.begin_nested() as trial:
        target = _Register(connection, session)
        for line in lines:
            _take(target, line, outcome)
        if dry_run:
            trial.rollback()
    return outcome


def write_faults(session: OfficeSession, faults: Sequence[LineFault], path: Path) -> None:
    """The lines that were not taken, with the 20 columns and the reason, to be put right and read again."""
    remember_output(session, path.parent)
    captions = tuple(column.head for column in GRADUATE_COLUMNS)
    told = ReportSheet(TITLE, (*captions, REASON, "原表行号"), (*_WIDTHS, 48, 10))
    told.rows = [[*(item.cells.get(key, "") for key in _KEYS), item.reason, item.line] for item in faults]
    write_report(path, TITLE, [told])


class _Register:
    """The register as it stands, read once: who is on record, and which numbers the list had so far."""

    def __init__(self, connection: Connection, session: OfficeSession) -> None:
        self.connection, self.session = connection, session
        self.seen: set[str] = set()
        self.known = {}
        put_right = graduate_store.numbers_now(connection)
        for row in graduate_store.graduates(connection):
            content = read_record(json.loads(row["content"]))
            for number in filter(None, (put_right.get(row["record_id"]), content.text("id_number"))):
                self.known[number] = (row["record_id"], row["archive_id"], content)


def _take(register: _Register, line: SheetLine, outcome: RegisterImport) -> None:
    try:
        made = _entered(register, line)
    except UserError as refused:
        told = refused.context.get("first")
        cells = {key: line.text(key) for key in _KEYS}
        outcome.faults.append(LineFault(line.number, line.text("name"), str(told) if told else refused.text(), cells))
        return
    outcome.unchanged += made == ""
    outcome.added += made == "added"
    outcome.changed += made == "changed"


def _entered(register: _Register, line: SheetLine) -> str:
    """Enter a line: ``added``, ``changed``, or empty where it says nothing new; UserError where it cannot be."""
    if line.fault:
        raise UserError("graduate_line", what=line.fault.removesuffix("。"))
    number = str(_value("id_number", line) or "")
    if not number:
        raise UserError("graduate_line", what="没有身份证号")
    wrong = id_number.fault(number)
    if wrong:
        said = sentence(wrong, {"length": len(number), "text": number[6:14]}).removesuffix("。")
        raise UserError("graduate_line", what=f"身份证号“{number[:_LONGEST_NUMBER]}”不对：{said}")
    if number in register.seen:
        raise UserError("graduate_line", what="同一个身份证号在表里出现了两次，这一行没有导入")
    made = _stored(register, line, number)
    register.seen.add(number)  # only now: a line that was not taken does not stand in the way of a right one
    return made


def _stored(register: _Register, line: SheetLine, number: str) -> str:
    if number not in register.known:
        return _added(register.connection, register.session, line, number)
    record_id, archive_id, before = register.known[number]
    _refuse_other_name(line, before.text("name"), "登记")
    values = _values(line, before)
    content = prepared_record(GRADUATE, RecordContent({**before.values, **values}, before.rows))
    _refuse_other_status(content, line)
    if content.values == before.values:
        return ""
    connection, session = register.connection, register.session
    stored = own_archive(connection, session, archive_id)
    put_graduate(connection, session, stored, content, record_id)
    return "changed"


def _added(connection: Connection, session: OfficeSession, line: SheetLine, number: str) -> str:
    member = _member(connection, session, number)
    _refuse_other_name(line, member["name"] or "", "档案")
    stored = own_archive(connection, session, member["archive_id"])
    begun = begun_from_member(session, stored.content, member["member_id"])
    begun.values.pop("employment_status", None)
    values = _values(line, None)
    status = values.get("employment_status")
    if status is None:
        raise UserError("graduate_line", what="“已就业或升学”“未就业”“无就业意愿”里要勾一项")
    values["wants_help"] = status == employment.UNEMPLOYED
    records.put_record(connection, session, stored, RecordKind.GRADUATE, RecordContent({**begun.values, **values}))
    return "added"


def _refuse_other_name(line: SheetLine, known: str, where: str) -> None:
    name = _value("name", line)
    if name and known and name != known:
        raise UserError("graduate_line", what=f"{where}里这个身份证号的姓名是“{known}”，请核对")


def _member(connection: Connection, session: OfficeSession, number: str) -> dict[str, Any]:
    """The one household member of this office with the number; UserError says why there is none."""
    found = graduate_store.members_by_number(connection, number)
    own = [row for row in found if row["office_id"] == session.office.id]
    if not found:
        raise UserError("graduate_line", what="没有哪一户的家庭成员是这个身份证号，请先在档案里登记")
    if not own:
        office = aid.granting_offices(session).get(found[0]["office_id"], "别的单位")
        raise UserError("graduate_line", what=f"在{office}管理的档案里，请由它登记")
    if len(own) > 1:
        told = "、".join(row["archive_number"] for row in own)
        raise UserError("graduate_line", what=f"几份档案里都有这个人（{told}），请先查重")
    return own[0]


# -- cells --------------------------------------------------------------------------------------------------------


def _values(line: SheetLine, before: RecordContent | None) -> dict[str, Any]:
    """What the line says anew; what it repeats of the printed register is left as it is known."""
    printed = dict(zip(_KEYS, graduate_row(before), strict=True)) if before else {}
    found: dict[str, Any] = {}
    status = _status(line)
    if status:
        found["employment_status"] = status
    for key in _KEYS:
        if key in _STATUS or not line.text(key) or (before and line.text(key) == printed.get(key)):
            continue
        found[key] = _value(key, line)
    return found


def _value(key: str, line: SheetLine) -> Any:
    spec = GRADUATE.by_key[key]
    cell: Cell = line.cells.get(key, "")
    if key == "graduation_year":
        told = _YEAR.fullmatch(line.text(key).translate(_FULL_WIDTH))
        cell = int(told.group(1)) if told else cell
    parsed = parse_value(spec, cell)
    if parsed.code:
        raise UserError("graduate_line", what=cell_fault(spec, parsed).removesuffix("。"))
    return parsed.value


def _status(line: SheetLine) -> str:
    ticked = [key for key in _STATUS if line.text(key) not in _NOT_TICKED]
    if len(ticked) > 1:
        raise UserError("graduate_line", what="就业状态只能勾一项")
    return ticked[0] if ticked else ""


def _refuse_other_status(content: RecordContent, line: SheetLine) -> None:
    """Dated steps decide the status: a tick that says otherwise is asked about, not taken in silence."""
    ticked = _status(line)
    if ticked and ticked != content.text("employment_status"):
        known = option_list("employment_status").label(content.text("employment_status"))
        raise UserError("graduate_line", what=f"照求职进展现在是“{known}”，和勾的不一样，请在登记里记一条进展")
