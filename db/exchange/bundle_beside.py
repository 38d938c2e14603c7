"""Rows that travel beside an archive and belong to other offices than its owner: reviews, hand-overs, merges, money,
and the lists of the campaigns it stands on, so that the office that called a campaign and the one that visits count alike.

They are few and travel whole, upwards with the archive's record, downwards in an answer. Each row is told apart by its
id; taking one in twice changes nothing. Who may say what is judged by :func:`beside_fault` before anything is stored.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.hand_over import HandOverState
from db.domain.review import MOST_REASONS, Reason, ReviewOutcome, ReviewStep
from db.exchange.bundle_format import (
    LONGEST_TEXT,
    MalformedError,
    day_of,
    id_of,
    moment_of,
    number_of,
    objects_of,
    sha256_of,
    text_of,
)
from db.exchange.bundle_money import GRANTS, PAYOUTS, MoneyRows, money_of, read_money, store_money
from db.exchange.card import LEVELS
from db.models.exchange import ArchiveMerge, HandOver, Review
from db.store import merge_store, monitoring_store

Row = dict[str, Any]
REVIEW = Review.__table__  # type: ignore[attr-defined]
HAND_OVER = HandOver.__table__  # type: ignore[attr-defined]
MERGE = ArchiveMerge.__table__  # type: ignore[attr-defined]
_STATES = frozenset(HandOverState)
TARGETS = "campaigns"


@dataclass(slots=True)
class BesideRows:
    """The rows beside one archive, oldest first."""

    reviews: list[Row] = field(default_factory=list)
    hand_overs: list[Row] = field(default_factory=list)
    merges: list[Row] = field(default_factory=list)
    money: MoneyRows = field(default_factory=MoneyRows)
    targets: list[Row] = field(default_factory=list)
    """Campaigns on whose list the archive stands, and since when; they have no ids of their own."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is said."""
        return not (self.all_ids or self.targets)

    @property
    def all_ids(self) -> list[str]:
        """Ids of all that have one, the money's included."""
        return [*self.ids, *self.money.ids]

    @property
    def ids(self) -> list[str]:
        """Ids of reviews, hand-overs and merges."""
        return [row["id"] for row in (*self.reviews, *self.hand_overs, *self.merges)]


# -- reading ------------------------------------------------------------------------------------------------------


def _optional(read: Callable[[Row, str], str], body: Row, key: str) -> str | None:
    return read(body, key) if body.get(key) is not None else None


def _level(body: Row) -> str:
    level = text_of(body, "office_level", 20)
    if level not in LEVELS:
        raise MalformedError("单位级别不认识")
    return level


def _reasons(body: Row) -> list[dict[str, str]]:
    try:
        read = objects_of(body, "reasons", Reason.from_json)
    except ValueError as fault:
        raise MalformedError("审核理由不对") from fault
    if len(read) > MOST_REASONS:
        raise MalformedError("审核理由太多")
    return [reason.to_json() for reason in read]


def _review(body: Row) -> Row:
    outcome = text_of(body, "outcome", 20)
    if outcome not in set(ReviewOutcome):
        raise MalformedError("审核结果不认识")
    return {
        "id": id_of(body, "id"),
        "archive_revision": number_of(body, "archive_revision", 1),
        "office_id": id_of(body, "office_id"),
        "office_name": text_of(body, "office_name", 200),
        "office_level": _level(body),
        "step": ReviewStep.FINAL.value,  # what one person alone has said stays in the office
        "outcome": outcome,
        "reasons": _reasons(body),
        "class_code": _optional(lambda row, key: text_of(row, key, 80), body, "class_code"),
        "class_label": text_of(body, "class_label", 200),
        "level_code": _optional(lambda row, key: text_of(row, key, 80), body, "level_code"),
        "level_label": text_of(body, "level_label", 200),
        "worker_number": text_of(body, "worker_number", 80),
        "remarks": text_of(body, "remarks", LONGEST_TEXT),
        "due_on": _optional(day_of, body, "due_on"),
        "made_at": moment_of(body, "made_at"),
        "clerk_id": text_of(body, "clerk_id", 80),
        "clerk_name": text_of(body, "clerk_name", 200),
        "device_id": text_of(body, "device_id", 80),
        "device_counter": number_of(body, "device_counter"),
    }


