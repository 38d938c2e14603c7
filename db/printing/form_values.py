"""Values as they stand on paper, and what one printed archive consists of."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain import regions
from db.domain.archive_content import ArchiveContent
from db.domain.field_kinds import format_value, group_digits
from db.domain.form_schema import FieldKind, FieldSpec, FormSchema, Value, Values
from db.domain.option_lists import option_list
from db.printing.form_slots import Slot


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """One line of the attachment grid; the document type is an option code or words."""

    document_type: str
    name: str
    note: str = ""

    def texts(self) -> tuple[str, str, str]:
        """The three cells."""
        return option_list("document_type").label(self.document_type), self.name, self.note


@dataclass(frozen=True, slots=True)
class ArchivePrint:
    """Everything that one printed archive shows."""

    content: ArchiveContent
    archive_number: str = ""
    office_name: str = ""
    attachments: Sequence[AttachmentLine] = ()


def paper_text(spec: FieldSpec, value: Value) -> str:
    """*value* as printed: like on screen, with numbers in groups, regions with their name, areas with their unit."""
    if value is None or value == "" or value == []:
        return ""
    if spec.kind is FieldKind.BANK_ACCOUNT:
        return group_digits(str(value), 4)
    if spec.kind is FieldKind.PHONE and len(str(value)) == 11:
        return group_digits(str(value), 3, 4)
    text = format_value(spec, value)
    if spec.kind is FieldKind.AREA:
        return f"{text} ㎡"
    if spec.kind is FieldKind.REGION:
        return f"{regions.full_name(text).replace(' / ', '')}\n{text}" if regions.is_known(text) else text
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ") if not text.isprintable() else text


def slot_text(schema: FormSchema, slot: Slot, values: Values) -> str:
    """The text of a household cell: its field, and the second field that shares the cell."""
    text = paper_text(schema.field(slot.field), values.get(slot.field))
    if not slot.also:
        return text
    value = values.get(slot.also)
    if slot.also_words:
        return text + slot.also_words if value else text
    return f"{text}\n{paper_text(schema.field(slot.also), value)}".strip("\n")


def numbered_causes(spec: FieldSpec, codes: Sequence[str]) -> str:
    """Causes with the numbers that the form gives them; an old wording, no longer printed, stands without."""
    options = option_list(spec.options or "")
    numbers = {option.code: number for number, option in enumerate(options.current(), 1)}
    labels = (f"{numbers[code]}.{options.label(code)}" if code in numbers else options.label(code) for code in codes)
    return "、".join(labels)


def codes_of(value: Value) -> list[str]:
    """The option codes in a choice or several choices."""
    if isinstance(value, list):
        return [str(code) for code in value]
    return [str(value)] if value else []
