"""Two versions of an archive → the list of changed fields in the form's captions, ready to show or store."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value

ATTACHMENT, MEANS, ASSESSMENT, DECISION, STEP, RECORD = (
    "@attachment", "@means", "@assessment", "@decision", "@step", "@record"
)
"""Fields of changes that concern what lies beside the form: a paper, a worksheet, what was assessed, decided or done."""
_BESIDE = {ATTACHMENT: "附件", MEANS: "家庭经济状况", ASSESSMENT: "认定建议", DECISION: "认定决定", STEP: "办理", RECORD: "登记"}


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field. *member_id* and *member_name* are empty for the worker; *field* "" is a whole member."""

    field: str
    old: Value
    new: Value
    member_id: str = ""
    member_name: str = ""

    @property
    def spec(self) -> FieldSpec | None:
        """The declaration of the field, None for a whole member and for what lies beside the form."""
        if not self.field or self.field in _BESIDE:
            return None
        return ARCHIVE_FORM.member_field(self.field) if self.member_id else ARCHIVE_FORM.field(self.field)

    @property
    def label(self) -> str:
        """Caption of the field, with the member's name before it."""
        if self.field in _BESIDE:
            return _BESIDE[self.field]
        spec = self.spec
        if spec is None:
            return f"家庭成员 {self.member_name}"
        return f"家庭成员 {self.member_name} · {spec.label}" if self.member_id else spec.label

    @property
    def old_text(self) -> str:
        """The former value as people read it."""
        return _shown(self.spec, self.old)

    @property
    def new_text(self) -> str:
        """The new value as people read it."""
        return _shown(self.spec, self.new)

    def to_json(self) -> list[Any]:
        """Compact JSON form for the revision record."""
        return [self.field, self.member_id, self.member_name, self.old, self.new]

    @classmethod
    def from_json(cls, data: list[Any]) -> "Change":
        """Read what :meth:`to_json` wrote."""
        return cls(data[0], data[3], data[4], data[1], data[2])


def _shown(spec: FieldSpec | None, value: Value) -> str:
    if spec is None:
        return str(value) if value else ""
    return format_value(spec, value)


def _empty(value: Value) -> bool:
    return value is None or value == "" or value == []


def _record_changes(
    fields: Iterable[FieldSpec], old: dict[str, Value], new: dict[str, Value], member_id: str = "", name: str = ""
) -> Iterable[Change]:
    for spec in fields:
        before, after = old.get(spec.key), new.get(spec.key)
        if before != after and not (_empty(before) and _empty(after)):
            yield Change(spec.key, before, after, member_id, name)


def changes_between(old: ArchiveContent, new: ArchiveContent) -> list[Change]:
    """What changed from *old* to *new*; members are matched by their id, added and dropped ones told whole."""
    changes = list(_record_changes(ARCHIVE_FORM.worker_fields, old.values, new.values))
    before = {str(member["id"]): member for member in old.members}
    after = {str(member["id"]): member for member in new.members}
    for member_id, member in after.items():
        name = str(member.get("name") or "")
        if member_id in before:
            fields = ARCHIVE_FORM.member_fields
            changes.extend(_record_changes(fields, before[member_id], member, member_id, name))
        else:
            changes.append(Change("", None, "新增", member_id, name))
    for member_id, member in before.items():
        if member_id not in after:
            changes.append(Change("", "删除前在册", "已删除", member_id, str(member.get("name") or "")))
    if not changes and [*before] != [*after]:
        changes.append(Change("", "原顺序", "顺序调整", "order", "次序"))
    return changes
