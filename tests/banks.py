"""A bank that reads payment files and answers them, in plain Python: it pays most, refuses some, forgets some, repeats itself."""

import csv
import random
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook

REASONS = ("户名不符", "账户已销户", "账号状态异常")


@dataclass(frozen=True)
class Order:
    """A payment as the bank was told. *amount* is 分."""

    account: str
    name: str
    amount: int


@dataclass
class Bank:
    """What it was told and what it did, by list."""

    rng: random.Random
    folder: Path
    orders: dict[str, list[Order]] = field(default_factory=dict)
    waiting: dict[str, list[Order]] = field(default_factory=dict)
    """Orders it has not spoken of yet."""
    paid: dict[str, list[int]] = field(default_factory=dict)
    """Amounts of the last answer."""
    failed: dict[str, list[int]] = field(default_factory=dict)
    all_paid: list[int] = field(default_factory=list)
    odd_rows: int = 0
    """Rows of the last answer that fit nothing of the list."""

    def take(self, path: Path, list_id: str) -> None:
        """Read a file of payments."""
        readers = {".csv": _from_csv, ".txt": _from_text, ".xlsx": _from_workbook}
        self.orders[list_id] = readers[path.suffix](path)
        self.waiting[list_id] = list(self.orders[list_id])
        self.paid[list_id], self.failed[list_id] = [], []

    def answer(self, list_id: str) -> Path | None:
        """An answer about what waits – the first time not about everything; None when all is said."""
        waiting = self.waiting[list_id]
        if not waiting:
            return None
        later = waiting[-1:] if len(waiting) == len(self.orders[list_id]) > 2 else []
        now = waiting[: len(waiting) - len(later)]
        rows = [self._said(list_id, order) for order in now]
        rows.append(rows[0])
        self.odd_rows = 0
        if later:
            rows.append(["6228480000000000000", "查无此人", "1.00", "成功", ""])
            wrong = now[0]
            rows.append([wrong.account, "别的人", _yuan(wrong.amount), "成功", ""])
            self.odd_rows = 2
        self.waiting[list_id] = later
        path = self.folder / f"answer-{list_id}-{len(later)}.csv"
        encoding = self.rng.choice(("utf-8-sig", "gb18030"))
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["某银行代发结果"])
            writer.writerow(["账号", "户名", "金额", "处理结果", "失败原因"])
            writer.writerows(rows)
        return path

    def _said(self, list_id: str, order: Order) -> list[str]:
        fails = self.rng.random() < 0.15
        (self.failed if fails else self.paid)[list_id].append(order.amount)
        if not fails:
            self.all_paid.append(order.amount)
        outcome = ("失败", self.rng.choice(REASONS)) if fails else ("成功", "")
        return [order.account, order.name, _yuan(order.amount), *outcome]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    assert len(rest) == 2, yuan
    return int(whole) * 100 + int(rest)


def _from_csv(path: Path) -> list[Order]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [Order(row["账号"], row["户名"], _fen(row["金额"])) for row in csv.DictReader(file)]


def _from_text(path: Path) -> list[Order]:
    lines = path.read_text(encoding="gb18030").splitlines()
    return [Order(account, name, _fen(amount)) for account, name, amount, _note in (line.split("|") for line in lines)]


def _from_workbook(path: Path) -> list[Order]:
    rows = list(load_workbook(path, data_only=True).active.iter_rows(values_only=True))
    at = next(at for at, row in enumerate(rows) if "银行卡号" in row)
    head = rows[at]
    places = [head.index(caption) for caption in ("银行卡号", "姓名", "金额（元）")]
    listed = [[row[place] for place in places] for row in rows[at + 1 :]]
    return [Order(account, name, round(amount * 100)) for account, name, amount in listed if account and str(account).isdigit()]
