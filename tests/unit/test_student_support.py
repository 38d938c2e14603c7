"""Donors with their money, holiday jobs with who took them, the posted list, and the registers of a year, recounted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import REGION, card_number, fund, in_2022, on_file
from factories import PASSPHRASE, citizen_number, make_office, photo
from neighbours import acquaint, carry
from openpyxl import load_workbook
from payments import pay
from pdf_words import pdf_text

from db.__main__ import main
from db.domain.due_words import DueKind
from db.domain.form_schema import Value
from db.domain.papers.register_layout import FIELDS, packaged_registers
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import (
    aid,
    archiving,
    deadlines,
    funds,
    policies,
    records,
    register_papers,
    student_lists,
    student_look,
    student_notices,
    student_support,
    students,
    year_calendar,
)
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.students import StudentRow


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 with two students: one new at college, one at school."""
    session, _ = make_office(tmp_path / "office")
    in_2022(session)
    register(session, 1, "林小雨", stage="bachelor", student_kind="new", amount_wanted=500_000)
    register(session, 2, "周小海", stage="senior_high", student_kind="continuing", enrolled_year=2021, amount_wanted=200_000)
    yield session
    session.close()


def register(session: OfficeSession, seed: int, name: str, number: str = "", **more: Value) -> None:
    """A household on file with one student registered in 2022."""
    archive = on_file(session, seed, bank_account=card_number(seed), bank_name="某银行")
    child = archive.content.members[0]
    child |= {"name": name, "id_number": number or citizen_number(f"6301042004010{seed}123"), "member_identity": "college"}
    for other in archive.content.members[1:]:
        other["member_identity"] = "farmer"
    archiving.save_archive(session, archive.content, archive.id)
    content = students.prepared_student(session, archive.id, str(child["id"]), 2022)
    asked: dict[str, Value] = {"school": "某某学校", "school_region": REGION, "enrolled_year": 2022, "study_years": 3}
    content.values |= {**asked, **more}
    students.save_student(session, archive.id, content)


def student(session: OfficeSession, name: str) -> StudentRow:
    """A registered student by name."""
    return next(row for row in students.list_students(session, 2022) if row.name == name)


def post(session: OfficeSession, posts: int = 1) -> student_support.PostRow:
    """Posts of one employer."""
    values: dict[str, Value] = {"employer": "某某商贸", "posts": posts, "work": "理货", "agreed_on": "2022-06-20", "allowance": 100_000}
    records.save_entry(session, RecordKind.WORK_STUDY, RecordContent(values))
    return student_support.list_posts(session)[0]


def test_donor__money_goes_through_a_source_of_its_own(office: OfficeSession) -> None:
    """What a student had of a donor is what was granted and paid from the donor's source, nothing typed twice."""
    entry: dict[str, Value] = {"name": "某某机械", "donor_kind": "enterprise", "since": "2022-03-01", "wish": "只给大学新生"}
    donor = student_support.save_donor(office, RecordContent(entry))
    with pytest.raises(UserError, match="已经登记过"):
        student_support.save_donor(office, RecordContent(entry))
    source = student_support.open_fund(office, donor.record_id, 2022)
    assert student_support.open_fund(office, donor.record_id, 2022).record_id == source.record_id
    given: dict[str, Value] = {"fund_id": source.record_id, "movement": "receipt", "on_day": "2022-03-05", "amount": 1_000_000}
    funds.save_movement(office, RecordContent(given))
    row = student(office, "林小雨")
    content = student_support.prepared_sponsorship(office, row, student_support.list_donors(office)[0])
    student_support.save_sponsorship(office, row.archive_id, content)
    with pytest.raises(UserError, match="已经和“某某机械”结对"):
        student_support.save_sponsorship(office, row.archive_id, content)
    with pytest.raises(UserError, match="还有结对的学生"):
        student_support.remove_donor(office, donor.record_id)
    wanted = GrantInput("tuition", 300_000, person=row.content.text("person"), fund_id=source.record_id)
    look = aid.look_at_grant(office, row.archive_id, wanted)
    assert "只给大学新生" in " ".join(item.text for item in look.findings) and not look.wants_reason
    made = aid.grant_aid(office, row.archive_id, wanted)
    pair = student_support.list_sponsorships(office)[0]
    assert (pair.granted, pair.paid) == (300_000, 0)
    pay(office, [made.id], "2022-07-01")
    pair, shown = student_support.list_sponsorships(office)[0], student_support.list_donors(office)[0]
    assert (pair.granted, pair.paid, shown.students) == (300_000, 300_000, 1)
    assert shown.fund is not None and (shown.fund.received, shown.fund.left) == (1_000_000, 700_000)


