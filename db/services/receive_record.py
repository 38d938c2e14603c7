"""What is kept of each household of a received bundle, so that the result can be shown and printed again later.

It stands in the bundle's record, inside the encrypted office; ID numbers are masked already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, Value
from db.exchange.bundle_compare import Duplicate, Verdict
from db.exchange.bundle_format import Outcome

KEY = "households"
"""Where the list stands in the summary of a bundle."""
_MASKED = frozenset({FieldKind.ID_NUMBER, FieldKind.PHONE, FieldKind.BANK_ACCOUNT})


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A caption of the form and what stood and stands there; numbers of people and accounts are masked."""

    caption: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RecordedHousehold:
    """What became of one household of the bundle."""

    archive_id: str
    archive_number: str
    name: str
    id_number: str
    """Masked."""
    office_id: str
    outcome: Outcome
    is_new: bool
    reason: str
    changes: list[ChangedField]
    duplicates: list[str]
    """Who of it stands in which other archive, one sentence each."""


def household_rows(verdicts: Iterable[Verdict], names: dict[str, str]) -> list[list[Any]]:
    """The households that are told of one by one: all but those that were here as they came."""
    return [_row(verdict, names) for verdict in verdicts if verdict.outcome is not Outcome.SAME]


def _row(verdict: Verdict, names: dict[str, str]) -> list[Any]:
    number = verdict.facts.get("id_number")
    return [
        verdict.archive_id,
        verdict.archive_number,
        verdict.name,
        format_value(ARCHIVE_FORM.field("id_number"), number, masked=True),
        verdict.office_id,
        verdict.outcome.value,
        verdict.is_new,
        verdict.reason,
        [_changed(change) for change in verdict.changes],
        [_double(other, names) for other in verdict.duplicates],
    ]


def _changed(change: Change) -> list[str]:
    return [change.label, _shown(change, change.old), _shown(change, change.new)]


def _shown(change: Change, value: Value) -> str:
    spec = change.spec
    if spec is None:
        return str(value) if value else ""
    return format_value(spec, value, masked=spec.kind in _MASKED)


def _double(other: Duplicate, names: dict[str, str]) -> str:
    office = names.get(other.office_id, "其他单位")
    return f"{other.person}已在档案 {other.archive_number}（户主{other.head_name}，{office}）里"


def recorded_households(summary: dict[str, Any]) -> Iterator[RecordedHousehold]:
    """What :func:`household_rows` has put into the summary of a bundle; nothing for one an older program received."""
    for row in summary.get(KEY, []):
        archive_id, number, name, id_number, office_id, outcome, is_new, reason, changes, duplicates = row
        yield RecordedHousehold(
            archive_id,
            number,
            name,
            id_number,
            office_id,
            Outcome(outcome),
            is_new,
            reason,
            [ChangedField(*change) for change in changes],
            duplicates,
        )
