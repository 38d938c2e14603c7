"""移交: a household that moves goes to another office – asked for by its own office, decided by the one above.

The request is signed with the giving office's exchange key and kept for an audit. It travels up beside the archive; what
was decided comes down with the answers, to the giver as well as to the receiver.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.domain.field_kinds import printable
from db.domain.hand_over import LONGEST_REASON, PURPOSE, STATE_LABELS, HandOverState, request_bytes
from db.errors import UserError
from db.exchange.bundle_owners import signature_of_request, trusted_keys
from db.exchange.identity import exchange_keys
from db.services import archiving
from db.services.machines import refuse_on_laptop
from db.services.means import record_revision
from db.services.office import OfficeSession, write_journal
from db.services.ownership import own_archive
from db.store import bundle_store, hand_over_store, merge_store
from db.store.archive_store import StoredArchive


@dataclass(frozen=True, slots=True)
class HandOver:
    """A hand-over on record."""

    id: str
    archive_id: str
    archive_number: str
    name: str
    archive_revision: int
    from_office_id: str
    from_office_name: str
    to_office_id: str
    to_office_name: str
    """Empty until the office above has decided."""
    wanted_office_name: str
    reason: str
    requested_at: str
    requested_by: str
    state: HandOverState
    decided_at: str | None
    decided_by: str
    decided_office: str
    note: str

    @property
    def state_label(self) -> str:
        """How far it is, in Chinese."""
        return STATE_LABELS[self.state]


def _hand_over(row: dict[str, Any]) -> HandOver:
    values = {key: row[key] for key in HandOver.__dataclass_fields__ if key != "state"}
    return HandOver(**values, state=HandOverState(row["state"]))


def _labelled(connection: Connection, rows: Iterable[dict[str, Any]]) -> list[HandOver]:
    listed = list(rows)
    labels = bundle_store.archive_labels(connection, {row["archive_id"] for row in listed})
    found = []
    for row in listed:
        number, name = labels.get(row["archive_id"], ("", ""))
        found.append(_hand_over({"archive_number": number, "name": name, **row}))
    return found


# -- the office that gives ----------------------------------------------------------------------------------------


def possible_targets(session: OfficeSession) -> list[tuple[str, str]]:
    """Offices an archive may be handed over to, as far as this office knows them: id and name."""
    with session.database.reading() as connection:
        others = {row["id"] for row in bundle_store.partners(connection) if row["relation"] != "child"}
        names = bundle_store.office_names(connection)
    known = [(key, name) for key, name in names.items() if key not in {*others, session.office.id}]
    return sorted(known, key=lambda office: office[1])


def request_hand_over(session: OfficeSession, archive_id: str, to_name: str, reason: str) -> HandOver:
    """Ask the office above to give an own archive to the office called *to_name*; it is locked until that is decided.

    The request makes a revision of the archive, so that it travels with the next bundle. To an office directly below this
    one it goes at once.
    """
    refuse_on_laptop(session)
    wanted, why = _words(to_name, "单位名称"), _words(reason, "原因")
    if not wanted:
        raise UserError("hand_over_needs_target")
    if wanted == session.office.name:
        raise UserError("hand_over_to_self", name=wanted)
    if not why:
        raise UserError("hand_over_needs_reason")
    keys = exchange_keys(session.database)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        unfinished = merge_store.open_work(connection, archive_id)
        if unfinished:
            raise UserError(_UNFINISHED[unfinished])
        record_revision(connection, session, stored, "hand_over", f"申请移交给“{wanted}”：{why}")
        row = _request(session, stored, wanted, why)
        row["verify_key"] = keys.verify_key
        row["signature"] = keys.sign(PURPOSE, request_bytes(row)).hex()
        hand_over_store.add(connection, row)
        write_journal(connection, session, "request_hand_over", {"hand_over": row["id"], "archive": archive_id})
        below = _child_named(connection, wanted)
        if below is not None:  # to an office of its own this office decides itself
            _decide(connection, session, row, HandOverState.ACCEPTED, "", below["id"], below["name"])
            hand_over_store.set_owner(connection, archive_id, below["id"])
        return _reread(connection, row["id"])


_UNFINISHED = {
    merge_store.DRAFT: "hand_over_has_draft",
    merge_store.OUT: "hand_over_out",
    merge_store.CONFLICT: "hand_over_has_conflict",
}


def _child_named(connection: Connection, name: str) -> dict[str, Any] | None:
    children = [row for row in bundle_store.partners(connection) if row["relation"] == "child"]
    return next((row for row in children if row["name"] == name and not row["revoked_at"]), None)


def _words(text: str, label: str) -> str:
    words = printable(text).strip()
    if len(words) > LONGEST_REASON:
        raise UserError("text_too_long", label=label, limit=LONGEST_REASON)
    return words


def _request(session: OfficeSession, stored: StoredArchive, wanted: str, why: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "archive_id": stored.id,
        "archive_revision": stored.revision,
        "from_office_id": session.office.id,
        "from_office_name": session.office.name,
        "to_office_id": "",
        "to_office_name": "",
        "wanted_office_name": wanted,
        "reason": why,
        "requested_at": session.now,
        "requested_by": session.clerk.name,
        "state": HandOverState.REQUESTED.value,
        "decided_at": None,
        "decided_by": "",
        "decided_office": "",
        "note": "",
    }


def withdraw_hand_over(session: OfficeSession, hand_over_id: str) -> HandOver:
    """Take an own request back; refused once it has travelled, for then the office above may have decided already."""
    refuse_on_laptop(session)
    with session.database.writing() as connection:
        row = _open(connection, hand_over_id)
        if row["from_office_id"] != session.office.id:
            raise UserError("hand_over_gone")
        stored = archiving.load_stored(connection, row["archive_id"])
        if stored.exported_revision >= row["archive_revision"]:
            raise UserError("hand_over_travelled", sequence=stored.exported_sequence)
        hand_over_store.set_state(connection, hand_over_id, HandOverState.WITHDRAWN)
        record_revision(connection, session, stored, "hand_over_withdrawn", f"不再移交给“{row['wanted_office_name']}”")
        write_journal(connection, session, "withdraw_hand_over", {"hand_over": hand_over_id})
        return _reread(connection, hand_over_id)


def _open(connection: Connection, hand_over_id: str) -> dict[str, Any]:
    row = hand_over_store.find(connection, hand_over_id)
    if row is None:
        raise UserError("hand_over_gone")
    if row["state"] != HandOverState.REQUESTED:
        raise UserError("hand_over_decided", state=STATE_LABELS[HandOverState(row["state"])])
    return row


def _reread(connection: Connection, hand_over_id: str) -> HandOver:
    row = hand_over_store.find(connection, hand_over_id)
    assert row is not None
    return _labelled(connection, [row])[0]


# -- the office that decides --------------------------------------------------------------------------------------


def list_hand_overs(session: OfficeSession, state: HandOverState | None = None) -> list[HandOver]:
    """The hand-overs this office asked for, decided or heard of; those that wait first, then the newest."""
    with session.database.reading() as connection:
        return [_hand_over(row) for row in hand_over_store.all_hand_overs(connection, state.value if state else "")]


def hand_overs_of(session: OfficeSession, archive_id: str) -> list[HandOver]:
    """Every hand-over of an archive, oldest first."""
    with session.database.reading() as connection:
        return _labelled(connection, hand_over_store.hand_overs_of(connection, archive_id))


def waiting_here(session: OfficeSession) -> list[HandOver]:
    """The requests that are this office's to decide: those of offices directly below it."""
    with session.database.reading() as connection:
        children = {row["id"] for row in bundle_store.partners(connection) if row["relation"] == "child"}
        rows = hand_over_store.all_hand_overs(connection, HandOverState.REQUESTED)
    return [_hand_over(row) for row in rows if row["from_office_id"] in children]


