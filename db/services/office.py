"""Set up, open and keep an office: clerks, passphrases, the recovery code, settings, the status line."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from db.domain import regions
from db.domain.archive_content import new_id
from db.domain.derivation import Circumstances
from db.domain.field_kinds import printable
from db.domain.office_levels import levels_upto
from db.errors import MachineError, UserError
from db.services.sign_in import (
    LEVELS,
    MINIMUM_PASSPHRASE,
    ClerkSlot,
    clerk_slots,
    forget_failures,
    has_office,
    note_failure,
    passphrase_length,
    seconds_to_wait,
)
from db.store import database, hidden, keys
from db.store.database import Database
from db.store.file_faults import file_faults

__all__ = [
    "LEVELS",
    "MINIMUM_PASSPHRASE",
    "Clerk",
    "ClerkSlot",
    "OfficeProfile",
    "OfficeSession",
    "OfficeStatus",
    "add_clerk",
    "change_passphrase",
    "clerk_slots",
    "confirms_recovery_code",
    "create_office",
    "get_setting",
    "has_office",
    "list_clerks",
    "new_recovery_code",
    "office_status",
    "open_office",
    "open_with_recovery",
    "remove_clerk",
    "seconds_to_wait",
    "set_setting",
    "set_up_office",
    "update_office",
    "write_journal",
]

ATTACHMENTS = "attachments"
BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class OfficeProfile:
    """Who this office is: *level* is a key of :data:`LEVELS`, *parent_name* the office it submits to."""

    id: str
    name: str
    level: str
    region_code: str
    parent_name: str = ""
    laptop_id: str = ""
    """On a home-visit laptop: by which id it and the office's desk know each other; empty at the desk."""
    laptop_name: str = ""

    @property
    def level_label(self) -> str:
        """The level in Chinese."""
        return LEVELS[self.level]

    @property
    def is_laptop(self) -> bool:
        """Whether this machine goes along on home visits (外出电脑) and hands in at the office's desk."""
        return bool(self.laptop_id)

    @property
    def exchange_id(self) -> str:
        """How bundles address this machine."""
        return self.laptop_id or self.id

    @property
    def exchange_name(self) -> str:
        """How bundles and cards call this machine."""
        return f"{self.name}（{self.laptop_name}）" if self.is_laptop else self.name


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person who signs in (经办人)."""

    id: str
    name: str


@dataclass(slots=True)
class OfficeSession:
    """An open office with a signed-in clerk. Every service takes it first."""

    folder: Path
    database: Database
    office: OfficeProfile
    clerk: Clerk
    device_id: str
    clock: Callable[[], datetime] = field(default=lambda: datetime.now().astimezone())

    @property
    def now(self) -> str:
        """The moment, ISO with seconds and offset."""
        return self.clock().isoformat(timespec="seconds")

    @property
    def today(self) -> str:
        """The day, ISO."""
        return self.clock().date().isoformat()

    @property
    def circumstances(self) -> Circumstances:
        """What proposals of the form may use."""
        return Circumstances(self.today, self.office.name, self.clerk.name)

    def close(self) -> None:
        """Sign out: close the file and drop the key."""
        self.database.close()


def _check_passphrase(passphrase: str) -> None:
    if passphrase_length(passphrase) < MINIMUM_PASSPHRASE:
        raise UserError("weak_passphrase", minimum=MINIMUM_PASSPHRASE)


def create_office(
    folder: Path,
    *,
    name: str,
    level: str,
    region_code: str,
    clerk_name: str,
    passphrase: str,
    parent_name: str = "",
    light: bool = False,
) -> tuple[OfficeSession, str]:
    """Set up an office in the empty *folder*; the open session and the recovery code, which is shown only now.

    *light* makes the key derivation cheap: for demonstrations and tests with invented people only.
    """
    if level not in LEVELS:
        raise UserError("unknown_level", level=level, known="、".join(LEVELS))
    if not regions.is_current(region_code):
        raise UserError("unknown_region", region=region_code)
    profile = OfficeProfile(new_id(), _named(name, "单位名称"), level, region_code, printable(parent_name).strip())
    return set_up_office(folder, profile, clerk_name, passphrase, light=light)


def set_up_office(
    folder: Path, profile: OfficeProfile, clerk_name: str, passphrase: str, *, light: bool = False
) -> tuple[OfficeSession, str]:
    """Set up the machine of an office in the empty *folder*: a new office's, or a home-visit laptop of an existing one."""
    _check_passphrase(passphrase)
    clerk = Clerk(new_id(), _named(clerk_name, "经办人姓名"))
    with file_faults(folder):
        if (folder / database.FILE_NAME).exists():
            raise UserError("office_exists", folder=str(folder))
        if folder.is_dir() and any(folder.iterdir()):
            raise UserError("folder_not_empty", folder=str(folder))
    try:
        return _set_up(folder, profile, clerk, passphrase, light)
    except BaseException:
        _clear_set_up(folder)
        raise


