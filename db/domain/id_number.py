"""The citizen ID number (公民身份号码, GB 11643-1999): structure, check digit, what it tells."""

from datetime import date
from functools import lru_cache
from operator import mul

from db.domain import regions

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_digit(first17: str) -> str:
    """MOD 11-2 check character of the first 17 digits."""
    return _CHECK[sum(map(mul, _WEIGHTS, map(int, first17))) % 11]


@lru_cache(maxsize=65536)
def birth_on(number: str) -> str | None:
    """ISO birth date inside an 18-digit number; None when the number holds no real date."""
    if len(number) != 18:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14])).isoformat()
    except ValueError:
        return None


def sex(number: str) -> str | None:
    """Option code of the sex in the 17th digit: odd male, even female."""
    if len(number) != 18 or not number[16].isdigit():
        return None
    return "male" if int(number[16]) % 2 else "female"


def is_valid(number: str) -> bool:
    """Whether structure, date and check digit are sound (the region may be unknown)."""
    return fault(number) is None


@lru_cache(maxsize=65536)
def fault(number: str) -> str | None:
    """Error code of what is wrong with a normalised number, None when it is sound."""
    if len(number) == 15 and number.isdigit():
        return "id_old_15"
    if len(number) != 18:
        return "id_length"
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        return "id_characters"
    if birth_on(number) is None or number[6:10] < "1880":
        return "id_date"
    return None if check_digit(number[:17]) == number[17] else "id_checksum"


def has_known_region(number: str) -> bool:
    """Whether the first six digits are or were a county's code."""
    return regions.is_known(number[:6])
