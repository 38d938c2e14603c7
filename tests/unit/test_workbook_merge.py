"""A row meets what the office already has: matched, merged, never wiped or doubled by accident."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from factories import citizen_number, file_household, make_office

from db.services import archiving, revisions, workbooks
from db.services import office as offices
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.workbooks import ImportOutcome

Row = dict[str, object]
HEAD, WIFE, CHILD = (citizen_number(first) for first in ("34088219700101001", "34088219720202002", "34088220050303003"))


class Sheet:
    """Writes rows of captions and values, imports them, and hands back the outcome."""

    def __init__(self, session: OfficeSession, folder: Path) -> None:
        self.session, self.path = session, folder / "名单.xlsx"

    def run(self, *rows: Row, **how: object) -> ImportOutcome:
        book = openpyxl.Workbook()
        captions = list(dict.fromkeys(caption for row in rows for caption in row))
        book.active.append(captions)
        for row in rows:
            book.active.append([row.get(caption) for caption in captions])
        book.save(self.path)
        return workbooks.run_import(self.session, self.path, **how)  # type: ignore[arg-type]

    def archive(self, outcome: ImportOutcome, index: int = 0) -> Archive:
        return archiving.load_archive(self.session, outcome.households[index].archive_id)


@pytest.fixture
def sheet(office: OfficeSession, tmp_path: Path) -> Iterator[Sheet]:
    yield Sheet(office, tmp_path)


def worker(more: Row | None = None) -> Row:
    return {"姓名": "王建国", "身份证号": HEAD, **(more or {})}


def findings(outcome: ImportOutcome) -> list[tuple[str, str]]:
    return [(problem.column, problem.code) for problem in outcome.problems if problem.severity in {"error", "warning"}]


def test_update__takes_what_is_new_and_keeps_the_rest(sheet: Sheet) -> None:
    """The archive of the same worker gets a revision with just the changed fields, by whom and from which file."""
    first = sheet.run(worker({"手机号码": "13900001234", "家庭住址": "舒州大道1号", "民族": "汉族"}))
    second = sheet.run(worker({"手机号码": "13900005678", "家庭住址": None}))
    assert (second.updated, second.created) == (1, 0)
    stored = sheet.archive(second)
    assert stored.id == sheet.archive(first).id
    assert (stored.content.values["mobile_phone"], stored.content.values["home_address"]) == ("13900005678", "舒州大道1号")
    entry = revisions.archive_history(sheet.session, stored.id)[0]
    assert ([change.field for change in entry.changes], entry.action, entry.clerk_name) == (
        ["mobile_phone"], "import", "陈志强"
    )  # fmt: skip
    assert "名单.xlsx" in entry.reason


def test_blank__wipes_only_when_asked(sheet: Sheet) -> None:
    """An empty cell is no answer; with blank_wipes it is – but never for name, number and columns that are not there."""
    sheet.run(worker({"手机号码": "13900001234", "家庭住址": "舒州大道1号", "民族": "汉族"}))
    asked = sheet.run(worker({"手机号码": None, "家庭住址": " "}), blank_wipes=True)
    values = sheet.archive(asked).content.values
    assert "mobile_phone" not in values and "home_address" not in values
    assert (values["ethnicity"], values["name"], values["sex"]) == ("01", "王建国", "male")


def test_members__keep_their_ids_and_are_never_dropped_in_silence(sheet: Sheet) -> None:
    """Matched by number, else by name and relation; a member who is not listed stays unless blanks wipe."""
    wife = {"家庭成员1姓名": "周婷", "家庭成员1关系": "妻子", "家庭成员1身份证号": WIFE, "家庭成员1月收入": 600}
    child = {"家庭成员2姓名": "王小明", "家庭成员2关系": "儿子", "家庭成员2月收入": 0}
    before = {m["name"]: m["id"] for m in sheet.archive(sheet.run(worker({**wife, **child}))).content.members}
    renamed = {**wife, "家庭成员1姓名": "周婷婷", "家庭成员1月收入": 900}
    grown = {"家庭成员2姓名": "王小明", "家庭成员2关系": "儿子", "家庭成员2身份证号": CHILD}
    members = sheet.archive(sheet.run(worker({**renamed, **grown}))).content.members
    assert [m["id"] for m in members] == [before["周婷"], before["王小明"]]
    assert (members[0]["name"], members[0]["monthly_income"], members[1]["id_number"]) == ("周婷婷", 90_000, CHILD)
    assert members[1]["monthly_income"] == 0
    alone = dict.fromkeys({**wife, **child})
    assert sheet.run(worker({**alone})).unchanged == 1
    assert sheet.archive(sheet.run(worker({**alone}), blank_wipes=True)).content.members == []


def test_insurance__the_exact_answer_stays(sheet: Sheet) -> None:
    """是否进入医保 “是” says less than 职工医保 and does not replace it; “否” does; both columns are compared."""
    sheet.run(worker({"医保状况": "职工医保"}))
    assert sheet.run(worker({"是否进入医保": "是"})).unchanged == 1
    outcome = sheet.run(worker({"是否进入医保": "否"}))
    assert sheet.archive(outcome).content.values["medical_insurance_status"] == "uninsured"
    both = sheet.run(worker({"是否进入医保": "否", "医保状况": "职工医保"}))
    assert findings(both) == [("是否进入医保", "insurance_differs")]
    assert sheet.archive(both).content.values["medical_insurance_status"] == "employee"


def test_migrant_worker__is_a_flag_beside_the_work_status(sheet: Sheet) -> None:
    """身份 农民工 sets the flag and says so; a work status that is known already stays."""
    outcome = sheet.run(worker({"身份": "农民工"}))
    values = sheet.archive(outcome).content.values
    assert (values["is_migrant_worker"], values["work_status"]) == (True, "on_post")
    told = [(p.column, p.severity) for p in outcome.problems if p.code == "migrant_worker_word"]
    assert told == [("身份", "normalised")]
    sheet.run(worker({"身份": "病休"}))
    assert sheet.archive(sheet.run(worker({"身份": "农民工"}))).content.values["work_status"] == "sick_leave"


def test_worker_number__matches_only_with_the_same_name(sheet: Sheet) -> None:
    """A corrected ID number finds its archive by 职工编号 and name; provisional numbers of strangers do not."""
    sheet.run(worker({"职工编号": "T0001"}))
    corrected = sheet.run({"姓名": "王建国", "身份证号": WIFE, "职工编号": "T0001"})
    assert corrected.updated == 1
    assert ("身份证号", "id_differs_from_archive") in findings(corrected)
    stranger = sheet.run({"姓名": "李桂兰", "身份证号": CHILD, "职工编号": "T0001"})
    assert stranger.created == 1
    assert ("职工编号", "worker_number_taken") in findings(stranger)


def test_people__who_stand_elsewhere_in_the_office(sheet: Sheet) -> None:
    """A member with an archive of their own, a member of two households, a worker who is a member: warned, stored."""
    known = file_household(sheet.session, 1, 1, name="李桂兰")
    head, person = str(known.content.values["id_number"]), str(known.content.members[0]["id_number"])
    outcome = sheet.run(
        worker({"家庭成员1姓名": "甲", "家庭成员1关系": "其他", "家庭成员1身份证号": head,
               "家庭成员2姓名": "乙", "家庭成员2关系": "其他", "家庭成员2身份证号": person}),
    )  # fmt: skip
    assert findings(outcome) == [("家庭成员1身份证号", "member_has_archive"), ("家庭成员2身份证号", "member_elsewhere")]
    assert known.archive_number in outcome.households[0].problems[0].message
    as_worker = sheet.run({"姓名": "乙", "身份证号": person})
    assert {code for _, code in findings(as_worker)} == {"worker_is_member"}
    assert as_worker.created == 1


def test_people__of_another_office_are_refused(sheet: Sheet, tmp_path: Path) -> None:
    """An archive received from a township is not changed by the county's list."""
    township, _ = make_office(tmp_path / "township", "某镇总工会")
    foreign = file_household(township, 7, 1)
    with sheet.session.database.writing() as connection:
        from db.services.archiving import revision_note
        from db.store import archive_store

        archive_store.insert_new(connection, [(foreign, revision_note(connection, sheet.session, "receive"))])
    township.close()
    outcome = sheet.run({"姓名": foreign.content.text("name"), "身份证号": foreign.content.text("id_number")})
    assert (outcome.failed, findings(outcome)) == (1, [("身份证号", "worker_has_archive")])


