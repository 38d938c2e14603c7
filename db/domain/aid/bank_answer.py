"""Lay a bank's answer beside the list it answers: which lines are paid, which failed, and which rows do not fit.

A row that cannot be told apart from others, says something else than the list, or says it in unknown words is set aside
with its number and the reason; nothing is guessed. Amounts are 分.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    """A row of the answer. *amount* and *paid* None: not given, or not understood (``said`` has the words).

    *account* is empty where no whole number stands, as where a bank hides the middle of it: ``account_said``.
    """

    row: int
    account: str
    name: str = ""
    amount: int | None = None
    paid: bool | None = None
    said: str = ""
    reason: str = ""
    account_said: str = ""
    amount_said: str = ""


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
    rows: dict[str, int] = field(default_factory=dict)
    """By id of line: the row that speaks of it."""
    repeated: int = 0
    """Rows that say once more what another row said."""
    rest_doubt: str = ""
    """Why what is not mentioned cannot be taken as paid although the bank is said to list only failures."""


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
        found.rows[line_id] = row.row
        if row.paid:
            found.paid.append(line_id)
        else:
            found.failed[line_id] = row.reason or row.said or "银行没有写原因"
    found.set_aside.sort(key=lambda item: item.row)
    rest = [line for line in lines if line.id not in told]
    assumed = _assumed_paid(lines, rest, groups, found) if unmentioned_paid else set[str]()
    found.paid += [line.id for line in rest if line.id in assumed]
    found.unmentioned = [line.id for line in rest if line.id not in assumed]
    return found


def _assumed_paid(
    lines: Sequence[ListedLine],
    rest: Sequence[ListedLine],
    groups: Mapping[str, Sequence[AnswerRow]],
    found: Reconciliation,
) -> set[str]:
    """Of what is not mentioned: the lines that are paid because the bank lists only failures, and no row casts a doubt on."""
    rows = {row.row: row for answers in groups.values() for row in answers}
    if any(row.paid for row in rows.values()):
        found.rest_doubt = "回盘里也有成功的，银行不是只列失败的：没有提到的不能算成功。"
        return set()
    if not found.failed:
        found.rest_doubt = "回盘里没有一行对得上这份名册，多半选错了文件：没有提到的不能算成功。"
        return set()
    accounts = {line.account for line in lines}
    aside = [rows[item.row] for item in found.set_aside]
    if any(row.account not in accounts and not row.name for row in aside):
        found.rest_doubt = "有的行看不出是谁的：没有提到的不能算成功。"
        return set()
    doubted = {row.account for row in aside}
    named = [row.name for row in aside if row.account not in accounts]
    return {
        line.id for line in rest if line.account not in doubted and not any(same_name(name, line.name) for name in named)
    }


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
        _by_name(by_amount[amount], answers, told, found)


def _by_name(
    lines: list[ListedLine], rows: list[AnswerRow], told: dict[str, AnswerRow], found: Reconciliation
) -> None:
    """Lines of one account and amount: each person's with the rows that name them."""
    people: dict[str, list[ListedLine]] = defaultdict(list)
    for line in lines:
        people[line.name].append(line)
    if len(people) == 1:
        _pair(lines, rows, told, found)
        return
    of_person: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in rows:
        fitting = [name for name in people if row.name and same_name(row.name, name)]
        if len(fitting) == 1:
            of_person[fitting[0]].append(row)
        else:
            found.set_aside.append(SetAside(row.row, f"这个卡号给 {len(people)} 个人用，照这一行的户名分不清是谁的。"))
    for name, answers in of_person.items():
        _pair(people[name], answers, told, found)


_DOTS = str.maketrans({"•": "·", "・": "·", "．": "·", ".": "·", "‧": "·", "＊": "*", "？": "?"})


def same_name(written: str, name: str) -> bool:
    """Whether a bank's way of writing a name – parts hidden by stars, a rare character as ?, other dots – is this name."""
    said, meant = written.translate(_DOTS), name.translate(_DOTS)
    if said == meant:
        return True
    if not set(said) & {"*", "?"} or not set(said) - {"*", "?"}:
        return False
    pattern = "".join("." if char == "?" else ".+" if char == "*" else re.escape(char) for char in re.sub(r"\*+", "*", said))
    return re.fullmatch(pattern, meant) is not None


def _fault(lines: list[ListedLine], row: AnswerRow) -> str:
    if not row.account:
        return f"卡号“{row.account_said}”不是完整的号码，认不出是谁的。"
    if not lines:
        return f"卡号“{row.account}”不在这份名册里。"
    if row.paid is None:
        return f"结果“{row.said}”认不出是成功还是失败。" if row.said else "没有写成功还是失败。"
    if row.name and not any(same_name(row.name, line.name) for line in lines):
        return f"户名是“{row.name}”，名册里这个卡号是“{lines[0].name}”。"
    if row.amount_said:
        return f"金额“{row.amount_said}”认不出来。"
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
