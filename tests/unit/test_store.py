"""The encrypted office file: its tables, its key, its version, and what survives a power cut."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from casework import ON, in_2020, worksheet
from factories import PASSPHRASE, file_household, make_office
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import Table
from sqlcipher3 import dbapi2 as sqlcipher
from sqlmodel import SQLModel

import resources
from db.errors import MachineError
from db.models import aid as aid_models
from db.models import archive as archive_models
from db.models import casework as casework_models
from db.models import exchange as exchange_models
from db.models import office as office_models
from db.services import archiving, assessing, means, revisions
from db.services import office as offices
from db.services.office import OfficeSession
from db.store import database, keys, migrations
from db.store.faults import store_faults
from db.store.file_faults import file_faults, machine_error, read_at_most

ROOT = Path(__file__).resolve().parent.parent.parent
TABLES: list[Table] = [
    model.__table__  # type: ignore[attr-defined]
    for module in (aid_models, archive_models, casework_models, exchange_models, office_models)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, SQLModel) and model is not SQLModel
]
SQL_TYPES = {"VARCHAR": "TEXT", "JSON": "TEXT", "INTEGER": "INTEGER", "BOOLEAN": "INTEGER", "BLOB": "BLOB"}


@pytest.fixture
def raw(office: OfficeSession) -> Iterator[Any]:
    """A bare connection to the office file."""
    connection = office.database.raw_connection()
    yield connection
    connection.close()


# -- tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_migration__makes_the_tables_of_the_models(raw: Any, table: Table) -> None:
    """Columns, types, NOT NULL, keys and references of the file are those of the models."""
    found = {row[1]: row for row in raw.execute(f"PRAGMA table_info({table.name})")}
    assert list(found) == [column.name for column in table.columns]
    for column in table.columns:
        _, _, sql_type, not_null, _, position = found[column.name]
        assert sql_type == SQL_TYPES[str(column.type)], column
        assert bool(not_null) is not column.nullable, column
        assert bool(position) is column.primary_key, column
    references = {(row[3], row[2], row[4]) for row in raw.execute(f"PRAGMA foreign_key_list({table.name})")}
    assert references == {
        (key.parent.name, key.column.table.name, key.column.name) for key in table.foreign_keys
    }


def test_migration__makes_no_other_tables(raw: Any) -> None:
    """Every table belongs to a model or to the search index, and every table of ours is STRICT."""
    rows = raw.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").fetchall()
    ours = {name: strict for name, strict in rows if not name.startswith(("sqlite_", "person_search"))}
    assert set(ours) == {table.name for table in TABLES}
    assert all(ours.values())


def test_indexes__of_the_models_exist(raw: Any) -> None:
    """Each column that a model marks as indexed has its index."""
    indexes = {row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    assert {index.name for table in TABLES for index in table.indexes} <= indexes


@pytest.mark.parametrize("key", ["monthly_income", "household_size", "is_complete"])
def test_strict__text_in_a_number_column(raw: Any, office: OfficeSession, key: str) -> None:
    """A number column takes no text."""
    file_household(office)
    with pytest.raises(sqlcipher.IntegrityError):
        raw.execute(f"UPDATE archive SET {key} = '一千五'")


def test_pragmas__safe_and_private(office: OfficeSession, connect_as_shipped: Callable[[Path, bytes], Any]) -> None:
    """Full flushing, write-ahead log, foreign keys, and no temporary files on disk."""
    with closing(connect_as_shipped(office.database.path, office.database.data_key)) as raw:
        for name, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}.items():
            assert raw.execute(f"PRAGMA {name}").fetchone()[0] == value, name


@pytest.mark.parametrize("statement", ["UPDATE archive_revision SET clerk_name = 'x'", "DELETE FROM archive_revision"])
def test_history__append_only(office: OfficeSession, statement: str) -> None:
    """No statement changes or deletes a revision."""
    filed = file_household(office)
    with pytest.raises(DBAPIError, match="append-only"), office.database.writing() as connection:
        connection.execute(text(statement))
    assert len(revisions.archive_history(office, filed.id)) == 1


def test_history__one_revision_of_a_number(office: OfficeSession) -> None:
    """Two revisions with the same number cannot stand in the file."""
    file_household(office)
    copy = "INSERT INTO archive_revision SELECT NULL, archive_id, revision, made_at, clerk_id, clerk_name, office_id,"
    copy += " device_id, device_counter, action, reason, changes, snapshot FROM archive_revision"
    with pytest.raises(IntegrityError), office.database.writing() as connection:
        connection.execute(text(copy))


# -- transactions ------------------------------------------------------------------------------------------------


def test_writing__all_or_nothing(office: OfficeSession) -> None:
    """What was written before a failure is taken back, also when it is no database failure."""
    with pytest.raises(KeyboardInterrupt), office.database.writing() as connection:
        connection.execute(text("INSERT INTO office_setting VALUES ('half', '1')"))
        raise KeyboardInterrupt
    assert offices.get_setting(office, "half") is None
    offices.set_setting(office, "whole", 1)
    assert offices.get_setting(office, "whole") == 1


def test_reading__one_view(office: OfficeSession) -> None:
    """What another window saves meanwhile does not change a view that is being read, and does not wait for it."""
    with office.database.reading() as connection:
        count = text("SELECT count(*) FROM archive")
        before = connection.execute(count).scalar_one()
        file_household(office)
        assert connection.execute(count).scalar_one() == before
    assert archiving.count_archives(office, archiving.ArchiveQuery()) == before + 1


def test_reading__cannot_leave_changes(office: OfficeSession) -> None:
    """A reader that writes by mistake leaves nothing behind."""
    with office.database.reading() as connection:
        connection.execute(text("INSERT INTO office_setting VALUES ('stray', '1')"))
    assert offices.get_setting(office, "stray") is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("database or disk is full", "disk_full"),
        ("database is locked", "office_in_use"),
        ("attempt to write a readonly database", "cannot_write"),
        ("disk I/O error", "file_gone"),
        ("unable to open database file", "file_gone"),
        ("database disk image is malformed", "office_damaged"),
        ("file is not a database", "office_damaged"),
    ],
)
def test_faults__of_the_machine(tmp_path: Path, words: str, code: str) -> None:
    """What the database says about the machine becomes a sentence for the clerk."""
    with pytest.raises(MachineError) as caught, store_faults(tmp_path / "office.db"):
        raise sqlcipher.DatabaseError(words)
    assert caught.value.code == code


def test_faults__no_room_for_side_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk so full that the office cannot even be read is called full, not pulled out."""
    (tmp_path / "office.db").touch()
    monkeypatch.setattr("db.store.faults.shutil.disk_usage", lambda _: SimpleNamespace(free=4096))
    with pytest.raises(MachineError) as caught, store_faults(tmp_path / "office.db"):
        raise sqlcipher.OperationalError("disk I/O error")
    assert caught.value.code == "disk_full"


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        *((errno.ENOSPC, "disk_full", "清理"), (errno.EDQUOT, "disk_full", "清理"), (errno.ENOENT, "file_gone", "U 盘")),
        *((errno.EIO, "file_gone", "U 盘"), (errno.EACCES, "cannot_write", "没有写入权限"), (errno.EROFS, "cannot_write", "只读")),
        *((errno.ENAMETOOLONG, "cannot_write", "文件名太长"), (errno.EEXIST, "cannot_write", "已经存在")),
        *((errno.ELOOP, "cannot_write", "系统报告错误"), (None, "cannot_write", "系统报告错误 OSError")),
    ],
)
def test_faults__of_files(tmp_path: Path, number: int | None, code: str, words: str) -> None:
    """What the system says about a file becomes a sentence that names what to do."""
    with pytest.raises(MachineError) as caught, file_faults(tmp_path / "表.xlsx"):
        raise OSError(number, "reason") if number else OSError("reason")
    assert caught.value.code == code and words in caught.value.text()


