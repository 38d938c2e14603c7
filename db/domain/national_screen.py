"""An archive as the national system (全国工会帮扶工作管理系统) asks for it: field after field, written as it is typed there.

The order is that of the national screen: the household from top to bottom, then each member. It is the order of the
form, too; a test holds both against the flat layout that unions exchange with that system.
"""

from dataclasses import dataclass

from db.domain import regions
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_area, format_value
from db.domain.form_schema import FieldKind, FieldSpec, Value, Values

HOUSEHOLD = "户主"
_NOT_TYPED = frozenset({FieldKind.PAPERS, FieldKind.PERSON})


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One field of the national screen. *text* is empty where the archive has no answer."""

    part: str
    """户主, or 家庭成员 with number and name."""
    caption: str
    text: str
    hint: str = ""
    """What helps to find the answer in a list there: the name of a region, how many boxes to tick."""


def entry_lines(content: ArchiveContent) -> list[EntryLine]:
    """Every field in the order of the national screen, also those without an answer."""
    lines = [_line(HOUSEHOLD, spec, content.values) for spec in ARCHIVE_FORM.worker_fields if spec.kind not in _NOT_TYPED]
    for number, member in enumerate(content.members, 1):
        part = f"家庭成员 {number} {member.get('name') or ''}".rstrip()
        lines += [_line(part, spec, member) for spec in ARCHIVE_FORM.member_fields if spec.kind not in _NOT_TYPED]
    return lines


def _line(part: str, spec: FieldSpec, values: Values) -> EntryLine:
    value = values.get(spec.key)
    return EntryLine(part, spec.label, entry_text(spec, value), _hint(spec, value))


def entry_text(spec: FieldSpec, value: Value) -> str:
    """*value* as it is typed into the national system: labels, ISO dates, numbers without separators or units."""
    if isinstance(value, int) and spec.kind is FieldKind.MONEY:
        return format_area(value)  # both count hundredths, and neither wants needless zeros
    return format_value(spec, value)


def _hint(spec: FieldSpec, value: Value) -> str:
    if not value:
        return ""
    if spec.kind is FieldKind.REGION:
        return regions.full_name(str(value))
    if isinstance(value, list) and len(value) > 1:
        return f"共 {len(value)} 项，逐项勾选"
    return ""
