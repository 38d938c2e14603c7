"""认定 as a clerk meets it: what is missing leads to its place, stored stays as it was, differing needs a reason, what if."""


import pytest
from factories import file_household
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from db.domain.archive_content import new_id
from db.domain.means_form import WORKER, MeansContent, Row
from db.domain.policy.assessment import Outcome
from db.services import archiving, assessing, demo_casework, means
from db.services.archiving import Archive
from db.services.office import OfficeSession
from desktop.assessment.assessment_tab import AssessmentTab
from desktop.assessment.explanation_view import MissingCard, split_citation
from desktop.assessment.many_dialog import ManyDialog
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.assessments import AssessmentsPage
from desktop.workspace import Workspace


@pytest.fixture
def archive(session: OfficeSession) -> Archive:
    return file_household(session, members=1)


def row(**values: str | int | bool) -> Row:
    return {"id": new_id(), **values}


def give_means(session: OfficeSession, archive: Archive, wage: int = 2_400_000) -> MeansContent:
    """A worksheet that answers everything the demonstration's policy asks."""
    sheet = means.new_means(session, archive, means.previous_year(session))
    sheet.values.update(
        region="340882",
        area="urban",
        receives_subsistence_allowance=False,
        is_registered_poor=False,
        is_social_retiree=False,
        other_exclusion=False,
        labour_relation_on="2010-01-01",
        labour_proofs=["labour_contract"],
    )
    empty = ("businesses", "vehicles", "homes", "assets", "students", "job_offers", "events", "earlier_aid", "monthly_incomes")
    sheet.rows.update({key: [] for key in empty})
    sheet.rows["incomes"] = [row(person=WORKER, kind="wage", amount=wage)]
    sheet.rows["expenses"] = [row(kind="illness", person=WORKER, total=3_000_000)]
    for person in sheet.rows["people"]:
        person["can_work"] = False
    means.save_means(session, archive.id, sheet)
    return sheet


def tab_of(workspace: Workspace, archive: Archive, qtbot: QtBot) -> AssessmentTab:
    workspace.show_page("archive", archive_id=archive.id, tab="assessment")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    tab = page.assessment()
    qtbot.waitUntil(lambda: tab.case is not None and tab.isVisible())
    return tab


def test_no_policy__says_so_and_leads_to_the_settings(workspace: Workspace, archive: Archive, qtbot: QtBot) -> None:
    workspace.show_page("archive", archive_id=archive.id, tab="assessment")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    tab = page.assessment()
    qtbot.waitUntil(tab._no_policy.isVisible)
    tab._no_policy.step.click()
    assert workspace.place() == ("settings", {"section": "policy"})


def test_missing__each_line_leads_to_its_place(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot
) -> None:
    """Without a worksheet everything is asked for; the link opens the very ledger of the very year."""
    demo_casework.set_up_policy(session)
    tab = tab_of(workspace, archive, qtbot)
    assert tab.case is not None and tab.case.assessment.outcome is Outcome.INCOMPLETE
    cards: list[MissingCard] = list(tab.findChildren(MissingCard))
    cards[0].wanted.emit("incomes")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    assert page.tabs.currentWidget() is page.means_tab
    assert page.worksheet().sections.buttons["incomes"].isChecked()
    assert page.worksheet().keeper.year == tab.case.facts.year


def test_store_and_decide__another_class_needs_a_reason_and_fills_the_form(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot
) -> None:
    """Nothing is stored by looking; a decision that differs waits for its reason; what was stored is never recomputed."""
    demo_casework.set_up_policy(session)
    sheet = give_means(session, archive)
    tab = tab_of(workspace, archive, qtbot)
    assert tab.case is not None and tab.case.assessment.outcome is Outcome.FITS
    assert assessing.list_assessments(session, archive.id) == []
    tab.store()
    qtbot.waitUntil(lambda: tab.case is not None and tab.case.stored is not None)
    first = tab.decision.choice.currentIndex()
    other = next(at for at in range(tab.decision.choice.count()) if at != first)
    tab.decision.choice.setCurrentIndex(other)
    tab.decision.act.click()
    assert assessing.list_assessments(session, archive.id)[0].decision is None, "no reason yet"
    tab.decision.reason.setText("入户核实后集体研究")
    tab.decision.act.click()
    stored = assessing.list_assessments(session, archive.id)[0]
    assert stored.decision is not None and stored.decision.reason == "入户核实后集体研究"
    chosen = stored.assessment.class_result(stored.decision.decided_class)
    assert chosen is not None
    assert archiving.load_archive(session, archive.id).content.values["hardship_category"] == chosen.category
    sheet.rows["incomes"][0]["amount"] = 30_000_000
    means.save_means(session, archive.id, sheet)
    workspace.changes.archives_changed.emit({archive.id})
    qtbot.waitUntil(lambda: tab.case is not None and tab.case.assessment.outcome is not Outcome.FITS)
    assert tab.note.isVisible() and "家庭情况有变化" in tab.note.text()
    assert tab.case is not None
    tab.look_at(tab.case.history[0])
    assert "符合" in tab.banner._words.text()


