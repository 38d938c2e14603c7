"""The part 评估: drawing, entering a check, the rates, and back from a rate to its households."""

import pytest
from factories import file_household
from pytestqt.qtbot import QtBot

from db.domain.form_flow import Place
from db.services.office import OfficeSession
from desktop.pages import evaluation as page_module
from desktop.pages.evaluation import EvaluationPage
from desktop.pages.evaluation_rates import EvaluationRatesPage
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office with four households on file."""
    for seed in range(4):
        file_household(office, seed, worker_number=f"3408820000{seed:03d}")
    return office


def test_evaluation__from_the_seed_to_the_rate(workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clerk draws two of four, enters that one is overdue to leave, sees 100 % of one, and is led back to it."""
    answers = [{"seed": "31", "size_on_file": "2"}, {"checkers": "许静", "reached": "是", "should_exit": "是"}]

    def fill(dialog: RecordDialog) -> int:
        for key, words in answers.pop(0).items():
            dialog.flow.enter_text(Place(key), words)
        dialog.store()
        return dialog.result()

    monkeypatch.setattr(page_module.RecordDialog, "exec", fill)
    workspace.show_page("evaluation")
    page = workspace.findChild(EvaluationPage)
    assert page is not None and page.evaluation() is None
    page.draw()
    item = page.evaluation()
    assert item is not None and (item.size, item.content.text("seed"), page.model.count) == (2, "31", 2)
    page.table.selectRow(0)
    page.enter_current()
    assert page.model.count == 1
    page.show_rates()
    rates = workspace.findChild(EvaluationRatesPage)
    assert rates is not None
    at = next(at for at, rate in enumerate(rates.rates.rows) if rate.indicator.code == "overdue_exit")
    assert rates.rates.rows[at].words == "100.0%" and "还有 1 户没有查清" in rates.rates.rows[at].hint
    rates.table.opened.emit(rates.rates.index(at, 0))
    qtbot.waitUntil(lambda: page.isVisible() and page.model.count == 1)
    assert [row.faults[0].fault for row in page.model.rows] == ["漏退"]
