"""The tables as workbooks that go on reckoning: each formula, worked out anew, comes out as what is printed."""

import random
import re
from collections import Counter
from fractions import Fraction
from io import BytesIO
from math import floor
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pdf_words import pdf_text
from test_report_tables import TABLES, lived, office

from db.domain.reports.evaluation import evaluate
from db.domain.reports.expansion import expanded
from db.domain.reports.layout import lone_figure
from db.exchange.report_workbook import ReportSheet, write_report_workbook
from db.services import report_papers, reports
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

__all__ = ["office"]


def reckoned(cells: dict[str, object], address: str) -> Fraction | str:
    """A cell worked out from its formula, as a spreadsheet would."""
    value = cells[address]
    if not (isinstance(value, str) and value.startswith("=")):
        return value if isinstance(value, str) else Fraction(str(value or 0))
    guarded = re.fullmatch(r'=IF\((.+?)=0,"--",(.+)\)', value)
    if guarded and not worked_out(cells, guarded[1]):
        return "--"
    return worked_out(cells, guarded[2] if guarded else value[1:])


def worked_out(cells: dict[str, object], text: str) -> Fraction:
    """A formula without a condition, in fractions: SUM of a range, INT and ROUND of what they hold."""
    text = re.sub(r"SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)",
                  lambda m: "(" + "+".join(f"{m[1]}{row}" for row in range(int(m[2]), int(m[3]) + 1)) + ")", text)  # fmt: skip
    text = re.sub(r"[A-Z]+\d+|(?<![A-Z\d])\d+(\.\d+)?", lambda m: f"cell('{m[0]}')" if m[0][0].isalpha() else f"F('{m[0]}')", text)
    known = {"F": Fraction, "cell": lambda key: reckoned(cells, key), "INT": floor, "ROUND": half_up}
    return Fraction(eval(text, known))


def half_up(value: Fraction, digits: Fraction) -> Fraction:
    """To whole things, half away from nothing."""
    assert not digits
    return Fraction(floor(abs(value) + Fraction(1, 2)) * (1 if value >= 0 else -1))


@pytest.mark.parametrize("name", ["funds", "archives", "pairing", "monitoring"])
def test_workbook__goes_on_reckoning(office: OfficeSession, tmp_path: Path, name: str) -> None:
    """Sums, differences, averages and shares are formulas that come out as printed; the captions stand in their groups."""
    lived(office)
    report = reports.make_report(office, ReportRequest(name, 2022))
    path = tmp_path / "表.xlsx"
    report_papers.write_report(office, report, path)
    assert formulas_come_out(path)
    text = pdf_text(report_papers.report_pdf(office, report))
    assert report.title in text and "合计" in text


def formulas_come_out(path: Path | BytesIO) -> list[str]:
    """The formulas of a table, each worked out anew as what is stored beside it."""
    living, stored = load_workbook(path)["统计表"], load_workbook(path, data_only=True)["统计表"]
    cells = {cell.coordinate: cell.value for row in living.iter_rows() for cell in row}
    found = {key: value for key, value in cells.items() if isinstance(value, str) and value.startswith("=")}
    for key, formula in found.items():
        wanted = stored[key].value
        assert reckoned(cells, key) == (wanted if wanted == "--" else Fraction(str(wanted))), (key, formula)
    return list(found.values())


def test_workbook__every_share_and_average_lives_where_its_parts_stand(office: OfficeSession) -> None:
    """All tables, with nothing in them and with anything: never divided by nothing, the same digits as on screen."""
    chance, live = random.Random(11), Counter[str]()
    for name, layout in TABLES.items():
        some = [("1", "甲镇\t种类\t单位"), ("2", "乙镇\t种类\t单位")]
        for unit, most in (("", 0), ("", 3), ("yuan", 10**9), ("wan", 10**9)):
            laid = expanded(layout, dict.fromkeys(layout.dimensions, some), unit)
            measured = {code: chance.randint(0, most) for code, item in laid.figures.items() if item.measure}
            if name == "classes":  # the whole table, of which each line is a share, is what its lines come to
                measured["T"] = sum(number for code, number in measured.items() if code != "T")
            values = evaluate(laid, measured).values
            out = BytesIO()
            write_report_workbook(out, ReportSheet(laid, name, [], values, []))
            made = [formula for formula in formulas_come_out(out) if formula.startswith("=IF(")]
            printed = {code for line in laid.lines for cell in line.cells if (code := lone_figure(cell) or ("", ""))[1] == ""}
            whole = [code for code, _ in printed if code in laid.figures and laid.figures[code].over]
            live[name] += len(made)
            assert len(made) <= len(whole), name
            if unit != "wan" and name in {"tuition_need", "employment", "pairing", "classes"}:
                assert len(made) == len(whole), (name, unit)
    assert {"funds", "tuition_need", "tuition_need_offices", "employment", "pairing", "monitoring"} <= set(+live)