def _hand_over(body: Row) -> Row:
    state = text_of(body, "state", 20)
    if state not in _STATES:
        raise MalformedError("移交状态不认识")
    return {
        "id": id_of(body, "id"),
        "archive_revision": number_of(body, "archive_revision", 1),
        "from_office_id": id_of(body, "from_office_id"),
        "from_office_name": text_of(body, "from_office_name", 200),
        "to_office_id": id_of(body, "to_office_id") if body.get("to_office_id") else "",
        "to_office_name": text_of(body, "to_office_name", 200),
        "wanted_office_name": text_of(body, "wanted_office_name", 200),
        "reason": text_of(body, "reason", LONGEST_TEXT),
        "requested_at": moment_of(body, "requested_at"),
        "requested_by": text_of(body, "requested_by", 200),
        "verify_key": sha256_of(body, "verify_key"),  # 32 bytes in hex, like a hash
        "signature": text_of(body, "signature", 128),
        "state": state,
        "decided_at": _optional(moment_of, body, "decided_at"),
        "decided_by": text_of(body, "decided_by", 200),
        "decided_office": text_of(body, "decided_office", 200),
        "note": text_of(body, "note", LONGEST_TEXT),
    }


def _merge(body: Row) -> Row:
    return {
        "id": id_of(body, "id"),
        "kept_archive_id": id_of(body, "kept_archive_id"),
        "pair_key": text_of(body, "pair_key", 200),
        "office_id": id_of(body, "office_id"),
        "office_name": text_of(body, "office_name", 200),
        "office_level": _level(body),
        "made_at": moment_of(body, "made_at"),
        "clerk_id": text_of(body, "clerk_id", 80),
        "clerk_name": text_of(body, "clerk_name", 200),
        "reason": text_of(body, "reason", LONGEST_TEXT),
        "kept_revision_before": number_of(body, "kept_revision_before"),
        "kept_revision_after": number_of(body, "kept_revision_after"),
        "merged_revision": number_of(body, "merged_revision", 1),
        "undone_at": _optional(moment_of, body, "undone_at"),
        "undone_by": text_of(body, "undone_by", 200),
    }


def _target(body: Row) -> Row:
    return {"campaign_id": id_of(body, "campaign_id"), "added_at": moment_of(body, "added_at")}


def read_beside(body: Row) -> BesideRows:
    """The rows of one record or state line; older programs write none."""
    if not any(key in body for key in ("reviews", "hand_overs", "merges", GRANTS, PAYOUTS, TARGETS)):
        return BesideRows()

    def read(key: str, reader: Callable[[Row], Row]) -> list[Row]:
        return objects_of(body, key, reader) if body.get(key) is not None else []

    rows = BesideRows(
        read("reviews", _review),
        read("hand_overs", _hand_over),
        read("merges", _merge),
        read_money(body),
        read(TARGETS, _target),
    )
    if len(set(rows.ids)) != len(rows.ids):
        raise MalformedError("审核或移交记录重复")
    return rows


# -- who may say what ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trust:
    """From whom rows come and to whom: levels are keys of ``LEVELS``."""

    own_id: str
    own_level: str
    sender_id: str
    sender_level: str

    @property
    def from_above(self) -> bool:
        """Whether the sender stands above us."""
        return LEVELS.index(self.sender_level) > LEVELS.index(self.own_level)

    def may_speak(self, office_id: str, level: str) -> bool:
        """Whether the sender may bring what an office of *level* said: its own or that of offices on its side of us."""
        if office_id == self.own_id:
            return False
        if office_id == self.sender_id:
            return level == self.sender_level
        rank, own, sender = (LEVELS.index(name) for name in (level, self.own_level, self.sender_level))
        return rank > sender if self.from_above else rank < min(sender, own)


