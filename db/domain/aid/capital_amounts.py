"""Amounts as banks and receipts write them out (人民币大写): 贰万肆仟壹佰玖拾贰元整."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
LARGEST = 10**17 - 1
"""分; beyond it there is no usual wording."""


def capital_words(fen: int) -> str:
    """The amount of *fen* 分 in capital characters, after 《票据法》 practice: 整 after 元 or 角, 零 for a gap.

    ValueError beyond :data:`LARGEST`.
    """
    if abs(fen) > LARGEST:
        raise ValueError("amount")
    yuan, rest = divmod(abs(fen), 100)
    tenth, cent = divmod(rest, 10)
    sign = "负" if fen < 0 else ""
    if not yuan and not rest:
        return "零元整"
    words = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{sign}{words}整"
    if tenth:
        # a gap before the 角 is read where the 元 end in a zero
        words += ("零" if yuan and yuan % 10 == 0 else "") + f"{_DIGITS[tenth]}角"
    elif yuan:
        words += "零"
    return f"{sign}{words}{_DIGITS[cent]}分" if cent else f"{sign}{words}整"


def _whole(number: int) -> str:
    """From 1: what stands before 亿, then what is left; 零 for a gap between the two."""
    high, low = divmod(number, 10**8)
    words = f"{_whole(high)}亿" if high else ""
    upper, lower = divmod(low, 10_000)
    if upper:
        words += ("零" if words and upper < 1_000 else "") + _group(upper) + "万"
    if lower:
        words += ("零" if words and (lower < 1_000 or not upper) else "") + _group(lower)
    return words


def _group(number: int) -> str:
    """1 to 9999."""
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            gap = gap or bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return words
