"""What keeps a payment from being made twice or on a machine that cannot know: asked before a list goes a step further.

Each guard looks at what is stored in the caller's transaction and raises UserError where the step must not be taken.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from db.domain.aid.list_flow import Method, Outcome
from db.domain.aid.payment_checks import LineFinding
from db.domain.validation import Severity
from db.errors import UserError
from db.services.office import OfficeSession
from db.store import aid_store, setting_store

RESTORED = "money_restored_from"
"""Setting: moment of the backup this office was restored from; what was paid later it does not know."""
LIST_GAP = 100
"""Numbers of lists that a restored office leaves unused: it no longer knows which it had given out."""
LONGEST_NAME, LONGEST_REASON = 200, 2_000
"""Characters of what is stored with a grant and travels with it."""
_FLOOR = "list_number_floor"


def refuse_on_laptop(session: OfficeSession) -> None:
    """Lists and what became of grants are kept on the desk alone: two machines would pay the same grant."""
    if session.office.is_laptop:
        raise UserError("money_on_laptop")


_ACTIVE = text("SELECT 1 FROM clerk WHERE id = :id AND is_active")


def refuse_removed(connection: Connection, session: OfficeSession) -> None:
    """A clerk whose passphrase was taken away does nothing more with a list, however long the window stays open."""
    if connection.execute(_ACTIVE, {"id": session.clerk.id}).first() is None:
        raise UserError("clerk_gone")


def refuse_paid_meanwhile(connection: Connection, row: dict[str, Any]) -> None:
    """No step further for a list with a line whose grant was paid or given up by another way, as a bundle may tell."""
    found = aid_store.settled_elsewhere(connection, row["id"])
    if found:
        raise UserError("list_paid_meanwhile", number=row["number"], name=found[0], count=len(found))


def refuse_restored(connection: Connection, row: dict[str, Any]) -> None:
    """A list that was locked before the backup was made may have gone to the bank since."""
    moment = setting_store.read(connection, RESTORED)
    if moment and str(row["locked_at"] or "") <= moment:
        raise UserError("list_restored", number=row["number"], day=str(moment)[:10])


def grant_findings(connection: Connection, grant_ids: Sequence[str]) -> list[LineFinding]:
    """What the lines of a draft are to be minded for by their grants, in their order: settled already, or perhaps forgotten."""
    moment = setting_store.read(connection, RESTORED) or ""
    told = f"本单位从 {str(moment)[:10]} 的备份恢复过，这一笔是那以前批准的，可能已经发放：请先查银行流水和签字的名册。"
    known = {row["id"]: row for row in aid_store.grants(connection, grant_ids)}
    found = []
    for at, key in enumerate(grant_ids):
        if known[key]["outcome"] in _SETTLED:
            found.append(LineFinding(at, Severity.ERROR, "这一笔已经发放或撤销，请从名册里撤出。"))
        elif moment and known[key]["made_at"] <= moment:
            found.append(LineFinding(at, Severity.WARNING, told))
    return found


_SETTLED = frozenset({Outcome.PAID, Outcome.WITHDRAWN, Outcome.RETURNED})


def obstacle(connection: Connection, row: dict[str, Any]) -> str:
    """Why a list that is locked cannot go to the bank as it stands, in a sentence; empty where it can."""
    try:
        refuse_paid_meanwhile(connection, row)
        if row["method"] == Method.CARD:
            refuse_restored(connection, row)
    except UserError as fault:
        return fault.text()
    return ""


def mark_restored(connection: Connection, made_at: str) -> None:
    """Note that this office was restored from a backup of that moment."""
    setting_store.put(connection, RESTORED, made_at)
    floor: dict[str, int] = {}
    for number in aid_store.numbers_like(connection, ""):
        prefix, _, counted = number.rpartition("-")
        if counted.isdigit():
            floor[prefix] = max(floor.get(prefix, 0), int(counted) + LIST_GAP)
    setting_store.put(connection, _FLOOR, {f"发{made_at[:4]}": LIST_GAP, **floor})


def least_number(connection: Connection, prefix: str) -> int:
    """The number below which a list must not be numbered."""
    floor = setting_store.read(connection, _FLOOR) or {}
    return int(floor.get(prefix, 0))


def known_day(written: str) -> str:
    """A day that is one, or UserError."""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as fault:
        raise UserError("not_a_date", text=written) from fault


def checked_day(written: str, today: str, label: str) -> str:
    """A day that is one and is not ahead, or UserError: it is stored, and travels with the archive."""
    day = known_day(written)
    if day > today:
        raise UserError("date_in_future", label=label, text=day)
    return day


def refuse_before(day: str, earlier: str, name: str, what: str) -> None:
    """Nothing is paid before it was granted, or comes back before it was paid."""
    if day < earlier:
        raise UserError("money_before", name=name, day=day, what=what, earlier=earlier)


def refuse_long(*texts: tuple[str, str, int]) -> None:
    """UserError for the first text that is longer than a bundle may carry; each is label, text and limit."""
    for label, written, limit in texts:
        if len(written) > limit:
            raise UserError("text_too_long", label=label, limit=limit)


def refuse_other_answer(connection: Connection, number: str, sha256: str) -> None:
    """An answer that was put down wholly for another list is not the answer for this one, however alike the people are."""
    if sha256:
        other = aid_store.answered_with(connection, sha256)
        if other and other != number:
            raise UserError("bank_return_other", other=other, number=number)
