"""Texts beside those that come with the program: an office reads its own from a file, and has those sent down from above.

Whoever reads a file in is told in plain words which line is wrong. What came from above and cannot be read is left out.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from db.domain.field_kinds import printable
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.records.report_text import LONGEST
from db.domain.reports.text_drafts import TextKind
from db.domain.reports.text_file import TextFileError, read_text_kind, text_figures, text_kinds
from db.errors import UserError
from db.services import records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import bundle_store, record_store
from db.store.file_faults import read_at_most
from db.store.partial_files import written_whole

_LARGEST = 4 * LONGEST
"""Bytes of the longest file: no character takes more than four."""


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that does not come with the program."""

    record: Record
    kind: TextKind
    is_own: bool
    """Read in here; else it came from the office above."""


def known_texts(session: OfficeSession) -> dict[str, TextKind]:
    """Every text there is, by id: the program's, then the office's own and those from above."""
    return {**text_kinds(), **{key: item.kind for key, item in own_texts(session).items()}}


def own_texts(session: OfficeSession) -> dict[str, OwnText]:
    """Those that do not come with the program, by id; of two with the same id the office's own counts."""
    with session.database.reading() as connection:
        found = [item for item in _entries(connection, session) if item.content.text("text_id") not in text_kinds()]
    texts: dict[str, OwnText] = {}
    for item in sorted(found, key=lambda entry: (entry.office_id == session.office.id, entry.made_at)):
        with suppress(TextFileError):
            kind = read_text_kind(item.content.text("layout"), text_figures())
            texts[kind.id] = OwnText(item, kind, item.office_id == session.office.id)
    return texts


def _entries(connection: Connection, session: OfficeSession) -> list[Record]:
    """What stands in the register; what offices below have drafted for themselves is theirs."""
    below = set(bundle_store.offices_below(connection, session.office.id))
    rows = record_store.office_records(connection, RecordKind.REPORT_TEXT)
    return [records.record_of(row) for row in rows if row["office_id"] not in below]


def take_text(session: OfficeSession, path: Path) -> TextKind:
    """Read a text from a file into the register, or its next version; UserError says what is wrong with it, and in which line."""
    data = read_at_most(path, _LARGEST + 1)
    if len(data) > _LARGEST:
        raise UserError("report_text_long", name=path.name, limit=LONGEST)
    try:
        text = printable(data.decode("utf-8-sig")).strip()
    except UnicodeDecodeError as fault:
        raise UserError("report_text_wrong", name=path.name, first="文件不是 UTF-8 编码的文字，请用记事本另存为 UTF-8") from fault
    if len(text) > LONGEST:
        raise UserError("report_text_long", name=path.name, limit=LONGEST)
    try:
        kind = read_text_kind(text, text_figures())
    except TextFileError as fault:
        raise UserError("report_text_wrong", name=path.name, first=str(fault)) from fault
    if kind.id in text_kinds():
        raise UserError("report_text_taken", id=kind.id)
    known = own_texts(session).get(kind.id)
    values = {"text_id": kind.id, "title": kind.name, "taken_on": session.today, "layout": text}
    record_id = known.record.record_id if known and known.is_own else ""
    records.save_entry(session, RecordKind.REPORT_TEXT, RecordContent({**values}), record_id)
    return kind


def remove_text(session: OfficeSession, text_id: str) -> None:
    """Take an own text off the list."""
    known = own_texts(session).get(text_id)
    if known is None:
        raise UserError("text_unknown", text=text_id, known="、".join(own_texts(session)) or "（没有）")
    if not known.is_own:
        raise UserError("report_text_not_ours", title=known.kind.name)
    records.remove_entry(session, known.record.record_id)


def write_text_kind(session: OfficeSession, text_id: str, path: Path) -> None:
    """Write the file of a text, to be changed and read in as another one."""
    found = known_texts(session)
    if text_id not in found:
        raise UserError("text_unknown", text=text_id, known="、".join(found))
    remember_output(session, path.parent)
    with written_whole(path) as out:
        out.write(found[text_id].text.encode("utf-8"))
