"""Read what a bank sends back about a list – workbook, CSV or text – into rows that can be laid beside the list."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from db.domain.aid.bank_answer import AnswerRow
from db.domain.aid.bank_layout import AnswerColumns, BankLayout
from db.domain.field_kinds import Cell, fold, parse_value, printable
from db.domain.form_schema import FieldKind, FieldSpec
from db.errors import UserError
from db.exchange.workbook_read import read_workbook
from db.store.file_faults import read_at_most

LARGEST = 20 << 20
MOST_ROWS = 100_000
_LONGEST = 200
"""Characters that are kept of a bank's words."""
_SEARCHED = 50
"""Rows among which the heads are looked for: banks write a title and dates above them."""
_WORKBOOKS = frozenset({".xlsx", ".xls", ".et", ".ods", ".xlsm"})
_AMOUNT = FieldSpec(key="amount", label="金额", kind=FieldKind.MONEY)


def read_bank_return(path: Path, layout: BankLayout) -> list[AnswerRow]:
    """The rows of an answer, each with its number in the file; UserError where no heads are found in it."""
    tables = {name: (rows, heads) for name, rows in _tables(path) if (heads := _heads(rows, layout.answer))}
    if not tables:
        raise UserError("bank_return_heads", name=path.name, known="、".join(layout.answer.account[:3]))
    found = {name: told for name, (rows, heads) in tables.items() if (told := _told(rows, *heads, layout.answer))}
    if not found:
        raise UserError("bank_return_empty", name=path.name)
    if len(found) > 1:  # rows are told by their numbers, and banks set those that failed apart
        raise UserError("bank_return_sheets", name=path.name, sheets="”“".join(found))
    return next(iter(found.values()))


def _told(
    rows: Sequence[Sequence[Cell]], at: int, columns: dict[str, int], also: Sequence[int], answer: AnswerColumns
) -> list[AnswerRow]:
    """What the rows below the heads in row *at* say of somebody."""
    found = []
    for number, row in enumerate(rows[at + 1 :], at + 2):
        account = _digits(_cell(row, columns.get("account")))
        if account or _speaks_of_somebody(row, columns):
            found.append(_answer(number, account, row, columns, also, answer))
    return found


def _tables(path: Path) -> Iterable[tuple[str, Sequence[Sequence[Cell]]]]:
    """The sheets of a workbook that are shown, or the one table of a text."""
    if path.suffix.lower() in _WORKBOOKS:
        book = read_workbook(path)
        for name in book.sheet_names:
            sheet = book.sheet(name)
            if len(sheet.rows) > MOST_ROWS:
                raise UserError("bank_return_long", name=path.name, limit=MOST_ROWS)
            if sheet.shown:
                yield name, sheet.rows
        return
    data = read_at_most(path, LARGEST + 1)
    if len(data) > LARGEST:
        raise UserError("workbook_too_large", name=path.name)
    yield "", _table(path, _decoded(path, data))


