"""Read what a bank sends back about a list – workbook, CSV or text – into rows that can be laid beside the list."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from db.domain.aid.bank_answer import AnswerRow
from db.domain.aid.bank_layout import AnswerColumns, BankLayout
from db.domain.field_kinds import Cell, fold, parse_value
from db.domain.form_schema import FieldKind, FieldSpec
from db.errors import UserError
from db.exchange.workbook_read import read_workbook
from db.store.file_faults import file_faults

LARGEST = 20 << 20
MOST_ROWS = 100_000
_SEARCHED = 20
"""Rows among which the heads are looked for: banks write a title and dates above them."""
_WORKBOOKS = frozenset({".xlsx", ".xls", ".et", ".ods", ".xlsm"})
_AMOUNT = FieldSpec(key="amount", label="金额", kind=FieldKind.MONEY)


def read_bank_return(path: Path, layout: BankLayout) -> list[AnswerRow]:
    """The rows of an answer, each with its number in the file; UserError where no heads are found in it."""
    rows = _rows(path)
    heads = _heads(rows, layout.answer)
    if heads is None:
        raise UserError("bank_return_heads", name=path.name, known="、".join(layout.answer.account[:3]))
    at, columns = heads
    found = []
    for number, row in enumerate(rows[at + 1 :], at + 2):
        account = _digits(_cell(row, columns.get("account")))
        if account:
            found.append(_answer(number, account, row, columns, layout.answer))
    if not found:
        raise UserError("bank_return_empty", name=path.name)
    return found


def _rows(path: Path) -> Sequence[Sequence[Cell]]:
    if path.suffix.lower() in _WORKBOOKS:
        book = read_workbook(path)
        return book.sheet(book.sheet_names[0]).rows if book.sheet_names else []
    with file_faults(path):
        if path.stat().st_size > LARGEST:
            raise UserError("workbook_too_large", name=path.name)
        data = path.read_bytes()
    return _table(_decoded(path, data))


def _decoded(path: Path, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UserError("bank_return_text", name=path.name)


def _table(text: str) -> list[list[Cell]]:
    """Rows of a text file, parted by whichever separator stands in most of its lines."""
    lines = [line for line in text.splitlines() if line.strip()][: MOST_ROWS + 1]
    separator = max(",|\t;，", key=lambda mark: sum(mark in line for line in lines))
    rows: list[list[Cell]] = []
    for row in csv.reader(io.StringIO(text), delimiter=separator):
        rows.append(list(row))
    return rows[:MOST_ROWS]


def _heads(rows: Sequence[Sequence[Cell]], answer: AnswerColumns) -> tuple[int, dict[str, int]] | None:
    """The row with the heads and the column of each thing; account and outcome must be there."""
    wanted = {name: {fold(word) for word in getattr(answer, name)} for name in _THINGS}
    for at, row in enumerate(rows[:_SEARCHED]):
        found: dict[str, int] = {}
        for column, cell in enumerate(row):
            word = fold(str(cell))
            for name, words in wanted.items():
                if word in words and name not in found:
                    found[name] = column
                    break
        if "account" in found and "outcome" in found:
            return at, found
    return None


_THINGS = ("account", "name", "amount", "outcome", "reason")


def _cell(row: Sequence[Cell], column: int | None) -> Cell:
    return row[column] if column is not None and column < len(row) else ""


def _digits(cell: Cell) -> str:
    """A card number, however it is written; empty for a total's row or a remark."""
    if isinstance(cell, float):
        cell = f"{cell:.0f}"
    text = "".join(str(cell).split()).strip("'`")
    return text if text.isascii() and text.isdigit() and len(text) >= 8 else ""


def _answer(
    number: int, account: str, row: Sequence[Cell], columns: dict[str, int], answer: AnswerColumns
) -> AnswerRow:
    said = str(_cell(row, columns["outcome"])).strip()
    amount = parse_value(_AMOUNT, _cell(row, columns.get("amount"))) if "amount" in columns else None
    return AnswerRow(
        row=number,
        account=account,
        name="".join(str(_cell(row, columns.get("name"))).split()),
        amount=amount.value if amount and isinstance(amount.value, int) and amount.code is None else None,
        paid=_outcome(said, answer),
        said=said,
        reason=str(_cell(row, columns.get("reason"))).strip(),
    )


def _outcome(said: str, answer: AnswerColumns) -> bool | None:
    """Whether a word means paid; a word that holds both sorts is not understood. 不成功 is a failure."""
    word = fold(said)
    if not word:
        return None
    if _among(word, answer.failed_words) or word.startswith(("未", "不")):
        return False
    return True if _among(word, answer.paid_words) else None


def _among(word: str, words: Iterable[str]) -> bool:
    """Whether one of *words* stands in *word*; short codes must be the whole of it."""
    return any(fold(item) == word or (len(item) > 1 and not item.isascii() and fold(item) in word) for item in words)
