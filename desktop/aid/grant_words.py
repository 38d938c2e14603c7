"""What the dialog of a grant begins with, as an application says it."""

from dataclasses import dataclass

from db.domain.records.record_form import RecordContent


@dataclass(frozen=True)
class Beginning:
    """What is known before anything is typed."""

    item: str = ""
    amount: int = 0
    person: str = ""
    application_id: str = ""
    programme_id: str = ""
    programme_title: str = ""


def beginning_of(record_id: str, content: RecordContent) -> Beginning:
    """What an application asks for."""
    asked = content.values.get("amount_asked")
    return Beginning(
        item=content.text("item"),
        amount=asked if isinstance(asked, int) else 0,
        person=content.text("person"),
        application_id=record_id,
        programme_id=content.text("programme_id"),
        programme_title=content.text("programme_title"),
    )