def test_faults__of_reading_and_locked_files(tmp_path: Path) -> None:
    """Reading has words of its own; a file held open by WPS or Excel (Windows error 32) is told as such."""
    assert "没有读取权限" in machine_error(PermissionError(errno.EACCES, "x"), tmp_path, "cannot_read").text()
    held = PermissionError(errno.EACCES, "x")
    held.winerror = 32  # type: ignore[attr-defined]
    assert "WPS" in machine_error(held, tmp_path / "表.xlsx").text()


def test_read_at_most__an_ordinary_file(tmp_path: Path) -> None:
    """No device, folder or missing file; and never more than asked for."""
    path = tmp_path / "政策.toml"
    path.write_bytes(b"abc")
    assert (read_at_most(path, 2), read_at_most(path, 9)) == (b"ab", b"abc")
    for other, words in ((Path(os.devnull), "不是普通文件"), (tmp_path, "它是一个文件夹"), (tmp_path / "none", "找不到")):
        with pytest.raises(MachineError) as caught:
            read_at_most(other, 9)
        assert words in caught.value.text()


def test_write_atomically__never_in_the_place_of_a_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renaming would put a file where the device was."""
    device = tmp_path / "device"
    device.write_bytes(b"old")
    monkeypatch.setattr(Path, "is_file", lambda path: path != device)
    with pytest.raises(MachineError) as caught:
        keys.write_atomically(device, b"new")
    assert "不是普通文件" in caught.value.text() and device.read_bytes() == b"old"


def test_write_atomically__old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half way leaves the former file and no torso."""
    path = tmp_path / "keys.json"
    keys.write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keys.os, "fsync", full)
    with pytest.raises(MachineError) as caught:
        keys.write_atomically(path, b"new")
    assert caught.value.code == "disk_full"
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_faults__bugs_stay_bugs(tmp_path: Path) -> None:
    """A wrong statement is nobody's disk."""
    with pytest.raises(sqlcipher.DatabaseError), store_faults(tmp_path / "office.db"):
        raise sqlcipher.DatabaseError("no such column: x")


