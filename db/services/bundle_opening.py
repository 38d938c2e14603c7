"""The cover of a bundle that comes in: whom it is for, who sent it, where it stands in the chain – and its record."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.errors import Progress, UserError
from db.exchange.bundle_format import BundleKind, Manifest
from db.exchange.bundle_read import BundleReceiver, FormerKey, OpenBundle, open_bundle
from db.exchange.identity import exchange_keys, payload_fingerprint
from db.services.office import OfficeSession
from db.services.partners import RELATIONS, refuse_revoked, sender_keys
from db.store import bundle_store

_KINDS = {
    BundleKind.ARCHIVES: "档案上报包",
    BundleKind.RECEIPT: "回执",
    BundleKind.ANSWER: "下发的审核结果",
    BundleKind.VISIT_OUT: "外出包",
    BundleKind.VISIT_BACK: "外出带回包",
}
_SENDERS = {
    BundleKind.ARCHIVES: {"child"},
    BundleKind.RECEIPT: {"parent", "desk"},
    BundleKind.ANSWER: {"parent"},
    BundleKind.VISIT_OUT: {"desk"},
    BundleKind.VISIT_BACK: {"laptop"},
}
"""What the sender of each kind must be to this office."""
_MOST_NAMED = 1_000
_IN_ORDER = frozenset({BundleKind.ARCHIVES, BundleKind.VISIT_OUT, BundleKind.VISIT_BACK})
"""An older one of these must not come after a newer one; the others only ever add to what is known."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A bundle for this office from an enrolled sender, with what its place in the chain tells."""

    bundle: OpenBundle
    partner: bundle_store.Row
    last_sequence: int
    last_sha256: str
    former: list[FormerKey]
    """Keys the sender had before."""
    keys_changed_on: str
    """The day it was enrolled with other keys, when nothing has come since; else empty."""
    undone: list[tuple[int, str, str]]
    """Number, payload hash and moment of its bundles that were received and undone."""

    def read(self, session: OfficeSession, receiver: BundleReceiver, progress: Progress | None) -> None:
        """Decrypt, verify and hand over everything."""
        keys = exchange_keys(session.database)  # whoever is addressed has them already
        self.bundle.read(keys, self.partner["verify_key"], receiver, progress, self.former)


def open_addressed(connection: Connection, session: OfficeSession, path: Path) -> Addressed:
    """Open *path* and refuse what can be refused by its cover: foreign, unknown, misdirected, repeated, older."""
    bundle = open_bundle(path)
    cover = bundle.cover
    if cover.receiver.id != session.office.exchange_id:
        raise UserError("bundle_for_other", receiver=cover.receiver.name)
    partner = bundle_store.partner(connection, cover.sender.id)
    if partner is None:
        raise UserError("bundle_unknown_sender", sender=cover.sender.name)
    refuse_revoked(partner, "bundle_sender_revoked")
    if partner["relation"] not in _SENDERS[cover.kind]:
        relation, kind = RELATIONS[partner["relation"]], _KINDS[cover.kind]
        raise UserError("bundle_wrong_direction", sender=partner["name"], relation=relation, kind=kind)
    repeated = bundle_store.find_by_payload(connection, "received", cover.payload_sha256)
    if repeated:
        owes = cover.kind in {BundleKind.ARCHIVES, BundleKind.VISIT_BACK} and repeated["receipted_at"] is None
        code = "bundle_owes_receipt" if owes else "bundle_repeated"
        raise UserError(code, sequence=cover.sequence, when=repeated["handled_at"][:10])
    last, sha256 = bundle_store.last_bundle(connection, "received", partner["id"])
    changed_on = bundle_store.keys_changed_since_last(connection, partner["id"])
    # a receipt only ever adds to what is known, so one that comes late is still welcome
    if cover.kind in _IN_ORDER and cover.sequence <= last:
        code = "bundle_renumbered" if changed_on else "bundle_older"
        raise UserError(code, sequence=cover.sequence, sender=partner["name"], last=last, when=changed_on[:10])
    former, undone = sender_keys(connection, partner), bundle_store.undone_bundles(connection, partner["id"])
    return Addressed(bundle, partner, last, sha256, former, changed_on[:10], undone)


def chain_warnings(session: OfficeSession, addressed: Addressed, manifest: Manifest) -> list[str]:
    """Sentences about a gap, a broken chain, a clock that is ahead."""
    found = _undone_before(addressed, manifest)
    missing = manifest.sequence - addressed.last_sequence - 1
    if missing > 0:
        found += _gap(addressed, manifest.sequence)
    elif missing == 0 and manifest.previous_sha256 != addressed.last_sha256:
        found.append(_broken_chain(addressed))
    try:
        ahead = datetime.fromisoformat(manifest.created_at) - session.clock()
    except (ValueError, TypeError):
        ahead = timedelta(0)
    if ahead > timedelta(days=1):
        found.append(f"数据包的日期 {manifest.created_at[:10]} 在今天之后，请核对两边电脑的时间。")
    return found


def _undone_before(addressed: Addressed, manifest: Manifest) -> list[str]:
    payload = addressed.bundle.cover.payload_sha256
    days = [undone_at[:10] for _, sha256, undone_at in addressed.undone if sha256 == payload]
    return [f"第 {manifest.sequence} 包收过，{days[-1]} 撤销了；现在可以重新接收。"] if days else []


def _gap(addressed: Addressed, sequence: int) -> list[str]:
    """What is said of the numbers between the last bundle and this one: undone here, or not come at all."""
    between = range(addressed.last_sequence + 1, sequence)
    undone = {number for number, _, _ in addressed.undone if number in between}
    missing = [number for number in between if number not in undone] if len(between) <= _MOST_NAMED else list(between)
    found = []
    if undone:
        which = "、".join(f"第 {number} 包" for number in sorted(undone))
        found.append(f"{which}收过又撤销了；里面的档案还要的话，请先重新接收它，再收这一包。")
    if missing:
        first, last = missing[0], missing[-1]
        which = f"第 {first} 包" if first == last else f"第 {first} 至 {last} 包"
        found.append(f"中间缺{which}，可能还在路上或已丢失；里面的档案请对方重新导出一次。")
    return found


def _broken_chain(addressed: Addressed) -> str:
    if addressed.keys_changed_on:
        changed = f"“{addressed.partner['name']}”在 {addressed.keys_changed_on} 换了密钥重新登记"
        return f"{changed}，这一包与换之前的接不上；请它选“全部”再导出一次，两边就对齐了。"
    return "与上一包接不上，对方可能恢复过备份或换过电脑；请打电话核对，再请它选“全部”导出一次。"


def names_of(connection: Connection, session: OfficeSession, manifest: Manifest | None) -> dict[str, str]:
    """Names of offices by id: those the manifest tells of, those known here, this one."""
    told = {office.id: office.name for office in manifest.offices} if manifest else {}
    return {**told, **bundle_store.office_names(connection), session.office.id: session.office.name}


def cover_values(addressed: Addressed) -> dict[str, Any]:
    """What a preview tells of the cover."""
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


def received_row(
    session: OfficeSession, addressed: Addressed, manifest: Manifest, summary: dict[str, object], bundle_id: str
) -> bundle_store.Row:
    """The record of the received bundle."""
    cover = addressed.bundle.cover
    return {
        "id": bundle_id,
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