def _decoded(path: Path, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UserError("bank_return_text", name=path.name)


def _table(path: Path, text: str) -> list[list[Cell]]:
    """Rows of a text file, parted by whichever separator stands in most of its lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ROWS:
        raise UserError("bank_return_long", name=path.name, limit=MOST_ROWS)
    separator = max(",|\t;，", key=lambda mark: sum(mark in line for line in lines))
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True):
            if any(_SWALLOWED.search(cell) for cell in row):
                raise UserError("bank_return_quotes", name=path.name, row=len(rows) + 1)
            rows.append(list(row))
    except csv.Error as fault:
        raise UserError("bank_return_quotes", name=path.name, row=len(rows) + 1) from fault
    return rows


_SWALLOWED = re.compile(r"\n.*\d{8}", re.DOTALL)
"""A cell that goes on over the next line with a number in it: a quotation mark that nothing closes has eaten lines."""


def _heads(rows: Sequence[Sequence[Cell]], answer: AnswerColumns) -> tuple[int, dict[str, int], list[int]] | None:
    """The row with the heads, the column of each thing – account and outcome must be there –, and further ones of outcomes.

    Of several columns that could be meant the one counts whose head is named first: our own 备注 comes back beside the
    失败原因 that the bank has added.
    """
    wanted = {name: [fold(word) for word in getattr(answer, name)] for name in _THINGS}
    for at, row in enumerate(rows[:_SEARCHED]):
        found: dict[str, int] = {}
        heads = [fold(str(cell)) for cell in row]
        for name, words in wanted.items():
            fitting = [heads.index(word) for word in words if word in heads and heads.index(word) not in found.values()]
            if fitting:
                found[name] = fitting[0]
        if "account" in found and "outcome" in found:
            also = [place for place, head in enumerate(heads) if head in wanted["outcome"] and place not in found.values()]
            return at, found, also
    return None


_THINGS = ("account", "name", "amount", "outcome", "reason")


def _cell(row: Sequence[Cell], column: int | None) -> Cell:
    return row[column] if column is not None and column < len(row) else ""


_TOTALS = re.compile(r"^(合计|总计|小计|共计|总笔数|成功笔数|失败笔数|笔数|制表)")


def _speaks_of_somebody(row: Sequence[Cell], columns: dict[str, int]) -> bool:
    """Whether a row without a whole account says an outcome all the same, and is not a total's row."""
    if not str(_cell(row, columns["outcome"])).strip():
        return False
    return not any(_TOTALS.match(fold(str(cell))) for cell in row)


def _digits(cell: Cell) -> str:
    """A card number, however it is written; empty for a total's row or a remark."""
    if isinstance(cell, float):
        cell = f"{cell:.0f}"
    text = fold(str(cell)).strip("'`=\"")  # ="6228…" is how a program keeps Excel from taking it for a number
    return text if text.isascii() and text.isdigit() and len(text) >= 8 else ""


def _answer(
    number: int, account: str, row: Sequence[Cell], columns: dict[str, int], also: Sequence[int], answer: AnswerColumns
) -> AnswerRow:
    said = _words(_cell(row, columns["outcome"]))
    others = [words for place in also if (words := _words(_cell(row, place))) and words != said]
    paid = _outcome(said, answer)
    if paid is not None and any(_speaks_against(words, paid, answer) for words in others):
        said, paid = "；".join([said, *others])[:_LONGEST], None
    cell = _cell(row, columns.get("amount"))
    parsed = parse_value(_AMOUNT, cell)
    amount = parsed.value if isinstance(parsed.value, int) and parsed.code is None and parsed.value > 0 else None
    return AnswerRow(
        row=number,
        account=account,
        name="".join(char for char in str(_cell(row, columns.get("name"))) if char.isprintable() and not char.isspace())[:_LONGEST],
        amount=amount,
        paid=paid,
        said=said,
        reason=_words(_cell(row, columns.get("reason"))),
        account_said=_words(_cell(row, columns.get("account"))),
        amount_said=_words(cell) if amount is None else "",
    )


def _words(cell: Cell) -> str:
    """What a cell says, in one line of bearable length: it is stored, and travels with the archive."""
    return " ".join(printable(str(cell)).split())[:_LONGEST]


def _speaks_against(words: str, paid: bool, answer: AnswerColumns) -> bool:
    """Whether what another column says does not go with an outcome: it says the contrary, or that nothing is settled."""
    other, word = _outcome(words, answer), fold(words)
    if other is not None:
        return other is not paid
    return paid and bool(_UNSETTLED.search(word) or _GOES_BACK.search(word))


def _outcome(said: str, answer: AnswerColumns) -> bool | None:
    """Whether a word means paid. 未成功 and 不成功 are failures; what speaks of both, or of money going back, is not understood."""
    word = fold(said)
    if not word or _UNSETTLED.search(word):
        return None
    rest = word
    for paid_word in answer.paid_words:
        if len(paid_word) > 1 and not paid_word.isascii():
            rest = re.sub(f"{_NOT}{re.escape(fold(paid_word))}", "", rest)
    failed = rest != word or _among(rest, answer.failed_words) or word.startswith(("未", "不"))
    paid = _among(rest, answer.paid_words)
    if paid and (failed or _GOES_BACK.search(rest)):
        return None
    return False if failed else True if paid else None


_NOT = "(?:未能|不能|没有|没能|无法|尚未|还未|并未|未予|未|不|没|非)"
_UNSETTLED = re.compile("待|重发|重试|处理中|部分|疑|不明|未知")
_GOES_BACK = re.compile("退|冲|撤|取消|返还|拒|异常|作废")


def _among(word: str, words: Iterable[str]) -> bool:
    """Whether one of *words* stands in *word*; short codes must be the whole of it."""
    return any(fold(item) == word or (len(item) > 1 and not item.isascii() and fold(item) in word) for item in words)
