"""How the command line words its answers: plain JSON objects and short texts."""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import Always, FieldKind, FieldSpec, Section
from db.domain.means_form import MEANS_FORM
from db.domain.option_lists import option_list
from db.domain.validation import Problem, describe_place
from db.services.archiving import (
    SUBMISSION_LABELS,
    Archive,
    ArchiveRow,
    Submission,
)
from db.services.attachments import Attachment
from db.services.office import OfficeSession
from db.services.revisions import RevisionEntry


def profile(session: OfficeSession) -> dict[str, Any]:
    """Who the office is."""
    office = session.office
    return {
        "office_id": office.id,
        "name": office.name,
        "level": office.level,
        "region_code": office.region_code,
        "parent": office.parent_name,
        "clerk": session.clerk.name,
    }


def record(item: Any) -> Any:
    """A dataclass (nested ones too) as plain JSON values."""
    if is_dataclass(item) and not isinstance(item, type):
        return {entry.name: record(getattr(item, entry.name)) for entry in fields(item)}
    if isinstance(item, dict):
        return {str(key): record(value) for key, value in item.items()}
    if isinstance(item, list | tuple | set | frozenset):
        return [record(value) for value in item]
    if isinstance(item, Enum):
        return item.value
    return str(item) if isinstance(item, Path) else item


def described_fields(form: str) -> list[dict[str, Any]]:
    """Every field of the form: key, caption, section, required, kind, options."""
    return [_described(section, spec) for section in FORMS[form]() for spec in section.fields]


def json_place(item: dict[str, Any]) -> str:
    """Where a described field stands in a facts file: ``household.region``, ``incomes[].amount``."""
    ledger = "[]" if item["member"] else ""
    return f"{item['section']}{ledger}.{item['key']}".lstrip(".")


def _facts_sections() -> tuple[Section, ...]:
    from db.domain.policy.facts import STANDARDS_SECTION, facts_sections  # heavy, and only one command asks

    year = FieldSpec(key="year", label="收入和支出是哪一年的", kind=FieldKind.COUNT, required=Always())
    return (Section(key="", title="文件", fields=(year,)), *facts_sections(), STANDARDS_SECTION)


FORMS: dict[str, Callable[[], tuple[Section, ...]]] = {
    ARCHIVE_FORM.name: lambda: ARCHIVE_FORM.sections,
    "means": lambda: MEANS_FORM.sections,
    "facts": _facts_sections,
}
"""The forms that ``describe`` knows, with their sections."""


def _described(section: Section, spec: FieldSpec) -> dict[str, Any]:
    options = option_list(spec.options).options if spec.options else ()
    return {
        "key": spec.key,
        "caption": spec.label,
        "section": section.key,
        "section_title": section.title,
        "member": section.repeats,
        "required": spec.starred,
        "required_when": spec.required.text(),
        "kind": spec.kind.value,
        "options": [{"code": item.code, "label": item.label, "retired": item.retired} for item in options],
        "derived": spec.derived_by is not None,
        "aliases": list(spec.aliases),
        "help": spec.help,
    }


def listed(row: ArchiveRow, offices: dict[str, str]) -> dict[str, Any]:
    """One line of the list; numbers masked."""
    shown = {
        key: format_value(ARCHIVE_FORM.field(key), value, masked=key in {"id_number", "mobile_phone"})
        for key, value in row.values.items()
    }
    return {
        "archive_number": row.archive_number,
        "office": offices.get(row.office_id, row.office_id),
        "state": SUBMISSION_LABELS[row.submission],
        "submission": row.submission.value,
        "complete": row.is_complete,
        "missing": row.missing_count,
        "revision": row.revision,
        "updated_at": row.updated_at,
        **shown,
    }


def _problem(item: Problem, archive: Archive) -> dict[str, Any]:
    return {
        "code": item.code,
        "severity": item.severity.value,
        "place": describe_place(item, archive.content),
        "message": item.message,
    }


def shown_archive(
    archive: Archive,
    state: Submission,
    problems: Sequence[Problem],
    papers: Sequence[Attachment],
    history: Sequence[RevisionEntry],
) -> dict[str, Any]:
    """A whole archive: stored values, what still needs attention, papers, history."""
    return {
        "archive_number": archive.archive_number,
        "id": archive.id,
        "office_id": archive.office_id,
        "revision": archive.revision,
        "complete": archive.is_complete,
        "missing": archive.missing_count,
        "state": SUBMISSION_LABELS[state],
        "submission": state.value,
        "values": archive.content.values,
        "members": archive.content.members,
        "problems": [_problem(item, archive) for item in problems],
        "attachments": [record(paper) for paper in papers],
        "history": [
            {
                "revision": entry.revision,
                "made_at": entry.made_at,
                "clerk": entry.clerk_name,
                "action": entry.action_label,
                "reason": entry.reason,
                "changes": [{"label": c.label, "old": c.old_text, "new": c.new_text} for c in entry.changes],
            }
            for entry in history
        ],
    }


def archive_text(archive: Archive) -> str:
    """The archive's filled fields line by line."""
    lines = [f"档案编号  {archive.archive_number}  第 {archive.revision} 版"]
    for spec in ARCHIVE_FORM.worker_fields:
        text = format_value(spec, archive.content.values.get(spec.key))
        if text:
            lines.append(f"{spec.label}  {text}")
    for member in archive.content.members:
        texts = (format_value(spec, member.get(spec.key)) for spec in ARCHIVE_FORM.member_fields)
        lines.append("家庭成员  " + "  ".join(text for text in texts if text))
    return "\n".join(lines)