def test_income__the_rest_is_worked_out_or_questioned(sheet: Sheet) -> None:
    """Total minus parts gives the other income; a negative rest is a warning; no own income, no guess."""
    sound, short, unknown = (
        {"本人月平均收入": 1000, "家庭年度总收入": 17_000},
        {"本人月平均收入": 1000, "家庭年度总收入": 9_000},
        {"家庭年度总收入": 9_000},
    )
    first = sheet.run(worker({**sound}))
    assert sheet.archive(first).content.values["other_annual_income"] == 500_000
    second = sheet.run({"姓名": "李桂兰", "身份证号": WIFE, **short})
    assert findings(second) == [("家庭年度总收入", "income_differs")]
    assert second.created == 1
    third = sheet.run({"姓名": "王小明", "身份证号": CHILD, **unknown})
    assert "other_annual_income" not in sheet.archive(third).content.values


def test_nobody__is_no_member(sheet: Sheet) -> None:
    """“无” in the name column of a member group means that there is none; a group without a name is an error."""
    none = sheet.run(worker({"家庭成员1姓名": "无", "家庭成员1关系": None}))
    assert sheet.archive(none).content.members == []
    nameless = sheet.run({"姓名": "李桂兰", "身份证号": WIFE, "家庭成员1姓名": None, "家庭成员1关系": "妻子"})
    assert findings(nameless) == [("家庭成员1姓名", "required")]
    assert nameless.failed == 1


