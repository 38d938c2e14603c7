"""Noting help that is no money, from wherever a household is in hand: a new service, or what became of one."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from db.domain.records.aid_service import AID_SERVICE, HOUSEHOLD
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import CONTINUES, RecordContent, RecordKind
from db.errors import NuandangError
from db.services import aid_services, archiving
from db.services.former_archives import content_here
from desktop import messages
from desktop.context import AppContext
from desktop.records.reason_dialog import ask_reason
from desktop.records.record_dialog import RecordDialog

LINKS = frozenset({"measure_id", "application_id", CONTINUES, HOUSEHOLD})
"""Ids of what a service belongs to: kept, never shown."""
_OF_ONE = frozenset({"person", "papers"})
_BESIDE = "这份档案由别的单位管理：本单位办的服务记在本单位名下，随下发带给管理单位，由本单位记结果。"
_MISTAKEN = "只有登记错的才删除；内容有变的请打开修改。各版本和理由仍留在变更记录里。"


def note_service(parent: QWidget, context: AppContext, ids: Sequence[str], content: RecordContent) -> bool:
    """Note a service for one household, or the same for several; whether it was stored."""
    try:
        aid_services.refuse_unless_possible(context.session, ids)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return False
    one = archiving.load_archive(context.session, ids[0]) if len(ids) == 1 else None
    title = f"记服务：{one.content.text('name')}" if one else f"记服务：{len(ids):,} 户"
    is_beside = one is not None and one.office_id != context.session.office.id
    hint = _BESIDE if is_beside else "" if one else "每一户都记上同样的服务，如政策宣讲、集体参加互助保障。"

    def save(given: RecordContent) -> object:
        if one is not None:
            return aid_services.save_service(context.session, one.id, given)
        return aid_services.save_for_many(context.session, ids, given)

    hidden = LINKS | {"papers"} if is_beside else LINKS if one else LINKS | _OF_ONE
    made = RecordDialog(parent, context, AID_SERVICE, content, title, save, archive=one, hidden=hidden, hint=hint)
    return _told(context, ids, made.exec(), "已记下服务。")


def open_service(parent: QWidget, context: AppContext, record_id: str, archive_id: str = "") -> bool:
    """Change a service, or note its answer; whether it was stored. *archive_id*: in which archive it goes on, else its own."""
    try:
        found = aid_services.load_service(context.session, record_id)
        archive = archiving.load_archive(context.session, archive_id or found.archive_id)
        is_beside = found.kind is RecordKind.OFFICE_SERVICE
        content = found.content if is_beside else content_here(context.session, archive.id, found)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return False

    def save(given: RecordContent) -> object:
        return aid_services.save_service(context.session, archive.id, given, record_id, expected_version=found.id)

    title, hint = f"帮扶服务：{archive.content.text('name')}", _BESIDE if is_beside else ""
    form = FORMS[found.kind]
    dialog = RecordDialog(parent, context, form, content, title, save, archive=archive, hidden=LINKS, hint=hint)
    return _told(context, [archive.id], dialog.exec(), "已保存。")


def remove_service(parent: QWidget, context: AppContext, record_id: str, archive_id: str) -> bool:
    """Take out one that was entered by mistake."""
    reason = ask_reason(parent, "删除帮扶服务", _MISTAKEN, "删除")
    if not reason:
        return False
    try:
        aid_services.remove_service(context.session, record_id, reason)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return False
    return _told(context, [archive_id], 1, "已删除。")


def _told(context: AppContext, ids: Sequence[str], is_stored: int, words: str) -> bool:
    if is_stored:
        context.window.notify(words)
        context.changes.archives_changed.emit(set(ids))
    return bool(is_stored)


