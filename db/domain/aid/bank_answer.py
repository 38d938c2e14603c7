"""Lay a bank's answer beside the list it answers: which lines are paid, which failed, and which rows do not fit.

A row that cannot be told apart from others, says something else than the list, or says it in unknown words is set aside
with its number and the reason; nothing is guessed. Amounts are 分.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from db.domain.field_kinds import format_amount


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of the list: what was sent."""

    id: str
    account: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A row of the answer. *amount* and *paid* None: not given, or not understood (*said* has the words)."""

    row: int
    account: str
    name: str = ""
    amount: int | None = None
    paid: bool | None = None
    said: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was not used, and why."""

    row: int
    text: str


@dataclass(slots=True)
class Reconciliation:
    """What an answer comes to."""

    paid: list[str] = field(default_factory=list)
    """Ids of lines."""
    failed: dict[str, str] = field(default_factory=dict)
    """Reasons by id of line."""
    set_aside: list[SetAside] = field(default_factory=list)
    unmentioned: list[str] = field(default_factory=list)
    repeated: int = 0
    """Rows that say once more what another row said."""


def lay_beside(
    lines: Sequence[ListedLine], rows: Iterable[AnswerRow], *, unmentioned_paid: bool = False
) -> Reconciliation:
    """Match rows to lines by account, then amount. *unmentioned_paid*: the bank lists only what failed."""
    found = Reconciliation()
    by_account: dict[str, list[ListedLine]] = defaultdict(list)
    for line in lines:
        by_account[line.account].append(line)
    told: dict[str, AnswerRow] = {}
    groups: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in rows:
        groups[row.account].append(row)
    for account, answers in groups.items():
        _match(by_account.get(account, []), answers, told, found)
    for line_id, row in told.items():
        if row.paid:
            found.paid.append(line_id)
        else:
            found.failed[line_id] = row.reason or row.said or "银行没有写原因"
    found.set_aside.sort(key=lambda item: item.row)
    doubted = {line.id for item in found.set_aside for line in by_account.get(_account_of(groups, item.row), [])}
    for line in lines:
        if line.id in told:
            continue
        if unmentioned_paid and line.id not in doubted:
            found.paid.append(line.id)
        else:
            found.unmentioned.append(line.id)
    return found


def _account_of(groups: dict[str, list[AnswerRow]], row: int) -> str:
    return next((account for account, answers in groups.items() if any(item.row == row for item in answers)), "")


def _match(
    lines: list[ListedLine], rows: list[AnswerRow], told: dict[str, AnswerRow], found: Reconciliation
) -> None:
    """Rows and lines of one account."""
    sound = []
    for row in rows:
        fault = _fault(lines, row)
        if fault:
            found.set_aside.append(SetAside(row.row, fault))
        else:
            sound.append(row)
    by_amount: dict[int, list[ListedLine]] = defaultdict(list)
    for line in lines:
        by_amount[line.amount].append(line)
    only = next(iter(by_amount)) if len(by_amount) == 1 else None
    wanted: dict[int, list[AnswerRow]] = defaultdict(list)
    for row in sound:
        amount = row.amount if row.amount is not None else only
        if amount is None:
            found.set_aside.append(SetAside(row.row, "同一卡号有几笔不同的金额，这一行没有写金额，分不清是哪一笔。"))
        else:
            wanted[amount].append(row)
    for amount, answers in wanted.items():
        _pair(by_amount[amount], answers, told, found)


def _fault(lines: list[ListedLine], row: AnswerRow) -> str:
    if not lines:
        return f"卡号“{row.account}”不在这份名册里。"
    if row.paid is None:
        return f"结果“{row.said}”认不出是成功还是失败。" if row.said else "没有写成功还是失败。"
    if row.name and all(row.name != line.name for line in lines):
        return f"户名是“{row.name}”，名册里这个卡号是“{lines[0].name}”。"
    if row.amount is not None and all(row.amount != line.amount for line in lines):
        listed = "、".join(dict.fromkeys(format_amount(line.amount) for line in lines))
        return f"金额是 {format_amount(row.amount)} 元，名册里是 {listed} 元。"
    return ""


def _pair(
    lines: list[ListedLine], rows: list[AnswerRow], told: dict[str, AnswerRow], found: Reconciliation
) -> None:
    """Lines of one account and amount, all alike, with the rows that speak of them."""
    if len(rows) > len(lines):
        if len({row.paid for row in rows}) > 1:
            found.set_aside += [SetAside(row.row, "同一笔写了几行，结果不一样。") for row in rows]
            return
        found.repeated += len(rows) - len(lines)
    elif len(rows) < len(lines) and len({row.paid for row in rows}) == 1 and len(lines) > 1:
        found.set_aside += [
            SetAside(row.row, f"名册里这个卡号有 {len(lines)} 笔同样的金额，回盘只写了 {len(rows)} 笔。") for row in rows
        ]
        return
    for line, row in zip(lines, rows, strict=False):
        told[line.id] = row
