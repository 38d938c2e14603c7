"""What an office below learns of hand-overs: a household that moves here, one that has moved away, a request refused.

Everything is told again with every answer, so each of these changes nothing the second time.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.domain import validation
from db.domain.hand_over import HandOverState, last_accepted
from db.exchange.bundle_beside import BesideRows, held_beside, store_beside
from db.exchange.bundle_casework import CaseworkIntake
from db.exchange.bundle_owners import signature_of_request
from db.exchange.bundle_records import IncomingArchive
from db.services.means import record_revision
from db.services.office import OfficeSession, write_journal
from db.store import archive_store, bundle_store, hand_over_store
from db.store.archive_store import StoredArchive

Row = dict[str, Any]


# -- both ends: what the state line of an archive tells ------------------------------------------------------------


def apply_hand_overs(connection: Connection, session: OfficeSession, archive_id: str, rows: Sequence[Row]) -> list[str]:
    """Take in what was decided about an archive that stands here; sentences for what is news.

    The giver's copy becomes that of the receiving office; a refused request unlocks the archive. *rows* are all hand-overs
    of the archive, as the answer tells them.
    """
    stored = archive_store.load(connection, archive_id)
    if stored is None or not rows:
        return []
    told = [_told(connection, session, stored, row) for row in rows]
    _store_rows(connection, session, archive_id, rows)
    last = hand_over_store.last_done(connection, [archive_id]).get(archive_id)
    own = session.office.id
    if last and last["from_office_id"] == own and stored.office_id == own and last["to_office_id"] != own:
        told.append(_give_away(connection, session, stored, last))
    return [sentence for sentence in told if sentence]


def tell_hand_overs(connection: Connection, session: OfficeSession, archive_id: str, rows: Sequence[Row]) -> list[str]:
    """The same sentences for a preview that changes nothing."""
    connection.exec_driver_sql("SAVEPOINT told_hand_overs")
    try:
        return apply_hand_overs(connection, session, archive_id, rows)
    finally:
        connection.exec_driver_sql("ROLLBACK TO told_hand_overs")
        connection.exec_driver_sql("RELEASE told_hand_overs")


def _told(connection: Connection, session: OfficeSession, stored: StoredArchive, row: Row) -> str:
    """A sentence where a request of this office was refused and that is news."""
    known = hand_over_store.find(connection, row["id"])
    refused = row["state"] == HandOverState.REFUSED and row["from_office_id"] == session.office.id
    if not refused or known is None or known["state"] == HandOverState.REFUSED:
        return ""
    why = f"：{row['note']}" if row["note"] else ""
    return f"{_label(stored)} 没有移交，“{row['decided_office']}”不同意{why}。可以继续修改。"


def _label(stored: StoredArchive) -> str:
    return f"{stored.content.text('name') or '未填姓名'}（{stored.archive_number}）"


def _give_away(connection: Connection, session: OfficeSession, stored: StoredArchive, row: Row) -> str:
    """From now on the archive here is a copy of what belongs to the receiving office."""
    hand_over_store.set_owner(connection, stored.id, row["to_office_id"])
    bundle_store.learn_office_names(connection, {row["to_office_id"]: row["to_office_name"]})
    write_journal(connection, session, "gave_away", {"hand_over": row["id"], "archive": stored.id})
    later = "" if stored.revision <= row["archive_revision"] else "；移交以后在这里改的，只留在这里的变更记录里"
    return f"{_label(stored)} 已移交给“{row['to_office_name']}”，这里留作查看{later}。"


def _store_rows(connection: Connection, session: OfficeSession, archive_id: str, rows: Sequence[Row]) -> None:
    beside = BesideRows(hand_overs=list(rows))
    held = held_beside(connection, [beside])
    strangers = [row for row in rows if held.hand_overs.get(row["id"], archive_id) != archive_id]
    beside.hand_overs = [row for row in rows if row not in strangers]
    store_beside(connection, archive_id, beside, held, session.office.id)


# -- the receiving office -----------------------------------------------------------------------------------------


def take_over_fault(session: OfficeSession, incoming: IncomingArchive, rows: Sequence[Row]) -> str:
    """Why an archive cannot be taken over; empty where it can: the last decision gives it to this office, and the giver signed."""
    row = last_accepted(rows)
    if row is None or row["to_office_id"] != session.office.id:
        return "没有把它移交给本单位的决定"
    if not signature_of_request({**row, "archive_id": incoming.id}, {row["verify_key"]}):
        return f"移交申请的签名与“{row['from_office_name']}”不符"
    return ""


def take_over(
    connection: Connection,
    session: OfficeSession,
    incoming: IncomingArchive,
    papers: Sequence[Row],
    source: tuple[str, str, str],
) -> StoredArchive | None:
    """Store an archive that moves here as this office's own, with its whole history; None where that was done before.

    *papers*: rows of papers that are not here yet; *source*: id and name of the office it comes from, and the moment. The
    档案编号 stays. A household that comes back finds its old history here: nothing of it is lost.
    """
    row = last_accepted(incoming.beside.hand_overs)
    assert row is not None
    known = hand_over_store.find(connection, row["id"])
    stored = archive_store.load(connection, incoming.id)
    if known is not None and known["state"] == HandOverState.COMPLETED and stored is not None:
        return None
    taken = _stored(session, incoming, stored)
    _store_history(connection, incoming, taken, is_new=stored is None)
    bundle_store.store_papers(connection, list(papers), [])
    _store_casework(connection, incoming, source)
    held = held_beside(connection, [incoming.beside])
    store_beside(connection, incoming.id, incoming.beside, held, session.office.id)
    hand_over_store.set_state(connection, row["id"], HandOverState.COMPLETED)
    bundle_store.learn_office_names(connection, {row["from_office_id"]: row["from_office_name"]})
    record_revision(connection, session, taken, "take_over", f"接手自“{row['from_office_name']}”：{row['reason']}")
    write_journal(connection, session, "take_over", {"hand_over": row["id"], "archive": incoming.id})
    return taken


def _stored(session: OfficeSession, incoming: IncomingArchive, before: StoredArchive | None) -> StoredArchive:
    """The archive as it comes, this office's own; its next revision is above everything either side has."""
    highest = max(incoming.revision, before.revision if before else 0)
    taken = StoredArchive(
        id=incoming.id,
        archive_number=incoming.archive_number,
        office_id=session.office.id,
        revision=highest,
        is_complete=False,
        missing_count=0,
        created_at=incoming.created_at,
        updated_at=incoming.updated_at,
        updated_by=incoming.updated_by,
        exported_revision=0,
        exported_sequence=0,
        acknowledged_revision=0,
        acknowledged_at=None,
        confirmations=incoming.confirmations,
        content=incoming.content,
    )
    taken.missing_count = validation.missing_count(taken.content)
    taken.is_complete = incoming.is_complete and not taken.missing_count
    return taken


def _store_history(connection: Connection, incoming: IncomingArchive, taken: StoredArchive, *, is_new: bool) -> None:
    held = bundle_store.revisions_held(connection, [incoming.id])
    revisions = [
        {"archive_id": incoming.id, **row} for row in incoming.revisions if (incoming.id, row["revision"]) not in held
    ]
    new, changed = ([taken], []) if is_new else ([], [taken])
    bundle_store.store_received(connection, new, changed, revisions)


def _store_casework(connection: Connection, incoming: IncomingArchive, source: tuple[str, str, str]) -> None:
    sender_id, sender_name, moment = source
    intake = CaseworkIntake(connection, sender_id, moment, sender_name)
    intake.note(incoming.casework)
    intake.store([(incoming.id, incoming.casework)])
