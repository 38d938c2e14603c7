"""No plain-text personal data on disk or in a log: after a full run a known person is looked for everywhere."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import citizen_number, household, make_office, member, photo
from openpyxl import Workbook
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db.domain.archive_content import ArchiveContent
from db.domain.validation import Stage
from db.errors import UserError
from db.services import archiving, attachments, backups, drafts, exchange, printing, workbooks
from db.services.office import OfficeSession

NAME, CHILD, ADDRESS = "尉迟𠮷鑫·䶮", "尉迟霏霏", "碧落巷七十七弄"
ID_NUMBER, CHILD_NUMBER = citizen_number("34088219770707707"), citizen_number("34088220120909122")
CARD, PHONE, FILE_NAME, DISEASE = "6228487707707707707", "13970770770", "尉迟的诊断书.jpg", "渐冻症第七期"
KNOWN = (NAME, CHILD, ADDRESS, ID_NUMBER, CHILD_NUMBER, CARD, PHONE, FILE_NAME, DISEASE)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode_escape")

_written: list[Path] | None = None


def _note_write(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: every file opened for writing by Python while :data:`_written` is a list."""
    if _written is None or event != "open":
        return
    path, mode, flags = arguments
    writes = any(sign in str(mode) for sign in "wax+") if mode else bool(int(flags) & (os.O_WRONLY | os.O_RDWR))  # type: ignore[call-overload]
    if writes and isinstance(path, str | bytes | os.PathLike):
        _written.append(Path(os.fsdecode(path)))


