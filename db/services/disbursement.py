"""发放: payment lists from grants to the bank and back; a locked list never changes and nothing is ever paid twice.

A list takes name, number and account from the archives when it is locked; its content is fingerprinted then, and every
file written from it is the same. What the bank says is put down as payouts; only what failed goes onto a further list.
Amounts are 分.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from db.domain.aid.list_flow import (
    LINE_STATES,
    LIST_ACTS,
    LIST_STATES,
    Approver,
    LineState,
    ListAct,
    ListState,
    Method,
    Outcome,
    next_state,
)
from db.domain.aid.payment_checks import LineFinding, check_lines
from db.domain.archive_content import new_id
from db.domain.means_form import WORKER
from db.domain.validation import Severity
from db.errors import Progress, UserError
from db.services import aid, bank_files, office_papers, payment_guards
from db.services.office import OfficeSession, write_journal
from db.services.office_papers import PaperOwner
from db.services.payment_lines import asked_lines, from_archives
from db.store import aid_store

MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list as the overview shows it."""

    id: str
    number: str
    title: str
    method: Method
    state: ListState
    count: int
    total: int
    failed: int
    waiting: int
    made_at: str
    made_by: str
    locked_at: str | None
    locked_by_id: str
    locked_by: str
    approved_by: str
    note: str
    sent_layout: str

    @property
    def state_label(self) -> str:
        """Where it stands, in words."""
        return LIST_STATES[self.state]


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of a list."""

    id: str
    grant_id: str
    archive_id: str
    archive_number: str
    position: int
    payee_name: str
    id_number: str
    employer: str
    item: str
    fund_name: str
    amount: int
    goods: str
    bank: str
    branch: str
    account: str
    phone: str
    note: str
    state: LineState
    failure: str

    @property
    def state_label(self) -> str:
        """What became of it, in words."""
        return LINE_STATES[self.state]


@dataclass(frozen=True, slots=True)
class ListView:
    """A list with its lines and what must be minded before it is locked."""

    row: ListRow
    lines: tuple[Line, ...]
    findings: tuple[LineFinding, ...] = ()
    acts: tuple[ListAct, ...] = ()
    new_accounts: frozenset[str] = frozenset()
    """Grants of a draft whose account nothing was ever paid to: each is typed a second time."""

    files: tuple[bank_files.WrittenFile, ...] = ()
    """Files for the bank that were written of it, the first first."""

    obstacle: str = ""
    """Why it cannot go to the bank although it is locked: it may have been paid already."""

    @property
    def has_errors(self) -> bool:
        """Whether it cannot be locked."""
        return any(item.severity is Severity.ERROR for item in self.findings)


@dataclass(slots=True)
class ReturnOutcome:
    """What reading a bank's answer put down."""

    paid: int = 0
    failed: int = 0
    open: int = 0
    """Lines the answer does not mention: they wait on."""
    failures: list[tuple[str, str]] = field(default_factory=list)
    """Payee and reason."""


# -- looking ------------------------------------------------------------------------------------------------------


def list_lists(session: OfficeSession) -> list[ListRow]:
    """Every payment list, the newest first."""
    with session.database.reading() as connection:
        return [_list_row(row) for row in aid_store.lists(connection)]


def find_by_number(session: OfficeSession, number: str) -> ListRow:
    """The list called so; UserError names the newest ones."""
    rows = list_lists(session)
    found = next((row for row in rows if row.number == number.strip()), None)
    if found is None:
        known = "、".join(row.number for row in rows[:5])
        raise UserError("list_unknown", text=number, known=known or "还没有")
    return found


def load_list(
    session: OfficeSession, list_id: str, confirmed_accounts: Mapping[str, str] | None = None
) -> ListView:
    """A list with its lines; a draft shows them as the archives say today, with everything to mind.

    *confirmed_accounts*: new accounts as they were typed a second time, by grant.
    """
    with session.database.reading() as connection:
        return _view(connection, list_id, confirmed_accounts or {})