def test_month__of_birth_without_a_day_agrees(sheet: Sheet) -> None:
    """出生年月 1970.01 says nothing against 1970-01-01 of the ID number; 1970.02 does."""
    assert findings(sheet.run(worker({"出生年月": "1970.01"}))) == []
    assert findings(sheet.run(worker({"出生年月": "1970.02"}))) == [("出生年月", "birth_differs_from_id")]


def test_stray_rows__are_named(sheet: Sheet) -> None:
    """Footers and repeated headers are no households and are not passed over in silence."""
    outcome = sheet.run(worker({"民族": "汉族"}), {"民族": "制表：陈志强"}, {"姓名": "姓名", "身份证号": "身份证号", "民族": "民族"})
    assert outcome.rows_read == 1
    assert [(note.code, note.row) for note in outcome.notes if note.row > 1] == [("row_not_read", 3), ("row_not_read", 4)]


def test_journal__holds_counts_only(sheet: Sheet) -> None:
    """What was imported is noted without a name."""
    sheet.run(worker())
    with sheet.session.database.reading() as connection:
        details = [row[0] for row in connection.exec_driver_sql("SELECT detail FROM journal WHERE action = 'import_workbook'")]
    assert details == ['{"created": 1, "updated": 0, "failed": 0}']
    assert offices.office_status(sheet.session).archives == 1


def test_error_cells__are_told(sheet: Sheet, tmp_path: Path) -> None:
    """A formula error reads as an empty cell; the clerk is told where it is."""
    path = tmp_path / "公式.xlsx"
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["姓名", "身份证号", "民族"])
    page.write_row(1, 0, ["王建国", HEAD])
    page.write_formula(1, 2, "=VLOOKUP(A2,A5:B6,2,0)", None, "#N/A")
    book.close()
    outcome = workbooks.run_import(sheet.session, path)
    assert (outcome.created, findings(outcome)) == (1, [("民族", "cell_is_error")])


def person(number: object, name: str, relation: str, id_number: str | None = None) -> Row:
    return {"户号": number, "姓名": name, "与户主关系": relation, "身份证号": id_number}


def test_long__household_numbers_that_start_again(sheet: Sheet) -> None:
    """A joined list of two villages: 户号 1 with another head is another household; empty 户号 belongs to the row above."""
    rows = [
        person(1, "王建国", "本人", HEAD), person(None, "周婷", "妻子", WIFE),
        person(2, "李桂兰", "户主", CHILD),
        person(1, "赵强", "本人", citizen_number("34088219800101005")), person("1", "赵小明", "儿子"),
    ]  # fmt: skip
    outcome = sheet.run(*rows)
    assert [(household.row, household.people) for household in outcome.households] == [(2, 2), (4, 1), (5, 2)]
    assert (outcome.created, outcome.sheet_rows) == (3, 5)


def test_long__households_without_a_head_or_with_two(sheet: Sheet) -> None:
    """Neither is stored; the rows are named."""
    outcome = sheet.run(
        person(1, "周婷", "妻子", WIFE), person(1, "王小明", "儿子"),
        person(2, "王建国", "本人", HEAD), person(2, "李桂兰", "本人", CHILD),
    )  # fmt: skip
    assert findings(outcome) == [("与户主关系", "no_head_row"), ("与户主关系", "two_head_rows")]
    assert (outcome.rows_read, outcome.failed) == (2, 2)


def test_long__without_household_numbers(sheet: Sheet) -> None:
    """Each head begins a household; a member before the first head belongs nowhere."""
    rows = [person(None, "周婷", "妻子", WIFE), person(None, "王建国", "本人", HEAD), person(None, "王小明", "儿子")]
    outcome = sheet.run(*({key: value for key, value in row.items() if key != "户号"} for row in rows))
    assert findings(outcome) == [("与户主关系", "member_without_head")]
    assert (outcome.created, outcome.failed) == (1, 1)