def _set_up(
    folder: Path, profile: OfficeProfile, clerk: Clerk, passphrase: str, light: bool
) -> tuple[OfficeSession, str]:
    with file_faults(folder):
        for sub in (folder, folder / ATTACHMENTS, folder / BACKUPS):
            sub.mkdir(parents=True, exist_ok=True)
    data_key, code = keys.new_data_key(), keys.new_recovery_code()
    tidy = keys.tidy_recovery_code(code)
    slots = [
        keys.wrap(clerk.id, clerk.name, passphrase, data_key, light=light),
        keys.wrap(keys.RECOVERY, "", tidy, data_key, light=light),
    ]
    keys.write(folder, keys.KeyFile(profile.id, slots))
    store = database.create(folder / database.FILE_NAME, data_key)
    session = OfficeSession(folder, store, profile, clerk, new_id())
    with store.writing() as connection:
        _put_setting(connection, "office", asdict(profile))
        _put_setting(connection, "device_id", session.device_id)
        _add_clerk_row(connection, clerk, session.now)
        write_journal(connection, session, "create_office", {"level": profile.level})
    return session, code


def _clear_set_up(folder: Path) -> None:
    """Leave the folder as empty as it was found, so that the clerk can try again (disk full, stick pulled out)."""
    with suppress(OSError):
        for name in (keys.FILE_NAME, database.FILE_NAME):
            for left in folder.glob(name + "*"):
                left.unlink()
        for sub in (ATTACHMENTS, BACKUPS):
            (folder / sub).rmdir()


def _named(typed: str, label: str) -> str:
    name = printable(typed).strip()
    if not name:
        raise UserError("required", label=label)
    return name


def _add_clerk_row(connection: Connection, clerk: Clerk, now: str) -> None:
    connection.execute(
        text("INSERT INTO clerk (id, name, is_active, created_at) VALUES (:id, :name, 1, :now)"),
        {"id": clerk.id, "name": clerk.name, "now": now},
    )


# -- signing in --------------------------------------------------------------------------------------------------


def open_office(folder: Path, passphrase: str, clerk_id: str | None = None) -> OfficeSession:
    """Sign in. Without *clerk_id* every clerk's slot is tried (command line). Wrong passphrase: UserError, delay grows."""
    slots = keys.read(folder).clerk_slots() if clerk_slots(folder) else []
    wait = seconds_to_wait(folder)
    if wait:
        raise UserError("wait_before_retry", wait=wait)
    for slot in slots:
        if clerk_id in {None, slot.id}:
            data_key = keys.unwrap(slot, passphrase)
            if data_key is not None:
                forget_failures(folder)
                return _session(folder, data_key, Clerk(slot.id, slot.name))
    raise UserError("wrong_passphrase", wait=note_failure(folder))


def open_with_recovery(folder: Path, code: str, clerk_id: str, new_passphrase: str) -> OfficeSession:
    """Sign in with the printed recovery code and give the clerk *clerk_id* a new passphrase."""
    _check_passphrase(new_passphrase)
    wait = seconds_to_wait(folder)
    if wait:
        raise UserError("wait_before_retry", wait=wait)
    key_file = keys.read(folder)
    name = next((slot.name for slot in key_file.clerk_slots() if slot.id == clerk_id), None)
    if name is None:
        raise UserError("clerk_gone")
    slot = next((slot for slot in key_file.slots if slot.id == keys.RECOVERY), None)
    data_key = keys.unwrap(slot, keys.tidy_recovery_code(code)) if slot else None
    if data_key is None:
        note_failure(folder)
        raise UserError("wrong_recovery_code")
    key_file.put(keys.wrap(clerk_id, name, new_passphrase, data_key))
    keys.write(folder, key_file)
    forget_failures(folder)
    session = _session(folder, data_key, Clerk(clerk_id, name))
    _note(session, "recovery_used")
    return session


