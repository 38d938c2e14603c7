"""What a record form needs of whatever holds its answers: the wizard's flow, or the questions of the means worksheet."""

from typing import Protocol

from db.domain.form_flow import Finding, Place
from db.domain.form_schema import Value
from db.domain.validation import Problem


class RecordFlow(Protocol):
    """Values, what is derived, proposed and wrong, place by place."""

    touched: set[Place]
    confirmations: dict[str, str]

    @property
    def raw(self) -> dict[str, str]:
        """Texts that could not be read, by path."""

    def member_ids(self) -> list[str]:
        """Ids of the members whose records may be shown."""


    def value(self, place: Place) -> Value:
        """The value at *place*."""

    def is_shown(self, place: Place) -> bool:
        """Whether the question is asked."""

    def is_required(self, place: Place) -> bool:
        """Whether the star stands before the caption."""

    def is_derived(self, place: Place) -> bool:
        """Whether the value is computed."""

    def given_by(self, place: Place) -> str:
        """The other office that has filled the field; empty where none did."""

    def suggestion(self, place: Place) -> Value:
        """A value to offer."""

    def shown_findings(self, place: Place) -> list[Finding]:
        """What stands beside the field."""

    def enter_text(self, place: Place, text: str) -> None:
        """Take what was typed."""

    def enter_value(self, place: Place, value: Value) -> None:
        """Take what was chosen."""

    def leave(self, place: Place) -> None:
        """The field was left."""

    def confirm(self, problem: Problem, reason: str) -> None:
        """A warning was confirmed."""
