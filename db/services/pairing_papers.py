"""The papers of the pairing, gathered from its records: plan, measures and ledger of a household, and the roster."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.option_lists import option_list
from db.domain.paper_layout import PaperLayout
from db.domain.papers.pairing_papers import (
    ROSTER,
    ROSTER_TITLE,
    HelpedHousehold,
    LedgerLine,
    RosterLine,
    ledger_paper,
    measures_paper,
    numbered,
    plan_paper,
    roster_paper,
)
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import Progress, UserError
from db.exchange.workbook_papers import write_papers_workbook
from db.exchange.workbook_report import ReportSheet, write_report
from db.printing.official_paper import papers_pdf
from db.services import aid, archiving, duties
from db.services.duties import PairingQuery, PairingRow
from db.services.former_archives import household_records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.pairing import pairings_of
from db.services.paper_trail import note_file
from db.services.records import Record

MOST = 500
"""Households of one file."""
HOUSEHOLD_TITLE = "帮扶计划、措施、台帐"
_PAID = "paid"
_RANKS = {RecordKind.PAIRING: 0, RecordKind.HELP_PLAN: 1, RecordKind.MEASURE: 2}
"""What comes first in a ledger of what is of one day."""


# -- a household --------------------------------------------------------------------------------------------------


def helped_households(
    session: OfficeSession, ids: Iterable[str], progress: Progress | None = None
) -> Iterator[HelpedHousehold]:
    """The households *ids*, in that order, one after the other."""
    wanted, names = list(ids), archiving.office_names(session)
    for number, archive_id in enumerate(wanted, 1):
        yield _helped(session, archive_id, names)
        if progress is not None:
            progress(number, len(wanted))


def _helped(session: OfficeSession, archive_id: str, names: dict[str, str]) -> HelpedHousehold:
    archive = archiving.load_archive(session, archive_id)
    kept = household_records(session, archive_id)
    plans = [item for item in kept if item.kind is RecordKind.HELP_PLAN]
    plan = max(plans, key=lambda item: (int(item.content.text("year") or 0), item.on_day)).content if plans else None
    year = int(plan.text("year")) if plan else int(session.today[:4])
    return HelpedHousehold(
        office_name=names.get(archive.office_id, session.office.name),
        archive_number=archive.archive_number,
        content=archive.content,
        cadres=tuple(item.record.content for item in pairings_of(session, archive_id)[0]),
        year=year,
        plan=plan,
        measures=tuple(measures_of(kept, year)),
        ledger=tuple(_ledger(session, archive_id, kept)),
    )


def measures_of(kept: Iterable[Record], year: int) -> list[RecordContent]:
    """The measures of a year: decided in it, or decided before and not done by its beginning."""
    found = [item.content for item in kept if item.kind is RecordKind.MEASURE]
    begin, end = f"{year}-01-01", f"{year}-12-31"
    return [each for each in found if each.text("planned_on") <= end and (each.text("done_on") or end) >= begin]


def _ledger(session: OfficeSession, archive_id: str, kept: Iterable[Record]) -> list[LedgerLine]:
    ranked = sorted(kept, key=lambda item: _RANKS.get(item.kind, len(_RANKS)))
    lines = [line for item in ranked for line in _lines_of(item)]
    for grant in aid.grants_of(session, archive_id):
        if grant.outcome == _PAID and grant.paid_on:
            words = "，".join(filter(None, (grant.programme_title, grant.recipient_name, grant.goods)))
            lines.append(LedgerLine(grant.paid_on, grant.item_label, words, grant.office_name, grant.amount or None))
    return sorted(lines, key=lambda line: line.on)


def _lines_of(item: Record) -> Iterator[LedgerLine]:
    content = item.content
    match item.kind:
        case RecordKind.PAIRING:
            who = content.text("cadre_name")
            role = option_list("pairing_role").label(content.text("role"))
            yield LedgerLine(item.on_day, "结对", f"{content.text('cadre_unit')}{who}开始结对（{role}）", who)
            if content.text("until"):
                reason = option_list("pairing_end").label(content.text("end_reason"))
                yield LedgerLine(content.text("until"), "结对结束", f"{who}结束结对：{reason}", who)
        case RecordKind.HELP_PLAN:
            yield LedgerLine(item.on_day, "帮扶计划", item.line, content.text("responsible"))
        case RecordKind.MEASURE:
            kind = option_list("measure_kind").label(content.text("measure_kind"))
            done = content.text("done_on")
            who = content.text("responsible")
            yield LedgerLine(item.on_day, "确定措施", f"{kind}：{content.text('content')}", who)
            if done:
                yield LedgerLine(done, "措施完成", f"{kind}：{content.text('result') or content.text('content')}", who)
        case RecordKind.HOME_VISIT:
            method = option_list("visit_method").label(content.text("method"))
            found = content.text("findings") or content.text("needs") or item.form.words(content, "purpose")
            yield LedgerLine(item.on_day, method, found, content.text("visitors"))


def plan_layouts(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[PaperLayout]:
    """The plan of each household; without any the blank."""
    return (plan_paper(item) for item in _or_blank(session, ids, progress))


def measure_layouts(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[PaperLayout]:
    """The measures of each household; without any the blank."""
    return (measures_paper(item) for item in _or_blank(session, ids, progress))


def ledger_layouts(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[PaperLayout]:
    """The ledger of each household; without any the blank."""
    return (ledger_paper(item) for item in _or_blank(session, ids, progress))


def _or_blank(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[HelpedHousehold]:
    if not ids:
        yield HelpedHousehold(session.office.name)
    yield from helped_households(session, ids, progress)


def _together(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[PaperLayout]:
    if len(ids) > MOST:
        raise UserError("papers_too_many", count=len(ids), limit=MOST)
    for item in _or_blank(session, ids, progress):
        yield plan_paper(item)
        yield measures_paper(item)
        yield ledger_paper(item)


def household_papers_pdf(session: OfficeSession, ids: Sequence[str], progress: Progress | None = None) -> bytes:
    """Plan, measures and ledger of each household, one after the other; without any the three blanks."""
    return papers_pdf(HOUSEHOLD_TITLE, _together(session, ids, progress))


def write_household_papers(
    session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress | None = None
) -> int:
    """The same as a workbook, a sheet for each paper; how many sheets."""
    remember_output(session, path.parent)
    sheets = write_papers_workbook(path, _together(session, ids, progress))
    note_file(session, ids, HOUSEHOLD_TITLE, path)
    return sheets


# -- the roster ---------------------------------------------------------------------------------------------------


def roster_lines(session: OfficeSession, ids: Sequence[str]) -> list[RosterLine]:
    """Who looks after the households *ids*, by number; one without anybody stands there, too."""
    wanted = set(ids)
    rows = duties.pairing_rows(session, PairingQuery(order="archive_number"), 0, -1)
    return [line for row in rows if row.archive_id in wanted for line in _roster_of(row)]


def _roster_of(row: PairingRow) -> list[RosterLine]:
    category = row.hardship_category
    words = format_value(ARCHIVE_FORM.field("hardship_category"), category) if category else ""
    about = (row.name, row.archive_number, words)
    found = [RosterLine(*about, item.name, item.about, item.phone, item.since) for item in row.cadres]
    return found or [RosterLine(*about)]


def roster_layout(session: OfficeSession, ids: Sequence[str]) -> PaperLayout:
    """The roster of the households *ids*, as its parts; without any the blank."""
    lines = roster_lines(session, ids) if ids else []
    made = (session.clerk.name, session.today) if lines else ("", "")
    return roster_paper(session.office.name, *made, lines)


def roster_pdf(session: OfficeSession, ids: Sequence[str]) -> bytes:
    """The roster of the households *ids*; without any the blank."""
    return papers_pdf(ROSTER_TITLE, [roster_layout(session, ids)])


def write_roster(session: OfficeSession, ids: Sequence[str], path: Path) -> int:
    """The roster as a list that can be filtered; how many lines."""
    remember_output(session, path.parent)
    widths = (8, 12, 22, 22, 12, 30, 18, 14)
    sheet = ReportSheet("结对花名册", tuple(column.head for column in ROSTER), widths)
    sheet.rows = [[number, *line.cells()] for number, line in numbered(roster_lines(session, ids))]
    write_report(path, ROSTER_TITLE, [sheet])
    note_file(session, ids, ROSTER_TITLE, path)
    return len(sheet.rows)
