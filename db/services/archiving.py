"""What a clerk does with archives: file, amend, find, list, look back, restore."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from db.domain import validation
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change, changes_between
from db.domain.derivation import derive
from db.domain.field_kinds import printable
from db.domain.form_schema import FieldKind, Value
from db.domain.means_form import MeansContent
from db.domain.means_income import means_problems
from db.domain.review import with_given_number
from db.domain.validation import Problem, Severity, Stage
from db.errors import UserError
from db.services.archive_query import HIDDEN_LABELS as HIDDEN_LABELS
from db.services.archive_query import ORDERS as ORDERS
from db.services.archive_query import WAITING_LABELS as WAITING_LABELS
from db.services.archive_query import ArchiveQuery as ArchiveQuery
from db.services.archive_query import Hidden as Hidden
from db.services.archive_query import NationalState as NationalState
from db.services.archive_query import Waiting as Waiting
from db.services.archive_query import order_of, where_of
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.submission import SUBMISSION_LABELS as SUBMISSION_LABELS
from db.services.submission import Submission as Submission
from db.services.submission import submission_label as submission_label
from db.services.submission import submission_of as submission_of
from db.store import archive_store, casework_store, hidden, merge_store, retention_store, review_store
from db.store.archive_store import RevisionNote, StoredArchive

Archive = StoredArchive
"""An archive as the screen sees it: plain values, no live row."""


def archive_submission(session: OfficeSession, archive: StoredArchive) -> Submission:
    """State of a loaded archive."""
    statement = text(f"SELECT {review_store.outcome_above(session.office.level)} FROM archive WHERE id = :id")  # noqa: S608
    with session.database.reading() as connection:
        outcome = connection.execute(statement, {"id": archive.id}).scalar()
    return submission_of(archive.revision, archive.exported_revision, archive.acknowledged_revision, outcome)


LIST_KEYS = (
    "name",
    "sex",
    "id_number",
    "hardship_category",
    "main_hardship_cause",
    "work_status",
    "mobile_phone",
    "home_address",
    "household_size",
    "per_capita_monthly_income",
)
"""Form fields a list row carries unless others are asked for."""


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One row of the list; *values* by field key."""

    id: str
    archive_number: str
    office_id: str
    revision: int
    is_complete: bool
    missing_count: int
    updated_at: str
    submission: Submission
    values: dict[str, Value]


def count_archives(session: OfficeSession, query: ArchiveQuery) -> int:
    """How many archives the query means."""
    where, params = where_of(session, query)
    statement = f"SELECT count(*) FROM archive{where}"  # noqa: S608
    if where == f" WHERE {hidden.shown()}":  # all that are in use: the few others are counted faster
        statement = f"SELECT (SELECT count(*) FROM archive) - {hidden.HIDDEN_COUNT}"  # noqa: S608
    with session.database.reading() as connection:
        return int(connection.execute(text(statement), params).scalar_one())


def archive_ids(session: OfficeSession, query: ArchiveQuery) -> list[str]:
    """Ids of every archive the query means, in its order: what “select all” selects."""
    where, params = where_of(session, query)
    with session.database.reading() as connection:
        statement = text(f"SELECT id FROM archive{where}{order_of(query)}")  # noqa: S608 - clauses are our constants
        return [row[0] for row in connection.execute(statement, params)]


_ROW_COLUMNS = (
    "id",
    "archive_number",
    "office_id",
    "revision",
    "is_complete",
    "missing_count",
    "updated_at",
    "exported_revision",
    "acknowledged_revision",
)
_STORED_AS: dict[FieldKind, Callable[[Any], Any]] = {FieldKind.YES_NO: bool, FieldKind.MULTI_CHOICE: json.loads}
_READERS = {spec.key: _STORED_AS[spec.kind] for spec in ARCHIVE_FORM.worker_fields if spec.kind in _STORED_AS}
"""How a bare column becomes the form's value; the list asks SQLite itself, which knows neither booleans nor lists."""


