"""What a further version of a record changes, in the captions of its form."""

from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind
from db.domain.records.record_form import RecordContent, RecordForm

_IDS = ("_id",)
"""How the keys of answers end that name another record and say nothing to people."""


def record_changes(form: RecordForm, before: RecordContent, after: RecordContent) -> list[str]:
    """Each changed answer in a line, ``帮扶需求：一张床 → 护理床``; a changed table by its title."""
    lines = []
    for spec in form.fields:
        old, new = before.values.get(spec.key), after.values.get(spec.key)
        if old == new or spec.key.endswith(_IDS):
            continue
        if spec.kind is FieldKind.PAPERS and old and new:
            lines.append(f"{spec.label}：换过")
            continue
        words = format_value(spec, old) or "空", format_value(spec, new) or "空"
        lines.append(f"{spec.label}：{words[0]} → {words[1]}")
    for key, section in form.repeated.items():
        number = len(after.rows.get(key, ()))
        if before.rows.get(key, []) != after.rows.get(key, []):
            lines.append(f"{section.title}：改过，现在 {number} 行")
    return lines
