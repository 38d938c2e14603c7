"""Workbooks that leave the office: columns, text that stays text, nothing lost on the way back, nothing half written."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from factories import file_household, make_office, photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.domain import validation
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import Circumstances, derive
from db.domain.field_kinds import parse_value
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.id_number import check_digit
from db.domain.option_lists import option_list
from db.domain.validation import Severity
from db.errors import Cancelled, MachineError, UserError
from db.exchange.workbook_columns import HOUSEHOLD_CAPTIONS, MEMBER_CAPTIONS, flat_columns
from db.exchange.workbook_export import write_flat
from db.exchange.workbook_layouts import SheetWalk
from db.exchange.workbook_map import plan_sheet
from db.exchange.workbook_merge import merge
from db.exchange.workbook_read import read_workbook
from db.exchange.workbook_template import template_columns
from db.services import archiving, attachments, workbooks
from db.services.office import OfficeSession
from db.store.archive_store import StoredArchive

TODAY = "2026-05-20"
DANGEROUS = ['=HYPERLINK("x","y")', "+8613900001234", "-100", "@SUM(A1)", "<b>&amp;</b>", "_x0041_", " 前后  空格 ", "一\n二"]


def sheet_of(path: Path) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(path).worksheets[0]


def test_flat__begins_with_the_42_columns_then_nine_per_member(office: OfficeSession, tmp_path: Path) -> None:
    """The captions unions know come first, in their order; five member groups stand even for small households."""
    archive = file_household(office, 1, 2)
    workbooks.export_flat(office, [archive.id], tmp_path / "out.xlsx")
    captions = [cell.value for cell in sheet_of(tmp_path / "out.xlsx")[1]]
    assert tuple(captions[:42]) == HOUSEHOLD_CAPTIONS
    groups = [f"家庭成员{number}{caption}" for number in range(1, 6) for caption in MEMBER_CAPTIONS]
    assert captions[42:87] == groups
    assert "医保状况" in captions[87:] and "家庭成员5医保状况" in captions[87:]


def test_flat__covers_every_field_of_the_form() -> None:
    """Every field of the declaration has a column of its own, in the export and in the template."""
    for columns in (flat_columns(1), [column for _, band in template_columns() for column in band]):
        exact = {(column.spec.key, column.number) for column in columns if column.legacy is None}
        assert {(spec.key, 0) for spec in ARCHIVE_FORM.worker_fields} <= exact
        assert {(spec.key, 5) for spec in ARCHIVE_FORM.member_fields} <= exact


def test_flat__text_never_becomes_a_formula(office: OfficeSession, tmp_path: Path) -> None:
    """Text that begins like a formula is a string cell, character by character as stored."""
    for seed, text in enumerate(DANGEROUS):
        file_household(office, seed, 1, employer=text.strip().replace("\n", ""), remarks=text.strip())
    path = tmp_path / "out.xlsx"
    workbooks.export_flat(office, archiving.archive_ids(office, archiving.ArchiveQuery()), path)
    sheet = sheet_of(path)
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "inlineStr"}
    column = [cell.value for cell in sheet[1]].index("备注") + 1
    # Excel's own escape of “_x0041_”, which openpyxl leaves as it is
    found = {str(sheet.cell(row, column).value).replace("_x005F", "") for row in range(2, sheet.max_row + 1)}
    assert found == {text.strip() for text in DANGEROUS}
    assert workbooks.run_import(office, path).unchanged == len(DANGEROUS)


def test_flat__numbers_that_are_names_are_text_and_amounts_are_numbers(office: OfficeSession, tmp_path: Path) -> None:
    """ID, card, phone, postcode and region are text cells in text format; money can be summed."""
    archive = file_household(office, 3, 1)
    workbooks.export_flat(office, [archive.id], tmp_path / "out.xlsx")
    sheet = sheet_of(tmp_path / "out.xlsx")
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    for caption in ("身份证号", "银行卡号", "手机号码", "邮政编码", "户口所在地", "家庭成员1身份证号", "工作时间"):
        assert isinstance(cells[caption].value, str)
        assert cells[caption].number_format == "@"
    assert cells["本人月平均收入"].value == archive.content.values["monthly_income"] / 100
    assert cells["是否进入医保"].value == "是"


def test_flat__twelve_members_and_the_same_office_stays_unchanged(office: OfficeSession, tmp_path: Path) -> None:
    """As many groups as the largest household needs; reading the export back changes nothing."""
    big, small = file_household(office, 1, 12), file_household(office, 2, 0)
    path = tmp_path / "out.xlsx"
    workbooks.export_flat(office, [big.id, small.id], path)
    outcome = workbooks.run_import(office, path)
    assert (outcome.rows_read, outcome.unchanged, outcome.people_read) == (2, 2, 14)
    other, _ = make_office(tmp_path / "other")
    assert workbooks.run_import(other, path).created == 2
    copy = archiving.load_archive(other, archiving.archive_ids(other, archiving.ArchiveQuery(text=big.content.text("name")))[0])
    assert len(copy.content.members) == 12
    other.close()


def test_flat__of_nothing_is_an_empty_list(office: OfficeSession, tmp_path: Path) -> None:
    """No archives: the header alone, and importing it reads nothing."""
    workbooks.export_flat(office, [], tmp_path / "out.xlsx")
    assert sheet_of(tmp_path / "out.xlsx").max_row == 1
    assert workbooks.run_import(office, tmp_path / "out.xlsx").rows_read == 0


# -- nothing is lost ---------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from(DANGEROUS),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12),
)
NUMBERS = st.tuples(
    st.sampled_from(["340882", "630102"]),
    st.dates(date(1940, 1, 1), date(1995, 12, 31)),
    st.integers(1, 999),
).map(lambda parts: f"{parts[0]}{parts[1]:%Y%m%d}{parts[2]:03d}")


@st.composite
def answers(draw: st.DrawFn, spec: FieldSpec) -> Value:
    """A value the form accepts for *spec*, or None."""
    if spec.options:
        codes = [option.code for option in option_list(spec.options).options]
        if spec.kind is FieldKind.MULTI_CHOICE:
            return draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True))
        return draw(st.sampled_from(codes))
    if spec.kind is FieldKind.YES_NO:
        return draw(st.booleans())
    if spec.kind in {FieldKind.MONEY, FieldKind.AREA}:
        return draw(st.integers(0, 10**10))
    if spec.kind is FieldKind.COUNT:
        return draw(st.integers(1, 99))
    if spec.kind is FieldKind.DATE:
        return draw(st.dates(date(2000, 1, 1), date(2026, 1, 1))).isoformat()
    samples = {
        FieldKind.PHONE: "13900001234",
        FieldKind.POSTAL_CODE: "006300",
        FieldKind.BANK_ACCOUNT: "6228480032496685029",
        FieldKind.REGION: "340882",
    }
    if spec.kind in samples:
        return samples[spec.kind]
    parsed = parse_value(spec, draw(TEXTS))
    sound = parsed.value is not None and parsed.code is None
    found = validation.check_value(spec, parsed.value, TODAY) if sound else None
    return parsed.value if sound and (found is None or found.severity is not Severity.ERROR) else None


@st.composite
def contents(draw: st.DrawFn) -> ArchiveContent:
    """Any household the office may hold."""
    def record(fields: tuple[FieldSpec, ...], chance: float) -> dict[str, Value]:
        found = {}
        for spec in fields:
            if spec.kind is not FieldKind.ID_NUMBER and not spec.derived_by and draw(st.floats(0, 1)) < chance:
                value = draw(answers(spec))
                if value is not None:
                    found[spec.key] = value
        return found

    numbers = draw(st.lists(NUMBERS, min_size=7, max_size=7, unique=True))
    values = {**record(ARCHIVE_FORM.worker_fields, 0.7), "id_number": numbers[0] + check_digit(numbers[0])}
    values.setdefault("name", "王建国")
    members = []
    for number in numbers[1 : 1 + draw(st.integers(0, 6))]:
        person = {"id": new_id(), **record(ARCHIVE_FORM.member_fields, 0.6)}
        person["name"] = f"成员{len(members)}"
        if draw(st.booleans()):
            person["id_number"] = number + check_digit(number)
        else:
            person.update({"birth_on": "1970-05-01", "sex": "male"})
        members.append(person)
    return derive(validation.clear_hidden(ArchiveContent(values, members)))


def stored(content: ArchiveContent) -> StoredArchive:
    return StoredArchive("a", "340882-2026-0001", "o", 1, False, 0, "", "", "", 0, 0, 0, None, {}, content)


def plain(content: ArchiveContent) -> tuple[dict[str, Value], list[dict[str, Value]]]:
    def tidy(record: dict[str, Value]) -> dict[str, Value]:
        return {
            key: sorted(value) if isinstance(value, list) else value
            for key, value in record.items()
            if key != "id" and value is not None
        }

    return tidy(content.values), [tidy(person) for person in content.members]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=contents())
def test_flat__export_and_import_give_the_same_household(content: ArchiveContent) -> None:
    """Whatever the office holds comes back from its own export, value by value."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.xlsx"
        write_flat([stored(content)], 1, len(content.members), path)
        book = read_workbook(path)
    plan = plan_sheet(book)
    reading = SheetWalk(plan, book.sheet(plan.sheet).rows, TODAY).read()
    assert len(reading.households) == 1
    draft = reading.households[0]
    assert [problem for problem in draft.problems if problem.severity == "error"] == []
    merged = merge(draft, None, Circumstances(TODAY), (), blank_wipes=False)
    assert plain(merged.content) == plain(content)


