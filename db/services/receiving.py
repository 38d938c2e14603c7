"""Bundles that come to this office: looked at first, then received whole or not at all."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.errors import NuandangError, Progress, UserError
from db.exchange import staging
from db.exchange.bundle_apply import ArchiveIntake, ReceiptIntake
from db.exchange.bundle_beside import Trust
from db.exchange.bundle_compare import Judge
from db.exchange.bundle_format import BundleKind
from db.services import backups
from db.services.bundle_opening import Addressed, chain_warnings, cover_values, names_of, open_addressed, received_row
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
from db.services.receive_record import KEY as HOUSEHOLDS
from db.services.receive_record import household_rows
from db.services.sending import write_receipt
from db.services.visit_receiving import receipt_came
from db.store import answer_store, bundle_store, review_store, undo_log

Apply = Callable[[Connection, OfficeSession, Addressed, staging.Incoming, str, Progress | None], ReceiveOutcome]
"""Applies a bundle in the caller's transaction and puts it on record under the given id."""


class BundleModule(Protocol):
    """What the module of a kind of bundle offers."""

    def preview_bundle(
        self, connection: Connection, session: OfficeSession, addressed: Addressed, progress: Progress | None
    ) -> BundlePreview:
        """Read the whole bundle and tell what it would change; nothing is written."""

    def apply_bundle(
        self,
        connection: Connection,
        session: OfficeSession,
        addressed: Addressed,
        incoming: staging.Incoming,
        bundle_id: str,
        progress: Progress | None,
    ) -> ReceiveOutcome:
        """Store what the bundle brings and its record, within the one transaction."""


_KIND_MODULES = {
    BundleKind.ANSWER: "db.services.answers",
    BundleKind.VISIT_OUT: "db.services.visits",
    BundleKind.VISIT_BACK: "db.services.visits",
}
"""Loaded when such a bundle comes."""


def module_of(kind: BundleKind) -> BundleModule | None:
    """The module that takes bundles of this kind; None for archives and receipts, which are taken here."""
    name = _KIND_MODULES.get(kind)
    module: BundleModule | None = import_module(name) if name else None
    return module


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
        return preview_addressed(connection, session, open_addressed(connection, session, path), progress)


def preview_addressed(
    connection: Connection, session: OfficeSession, addressed: Addressed, progress: Progress | None
) -> BundlePreview:
    """The preview as the data stand on *connection*."""
    module = module_of(addressed.bundle.cover.kind)
    if module:
        return module.preview_bundle(connection, session, addressed, progress)
    if addressed.bundle.cover.kind is BundleKind.RECEIPT:
        receipt = ReceiptIntake()
        addressed.read(session, receipt, progress)
        return _receipt_preview(connection, addressed, receipt)
    intake = ArchiveIntake(connection, _judge(connection, session, addressed.partner))
    addressed.read(session, intake, progress)
    return archives_preview(connection, session, addressed, intake)


def archives_preview(
    connection: Connection,
    session: OfficeSession,
    addressed: Addressed,
    intake: ArchiveIntake,
) -> BundlePreview:
    """What the intake has judged."""
    assert intake.sent
    names = names_of(connection, session, intake.sent)
    items = [preview_item(verdict, names) for verdict in intake.verdicts]
    return BundlePreview(
        **cover_values(addressed),
        **outcome_counts(intake.verdicts),
        items=items,
        warnings=chain_warnings(session, addressed, intake.sent) + content_warnings(intake.verdicts),
    )


# -- receiving ---------------------------------------------------------------------------------------------------


