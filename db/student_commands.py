"""The commands about students and graduates: list them, write 附件2 or the form of students."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.services import students


def list_students(arguments: argparse.Namespace) -> Answer:
    """The students of a year, and who is not registered yet; with a file the register."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        rows = students.list_students(session, year)
        missing = students.unregistered(session, year)
        if arguments.out:
            students.write_table(session, students.student_register(session, year, filler=session.clerk.name), arguments.out)
    body = {
        "year": year,
        "students": [
            {"name": row.name, "stage": row.stage, "school": row.school, "archive": row.archive_number, "granted": row.granted}
            for row in rows
        ],
        "not_registered": [{"name": row.name, "identity": row.identity, "archive": row.archive_number} for row in missing],
        "file": str(arguments.out) if arguments.out else None,
    }
    lines = [f"{row.name}　{row.stage_label}　{row.school}　{row.household} {row.archive_number}" for row in rows]
    lines += [f"还没登记：{row.name}（{row.identity_label}）　{row.household} {row.archive_number}" for row in missing]
    return body, "\n".join([*lines, f"{year} 年登记 {len(rows)} 人，还没登记 {len(missing)} 人。"])


def list_graduates(arguments: argparse.Namespace) -> Answer:
    """The graduates on record, who should be, and the targets; with a file 附件2."""
    with closing(open_office(arguments)) as session:
        rows = students.list_graduates(session)
        waiting = students.finishing(session, int(session.today[:4]))
        goals = students.targets(session)
        if arguments.out:
            students.write_table(session, students.graduate_register(session), arguments.out)
    body = {
        "graduates": [{"name": row.name, "status": row.status, "archive": row.archive_number} for row in rows],
        "not_registered": [{"name": row.name, "year": row.graduation_year, "archive": row.archive_number} for row in waiting],
        "targets": [
            {"label": goal.label, "asked": goal.asked, "reached": goal.reached, "wanted": goal.wanted, "missing": list(goal.missing)}
            for goal in goals
        ],
        "file": str(arguments.out) if arguments.out else None,
    }
    lines = [f"{row.name}　{row.status_label}　{row.content.text('school')}　{row.archive_number}" for row in rows]
    lines += [f"应登记：{row.name}　{row.graduation_year} 年毕业　{row.archive_number}" for row in waiting]
    for goal in goals:
        if goal.asked:
            missing = f"，还差：{'、'.join(goal.missing)}" if goal.missing else ""
            lines.append(f"{goal.label} {goal.reached}/{goal.asked}（目标 {goal.wanted * 100:.0f}%）{missing}")
    return body, "\n".join([*lines, f"毕业生 {len(rows)} 人，应登记 {len(waiting)} 人。"])