def accept_hand_over(session: OfficeSession, hand_over_id: str, to_office_id: str, note: str = "") -> HandOver:
    """Give the archive to an office directly below this one; from now on only that one may bring changes.

    The giver's signature is checked once more. Nothing of the archive itself changes. This office may take it over itself
    (*to_office_id* its own): that is how a household moves on to what lies outside, which only the office above can give.
    """
    with session.database.writing() as connection:
        row = _decidable(connection, session, hand_over_id)
        stored = archiving.load_stored(connection, row["archive_id"])
        if stored.revision != row["archive_revision"] or stored.office_id != row["from_office_id"]:
            context = {"asked": row["archive_revision"], "held": stored.revision, "name": row["from_office_name"]}
            raise UserError("hand_over_revision", **context)
        if to_office_id == session.office.id:
            return _take_in(connection, session, row, stored, note)
        target = bundle_store.partner(connection, to_office_id)
        if target is None or target["relation"] != "child":
            raise UserError("hand_over_not_child", name=target["name"] if target else row["wanted_office_name"])
        if to_office_id == row["from_office_id"]:
            raise UserError("hand_over_to_self", name=target["name"])
        _decide(connection, session, row, HandOverState.ACCEPTED, note, to_office_id, target["name"])
        hand_over_store.set_owner(connection, row["archive_id"], to_office_id)
        merge_store.send_again(connection, row["archive_id"])
        return _reread(connection, hand_over_id)


