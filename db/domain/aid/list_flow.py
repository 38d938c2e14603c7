"""The way of a payment list: drawn up, locked, approved by another person, handed to the bank, and its answer read.

What is locked does not change any more: names, accounts and amounts are those that were checked and signed. A failed
payment stays failed on its list and goes onto a new one; a paid list is never reopened.
"""

from dataclasses import dataclass
from enum import StrEnum


class ListState(StrEnum):
    """Where a list stands."""

    DRAFT = "draft"
    LOCKED = "locked"
    APPROVED = "approved"
    SENT = "sent"
    CLOSED = "closed"
    DROPPED = "dropped"


LIST_STATES = {
    ListState.DRAFT: "编制中",
    ListState.LOCKED: "已锁定，待审批",
    ListState.APPROVED: "已审批，待送银行",
    ListState.SENT: "已送银行，等回盘",
    ListState.CLOSED: "已办结",
    ListState.DROPPED: "已作废",
}


class ListAct(StrEnum):
    """What is done with a list."""

    LOCK = "lock"
    UNLOCK = "unlock"
    APPROVE = "approve"
    SEND = "send"
    CLOSE = "close"
    DROP = "drop"


LIST_ACTS = {
    ListAct.LOCK: "锁定",
    ListAct.UNLOCK: "退回修改",
    ListAct.APPROVE: "审批",
    ListAct.SEND: "生成银行文件",
    ListAct.CLOSE: "办结",
    ListAct.DROP: "作废",
}

_WAYS: dict[ListAct, tuple[tuple[ListState, ...], ListState]] = {
    ListAct.LOCK: ((ListState.DRAFT,), ListState.LOCKED),
    ListAct.UNLOCK: ((ListState.LOCKED, ListState.APPROVED), ListState.DRAFT),
    ListAct.APPROVE: ((ListState.LOCKED,), ListState.APPROVED),
    # the file may be written again, always with the same content
    ListAct.SEND: ((ListState.APPROVED, ListState.SENT), ListState.SENT),
    ListAct.CLOSE: ((ListState.APPROVED, ListState.SENT), ListState.CLOSED),
    ListAct.DROP: ((ListState.DRAFT, ListState.LOCKED, ListState.APPROVED), ListState.DROPPED),
}


class LineState(StrEnum):
    """What became of one payment."""

    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"
    DROPPED = "dropped"


LINE_STATES = {
    LineState.WAITING: "待发放",
    LineState.PAID: "已发放",
    LineState.FAILED: "发放失败",
    LineState.DROPPED: "已撤出",
}


class Outcome(StrEnum):
    """What a payout says of its grant."""

    PAID = "paid"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


OUTCOMES = {
    Outcome.PAID: "已发放",
    Outcome.FAILED: "发放失败",
    Outcome.WITHDRAWN: "撤销，不再发放",
    Outcome.RETURNED: "退回",
}


class Method(StrEnum):
    """How it reaches the household: by bank card in the recipient's own name, or goods against a signature."""

    CARD = "card"
    GOODS = "goods"


METHODS = {Method.CARD: "银行卡", Method.GOODS: "实物（签收）"}


def next_state(state: ListState, act: ListAct) -> ListState | None:
    """Where *act* leads from *state*; None where it cannot be done."""
    begins, leads = _WAYS[act]
    return leads if state in begins else None


@dataclass(frozen=True, slots=True)
class Approver:
    """Who wants to approve: a clerk other than the one who locked the list, or one with the signed paper on file."""

    clerk_id: str
    locked_by_id: str
    office_clerks: int
    has_signed_paper: bool

    @property
    def fault(self) -> str:
        """Code of the sentence that says why not; empty when the approval holds."""
        if self.clerk_id != self.locked_by_id:
            return ""
        if self.office_clerks > 1:
            return "list_same_clerk"
        return "" if self.has_signed_paper else "list_paper_missing"