def receive_bundle(
    session: OfficeSession,
    path: Path,
    progress: Progress | None = None,
    *,
    receipt_folder: Path | None = None,
    expected_sha256: str | None = None,
    backup: bool = True,
) -> ReceiveOutcome:
    """Receive a bundle in one transaction, after a backup; for archives a receipt is written beside it.

    *expected_sha256* is the preview's payload hash: another file in its place is refused. A receipt that cannot be
    written does not undo the reception; it can be written again with ``write_receipt``.
    """
    with session.database.reading() as connection:
        addressed = open_addressed(connection, session, path)
    kind = addressed.bundle.cover.kind
    if expected_sha256 not in {None, addressed.bundle.cover.payload_sha256}:
        raise UserError("bundle_changed_meanwhile")
    if kind is BundleKind.RECEIPT:
        return _receive_receipt(session, addressed, progress)
    module = module_of(kind)
    outcome = apply_recorded(session, addressed, module.apply_bundle if module else apply_archives, progress, backup)
    if kind not in {BundleKind.ARCHIVES, BundleKind.VISIT_BACK}:
        return outcome
    return _with_receipt(session, outcome, receipt_folder or path.parent)


def apply_recorded(
    session: OfficeSession, addressed: Addressed, apply: Apply, progress: Progress | None, backup: bool = True
) -> ReceiveOutcome:
    """All of the bundle or nothing of it, after a backup, in a way that can be undone."""
    incoming, bundle_id, backup_name = staging.Staging(session.folder / ATTACHMENTS), new_id(), ""
    try:
        with session.database.writing() as connection:
            tidy_attachments(connection, session)
            # again, now that nobody else can write: two windows must not take the same bundle
            addressed = open_addressed(connection, session, addressed.bundle.path)
            with undo_log.recording(connection, bundle_id):
                outcome = apply(connection, session, addressed, incoming, bundle_id, progress)
            if backup:
                backup_name = backups.before_receiving(session, connection).name
            incoming.publish()
    except BaseException:
        incoming.discard()
        raise
    incoming.finish()
    return replace(outcome, backup_name=backup_name)


def apply_archives(
    connection: Connection,
    session: OfficeSession,
    addressed: Addressed,
    incoming: staging.Incoming,
    bundle_id: str,
    progress: Progress | None,
) -> ReceiveOutcome:
    """Store a bundle of archives and put it on record, in the caller's transaction."""
    intake = store_archives(connection, session, addressed, incoming, progress)
    return record_archives(connection, session, addressed, intake, bundle_id)


def store_archives(
    connection: Connection,
    session: OfficeSession,
    addressed: Addressed,
    incoming: staging.Incoming,
    progress: Progress | None,
) -> ArchiveIntake:
    """Judge and store the archives of a bundle."""
    intake = ArchiveIntake(connection, _judge(connection, session, addressed.partner), incoming)
    addressed.read(session, intake, progress)
    return intake


def record_archives(
    connection: Connection, session: OfficeSession, addressed: Addressed, intake: ArchiveIntake, bundle_id: str
) -> ReceiveOutcome:
    """Put a bundle of archives that was stored on record."""
    assert intake.sent
    warnings = chain_warnings(session, addressed, intake.sent) + content_warnings(intake.verdicts)
    reasons = {verdict.archive_id: verdict.reason for verdict in intake.verdicts if verdict.reason}
    bundle_store.learn_office_names(connection, {office.id: office.name for office in intake.sent.offices})
    counts = outcome_counts(intake.verdicts)
    households = household_rows(intake.verdicts, names_of(connection, session, intake.sent))
    if intake.sent.answered >= bundle_store.next_sequence(connection, addressed.partner["id"]):
        # this machine was restored from an old copy: what it sent under these numbers has been applied there
        bundle_store.reserve_sequence(connection, addressed.partner["id"], intake.sent.answered)
    said: dict[str, object] = {"answered": intake.sent.answered, "wanted": intake.sent.wanted}
    summary: dict[str, object] = {"reasons": reasons, HOUSEHOLDS: households, **said, **counts}
    row = received_row(session, addressed, intake.sent, summary, bundle_id)
    bundle_store.insert_bundle(connection, row, intake.items())
    write_journal(connection, session, "receive_bundle", {"sequence": intake.sent.sequence, **counts})
    return ReceiveOutcome(
        bundle_id=bundle_id,
        kind=BundleKind.ARCHIVES.value,
        sender_name=addressed.partner["name"],
        sequence=intake.sent.sequence,
        answered_sequence=0,
        archive_count=len(intake.verdicts),
        acknowledged_count=0,
        attachment_count=intake.papers_stored,
        warnings=warnings,
        **counts,
    )


