"""合并: two archives of one family become one, both keep their history, and it can be undone.

Where the kept archive is this office's own, what was chosen becomes its next revision. Archives of other offices are never
changed: then only the merge is put on record, and their offices hear of it. The merged archive stays as it is, is shown in
no list unless asked for, and leads to the kept one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.domain import merging, three_way
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.case_flow import replay
from db.domain.case_words import Track
from db.domain.change_diff import ATTACHMENT, Change, changes_between
from db.domain.field_kinds import printable
from db.domain.merging import Choices, MergeField, MergeMember
from db.domain.option_lists import option_list
from db.domain.review import with_given_number
from db.errors import UserError
from db.services import archiving
from db.services.attachments import Attachment, list_attachments
from db.services.machines import refuse_on_laptop
from db.services.office import OfficeSession, write_journal
from db.services.ownership import StandingKind, standing
from db.store import archive_store, bundle_store, case_store, casework_store, merge_store, review_store
from db.store.archive_store import StoredArchive

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of the two archives, with what lies beside its form."""

    archive_id: str
    archive_number: str
    name: str
    office_name: str
    is_own: bool
    revision: int
    updated_at: str
    updated_by: str
    missing_count: int
    papers: tuple[Attachment, ...] = ()
    worksheet_years: tuple[int, ...] = ()
    assessments: tuple[str, ...] = ()
    """Each in a line, the newest first."""


