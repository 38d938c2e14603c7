"""The commands about statistical tables: list them, work one out, write it as PDF or workbook, keep it as handed in, lay out own ones."""

import argparse
from contextlib import closing
from pathlib import Path

from db.command_office import Answer, open_office
from db.domain.reports.captions import caption_of
from db.domain.reports.period import period_of, read_period
from db.errors import UserError
from db.services import cross_copies, cross_papers, report_copies, report_papers, report_tables, reports
from db.services.office import OfficeSession
from db.services.report_copies import SavedCopy
from db.services.reports import Report, ReportRequest


def report(arguments: argparse.Namespace) -> Answer:
    """Work a table out; without a name list those there are."""
    with closing(open_office(arguments)) as session:
        if not arguments.name:
            found = reports.reports(session)
            lines = [f"{item.id}　{item.titled('某', '某年')}（{item.source}）" for item in found]
            told = [{"id": item.id, "title": item.title, "source": item.source} for item in found]
            return {"reports": told}, "\n".join(lines)
        request = _request(session, arguments)
        made = reports.make_report(session, request)
        if arguments.out:
            report_papers.write_report(session, made, arguments.out, arguments.reporter, arguments.phone)
        copy = reports.freeze(session, made) if arguments.freeze else None
        missing = reports.offices_missing(session, request.year)
        behind = reports.offices_behind(session, made.scope)
    late = [*(f"{name}今年还没有报来。" for name in missing), *(f"{name}只报到 {day}。" for name, day in behind)]
    warnings = [*made.warnings, *late]
    body = {
        "report": made.layout.id,
        "title": made.title,
        "begins": made.scope.begins,
        "ends": made.scope.ends,
        "figures": {code: _figure(made, code) for code in made.evaluation.values},
        "warnings": warnings,
        "copy": copy.id if copy else None,
        "file": str(arguments.out) if arguments.out else None,
    }
    return body, "\n".join([made.title, *_lines(made), *(f"注意：{text}" for text in warnings)])


def _request(session: OfficeSession, arguments: argparse.Namespace) -> ReportRequest:
    named = arguments.ends[:4] if arguments.ends[:4].isdecimal() and not arguments.begins else session.today[:4]
    wanted = read_period(arguments.period or named)
    if wanted is None:
        raise UserError("report_period", text=arguments.period)
    year, part = wanted
    begins, ends = arguments.begins, arguments.ends
    if part:
        begins, ends = begins or period_of(year, part).begins, ends or period_of(year, part).ends
    return ReportRequest(arguments.name, year, begins, ends, unit=arguments.unit)


def _figure(made: Report, code: str) -> dict[str, object]:
    value, item = made.value(code), made.layout.figures[code]
    body: dict[str, object] = {"exact": value.exact, "shown": str(value.shown), "unit": item.unit}
    if "@" in code:
        body["caption"] = caption_of(made.layout, code)
    return body if value.over is None else {**body, "over": list(value.over)}


def _lines(made: Report) -> list[str]:
    return ["　".join(filter(None, report_papers.line_texts(made, line))) for line in made.layout.lines]


def report_table(arguments: argparse.Namespace) -> Answer:
    """Own tables: read one in, write one out to be changed, take one off the list; else what may be measured."""
    with closing(open_office(arguments)) as session:
        if arguments.take:
            layout = report_tables.TABLES.take(session, arguments.take)
            return {"report": layout.id}, f"已读入“{layout.titled('', '')}”，代号 {layout.id}。"
        if arguments.remove:
            report_tables.TABLES.remove(session, arguments.remove)
            return {"removed": arguments.remove}, "已删除。"
        if arguments.write:
            reports.find_report(session, arguments.write[0])
            report_tables.TABLES.write(session, arguments.write[0], Path(arguments.write[1]))
            return {"file": arguments.write[1]}, f"表样已写到 {arguments.write[1]}。"
    told = report_tables.measures_in_words()
    lines = [f"{name}　{label}（可以按 {'、'.join(known) or '--'}）" for name, label, known in told]
    return {"measures": [{"name": name, "label": label, "filters": list(known)} for name, label, known in told]}, "\n".join(lines)


def copies(arguments: argparse.Namespace) -> Answer:
    """Tables that were handed in: list them, or say what of one comes out differently today."""
    with closing(open_office(arguments)) as session:
        found = report_copies.saved_copies(session)
        if not arguments.copy:
            lines = [f"{item.id}　{item.made_at[:10]}　{item.title}（{item.who}）" for item in found]
            told = [{key: getattr(item, key) for key in _TOLD} for item in found]
            return {"copies": told}, "\n".join(lines) or "还没有留存过上报稿。"
        copy = next((item for item in found if item.id == arguments.copy), None)
        if copy is None:
            raise UserError("report_copy_unknown", text=arguments.copy)
        changed = _changed(session, copy)
        if arguments.out:
            _write_copy(session, copy, arguments.out)
    lines = [f"{name}　上报时 {then}　现在 {now}" for name, then, now in changed] or ["和现在的记录一致。"]
    differences = [{"name": name, "then": then, "now": now} for name, then, now in changed]
    body = {"copy": copy.id, "title": copy.title, "differences": differences, "file": str(arguments.out) if arguments.out else None}
    return body, "\n".join([copy.title, *lines])


_TOLD = ("id", "report_id", "title", "year", "begins", "ends", "made_at", "clerk_name", "office_name", "note")


def _write_copy(session: OfficeSession, copy: SavedCopy, path: Path) -> None:
    """The table as it was handed in, with the figures of its day."""
    if copy.is_cross_table:
        cross_papers.write_cross(session, cross_copies.reopened(copy), path)
    else:
        report_papers.write_report(session, reports.reopened(session, copy), path)


def _changed(session: OfficeSession, copy: SavedCopy) -> list[tuple[str, str, str]]:
    if copy.is_cross_table:
        return [(cell.name, cell.then, cell.now) for cell in cross_copies.differences_since(session, copy)]
    return [(name, then.text, now.text) for name, then, now in reports.differences_since(session, copy)]
