"""Who left in a period: the report, what it counts, and the warning before many leave at once."""

from pathlib import Path

import pytest
from case_steps import give_papers, on_day
from factories import file_household
from openpyxl import load_workbook

from db.domain.case_words import Act
from db.domain.option_lists import option_list
from db.domain.paper_checklist import EXIT_EVIDENCE, EXIT_TYPES
from db.errors import UserError
from db.services import casework, exits
from db.services.office import OfficeSession


def on_file(session: OfficeSession, count: int) -> list[str]:
    """Households with their numbers: on file without a step."""
    return [file_household(session, seed, worker_number=f"34{seed:06d}").id for seed in range(1, count + 1)]


def leave(session: OfficeSession, archive_id: str, reason: str = "cured") -> None:
    give_papers(session, archive_id, "diagnosis" if reason == "cured" else "income_proof")
    casework.take_step(session, archive_id, Act.BEGIN_EXIT, {"exit_reason": reason})


def test_mass_exit__warned_with_its_numbers(office: OfficeSession) -> None:
    """Below the share nobody is bothered; above it the sentence has every number, and the office may set the share."""
    on_day(office, "2026-11-05")
    ids = on_file(office, 10)
    leave(office, ids[0])
    assert exits.mass_exit(office, 1) is None
    found = exits.mass_exit(office, 4)
    assert found is not None and (found.left, found.adding) == (1, 4)
    for part in ("已经退档、注销和正在退档 1 户，加上这次 4 户，共 5 户", "占这一期在档 10 户的 50.0%", "超过 20%"):
        assert part in found.text
    exits.set_warning_percent(office, 60)
    assert exits.mass_exit(office, 4) is None
    with pytest.raises(UserError, match="1 到 100"):
        exits.set_warning_percent(office, 0)


def test_exit__only_on_papers_that_bear_its_reason_out(office: OfficeSession) -> None:
    """S000-31: no paper, one of another kind, one of last year: refused, and the papers that would do are named."""
    on_day(office, "2026-11-05")
    (archive_id,) = on_file(office, 1)

    def said() -> str:
        with pytest.raises(UserError) as caught:
            casework.take_step(office, archive_id, Act.BEGIN_EXIT, {"exit_reason": "cured"})
        return caught.value.text()

    assert "还没有任何附件" in said()
    give_papers(office, archive_id, "id_card", "household_register")
    (missing,) = casework.case_of(office, archive_id).offer(Act.BEGIN_EXIT).missing
    assert "现有的附件都不算" in missing.text and missing.place == "papers:income_proof"
    give_papers(office, archive_id, "payroll")
    assert casework.case_of(office, archive_id).offer(Act.BEGIN_EXIT).is_open
    assert "“疾病治愈”要有一年以内存的诊断书、出院小结或医保结算记录" in said()
    give_papers(office, archive_id, "diagnosis")
    on_day(office, "2027-11-06")
    assert "现有的附件都不算" in said()
    on_day(office, "2027-11-05")
    casework.take_step(office, archive_id, Act.BEGIN_EXIT, {"exit_reason": "cured"})
    report = exits.exit_report(office, "2027-01-01", "2027-12-31")
    assert [line.evidence for line in report.lines] == [1], "the payroll says nothing of a cure"


def test_every_exit_reason_has_its_papers() -> None:
    """A reason added to the list is asked for here."""
    known = {option.code for option in option_list("document_type").current()}
    assert set(EXIT_EVIDENCE) == {option.code for option in option_list("exit_reason").current()}
    assert known >= EXIT_TYPES


def test_report__counts_who_left_and_nobody_else(office: OfficeSession, tmp_path: Path) -> None:
    """Closed, being closed and cancelled from the file count; one cancelled as a lead, and one of another year, do not."""
    on_day(office, "2026-11-05")
    ids = on_file(office, 6)
    leave(office, ids[0], "re_employed")
    casework.take_step(office, ids[1], Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往邻县"})
    lead = file_household(office, 20, worker_number="T1").id
    casework.take_step(office, lead, Act.NOTE_LEAD)
    casework.take_step(office, lead, Act.CANCEL, {"cancel_reason": "duplicate", "reason": "重复"})
    earlier = file_household(office, 21, worker_number="T2").id
    casework.take_step(office, earlier, Act.NOTE_EXITED, {"exited_on": "2025-06-01", "exit_reason": "cured"})
    report = exits.exit_report(office, "2026-01-01", "2026-12-31")
    assert {line.archive_id for line in report.lines} == {ids[0], ids[1]}
    assert report.on_file == 4
    assert report.without_evidence == 1
    assert set(report.by_reason()) == {("退档", "再就业", 1), ("注销", "迁出本地", 1)}
    assert [line.archive_id for line in exits.exit_report(office, "2025-01-01", "2025-12-31").lines] == [earlier]
    path = tmp_path / "退档情况.xlsx"
    exits.write_exit_report(office, report, path)
    cells = [cell.value for line in load_workbook(path).active.iter_rows() for cell in line]
    assert "退档：再就业" in cells and "正在办理退档" in cells
    assert exits.exit_report_pdf(office, report).startswith(b"%PDF")
    with pytest.raises(UserError, match="开始日期"):
        exits.exit_report(office, "2026-12-31", "2026-01-01")
