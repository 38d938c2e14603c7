"""One household as read + the archive as stored → the content to store. An empty cell never wipes by itself."""

from db.domain.archive_content import ArchiveContent, new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import Circumstances, derive, suggest
from db.domain.form_schema import Always, FieldSpec, Value
from db.exchange.workbook_rows import HouseholdDraft, RecordDraft

_SOMETIMES_ASKED = tuple(spec for spec in ARCHIVE_FORM.worker_fields if not isinstance(spec.shown, Always))
_KEPT = frozenset({"name", "id_number"})
_WORKER_DERIVED = frozenset(spec.key for spec in ARCHIVE_FORM.worker_fields if spec.derived_by)
_MEMBER_DERIVED = frozenset(spec.key for spec in ARCHIVE_FORM.member_fields if spec.derived_by)
UNINSURED = "uninsured"


class Merged:
    """The content to store, which draft each member came from, and what was proposed or left out."""

    def __init__(self, content: ArchiveContent) -> None:
        self.content = content
        self.sources: dict[str, RecordDraft] = {}
        self.proposed: list[str] = []
        self.not_asked: list[FieldSpec] = []


def _soft_values(record: RecordDraft, known: dict[str, Value]) -> None:
    """Take answers in looser words unless the known one says the same more exactly (已参保 against 职工医保)."""
    for key, (value, _) in record.soft.items():
        if key in record.values:
            continue
        present = known.get(key)
        disagrees = key == "medical_insurance_status" and (present == UNINSURED) != (value == UNINSURED)
        if present is None or disagrees:
            known[key] = value


def _take_values(record: RecordDraft, known: dict[str, Value]) -> None:
    """What was read takes the place of what is known; the same choices in another order are no change."""
    for key, value in record.values.items():
        before = known.get(key)
        if isinstance(value, list) and isinstance(before, list) and sorted(value) == sorted(before):
            continue
        known[key] = value


def _wipe(record: RecordDraft, known: dict[str, Value], derived: frozenset[str]) -> None:
    given = record.values.keys() | record.soft.keys() | record.faulty
    for key in record.slots.keys() - given - _KEPT - derived:
        known.pop(key, None)


def _matches(members: list[dict[str, Value]], drafts: list[RecordDraft]) -> dict[int, dict[str, Value]]:
    """Stored member for each draft (by position): by ID number, else by name and relation."""
    by_number = {member["id_number"]: member for member in members if member.get("id_number")}
    by_name: dict[tuple[Value, Value], dict[str, Value]] = {}
    for member in members:
        by_name.setdefault((member.get("name"), member.get("relation_to_head")), member)
    found: dict[int, dict[str, Value]] = {}
    used: set[Value] = set()
    for index, draft in enumerate(drafts):
        same = by_number.get(draft.values.get("id_number"))
        if same is not None and same["id"] not in used:
            found[index] = same
            used.add(same["id"])
    for index, draft in enumerate(drafts):
        if index in found or not draft.values.get("name"):
            continue
        same = by_name.get((draft.values.get("name"), draft.values.get("relation_to_head")))
        if same is not None and same["id"] not in used:
            found[index] = same
            used.add(same["id"])
    return found


def _merge_members(merged: Merged, draft: HouseholdDraft, stored: ArchiveContent | None, *, blank_wipes: bool) -> None:
    known = [dict(member) for member in stored.members] if stored else []
    found = _matches(known, draft.members) if known else {}
    fresh: list[dict[str, Value]] = []
    for index, record in enumerate(draft.members):
        member = found.get(index)
        if member is None:
            member = {"id": new_id()}
            fresh.append(member)
        elif blank_wipes:
            _wipe(record, member, _MEMBER_DERIVED)
        _take_values(record, member)
        if record.soft:
            _soft_values(record, member)
        merged.sources[str(member["id"])] = record
    if blank_wipes:
        known = [member for member in known if member["id"] in merged.sources]
    merged.content.members = known + fresh


def merge(
    draft: HouseholdDraft,
    stored: ArchiveContent | None,
    around: Circumstances,
    proposals: tuple[str, ...],
    *,
    blank_wipes: bool,
) -> Merged:
    """The new content. *proposals* are keys the sheet has no column for and that may be worked out."""
    worker = draft.worker
    values = dict(stored.values) if stored else {}
    if stored and blank_wipes:
        _wipe(worker, values, _WORKER_DERIVED)
    _take_values(worker, values)
    if worker.soft:
        _soft_values(worker, values)
    merged = Merged(ArchiveContent(values))
    _merge_members(merged, draft, stored, blank_wipes=blank_wipes)
    for spec in _SOMETIMES_ASKED:
        if spec.key in values and not spec.shown.holds(values):
            del values[spec.key]
            if spec.key in worker.values:
                merged.not_asked.append(spec)
    for key in proposals:
        if values.get(key) is None:
            _propose(merged, key, around)
    derive(merged.content)
    return merged


def _propose(merged: Merged, key: str, around: Circumstances) -> None:
    if key == "other_annual_income" and merged.content.values.get("monthly_income") is None:
        return  # without the worker's own income the rest is not known
    value = suggest(merged.content, ARCHIVE_FORM.field(key), around)
    if value is not None:
        merged.content.values[key] = value
        merged.proposed.append(key)