@dataclass(frozen=True, slots=True)
class MergeOffer:
    """What a merge would do: both sides, what differs, and what is proposed."""

    kept: MergeSide
    merged: MergeSide
    fields: tuple[MergeField, ...]
    members: tuple[MergeMember, ...]
    proposal: Choices
    same_head: bool
    """Whether both are of the same worker; otherwise the merged one's worker is offered as a member."""
    open_matters: tuple[str, ...] = ()
    """What is not done with in the merged archive, in words: after the merge it can only be read there."""

    @property
    def takes_over(self) -> bool:
        """Whether anything can be taken over: only an own archive is changed."""
        return self.kept.is_own

    @property
    def open_fields(self) -> list[MergeField]:
        """Every field where there is something to choose, members' fields too."""
        every = [*self.fields, *(item for person in self.members for item in person.fields)]
        return [item for item in every if item.is_open]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge on record."""

    id: str
    kept_id: str
    merged_id: str
    kept_number: str
    merged_number: str
    kept_name: str
    merged_name: str
    office_name: str
    is_own: bool
    """Whether this office made it, and may undo it."""
    made_at: str
    made_by: str
    reason: str
    kept_revision: int
    """The revision of the kept archive that took something over; 0 where none did."""
    merged_revision: int
    undone_at: str | None
    undone_by: str


@dataclass(slots=True)
class Unmerged:
    """What undoing a merge did: both archives stand for themselves again."""

    kept_id: str
    merged_id: str
    stays: list[str] = field(default_factory=list)
    """Captions of fields that were changed after the merge and therefore stay as they are."""


# -- before merging -----------------------------------------------------------------------------------------------


def merge_offer(session: OfficeSession, kept_id: str, merged_id: str) -> MergeOffer:
    """Both archives side by side; UserError where they cannot be merged."""
    with session.database.reading() as connection:
        kept, merged = _both(connection, session, kept_id, merged_id)
        names = {**bundle_store.office_names(connection), session.office.id: session.office.name}
        sides = [_side(connection, session, stored, names) for stored in (kept, merged)]
        open_matters = tuple(_open_matters(connection, merged.id))
    newer = merged.updated_at > kept.updated_at
    fields = merging.fields_beside(kept.content, merged.content, merged_is_newer=newer)
    members = merging.members_beside(kept.content, merged.content, merged_is_newer=newer)
    proposal = merging.proposed(fields, members)
    same = merging.same_head(kept.content, merged.content)
    return MergeOffer(sides[0], sides[1], tuple(fields), tuple(members), proposal, same, open_matters)


_MATTERS = {
    "measure": "未完成的帮扶措施 {count} 条",
    "pairing": "未结束的结对 {count} 条",
    "aid_application": "未批准的救助申请 {count} 笔",
}


def _open_matters(connection: Connection, archive_id: str) -> Iterable[str]:
    """Where its case stands while something is under way, and what else waits there."""
    events = case_store.events_of(connection, [archive_id])[archive_id]
    state = replay(events.first, events.steps())
    if events.steps() and state.track is not Track.NONE:
        yield f"正在办理：{state.words}"
    for matter, count in merge_store.open_matters(connection, archive_id).items():
        yield _MATTERS[matter].format(count=count)


def better_kept(session: OfficeSession, one_id: str, other_id: str) -> tuple[str, str]:
    """Both ids, the one to keep first: an own one, then one the office above has, the fuller one, the older one."""
    with session.database.reading() as connection:
        both = [archiving.load_stored(connection, key) for key in (one_id, other_id)]

    def rank(stored: StoredArchive) -> tuple[bool, bool, int, str]:
        own, known = stored.office_id == session.office.id, stored.acknowledged_revision > 0
        return not own, not known, stored.missing_count, stored.created_at

    first, second = sorted(both, key=rank)
    return first.id, second.id


def _both(
    connection: Connection, session: OfficeSession, kept_id: str, merged_id: str
) -> tuple[StoredArchive, StoredArchive]:
    """Both archives, if they can be merged."""
    if kept_id == merged_id:
        raise UserError("merge_same")
    kept, merged = (archiving.load_stored(connection, key) for key in (kept_id, merged_id))
    for stored in (kept, merged):
        found = standing(connection, session, stored)
        if found.kind is StandingKind.MERGED:
            raise UserError("merge_already", number=stored.archive_number)
        if found.kind not in {StandingKind.OWN, StandingKind.FOREIGN}:
            raise UserError(found.code, **found.context)
    unfinished = merge_store.open_work(connection, merged.id)
    if unfinished:
        raise UserError(_UNFINISHED[unfinished], number=merged.archive_number)
    return kept, merged


_UNFINISHED = {
    merge_store.DRAFT: "merge_has_draft",
    merge_store.OUT: "merge_out",
    merge_store.CONFLICT: "merge_has_conflict",
}


def _side(connection: Connection, session: OfficeSession, stored: StoredArchive, names: dict[str, str]) -> MergeSide:
    return MergeSide(
        archive_id=stored.id,
        archive_number=stored.archive_number,
        name=stored.content.text("name") or "未填姓名",
        office_name=names.get(stored.office_id, "其他单位"),
        is_own=stored.office_id == session.office.id,
        revision=stored.revision,
        updated_at=stored.updated_at,
        updated_by=stored.updated_by,
        missing_count=stored.missing_count,
        papers=tuple(list_attachments(session, stored.id)),
        worksheet_years=tuple(casework_store.means_years(connection, stored.id)),
        assessments=tuple(_assessment_words(row) for row in casework_store.assessments_of(connection, stored.id)),
    )


def _assessment_words(row: dict[str, Any]) -> str:
    label = row["suggested_class_label"] or "不属于任何一类"
    return f"{row['assessed_on']} {label}"


# -- merging ------------------------------------------------------------------------------------------------------


def merge(
    session: OfficeSession, kept_id: str, merged_id: str, choices: Choices | None = None, reason: str = ""
) -> Merge:
    """Merge *merged_id* into *kept_id* with what was chosen (None: what is proposed); UserError where that cannot be."""
    refuse_on_laptop(session)
    why = _reason(reason)
    chosen = merge_offer(session, kept_id, merged_id).proposal if choices is None else choices
    with session.database.writing() as connection:
        kept, merged = _both(connection, session, kept_id, merged_id)
        merge_id, before = new_id(), kept.revision
        if kept.office_id == session.office.id:
            _take_over(connection, session, merge_id, kept, merged, chosen, why)
        if merged.office_id == session.office.id:
            _note(connection, session, merged, "merged", _words(f"并入 {kept.archive_number}", why))
        else:
            merge_store.send_again(connection, merged.id)
        row = {
            "id": merge_id,
            "kept_archive_id": kept.id,
            "merged_archive_id": merged.id,
            "pair_key": "",
            "office_id": session.office.id,
            "office_name": session.office.name,
            "office_level": session.office.level,
            "made_at": session.now,
            "clerk_id": session.clerk.id,
            "clerk_name": session.clerk.name,
            "reason": why,
            "kept_revision_before": before,
            "kept_revision_after": kept.revision,
            "merged_revision": merged.revision,
            "undone_at": None,
            "undone_by": "",
        }
        merge_store.add(connection, row)
        merge_store.settle_pairs(connection, kept.id, merged.id, session.now, session.clerk.id)
        write_journal(connection, session, "merge_archives", {"merge": merge_id, "kept": kept.id, "merged": merged.id})
        return _merges(connection, session, [row])[0]


def _reason(text: str) -> str:
    why = printable(text).strip()
    if len(why) > LONGEST_REASON:
        raise UserError("text_too_long", label="说明", limit=LONGEST_REASON)
    return why


def _words(what: str, why: str) -> str:
    return f"{what}：{why}" if why else what


def _take_over(
    connection: Connection,
    session: OfficeSession,
    merge_id: str,
    kept: StoredArchive,
    merged: StoredArchive,
    choices: Choices,
    why: str,
) -> None:
    """The kept archive's next revision, with what was chosen of the other one and, if wanted, its papers."""
    content = archiving.prepared(merging.merged_content(kept.content, merged.content, choices))
    papers = merge_store.papers_of(connection, merged.id) if choices.papers else []
    merge_store.take_papers(connection, merge_id, papers, kept.id)
    taken = [Change(ATTACHMENT, None, _paper_words(row)) for row in papers]
    _note(connection, session, kept, "merge_archives", _words(f"并入 {merged.archive_number}", why), content, taken)


