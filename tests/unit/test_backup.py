"""Backups: complete, checked, thinned, and restored into a new folder or in place."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household, household, make_office, photo
from neighbours import acquaint, expect_refusal, unchanged
from sqlcipher3 import dbapi2 as sqlcipher

from db.errors import UserError
from db.services import archiving, attachments, backups, exchange, office
from db.services.office import ATTACHMENTS, BACKUPS, OfficeSession
from db.store import backup_files, migrations


@pytest.fixture
def filled(office: OfficeSession) -> OfficeSession:
    """An office with two archives and a paper."""
    archive = file_household(office, 1)
    attachments.add_attachment(office, archive.id, "证.jpg", photo(), "id_card")
    file_household(office, 2)
    return office


def at(session: OfficeSession, moment: datetime) -> None:
    """Set the office's clock."""
    session.clock = lambda: moment


def test_backup__holds_the_office_and_can_be_opened(filled: OfficeSession, tmp_path: Path) -> None:
    """A backup on a stick is an office: restored elsewhere it opens with the same passphrase and has everything."""
    stick = tmp_path / "stick"
    stick.mkdir()
    record = backups.back_up(filled, stick)
    assert record.path.parent.name == "暖档备份-梅城镇总工会" and record.missing == 0 and record.exists
    assert record.reason_label == "手动备份" and backups.list_backups(filled) == [record]
    numbers = {row.archive_number for row in archiving.list_archives(filled, archiving.ArchiveQuery())}
    filled.close()

    missing = backups.restore_backup(record.path, tmp_path / "new", PASSPHRASE)

    assert missing == 0
    restored = office.open_office(tmp_path / "new", PASSPHRASE)
    rows = archiving.list_archives(restored, archiving.ArchiveQuery())
    assert {row.archive_number for row in rows} == numbers
    papers = [paper for row in rows for paper in attachments.list_attachments(restored, row.id)]
    assert [attachments.read_attachment(restored, paper.id)[:2] for paper in papers] == [b"\xff\xd8"]
    assert restored.device_id != filled.device_id
    # numbers given out after the backup are not given again
    taken = {row.archive_number for row in rows}
    later = archiving.save_archive(restored, household(99))
    assert int(later.archive_number[-4:]) > len(taken) + 90
    restored.close()


def test_backup__again__brings_only_new_papers(filled: OfficeSession, tmp_path: Path) -> None:
    """The pool keeps each paper once; choosing the backup folder itself does not nest."""
    first = backups.back_up(filled, tmp_path)
    pool = first.path.parent / backup_files.POOL
    kept = {path.name: path.stat().st_mtime_ns for path in pool.iterdir()}
    archive = archiving.archive_ids(filled, archiving.ArchiveQuery())[0]
    attachments.add_attachment(filled, archive, "二.jpg", photo(100, 90), "other")
    second = backups.back_up(filled, first.path.parent)
    assert second.path.parent == first.path.parent
    now = {path.name: path.stat().st_mtime_ns for path in pool.iterdir()}
    assert len(now) == 2 and kept.items() <= now.items()


def test_backup__shows_nothing_readable(filled: OfficeSession, tmp_path: Path) -> None:
    """No name, number or card in any file of a backup."""
    record = backups.back_up(filled, tmp_path)
    archive = archiving.load_archive(filled, archiving.archive_ids(filled, archiving.ArchiveQuery())[0])
    for path in record.path.parent.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for key in ("name", "id_number", "bank_account"):
                assert archive.content.text(key).encode() not in data


def test_backup__missing_or_altered_paper__is_counted(filled: OfficeSession, tmp_path: Path) -> None:
    """A backup is made all the same, and says what it could not bring."""
    (file,) = (filled.folder / ATTACHMENTS).iterdir()
    file.write_bytes(b"altered")
    assert backups.back_up(filled, tmp_path).missing == 1


