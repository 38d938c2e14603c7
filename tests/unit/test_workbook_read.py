"""Files that come from anywhere: wrong names, passwords, damage, bombs – always a sentence, never a crash."""

import io
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import MachineError, NuandangError, UserError
from db.exchange import workbook_package
from db.exchange.workbook_package import column_letter, column_number
from db.exchange.workbook_read import read_workbook

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def book_bytes(cells: dict[str, object]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表")
    for place, value in cells.items():
        sheet.write(place, value)
    book.close()
    return out.getvalue()


def repacked(data: bytes, part: str, body: bytes) -> bytes:
    """The package with another body for *part*."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, body if entry.filename == part else source.read(entry))
    return out.getvalue()


def code_of(path: Path) -> str:
    with pytest.raises(NuandangError) as caught:
        book = read_workbook(path)
        for name in book.sheet_names:
            book.sheet(name)
    assert caught.value.text()
    return caught.value.code


@pytest.mark.parametrize("name", ["真的是.xls", "没有后缀", "大写.XLSX", "表格.et"])
def test_read__goes_by_content_not_by_name(tmp_path: Path, name: str) -> None:
    """A renamed file is read for what it is, in either direction."""
    path = tmp_path / name
    path.write_bytes((FIXTURES / "wide.xlsx").read_bytes())
    assert read_workbook(path).kind == "xlsx"
    path.write_bytes((FIXTURES / "long.xls").read_bytes())
    assert read_workbook(path).kind == "xls"
    assert len(read_workbook(path).sheet("Sheet1").rows) == 92


def test_read__hidden_rows_and_columns() -> None:
    """What is hidden in the clerk's sheet is known by number."""
    marks = read_workbook(FIXTURES / "wide.xlsx").marks_of("困难职工")
    assert (marks.rows, marks.columns, marks.errors) == ({9}, {16}, frozenset())


def test_read__prefixed_elements_and_error_cells(tmp_path: Path) -> None:
    """Files of other libraries name their elements <x:row>; a formula error is known by its place."""
    data = book_bytes({"A1": "姓名", "B1": "民族", "A2": "王建国"})
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    body = sheet.replace(b"</row></sheetData>", b'<c t="e" r="B2"><v>#N/A</v></c></row></sheetData>')
    path = tmp_path / "错误.xlsx"
    path.write_bytes(repacked(data, "xl/worksheets/sheet1.xml", body))
    assert read_workbook(path).marks_of("表").errors == {(2, 2)}
    prefixed = re.sub(rb"<(/?)(row|c|v|sheetData)(?=[ >])", rb"<\1x:\2", body).replace(b'r="2"', b'r="1048576" hidden="1"')
    path.write_bytes(repacked(data, "xl/worksheets/sheet1.xml", prefixed.replace(b'r="B2"', b'r="XFD1048576"')))
    assert code_of(path) == "workbook_too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_empty"),
        (b"\xef\xbb\xbf\xe5\xa7\x93\xe5\x90\x8d,1\n", "workbook_not_a_table"),
        (b"<html><table></table></html>", "workbook_not_a_table"),
        (b"PK\x03\x04 not a package", "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_password"),
        ((FIXTURES / "wide.xlsx").read_bytes()[:9000], "workbook_damaged"),
    ],
    ids=["empty", "csv", "html", "zip", "ole", "password", "cut"],
)
def test_read__says_what_is_wrong(tmp_path: Path, content: bytes, code: str) -> None:
    """Each kind of unreadable file has its own sentence."""
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    assert code_of(path) == code


def test_read__a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    """A photo archive renamed to .xlsx is not a table."""
    path = tmp_path / "照片.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("1.jpg", b"x")
    assert code_of(path) == "workbook_not_a_table"


def test_read__missing_and_folder(tmp_path: Path) -> None:
    """A vanished stick and a folder."""
    with pytest.raises(MachineError, match="U 盘"):
        read_workbook(tmp_path / "gone.xlsx")
    with pytest.raises(UserError):
        read_workbook(tmp_path)


