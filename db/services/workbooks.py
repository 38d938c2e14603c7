"""Workbooks in and out: plan and run an import, export archives, write the template.

An import reads everything, decides for every household, and only then stores – all of it in one transaction.
"""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from db.domain import validation
from db.domain.archive_form import ARCHIVE_FORM
from db.errors import Progress, UserError
from db.exchange import (
    workbook_choices,
    workbook_errors,
    workbook_export,
    workbook_form,
    workbook_map,
    workbook_template,
)
from db.exchange.workbook_captions import Confidence
from db.exchange.workbook_choices import all_targets, check_plan, parse_target
from db.exchange.workbook_import import Decision, ImportChoices, ImportDecider, RowResult, count_people
from db.exchange.workbook_layouts import SheetReading, SheetWalk
from db.exchange.workbook_map import ColumnPlan, ColumnTarget, ImportPlan, Layout
from db.exchange.workbook_outcome import HouseholdOutcome, ImportOutcome, household_outcome
from db.exchange.workbook_read import SourceWorkbook, read_workbook
from db.exchange.workbook_rows import Findings, ImportProblem
from db.services import archiving, casework
from db.services.leftovers import remember_output
from db.services.office import OfficeSession, write_journal
from db.services.paper_trail import note_file
from db.store import archive_store, workbook_queries

__all__ = [
    "ColumnPlan",
    "ColumnTarget",
    "Confidence",
    "HouseholdOutcome",
    "ImportOutcome",
    "ImportPlan",
    "ImportProblem",
    "Layout",
    "RowResult",
    "all_targets",
    "check_plan",
    "export_flat",
    "export_forms",
    "parse_target",
    "plan_import",
    "run_import",
    "write_error_workbook",
    "write_template",
]

_BATCH, _UPDATES = 500, 50
MOST_FORMS = 1_000
"""Sheets in one workbook of official forms; beyond that no program opens it in reasonable time."""
Mapped = ImportPlan | Mapping[str, str | None] | None


def plan_import(
    session: OfficeSession, path: Path, *, sheet: str | None = None, header_row: int | None = None
) -> ImportPlan:
    """What an import of *path* would read: sheet, header row, what each column means, a preview. Nothing is stored.

    *sheet* and *header_row* (from 1) overrule what was found by itself.
    """
    return workbook_map.plan_sheet(read_workbook(path), sheet, header_row)


