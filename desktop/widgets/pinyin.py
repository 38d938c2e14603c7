"""Find texts by their pinyin: whole syllables or initials, as clerks type them."""

from functools import cache


@cache
def keys(text: str) -> tuple[str, str]:
    """Full pinyin and initials of *text*, lower case."""
    # imported late: loading the dictionary costs more than painting the sign-in window
    from pypinyin import Style, lazy_pinyin

    full = "".join(lazy_pinyin(text))
    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    return full.lower(), initials.lower()


def matches(text: str, typed: str) -> bool:
    """Whether *text* contains *typed*, directly or by pinyin."""
    wanted = typed.strip().lower()
    if not wanted or wanted in text.lower():
        return True
    if not wanted.isascii():
        return False
    full, initials = keys(text)
    return wanted in full or wanted in initials
