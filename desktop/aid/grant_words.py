"""What the dialog of a grant begins with, as an application says it."""

from dataclasses import dataclass

from db.domain.records.record_form import RecordContent
from db.services.programmes import Programme


@dataclass(frozen=True)
class Beginning:
    """What is known before anything is typed."""

    item: str = ""
    amount: int = 0
    person: str = ""
    application_id: str = ""
    programme_id: str = ""
    programme_title: str = ""
    goods: str = ""
    reason: str = ""
    items: tuple[str, ...] = ()
    """The kinds of aid to choose from; empty: all."""


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


def beginning_in(programme: Programme) -> Beginning:
    """What a programme lays down."""
    standard = programme.content.values.get("standard")
    items = tuple(programme.items)
    return Beginning(
        item=items[0] if len(items) == 1 else "",
        amount=standard if isinstance(standard, int) else 0,
        goods=programme.content.text("goods"),
        programme_id=programme.id,
        programme_title=programme.title,
        items=items,
    )
