"""Fields of own archives two branches contradict each other in: what waits, and the clerk's choice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from db.domain import three_way
from db.domain.archive_content import ArchiveContent
from db.domain.change_diff import MEANS, Change, changes_between
from db.domain.three_way import Conflict
from db.errors import UserError
from db.services import archiving
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.reconciling import MEANS_PATH, put_sheet_on_top
from db.store import archive_store, bundle_store, conflict_store
from db.store.archive_store import StoredArchive
from db.store.conflict_store import Row

MINE, THEIRS = "mine", "theirs"
SOURCES = {"laptop": "外出电脑", "desk": "办公室电脑", "above": "上级存有的一份", "below": "报送来的一份"}


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """An archive whose differing fields wait for a choice."""

    id: str
    archive_id: str
    archive_number: str
    name: str
    source: str
    source_name: str
    found_at: str
    base_revision: int
    own_revision: int
    other_revision: int
    fields: list[Conflict]
    moved: list[str] = field(default_factory=list)
    """Paths whose answer here was changed after the conflict had been found."""

    @property
    def source_label(self) -> str:
        """Where the other version comes from, in Chinese."""
        return SOURCES.get(self.source, self.source)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a choice has done: *revision* is 0 where everything stays as it is."""

    revision: int
    changed: list[str]
    """Captions of what was taken from the other version."""
    moved: list[str]
    """Captions of what had been changed here meanwhile."""
    missed: list[str]
    """Captions of what could not be set any more, as the member is gone."""


def count_conflicts(session: OfficeSession) -> int:
    """How many archives wait for a choice."""
    with session.database.reading() as connection:
        return conflict_store.count_open(connection)


def list_conflicts(session: OfficeSession) -> list[OpenConflict]:
    """Every open conflict, the oldest first."""
    with session.database.reading() as connection:
        return _conflicts(connection, conflict_store.open_conflicts(connection))


def open_conflicts_of(session: OfficeSession, archive_id: str) -> list[OpenConflict]:
    """The open conflicts of one archive."""
    with session.database.reading() as connection:
        return _conflicts(connection, conflict_store.open_conflicts(connection, archive_id))


def _conflicts(connection: Connection, rows: list[Row]) -> list[OpenConflict]:
    labels = bundle_store.archive_labels(connection, [row["archive_id"] for row in rows])
    contents = {
        stored.id: stored.content for stored in archive_store.load_many(connection, [row["archive_id"] for row in rows])
    }
    return [_conflict(row, labels[row["archive_id"]], contents[row["archive_id"]]) for row in rows]


def _conflict(row: Row, label: tuple[str, str], content: ArchiveContent) -> OpenConflict:
    fields = [Conflict.from_json(body) for body in row["fields"]]
    keys = ("id", "archive_id", "source", "source_name", "found_at", "base_revision", "own_revision", "other_revision")
    return OpenConflict(
        **{key: row[key] for key in keys},
        archive_number=label[0],
        name=label[1],
        fields=fields,
        moved=[found.path for found in fields if _has_moved(found, content)],
    )


def _has_moved(found: Conflict, content: ArchiveContent) -> bool:
    """Whether the answer here is not the one any more that the conflict was about."""
    if found.path.startswith(MEANS_PATH):
        return False
    member_id, _, key = found.path.rpartition(".")
    members = {str(member["id"]): member for member in content.members}
    if not member_id and found.theirs_text in {"已删除", "已修改"} and len(key) == 36:  # a whole member
        return (key in members) != (found.mine != "已删除")
    record = members.get(member_id) if member_id else content.values
    return record is None or (record.get(key) or None) != (found.mine or None)


# -- choosing -----------------------------------------------------------------------------------------------------


def settle_conflict(
    session: OfficeSession, conflict_id: str, choices: Mapping[str, str], reason: str = ""
) -> Settled:
    """Close a conflict with a choice per path, ``mine`` or ``theirs``; what is not named stays as it is here.

    Taking something of the other version makes one revision. The version that was not chosen stays in history.
    """
    with session.database.writing() as connection:
        row = conflict_store.find(connection, conflict_id)
        if row is None or row["state"] != "open":
            raise UserError("conflict_settled")
        stored = own_archive(connection, session, row["archive_id"])
        found = _conflict(row, (stored.archive_number, ""), stored.content)
        if not set(choices) <= {item.path for item in found.fields} or not set(choices.values()) <= {MINE, THEIRS}:
            raise UserError("conflict_choice_unknown")
        settled = _apply(connection, session, stored, found, choices, ArchiveContent.from_json(row["snapshot"]), reason)
        conflict_store.settle(connection, conflict_id, session.now, session.clerk.name)
    return settled


def _apply(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    found: OpenConflict,
    choices: Mapping[str, str],
    other: ArchiveContent,
    reason: str,
) -> Settled:
    captions = {item.path: item.caption for item in found.fields}
    taken = [path for path in captions if choices.get(path) == THEIRS]
    sheets = [item for item in found.fields if item.path.startswith(MEANS_PATH) and item.path in choices]
    content, missed = three_way.with_choices(
        stored.content, other, [path for path in taken if not path.startswith(MEANS_PATH)]
    )
    done = [captions[path] for path in taken if path not in missed]
    words = f"采用{found.source_name}的：{'、'.join(done)}" if done else "保留本机的内容"
    told = f"{words}（{reason.strip()}）" if reason.strip() else words
    revision = _store(connection, session, stored, archiving.prepared(content), told, sheets, choices)
    return Settled(revision, done, _captions(captions, found.moved), _captions(captions, missed))


def _captions(captions: Mapping[str, str], paths: Iterable[str]) -> list[str]:
    return [captions[path] for path in paths]


def _store(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    content: ArchiveContent,
    reason: str,
    sheets: list[Conflict],
    choices: Mapping[str, str],
) -> int:
    """One revision for everything that changes; 0 when nothing does."""
    changes = changes_between(stored.content, content)
    note = archiving.revision_note(connection, session, "settle", reason, changes)
    following = stored.revision + 1
    stored.revision = following  # the worksheet belongs to the revision about to be made
    moved = [_choose_sheet(connection, stored, note, sheet, choices[sheet.path]) for sheet in sheets]
    stored.revision = following - 1
    note.changes += [Change(MEANS, None, sheet.caption) for sheet, done in zip(sheets, moved, strict=True) if done]
    if not note.changes:
        return 0
    archiving.take_content(stored, content, note)
    archive_store.replace(connection, stored, note)
    return stored.revision


def _choose_sheet(
    connection: Connection, stored: StoredArchive, note: archive_store.RevisionNote, sheet: Conflict, choice: str
) -> bool:
    """Put the chosen worksheet on top, unless it is there."""
    made_at, device_id, counter = str(sheet.mine if choice == MINE else sheet.theirs).split("|")
    year = int(sheet.path.removeprefix(MEANS_PATH))
    return put_sheet_on_top(connection, stored, note, year, (made_at, device_id, int(counter)), note.reason)
