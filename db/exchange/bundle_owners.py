"""Whose an incoming archive is: who may bring it, whether it moved meanwhile, and whether a request to move it is genuine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.domain.hand_over import DONE, PURPOSE, HandOverState, last_accepted, request_bytes
from db.exchange.bundle_beside import BesideRows, Trust
from db.exchange.identity import ExchangeKeys, signature_holds
from db.store import bundle_store, hand_over_store, merge_store
from db.store.archive_store import StoredArchive

Row = Mapping[str, Any]


def signature_of_request(row: Row, keys: Iterable[str]) -> bool:
    """Whether the request in *row* was signed by the office that gives, with a key among *keys*."""
    try:
        signature = bytes.fromhex(row["signature"])
    except ValueError:
        return False
    return row["verify_key"] in set(keys) and signature_holds(row["verify_key"], PURPOSE, request_bytes(row), signature)


def trusted_keys(connection: Connection, office_id: str, *, with_revoked: bool = False) -> set[str]:
    """Keys with which an enrolled office may have signed: the present one and former ones, but none that was revoked.

    *with_revoked*: those, too, for what was taken in while they were trusted.
    """
    partner = bundle_store.partner(connection, office_id)
    if partner is None:
        return set()
    former = bundle_store.former_keys(connection, office_id)
    revoked = {row["verify_key"] for row in former if row["ending"] == "revoked" and not with_revoked}
    return {partner["verify_key"], *(row["verify_key"] for row in former)} - revoked


def sign_requests_again(connection: Connection, own_id: str, keys: ExchangeKeys) -> None:
    """Sign the own requests that the office above has not got yet with new keys: it no longer trusts the former ones."""
    for row in hand_over_store.undecided_of(connection, own_id):
        signature = keys.sign(PURPOSE, request_bytes(row)).hex()
        hand_over_store.put_signature(connection, row["id"], keys.verify_key, signature)
        merge_store.send_again(connection, row["archive_id"])


@dataclass(slots=True)
class Owners:
    """What is known of the archives of one batch: who brought them, and the last hand-over of each."""

    connection: Connection
    trust: Trust
    others: set[str]
    """The other offices directly below this one."""
    delivered: dict[str, str] = field(default_factory=dict)
    moved: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, trust: Trust, others: set[str], ids: list[str]) -> "Owners":
        """Read for the archives *ids*."""
        delivered = bundle_store.delivered_by(connection, ids)
        return cls(connection, trust, others, delivered, hand_over_store.last_done(connection, ids))

    def fault(
        self, archive_id: str, office_id: str, revision: int, stored: StoredArchive | None, told: BesideRows
    ) -> str:
        """Why this sender may not bring the archive in this version as *office_id*'s; empty where it may.

        Nobody brings archives of this office, of another child, or ones that somebody else brought before – unless they
        were handed over: then the receiving office brings them, and of the giving one only what it had said by then.
        """
        owner = stored.office_id if stored else ""
        if self.trust.own_id in {office_id, owner}:
            return "是本单位自己的档案，不能由别的单位改动"
        if office_id in self.others:
            return "由另一个单位报送，不能由这个单位改动"
        moved = self.moved.get(archive_id)
        if moved and self._is_late(moved, office_id, owner):
            return self._late_fault(moved, revision)
        if self._route(archive_id, moved) not in {"", self.trust.sender_id}:
            return "由另一个单位报送，不能由这个单位改动"
        if owner not in {"", office_id} and not self._moved_below(owner, office_id, told):
            return "所属单位与已收的不同"
        return ""

    def has_moved(self, archive_id: str, office_id: str, owner: str) -> bool:
        """Whether an archive that may come as *office_id*'s belongs to somebody else here; what a giver sent late moves nothing."""
        moved = self.moved.get(archive_id)
        return office_id != owner and not (moved and self._is_late(moved, office_id, owner))

    @staticmethod
    def _is_late(moved: Row, office_id: str, owner: str) -> bool:
        return (office_id, owner) == (moved["from_office_id"], moved["to_office_id"])

    def _late_fault(self, moved: Row, revision: int) -> str:
        """What the giving office sent off before it knew is taken as what it is: the same or older."""
        if revision <= moved["archive_revision"]:
            return ""
        return f"已移交给“{moved['to_office_name']}”，移交以后的改动没有接收"

    def _route(self, archive_id: str, moved: Row | None) -> str:
        """Which of the offices below brings the archive; empty where none has so far."""
        if moved and moved["to_office_id"] in {*self.others, self.trust.sender_id}:
            return str(moved["to_office_id"])
        return self.delivered.get(archive_id, "")

    def _moved_below(self, owner: str, office_id: str, told: BesideRows) -> bool:
        """Whether the sender, who has always brought it, tells of hand-overs from one to the other on its side."""
        for row in told.hand_overs:
            if row["state"] in DONE and row["from_office_id"] == owner:
                owner = row["to_office_id"]
        return owner == office_id

    def merge_fault(self, office_id: str, told: BesideRows, known: Iterable[str]) -> str:
        """Why the merges told with an archive of *office_id* cannot be taken: its own office merges into its own only."""
        held = set(known)
        own = [row["kept_archive_id"] for row in told.merges if row["id"] not in held and row["office_id"] == office_id]
        owners = set(bundle_store.owners_of(self.connection, own))
        return "合并到了别的单位的档案" if owners - {office_id} else ""

    def hand_over_fault(self, archive_id: str, office_id: str, revision: int, told: BesideRows, known: Iterable[str]) -> str:
        """Why the hand-overs told with an archive cannot be taken: a new request must be its own office's, and signed."""
        held = set(known)
        last = last_accepted(told.hand_overs)
        if last is not None and last["to_office_id"] != office_id:
            return "移交由上级办理，不能由下级自己决定"
        for row in told.hand_overs:
            if row["id"] in held:
                continue
            if row["state"] in {HandOverState.REQUESTED, HandOverState.WITHDRAWN} and (
                row["from_office_id"] != office_id or row["archive_revision"] > revision
            ):
                return "移交申请不是由档案所属的单位提出的"
            enrolled = trusted_keys(self.connection, row["from_office_id"])
            if not signature_of_request({**row, "archive_id": archive_id}, enrolled or {row["verify_key"]}):
                return f"移交申请的签名与“{row['from_office_name']}”不符"
        return ""