def test_what_if__tells_what_would_change_and_keeps_nothing(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot
) -> None:
    """More people, a higher wage, another standard: each is assessed beside what is stored."""
    demo_casework.set_up_policy(session)
    give_means(session, archive)
    card = tab_of(workspace, archive, qtbot).what_if
    keys = [card.figure.itemData(at).key for at in range(card.figure.count())]
    assert {"size", "incomes:0", "expenses:0", "standard:subsistence"} <= set(keys)
    for key, value in (("incomes:0", "300000"), ("size", "6"), ("standard:subsistence", "1")):
        card.figure.setCurrentIndex(keys.index(key))
        card.value.setText(value)
        card.look()
        assert any("→" in line for line in card.texts()), key
    card.value.setText("很多")
    card.look()
    assert card.texts() == [] and card._problem.isVisibleTo(card)
    assert assessing.list_assessments(session, archive.id) == []


def test_unsaved__is_tried_out_but_not_stored(
    workspace: Workspace, session: OfficeSession, archive: Archive, qtbot: QtBot
) -> None:
    """A worksheet on the table is assessed as typed; storing first leads back to saving it."""
    demo_casework.set_up_policy(session)
    give_means(session, archive)
    workspace.show_page("archive", archive_id=archive.id, tab="means")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    sheet = page.worksheet()
    sheet.flow.rows("incomes")[0]["amount"] = 30_000_000
    sheet.keeper.touch()
    tab = tab_of(workspace, archive, qtbot)
    assert tab.case is not None and tab.case.is_unsaved and tab.case.assessment.outcome is not Outcome.FITS
    tab.store()
    assert page.tabs.currentWidget() is page.means_tab
    assert assessing.list_assessments(session, archive.id) == []


def test_work_list__piles_counts_and_many_at_once(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ticked households are assessed off the screen; each lands in its pile, Enter opens it at 认定."""
    demo_casework.set_up_policy(session)
    archives = [file_household(session, seed, members=1) for seed in range(3)]
    for each in archives[:2]:
        give_means(session, each)
    shown: list[ManyDialog] = []
    monkeypatch.setattr(ManyDialog, "exec", lambda dialog: shown.append(dialog) or QDialog.DialogCode.Accepted)
    workspace.show_page("assessments")
    page = workspace.current_page()
    assert isinstance(page, AssessmentsPage)
    qtbot.waitUntil(lambda: page.states.button("open").text() == "未认定 3")
    qtbot.waitUntil(lambda: page.table.isVisible())
    at = page.table.visualRect(page.model.index(1, 0)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert len(page.model.ticked) == 1 and page.table.currentIndex().row() == 1, "a button acts upon the row that was clicked"
    page.model.tick_all()
    page.assess_ticked()
    qtbot.waitUntil(lambda: bool(shown))
    texts = [each.text() for each in shown[0].findChildren(QLabel)]
    assert "已认定并存档 3 户" in texts and "2 户" in texts
    page.show_state("fits")
    assert page.model.count == 2
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    name, where = workspace.place()
    assert name == "archive" and where["tab"] == "assessment"


def test_citation__document_and_clause_are_told_apart() -> None:
    cited = "《关于进一步加强困难职工帮扶工作的通知》（青总办〔2022〕21号）第四条首句（认定标准见实施细则）"
    document, clause = split_citation(cited)
    assert document == "《关于进一步加强困难职工帮扶工作的通知》（青总办〔2022〕21号）"
    assert clause == "第四条首句（认定标准见实施细则）"
