"""录入助手: one key after the other, nothing left in the clipboard, and the mark at the end."""

import pytest
from factories import file_household
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.services import archiving, national_entry
from db.services.archiving import Archive, NationalState
from db.services.office import OfficeSession
from desktop.national import private_clipboard
from desktop.national.entry_assistant import EntryAssistant
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.archive_list import ArchiveListPage
from desktop.workspace import Workspace


@pytest.fixture
def archive(session: OfficeSession) -> Archive:
    """A household without a landline, with a number of its own making."""
    return file_household(session, 1, other_contact=None, worker_number="T0001")


@pytest.fixture
def page(workspace: Workspace, archive: Archive) -> ArchiveDetailPage:
    """The archive with its assistant open."""
    workspace.open_archive(archive.id)
    shown = workspace.current_page()
    assert isinstance(shown, ArchiveDetailPage)
    shown.open_assistant()
    return shown


def opened(page: ArchiveDetailPage) -> EntryAssistant:
    """The assistant in front."""
    assert page.assistant is not None
    assert page.assistant.isVisible()
    return page.assistant


def clipboard() -> str:
    """What a paste would bring."""
    return QGuiApplication.clipboard().text()


def caption(assistant: EntryAssistant) -> str:
    """The field that comes next."""
    line = assistant.line()
    return line.caption if line else ""


def test_keys__copy_and_go_on(qtbot: QtBot, page: ArchiveDetailPage, archive: Archive) -> None:
    """Enter and F9 copy and go on, Backspace and ↑ go back, fields without an answer are passed over."""
    assistant = opened(page)
    assert assistant.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    qtbot.keyClick(assistant, Qt.Key.Key_Return)
    assert (clipboard(), caption(assistant)) == ("T0001", "困难类别")
    assistant.copy_and_go_on()
    assert caption(assistant) == "姓名"
    qtbot.keyClick(assistant, Qt.Key.Key_Return)
    assert clipboard() == archive.content.text("name")
    for key in (Qt.Key.Key_Backspace, Qt.Key.Key_Up):
        qtbot.keyClick(assistant, key)
    assert caption(assistant) == "困难类别"
    while caption(assistant) != "手机号码":
        qtbot.keyClick(assistant, Qt.Key.Key_Down)
    qtbot.keyClick(assistant, Qt.Key.Key_Return)
    assert clipboard() == archive.content.text("mobile_phone")
    assert caption(assistant) == "邮政编码"


def test_empty_field__takes_the_last_answer_away(qtbot: QtBot, page: ArchiveDetailPage) -> None:
    """Chosen by hand, a field without an answer never brings the answer before it."""
    assistant = opened(page)
    assistant.copy_and_go_on()
    row = next(at for at in range(assistant.rows.rowCount()) if not assistant._all[at].text)
    assistant._on_click(assistant.rows.index(row, 0))
    assistant.copy_and_go_on()
    assert clipboard() == ""


def test_clipboard__is_emptied(qtbot: QtBot, page: ArchiveDetailPage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, when the assistant closes, and never what somebody else put there."""
    monkeypatch.setattr(private_clipboard, "KEPT_MS", 60)
    page.open_assistant()
    assistant = opened(page)
    assistant.copy_and_go_on()
    assert clipboard() == "T0001"
    qtbot.waitUntil(lambda: clipboard() == "", timeout=2_000)
    monkeypatch.undo()
    page.open_assistant()
    opened(page).copy_and_go_on()
    opened(page).close()
    assert clipboard() == ""
    page.open_assistant()
    opened(page).copy_and_go_on()
    QGuiApplication.clipboard().setText("别的程序")
    opened(page).close()
    assert clipboard() == "别的程序"


def test_leaving__closes_it(qtbot: QtBot, workspace: Workspace, page: ArchiveDetailPage) -> None:
    """Another page or a lock takes the assistant away, and what it copied."""
    opened(page).copy_and_go_on()
    workspace.keep()  # as before a lock
    assert page.assistant is None
    page.open_assistant()
    opened(page).copy_and_go_on()
    workspace.show_page("home")
    assert page.assistant is None
    assert clipboard() == ""
    assert not any(isinstance(window, EntryAssistant) and window.isVisible() for window in QApplication.topLevelWidgets())


def test_end__marks_with_the_number(qtbot: QtBot, workspace: Workspace, page: ArchiveDetailPage, archive: Archive) -> None:
    """At the end the number is asked for; head, list and filter tell where the archive stands."""
    assistant = opened(page)
    while assistant.line() is not None:
        assistant.copy_and_go_on()
    assert clipboard() == archive.content.text("filed_on") or clipboard()
    assistant.number.setText("3408820001")
    assistant.finish.click()
    session = page.context.session
    assert page.assistant is None
    assert clipboard() == ""
    assert archiving.load_archive(session, archive.id).content.text("worker_number") == "3408820001"
    assert page._national.text() == "全国系统已录入"
    workspace.show_page("archives", national=NationalState.ENTERED)
    listed = workspace.current_page()
    assert isinstance(listed, ArchiveListPage)
    assert (listed.model.count, listed.model.national_state(archive.id)) == (1, NationalState.ENTERED)
    assert listed.filters.national.isVisible()


def test_changes__are_offered_alone(qtbot: QtBot, workspace: Workspace, session: OfficeSession, archive: Archive) -> None:
    """What changed since it was typed in comes first; everything is one click away."""
    national_entry.mark_entered(session, archive.id, 1)
    archive.content.values.update({"mobile_phone": "13800009876", "postal_code": None})
    gone = archive.content.members.pop()
    archiving.save_archive(session, archive.content, archive.id)
    mark = national_entry.mark_of(session, archive.id)
    assistant = EntryAssistant(session, archiving.load_archive(session, archive.id), mark)
    qtbot.addWidget(assistant)
    captions = [assistant._all[at].caption for at in assistant.places]
    assert captions == ["手机号码", "邮政编码"]
    assistant.copy_and_go_on()
    assert clipboard() == "13800009876"
    assert caption(assistant) == "邮政编码"
    assistant.copy_and_go_on()
    assert clipboard() == ""
    assert f"{gone['name']}已不在家庭成员里" in assistant._earlier.text()
    assistant.show_changes_only(False)
    assert assistant.rows.rowCount() > 50


def test_mark__is_taken_back(
    page: ArchiveDetailPage, session: OfficeSession, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark by mistake goes with one question; without a mark there is nothing to take back."""
    assert not opened(page).undo.isVisible()
    opened(page).mark()
    page.open_assistant()
    for answer, state in ((False, NationalState.ENTERED), (True, NationalState.NOT_ENTERED)):
        monkeypatch.setattr("desktop.messages.confirm", lambda *_given, answer=answer, **_named: answer)
        opened(page).undo.click()
        assert national_entry.states_of(session, [archive.id])[archive.id] is state
    assert page.assistant is None
    assert not page._national.isVisible()


def test_number_of_somebody_else__is_refused(
    qtbot: QtBot, page: ArchiveDetailPage, session: OfficeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence is shown, and the assistant stays."""
    file_household(session, 2, worker_number="3408820002")
    shown: list[str] = []
    monkeypatch.setattr("desktop.messages.show_error", lambda _parent, fault: shown.append(fault.text()))
    opened(page).number.setText("3408820002")
    opened(page).mark()
    assert len(shown) == 1
    assert "3408820002" in shown[0]
    assert opened(page).isVisible()
