"""Stops of the tour about answers: the county sends down, the township reads; notices, quotas, calendar on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.domain.review import Reason, ReviewOutcome
from db.services import answering, archiving, calendars, circulars, exchange, quotas, reviewing
from db.services.archiving import ArchiveQuery
from db.services.exchange import BundleSummary
from desktop.exchange.answer_preview_view import AnswerPreviewView
from desktop.exchange.answer_view import AnswerView
from desktop.exchange.answered_view import AnsweredView
from desktop.exchange.calendar_view import CalendarView
from desktop.exchange.circular_dialog import CircularDialog
from desktop.exchange.quotas_view import QuotasView
from desktop.pages.exchange import ExchangePage

if TYPE_CHECKING:
    from tour_stops import Visit

_WORDS = (
    "各乡镇（街道）总工会：\n\n请于 12 月 10 日前完成 2026 年困难职工档案年度核查，逐户核对家庭成员和收入，"
    "已脱困的写明去向。\n\n核查表随本次下发的政策一并带到，有疑问请打电话。"
)


_REVIEWED = 14


def answers(visit: Visit) -> None:
    """What stands at the county before, while and after it answers; then the township that reads it."""
    _prepare(visit)
    visit.enter(visit.stage.county)
    page = _exchange(visit)
    visit.take("exchange-overview-county-reviewed")
    _notices(visit, page)
    page.open("answer")
    view = page.late("answer")
    assert isinstance(view, AnswerView)
    visit.camera.settle(visit.window)
    view.target.show_drives([exchange.Drive(visit.stage.stick, "KINGSTON", 14 << 30, 15 << 30, "vfat")])
    visit.take("exchange-answer")
    written: list[list[BundleSummary]] = []
    view.result_wanted.connect(lambda _, result: written.append(result))
    view.write()
    visit.camera.settle(visit.window)
    visit.take("exchange-answered")
    answered = page.late("answered")
    assert isinstance(answered, AnsweredView)
    visit.camera.take_modal("exchange-answered-covers", visit.window, answered.print_covers)
    _read(visit, written[0][0])


def _exchange(visit: Visit) -> ExchangePage:
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    return page


def _prepare(visit: Visit) -> None:
    """Reviews of every outcome upon what both offices hold alike."""
    stage = visit.stage
    visit.enter(stage.town)
    page = _exchange(visit)
    for section, name in (("returned", "exchange-returned-none"), ("circulars", "exchange-circulars-none"),
                          ("quotas", "exchange-quotas-none"), ("warnings", "exchange-warnings-none")):  # fmt: skip
        page.open(section)
        visit.take(name)
    sent = exchange.export_bundle(stage.town, None, stage.stick)
    exchange.receive_bundle(stage.county, sent.path)
    query = ArchiveQuery(order="archive_number", descending=False, office_id=stage.town.office.id)
    ids = archiving.archive_ids(stage.town, query)
    held = {row.id: row.revision for row in archiving.rows_of(stage.county, ids, ())}
    alike = [row.id for row in archiving.rows_of(stage.town, ids, ()) if held.get(row.id) == row.revision]
    photo = Reason("unclear_paper", "身份证照片不清，请重拍", "id_number")
    said = (
        (ReviewOutcome.RETURNED, (photo, Reason("missing_paper", "收入证明", "@attachment")), "2026-11-24"),
        (ReviewOutcome.RETURNED, (Reason("paper_differs", "卡号与户名不符", "bank_account"),), "2026-12-10"),
        (ReviewOutcome.REFUSED, (Reason("income_too_high", "", "per_capita_monthly_income"),), None),
    )
    for archive_id, (outcome, reasons, due_on) in zip(alike, said, strict=False):
        reviewing.review(stage.county, archive_id, reviewing.ReviewInput(outcome, reasons, due_on=due_on))
    for archive_id in alike[len(said) : _REVIEWED]:
        reviewing.review(stage.county, archive_id, reviewing.ReviewInput(ReviewOutcome.APPROVED, remarks="同意"))


def _notices(visit: Visit, page: ExchangePage) -> None:
    county = visit.stage.county
    visit.take("dialog-circular", CircularDialog(page, county))
    circulars.issue_circular(county, "关于开展 2026 年度困难职工档案核查的通知", _WORDS, "2026-12-10")
    circulars.issue_circular(county, "元旦春节送温暖名单报送要求", "名单于 12 月 20 日前随数据包上报。", "2026-12-20")
    page.open("circulars")
    visit.take("exchange-circulars")
    quotas.set_quota(county, visit.stage.town.office.id, 2026, quotas.FILED, 80)
    quotas.set_quota(county, visit.stage.town.office.id, 2026, "金秋助学", 6, unit="人")
    page.open("quotas")
    view = page.late("quotas")
    assert isinstance(view, QuotasView)
    view.year.setCurrentIndex(view.year.findData(2026))
    visit.take("exchange-quotas")
    days = calendars.parse_days("2027-01-01~2027-01-03 休\n2027-02-05~2027-02-11 休\n2027-02-14 班", 2027)
    calendars.set_calendar(county, 2027, days, "国办发明电〔2026〕1号（演示）")
    for year in (2026, 2027):
        page.open("calendar")
        board = page.late("calendar")
        assert isinstance(board, CalendarView)
        board.year.setCurrentIndex(board.year.findData(year))
        visit.take(f"exchange-calendar-{year}")


def _read(visit: Visit, summary: BundleSummary) -> None:
    visit.enter(visit.stage.town)
    page = _exchange(visit)
    page.read_file(summary.path)
    visit.camera.settle(visit.window)
    visit.take("exchange-answer_preview")
    preview = page.late("answer_preview")
    assert isinstance(preview, AnswerPreviewView)
    for group in ("approved", "quotas", "calendars", "circulars"):
        preview.board.choose_group(group)
        visit.take(f"exchange-answer_preview-{group}")
    preview.apply()
    visit.camera.settle(visit.window)
    visit.take("exchange-answer_received")
    for section in ("returned", "circulars", "quotas"):
        page.open(section)
        visit.take(f"exchange-{section}-town")
    page.show_overview()
    visit.take("exchange-overview-answered")
    visit.page("home")
    visit.take("home-returned")
    visit.page("archives", preset="returned")
    visit.take("archives-returned")
    visit.page("archives")


def many_offices(visit: Visit) -> None:
    """The first view of a county with many townships, some with gaps."""
    from dataclasses import replace

    from db.services import round_trip

    visit.enter(visit.stage.county)
    page = _exchange(visit)
    visit.camera.settle(visit.window)
    (one, *_) = round_trip.offices_below(visit.stage.county)
    names = ("天柱山镇", "黄铺镇", "王河镇", "余井镇", "水吼镇", "官庄镇", "槎水镇", "痘姆乡", "龙潭乡", "五庙乡", "黄柏镇")
    rows = [one]
    for number, name in enumerate(names):
        missing = ((3, 3),) if number == 1 else ((2, 4), (7, 7)) if number == 4 else ()
        kind = replace(one, partner_id=name, name=f"{name}总工会", missing=missing, to_send=number * 3 % 7)
        rows.append(replace(kind, knows_of_gap=number == 4, archives=37 * number + 8, to_review=number * 5 % 11))
    page.overview.below.show_offices(rows, page.overview.today())
    visit.take("exchange-overview-many")
    plans = answering.answer_plans(visit.stage.county)
    page.open("answer")
    view = page.late("answer")
    assert isinstance(view, AnswerView)
    visit.camera.settle(visit.window)
    more = [replace(plans[0], child_id=name, child_name=f"{name}总工会", reviews=at * 3, warnings=at % 3) for at, name in enumerate(names)]
    view.show_plans([*plans, *more])
    visit.take("exchange-answer-many")
    page.show_overview()
