"""The means worksheet (家庭经济状况) of a household and year: kept in versions, and what the Archive Form takes from it.

Saving a worksheet also makes a revision of its archive, without changing the form: so the archive's history names it,
the archive counts as not yet submitted, and the worksheet travels with it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain import means_income, regions
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.change_diff import changes_between
from db.domain.field_kinds import printable
from db.domain.form_schema import FieldKind, Value
from db.domain.means_check import check_means, prepared_means
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent, Row
from db.errors import UserError
from db.services import archiving
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.store import archive_store, casework_store
from db.store.archive_store import RevisionNote, StoredArchive

_OF_ITS_YEAR = frozenset({"earlier_aid", "monthly_incomes", "events"})
"""Ledgers that are not taken over into another year."""
_DECIDED_THEN = frozenset({"committee_decided_on", "committee_note", "other_exclusion"})
_ABOUT_ITS_YEAR = frozenset({"spent_on", "is_new", "papers"})


@dataclass(frozen=True, slots=True)
class Means:
    """A stored worksheet: its content, and which version it is."""

    content: MeansContent
    revision: int
    made_at: str
    made_by: str
    reason: str = ""


def _means(row: dict[str, Any]) -> Means:
    content = MeansContent.from_json(row["content"])
    return Means(content, row["revision"], row["made_at"], row["clerk_name"], row["reason"])


def previous_year(session: OfficeSession) -> int:
    """The calendar year that worksheets are usually about."""
    return int(session.today[:4]) - 1


def load_means(session: OfficeSession, archive_id: str, year: int) -> Means | None:
    """The worksheet of *year*; None where there is none yet."""
    with session.database.reading() as connection:
        return read_means(connection, archive_id, year)


def read_means(connection: Connection, archive_id: str, year: int) -> Means | None:
    """As :func:`load_means`, within a transaction."""
    row = casework_store.last_means(connection, archive_id, year)
    return None if row is None else _means(row)


def list_years(session: OfficeSession, archive_id: str) -> list[int]:
    """The years there is a worksheet of, the newest first."""
    with session.database.reading() as connection:
        return casework_store.means_years(connection, archive_id)


def means_history(session: OfficeSession, archive_id: str, year: int) -> list[Means]:
    """Every version of the worksheet of *year*, the newest first."""
    with session.database.reading() as connection:
        return [_means(row) for row in casework_store.all_means(connection, archive_id, year)]


# -- beginning one ------------------------------------------------------------------------------------------------


def new_means(session: OfficeSession, archive: Archive, year: int) -> MeansContent:
    """An empty worksheet that already lists the people of the archive; nothing about money is assumed."""
    means = MeansContent(year)
    region = session.office.region_code[:6]
    if regions.is_known(region) and not region.endswith("00"):  # a standard belongs to a county
        means.values["region"] = region
    people = [WORKER, *(str(member["id"]) for member in archive.content.members)]
    means.rows["people"] = [{"id": new_id(), "person": person, "lives_together": True} for person in people]
    return means


def copy_from_year(means: MeansContent, year: int) -> MeansContent:
    """A worksheet of *year* that begins with the figures of another one; what belongs to its year alone stays there.

    Not taken over: earlier aid, monthly incomes, events, what a committee decided, days of bills, and the evidence.
    """
    values = {key: value for key, value in means.values.items() if key not in _DECIDED_THEN}
    rows = {
        key: [_copied_row(row) for row in ledger] for key, ledger in means.rows.items() if key not in _OF_ITS_YEAR
    }
    return MeansContent(year, values, rows, MeansContent(year).edition)


def _copied_row(row: Row) -> Row:
    kept = {key: value for key, value in row.items() if key not in _ABOUT_ITS_YEAR}
    return {**kept, "id": new_id()}


# -- saving -------------------------------------------------------------------------------------------------------


def save_means(
    session: OfficeSession,
    archive_id: str,
    content: MeansContent,
    expected_revision: int | None = None,
    reason: str = "",
) -> Means:
    """Store a worksheet as its next version; UserError where it contradicts itself, and then nothing is stored.

    *expected_revision*: the version that was edited, 0 for a new worksheet; another one stored meanwhile refuses.
    Saving what is already stored makes no new version.
    """
    ready = prepared_means(content)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        before = read_means(connection, archive_id, ready.year)
        found = before.revision if before else 0
        if expected_revision is not None and expected_revision != found:
            raise UserError("archive_changed_elsewhere", found=found)
        check_means(stored.content, ready)
        if before is not None and before.content == ready:
            return before
        why = printable(reason).strip()
        shown = f"{ready.year} 年第 {found + 1} 版" + (f"：{why}" if why else "")
        note = record_revision(connection, session, stored, "means", shown)
        row = means_row(stored, note, ready, found + 1, why)
        casework_store.insert_means(connection, [row])
    return Means(ready, found + 1, note.made_at, note.clerk_name, why)


def record_revision(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    action: str,
    reason: str,
    content: ArchiveContent | None = None,
) -> RevisionNote:
    """A revision of *stored*, in place, for something added beside the form, which may change (*content*) with it."""
    changed = stored.content if content is None else content
    note = archiving.revision_note(connection, session, action, reason, changes_between(stored.content, changed))
    archiving.take_content(stored, changed, note)
    archive_store.replace(connection, stored, note)
    return note


def signature_of(note: RevisionNote) -> dict[str, Any]:
    """Who made a row of casework, where and when, as its columns."""
    keys = ("made_at", "clerk_id", "clerk_name", "office_id", "device_id", "device_counter")
    return {key: getattr(note, key) for key in keys}


def means_row(
    stored: StoredArchive, note: RevisionNote, content: MeansContent, revision: int, reason: str = ""
) -> dict[str, Any]:
    """Column values of a version of a worksheet."""
    return {
        "archive_id": stored.id,
        "year": content.year,
        "revision": revision,
        "archive_revision": stored.revision,
        "reason": reason,
        "content": content.to_json(),
        **signature_of(note),
    }


# -- what the form takes from it ----------------------------------------------------------------------------------


def income_proposals(archive_content: ArchiveContent, means: MeansContent) -> dict[str, Value]:
    """Values of the form that follow from the worksheet, by place: ``key``, or ``member_id.key`` for a member."""
    return means_income.income_proposals(archive_content, means)


def apply_to_archive(
    session: OfficeSession, archive_id: str, keys: Collection[str] | None = None, reason: str = "", year: int | None = None
) -> Archive:
    """Write the proposals *keys* (None: all) of the worksheet of *year* (None: the latest) into the form, as a revision."""
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        wanted = year if year is not None else next(iter(casework_store.means_years(connection, archive_id)), 0)
        found = read_means(connection, archive_id, wanted)
        if found is None:
            raise UserError("means_unread", year=wanted or previous_year(session))
        proposals = means_income.income_proposals(stored.content, found.content)
        chosen = {place: value for place, value in proposals.items() if keys is None or place in keys}
        content = archiving.prepared(means_income.with_proposals(stored.content, chosen))
        why = f"照 {wanted} 年家庭经济状况填写" + (f"：{printable(reason)}" if reason else "")
        archiving.amend_stored(connection, session, stored, content, "means", why)
    return stored


def papers_used(means: MeansContent) -> set[str]:
    """Ids of the attachments that rows of the worksheet name as evidence."""
    found: set[str] = set()
    for section in MEANS_FORM.ledgers:
        keys = [spec.key for spec in section.fields if spec.kind is FieldKind.PAPERS]
        for row in means.rows.get(section.key, []):
            for key in keys:
                papers = row.get(key)
                found.update(papers if isinstance(papers, list) else ())
    return found
