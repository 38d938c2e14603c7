"""The register of enterprises that were surveyed (S000-06): how they fare, what their workers need, whom to file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.domain.form_schema import FieldKind
from db.domain.paper_layout import PaperLayout
from db.domain.papers.enterprise_paper import TITLE, enterprise_layout
from db.domain.records.monitoring import ENTERPRISE
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.exchange.workbook_report import ReportSheet, write_report
from db.printing.official_paper import papers_pdf
from db.services import archiving, records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import record_store

OFFICE_CAPTION = "调查单位"
WIDTHS = {
    "name": 28,
    "industry": 22,
    "contact": 12,
    "phone": 16,
    "surveyed_on": 12,
    "workers": 10,
    "operating_state": 36,
    "worker_income": 30,
    "worker_needs": 36,
    "has_households_to_file": 12,
    "households_to_file": 12,
    "note": 24,
}


@dataclass(frozen=True, slots=True)
class EnterpriseRow:
    """One enterprise of the register, and the office that surveyed it."""

    record: Record
    office_name: str
    is_own: bool

    @property
    def name(self) -> str:
        """Its name."""
        return self.record.content.text("name")

    def words(self, key: str) -> str:
        """An answer as people read it; empty for none."""
        content = self.record.content
        return ENTERPRISE.words(content, key) if content.values.get(key) is not None else ""


def list_enterprises(session: OfficeSession, text: str = "", *, to_file: bool = False) -> list[EnterpriseRow]:
    """Every enterprise known here, those of offices below too, the latest survey first.

    *text* narrows by name, industry or contact; *to_file*: only those with households to be filed.
    """
    names = archiving.office_names(session)
    rows = [
        EnterpriseRow(record, names.get(record.office_id, "其他单位"), record.office_id == session.office.id)
        for record in records.list_entries(session, RecordKind.ENTERPRISE, "")
    ]
    wanted = text.strip().lower()
    kept = [row for row in rows if not wanted or any(wanted in row.words(key).lower() for key in ("name", "industry", "contact"))]
    kept = [row for row in kept if not to_file or row.record.content.values.get("has_households_to_file") is True]
    kept.sort(key=lambda row: row.words("name"))  # those entered within the same moment keep one order
    return sorted(kept, key=lambda row: (row.record.on_day, row.record.made_at), reverse=True)


def save_enterprise(session: OfficeSession, content: RecordContent, record_id: str = "") -> Record:
    """Enter an enterprise, or what a later survey found; this office has each name once."""
    with session.database.writing() as connection:
        name = content.text("name").strip()
        own = record_store.office_records(connection, RecordKind.ENTERPRISE, session.office.id)
        if any(row["record_id"] != record_id and row["content"]["values"].get("name") == name for row in own):
            raise UserError("enterprise_known", name=name)
        return records.put_entry(connection, session, RecordKind.ENTERPRISE, content, record_id)


def remove_enterprise(session: OfficeSession, record_id: str) -> None:
    """Take an enterprise out of the register."""
    records.remove_entry(session, record_id)


def _layouts(session: OfficeSession, rows: Sequence[EnterpriseRow]) -> list[PaperLayout]:
    if not rows:
        return [enterprise_layout(None, session.office.name)]
    return [enterprise_layout(row.record.content, row.office_name) for row in rows]


def enterprises_pdf(session: OfficeSession, rows: Sequence[EnterpriseRow] = ()) -> bytes:
    """The survey sheets of these enterprises, a page each; without any the blank one."""
    return papers_pdf(TITLE, _layouts(session, rows))


def write_register(session: OfficeSession, path: Path, rows: Sequence[EnterpriseRow]) -> None:
    """The register as a workbook, a line for each enterprise."""
    remember_output(session, path.parent)
    captions = (OFFICE_CAPTION, *(ENTERPRISE.by_key[key].label for key in WIDTHS))
    sheet = ReportSheet("企业调查", captions, (24, *WIDTHS.values()))
    sheet.rows = [[row.office_name, *(_entry(row, key) for key in WIDTHS)] for row in rows]
    write_report(path, "企业调查登记", [sheet])


def _entry(row: EnterpriseRow, key: str) -> str | int:
    value = row.record.content.values.get(key)
    is_number = ENTERPRISE.by_key[key].kind is FieldKind.COUNT and isinstance(value, int)
    return value if is_number and isinstance(value, int) else row.words(key)