def _session(folder: Path, data_key: bytes, clerk: Clerk) -> OfficeSession:
    path = folder / database.FILE_NAME
    if path.is_file():
        database.check_writable(path)
        if database.is_older(path, data_key):
            database.copy_before_migration(path, data_key, folder / BACKUPS)
    store = database.open_existing(path, data_key)
    try:
        with store.reading() as connection:
            profile = _setting(connection, "office")
            device_id = str(_setting(connection, "device_id"))
        if profile is None:
            raise MachineError("office_damaged")
        session = OfficeSession(folder, store, OfficeProfile(**profile), clerk, device_id)
        _note(session, "sign_in")
    except BaseException:
        store.close()  # an open file could not be replaced by its backup
        raise
    return session


def _note(session: OfficeSession, action: str) -> None:
    at = session.now  # the line may have to wait until another window has finished writing
    session.database.note(lambda connection: write_journal(connection, session, action, {}, at))


# -- clerks and secrets ------------------------------------------------------------------------------------------


def warm_up() -> None:
    """Load what opening an office needs, while the passphrase is being typed."""
    database.warm_up()


def list_clerks(session: OfficeSession) -> list[Clerk]:
    """The clerks who can sign in."""
    return [Clerk(slot.id, slot.name) for slot in keys.read(session.folder).clerk_slots()]


def add_clerk(session: OfficeSession, name: str, passphrase: str) -> Clerk:
    """Give a further clerk a passphrase of their own."""
    _check_passphrase(passphrase)
    clerk = Clerk(new_id(), _named(name, "经办人姓名"))
    if any(other.name == clerk.name for other in list_clerks(session)):
        raise UserError("clerk_exists", name=clerk.name)
    with session.database.writing() as connection:
        _add_clerk_row(connection, clerk, session.now)
        write_journal(connection, session, "add_clerk", {"clerk": clerk.id})
        _put_slot(session, keys.wrap(clerk.id, clerk.name, passphrase, session.database.data_key))
    return clerk


def remove_clerk(session: OfficeSession, clerk_id: str) -> None:
    """Take a clerk's passphrase away; what they did stays signed with their name."""
    key_file = keys.read(session.folder)
    known = [slot.id for slot in key_file.clerk_slots()]
    if clerk_id not in known:
        raise UserError("clerk_gone")
    if len(known) < 2:
        raise UserError("last_clerk")
    with session.database.writing() as connection:
        connection.execute(text("UPDATE clerk SET is_active = 0 WHERE id = :id"), {"id": clerk_id})
        write_journal(connection, session, "remove_clerk", {"clerk": clerk_id})
        key_file.drop(clerk_id)
        keys.write(session.folder, key_file)


def change_passphrase(session: OfficeSession, old: str, new: str) -> None:
    """Change the signed-in clerk's passphrase; nothing is re-encrypted."""
    _check_passphrase(new)
    slot = next((slot for slot in keys.read(session.folder).clerk_slots() if slot.id == session.clerk.id), None)
    if slot is None:
        raise UserError("clerk_gone")
    if keys.unwrap(slot, old) is None:
        raise UserError("wrong_passphrase", wait=note_failure(session.folder))
    _put_slot(session, keys.wrap(session.clerk.id, session.clerk.name, new, session.database.data_key))
    with session.database.writing() as connection:
        write_journal(connection, session, "change_passphrase", {})


def new_recovery_code(session: OfficeSession) -> str:
    """A fresh recovery code; the former one opens nothing any more."""
    code = keys.new_recovery_code()
    _put_slot(session, keys.wrap(keys.RECOVERY, "", keys.tidy_recovery_code(code), session.database.data_key))
    with session.database.writing() as connection:
        write_journal(connection, session, "new_recovery_code", {})
    return code


def _put_slot(session: OfficeSession, slot: keys.KeySlot) -> None:
    key_file = keys.read(session.folder)
    key_file.put(slot)
    keys.write(session.folder, key_file)


def confirms_recovery_code(code: str, groups: dict[int, str]) -> bool:
    """Whether the clerk typed the asked-for groups (0-based) of the printed *code* right."""
    parts = code.split("-")
    return all(keys.tidy_recovery_code(typed) == parts[index] for index, typed in groups.items())


