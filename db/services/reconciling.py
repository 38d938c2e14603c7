"""An archive of this office that comes back from elsewhere: a home-visit laptop, or revisions a restored backup lost.

Where this office has not moved, it takes the other's revisions as they are. Otherwise both histories are kept – the
foreign revisions are appended with numbers of their own – and one more revision holds what both say together. Where
they contradict each other ours stays, and the conflict waits for a clerk. Applying the same thing twice changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert

from db.domain import three_way, validation
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import ATTACHMENT, Change, changes_between
from db.domain.derivation import is_derived
from db.domain.means_form import MeansContent
from db.domain.review import with_given_number
from db.domain.three_way import Conflict
from db.errors import UserError
from db.exchange.bundle_casework import CaseworkIntake, IncomingCasework
from db.exchange.bundle_compare import casework_changes
from db.exchange.bundle_format import Outcome
from db.exchange.bundle_records import IncomingArchive, IncomingAttachment
from db.services import archiving, means
from db.services.office import OfficeSession
from db.services.revisions import ACTION_LABELS
from db.store import archive_store, bundle_store, casework_store, conflict_store, review_store
from db.store.archive_store import RevisionNote, StoredArchive
from db.store.conflict_store import Row, mark_of

MEANS_PATH = "@means:"
"""A conflict of two worksheets of one year bears this and the year as its path."""


@dataclass(slots=True)
class Reconciled:
    """What became, or would become, of the archive: SAME, CHANGED (it went on there only) or MERGED."""

    outcome: Outcome
    revision: int
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences about what was decided without asking."""