def beside_fault(rows: BesideRows, trust: Trust, held: "HeldBeside", archive_id: str) -> str:
    """Why these rows cannot be taken; empty when they can. What is here already, unchanged, is passed over."""
    for row in rows.reviews:
        home = held.reviews.get(row["id"])
        if home not in {None, archive_id}:
            return "审核记录的编号属于另一份档案"
        if home is None and not trust.may_speak(row["office_id"], row["office_level"]):
            return f"带来了“{row['office_name']}”的审核记录，这个单位不能代它审核"
    for row in rows.merges:
        known = held.merges.get(row["id"])
        if known is not None and known != archive_id:
            return "合并记录的编号属于另一份档案"
        if known is None and not trust.may_speak(row["office_id"], row["office_level"]):
            return f"带来了“{row['office_name']}”的合并记录，这个单位不能代它合并"
    for row in rows.hand_overs:
        if held.hand_overs.get(row["id"], archive_id) != archive_id:
            return "移交记录的编号属于另一份档案"
    return ""


def may_change_hand_over(known: str, row: Row, sender: Trust | None) -> bool:
    """Whether a hand-over known to be in a state goes on as told: the giver withdraws, the receiver takes over.

    What is in between is decided by an office above both.
    """
    told = row["state"]
    if known in {told, HandOverState.COMPLETED} or told == HandOverState.REQUESTED:
        return False
    if sender is None or sender.from_above:
        return True
    if sender.sender_id == row["from_office_id"]:
        return (known, told) == (HandOverState.REQUESTED, HandOverState.WITHDRAWN)
    if sender.sender_id == row["to_office_id"]:
        return (known, told) == (HandOverState.ACCEPTED, HandOverState.COMPLETED)
    return known in {HandOverState.REQUESTED, HandOverState.ACCEPTED}


@dataclass(frozen=True, slots=True)
class HeldBeside:
    """In which archive each of the named rows stands, of those that are here already."""

    reviews: dict[str, str] = field(default_factory=dict)
    hand_overs: dict[str, str] = field(default_factory=dict)
    merges: dict[str, str] = field(default_factory=dict)


_HOMES = {
    "review": text("SELECT id, archive_id FROM review WHERE id IN (SELECT value FROM json_each(:ids))"),
    "hand_over": text("SELECT id, archive_id FROM hand_over WHERE id IN (SELECT value FROM json_each(:ids))"),
    "archive_merge": text("SELECT id, merged_archive_id FROM archive_merge WHERE id IN (SELECT value FROM json_each(:ids))"),
}


def held_beside(connection: Connection, items: Iterable[BesideRows]) -> HeldBeside:
    """Which of the rows of *items* are here."""
    ids = [key for rows in items for key in rows.ids]
    if not ids:
        return HeldBeside()
    params = {"ids": json.dumps(ids)}
    found = {name: {row[0]: row[1] for row in connection.execute(sql, params)} for name, sql in _HOMES.items()}
    return HeldBeside(found["review"], found["hand_over"], found["archive_merge"])


# -- writing ------------------------------------------------------------------------------------------------------

_TRAVELLING = {
    "reviews": text(
        "SELECT * FROM review WHERE step = 'final' AND archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY rowid"
    ),
    "hand_overs": text("SELECT * FROM hand_over WHERE archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY rowid"),
    "merges": text(
        "SELECT *, merged_archive_id AS archive_id FROM archive_merge"
        " WHERE merged_archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY rowid"
    ),
}
_STAY = frozenset({"archive_id", "merged_archive_id", "is_last", "exported_sequence", "acknowledged_at", "step"})


def levels_of(own_level: str, *, upwards: bool) -> frozenset[str]:
    """Whose reviews and merges an office of this level passes on: upwards its own and those of below, and the reverse."""
    rank = LEVELS.index(own_level)
    return frozenset(LEVELS[: rank + 1] if upwards else LEVELS[rank:])