def list_archives(
    session: OfficeSession, query: ArchiveQuery, offset: int = 0, limit: int = 100, keys: Sequence[str] = LIST_KEYS
) -> list[ArchiveRow]:
    """One page of the list with the form fields *keys*."""
    known = [key for key in keys if ARCHIVE_FORM.has_field(key)]
    where, params = where_of(session, query)
    columns = ", ".join((*_ROW_COLUMNS, review_store.outcome_above(session.office.level), *known))
    statement = text(f"SELECT {columns} FROM archive{where}{order_of(query)} LIMIT :limit OFFSET :offset")  # noqa: S608
    with session.database.reading() as connection:
        rows = connection.execute(statement, {**params, "limit": limit, "offset": offset}).all()
    return [_row(row, known) for row in rows]


def rows_of(session: OfficeSession, ids: Sequence[str], keys: Sequence[str] = LIST_KEYS) -> list[ArchiveRow]:
    """List rows of the archives *ids*, in that order; ids that are gone are left out."""
    known = [key for key in keys if ARCHIVE_FORM.has_field(key)]
    outcome = review_store.outcome_above(session.office.level)
    columns = ", ".join((*(f"archive.{name}" for name in _ROW_COLUMNS), outcome, *(f"archive.{key}" for key in known)))
    statement = text(
        f"SELECT {columns} FROM json_each(:ids) AS wanted JOIN archive ON archive.id = wanted.value"  # noqa: S608
        " ORDER BY wanted.key"
    )
    with session.database.reading() as connection:
        rows = connection.execute(statement, {"ids": json.dumps(list(ids))}).all()
    return [_row(row, known) for row in rows]


def _row(row: Any, keys: list[str]) -> ArchiveRow:
    values = dict(zip(keys, row[10:], strict=True))
    for key in keys:
        if key in _READERS and values[key] is not None:
            values[key] = _READERS[key](values[key])
    state = submission_of(row[3], row[7], row[8], row[9])
    return ArchiveRow(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6], state, values)


def load_archive(session: OfficeSession, archive_id: str) -> Archive:
    """The archive *archive_id*; UserError when it is gone."""
    with session.database.reading() as connection:
        return load_stored(connection, archive_id)


def load_stored(connection: Connection, archive_id: str) -> StoredArchive:
    stored = archive_store.load(connection, archive_id)
    if stored is None:
        raise UserError("archive_not_found", number=archive_id)
    return stored


def find_by_number(session: OfficeSession, number: str) -> Archive:
    """The archive with this 档案编号, 职工编号 or head's ID number; UserError when there is none, or it was destroyed."""
    statement = text(
        f"SELECT id FROM (SELECT id FROM archive WHERE archive_number = :n UNION ALL SELECT id FROM archive WHERE id_number = :n"  # noqa: S608
        f" UNION ALL SELECT id FROM archive WHERE worker_number = :n) AS named ORDER BY NOT {hidden.shown('named')} LIMIT 1"
    )
    with session.database.reading() as connection:
        archive_id = connection.execute(statement, {"n": number.strip()}).scalar()
        if archive_id is None:
            raise UserError("archive_not_found", number=number)
        destroyed = retention_store.destroyed_on(connection, [archive_id])
        if destroyed:
            raise UserError("archive_destroyed", when=destroyed[archive_id])
        return load_stored(connection, archive_id)


def office_names(session: OfficeSession) -> dict[str, str]:
    """Names of this office and of every enrolled one, by id."""
    with session.database.reading() as connection:
        names = {row[0]: row[1] for row in connection.execute(text("SELECT id, name FROM partner_office"))}
    return {**names, session.office.id: session.office.name}


# steps from one office to the next along the index: the number of archives does not matter
_OWNERS = text(
    "WITH RECURSIVE owner (id) AS (SELECT min(office_id) FROM archive UNION ALL"
    " SELECT (SELECT min(office_id) FROM archive WHERE office_id > owner.id) FROM owner WHERE owner.id IS NOT NULL)"
    " SELECT id FROM owner WHERE id IS NOT NULL"
)


