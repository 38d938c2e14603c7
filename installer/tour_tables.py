"""Stops of the tour about the tables of 报表: those with a line for each office and source, at a county with two townships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tour_aid import money_of_a_year
from tour_camera import image_of_page

from db.domain.reports.period import Period
from db.services import demo, exchange, printing, report_papers, reports
from db.services.office import OfficeSession
from db.services.reports import ReportRequest
from desktop.pages.reports import ReportsPage
from desktop.policy.help_reader import HelpTexts
from desktop.reports.period_dialog import PeriodDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_SHOWN = ("archives", "exits", "aid_items", "aid_offices", "funds", "quotas", "monitoring", "employment", "evaluation")
_HELP = (("help/report_tables.md", "怎样写统计表样"),)
_PRINTED = ("archives", "monitoring")


def tables_of_a_county(visit: Visit) -> None:
    """Every table over what two townships have sent, one of them not yet this year; two on paper."""
    stage = visit.stage
    county = stage.new_office("怀宁县总工会", "county", "340822", "安庆市总工会", "查文胜")
    towns = [
        stage.new_office("石牌镇总工会", "township", "340822100", "怀宁县总工会", "江汉民"),
        stage.new_office("高河镇总工会", "township", "340822101", "怀宁县总工会", "潘月华"),
        stage.new_office("月山镇总工会", "township", "340822102", "怀宁县总工会", "丁玉梅"),
    ]
    for town in towns:
        _acquaint(visit, town, county)
    money_of_a_year(towns[0])
    demo.fill_office(towns[1], 9, seed=71)
    for town in towns[:2]:
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stage.stick).path)
    visit.enter(county)
    year = int(county.today[:4])
    for report_id in _SHOWN:
        page = visit.page("reports", report_id=report_id)
        assert isinstance(page, ReportsPage)
        visit.take(f"tables-{report_id.replace('_', '-')}")
    visit.take("dialog-period", PeriodDialog(page, Period(f"{year}-03-01", f"{year}-08-31")))
    visit.take("dialog-table-help", HelpTexts(page, "统计表样", "给要自己做表的人；平时用自带的表就够了。", _HELP))
    for report_id in _PRINTED:
        pdf = report_papers.report_pdf(county, reports.make_report(county, ReportRequest(report_id, year)), "", "查文胜")
        drawn = printing.render_page(pdf, 0, 1.5)
        picture = image_of_page(drawn.pixels, drawn.width, drawn.height, drawn.stride)
        visit.camera.take_sheet(f"printed-table-{report_id}", picture)
    visit.enter(stage.empty)
    visit.camera.settle(visit.window)
    for session in (county, *towns):
        session.close()


def _acquaint(visit: Visit, below: OfficeSession, above: OfficeSession) -> None:
    for session, other in ((below, above), (above, below)):
        card = visit.stage.folder / f"{other.office.id}.nuandang-card"
        exchange.write_card(other, card)
        exchange.enrol(session, card)