def _paper_words(row: dict[str, Any]) -> str:
    return f"{option_list('document_type').label(row['document_type'])} {row['name']}"


def _note(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    action: str,
    reason: str,
    content: ArchiveContent | None = None,
    more: Iterable[Change] = (),
) -> None:
    """A further revision of *stored*, in place, even where nothing of the form changes."""
    given = review_store.given_numbers(connection, [stored.id]).get(stored.id, "")
    changed = stored.content if content is None else with_given_number(content, given)
    changes = [*changes_between(stored.content, changed), *more]
    note = archiving.revision_note(connection, session, action, reason, changes)
    archiving.take_content(stored, changed, note)
    archive_store.replace(connection, stored, note)


# -- undoing ------------------------------------------------------------------------------------------------------


def undo_merge(session: OfficeSession, merge_id: str, reason: str = "") -> Unmerged:
    """Let both archives stand for themselves again.

    The kept one gets a revision that takes back what the merge brought, but for fields that were changed since: those
    stay, and are told. Where that cannot be done any more it is refused, and nothing changes.
    """
    refuse_on_laptop(session)
    why = _reason(reason)
    with session.database.writing() as connection:
        row = merge_store.find(connection, merge_id)
        if row is None or row["undone_at"]:
            raise UserError("merge_gone")
        if row["office_id"] != session.office.id:
            raise UserError("unmerge_other_office", name=row["office_name"])
        kept, merged = (archiving.load_stored(connection, row[f"{side}_archive_id"]) for side in ("kept", "merged"))
        outcome = Unmerged(kept.id, merged.id)
        if row["kept_revision_after"] > row["kept_revision_before"]:
            outcome.stays = _give_back(connection, session, row, kept, merged, why)
        merge_store.undo(connection, merge_id, session.now, session.clerk.name)
        if merged.office_id == session.office.id:
            _note(connection, session, merged, "unmerge", _words(f"撤销并入 {kept.archive_number}", why))
        else:
            merge_store.send_again(connection, merged.id)
        merge_store.reopen_pairs(connection, kept.id, merged.id, session.now, session.clerk.id)
        write_journal(connection, session, "undo_merge", {"merge": merge_id})
    return outcome


def _give_back(
    connection: Connection,
    session: OfficeSession,
    row: dict[str, Any],
    kept: StoredArchive,
    merged: StoredArchive,
    why: str,
) -> list[str]:
    """The kept archive without what the merge brought; captions of what was changed since and stays."""
    found = standing(connection, session, kept)
    if found.kind is StandingKind.MERGED:
        raise UserError("unmerge_merged_on", number=kept.archive_number)
    if not found.may_change:
        raise UserError(found.code, **found.context)
    after, before = (_snapshot(connection, kept, row[f"kept_revision_{side}"]) for side in ("after", "before"))
    undone = three_way.merge(after, kept.content, before)
    papers = merge_store.give_papers_back(connection, row["id"], kept.id, merged.id, session.now)
    gone = [Change(ATTACHMENT, _paper_words(paper), None) for paper in papers]
    content = archiving.prepared(undone.content)
    _note(connection, session, kept, "unmerge", _words(f"撤销并入 {merged.archive_number}", why), content, gone)
    return [conflict.caption for conflict in undone.conflicts]