# -- the official form and the template --------------------------------------------------------------------------


def test_forms__one_sheet_per_household_with_lawful_names(office: OfficeSession, tmp_path: Path) -> None:
    """Names with forbidden characters, long names and namesakes give sheets Excel accepts; formulas stay text."""
    ids = [
        file_household(office, 1, 2, name="王[建]国:*?/\\", employer='=HYPERLINK("x","y")').id,
        file_household(office, 2, 12, name="阿依古丽·买买提" * 3).id,
        file_household(office, 3, 0, name="王建国").id,
        file_household(office, 4, 0, name="王建国").id,
    ]
    workbooks.export_forms(office, ids, tmp_path / "forms.xlsx")
    book = openpyxl.load_workbook(tmp_path / "forms.xlsx")
    assert len(book.sheetnames) == 4
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    cells = {cell.value: cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value}
    assert cells['=HYPERLINK("x","y")'].data_type == "s"
    assert "困难职工档案表" in cells and "*身份证号" in cells
    assert book.worksheets[0].page_setup.paperSize == 9
    persons = archiving.load_archive(office, ids[1]).content.members
    shown = {cell.value for row in book.worksheets[1].iter_rows() for cell in row}
    assert {person["id_number"] for person in persons} <= shown


@pytest.mark.parametrize(("members", "pages", "repeats"), [(3, "one", False), (12, "one", False), (30, "any", True)])
def test_forms__further_pages_say_whose_and_what(
    office: OfficeSession, tmp_path: Path, members: int, pages: str, repeats: bool
) -> None:
    """A large household stays on one page while it can be read; then the captions of the members come along."""
    archive = file_household(office, 1, members, name="王&国")
    workbooks.export_forms(office, [archive.id], tmp_path / "forms.xlsx")
    sheet = sheet_of(tmp_path / "forms.xlsx")
    high = {None: "one", 1: "one", 0: "any"}[sheet.page_setup.fitToHeight]
    assert (high, bool(sheet.print_title_rows)) == (pages, repeats)
    if repeats:
        row = int(sheet.print_title_rows.lstrip("$").split(":")[0])
        assert {"姓名", "身份证号", "月收入"} <= {str(cell.value).lstrip("*") for cell in sheet[row]}
    assert sheet.oddFooter.left.text.strip() == f"{archive.archive_number}  王&&国"


