"""Bundles, partners and what of the archives has been sent and acknowledged, in the caller's transaction."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.archive import Attachment
from db.models.exchange import PartnerKey
from db.models.office import Bundle, BundleItem, PartnerOffice
from db.store import aid_store, archive_store, hidden, review_store, setting_store
from db.store.archive_store import StoredArchive
from db.store.bulk_insert import insert_rows

ATTACHMENT = Attachment.__table__  # type: ignore[attr-defined]
BUNDLE = Bundle.__table__  # type: ignore[attr-defined]
ITEM = BundleItem.__table__  # type: ignore[attr-defined]
PARTNER = PartnerOffice.__table__  # type: ignore[attr-defined]
PARTNER_KEY = PartnerKey.__table__  # type: ignore[attr-defined]

_SEQUENCE_FLOOR = "sequence_floor"

Row = dict[str, Any]


# -- partners ----------------------------------------------------------------------------------------------------


def partners(connection: Connection) -> list[Row]:
    """Every enrolled office, parents first, then by name."""
    statement = text("SELECT * FROM partner_office ORDER BY relation = 'child', name")
    return [dict(row) for row in connection.execute(statement).mappings()]


def partner(connection: Connection, partner_id: str) -> Row | None:
    """The enrolled office *partner_id*."""
    row = connection.execute(PARTNER.select().where(PARTNER.c.id == partner_id)).mappings().first()
    return None if row is None else dict(row)


def put_partner(connection: Connection, row: Row) -> None:
    """Enrol an office, or replace what is known of it."""
    connection.execute(PARTNER.delete().where(PARTNER.c.id == row["id"]))
    connection.execute(insert(PARTNER), row)


def revoke_partner(connection: Connection, partner_id: str, at: str) -> None:
    """From now on nothing signed with the office's present keys is taken."""
    connection.execute(PARTNER.update().where(PARTNER.c.id == partner_id).values(revoked_at=at))


def end_key(connection: Connection, row: Row, at: str, by: str, ending: str) -> None:
    """Put the present keys of the enrolled office *row* among the former ones."""
    ended = {
        "partner_id": row["id"],
        "recipient": row["recipient"],
        "verify_key": row["verify_key"],
        "enrolled_at": row["enrolled_at"],
        "ended_at": at,
        "ended_by": by,
        "ending": ending,
    }
    connection.execute(insert(PARTNER_KEY), ended)


def former_keys(connection: Connection, partner_id: str) -> list[Row]:
    """The keys an office had before, the last one first."""
    statement = PARTNER_KEY.select().where(PARTNER_KEY.c.partner_id == partner_id).order_by(PARTNER_KEY.c.seq.desc())
    return [dict(row) for row in connection.execute(statement).mappings()]


_UNDONE = text(
    "SELECT sequence, payload_sha256, undone_at FROM bundle b WHERE partner_id = :partner AND direction = 'received'"
    " AND kind = 'archives' AND undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bundle a WHERE"
    " a.payload_sha256 = b.payload_sha256 AND a.direction = 'received' AND a.undone_at IS NULL) ORDER BY undone_at"
)


def undone_bundles(connection: Connection, partner_id: str) -> list[tuple[int, str, str]]:
    """Number, payload hash and moment of bundles that were received and undone, and not received again since."""
    return [tuple(row) for row in connection.execute(_UNDONE, {"partner": partner_id})]


_KEYS_CHANGED = text(
    "SELECT max(k.ended_at) FROM partner_key k WHERE k.partner_id = :partner AND NOT EXISTS ("
    "SELECT 1 FROM bundle b WHERE b.partner_id = :partner AND b.direction = 'received' AND b.kind = 'archives'"
    " AND b.undone_at IS NULL AND b.handled_at > k.ended_at)"
)


def keys_changed_since_last(connection: Connection, partner_id: str) -> str:
    """When the office was enrolled with other keys, if no archives have come from it since; else empty."""
    return connection.execute(_KEYS_CHANGED, {"partner": partner_id}).scalar() or ""


# -- what to send ------------------------------------------------------------------------------------------------

_UNSUBMITTED = (
    f"SELECT id FROM archive WHERE exported_revision < revision AND acknowledged_revision < revision AND {hidden.sendable()}"  # noqa: S608
)
_UNRECEIPTED = f"SELECT id FROM archive WHERE acknowledged_revision < revision AND {hidden.sendable()}"  # noqa: S608


