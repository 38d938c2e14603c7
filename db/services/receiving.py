"""Bundles that come to this office: looked at first, then received whole or not at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.errors import NuandangError, Progress, UserError
from db.exchange import staging
from db.exchange.bundle_apply import ArchiveIntake, ReceiptIntake
from db.exchange.bundle_beside import Trust
from db.exchange.bundle_compare import Judge
from db.exchange.bundle_format import BundleKind, Manifest
from db.exchange.bundle_read import BundleReceiver, FormerKey, OpenBundle, open_bundle
from db.exchange.identity import exchange_keys, payload_fingerprint
from db.services import backups
from db.services.bundle_outcomes import (
    BundlePreview,
    ReceiveOutcome,
    content_warnings,
    outcome_counts,
    preview_item,
    receipt_items,
)
from db.services.leftovers import tidy_attachments
from db.services.office import ATTACHMENTS, OfficeSession, write_journal
from db.services.partners import RELATIONS, refuse_revoked, sender_keys
from db.services.sending import write_receipt
from db.store import bundle_store

_KINDS = {
    BundleKind.ARCHIVES: "档案上报包",
    BundleKind.RECEIPT: "回执",
    BundleKind.ANSWER: "下发的审核结果",
    BundleKind.VISIT_OUT: "外出包",
    BundleKind.VISIT_BACK: "外出带回包",
}
_SENDERS = {
    BundleKind.ARCHIVES: "child",
    BundleKind.RECEIPT: "parent",
    BundleKind.ANSWER: "parent",
    BundleKind.VISIT_OUT: "desk",
    BundleKind.VISIT_BACK: "laptop",
}
"""What the sender of each kind must be to this office."""


# -- before anything is decrypted --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Addressed:
    """A bundle for this office from an enrolled sender, with what its place in the chain tells."""

    bundle: OpenBundle
    partner: bundle_store.Row
    last_sequence: int
    last_sha256: str
    former: list[FormerKey]
    """Keys the sender had before."""
    keys_changed_on: str
    """The day it was enrolled with other keys, when nothing has come since; else empty."""

    def read(self, session: OfficeSession, receiver: BundleReceiver, progress: Progress | None) -> None:
        """Decrypt, verify and hand over everything."""
        keys = exchange_keys(session.database)  # whoever is addressed has them already
        self.bundle.read(keys, self.partner["verify_key"], receiver, progress, self.former)


def _addressed(connection: Connection, session: OfficeSession, path: Path) -> _Addressed:
    """Open *path* and refuse what can be refused by its cover: foreign, unknown, misdirected, repeated, older."""
    bundle = open_bundle(path)
    cover = bundle.cover
    if cover.receiver.id != session.office.id:
        raise UserError("bundle_for_other", receiver=cover.receiver.name)
    partner = bundle_store.partner(connection, cover.sender.id)
    if partner is None:
        raise UserError("bundle_unknown_sender", sender=cover.sender.name)
    refuse_revoked(partner, "bundle_sender_revoked")
    if partner["relation"] != _SENDERS[cover.kind]:
        relation, kind = RELATIONS[partner["relation"]], _KINDS[cover.kind]
        raise UserError("bundle_wrong_direction", sender=partner["name"], relation=relation, kind=kind)
    repeated = bundle_store.find_by_payload(connection, "received", cover.payload_sha256)
    if repeated:
        owes = cover.kind is BundleKind.ARCHIVES and repeated["receipted_at"] is None
        code = "bundle_owes_receipt" if owes else "bundle_repeated"
        raise UserError(code, sequence=cover.sequence, when=repeated["handled_at"][:10])
    last, sha256 = bundle_store.last_bundle(connection, "received", partner["id"])
    changed_on = bundle_store.keys_changed_since_last(connection, partner["id"])
    # a receipt only ever adds to what is known, so one that comes late is still welcome
    if cover.kind is BundleKind.ARCHIVES and cover.sequence <= last:
        code = "bundle_renumbered" if changed_on else "bundle_older"
        raise UserError(code, sequence=cover.sequence, sender=partner["name"], last=last, when=changed_on[:10])
    return _Addressed(bundle, partner, last, sha256, sender_keys(connection, partner), changed_on[:10])


def _chain_warnings(session: OfficeSession, addressed: _Addressed, manifest: Manifest) -> list[str]:
    found = []
    missing = manifest.sequence - addressed.last_sequence - 1
    if missing > 0:
        first, last = addressed.last_sequence + 1, manifest.sequence - 1
        which = f"第 {first} 包" if first == last else f"第 {first} 至 {last} 包"
        found.append(f"中间缺{which}，可能还在路上或已丢失；里面的档案请对方重新导出一次。")
    elif missing == 0 and manifest.previous_sha256 != addressed.last_sha256:
        found.append(_broken_chain(addressed))
    try:
        ahead = datetime.fromisoformat(manifest.created_at) - session.clock()
    except (ValueError, TypeError):
        ahead = timedelta(0)
    if ahead > timedelta(days=1):
        found.append(f"数据包的日期 {manifest.created_at[:10]} 在今天之后，请核对两边电脑的时间。")
    return found


def _broken_chain(addressed: _Addressed) -> str:
    if addressed.keys_changed_on:
        changed = f"“{addressed.partner['name']}”在 {addressed.keys_changed_on} 换了密钥重新登记"
        return f"{changed}，这一包与换之前的接不上；请它选“全部”再导出一次，两边就对齐了。"
    return "与上一包接不上，对方可能恢复过备份或换过电脑；请打电话核对，再请它选“全部”导出一次。"


def _judge(connection: Connection, session: OfficeSession, sender: bundle_store.Row) -> Judge:
    children = {row["id"] for row in bundle_store.partners(connection) if row["relation"] == "child"}
    return Judge(
        connection,
        trust=Trust(session.office.id, session.office.level, sender["id"], sender["level"]),
        other_children=children - {sender["id"]},
        today=session.today,
    )


# -- preview -----------------------------------------------------------------------------------------------------


def inspect_bundle(session: OfficeSession, path: Path, progress: Progress | None = None) -> BundlePreview:
    """Verify a bundle completely and tell what receiving it would change; nothing is changed."""
    with session.database.reading() as connection:
        addressed = _addressed(connection, session, path)
        if addressed.bundle.cover.kind is BundleKind.RECEIPT:
            receipt = ReceiptIntake()
            addressed.read(session, receipt, progress)
            return _receipt_preview(connection, addressed, receipt)
        intake = ArchiveIntake(connection, _judge(connection, session, addressed.partner))
        addressed.read(session, intake, progress)
        return _archives_preview(connection, session, addressed, intake)


def _archives_preview(
    connection: Connection,
    session: OfficeSession,
    addressed: _Addressed,
    intake: ArchiveIntake,
) -> BundlePreview:
    assert intake.sent
    names = _names(connection, session, intake.sent)
    items = [preview_item(verdict, names) for verdict in intake.verdicts]
    return BundlePreview(
        **_cover_values(addressed),
        **outcome_counts(intake.verdicts),
        items=items,
        warnings=_chain_warnings(session, addressed, intake.sent) + content_warnings(intake.verdicts),
    )


def _names(connection: Connection, session: OfficeSession, manifest: Manifest | None) -> dict[str, str]:
    told = {office.id: office.name for office in manifest.offices} if manifest else {}
    return {**told, **bundle_store.office_names(connection), session.office.id: session.office.name}


def _cover_values(addressed: _Addressed) -> dict[str, Any]:
    cover = addressed.bundle.cover
    return {
        "path": addressed.bundle.path,
        "kind": cover.kind.value,
        "sender_id": cover.sender.id,
        "sender_name": addressed.partner["name"],
        "sequence": cover.sequence,
        "created_at": cover.created_at,
        "fingerprint": payload_fingerprint(cover.payload_sha256),
        "payload_sha256": cover.payload_sha256,
        "archive_count": cover.counts.archives,
        "incomplete_count": cover.counts.incomplete,
        "attachment_count": cover.counts.attachments,
        "payload_bytes": cover.payload_bytes,
    }


# -- receiving ---------------------------------------------------------------------------------------------------


def receive_bundle(
    session: OfficeSession,
    path: Path,
    progress: Progress | None = None,
    *,
    receipt_folder: Path | None = None,
    expected_sha256: str | None = None,
) -> ReceiveOutcome:
    """Receive a bundle in one transaction, after a backup; for archives a receipt is written beside it.

    *expected_sha256* is the preview's payload hash: another file in its place is refused. A receipt that cannot be
    written does not undo the reception; it can be written again with ``write_receipt``.
    """
    with session.database.reading() as connection:
        addressed = _addressed(connection, session, path)
    cover = addressed.bundle.cover
    if expected_sha256 not in {None, cover.payload_sha256}:
        raise UserError("bundle_changed_meanwhile")
    if cover.kind is BundleKind.RECEIPT:
        intake = ReceiptIntake()
        addressed.read(session, intake, progress)
        with session.database.writing() as connection:
            return _apply_receipt(connection, session, addressed, intake)
    outcome = _apply_archives(session, addressed, progress)
    return _with_receipt(session, outcome, receipt_folder or path.parent)


def _apply_archives(session: OfficeSession, addressed: _Addressed, progress: Progress | None) -> ReceiveOutcome:
    incoming = staging.Staging(session.folder / ATTACHMENTS)
    try:
        with session.database.writing() as connection:
            tidy_attachments(connection, session)
            # again, now that nobody else can write: two windows must not take the same bundle
            addressed = _addressed(connection, session, addressed.bundle.path)
            judge = _judge(connection, session, addressed.partner)
            intake = ArchiveIntake(connection, judge, incoming)
            addressed.read(session, intake, progress)
            backup = backups.before_receiving(session, connection)
            outcome = _record_archives(connection, session, addressed, intake, backup.name)
            incoming.publish()
    except BaseException:
        incoming.discard()
        raise
    incoming.finish()
    return outcome


def _record_archives(
    connection: Connection, session: OfficeSession, addressed: _Addressed, intake: ArchiveIntake, backup_name: str
) -> ReceiveOutcome:
    assert intake.sent
    warnings = _chain_warnings(session, addressed, intake.sent) + content_warnings(intake.verdicts)
    reasons = {verdict.archive_id: verdict.reason for verdict in intake.verdicts if verdict.reason}
    bundle_store.learn_office_names(connection, {office.id: office.name for office in intake.sent.offices})
    counts = outcome_counts(intake.verdicts)
    row = _received_row(session, addressed, intake.sent, {"reasons": reasons, **counts})
    bundle_store.insert_bundle(connection, row, intake.items())
    write_journal(connection, session, "receive_bundle", {"sequence": intake.sent.sequence, **counts})
    return ReceiveOutcome(
        bundle_id=row["id"],
        kind=BundleKind.ARCHIVES.value,
        sender_name=addressed.partner["name"],
        sequence=intake.sent.sequence,
        answered_sequence=0,
        archive_count=len(intake.verdicts),
        acknowledged_count=0,
        attachment_count=intake.attachments_stored,
        backup_name=backup_name,
        warnings=warnings,
        **counts,
    )


def _received_row(
    session: OfficeSession, addressed: _Addressed, manifest: Manifest, summary: dict[str, object]
) -> bundle_store.Row:
    cover = addressed.bundle.cover
    return {
        "id": new_id(),
        "direction": "received",
        "kind": cover.kind.value,
        "partner_id": addressed.partner["id"],
        "sequence": cover.sequence,
        "payload_sha256": cover.payload_sha256,
        "previous_sha256": manifest.previous_sha256,
        "file_name": addressed.bundle.path.name,
        "created_at": cover.created_at,
        "handled_at": session.now,
        "handled_by": session.clerk.name,
        "archive_count": cover.counts.archives,
        "attachment_count": cover.counts.attachments,
        "payload_bytes": cover.payload_bytes,
        "receipted_at": None,
        "summary": summary,
    }


def _with_receipt(session: OfficeSession, outcome: ReceiveOutcome, folder: Path) -> ReceiveOutcome:
    try:
        return replace(outcome, receipt=write_receipt(session, outcome.bundle_id, folder))
    except NuandangError as fault:
        return replace(outcome, receipt_problem=fault.text())


# -- receipts ----------------------------------------------------------------------------------------------------


def _receipt_warnings(connection: Connection, intake: ReceiptIntake) -> list[str]:
    assert intake.sent and intake.sent.answers
    answers = intake.sent.answers
    if bundle_store.find_by_payload(connection, "sent", answers.payload_sha256):
        return []
    return [f"第 {answers.sequence} 包不在本单位的记录里，可能恢复过备份；只更新对得上的档案。"]


def _receipt_preview(connection: Connection, addressed: _Addressed, intake: ReceiptIntake) -> BundlePreview:
    assert intake.sent and intake.sent.answers
    labels = bundle_store.archive_labels(connection, [line.archive_id for line in intake.lines])
    items = receipt_items(intake.lines, labels)
    return BundlePreview(
        **_cover_values(addressed),
        answered_sequence=intake.sent.answers.sequence,
        acknowledged_count=sum(1 for archive_id, _ in intake.acknowledged() if archive_id in labels),
        set_aside_count=len(items),
        items=items,
        warnings=_receipt_warnings(connection, intake),
    )


def _apply_receipt(
    connection: Connection, session: OfficeSession, addressed: _Addressed, intake: ReceiptIntake
) -> ReceiveOutcome:
    assert intake.sent and intake.sent.answers
    answers = intake.sent.answers
    labels = bundle_store.archive_labels(connection, [line.archive_id for line in intake.lines])
    set_aside = receipt_items(intake.lines, labels)
    acknowledged = [(archive_id, revision) for archive_id, revision in intake.acknowledged() if archive_id in labels]
    changed = bundle_store.mark_acknowledged(connection, acknowledged, session.now)
    sent = bundle_store.find_by_payload(connection, "sent", answers.payload_sha256)
    warnings = _receipt_warnings(connection, intake)
    if sent:
        bundle_store.mark_receipted(connection, sent["id"], session.now)
    detail = {"answers": answers.sequence, "acknowledged": len(acknowledged), "set_aside": len(set_aside)}
    row = _received_row(session, addressed, intake.sent, {**detail})
    items = [
        {"archive_id": line.archive_id, "revision": line.revision, "outcome": line.outcome.value}
        for line in intake.lines
    ]
    bundle_store.insert_bundle(connection, row, items)
    write_journal(connection, session, "receive_receipt", {**detail, "changed": changed})
    return ReceiveOutcome(
        bundle_id=row["id"],
        kind=BundleKind.RECEIPT.value,
        sender_name=addressed.partner["name"],
        sequence=intake.sent.sequence,
        answered_sequence=answers.sequence,
        archive_count=len(intake.lines),
        new_count=0,
        changed_count=changed,
        same_count=0,
        duplicate_count=0,
        set_aside_count=len(set_aside),
        acknowledged_count=len(acknowledged),
        attachment_count=0,
        warnings=warnings,
    )
