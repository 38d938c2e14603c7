"""附件2 read back: what the program wrote says nothing new, what a clerk adds is entered, every doubtful line has its reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import in_2022, on_file
from factories import citizen_number, make_office
from openpyxl import Workbook, load_workbook

from db.errors import UserError
from db.services import archiving, graduate_sheets, graduates, register_papers
from db.services.office import OfficeSession

NUMBERS = [citizen_number(f"6301042000010{at:04d}") for at in range(1123, 1133)]
ADDED = ("毕业生乙", NUMBERS[1], "", "√", "", "西宁", "2022", "某学院", "大专", "会计学", "", "西宁", "西宁", "会计", "4000", "13900002222",
         "某单位", "李秀兰 0971-1234567", "", "")  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 with three households, each with a son out of work, the first on record as a graduate."""
    session, _ = make_office(tmp_path / "office")
    in_2022(session)
    for at in range(3):
        archive = on_file(session, at + 1)
        member = archive.content.members[0]
        member |= {"id_number": NUMBERS[at], "member_identity": "unemployed", "relation_to_head": "son", "name": f"毕业生{'甲乙丙'[at]}"}
        archiving.save_archive(session, archive.content, archive.id)
        if at == 0:
            begun = graduates.prepared_from_member(session, archive.id, str(member["id"]))
            begun.values |= {"graduation_year": 2022, "school": "某大学", "education": "bachelor", "major": "护理学", "origin": "西宁",
                             "phone": "13900001111", "responsible": "李秀兰"}  # fmt: skip
            begun.rows["services"] = [{"id": "1", "on_day": "2022-07-01", "kind": "post"}]
            graduates.save_graduate(session, archive.id, begun)
    yield session
    session.close()


def exported(office: OfficeSession, path: Path, *lines: tuple[str, ...], **cells: str) -> Path:
    """附件2 as the program writes it, with *lines* added below and *cells* typed over."""
    register_papers.write_table(office, graduates.graduate_register(office), path)
    book = load_workbook(path)
    sheet = book.active
    for name, value in cells.items():
        sheet[name] = value
    for line in lines:
        sheet.append(line)
    book.save(path)
    return path


def test_import__of_what_was_exported_changes_nothing(office: OfficeSession, tmp_path: Path) -> None:
    """Services that the register sums up are not written back as words; a dry run stores nothing."""
    path = exported(office, tmp_path / "附件2.xlsx")
    found = graduate_sheets.import_graduates(office, path)
    assert (found.added, found.changed, found.unchanged, found.faults) == (0, 0, 1, [])
    path = exported(office, tmp_path / "附件2.xlsx", ADDED, H7="某医科大学", S7="推荐 3 个岗位")
    assert graduate_sheets.import_graduates(office, path, dry_run=True).taken == 2 and len(graduates.list_graduates(office)) == 1
    found = graduate_sheets.import_graduates(office, path)
    assert (found.added, found.changed, found.faults) == (1, 1, [])
    rows = {row.name: row.content for row in graduates.list_graduates(office)}
    assert rows["毕业生甲"].text("school") == "某医科大学" and rows["毕业生甲"].text("service_content") == "推荐 3 个岗位"
    new = rows["毕业生乙"]
    assert (new.text("education"), new.text("skill_level"), new.values["wants_help"]) == ("junior_college", "无", True)
    assert graduate_sheets.import_graduates(office, path).taken == 0


def test_import__tells_line_by_line_why_not(office: OfficeSession, tmp_path: Path) -> None:
    """Two ticks, nobody with the number, another name, twice in the list, an unknown degree, nothing ticked, no number."""

    def line(**other: str) -> tuple[str, ...]:
        keys = graduate_sheets._KEYS
        return tuple({**dict(zip(keys, ADDED, strict=True)), **other}[key] for key in keys)

    wrong = [line(employed="√"), line(id_number=NUMBERS[5]), line(id_number=NUMBERS[2]), line(id_number=NUMBERS[2]),
             line(id_number=NUMBERS[6], education="很高"), line(id_number=""), line(id_number="6301")]  # fmt: skip
    path = exported(office, tmp_path / "附件2.xlsx", *wrong)
    found = graduate_sheets.import_graduates(office, path)
    assert (found.taken, found.unchanged) == (0, 1)
    told = [(fault.line, fault.reason) for fault in found.faults]
    assert [number for number, _ in told] == [8, 9, 10, 11, 12, 13, 14]
    expected = ("只能勾一项", "没有哪一户", "姓名是“毕业生丙”", "姓名是“毕业生丙”", "没有哪一户", "没有身份证号", "“6301”不对")
    assert [words in reason for words, (_, reason) in zip(expected, told, strict=True)] == [True] * 7, told
    aside = tmp_path / "有问题的行.xlsx"
    graduate_sheets.write_faults(office, found.faults, aside)
    again = graduate_sheets.import_graduates(office, aside)
    assert len(again.faults) == 7 and len(graduates.list_graduates(office)) == 1


def test_import__dated_steps_decide_the_status(office: OfficeSession, tmp_path: Path) -> None:
    """A tick that contradicts them is asked about; a list of something else is refused as a whole."""
    row = graduates.list_graduates(office)[0]
    graduates.add_line(office, row, "stages", {"on_day": "2022-07-01", "stage": "employed", "employer": "某公司"})
    path = exported(office, tmp_path / "附件2.xlsx", C7="", D7="√")
    [fault] = graduate_sheets.import_graduates(office, path).faults
    assert "已就业或升学" in fault.reason
    other = Workbook()
    other.active.append(["户主", "地址"])
    other.save(tmp_path / "别的.xlsx")
    with pytest.raises(UserError) as caught:
        graduate_sheets.import_graduates(office, tmp_path / "别的.xlsx")
    assert caught.value.code == "graduate_sheet_captions"
