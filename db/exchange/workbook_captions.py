"""Which caption of a workbook means which field: labels, aliases and older captions of the form, folded.

Clerks' headers carry stars, line breaks, blanks, units and (必填); all of that is folded away before comparing.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FieldSpec, LegacyCaption

HOUSEHOLD = "@household"
"""Target of the column that groups one-person rows (户号)."""
_HOUSEHOLD_CAPTIONS = frozenset({"户号", "户编号", "户序号", "户次", "家庭号", "家庭编号", "家庭序号"})
IGNORED_CAPTIONS = frozenset({"导入结果", "序号", "序列", "行号", "no", "no."})
_NOISE = re.compile(r"[\s\u3000\u00a0\u200b\ufeff*★☆]+")
_REMARK = re.compile(r"\((?:必填|必填项|选填|可不填|元|元/月|元/年|人|平方米|m2|是/否|下拉选择|文本|自动得出)\)")
_TAIL = re.compile(r"\([^()]*\)$")
_MEMBER = re.compile(
    r"^(?:家庭(?:主要)?成员|家属|成员|第)(\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:位|人|号)?(?:家庭成员|成员)?[-_.、:]*(.*)$"
)
_MEMBER_GROUP = re.compile(r"^(?:家庭(?:主要)?成员|家属|成员)[-_.、:]*(.*)$")
_NUMBERED = re.compile(r"^(.*?[^\d(])\(?(\d{1,2})\)?$")
_CHINESE_DIGITS = {char: number for number, char in enumerate("一二三四五六七八九", 1)}


class Confidence(StrEnum):
    """How a column found its field."""

    LABEL = "label"
    ALIAS = "alias"
    LEGACY = "legacy"
    CHOSEN = "chosen"
    SIMILAR = "similar"
    IGNORED = "ignored"
    REPEATED = "repeated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """A caption's meaning within one section: the field, and the older caption when it was one."""

    key: str
    confidence: Confidence
    legacy: LegacyCaption | None = None


def fold_caption(text: object) -> str:
    """*text* without stars, blanks, units and remarks, full-width letters folded: what captions are compared by."""
    folded = _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).lower()
    return _REMARK.sub("", folded).rstrip(":")


def _add(words: dict[str, Word], caption: str, word: Word) -> None:
    folded = fold_caption(caption)
    if folded in words and words[folded].key != word.key:
        raise ValueError(f"“{caption}” is a caption of {words[folded].key} and of {word.key}")
    words.setdefault(folded, word)


def _vocabulary(fields: tuple[FieldSpec, ...]) -> dict[str, Word]:
    words: dict[str, Word] = {}
    for spec in fields:
        _add(words, spec.label, Word(spec.key, Confidence.LABEL))
    for spec in fields:
        for alias in spec.aliases:
            _add(words, alias, Word(spec.key, Confidence.ALIAS))
        for legacy in spec.legacy:
            _add(words, legacy.caption, Word(spec.key, Confidence.LEGACY, legacy))
    return words


@cache
def worker_words() -> dict[str, Word]:
    """Folded caption → household field."""
    return _vocabulary(ARCHIVE_FORM.worker_fields)


@cache
def member_words() -> dict[str, Word]:
    """Folded caption → field of the member grid."""
    return _vocabulary(ARCHIVE_FORM.member_fields)


def look_up(words: dict[str, Word], folded: str) -> Word | None:
    """The meaning of a folded caption, also without the bracketed tail clerks add."""
    return words.get(folded) or words.get(_TAIL.sub("", folded))


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    if "十" in text:
        return _CHINESE_DIGITS.get(tens, 1) * 10 + _CHINESE_DIGITS.get(ones, 0)
    return _CHINESE_DIGITS[ones[0]]


def member_caption(folded: str) -> tuple[int, str] | None:
    """Member number and rest of ``家庭成员2身份证号``; number 0 when the caption has none; None for others."""
    match = _MEMBER.match(folded)
    if match:
        number = _number(match.group(1))
        return (number, match.group(2)) if 1 <= number <= 50 else None
    match = _MEMBER_GROUP.match(folded)
    if match is None:
        return None
    return numbered_tail(match.group(1)) or (0, match.group(1))


def numbered_tail(folded: str) -> tuple[int, str] | None:
    """Number and rest of ``关系2`` or ``关系(2)``; None without a number at the end."""
    match = _NUMBERED.match(folded)
    return (int(match.group(2)), match.group(1)) if match and 1 <= int(match.group(2)) <= 50 else None


def numbers_its_members(captions: Iterable[str]) -> bool:
    """Whether folded captions number their members at the end (姓名1, 关系1): some relation column does."""
    for folded in captions:
        found = numbered_tail(folded)
        word = look_up(member_words(), found[1]) if found else None
        if word and word.key == "relation_to_head":
            return True
    return False


def is_household_caption(folded: str) -> bool:
    """Whether the column groups one-person rows into households."""
    return folded in _HOUSEHOLD_CAPTIONS


def similar_word(words: dict[str, Word], folded: str) -> Word | None:
    """A near miss worth suggesting to the clerk, never applied by itself."""
    if len(folded) < 2:
        return None
    close = difflib.get_close_matches(folded, words, 1, 0.72)
    return words[close[0]] if close else None
