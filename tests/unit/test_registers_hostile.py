"""Lists that were filled in elsewhere and came back odd: nothing is guessed, nothing dropped in silence, no line tips the rest."""

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aid_money import in_2022, on_file
from factories import make_office
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neighbours import expect_refusal
from openpyxl import Workbook
from test_graduate_sheets import ADDED, NUMBERS

from db.domain.papers.graduate_papers import GRADUATE_COLUMNS
from db.errors import NuandangError
from db.exchange.register_sheet import read_register
from db.services import archiving, enterprise_sheets, enterprises, graduate_sheets, graduates
from db.services.office import OfficeSession
from db.services.register_sheets import RegisterImport

HEADS = [column.head for column in GRADUATE_COLUMNS]
LINE: dict[str, Any] = dict(zip(HEADS, ADDED, strict=True))
SURVEY = {"企业名称": "客运站", "所属行业": "交通运输、仓储和邮政业", "调查日期": "2022-06-20", "职工人数": 26, "生产经营状况": "停业",
          "职工收入": "少一半", "职工需求": "培训", "是否有需要建档的家庭": "否"}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeSession]:
    """A township of 2022 with two households, each with a child that finished school."""
    session, _ = make_office(tmp_path_factory.mktemp("registers") / "office")
    in_2022(session)
    for at, name in enumerate("甲乙"):
        archive = on_file(session, at + 1)
        archive.content.members[0] |= {"id_number": NUMBERS[at], "member_identity": "unemployed", "relation_to_head": "son",
                                       "name": f"毕业生{name}"}  # fmt: skip
        archiving.save_archive(session, archive.content, archive.id)
    yield session
    session.close()


def sheet(path: Path, *rows: list[Any], more: dict[str, list[list[Any]]] | None = None) -> Path:
    """A workbook of these rows, with further sheets of their own."""
    book = Workbook()
    for name, lines in {"Sheet": list(rows), **(more or {})}.items():
        page = book.active if name == "Sheet" else book.create_sheet(name)
        for line in lines:
            page.append(line)
    book.save(path)
    return path


def tried(office: OfficeSession, path: Path) -> RegisterImport:
    """What an import would do; nothing is kept."""
    return graduate_sheets.import_graduates(office, path, dry_run=True)


def one(office: OfficeSession, folder: Path, cells: dict[str, Any]) -> str:
    """The reason why a line with other cells is not taken; empty where it is."""
    found = tried(office, sheet(folder / "a.xlsx", HEADS, list({**LINE, **cells}.values())))
    assert found.added + len(found.faults) == 1
    return found.faults[0].reason if found.faults else ""


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (f" {NUMBERS[1]}\u3000", ""), (NUMBERS[1].translate({ord(str(at)): chr(0xFF10 + at) for at in range(10)}), ""),
        (float(NUMBERS[1][:17]), "表格软件改坏"), ("6.30104E+17", "表格软件改坏"), (630104900101112, "15 位的旧身份证号"),
        (NUMBERS[1][:17], "现在是 17 位"), ("=A2", "公式"), ("", "没有身份证号"),
    ],
)  # fmt: skip
def test_numbers__as_workbooks_hold_them(office: OfficeSession, tmp_path: Path, cell: object, said: str) -> None:
    """Blanks and full-width digits are folded; what a workbook has spoilt is told with what to do, never guessed."""
    reason = one(office, tmp_path, {"身份证号": cell})
    assert said in reason if said else not reason


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2022届", ""),
        ("2022年6月", ""),
        (datetime(2022, 6, 1), ""),
        ("２０２２", ""),
        (45000, "45000"),
        ("22", "四位年份"),
        (3022, "3022"),
    ],
)
def test_years__are_years(office: OfficeSession, tmp_path: Path, cell: object, said: str) -> None:
    """Neither a day's serial number nor two digits finish school."""
    reason = one(office, tmp_path, {"毕业年份": cell})
    assert said in reason if said else not reason


def test_long_cells__do_not_hide_what_to_do(office: OfficeSession, tmp_path: Path) -> None:
    """A cell of thousands of characters is cut, not the sentence about it."""
    reason = one(office, tmp_path, {"学历": "很高" * 3000})
    assert len(reason) < 200 and "可选：" in reason


def test_columns__twice_and_differing__are_asked_about(office: OfficeSession, tmp_path: Path) -> None:
    """In any order; twice the same is harmless, twice and different is not decided by the place."""
    shuffled = random.Random(6).sample(HEADS, len(HEADS))
    assert tried(office, sheet(tmp_path / "a.xlsx", shuffled, [LINE[head] for head in shuffled])).added == 1
    assert tried(office, sheet(tmp_path / "a.xlsx", HEADS * 2, list(ADDED) * 2)).added == 1
    [fault] = tried(office, sheet(tmp_path / "a.xlsx", [*HEADS, "身份证号"], [*ADDED, NUMBERS[2]])).faults
    assert "B、U 列" in fault.reason and "只留一栏" in fault.reason


def test_sheets__filled_twice_are_refused_and_an_empty_one_passed_over(office: OfficeSession, tmp_path: Path) -> None:
    """A second sheet full of people is not dropped in silence; a form left empty in front of the filled one is."""
    both = sheet(tmp_path / "a.xlsx", HEADS, list(ADDED), more={"二组": [HEADS, list(ADDED)]})
    assert "“Sheet”“二组”" in expect_refusal(lambda: tried(office, both), "register_sheets").text()
    assert tried(office, sheet(tmp_path / "b.xlsx", HEADS, more={"二组": [HEADS, list(ADDED)]})).added == 1