def _view(connection: Connection, list_id: str, confirmed: Mapping[str, str]) -> ListView:
    row = next((item for item in aid_store.lists(connection) if item["id"] == list_id), None)
    if row is None:
        raise UserError("list_gone")
    shown = _list_row(row)
    stored = aid_store.lines(connection, list_id)
    if shown.state is ListState.DRAFT:
        told = from_archives(connection, aid_store.grants(connection, [line["grant_id"] for line in stored]), shown.method)
        stored = [{**line, **told[line["grant_id"]]} for line in stored]
    lines = tuple(_line(line) for line in stored)
    acts = tuple(act for act in ListAct if next_state(shown.state, act))
    if shown.state is not ListState.DRAFT:
        waits = shown.state in {ListState.LOCKED, ListState.APPROVED}
        obstacle = payment_guards.obstacle(connection, row) if waits else ""
        return ListView(shown, lines, acts=acts, files=bank_files.written_files(connection, row), obstacle=obstacle)
    asked = asked_lines(connection, lines, shown.method, confirmed)
    new = frozenset(item.grant_id for item in asked if item.is_new_account)
    findings = check_lines(asked, shown.method) + payment_guards.grant_findings(connection, [line.grant_id for line in lines])
    return ListView(shown, lines, tuple(findings), acts, new)


def _list_row(row: dict[str, Any]) -> ListRow:
    keys = ("id", "number", "title", "total", "failed", "waiting", "made_at", "made_by", "locked_at",
            "locked_by_id", "locked_by", "approved_by", "note",
            "sent_layout")  # fmt: skip
    plain = {key: row[key] for key in keys}
    return ListRow(**plain, method=Method(row["method"]), state=ListState(row["state"]), count=row["lines"])


def _line(row: dict[str, Any]) -> Line:
    return Line(**{**{key: row[key] for key in Line.__dataclass_fields__}, "state": LineState(row["state"])})


# -- drawing up ---------------------------------------------------------------------------------------------------


def create_list(session: OfficeSession, title: str, grant_ids: Collection[str], note: str = "") -> ListRow:
    """Draw up a list of open grants of this office, all in money or all in goods; UserError for one that cannot be paid."""
    payment_guards.refuse_on_laptop(session)
    if not title.strip():
        raise UserError("required", label="名册名称")
    with session.database.writing() as connection:
        found = aid_store.grants(connection, list(dict.fromkeys(grant_ids)))
        if not found:
            raise UserError("list_empty")
        method = Method.CARD if found[0]["amount"] else Method.GOODS
        list_id = new_id()
        row = {
            "id": list_id,
            "number": _next_number(connection, session),
            "title": title.strip(),
            "method": method.value,
            "state": ListState.DRAFT.value,
            "note": note.strip(),
            "made_at": session.now,
            "made_by": session.clerk.name,
            **dict.fromkeys(("locked_by_id", "locked_by", "content_sha256", "approved_by_id", "approved_by"), ""),
            **dict.fromkeys(("sent_layout", "sent_sha256"), ""),
            **dict.fromkeys(("locked_at", "approved_at", "approval_paper_id", "sent_at", "closed_at"), None),
        }
        aid_store.insert_list(connection, row)
        _add_lines(connection, session, list_id, method, found, 0)
        return _view(connection, list_id, {}).row


def _next_number(connection: Connection, session: OfficeSession) -> str:
    prefix = f"发{session.today[:4]}"
    taken = [int(number[len(prefix) + 1 :]) for number in aid_store.numbers_like(connection, f"{prefix}-")]
    return f"{prefix}-{max([payment_guards.least_number(connection, prefix), *taken]) + 1:03d}"


def add_to_list(session: OfficeSession, list_id: str, grant_ids: Collection[str]) -> None:
    """Put further grants onto a draft."""
    with session.database.writing() as connection:
        shown = _in_state(connection, list_id, ListState.DRAFT)
        position = max((line["position"] for line in aid_store.lines(connection, list_id)), default=0)
        found = aid_store.grants(connection, list(dict.fromkeys(grant_ids)))
        _add_lines(connection, session, list_id, Method(shown["method"]), found, position)


