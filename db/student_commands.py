"""The commands about students: list them, write their form."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.services import register_papers, student_lists, students


def list_students(arguments: argparse.Namespace) -> Answer:
    """The students of a year, and who is not registered yet; with a file the register."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        rows = students.list_students(session, year)
        missing = students.unregistered(session, year)
        if arguments.out:
            register_papers.write_table(session, student_lists.student_register(session, year, filler=session.clerk.name), arguments.out)
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
