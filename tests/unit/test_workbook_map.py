"""Finding the header and what each column means, however the clerk wrote it."""

import io
from pathlib import Path

import openpyxl
import pytest
from factories import file_household
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.domain.archive_form import ARCHIVE_FORM
from db.errors import NuandangError, UserError
from db.exchange.workbook_captions import Confidence, fold_caption, member_caption, member_words, worker_words
from db.exchange.workbook_choices import all_targets, parse_target
from db.exchange.workbook_map import ImportPlan, Layout, plan_sheet
from db.exchange.workbook_read import SourceWorkbook
from db.services import workbooks
from db.services.office import OfficeSession

Table = list[list[object]]


def source(*sheets: Table, merged: str = "") -> SourceWorkbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
        if merged and number == 1:
            sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return SourceWorkbook(Path("名单.xlsx"), out.getvalue())


def codes(plan: ImportPlan) -> list[str | None]:
    return [column.target.code if column.target else None for column in plan.columns]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("*姓 名", "姓名"),
        ("身份证号\n（必填）", "身份证号"),
        ("＊月收入（元）：", "月收入"),
        ("工作　时间", "工作时间"),
        ("★银行卡号", "银行卡号"),
        ("五类重点群体（其他注明）", "五类重点群体(其他注明)"),
    ],
)
def test_fold__stars_blanks_units_and_remarks(written: str, folded: str) -> None:
    """What clerks add to captions does not matter."""
    assert fold_caption(written) == folded


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("家庭成员1姓名", (1, "姓名")),
        ("成员２：关系", (2, "关系")),
        ("家庭主要成员十二身份证号", (12, "身份证号")),
        ("第3位家庭成员身份", (3, "身份")),
        ("家庭成员姓名", (0, "姓名")),
        ("家庭住址", None),
        ("家庭人口", None),
    ],
)
def test_member_caption__number_and_rest(written: str, found: tuple[int, str] | None) -> None:
    """Member groups are told from household columns that also begin with 家庭."""
    assert member_caption(fold_caption(written)) == found


def test_vocabulary__every_label_and_alias_means_one_field() -> None:
    """Aliases are unique within a section (building the vocabulary checks it) and every label is known."""
    assert {worker_words()[fold_caption(spec.label)].key for spec in ARCHIVE_FORM.worker_fields} == {
        spec.key for spec in ARCHIVE_FORM.worker_fields
    }
    assert {member_words()[fold_caption(spec.label)].key for spec in ARCHIVE_FORM.member_fields} == {
        spec.key for spec in ARCHIVE_FORM.member_fields
    }


def test_plan__two_row_header_with_merged_groups() -> None:
    """Group heads over several columns belong to each of them."""
    plan = plan_sheet(
        source(
            [
                ["困难职工名册"],
                ["基本情况", None, None, "家庭成员1", None, "家庭成员2", None],
                ["姓名", "身份证号", "手机", "姓名", "关系", "姓名", "关系"],
                ["王建国", "11010519491231002X", "13900001234", "周婷", "女儿", "周强", "儿子"],
            ],
            merged="D2:E2",
        )
    )
    assert (plan.header_row, plan.header_rows, plan.first_row) == (2, 2, 4)
    assert codes(plan) == [
        "name", "id_number", "mobile_phone",
        "member1.name", "member1.relation_to_head", "member2.name", "member2.relation_to_head",
    ]  # fmt: skip


def test_plan__unnumbered_groups_count_by_repetition() -> None:
    """家庭成员姓名 a second time is the second member."""
    header = ["姓名", "身份证号", "家庭成员姓名", "家庭成员关系", "家庭成员姓名", "家庭成员关系"]
    plan = plan_sheet(source([header, ["王建国", "1", "周婷", "女儿", "周强", "儿子"]]))
    assert codes(plan)[2:] == ["member1.name", "member1.relation_to_head", "member2.name", "member2.relation_to_head"]


@pytest.mark.parametrize("prefix", ["", "成员", "家庭成员"])
def test_plan__numbers_at_the_end(prefix: str) -> None:
    """姓名1, 关系1 … are member columns too, and 手机号码 beside them is not."""
    header = ["姓名", "身份证号", "手机号码", f"{prefix}姓名1", f"{prefix}关系1", f"{prefix}姓名（2）", f"{prefix}关系（2）"]
    plan = plan_sheet(source([header, ["王建国", "1", "2", "周婷", "女儿", "周强", "儿子"]]))
    assert plan.layout is Layout.WIDE
    assert codes(plan) == [
        "name", "id_number", "mobile_phone",
        "member1.name", "member1.relation_to_head", "member2.name", "member2.relation_to_head",
    ]  # fmt: skip


