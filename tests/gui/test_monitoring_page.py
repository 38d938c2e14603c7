"""监测 in the window: a list is fixed, a sheet is filled in, 返困 follows with one click, figures are counted."""

from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from case_steps import on_day
from factories import file_household
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from db.domain.case_words import Act, Track
from db.domain.form_flow import Place
from db.domain.records.monitoring import ENTERPRISE
from db.domain.records.record_form import RecordContent
from db.printing import monitoring_sheet
from db.printing.pdf_kit import Drawing, PdfWriter
from db.services import casework, enterprises, monitoring, printing
from db.services.office import OfficeSession
from desktop import files, messages
from desktop.monitoring import sheet_acts
from desktop.monitoring.campaign_strip import CampaignStrip
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.monitoring import MonitoringPage
from desktop.pages.monitoring_board import MonitoringBoardPage
from desktop.records import register_import
from desktop.records.record_dialog import RecordDialog
from desktop.records.register_import import RegisterImportDialog
from desktop.widgets.pdf_pages import Fit, PdfPages
from desktop.workspace import Workspace

ANSWERS = {
    "reporter_phone": "0971-0000000", "checkers": "陈志强、吴秀英", "covered_by_civil_affairs": False, "annual_income": 3_600_000,
    "annual_rigid_expense": 3_000_000, "work_secured": True, "medical_secured": False, "school_secured": True,
    "social_secured": True, "housing_secured": True, "result_stable": False, "relapse_advised": True,
    "relapse_causes": ["major_illness"],
}  # fmt: skip


@pytest.fixture
def campaign_id(session: OfficeSession) -> str:
    """A campaign about those who left, not opened yet; two have."""
    on_day(session, "2022-06-20")
    for seed in (1, 2):
        archive = file_household(session, seed, worker_number=f"T{seed:04d}")
        told = {"exited_on": "2020-12-18", "exit_reason": "cured"}
        casework.take_step(session, archive.id, Act.NOTE_EXITED, told)
    values = {"title": "回头看", "begins_on": "2022-06-16", "due_on": "2022-09-10", "population": ["exited"]}
    return monitoring.save_campaign(session, RecordContent(values)).record_id


def test_room__from_the_list_to_a_relapse(
    workspace: Workspace, campaign_id: str, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fix the list, fill in a sheet – the class is asked for –, open the household again, read the totals."""
    workspace.show_page("monitoring")
    page = workspace.current_page()
    assert isinstance(page, MonitoringPage) and page.model.count == 0
    page.strip.opening.click()
    assert page.model.count == 2
    row = page.model.row(0)
    assert row is not None
    dialogs: list[RecordDialog] = []

    def fill(dialog: RecordDialog) -> int:
        dialogs.append(dialog)
        for key, value in ANSWERS.items():
            dialog.flow.enter_value(Place(key), value)
        dialog.store()
        assert not dialog.result()
        told = [item.place.field for item in dialog.flow.findings()]
        assert told == ["relapse_class"], told
        dialog.flow.enter_value(Place("relapse_class"), "relative")
        dialog.store()
        return dialog.result()

    asked: list[str] = []
    monkeypatch.setattr(sheet_acts.RecordDialog, "exec", fill)
    monkeypatch.setattr(messages, "confirm", lambda _parent, question, *_words, **_more: asked.append(question) or True)
    page.fill_current()
    assert len(dialogs) == 1 and "相对困难职工" in asked[0]
    assert casework.case_of(session, row.archive_id).state.track is Track.READMIT
    qtbot.waitUntil(lambda: page.states.button("to_do").text() == "待入户 1")
    strips: list[CampaignStrip] = list(page.findChildren(CampaignStrip))
    assert strips[0].bar.value() == 1
    again = sheet_acts.sheet_dialog(workspace.context, page, row.archive_id, "")
    assert "上次 2022-06-20 监测：年人均纯收入 2,000.00 元，建议返困。" in again.hint.text()
    page.show_board()
    board = workspace.current_page()
    assert isinstance(board, MonitoringBoardPage)
    names = lambda: [card.accessibleName().split()[1:2] for card in board.stats.values()]  # noqa: E731 - asked until it holds
    qtbot.waitUntil(lambda: names() == [["2"], ["1"], ["1"], ["1"]])
    workspace.show_page("archive", archive_id=row.archive_id, tab="case")
    archive = workspace.current_page()
    assert isinstance(archive, ArchiveDetailPage)
    words = [part.text() for part in archive.casework().sheets.findChildren(QLabel)]
    assert "回头看：建议返困（相对困难职工）" in words
    workspace.show_page("monitoring_board", campaign_id=campaign_id)
    board.stats["relapse"].activated.emit()
    assert workspace.current_page() is page and page.pile() == "relapse" and page.model.count == 1


def test_landscape__is_shown_and_printed_as_it_lies(qtbot: QtBot, tmp_path: Path) -> None:
    """附件1 lies on its long side: in the preview it fits the width, on paper each page lies as in the file."""
    out = BytesIO()
    writer = PdfWriter(out, title="")
    upright = Drawing()
    upright.text(100, 100, "直", 20)
    for page in (monitoring_sheet.sheet_pages(None)[0], upright):
        writer.add_page(page)
    writer.close()
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    files.paint_pdf(printer, out.getvalue())
    printed = (tmp_path / "printed.pdf").read_bytes()
    lying = [width > height for width, height in (printing.page_size(printed, number) for number in range(2))]
    assert lying == [True, False]
    view = PdfPages()
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show_pdf(out.getvalue())
    view.set_fit(Fit.PAGE)
    sheet = view._page_size()
    assert abs(sheet.width() / sheet.height() - 297 / 210) < 0.01


def test_enterprises__read_from_a_list(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a list would bring is shown first; refused it brings nothing, accepted its good lines; the bad ones can be saved."""
    book = xlsxwriter.Workbook(tmp_path / "来表.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [ENTERPRISE.by_key[key].label for key in enterprises.WIDTHS])
    sheet.write_row(1, 0, ["迎宾旅馆", "住宿和餐饮业", "", "", "2026-11-12", 26, "停业三个月", "少一半", "缓缴社保", "否"])
    sheet.write_row(2, 0, ["天柱茶厂", "种茶的", "", "", "2026-11-12", 26, "正常", "照发", "没有", "否"])
    book.close()
    workspace.show_page("enterprises")
    page = workspace.current_page()
    assert isinstance(page, EnterprisesPage)
    answers, told = [False, True], list[tuple[str, list[str]]]()

    def answer(dialog: RegisterImportDialog) -> bool:
        told.append((dialog.hint.text(), [fault.name for fault in dialog.trial.faults]))
        dialog.save_faults()
        return answers.pop(0)

    monkeypatch.setattr(RegisterImportDialog, "exec", answer)
    monkeypatch.setattr(files, "ask_open", lambda *_: tmp_path / "来表.xlsx")
    monkeypatch.setattr(files, "ask_save", lambda *_: tmp_path / "有问题.xlsx")
    monkeypatch.setattr(register_import, "offer_folder", lambda *_: None)
    page.bring_in()
    qtbot.waitUntil(lambda: len(told) == 1, timeout=10_000)
    assert enterprises.list_enterprises(session) == [] and (tmp_path / "有问题.xlsx").is_file()
    page.bring_in()
    qtbot.waitUntil(lambda: page.model.count == 1, timeout=10_000)
    assert told == [("新登记 1 家，修改 0 家，不变 0 家。", ["天柱茶厂"])] * 2
