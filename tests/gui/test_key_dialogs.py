"""Lost keys in the window: an office is trusted no more, enrolled anew; the own keys are renewed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from neighbours import town_and_county
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from db.services import exchange
from db.services.exchange import Drive
from db.services.office import OfficeSession
from desktop import background
from desktop.exchange import ejecting, key_dialogs
from desktop.exchange.key_dialogs import NumberDialog, PartnerDialog, RenewDialog, RenewedDialog, RevokeDialog
from desktop.exchange.result_view import ResultView

Pair = tuple[OfficeSession, OfficeSession]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A township and its county."""
    with town_and_county(tmp_path) as (town, county, _):
        moments = iter(range(10_000))
        for session in (town, county):
            session.clock = lambda: datetime.now().astimezone() + timedelta(minutes=next(moments))
        yield town, county


def context_of(session: OfficeSession) -> Any:
    """What the dialogs need of the window."""
    told: list[str] = []
    return SimpleNamespace(
        session=session,
        changes=background.Changes(),
        window=SimpleNamespace(notify=lambda text, tone="done": told.append(text)),
        told=told,
    )


def texts_of(widget: QWidget) -> str:
    """Every text shown in it."""
    return "\n".join(part.text() for kind in (QLabel, QPushButton) for part in widget.findChildren(kind))


def settle(qtbot: QtBot) -> None:
    """Let the background work end and report."""
    qtbot.waitUntil(lambda: not background.is_busy(), timeout=10_000)
    qtbot.wait(20)


def test_revoke__only_with_reason_and_agreement(qtbot: QtBot, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The button opens when both are there; then the keys are not trusted any more, and the dialog says so."""
    _, county = pair
    (partner,) = exchange.list_partners(county)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = RevokeDialog(parent, partner)
    qtbot.addWidget(dialog)
    assert not dialog.go.isEnabled()
    dialog.agree()
    assert dialog.go.isEnabled()
    dialog.picker.choice.setCurrentText("其他原因")
    assert not dialog.go.isEnabled()
    dialog.picker.words.setText("钥匙丢了")
    assert dialog.go.isEnabled() and dialog.picker.reason() == "钥匙丢了"
    context = context_of(county)
    monkeypatch.setattr(RevokeDialog, "exec", lambda _dialog: True)
    key_dialogs.revoke(parent, context, partner)
    settle(qtbot)
    (after,) = exchange.list_partners(county)
    assert after.revoked_at and context.told == ["已停用梅城镇总工会的密钥。"]
    shown = PartnerDialog(parent, after)
    qtbot.addWidget(shown)
    told = texts_of(shown)
    assert "一律不收" in told and "重新登记…" in told and "停用密钥…" not in told and after.fingerprint in told


def test_renew__explains_and_offers_the_new_card(qtbot: QtBot, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old fingerprint, who must enrol the card, what goes on; then the new fingerprint and the way to the card."""
    town, county = pair
    before = exchange.own_card(town).fingerprint
    parent, saved = QWidget(), []
    qtbot.addWidget(parent)
    explained = RenewDialog(parent, before, exchange.list_partners(town))
    qtbot.addWidget(explained)
    told = texts_of(explained)
    assert before in told and county.office.name in told and "停用" in told
    shown: list[str] = []
    monkeypatch.setattr(RenewDialog, "exec", lambda _dialog: True)
    monkeypatch.setattr(RenewedDialog, "exec", lambda dialog: shown.append(texts_of(dialog)) or True)
    key_dialogs.renew_own_keys(parent, context_of(town), lambda: saved.append(True))
    settle(qtbot)
    after = exchange.own_card(town).fingerprint
    assert after != before and after in shown[0] and saved == [True]


def test_number__follows_what_the_office_above_says(qtbot: QtBot, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next bundle is numbered after it."""
    town, _ = pair
    (partner,) = exchange.list_partners(town)
    parent, context = QWidget(), context_of(town)
    qtbot.addWidget(parent)

    def answer(dialog: NumberDialog) -> bool:
        dialog.last.setValue(7)
        return True

    monkeypatch.setattr(NumberDialog, "exec", answer)
    key_dialogs.continue_numbering(parent, context, partner)
    settle(qtbot)
    assert context.told == ["给潜山市总工会的下一包是第 8 包。"]


def test_result__on_a_stick__reminds_and_ejects(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a stick the reminder and the button; elsewhere neither; where the system cannot, only the reminder."""
    drive = Drive(tmp_path, "下乡U盘", 1, 2, "vfat")
    ejected: list[Drive] = []
    monkeypatch.setattr(exchange, "drive_of", lambda path: drive if path.is_relative_to(tmp_path) else None)
    monkeypatch.setattr(exchange, "can_eject", lambda _: True)
    monkeypatch.setattr(exchange, "eject", ejected.append)
    monkeypatch.setattr(ejecting.messages, "notify", lambda *_: None)
    view = ResultView()
    qtbot.addWidget(view)
    view.show_result("导出数据包", "好了", (), "下一步", (), (), tmp_path / "a.nuandang")
    assert ejecting.REMINDER in texts_of(view)
    next(made for made in view.findChildren(QPushButton) if made.text() == "弹出 U 盘").click()
    settle(qtbot)
    assert ejected == [drive]
    monkeypatch.setattr(exchange, "can_eject", lambda _: False)
    view = ResultView()
    qtbot.addWidget(view)
    view.show_result("导出数据包", "好了", (), "下一步", (), (), tmp_path / "a.nuandang")
    assert ejecting.REMINDER in texts_of(view) and "弹出 U 盘" not in texts_of(view).split("\n")
    view.show_result("导出数据包", "好了", (), "下一步", (), (), Path("/elsewhere/a.nuandang"))
    qtbot.wait(10)
    shown = [note.text() for note in view.findChildren(QLabel) if note.isVisibleTo(view)]
    assert ejecting.REMINDER not in shown


def test_leaving__while_a_stick_is_written__is_told(qtbot: QtBot) -> None:
    """What closing the program means then; nothing while nothing is under way; asked to stop, the work stops."""
    from threading import Event

    from db.errors import Cancelled

    parent, begun, ends = QWidget(), Event(), list[str]()
    qtbot.addWidget(parent)
    assert background.leaving_sentence() == ""

    def write(progress: Any) -> None:
        while True:
            begun.set()
            progress(1, 10)

    background.run(parent, write, lambda _: None, lambda fault: ends.append(type(fault).__name__), leaving=ejecting.WRITING)
    begun.wait(10)
    assert background.leaving_sentence() == ejecting.WRITING
    background.cancel_all()
    settle(qtbot)
    assert ends == [Cancelled.__name__] and background.leaving_sentence() == ""
