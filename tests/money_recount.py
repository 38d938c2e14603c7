"""A second opinion on the money: workbooks as they were written, read again and reckoned in plain Python. Amounts are 分."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from money_notes import BANDS, Child, Moved, Paid, Source, band_of
from openpyxl import load_workbook

SCHOOL_ITEMS = {"tuition", "study_cost"}
KINDS = {"central": "B", "province": "B", "city": "B", "county": "B", "donation": "C", "union": "D", "other": "E"}


@dataclass(frozen=True)
class Span:
    """The offices and days of a table."""

    offices: tuple[str, ...]
    begins: str
    ends: str

    def holds(self, office: str, day: str) -> bool:
        """Whether something of an office on a day belongs to it."""
        return office in self.offices and bool(day) and self.begins <= day <= self.ends


# -- sources ------------------------------------------------------------------------------------------------------


@dataclass
class Balance:
    """How a source stands."""

    received: int = 0
    sent_back: int = 0
    granted: int = 0
    paid: int = 0
    came_back: int = 0

    @property
    def spent(self) -> int:
        """Paid and kept."""
        return self.paid - self.came_back


def balances(sources: dict[str, Source], moves: Iterable[Moved], grants: Iterable[Paid]) -> dict[str, Balance]:
    """Every source by name."""
    found = {name: Balance() for name in sources}
    for move in moves:
        if move.movement == "returned":
            found[move.fund].sent_back += move.amount
        else:
            found[move.fund].received += move.amount
    for known in grants:
        of = found[known.fund]
        of.granted += 0 if known.paid_on or known.withdrawn_on else known.amount
        of.paid += known.amount if known.paid_on else 0
        of.came_back += sum(amount for _, amount in known.back)
    return found


def fund_lines(sources: dict[str, Source], moves: Iterable[Moved], grants: Iterable[Paid], span: Span) -> dict[str, list[int]]:
    """帮扶资金使用情况统计表 by source: opening, carried, received, out again, spent, left, committed, what may still be granted."""
    found = {}
    for name, source in sources.items():
        if source.office not in span.offices:
            continue
        entries = [(move.on_day, -move.amount if move.movement in {"returned", "passed_down"} else move.amount, move.movement)
                   for move in moves if move.fund == name]  # fmt: skip
        of_fund = [known for known in grants if known.fund == name]
        entries += [(known.paid_on, -known.amount, "spent") for known in of_fund if known.paid_on]
        entries += [(day, amount, "spent") for known in of_fund for day, amount in known.back]
        within = [entry for entry in entries if span.begins <= entry[0] <= span.ends]
        left = sum(amount for day, amount, _ in entries if day <= span.ends)
        waiting = sum(
            known.amount
            for known in of_fund
            if known.granted_on <= span.ends and (known.paid_on or known.withdrawn_on or "9") > span.ends
        )
        parts = [sum(amount for _, amount, what in within if what in kind) for kind in
                 ({"carried"}, {"receipt"}, {"returned", "passed_down"}, {"spent"})]  # fmt: skip
        opening = sum(amount for day, amount, _ in entries if day < span.begins)
        found[name] = [opening, parts[0], parts[1], -parts[2], -parts[3], left, waiting, left - waiting]
    return found


def item_line(grants: Iterable[Paid], goods: Iterable[tuple[str, str]], span: Span, *items: str) -> list[int]:
    """帮扶救助情况 of some kinds of aid: households, times and money granted, then households, times and money paid.

    *goods*: archive and day of what was handed out, all of it 送温暖.
    """
    chosen = [known for known in grants if known.item in items and known.office in span.offices]
    granted = [known for known in chosen if span.begins <= known.granted_on <= span.ends
               and not (known.withdrawn_on and known.withdrawn_on <= span.ends)]  # fmt: skip
    kept = [known for known in chosen if span.holds(known.office, known.paid_on)
            and known.amount > sum(amount for day, amount in known.back if day <= span.ends)]  # fmt: skip
    handed = [archive_id for archive_id, day in goods if "warmth" in items and span.begins <= day <= span.ends]
    told = []
    for some, money in ((granted, sum(known.amount for known in granted)), (kept, sum(amount for _, amount in signed(chosen, span)))):
        told += [len({known.archive_id for known in some} | set(handed)), len(some) + len(handed), money]
    return told


# -- 附件3 --------------------------------------------------------------------------------------------------------


def signed(grants: Iterable[Paid], span: Span) -> list[tuple[Paid, int]]:
    """Every payment of the span, and what came back in it with a minus."""
    found = []
    for known in grants:
        if span.holds(known.office, known.paid_on):
            found.append((known, known.amount))
        found += [(known, -amount) for day, amount in known.back if span.holds(known.office, day)]
    return found


def raised(sources: dict[str, Source], moves: Iterable[Moved], grants: Iterable[Paid], span: Span) -> Counter[str]:
    """Row 01 by letter: of sources for schooling alone what came in, of others what was paid for schooling."""
    found: Counter[str] = Counter()
    only_school = {name for name, source in sources.items() if source.items and set(source.items) <= SCHOOL_ITEMS}
    for move in moves:
        if move.fund in only_school and span.holds(move.office, move.on_day):
            found[KINDS[sources[move.fund].kind]] += -move.amount if move.movement == "returned" else move.amount
    for known, amount in signed(grants, span):
        if known.item in SCHOOL_ITEMS and known.fund not in only_school:
            found[KINDS[sources[known.fund].kind]] += amount
    return found


def last_kept(grants: Iterable[Paid], span: Span) -> Iterable[Paid]:
    """Of each child that was paid for the last payment that did not come back whole."""
    last: dict[str, Paid] = {}
    for known in sorted(grants, key=lambda item: (item.paid_on, item.order)):
        kept = known.amount - sum(amount for day, amount in known.back if day <= span.ends)
        if known.item in SCHOOL_ITEMS and span.holds(known.office, known.paid_on) and kept > 0:
            last[known.who] = known
    return last.values()


def tuition_figures(
    sources: dict[str, Source], moves: list[Moved], grants: list[Paid], span: Span, new_children: dict[str, str]
) -> dict[str, int]:
    """附件3 by figure; *new_children*: stage by number of those who begin a new school and are on file on the last day."""
    found: Counter[str] = Counter({f"01{letter}": amount for letter, amount in raised(sources, moves, grants, span).items()})
    for known, amount in signed(grants, span):
        if known.item in SCHOOL_ITEMS and known.band:
            found[f"02{known.band}"] += amount
            found[f"05{known.band}2"] += amount if known.is_migrant else 0
    for stage in new_children.values():
        if BANDS.get(stage):
            found[f"03{BANDS[stage]}"] += 1
    for known in last_kept(grants, span):
        if known.band:
            found[f"04{known.band}"] += 1
            found[f"05{known.band}1"] += known.is_migrant
    for row, letters in (("01", "BCDE"), ("02", "BCD"), ("03", "BCD"), ("04", "BCD")):
        found[f"{row}A"] = sum(found[f"{row}{letter}"] for letter in letters)
    for number in "12":
        found[f"05A{number}"] = sum(found[f"05{letter}{number}"] for letter in "BCD")
    return dict(found)


# -- 资金需求情况汇总表 --------------------------------------------------------------------------------------------


def family_of(child: Child, category: str) -> str:
    """The line a child stands in: 新就业形态, 未建档, or the class of the household's archive."""
    if child.is_new_form:
        return "F"
    if child.regime != "on_file":
        return "N"
    return {"deep_hardship": "D", "relative_hardship": "R", "accidental_hardship": "A"}.get(category, "O")