def test_plan__suggests_near_misses_and_names_repeats_and_unknowns() -> None:
    """A near miss is suggested, never applied; a repeated column and an unknown one fill nothing."""
    header = ["姓名", "身份证号", "开户银行名", "联系电话", "手机号码", "喜欢的颜色", "序号", "政治面貌", "民族"]
    plan = plan_sheet(source([header, ["甲"] * 9]))
    found = {column.caption: column for column in plan.columns}
    assert found["开户银行名"].confidence is Confidence.SIMILAR
    assert found["开户银行名"].target is None and found["开户银行名"].suggestion.code == "bank_name"
    assert found["手机号码"].confidence is Confidence.REPEATED
    assert found["喜欢的颜色"].confidence is Confidence.NONE
    assert found["序号"].confidence is Confidence.IGNORED
    assert [column.caption for column in plan.unknown] == ["开户银行名", "手机号码", "喜欢的颜色"]


def test_plan__a_column_without_a_title_is_seen() -> None:
    """What stands under an empty caption is listed as unknown, not passed over."""
    plan = plan_sheet(source([["姓名", None, "身份证号", None], ["王建国", "重要", "1", None]]))
    assert [(column.letter, column.caption) for column in plan.unknown] == [("B", "（没有标题）")]


def test_plan__takes_the_sheet_that_fits_and_the_one_the_clerk_names() -> None:
    """Notes before the data do not matter; another sheet and another header row can be named."""
    book = source([["说明"], ["本表由各基层工会填写"]], [["姓名", "身份证号", "民族"], ["王建国", "1", "汉族"]])
    assert plan_sheet(book).sheet == "表2"
    named = plan_sheet(book, "表1")
    assert (named.header_row, named.missing) == (0, ["姓名", "身份证号"])
    assert plan_sheet(book, "表2", 1).header_row == 1
    with pytest.raises(UserError, match="表9"):
        plan_sheet(book, "表9")


def test_plan__without_a_header_nothing_is_imported(office: OfficeSession, tmp_path: Path) -> None:
    """The sentence says what a header needs."""
    path = tmp_path / "无表头.xlsx"
    path.write_bytes(source([["甲", "乙"], ["1", "2"]]).data)
    with pytest.raises(UserError, match="没有找到表头"):
        workbooks.run_import(office, path)


@pytest.mark.parametrize("layout", list(Layout))
def test_targets__are_read_back_from_their_code(layout: Layout) -> None:
    """What the screen offers is what the import understands; every field is offered."""
    targets = all_targets(layout)
    assert [parse_target(target.code) for target in targets] == targets
    assert len({target.code for target in targets}) == len(targets)
    assert {spec.key for spec in ARCHIVE_FORM.worker_fields} <= {target.worker for target in targets}
    assert {spec.key for spec in ARCHIVE_FORM.member_fields} <= {target.member for target in targets}
    assert all(target.label for target in targets)
    for wrong in ("nothing", "member1.nothing", "memberx.name", "|", "a|b"):
        assert parse_target(wrong) is None


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.sampled_from(["姓名", "身份证号", "家庭成员1姓名", "与户主关系", "本人", "户号", "合计", "无", "是", "11010519491231002X"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8),
)
HEADERS = st.lists(
    st.sampled_from(["姓名", "身份证号", "出生日期", "性别", "月收入", "身份", "工作状态", "家庭成员1姓名", "家庭成员1月收入",
                     "家庭成员1出生日期", "与户主关系", "户号", "是否进入医保", "次要致困原因", "户口所在地", "邮编", "备注", "建筑面积"]),
    min_size=3, max_size=12, unique=True,
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=HEADERS, rows=st.lists(st.lists(CELLS, max_size=12), max_size=6), noise=st.lists(CELLS, max_size=12))
def test_garbage__is_read_or_refused_in_words(
    office: OfficeSession, tmp_path: Path, header: list[str], rows: Table, noise: list[object]
) -> None:
    """Any cells under any header: findings or a sentence, never a crash, and every household is counted once."""
    book = openpyxl.Workbook()
    for number, row in enumerate([noise, header, *rows], 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                cell = book.active.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(tmp_path / "x.xlsx")
    try:
        outcome = workbooks.run_import(office, tmp_path / "x.xlsx", dry_run=True)
    except NuandangError as fault:
        assert fault.text()
        return
    seen = [row for household in outcome.households for row in household.rows]
    assert len(seen) == len(set(seen)) == outcome.sheet_rows
    counted = outcome.created + outcome.updated + outcome.unchanged + outcome.skipped + outcome.failed
    assert outcome.rows_read == counted
    assert all(problem.message for problem in outcome.problems)


def test_plan__an_official_form_is_no_list(office: OfficeSession, tmp_path: Path) -> None:
    """One household's form has captions above answers too, and is refused with what to use instead."""
    workbooks.export_forms(office, [file_household(office, 1, 3).id], tmp_path / "form.xlsx")
    with pytest.raises(UserError, match="平面表"):
        workbooks.plan_import(office, tmp_path / "form.xlsx")
