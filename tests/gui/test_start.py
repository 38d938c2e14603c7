"""Before the work: first start to the first board, the recovery code as the way back, a backup restored."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.domain.derivation import new_content
from db.services import archiving, backups
from db.services import office as offices
from desktop import messages, theme
from desktop.main_window import MainWindow
from desktop.preferences import Preferences
from desktop.start.first_start import FirstStart
from desktop.start.recovery import RecoveryPage
from desktop.start.recovery_code import RECOVERY_CONFIRMED
from desktop.start.restore import RestorePage
from desktop.start.sign_in import SignInPage

PASSPHRASE = "qianshan-2026"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The program's window with nothing open."""
    theme.apply_theme(QApplication.instance())
    made = MainWindow(Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    yield made
    made.close()


@pytest.fixture
def office(tmp_path: Path) -> tuple[Path, str]:
    """An office with one archive, closed; its folder and recovery code."""
    session, code = offices.create_office(
        tmp_path / "office",
        name="梅城镇总工会",
        level="township",
        region_code="340882100",
        clerk_name="陈志强",
        passphrase=PASSPHRASE,
        light=True,
    )
    content = new_content(session.circumstances)
    content.values["name"] = "张小明"
    archiving.save_archive(session, content)
    session.close()
    return tmp_path / "office", code


def wait_for_work(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the workspace is there."""
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=20_000)


def test_first_start__to_the_board(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    """Four steps: nothing goes on with a gap, and the work begins only once the code was typed from paper."""
    window.start(tmp_path / "new")
    page = window.shown_page()
    assert isinstance(page, FirstStart)
    page.next_button.click()
    assert "行政区划" in page.problem.text() and page.step() == 0
    page.unit.region.set_code("340882100")
    page.unit.name.setText("梅城镇总工会")
    assert page.unit.parent_name.text() == "潜山市总工会"
    page.next_button.click()
    page.clerk.name.setText("陈志强")
    page.clerk.passphrase.first.setText(PASSPHRASE)
    page.clerk.passphrase.second.setText(PASSPHRASE + "x")
    page.next_button.click()
    assert page.step() == 1, "two different passphrases went through"
    page.clerk.passphrase.second.setText(PASSPHRASE)
    page.next_button.click()
    page.next_button.click()
    qtbot.waitUntil(lambda: page.step() == 3, timeout=20_000)
    assert not page.next_button.isEnabled()
    page.code_panel.answer.setText(page.code_panel.groups()[page.code_panel.asked_group()].lower())
    page.next_button.click()
    wait_for_work(qtbot, window)
    assert window.session is not None
    assert offices.get_setting(window.session, RECOVERY_CONFIRMED)
    assert [slot.name for slot in offices.clerk_slots(tmp_path / "new")] == ["陈志强"]


def test_recovery_code__gives_a_new_passphrase(qtbot: QtBot, window: MainWindow, office: tuple[Path, str]) -> None:
    """Who forgot the passphrase comes in with the printed code and the new passphrase holds."""
    folder, code = office
    window.open_folder(folder)
    window.show_recovery()
    page = window.shown_page()
    assert isinstance(page, RecoveryPage)
    page.code.setText(code.lower().replace("-", " "))
    page.new.first.setText("meihua-kuhan-2027")
    page.new.second.setText("meihua-kuhan-2027")
    page.enter_button.click()
    wait_for_work(qtbot, window)
    window.lock()
    offices.open_office(folder, "meihua-kuhan-2027").close()


def test_restore__brings_back_the_office(qtbot: QtBot, window: MainWindow, office: tuple[Path, str]) -> None:
    """What was added after the backup is gone, what was in it is there; the passphrase of that time is asked."""
    folder, _ = office
    session = offices.open_office(folder, PASSPHRASE)
    backup = backups.back_up(session)
    content = new_content(session.circumstances)
    content.values["name"] = "李桂兰"
    archiving.save_archive(session, content)
    window.enter_unlocked(session)
    window.show_restore(backup.path)
    page = window.shown_page()
    assert isinstance(page, RestorePage)
    page.secret.setText("something else")
    page.start_button.click()
    qtbot.waitUntil(page.problem.isVisible, timeout=20_000)
    assert "不对" in page.problem.text()
    page.secret.setText(PASSPHRASE)
    page.start_button.click()
    qtbot.waitUntil(lambda: isinstance(window.shown_page(), SignInPage), timeout=20_000)
    sign_in = window.shown_page()
    assert isinstance(sign_in, SignInPage)
    sign_in.passphrase.setText(PASSPHRASE)
    sign_in.enter_button.click()
    wait_for_work(qtbot, window)
    assert window.session is not None
    rows = archiving.list_archives(window.session, archiving.ArchiveQuery())
    assert [row.values["name"] for row in rows] == ["张小明"]


def test_bug_report__holds_places_but_no_values() -> None:
    """A report may leave the machine: it names files and lines, never what an exception says."""
    try:
        raise ValueError("340882197405061224 李桂兰")
    except ValueError as exc:
        number, report = messages.bug_report(exc)
    assert number in report and "ValueError" in report and "test_start.py" in report
    assert "李桂兰" not in report and "3408" not in report
