"""The archive list and page: select-all means every filtered row, rows come as they are looked at, history restores."""


import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.services import archiving, demo
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession
from desktop import messages
from desktop.archives.filter_bar import FilterBar
from desktop.archives.list_model import COLUMNS
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.archive_list import ArchiveListPage
from desktop.widgets.paged_model import PAGE_ROWS
from desktop.workspace import Workspace

HOUSEHOLDS = 250


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office with more archives than one page of the list."""
    demo.fill_office(office, HOUSEHOLDS, seed=3)
    return office


def test_list__select_all_ticks_every_filtered_row_not_the_page(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot
) -> None:
    """Ctrl+A takes the rows no one scrolled to, and none that the filter leaves out."""
    workspace.show_page("archives")
    page = workspace.current_page()
    assert isinstance(page, ArchiveListPage)
    page.filters.choose(category="relative_hardship")
    wanted = archiving.archive_ids(session, ArchiveQuery(hardship_category="relative_hardship"))
    assert 0 < len(wanted) < HOUSEHOLDS
    qtbot.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.model.ticked_ids() == wanted
    page.filters.clear()
    assert page.model.ticked == set()


def test_filters__stand_still_when_one_is_set(qtbot: QtBot) -> None:
    """清除筛选 comes into a place that was kept free: no filter moves under the mouse."""
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.resize(1100, 40)
    bar.show()
    before = [(child.x(), child.width()) for child in (bar.text, bar.category, bar.complete)]
    bar.choose(complete=False)
    qtbot.wait(20)
    assert bar.is_set()
    assert [(child.x(), child.width()) for child in (bar.text, bar.category, bar.complete)] == before


def test_list__rows_out_of_sight_are_fetched_when_looked_at(workspace: Workspace, qtbot: QtBot) -> None:
    """Only the first page is read at once; the last row appears after scrolling there, its number masked."""
    workspace.show_page("archives")
    page = workspace.current_page()
    assert isinstance(page, ArchiveListPage)
    last = page.model.count - 1
    assert last == HOUSEHOLDS - 1 > PAGE_ROWS
    cell = page.model.index(last, COLUMNS.index("id_number"))
    assert cell.data() is None
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: cell.data() is not None, timeout=5_000)
    assert "**********" in cell.data()


def test_history__older_version_comes_back_as_a_new_one(
    workspace: Workspace, session: OfficeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is shown in the form's captions, and undoing it keeps both."""
    archive_id = archiving.archive_ids(session, ArchiveQuery())[0]
    content = archiving.load_archive(session, archive_id).content
    former = content.values["home_address"]
    content.values["home_address"] = "梅城镇舒州大道118号6栋302室"
    archiving.save_archive(session, content, archive_id)
    workspace.open_archive(archive_id)
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    page.tabs.setCurrentWidget(page.history)
    newest = page.history.cards()[0].entry
    assert [(change.label, change.new_text) for change in newest.changes] == [
        ("家庭住址", "梅城镇舒州大道118号6栋302室")
    ]
    monkeypatch.setattr(messages, "confirm", lambda *arguments, **options: True)
    page.history.restore_wanted.emit(1)
    restored = archiving.load_archive(session, archive_id)
    assert (restored.revision, restored.content.values["home_address"]) == (3, former)
    assert [card.entry.revision for card in page.history.cards()] == [3, 2, 1]
