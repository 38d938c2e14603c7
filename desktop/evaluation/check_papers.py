"""The papers of an evaluation at the window: check sheets, the workbook to fill in, the list that was drawn from."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from PySide6.QtWidgets import QWidget

from db.services import evaluation
from db.services.evaluation import Evaluation, SampledRow
from db.services.office import OfficeSession
from desktop import background, files
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog

_EXCEL = "Excel (*.xlsx)"
_NAMED = 3
"""Missing papers that are told by name at the head of a check."""


def papers() -> ModuleType:
    """Imported late: drawing PDFs loads a lot."""
    from db.services import evaluation_sheets

    return evaluation_sheets


def about(session: OfficeSession, row: SampledRow) -> str:
    """Whom a check is of and what the records say, to be held against what was found."""
    told = evaluation.recorded(session, [row])[row.archive_id]
    parts = [f"{row.code}　{row.name}　{row.archive_number}　{row.standing_words}。"]
    recorded = []
    if row.group == "on_file":
        recorded.append(f"结对干部 {told.cadres}" if told.cadres else "没有结对")
        recorded.append(f"措施计划 {told.planned} 项、完成 {told.done} 项" if told.planned else "没有措施")
    recorded.append(f"得到{told.aided}" if told.aided else "没有发放过帮扶")
    if row.group != "not_on_file":
        recorded.append(_lacking(told.missing.split("、")) if told.missing else "材料齐全")
    return f"{parts[0]}档案记载：{'；'.join(recorded)}。"


def _lacking(names: Sequence[str]) -> str:
    """What is missing, in one line: all of it stands on the sheet."""
    return f"缺{'、'.join(names[:_NAMED])}" + (f"等 {len(names)} 种材料" if len(names) > _NAMED else "")


def print_sheets(
    context: AppContext, parent: QWidget, item: Evaluation, archive_ids: Sequence[str], *, masked: bool = False
) -> None:
    """The check sheets of these households, of none ticked of all."""
    session, number = context.session, len(archive_ids) or item.size
    hint = f"{number:,} 户，" + ("姓名只写姓，没有住址、电话和档案记载" if masked else "已登记的印出结果，没有登记的留空手填")

    def done(pdf: bytes) -> None:
        name = f"评估核查表{'（对外）' if masked else ''}-{session.today}.pdf"
        listed = archive_ids or [row.archive_id for row in evaluation.sampled_rows(session, item.id)]
        PrintDialog(parent, pdf, "评估入户核查表", name, hint, private=not masked, about=About(session, listed)).exec()

    def work(_progress: object) -> bytes:
        pdf: bytes = papers().check_sheets_pdf(session, item.id, archive_ids, masked=masked)
        return pdf

    background.run(parent, work, done, title="正在排版…")


def save_sheets(context: AppContext, parent: QWidget, item: Evaluation, *, masked: bool = False) -> None:
    """The whole sample as a workbook to fill in."""
    session = context.session
    kind = "（对外）" if masked else ""
    path = files.ask_save(parent, "核查表存为 Excel", f"评估核查表{kind}-{session.today}.xlsx", _EXCEL)
    told = "核查表已保存，可以交给评估机构填写。" if masked else "核查表已保存，里面有姓名、住址和电话，请妥善保管。"
    if path is not None:
        _write(parent, lambda: papers().write_checks(session, item.id, path, masked=masked), told, path)


def save_frame(context: AppContext, parent: QWidget, item: Evaluation) -> None:
    """The list that was drawn from."""
    session = context.session
    path = files.ask_save(parent, "抽样名单存为 Excel", f"抽样名单-{session.today}.xlsx", _EXCEL)
    if path is not None:
        _write(parent, lambda: papers().write_frame(session, item.id, path), "抽样名单已保存，只有档案编号，没有姓名。", path)


def save_result(context: AppContext, parent: QWidget, item: Evaluation) -> None:
    """The rates as a workbook."""
    session = context.session
    path = files.ask_save(parent, "评估结果存为 Excel", f"评估结果-{session.today}.xlsx", _EXCEL)
    if path is not None:
        _write(parent, lambda: papers().write_result(session, item.id, path), "评估结果已保存。", path)


def _write(parent: QWidget, write: Callable[[], object], told: str, path: Path) -> None:
    background.run(parent, lambda _progress: write(), lambda _none: offer_folder(parent, told, path), title="正在写 Excel…")
