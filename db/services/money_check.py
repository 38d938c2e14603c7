"""Whether the money is in order: grants, payments and lists say the same, and what was locked is what was locked."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from db.domain.aid.list_flow import ListState
from db.services import disbursement, funds
from db.services.office import OfficeSession
from db.store import aid_store

_WORDS = {
    "line": "名册里有 {} 行记为已发放或失败，却没有相应的发放记录",
    "payout": "有 {} 条发放记录在名册里找不到",
    "amount": "有 {} 笔发放的金额与批准的不同",
    "returned": "有 {} 笔退回的比发放的多",
}
_OPEN = {ListState.DRAFT, ListState.DROPPED}


@dataclass(slots=True)
class MoneyCheck:
    """What was found; *overdrawn* names sources of which more is granted than came in."""

    grants: int
    lists: int
    faults: list[str] = field(default_factory=list)
    overdrawn: list[str] = field(default_factory=list)


def money_check(connection: Connection, session: OfficeSession) -> MoneyCheck:
    """Look through all grants, payments and lists."""
    rows = aid_store.lists(connection)
    found = MoneyCheck(aid_store.totals(connection, "", {})[0], len(rows))
    for key, count in aid_store.inconsistent(connection, session.office.id).items():
        if count:
            found.faults.append(_WORDS[key].format(f"{count:,}"))
    altered = [
        row["number"]
        for row in rows
        if ListState(row["state"]) not in _OPEN and disbursement.print_of(connection, row["id"]) != row["content_sha256"]
    ]
    if altered:
        found.faults.append(f"名册 {'、'.join(altered)} 的内容与锁定时不同")
    wrong = aid_store.wrong_fund_sums(connection)
    if wrong:
        found.faults.append(f"有 {wrong} 项资金的合计与逐笔相加不同")
    found.overdrawn = [state.name for state in funds.states(connection, session) if state.available < 0]
    return found