def _add_lines(
    connection: Connection, session: OfficeSession, list_id: str, method: Method, grants: list[dict[str, Any]], last: int
) -> None:
    if last + len(grants) > MOST_LINES:
        raise UserError("list_too_long", limit=MOST_LINES)
    for row in grants:
        _refuse_line(session, row, method)
    told, rows = from_archives(connection, grants, method), []
    for position, grant in enumerate(grants, last + 1):
        rows.append(
            {
                "id": new_id(),
                "list_id": list_id,
                "position": position,
                "archive_id": grant["archive_id"],
                "grant_id": grant["id"],
                **told[grant["id"]],
                "item": grant["item"],
                "fund_name": grant["fund_name"],
                "amount": grant["amount"],
                "goods": grant["goods"],
                "note": "" if grant["person"] in {"", WORKER} else f"受助人：{grant['recipient_name']}",
                "state": LineState.WAITING.value,
                "failure": "",
            }
        )
    try:
        aid_store.insert_lines(connection, rows)
    except IntegrityError as fault:
        raise UserError("list_grant_taken") from fault


def _refuse_line(session: OfficeSession, grant: dict[str, Any], method: Method) -> None:
    name = grant["recipient_name"]
    if grant["office_id"] != session.office.id:
        raise UserError("aid_not_ours", office=grant["office_name"])
    if grant["outcome"] in {Outcome.PAID, Outcome.WITHDRAWN, Outcome.RETURNED}:
        raise UserError("list_grant_done", name=name)
    if (Method.CARD if grant["amount"] else Method.GOODS) is not method:
        raise UserError("list_mixed")


def take_off_list(session: OfficeSession, list_id: str, line_ids: Collection[str]) -> None:
    """Take lines off a draft; their grants are free for another list."""
    with session.database.writing() as connection:
        _in_state(connection, list_id, ListState.DRAFT)
        here = {line["id"] for line in aid_store.lines(connection, list_id)}
        aid_store.change_lines(connection, here & set(line_ids), state=LineState.DROPPED.value)


def _in_state(connection: Connection, list_id: str, *states: ListState) -> dict[str, Any]:
    row = aid_store.find_list(connection, list_id)
    if row is None:
        raise UserError("list_gone")
    if ListState(row["state"]) not in states:
        raise UserError("list_not_here", number=row["number"], state=LIST_STATES[ListState(row["state"])])
    return row


# -- locking, approving, dropping ---------------------------------------------------------------------------------


def lock_list(session: OfficeSession, list_id: str, confirmed_accounts: Mapping[str, str] | None = None) -> ListView:
    """Freeze a draft as the archives say now; errors refuse it, warnings have been read by whoever locks."""
    with session.database.writing() as connection:
        _in_state(connection, list_id, ListState.DRAFT)
        view = _view(connection, list_id, confirmed_accounts or {})
        if not view.lines:
            raise UserError("list_empty")
        wrong = [item for item in view.findings if item.severity is Severity.ERROR]
        if wrong:
            place = f"第 {wrong[0].index + 1} 行“{view.lines[wrong[0].index].payee_name}”"
            raise UserError("list_faulty", number=view.row.number, where=place, first=wrong[0].text, count=len(wrong))
        aid_store.freeze_lines(connection, [{key: getattr(line, key) for key in ("id", *_FROZEN)} for line in view.lines])
        _go_on(connection, session, list_id, ListAct.LOCK, {
            "locked_at": session.now, "locked_by_id": session.clerk.id, "locked_by": session.clerk.name,
            "content_sha256": content_print(view.lines),
        })  # fmt: skip
        return _view(connection, list_id, {})


_TOWARDS_THE_BANK = frozenset({ListAct.LOCK, ListAct.APPROVE, ListAct.SEND})
_FROZEN = ("payee_name", "id_number", "employer", "bank", "branch", "account", "phone")
_PRINTED = ("position", "grant_id", "payee_name", "id_number", "item", "amount", "goods", "bank", "branch", "account")


