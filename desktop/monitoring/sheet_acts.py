"""Filling in 附件1 of a household, and what follows from it: 返困 with one click, papers of several households."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

from PySide6.QtWidgets import QWidget

from db.domain.case_words import STANDING_LABELS
from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import NuandangError, Progress, UserError
from db.services import archiving, casework, monitoring
from db.services.former_archives import household_records
from db.services.records import Record
from desktop import background, files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.records.record_dialog import RecordDialog

HIDDEN = frozenset({"campaign_id", "campaign_title"})


def sheet_dialog(context: AppContext, parent: QWidget, archive_id: str, campaign_id: str) -> RecordDialog:
    """The dialog in which the sheet of a household is filled in, or changed where there is one; it stores itself."""
    session = context.session
    archive = archiving.load_archive(session, archive_id)
    held = monitoring.sheet_of(session, archive_id, campaign_id)
    content = RecordContent(dict(held.content.values)) if held else monitoring.new_sheet(session, archive_id, campaign_id)
    record_id, version = (held.record_id, held.id) if held else ("", "")

    def save(filled: RecordContent) -> None:
        monitoring.save_sheet(session, archive_id, filled, record_id, expected_version=version)

    name = archive.content.text("name") or archive.archive_number
    standing = STANDING_LABELS[casework.case_of(session, archive_id).state.standing]
    now = f"{name}　{archive.archive_number}　现在：{standing}。收入、支出和各项保障要入户核实后填。"
    hint = now + _last_time(context, archive_id, record_id)
    return RecordDialog(
        parent, context, MONITORING, content, "动态监测记录表（附件 1）", save, archive=archive, hidden=HIDDEN, hint=hint
    )


def _last_time(context: AppContext, archive_id: str, record_id: str) -> str:
    """What the sheet before said, to compare with; empty without one."""
    held = household_records(context.session, archive_id, RecordKind.MONITORING)
    before = next((item for item in reversed(held) if item.record_id != record_id), None)
    if before is None:
        return ""
    income = MONITORING.words(before.content, "net_income_per_head")
    advice = "建议返困" if before.content.values.get("relapse_advised") else "没有建议返困"
    return f"上次 {before.on_day} 监测：年人均纯收入 {income} 元，{advice}。"


def fill_sheet(context: AppContext, parent: QWidget, archive_id: str, campaign_id: str) -> bool:
    """Fill in the sheet of a household; whether it was stored. Where 返困 is advised, offers to begin it at once."""
    try:
        dialog = sheet_dialog(context, parent, archive_id, campaign_id)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return False
    if not dialog.exec():
        return False
    context.changes.archives_changed.emit({archive_id})
    sheet = monitoring.sheet_of(context.session, archive_id, campaign_id)
    if sheet is not None and not offer_again(context, parent, sheet):
        context.window.notify("记录表已保存。")
    return True


def offer_again(context: AppContext, parent: QWidget, sheet: Record) -> bool:
    """Ask whether 返困 is begun, where a sheet advises it and the household stands so; whether it was."""
    session = context.session
    view = casework.case_of(session, sheet.archive_id)
    if sheet.content.values.get("relapse_advised") is not True or monitoring.again_act(view) is None or not view.offers:
        return False
    words = MONITORING.words(sheet.content, "relapse_class")
    question = (
        f"“{sheet.content.text('name')}”建议返困（{words}）。现在就在原档案上办理返困？"
        "办理以后从收集申请材料开始，原来的档案和全部记录都连着。"
    )
    if not messages.confirm(parent, question, "办理返困", refuse="以后再说"):
        return False
    try:
        monitoring.open_again(session, sheet.record_id)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return False
    context.changes.archives_changed.emit({sheet.archive_id})
    context.window.notify("已办理返困，下一步：收集申请材料。")
    return True


def open_again_many(context: AppContext, parent: QWidget, archive_ids: Sequence[str], campaign_id: str) -> None:
    """返困 of every chosen household whose sheet advises it; the others are told with the reason."""
    session = context.session
    question = f"给勾选的 {len(archive_ids):,} 户办理返困？没有建议返困的、不在脱困库和渐退期的会跳过。"
    if not messages.confirm(parent, question, "办理返困"):
        return
    done, skipped = 0, []
    for archive_id in archive_ids:
        sheet = monitoring.sheet_of(session, archive_id, campaign_id)
        try:
            if sheet is None:
                raise UserError("monitoring_no_relapse")
            monitoring.open_again(session, sheet.record_id)
            done += 1
        except NuandangError as fault:
            skipped.append(f"{archiving.load_archive(session, archive_id).content.text('name')}：{fault.text()}")
    context.changes.archives_changed.emit(set(archive_ids))
    if skipped:
        messages.inform(parent, "\n".join([f"已办理 {done:,} 户，跳过 {len(skipped):,} 户：", *skipped[:12]]), "返困")
    else:
        context.window.notify(f"已办理返困 {done:,} 户，下一步：收集申请材料。")


# -- papers -------------------------------------------------------------------------------------------------------


def print_sheets(context: AppContext, parent: QWidget, archive_ids: Sequence[str], campaign_id: str) -> None:
    """附件1 of these households; of nobody the blank one."""
    session = context.session
    hint = f"{len(archive_ids):,} 户；还没有入户的只印姓名、证件号、住址等，带去填写" if archive_ids else "空白表，带去填写"

    def done(pdf: bytes) -> None:
        name = f"动态监测记录表-{session.today}.pdf"
        about = About(session, archive_ids)
        PrintDialog(parent, pdf, MONITORING.title, name, hint, private=bool(archive_ids), about=about).exec()

    def work(progress: Progress) -> bytes:
        pdf: bytes = papers().sheets_pdf(session, archive_ids, campaign_id, progress)
        return pdf

    background.run(parent, work, done, title="正在排版…")


def save_sheets(context: AppContext, parent: QWidget, archive_ids: Sequence[str], campaign_id: str) -> None:
    """The same as a workbook."""
    session = context.session
    path = files.ask_save(parent, "记录表存为 Excel", f"动态监测记录表-{session.today}.xlsx", "Excel (*.xlsx)")
    if path is not None:
        background.run(
            parent,
            lambda progress: papers().write_sheets(session, archive_ids, campaign_id, path, progress),
            partial(_told, parent, "记录表已保存，里面有身份证号，请妥善保管。", path),
            title="正在写 Excel…",
        )


def _told(parent: QWidget, words: str, path: Path, _none: object) -> None:
    offer_folder(parent, words, path)


def papers() -> ModuleType:
    """Imported late: drawing PDFs loads a lot."""
    from db.services import monitoring_papers

    return monitoring_papers
