"""Review (审核) at an office above: approve, return or refuse what an office below has submitted.

A review stands beside the archive and is never changed: to withdraw one is to review again. It is of one revision. Where
the office wants two people, the first one's word stays here until another clerk confirms it or differs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from db.domain import validation
from db.domain.archive_content import new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import parse_value, printable
from db.domain.office_levels import is_above
from db.domain.option_lists import option_list
from db.domain.review import (
    BESIDE_THE_FORM,
    GIVEN_NUMBER,
    LONGEST_TEXT,
    MOST_REASONS,
    OTHER,
    OUTCOME_LABELS,
    Reason,
    ReviewOutcome,
    ReviewStep,
)
from db.errors import Progress, UserError
from db.services import archiving, calendars
from db.services import office as offices
from db.services.office import OfficeSession, write_journal
from db.services.review_classes import ClassChoice, class_choices
from db.services.skipped import Skipped, skipped_within
from db.services.verdicts import class_level_words
from db.store import casework_store, review_store
from db.store.archive_store import StoredArchive

TWO_PERSON_RULE = "review_two_person"
DAYS_TO_CORRECT = "review_days"
DEFAULT_DAYS = 10


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """What a reviewer says. Reasons and the day belong to what is sent back; class, level and number may be left open."""

    outcome: ReviewOutcome
    reasons: tuple[Reason, ...] = ()
    class_code: str | None = None
    level_code: str | None = None
    worker_number: str = ""
    remarks: str = ""
    due_on: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """A review as it stands in the record, of whatever office."""

    id: str
    archive_id: str
    archive_revision: int
    office_id: str
    office_name: str
    office_level: str
    step: ReviewStep
    outcome: ReviewOutcome
    reasons: tuple[Reason, ...]
    class_code: str | None
    class_label: str
    level_code: str | None
    level_label: str
    worker_number: str
    remarks: str
    due_on: str | None
    made_at: str
    clerk_id: str
    clerk_name: str
    is_last: bool
    is_own: bool

    @property
    def class_words(self) -> str:
        """Class and level as people call them; empty where left open."""
        return class_level_words(self.class_label, self.level_label)


def _entry(session: OfficeSession, row: dict[str, Any]) -> ReviewEntry:
    plain = {key: row[key] for key in ReviewEntry.__dataclass_fields__ if key in row}
    plain |= {
        "step": ReviewStep(row["step"]),
        "outcome": ReviewOutcome(row["outcome"]),
        "reasons": tuple(Reason.from_json(item) for item in row["reasons"]),
        "is_last": bool(row["is_last"]),
        "is_own": row["office_id"] == session.office.id,
    }
    return ReviewEntry(**plain)


# -- looking ------------------------------------------------------------------------------------------------------


def list_reviews(session: OfficeSession, archive_id: str) -> list[ReviewEntry]:
    """What offices of every level have said of an archive, the newest first."""
    with session.database.reading() as connection:
        return [_entry(session, row) for row in review_store.reviews_of(connection, archive_id)]


def _from_above(session: OfficeSession, entries: Iterable[ReviewEntry]) -> list[ReviewEntry]:
    return [
        entry
        for entry in entries
        if entry.step is ReviewStep.FINAL and entry.is_last and is_above(entry.office_level, session.office.level)
    ]


def review_that_counts(session: OfficeSession, archive_id: str) -> ReviewEntry | None:
    """What decides the state of an archive here: the final word of the highest office above upon its current revision."""
    revision = archiving.load_archive(session, archive_id).revision
    found: ReviewEntry | None = None
    for entry in _from_above(session, list_reviews(session, archive_id)):
        if entry.archive_revision == revision and (found is None or is_above(entry.office_level, found.office_level)):
            found = entry
    return found


def returned_before(session: OfficeSession, archive_id: str) -> ReviewEntry | None:
    """The return by an office above that the changes made since answer; None where it said something else or nothing."""
    revision = archiving.load_archive(session, archive_id).revision
    for entry in _from_above(session, list_reviews(session, archive_id)):
        if entry.outcome is ReviewOutcome.RETURNED and entry.archive_revision < revision:
            return entry
    return None


def number_given(session: OfficeSession, archive_id: str) -> tuple[str, str]:
    """The 职工编号 an office gave to an archive, and which one; both empty where it is the household's own office's."""
    with session.database.reading() as connection:
        return review_store.number_given(connection, archive_id)


def may_review(session: OfficeSession, archive: StoredArchive) -> bool:
    """Whether this office may review an archive: it came from below."""
    with session.database.reading() as connection:
        return _is_from_below(connection, session, archive)


GIVEN_AWAY = (
    "(a.id IN (SELECT archive_id FROM hand_over WHERE from_office_id = :own AND state = 'completed')"
    " AND a.office_id NOT IN (SELECT id FROM partner_office WHERE relation = 'child'))"
)
"""SQL: a household that moved away from this office *:own* to one that is not below it."""
_GIVEN_AWAY = text(f"SELECT 1 FROM archive a WHERE a.id = :id AND {GIVEN_AWAY}")  # noqa: S608 - a constant


def _is_from_below(connection: Connection, session: OfficeSession, archive: StoredArchive) -> bool:
    if archive.office_id == session.office.id:
        return False
    return connection.execute(_GIVEN_AWAY, {"id": archive.id, "own": session.office.id}).first() is None


# -- settings -----------------------------------------------------------------------------------------------------


def two_person_rule(session: OfficeSession) -> bool:
    """Whether a second clerk has to confirm every review."""
    return bool(offices.get_setting(session, TWO_PERSON_RULE, False))


def set_two_person_rule(session: OfficeSession, wanted: bool) -> None:
    """Want a second clerk, or not; UserError where there is only one."""
    if wanted and len(offices.list_clerks(session)) < 2:
        raise UserError("review_needs_two_clerks")
    offices.set_setting(session, TWO_PERSON_RULE, wanted)


def days_to_correct(session: OfficeSession) -> int:
    """Working days an office below has for corrections unless the reviewer says otherwise."""
    return int(offices.get_setting(session, DAYS_TO_CORRECT, DEFAULT_DAYS))


def set_days_to_correct(session: OfficeSession, days: int) -> None:
    """Set the days for corrections, 1 to 90."""
    if not 1 <= days <= 90:
        raise UserError("review_days_out_of_range")
    offices.set_setting(session, DAYS_TO_CORRECT, days)


def default_due(session: OfficeSession) -> str:
    """The day by which a returned archive must come back, counted in working days from today."""
    return calendars.working_day_after(session, days_to_correct(session)).day.isoformat()


def due_words(due_on: str | None, today: str) -> str:
    """How long there is until *due_on*: 还有 3 天, 今天到期, 已逾期 2 天; empty without a day."""
    if not due_on:
        return ""
    days = (date.fromisoformat(due_on) - date.fromisoformat(today)).days
    return f"还有 {days} 天" if days > 0 else "今天到期" if days == 0 else f"已逾期 {-days} 天"


# -- reviewing ----------------------------------------------------------------------------------------------------


def review(
    session: OfficeSession, archive_id: str, given: ReviewInput, expected_revision: int | None = None
) -> ReviewEntry:
    """Review the present revision of an archive; what the review says is checked first, then stored as a whole.

    *expected_revision*: the one that was looked at; another one received meanwhile refuses.
    """
    checked = checked_input(session, given)
    choices = class_choices(session, archive_id) if checked.class_code or checked.level_code else []
    with session.database.writing() as connection:
        return review_within(connection, session, archive_id, checked, choices, expected_revision)


def review_within(
    connection: Connection,
    session: OfficeSession,
    archive_id: str,
    given: ReviewInput,
    choices: Sequence[ClassChoice],
    expected_revision: int | None,
) -> ReviewEntry:
    """As :func:`review` within a transaction; *given* is checked already, *choices* are the classes it may name."""
    stored = archiving.load_stored(connection, archive_id)
    if not _is_from_below(connection, session, stored):
        raise UserError("review_own_archive")
    if expected_revision is not None and expected_revision != stored.revision:
        raise UserError("review_changed_meanwhile", found=stored.revision)
    class_label, level_label = _labels(choices, given)
    _check_number(connection, stored, given.worker_number)
    before = review_store.last_own(connection, archive_id, session.office.id)
    row = {
        "id": new_id(),
        "archive_id": archive_id,
        "archive_revision": stored.revision,
        "office_id": session.office.id,
        "office_name": session.office.name,
        "office_level": session.office.level,
        "step": _step(session, stored, before, given).value,
        "outcome": given.outcome.value,
        "reasons": [reason.to_json() for reason in given.reasons],
        "class_code": given.class_code,
        "class_label": class_label,
        "level_code": given.level_code,
        "level_label": level_label,
        "worker_number": given.worker_number,
        "remarks": given.remarks,
        "due_on": given.due_on,
        "made_at": session.now,
        "clerk_id": session.clerk.id,
        "clerk_name": session.clerk.name,
        "device_id": session.device_id,
        "device_counter": review_store.next_counter(connection, session.device_id),
        "is_last": True,
        "exported_sequence": 0,
        "acknowledged_at": None,
    }
    review_store.add(connection, row)
    if row["step"] == ReviewStep.FINAL:
        review_store.follow_reviews(connection, [archive_id])
    detail: dict[str, object] = {"archive": archive_id, "outcome": row["outcome"], "step": row["step"]}
    write_journal(connection, session, "review", detail)
    return _entry(session, row)


def _step(
    session: OfficeSession, stored: StoredArchive, before: dict[str, Any] | None, given: ReviewInput
) -> ReviewStep:
    waits = before is not None and before["step"] == ReviewStep.FIRST and before["archive_revision"] == stored.revision
    if not two_person_rule(session):
        return ReviewStep.FINAL
    if before is None or not waits:
        return ReviewStep.FIRST
    if before["clerk_id"] == session.clerk.id:
        raise UserError("review_needs_another_clerk", name=session.clerk.name)
    said = (before["outcome"], before["class_code"], before["level_code"])
    if said != (given.outcome, given.class_code, given.level_code) and not given.remarks:
        raise UserError("review_differs", name=before["clerk_name"], text=OUTCOME_LABELS[ReviewOutcome(before["outcome"])])
    return ReviewStep.FINAL


def _labels(choices: Sequence[ClassChoice], given: ReviewInput) -> tuple[str, str]:
    """The words of class and level; UserError for what the policy does not have."""
    classes = {choice.code: choice.label for choice in choices}
    levels = {choice.level: choice.level_label for choice in choices if choice.level}
    for code, known in ((given.class_code, classes), (given.level_code, levels)):
        if code is not None and code not in known:
            raise UserError("review_unknown_class", text=code, known="、".join(known.values()) or "（没有选定政策）")
    return classes.get(given.class_code or "", ""), levels.get(given.level_code or "", "")


def _check_number(connection: Connection, stored: StoredArchive, number: str) -> None:
    holder = review_store.number_holder(connection, number, stored.id) if number else ""
    if holder:
        raise UserError("review_number_taken", number=number, holder=holder)


# -- checking what was said ---------------------------------------------------------------------------------------


def checked_input(session: OfficeSession, given: ReviewInput) -> ReviewInput:
    """What was said, cleaned up; UserError for what cannot stand."""
    remarks = printable(given.remarks).strip()
    if len(remarks) > LONGEST_TEXT:
        raise UserError("text_too_long", label="备注", limit=LONGEST_TEXT)
    sent_back = given.outcome is not ReviewOutcome.APPROVED
    reasons = tuple(_reason(reason) for reason in given.reasons) if sent_back else ()
    if sent_back and not reasons:
        raise UserError("review_needs_reason", text=OUTCOME_LABELS[given.outcome])
    if len(reasons) > MOST_REASONS:
        raise UserError("review_too_many_reasons", limit=MOST_REASONS)
    due_on = given.due_on if given.outcome is ReviewOutcome.RETURNED else None
    if due_on:
        _check_due(due_on, session.today)
    number = _number(given.worker_number)
    return replace(given, remarks=remarks, reasons=reasons, due_on=due_on or None, worker_number=number)


def _check_due(due_on: str, today: str) -> None:
    try:
        day = date.fromisoformat(due_on)
    except ValueError as fault:
        raise UserError("review_due_bad", text=due_on) from fault
    if day.isoformat() < today:
        raise UserError("review_due_past", day=due_on)


def _number(typed: str) -> str:
    if not typed.strip():
        return ""
    parsed = parse_value(ARCHIVE_FORM.field(GIVEN_NUMBER), typed)
    if parsed.code is not None:
        why = validation.problem(parsed.code, GIVEN_NUMBER, None, **(parsed.context or {})).message
        raise UserError("review_number_bad", text=typed.strip(), first=why)
    return str(parsed.value)


def _reason(reason: Reason) -> Reason:
    words = printable(reason.text).strip()
    if reason.code not in option_list("review_reason").by_code:
        raise UserError("review_unknown_reason", text=reason.code)
    if reason.code == OTHER and not words:
        raise UserError("review_reason_in_words")
    if len(words) > LONGEST_TEXT:
        raise UserError("text_too_long", label="理由", limit=LONGEST_TEXT)
    key = reason.field.removeprefix("member.")
    members = {spec.key for spec in ARCHIVE_FORM.member_fields}
    of_member = reason.field != key
    known = key in members if of_member else not key or key in BESIDE_THE_FORM or ARCHIVE_FORM.has_field(key)
    if not known:
        raise UserError("review_unknown_field", text=reason.field)
    return replace(reason, text=words)


# -- many at once -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ManyReviewed:
    """What became of many archives."""

    done: int = 0
    waiting: int = 0
    """Of those done, how many wait for the second person."""
    skipped: list[Skipped] = field(default_factory=list)


_BATCH = 50


def review_many(
    session: OfficeSession,
    ids: Sequence[str],
    given: ReviewInput,
    progress: Progress | None = None,
    *,
    as_decided: bool = False,
) -> ManyReviewed:
    """Say the same of many archives; each is judged for itself, what was done stays when the clerk cancels.

    With *as_decided* an approval gives each archive the class and level its own office has decided.
    """
    checked = checked_input(session, given)
    if checked.worker_number:
        raise UserError("review_number_for_many")
    own_class = as_decided and checked.outcome is ReviewOutcome.APPROVED
    outcome = ManyReviewed()
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        names_class = own_class or bool(checked.class_code or checked.level_code)
        choices = {archive_id: class_choices(session, archive_id) if names_class else [] for archive_id in part}
        said = {key: _as_decided(session, key, checked, choices[key]) if own_class else checked for key in part}
        with session.database.writing() as connection:
            for archive_id in part:
                _review_one(connection, session, archive_id, said[archive_id], choices[archive_id], outcome)
        if progress:
            progress(start + len(part), len(ids))
    return outcome


def _as_decided(
    session: OfficeSession, archive_id: str, given: ReviewInput, choices: Sequence[ClassChoice]
) -> ReviewInput:
    """*given* with the class and level the household's own office has decided, where the policy has them still."""
    with session.database.reading() as connection:
        last = next(iter(casework_store.decisions_of(connection, archive_id)), None)
    if last is None or last["decided_class"] not in {choice.code for choice in choices}:
        return given
    return replace(given, class_code=last["decided_class"], level_code=last["decided_level"])


def _review_one(
    connection: Connection,
    session: OfficeSession,
    archive_id: str,
    given: ReviewInput,
    choices: Sequence[ClassChoice],
    outcome: ManyReviewed,
) -> None:
    try:
        made = review_within(connection, session, archive_id, given, choices, None)
    except UserError as fault:  # raised before anything of this archive is written
        outcome.skipped.append(skipped_within(connection, archive_id, fault))
    else:
        outcome.done += 1
        outcome.waiting += made.step is ReviewStep.FIRST
