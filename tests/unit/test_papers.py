"""The papers of the casework: blank and filled, one file for many, the workbook says what the print says, who may see what."""

from pathlib import Path

import pypdfium2
import pytest
from case_steps import COMPARISON, MINUTES, applicant, decide, give_papers, posted, visit
from casework import in_2020
from openpyxl import load_workbook

from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import archiving, casework, papers, records
from db.services.office import OfficeSession
from db.services.papers import Paper


def words_of(pdf: bytes) -> str:
    """The text of every page, without line breaks and blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def cells_of(path: Path) -> str:
    """The text of every sheet, the same way."""
    book = load_workbook(path)
    return "".join("".join(str(cell.value).split()) for sheet in book for line in sheet.iter_rows() for cell in line if cell.value)


def on_file(session: OfficeSession, seed: int = 1) -> str:
    """A household that was on file before the program was."""
    archive_id = applicant(session, seed).id
    casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    return archive_id


@pytest.mark.parametrize("paper", list(Paper))
def test_paper__blank_prints_and_saves(office: OfficeSession, tmp_path: Path, paper: Paper) -> None:
    """Every paper has a blank with its title and the office, on paper and as a workbook."""
    path = tmp_path / "空白.xlsx"
    assert papers.write_paper_workbook(office, paper, [], path) == 0
    for said in (words_of(papers.paper_pdf(office, paper, [])), cells_of(path)):
        assert papers.PAPERS[paper].title.partition("（A3")[0] in said
        assert office.office.name in said or paper is Paper.MONITORING  # there the unit is written by hand


def test_application__says_what_is_asked_for(office: OfficeSession, tmp_path: Path) -> None:
    """Who asks, for what, the bills and their sum, the account; amounts are numbers in the workbook, card and ID text."""
    archive = applicant(office)
    asked = RecordContent(
        {"item": "medical", "applied_on": office.today, "amount_asked": 1_200_000, "reason": "妻子住院",
         "person": archive.content.members[0]["id"], "other_source": "民政临时救助"},
        {"expenses": [{"id": "1", "what": "住院费", "amount": 3_000_000, "reimbursed": 1_234_500},
                      {"id": "2", "what": "门诊", "amount": 100_050}]},
    )  # fmt: skip
    records.save_record(office, archive.id, RecordKind.AID_APPLICATION, asked)
    said = words_of(papers.paper_pdf(office, Paper.AID_APPLICATION, [archive.id]))
    content = archive.content
    whom = "为谁申请" + str(content.members[0]["name"])
    asked_for = (whom, "同类救助：民政临时救助", "■医疗救助", "12,000.00", "妻子住院", "17,655.00", "18,655.50")
    for part in (content.text("name"), content.text("id_number"), *asked_for):
        assert part in said
    path = tmp_path / "申请表.xlsx"
    papers.write_paper_workbook(office, Paper.AID_APPLICATION, [archive.id], path)
    values = [cell.value for line in load_workbook(path).active.iter_rows() for cell in line]
    assert content.text("id_number") in values and content.text("bank_account") in values
    assert 18655.5 in values


def test_minutes__one_sheet_for_each_meeting(office: OfficeSession) -> None:
    """Two households of one meeting share a sheet; one not discussed yet stands on a sheet of its own, to be filled in."""
    first = posted(office)
    second = applicant(office, 2).id
    pdf = papers.paper_pdf(office, Paper.MINUTES, [first, second])
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 2
    said = words_of(pdf)
    for archive_id in (first, second):
        assert archiving.load_archive(office, archive_id).content.text("name") in said
    assert "王五、赵六、孙七" in said and "2020-06-01" in said


def test_exit_approval__compares_then_and_now(office: OfficeSession) -> None:
    """Reason, both incomes, evidence, and nobody else's; households that are not on file have no closing."""
    archive_id = on_file(office)
    archive = archiving.load_archive(office, archive_id)
    before = archive.content.values["annual_household_income"]
    assert isinstance(before, int)
    changed = archive.content
    changed.values |= {"monthly_income": 900_000, "annual_household_income": 10_800_000}
    archiving.save_archive(office, changed, archive_id)
    give_papers(office, archive_id, "payroll")
    casework.take_step(office, archive_id, Act.BEGIN_EXIT, {"exit_reason": "re_employed"})
    said = words_of(papers.paper_pdf(office, Paper.EXIT_APPROVAL, [archive_id, applicant(office, 3).id]))
    for part in ("■再就业", f"{before / 100:,.2f}", "108,000.00", "工资表复印件"):
        assert part in said
    assert said.count("困难职工退档审批表") == 1
    with pytest.raises(UserError, match="用不上“困难职工退档审批表”"):
        papers.paper_pdf(office, Paper.EXIT_APPROVAL, [applicant(office, 4).id])