def test_posts__never_more_students_than_posts_on_any_day(office: OfficeSession) -> None:
    """One post: two students at the same time are refused, one after the other is in order; used and free follow the day."""
    offered = post(office)
    first = student_support.prepared_placement(office, student(office, "林小雨"), offered)
    early = RecordContent({**first.values, "since": f"{int(first.text('id_number')[6:10]) + 15}-07-01"})
    with pytest.raises(UserError) as too_young:
        student_support.save_placement(office, student(office, "林小雨").archive_id, early)
    assert "不满 16 周岁" in too_young.value.text()
    first.values |= {"since": "2022-07-01", "until": "2022-07-31"}
    student_support.save_placement(office, student(office, "林小雨").archive_id, first)
    assert [(row.taken, row.free, row.ever) for row in student_support.list_posts(office)] == [(1, 0, 1)]
    row = student(office, "林小雨")
    assert student_look.look_at_student(office, row.archive_id, row.content).support == (
        "林小雨 到 某某商贸 理货（2022-07-01 至 2022-07-31）",
    )
    with pytest.raises(UserError, match="已经在“某某商贸”上岗"):
        student_support.save_placement(office, student(office, "林小雨").archive_id, first)
    other = student(office, "周小海")
    second = student_support.prepared_placement(office, other, offered)
    for since, until in (("2022-07-31", "2022-08-31"), ("2022-06-01", None), ("2022-06-01", "2022-07-01")):
        second.values |= {"since": since, "until": until}
        with pytest.raises(UserError, match="都有人了"):
            student_support.save_placement(office, other.archive_id, second)
    second.values |= {"since": "2022-08-01", "until": "2022-08-31"}
    student_support.save_placement(office, other.archive_id, second)
    assert [(row.taken, row.ever) for row in student_support.list_posts(office)] == [(1, 2)]
    with pytest.raises(UserError, match="还有学生"):
        student_support.remove_post(office, offered.record.record_id)


def test_doubles__one_person_in_two_archives_is_told(office: OfficeSession) -> None:
    """As it comes about where two townships have registered the same student: both lines stand side by side."""
    assert students.doubles(office, 2022) == []
    row = student(office, "林小雨")
    elsewhere = on_file(office, 5)
    content = RecordContent({**row.content.values, "person": str(elsewhere.content.members[0]["id"])})
    records.save_record(office, elsewhere.id, RecordKind.STUDENT, content)
    found = students.doubles(office, 2022)
    assert len(found) == 2 and {item.archive_id for item in found} == {row.archive_id, elsewhere.id}
    assert "合计：2 人" in student_lists.aided_list(office, 2022, "tuition_list").foot
    assert len(student_notices.to_post(office, 2022)) == 2


def test_deadlines__of_the_policy_in_force(office: OfficeSession) -> None:
    """What is asked about students within the next weeks, and nothing else."""
    policies.choose_policy(office, "huangshan-2022")
    assert students.deadline_words(office) == "2022-07-15 前：金秋助学资金需求情况汇总表，还有 14 天。"
    in_2022(office, "2022-09-01")
    assert students.deadline_words(office) == "2022-09-10 前：金秋助学活动总结和统计表（附件3），还有 9 天。"
    in_2022(office, "2022-06-20")
    assert deadlines.words(office, ("毕业生",)) == "2022-06-23 前：高校毕业生就业服务实名制档案（附件2）建立完善，还有 3 天。"


