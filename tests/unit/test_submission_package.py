"""报送资料包: what is in it, that nobody reads it without the password, and that it is whole or not there."""

import errno
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import time
import tracemalloc
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import pyzipper
from factories import PASSPHRASE, file_household, photo, small_pdf
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from db.domain.household_tally import HouseholdTally
from db.errors import Cancelled, MachineError, UserError
from db.exchange import drives, package_zip, read_back
from db.services import archiving, attachments, leftovers, printing, submission_package
from db.services import office as offices
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.submission_package import PackageSummary, write_package
from db.store import partial_files

PASSWORD = "k7wq-3fda-xxp2-mmne"
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def filed(office: OfficeSession) -> list[Archive]:
    """Three households; the first has two photos of one kind and a PDF."""
    archives = [file_household(office, seed) for seed in ("a", "b", "c")]
    for name, content, kind in (
        ("正面.jpg", photo(), "id_card"),
        ("反面.jpg", photo(640, 480), "id_card"),
        ("证明.pdf", small_pdf(), "income_proof"),
    ):
        attachments.add_attachment(office, archives[0].id, name, content, kind)
    return archives


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def pack(office: OfficeSession, filed: list[Archive], stick: Path) -> PackageSummary:
    """The package of all households."""
    return write_package(office, [archive.id for archive in filed], stick, PASSWORD)


def opened(path: Path, password: str = PASSWORD) -> zipfile.ZipFile:
    """The inner zip, as the office above opens it."""
    with pyzipper.AESZipFile(path) as outer:
        outer.setpassword(password.encode())
        return zipfile.ZipFile(io.BytesIO(outer.read(package_zip.INNER)))


def secrets_of(archives: list[Archive]) -> list[bytes]:
    """Names and numbers that must not be seen."""
    words = [archive.content.text(key) for archive in archives for key in ("name", "id_number", "bank_account")]
    return [word.encode(code) for word in words for code in ("utf-8", "gb18030")]


def test_package__holds_everything(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """Workbook, forms, papers in a folder per household, summary, explanation, checksums."""
    summary = pack(office, filed, stick)
    inner = opened(summary.path)
    first = filed[0].content
    folder = f"各户材料/0001 {first.text('name')} {first.text('id_number')}"
    papers = {f"{folder}/{name}" for name in ("身份证复印件-1.jpg", "身份证复印件-2.jpg")}
    names = set(inner.namelist())
    assert papers <= names
    assert len([name for name in names if name.startswith(f"{folder}/") and name.endswith(".pdf")]) == 2
    assert {"汇总表.pdf", "困难职工档案-平面表.xlsx", "困难职工档案表-全部.pdf", "内容说明.txt"} <= names
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(inner.read("困难职工档案-平面表.xlsx"))).get_sheet_by_index(0)
    assert first.text("id_number") in sheet.to_python()[1]
    assert printing.page_count(inner.read("困难职工档案表-全部.pdf")) >= 3
    kept = attachments.list_attachments(office, filed[0].id)
    assert inner.read(f"{folder}/身份证复印件-2.jpg") == attachments.read_attachment(office, kept[1].id)
    assert (summary.archive_count, summary.attachment_count, summary.left_out) == (3, 3, [])
    assert {file.name for file in summary.files} == names


def test_package__checksums_are_right(office: OfficeSession, filed: list[Archive], stick: Path, tmp_path: Path) -> None:
    """The list names every other file with its SHA-256, in the form that sha256sum reads."""
    inner = opened(pack(office, filed, stick).path)
    listed = dict(reversed(line.split("  ", 1)) for line in inner.read(package_zip.CHECKSUMS).decode().splitlines())
    assert set(listed) == set(inner.namelist()) - {package_zip.CHECKSUMS}
    assert all(hashlib.sha256(inner.read(name)).hexdigest() == digest for name, digest in listed.items())
    if shutil.which("sha256sum"):
        inner.extractall(tmp_path / "out")
        command = ["sha256sum", "-c", "--quiet", package_zip.CHECKSUMS]
        assert subprocess.run(command, cwd=tmp_path / "out", check=False).returncode == 0