def owner_names(session: OfficeSession) -> dict[str, str]:
    """Names of the offices whose archives are here: only its own in a township, every sender's in a county."""
    names = office_names(session)
    with session.database.reading() as connection:
        return {row[0]: names.get(row[0], "其他单位") for row in connection.execute(_OWNERS)}


# -- checking ----------------------------------------------------------------------------------------------------


def check_content(
    session: OfficeSession, content: ArchiveContent, stage: Stage, archive_id: str | None = None
) -> list[Problem]:
    """Every problem of *content* at *stage*, also what other archives and the means worksheet say."""
    return validation.check_form(content, stage, session.today) + outside_problems(session, content, archive_id)


def outside_problems(session: OfficeSession, content: ArchiveContent, archive_id: str | None) -> list[Problem]:
    """What the form alone cannot know: people who stand elsewhere, figures that differ from the means worksheet."""
    found = person_problems(session, content, archive_id)
    if archive_id is None:
        return found
    with session.database.reading() as connection:
        row = casework_store.last_means(connection, archive_id, int(session.today[:4]) - 1)
    return found + (means_problems(content, MeansContent.from_json(row["content"])) if row else [])


def person_problems(session: OfficeSession, content: ArchiveContent, archive_id: str | None) -> list[Problem]:
    """One worker in one archive, nobody a member of two: what the office's other archives say."""
    numbers = {record.get("id_number"): index for index, record in enumerate([content.values, *content.members])}
    numbers.pop(None, None)
    with session.database.reading() as connection:
        holders = archive_store.holders_of(connection, [str(number) for number in numbers])
    names = office_names(session)
    found: list[Problem] = []
    for holder in holders:
        if holder["archive_id"] == archive_id:
            continue
        index = numbers[holder["id_number"]]
        found.append(_holder_problem(holder, index, content, names))
    return found


def _holder_problem(holder: dict[str, Any], index: int, content: ArchiveContent, names: dict[str, str]) -> Problem:
    context = {
        "number": holder["archive_number"],
        "name": holder["head_name"] or "",
        "office": names.get(holder["office_id"], "其他单位"),
        "archive_id": holder["archive_id"],
    }
    if index == 0:
        code = "worker_is_member" if holder["member_id"] else "worker_has_archive"
        return validation.problem(code, "id_number", None, **context)
    code = "member_elsewhere" if holder["member_id"] else "member_has_archive"
    who = content.members[index - 1].get("name") or "成员"
    return validation.problem(code, "id_number", index - 1, text=who, **context)


# -- saving ------------------------------------------------------------------------------------------------------


def prepared(content: ArchiveContent) -> ArchiveContent:
    """A copy ready to store: invisible characters, hidden answers and empty members dropped, derived values filled.

    All entries are known ones.
    """
    ready = content.copy()
    for record in (ready.values, *ready.members):
        for key, value in record.items():
            if isinstance(value, str):
                record[key] = printable(value)
    for member in ready.members:
        member.setdefault("id", new_id())
    unknown = validation.unknown_entries(ready)
    if unknown:
        raise UserError("bad_content", field=_label(unknown[0]))
    if len({member["id"] for member in ready.members}) < len(ready.members):
        raise UserError("bad_content", field="家庭成员")
    ready = derive(validation.clear_hidden(ready))
    ready.values = _answers(ready.values)
    ready.members = [member for member in map(_answers, ready.members) if member.keys() - {"id"}]
    return ready


def _answers(record: dict[str, Value]) -> dict[str, Value]:
    """Only what was answered: an empty answer and none are the same, in the file as in the history."""
    return {key: value for key, value in record.items() if value is not None and value != "" and value != []}


def _label(key: str) -> str:
    if ARCHIVE_FORM.has_field(key):
        return ARCHIVE_FORM.field(key).label
    return next((spec.label for spec in ARCHIVE_FORM.member_fields if spec.key == key), str(key)[:40])