# -- key and version ---------------------------------------------------------------------------------------------


def test_key__wrong_or_none(office: OfficeSession) -> None:
    """Neither a wrong key nor none reads a byte; the file does not begin like a database."""
    path = office.database.path
    with pytest.raises(MachineError) as caught:
        database.open_existing(path, bytes(32))
    assert caught.value.code == "office_damaged"
    office.close()
    plain = sqlcipher.connect(str(path))
    with pytest.raises(sqlcipher.DatabaseError):
        plain.execute("SELECT * FROM archive")
    plain.close()
    assert not path.read_bytes().startswith(b"SQLite format")


def test_version__newer_is_refused_unchanged(office: OfficeSession, raw: Any) -> None:
    """An office saved by a newer program is refused with both versions, and not a byte changes."""
    filed = file_household(office)
    raw.execute(f"PRAGMA user_version = {migrations.CURRENT + 3}")
    raw.close()
    data_key = office.database.data_key
    office.close()
    before = office.database.path.read_bytes()
    with pytest.raises(MachineError) as caught:
        offices.open_office(office.folder, PASSPHRASE)
    assert caught.value.code == "office_newer"
    assert caught.value.context == {"found": migrations.CURRENT + 3, "known": migrations.CURRENT}
    assert office.database.path.read_bytes() == before
    with closing(database.connect(office.database.path, data_key)) as connection:
        connection.execute(f"PRAGMA user_version = {migrations.CURRENT}")
    session = offices.open_office(office.folder, PASSPHRASE)
    assert archiving.load_archive(session, filed.id).content == filed.content
    session.close()


STEP = "ALTER TABLE draft ADD COLUMN colour TEXT;\nCREATE INDEX draft_by_colour ON draft (colour);\n"


def _add_step(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    real = resources.read_text
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "9999_next"))
    monkeypatch.setattr(migrations, "CURRENT", migrations.CURRENT + 1)
    monkeypatch.setattr(resources, "read_text", lambda name: script if "9999" in name else real(name))