def test_backup__fault_while_copying__leaves_nothing(
    filled: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half backup stays, and none is on record."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_files, "_fill_pool", full)
    with unchanged(filled):
        expect_refusal(lambda: backups.back_up(filled, tmp_path), "disk_full")
    assert backup_files.backups_in(tmp_path / "暖档备份-梅城镇总工会") == []


def test_backup__damaged_copy__is_noticed(filled: OfficeSession, tmp_path: Path) -> None:
    """A flipped byte in the copied database is found when it is opened, before anything is replaced."""
    record = backups.back_up(filled, tmp_path)
    path = record.path / "office.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    filled.close()
    expect_refusal(lambda: backups.restore_backup(record.path, tmp_path / "new", PASSPHRASE), "backup_bad")
    assert not (tmp_path / "new" / "office.db").exists()


def test_restore__in_place__swaps_and_keeps_the_former(filled: OfficeSession) -> None:
    """An older state comes back, papers too; the state before stays in the backups folder."""
    record = backups.back_up(filled)
    file_household(filled, 3)
    for path in (filled.folder / ATTACHMENTS).iterdir():
        path.unlink()
    filled.close()
    assert backups.restore_backup(record.path, filled.folder, PASSPHRASE) == 0
    restored = office.open_office(filled.folder, PASSPHRASE)
    assert archiving.count_archives(restored, archiving.ArchiveQuery()) == 2
    assert list((filled.folder / BACKUPS).glob("before-restore-of-*.db"))
    assert len(list((filled.folder / ATTACHMENTS).iterdir())) == 1
    restored.close()


@pytest.mark.parametrize("keys", [b"", None])
def test_restore__over_a_destroyed_office__works(filled: OfficeSession, keys: bytes | None) -> None:
    """The database is rubbish, the key file damaged or gone: the backup has both."""
    record = backups.back_up(filled)
    filled.close()
    (filled.folder / "office.db").write_bytes(b"rubbish" * 1000)
    (filled.folder / "keys.json").unlink()
    if keys is not None:
        (filled.folder / "keys.json").write_bytes(keys)
    backups.restore_backup(record.path, filled.folder, PASSPHRASE)
    restored = office.open_office(filled.folder, PASSPHRASE)
    assert archiving.count_archives(restored, archiving.ArchiveQuery()) == 2
    restored.close()


def test_restore__with_the_recovery_code__works(tmp_path: Path) -> None:
    """Who forgot the passphrase can still restore, and signs in with the code."""
    session, code = make_office(tmp_path / "office")
    record = backups.back_up(session)
    clerk = session.clerk.id
    session.close()
    expect_refusal(lambda: backups.restore_backup(record.path, tmp_path / "new", "不是这个口令"), "wrong_passphrase")
    backups.restore_backup(record.path, tmp_path / "new", code.lower())
    office.open_with_recovery(tmp_path / "new", code, clerk, "另一句容易记的话").close()


def test_restore__knows_the_backup_it_came_from(filled: OfficeSession, tmp_path: Path) -> None:
    """The home page must not say 从来没有备份过 to somebody who has just restored a backup."""
    record = backups.back_up(filled, tmp_path / "stick")
    backups.restore_backup(record.path, tmp_path / "new", PASSPHRASE)
    with closing(office.open_office(tmp_path / "new", PASSPHRASE)) as restored:
        (known,) = backups.list_backups(restored)
        assert (known.made_at, known.path, known.reason) == (record.made_at, record.path, record.reason)
        assert known.exists and office.office_status(restored).last_backup_at == record.made_at


def test_restore__of_an_older_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup from before the list of backups knew more is restored, brought up to date, and known."""
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:9])
        patch.setattr(migrations, "CURRENT", 9)
        first, _ = make_office(tmp_path / "office")
        filed = file_household(first)
        record = backups.back_up(first, tmp_path / "stick")
        first.close()
    backups.restore_backup(record.path, tmp_path / "new", PASSPHRASE)
    with closing(office.open_office(tmp_path / "new", PASSPHRASE)) as restored:
        assert archiving.load_archive(restored, filed.id).content == filed.content
        assert [known.path for known in backups.list_backups(restored)] == [record.path]


def test_restore__wrong_targets__are_refused(filled: OfficeSession, tmp_path: Path) -> None:
    """Not over another office, not among other files, not from a folder without a backup."""
    record = backups.back_up(filled)
    other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
    other.close()
    with unchanged(filled):
        expect_refusal(lambda: backups.restore_backup(record.path, other.folder, PASSPHRASE), "backup_other_office")
        expect_refusal(lambda: backups.restore_backup(record.path, tmp_path, PASSPHRASE), "folder_not_empty")
        expect_refusal(lambda: backups.restore_backup(tmp_path, tmp_path / "x", PASSPHRASE), "backup_not_found")


def test_restore__backup_of_a_newer_program__is_refused(filled: OfficeSession, tmp_path: Path) -> None:
    """A backup this program could not open is not put in place."""
    with filled.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    record = backups.back_up(filled)
    expect_refusal(lambda: backups.restore_backup(record.path, tmp_path / "new", PASSPHRASE), "office_newer")
    assert not (tmp_path / "new" / "office.db").exists()


def test_restore__does_not_reuse_bundle_numbers(filled: OfficeSession, tmp_path: Path) -> None:
    """Bundles sent after the backup are forgotten by the restored office, but their numbers are not taken again."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(filled, county, tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    exchange.receive_bundle(county, exchange.export_bundle(filled, None, stick).path)
    record = backups.back_up(filled)
    file_household(filled, 3)
    exchange.receive_bundle(county, exchange.export_bundle(filled, None, stick).path)
    filled.close()
    backups.restore_backup(record.path, filled.folder, PASSPHRASE)
    restored = office.open_office(filled.folder, PASSPHRASE)
    file_household(restored, 4)
    summary = exchange.export_bundle(restored, None, stick)
    assert summary.sequence > 2
    outcome = exchange.receive_bundle(county, summary.path)
    assert outcome.new_count == 1 and any("缺第" in warning for warning in outcome.warnings)
    restored.close()
    county.close()


def test_daily_backup__once_a_day(filled: OfficeSession) -> None:
    """The first call of a day makes one, the next does not."""
    start = datetime(2026, 11, 21, 9, tzinfo=UTC)
    at(filled, start)
    assert backups.daily_backup(filled)
    assert backups.daily_backup(filled) is None
    at(filled, start + timedelta(days=1))
    assert backups.daily_backup(filled)
    assert len(backups.list_backups(filled)) == 2


def test_receive__makes_a_backup_of_the_state_before(filled: OfficeSession, tmp_path: Path) -> None:
    """The backup named in the outcome holds the county as it was."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(filled, county, tmp_path)
    outcome = exchange.receive_bundle(county, exchange.export_bundle(filled, None, tmp_path).path)
    county.close()
    backup = county.folder / BACKUPS / outcome.backup_name
    assert backup_files.read_description(backup).reason == "before_receive"
    backups.restore_backup(backup, tmp_path / "before", PASSPHRASE)
    before = office.open_office(tmp_path / "before", PASSPHRASE)
    assert archiving.count_archives(before, archiving.ArchiveQuery()) == 0
    before.close()


def test_thinning__keeps_days_weeks_months() -> None:
    """Two years of daily backups come down to the latest three, 7 days, 4 weeks and 12 months."""
    start = datetime(2024, 11, 21, 9, tzinfo=UTC)
    names = [f"{start + timedelta(days=day):%Y-%m-%d}-090000" for day in range(730)]
    kept = backups.kept_backups(names)
    assert set(names[-7:]) <= kept
    assert len(kept) <= 7 + 4 + 12
    assert len({name[:7] for name in kept}) == 12
    assert backups.kept_backups(names[:3]) == set(names[:3])
    assert backups.kept_backups([]) == set()


def test_thinning__removes_old_backups_and_their_papers(filled: OfficeSession) -> None:
    """A paper no remaining backup needs leaves the pool with the last backup that listed it."""
    root = filled.folder / BACKUPS
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    for day in range(12):
        at(filled, start + timedelta(days=day))
        backups.daily_backup(filled)
    left = backup_files.backups_in(root)
    assert 7 <= len(left) < 12
    assert {record.name for record in backups.list_backups(filled)} == {path.name for path in left}
    assert len(list((root / backup_files.POOL).iterdir())) == 1
    backup_files.remove_backups(root, left)
    assert list((root / backup_files.POOL).iterdir()) == []


def test_thinning__never_takes_the_backup_just_made(filled: OfficeSession) -> None:
    """An empty battery sets the clock back by years: today's backup has the oldest name of all."""
    for month in range(1, 13):
        at(filled, datetime(2026, month, 1, 9, tzinfo=UTC))
        backups.daily_backup(filled)
    at(filled, datetime(2016, 1, 1, 9, tzinfo=UTC))
    record = backups.back_up(filled)
    assert record.exists
    assert backups.list_backups(filled)[-1].name == record.name


def test_backup__stick_full__names_the_stick(
    filled: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the disk the office is on."""

    def full(*_: object) -> None:
        raise sqlcipher.OperationalError("database or disk is full")

    monkeypatch.setattr(backup_files, "_copy_database", full)
    fault = expect_refusal(lambda: backups.back_up(filled, tmp_path / "U盘"), "disk_full")
    assert "U盘" in fault.text()


def test_find_backups__before_anything_is_open(filled: OfficeSession, tmp_path: Path) -> None:
    """The restore page finds them from the stick, the backup folder, and one backup itself."""
    stick = tmp_path / "stick"
    stick.mkdir()
    record = backups.back_up(filled, stick)
    for folder in (stick, record.path.parent, record.path):
        (choice,) = backups.find_backups(folder)
        assert (choice.path, choice.office_name, choice.archives, choice.attachments) == (
            record.path,
            "梅城镇总工会",
            2,
            1,
        )
    assert backups.find_backups(tmp_path / "none") == []
    (record.path / backup_files.DESCRIPTION).write_text("{")
    with pytest.raises(UserError):
        backups.find_backups(record.path)


def test_backups__made_at_the_same_time__are_all_whole(filled: OfficeSession) -> None:
    """The backup of the day beside the work and one on demand do not tidy up each other's files."""
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: backups.back_up(filled), range(6)))
    left = backup_files.backups_in(filled.folder / BACKUPS)
    assert len(left) >= 3, "the others are thinned out: they are of the same day"
    for backup in left:
        assert backup_files.check_database(backup / "office.db", filled.database.data_key)[0] == 2
    assert not list((filled.folder / BACKUPS).glob(".*"))