def test_read__a_package_that_unpacks_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unpacked size is measured, not believed: a directory that lies about it does not help."""
    monkeypatch.setattr(workbook_package, "UNPACKED_LIMIT", 1_000_000)
    data = book_bytes({"A1": "姓名"})
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(repacked(data, "xl/sharedStrings.xml", b" " * 5_000_000))
    assert code_of(path) == "workbook_too_large"
    lying = repacked(data, "xl/sharedStrings.xml", b" " * 5_000_000)
    lying = lying.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500))
    path.write_bytes(lying)
    assert code_of(path) == "workbook_too_large"


@pytest.mark.parametrize("place", ["XFD900000", "A1048576", "XFD40000"])
def test_read__one_cell_at_the_far_end(tmp_path: Path, place: str) -> None:
    """A stray cell that would lay out billions of empty ones is refused before it does."""
    path = tmp_path / "far.xlsx"
    path.write_bytes(book_bytes({"A1": "姓名", "CI1": "单位", place: "x"}))
    assert code_of(path) == "workbook_too_large"


def test_read__rows_without_numbers_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row numbers may be left out: a small file then held millions of rows, 16 GB once laid out."""
    monkeypatch.setattr(workbook_package, "CELL_LIMIT", 100_000)
    rows = b"<sheetData>" + b"<row><c t='inlineStr'><is><t>a</t></is></c></row>" * 5_000
    wide = b"<row r='2'><c r='CI2' t='inlineStr'><is><t>a</t></is></c></row></sheetData>".replace(b"'", b'"')
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + rows + wide + b"</worksheet>"
    path = tmp_path / "unnumbered.xlsx"
    path.write_bytes(repacked(book_bytes({"A1": "姓名"}), "xl/worksheets/sheet1.xml", sheet))
    assert code_of(path) == "workbook_too_large"


def test_read__formatting_to_the_last_row_is_no_content(tmp_path: Path) -> None:
    """A million formatted but empty rows are an ordinary sheet."""
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    book.active["A1048576"].font = openpyxl.styles.Font(bold=True)
    book.active["XFD3"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "styled.xlsx")
    assert read_workbook(tmp_path / "styled.xlsx").sheet("Sheet").rows == [["姓名"]]


def test_read__repeated_cells_of_an_open_document(tmp_path: Path) -> None:
    """The same bomb as an .ods: one filled cell repeated without end."""
    body = (
        b'<office:document-content><table:table-row table:number-rows-repeated="1048576"><table:table-cell'
        b' office:value-type="string" table:number-columns-repeated="16384"/></table:table-row></office:document-content>'
    )
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", body)
    assert code_of(path) == "workbook_too_large"


def test_read__hidden_rows_of_an_open_document(tmp_path: Path) -> None:
    """OpenDocument writes rows and columns in runs; hidden and filtered ones are counted out, sheet by sheet."""
    body = (
        '<x><table:table table:name="其他"><table:table-row table:visibility="collapse"/></table:table>'
        '<table:table table:name="甲&amp;乙"><table:table-column table:number-columns-repeated="3"/>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
        '<table:table-row/><table:table-row table:number-rows-repeated="4"/><table:table-row table:visibility="filter"/>'
        "</table:table></x>"
    )
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", body)
    package = workbook_package.Package(path.read_bytes(), path.name)
    package.check()
    marks = package.marks_of("甲&乙")
    assert (marks.rows, marks.columns) == ({6}, {4, 5})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_read__damage_anywhere_is_a_sentence(data: st.DataObject) -> None:
    """Bytes changed anywhere in a real file: read or refused, never an unexpected error."""
    import tempfile

    source = bytearray((FIXTURES / data.draw(st.sampled_from(["wide.xlsx", "long.xls"]))).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.xlsx"
        path.write_bytes(source)
        try:
            book = read_workbook(path)
            rows = [book.sheet(name).rows for name in book.sheet_names]
        except NuandangError as fault:
            rows = []
            assert fault.text()
    assert isinstance(rows, list)


@given(st.integers(0, 16_383))
def test_column_letter__and_back(index: int) -> None:
    """Letters and numbers of columns agree."""
    assert column_number(column_letter(index)) == index + 1
    assert (column_letter(0), column_letter(25), column_letter(26), column_letter(16_383)) == ("A", "Z", "AA", "XFD")