def test_county__finds_the_student_of_two_townships(office: OfficeSession, tmp_path: Path) -> None:
    """Each registers in good faith; the county, which has received both, tells one person and counts one."""
    other, _ = make_office(tmp_path / "other", "官庄镇总工会")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    in_2022(other)
    in_2022(county)
    register(other, 3, "林小雨", student(office, "林小雨").number, stage="bachelor", student_kind="new", amount_wanted=400_000)
    offered = post(office)
    placed = student_support.prepared_placement(office, student(office, "林小雨"), offered)
    student_support.save_placement(office, student(office, "林小雨").archive_id, placed)
    for town in (office, other):
        acquaint(town, county, tmp_path)
        assert students.doubles(town, 2022) == []
        carry(town, county, stick)
    found = students.doubles(county, 2022)
    assert [row.name for row in found] == ["林小雨", "林小雨"] and len({row.office_id for row in found}) == 2
    assert len(students.list_students(county, 2022)) == 3 and "合计：2 人" in student_lists.aided_list(county, 2022, "tuition_list").foot
    units = {row[1] for row in student_lists.aided_list(county, 2022, "tuition_list").rows}
    assert units == {office.office.name, other.office.name}
    assert [row.name for row in student_support.list_placements(county)] == ["林小雨"]
    assert [entry.content.text("employer") for entry in records.list_entries(county, RecordKind.WORK_STUDY, "")] == ["某某商贸"]
    other.close()
    county.close()


def test_list__of_those_aided_recounted(office: OfficeSession, tmp_path: Path) -> None:
    """Every column of the layout; persons, money and stages at the foot are those of the grants and payouts."""
    row = student(office, "林小雨")
    made = aid.grant_aid(office, row.archive_id, GrantInput("tuition", 300_000, person=row.content.text("person"), fund_id=fund(office)))
    pay(office, [made.id], "2022-07-01")
    table = student_lists.aided_list(office, 2022, "tuition_list")
    layout = packaged_registers()["tuition_list"]
    lines = [dict(zip((column.field for column in layout.columns), line, strict=True)) for line in table.rows]
    assert [(line["student"], line["kind"], line["amount"], line["paid_on"]) for line in lines] == [
        ("林小雨", "新入学", 300_000, "2022-07-01"),
        ("周小海", "在读", None, ""),
    ]
    assert (lines[0]["bank"], lines[0]["account"]) == ("某银行潜山市支行", card_number(1)) and lines[0]["family"] == "深度困难"
    assert "合计：2 人，资助 3,000.00 元" in table.foot and "高中 1 人 0.00 元；本科 1 人 3,000.00 元" in table.foot
    assert student_lists.aided_list(office, 2022, "tuition_list", cutoff="2022-06-30").rows[0][17] == ""
    assert student_lists.aided_list(office, 2022).rows == []  # nobody is paid by the province
    path = tmp_path / "汇总表.xlsx"
    register_papers.write_table(office, table, path)
    sheet = load_workbook(path).active
    assert sheet["N4"].value == 3000 and sheet["D4"].value == lines[0]["worker_id"] and "￥" not in str(sheet["N4"].value)
    assert sheet.row_dimensions[4].height > 20 and sheet.row_dimensions[6].height > 30  # what wraps has room, the foot too
    assert "林小雨" in pdf_text(register_papers.table_pdf(table))