def need_column(child: Child, year: int) -> str:
    """学前, 义务, 高中（含中职）, 高等, 特殊教育."""
    if child.stage in {"preschool", "special"}:
        return "1" if child.stage == "preschool" else "5"
    return {"B": "2", "C": "3", "D": "4"}[band_of(child, year)]


# -- printed figures ----------------------------------------------------------------------------------------------


def in_wan(fen: int, places: int = 2) -> Decimal:
    """分 in 万元, rounded half up."""
    return (Decimal(fen) / 1_000_000).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def sheet_rows(path: Path, sheet: str = "", *, formulas: bool = False) -> list[tuple[Any, ...]]:
    """The rows of a sheet, the first unless told, as values or with their formulas."""
    book = load_workbook(path, read_only=True, data_only=not formulas)
    return list((book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True))


def figures_after(captions: Iterable[str], text: str) -> list[Decimal]:
    """The number that stands right behind each caption on paper, in this order; *text* is without blanks."""
    found, place = [], 0
    for caption in captions:
        plain = "".join(caption.split())
        place = text.index(plain, place) + len(plain)
        number = re.match(r"-?[\d,]+(\.\d+)?(?=\D|$)", text[place:])
        assert number, (caption, text[place : place + 20])
        found.append(Decimal(number[0].replace(",", "")))
        place += len(number[0])
    return found


# -- 大写 ---------------------------------------------------------------------------------------------------------

_DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_capital(words: str) -> int:
    """What an amount in capital characters comes to, in 分: the way back, written on its own."""
    whole, _, rest = words.rpartition("元") if "元" in words else ("", "", words)
    total = section = digit = 0
    for mark in whole:
        if mark in _DIGITS:
            digit = _DIGITS[mark]
        elif mark in _PLACES:
            section, digit = section + digit * _PLACES[mark], 0
        elif mark == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    fen = (total + section + digit) * 100
    for mark, value in (("角", 10), ("分", 1)):
        place = rest.find(mark)
        fen += _DIGITS[rest[place - 1]] * value if place > 0 else 0
    return fen