def _snapshot(connection: Connection, kept: StoredArchive, revision: int) -> ArchiveContent:
    table = archive_store.REVISION
    statement = table.select().where(table.c.archive_id == kept.id, table.c.revision == revision)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise UserError("unmerge_no_history", number=kept.archive_number, revision=revision)
    return ArchiveContent.from_json(row["snapshot"])


# -- looking back -------------------------------------------------------------------------------------------------


def merges_of(session: OfficeSession, archive_id: str) -> list[Merge]:
    """Every merge that concerns an archive, oldest first: into it, and of it into another one; undone ones too."""
    with session.database.reading() as connection:
        rows = merge_store.merges_into(connection, archive_id) + merge_store.merges_of(connection, [archive_id])
        return sorted(_merges(connection, session, rows), key=lambda made: made.made_at)


def other_archives(session: OfficeSession, archive_id: str) -> dict[int, tuple[str, str]]:
    """By revision of an archive: id and 档案编号 of the archive that it was merged with in that revision."""
    found = {}
    for made in merges_of(session, archive_id):
        if made.merged_id == archive_id and made.kept_id:
            found[made.merged_revision] = (made.kept_id, made.kept_number)
        elif made.kept_id == archive_id and made.kept_revision:
            found[made.kept_revision] = (made.merged_id, made.merged_number)
    return found


def merge_of_pair(session: OfficeSession, pair_key: str) -> Merge | None:
    """The merge between the two archives of a pair that looks alike."""
    with session.database.reading() as connection:
        row = merge_store.find(connection, merge_store.merge_of_pair(connection, pair_key))
        return _merges(connection, session, [row])[0] if row is not None else None


def load_merge(session: OfficeSession, merge_id: str) -> Merge:
    """The merge *merge_id*."""
    with session.database.reading() as connection:
        row = merge_store.find(connection, merge_id)
        if row is None:
            raise UserError("merge_gone")
        return _merges(connection, session, [row])[0]


def _merges(connection: Connection, session: OfficeSession, rows: Iterable[dict[str, Any]]) -> list[Merge]:
    listed = list(rows)
    ids = {row[f"{side}_archive_id"] for row in listed for side in ("kept", "merged")}
    labels = bundle_store.archive_labels(connection, ids)
    return [_merge(session, row, labels) for row in listed]


def _merge(session: OfficeSession, row: dict[str, Any], labels: dict[str, tuple[str, str]]) -> Merge:
    kept, merged = (labels.get(row[f"{side}_archive_id"], ("", "")) for side in ("kept", "merged"))
    took_over = row["kept_revision_after"] > row["kept_revision_before"]
    return Merge(
        id=row["id"],
        kept_id=row["kept_archive_id"] if kept[0] else "",
        merged_id=row["merged_archive_id"],
        kept_number=kept[0],
        merged_number=merged[0],
        kept_name=kept[1],
        merged_name=merged[1],
        office_name=row["office_name"],
        is_own=row["office_id"] == session.office.id,
        made_at=row["made_at"],
        made_by=row["clerk_name"],
        reason=row["reason"],
        kept_revision=row["kept_revision_after"] if took_over else 0,
        merged_revision=row["merged_revision"],
        undone_at=row["undone_at"],
        undone_by=row["undone_by"],
    )


# -- what an office below is told ---------------------------------------------------------------------------------


def warnings_of(connection: Connection, archive_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of ``person_warning`` about these archives having been merged; nothing of the other archive stands in them."""
    return [
        {
            "id": row["id"],
            "archive_id": row["merged_archive_id"],
            "member_id": "",
            "person_name": row["person_name"] or "",
            "kind": "merged",
            "office_id": row["office_id"],
            "office_name": row["office_name"],
            "issued_at": row["made_at"],
            "cleared_at": row["undone_at"],
        }
        for row in merge_store.merges_of(connection, archive_ids)
    ]