def _check_completion(problems: list[Problem], confirmations: dict[str, str]) -> None:
    errors = [item for item in problems if item.severity is Severity.ERROR]
    if errors:
        raise UserError("archive_has_errors", count=len(errors), first=errors[0].message, problems=errors)
    open_warnings = [
        item for item in problems if item.severity is Severity.WARNING and not confirmations.get(item.place)
    ]
    if open_warnings:
        first = open_warnings[0].message
        raise UserError("warnings_not_confirmed", count=len(open_warnings), first=first, problems=open_warnings)


def save_archive(
    session: OfficeSession,
    content: ArchiveContent,
    archive_id: str | None = None,
    *,
    expected_revision: int | None = None,
    complete: bool = False,
    confirmations: dict[str, str] | None = None,
    reason: str = "",
    draft_id: str | None = None,
) -> Archive:
    """File a new archive or amend one, with its revision, in one transaction; *draft_id* is discarded with it.

    With *complete* the SUBMIT checks must pass: errors stop, warnings want a reason in *confirmations* (by
    ``Problem.place``). Saving what is already stored makes no new revision.
    """
    ready = prepared(content)
    confirmed = {place: printable(why) for place, why in (confirmations or {}).items()}
    if complete:
        _check_completion(check_content(session, ready, Stage.SUBMIT, archive_id), confirmed)
    try:
        with session.database.writing() as connection:
            if archive_id is None:
                stored = new_archive(connection, session, ready, confirmed)
                note = revision_note(connection, session, "create", reason)
                archive_store.insert_new(connection, [(stored, note)])
            else:
                stored = _amend(connection, session, archive_id, ready, expected_revision, confirmed, reason)
            if draft_id:
                connection.execute(text("DELETE FROM draft WHERE id = :id"), {"id": draft_id})
    except IntegrityError as fault:  # a member's id stands in another archive already: a foreign or doubled record
        raise UserError("bad_content", field="家庭成员") from fault
    return stored


def _amend(
    connection: Connection,
    session: OfficeSession,
    archive_id: str,
    content: ArchiveContent,
    expected_revision: int | None,
    confirmations: dict[str, str],
    reason: str,
) -> StoredArchive:
    stored = own_archive(connection, session, archive_id)
    if expected_revision is not None and expected_revision != stored.revision:
        raise UserError("archive_changed_elsewhere", found=stored.revision)
    confirmed = bool(confirmations) and confirmations != stored.confirmations
    if confirmed:
        stored.confirmations = confirmations
    if not amend_stored(connection, session, stored, content, "amend", reason) and confirmed:
        note = revision_note(connection, session, "confirm", reason)
        take_content(stored, content, note)
        archive_store.replace(connection, stored, note)
    return stored


def amend_stored(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    content: ArchiveContent,
    action: str,
    reason: str = "",
) -> list[Change]:
    """Give *stored* the new *content* as its next revision, in place; no change, no revision.

    The 职工编号 that an office above has given stays whatever the content says.
    """
    content = with_given_number(content, review_store.given_numbers(connection, [stored.id]).get(stored.id, ""))
    changes = changes_between(stored.content, content)
    if not changes:
        return []
    note = revision_note(connection, session, action, reason, changes)
    take_content(stored, content, note)
    archive_store.replace(connection, stored, note)
    return changes


def take_content(stored: StoredArchive, content: ArchiveContent, note: RevisionNote) -> None:
    """Let *stored* be its next revision, with this content, made as *note* says; not yet stored."""
    stored.content = content
    stored.revision += 1
    stored.missing_count = validation.missing_count(content)
    stored.is_complete = stored.missing_count == 0
    stored.updated_at, stored.updated_by = note.made_at, note.clerk_name


def new_archive(
    connection: Connection, session: OfficeSession, content: ArchiveContent, confirmations: dict[str, str] | None = None
) -> StoredArchive:
    """A new archive of this office with the next 档案编号, not yet stored."""
    return _new_archive(session, content, next_archive_numbers(connection, session, 1)[0], confirmations)


