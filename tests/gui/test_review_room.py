"""The room 审核: worked through from the keyboard, field by field, sent back, approved, and shown in the township."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household
from neighbours import carry, town_and_county
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.domain.review import Reason, ReviewOutcome
from db.services import archiving, review_list, reviewing
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.review_list import ReviewState
from db.services.reviewing import ReviewInput
from desktop import theme
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.review import ReviewPage
from desktop.pages.reviews import ReviewsPage
from desktop.preferences import Preferences
from desktop.review.review_strip import ReviewStrip
from desktop.rooms import ROOMS
from desktop.widgets.basics import _Button
from desktop.workspace import Workspace

Offices = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    with town_and_county(tmp_path) as made:
        yield made


@pytest.fixture
def filed(offices: Offices) -> list[Archive]:
    town, county, stick = offices
    filed = [file_household(town, seed) for seed in range(3)]
    carry(town, county, stick)
    return filed


def show(qtbot: QtBot, session: OfficeSession, folder: Path) -> Workspace:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply_theme(app)
    made = Workspace(session, Preferences(folder / "preferences.json"))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def case_page(qtbot: QtBot, window: Workspace, archive_id: str) -> ReviewPage:
    page = window.current_page()
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: page.case is not None and page.case.archive.id == archive_id, timeout=15_000)
    return page


def state(county: OfficeSession, archive: Archive) -> ReviewState | None:
    return review_list.state_of(county, archive.id)


def test_room__offered_where_offices_stand_below(qtbot: QtBot, offices: Offices, filed: list[Archive], tmp_path: Path) -> None:
    town, county, _ = offices
    assert "reviews" not in [show(qtbot, town, tmp_path).rail.room(number) for number in range(1, len(ROOMS) + 1)]
    assert "reviews" in [show(qtbot, county, tmp_path).rail.room(number) for number in range(1, len(ROOMS) + 1)]


def test_room__one_after_the_other_by_keys(qtbot: QtBot, offices: Offices, filed: list[Archive], tmp_path: Path) -> None:
    """Enter opens the first, 1 and Ctrl+Enter approve it and the next comes; a field is sent back with Enter."""
    _, county, _ = offices
    window = show(qtbot, county, tmp_path)
    window.show_page("reviews")
    page = window.current_page()
    assert isinstance(page, ReviewsPage)
    order = page.model.all_keys()
    qtbot.waitUntil(lambda: page.states.button(str(ReviewState.PENDING)).text() == "待审 3")
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    case = case_page(qtbot, window, order[0])
    qtbot.keyClick(case.fields.table, Qt.Key.Key_1)
    qtbot.keyClick(case.fields.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    case_page(qtbot, window, order[1])
    assert review_list.state_of(county, order[0]) is ReviewState.APPROVED
    lines = case.fields.model.lines
    case.fields.table.selectRow(next(at for at, line in enumerate(lines) if line.field == "id_number"))
    qtbot.keyClick(case.fields.table, Qt.Key.Key_Return)
    assert case.panel.outcome.value() is ReviewOutcome.RETURNED and case.panel.marked() == {("id_number", "")}
    qtbot.keyClicks(case.panel.fields[0].words, "1")
    assert case.panel.outcome.value() is ReviewOutcome.RETURNED, "a digit typed into a field is no key of the page"
    case.save()
    case_page(qtbot, window, order[2])
    said = reviewing.list_reviews(county, order[1])[0]
    assert said.reasons == (Reason("field_wrong", "1", "id_number"),)
    assert said.due_on == reviewing.default_due(county)


def test_room__refuses_and_keeps_what_is_half_said(
    qtbot: QtBot, offices: Offices, filed: list[Archive], tmp_path: Path
) -> None:
    _, county, _ = offices
    window = show(qtbot, county, tmp_path)
    window.show_page("review", archive_id=filed[0].id)
    case = case_page(qtbot, window, filed[0].id)
    case.save()
    assert "先选结果" in case.panel.problem.text()
    case.panel.choose(ReviewOutcome.RETURNED)
    case.save()
    assert "至少选一条理由" in case.panel.problem.text() and state(county, filed[0]) is ReviewState.PENDING
    case.panel.ticks.boxes["missing_paper"].setChecked(True)
    case.tabs.setCurrentIndex(4)
    case._about.click()
    assert case.panel.fields[0].reason() == Reason("missing_paper", "", "@attachment")
    case.panel.remarks.setText("户口簿没有盖章")
    case.panel.remarks.textEdited.emit("户口簿没有盖章")
    window.show_page("home")
    window.show_page("review", archive_id=filed[0].id)
    qtbot.waitUntil(lambda: case.panel.remarks.text() == "户口簿没有盖章", timeout=15_000)
    assert case.panel.outcome.value() is ReviewOutcome.RETURNED
    assert case.panel.ticks.boxes["missing_paper"].isChecked()


def test_case__what_changed_is_marked(qtbot: QtBot, offices: Offices, filed: list[Archive], tmp_path: Path) -> None:
    town, county, stick = offices
    reviewing.review(county, filed[0].id, ReviewInput(ReviewOutcome.RETURNED, (Reason("missing_paper"),)))
    content = archiving.load_archive(town, filed[0].id).content
    before = content.text("mobile_phone")
    content.values["mobile_phone"] = "13900001111"
    archiving.save_archive(town, content, filed[0].id)
    carry(town, county, stick)
    window = show(qtbot, county, tmp_path)
    window.show_page("review", archive_id=filed[0].id)
    case = case_page(qtbot, window, filed[0].id)
    changed = [line for line in case.fields.model.lines if line.is_changed]
    assert [(line.field, line.now, line.before) for line in changed] == [("mobile_phone", "13900001111", before)]
    assert "改了 1 处" in case.note.text()
    case.fields.only.setChecked(True)
    assert all(line.is_changed or line.problem for line in case.fields.model.lines)


def test_detail__reason_leads_to_its_field(qtbot: QtBot, offices: Offices, filed: list[Archive], tmp_path: Path) -> None:
    """What the office above said stands over the archive; a click on a reason opens the wizard at that field."""
    from sqlalchemy import insert, text

    from db.store import review_store

    town, county, _ = offices
    reviewing.review(county, filed[0].id, ReviewInput(ReviewOutcome.RETURNED, (Reason("field_wrong", "", "home_address"),)))
    with county.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM review")).mappings()]
    with town.database.writing() as connection:
        reasons = [{"code": "field_wrong", "field": "home_address"}]
        connection.execute(insert(review_store.REVIEW), [{**row, "reasons": reasons} for row in rows])
    window = show(qtbot, town, tmp_path)
    window.open_archive(filed[0].id)
    page = window.current_page()
    assert isinstance(page, ArchiveDetailPage)
    strip = page.findChild(ReviewStrip)
    assert strip is not None and strip.isVisible()
    link = next(made for made in strip.findChildren(_Button) if "家庭住址" in made.text())
    link.click()
    from desktop.forms.wizard import WizardPage

    wizard = window.current_page()
    assert isinstance(wizard, WizardPage)
    qtbot.waitUntil(lambda: wizard.flow.content.text("name") == filed[0].content.text("name"))
    assert wizard._place is not None and wizard._place.field == "home_address"
