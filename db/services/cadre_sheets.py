"""The register of cadres as a workbook: written as a list to fill in, read back line by line."""

from collections.abc import Sequence
from pathlib import Path

from db.domain.records.pairing import CADRE
from db.exchange.workbook_report import ReportSheet, write_report
from db.services import cadres
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.register_sheets import RegisterImport, RegisterSheet, import_register

TITLE = "帮扶干部"
SHEET = RegisterSheet(
    form=CADRE,
    title=TITLE,
    widths={"name": 12, "unit": 28, "post": 18, "phone": 18, "is_leader": 14, "since": 14, "left_on": 14, "left_reason": 24},
    aliases={
        "name": ("干部姓名", "帮扶干部", "帮扶干部姓名"),
        "unit": ("工作单位", "所在单位"),
        "post": ("职务职级",),
        "phone": ("电话", "手机号码", "手机", "联系方式"),
        "is_leader": ("领导干部",),
        "since": ("开始日期",),
    },
    wanted=("name", "unit", "phone"),
    unknown_code="cadre_sheet_captions",
    known_by=("name", "unit"),
    put=cadres.put_cadre,
    defaults={"is_leader": False},
)
_HOUSEHOLDS = "结对户数"


def write_cadres(session: OfficeSession, path: Path, rows: Sequence[cadres.CadreRow]) -> None:
    """Write *rows* as a list; it can be read back."""
    remember_output(session, path.parent)
    sheet = ReportSheet(TITLE, (*SHEET.captions, _HOUSEHOLDS), (*SHEET.widths.values(), 12))
    for row in rows:
        words = [CADRE.words(row.record.content, key) for key in SHEET.widths]
        sheet.rows.append([*("" if text == "--" else text for text in words), row.households])
    write_report(path, TITLE, [sheet])


def import_cadres(session: OfficeSession, path: Path, *, dry_run: bool = False) -> RegisterImport:
    """Enter every good line of a list; a cadre known by name and unit is changed. *dry_run*: only say what would happen."""
    return import_register(session, SHEET, path, dry_run=dry_run)
