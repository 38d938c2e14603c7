"""Stops of the tour about a whole stick of packages: seen together, received, the result on paper, the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.services import archiving, demo, exchange, printing, receive_report, undoing
from db.services.office import OfficeSession
from desktop.exchange.lot_view import LotView
from desktop.exchange.report_view import ReportView
from desktop.exchange.undo_dialog import UndoDialog
from desktop.pages.exchange import ExchangePage

if TYPE_CHECKING:
    from tour_stage import Stage
    from tour_stops import Visit

_SHEET_SCALE = 1.6


def whole_stick(visit: Visit) -> None:
    """Three townships' packages, one of them torn, one office's second package on top of its first."""
    stage = visit.stage
    county = stage.new_office("太湖县总工会", "county", "340825", "安庆市总工会", "赵文静")
    stick = stage.folder / "各乡镇"
    stick.mkdir()
    towns = _townships(stage, county, stick)
    visit.enter(county)
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    page.read_files([stick])
    visit.camera.settle(visit.window)
    lot = page.late("lot")
    assert isinstance(lot, LotView)
    visit.take("exchange-lot")
    lot.table.setCurrentIndex(lot.rows.index(lot.rows.rowCount() - 1, 0))
    visit.take("exchange-lot-refused")
    lot.receive()
    visit.camera.settle(visit.window)
    _result(visit, page)
    _way_back(visit, county, page)
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)  # what is read beside the pages needs the offices open
    for session in (*towns, county):
        session.close()


def _townships(stage: Stage, county: OfficeSession, stick: Path) -> list[OfficeSession]:
    named = (("晋熙镇总工会", "340825100", 9, 51), ("徐桥镇总工会", "340825101", 6, 52), ("新仓镇总工会", "340825102", 4, 53))
    towns = []
    for name, region, count, seed in named:
        town = stage.new_office(name, "township", region, county.office.name, "王桂英")
        for writer, reader in ((town, county), (county, town)):
            exchange.write_card(writer, stage.card_of(writer))
            exchange.enrol(reader, stage.card_of(writer))
        demo.fill_office(town, count, seed=seed)
        towns.append(town)
    first, second, third = towns
    exchange.receive_bundle(county, exchange.export_bundle(first, None, stage.stick).path)
    for archive_id in archiving.archive_ids(first, archiving.ArchiveQuery())[:2]:
        content = archiving.load_archive(first, archive_id).content
        content.values.update(mobile_phone="13800005678", home_address="晋熙镇人民路 16 号 2 栋 401 室")
        archiving.save_archive(first, content, archive_id)
    exchange.export_bundle(first, None, stick)
    demo.fill_office(first, 3, seed=54)
    exchange.export_bundle(first, None, stick)
    known = archiving.load_archive(first, archiving.archive_ids(first, archiving.ArchiveQuery())[0]).content
    archiving.save_archive(second, known)
    exchange.export_bundle(second, None, stick)
    torn = exchange.export_bundle(third, None, stick).path
    torn.write_bytes(torn.read_bytes()[:-4000])
    return towns


def _result(visit: Visit, page: ExchangePage) -> None:
    report = page.late("report")
    assert isinstance(report, ReportView)
    visit.take("exchange-report")
    report.group_table.setCurrentIndex(report.groups.index(1, 0))
    visit.take("exchange-report-changed")
    drawn = printing.render_page(receive_report.report_pdf(report.report), 0, _SHEET_SCALE)
    visit.camera.take_sheet("printed-received", image_of_page(drawn.pixels, drawn.width, drawn.height, drawn.stride))


def _way_back(visit: Visit, county: OfficeSession, page: ExchangePage) -> None:
    offer = undoing.undoable(county)
    assert offer is not None
    today = date.fromisoformat(county.today)
    visit.take("dialog-undo", UndoDialog(page, offer, today))
    refused = replace(offer, obstacle="不能撤销：李大山、周小兰接收之后审核过，撤销会丢掉这些记录。")
    visit.take("dialog-undo-refused", UndoDialog(page, refused, today))