def _take_in(
    connection: Connection, session: OfficeSession, row: dict[str, Any], stored: StoredArchive, note: str
) -> HandOver:
    """The archive becomes this office's own."""
    office = session.office
    _decide(connection, session, row, HandOverState.COMPLETED, note, office.id, office.name)
    stored.office_id = office.id
    record_revision(connection, session, stored, "take_over", f"接手自“{row['from_office_name']}”：{row['reason']}")
    return _reread(connection, row["id"])


def refuse_hand_over(session: OfficeSession, hand_over_id: str, note: str) -> HandOver:
    """Leave the archive where it is; *note* tells the office that asked why."""
    if not _words(note, "说明"):
        raise UserError("hand_over_needs_note")
    with session.database.writing() as connection:
        row = _decidable(connection, session, hand_over_id)
        _decide(connection, session, row, HandOverState.REFUSED, note)
        merge_store.send_again(connection, row["archive_id"])
        return _reread(connection, hand_over_id)


def _decidable(connection: Connection, session: OfficeSession, hand_over_id: str) -> dict[str, Any]:
    """The request, if it is this office's to decide and its signature holds."""
    row = _open(connection, hand_over_id)
    giver = bundle_store.partner(connection, row["from_office_id"])
    if giver is None or giver["relation"] != "child":
        raise UserError("hand_over_not_sender", name=row["from_office_name"])
    # a key revoked since was still trusted when the request came in
    if not signature_of_request(row, trusted_keys(connection, row["from_office_id"], with_revoked=True)):
        raise UserError("hand_over_forged", name=row["from_office_name"])
    return row


def _decide(
    connection: Connection,
    session: OfficeSession,
    row: dict[str, Any],
    state: HandOverState,
    note: str,
    to_office_id: str = "",
    to_office_name: str = "",
) -> None:
    decided = {
        **row,
        "state": state.value,
        "to_office_id": to_office_id,
        "to_office_name": to_office_name,
        "decided_at": session.now,
        "decided_by": session.clerk.name,
        "decided_office": session.office.name,
        "note": _words(note, "说明"),
    }
    hand_over_store.decide(connection, decided)
    write_journal(connection, session, "decide_hand_over", {"hand_over": row["id"], "state": state.value, "to": to_office_id})


def verify_hand_over(session: OfficeSession, hand_over_id: str) -> bool:
    """Whether the kept signature is that of the request as it stands, for an audit."""
    with session.database.reading() as connection:
        row = hand_over_store.find(connection, hand_over_id)
        return row is not None and signature_of_request(row, {row["verify_key"]})


# -- what goes down -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandOversFor:
    """What an answer tells an office below: rows by archive, and the archives that move to it and have not come back up."""

    rows: dict[str, list[dict[str, Any]]]
    to_send: list[str]


def hand_overs_for(connection: Connection, child_id: str) -> HandOversFor:
    """The decided hand-overs that concern the office *child_id*, and the archives to send it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in hand_over_store.concerning(connection, child_id):
        found.setdefault(row["archive_id"], []).append(row)
    last = hand_over_store.last_done(connection, found)
    moving = [key for key, row in last.items() if row["to_office_id"] == child_id]
    delivered = bundle_store.delivered_by(connection, moving)
    waiting = {row["archive_id"] for row in last.values() if row["state"] == HandOverState.ACCEPTED}
    return HandOversFor(found, [key for key in moving if key in waiting or delivered.get(key) != child_id])

