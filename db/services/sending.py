"""Bundles that leave this office: archives to the office above, receipts to the offices below."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.errors import NuandangError, Progress, UserError
from db.exchange import bundle_records
from db.exchange.bundle_beside import levels_of
from db.exchange.bundle_format import (
    MOST_WANTED,
    SUFFIX,
    Answered,
    BundleKind,
    Counts,
    Manifest,
    OfficeName,
    Outcome,
)
from db.exchange.bundle_office_papers import papers_out
from db.exchange.bundle_register import entry_lines
from db.exchange.bundle_write import AttachmentFile, BundlePlan, WrittenBundle, write_bundle
from db.exchange.identity import exchange_keys, payload_fingerprint
from db.services.office import ATTACHMENTS, OfficeSession, write_journal
from db.services.partners import parent_row, refuse_revoked
from db.store import aid_store, answer_store, bundle_store, record_store, review_store, setting_store
from resources import VERSION


@dataclass(frozen=True, slots=True)
class BundleSummary:
    """A bundle this office has written: what its cover sheet says."""

    bundle_id: str
    kind: str
    path: Path
    file_name: str
    sender_name: str
    receiver_name: str
    sequence: int
    created_at: str
    clerk_name: str
    archive_count: int
    incomplete_count: int
    attachment_count: int
    payload_bytes: int
    file_bytes: int
    payload_sha256: str
    fingerprint: str
    volumes: list[str] = field(default_factory=list)
    """Names of the files of a bundle in volumes; empty of one in a single file."""

    @property
    def files_text(self) -> str:
        """The file, and that there are more of them where the bundle is in volumes."""
        return f"{self.file_name}（共 {len(self.volumes)} 卷，缺一不可）" if self.volumes else self.file_name


def unsubmitted_ids(session: OfficeSession, *, with_unreceipted: bool = False) -> list[str]:
    """Archives changed since their last export; with *with_unreceipted* also those exported but not acknowledged."""
    with session.database.reading() as connection:
        return bundle_store.unsubmitted_ids(connection, session.office.level, with_unreceipted=with_unreceipted)


def export_bundle(
    session: OfficeSession,
    ids: Sequence[str] | None,
    target_folder: Path,
    receiver_id: str | None = None,
    progress: Progress | None = None,
    *,
    full: bool = False,
) -> BundleSummary:
    """Write the archives *ids* (None: those not yet submitted) as the next bundle for the office above.

    With None it may be that only registers have changed: then a bundle without archives takes them up.

    The number is taken, and the archives marked as exported, only when the bundle has been read back and found
    whole. With *full* the whole history goes along, also what the receiver has acknowledged before.
    """
    partner = parent_row(session, receiver_id)
    keys = exchange_keys(session.database)
    with session.database.reading() as connection:
        chosen = bundle_store.unsubmitted_ids(connection, session.office.level) if ids is None else list(dict.fromkeys(ids))
        entries = registers_out(connection, session)
        papers = papers_out(connection, entries, 0 if full else int(session.today[:4]))
        if not chosen and (ids is not None or not _entries_waiting(connection, entries, papers, partner["id"])):
            raise UserError("nothing_to_export")
        plan = _archive_plan(connection, session, partner, chosen, entries, papers, full=full)
        items = bundle_store.revisions_of(connection, chosen)
        reviews = review_store.pending_ids(connection, chosen, session.office.level)
        money = aid_store.unsent_ids(connection, chosen)
        written = write_bundle(plan, keys, target_folder, progress)

    def note(connection: Connection, _summary: BundleSummary) -> None:
        setting_store.put(connection, _REGISTERS_SENT + partner["id"], _entries_print(entries, papers))

    return Sender(session, partner, plan.manifest, written, reviews, money, also=note).record(items)


# -- entries of registers -----------------------------------------------------------------------------------------

_REGISTERS_SENT = "registers_sent:"


def registers_out(connection: Connection, session: OfficeSession) -> list[bundle_store.Row]:
    """The entries that go up: of this office and of those below."""
    offices = [session.office.id, *bundle_store.offices_below(connection, session.office.id)]
    return record_store.office_records_out(connection, offices)


Papers = Mapping[str, Sequence[bundle_store.Row]]
"""Papers of entries, by entry."""


def _entries_print(entries: Sequence[bundle_store.Row], papers: Papers) -> str:
    beside = [f"{row['id']}{row['removed_at'] or ''}" for found in papers.values() for row in found]
    return hashlib.sha256("".join(sorted([*(row["id"] for row in entries), *beside])).encode()).hexdigest()


def _entries_waiting(connection: Connection, entries: Sequence[bundle_store.Row], papers: Papers, partner_id: str) -> bool:
    """Whether there are entries, or papers of them, other than those that went up last."""
    sent = setting_store.read(connection, _REGISTERS_SENT + partner_id)
    return bool(entries) and sent != _entries_print(entries, papers)


def registers_waiting(session: OfficeSession) -> int:
    """How many entries would go up, where any of them is new since the last bundle; else 0."""
    with session.database.reading() as connection:
        parent = next((row for row in bundle_store.partners(connection) if row["relation"] == "parent"), None)
        entries = registers_out(connection, session)
        papers = papers_out(connection, entries, int(session.today[:4]))
        return len(entries) if parent and _entries_waiting(connection, entries, papers, parent["id"]) else 0


def _archive_plan(
    connection: Connection,
    session: OfficeSession,
    partner: bundle_store.Row,
    ids: list[str],
    entries: Sequence[bundle_store.Row],
    papers: Papers,
    *,
    full: bool,
) -> BundlePlan:
    archives, incomplete = bundle_store.archive_totals(connection, ids)
    if archives != len(ids):
        raise UserError("archives_to_export_gone", count=len(ids) - archives)
    folder = session.folder / ATTACHMENTS
    beside = [row for found in papers.values() for row in found if row["removed_at"] is None]
    files = [
        AttachmentFile(folder / row["stored_name"], row["stored_sha256"], row["stored_size"], row["name"])
        for row in sorted([*bundle_store.attachment_files(connection, ids), *beside], key=lambda row: row["stored_sha256"])
    ]
    counts = Counts(archives, incomplete, len(files), sum(file.size for file in files))
    owners = {*bundle_store.owners_of(connection, ids), *(row["office_id"] for row in entries)} - {session.office.id}
    names = [OfficeName(owner, name) for owner, name in bundle_store.office_names(connection).items() if owner in owners]
    manifest = replace(
        make_manifest(connection, session, partner, BundleKind.ARCHIVES, counts, offices=names, records=len(entries) + archives),
        answered=answer_store.last_answer(connection, partner["id"]),
        wanted=answer_store.missing(connection, partner["id"])[:MOST_WANTED],
    )

    def lines() -> Iterator[bytes]:
        levels = levels_of(session.office.level, upwards=True)
        yield from entry_lines(entries, papers)
        yield from bundle_records.archive_lines(connection, ids, full=full, levels=levels)

    return BundlePlan(manifest, lines, files, partner["recipient"])


def make_manifest(
    connection: Connection,
    session: OfficeSession,
    partner: bundle_store.Row,
    kind: BundleKind,
    counts: Counts,
    *,
    answers: Answered | None = None,
    offices: list[OfficeName] | None = None,
    records: int | None = None,
) -> Manifest:
    """The manifest of the next bundle for *partner*, still without its records."""
    return Manifest(
        kind=kind,
        sender=OfficeName(session.office.exchange_id, session.office.exchange_name),
        receiver=OfficeName(partner["id"], partner["name"]),
        sequence=bundle_store.next_sequence(connection, partner["id"]),
        previous_sha256=bundle_store.last_bundle(connection, "sent", partner["id"])[1],
        created_at=session.now,
        counts=counts,
        records_sha256="",
        records_bytes=0,
        program=VERSION,
        answers=answers,
        offices=offices or [],
        records=records,
    )


@dataclass(frozen=True, slots=True)
class Sender:
    """Gives a written bundle its name and number and puts it on record."""

    session: OfficeSession
    partner: bundle_store.Row
    manifest: Manifest
    written: WrittenBundle
    reviews: Sequence[str] = ()
    """Ids of the reviews that travel upwards for the first time."""
    money: Sequence[str] = ()
    """Ids of grants and payouts, likewise."""
    also: Callable[[Connection, BundleSummary], None] | None = None
    """What else is put on record together with the bundle."""

    def record(self, items: list[bundle_store.Row]) -> BundleSummary:
        """Publish the file and record it; on failure there is no file and no record.

        The number is reserved before the file gets its name: should the program die in between, no second bundle
        can carry the same number – the archives still count as not submitted and go into the next one.
        """
        try:
            self._reserve(self.manifest.sequence)
            return self._publish(items)
        finally:
            self.written.discard()

    def _publish(self, items: list[bundle_store.Row]) -> BundleSummary:
        try:
            path = self.written.publish(bundle_file_name(self.manifest))
            summary = self._summary(path)
            with self.session.database.writing() as connection:
                self._insert(connection, summary, items)
        except BaseException:
            with suppress(OSError, NuandangError):  # why it failed is what the clerk must hear
                self.written.withdraw()  # a number whose file may still be somewhere is not given again
                self._release()
            raise
        return summary

    def _release(self) -> None:
        """Give the number back, once it is sure that no file carries it."""
        self._reserve(self.manifest.sequence - 1)

    def _reserve(self, sequence: int) -> None:
        with self.session.database.writing() as connection:
            bundle_store.reserve_sequence(connection, self.partner["id"], sequence)

    def _insert(self, connection: Connection, summary: BundleSummary, items: list[bundle_store.Row]) -> None:
        sent = self.manifest
        row = {
            "id": summary.bundle_id,
            "direction": "sent",
            "kind": summary.kind,
            "partner_id": self.partner["id"],
            "sequence": sent.sequence,
            "payload_sha256": summary.payload_sha256,
            "previous_sha256": sent.previous_sha256,
            "file_name": summary.file_name,
            "created_at": sent.created_at,
            "handled_at": self.session.now,
            "handled_by": self.session.clerk.name,
            "archive_count": summary.archive_count,
            "attachment_count": summary.attachment_count,
            "payload_bytes": summary.payload_bytes,
            "receipted_at": None,
            "summary": {**asdict(summary), "path": str(summary.path)},
        }
        bundle_store.insert_bundle(connection, row, items)
        if sent.kind is BundleKind.ARCHIVES:
            bundle_store.mark_exported(connection, items, sent.sequence)
            review_store.mark_exported(connection, self.reviews, sent.sequence)
            aid_store.mark_exported(connection, self.money, sent.sequence)
        if self.also:
            self.also(connection, summary)
        detail: dict[str, object] = {"sequence": sent.sequence, "archives": summary.archive_count, "kind": summary.kind}
        write_journal(connection, self.session, "export_bundle", detail)

    def _summary(self, path: Path) -> BundleSummary:
        cover = self.written.cover
        return BundleSummary(
            bundle_id=new_id(),
            kind=cover.kind.value,
            path=path,
            file_name=path.name,
            sender_name=cover.sender.name,
            receiver_name=cover.receiver.name,
            sequence=cover.sequence,
            created_at=cover.created_at,
            clerk_name=self.session.clerk.name,
            archive_count=cover.counts.archives,
            incomplete_count=cover.counts.incomplete,
            attachment_count=cover.counts.attachments,
            payload_bytes=cover.payload_bytes,
            file_bytes=self.written.file_bytes,
            payload_sha256=cover.payload_sha256,
            fingerprint=payload_fingerprint(cover.payload_sha256),
            volumes=[part.name for part in self.written.published] if len(self.written.published) > 1 else [],
        )


def record_sent(
    session: OfficeSession, partner: bundle_store.Row, manifest: Manifest, written: WrittenBundle
) -> BundleSummary:
    """Name, number and record a written bundle that carries no archives upwards; on failure nothing is left of it."""
    return Sender(session, partner, manifest, written).record([])


_LISTED = 12
"""How many received bundles a sentence names."""
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')


def _safe(name: str) -> str:
    """*name* as part of a file name on any system."""
    return _UNSAFE.sub("", name).strip(". ")[:40] or "单位"


def bundle_file_name(manifest: Manifest) -> str:
    """``梅城镇总工会-第13包-20261121.nuandang``; a receipt names the bundle it answers."""
    day = manifest.created_at[:10].replace("-", "")
    sender = _safe(manifest.sender.name)
    if manifest.kind is BundleKind.VISIT_OUT:
        return f"{_safe(manifest.receiver.name)}-外出包-第{manifest.sequence}包-{day}{SUFFIX}"
    if manifest.kind is BundleKind.VISIT_BACK:
        return f"{sender}-带回包-第{manifest.sequence}包-{day}{SUFFIX}"
    if manifest.answers is not None:
        return f"{sender}-回执-{_safe(manifest.receiver.name)}第{manifest.answers.sequence}包-{day}{SUFFIX}"
    if manifest.kind is BundleKind.ANSWER:
        return f"{sender}-下发-{_safe(manifest.receiver.name)}-第{manifest.sequence}包-{day}{SUFFIX}"
    return f"{sender}-第{manifest.sequence}包-{day}{SUFFIX}"


# -- receipts ----------------------------------------------------------------------------------------------------


def write_receipt(
    session: OfficeSession, bundle_id: str, target_folder: Path, progress: Progress | None = None
) -> BundleSummary:
    """Write (once more) the receipt for a received archives bundle."""
    keys = exchange_keys(session.database)
    with session.database.reading() as connection:
        bundle = bundle_store.find_bundle(connection, bundle_id)
        partner = bundle_store.partner(connection, bundle["partner_id"]) if bundle else None
        receipted = {BundleKind.ARCHIVES.value, BundleKind.VISIT_BACK.value}
        if bundle is None or partner is None or bundle["direction"] != "received" or bundle["kind"] not in receipted:
            raise UserError("bundle_not_found")
        if bundle["undone_at"]:
            raise UserError("bundle_was_undone", sequence=bundle["sequence"])
        refuse_revoked(partner)
        plan = _receipt_plan(connection, session, partner, bundle)
        written = write_bundle(plan, keys, target_folder, progress)
    summary = Sender(session, partner, plan.manifest, written).record([])
    with session.database.writing() as connection:
        bundle_store.mark_receipted(connection, bundle_id, session.now)
    return summary


def _receipt_plan(
    connection: Connection, session: OfficeSession, partner: bundle_store.Row, bundle: bundle_store.Row
) -> BundlePlan:
    reasons: dict[str, str] = bundle["summary"].get("reasons", {})
    items = [
        {
            "archive_id": item["archive_id"],
            "revision": item["revision"],
            "outcome": Outcome.CHANGED if item["outcome"] == Outcome.MERGED else item["outcome"],
            "reason": reasons.get(item["archive_id"], ""),
        }
        for item in bundle_store.bundle_items(connection, bundle["id"])
    ]
    answers = Answered(bundle["sequence"], bundle["payload_sha256"])
    manifest = make_manifest(
        connection, session, partner, BundleKind.RECEIPT, Counts(archives=len(items)), answers=answers
    )
    return BundlePlan(manifest, lambda: bundle_records.receipt_lines(items), [], partner["recipient"])


# -- the record --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BundleRecord:
    """One line of the list of bundles sent and received."""

    id: str
    direction: str
    kind: str
    partner_id: str
    partner_name: str
    sequence: int
    file_name: str
    fingerprint: str
    created_at: str
    handled_at: str
    handled_by: str
    archive_count: int
    attachment_count: int
    payload_bytes: int
    receipted_at: str | None
    undone_at: str | None = None


def list_bundles(session: OfficeSession, limit: int = 500) -> list[BundleRecord]:
    """The bundles sent and received, the newest first."""
    with session.database.reading() as connection:
        rows = bundle_store.list_bundles(connection, limit)
    return [_record(row) for row in rows]


def received_bundle(session: OfficeSession, sequence: int, sender: str = "") -> BundleRecord:
    """The received archives bundle number *sequence*; *sender* (a name) decides where several offices sent one."""
    with session.database.reading() as connection:
        received = [_record(row) for row in bundle_store.received_bundles(connection)]
    offered = [record for record in received if sender in {"", record.partner_name}]
    found = [record for record in offered if record.sequence == sequence]
    if not found:
        known = "、".join(f"{record.partner_name}第 {record.sequence} 包" for record in (offered or received)[:_LISTED])
        raise UserError("bundle_not_received" if known else "nothing_received", sequence=sequence, known=known)
    if len({record.partner_id for record in found}) > 1:
        raise UserError("bundle_of_which", sequence=sequence, known="、".join(record.partner_name for record in found))
    return found[0]


def _record(row: dict[str, Any]) -> BundleRecord:
    values = {key: row[key] for key in BundleRecord.__dataclass_fields__ if key != "fingerprint"}
    return BundleRecord(**values, fingerprint=payload_fingerprint(row["payload_sha256"]))


def bundle_summary(session: OfficeSession, bundle_id: str) -> BundleSummary:
    """The summary of a bundle sent earlier, to print its cover sheet again."""
    with session.database.reading() as connection:
        row = bundle_store.find_bundle(connection, bundle_id)
    if row is None or row["direction"] != "sent":
        raise UserError("bundle_not_found")
    return BundleSummary(**{**row["summary"], "path": Path(row["summary"]["path"])})
