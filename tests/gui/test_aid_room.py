"""帮扶 as a clerk meets it: what speaks against a grant is said while it is typed, and a list is led to its end on one page."""

from pathlib import Path

import pytest
from aid_money import card_number, fund, in_2022, on_file
from factories import photo
from payments import drawn_up
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from db.domain.aid.list_flow import ListState
from db.services import aid, disbursement, funds
from db.services.office import OfficeSession
from desktop import files, messages
from desktop.aid.aid_tab import AidTab
from desktop.aid.card_dialog import CardDialog
from desktop.aid.grant_dialog import GrantDialog
from desktop.aid.households_dialog import HouseholdsDialog
from desktop.aid.paper_dialogs import LayoutDialog
from desktop.aid.return_dialog import ReturnDialog
from desktop.pages import payment_list as payment_list_page
from desktop.pages.aid import AidPage
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.payment_list import PaymentListPage
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office in the summer of 2022."""
    return in_2022(office)


def words_of(widget: QWidget) -> str:
    """Everything a widget says."""
    parts: list[QLabel] = list(widget.findChildren(QLabel))
    return "\n".join(part.text() for part in parts if part.isVisibleTo(widget))


def test_grant__is_looked_at_while_it_is_typed(workspace: Workspace, qtbot: QtBot) -> None:
    """Too much is stopped with the cap and what is left; put right it is granted, and tab and room show it."""
    session = workspace.context.session
    archive = on_file(session)
    fund(session)
    workspace.show_page("archive", archive_id=archive.id, tab="aid")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    tab = page.aid()
    assert isinstance(tab, AidTab)
    seen: list[str] = []

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, GrantDialog)
        dialog.item.set_value("living")
        dialog.amount.setText("30000")
        dialog.look()
        QApplication.processEvents()
        seen.extend((words_of(dialog.panel), str(dialog.go.isEnabled())))
        dialog.amount.setText("2000")
        dialog.look()
        dialog.reason.setText("会议研究同意")
        dialog.store()

    QTimer.singleShot(0, fill)
    tab.give.click()
    assert "24,192.00" in seen[0] and "不能批准" in seen[0] and seen[1] == "False"
    assert [item.amount for item in aid.grants_of(session, archive.id)] == [200_000]
    qtbot.waitUntil(lambda: "生活救助 2,000.00 元" in words_of(tab), timeout=5000)
    workspace.show_page("aid")
    room = workspace.current_page()
    assert isinstance(room, AidPage)
    assert room.model.count == 1 and not room.pay.isEnabled()
    room.model.tick_all()
    assert room.pay.isEnabled()


def test_households__are_picked_name_after_name(workspace: Workspace, session: OfficeSession, qtbot: QtBot) -> None:
    """Looking up the next name keeps the one ticked before; taking all ticks away means those in sight."""
    zhou, wang = on_file(session, 1, name="周秀兰"), on_file(session, 2, name="汪国强")
    dialog = HouseholdsDialog(workspace, workspace.context)
    for name in ("zxl", "汪国强"):
        dialog.text.setText(name)
        qtbot.waitUntil(lambda: dialog.model.count == 1 and not dialog.all_box.isChecked())
        dialog.all_box.click()
    assert sorted(dialog.ids()) == sorted([zhou.id, wang.id]) and "已选 2 户" in words_of(dialog)
    dialog.all_box.click()
    assert dialog.ids() == [zhou.id] and dialog.go.isEnabled()


def test_list__is_led_from_draft_to_settled(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """New cards are typed again, the list is locked, approved with the signed paper, sent; the answer is put down."""
    session = workspace.context.session
    view = drawn_up(session, 2)
    workspace.show_page("archive", archive_id=view.lines[0].archive_id, tab="aid")
    detail = workspace.current_page()
    assert isinstance(detail, ArchiveDetailPage) and f"在名册 {view.row.number} 里" in words_of(detail.aid())
    acts = {made.text(): made for made in detail.aid().findChildren(QPushButton)}
    assert "撤销…" not in acts  # refused while it stands on a list
    acts["打开名册"].click()
    page = workspace.current_page()
    assert isinstance(page, PaymentListPage)
    monkeypatch.setattr(messages, "confirm", lambda *_given, **_named: True)
    monkeypatch.setattr(messages, "inform", lambda *_given, **_named: None)
    monkeypatch.setattr(payment_list_page, "offer_folder", lambda *_given: None)
    assert page.next.text().startswith("核对新卡号 2 张") and card_number(1)[:8] not in str(page.rows.rows[0].words)

    def type_again(dialog: CardDialog) -> int:
        for line in dialog._lines:
            dialog.fields[line.grant_id].setText(line.account)
            dialog._check(line, whole=True)
        return 1

    monkeypatch.setattr(CardDialog, "exec", type_again)
    page.go_on()
    assert page.next.text() == "锁定…"
    page.go_on()
    assert page.next.text() == "附上签字的名册…" and page.next.isEnabled()
    signed = tmp_path / "签字.jpg"
    signed.write_bytes(photo())
    page.papers.keep([signed])
    page.go_on()
    assert page.next.text() == "生成银行文件…"
    bank = tmp_path / "bank.xlsx"
    monkeypatch.setattr(LayoutDialog, "exec", lambda _dialog: 1)
    monkeypatch.setattr(files, "ask_save", lambda *_given: bank)
    page.go_on()
    qtbot.waitUntil(lambda: page.next.text() == "读入银行回盘…", timeout=10_000)
    assert bank.stat().st_size
    answer = tmp_path / "回盘.csv"
    answer.write_text(f"卡号,结果,原因\n{card_number(1)},成功,\n{card_number(2)},失败,账号已销户\n", encoding="utf-8-sig")

    def read(dialog: ReturnDialog) -> int:
        dialog.read(answer)
        assert "成功 1 笔（500.00 元），失败 1 笔" in dialog.note.text()
        dialog.store()
        return 1

    monkeypatch.setattr(ReturnDialog, "exec", read)
    page.go_on()
    assert page.next.text() == "补发失败的…"
    page.go_on()
    assert page.view is not None and page.view.row.id != view.row.id and page.view.row.count == 1
    assert disbursement.load_list(session, view.row.id).row.state is ListState.CLOSED
    assert funds.fund_states(session)[0].spent == 50_000
