"""Who left the archives in a period, and the warning before too many leave at once (简单清零; S000-31)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from db.domain.case_flow import CaseState, IllegalStepError, apply
from db.domain.case_words import Act, Standing, Track
from db.domain.option_lists import option_list
from db.domain.paper_checklist import EXIT_EVIDENCE
from db.domain.papers import exit_report_paper
from db.domain.papers.exit_report_paper import ExitLine, ExitReport, share_words
from db.domain.policy.calendar import day_of, is_inside
from db.errors import UserError, sentence
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.official_paper import papers_pdf
from db.services import archiving, policies
from db.services import office as offices
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.store import case_store, hidden

PERCENT, DEFAULT_PERCENT = "mass_exit_percent", 20
EXIT = "退档"
LEAVING = frozenset({Act.BEGIN_EXIT, Act.CANCEL})
"""Acts by which a household leaves: before them the office is warned."""
_HELPED = (Standing.ON_FILE, Standing.PHASING_OUT)
_FEW = 3
"""Up to so many households nobody speaks of a mass, whatever their share."""


def warning_percent(session: OfficeSession) -> int:
    """From which share of the households on file on their leaving in one period is warned about."""
    return int(offices.get_setting(session, PERCENT, DEFAULT_PERCENT))


def set_warning_percent(session: OfficeSession, percent: int) -> None:
    """Set that share, 1 to 100."""
    if not 1 <= percent <= 100:
        raise UserError("exit_percent")
    offices.set_setting(session, PERCENT, percent)


def period_of(session: OfficeSession) -> tuple[str, str]:
    """The window of the policy for closings in which today lies, else the calendar year."""
    today = date.fromisoformat(session.today)
    loaded = policies.chosen_policy(session, today)
    for window in loaded.pack.window if loaded else ():
        if "exit" in window.actions and is_inside(window, today):
            turned = window.opens > window.closes
            first = today.year - (turned and today.strftime("%m-%d") <= window.closes)
            begins, ends = day_of(window.opens, first), day_of(window.closes, first + turned)
            return begins.isoformat(), ends.isoformat()
    return f"{today.year}-01-01", f"{today.year}-12-31"


# -- the report ---------------------------------------------------------------------------------------------------

_GONE = (
    "SELECT a.id, a.archive_number, coalesce(a.name, '') AS name, a.office_id,"  # noqa: S608 - constants
    " c.standing, c.track, c.exited_on, c.since"
    f" FROM case_state c JOIN archive a ON a.id = c.archive_id WHERE {hidden.shown('a')}"
    " AND ((c.standing = 'exited' AND c.exited_on BETWEEN :begins AND :ends)"
    " OR (c.standing = 'cancelled' AND c.since BETWEEN :begins AND :ends)"
    " OR (c.track = 'exit' AND :today BETWEEN :begins AND :ends)){office} ORDER BY 8, 2"
)
_EVIDENCE = text(
    "SELECT t.archive_id, t.document_type, count(*) FROM json_each(:pairs) w JOIN attachment t ON t.archive_id = w.value ->> 0"
    " WHERE t.removed_at IS NULL AND t.added_at >= date(w.value ->> 1, '-1 year') GROUP BY 1, 2"
)
_ON_FILE = (
    f"SELECT count(*) {case_store.FROM_CASES} WHERE {case_store.STANDING} IN ('on_file', 'phasing_out')"
    f" AND coalesce(c.track, '') <> 'exit' AND {hidden.shown('a')}{{office}}"
)


def exit_report(session: OfficeSession, begins: str, ends: str, office_id: str | None = None) -> ExitReport:
    """Who left between two days, and who is about to, of one office or of all that are here."""
    _check_period(begins, ends)
    condition = " AND a.office_id = :office" if office_id else ""
    params = {"begins": begins, "ends": ends, "today": session.today, "office": office_id}
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(text(_GONE.format(office=condition)), params).mappings()]
        on_file = int(connection.execute(text(_ON_FILE.format(office=condition)), params).scalar_one())
        lines = _lines(connection, rows, names, session.today)
    report = ExitReport(names.get(office_id or "", session.office.name), begins, ends, lines, on_file)
    return ExitReport(report.office_name, begins, ends, lines, on_file, _warning(session, report, 0))


def _check_period(begins: str, ends: str) -> None:
    for text_of_day in (begins, ends):
        try:
            date.fromisoformat(text_of_day)
        except ValueError as fault:
            raise UserError("report_day", text=text_of_day) from fault
    if begins > ends:
        raise UserError("exit_period")


def _lines(connection: Connection, rows: Sequence[dict[str, Any]], names: dict[str, str], today: str) -> list[ExitLine]:
    events = case_store.events_of(connection, [row["id"] for row in rows])
    days = json.dumps([[row["id"], row["exited_on"] or row["since"] or today] for row in rows])
    filed: dict[str, list[tuple[str, int]]] = {}
    for archive_id, paper, count in connection.execute(_EVIDENCE, {"pairs": days}):
        filed.setdefault(archive_id, []).append((paper, count))
    lines = []
    for row in rows:
        told = _why(row, events[row["id"]])
        if told is not None:
            name = names.get(row["office_id"], "其他单位")
            about = (row["id"], row["archive_number"], row["name"], name)
            on, way, code = told
            words = option_list("exit_reason" if way == EXIT else "cancel_reason").label(code) if code else "未填"
            fitting = EXIT_EVIDENCE.get(code) if way == EXIT else None
            count = sum(number for paper, number in filed.get(row["id"], ()) if fitting is None or paper in fitting)
            lines.append(ExitLine(*about, on, way, words, count))
    return lines


def _why(row: dict[str, Any], case: case_store.CaseEvents) -> tuple[str, str, str] | None:
    """Day, way and code of the reason; None for an archive that was cancelled before it ever was on file."""
    state, last = _told(case)
    if row["standing"] == Standing.CANCELLED:
        if state.stood not in _HELPED:
            return None
        return row["since"], "注销", str(last.get("cancel_reason") or "")
    return ("" if state.track is Track.EXIT else row["exited_on"] or ""), EXIT, state.exit_reason


def _told(case: case_store.CaseEvents) -> tuple[CaseState, dict[str, Any]]:
    """The state to which the events lead, and what the last cancelling carried."""
    state, last = case.first, {}
    for step in case.steps():
        try:
            state = apply(state, step)
        except IllegalStepError:
            continue
        if step.act is Act.CANCEL:
            last = step.detail
    return state, last


def exit_report_pdf(session: OfficeSession, report: ExitReport) -> bytes:
    """The report as PDF."""
    return papers_pdf(exit_report_paper.TITLE, [exit_report_paper.exit_report(report)])


def write_exit_report(session: OfficeSession, report: ExitReport, path: Path) -> None:
    """The report as a workbook."""
    remember_output(session, path.parent)
    write_papers_workbook(path, [exit_report_paper.exit_report(report)])


# -- the warning --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MassExit:
    """More households than the office holds normal would leave in one period."""

    left: int
    adding: int
    on_file: int
    text: str


def mass_exit(session: OfficeSession, adding: int) -> MassExit | None:
    """What to say before *adding* more households of this office leave; None while that is no mass."""
    report = exit_report(session, *period_of(session), session.office.id)
    told = _warning(session, report, adding)
    return MassExit(report.left, adding, report.on_file, told) if told else None


def _warning(session: OfficeSession, report: ExitReport, adding: int) -> str:
    percent = warning_percent(session)
    left, base = report.left + adding, report.on_file + report.left
    if left <= _FEW or left * 100 <= percent * base:
        return ""
    context: dict[str, object] = {
        "begins": report.begins, "ends": report.ends, "left": report.left, "base": base,
        "adding": f"，加上这次 {adding} 户，共 {left} 户" if adding else "", "share": share_words(left, base), "percent": percent,
    }  # fmt: skip
    return sentence("mass_exit", context)