def unsubmitted_ids(connection: Connection, own_level: str, *, with_unreceipted: bool = False) -> list[str]:
    """Archives whose current revision was never exported; with *with_unreceipted* also those without a receipt.

    An archive counts, too, when only a review, grant or payout of this office (of *own_level*) or one below has not travelled.
    """
    whole = _UNRECEIPTED if with_unreceipted else _UNSUBMITTED
    reviews = review_store.unacknowledged(own_level) if with_unreceipted else review_store.to_send(own_level)
    beside = f"{reviews} UNION {aid_store.to_send(own_level)}"
    parts = ("SELECT id FROM archive WHERE id IN (", whole, ") OR id IN (", beside, ") ORDER BY updated_at")
    return [row[0] for row in connection.execute(text(" ".join(parts)))]


@dataclass(slots=True)
class ArchiveRows:
    """Rows of some archives as stored; JSON columns are still text."""

    archives: list[Row] = field(default_factory=list)
    revisions: dict[str, list[Row]] = field(default_factory=dict)
    attachments: dict[str, list[Row]] = field(default_factory=dict)


_ARCHIVE_ROWS = text(
    "SELECT a.id, a.archive_number, a.office_id, a.revision, a.is_complete, a.created_at, a.updated_at, a.updated_by,"
    " a.confirmations FROM json_each(:ids) AS wanted JOIN archive a ON a.id = wanted.value ORDER BY wanted.key"
)
_REVISION_ROWS = text(
    "SELECT r.archive_id, r.revision, r.made_at, r.clerk_id, r.clerk_name, r.office_id, r.device_id, r.device_counter,"
    " r.action, r.reason, r.changes, r.snapshot"
    " FROM json_each(:ids) AS wanted JOIN archive a ON a.id = wanted.value JOIN archive_revision r ON r.archive_id = a.id"
    " WHERE r.revision > CASE WHEN :full THEN 0 ELSE min(a.acknowledged_revision, a.revision - 1) END"
    " AND r.revision <= a.revision ORDER BY wanted.key, r.revision"
)
_ATTACHMENT_ROWS = text(
    "SELECT t.archive_id, t.id, t.document_type, t.name, t.note, t.media_type, t.size, t.original_size, t.sha256,"
    " t.stored_size, t.stored_sha256, t.secret, t.added_at, t.added_by, t.removed_at"
    " FROM json_each(:ids) AS wanted JOIN attachment t ON t.archive_id = wanted.value ORDER BY wanted.key, t.id"
)


def archive_batches(
    connection: Connection, ids: Iterable[str], *, full: bool, batch: int = 100
) -> Iterator[ArchiveRows]:
    """The rows of the archives *ids*, batch by batch in that order, so that memory stays flat."""
    wanted = list(ids)
    for start in range(0, len(wanted), batch):
        params = {"ids": json.dumps(wanted[start : start + batch]), "full": full}
        rows = ArchiveRows([dict(row) for row in connection.execute(_ARCHIVE_ROWS, params).mappings()])
        for statement, groups in ((_REVISION_ROWS, rows.revisions), (_ATTACHMENT_ROWS, rows.attachments)):
            for row in connection.execute(statement, params).mappings():
                groups.setdefault(row["archive_id"], []).append(dict(row))
        yield rows


_FILES = text(
    "SELECT t.stored_sha256, min(t.stored_name) AS stored_name, t.stored_size, min(t.name) AS name FROM attachment t"
    " WHERE t.removed_at IS NULL AND t.archive_id IN (SELECT value FROM json_each(:ids))"
    " GROUP BY t.stored_sha256, t.stored_size ORDER BY t.stored_sha256"
)
_TOTALS = text(
    "SELECT count(*) AS archives, coalesce(sum(is_complete = 0), 0) AS incomplete FROM archive"
    " WHERE id IN (SELECT value FROM json_each(:ids))"
)


