"""The means worksheet as a clerk fills it in: keys alone, paste, undo, drafts, refusals that say where."""


import pytest
from factories import file_household
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from db.domain.means_flow import SectionState
from db.domain.means_form import WORKER
from db.services import archiving, means, means_drafts
from db.services.archiving import Archive
from db.services.office import OfficeSession
from desktop import messages
from desktop.means.form_figures import TakeOverDialog
from desktop.means.ledger_pane import LedgerPane
from desktop.means.worksheet import Worksheet
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.workspace import Workspace


@pytest.fixture
def archive(session: OfficeSession) -> Archive:
    return file_household(session, members=1)


def sheet_of(workspace: Workspace, archive: Archive, qtbot: QtBot) -> Worksheet:
    workspace.show_page("archive", archive_id=archive.id, tab="means")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    sheet = page.worksheet()
    qtbot.waitUntil(sheet.isVisible)
    return sheet


def pane_of(sheet: Worksheet, key: str) -> LedgerPane:
    sheet.go_to(key)
    pane = sheet._pane(key)
    assert isinstance(pane, LedgerPane)
    return pane


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_text(qtbot: QtBot, text: str) -> None:
    """Type as a keyboard or, for characters, an input method does."""
    line = focused()
    assert isinstance(line, QLineEdit)
    if text.isascii():
        qtbot.keyClicks(line, text)
    else:
        line.insert(text)
        line.textEdited.emit(line.text())


def test_keys__a_ledger_is_filled_without_the_mouse(workspace: Workspace, archive: Archive, qtbot: QtBot) -> None:
    """Enter begins the first line, walks the cells, begins the next line; Enter on an empty line ends the ledger."""
    sheet = sheet_of(workspace, archive, qtbot)
    pane = pane_of(sheet, "incomes")
    assert focused() is pane.empty.first
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focused().accessibleName() == "谁")
    for text in ("本人", "gz", "30000", "", "3,000.5", "", ""):
        type_text(qtbot, text)
        qtbot.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focused().accessibleName() == "谁")
    row = {key: value for key, value in sheet.flow.rows("incomes")[0].items() if key != "id"}
    assert row == {"person": WORKER, "kind": "wage", "amount": 3_000_000, "social_insurance": 300_050}
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    assert len(sheet.flow.rows("incomes")) == 1
    assert sheet.sections.buttons["expenses"].isChecked(), "the ledger is done, the next one follows"
    qtbot.keyClick(focused(), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert sheet.flow.state("expenses") is SectionState.NONE


def test_rows__pasted_removed_and_brought_back(workspace: Workspace, archive: Archive, qtbot: QtBot) -> None:
    """Lines of a spreadsheet become rows; Delete takes one out, Ctrl+Z brings it back."""
    sheet = sheet_of(workspace, archive, qtbot)
    pane = pane_of(sheet, "expenses")
    name = archive.content.text("name")
    QGuiApplication.clipboard().setText(f"患病\t{name}\t2025-3-1\t1,200.00\t200\n住房\t\t\t300\t\n")
    pane.table.paste()
    assert [row["total"] for row in sheet.flow.rows("expenses")] == [120_000, 30_000]
    assert "自付合计 1,300.00 元" in [each.text() for each in pane.findChildren(QLabel)]
    pane.table.setCurrentIndex(pane.table.ledger.index(0, 0))
    qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
    assert [row["kind"] for row in sheet.flow.rows("expenses")] == ["housing"]
    qtbot.keyClick(pane.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [row["kind"] for row in sheet.flow.rows("expenses")] == ["illness", "housing"]


def test_draft__what_is_half_typed_survives_leaving(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot
) -> None:
    """Leaving the page in the middle of a cell keeps the text, also one that cannot be read, in another window."""
    sheet = sheet_of(workspace, archive, qtbot)
    pane = pane_of(sheet, "incomes")
    pane.table.add_row()
    qtbot.waitUntil(lambda: focused().accessibleName() == "谁")
    pane.table.begin(0, "amount")
    type_text(qtbot, "三万")
    workspace.show_page("home")
    year = sheet.keeper.year
    draft = means_drafts.load_means_draft(session, archive.id, year)
    assert draft is not None and list(draft.raw.values()) == ["三万"]
    assert means.load_means(session, archive.id, year) is None
    again = sheet_of(workspace, archive, qtbot)
    assert again.save() is False, "it says which cell cannot stay"
    assert again.sections.buttons["incomes"].isChecked()
    assert "全年收入第 1 行" in again.flow.faults()[0].where


def test_save__stores_a_version_and_the_form_takes_its_figures_with_a_reason(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+S makes version 1; the strip names old and new, and one act writes them into the archive."""
    sheet = sheet_of(workspace, archive, qtbot)
    pane = pane_of(sheet, "incomes")
    QGuiApplication.clipboard().setText("本人\t工资\t36000\t0\t3600\n")
    pane.table.paste()
    qtbot.keyClick(pane.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    stored = means.load_means(session, archive.id, sheet.keeper.year)
    assert stored is not None and stored.revision == 1
    assert means_drafts.load_means_draft(session, archive.id, sheet.keeper.year) is None
    assert "annual_household_income" in [figure.place for figure in sheet.figures.figures]

    def agree(dialog: TakeOverDialog) -> int:
        dialog.reason.setText("收入核对")
        return int(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(TakeOverDialog, "exec", agree)
    sheet.figures.ask()
    assert archiving.load_archive(session, archive.id).content.values["annual_household_income"] == 3_240_000
    assert sheet.figures.isHidden(), "the form now says what the worksheet says"


def test_years__last_years_figures_with_one_key(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+Shift+Y copies the year before; an empty year needs no question, a filled one asks."""
    year = means.previous_year(session)
    content = means.new_means(session, archive, year - 1)
    content.rows["homes"] = [{"id": "home-1", "ownership": "own", "area": 6000}]
    means.save_means(session, archive.id, content)
    sheet = sheet_of(workspace, archive, qtbot)
    assert sheet.keeper.year == year and "homes" not in sheet.flow.content.rows
    qtbot.keyClick(sheet, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert sheet.flow.rows("homes")[0]["area"] == 6000
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_named: False)
    sheet.flow.rows("homes")[0]["area"] = 1
    sheet.copy_last_year()
    assert sheet.flow.rows("homes")[0]["area"] == 1


def test_versions__an_earlier_one_is_read_and_taken_up(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot
) -> None:
    """What was saved stays: an earlier version is shown without a cursor in it, and can be gone on with."""
    year = means.previous_year(session)
    content = means.new_means(session, archive, year)
    content.rows["assets"] = [{"id": "asset-1", "kind": "savings", "amount": 100}]
    means.save_means(session, archive.id, content)
    content.rows["assets"] = [{"id": "asset-1", "kind": "savings", "amount": 900}]
    means.save_means(session, archive.id, content)
    sheet = sheet_of(workspace, archive, qtbot)
    pane = pane_of(sheet, "assets")
    first = sheet.keeper.versions()[-1]
    sheet.look_at(first)
    assert pane.table.ledger.index(0, 2).data() == "1.00" and sheet.viewing.isVisible()
    assert not pane.table.ledger.is_open(pane.table.ledger.index(0, 2)) and not sheet.save()
    sheet.viewing.left.emit()
    assert pane.table.ledger.index(0, 2).data() == "9.00"
    sheet.look_at(first)
    sheet.viewing.take_wanted.emit(first)
    assert sheet.save()
    stored = means.load_means(session, archive.id, year)
    assert stored is not None and (stored.revision, stored.content.rows["assets"][0]["amount"]) == (3, 100)
