"""接收结果: what a lot has brought, on the page, on paper and as a workbook, also long after."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from factories import file_household, household, make_office
from neighbours import acquaint, as_lines, forge, record_lines, town_and_county
from python_calamine import CalamineWorkbook

from db.services import archiving, exchange, receive_report, receiving_many, undoing
from db.services.exchange import Outcome
from db.services.office import OfficeSession

Lot = tuple[OfficeSession, list[str]]


@pytest.fixture
def lot(tmp_path: Path) -> Iterator[Lot]:
    """A county that has received new, changed, doubled and refused households of two townships; ids of the bundles."""
    with town_and_county(tmp_path) as (town, county, stick):
        other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
        acquaint(other, county, tmp_path)
        first = file_household(town, 1, name="李大山")
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        content = archiving.load_archive(town, first.id).content.copy()
        content.values.update(mobile_phone="13900001111", home_address="梅城镇皖山路 8 号")
        archiving.save_archive(town, content, first.id)
        file_household(town, 2, name="才让·卓玛")
        exchange.export_bundle(town, None, stick)
        archiving.save_archive(other, household(1, name="李大山"))
        records = record_lines(other, [row.id for row in archiving.list_archives(other, archiving.ArchiveQuery())])
        stolen = record_lines(town, [first.id])
        forge(other, county, stick, as_lines([*records, *stolen]))
        outcome = receiving_many.receive_many(county, receiving_many.inspect_many(county, [stick]).items)
        assert not outcome.failed
        yield county, [done.bundle_id for done in outcome.received]
        other.close()


def text_of(pdf: bytes) -> str:
    """The text of every page."""
    document = pypdfium2.PdfDocument(pdf)
    found = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    document.close()
    return "".join(found.split())


def test_report__lists_what_became_of_each(lot: Lot) -> None:
    """Counts per township; fields in the captions of the form; who stands elsewhere; why one is not taken."""
    county, ids = lot
    report = receive_report.report_of(county, ids)
    assert [(row.sender_name, row.new, row.changed, row.duplicates, row.set_aside) for row in report.totals] == [
        ("梅城镇总工会", 1, 1, 0, 0),
        ("黄铺镇总工会", 0, 0, 1, 1),
    ]
    (changed,) = report.of(Outcome.CHANGED)
    assert {change.caption for change in changed.household.changes} == {"手机号码", "家庭住址"}
    told = receive_report.particulars(changed.household)
    assert "家庭住址：" in told and "梅城镇皖山路 8 号" in told and "13900001111" not in told
    (double,) = report.of(Outcome.DUPLICATE)
    assert "李大山已在档案" in receive_report.particulars(double.household)
    (refused,) = report.of(Outcome.REFUSED)
    assert "另一个单位" in refused.household.reason


def test_report__on_paper_and_as_workbook__shows_no_whole_number(lot: Lot, tmp_path: Path) -> None:
    """The same lists in both; ID numbers masked; a dot in a name survives."""
    county, ids = lot
    report = receive_report.report_of(county, ids)
    numbers = {row.values["id_number"] for row in archiving.list_archives(county, archiving.ArchiveQuery())}
    receive_report.save_report_pdf(county, report, tmp_path / "结果.pdf")
    receive_report.save_report_workbook(county, report, tmp_path / "结果.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "结果.xlsx")
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    paper = text_of((tmp_path / "结果.pdf").read_bytes())
    for shown in (paper, "".join(cells)):
        assert "才让·卓玛" in shown and "有变化" in shown and "黄铺镇总工会" in shown
        assert not any(str(number) in shown for number in numbers)
    assert book.sheet_names == ["汇总", "各户", "变化的栏目"]


def test_report__of_an_undone_bundle__still_tells(lot: Lot) -> None:
    """The record stays; it says that the bundle was undone."""
    county, ids = lot
    offer = undoing.undoable(county)
    assert offer and offer.bundle_id == ids[-1]
    undoing.undo_last(county, offer.bundle_id)
    report = receive_report.report_of(county, ids)
    assert "撤销" in report.bundles[-1] and len(report.of(Outcome.DUPLICATE)) == 1
