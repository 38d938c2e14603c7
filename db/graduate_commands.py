"""The commands about graduates: list them, the targets and what was done; write 附件2 and résumés, read 附件2 back."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.domain.wide_table import WideTable
from db.errors import UserError
from db.services import employment_targets, graduate_sheets, graduates, register_papers, resumes
from db.services.employment_targets import Target
from db.services.office import OfficeSession

MISSING = "missing"
"""What the command may write instead of 附件2: who has not found work."""


def list_graduates(arguments: argparse.Namespace) -> Answer:
    """The graduates on record, who should be, whom to call, and the targets; with a file 附件2 or another list."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        rows, waiting = graduates.list_graduates(session), graduates.finishing(session, year)
        goals, calls = employment_targets.targets(session, year), graduates.due(session)
        counts = employment_targets.service_counts(session, *_period(arguments, session, year))
        if arguments.out:
            register_papers.write_table(session, _table(arguments, session, year), arguments.out)
    body = {
        "year": year,
        "graduates": [{"name": row.name, "status": row.status, "archive": row.archive_number} for row in rows],
        "not_registered": [{"name": row.name, "year": row.graduation_year, "archive": row.archive_number} for row in waiting],
        "to_call": [{"name": row.name, "on": due.on_day, "why": due.why} for row in calls if (due := row.next_contact)],
        "targets": [_goal(goal) for goal in goals],
        "services": {item.kind: item.times for item in counts},
        "file": str(arguments.out) if arguments.out else None,
    }
    lines = [f"{row.name}　{row.status_label}　{row.content.text('school')}　{row.archive_number}" for row in rows]
    lines += [f"应登记：{row.name}　{row.graduation_year} 年毕业　{row.archive_number}" for row in waiting]
    lines += [f"该联系：{row.name}　{due.why}　{due.on_day}" for row in calls if (due := row.next_contact)]
    for goal in goals:
        if goal.asked:
            missing = f"，还差：{'、'.join(goal.missing)}" if goal.missing else ""
            lines.append(f"{goal.label} {goal.words}{missing}")
    return body, "\n".join([*lines, f"毕业生 {len(rows)} 人，应登记 {len(waiting)} 人。"])


def _goal(goal: Target) -> dict[str, object]:
    return {
        "label": goal.label,
        "asked": goal.asked,
        "reached": goal.reached,
        "wanted": float(goal.wanted),
        "missing": list(goal.missing),
    }


def _period(arguments: argparse.Namespace, session: OfficeSession, year: int) -> tuple[str, str]:
    return arguments.begins or f"{year}-01-01", arguments.ends or min(session.today, f"{year}-12-31")


def _table(arguments: argparse.Namespace, session: OfficeSession, year: int) -> WideTable:
    if arguments.list == MISSING:
        return employment_targets.targets_paper(session, year)
    return graduates.graduate_register(session)


def import_graduates(arguments: argparse.Namespace) -> Answer:
    """附件2 read back: what was or would be entered, and every line that was not, with its reason."""
    with closing(open_office(arguments)) as session:
        found = graduate_sheets.import_graduates(session, arguments.file, dry_run=arguments.dry_run)
        if arguments.faults and found.faults:
            graduate_sheets.write_faults(session, found.faults, arguments.faults)
    body = {
        "added": found.added,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "dry_run": arguments.dry_run,
        "faults": [{"line": item.line, "name": item.name, "reason": item.reason} for item in found.faults],
    }
    verb = "将会" if arguments.dry_run else "已经"
    lines = [f"第 {item.line} 行 {item.name}：{item.reason}" for item in found.faults]
    told = f"{verb}新登记 {found.added} 人，修改 {found.changed} 人，不变 {found.unchanged} 人，没有导入 {len(found.faults)} 行。"
    return body, "\n".join([*lines, told])


def write_resume(arguments: argparse.Namespace) -> Answer:
    """The résumé of the graduate with an ID number."""
    with closing(open_office(arguments)) as session:
        rows = [row for row in graduates.list_graduates(session) if row.content.text("id_number") == arguments.number]
        if not rows:
            raise UserError("graduate_unknown", number=arguments.number)
        resumes.write(session, rows[0].content, arguments.out, rows[0].archive_id)
    return {"name": rows[0].name, "file": str(arguments.out)}, f"{rows[0].name}的简历已写到 {arguments.out}。"
