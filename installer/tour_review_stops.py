"""Stops of the tour about 审核: the county's work list in every state, one case as list and as paper, sending back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.domain.review import Reason, ReviewOutcome
from db.services import archiving, exchange, review_list, reviewing
from db.services import office as offices
from db.services.review_list import ReviewQuery, ReviewState
from db.services.reviewing import ReviewInput
from desktop.pages.review import ReviewPage
from desktop.pages.reviews import ReviewsPage
from desktop.review.many_dialog import ManyReviewDialog

if TYPE_CHECKING:
    from tour_stage import Stage
    from tour_stops import Visit

_FIRST_PASSPHRASE = "复审人 2026 年的口令"


def _returned(day: str, *reasons: Reason) -> ReviewInput:
    return ReviewInput(ReviewOutcome.RETURNED, reasons, due_on=day)


def _prepare(stage: Stage) -> None:
    """What the county has said by now: approved with a number, sent back, late, corrected since, waiting for the second."""
    county = stage.county
    ids = review_list.review_ids(county, ReviewQuery(order="archive_number"))
    stage.clock.put(12, 10, 20)
    wrong_number = Reason("field_wrong", "与户口簿不一致", "id_number")
    reviewing.review(county, ids[0], _returned("2026-11-19", Reason("missing_paper", "大病支出发票"), wrong_number))
    stage.clock.put(20, 9, 40)
    for archive_id in ids[1:3]:
        reviewing.review(county, archive_id, _returned("2026-12-04", Reason("unclear_paper"), wrong_number))
    reviewing.review(county, ids[3], ReviewInput(ReviewOutcome.REFUSED, (Reason("income_too_high"),)))
    for at, archive_id in enumerate(ids[5:9], 1):
        reviewing.review(county, archive_id, ReviewInput(ReviewOutcome.APPROVED, worker_number=f"34088200{at:02d}"))
    corrected = archiving.load_archive(stage.town, ids[1]).content
    corrected.values.update(mobile_phone="13800007788", home_address="梅城镇舒州大道 20 号 3 栋 201 室")
    archiving.save_archive(stage.town, corrected, ids[1])
    sent = exchange.export_bundle(stage.town, [ids[1]], stage.stick)
    exchange.receive_bundle(county, sent.path)
    offices.add_clerk(county, "何复审", _FIRST_PASSPHRASE)
    reviewing.set_two_person_rule(county, True)
    reviewing.review(county, ids[10], ReviewInput(ReviewOutcome.APPROVED))
    stage.clock.put(21, 9, 42)


def review_room(visit: Visit) -> None:
    """The room at the county."""
    stage = visit.stage
    visit.enter(stage.county)
    _prepare(stage)
    page = visit.page("reviews", state=str(ReviewState.PENDING))
    assert isinstance(page, ReviewsPage)
    visit.take("reviews")
    for state in (ReviewState.RETURNED, ReviewState.APPROVED):
        page.show_state(str(state))
        visit.take(f"reviews-{state}")
    page.show_state("all")
    visit.take("reviews-all")
    visit.take("dialog-review-many", ManyReviewDialog(page, stage.county, ReviewOutcome.RETURNED, 12))
    page.show_state(str(ReviewState.CORRECTED))
    page.open_first()
    visit.take("review")
    case = visit.workspace.current_page()
    assert isinstance(case, ReviewPage) and case.case is not None
    case.fields.field_wanted.emit("id_number", "", "身份证号")
    case.panel.fields[0].words.setText("与户口簿不一致")
    case.panel.ticks.boxes["missing_paper"].setChecked(True)
    visit.take("review-return")
    for at, name in ((1, "paper"), (3, "assessment"), (5, "said")):
        case.tabs.setCurrentIndex(at)
        visit.take(f"review-{name}")
    case.tabs.setCurrentIndex(0)
    case.panel.forget()
    page.show_state(str(ReviewState.SECOND))
    page.open_first()
    visit.take("review-second")
    case.panel.forget()
    visit.page("settings", section="review")
    visit.take("settings-review")
    visit.page("archive", archive_id=case.case.archive.id)
    visit.take("archive-to-review")
