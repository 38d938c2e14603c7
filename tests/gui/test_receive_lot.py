"""A whole stick in the window: looked at, received, the result, and the last package taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, make_office
from neighbours import acquaint, town_and_county
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from db.services import archiving, exchange
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession
from desktop import background, messages, theme
from desktop.background import Changes
from desktop.context import AppContext
from desktop.exchange import report_view
from desktop.exchange.lot_view import LotView
from desktop.exchange.overview import bundle_state
from desktop.exchange.report_view import ReportView
from desktop.exchange.undo_dialog import UndoDialog
from desktop.pages.exchange import ExchangePage
from desktop.preferences import Preferences


class SilentWindow:
    """The window around the page; it takes everything and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_arguments, **_named: None


def make_page(qtbot: QtBot, session: OfficeSession, folder: Path) -> ExchangePage:
    """The page of an office, at the size it has in a small window."""
    theme.apply_theme(QApplication.instance())
    page = ExchangePage(AppContext(session, Changes(), SilentWindow(), Preferences(folder / "preferences.json")))
    qtbot.addWidget(page)
    page.resize(1218, 680)
    page.show()
    page.open()
    return page


def press(root: QWidget, text: str) -> None:
    """Click the one button in sight that begins with *text*."""
    (found,) = (made for made in root.findChildren(QPushButton) if made.isVisible() and made.text().startswith(text))
    assert found.isEnabled()
    found.click()


def settle(qtbot: QtBot) -> None:
    """Wait for the running service and what it shows."""
    qtbot.waitUntil(lambda: not background.is_busy(), timeout=20_000)
    qtbot.wait(30)


def test_stick__looked_at_received_and_undone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two townships' packages and a torn file in one folder, by drag and drop and by the buttons a clerk presses."""
    told: list[str] = []
    monkeypatch.setattr(messages, "inform", lambda _parent, sentence, *_rest: told.append(sentence))
    monkeypatch.setattr(report_view, "offer_folder", lambda *_arguments: None)
    with town_and_county(tmp_path) as (town, county, stick):
        other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
        acquaint(other, county, tmp_path)
        for seed in (1, 2):
            file_household(town, seed)
            exchange.export_bundle(town, None, stick)
        file_household(other, 3)
        exchange.export_bundle(other, None, stick)
        (stick / "坏的.nuandang").write_bytes(b"PK")
        page = make_page(qtbot, county, tmp_path)

        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile(str(stick))])
        at, button = QPointF(300, 300), Qt.MouseButton.LeftButton
        page.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, files, button, Qt.KeyboardModifier.NoModifier))
        settle(qtbot)
        lot: Any = page.late("lot")
        assert isinstance(lot, LotView) and lot.isVisible()
        assert [row.caption.strip() for row in lot.rows.rows] == [
            "梅城镇总工会　2 包", "第 1 包", "第 2 包", "黄铺镇总工会　第 1 包", "坏的.nuandang",
        ]  # fmt: skip
        assert [group.count for group in lot.board.groups.rows] == [1, 0, 0, 0, 0]
        assert archiving.count_archives(county, ArchiveQuery()) == 0
        page.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, files, button, Qt.KeyboardModifier.NoModifier))
        assert "先处理完眼前的数据包" in told.pop()

        press(lot, "全部接收（3 包）")
        settle(qtbot)
        report: Any = page.late("report")
        assert isinstance(report, ReportView) and report.isVisible()
        assert [(row.sender_name, row.new) for row in report.totals.rows] == [("梅城镇总工会", 2), ("黄铺镇总工会", 1)]
        assert archiving.count_archives(county, ArchiveQuery()) == 3
        report.write_workbook(tmp_path / "结果.xlsx")
        settle(qtbot)
        assert CalamineWorkbook.from_path(tmp_path / "结果.xlsx").sheet_names[0] == "汇总"

        shown: list[int] = []
        monkeypatch.setattr(UndoDialog, "exec", lambda dialog: shown.append(len(dialog.items.rows)) or True)
        press(report, "撤销上一次接收")
        settle(qtbot)
        settle(qtbot)
        assert shown == [1] and "已撤销接收 黄铺镇总工会 第 1 包" in told.pop()
        assert archiving.count_archives(county, ArchiveQuery()) == 2
        page.open()
        settle(qtbot)
        assert "已撤销" in {bundle_state(row)[0] for row in page.overview.records.rows}
        other.close()