def attachment_files(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Hash, name and size of each file the archives' present papers need, each once."""
    return [dict(row) for row in connection.execute(_FILES, {"ids": json.dumps(list(ids))}).mappings()]


def archive_totals(connection: Connection, ids: Sequence[str]) -> tuple[int, int]:
    """How many of *ids* exist, and how many of these are incomplete."""
    row = connection.execute(_TOTALS, {"ids": json.dumps(list(ids))}).one()
    return row[0], row[1]


_OWNERS = text(
    "SELECT DISTINCT office_id FROM archive WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY office_id"
)


def owners_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Ids of the offices the archives belong to."""
    return [row[0] for row in connection.execute(_OWNERS, {"ids": json.dumps(list(ids))})]


_BELOW = text(
    "SELECT office_id FROM archive WHERE office_id <> :own UNION SELECT id FROM partner_office WHERE relation = 'child'"
)


def offices_below(connection: Connection, own_id: str) -> list[str]:
    """Ids of the other offices whose archives are here, and of those enrolled as below."""
    return sorted(row[0] for row in connection.execute(_BELOW, {"own": own_id}))


def number_is_free(connection: Connection, number: str) -> bool:
    """Whether no archive bears this 档案编号."""
    statement = text("SELECT 1 FROM archive WHERE archive_number = :number")
    return connection.execute(statement, {"number": number}).first() is None


_OWNER_OF_EACH = text("SELECT id, office_id FROM archive WHERE id IN (SELECT value FROM json_each(:ids))")


def owner_of_each(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Id of the office each of the archives belongs to."""
    return {row[0]: row[1] for row in connection.execute(_OWNER_OF_EACH, {"ids": json.dumps(list(ids))})}


_REVISIONS_OF = text(
    "SELECT id AS archive_id, revision, '' AS outcome FROM archive WHERE id IN (SELECT value FROM json_each(:ids))"
)


def revisions_of(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Id and current revision of the archives, as items of a bundle."""
    rows = connection.execute(_REVISIONS_OF, {"ids": json.dumps(list(ids))})
    return [dict(row) for row in rows.mappings()]


_OFFICE_NAMES = "office_names"


def office_names(connection: Connection) -> dict[str, str]:
    """Names of other offices by id: those that bundles told of, and the enrolled ones."""
    told: dict[str, str] = setting_store.read(connection, _OFFICE_NAMES) or {}
    return {**told, **{row["id"]: row["name"] for row in partners(connection)}}


def learn_office_names(connection: Connection, names: dict[str, str]) -> None:
    """Remember what offices are called whose archives came through somebody else."""
    told: dict[str, str] = setting_store.read(connection, _OFFICE_NAMES) or {}
    if not names.items() <= told.items():
        setting_store.put(connection, _OFFICE_NAMES, {**told, **names})


_RECEIVED_SINCE = text(
    "SELECT DISTINCT partner_id FROM bundle WHERE direction = 'received' AND kind = 'archives' AND undone_at IS NULL"
    " AND handled_at >= :since"
)


def received_since(connection: Connection, since: str) -> list[Row]:
    """The offices from which archives have come since a day."""
    return [dict(row) for row in connection.execute(_RECEIVED_SINCE, {"since": since}).mappings()]


_LAST_PACKED = text(
    "SELECT partner_id, max(substr(created_at, 1, 10)) FROM bundle WHERE direction = 'received' AND kind = 'archives'"
    " AND undone_at IS NULL GROUP BY partner_id"
)


def last_packed(connection: Connection) -> dict[str, str]:
    """On which day each office packed the last archives that have come from it."""
    return {row[0]: row[1] for row in connection.execute(_LAST_PACKED)}


# -- the chain between two offices -------------------------------------------------------------------------------

_LAST = text(
    "SELECT sequence, payload_sha256 FROM bundle"
    " WHERE direction = :direction AND partner_id = :partner AND undone_at IS NULL"
    " ORDER BY sequence DESC, handled_at DESC LIMIT 1"
)


def last_bundle(connection: Connection, direction: str, partner_id: str) -> tuple[int, str]:
    """Number and payload hash of the last bundle sent to or received from a partner; (0, "") before the first."""
    row = connection.execute(_LAST, {"direction": direction, "partner": partner_id}).first()
    return (0, "") if row is None else (row[0], row[1])


def next_sequence(connection: Connection, partner_id: str) -> int:
    """The number the next bundle to *partner_id* takes."""
    floors = setting_store.read(connection, _SEQUENCE_FLOOR) or {}
    return int(max(last_bundle(connection, "sent", partner_id)[0], floors.get(partner_id, 0))) + 1


def reserve_sequence(connection: Connection, partner_id: str, sequence: int) -> None:
    """Never give *sequence* (or a lower one) to another bundle for *partner_id*."""
    floors = setting_store.read(connection, _SEQUENCE_FLOOR) or {}
    floors[partner_id] = sequence
    setting_store.put(connection, _SEQUENCE_FLOOR, floors)


def skip_sequences(connection: Connection, distance: int) -> None:
    """Leave a gap to every partner: a restored office must not reuse numbers it no longer remembers.

    Also to those that had got nothing when the backup was made: they may have got their first bundle since.
    """
    for known in partners(connection):
        reserve_sequence(connection, known["id"], next_sequence(connection, known["id"]) - 1 + distance)


# -- the record of bundles ---------------------------------------------------------------------------------------


def insert_bundle(connection: Connection, row: Row, items: Sequence[Row]) -> None:
    """Record a bundle with what became of each archive in it."""
    connection.execute(insert(BUNDLE), row)
    if items:
        insert_rows(connection, ITEM, [{"bundle_id": row["id"], **item} for item in items])


def find_by_payload(connection: Connection, direction: str, payload_sha256: str) -> Row | None:
    """The bundle sent or received with this payload; one that was undone counts as never received."""
    statement = BUNDLE.select().where(
        BUNDLE.c.direction == direction, BUNDLE.c.payload_sha256 == payload_sha256, BUNDLE.c.undone_at.is_(None)
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else dict(row)


def find_bundle(connection: Connection, bundle_id: str) -> Row | None:
    """The bundle *bundle_id*."""
    row = connection.execute(BUNDLE.select().where(BUNDLE.c.id == bundle_id)).mappings().first()
    return None if row is None else dict(row)


_LISTED = ", ".join(f"b.{column.name}" for column in BUNDLE.c if column.name != "summary")
"""Without the summary: it may tell of every household, and a list needs none of that."""
_LIST = text(
    f"SELECT {_LISTED}, coalesce(p.name, '') AS partner_name"  # noqa: S608 - names of columns
    " FROM bundle b LEFT JOIN partner_office p ON p.id = b.partner_id"
    " ORDER BY b.handled_at DESC, b.sequence DESC LIMIT :limit"
)


def list_bundles(connection: Connection, limit: int) -> list[Row]:
    """The bundles sent and received, newest first, with the partner's name, without their summaries."""
    return [dict(row) for row in connection.execute(_LIST, {"limit": limit}).mappings()]


_RECEIVED = text(
    f"SELECT {_LISTED}, coalesce(p.name, '') AS partner_name"  # noqa: S608 - names of columns
    " FROM bundle b LEFT JOIN partner_office p ON p.id = b.partner_id"
    " WHERE b.direction = 'received' AND b.kind = 'archives' AND b.undone_at IS NULL"
    " ORDER BY b.handled_at DESC, b.sequence DESC"
)


def received_bundles(connection: Connection) -> list[Row]:
    """Every bundle of archives received, newest first, as :func:`list_bundles` tells them."""
    return [dict(row) for row in connection.execute(_RECEIVED).mappings()]


def bundle_items(connection: Connection, bundle_id: str) -> list[Row]:
    """Archive, revision and outcome of each item of a bundle."""
    statement = ITEM.select().where(ITEM.c.bundle_id == bundle_id).order_by(ITEM.c.archive_id)
    return [dict(row) for row in connection.execute(statement).mappings()]


_MARK_EXPORTED = text(
    "UPDATE archive SET exported_revision = :revision, exported_sequence = :sequence"
    " WHERE id = :archive_id AND exported_revision <= :revision"
)
_MARK_ACKNOWLEDGED = text(
    "UPDATE archive SET acknowledged_revision = :revision, acknowledged_at = :at"
    " WHERE id = :archive_id AND acknowledged_revision < :revision AND revision >= :revision"
)
_MARK_RECEIPTED = text("UPDATE bundle SET receipted_at = :at WHERE id = :id AND receipted_at IS NULL")


def mark_exported(connection: Connection, items: Sequence[Row], sequence: int) -> None:
    """Note which revision of each archive travels in bundle *sequence*."""
    if items:
        rows = [{"archive_id": item["archive_id"], "revision": item["revision"], "sequence": sequence} for item in items]
        connection.execute(_MARK_EXPORTED, rows)


def mark_acknowledged(connection: Connection, revisions: Iterable[tuple[str, int]], at: str) -> int:
    """Note which revision of each archive the office above has; how many archives that was news for."""
    return sum(
        connection.execute(_MARK_ACKNOWLEDGED, {"archive_id": archive_id, "revision": revision, "at": at}).rowcount
        for archive_id, revision in revisions
    )


_MARK_UNDONE = text("UPDATE bundle SET undone_at = :at, undone_by = :by WHERE id = :id")


def mark_undone(connection: Connection, bundle_id: str, at: str, by: str) -> None:
    """From now on the bundle counts as never received."""
    connection.execute(_MARK_UNDONE, {"id": bundle_id, "at": at, "by": by})


def mark_receipted(connection: Connection, bundle_id: str, at: str) -> None:
    """Note that the receipt for a sent bundle has come."""
    connection.execute(_MARK_RECEIPTED, {"id": bundle_id, "at": at})


# -- what a received bundle brings -------------------------------------------------------------------------------

_DELIVERED_BY = text(
    "SELECT i.archive_id, b.partner_id FROM bundle_item i JOIN bundle b ON b.id = i.bundle_id"
    " WHERE b.direction = 'received' AND b.kind = 'archives' AND b.undone_at IS NULL"
    " AND i.outcome NOT IN ('refused', 'conflict', 'older')"
    " AND i.archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY b.handled_at, b.sequence"
)
_REVISIONS_HELD = text(
    "SELECT archive_id, revision FROM archive_revision WHERE archive_id IN (SELECT value FROM json_each(:ids))"
)
_MEMBERS_HELD = text("SELECT id, archive_id FROM household_member WHERE id IN (SELECT value FROM json_each(:ids))")
_PAPERS_HELD = text(
    "SELECT id, archive_id, stored_sha256, stored_size, removed_at FROM attachment"
    " WHERE id IN (SELECT value FROM json_each(:ids))"
)


_LABELS = text(
    "SELECT id, archive_number, coalesce(name, '') FROM archive WHERE id IN (SELECT value FROM json_each(:ids))"
)


def _by_ids(connection: Connection, statement: Any, ids: Iterable[str]) -> list[Any]:
    return list(connection.execute(statement, {"ids": json.dumps(list(ids))}))


def archive_labels(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """档案编号 and name of those of these archives that are here."""
    return {row[0]: (row[1], row[2]) for row in _by_ids(connection, _LABELS, ids)}


def delivered_by(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Which partner brought each of the archives last."""
    return {row[0]: row[1] for row in _by_ids(connection, _DELIVERED_BY, ids)}


def revisions_held(connection: Connection, ids: Iterable[str]) -> set[tuple[str, int]]:
    """The revisions already in the history of these archives."""
    return {(row[0], row[1]) for row in _by_ids(connection, _REVISIONS_HELD, ids)}


def member_homes(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """In which archive each of these member ids stands."""
    return {row[0]: row[1] for row in _by_ids(connection, _MEMBERS_HELD, ids)}


def papers_held(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    """Archive, hash and size of those of these attachments that are here already."""
    return {row[0]: dict(row._mapping) for row in _by_ids(connection, _PAPERS_HELD, ids)}


def store_received(
    connection: Connection, new: Sequence[StoredArchive], changed: Sequence[StoredArchive], revisions: Sequence[Row]
) -> None:
    """Store archives as received, with the given rows of their history; nothing of the history is rewritten."""
    insert_rows(connection, archive_store.ARCHIVE, [archive_store.archive_row(stored) for stored in new])
    for stored in changed:
        archive_store.replace_current(connection, stored)
    members = [row for stored in new for row in archive_store.member_rows(stored.id, stored.content)]
    insert_rows(connection, archive_store.MEMBER, members)
    insert_rows(connection, archive_store.REVISION, revisions)
    archive_store.index_persons(connection, new)


_UPDATE_PAPER = text(
    "UPDATE attachment SET document_type = :document_type, name = :name, note = :note, removed_at = :removed_at"
    " WHERE id = :id"
)


def store_papers(connection: Connection, new: Sequence[Row], known: Sequence[Row]) -> None:
    """Add the attachments that came, bring those already here up to date."""
    if new:
        connection.execute(insert(ATTACHMENT), list(new))
    if known:
        connection.execute(_UPDATE_PAPER, list(known))


_STORED_NAMES = text(
    "SELECT stored_name FROM attachment WHERE stored_name IN (SELECT value FROM json_each(:ids)) UNION ALL"
    " SELECT stored_name FROM office_paper WHERE stored_name IN (SELECT value FROM json_each(:ids))"
)


def known_stored_names(connection: Connection, names: Iterable[str]) -> set[str]:
    """Which of these file names the database refers to."""
    return {row[0] for row in _by_ids(connection, _STORED_NAMES, names)}
