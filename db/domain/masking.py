"""What people outside the office may not read: numbers, addresses, illness and the names of a household's members.

The worker's own name stays, as on a public notice (requirements §b.6); members are told by surname.
"""

import re
from collections.abc import Iterable

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value, mask_middle, mask_value
from db.domain.form_schema import FieldKind, FieldSpec, Privacy, Value

HIDDEN = "（不对外）"
_NUMBER = re.compile(r"(?<!\d)\d(?:[ \-]?\d){5,24}[ \-]?[\dXx](?!\d)")
"""Digits in a row or in groups, as people write the number of a person, a card or a phone."""
_HARMLESS = re.compile(r"(?:\d{4}-\d{2}-\d{2}(?: \d{2})?[ \-]?)+|\d{6,12}-\d{4}-\d{4}")
"""Days, with an hour or in a row, and 档案编号."""
_TEXTS = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CONTACT})
_LEAST_SECRET = 4
"""Characters from which a hidden answer is looked for in other texts: a shorter one may be any word."""
_ONE_LINE = 200
"""Characters of a text that is a name or a place rather than a story."""
_LEAST_DIGITS = 7
"""Digits from which a number may be that of a phone, a card or a person."""


_COMPOUND = frozenset({
    "欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方", "独孤", "端木", "呼延",
    "南宫", "宇文", "长孙", "轩辕", "万俟", "澹台", "闻人", "钟离",
})  # fmt: skip


def short_name(name: str) -> str:
    """How a member of a household is told: 张某, 欧阳某."""
    surname = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1
    return f"{name[:surname]}某" if name else ""


class Mask:
    """Hides in running text what may not be read: long numbers, the *names* of members, and *secrets* such as addresses."""

    def __init__(self, names: Iterable[str] = (), *, keep: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        kept = set(keep)
        self._names = _any_of({name for name in names if len(name) > 1} - kept)
        self._secrets = _any_of({words for words in secrets if len(words) >= _LEAST_SECRET})

    def __call__(self, text: str) -> str:
        """*text* without them."""
        told = self._secrets.sub(HIDDEN, text) if self._secrets else text
        told = _NUMBER.sub(_masked_number, told)
        return self._names.sub(lambda found: short_name(found[0]), told) if self._names else told


def _any_of(words: set[str]) -> re.Pattern[str] | None:
    """One of these words; the longest counts where several begin alike."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True)))) if words else None


def _masked_number(found: re.Match[str]) -> str:
    words = found[0]
    digits = sum(char.isdigit() for char in words)
    if digits < _LEAST_DIGITS or _HARMLESS.fullmatch(words):
        return words
    return mask_middle(words, 3 if digits <= 12 else 4, 4)


def masked_content(content: ArchiveContent, mask: Mask) -> ArchiveContent:
    """The form as outsiders may see it."""
    values = _masked(ARCHIVE_FORM.worker_fields, content.values, mask)
    members = []
    for member in content.members:
        told = _masked(ARCHIVE_FORM.member_fields, member, mask)
        told = {key: HIDDEN if _is_text(ARCHIVE_FORM.member_field(key)) else value for key, value in told.items()}
        members.append({**told, "id": member["id"], "name": short_name(str(member.get("name") or ""))})
    return ArchiveContent(values, members, content.edition)


def _masked(specs: Iterable[FieldSpec], record: dict[str, Value], mask: Mask) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for spec in specs:
        value = record.get(spec.key)
        if value is None:
            continue
        if spec.privacy is Privacy.IDENTIFYING:
            found[spec.key] = HIDDEN if _is_text(spec) else mask_value(spec, value)
        elif is_free(spec):
            found[spec.key] = HIDDEN
        elif spec.privacy is not Privacy.SENSITIVE:
            found[spec.key] = mask(value) if isinstance(value, str) and _is_text(spec) else value
    return found


def _is_text(spec: FieldSpec) -> bool:
    return spec.kind in _TEXTS


def is_free(spec: FieldSpec) -> bool:
    """Whether people write at length there: nobody can tell whether it names an illness."""
    return spec.kind is FieldKind.LONG_TEXT or (spec.kind is FieldKind.TEXT and spec.limit > _ONE_LINE)


def masked_words(spec: FieldSpec, value: Value) -> str:
    """An answer as outsiders may read it."""
    is_private = spec.privacy in {Privacy.IDENTIFYING, Privacy.SENSITIVE}
    if value and (is_free(spec) or spec.kind is FieldKind.MONEY or (is_private and _is_text(spec))):
        return HIDDEN
    return format_value(spec, value, masked=True)
