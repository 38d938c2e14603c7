"""Stops of the tour about 评估: before anything was drawn, drawing, the sample, a household's check, the rates, the papers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.evaluation import EVALUATION_CHECK
from db.domain.records.record_form import RecordContent
from db.services import archiving, casework, demo, evaluation, evaluation_sheets, printing
from db.services.evaluation import SampledRow
from db.services.evaluation_sheets import CheckFault, CheckImport
from desktop.evaluation import check_papers
from desktop.evaluation.import_dialog import CheckImportDialog
from desktop.pages.evaluation import EvaluationPage, draw_dialog
from desktop.records.record_dialog import RecordDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_SCALE = 1.5
_MET: dict[str, Value] = {"checkers": "评估员 许静、高翔", "reached": True}
_FOUND: tuple[dict[str, Value], ...] = (
    {"qualified_at_filing": True, "should_exit": False, "paired": True, "aid_fits": True, "measures_planned": 3,
     "measures_done": 3, "satisfied": "satisfied", "knows_policy": True, "papers_complete": True},
    {"qualified_at_filing": True, "should_exit": True, "paired": True, "aid_fits": False, "measures_planned": 2,
     "measures_done": 1, "satisfied": "fairly", "knows_policy": False, "papers_complete": False,
     "missing_papers": "上一年的收入证明", "note": "儿子去年九月已就业，月工资 4 600 元，没有登记。"},
    {"qualified_at_filing": True, "should_exit": False, "paired": False, "satisfied": "dissatisfied", "knows_policy": True,
     "papers_complete": True},
)  # fmt: skip


def evaluation_room(visit: Visit) -> None:
    """The part 评估 of the room 报表."""
    session = visit.stage.town
    visit.enter(session)
    page = visit.page("evaluation")
    assert isinstance(page, EvaluationPage)
    visit.take("evaluation-nothing-yet")
    for number in range(9):
        content = demo.make_household(random.Random(700 + number), members=2)
        has_left = number < 3
        content.values["worker_number"] = f"T7{number:03d}" if has_left else f"3408821007{number:02d}"
        archive = archiving.save_archive(session, content)
        if has_left:
            casework.take_step(session, archive.id, Act.NOTE_EXITED, {"exited_on": "2024-12-10", "exit_reason": "re_employed"})
    there = evaluation.listed_now(session)
    wanted: dict[str, Value] = {
        "title": "2026 年困难职工帮扶质效评估", "evaluator": "皖江社会调查事务所", "basis": "庆工办〔2026〕12 号", "seed": "20261121",
        "size_on_file": min(5, there["on_file"]), "size_not_on_file": min(4, there["not_on_file"]), "size_exited": 3,
    }  # fmt: skip
    visit.take("dialog-evaluation-draw", draw_dialog(page, RecordContent(dict(wanted)), lambda _content: None))
    item = evaluation.draw_evaluation(session, RecordContent(wanted))
    page.open("to_do")
    visit.take("evaluation-drawn")
    rows = evaluation.sampled_rows(session, item.id)
    for row, found in zip(rows, _FOUND * 2, strict=False):
        evaluation.save_check(session, item.id, row.archive_id, _check(row, found))
    for row in rows[-2:]:
        values: dict[str, Value] = {"satisfied": "satisfied", "knows_policy": True, "papers_complete": True}
        values["still_qualifies"] = row is rows[-1]
        evaluation.save_check(session, item.id, row.archive_id, _check(row, values))
    for pile in ("faults", "all"):
        page.open(pile)
        visit.take(f"evaluation-{pile}")
    row = rows[1]
    check = evaluation.new_check(session, item.id, row.archive_id)
    known = frozenset({"evaluation_id", "archive_id", "archive_number", "group"})
    visit.take("dialog-evaluation-check", RecordDialog(
        page, visit.workspace.context, EVALUATION_CHECK, check, "登记核查结果", lambda _content: None, hidden=known,
        hint=check_papers.about(session, row)))  # fmt: skip
    faults = [CheckFault(4, "A003", "建档时是否符合条件“大概”认不出来。"),
              CheckFault(9, "B002", "“建档时是否符合条件”不问未建档的户，请空着。")]  # fmt: skip
    visit.take("dialog-evaluation-import", CheckImportDialog(page, CheckImport(8, 1, 2, 5, faults)))
    visit.page("evaluation_rates", evaluation_id=item.id)
    visit.take("evaluation_rates")
    sheets = {
        "printed-evaluation-check": evaluation_sheets.check_sheets_pdf(session, item.id, [row.archive_id]),
        "printed-evaluation-check-masked": evaluation_sheets.check_sheets_pdf(session, item.id, [rows[-1].archive_id], masked=True),
        "printed-evaluation-result": evaluation_sheets.result_pdf(session, item.id),
    }
    for name, pdf in sheets.items():
        sheet = printing.render_page(pdf, 0, _SCALE)
        visit.camera.take_sheet(name, image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))


def _check(row: SampledRow, found: dict[str, Value]) -> RecordContent:
    return RecordContent({**_MET, **found, "checked_on": "2026-11-20", "group": row.group})
