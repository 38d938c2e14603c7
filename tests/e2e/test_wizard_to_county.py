"""One household from the wizard to the county and back: window, photo, stick, receipt – review, answer, correction."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import photo
from neighbours import town_and_county
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.domain.review import Reason, ReviewOutcome
from db.services import answering, archiving, attachments, drafts, exchange, review_list, reviewing
from db.services.answer_news import AnswerNews, AnswerOutcome, AnswerPreview
from db.services.demo import make_household
from db.services.office import OfficeSession
from desktop import background, theme
from desktop.exchange.returned_view import ReturnedView
from desktop.forms.wizard import WizardPage
from desktop.preferences import Preferences
from desktop.workspace import Workspace


def _window(qtbot: QtBot, session: OfficeSession, folder: Path) -> Workspace:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply_theme(app)
    made = Workspace(session, Preferences(folder / f"{session.office.level}.json"))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitExposed(made):
        made.show()
    return made


def _file_in_the_wizard(window: Workspace, session: OfficeSession, qtbot: QtBot) -> str:
    """Take up a draft, attach a photo, change a field by keys, file it with Ctrl+Enter; the archive's id."""
    draft = drafts.start_draft(session)
    draft.content = make_household(random.Random(11), 3)
    drafts.save_draft(session, draft)
    window.show_page("wizard", draft_id=draft.id)
    page = window.current_page()
    assert isinstance(page, WizardPage)
    page.go_to_step(6)
    page.papers.take([("户口簿.jpg", photo)])
    qtbot.waitUntil(lambda: len(page.papers.papers) == 1, timeout=10_000)
    for item in page.flow.open_warnings():
        page.flow.confirm(item.problem, "已核对原件")
    qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    place, where = window.place()
    assert place == "archive"
    return str(where["archive_id"])


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    """A township, its county and a stick; they outlive the windows."""
    with town_and_county(tmp_path) as made:
        yield made
        background.wait_until_idle()


@pytest.mark.qt_log_level_fail("CRITICAL")
def test_household__from_the_wizard_to_the_county_and_back(
    offices: tuple[OfficeSession, OfficeSession, Path], qtbot: QtBot, tmp_path: Path
) -> None:
    """What the clerk filed is what the county sees, photo and all, and the receipt says so in the clerk's list."""
    town, county, stick = offices
    archive_id = _file_in_the_wizard(_window(qtbot, town, tmp_path), town, qtbot)
    filed = archiving.load_archive(town, archive_id)
    assert filed.is_complete

    received = exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    assert received.receipt is not None
    there = archiving.load_archive(county, archive_id)
    assert there.content == filed.content and there.archive_number == filed.archive_number
    (paper,) = attachments.list_attachments(county, archive_id)
    assert attachments.read_attachment(county, paper.id) == attachments.read_attachment(town, paper.id)
    window = _window(qtbot, county, tmp_path)
    window.show_page("archive", archive_id=archive_id)
    assert window.place() == ("archive", {"archive_id": archive_id})

    exchange.receive_bundle(town, received.receipt.path)
    (row,) = archiving.list_archives(town, archiving.ArchiveQuery())
    assert row.submission is archiving.Submission.ACKNOWLEDGED


def _say(county: OfficeSession, archive_id: str, outcome: ReviewOutcome, **more: Any) -> None:
    reviewing.review(county, archive_id, reviewing.ReviewInput(outcome, **more))


def _answer(county: OfficeSession, town: OfficeSession, stick: Path) -> AnswerNews:
    """The county answers, the township looks and applies; what was shown is what is done."""
    (answer,) = answering.write_answers(county, [town.office.id], stick)
    shown = exchange.inspect_bundle(town, answer.path)
    outcome = exchange.receive_bundle(town, answer.path)
    assert isinstance(shown, AnswerPreview) and isinstance(outcome, AnswerOutcome) and shown.news == outcome.news
    return outcome.news


def _state(town: OfficeSession, archive_id: str) -> archiving.Submission:
    return archiving.archive_submission(town, archiving.load_archive(town, archive_id))


@pytest.mark.qt_log_level_fail("CRITICAL")
def test_household__returned_corrected_and_approved(
    offices: tuple[OfficeSession, OfficeSession, Path], qtbot: QtBot, tmp_path: Path
) -> None:
    """The county sends it back for one field; the clerk is led to that field; the county sees just that, and approves."""
    town, county, stick = offices
    window = _window(qtbot, town, tmp_path)
    archive_id = _file_in_the_wizard(window, town, qtbot)
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    wrong = Reason("other", "与单位证明不符", "employer")
    _say(county, archive_id, ReviewOutcome.RETURNED, reasons=(wrong,), due_on=reviewing.default_due(county))

    (told,) = _answer(county, town, stick).returned
    assert told.reasons == (wrong,) and told.is_current
    assert _state(town, archive_id) is archiving.Submission.RETURNED
    window.show_page("exchange", section="returned")
    listed = window.current_page().findChild(ReturnedView)
    qtbot.waitUntil(lambda: listed.rows.rowCount() == 1, timeout=10_000)
    listed.table.opened.emit(listed.rows.index(0, 0))
    page = window.current_page()
    assert isinstance(page, WizardPage)

    content = archiving.load_archive(town, archive_id).content.copy()
    content.values["employer"] = "潜山市人民医院"
    archiving.save_archive(town, content, archive_id)
    assert _state(town, archive_id) is archiving.Submission.CHANGED
    corrected = exchange.export_bundle(town, None, stick).path
    (item,) = exchange.inspect_bundle(county, corrected).changed
    assert [change.field for change in item.changes] == ["employer"]
    exchange.receive_bundle(county, corrected)
    assert review_list.state_of(county, archive_id) is review_list.ReviewState.CORRECTED

    _say(county, archive_id, ReviewOutcome.APPROVED, worker_number="AQ2026001")
    (told,) = _answer(county, town, stick).approved
    assert told.worker_number == "AQ2026001"
    assert _state(town, archive_id) is archiving.Submission.APPROVED
    for office in (town, county):
        assert archiving.load_archive(office, archive_id).content.values["worker_number"] == "AQ2026001"
    assert exchange.unsubmitted_ids(town) == []
