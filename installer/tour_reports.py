"""Stops of the tour about 报表 beside its tables: cross-table, charts, texts, in a township in the middle of its year."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tour_aid import money_of_a_year
from tour_camera import image_of_page

from db.domain.reports.cross_copy import kept_text
from db.domain.reports.cross_lists import Subject
from db.domain.reports.cross_table import CrossRequest, Folded
from db.services import cross_copies, cross_papers, printing, report_copies, reports
from desktop.pages.charts import ChartsPage
from desktop.pages.cross_table import CrossTablePage
from desktop.reports.chart_view import charts_pdf
from desktop.reports.copies_dialog import CopiesDialog

if TYPE_CHECKING:
    from tour_stops import Visit


def handed_in_tables(visit: Visit, page: CrossTablePage) -> None:
    """The list of tables as they were handed in, and a cross-table of which the figures have moved since."""
    session = page.context.session
    assert page.made is not None
    kept = cross_copies.freeze(session, page.made, "随半年报送")
    reports.freeze(session, reports.make_report(session, reports.ReportRequest("tuition", int(session.today[:4]))))
    visit.take("copies-handed-in", CopiesDialog(page, report_copies.saved_copies(session)))
    cells = {place: Folded(cell.amount + 12_300, cell.number) if None in place else cell for place, cell in page.made.cells.items()}
    visit.page("cross_table", copy=replace(kept, layout=kept_text(replace(page.made, cells=cells), (session.office.id,))))
    visit.take("cross-handed-in")


def cross_tables_and_charts(visit: Visit) -> None:
    """Cross-table and charts empty, filled and on paper; the drafts of texts."""
    session = visit.stage.new_office("王河镇总工会", "township", "340882104", "潜山市总工会", "储德明")
    visit.enter(session)
    for name in ("cross_table", "charts"):
        visit.page(name)
        visit.take(f"{name}-nothing-yet")
    ids, _ = money_of_a_year(session)
    page = visit.page("cross_table", request=CrossRequest(Subject.HOUSEHOLDS, "households", "main_hardship_cause", "hardship_category"))
    assert isinstance(page, CrossTablePage)
    visit.take("cross-households")
    page.table.clicked.emit(page.table.lines.index(0, 2))
    visit.take("cross-records")
    visit.page("cross_table", request=CrossRequest(Subject.AID, "money", "item", "month"))
    visit.take("cross-money")
    handed_in_tables(visit, page)
    charts = visit.page("charts")
    assert isinstance(charts, ChartsPage)
    visit.take("charts")
    charts.cards[2].which.set_value("table")
    charts.cards[2].stack.setCurrentIndex(1)
    visit.take("charts-figures")
    for kind in ("annual", "practice", "case"):
        visit.page("drafts", kind=kind)
        visit.take(f"drafts-{kind}")
    visit.page("drafts", kind="case", archive_ids=ids[:2])
    visit.take("drafts-case-of-two")
    assert page.made is not None
    sheets = {
        "printed-cross-table": cross_papers.cross_pdf(page.made),
        "printed-charts": charts_pdf("王河镇总工会　困难职工帮扶图表", [card.view.chart for card in charts.cards if card.view.chart]),
    }
    for name, pdf in sheets.items():
        drawn = printing.render_page(pdf, 0, 1.5)
        visit.camera.take_sheet(name, image_of_page(drawn.pixels, drawn.width, drawn.height, drawn.stride))
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)
    session.close()