sys.addaudithook(_note_write)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Files opened for writing; temporary files go to ``tmp_path/temp``, also those of C libraries."""
    global _written
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    _written = []
    yield _written
    _written = None


def traces(body: bytes) -> list[str]:
    """Which known texts stand in *body*, in any usual encoding."""
    return [known for known in KNOWN if any(known.encode(encoding) in body for encoding in ENCODINGS)]


def plain_files(folder: Path) -> dict[str, list[str]]:
    """Files below *folder* that hold or are named by a known text."""
    found = {}
    for path in folder.rglob("*"):
        seen = traces(str(path.relative_to(folder)).encode()) + (traces(path.read_bytes()) if path.is_file() else [])
        if seen:
            found[str(path.relative_to(folder))] = seen
    return found


def person() -> ArchiveContent:
    """The household that is looked for."""
    content = household(77, 0, name=NAME, id_number=ID_NUMBER, home_address=ADDRESS, mobile_phone=PHONE)
    content.values.update(bank_account=CARD, main_hardship_cause="other", hardship_cause_note=DISEASE)
    content.members = [member(name=CHILD, id_number=CHILD_NUMBER)]
    return content


def _fill(office: OfficeSession) -> str:
    """Draft, refuse, file, amend, attach, search, fail: the id of the archive."""
    draft = drafts.Draft("d", person(), raw={"bank_account": CARD + "?"})
    drafts.save_draft(office, draft)
    with pytest.raises(UserError):
        archiving.save_archive(office, person(), complete=True)
    filed = archiving.save_archive(office, person())
    changed = filed.content.copy()
    changed.values["remarks"] = DISEASE
    archiving.save_archive(office, changed, filed.id)
    attachments.add_attachment(office, filed.id, FILE_NAME, photo(), "diagnosis", DISEASE)
    assert archiving.search_people(office, NAME) and archiving.search_people(office, ID_NUMBER[-4:])
    archiving.check_content(office, person(), Stage.SUBMIT)
    with pytest.raises(UserError), office.database.writing() as connection:
        connection.execute(text("UPDATE archive SET remarks = :note"), {"note": CARD})
        raise UserError("bad_content", field="x")
    return filed.id


def _print_and_back_up(office: OfficeSession, archive_id: str, chosen: Path) -> None:
    """Everything that is meant to write a file, into *chosen*."""
    assert printing.archive_pdf(office, [archive_id]).startswith(b"%PDF")
    printing.write_archive_pdf(office, [archive_id], chosen / "forms.pdf")
    workbooks.export_flat(office, [archive_id], chosen / "flat.xlsx")
    workbooks.export_forms(office, [archive_id], chosen / "forms.xlsx")
    sheet = Workbook()
    assert sheet.active is not None
    for row in (["姓名", "身份证号", "家庭住址", "工作状态"], [NAME + "乙", citizen_number("34088219770707709"), ADDRESS, "歇业"]):
        sheet.active.append(row)
    sheet.save(chosen / "list.xlsx")
    workbooks.run_import(office, chosen / "list.xlsx", report_path=chosen / "errors.xlsx")
    backups.back_up(office)


def _carry(town: OfficeSession, county: OfficeSession, stick: Path) -> None:
    """Cards, bundle, receipt: from the township to the county and back, over *stick*."""
    for sender, receiver in ((town, county), (county, town)):
        card = stick / f"{sender.office.level}.nuandang-card"
        exchange.write_card(sender, card)
        exchange.enrol(receiver, card)
    exchange.export_bundle(town, None, stick)
    (bundle,) = stick.glob("*" + exchange.BUNDLE_SUFFIX)
    exchange.inspect_bundle(county, bundle)
    exchange.receive_bundle(county, bundle)
    receipts = set(stick.glob("*" + exchange.BUNDLE_SUFFIX)) - {bundle}
    exchange.receive_bundle(town, receipts.pop())


def test_full_run__leaves_no_plain_text(
    tmp_path: Path, written: list[Path], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Both office folders, the stick, the temporary folder, the log and the console never hold the person in clear."""
    caplog.set_level(logging.DEBUG)
    chosen, stick = tmp_path / "chosen", tmp_path / "stick"
    chosen.mkdir()
    stick.mkdir()
    town, _ = make_office(tmp_path / "town")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    archive_id = _fill(town)
    _print_and_back_up(town, archive_id, chosen)
    _carry(town, county, stick)
    assert archiving.search_people(county, NAME)
    for opened in (True, False):  # with the write-ahead log, and after closing
        for folder in ("town", "county", "stick", "temp"):
            assert plain_files(tmp_path / folder) == {}, (folder, opened)
        town.close()
        county.close()
    assert traces(caplog.text.encode()) == []
    shown = capfd.readouterr()
    assert traces((shown.out + shown.err).encode()) == []
    places = ("town", "county", "stick", "temp", "chosen")
    strangers = [path for path in written if not any(path.is_relative_to(tmp_path / place) for place in places)]
    assert [path for path in strangers if path != Path(os.devnull) and "__pycache__" not in path.parts] == []


def test_search__finds_what_is_there(tmp_path: Path) -> None:
    """The search above would find the person in a file or its name, in each encoding."""
    for encoding in ENCODINGS:
        (tmp_path / encoding).write_bytes(b"..." + NAME.encode(encoding))
    (tmp_path / FILE_NAME).write_bytes(b"")
    assert len(plain_files(tmp_path)) == len(ENCODINGS) + 1


def test_failures__quote_nothing(office: OfficeSession, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the statement log of the database engine nor the text of a failure quotes what was entered."""
    caplog.set_level(logging.INFO, logger="sqlalchemy")
    archiving.save_archive(office, person())
    doubled = text("INSERT INTO office_setting (key, value) VALUES ('office', :value)")
    with pytest.raises(IntegrityError) as caught, office.database.writing() as connection:
        connection.execute(doubled, {"value": NAME + CARD})
    assert traces(str(caught.value).encode()) == [] and traces(caplog.text.encode()) == []


def test_messages__of_refusals_name_no_numbers(office: OfficeSession) -> None:
    """The sentence that says who already has an archive names the archive, not the ID number or card."""
    archiving.save_archive(office, person())
    problems = archiving.person_problems(office, person(), None)
    assert problems and not any(ID_NUMBER in item.message or CARD in item.message for item in problems)
