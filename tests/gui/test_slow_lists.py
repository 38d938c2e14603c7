"""A list that takes long is read beside the window; a posted list of an office below is looked at, not changed."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from aid_money import in_2022
from factories import photo
from neighbours import carry, town_and_county
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from db.domain.records.record_form import RecordContent
from db.services import aid_services, student_notices
from db.services.office import OfficeSession
from desktop import background
from desktop.pages.aid_services import AidServicesPage
from desktop.students.notice_dialog import NoticesDialog
from desktop.students.notice_photos import NoticePhotos
from desktop.workspace import Workspace


def test_list__is_shown_when_it_is_read(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page opens without its rows, says so, and leaves out what was asked for before."""
    in_2022(session)
    may_go_on = Event()
    plain = aid_services.list_services

    def slow(office: OfficeSession, year: int) -> list[aid_services.ServiceRow]:
        may_go_on.wait(5)
        return plain(office, year)

    monkeypatch.setattr(background, "PATIENCE_MS", 1)
    monkeypatch.setattr(aid_services, "list_services", slow)
    workspace.show_page("aid_services", pile="all")
    page = workspace.findChild(AidServicesPage)
    assert page is not None

    def said() -> str:
        return "\n".join(part.text() for part in page.findChildren(QLabel) if part.isVisible())

    assert "正在读取…" in said() and "还没有记过服务" not in said()
    may_go_on.set()
    qtbot.waitUntil(lambda: "还没有记过服务" in said(), timeout=5_000)
    assert "正在读取…" not in said()


def test_notices__of_an_office_below_are_read_with_their_photos(
    workspace: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    """The county sees whose list it is and its photos; the result stays with the township."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        values = {
            "year": 2022,
            "starts_on": "2022-06-20",
            "ends_on": "2022-06-27",
            "place": "公示栏",
            "phone": "1",
            "students": 2,
        }
        made = student_notices.save_notice(town, RecordContent({**values}))
        for name in ("一.jpg", "二.jpg"):
            student_notices.add_photo(town, made.record_id, name, photo(60, 40))
        carry(town, county, stick)
        dialog = NoticesDialog(None, replace(workspace.context, session=county), 2022)
        qtbot.addWidget(dialog)
        assert [row.office_name for row in dialog.model.rows] == [town.office.name]
        assert dialog.photos.isEnabled() and not dialog.outcome.isEnabled() and not dialog.photo.isEnabled()
        row = dialog.current()
        assert row is not None
        photos = NoticePhotos(None, county, row)
        qtbot.addWidget(photos)
        assert photos.removing.isHidden() and photos.after.isEnabled() and not photos.before.isEnabled()
        photos.turn(1)
        assert not photos.after.isEnabled() and photos.before.isEnabled()
        background.wait_until_idle()
