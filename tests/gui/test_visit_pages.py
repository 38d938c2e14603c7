"""外出走访 in the window: take along, hand in, choose between two versions, and a laptop's first start."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household
from laptops import desk_and_laptop, edit, hand_in, take_along
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from test_exchange_page import SilentWindow

from db.services import archiving, conflicts, exchange, visits
from db.services.office import OfficeSession
from desktop import messages, theme
from desktop.archives.strips import ArchiveStrips
from desktop.background import Changes
from desktop.conflicts.conflict_view import ConflictView
from desktop.context import AppContext
from desktop.exchange.views import LATE_VIEWS
from desktop.preferences import Preferences
from desktop.start.first_start import FirstStart
from desktop.visits import take_along_dialog
from desktop.visits.take_along_dialog import TakeAlongDialog
from desktop.visits.visits_view import VisitsView


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    """A desk, its laptop and a stick."""
    with desk_and_laptop(tmp_path) as made:
        yield made


@pytest.fixture
def context_of(tmp_path: Path) -> Callable[[OfficeSession], AppContext]:
    """The surroundings of a page."""
    theme.apply_theme(QApplication.instance())
    return lambda session: AppContext(session, Changes(), SilentWindow(), Preferences(tmp_path / "preferences.json"))


def shown(qtbot: QtBot, widget: QWidget) -> None:
    """Put a widget on the screen at its usual size."""
    qtbot.addWidget(widget)
    widget.resize(1218, 680)
    widget.show()


def test_choose__nothing_beforehand_then_field_by_field(
    qtbot: QtBot, machines: tuple[OfficeSession, OfficeSession, Path], context_of: Callable[[OfficeSession], AppContext]
) -> None:
    """The act waits until every field is chosen; the choice is stored and the list is empty afterwards."""
    desk, laptop, stick = machines
    archive_id = file_household(desk, 1).id
    take_along(desk, laptop, stick, [archive_id])
    edit(laptop, archive_id, mobile_phone="13800000001", remarks="甲")
    edit(desk, archive_id, mobile_phone="13900000002", remarks="乙")
    hand_in(desk, laptop, stick)
    context = context_of(desk)
    strips = ArchiveStrips(context)
    qtbot.addWidget(strips)
    strips.show_archive(archive_id)
    assert "2 处" in strips.conflict.text() and strips.isVisibleTo(None)
    view = ConflictView(context)
    shown(qtbot, view)
    view.open_for(archive_id=archive_id)
    qtbot.waitUntil(lambda: len(view.rows.rows) == 1)
    assert view.chooser.choices() == {} and not view.settle_button.isEnabled()
    view.chooser.choose("mobile_phone", conflicts.THEIRS)
    assert not view.settle_button.isEnabled() and view.is_prepared()
    view.chooser.choose("remarks", conflicts.MINE)
    view.reason.setText("打电话问过")
    view.settle_button.click()
    qtbot.waitUntil(lambda: not conflicts.list_conflicts(desk))
    qtbot.waitUntil(lambda: not view.rows.rows)
    values = archiving.load_archive(desk, archive_id).content.values
    assert (values["mobile_phone"], values["remarks"]) == ("13800000001", "乙")
    strips.show_archive(archive_id)
    assert not strips.isVisibleTo(None)


def test_views__of_both_machines(
    qtbot: QtBot,
    machines: tuple[OfficeSession, OfficeSession, Path],
    context_of: Callable[[OfficeSession], AppContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The desk lists what is out, the laptop what it has and what it filed; handing in is one act."""
    desk, laptop, stick = machines
    archive_id = file_household(desk, 1).id
    take_along(desk, laptop, stick, [archive_id])
    new = file_household(laptop, 2)
    out = LATE_VIEWS["visits"](context_of(desk))
    assert isinstance(out, VisitsView)
    shown(qtbot, out)
    out.open_for()
    qtbot.waitUntil(lambda: [item.archive_id for item in out.rows.rows] == [archive_id])
    here = VisitsView(context_of(laptop))
    shown(qtbot, here)
    here.open_for()
    qtbot.waitUntil(lambda: [item.is_new for item in here.rows.rows] == [False, True])
    monkeypatch.setattr("desktop.files.ask_folder", lambda *_: stick)
    told: list[str] = []
    monkeypatch.setattr(take_along_dialog, "offer_folder", lambda _parent, sentence, _path: told.append(sentence))
    here.hand_in()
    qtbot.waitUntil(lambda: bool(told))
    assert "1 户" in told[0]
    (back,) = [path for path in stick.iterdir() if "带回包" in path.name]
    assert exchange.receive_bundle(desk, back).new_count == 1
    assert archiving.load_archive(desk, new.id).content == new.content


