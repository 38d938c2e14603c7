"""What the sheets about a household's means have in common: who is who, and a worksheet's values in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.domain import regions
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent
from db.printing.ruled_sheet import money

Record = Mapping[str, Value]
ADULT = 18
"""Years from which a person signs for themselves."""


@dataclass(frozen=True, slots=True)
class MeansPrint:
    """One household with its worksheet, as it goes on paper; *means* None: not recorded yet."""

    content: ArchiveContent
    means: MeansContent | None = None
    archive_number: str = ""
    office_name: str = ""
    collected_by: str = ""
    collected_on: str = ""
    suggestion: str = ""
    """Class and level that the last assessment suggests, in words."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the household, worker first."""

    ref: str
    name: str
    relation: str
    record: Record
    extra: Record
    """The row of the worksheet about this person."""

    def text(self, *keys: str) -> str:
        """The first of the archive's fields *keys* that holds something, in words."""
        for key in keys:
            if self.record.get(key) not in (None, ""):
                return format_value(_archive_spec(key, self.ref), self.record.get(key))
        return ""

    def is_adult(self, on: date) -> bool | None:
        """Whether this person is of age on a day; None when the birth is not known."""
        born = self.record.get("birth_on")
        if not isinstance(born, str) or len(born) != len("2000-01-01"):
            return None
        day = date.fromisoformat(born)
        return on.year - day.year - ((on.month, on.day) < (day.month, day.day)) >= ADULT


def _archive_spec(key: str, ref: str) -> FieldSpec:
    return ARCHIVE_FORM.field(key) if ref == WORKER else ARCHIVE_FORM.member_field(key)


def people_of(content: ArchiveContent, means: MeansContent | None) -> list[Person]:
    """Everybody in the archive, with what the worksheet says about them."""
    rows = means.rows.get("people", []) if means else []
    extra: dict[Value, Record] = {row.get("person"): row for row in rows}
    worker = Person(WORKER, content.text("name"), "本人", content.values, extra.get(WORKER, {}))
    members = [
        Person(
            str(member["id"]),
            str(member.get("name") or ""),
            format_value(ARCHIVE_FORM.member_field("relation_to_head"), member.get("relation_to_head")),
            member,
            extra.get(str(member["id"]), {}),
        )
        for member in content.members
    ]
    return [worker, *members]


def worksheet_text(section: str, key: str, record: Record, names: Mapping[str, str]) -> str:
    """The value *key* of a row of ledger *section* (or of the household) as printed."""
    spec, value = MEANS_FORM.spec(section, key), record.get(key)
    if value is None or value == "" or value == []:
        return ""
    if spec.kind is FieldKind.PERSON:
        return names.get(str(value), "已不在户内的成员")
    if spec.kind is FieldKind.MONEY and isinstance(value, int):
        return money(value)
    if spec.kind is FieldKind.AREA:
        return f"{format_value(spec, value)} ㎡"
    if spec.kind is FieldKind.REGION:
        return region_name(str(value))
    return format_value(spec, value)


def region_name(code: str) -> str:
    """Full name of a region, or its code where the table does not know it."""
    return regions.full_name(code).replace(" / ", "") or code


def remark(section: str, record: Record) -> str:
    """The note of a row and how many papers stand behind it."""
    papers = record.get("papers")
    count = f"附 {len(papers)} 份" if isinstance(papers, list) and papers else ""
    return "；".join(part for part in (str(record.get("note") or ""), count) if part)