def _with_receipt(session: OfficeSession, outcome: ReceiveOutcome, folder: Path) -> ReceiveOutcome:
    try:
        return replace(outcome, receipt=write_receipt(session, outcome.bundle_id, folder))
    except NuandangError as fault:
        return replace(outcome, receipt_problem=fault.text())


# -- receipts ----------------------------------------------------------------------------------------------------


def _receipt_warnings(connection: Connection, intake: ReceiptIntake) -> list[str]:
    assert intake.sent and intake.sent.answers
    answers = intake.sent.answers
    if bundle_store.find_by_payload(connection, "sent", answers.payload_sha256) is None:
        told = "可能恢复过备份；上级收到了什么，以下发的审核结果为准"
        return [f"第 {answers.sequence} 包不在本单位的记录里，{told}。"]
    if _is_superseded(connection, intake):
        return ["比这份回执新的审核结果已经读入，各户的状态以它为准。"]
    return []


def _is_superseded(connection: Connection, intake: ReceiptIntake) -> bool:
    """Whether a later answer of the sender has told the state of every archive."""
    assert intake.sent
    return intake.sent.sequence < answer_store.last_answer(connection, intake.sent.sender.id)


def _acknowledged(
    connection: Connection, intake: ReceiptIntake, labels: dict[str, tuple[str, str]]
) -> list[tuple[str, int]]:
    """Archives and revisions that arrived, as far as the receipt proves it.

    The numbers alone prove nothing to an office that restored a backup: there the same number may stand for another
    version by now. An answer tells contents apart.
    """
    assert intake.sent and intake.sent.answers
    sent = bundle_store.find_by_payload(connection, "sent", intake.sent.answers.payload_sha256)
    if sent is None or _is_superseded(connection, intake):
        return []
    return [(archive_id, revision) for archive_id, revision in intake.acknowledged() if archive_id in labels]


def _receipt_preview(connection: Connection, addressed: Addressed, intake: ReceiptIntake) -> BundlePreview:
    assert intake.sent and intake.sent.answers
    labels = bundle_store.archive_labels(connection, [line.archive_id for line in intake.lines])
    items = receipt_items(intake.lines, labels)
    return BundlePreview(
        **cover_values(addressed),
        answered_sequence=intake.sent.answers.sequence,
        acknowledged_count=len(_acknowledged(connection, intake, labels)),
        set_aside_count=len(items),
        items=items,
        warnings=_receipt_warnings(connection, intake),
    )


def _receive_receipt(session: OfficeSession, addressed: Addressed, progress: Progress | None) -> ReceiveOutcome:
    intake = ReceiptIntake()
    addressed.read(session, intake, progress)
    with session.database.writing() as connection:
        return apply_receipt(connection, session, addressed, intake)


def apply_receipt(
    connection: Connection, session: OfficeSession, addressed: Addressed, intake: ReceiptIntake
) -> ReceiveOutcome:
    assert intake.sent and intake.sent.answers
    answers = intake.sent.answers
    labels = bundle_store.archive_labels(connection, [line.archive_id for line in intake.lines])
    set_aside = receipt_items(intake.lines, labels)
    acknowledged = _acknowledged(connection, intake, labels)
    changed = bundle_store.mark_acknowledged(connection, acknowledged, session.now)
    sent = bundle_store.find_by_payload(connection, "sent", answers.payload_sha256)
    warnings = _receipt_warnings(connection, intake)
    if sent:
        bundle_store.mark_receipted(connection, sent["id"], session.now)
        receipt_came(connection, session, addressed.partner, sent)
        told = [archive_id for archive_id, _ in acknowledged]
        review_store.mark_acknowledged(connection, told, sent["sequence"], session.now)
    detail = {"answers": answers.sequence, "acknowledged": len(acknowledged), "set_aside": len(set_aside)}
    row = received_row(session, addressed, intake.sent, {**detail}, new_id())
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
