"""How long archives are kept, destroying those whose term is over, and handing the archives to another keeper (requirements §e).

Ten years after a household left, its archive is proposed; it goes only by an act of this office, with approval and at
least two who watch, and a register tells what went. Other offices keep theirs until they act themselves.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from db.domain.case_words import STAGE_LABELS, STAGES, TRACK_LABELS, Standing
from db.domain.form_schema import Value
from db.domain.papers import keeping_paper
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import MachineError, Progress, UserError
from db.exchange import staging
from db.exchange.bundle_answer import snapshot_mark
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.official_paper import papers_pdf
from db.services import archiving, backups, case_list, casework, clock_check, old_backups, records
from db.services.case_list import Due
from db.services.drafts import list_drafts
from db.services.leftovers import remember_output, tidy_incoming
from db.services.office import ATTACHMENTS, OfficeSession, write_journal
from db.services.records import Record
from db.store import answer_store, retention_store
from db.store.faults import store_faults

YEARS = 10
"""From the day the household left (总工会 档案管理办法)."""
MOST = 500
"""Archives destroyed in one act."""
_STEPS = 4


@dataclass(frozen=True, slots=True)
class RetainedArchive:
    """An archive whose term is over."""

    archive_id: str
    archive_number: str
    name: str
    office_name: str
    standing: Standing
    left_on: str
    revisions: int
    papers: int


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed: the entry of the register, how many archives and files, how many backups on this computer went."""

    record: Record
    archives: int
    files: int
    backups: int


def term_ends(left_on: str) -> str:
    """The first day on which an archive left on that day may be destroyed."""
    day = date.fromisoformat(left_on)
    try:
        return day.replace(year=day.year + YEARS).isoformat()
    except ValueError:  # 29 February
        return day.replace(year=day.year + YEARS, month=3, day=1).isoformat()


def _until(session: OfficeSession) -> str:
    """The last day on which a household must have left for its term to be over today."""
    today = date.fromisoformat(session.today)
    try:
        return today.replace(year=today.year - YEARS).isoformat()
    except ValueError:
        return today.replace(year=today.year - YEARS, day=28).isoformat()


def due_archives(session: OfficeSession, ids: Sequence[str] | None = None, limit: int = MOST) -> list[RetainedArchive]:
    """The archives whose term is over, the longest first; only those among *ids*."""
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        rows = retention_store.due(connection, _until(session), ids, limit)
    return [
        RetainedArchive(
            row["id"], row["archive_number"], row["name"], names.get(row["office_id"], "其他单位"),
            Standing(row["standing"]), row["left_on"], row["revisions"], row["papers"],
        )
        for row in rows
    ]  # fmt: skip


# -- destroying ---------------------------------------------------------------------------------------------------


def destroy(
    session: OfficeSession,
    ids: Sequence[str],
    approval: RecordContent,
    *,
    drop_backups: bool = True,
    progress: Progress | None = None,
) -> Destroyed:
    """Destroy these archives for good, with every version and file, and enter them in the register.

    *approval*: who approved by which paper, who did it, who watched. With *drop_backups* a new backup is made and the
    older ones on this computer go, for they hold the archives still. Nothing goes before its term.
    """
    _check(session, ids)
    leaving: staging.Leaving | None = None
    try:
        with session.database.writing() as connection:
            kept = _due_within(connection, session, ids)
            everything = retention_store.with_merged(connection, ids)
            files = retention_store.files_of(connection, everything)
            _tell(progress, 1)
            record = records.put_entry(connection, session, RecordKind.DESTRUCTION, _with_list(approval, kept))
            leaving = staging.Leaving(session.folder / ATTACHMENTS, files)
            retention_store.destroy(connection, _marks(connection, everything), record.on_day, record.record_id)
            write_journal(connection, session, "destroy_archives", {"archives": len(ids), "record": record.record_id})
            leaving.announce()
    except BaseException:
        if leaving:
            leaving.call_off()
        raise
    _tell(progress, 2)
    with suppress(MachineError):  # another window is writing: whoever writes next clears them away
        tidy_incoming(session)
    with store_faults(session.database.path), closing(session.database.raw_connection()) as raw:
        retention_store.wipe(raw)
    _tell(progress, 3)
    gone = _drop_backups(session) if drop_backups else 0
    with session.database.writing() as connection:
        old_backups.put_down(connection, session)
    _tell(progress, _STEPS)
    return Destroyed(records.load_entry(session, record.record_id), len(ids), len(files), gone)