def test_take_along__refused_then_insisted_upon(
    qtbot: QtBot,
    machines: tuple[OfficeSession, OfficeSession, Path],
    context_of: Callable[[OfficeSession], AppContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is out already is said in the dialog, which then offers to take it along once more."""
    desk, laptop, stick = machines
    archive_id = file_household(desk, 1).id
    visits.check_out(desk, laptop.office.laptop_id, [archive_id], visits.WRITE, stick)
    asked: list[TakeAlongDialog] = []
    told: list[str] = []

    def answer(dialog: TakeAlongDialog) -> int:
        asked.append(dialog)
        dialog.target.set_folder(stick)
        dialog.again.setChecked(len(asked) > 1)
        return 1

    monkeypatch.setattr(TakeAlongDialog, "exec", answer)
    monkeypatch.setattr(take_along_dialog, "offer_folder", lambda _parent, sentence, _path: told.append(sentence))
    parent = QWidget()
    shown(qtbot, parent)
    take_along_dialog.take_along(context_of(desk), parent, [archive_id])
    qtbot.waitUntil(lambda: bool(told), timeout=8000)
    assert len(asked) == 2 and "还没有带回" in asked[1].problem.text()
    assert len([path for path in stick.iterdir() if "外出包" in path.name]) == 2


def test_take_along__without_a_laptop__says_how_to_get_one(
    qtbot: QtBot, office: OfficeSession, context_of: Callable[[OfficeSession], AppContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three steps lead there."""
    told: list[str] = []
    monkeypatch.setattr(messages, "inform", lambda _parent, sentence, *_: told.append(sentence))
    parent = QWidget()
    qtbot.addWidget(parent)
    take_along_dialog.take_along(context_of(office), parent, ["x"])
    assert told == [take_along_dialog.NO_LAPTOP]


def test_first_start__as_a_laptop(qtbot: QtBot, office: OfficeSession, tmp_path: Path) -> None:
    """The desk's card takes the place of the unit; the fingerprint must have been compared."""
    card = tmp_path / "desk.nuandang-card"
    exchange.write_card(office, card)
    page = FirstStart(tmp_path / "laptop")
    shown(qtbot, page)
    page.unit.use_card(card)
    page.next_button.click()
    assert "指纹" in page.problem.text() and page.step() == 0
    page.unit.laptop.compared.setChecked(True)
    page.unit.laptop.name.setText("外出电脑一")
    page.next_button.click()
    page.clerk.name.setText("李秀兰")
    page.clerk.passphrase.first.setText(PASSPHRASE)
    page.clerk.passphrase.second.setText(PASSPHRASE)
    page.next_button.click()
    page.next_button.click()
    qtbot.waitUntil(lambda: page.step() == 3, timeout=20000)
    finished: list[OfficeSession] = []
    page.finished.connect(finished.append)
    page.next_button.setEnabled(True)
    page.next_button.click()
    (session,) = finished
    assert session.office.is_laptop and session.office.exchange_name == "梅城镇总工会（外出电脑一）"
    assert [partner.relation for partner in exchange.list_partners(session)] == ["desk"]
    session.close()
