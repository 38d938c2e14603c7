"""Writing to a stick: whole and verified, or not there at all – and the number is not wasted."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from factories import file_household, photo
from neighbours import expect_refusal, town_and_county, unchanged

from db.errors import Cancelled, MachineError
from db.exchange import bundle_write, drives, read_back, staging, volume_writer
from db.exchange.bundle_write import WrittenBundle
from db.exchange.pipeline import BehindWriter, ahead
from db.services import archiving, attachments, exchange
from db.services.office import ATTACHMENTS, OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township with one archive and one paper, its county, a stick."""
    with town_and_county(tmp_path) as made:
        archive = file_household(made[0])
        attachments.add_attachment(made[0], archive.id, "证.jpg", photo(), "id_card")
        yield made


def expect_no_trace(trio: Trio, code: str) -> str:
    """Exporting fails with *code*; stick and office stay as they are; the sentence."""
    town, _, stick = trio
    before = sorted(stick.iterdir())
    with unchanged(town):
        fault = expect_refusal(lambda: exchange.export_bundle(town, None, stick), code)
    assert sorted(stick.iterdir()) == before
    return fault.text()


def test_export__not_enough_space__is_told_before(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Needed and free space are named."""
    usage = SimpleNamespace(free=5 << 20, total=1 << 30)
    monkeypatch.setattr(drives.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(bundle_write, "_payload_size", lambda *_: 90 << 20)
    assert "需要 91 MB，只剩 5 MB" in expect_no_trace(trio, "not_enough_space")


def test_export__read_only_stick__is_told_before(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write-protect switch."""
    monkeypatch.setattr(drives.os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert "写保护" in expect_no_trace(trio, "target_read_only")


def test_export__stick_gone__says_so(trio: Trio) -> None:
    """The folder is not there."""
    town, _, stick = trio
    expect_refusal(lambda: exchange.export_bundle(town, None, stick / "none"), "target_not_folder")


def test_export__cancelled_anywhere__leaves_no_trace(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancel at each report of progress, while writing and while reading back."""
    town, _, stick = trio
    monkeypatch.setattr(bundle_write, "CHUNK", 4096)
    reports: list[tuple[int, int]] = []
    summary = exchange.export_bundle(town, archive_ids(town), stick, progress=lambda *at: reports.append(at))
    assert all(0 < done <= total for done, total in reports) and reports == sorted(reports)
    assert reports[-1][0] > reports[0][1] // 2, "reading back is reported, too"
    summary.path.unlink()

    for stop in range(0, len(reports), max(1, len(reports) // 8)):
        seen = 0

        def cancel(done: int, total: int, stop: int = stop) -> None:
            nonlocal seen
            seen += 1
            if seen > stop:
                raise Cancelled

        with unchanged(town), pytest.raises(Cancelled):
            exchange.export_bundle(town, archive_ids(town), stick, progress=cancel)
        assert list(stick.iterdir()) == []
    assert exchange.export_bundle(town, archive_ids(town), stick).sequence == 2


def archive_ids(session: OfficeSession) -> list[str]:
    return archiving.archive_ids(session, archiving.ArchiveQuery())


def test_export__disk_full_half_way__leaves_no_trace(trio: Trio) -> None:
    """The device runs full although the check said otherwise."""
    town, _, stick = trio
    _large_paper(town, archive_ids(town)[0], 1, 40 << 20)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (25 << 20, before[1]))
    try:
        expect_refusal(lambda: exchange.export_bundle(town, None, stick), "disk_full")
        assert list(stick.iterdir()) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, former)
    assert exchange.export_bundle(town, None, stick).sequence == 1


@pytest.mark.parametrize("step", ["write", "flush", "publish", "record"])
def test_export__fault_at_any_step__leaves_no_trace(trio: Trio, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Pulled sticks and database faults: no file, no number, no mark on the archives."""
    town, _, stick = trio

    def fail(*_: object, **__: object) -> Any:
        raise OSError(errno.EIO, "stick pulled")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(volume_writer._File, "write", fail)
        elif step == "flush":
            patch.setattr(read_back, "flush", fail)
        elif step == "publish":
            patch.setattr(bundle_write, "flush_folder", fail)
        else:
            from db.store import bundle_store

            patch.setattr(bundle_store, "mark_exported", fail)
        with pytest.raises((MachineError, OSError)):
            exchange.export_bundle(town, None, stick)
    assert list(stick.iterdir()) == []
    assert exchange.list_bundles(town) == [] and len(exchange.unsubmitted_ids(town)) == 1
    assert exchange.export_bundle(town, None, stick).sequence == 1


def test_export__stick_that_lies__is_found_by_reading_back(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake stick takes everything and gives back something else."""
    real = read_back.flush

    def wear_out(path: Path) -> None:
        real(path)
        with path.open("rb+") as file:
            file.seek(20_000)
            file.write(bytes(4096))

    monkeypatch.setattr(read_back, "flush", wear_out)
    assert "虚标" in expect_no_trace(trio, "write_not_verified")


def test_export__stick_that_loses_the_end__is_found(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less comes back than was written."""
    monkeypatch.setattr(read_back, "flush", lambda path: os.truncate(path, path.stat().st_size - 100))
    expect_no_trace(trio, "write_not_verified")


def test_export__altered_or_missing_paper__is_named(trio: Trio) -> None:
    """A paper whose file is not what the database says does not travel."""
    town, _, _ = trio
    (file,) = (path for path in (town.folder / ATTACHMENTS).iterdir() if path.is_file())
    whole = file.read_bytes()
    for content in (whole[:-1], whole + b"x", whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(content)
        assert "证.jpg" in expect_no_trace(trio, "attachment_altered")
    file.unlink()
    assert "证.jpg" in expect_no_trace(trio, "attachment_missing")


def test_export__never_over_another_file(trio: Trio) -> None:
    """A file of the same name stays; the new one is numbered."""
    town, _, stick = trio
    first = exchange.export_bundle(town, archive_ids(town), stick)
    taken = first.path.with_name(first.file_name.replace("第1包", "第2包"))
    taken.write_bytes(b"keep me")
    second = exchange.export_bundle(town, archive_ids(town), stick)
    assert second.path.stem.endswith("(2)") and taken.read_bytes() == b"keep me"


def test_number__is_not_given_twice_when_the_program_dies(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the file got its name: the file may travel, so its number is gone; the archives go again."""
    town, county, stick = trio

    class Killed(BaseException):
        pass

    def die(self: WrittenBundle, name: str) -> Path:
        self.temporary.rename(stick / name)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(WrittenBundle, "publish", die)
        patch.setattr("db.services.sending.Sender._release", lambda self: None)
        with pytest.raises(Killed):
            exchange.export_bundle(town, None, stick)
    assert len(exchange.unsubmitted_ids(town)) == 1
    (orphan,) = stick.iterdir()
    second = exchange.export_bundle(town, None, stick)
    assert second.sequence == 2
    assert exchange.receive_bundle(county, orphan).new_count == 1
    assert exchange.receive_bundle(county, second.path).same_count == 1


# -- receiving is all or nothing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["read", "backup", "record", "publish"])
def test_receive__fault_at_any_step__changes_nothing(trio: Trio, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whatever goes wrong while receiving: no archive, no paper, no record; the next try succeeds."""
    town, county, stick = trio
    summary = exchange.export_bundle(town, None, stick)
    exchange.inspect_bundle(county, summary.path)

    def fail(*_: object, **__: object) -> Any:
        raise OSError(errno.EIO, "gone")

    targets = {
        "read": (staging.Staging, "write"),
        "backup": ("db.services.backups.before_receiving",),
        "record": ("db.services.receiving.record_archives",),
        "publish": (staging.Staging, "publish"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*targets[step], fail)  # type: ignore[call-overload]
        with unchanged(county), pytest.raises((OSError, MachineError)):
            exchange.receive_bundle(county, summary.path)
    assert exchange.receive_bundle(county, summary.path).new_count == 1


def test_receive__cancelled__changes_nothing(trio: Trio) -> None:
    """Cancel during the reading."""
    town, county, stick = trio
    summary = exchange.export_bundle(town, None, stick)

    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with unchanged(county), pytest.raises(Cancelled):
        exchange.receive_bundle(county, summary.path, cancel)
    with unchanged(county), pytest.raises(Cancelled):
        exchange.inspect_bundle(county, summary.path, cancel)


def test_receive__killed_between_moving_and_committing__is_tidied(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers already moved into place, transaction never committed: the next start removes them."""
    town, county, stick = trio
    summary = exchange.export_bundle(town, None, stick)
    folder = county.folder / ATTACHMENTS

    class Killed(BaseException):
        pass

    real = staging.Staging.publish

    def die(self: staging.Staging) -> None:
        real(self)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(staging.Staging, "publish", die)
        patch.setattr(staging.Staging, "discard", lambda self: None)
        with pytest.raises(Killed):
            exchange.receive_bundle(county, summary.path)
    assert len([path for path in folder.iterdir() if path.is_file()]) == 1
    assert exchange.tidy_incoming(county) == 1
    assert list(folder.iterdir()) == []
    exchange.receive_bundle(county, summary.path)
    assert exchange.tidy_incoming(county) == 0
    assert len([path for path in folder.iterdir() if path.is_file()]) == 1


# -- the two threads beside --------------------------------------------------------------------------------------


def test_ahead__gives_the_same_chunks_and_errors() -> None:
    """The reading thread changes nothing about what is read; leaving early ends it."""
    chunks = [bytes([number]) for number in range(200)]
    assert list(ahead(iter(chunks))) == chunks

    def broken() -> Iterator[bytes]:
        yield b"a"
        raise KeyError("broken")

    with pytest.raises(KeyError):
        list(ahead(broken()))
    some = ahead(iter(chunks))
    assert next(some) == chunks[0]
    some.close()  # type: ignore[attr-defined]


def test_behind_writer__writes_all_or_raises() -> None:
    """Everything arrives in order; an error of the writing side comes out, at the latest at the end."""
    out: list[bytes] = []
    with BehindWriter(out.append) as writer:
        for number in range(1000):
            writer.write(bytes([number % 256]) * 5000)
    assert b"".join(out) == b"".join(bytes([number % 256]) * 5000 for number in range(1000))

    def fail(data: bytes) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"), BehindWriter(fail) as writer:
        writer.write(b"x")


# -- memory ------------------------------------------------------------------------------------------------------

MEASURE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
from factories import PASSPHRASE
from db.services import exchange, office
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
town, county, stick = (Path(name) for name in sys.argv[1:])
town, county = office.open_office(town, PASSPHRASE), office.open_office(county, PASSPHRASE)
before = peak()
summary = exchange.export_bundle(town, None, stick)
exported = peak() - before
exchange.inspect_bundle(county, summary.path)
exchange.receive_bundle(county, summary.path)
print(exported, peak() - before, summary.payload_bytes >> 20)
"""


def test_memory__stays_flat_with_large_papers(trio: Trio) -> None:
    """300 MB of papers go out and come in with a few megabytes of memory."""
    town, county, stick = trio
    archive = archive_ids(town)[0]
    for number in range(5):
        _large_paper(town, archive, number, 60 << 20)
    town.close()
    county.close()
    command = [sys.executable, "-c", MEASURE, str(town.folder), str(county.folder), str(stick)]
    root = Path(__file__).parent.parent.parent
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    exported, received, payload = map(int, answer.stdout.split())
    assert payload >= 300 and exported < 100 and received < 130, answer.stdout


def _large_paper(session: OfficeSession, archive_id: str, number: int, size: int) -> None:
    """A paper with a sparse file of *size* bytes; what it would decrypt to does not matter here."""
    from sqlalchemy import text

    from db.store.backup_files import hash_of

    paper = attachments.add_attachment(session, archive_id, f"{number}.jpg", photo(50, 50 + number), "other")
    with session.database.writing() as connection:
        find = text("SELECT stored_name FROM attachment WHERE id = :id")
        path = session.folder / ATTACHMENTS / connection.execute(find, {"id": paper.id}).scalar_one()
        with path.open("rb+") as file:
            file.truncate(size)
        row = {"id": paper.id, "size": size, "sha256": hash_of(path)}
        connection.execute(
            text("UPDATE attachment SET stored_size = :size, stored_sha256 = :sha256 WHERE id = :id"), row
        )


# -- drives ------------------------------------------------------------------------------------------------------

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
/dev/sdb1 /media/clerk/U\\040盘 vfat rw,nosuid 0 0
/dev/sdc1 /run/media/clerk/锁住 vfat ro 0 0
/dev/sdd1 /mnt/disk ext4 rw 0 0
/dev/sde /media/clerk/whole exfat rw 0 0
tmpfs /media/tmp tmpfs rw 0 0
/dev/sdf1 /media/clerk/gone vfat rw 0 0
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[drives.Drive]]:
    """A made-up machine: its mounts and its block devices; the drives found in it."""
    table, blocks = tmp_path / "mounts", tmp_path / "block"
    table.write_text(MOUNTS, encoding="utf-8")
    for disk, removable, part in (("sda", 0, 1), ("sdb", 1, 1), ("sdc", 1, 1), ("sdd", 0, 1), ("sde", 1, 0)):
        folder = tmp_path / "devices" / disk
        folder.mkdir(parents=True)
        (folder / "removable").write_text(f"{removable}\n")
        blocks.mkdir(exist_ok=True)
        (blocks / disk).symlink_to(folder)
        if part:
            (folder / f"{disk}1").mkdir()
            (folder / f"{disk}1" / "partition").write_text("1\n")
            (blocks / f"{disk}1").symlink_to(folder / f"{disk}1")
    usage = SimpleNamespace(free=1 << 30, total=2 << 30)
    monkeypatch.setattr(drives.shutil, "disk_usage", lambda _: usage)
    return lambda: drives._linux_drives(lambda: drives._mounts(table), blocks)


def test_removable_drives__are_the_writable_sticks(machine: Callable[[], list[drives.Drive]]) -> None:
    """Sticks with and without partitions; not the built-in disks, not write-protected ones."""
    found = machine()
    assert [(drive.label, drive.file_system) for drive in found] == [("U 盘", "vfat"), ("whole", "exfat")]
    assert found[0].path == Path("/media/clerk/U 盘") and found[0].free_bytes == 1 << 30


def test_file_system__of_a_folder__is_the_one_mounted_nearest(tmp_path: Path) -> None:
    """A folder that is surely mounted is found; in a chroot the root itself is in no list, so nothing is said of it."""
    if Path("/proc/self/mounts").exists():
        assert drives.file_system_of(Path("/proc/self")) == "proc"
        assert drives.file_system_of(tmp_path) != "proc"
    assert isinstance(drives.removable_drives(), list)


class FakeKernel:
    """What Windows answers on a machine with a hard disk C:, a stick E: and an empty card reader F:."""

    def GetLogicalDrives(self) -> int:
        return 0b110100

    def GetDriveTypeW(self, root: str) -> int:
        return 3 if root == "C:\\" else 2

    def GetVolumeInformationW(self, root: str, label: Any, *rest: Any) -> int:
        if root != "E:\\":
            return 0
        label.value, rest[-2].value = "下乡U盘", "FAT32"
        return 1


def test_removable_drives__on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sticks by drive type, with label and file system; a reader without a card is left out."""

    def usage(path: Path) -> SimpleNamespace:
        if str(path).startswith("F"):
            raise OSError("no medium")
        return SimpleNamespace(free=3 << 30, total=4 << 30)

    monkeypatch.setattr(drives, "_kernel32", FakeKernel)
    monkeypatch.setattr(drives.shutil, "disk_usage", usage)
    monkeypatch.setattr(drives, "_volume_root", lambda folder: str(folder))
    (stick,) = drives._windows_drives()
    assert (stick.label, stick.file_system, stick.path, stick.free_bytes) == ("下乡U盘", "fat32", Path("E:\\"), 3 << 30)