def content_print(lines: Sequence[Line]) -> str:
    """Fingerprint of what a list pays: printed on it, and compared before any file is written from it."""
    body = [[getattr(line, key) for key in _PRINTED] for line in lines]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()


def print_of(connection: Connection, list_id: str) -> str:
    """The fingerprint of a list as it is stored now."""
    return content_print([_line(line) for line in aid_store.lines(connection, list_id)])


def _go_on(
    connection: Connection, session: OfficeSession, list_id: str, act: ListAct, columns: dict[str, Any] | None = None
) -> None:
    """Take an act; only one of two who try at the same time gets through."""
    row = aid_store.find_list(connection, list_id)
    if row is None:
        raise UserError("list_gone")
    payment_guards.refuse_on_laptop(session)
    payment_guards.refuse_removed(connection, session)
    if act in _TOWARDS_THE_BANK:
        payment_guards.refuse_paid_meanwhile(connection, row)
    leads = next_state(ListState(row["state"]), act)
    if leads is None:
        raise UserError("list_not_here", number=row["number"], state=LIST_STATES[ListState(row["state"])])
    if not aid_store.change_list(connection, list_id, [row["state"]], state=leads.value, **(columns or {})):
        raise UserError("list_not_here", number=row["number"], state=LIST_STATES[ListState(row["state"])])
    write_journal(connection, session, "payment_list", {"number": row["number"], "act": LIST_ACTS[act]})


def _refuse_paper(connection: Connection, session: OfficeSession, row: dict[str, Any], paper_id: str | None) -> None:
    """The signed list is one of this list, signed as it was locked last."""
    if paper_id:
        if row["locked_at"] > session.now:  # the clock was put right since: no paper would ever be late enough
            raise UserError("list_locked_ahead", number=row["number"], day=row["locked_at"][:10])
        kept = office_papers.papers_within(connection, PaperOwner.PAYMENT_LIST, row["id"])
        found = next((paper for paper in kept if paper.id == paper_id), None)
        if found is None:
            raise UserError("attachment_gone")
        if found.added_at < row["locked_at"]:
            raise UserError("list_paper_old", number=row["number"])


def needs_paper(session: OfficeSession, list_id: str) -> bool:
    """Whether the one who is signed in approves this list with the signed paper: nobody else could."""
    with session.database.reading() as connection:
        row = aid_store.find_list(connection, list_id)
        clerks = int(connection.execute(_CLERKS).scalar_one())
    return row is not None and row["locked_by_id"] == session.clerk.id and clerks == 1


def unlock_list(session: OfficeSession, list_id: str) -> None:
    """Open a list again that is not with the bank yet; who approved it has to do so again."""
    cleared = {"locked_at": None, "locked_by_id": "", "locked_by": "", "content_sha256": ""}
    cleared |= {"approved_at": None, "approved_by_id": "", "approved_by": "", "approval_paper_id": None}
    with session.database.writing() as connection:
        _go_on(connection, session, list_id, ListAct.UNLOCK, cleared)


_CLERKS = text("SELECT count(*) FROM clerk WHERE is_active")


def approve_list(session: OfficeSession, list_id: str, paper_id: str | None = None) -> ListView:
    """Approve a locked list: another clerk than the one who locked it, or with the signed list on file (*paper_id*)."""
    with session.database.writing() as connection:
        row = _in_state(connection, list_id, ListState.LOCKED)
        clerks = int(connection.execute(_CLERKS).scalar_one())
        _refuse_paper(connection, session, row, paper_id)
        fault = Approver(session.clerk.id, row["locked_by_id"], clerks, bool(paper_id)).fault
        if fault:
            raise UserError(fault, name=row["locked_by"])
        columns = {"approved_at": session.now, "approved_by_id": session.clerk.id, "approved_by": session.clerk.name}
        _go_on(connection, session, list_id, ListAct.APPROVE, {**columns, "approval_paper_id": paper_id})
        return _view(connection, list_id, {})