def test_cancel_approval__of_a_cancelled_archive(office: OfficeSession) -> None:
    """The reason that was given is ticked, with its note."""
    archive_id = on_file(office)
    casework.take_step(office, archive_id, Act.CANCEL, {"cancel_reason": "duplicate", "reason": "与另一户是一家"})
    said = words_of(papers.paper_pdf(office, Paper.CANCEL_APPROVAL, [archive_id]))
    assert "■重复建档" in said and "与另一户是一家" in said
    begun = posted(office, 2)
    casework.take_step(office, begun, Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往外县"})
    said = words_of(papers.paper_pdf(office, Paper.CANCEL_APPROVAL, [begun]))
    assert "迁往外县" in said and "集体研究同意" not in said, "that meeting was about filing it"


def test_exit_approval__says_nothing_of_another_decision(office: OfficeSession) -> None:
    """A household filed again keeps its old closing; one that has not begun to leave gets a form to fill in by hand."""
    in_2020(office)
    archive_id = applicant(office).id
    left = {"exited_on": "2019-05-31", "exit_reason": "re_employed", "reason": "原有档案"}
    casework.take_step(office, archive_id, Act.NOTE_EXITED, left)
    casework.take_step(office, archive_id, Act.READMIT, {"reason": "又失业"})
    give_papers(office, archive_id, "application", "verification_consent")
    casework.take_step(office, archive_id, Act.ACCEPT)
    decide(office, archive_id)
    visit(office, archive_id)
    casework.take_step(office, archive_id, Act.VERIFY)
    casework.take_step(office, archive_id, Act.COMPARE, COMPARISON)
    casework.take_step(office, archive_id, Act.AGREE, MINUTES)
    said = words_of(papers.paper_pdf(office, Paper.EXIT_APPROVAL, [archive_id]))
    assert "■再就业" in said and "王五" not in said and "张三、李四" not in said
    assert "王五" in words_of(papers.paper_pdf(office, Paper.MINUTES, [archive_id]))
    filed = posted(office, 2)
    casework.take_step(office, filed, Act.STEP_BACK, {"reason": "补记", "to_stage": "application"})
    casework.take_step(office, filed, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    assert "王五" not in words_of(papers.paper_pdf(office, Paper.EXIT_APPROVAL, [filed]))


def test_offers__what_the_step_wants_first(office: OfficeSession) -> None:
    """While a notice hangs, the notice is offered first; its result is not there yet."""
    archive_id = posted(office)
    offered = papers.offers(office, [archive_id])
    assert offered[0].paper is Paper.NOTICE and offered[0].is_due
    assert next(item for item in offered if item.paper is Paper.NOTICE_RESULT).count == 0


def test_minutes__say_nothing_that_identifies(office: OfficeSession) -> None:
    """The minutes and the notice name no ID number, phone, card or address (requirements §b.6)."""
    archive_id = posted(office)
    content = archiving.load_archive(office, archive_id).content
    private = [content.text(key) for key in ("id_number", "mobile_phone", "bank_account", "home_address")]
    for paper in (Paper.MINUTES, Paper.NOTICE):
        said = words_of(papers.paper_pdf(office, paper, [archive_id]))
        assert [part for part in private if part and part in said] == []