def test_layout__of_ones_own_is_read_in_or_refused_in_words(office: OfficeSession, tmp_path: Path) -> None:
    """Columns in the office's order and words; a file that cannot be used says where it is wrong."""
    assert {column.field for layout in packaged_registers().values() for column in layout.columns} <= set(FIELDS)
    path = tmp_path / "本县.toml"
    path.write_text(
        'id = "ours"\ntitle = "{year}年本县汇总"\n[[column]]\nfield = "student"\nhead = "孩子"\n[[column]]\nfield = "state_aid"\n', "utf-8"
    )
    student_lists.add_layout(office, path)
    table = student_lists.aided_list(office, 2022, "ours")
    assert (table.title, [column.head for column in table.columns]) == ("2022年本县汇总", ["孩子", "已纳入的国家资助"])
    for wrong, words in (
        ('id = "x"', "缺 title"),
        ('id = "x"\ntitle = "y"', "要有 1 到 40 个"),
        ('id = "x"\ntitle = "y"\n[[column]]\nfield = "nobody"', "第 1 栏的 field“nobody”不认识"),
        ('id = "x"\ntitle = "y"\nregimes = ["all"]\n[[column]]\nfield = "student"', "regimes 里的 all 不认识"),
        ("id = ", "写法不对"),
    ):
        path.write_text(wrong if wrong != 'id = "x"' else wrong + '\n[[column]]\nfield = "student"', "utf-8")
        with pytest.raises(UserError) as caught:
            student_lists.add_layout(office, path)
        assert words in caught.value.text()


def test_notice__names_no_child_and_counts_its_days(office: OfficeSession) -> None:
    """Parent, unit, stage and amount; no name, school or number of a student. Five working days; objections are kept."""
    content = student_notices.prepared_notice(office, 2022)
    content.values |= {"place": "公示栏", "phone": "0971-1234567"}
    assert (content.values["students"], content.values["ends_on"]) == (2, "2022-07-08")
    printed = pdf_text(student_notices.notice_pdf(office, 2022, content))
    parents = [row.household for row in students.list_students(office, 2022)]
    assert all(name in printed for name in parents) and "5,000.00" in printed and "7,000.00" in printed
    for row in students.list_students(office, 2022):
        assert row.name not in printed and row.school not in printed and row.number not in printed
    made = student_notices.save_notice(office, content)
    due = [item for item in year_calendar.office_items(office, "2022-07-01", "2022-12-31") if item.kind is DueKind.STUDENT_NOTICE]
    assert [(item.day, item.subject) for item in due] == [("2022-07-09", "2022 年金秋助学公示")]
    content.rows["objections"] = [{"id": "1", "on_day": "2022-07-01", "what": "家里有车", "settled": "核实，车是单位的"}]
    content.values["outcome"] = "异议已核实，不影响"
    with pytest.raises(UserError) as early:
        student_notices.save_notice(office, content, made.record_id)
    assert "期满以后" in early.value.text()
    in_2022(office, "2022-07-09")
    student_notices.save_notice(office, content, made.record_id)
    later = year_calendar.office_items(office, "2022-07-01", "2022-12-31")
    assert DueKind.STUDENT_NOTICE not in {item.kind for item in later}
    shown = student_notices.list_notices(office, 2022)
    assert [(row.photos, len(row.content.rows["objections"])) for row in shown] == [(0, 1)]
    student_notices.add_photo(office, made.record_id, "公示栏.jpg", photo(60, 40))
    assert [row.photos for row in student_notices.list_notices(office, 2022)] == [1]
    first = students.list_students(office, 2022)[0]
    records.remove_record(office, first.record_id, "放弃")
    again = student_notices.list_notices(office, 2022)[0].content
    assert pdf_text(student_notices.notice_pdf(office, 2022, again)) == printed  # as it was posted, whoever left since
    with pytest.raises(UserError, match="比张贴日期还早"):
        student_notices.save_notice(office, RecordContent({**content.values, "ends_on": "2022-06-30"}))


def test_commands__lists_and_notice(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list by layout and the notice as files."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    out = tmp_path / "汇总表.xlsx"
    assert main(["student-list", str(office.folder), str(out), "--layout", "tuition_list", "--year", "2022", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["students"] == 2 and load_workbook(out).active["H4"].value == "林小雨"
    paper = tmp_path / "公示.pdf"
    assert main(["student-notice", str(office.folder), str(paper), "--year", "2022", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["students"] == 2 and "林小雨" not in pdf_text(paper.read_bytes())
    assert main(["student-list", str(office.folder), str(out), "--layout", "none", "--year", "2022"]) == 1