def beside_of(connection: Connection, ids: Iterable[str], levels: frozenset[str]) -> dict[str, dict[str, list[Row]]]:
    """By archive: the rows that travel with it, ready for JSON, under ``reviews``, ``hand_overs``, ``merges`` …

    *levels*: of which offices, see :func:`levels_of`; hand-overs, grants, payouts and lists of campaigns always travel.
    """
    wanted = list(ids)
    params = {"ids": json.dumps(wanted)}
    found = money_of(connection, wanted)
    for listed in monitoring_store.targets_of(connection, wanted):
        target = {"campaign_id": listed["campaign_id"], "added_at": listed["added_at"]}
        found.setdefault(listed["archive_id"], {}).setdefault(TARGETS, []).append(target)
    for name, statement in _TRAVELLING.items():
        for row in connection.execute(statement, params).mappings():
            if row.get("office_level") not in {None, *levels}:
                continue
            plain = {key: value for key, value in row.items() if key not in _STAY}
            if "reasons" in plain:
                plain["reasons"] = json.loads(plain["reasons"])
            found.setdefault(row["archive_id"], {}).setdefault(name, []).append(plain)
    return found


# -- storing ------------------------------------------------------------------------------------------------------

_NOT_LAST = text("UPDATE review SET is_last = 0 WHERE archive_id = :archive_id AND office_id = :office_id AND is_last = 1")
_LAST = text("UPDATE review SET is_last = 1 WHERE id = :id")
_UPDATE_HAND_OVER = text(
    "UPDATE hand_over SET to_office_id = :to_office_id, to_office_name = :to_office_name, state = :state,"
    " decided_at = :decided_at, decided_by = :decided_by, decided_office = :decided_office, note = :note WHERE id = :id"
)
_UPDATE_MERGE = text(
    "UPDATE archive_merge SET undone_at = :undone_at, undone_by = :undone_by"
    " WHERE id = :id AND office_id = :office_id AND undone_at IS NULL"
)
_STATE_OF = text("SELECT state FROM hand_over WHERE id = :id")


def store_money_of(
    connection: Connection, archive_id: str, rows: BesideRows, sender: Trust | None = None
) -> MoneyRows:
    """Store the grants and payouts among *rows*; the new ones. From above also our own come back, should we have lost them."""

    def may_say(office_id: str, level: str) -> bool:
        return sender is None or sender.from_above or sender.may_speak(office_id, level)

    return store_money(connection, archive_id, rows.money, may_say)


def store_targets(connection: Connection, archive_id: str, rows: BesideRows) -> int:
    """Put the archive on the lists that others have it on, and nobody takes it off theirs; how many are new here."""
    return monitoring_store.join_lists(connection, archive_id, rows.targets)


def store_beside(
    connection: Connection,
    archive_id: str,
    rows: BesideRows,
    held: HeldBeside,
    own_id: str,
    sender: Trust | None = None,
) -> None:
    """Store what is new of the rows beside an archive that stands here; the sender's order tells which review is last.

    What this office (*own_id*) said itself is known here better than anywhere else. A *sender* from below may only say of
    hand-overs and merges that are known here what is its own to say; without one the rows come from above, or from
    another machine of this office.
    """
    store_money_of(connection, archive_id, rows, sender)
    store_targets(connection, archive_id, rows)
    fresh = [row for row in rows.reviews if row["id"] not in held.reviews]
    kept = {"archive_id": archive_id, "is_last": False, "exported_sequence": 0, "acknowledged_at": None}
    if fresh:
        connection.execute(insert(REVIEW), [{**row, **kept} for row in fresh])
    for row in {row["office_id"]: row for row in rows.reviews if row["office_id"] != own_id}.values():
        connection.execute(_NOT_LAST, {"archive_id": archive_id, "office_id": row["office_id"]})
        connection.execute(_LAST, {"id": row["id"]})
    for row in rows.hand_overs:
        if row["id"] in held.hand_overs:
            known = str(connection.execute(_STATE_OF, {"id": row["id"]}).scalar_one())
            if may_change_hand_over(known, row, sender):
                connection.execute(_UPDATE_HAND_OVER, row)
        else:
            connection.execute(insert(HAND_OVER), {"archive_id": archive_id, **row})
    for row in rows.merges:
        if row["id"] in held.merges:
            if sender is None or sender.may_speak(row["office_id"], row["office_level"]):
                connection.execute(_UPDATE_MERGE, row)
        else:
            connection.execute(insert(MERGE), {"merged_archive_id": archive_id, **row})
            merge_store.break_ring(connection, archive_id)
