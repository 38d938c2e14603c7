"""Stops of the tour about home visits: archives out on a laptop and back, the laptop itself, the choice between two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tour_stage import PASSPHRASE

from db.services import archiving, demo, exchange, visits
from db.services import office as offices
from db.services.office import OfficeSession
from desktop.exchange.partner_dialogs import EnrolDialog
from desktop.pages.exchange import ExchangePage
from desktop.start.first_start import FirstStart
from desktop.start.recovery_code import RECOVERY_CONFIRMED
from desktop.visits.take_along_dialog import TakeAlongDialog

if TYPE_CHECKING:
    from tour_stage import Stage
    from tour_stops import Visit

_TAKEN = 6


def home_visits(visit: Visit) -> None:
    """Out and back again, seen from either machine."""
    stage = visit.stage
    desk = stage.new_office("黄铺镇总工会", "township", "340882103", "潜山市总工会", "程桂芳")
    ids = demo.fill_office(desk, 12, seed=31)
    card = stage.stick / "黄铺镇总工会.nuandang-card"
    exchange.write_card(desk, card)
    _first_start(visit, card)
    laptop = _set_up(stage, card)
    visit.enter(laptop)
    visit.page("exchange", section="visits")
    visit.take("exchange-visits-laptop-empty")
    other = stage.stick / "外出电脑一.nuandang-card"
    exchange.write_card(laptop, other)
    _at_the_desk(visit, desk, other, ids)
    out = visits.check_out(desk, laptop.office.laptop_id, ids[:_TAKEN], visits.WRITE, stage.stick)
    exchange.receive_bundle(laptop, out.path)
    _work_on_both(stage, desk, laptop, ids)
    _at_the_laptop(visit, laptop)
    back = visits.check_in(laptop, stage.stick)
    _back_at_the_desk(visit, desk, back, ids)
    visit.enter(stage.empty)
    visit.camera.settle(visit.window)  # what is being read beside the pages needs the offices open
    for session in (laptop, desk):
        session.close()


def _set_up(stage: Stage, card: object) -> OfficeSession:
    folder = stage.folder / "外出电脑一"
    laptop, _ = visits.set_up_laptop(folder, card, "外出电脑一", "程桂芳", PASSPHRASE, light=True)  # type: ignore[arg-type]
    laptop.clock = stage.clock
    offices.set_setting(laptop, RECOVERY_CONFIRMED, "yes")
    return laptop


def _first_start(visit: Visit, card: object) -> None:
    visit.window.show_first_start(visit.stage.folder / "新外出电脑")
    page = visit.window.shown_page()
    assert isinstance(page, FirstStart)
    page.unit.use_card(card)  # type: ignore[arg-type]
    page.unit.laptop.name.setText("外出电脑一")
    page.unit.laptop.compared.setChecked(True)
    visit.take("start-first-1-laptop")


def _at_the_desk(visit: Visit, desk: OfficeSession, card: object, ids: list[str]) -> None:
    """Enrol the laptop, look at the list of what is out while nothing is, ask what goes along."""
    visit.enter(desk)
    page = visit.page("exchange", section="visits")
    visit.take("exchange-visits-empty")
    known = exchange.read_card(card)  # type: ignore[arg-type]
    visit.take("dialog-enrol-laptop", EnrolDialog(page, known, desk.office.level, exchange.RELATIONS["laptop"]))
    exchange.enrol(desk, card)  # type: ignore[arg-type]
    visit.page("archives")
    visit.take("archives-with-laptop")
    visit.take("dialog-take-along", TakeAlongDialog(page, _TAKEN, visits.laptops(desk)))


def _change(session: OfficeSession, archive_id: str, **values: str | int) -> None:
    content = archiving.load_archive(session, archive_id).content
    content.values.update(values)
    archiving.save_archive(session, content, archive_id)


def _work_on_both(stage: Stage, desk: OfficeSession, laptop: OfficeSession, ids: list[str]) -> None:
    """Two households contradict each other, one was edited on the visit only, one is new."""
    stage.clock.put(22, 10, 5)
    _change(
        laptop, ids[0], mobile_phone="13805563021", home_address="黄铺镇黄铺村 12 号（现住女儿家，村委会后面第二排）",
        health_status="diabetes", remarks="入户见到本人，住房漏雨",
    )  # fmt: skip
    _change(laptop, ids[1], remarks="入户未见到本人，邻居代述")
    _change(laptop, ids[2], mobile_phone="13955601177")
    demo.fill_office(laptop, 1, seed=77)
    stage.clock.put(22, 15, 40)
    _change(desk, ids[0], mobile_phone="18955620846", home_address="黄铺镇街道居委会 3 幢 201 室", health_status="minor_illness")
    _change(desk, ids[2], mobile_phone="13955601188")
    stage.clock.put(23, 9, 10)


def _at_the_laptop(visit: Visit, laptop: OfficeSession) -> None:
    visit.enter(laptop)
    visit.take("home-laptop")
    visit.page("exchange")
    visit.take("exchange-overview-laptop")
    visit.page("exchange", section="visits")
    visit.take("exchange-visits-laptop")
    visit.page("settings", section="office")
    visit.take("settings-office-laptop")


def _back_at_the_desk(visit: Visit, desk: OfficeSession, back: exchange.BundleSummary, ids: list[str]) -> None:
    visit.enter(desk)
    visit.page("exchange", section="visits")
    visit.take("exchange-visits")
    visit.page("archive", archive_id=ids[0])
    visit.take("archive-out")
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    page.read_file(back.path)
    visit.take("exchange-receive-visit-back")
    page.receive.receive()
    visit.take("exchange-received-visit-back")
    visit.page("exchange", section="conflicts")
    visit.take("exchange-conflicts")
    view = page.late("conflicts")
    view.chooser.choose_all("theirs")  # type: ignore[attr-defined]
    visit.take("exchange-conflicts-chosen")
    visit.page("archive", archive_id=ids[0])
    visit.take("archive-two-versions")
    visit.page("home")
    visit.take("home-two-versions")
    visit.page("exchange")
    visit.take("exchange-overview-two-versions")
