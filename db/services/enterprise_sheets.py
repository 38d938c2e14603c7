"""The survey of enterprises read from a list: what an enterprise sent in, or what was noted on the way, line by line."""

from pathlib import Path

from sqlalchemy import Connection

from db.domain.records.monitoring import ENTERPRISE
from db.domain.records.record_form import RecordContent, RecordKind
from db.exchange.review_sheet import SheetLine
from db.services import enterprises, records
from db.services.office import OfficeSession
from db.services.records import Record
from db.services.register_sheets import RegisterImport, RegisterSheet, import_register

_OFFICE = "office"


def _refuse(session: OfficeSession, given: RecordContent, before: Record | None, line: SheetLine) -> str:
    """Lines of another office are that one's, and an older survey does not replace a newer one."""
    office = line.text(_OFFICE)
    if office and office != session.office.name:
        return f"是“{office}”调查的，由那个单位登记。"
    day = given.text("surveyed_on")
    if before is not None and day and before.on_day > day:
        return f"登记里有 {before.on_day} 的调查，比这一行新。"
    return ""


def _put(connection: Connection, session: OfficeSession, content: RecordContent, record_id: str) -> Record:
    return records.put_entry(connection, session, RecordKind.ENTERPRISE, content, record_id)


SHEET = RegisterSheet(
    form=ENTERPRISE,
    title="企业调查",
    widths=enterprises.WIDTHS,
    aliases={
        "name": ("单位名称", "企业", "公司名称"),
        "industry": ("行业",),
        "contact": ("负责人", "企业联系人"),
        "phone": ("电话", "联系方式", "手机"),
        "surveyed_on": ("走访日期", "日期"),
        "workers": ("职工数", "职工人数（人）", "人数"),
        "operating_state": ("经营状况", "生产经营情况"),
        "worker_income": ("职工收入情况", "收入情况"),
        "worker_needs": ("需求", "职工诉求"),
        "has_households_to_file": ("是否有需要建档的困难家庭", "有无需建档家庭"),
        "households_to_file": ("建档户数", "需建档户数"),
    },
    wanted=("name", "industry", "operating_state"),
    unknown_code="enterprise_sheet_captions",
    known_by=("name",),
    put=_put,
    refuse=_refuse,
    more={_OFFICE: (enterprises.OFFICE_CAPTION,)},
)


def import_enterprises(session: OfficeSession, path: Path, *, dry_run: bool = False) -> RegisterImport:
    """Enter every good line; an enterprise known by its name gets what the later survey found."""
    return import_register(session, SHEET, path, dry_run=dry_run)