def run_import(
    session: OfficeSession,
    path: Path,
    mapping: Mapped = None,
    *,
    dry_run: bool = False,
    blank_wipes: bool = False,
    skip_rows: Collection[int] = (),
    leads: bool = False,
    report_path: Path | None = None,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Import the households of a workbook, or with *dry_run* say what would happen.

    *mapping*: a plan from :func:`plan_import`, changed or not, or target codes by column letter that overrule the
    columns found (None: leave the column out). *skip_rows*: sheet rows to leave out. *leads*: new households become
    摸底线索, as a plan may say itself. *report_path*: where to write the error workbook; if that fails nothing is stored.
    """
    choices = ImportChoices(blank_wipes, frozenset(skip_rows))
    with _collector_paused():
        return _run(session, path, mapping, choices, dry_run, report_path, progress, leads=leads)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hundreds of thousands of cells live until the end: looking through them for cycles took a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run(
    session: OfficeSession,
    path: Path,
    mapping: Mapped,
    choices: ImportChoices,
    dry_run: bool,
    report_path: Path | None,
    progress: Progress | None,
    *,
    leads: bool,
) -> ImportOutcome:
    book = read_workbook(path)
    if report_path:
        remember_output(session, report_path.parent)
    plan = _agreed_plan(book, mapping, leads=leads)
    reading = SheetWalk(plan, book.sheet(plan.sheet).rows, session.today, progress).read()
    reading.notes.extend(_other_sheets(book, plan))
    names = archiving.office_names(session)
    opened = session.database.reading() if dry_run else session.database.writing()
    with opened as connection:
        decider = ImportDecider(connection, plan, reading, choices, session.circumstances, session.office.id, names)
        decisions = decider.decide(progress)
        outcome = _outcome(plan, reading, decisions, dry_run=dry_run)
        if not dry_run:
            _store(connection, session, decisions, outcome, progress)
        _note_incomplete(outcome)
        if report_path:
            workbook_errors.write_error_workbook(book, outcome, report_path)
    if progress:
        progress(1, 1)
    return outcome


def write_error_workbook(path: Path, outcome: ImportOutcome, target: Path) -> None:
    """Write the clerk's own workbook *path* with the outcome of its import in it to *target*."""
    book = read_workbook(path)
    found = workbook_map.plan_sheet(book, outcome.plan.sheet, outcome.plan.header_row)
    _check_same(book, found, outcome.plan)
    workbook_errors.write_error_workbook(book, outcome, target)


def _check_same(book: SourceWorkbook, found: ImportPlan, agreed: ImportPlan) -> None:
    if [(c.letter, c.caption) for c in found.columns] != [(c.letter, c.caption) for c in agreed.columns]:
        raise UserError("workbook_changed", name=book.path.name)


def _agreed_plan(book: SourceWorkbook, mapping: Mapped, *, leads: bool) -> ImportPlan:
    if isinstance(mapping, ImportPlan):
        found = workbook_map.plan_sheet(book, mapping.sheet, mapping.header_row or None)
        _check_same(book, found, mapping)
        check_plan(mapping)
        return mapping
    plan = workbook_map.plan_sheet(book)
    plan.as_leads = leads
    if mapping:
        return workbook_choices.apply_choices(plan, mapping)
    check_plan(plan)
    return plan


def _other_sheets(book: SourceWorkbook, plan: ImportPlan) -> list[ImportProblem]:
    findings = Findings(plan.sheet)
    return [
        findings.make("sheet_not_read", 0, None, {"text": name}, severity="note")
        for name in plan.sheets
        if name != plan.sheet and book.sheet(name).shown and any(any(c != "" for c in r) for r in book.sheet(name).rows)
    ]


def _outcome(plan: ImportPlan, reading: SheetReading, decisions: list[Decision], *, dry_run: bool) -> ImportOutcome:
    households = [household_outcome(decision) for decision in decisions]
    for household, decision in zip(households, decisions, strict=True):
        if decision.stored is not None and decision.result is RowResult.UNCHANGED:
            household.missing_count = decision.stored.missing_count
        elif decision.content is not None and (dry_run or decision.stored is not None):
            household.missing_count = validation.missing_count(decision.content)
    people = count_people(reading.households)
    return ImportOutcome(plan, dry_run, reading.sheet_rows, people, households, reading.notes)


def _note_incomplete(outcome: ImportOutcome) -> None:
    if outcome.incomplete:
        findings = Findings(outcome.plan.sheet)
        context = {"count": outcome.incomplete}
        outcome.notes.append(findings.make("archives_incomplete", 0, None, context, severity="note"))


# -- storing -----------------------------------------------------------------------------------------------------


def _store(
    connection: Connection,
    session: OfficeSession,
    decisions: list[Decision],
    outcome: ImportOutcome,
    progress: Progress | None,
) -> None:
    reason = f"导入“{outcome.plan.file_name}”"
    pairs = list(zip(decisions, outcome.households, strict=True))
    fresh = [pair for pair in pairs if pair[0].result is RowResult.CREATED]
    for start in range(0, len(fresh), _BATCH):
        if progress:
            progress(2 * len(pairs) + start, 3 * len(pairs))
        _store_new(connection, session, fresh[start : start + _BATCH], reason, as_leads=outcome.plan.as_leads)
    for number, (decision, _) in enumerate(pairs):
        if progress and number % _UPDATES == 0:
            progress(2 * len(pairs) + max(number, len(fresh)), 3 * len(pairs))
        if decision.result is RowResult.UPDATED and decision.stored and decision.content:
            archiving.amend_stored(connection, session, decision.stored, decision.content, "import", reason)
    counts: dict[str, object] = {"created": outcome.created, "updated": outcome.updated, "failed": outcome.failed}
    write_journal(connection, session, "import_workbook", counts)


def _store_new(
    connection: Connection,
    session: OfficeSession,
    fresh: Sequence[tuple[Decision, HouseholdOutcome]],
    reason: str,
    *,
    as_leads: bool,
) -> None:
    first = archiving.revision_note(connection, session, "import", reason)
    contents = [decision.content for decision, _ in fresh if decision.content is not None]
    items = []
    for offset, stored in enumerate(archiving.new_archives(connection, session, contents)):
        household = fresh[offset][1]
        household.archive_id, household.archive_number = stored.id, stored.archive_number
        household.missing_count = stored.missing_count
        items.append((stored, archiving.following_note(first, offset)))
    archive_store.insert_new(connection, items)
    if as_leads:
        casework.note_leads(connection, session, [stored for stored, _ in items])


# -- out ---------------------------------------------------------------------------------------------------------


def export_flat(session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress | None = None) -> None:
    """Write the archives *ids* to *path*, one household a row; read back it gives the same archives."""
    remember_output(session, path.parent)
    with session.database.reading() as connection:
        groups = workbook_queries.most_members(connection, ids)
        archives = archive_store.load_many(connection, ids)
        workbook_export.write_flat(archives, len(ids), groups, path, progress)
    _note_export(session, "flat", len(ids))
    note_file(session, ids, "档案平面表", path)


def export_forms(session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress | None = None) -> None:
    """Write the archives *ids* to *path* as the filled official form, one sheet per household."""
    if len(ids) > MOST_FORMS:
        raise UserError("too_many_forms", count=len(ids), limit=MOST_FORMS)
    remember_output(session, path.parent)
    with session.database.reading() as connection:
        papers = workbook_queries.papers_of(connection, ids)
        archives = archive_store.load_many(connection, ids)
        workbook_form.write_forms(archives, len(ids), papers, session.office.name, path, progress)
    _note_export(session, "form", len(ids))
    note_file(session, ids, ARCHIVE_FORM.title, path)


def write_template(path: Path) -> None:
    """Write the empty import template to *path*."""
    workbook_template.write_template(path)


def _note_export(session: OfficeSession, layout: str, count: int) -> None:
    with session.database.writing() as connection:
        write_journal(connection, session, "export_workbook", {"layout": layout, "archives": count})