def test_merged_cells__say_the_same_to_each_line(tmp_path: Path) -> None:
    """What is written once over three lines is said of all three; a line without anything of its own stays one."""
    book = Workbook()
    page = book.active
    for line in (["姓名", "单位"], ["甲", "某单位"], ["乙", None], ["丙", None]):
        page.append(line)
    page.merge_cells("B2:B4")
    book.save(tmp_path / "a.xlsx")
    lines = read_register(tmp_path / "a.xlsx", {"name": ("姓名",), "unit": ("单位",)}, ("name",), "x")
    assert [(line.text("name"), line.text("unit")) for line in lines] == [(name, "某单位") for name in "甲乙丙"]


def test_name__of_somebody_else_is_not_put_over_a_known_graduate(office: OfficeSession, tmp_path: Path) -> None:
    """Blanks within are folded; another name beside a known number is asked about, on record or not."""
    assert one(office, tmp_path, {"姓名": "毕 业 生　乙"}) == ""
    assert "姓名是“毕业生乙”" in one(office, tmp_path, {"姓名": "别的人"})
    graduate_sheets.import_graduates(
        office, sheet(tmp_path / "a.xlsx", HEADS, list({**LINE, "身份证号": NUMBERS[0], "姓名": ""}.values()))
    )
    [fault] = tried(
        office, sheet(tmp_path / "a.xlsx", HEADS, list({**LINE, "身份证号": NUMBERS[0], "姓名": "别的人"}.values()))
    ).faults
    assert "姓名是“毕业生甲”" in fault.reason


CELLS = st.one_of(
    st.text(max_size=30).filter(lambda text: not any(ord(char) < 32 for char in text)), st.integers(), st.floats(), st.booleans(),
    st.datetimes(min_value=datetime(1900, 3, 1), max_value=datetime(9999, 1, 1)), st.sampled_from(["=1/0", "#N/A", "９", "１e5", "∞", "√"]),
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(HEADS), CELLS), max_size=6))
def test_anything__in_any_cell_is_taken_or_told(
    office: OfficeSession, tmp_path: Path, cells: list[tuple[str, Any]]
) -> None:
    """Whatever stands in a line, it is entered or told with a sentence, and the line below it is entered all the same."""
    try:
        path = sheet(tmp_path / "a.xlsx", HEADS, [{**LINE, **dict(cells)}[head] for head in HEADS], list(ADDED))
    except ValueError:
        return  # not even openpyxl writes it
    try:
        found = tried(office, path)
    except NuandangError as fault:
        assert fault.text()
        return
    assert found.added >= 1 and found.added + found.changed + found.unchanged + len(found.faults) in {1, 2}
    assert all(fault.reason.endswith("。") and len(fault.reason) < 300 for fault in found.faults)
    graduate_sheets.write_faults(office, found.faults, tmp_path / "faults.xlsx")


def test_enterprise__twice_on_one_day_is_asked_about(office: OfficeSession, tmp_path: Path) -> None:
    """The later of two surveys counts; of two on one day that differ the second is not put over the first."""
    lines = [{**SURVEY, "职工人数": workers, "调查日期": day}
             for workers, day in ((26, "2022-06-20"), (62, "2022-06-20"), (20, "2022.6.28"), (21, "2022-06-01"))]  # fmt: skip
    path = sheet(tmp_path / "企业.xlsx", list(SURVEY), *(list(line.values()) for line in lines))
    found = enterprise_sheets.import_enterprises(office, path)
    assert (found.added, found.changed) == (1, 1), found.faults
    assert [fault.line for fault in found.faults] == [3, 5] and "与第 2 行" in found.faults[0].reason
    assert [row.words("workers") for row in enterprises.list_enterprises(office)] == ["20"]


def test_corrected_number__finds_the_graduate_on_record(office: OfficeSession, tmp_path: Path) -> None:
    """A list with the number as it was put right since says nothing of somebody new; nor is the person put on record again."""
    graduate_sheets.import_graduates(office, sheet(tmp_path / "a.xlsx", HEADS, list(ADDED)))
    row = next(row for row in graduates.list_graduates(office) if row.name == "毕业生乙")
    archive = archiving.load_archive(office, row.archive_id)
    child = next(member for member in archive.content.members if member["name"] == "毕业生乙")
    child["id_number"] = NUMBERS[4]
    archiving.save_archive(office, archive.content, archive.id)
    again = graduates.prepared_from_member(office, archive.id, str(child["id"]))
    again.values |= {key: value for key, value in row.content.values.items() if key != "id_number"}
    expect_refusal(lambda: graduates.save_graduate(office, archive.id, again), "graduate_twice")
    changed = list({**LINE, "身份证号": NUMBERS[4], "学校": "另一所学院"}.values())
    found = graduate_sheets.import_graduates(office, sheet(tmp_path / "a.xlsx", HEADS, changed))
    assert (found.added, found.changed, found.faults) == (0, 1, [])
    [kept] = [row for row in graduates.list_graduates(office) if row.name == "毕业生乙"]
    assert (kept.content.text("id_number"), kept.content.text("school")) == (NUMBERS[4], "另一所学院")