def new_archives(
    connection: Connection, session: OfficeSession, contents: Sequence[ArchiveContent]
) -> list[StoredArchive]:
    """New archives with consecutive 档案编号, not yet stored."""
    numbers = next_archive_numbers(connection, session, len(contents))
    return [_new_archive(session, content, number) for content, number in zip(contents, numbers, strict=True)]


def _new_archive(
    session: OfficeSession, content: ArchiveContent, number: str, confirmations: dict[str, str] | None = None
) -> StoredArchive:
    missing = validation.missing_count(content)
    now = session.now
    return StoredArchive(
        id=new_id(),
        archive_number=number,
        office_id=session.office.id,
        revision=1,
        is_complete=missing == 0,
        missing_count=missing,
        created_at=now,
        updated_at=now,
        updated_by=session.clerk.name,
        exported_revision=0,
        exported_sequence=0,
        acknowledged_revision=0,
        acknowledged_at=None,
        confirmations=confirmations or {},
        content=content,
    )


_LAST_NUMBER = text(
    "INSERT INTO office_setting (key, value) VALUES (:key, CAST(:count AS TEXT))"
    " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + :count RETURNING value"
)


def next_archive_numbers(connection: Connection, session: OfficeSession, count: int) -> list[str]:
    """The next 档案编号: region, year, running number of this office in the year – ``340882-2026-0031``.

    A home-visit laptop counts by itself: ``340882-2026-W3F2-0001``.
    """
    prefix = f"{session.office.region_code}-{session.today[:4]}"
    if session.office.is_laptop:
        prefix += f"-W{session.office.laptop_id[:3].upper()}"
    last = int(connection.execute(_LAST_NUMBER, {"key": f"number:{prefix}", "count": count}).scalar_one())
    return [f"{prefix}-{number:04d}" for number in range(last - count + 1, last + 1)]


def revision_note(
    connection: Connection, session: OfficeSession, action: str, reason: str = "", changes: Iterable[Change] = ()
) -> RevisionNote:
    """Who, when and why, with the next number of this device's clock."""
    return RevisionNote(
        made_at=session.now,
        clerk_id=session.clerk.id,
        clerk_name=session.clerk.name,
        office_id=session.office.id,
        device_id=session.device_id,
        device_counter=archive_store.next_device_counter(connection, session.device_id),
        action=action,
        reason=printable(reason),
        changes=list(changes),
    )


def following_note(first: RevisionNote, offset: int) -> RevisionNote:
    """A note like *first* for the *offset*-th further revision of the same transaction."""
    return replace(first, device_counter=first.device_counter + offset)


# -- finding people ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A person found: where they stand and enough to tell them apart."""

    archive_id: str
    archive_number: str
    member_id: str
    name: str
    id_number: str | None
    birth_on: str | None
    phone: str | None
    head_name: str | None
    home_address: str | None
    office_id: str
    relation_to_head: str | None
    merged_from: str = ""
    """档案编号 of the merged archive that leads to this one."""


def search_people(session: OfficeSession, typed: str, limit: int = 20) -> list[PersonHit]:
    """People by name, pinyin or initials, ID number or its last four digits, phone, 档案编号 or 职工编号."""
    with session.database.reading() as connection:
        hits = [PersonHit(**row) for row in archive_store.search(connection, typed, limit)]
        homes = merge_store.homes(connection, [hit.archive_id for hit in hits])
        return _led_home(hits, homes) if homes else hits


def _led_home(hits: list[PersonHit], homes: dict[str, tuple[str, str]]) -> list[PersonHit]:
    """People of merged archives lead to the kept one; who is found there anyway is told once."""
    there = {(hit.archive_id, hit.name) for hit in hits}
    found = []
    for hit in hits:
        home = homes.get(hit.archive_id)
        if home is None:
            found.append(hit)
        elif (home[0], hit.name) not in there:
            found.append(replace(hit, archive_id=home[0], archive_number=home[1], merged_from=hit.archive_number))
    return found
