"""The commands about graduates: list them and the targets, write 附件2."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.services import employment_targets, graduates, register_papers


def list_graduates(arguments: argparse.Namespace) -> Answer:
    """The graduates on record, who should be, and the targets; with a file 附件2."""
    with closing(open_office(arguments)) as session:
        rows = graduates.list_graduates(session)
        waiting = graduates.finishing(session, int(session.today[:4]))
        goals = employment_targets.targets(session)
        if arguments.out:
            register_papers.write_table(session, graduates.graduate_register(session), arguments.out)
    body = {
        "graduates": [{"name": row.name, "status": row.status, "archive": row.archive_number} for row in rows],
        "not_registered": [{"name": row.name, "year": row.graduation_year, "archive": row.archive_number} for row in waiting],
        "targets": [
            {"label": goal.label, "asked": goal.asked, "reached": goal.reached, "wanted": float(goal.wanted), "missing": list(goal.missing)}
            for goal in goals
        ],
        "file": str(arguments.out) if arguments.out else None,
    }
    lines = [f"{row.name}　{row.status_label}　{row.content.text('school')}　{row.archive_number}" for row in rows]
    lines += [f"应登记：{row.name}　{row.graduation_year} 年毕业　{row.archive_number}" for row in waiting]
    for goal in goals:
        if goal.asked:
            missing = f"，还差：{'、'.join(goal.missing)}" if goal.missing else ""
            lines.append(f"{goal.label} {goal.words}{missing}")
    return body, "\n".join([*lines, f"毕业生 {len(rows)} 人，应登记 {len(waiting)} 人。"])