def test_package__wrong_password(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """Without the password nothing comes out; the page on how to open it does."""
    path = pack(office, filed, stick).path
    with pytest.raises(RuntimeError):
        opened(path, "k7wq-3fda-xxp2-mmnf")
    with zipfile.ZipFile(path) as plain:
        assert plain.namelist() == [package_zip.HOW_TO_OPEN, package_zip.INNER]
        assert "7-Zip" in plain.read(package_zip.HOW_TO_OPEN).decode("utf-8-sig")
        assert plain.getinfo(package_zip.INNER).compress_type == pyzipper.zipfile_aes.WZ_AES_COMPRESS_TYPE
        with pytest.raises((RuntimeError, NotImplementedError)):
            plain.read(package_zip.INNER)


def test_package__nothing_in_clear(
    office: OfficeSession, filed: list[Archive], stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No name and no number in the bytes of the zip, in its name, in the temporary folder or the office's, during or after."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    looked: list[int] = []

    def look() -> None:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        looked.append(len(files))
        for path in files:
            content = path.read_bytes()
            assert not any(word in content or word in path.name.encode() for word in secrets_of(filed)), path

    add = package_zip.PackageFolder.add
    monkeypatch.setattr(package_zip.PackageFolder, "add", lambda self, *given: (add(self, *given), look())[0])
    path = pack(office, filed, stick).path
    look()
    assert len(looked) > 5
    assert list(temporary.iterdir()) == []
    assert list(stick.iterdir()) == [path]


def test_package__large_headers(
    office: OfficeSession, filed: list[Archive], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The headers of a package beyond 2 GB are read as well."""
    monkeypatch.setattr(package_zip, "_LONGEST_PLAIN", 0)
    assert opened(pack(office, filed, stick).path).testzip() is None


def test_package__lost_and_damaged_papers(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """They are named, and the rest goes along."""
    with office.database.reading() as connection:
        statement = text("SELECT stored_name FROM attachment ORDER BY added_at, rowid")
        stored = [office.folder / "attachments" / row[0] for row in connection.execute(statement)]
    stored[0].unlink()
    stored[1].write_bytes(stored[1].read_bytes()[:-20])
    summary = pack(office, filed, stick)
    assert [note.file for note in summary.left_out] == ["身份证复印件-1.jpg（正面.jpg）", "身份证复印件-2.jpg（反面.jpg）"]
    assert all(note.number == 1 and note.reason for note in summary.left_out)
    assert summary.attachment_count == 1
    assert not any("身份证复印件" in name for name in opened(summary.path).namelist())


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is reported for every byte: the packages here are small."""
    monkeypatch.setattr(package_zip, "_REPORT_EVERY", 1)


@pytest.mark.usefixtures("eager")
def test_package__cancelled_anywhere(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """Whatever the moment, it is the cancelling that is told, and nothing is left."""
    ids = [archive.id for archive in filed]
    seen: list[int] = []
    write_package(office, ids, stick, PASSWORD, lambda done, _total: seen.append(done)).path.unlink()
    assert seen == sorted(seen)
    for stop in range(1, len(seen) + 1):
        calls = 0

        def progress(_done: int, _total: int, stop: int = stop) -> None:
            nonlocal calls
            calls += 1
            if calls == stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            write_package(office, ids, stick, PASSWORD, progress)
        assert list(stick.iterdir()) == []


def test_package__disk_full(office: OfficeSession, filed: list[Archive], stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick fills up half way: one sentence, no file, no note in the journal."""
    write = package_zip._Target._write

    def fill_up(self: package_zip._Target, piece: memoryview) -> None:
        if self.tell() > 200_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, piece)

    monkeypatch.setattr(package_zip._Target, "_write", fill_up)
    with pytest.raises(MachineError) as caught:
        pack(office, filed, stick)
    assert caught.value.code == "disk_full"
    assert list(stick.iterdir()) == []
    assert journal(office) == []


def test_package__too_little_space_or_fat32(
    office: OfficeSession, filed: list[Archive], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are refused: before the first byte where it can be foreseen, else at the limit."""
    with monkeypatch.context() as patch:
        usage = shutil.disk_usage(stick)
        patch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=1 << 20))
        with pytest.raises(MachineError) as caught:
            pack(office, filed, stick)
        assert caught.value.code == "not_enough_space"
    with monkeypatch.context() as patch:
        patch.setattr(drives, "largest_file", lambda _folder: 150_000)
        with pytest.raises(MachineError) as caught:
            pack(office, filed, stick)
        assert caught.value.code == "fat32_limit"
    assert list(stick.iterdir()) == []


@pytest.mark.parametrize("place", [0.001, 0.3, 0.9, 0.9999])
def test_package__stick_that_loses_bytes(
    office: OfficeSession, filed: list[Archive], stick: Path, monkeypatch: pytest.MonkeyPatch, place: float
) -> None:
    """One changed byte anywhere is found by reading back, and the file is not kept."""

    def flush(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(len(content) * place)] ^= 1
        path.write_bytes(content)

    monkeypatch.setattr(read_back, "flush", flush)
    with pytest.raises(MachineError) as caught:
        pack(office, filed, stick)
    assert caught.value.code == "write_not_verified"
    assert list(stick.iterdir()) == []


def test_package__never_over_another_file(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """A second package of the day stands beside the first; what a killed program left is swept."""
    left = stick / ".nuandang-0011223344556677.part"
    left.write_bytes(b"half")
    first, second = pack(office, filed, stick), pack(office, filed[:1], stick)
    assert second.file_name == f"{Path(first.file_name).stem} (2).zip"
    assert sorted(path.name for path in stick.iterdir()) == sorted([first.file_name, second.file_name])
    assert partial_files.sweep(stick) == 0


def journal(office: OfficeSession) -> list[dict[str, int]]:
    """The notes about packages."""
    with office.database.reading() as connection:
        statement = text("SELECT detail FROM journal WHERE action = 'export_package' ORDER BY seq")
        return [json.loads(row[0]) for row in connection.execute(statement)]


def test_package__journal_and_state(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """It is noted with counts only, and the archives still wait for a receipt."""
    before = archiving.list_archives(office, archiving.ArchiveQuery())
    pack(office, filed, stick)
    assert journal(office) == [{"archives": 3, "attachments": 3, "left_out": 0}]
    assert archiving.list_archives(office, archiving.ArchiveQuery()) == before


def test_package__nothing_chosen_or_gone(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """Nothing to pack, and archives that are not there, are told."""
    for ids, code in (([], "package_empty"), ([filed[0].id, "gone"], "archives_to_export_gone")):
        with pytest.raises(UserError) as caught:
            write_package(office, ids, stick, PASSWORD)
        assert caught.value.code == code
    assert list(stick.iterdir()) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [("abc1234", "short"), ("梅花香自苦寒来", "characters"), ("abcd 1234", "characters")],
    ids=["short", "chinese", "blank"],
)
def test_password__refused(password: str, code: str) -> None:
    """Too short, or nothing every other program could type."""
    with pytest.raises(UserError) as caught:
        submission_package.check_password(password)
    assert caught.value.code == f"package_password_{code}"


def test_password__made_up() -> None:
    """Four groups of four signs, another one every time, fit for its purpose."""
    made = {submission_package.new_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        submission_package.check_password(password)
        assert [len(group) for group in password.split("-")] == [4, 4, 4, 4]
        assert not set(password) & set("ilo01")


@given(st.text(max_size=60))
def test_names__safe_anywhere(name: str) -> None:
    """Whatever somebody is called, the folder's name is one that Windows takes."""
    made = submission_package.folder_name(7, 12, name, "")
    assert made.startswith("0007")
    assert not set(made) & set('\\/:*?"<>|')
    assert not any(ord(sign) < 32 for sign in made)
    assert made == made.strip(". ")


@pytest.mark.parametrize("name", ["CON", "nul.txt", "com1", "a/../b", "…", "张·阿布都"])
def test_names__devices_and_paths(name: str) -> None:
    """No device of Windows and no path comes out."""
    made = package_zip.safe_name(name)
    assert made.split(".")[0].lower() not in ("con", "nul", "com1")
    assert "/" not in made


def test_device_reader__reads_any_place(tmp_path: Path) -> None:
    """Past the cache or not, the same bytes as from the file."""
    content = random.Random(3).randbytes(9_000_001)
    path = tmp_path / "file"
    path.write_bytes(content)
    choose = random.Random(4)
    with read_back.DeviceReader(path) as raw, io.BufferedReader(raw, 1 << 20) as file:
        for _ in range(60):
            start, size = choose.randrange(len(content) + 10), choose.randrange(300_000)
            file.seek(start)
            assert file.read(size) == content[start : start + size]
        assert file.seek(-5, os.SEEK_END) == len(content) - 5
        assert file.read() == content[-5:]


def test_tally__adds_up(office: OfficeSession, filed: list[Archive]) -> None:
    """Categories and causes each add up to the whole; a household without income counts in no sum."""
    tally = HouseholdTally()
    for archive in filed:
        tally.add(archive.content, complete=True)
    filed[0].content.values.pop("annual_household_income")
    tally.add(filed[0].content, complete=False)
    for lines in (tally.categories(), tally.causes()):
        assert sum(line.households for _, line in lines) == tally.total.households == 4
        assert sum(line.annual_income for _, line in lines) == tally.total.annual_income
    assert (tally.total.without_income, tally.incomplete) == (1, 1)


def test_command_line(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """``zip`` packs the chosen archives and takes the password from the environment."""
    number = filed[1].archive_number
    office.database.close()
    environment = {**os.environ, "NUANDANG_PASSPHRASE": PASSPHRASE, "NUANDANG_ZIP_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "db", "zip", str(office.folder), str(stick / "报送.zip"), "--archive", number, "--json"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["archive_count"] == 1
    assert PASSWORD not in answer.stdout
    assert len(opened(stick / "报送.zip").namelist()) == 6
    environment["NUANDANG_ZIP_PASSWORD"] = "短"
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "汉字" in refused.stderr


def test_memory__does_not_follow_the_papers(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """A paper of 24 MB goes through in pieces: packing holds no more of it than a few."""
    paper = b"%PDF-1.4\n" + random.Random(1).randbytes(24 << 20) + b"\n%%EOF\n"
    attachments.add_attachment(office, filed[1].id, "大.pdf", paper, "income_proof")
    pack(office, filed[:1], stick)  # fonts and form are loaded once
    tracemalloc.start()
    pack(office, filed[1:2], stick)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_killed__is_swept_at_the_next_sign_in(office: OfficeSession, filed: list[Archive], stick: Path) -> None:
    """Killed while it writes, the half package has no name to be taken for a whole one, and goes at the next sign-in."""
    for number in range(12):
        paper = b"%PDF-1.4\n" + random.Random(number).randbytes(4 << 20) + b"\n%%EOF\n"
        attachments.add_attachment(office, filed[1].id, f"{number}.pdf", paper, "income_proof")
    environment = {**os.environ, "NUANDANG_PASSPHRASE": PASSPHRASE, "NUANDANG_ZIP_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "db", "zip", str(office.folder), str(stick / "报送.zip"), "--all"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as running:
        end = time.monotonic() + 30
        while time.monotonic() < end and not any(path.stat().st_size > 1 << 20 for path in stick.iterdir()):
            time.sleep(0.005)
        running.kill()
    (left,) = stick.iterdir()
    assert left.suffix == ".part"
    assert not any(word in left.read_bytes() for word in secrets_of(filed))
    with closing(offices.open_office(office.folder, PASSPHRASE)) as session:
        assert leftovers.clear_leftovers(session) == 1
    assert list(stick.iterdir()) == []
