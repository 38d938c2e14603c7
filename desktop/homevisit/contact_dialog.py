"""A call, a message or a talk at the office, noted in a minute: the short form of the visit's record."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from db.domain.form_schema import Value
from db.domain.records.home_visit import CALL, HOME_VISIT, NINE_ITEMS
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, home_visits, records
from db.services.records import Record
from desktop.context import AppContext
from desktop.records.record_dialog import RecordDialog

_NOT_ASKED = frozenset(
    {*(key for key, _ in NINE_ITEMS), "incomes", "four_clear", "photos", "signature", "signed_by", "signed_at", "place"}
)
_NEVER_ASKED = frozenset({"signed_print"}
)
HINT = "电话、微信、来访这样的联系记在这里；上门走访请用“开始走访”。"


def note_contact(
    context: AppContext, parent: QWidget, archive_id: str, values: Mapping[str, Value] | None = None
) -> bool:
    """Ask for a contact with a household and store it; whether it was stored. *values* are filled in beforehand."""
    session = context.session
    given: dict[str, Value] = {
        "method": CALL,
        "purpose": "contact",
        "visited_on": session.today,
        "visitors": home_visits.company(session),
        **(values or {}),
    }
    return _ask(context, parent, archive_id, RecordContent(given), None)


def change_contact(context: AppContext, parent: QWidget, stored: Record) -> bool:
    """Change a stored contact; whether it was."""
    return _ask(context, parent, stored.archive_id, stored.content, stored)


def _ask(
    context: AppContext, parent: QWidget, archive_id: str, content: RecordContent, stored: Record | None
) -> bool:
    archive = archiving.load_archive(context.session, archive_id)
    filled = {key for key in _NOT_ASKED if content.values.get(key) or content.rows.get(key)}

    def save(ready: RecordContent) -> Record:
        record_id, version = (stored.record_id, stored.id) if stored else ("", "")
        return records.save_record(
            context.session, archive_id, RecordKind.HOME_VISIT, ready, record_id, expected_version=version
        )

    title = f"{'改' if stored else '记'}一次联系：{archive.content.text('name') or '未填姓名'}"
    dialog = RecordDialog(
        parent, context, HOME_VISIT, content, title, save, archive=archive, hidden=(_NOT_ASKED - filled) | _NEVER_ASKED, hint=HINT
    )
    if not dialog.exec():
        return False
    context.changes.archives_changed.emit({archive_id})
    context.window.notify("已记下这次联系。")
    return True
