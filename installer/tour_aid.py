"""Stops of the tour about 帮扶: grants, sources with their ledger, payment lists at every step, the tab of a household."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain.form_schema import Value
from db.services import aid_entries, aid_papers, aid_services, demo, demo_aid, demo_casework, printing
from db.services import office as offices
from db.services.aid_list import AID_PILES
from db.services.demo_aid import DemoMoney
from db.services.office import OfficeSession
from desktop.aid.applications_dialog import ApplicationsDialog
from desktop.aid.card_dialog import CardDialog
from desktop.aid.grant_dialog import GrantDialog
from desktop.aid.grant_words import Beginning
from desktop.aid.households_dialog import HouseholdsDialog
from desktop.aid.paper_dialogs import LayoutDialog
from desktop.aid.return_dialog import ReturnDialog
from desktop.pages.aid import AidPage
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.funds import FundsPage
from desktop.pages.payment_list import PaymentListPage
from desktop.pages.payments import PaymentsPage

if TYPE_CHECKING:
    from tour_stops import Visit

_OTHER = "另一位经办人 2026 年的口令"
_SCALE = 1.5


def aid_room(visit: Visit) -> None:
    """The room 帮扶 of a township in the middle of its year."""
    stage = visit.stage
    session = stage.new_office("黄铺镇总工会", "township", "340882105", "潜山市总工会", "储德明")
    visit.enter(session)
    for name in ("aid", "aid_services", "payments", "funds"):
        visit.page(name)
        visit.take(f"{name}-nothing-yet")
    ids, made = money_of_a_year(session)
    _services(visit, session, ids)
    _grants(visit, ids, made)
    _lists(visit, session, made)
    _funds(visit, made)
    _household(visit, session, ids)
    _papers(visit, session, made)
    visit.enter(stage.empty)
    visit.camera.settle(visit.window)
    session.close()


def _services(visit: Visit, session: OfficeSession, ids: list[str]) -> None:
    """Help that is no money: one handed on and waiting for an answer, one done."""
    year = session.today[:4]
    asked: dict[str, Value] = {"agency": "civil_affairs", "on_day": f"{year}-11-02", "answer_by": f"{year}-12-05",
                               "responsible": "储德明", "what": "为本人申请低保"}  # fmt: skip
    done: dict[str, Value] = {"legal_matter": "wages", "legal_way": "arbitration", "on_day": f"{year}-10-11",
                              "responsible": "程桂芳", "what": "陪同到仲裁委，讨回工资"}  # fmt: skip
    for archive_id, kind, values in ((ids[1], "referral", asked), (ids[2], "legal", done)):
        content = aid_services.prepared_service(session, kind)
        content.values |= values
        aid_services.save_service(session, archive_id, content)
    visit.page("aid_services")
    visit.take("aid_services")


def money_of_a_year(session: OfficeSession) -> tuple[list[str], DemoMoney]:
    """Households of a township and the aid they got: their ids, and the money it came from."""
    demo_casework.set_up_policy(session)
    ids = demo.fill_office(session, 18, seed=83)
    offices.add_clerk(session, "程桂芳", _OTHER)
    slot = next(slot for slot in offices.clerk_slots(session.folder) if slot.name == "程桂芳")
    approver = offices.open_office(session.folder, _OTHER, slot.clerk_id)
    approver.clock = session.clock
    made = demo_aid.fill_aid(session, approver, ids)
    approver.close()
    return ids, made


def _grants(visit: Visit, ids: list[str], made: DemoMoney) -> None:
    page = visit.page("aid")
    assert isinstance(page, AidPage)
    for pile in AID_PILES:
        page.show_state(pile.value)
        visit.take(f"aid-{pile.value.replace('_', '-')}")
    page.show_state("paid")
    page.model.tick_all()
    aid_entries.mark_entered(page.context.session, page.model.ticked_ids()[:2])
    page.context.changes.archives_changed.emit(set())
    visit.take("aid-entered")
    page.show_state("open")
    page.model.tick_all()
    visit.take("aid-ticked")
    dialog = HouseholdsDialog(page, page.context)
    dialog.model.tick_all()
    visit.take("dialog-households", dialog)
    one = GrantDialog(page, page.context, ids[:1], lambda _made: None, Beginning(item="living", amount=300_000))
    one.fund.set_value(made.funds["central"])
    one.look()
    visit.take("dialog-grant", one)
    over = GrantDialog(page, page.context, ids[1:2], lambda _made: None, Beginning(item="living", amount=20_000_000))
    over.fund.set_value(made.funds["donation"])
    over.look()
    visit.take("dialog-grant-stopped", over)
    many = GrantDialog(page, page.context, ids[:6], lambda _made: None, Beginning(item="warmth", amount=100_000))
    many.fund.set_value(made.funds["central"])
    many.look()
    visit.take("dialog-grant-several", many)
    visit.take("dialog-applications", ApplicationsDialog(page, page.context))


def _lists(visit: Visit, session: OfficeSession, made: DemoMoney) -> None:
    page = visit.page("payments")
    assert isinstance(page, PaymentsPage)
    for pile in ("under_way", "done"):
        page.open(pile)
        visit.take(f"payments-{pile.replace('_', '-')}")
    for name, list_id in made.lists.items():
        shown = visit.page("payment_list", list_id=list_id)
        visit.take(f"payment_list-{name}")
    assert isinstance(shown, PaymentListPage)
    shown.open(made.lists["draft"])
    assert shown.view is not None
    cards = CardDialog(shown, shown.view.lines, {shown.view.lines[0].grant_id: shown.view.lines[0].account})
    visit.take("dialog-cards", cards)
    shown.open(made.lists["sent"])
    assert shown.view is not None
    visit.take("dialog-bank-layout", LayoutDialog(shown, session, shown.view.row.number))
    answer = visit.stage.folder / "回盘.csv"
    answer.write_text(_answer(shown), encoding="utf-8-sig")
    dialog = ReturnDialog(shown, session, shown.view, lambda _outcome: None)
    dialog.read(answer)
    visit.take("dialog-return", dialog)


def _answer(page: PaymentListPage) -> str:
    assert page.view is not None
    rows = ["卡号,户名,金额,结果,原因"]
    for at, line in enumerate(page.view.lines):
        if at == 1:
            continue
        failed = at == 2
        rows.append(f"{line.account},{line.payee_name},{line.amount / 100:.2f},{'失败' if failed else '成功'},"
                    f"{'账号状态异常' if failed else ''}")  # fmt: skip
    rows.append("6228480099999999999,无名氏,100.00,成功,")
    return "\n".join(rows)


def _funds(visit: Visit, made: DemoMoney) -> None:
    page = visit.page("funds", fund_id=made.funds["central"])
    assert isinstance(page, FundsPage)
    visit.take("funds")
    page.open(made.funds["donation"])
    visit.take("funds-donation")


def _household(visit: Visit, session: OfficeSession, ids: list[str]) -> None:
    page = visit.page("archive", archive_id=ids[0], tab="aid")
    assert isinstance(page, ArchiveDetailPage)
    visit.take("archive-aid")
    visit.page("archive", archive_id=ids[-1], tab="aid")
    visit.take("archive-aid-other")


def _papers(visit: Visit, session: OfficeSession, made: DemoMoney) -> None:
    sheets = {
        "printed-roster": aid_papers.list_pdf(session, made.lists["sent"]),
        "printed-goods": aid_papers.list_pdf(session, made.lists["goods"]),
        "printed-ledger": aid_papers.fund_pdf(session, made.funds["central"]),
        "printed-fund-use": aid_papers.fund_pdf(session),
    }
    for name, pdf in sheets.items():
        page = printing.render_page(pdf, 0, _SCALE)
        picture = image_of_page(page.pixels, page.width, page.height, page.stride)
        visit.camera.take_sheet(name, picture)
