"""Registers on paper and as workbooks: nothing overlaps, no number is torn or hidden, an empty one says so."""

from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from openpyxl import load_workbook
from pdf_words import pdf_text

from db.domain.reports.evaluation import evaluate
from db.domain.reports.expansion import expanded
from db.domain.reports.layout_file import packaged_reports
from db.domain.wide_table import WideColumn, WideTable, caption_cells
from db.exchange.report_workbook import ReportSheet, write_report_workbook
from db.exchange.wide_table_workbook import write_wide_table
from db.printing.print_faces import text_width
from db.printing.ruled_sheet import Column, RuledSheet, sheet_pdf
from db.printing.text_flow import caption_shares, fitted_widths, widest_whole
from db.printing.wide_table_sheet import wide_table_pdf

NUMBER, CARD, DAY, PHONE = "63010420040101123X", "6228480099999999999", "2022-08-20", "13999999999"
HEADS = ("序号", "单位", "姓名", "身份证号", "类别", "致困原因", "人均收入", "子女", "子女身份证号", "关系", "学校", "学段", "新生",
         "金额", "银行", "卡号", "户名", "日期", "电话", "备注")  # fmt: skip
ROW = (1, "某镇总工会", "欧阳国平", NUMBER, "深度困难", "子女上学", 123_456_789, "欧阳小雨", NUMBER, "女儿",
       "某某职业技术学院", "大专", "新生",
       500_000, "某银行支行", CARD, "欧阳国平", DAY, PHONE, "")  # fmt: skip
TABLE = WideTable(
    "某年汇总表",
    tuple(WideColumn(head, 13.0, is_amount=head in {"人均收入", "金额"}) for head in HEADS),
    [ROW],
    heads=(
        ("填报单位：", "某县某镇新就业形态劳动者和农民工联合工会委员会"),
        ("填报人：", "李某"),
        ("联系电话：", PHONE),
    ),
    size=7.5,
)


def lines(pdf: bytes) -> list[str]:
    """What stands on the first page, line by line as it was drawn."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [line.strip() for line in document[0].get_textpage().get_text_range().splitlines()]


def test_twenty_columns__numbers_days_and_names_stay_in_one_piece() -> None:
    """Equal widths would tear them; widths are shifted and the type is set smaller."""
    drawn = " ".join(lines(wide_table_pdf(TABLE)))
    assert all(piece in drawn for piece in (NUMBER, CARD, DAY, PHONE, "1,234,567.89", "5,000.00", "欧阳国平"))


def test_long_table__repeats_title_and_captions_on_every_page() -> None:
    """So that a loose sheet says what it belongs to; counts have their thousands parted, running numbers have not."""
    counted = replace(TABLE.columns[1], align="right")
    table = replace(TABLE, columns=(TABLE.columns[0], counted, *TABLE.columns[2:]), rows=[(1234, 5678, *ROW[2:])] * 40)
    words = pdf_text(wide_table_pdf(table))
    pages = words.count("某年汇总表")
    assert pages > 1 and words.count("某年汇总表（续页）") == pages - 1 and words.count("子女身份证号") == pages
    assert "5,678" in words and "1,234欧" not in words


def test_no_rows__the_table_says_so() -> None:
    """A form to fill in has its empty lines instead."""
    assert "没有可列的内容。" in pdf_text(wide_table_pdf(replace(TABLE, rows=[])))
    assert "没有可列的内容。" not in pdf_text(wide_table_pdf(replace(TABLE, rows=[], blank_rows=3)))


@pytest.mark.parametrize("office", ["某镇总工会", "某县某镇新就业形态劳动者和农民工联合工会委员会" * 2])
def test_captions_above__each_has_the_room_it_needs(office: str) -> None:
    """Equal shares where they do, else what each needs, smaller where even that is too long."""
    captions = [f"填报单位：{office}", "填报人：李某", f"联系电话：{PHONE}"]
    size, shares = caption_shares(captions, 770.0, 10.0)
    assert sum(shares) == pytest.approx(770.0)
    assert all(text_width(words, size) < share for words, share in zip(captions, shares, strict=True))


def test_widths__keep_their_sum_and_what_others_need() -> None:
    """A column gives only what its own longest number leaves."""
    need = widest_whole(["某某", NUMBER], 8.0)
    assert text_width(NUMBER, 8.0) < need < text_width(NUMBER, 8.0) * 1.1
    assert fitted_widths([40.0, 60.0, 50.0], [10.0, 70.0, 49.0]) == pytest.approx([31.3, 70.0, 48.7], abs=1.0)
    assert fitted_widths([40.0, 60.0], [10.0, 20.0]) == [40.0, 60.0]
    tight = fitted_widths([10.0, 10.0], [9.0, 30.0])
    assert sum(tight) == pytest.approx(20.0) and tight[0] >= 9.0


def test_workbooks__columns_hold_their_longest_number() -> None:
    """Else a program shows ### in place of an amount, and tears an ID in two."""
    for write in (lambda out: write_wide_table(out, TABLE), _funds_of_millions):
        out = BytesIO()
        write(out)
        sheet = load_workbook(out).worksheets[0]
        for row in sheet.iter_rows():
            for cell in row:
                shown = f"{cell.value:,.2f}" if isinstance(cell.value, float) else str(cell.value or "")
                if shown and shown.strip("0123456789,.-X") == "":
                    assert sheet.column_dimensions[cell.column_letter].width >= len(shown), (cell.coordinate, shown)


def _funds_of_millions(out: BytesIO) -> None:
    found = packaged_reports()["funds"]
    layout = expanded(found, {key: [("1", "某专项\t中央财政\t某镇总工会")] for key in found.dimensions}, "yuan")
    values = evaluate(layout, {code: 10**11 for code, item in layout.figures.items() if item.measure}).values
    write_report_workbook(out, ReportSheet(layout, "表", [], values, []))


def test_ledger__its_total_stands_with_a_line() -> None:
    """However many lines there are, the last page has one of them; a caption left empty belongs to the one behind it."""
    columns = [Column("编号", 40.0), Column("", 40.0), Column("项目", 60.0, "left"), Column("合计", 40.0, "right")]
    for count in range(28, 40):
        sheet = RuledSheet("某表", [])
        sheet.ledger("", columns, [[f"第{at}行", "甲", "项", "1"] for at in range(count)], total=["共计", "", "", "9"])
        with pypdfium2.PdfDocument(sheet_pdf("某表", sheet.finish())) as document:
            last = document[len(document) - 1].get_textpage().get_text_range()
        assert "共计" in last and f"第{count - 1}行" in last
    captions = caption_cells(WideTable("", tuple(WideColumn(item.head, item.width) for item in columns), ()))
    assert [(cell.text, cell.across) for cell in captions] == [("编号", 1), ("项目", 2), ("合计", 1)]