def _tell(progress: Progress | None, done: int) -> None:
    if progress:
        progress(done, _STEPS)


def _check(session: OfficeSession, ids: Sequence[str]) -> None:
    if session.office.is_laptop:
        raise UserError("retention_laptop")
    if not ids:
        raise UserError("retention_nothing")
    if len(ids) > MOST:
        raise UserError("retention_too_many", count=len(ids), limit=MOST)
    fault = clock_check.clock_fault(session)
    if fault is not None:
        raise UserError("retention_clock", found=fault.found)


def _marks(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The archives with the fingerprint of their content."""
    snapshots = answer_store.held_snapshots(connection, ids)
    return {key: snapshot_mark(snapshots[key]) if key in snapshots else "" for key in ids}


def _due_within(connection: Connection, session: OfficeSession, ids: Sequence[str]) -> list[retention_store.Row]:
    """Rows of all of *ids*; UserError names the first whose term is not over."""
    found = {row["id"]: row for row in retention_store.due(connection, _until(session), ids, MOST)}
    for archive_id in ids:
        if archive_id not in found:
            stored = archiving.load_stored(connection, archive_id)
            left = retention_store.left_on(connection, archive_id)
            until = f"要保管到 {term_ends(left)}" if left else "没有退档或注销"
            raise UserError("retention_not_yet", number=stored.archive_number, until=until)
    return [found[archive_id] for archive_id in ids]


def _with_list(approval: RecordContent, rows: Sequence[retention_store.Row]) -> RecordContent:
    """The approval with what goes: numbers and days, nobody's name."""
    listed = [
        {"id": row["id"], "archive_number": row["archive_number"], "exited_on": row["left_on"],
         "revisions": row["revisions"], "papers": row["papers"]}
        for row in rows
    ]  # fmt: skip
    return RecordContent(dict(approval.values), {**approval.rows, "archives": listed}, approval.edition)


def _drop_backups(session: OfficeSession) -> int:
    """A backup of how things stand now, and none of before on this computer; how many went."""
    made = backups.back_up(session, reason="after_destruction")
    return backups.drop_others(session, made)


# -- registers and their papers -----------------------------------------------------------------------------------


def list_destructions(session: OfficeSession) -> list[Record]:
    """The register of destructions of this office, the latest first."""
    return records.list_entries(session, RecordKind.DESTRUCTION)[::-1]


def list_keepers(session: OfficeSession) -> list[Record]:
    """The hand-overs from keeper to keeper of this office, the latest first."""
    return records.list_entries(session, RecordKind.KEEPER)[::-1]


def new_keeper(session: OfficeSession) -> RecordContent:
    """A hand-over that begins with what is known: today, the clerk who hands over, the archives, the work that is open."""
    count = archiving.count_archives(session, archiving.ArchiveQuery(office_id=session.office.id))
    values: dict[str, Value] = {"handed_on": session.today, "from_name": session.clerk.name, "archives": count}
    return RecordContent({**values, "open_matters": _open_work(session)})


def _open_work(session: OfficeSession) -> str:
    """What is under way and what is due, a line each."""
    stages = sorted(casework.count_cases(session).stages.items(), key=lambda item: STAGES.index(item[0][1]))
    lines = [f"{TRACK_LABELS[track]}：{STAGE_LABELS[stage]} {number} 户" for (track, stage), number in stages]
    dues = case_list.count_dues(session, session.office.id)
    lines += [f"{case_list.DUE_LABELS[due]} {dues[due]} 户" for due in _TOLD if dues[due]]
    drafts = len(list_drafts(session))
    return "\n".join([*lines, *([f"没有写完的草稿 {drafts} 份"] if drafts else [])])


_TOLD = (Due.OVERDUE, Due.PAPERS_MISSING, Due.PAPERS_EXPIRED, Due.NEVER_HELPED)


def keeping_pdf(session: OfficeSession, record: Record | None, kind: RecordKind = RecordKind.KEEPER) -> bytes:
    """The paper of a hand-over or a destruction; the blank without *record*."""
    layout = keeping_paper.layout(record.kind if record else kind, session.office.name, record.content if record else None)
    return papers_pdf(layout.title, [layout])


def write_keeping_workbook(
    session: OfficeSession, record: Record | None, path: Path, kind: RecordKind = RecordKind.KEEPER
) -> None:
    """The same as a workbook."""
    remember_output(session, path.parent)
    layout = keeping_paper.layout(record.kind if record else kind, session.office.name, record.content if record else None)
    write_papers_workbook(path, [layout])

