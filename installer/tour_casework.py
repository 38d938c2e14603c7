"""The tour's households with their means: worksheets, assessments, decisions – and the pictures of these pages."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea

from db.domain.archive_content import new_id
from db.domain.form_schema import Value
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent, Row
from db.services import archiving, assessing, attachments, demo_casework, means, means_drafts, policies
from db.services.demo_means import make_means
from db.services.means_drafts import MeansDraft
from db.services.office import OfficeSession
from desktop.assessment.work_list import STATES
from desktop.means.form_figures import TakeOverDialog
from desktop.means.ledger_pane import LedgerPane
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.assessments import AssessmentsPage

if TYPE_CHECKING:
    from tour_stage import Stage
    from tour_stops import Visit

YEAR = 2025
WITH_MEANS = 40
REGION, AREA = "340882", "urban"
NEAR, CHANGED, HALF_FILLED, BARE = 6, 8, 9, -1
"""Households of the stage, by number: near a line, changed since, half filled, without a worksheet."""


# -- the story ----------------------------------------------------------------------------------------------------


def prepare(stage: Stage) -> None:
    """A policy for this year; most households assessed, some decided; one each of what the pages must show."""
    session = stage.town
    stage.clock.put(19, 15, 10)
    demo_casework.set_up_policy(session)
    for number, archive_id in enumerate(stage.ids[:WITH_MEANS]):
        content = archiving.load_archive(session, archive_id).content
        sheet = make_means(random.Random(number), content, YEAR)
        sheet.values.update(region=REGION, area=AREA)
        if number == NEAR:
            _just_above(session, sheet)
        means.save_means(session, archive_id, sheet)
    _rich(stage)
    stage.clock.put(19, 16, 30)
    demo_casework.assess_some(session, stage.ids[:WITH_MEANS])
    stage.clock.put(20, 10, 20)
    _change_one(stage)
    _fill_half(stage)


def _row(**values: Value) -> Row:
    return {"id": new_id(), **values}


def _just_above(session: OfficeSession, sheet: MeansContent) -> None:
    """Twice the standard and 20 元 more, without expenses: just above the line of the lowest level."""
    hit = policies.policy_book(session).standard("subsistence", REGION, AREA, session.today)
    assert hit is not None
    each = int(hit.amount * 100) * 2 + 2000
    none = ("expenses", "events", "vehicles", "businesses", "students", "earlier_aid", "monthly_incomes")
    sheet.rows.update({key: [] for key in none})
    sheet.rows["incomes"] = [_row(person=WORKER, kind="wage", amount=each * 12 * len(sheet.rows["people"]))]
    sheet.values["receives_subsistence_allowance"] = False


def _rich(stage: Stage) -> None:
    """The household whose pages are pictured: evidence attached, a year before, an older assessment."""
    session, archive_id = stage.town, stage.rich
    member = str(archiving.load_archive(session, archive_id).content.members[0]["id"])
    papers = [each.id for each in attachments.list_attachments(session, archive_id)]
    stored = means.load_means(session, archive_id, YEAR)
    assert stored is not None
    sheet = stored.content.copy()
    sheet.values["receives_subsistence_allowance"] = False
    sheet.rows["monthly_incomes"] = []
    sheet.rows["incomes"] = [
        _row(person=WORKER, kind="wage", amount=2_640_000, tax=0, social_insurance=316_800, papers=papers[2:3]),
        _row(person=member, kind="transfer", amount=96_000, note="灵活就业补贴"),
    ]
    sheet.rows["expenses"] = [
        _row(kind="illness", person=member, spent_on="2025-04-18", total=3_862_050, reimbursed=2_105_000, papers=papers[1:2]),
        _row(kind="schooling", person=member, spent_on="2025-09-01", total=780_000),
        _row(kind="major_illness", person=WORKER, spent_on="2025-10-02", total=5_120_000, reimbursed=3_100_000),
        _row(kind="daily_living", total=1_200_000),
    ]
    sheet.rows["students"] = [
        _row(person=member, stage="bachelor", school="安徽师范大学", school_region="340202", enrolled_on="2024-09-01",
             is_full_time=True, is_private_school=False, studies_abroad=False)
    ]  # fmt: skip
    means.save_means(session, archive_id, MeansContent(YEAR - 1, dict(sheet.values), {"homes": sheet.rows["homes"]}))
    means.save_means(session, archive_id, sheet)
    assessing.assess_and_store(session, archive_id, date(2026, 11, 19))
    sheet.rows["expenses"][2]["purpose"] = "cause"
    means.save_means(session, archive_id, sheet)


def _change_one(stage: Stage) -> None:
    archive_id = stage.ids[CHANGED]
    stored = means.load_means(stage.town, archive_id, YEAR)
    assert stored is not None
    sheet = stored.content.copy()
    sheet.rows["incomes"] = [*sheet.rows["incomes"], _row(person=WORKER, kind="business", amount=600_000)]
    means.save_means(stage.town, archive_id, sheet)


def _fill_half(stage: Stage) -> None:
    """A draft with what a clerk cannot help typing: an amount in words, more reimbursed than spent."""
    archive_id = stage.ids[HALF_FILLED]
    stored = means.load_means(stage.town, archive_id, YEAR)
    assert stored is not None
    draft = MeansDraft(stored.content.copy(), base_revision=stored.revision)
    lines = [
        _row(kind="illness", person=WORKER, spent_on="2025-06-30", total=150_000, reimbursed=180_000),
        _row(kind="schooling", person=WORKER),
    ]
    draft.content.rows["expenses"] = lines
    draft.content.rows.pop("vehicles", None)
    draft.raw[f"expenses/{lines[1]['id']}/total"] = "三千左右"
    means_drafts.save_means_draft(stage.town, archive_id, draft)


# -- the pictures -------------------------------------------------------------------------------------------------


def means_picture(key: str) -> str:
    """Name of the picture of a section of the worksheet."""
    return f"archive-means-{key.replace('_', '-')}"


def means_pages(visit: Visit) -> None:
    """Every section, a cell being typed, lines that cannot stay, a ledger nobody asked about, taking figures over."""
    page = _archive(visit, visit.stage.rich, "means")
    sheet = page.worksheet()
    for section in MEANS_FORM.sections:
        sheet.go_to(section.key)
        visit.take(means_picture(section.key))
    pane = sheet._pane("expenses")
    assert isinstance(pane, LedgerPane)
    sheet.go_to("expenses")
    pane.table.begin(1, "kind")
    _type(visit, "sx")
    visit.take("archive-means-typing")
    pane.table.begin(0, "papers")
    visit.take("archive-means-evidence")
    pane.take_typed()
    visit.take("dialog-take-over", TakeOverDialog(sheet, sheet.figures.figures, sheet.keeper.year))
    sheet.look_at(sheet.keeper.versions()[-1])
    visit.take("archive-means-version")
    sheet.look_at(None)
    sheet = _archive(visit, visit.stage.ids[HALF_FILLED], "means").worksheet()
    sheet.go_to("expenses")
    visit.take("archive-means-faults")
    sheet.go_to("vehicles")
    visit.take("archive-means-not-asked")


def _type(visit: Visit, text: str) -> None:
    visit.camera.settle(visit.window)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.setText(text)
    line.textEdited.emit(text)


def assessment_tab(visit: Visit) -> None:
    """What fits, the caps, what if, the decision, a stored one; what is missing, what is near, what changed."""
    page = _archive(visit, visit.stage.rich, "assessment")
    tab = page.assessment()
    visit.take("archive-assessment")
    tab.what_if.figure.setCurrentIndex(1)
    tab.what_if.value.setText("60000")
    tab.what_if.look()
    visit.take("archive-assessment-what-if")
    scrolls: list[QScrollArea] = list(tab.findChildren(QScrollArea))
    for scroll in scrolls:
        scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    visit.take("archive-assessment-lower")
    tab.store()
    visit.camera.settle(visit.window)
    for scroll in scrolls:
        scroll.verticalScrollBar().setValue(0)
    tab.decision.choice.setCurrentIndex(0)
    visit.take("archive-assessment-decision")
    assert tab.case is not None
    tab.look_at(tab.case.history[-1])
    visit.take("archive-assessment-history")
    for number, name in ((NEAR, "near"), (CHANGED, "changed"), (HALF_FILLED, "draft"), (BARE, "bare")):
        _archive(visit, visit.stage.ids[number], "assessment")
        visit.take(f"archive-assessment-{name}")


def work_list(visit: Visit) -> None:
    """Every pile of the work list; the start of assessing many."""
    page = visit.page("assessments")
    assert isinstance(page, AssessmentsPage)
    for state in STATES:
        page.show_state(state.name)
        visit.take(f"assessments-{state.name}")
    page.show_state("stale")
    page.model.tick_all()
    visit.take("assessments-ticked")
    visit.camera.take_modal("dialog-many-assessed", visit.window, page.assess_ticked)


def without_policy(visit: Visit) -> None:
    """What both pages say before a policy is chosen; the office is a new one."""
    visit.enter(visit.stage.empty)
    visit.page("assessments")
    visit.take("assessments-nothing-yet")


def _archive(visit: Visit, archive_id: str, tab: str) -> ArchiveDetailPage:
    page = visit.page("archive", archive_id=archive_id, tab=tab)
    assert isinstance(page, ArchiveDetailPage)
    visit.camera.settle(visit.window)
    return page