def mark_sent(
    session: OfficeSession, list_id: str, layout: str, sha256: str, content: str = "", new: bank_files.NewFile | None = None
) -> str:
    """Put down that the file for the bank is written; again it is refused without a reason, or with another content.

    *content*: fingerprint of the lines that the file was made of; somebody may have changed the list since they were read.
    The id under which *new* is noted.
    """
    with session.database.writing() as connection:
        row = _in_state(connection, list_id, ListState.APPROVED, ListState.SENT)
        if row["method"] != Method.CARD:
            raise UserError("list_goods", number=row["number"])
        if {print_of(connection, list_id), content or row["content_sha256"]} != {row["content_sha256"]}:
            raise UserError("list_altered", number=row["number"])
        if row["state"] == ListState.APPROVED:
            payment_guards.refuse_restored(connection, row)
        files = bank_files.written_files(connection, row)
        if new is not None:
            bank_files.refuse_second(row, files, new.reason)
        columns = {"sent_at": row["sent_at"] or session.now, "sent_layout": layout, "sent_sha256": sha256}
        _go_on(connection, session, list_id, ListAct.SEND, columns)
        if new is None:
            return ""
        ids = [line["archive_id"] for line in aid_store.lines(connection, list_id)]
        return bank_files.note_written(connection, session, row, new, ids, len(files))


def drop_list(session: OfficeSession, list_id: str, reason: str) -> None:
    """Give a list up that is not with the bank; its grants are free again."""
    if not reason.strip():
        raise UserError("list_drop_reason")
    with session.database.writing() as connection:
        _go_on(connection, session, list_id, ListAct.DROP, {"note": reason.strip(), "closed_at": session.now})
        ids = [line["id"] for line in aid_store.lines(connection, list_id)]
        aid_store.change_lines(connection, ids, state=LineState.DROPPED.value)


# -- what became of it --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineResult:
    """What the bank, or a signature, says of one line. *on_day*: the day it was paid."""

    line_id: str
    paid: bool
    on_day: str
    reason: str = ""


def settle_lines(
    session: OfficeSession,
    list_id: str,
    results: Sequence[LineResult],
    answer: str = "",
    progress: Progress | None = None,
) -> ReturnOutcome:
    """Put down what became of lines that wait; a line settled already with the same answer is passed over.

    UserError, and nothing is put down, where an answer contradicts what stands or names a line that is not on the list.
    *answer*: SHA-256 of the bank's file where all of it was about this list, so that it is not put down for another one.
    """
    payment_guards.refuse_on_laptop(session)
    outcome = ReturnOutcome()
    try:
        with session.database.writing() as connection:
            row = _in_state(connection, list_id, ListState.APPROVED, ListState.SENT, ListState.CLOSED)
            _refuse_unsent(row)
            payment_guards.refuse_other_answer(connection, row["number"], answer)
            lines = {line["id"]: line for line in aid_store.lines(connection, list_id)}
            grants = {item["id"]: item for item in aid_store.grants(connection, [line["grant_id"] for line in lines.values()])}
            for done, result in enumerate(results, 1):
                line = lines.get(result.line_id)
                if line is None:
                    raise UserError("list_line_unknown", number=row["number"])
                _settle(connection, session, row, line, grants[line["grant_id"]], result, outcome)
                if progress is not None:
                    progress(done, len(results))
            outcome.open = sum(1 for line in aid_store.lines(connection, list_id) if line["state"] == LineState.WAITING)
            if answer:
                write_journal(connection, session, "payment_list", {"number": row["number"], "answer": answer})
            if not outcome.open and row["state"] != ListState.CLOSED:
                _go_on(connection, session, list_id, ListAct.CLOSE, {"closed_at": session.now})
    except IntegrityError as fault:
        raise UserError("list_grant_taken") from fault
    return outcome


_LONGEST_BANK = 200
"""Characters of bank and branch that a bundle carries."""