def test_version__older_is_copied_then_migrated(office: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older office gets a verified copy in its backups before a step runs; the data stays."""
    filed = file_household(office)
    old = migrations.CURRENT
    office.close()
    _add_step(monkeypatch, STEP)
    session = offices.open_office(office.folder, PASSPHRASE)
    assert archiving.load_archive(session, filed.id).content == filed.content
    assert database.version_of(session.database.path, session.database.data_key) == old + 1
    copies = list((office.folder / offices.BACKUPS).iterdir())
    assert [path.name for path in copies] == [f"before-migration-v{old}.db"]
    assert database.version_of(copies[0], session.database.data_key) == old
    session.close()


def test_version__first_release_takes_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office of the first release is brought up to date: its archives stay, and worksheets can be kept."""
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:1])
        patch.setattr(migrations, "CURRENT", 1)
        first, _ = make_office(tmp_path / "office")
        filed = file_household(first)
        first.close()
    session = in_2020(offices.open_office(tmp_path / "office", PASSPHRASE))
    assert archiving.load_archive(session, filed.id).content == filed.content
    assert means.save_means(session, filed.id, worksheet(session, filed)).revision == 1
    assert assessing.assess_and_store(session, filed.id, ON).decision is None
    session.close()


def test_version__no_migration_without_its_copy(office: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the copy cannot be made, a torn one is not left behind and the office stays as old as it was."""
    filed = file_household(office)
    office.close()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        _add_step(patch, STEP)
        patch.setattr(Path, "replace", full)
        with pytest.raises(MachineError) as caught:
            offices.open_office(office.folder, PASSPHRASE)
    assert caught.value.code == "disk_full"
    assert list((office.folder / offices.BACKUPS).iterdir()) == []
    session = offices.open_office(office.folder, PASSPHRASE)
    assert archiving.load_archive(session, filed.id).content == filed.content
    session.close()


def test_version__failed_step_changes_nothing(office: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails half way is taken back whole."""
    filed = file_household(office)
    office.close()
    with monkeypatch.context() as patch:
        _add_step(patch, STEP + "INSERT INTO no_such_table VALUES (1);\n")
        with pytest.raises(sqlcipher.DatabaseError):
            offices.open_office(office.folder, PASSPHRASE)
    session = offices.open_office(office.folder, PASSPHRASE)
    assert archiving.load_archive(session, filed.id).content == filed.content
    session.close()


def test_version__step_may_not_break_references(office: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that leaves members without their archive is refused."""
    file_household(office)
    office.close()
    _add_step(monkeypatch, "DELETE FROM archive;\n")
    with pytest.raises(ValueError, match="broken references"):
        offices.open_office(office.folder, PASSPHRASE)


def test_statements__triggers_stay_whole() -> None:
    """Comments go, a trigger's body keeps its semicolons, a last statement needs none."""
    script = "-- note\nCREATE TABLE a (b TEXT);\n\nCREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN SELECT 1; SELECT 2; END;\nDROP TABLE a"
    found = migrations.statements(script)
    assert [statement.split()[0] + str(statement.count(";")) for statement in found] == ["CREATE0", "CREATE2", "DROP0"]


# -- opening while others write, or nobody may ----------------------------------------------------------------


def _sign_ins(session: OfficeSession) -> int:
    with session.database.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM journal WHERE action = 'sign_in'")).scalar_one())


def test_sign_in__while_another_window_writes(office: OfficeSession) -> None:
    """Who signs in while somebody imports for a minute gets in at once; the line of the journal comes later, once."""
    filed = file_household(office)
    with office.database.writing():
        began = time.monotonic()
        second, third = (offices.open_office(office.folder, PASSPHRASE) for _ in range(2))
        assert time.monotonic() - began < database.BUSY_SECONDS / 2
        assert archiving.load_archive(second, filed.id).content == filed.content
        assert _sign_ins(second) == 0
    with pytest.raises(LookupError), second.database.writing():
        raise LookupError  # what is taken back leaves the line waiting
    assert _sign_ins(second) == 0
    file_household(second, 2)
    file_household(second, 3)
    assert _sign_ins(second) == 1
    third.close()
    assert _sign_ins(second) == 2
    second.close()


@pytest.mark.parametrize("protected", ["file", "stick"])
def test_sign_in__write_protected_folder_is_told(
    office: OfficeSession, monkeypatch: pytest.MonkeyPatch, protected: str
) -> None:
    """A stick with its switch on, or files copied from a disc: the sentence says what to do, nothing is left there."""
    office.close()
    before = sorted(path.name for path in office.folder.iterdir())
    with monkeypatch.context() as patch:
        if protected == "file":
            patch.setattr(database.os, "access", lambda *_: False)
        else:
            patch.setattr(Path, "touch", _raise(OSError(errno.EROFS, "read-only")))
        with pytest.raises(MachineError) as caught:
            offices.open_office(office.folder, PASSPHRASE)
    assert caught.value.code == "office_write_protected" and "写保护" in caught.value.text()
    assert sorted(path.name for path in office.folder.iterdir()) == before
    offices.open_office(office.folder, PASSPHRASE).close()


def _raise(fault: OSError) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise fault

    return fail


# -- other processes ---------------------------------------------------------------------------------------------

_PRELUDE = f"""
import sys
from pathlib import Path
from db.services import archiving, demo, office
from factories import file_household, household
session = office.open_office(Path(sys.argv[1]), {PASSPHRASE!r})
"""


def _start(script: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    command = [sys.executable, "-c", _PRELUDE + script, str(folder), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)


def _assert_whole(session: OfficeSession) -> None:
    """No archive without its revisions, members and findable people."""
    connection = session.database.raw_connection()
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    halves = connection.execute(
        "SELECT id FROM archive a WHERE revision != (SELECT count(*) FROM archive_revision r WHERE r.archive_id = a.id)"
        " OR household_size != 1 + (SELECT count(*) FROM household_member m WHERE m.archive_id = a.id)"
        " OR household_size != (SELECT count(*) FROM person_entry p WHERE p.archive_id = a.id)"
    ).fetchall()
    connection.close()
    assert halves == []


@pytest.mark.parametrize("saved", [1, 7, 23])
def test_power_cut__no_half_transaction(tmp_path: Path, saved: int) -> None:
    """Killed in the middle of saving, the office opens again, whole, with everything that was reported as saved."""
    session, _ = make_office(tmp_path / "office")
    session.close()
    script = """
for seed in range(100_000):
    filed = file_household(session, seed, members=4)
    content = filed.content.copy()
    content.values["remarks"] = "第二版"
    archiving.save_archive(session, content, filed.id)
    print(filed.id, flush=True)
"""
    with _start(script, session.folder) as process:
        assert process.stdout is not None
        reported = [process.stdout.readline().strip() for _ in range(saved)]
        # a process that could not even start (half saved sources, no memory) has proved nothing about power cuts
        assert all(reported), f"the saving process ended by itself: {process.wait(60)}"
        process.send_signal(signal.SIGKILL)
    again = offices.open_office(session.folder, PASSPHRASE)
    _assert_whole(again)
    assert set(reported) <= set(archiving.archive_ids(again, archiving.ArchiveQuery()))
    assert all(archiving.load_archive(again, archive_id).revision == 2 for archive_id in reported)
    again.close()


def test_two_windows__save_at_once(tmp_path: Path) -> None:
    """Two processes that save at the same time both succeed, with numbers of their own."""
    session, _ = make_office(tmp_path / "office")
    script = "for seed in range(40): file_household(session, f'{sys.argv[2]} {seed}')\n"
    processes = [_start(script, session.folder, name) for name in ("first", "second")]
    assert [process.wait(120) for process in processes] == [0, 0]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    rows = archiving.list_archives(session, archiving.ArchiveQuery(), limit=200)
    assert len({row.archive_number for row in rows}) == len(rows) == 80
    with session.database.reading() as connection:
        counters = connection.execute(text("SELECT device_counter FROM archive_revision")).scalars().all()
    assert sorted(counters) == list(range(1, 81))
    _assert_whole(session)
    session.close()
