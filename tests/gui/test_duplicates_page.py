"""The page 查重: one key per answer, the next pair comes forward, what was typed beside a pair is kept."""

import pytest
from factories import citizen_number, file_household
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.services import duplicates
from db.services.duplicates import PairState
from db.services.office import OfficeSession
from desktop import background, messages
from desktop.moves.merge_dialog import MergeDialog
from desktop.pages.duplicates import DuplicatesPage
from desktop.workspace import Workspace

NAMES = ("张小明", "李桂兰", "王秀英")


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """Three people filed twice."""
    for number, name in enumerate(NAMES):
        for again in range(2):
            values = {"name": name, "id_number": citizen_number(f"3408821975031235{number}")}
            file_household(office, f"{number} {again}", 0, **values)
    return office


@pytest.fixture
def page(workspace: Workspace, qtbot: QtBot) -> DuplicatesPage:
    """The page after a search."""
    workspace.show_page("duplicates")
    made = workspace.current_page()
    assert isinstance(made, DuplicatesPage)
    made.search_button.click()
    qtbot.waitUntil(lambda: made.model.count == len(NAMES), timeout=10_000)
    background.wait_until_idle()
    return made


def tally(session: OfficeSession) -> tuple[int, ...]:
    counts = duplicates.count_pairs(session)
    return tuple(counts.of(state) for state in PairState)


def test_keys__answer_and_go_on(page: DuplicatesPage, session: OfficeSession, qtbot: QtBot) -> None:
    """1 and 2 take the pair off the list, 3 leaves it and shows the next; the clerk's hand stays on the list."""
    seen = [page.view.pair.key] if page.view.pair else []
    qtbot.keyClick(page.table, Qt.Key.Key_3)
    assert page.view.pair is not None
    assert page.view.pair.key not in seen
    page.table.selectRow(0)
    for key, wanted in ((Qt.Key.Key_1, (2, 1, 0, 0)), (Qt.Key.Key_2, (1, 1, 1, 0))):
        qtbot.keyClick(page.table, key)
        assert tally(session) == wanted
        assert page.table.hasFocus()
    assert page.states.button(PairState.SAME_PERSON).text() == "待合并 1"


def test_note__digits_are_typed_and_kept(page: DuplicatesPage, session: OfficeSession, qtbot: QtBot) -> None:
    """In the note a 1 is a 1; what was typed is there again after looking at another pair."""
    held = page.view.pair
    assert held is not None
    page.view.note.setFocus()
    qtbot.keyClicks(page.view.note, "12")
    assert tally(session) == (3, 0, 0, 0)
    page.table.selectRow(2)
    assert page.view.note.text() == ""
    page.table.selectRow(0)
    assert (page.view.pair and page.view.pair.key, page.view.note.text()) == (held.key, "12")


def test_pair__opens_either_archive_and_comes_back(page: DuplicatesPage, workspace: Workspace) -> None:
    """The other archive is one click away, and so is the way back to the same pile."""
    held = page.view.pair
    assert held is not None
    page.view.archive_wanted.emit(held.second.archive_id)
    assert workspace.place()[1]["archive_id"] == held.second.archive_id
    workspace.go_back()
    assert workspace.current_page() is page
    assert page.model.count == len(NAMES)


def test_merge__by_key_and_back(page: DuplicatesPage, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair of one person is merged with what is proposed, stands among the merged, and comes apart again."""
    qtbot.keyClick(page.table, Qt.Key.Key_1)
    page.states.button(PairState.SAME_PERSON).click()
    monkeypatch.setattr(MergeDialog, "exec", lambda dialog: dialog._merge())
    qtbot.keyClick(page.table, Qt.Key.Key_4)
    assert tally(session) == (2, 0, 0, 1)
    page.states.button(PairState.MERGED).click()
    assert not page.view.acts[PairState.OPEN].isVisible()
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_kwargs: True)
    qtbot.keyClick(page.table, Qt.Key.Key_4)
    assert tally(session) == (2, 1, 0, 0)