def _refuse_unsent(row: dict[str, Any]) -> None:
    if row["method"] == Method.CARD and row["state"] == ListState.APPROVED:
        raise UserError("list_not_sent", number=row["number"])


def _settle(
    connection: Connection,
    session: OfficeSession,
    row: dict[str, Any],
    line: dict[str, Any],
    grant: dict[str, Any],
    result: LineResult,
    outcome: ReturnOutcome,
) -> None:
    told = LineState.PAID if result.paid else LineState.FAILED
    if line["state"] != LineState.WAITING:
        if line["state"] != told:
            raise UserError("list_line_settled", name=line["payee_name"], state=LINE_STATES[LineState(line["state"])])
        return
    day = payment_guards.checked_day(result.on_day, session.today, "发放日期")
    payment_guards.refuse_before(day, grant["granted_on"], line["payee_name"], "批准")
    columns = {
        "list_number": row["number"],
        "method": row["method"],
        "payee_name": line["payee_name"],
        "bank": f"{line['bank']}{line['branch']}"[:_LONGEST_BANK],
        "account": line["account"],
        "reason": result.reason,
    }
    said = Outcome.PAID if result.paid else Outcome.FAILED
    aid_store.insert_payouts(connection, [aid.payout_row(connection, session, grant, said, day, **columns)])
    aid_store.change_lines(connection, [line["id"]], state=told.value, failure="" if result.paid else result.reason)
    line["state"] = told.value
    words = f"已发放（{row['number']}）" if result.paid else f"发放失败（{row['number']}）：{result.reason}"
    aid.note_on_own(connection, session, grant, words)
    if result.paid:
        outcome.paid += 1
    else:
        outcome.failed += 1
        outcome.failures.append((line["payee_name"], result.reason))


def pay_again(session: OfficeSession, list_id: str) -> ListRow:
    """A new list of what failed on this one and is not on its way again already; UserError where there is nothing."""
    with session.database.reading() as connection:
        row = _in_state(connection, list_id, ListState.SENT, ListState.CLOSED)
        failed = [line["grant_id"] for line in aid_store.lines(connection, list_id) if line["state"] == LineState.FAILED]
        free = [
            item["id"]
            for item in aid_store.grants(connection, failed)
            if item["outcome"] == Outcome.FAILED and not aid_store.on_a_list(connection, item["id"])
        ]
    if not free:
        raise UserError("list_nothing_failed", number=row["number"])
    return create_list(session, f"{row['title']}（补发）", free, f"补发 {row['number']} 中失败的")


def note_returned(session: OfficeSession, grant_id: str, amount: int, on_day: str, reason: str) -> None:
    """Put down that money came back after it had been paid: a line of its own, never a change of the old one."""
    if not reason.strip():
        raise UserError("list_returned_reason")
    payment_guards.refuse_on_laptop(session)
    payment_guards.refuse_long(("退回原因", reason, payment_guards.LONGEST_REASON))
    on_day = payment_guards.checked_day(on_day, session.today, "退回日期")
    with session.database.writing() as connection:
        found = next(iter(aid_store.grants(connection, [grant_id])), None)
        if found is None or found["office_id"] != session.office.id:
            raise UserError("aid_not_ours", office=found["office_name"] if found else "别的单位")
        before = aid_store.payouts_of(connection, [grant_id])
        paid = sum(row["amount"] for row in before if row["outcome"] == Outcome.PAID)
        back = sum(row["amount"] for row in before if row["outcome"] == Outcome.RETURNED)
        if not 0 < amount <= paid - back:
            raise UserError("list_returned_amount")
        payment_guards.refuse_before(on_day, str(found["paid_on"] or ""), found["recipient_name"], "发放")
        row = aid.payout_row(connection, session, found, Outcome.RETURNED, on_day, amount=amount, reason=reason.strip())
        aid_store.insert_payouts(connection, [row])
        aid.note_on_own(connection, session, found, f"退回：{reason.strip()}")