def test_forms__name_the_papers(office: OfficeSession, tmp_path: Path) -> None:
    """The attachment grid lists what is attached, by type, name and note."""
    archive = file_household(office, 1, 1)
    attachments.add_attachment(office, archive.id, "身份证正反面.jpg", photo(), "id_card", "已核原件")
    workbooks.export_forms(office, [archive.id], tmp_path / "forms.xlsx")
    shown = {cell.value for row in sheet_of(tmp_path / "forms.xlsx").iter_rows() for cell in row}
    assert {"身份证复印件", "身份证正反面.jpg", "已核原件"} <= shown


def test_forms__too_many_for_one_file(office: OfficeSession, tmp_path: Path) -> None:
    """A file no program could open is refused with what to do instead."""
    with pytest.raises(UserError, match="分批"):
        workbooks.export_forms(office, ["x"] * 1001, tmp_path / "forms.xlsx")


def test_template__has_lists_notes_stars_and_is_read_back(office: OfficeSession, tmp_path: Path) -> None:
    """Drop-downs refer to defined names, numbers-as-text are in text format, and the importer knows every column."""
    path = tmp_path / "template.xlsx"
    workbooks.write_template(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert book.sheetnames == ["困难职工档案", "填表说明", "选项"]
    assert book["选项"].sheet_state == "hidden"
    captions = {cell.value: cell for cell in sheet[2]}
    assert "*姓名" in captions and "家庭成员5姓名" in captions
    assert "身份证原件" in captions["*身份证号"].comment.text
    letter = captions["*身份证号"].column_letter
    assert sheet.column_dimensions[letter].number_format == "@"
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    ethnicity = rules[captions["*民族"].column_letter + "3"]
    assert ethnicity.formula1 == "list_ethnicity"
    assert book.defined_names["list_ethnicity"].attr_text.startswith("'选项'!$B$2")
    assert sheet.freeze_panes == "D3"
    sheet["C3"], sheet[f"{letter}3"] = "王建国", "11010519491231002X"
    book.save(path)
    plan = workbooks.plan_import(office, path)
    assert (plan.header_row, plan.unknown, plan.missing) == (2, [], [])
    assert workbooks.run_import(office, path).created == 1


# -- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("export", [workbooks.export_flat, workbooks.export_forms])
def test_write__leaves_no_partial_file_and_keeps_the_old_one(
    office: OfficeSession, tmp_path: Path, export: Callable[..., None]
) -> None:
    """Cancelled half way: the former file stands as it was and nothing else lies in the folder."""
    ids = [file_household(office, seed, 1).id for seed in range(3)] * 60
    target = tmp_path / "target"
    target.mkdir()
    path = target / "out.xlsx"
    path.write_bytes(b"old")

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        export(office, ids, path, stop)
    assert [(entry.name, entry.read_bytes()) for entry in target.iterdir()] == [("out.xlsx", b"old")]


def test_write__target_open_elsewhere_or_folder_gone(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file held open by WPS and a vanished stick are said in one sentence each; nothing is left behind."""
    with pytest.raises(MachineError, match="U 盘"):
        workbooks.write_template(tmp_path / "gone" / "out.xlsx")

    def held(self: Path, target: Path) -> None:
        raise PermissionError(13, "held open")

    monkeypatch.setattr(Path, "replace", held)
    (tmp_path / "t").mkdir()
    with pytest.raises(MachineError, match="WPS"):
        workbooks.write_template(tmp_path / "t" / "out.xlsx")
    assert list((tmp_path / "t").iterdir()) == []


def test_write__no_temporary_file_holds_names(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is put into the system's temporary folder, not even for a moment."""
    archive = file_household(office, 1, 3)

    def forbidden(*args: object, **kwargs: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "NamedTemporaryFile", "TemporaryFile", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, forbidden)
    workbooks.export_flat(office, [archive.id], tmp_path / "flat.xlsx")
    workbooks.export_forms(office, [archive.id], tmp_path / "forms.xlsx")
    workbooks.write_template(tmp_path / "template.xlsx")
    workbooks.run_import(office, tmp_path / "flat.xlsx", report_path=tmp_path / "report.xlsx")
    assert (tmp_path / "report.xlsx").stat().st_size > 5_000
