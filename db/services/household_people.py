"""A member of a household as a record names them, whose ID number may have been put right in the archive since."""

from collections.abc import Mapping, Sequence

from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent


def number_now(content: RecordContent, members: Sequence[Mapping[str, Value]]) -> str:
    """The ID number that the archive has by now of the person a record is about; empty where it has none."""
    found = next((row for row in members if row["id"] == content.text("person")), {})
    return str(found.get("id_number") or "") if found.get("name") == content.values.get("name") else ""


def with_number_put_right(
    content: RecordContent, before: Mapping[str, Value], members: Sequence[Mapping[str, Value]]
) -> RecordContent:
    """The record with the number the archive has by now, unless the clerk has just written another one into it."""
    number = number_now(content, members)
    if not number or before.get("id_number") != content.values.get("id_number"):
        return content
    return RecordContent({**content.values, "id_number": number}, content.rows, content.edition)
