"""The periods tables are made for: a year, half, quarter or month, or any days from – to."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_HALVES = ("上半年", "下半年")
_QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
PARTS: dict[str, str] = {
    "": "全年",
    **{f"H{number}": words for number, words in enumerate(_HALVES, 1)},
    **{f"Q{number}": words for number, words in enumerate(_QUARTERS, 1)},
    **{f"{number:02d}": f"{number} 月" for number in range(1, 13)},
}
"""Parts of a year by their sign, as in ``2022H1``, ``2022Q3``, ``2022-07``."""
_WRITTEN = re.compile(r"^(\d{4})(?:年?)(?:-?(H[12]|Q[1-4])|-(0[1-9]|1[0-2]))?$")


@dataclass(frozen=True, slots=True)
class Period:
    """From day to day, both counted (ISO)."""

    begins: str
    ends: str

    @property
    def year(self) -> int:
        """The year it ends in."""
        return int(self.ends[:4])

    @property
    def words(self) -> str:
        """``2022年``, ``2022年上半年``, ``2022年7月``, else from – to."""
        for part, words in PARTS.items():
            if period_of(self.year, part) == self:
                return f"{self.year}年{words.replace(' ', '') if part else ''}"
        return f"{_day_words(self.begins)}至{_day_words(self.ends)}"


def period_of(year: int, part: str = "") -> Period:
    """A year, or its *part* (one of :data:`PARTS`)."""
    if part.startswith("H"):
        first, months = (int(part[1]) - 1) * 6 + 1, 6
    elif part.startswith("Q"):
        first, months = (int(part[1]) - 1) * 3 + 1, 3
    elif part:
        first, months = int(part), 1
    else:
        first, months = 1, 12
    last = first + months - 1
    return Period(f"{year:04d}-{first:02d}-01", f"{year:04d}-{last:02d}-{calendar.monthrange(year, last)[1]}")


def read_period(words: str) -> tuple[int, str] | None:
    """Year and part as written by hand (``2022``, ``2022H1``, ``2022Q3``, ``2022-07``); None for anything else."""
    found = _WRITTEN.match(words.strip().upper())
    return (int(found[1]), found[2] or found[3] or "") if found else None


def _day_words(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.year}年{on.month}月{on.day}日"
