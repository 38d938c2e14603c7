"""Import of real-looking lists: what each cell becomes, what is stored, and that nothing is stored twice."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from db.errors import Cancelled, UserError
from db.services import archiving, workbooks
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession
from db.services.workbooks import ImportOutcome, RowResult

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
WIDE, LONG = FIXTURES / "wide.xlsx", FIXTURES / "long.xls"
ERROR_ROWS = [6, 7, 20, 23, 25, 27, 29, 30, 31, 33, 38, 39, 41]


def count(session: OfficeSession) -> int:
    return archiving.count_archives(session, ArchiveQuery())


def archive_in_row(session: OfficeSession, outcome: ImportOutcome, row: int) -> archiving.Archive:
    found = next(household for household in outcome.households if household.row == row)
    return archiving.load_archive(session, found.archive_id)


def totals(outcome: ImportOutcome) -> tuple[int, int, int, int, int, int]:
    assert outcome.rows_read == (
        outcome.created + outcome.updated + outcome.unchanged + outcome.skipped + outcome.failed
    )
    return (
        outcome.rows_read, outcome.created, outcome.updated, outcome.unchanged, outcome.skipped, outcome.failed
    )  # fmt: skip


def test_wide__every_cell_as_expected_and_no_other_complaint(office: OfficeSession) -> None:
    """The outcome is exactly the expected list: each odd cell once, every other cell without a word."""
    expected = json.loads((FIXTURES / "wide.expected.json").read_text("utf-8"))
    outcome = workbooks.run_import(office, WIDE)
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for problem in outcome.problems:
        if problem.severity != "note":
            found[problem.row, problem.column].append(problem.severity)
    wanted = {(c["row"], c["column"]): [c["expect"]] for c in expected["cells"] if c["expect"] != "ok"}
    assert dict(found) == wanted
    assert outcome.plan.header_row == expected["header_row"]
    assert totals(outcome) == (expected["data_rows"], 47, 0, 0, 0, 13)
    assert [h.row for h in outcome.households if h.result is RowResult.FAILED] == ERROR_ROWS
    assert count(office) == 47


def test_wide__stored_values(office: OfficeSession) -> None:
    """What was put in order is stored in the right form, what was merely unusual is stored as typed."""
    outcome = workbooks.run_import(office, WIDE)
    values = {row: archive_in_row(office, outcome, row).content.values for row in range(8, 48) if row in {
        8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 26, 36, 37, 40, 42, 43, 44, 47
    }}  # fmt: skip
    assert values[8]["id_number"] == "630102198512205256"
    assert values[9]["id_number"] == "371083198410119293"
    assert values[10]["id_number"] == "11010519491231002X"
    assert values[11]["birth_on"] == "1983-01-25"
    assert values[12]["sex"] == "female"
    assert [values[row]["name"] for row in (13, 14, 15, 16, 17)] == [
        "王建国", "才让·卓玛", "买买提•吐尔逊", "李䶮", "王𠮷祥"
    ]  # fmt: skip
    assert values[18]["health_status"] == "malignant_tumor"
    assert values[19]["health_status"] == "end_stage_renal"
    assert values[22]["other_annual_income"] == 500_000
    assert values[22]["per_capita_monthly_income"] == 13_889
    assert values[26]["mobile_phone"] == "13800138000"
    assert values[36]["work_started_on"] == values[37]["work_started_on"] == "2009-07-01"
    assert values[40]["ethnicity"] == "04"
    assert values[42]["employer"] == '=HYPERLINK("x","y")'
    assert values[43]["hukou_region"] == "340882"
    assert values[44]["marital_status"] == "divorced"
    assert values[47]["filed_on"] == "2025-04-15"
    assert archive_in_row(office, outcome, 45).content.members[0]["monthly_income"] == 0


def test_wide__hidden_rows_columns_and_the_total_are_told(office: OfficeSession) -> None:
    """Nothing is dropped or taken in silence."""
    notes = {note.code: note for note in workbooks.run_import(office, WIDE, dry_run=True).notes}
    assert notes["row_hidden"].row == 9
    assert notes["column_hidden"].column == "其他联系方式"
    assert notes["row_not_read"].row == 66
    assert "填表说明" in notes["sheet_not_read"].message


def test_wide__twice_changes_nothing(office: OfficeSession) -> None:
    """The same file again: no new archive, no new revision, the same findings."""
    first = workbooks.run_import(office, WIDE)
    before = {h.archive_id: archiving.load_archive(office, h.archive_id) for h in first.households if h.archive_id}
    second = workbooks.run_import(office, WIDE)
    assert totals(second) == (60, 0, 0, 47, 0, 13)
    told = [[(p.row, p.column, p.severity) for p in o.problems if p.severity != "note"] for o in (first, second)]
    assert told[0] == told[1]
    for archive_id, archive in before.items():
        assert archiving.load_archive(office, archive_id) == archive


def test_long__households_are_put_together(office: OfficeSession) -> None:
    """One person a row becomes one archive a household, all of them stored."""
    outcome = workbooks.run_import(office, LONG)
    assert totals(outcome) == (25, 25, 0, 0, 0, 0)
    assert (outcome.people_read, outcome.sheet_rows) == (90, 90)
    first = archive_in_row(office, outcome, 3).content
    assert (first.values["name"], first.values["work_status"]) == ("周雪", "sick_leave")
    assert (first.values["employer"], first.values["household_size"]) == ("天柱山旅游公司", 5)
    assert [member["relation_to_head"] for member in first.members] == ["wife", "son", "daughter", "father"]
    assert first.members[2]["school_or_employer"] == "安徽师范大学"
    assert totals(workbooks.run_import(office, LONG)) == (25, 0, 0, 25, 0, 0)


def test_dry_run__stores_nothing_but_says_the_same(office: OfficeSession) -> None:
    """A dry run ends with the counts of the real one and an untouched office."""
    rehearsal = workbooks.run_import(office, WIDE, dry_run=True)
    assert count(office) == 0
    assert totals(rehearsal) == totals(workbooks.run_import(office, WIDE))


def test_skipped_rows__are_counted_and_not_stored(office: OfficeSession) -> None:
    """Rows the clerk leaves out count as skipped, sound or not."""
    outcome = workbooks.run_import(office, WIDE, skip_rows=[4, 5, 6])
    assert totals(outcome) == (60, 45, 0, 0, 3, 12)
    assert totals(workbooks.run_import(office, WIDE)) == (60, 2, 0, 45, 0, 13)


def test_cancel__keeps_nothing(office: OfficeSession) -> None:
    """Cancelled while storing: the transaction is undone."""

    def stop(done: int, total: int) -> None:
        if done * 3 >= 2 * total:
            raise Cancelled

    with pytest.raises(Cancelled):
        workbooks.run_import(office, WIDE, progress=stop)
    assert count(office) == 0


def test_mapping__the_clerk_overrules_what_was_found(office: OfficeSession) -> None:
    """A column left out is not stored, another target is taken; a wrong target is refused."""
    outcome = workbooks.run_import(office, WIDE, {"W": None, "V": "remarks"})
    stored = archive_in_row(office, outcome, 4).content.values
    assert "employer" not in stored and "home_address" not in stored
    assert stored["remarks"] == "梅城镇舒州大道115号11栋743室"
    with pytest.raises(UserError, match="认不出来"):
        workbooks.run_import(office, WIDE, {"W": "no_such_field"})
    with pytest.raises(UserError, match="身份证号"):
        workbooks.run_import(office, WIDE, {"G": None})


def test_plan__is_shown_before_anything_is_stored(office: OfficeSession) -> None:
    """The plan names sheet, header, layout and every column with samples, and can be run as it is."""
    plan = workbooks.plan_import(office, WIDE)
    assert (plan.sheet, plan.header_row, plan.layout.value, plan.data_rows) == ("困难职工", 3, "wide", 61)
    name = plan.columns[2]
    assert (name.letter, name.caption, name.target and name.target.code) == ("C", "姓名", "name")
    assert name.samples[0] == "黄霞英"
    assert plan.preview[0][0] == "潜山市梅城镇困难职工档案信息汇总表"
    assert count(office) == 0
    assert totals(workbooks.run_import(office, WIDE, plan))[1] == 47
