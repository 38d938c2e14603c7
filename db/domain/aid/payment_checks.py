"""What must be looked at before a list of payments is locked: names, numbers, cards, doubles (field-notes: wrong cards).

An ERROR keeps the list open; a WARNING is shown and has to be confirmed by locking all the same.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import resources
from db.domain import id_number
from db.domain.aid.list_flow import Method
from db.domain.validation import Severity, luhn_holds


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment as it is about to be made. *amount* is 分; *holder* is the name of the worker, whose card it is."""

    grant_id: str
    payee_name: str
    id_number: str
    amount: int
    bank: str
    branch: str
    account: str
    holder: str = ""
    confirmed_account: str = ""
    """The account as it was typed a second time; empty where it has been paid to before."""
    is_new_account: bool = False
    """Whether nothing was ever paid to it in this name."""
    former_payees: tuple[str, ...] = ()
    """Others whom something was paid to by this account."""
    goods: str = ""


@dataclass(frozen=True, slots=True)
class LineFinding:
    """Something about one line: which (its place in the list), how bad, and the sentence."""

    index: int
    severity: Severity
    text: str


@cache
def _prefixes() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    found = tomllib.loads(resources.read_text("banks/prefixes.toml"))
    rows = [
        (prefix, str(bank["name"]), tuple(bank["words"])) for bank in found["bank"] for prefix in bank["prefixes"]
    ]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


def issuer_of(account: str) -> tuple[str, tuple[str, ...]] | None:
    """The bank that issues cards beginning like *account*, with words its name is written with; None: not known."""
    return next(((name, words) for prefix, name, words in _prefixes() if account.startswith(prefix)), None)


def check_lines(lines: Sequence[PaymentLine], method: Method) -> list[LineFinding]:
    """Everything to mind in a list, line by line in its order."""
    found = [
        LineFinding(index, severity, text)
        for index, line in enumerate(lines)
        for severity, text in (*_of_line(line, method), *(_of_card(line) if method is Method.CARD else ()))
    ]
    found += _doubles(lines, method)
    return sorted(found, key=lambda item: (item.index, item.severity is not Severity.ERROR))


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


def _of_line(line: PaymentLine, method: Method) -> Iterable[tuple[Severity, str]]:
    if not line.payee_name.strip():
        yield _ERROR, "没有收款人姓名。"
    fault = id_number.fault(line.id_number) if line.id_number else "empty"
    if fault:
        yield _ERROR, "身份证号不对，请在档案里核对后再列入。" if line.id_number else "没有身份证号：实名发放必须填。"
    if method is Method.CARD and line.amount <= 0:
        yield _ERROR, "金额要大于 0。"
    if method is Method.GOODS and not line.goods.strip():
        yield _ERROR, "没有写发什么实物。"


def _of_card(line: PaymentLine) -> Iterable[tuple[Severity, str]]:
    account = line.account
    if not account:
        yield _ERROR, "没有银行卡号。"
        return
    if not (account.isascii() and account.isdigit() and 12 <= len(account) <= 19):
        yield _ERROR, "银行卡号要是 12 到 19 位数字。"
        return
    if not luhn_holds(account):
        yield _WARNING, "银行卡号的校验位不对，多半抄错了一位，请照卡再核对。"
    issuer = issuer_of(account)
    if issuer and line.bank and not any(word in line.bank for word in issuer[1]):
        yield _WARNING, f"卡号开头是{issuer[0]}的，开户银行写的是“{line.bank}”。"
    if not line.bank:
        yield _ERROR, "没有开户银行。"
    if line.holder and line.payee_name != line.holder:
        yield _WARNING, f"卡是“{line.holder}”的，收款人是“{line.payee_name}”：实名发放，户名要和收款人相同。"
    if line.former_payees:
        yield _WARNING, f"这个卡号以前发给过“{'、'.join(line.former_payees)}”，请核对是不是本人的卡。"
    if line.is_new_account and line.confirmed_account != account:
        text = "新卡号要再输入一遍核对。" if not line.confirmed_account else "两次输入的卡号不一样，请照卡再核对。"
        yield _ERROR, text


def _doubles(lines: Sequence[PaymentLine], method: Method) -> Iterable[LineFinding]:
    people: dict[str, set[str]] = {}
    for line in lines:
        people.setdefault(line.account, set()).add(line.id_number or line.payee_name)
    grants = Counter(line.grant_id for line in lines)
    for index, line in enumerate(lines):
        if grants[line.grant_id] > 1:
            yield LineFinding(index, _ERROR, "同一笔救助列了两次。")
        if method is Method.CARD and line.account and len(people[line.account]) > 1:
            yield LineFinding(index, _WARNING, f"同一个卡号给 {len(people[line.account])} 个人用，请核对是不是本人的卡。")
