"""The command about dynamic monitoring: campaigns and how far they are, the list of one, its sheets and totals as files."""

import argparse
from contextlib import closing
from typing import Any

from db import command_output as output
from db.command_office import Answer, open_office
from db.errors import UserError
from db.services import enterprise_sheets, enterprises, monitoring, monitoring_papers, register_sheets
from db.services.monitoring import Campaign, MonitoringQuery, MonitoringRow, Progress
from db.services.office import OfficeSession

EVERY = 1_000_000


def monitor(arguments: argparse.Namespace) -> Answer:
    """List the campaigns; with one of them its households, and files where asked for."""
    with closing(open_office(arguments)) as session:
        if arguments.campaign is None:
            return _campaigns(session, arguments)
        item = _find(session, arguments.campaign)
        added = monitoring.open_campaign(session, item.id) if arguments.open else None
        item = monitoring.campaign_of(session, item.id)
        query = MonitoringQuery(campaign_id=item.id, progress=Progress(arguments.state))
        rows = monitoring.monitoring_rows(session, query, 0, EVERY)
        written = _write(session, item, [row.archive_id for row in rows], arguments)
        told = monitoring_papers.totals(session, item.id).overall
    body = {
        "campaign": _campaign(item),
        "added": added,
        "households": [_household(row) for row in rows],
        "totals": {
            "due": told.due,
            "done": told.done,
            "reasons": dict(told.reasons),
            "covered_by_civil_affairs": told.covered,
            "unsecured": dict(told.unsecured),
            "unstable": told.unstable,
            "relapse": dict(told.relapse),
            "average_net_income_per_head": told.average,
        },
        "written": written,
    }
    lines = [_line(item), *([] if added is None else [f"名单里新列入 {added} 户。"]), *map(_household_line, rows)]
    return body, "\n".join([*lines, *(f"已写 {path}" for path in written)])


def _campaigns(session: OfficeSession, arguments: argparse.Namespace) -> Answer:
    if arguments.open or arguments.totals:
        raise UserError("campaign_needed")
    found = monitoring.list_campaigns(session)
    lines = [_line(item) for item in found] or ["还没有监测行动。"]
    if arguments.sheets:
        monitoring_papers.write_sheets(session, (), "", arguments.sheets)
        lines.append(f"已写空白记录表 {arguments.sheets}")
    return {"campaigns": [_campaign(item) for item in found]}, "\n".join(lines)


def _find(session: OfficeSession, name: str) -> Campaign:
    """The campaign called *name*, or with this id; the latest of that name."""
    found = monitoring.list_campaigns(session)
    match = next((item for item in found if name in (item.id, item.title)), None)
    if match is None:
        raise UserError("campaign_unknown", name=name, known="、".join(item.title for item in found) or "没有")
    return match


def _write(session: OfficeSession, item: Campaign, ids: list[str], arguments: argparse.Namespace) -> list[str]:
    written = []
    if arguments.sheets:
        if not ids:
            raise UserError("monitoring_nobody")
        monitoring_papers.write_sheets(session, ids, item.id, arguments.sheets)
        written.append(str(arguments.sheets))
    if arguments.totals:
        monitoring_papers.write_totals(session, item.id, arguments.totals)
        written.append(str(arguments.totals))
    return written


def _campaign(item: Campaign) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "office": item.office_name,
        "begins_on": item.begins_on,
        "due_on": item.due_on,
        "population": item.population,
        "opened_at": item.opened_at,
        "due": item.due,
        "done": item.done,
        "relapse": item.relapse,
        "is_late": item.is_late,
    }


def _line(item: Campaign) -> str:
    told = f"已入户 {item.done} 户，应 {item.due} 户，建议返困 {item.relapse} 户" if item.opened_at or item.due else "还没有确定监测对象"
    late = "，已逾期" if item.is_late else ""
    return f"{item.title}（{item.office_name}，{item.begins_on} 至 {item.due_on}）：{told}{late}"


def _household(row: MonitoringRow) -> dict[str, Any]:
    return {
        "number": row.archive_number,
        "name": row.name,
        "standing": row.standing.value,
        "exited_on": row.exited_on,
        "checked_on": row.on_day or None,
        "checkers": row.checkers,
        "net_income_per_head": row.net_income_per_head,
        "relapse_advised": row.relapse_advised if row.record_id else None,
        "relapse_class": row.relapse_class or None,
    }


def _household_line(row: MonitoringRow) -> str:
    if not row.record_id:
        return f"{row.archive_number}　{row.name}　还没有入户"
    return f"{row.archive_number}　{row.name}　{row.on_day} 入户　{'建议返困' if row.relapse_advised else '不建议返困'}"


# -- the register of enterprises ----------------------------------------------------------------------------------


def list_enterprises(arguments: argparse.Namespace) -> Answer:
    """The register; with a list its good lines are entered first."""
    with closing(open_office(arguments)) as session:
        made = None
        if arguments.bring:
            made = enterprise_sheets.import_enterprises(session, arguments.bring, dry_run=arguments.dry_run)
        rows = enterprises.list_enterprises(session)
        if made and arguments.faults:
            register_sheets.write_faults(session, enterprise_sheets.SHEET, made.faults, arguments.faults)
        if arguments.export:
            enterprises.write_register(session, arguments.export, rows)
        if arguments.template:
            register_sheets.write_template(session, enterprise_sheets.SHEET, arguments.template)
    body = {
        "enterprises": [
            {"name": row.name, "office": row.office_name, "surveyed_on": row.record.on_day, "to_file": row.words("households_to_file")}
            for row in rows
        ],
        "import": output.record(made) if made else None,
    }
    lines = [] if rows or made else ["还没有登记过企业。"]
    lines += [f"{row.record.on_day}　{row.office_name}　{row.name}　{row.words('operating_state')}" for row in rows]
    if made:
        lines += [f"第 {item.line} 行 {item.name}：{item.reason}" for item in made.faults]
        verb = "将要新登记" if arguments.dry_run else "新登记"
        lines.append(f"{verb} {made.added} 家，修改 {made.changed} 家，不变 {made.unchanged} 家。")
    return body, "\n".join(lines)
