"""Sources of money (资金来源): budget, what came in, what is granted, paid, left; and a ledger down to each person.

A source and its movements are entries of the office's register; what goes out is told by grants and payouts, so nothing
is counted twice. All amounts are 分.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import records
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import aid_store, record_store

GOES_OUT = frozenset({"returned", "passed_down"})
"""Movements by which money leaves a source for another office: it stands in the books of that one from then on."""


@dataclass(frozen=True, slots=True)
class FundState:
    """A source and how it stands."""

    fund: Record
    received: int
    sent_back: int
    """Returned to the office above, or passed down to one below."""
    committed: int
    """Granted, neither paid nor given up."""
    paid: int
    came_back: int
    """Of what was paid: returned by bank or household."""

    @property
    def name(self) -> str:
        """The source's name."""
        return self.fund.content.text("name")

    @property
    def spent(self) -> int:
        """Paid and not come back."""
        return self.paid - self.came_back

    @property
    def left(self) -> int:
        """What is there: received, not sent back, not spent."""
        return self.received - self.sent_back - self.spent

    @property
    def available(self) -> int:
        """What may still be granted."""
        return self.left - self.committed

    @property
    def rate(self) -> float | None:
        """Share of what was received that is spent (使用率); None before anything came in."""
        had = self.received - self.sent_back
        return self.spent / had if had > 0 else None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a source's ledger; *balance* after it."""

    on_day: str
    what: str
    who: str
    reference: str
    came_in: int
    went_out: int
    balance: int
    archive_id: str = ""


def fund_states(session: OfficeSession) -> list[FundState]:
    """Every source of this office, in the order of their dates; those of one day by their kind, the treasury first."""
    with session.database.reading() as connection:
        return states(connection, session)


def states(connection: Connection, session: OfficeSession, fund_id: str = "") -> list[FundState]:
    """The same within a transaction; of one source only with *fund_id*."""
    own = session.office.id
    moved = _movements(connection, own)
    sums = aid_store.fund_sums(connection, own, fund_id)
    found = []
    for row in record_store.office_records(connection, RecordKind.FUND, own):
        if fund_id and row["record_id"] != fund_id:
            continue
        fund = records.record_of(row)
        received, sent_back = moved.get(fund.record_id, (0, 0))
        found.append(FundState(fund, received, sent_back, *sums.get(fund.record_id, (0, 0, 0))))
    return sorted(found, key=_place)


def _place(state: FundState) -> tuple[str, int, str]:
    kinds = [option.code for option in option_list("fund_source").options]
    kind = state.fund.content.text("source_kind")
    return state.fund.on_day, kinds.index(kind) if kind in kinds else len(kinds), state.name


def _movements(connection: Connection, office_id: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in record_store.office_records(connection, RecordKind.FUND_MOVEMENT, office_id):
        item = records.record_of(row)
        received, sent_back = found.get(str(item.subject_id), (0, 0))
        amount = _amount(item.content)
        if item.content.text("movement") in GOES_OUT:
            sent_back += amount
        else:
            received += amount
        found[str(item.subject_id)] = (received, sent_back)
    return found


def _amount(content: RecordContent) -> int:
    value = content.values.get("amount")
    return value if isinstance(value, int) else 0


def fund_state(connection: Connection, session: OfficeSession, fund_id: str) -> FundState:
    """How one source stands; UserError where it is gone."""
    found = states(connection, session, fund_id) if fund_id else []
    if not found:
        raise UserError("fund_gone")
    return found[0]


def save_movement(session: OfficeSession, content: RecordContent, record_id: str = "") -> Record:
    """Record money that came in or was sent back; never so that more is granted or paid than is there."""
    before = records.load_entry(session, record_id) if record_id else None
    with session.database.writing() as connection:
        made = records.put_entry(connection, session, RecordKind.FUND_MOVEMENT, content, record_id)
        for fund_id in {str(item.subject_id) for item in (made, before) if item is not None}:
            _refuse_short(fund_state(connection, session, fund_id))
    return made


def remove_movement(session: OfficeSession, record_id: str) -> None:
    """Take a movement out again, unless the money has been granted already."""
    found = records.load_entry(session, record_id)
    with session.database.writing() as connection:
        records.put_entry(connection, session, found.kind, found.content, record_id, is_removed=True)
        _refuse_short(fund_state(connection, session, str(found.subject_id)))


def _refuse_short(state: FundState) -> None:
    if state.available < 0:
        raise UserError("fund_overdrawn", name=state.name, short=format_amount(-state.available))


def save_fund(session: OfficeSession, content: RecordContent, record_id: str = "") -> Record:
    """Record a source of money."""
    return records.save_entry(session, RecordKind.FUND, content, record_id)


def remove_fund(session: OfficeSession, record_id: str) -> None:
    """Take a source out of the register, if nothing ever came in or went out."""
    with session.database.writing() as connection:
        state = fund_state(connection, session, record_id)
        if any((state.received, state.sent_back, state.committed, state.paid)):
            raise UserError("fund_in_use", name=state.name)
        records.put_entry(connection, session, RecordKind.FUND, state.fund.content, record_id, is_removed=True)


def fund_ledger(session: OfficeSession, fund_id: str) -> list[LedgerLine]:
    """Everything that moved a source, by day: what came in before what went out on the same day."""
    with session.database.reading() as connection:
        fund_state(connection, session, fund_id)
        own = session.office.id
        moves = [records.record_of(row) for row in record_store.office_records(connection, RecordKind.FUND_MOVEMENT, own)]
        paid = aid_store.fund_payouts(connection, own, fund_id)
    entries: list[tuple[str, int, LedgerLine]] = []
    for item in (move for move in moves if move.subject_id == fund_id):
        back = item.content.text("movement") in GOES_OUT
        amount = _amount(item.content)
        what = option_list("fund_movement").label(item.content.text("movement"))
        line = LedgerLine(item.on_day, what, item.content.text("party"), item.content.text("document"),
                          0 if back else amount, amount if back else 0, 0)  # fmt: skip
        entries.append((item.on_day, int(back), line))
    for row in paid:
        back = row["outcome"] == "returned"
        label = option_list("aid_item").label(row["item"])
        what = f"退回：{label}" if back else label
        who = row["recipient_name"] if row["recipient_name"] == row["household"] else f"{row['recipient_name']}（{row['household']}家）"
        line = LedgerLine(row["on_day"], what, f"{who} {row['archive_number']}", row["list_number"],
                          row["amount"] if back else 0, 0 if back else row["amount"], 0, row["archive_id"])  # fmt: skip
        entries.append((row["on_day"], 1, line))
    return _with_balance([line for _, _, line in sorted(entries, key=lambda item: item[:2])])


def _with_balance(lines: list[LedgerLine]) -> list[LedgerLine]:
    balance, found = 0, []
    for item in lines:
        balance += item.came_in - item.went_out
        found.append(LedgerLine(item.on_day, item.what, item.who, item.reference, item.came_in, item.went_out, balance,
                                item.archive_id))  # fmt: skip
    return found
