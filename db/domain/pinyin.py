"""Pinyin of Chinese names and options: for sorting, for initials (zxm → 张小明), for lists that filter as one types.

pypinyin reads common surnames wrongly (单 dan, 仇 chou …): the corrections stand here. Characters it does not know
come back unchanged, so a rare name still sorts and is found by its characters.
"""

from functools import lru_cache
from itertools import product

from pypinyin import Style, pinyin

SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "区": "ou",
    "解": "xie",
    "查": "zha",
    "曾": "zeng",
    "任": "ren",
    "华": "hua",
    "盖": "ge",
    "朴": "piao",
    "缪": "miao",
    "员": "yun",
    "尹": "yin",
    "燕": "yan",
    "洗": "xian",
    "宓": "mi",
    "乐": "yue",
    "覃": "qin",
    "召": "shao",
    "黑": "he",
    "折": "she",
    "翟": "zhai",
    "种": "chong",
    "秘": "bi",
    "冼": "xian",
    "哈": "ha",
    "谌": "chen",
    "卜": "bu",
    "长孙": "zhangsun",
    "尉迟": "yuchi",
    "万俟": "moqi",
    "澹台": "tantai",
    "令狐": "linghu",
}
_COMPOUND = {"尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "澹台": ("tan", "tai"), "长孙": ("zhang", "sun")}


@lru_cache(maxsize=32768)
def _char_readings(char: str) -> tuple[str, ...]:
    readings = pinyin(char, style=Style.NORMAL, heteronym=True, errors="default")[0]
    return tuple(dict.fromkeys(reading.replace("ü", "v") for reading in readings))


@lru_cache(maxsize=65536)
def syllables(name: str) -> tuple[str, ...]:
    """One reading per character of a personal *name*, surname corrected; dots and blanks are left out."""
    chars = [char for char in name if char.isalnum()]
    if not chars:
        return ()
    found = [_char_readings(char)[0] for char in chars]
    compound = _COMPOUND.get("".join(chars[:2]))
    if compound and len(chars) > 2:
        found[:2] = compound
    elif chars[0] in SURNAMES:
        found[0] = SURNAMES[chars[0]]
    return tuple(found)


def full(name: str) -> str:
    """Pinyin of *name* without blanks, ``zhangxiaoming``."""
    return "".join(syllables(name))


def initials(name: str) -> str:
    """First letters of the syllables, ``zxm``."""
    return "".join(syllable[0] for syllable in syllables(name))


@lru_cache(maxsize=8192)
def matches(text: str, typed: str) -> bool:
    """Whether an option or place *text* is meant by *typed*: by its characters, pinyin or initials (any reading)."""
    typed = typed.strip().lower()
    if not typed or typed in text.lower():
        return True
    if not typed.isascii():
        return False
    readings = [_char_readings(char) for char in text if char.isalnum()][:12]
    letters = [{reading[0] for reading in char} for char in readings]
    for start in range(len(letters) - len(typed) + 1):
        if all(typed[offset] in letters[start + offset] for offset in range(len(typed))):
            return True
    first = readings[:4]
    return any("".join(way).startswith(typed) for way in product(*(char[:3] for char in first))) or typed in "".join(
        char[0] for char in readings
    )