# -- settings, journal, status -----------------------------------------------------------------------------------


def _setting(connection: Connection, key: str) -> Any:
    value = connection.execute(text("SELECT value FROM office_setting WHERE key = :key"), {"key": key}).scalar()
    return None if value is None else json.loads(value)


def _put_setting(connection: Connection, key: str, value: Any) -> None:
    connection.execute(
        text(
            "INSERT INTO office_setting (key, value) VALUES (:key, :value)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        ),
        {"key": key, "value": json.dumps(value, ensure_ascii=False)},
    )


def get_setting(session: OfficeSession, key: str, default: Any = None) -> Any:
    """A setting of the office (any JSON value)."""
    with session.database.reading() as connection:
        value = _setting(connection, key)
    return default if value is None else value


def set_setting(session: OfficeSession, key: str, value: Any) -> None:
    """Store a setting of the office."""
    with session.database.writing() as connection:
        _put_setting(connection, key, value)


def update_office(session: OfficeSession, *, name: str, region_code: str, parent_name: str) -> OfficeProfile:
    """Correct the office's own data; its id, level and history stay."""
    if not regions.is_current(region_code):
        raise UserError("unknown_region", region=region_code)
    parent_name = printable(parent_name).strip()
    profile = replace(session.office, name=_named(name, "单位名称"), region_code=region_code, parent_name=parent_name)
    with session.database.writing() as connection:
        _put_setting(connection, "office", asdict(profile))
        write_journal(connection, session, "update_office", {})
    session.office = profile
    return profile


def write_journal(
    connection: Connection, session: OfficeSession, action: str, detail: dict[str, object], at: str = ""
) -> None:
    """Note what was done, now or *at* a moment, in the caller's transaction. *detail* holds codes, ids, counts, no names."""
    connection.execute(
        text("INSERT INTO journal (made_at, clerk_id, action, detail) VALUES (:at, :clerk, :action, :detail)"),
        {"at": at or session.now, "clerk": session.clerk.id, "action": action, "detail": json.dumps(detail)},
    )


@dataclass(frozen=True, slots=True)
class OfficeStatus:
    """What the status line and the home page say; moments are ISO, None when it never happened."""

    archives: int
    unsubmitted: int
    in_transit: int
    incomplete: int
    drafts: int
    last_bundle_at: str | None
    last_bundle_sequence: int
    last_receipt_at: str | None
    last_backup_at: str | None


_STATUS = text(
    f"SELECT (SELECT count(*) FROM archive) - {hidden.HIDDEN_COUNT} AS archives,"  # noqa: S608
    f" {hidden.count_of_sendable('exported_revision < revision AND acknowledged_revision < revision')}"
    # reviews go up, too – where anybody is above: to a county without a city they would be many and mean nothing
    " + CASE WHEN EXISTS (SELECT 1 FROM partner_office WHERE relation = 'parent') THEN"
    " (SELECT count(*) FROM archive WHERE NOT (exported_revision < revision AND acknowledged_revision < revision)"
    " AND id IN (SELECT archive_id FROM review WHERE exported_sequence = 0 AND step = 'final'"
    " AND office_level IN (SELECT value FROM json_each(:levels)))) ELSE 0 END AS unsubmitted,"
    f" {hidden.count_of_shown('exported_revision = revision AND acknowledged_revision < revision')} AS in_transit,"
    f" {hidden.count_of_shown('is_complete = 0')} AS incomplete,"
    " (SELECT count(*) FROM draft) AS drafts,"
    " (SELECT max(handled_at) FROM bundle WHERE direction = 'sent' AND kind = 'archives') AS last_bundle_at,"
    " (SELECT coalesce(max(sequence), 0) FROM bundle WHERE direction = 'sent' AND kind = 'archives')"
    " AS last_bundle_sequence,"
    " (SELECT max(receipted_at) FROM bundle WHERE direction = 'sent') AS last_receipt_at,"
    " (SELECT max(made_at) FROM backup) AS last_backup_at"
)


def office_status(session: OfficeSession) -> OfficeStatus:
    """The figures of the status line, always read afresh."""
    with session.database.reading() as connection:
        levels = json.dumps(levels_upto(session.office.level))
        return OfficeStatus(**connection.execute(_STATUS, {"levels": levels}).mappings().one())