@dataclass(slots=True)
class _Plan:
    """How the two branches lie to each other, and what they make together."""

    content: ArchiveContent
    base_revision: int
    fresh: list[Row]
    """Revisions of the other branch that are not here."""
    numbers: dict[int, int]
    """Number there → number here, as far as a revision is (or will be) here."""
    continues: bool
    """Whether the other branch contains all of ours."""
    told: Reconciled
    papers: list[Row] = field(default_factory=list)
    means: list["_TwoSheets"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _TwoSheets:
    """A year's worksheet the other branch brings a version of; *winner* is its row, or None where ours stays."""

    year: int
    ours: Row | None
    theirs: Row
    is_conflict: bool

    @property
    def theirs_wins(self) -> bool:
        """The later one wins; ours does not stand in the way where it has not moved."""
        return not self.is_conflict or self.ours is None or self.theirs["made_at"] >= self.ours["made_at"]


def plan_reconciling(
    connection: Connection, stored: StoredArchive, incoming: IncomingArchive, base_revision: int | None = None
) -> Reconciled:
    """What :func:`reconcile` would do; nothing is written. The caller has judged that *incoming* is well-formed."""
    return _plan(connection, stored, incoming, base_revision).told


def reconcile(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    incoming: IncomingArchive,
    *,
    source: str,
    source_name: str,
    bundle_id: str = "",
    base_revision: int | None = None,
    casework: CaseworkIntake | None = None,
) -> Reconciled:
    """Bring the branch *incoming* of the archive *stored* in; *stored* becomes what stands then.

    *source* is ``laptop``, ``above`` or ``below``. New papers are stored by the caller, who has their files.
    """
    if stored.office_id != session.office.id:
        raise UserError("not_own_archive", office="上报单位")
    plan = _plan(connection, stored, incoming, base_revision)
    intake = casework or CaseworkIntake(connection, session.office.id, session.now, source_name)
    intake.note(incoming.casework)
    if plan.fresh and plan.continues:
        _continue(connection, stored, incoming, plan)
    elif plan.fresh:
        _append(connection, stored, plan, source_name)
    bundle_store.store_papers(connection, [], plan.papers)
    intake.store([(stored.id, _shifted(incoming.casework, plan.numbers))])
    if plan.fresh and not plan.continues:
        note = _record_merge(connection, session, stored, incoming, plan, source_name)
        _settle_sheets(connection, stored, note, plan.means)
        _note_conflicts(connection, session, stored, incoming, plan, (source, source_name, bundle_id))
    plan.told.revision = stored.revision
    return plan.told


# -- how the branches lie -----------------------------------------------------------------------------------------


def _plan(
    connection: Connection, stored: StoredArchive, incoming: IncomingArchive, hint: int | None
) -> _Plan:
    given = review_store.given_numbers(connection, [stored.id]).get(stored.id, "")
    theirs = with_given_number(incoming.content, given)
    held = conflict_store.revision_marks(connection, stored.id)
    numbers = {row["revision"]: held[mark_of(row)] for row in incoming.revisions if mark_of(row) in held}
    fresh = [row for row in incoming.revisions if row["revision"] not in numbers]
    continues = stored.revision in numbers.values()
    base_revision = _base_revision(connection, stored, incoming, numbers, hint)
    told = Reconciled(Outcome.SAME, stored.revision)
    plan = _Plan(stored.content, base_revision, fresh, numbers, continues, told)
    if not fresh:
        return plan
    if continues:
        told.outcome, plan.content = Outcome.CHANGED, theirs
        plan.papers = [_paper_update(paper) for paper in incoming.attachments]
    else:
        told.outcome = Outcome.MERGED
        _merge_content(connection, stored, theirs, plan)
        _merge_papers(connection, stored, incoming, plan)
        _merge_means(connection, stored, incoming, plan)
        _tell_assessments(connection, incoming, plan)
    told.changes = changes_between(stored.content, plan.content) + _beside_changes(incoming, fresh)
    _number(plan, stored.revision)
    return plan


def _base_revision(
    connection: Connection, stored: StoredArchive, incoming: IncomingArchive, numbers: dict[int, int], hint: int | None
) -> int:
    """Our number of the last revision of the other branch that is here: what both have in common. 0: nothing."""
    common = [row["revision"] for row in incoming.revisions if row["revision"] in numbers]
    if common:
        return numbers[common[-1]]
    return hint if hint and conflict_store.snapshot(connection, stored.id, hint) else 0


def _number(plan: _Plan, last: int) -> None:
    """Give the fresh revisions their numbers here: their own where ours just go on, otherwise the next free ones."""
    keeps = plan.continues and all(row["revision"] > last for row in plan.fresh)
    for index, row in enumerate(plan.fresh, last + 1):
        plan.numbers[row["revision"]] = row["revision"] if keeps else index


def _merge_content(connection: Connection, stored: StoredArchive, theirs: ArchiveContent, plan: _Plan) -> None:
    base = conflict_store.snapshot(connection, stored.id, plan.base_revision) if plan.base_revision else None
    merged = three_way.merge(base or ArchiveContent(), stored.content, theirs)
    plan.content = archiving.prepared(merged.content)
    plan.told.conflicts = [conflict for conflict in merged.conflicts if not _is_derived(plan.content, conflict.path)]
    if base is None:
        plan.told.notes.append("两边找不到共同的旧版，凡不同的栏目都要选定。")


def _is_derived(content: ArchiveContent, path: str) -> bool:
    """Whether the place is computed anyway, so that there is nothing to choose."""
    member_id, _, key = path.rpartition(".")
    if not member_id:
        return ARCHIVE_FORM.has_field(key) and is_derived(content, ARCHIVE_FORM.field(key), content.values)
    member = next((item for item in content.members if item["id"] == member_id), None)
    return member is not None and is_derived(content, ARCHIVE_FORM.member_field(key), member)


def _beside_changes(incoming: IncomingArchive, fresh: list[Row]) -> list[Change]:
    """Papers and casework that the fresh revisions brought, as their history tells."""
    found = [Change.from_json(change) for row in fresh for change in row["changes"] if change[0] == ATTACHMENT]
    numbers = {row["revision"] for row in fresh}
    return found + casework_changes(incoming, numbers.__contains__)


# -- papers -------------------------------------------------------------------------------------------------------

_PAPER_KEYS = ("document_type", "name", "note", "removed_at")


def _paper_update(paper: IncomingAttachment) -> Row:
    return {"id": paper.id, **{key: getattr(paper, key) for key in _PAPER_KEYS}}


def _merge_papers(connection: Connection, stored: StoredArchive, incoming: IncomingArchive, plan: _Plan) -> None:
    """What one branch removed is removed; a corrected note is taken, where only the other branch corrected it."""
    held = conflict_store.papers(connection, stored.id)
    mine = _annotated(conflict_store.changes_since(connection, stored.id, plan.base_revision, "annotate"))
    theirs = _annotated(change for row in plan.fresh if row["action"] == "annotate" for change in row["changes"])
    for paper in incoming.attachments:
        row = held.get(paper.id)
        if row is None or all(row[key] == getattr(paper, key) for key in _PAPER_KEYS):
            continue
        corrected = paper.name in theirs
        if corrected and paper.name in mine and (row["note"], row["document_type"]) != (paper.note, paper.document_type):
            plan.told.notes.append(f"附件“{paper.name}”的类型或备注两边都改过，保留本机的。")
            corrected = False
        removed = row["removed_at"] or paper.removed_at
        if removed and (corrected or paper.name in mine):
            plan.told.notes.append(f"附件“{paper.name}”一边移除、一边改了说明，按移除处理；文件还在，历史里查得到。")
        update = _paper_update(paper) if corrected else {"id": row["id"], **{key: row[key] for key in _PAPER_KEYS}}
        plan.papers.append({**update, "removed_at": removed})


def _annotated(changes: Iterable[list[Any]]) -> str:
    """The words of all corrections of papers; whether a paper is among them is told by its name."""
    return "\n".join(str(change[4] or "") for change in changes if change[0] == ATTACHMENT)


# -- casework -----------------------------------------------------------------------------------------------------


def _shifted(casework: IncomingCasework, numbers: dict[int, int]) -> IncomingCasework:
    """The casework with the numbers its revisions bear here."""

    def rows(found: list[Row]) -> list[Row]:
        return [{**row, "archive_revision": numbers.get(row["archive_revision"], row["archive_revision"])} for row in found]

    shifted = {name: rows(getattr(casework, name)) for name in ("means", "assessments", "decisions", "steps", "records")}
    return IncomingCasework(**shifted, policies=casework.policies, unknown=casework.unknown)


def _merge_means(connection: Connection, stored: StoredArchive, incoming: IncomingArchive, plan: _Plan) -> None:
    """Per year: what each branch has last. Two different new ones are a conflict; the later one counts meanwhile."""
    ours = conflict_store.means_versions(connection, stored.id)
    held = {mark_of(row, conflict_store.MEANS_MARKS) for row in ours}
    there = {mark_of(row, conflict_store.MEANS_MARKS) for row in incoming.casework.means}
    for year in sorted({row["year"] for row in incoming.casework.means}):
        brought = [row for row in incoming.casework.means if row["year"] == year]
        last = max(brought, key=lambda row: int(row["revision"]))
        if mark_of(last, conflict_store.MEANS_MARKS) in held:
            continue
        own = [row for row in ours if row["year"] == year]
        moved = any(
            row["archive_revision"] > plan.base_revision and mark_of(row, conflict_store.MEANS_MARKS) not in there
            for row in own
        )
        current = casework_store.last_means(connection, stored.id, year) if moved else None
        differs = current is not None and current["content"] != last["content"]
        sheets = _TwoSheets(year, own[-1] if own else None, last, differs)
        plan.means.append(sheets)
        if differs:
            plan.told.conflicts.append(_sheet_conflict(sheets))


def _tell_assessments(connection: Connection, incoming: IncomingArchive, plan: _Plan) -> None:
    """Both branches were assessed: both stay, but neither saw what the other found."""
    numbers = {row["revision"] for row in plan.fresh}
    theirs = any(row["archive_revision"] in numbers for row in incoming.casework.assessments)
    known = {row["id"] for row in incoming.casework.assessments}
    if theirs and conflict_store.assessed_since(connection, incoming.id, plan.base_revision) - known:
        plan.told.notes.append("两边都做过认定，都留着；合并后的内容请再认定一次。")


def _sheet_conflict(sheets: _TwoSheets) -> Conflict:
    assert sheets.ours
    mine, theirs = _version_words(sheets.ours), _version_words(sheets.theirs)
    if sheets.theirs_wins:
        theirs += "，现用"
    else:
        mine += "，现用"
    marks = ["|".join(map(str, mark_of(row))) for row in (sheets.ours, sheets.theirs)]
    return Conflict(
        f"{MEANS_PATH}{sheets.year}", f"{sheets.year} 年家庭经济状况", "", mine, theirs, None, marks[0], marks[1]
    )


def _version_words(row: Row) -> str:
    return f"第 {row['revision']} 版（{row['clerk_name']} {row['made_at'][:16].replace('T', ' ')}）"


def _settle_sheets(
    connection: Connection, stored: StoredArchive, note: RevisionNote, sheets: list[_TwoSheets]
) -> None:
    """See to it that the version that counts is the last of its year."""
    for pair in sheets:
        winner = pair.theirs if pair.theirs_wins else pair.ours
        assert winner
        put_sheet_on_top(connection, stored, note, pair.year, mark_of(winner), "合并时以较晚的一份为准")


def put_sheet_on_top(
    connection: Connection, stored: StoredArchive, note: RevisionNote, year: int, mark: tuple[Any, ...], reason: str
) -> bool:
    """Make the worksheet of *year* with this mark the current one, as a further version; whether it was not already."""
    versions = casework_store.all_means(connection, stored.id, year)
    chosen = next((row for row in versions if mark_of(row) == mark), None)
    if chosen is None or versions[0]["content"] == chosen["content"]:
        return False
    content = MeansContent.from_json(chosen["content"])
    row = means.means_row(stored, note, content, versions[0]["revision"] + 1, reason)
    casework_store.insert_means(connection, [row])
    return True


# -- writing ------------------------------------------------------------------------------------------------------


def _continue(connection: Connection, stored: StoredArchive, incoming: IncomingArchive, plan: _Plan) -> None:
    """We have not moved: the other's revisions follow ours as they are."""
    _insert_revisions(connection, stored.id, [{**row, "revision": plan.numbers[row["revision"]]} for row in plan.fresh])
    stored.content = plan.content
    stored.revision = max(plan.numbers[row["revision"]] for row in plan.fresh)
    stored.confirmations = incoming.confirmations
    stored.missing_count = validation.missing_count(plan.content)
    stored.is_complete = incoming.is_complete and not stored.missing_count
    stored.updated_at, stored.updated_by = incoming.updated_at, incoming.updated_by
    archive_store.replace_current(connection, stored)


def _append(connection: Connection, stored: StoredArchive, plan: _Plan, source_name: str) -> None:
    rows = []
    for row in plan.fresh:
        told = f"{source_name}第 {row['revision']} 版：{ACTION_LABELS.get(row['action'], row['action'])}"
        reason = f"{told}，{row['reason']}" if row["reason"] else told
        rows.append({**row, "revision": plan.numbers[row["revision"]], "action": "branch", "reason": reason})
    _insert_revisions(connection, stored.id, rows)


def _insert_revisions(connection: Connection, archive_id: str, rows: list[Row]) -> None:
    connection.execute(insert(archive_store.REVISION), [{"archive_id": archive_id, **row} for row in rows])


def _record_merge(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    incoming: IncomingArchive,
    plan: _Plan,
    source_name: str,
) -> RevisionNote:
    """The revision that holds both; its number is above those of either branch."""
    open_count = len(plan.told.conflicts)
    told = [f"与{source_name}的第 {incoming.revision} 版合并"]
    told += [f"{open_count} 处两边不同，等待选定"] if open_count else []
    changes = [*changes_between(stored.content, plan.content)]
    note = archiving.revision_note(connection, session, "merge", "，".join(told), changes)
    stored.confirmations = {**incoming.confirmations, **stored.confirmations}
    stored.revision = max(stored.revision, incoming.revision, *(plan.numbers[row["revision"]] for row in plan.fresh))
    archiving.take_content(stored, plan.content, note)
    archive_store.replace(connection, stored, note)
    return note


def _note_conflicts(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    incoming: IncomingArchive,
    plan: _Plan,
    origin: tuple[str, str, str],
) -> None:
    if not plan.told.conflicts:
        return
    source, source_name, bundle_id = origin
    row = {
        "id": new_id(),
        "archive_id": stored.id,
        "source": source,
        "source_name": source_name,
        "bundle_id": bundle_id,
        "base_revision": plan.base_revision,
        "own_revision": stored.revision,
        "other_revision": incoming.revision,
        "fields": [conflict.to_json() for conflict in plan.told.conflicts],
        "snapshot": incoming.content.to_json(),
        "state": "open",
        "found_at": session.now,
        "settled_at": None,
        "settled_by": "",
    }
    conflict_store.insert_conflict(connection, row)
