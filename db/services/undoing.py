"""Take the last received bundle back, as if it had never come – while nothing that was done since depends on it."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from db.errors import Cancelled, MachineError, Progress, UserError
from db.exchange import staging
from db.services import backups
from db.services.leftovers import tidy_attachments, tidy_incoming
from db.services.office import ATTACHMENTS, OfficeSession, write_journal
from db.store import aid_store, archive_store, bundle_store, undo_log

_NAMED = 3
"""How many households a sentence names."""
_STEPS = 4
_LATER = {
    "review": "审核过",
    "archive_merge": "合并过",
    "hand_over": "办过移交",
    "national_entry": "录入过全国系统",
    "duplicate_pair": "判定过是否重复",
    "visit_item": "带出或带回过",
    "archive_conflict": "处理过冲突",
    "person_warning": "处理过提醒",
    "means_revision": "填过家庭经济状况",
    "assessment": "认定过",
    "decision": "作过认定决定",
    "attachment": "增减过附件",
    "case_step": "办理过",
    "case_record": "登记过走访、结对或监测",
    "office_record": "登记过台账",
    "campaign_target": "开展过监测",
    "aid_grant": "批过救助",
    "payout": "发放过",
    "payment_line": "列入过发放名册",
}
HEALED_LATER = "对方可能已读回执；下一次下发的结果会自动更正。"


@dataclass(frozen=True, slots=True)
class UndoItem:
    """One archive and what becomes of it: *revision_then* 0 means that it goes."""

    archive_id: str
    archive_number: str
    name: str
    revision_now: int
    revision_then: int

    @property
    def is_new(self) -> bool:
        """Whether only the bundle brought it here."""
        return self.revision_then == 0


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """The last received bundle, what undoing it would change, and why it cannot be (*obstacle*; empty: it can)."""

    bundle_id: str
    kind: str
    sender_name: str
    sequence: int
    handled_at: str
    handled_by: str
    items: list[UndoItem]
    obstacle: str
    receipted: bool

    @property
    def new_count(self) -> int:
        """How many archives go."""
        return sum(1 for item in self.items if item.is_new)

    @property
    def changed_count(self) -> int:
        """How many archives are put back as they were."""
        return len(self.items) - self.new_count

    def text(self) -> str:
        """The offer in a few lines."""
        head = f"最近一次接收：{self.sender_name} 第 {self.sequence} 包，{self.handled_at[:10]}，经办 {self.handled_by}"
        what = f"撤销后：去掉新增的 {self.new_count} 户，{self.changed_count} 户恢复原样。"
        return "\n".join([head, self.obstacle or what])


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What undoing has changed."""

    bundle_id: str
    kind: str
    sender_name: str
    sequence: int
    removed_count: int
    restored_count: int
    backup_name: str
    warnings: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The outcome in a few lines."""
        head = f"已撤销接收 {self.sender_name} 第 {self.sequence} 包，这一包可以重新接收。"
        counts = f"去掉新增的 {self.removed_count} 户，{self.restored_count} 户恢复原样。"
        return "\n".join([head, counts, *self.warnings])


# -- whether it can be undone ------------------------------------------------------------------------------------


def undoable(session: OfficeSession) -> UndoOffer | None:
    """The last received bundle with what undoing it would do; None when there is none that could be undone."""
    with session.database.reading() as connection:
        return _offer(connection)


def _offer(connection: Connection) -> UndoOffer | None:
    told = undo_log.recorded(connection)
    bundle = bundle_store.find_bundle(connection, told.bundle_id) if told else None
    if told is None or bundle is None:
        return None
    partner = bundle_store.partner(connection, bundle["partner_id"])
    return UndoOffer(
        bundle_id=bundle["id"],
        kind=bundle["kind"],
        sender_name=partner["name"] if partner else "",
        sequence=bundle["sequence"],
        handled_at=bundle["handled_at"],
        handled_by=bundle["handled_by"],
        items=_items(connection, told),
        obstacle=_obstacle(connection, told),
        receipted=bundle["receipted_at"] is not None,
    )


_FORMER = text(
    "SELECT json_extract(row_key, '$[0]'), json_extract(before, '$.revision') FROM undo_step"
    " WHERE table_name = 'archive' AND act = 'U' AND json_extract(before, '$.revision') IS NOT NULL ORDER BY seq DESC"
)


def _items(connection: Connection, told: undo_log.Recorded) -> list[UndoItem]:
    labels = bundle_store.archive_labels(connection, told.touched)
    former: dict[str, int] = {row[0]: row[1] for row in connection.execute(_FORMER)}
    new = set(undo_log.inserted_keys(connection, "archive"))
    items = []
    for archive_id, (revision, _) in told.touched.items():
        number, name = labels.get(archive_id, ("", ""))
        then = 0 if archive_id in new else former.get(archive_id, revision)
        items.append(UndoItem(archive_id, number, name, revision, then))
    return sorted(items, key=lambda item: (not item.is_new, item.archive_number))


def _obstacle(connection: Connection, told: undo_log.Recorded) -> str:
    """One sentence about what was done since; empty when nothing depends on the bundle."""
    for archives, what in _later(connection, told):
        if archives is not None:
            return f"不能撤销：{_households(connection, archives)}接收之后{what}，撤销会丢掉这些记录。"
    return ""


def _later(connection: Connection, told: undo_log.Recorded) -> Iterable[tuple[Sequence[str] | None, str]]:
    """Each thing that may have been done since, with the archives it was done to; None where it was not."""
    yield _changed_since(connection, told) or None, "又修改过"
    yield _sent_since(connection, told) or None, "已经向上报送"
    yield _drafted(connection) or None, "有还没存档的草稿"
    now = undo_log.standing(connection, told.touched)
    for name, stands in now.items():
        before = told.stood.get(name, [0, ""])
        if stands[1] != before[1]:
            yield _rows_since(connection, told, name, before[0]), _LATER.get(name, "办过别的事")
    yield ([] if _policy_changed(connection, told) else None), "政策又换过版本"


def _households(connection: Connection, archive_ids: Sequence[str]) -> str:
    if not archive_ids:
        return ""
    labels = bundle_store.archive_labels(connection, archive_ids[:_NAMED])
    names = "、".join(labels[key][1] or labels[key][0] for key in archive_ids[:_NAMED] if key in labels)
    if not names:
        return f"其中 {len(archive_ids)} 户"
    return f"{names}等 {len(archive_ids)} 户" if len(archive_ids) > _NAMED else names


def _changed_since(connection: Connection, told: undo_log.Recorded) -> list[str]:
    stands = undo_log.archive_stands(connection, list(told.touched))
    return [archive_id for archive_id, stood in told.touched.items() if stands.get(archive_id) != stood]


_SENT_SINCE = text(
    "SELECT DISTINCT i.archive_id FROM bundle b JOIN bundle_item i ON i.bundle_id = b.id"
    " WHERE b.rowid > (SELECT rowid FROM bundle WHERE id = :bundle) AND b.direction = 'sent'"
    " AND b.kind IN ('archives', 'visit_out') AND i.archive_id IN (SELECT value FROM json_each(:ids))"
)
_DRAFTED = text("SELECT archive_id FROM draft WHERE archive_id IN (SELECT value FROM json_each(:ids))")


def _sent_since(connection: Connection, told: undo_log.Recorded) -> list[str]:
    ids = json.dumps([*told.touched, *told.marked])
    return [row[0] for row in connection.execute(_SENT_SINCE, {"bundle": told.bundle_id, "ids": ids})]


def _drafted(connection: Connection) -> list[str]:
    ids = json.dumps(undo_log.inserted_keys(connection, "archive"))
    return [row[0] for row in connection.execute(_DRAFTED, {"ids": ids})]


def _rows_since(connection: Connection, told: undo_log.Recorded, name: str, last: int) -> list[str]:
    found = undo_log.archives_after(connection, name, last)
    return [archive_id for archive_id in told.touched if archive_id in found]


def _policy_changed(connection: Connection, told: undo_log.Recorded) -> bool:
    """Whether the bundle replaced a policy in force and another one has replaced that since."""
    return undo_log.replaced_policy(connection) and undo_log.policy_standing(connection) != told.stood.get(
        undo_log.POLICY
    )


# -- undoing -----------------------------------------------------------------------------------------------------


def undo_last(session: OfficeSession, expected_bundle_id: str, progress: Progress | None = None) -> UndoOutcome:
    """Undo the last received bundle in one transaction, after a backup; refused when something depends on it.

    *expected_bundle_id* is the one that was shown: another one in its place stays. The bundle counts as never received
    afterwards, so the same file can be received again.
    """
    leaving: staging.Leaving | None = None
    try:
        with session.database.writing() as connection:
            tidy_attachments(connection, session)
            offer = _checked(connection, expected_bundle_id)
            _tell(progress, 0)
            backup = backups.before_receiving(session, connection, "before_undo")
            _tell(progress, 1)
            leaving = staging.Leaving(session.folder / ATTACHMENTS, _stored_names(connection))
            _go_back(connection)
            _tell(progress, 2)
            bundle_store.mark_undone(connection, offer.bundle_id, session.now, session.clerk.name)
            detail: dict[str, object] = {"bundle": offer.bundle_id, "sequence": offer.sequence}
            write_journal(connection, session, "undo_bundle", {**detail, "archives": len(offer.items)})
            leaving.announce()
            _tell(progress, 3)
    except BaseException:
        if leaving:
            leaving.call_off()
        raise
    with suppress(MachineError):  # another window is writing: whoever writes next clears them away
        tidy_incoming(session)
    with suppress(Cancelled):  # too late: it is done
        _tell(progress, _STEPS)
    return _outcome(offer, backup.name)


def _tell(progress: Progress | None, done: int) -> None:
    if progress:
        progress(done, _STEPS)


def _checked(connection: Connection, expected_bundle_id: str) -> UndoOffer:
    offer = _offer(connection)
    if offer is None:
        raise UserError("undo_nothing")
    if offer.bundle_id != expected_bundle_id:
        raise UserError("undo_other_bundle", sender=offer.sender_name, sequence=offer.sequence)
    if offer.obstacle:
        raise UserError("undo_depends", first=offer.obstacle)
    return offer


def _outcome(offer: UndoOffer, backup_name: str) -> UndoOutcome:
    return UndoOutcome(
        bundle_id=offer.bundle_id,
        kind=offer.kind,
        sender_name=offer.sender_name,
        sequence=offer.sequence,
        removed_count=offer.new_count,
        restored_count=offer.changed_count,
        backup_name=backup_name,
        warnings=[HEALED_LATER] if offer.receipted else [],
    )


_STORED_NAMES = text("SELECT stored_name FROM attachment WHERE id IN (SELECT value FROM json_each(:ids))")
_OPEN_PAIRS = text(
    "DELETE FROM duplicate_pair WHERE state = 'open' AND (first_archive_id IN (SELECT value FROM json_each(:ids))"
    " OR second_archive_id IN (SELECT value FROM json_each(:ids)))"
)
_STILL_NEEDED = text(
    "SELECT DISTINCT policy_sha256 FROM assessment WHERE policy_sha256 IN (SELECT value FROM json_each(:texts))"
    " AND id NOT IN (SELECT value FROM json_each(:assessments))"
)
_NOT_CURRENT = text("UPDATE policy_version SET is_current = 0 WHERE sha256 IN (SELECT value FROM json_each(:texts))")


def _stored_names(connection: Connection) -> list[str]:
    """The files of the papers the bundle brought; removed papers have a name, too, but no file."""
    ids = json.dumps(undo_log.inserted_keys(connection, "attachment"))
    return [row[0] for row in connection.execute(_STORED_NAMES, {"ids": ids})]


def _go_back(connection: Connection) -> None:
    told = undo_log.recorded(connection)
    assert told
    connection.execute(_OPEN_PAIRS, {"ids": json.dumps(undo_log.inserted_keys(connection, "archive"))})
    kept = _needed_policies(connection)
    archive_store.unindex_persons(connection, told.touched)
    undo_log.go_back(connection, {"policy_version": kept})
    archive_store.index_entries(connection, told.touched)
    aid_store.recount_funds(connection)
    if kept:
        connection.execute(_NOT_CURRENT, {"texts": json.dumps(sorted(kept))})


def _needed_policies(connection: Connection) -> set[Any]:
    """Policy texts the bundle brought on which an assessment of somebody else rests by now."""
    texts = undo_log.inserted_keys(connection, "policy_version")
    own = undo_log.inserted_keys(connection, "assessment")
    rows = connection.execute(_STILL_NEEDED, {"texts": json.dumps(texts), "assessments": json.dumps(own)})
    return {row[0] for row in rows}
