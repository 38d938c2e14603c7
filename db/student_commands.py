"""The commands about students: list them, write their form, the list of those aided and the notice."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.services import register_papers, student_lists, student_notices, students


def list_students(arguments: argparse.Namespace) -> Answer:
    """The students of a year, and who is not registered yet; with a file the register."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        rows = students.list_students(session, year)
        missing = students.unregistered(session, year)
        doubles = students.doubles(session, year)
        if arguments.out:
            register_papers.write_table(session, student_lists.student_register(session, year, filler=session.clerk.name), arguments.out)
    body = {
        "year": year,
        "students": [
            {"name": row.name, "stage": row.stage, "school": row.school, "archive": row.archive_number, "granted": row.granted}
            for row in rows
        ],
        "not_registered": [{"name": row.name, "identity": row.identity, "archive": row.archive_number} for row in missing],
        "registered_twice": [{"name": row.name, "archive": row.archive_number} for row in doubles],
        "file": str(arguments.out) if arguments.out else None,
    }
    lines = [f"{row.name}　{row.stage_label}　{row.school}　{row.household} {row.archive_number}" for row in rows]
    lines += [f"还没登记：{row.name}（{row.identity_label}）　{row.household} {row.archive_number}" for row in missing]
    lines += [f"登记了两次：{row.name}　{row.household} {row.archive_number}" for row in doubles]
    return body, "\n".join([*lines, f"{year} 年登记 {len(rows)} 人，还没登记 {len(missing)} 人。"])


def write_list(arguments: argparse.Namespace) -> Answer:
    """The list of those aided, by a layout."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        table = student_lists.aided_list(session, year, arguments.layout, cutoff=arguments.until)
        register_papers.write_table(session, table, arguments.out)
    body = {"year": year, "layout": arguments.layout, "students": len(table.rows), "file": str(arguments.out)}
    return body, f"{table.title}：{len(table.rows)} 人，写入 {arguments.out}。"


def write_notice(arguments: argparse.Namespace) -> Answer:
    """The list of students to be posted from today on; that it was posted is noted in the program."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        content = student_notices.prepared_notice(session, year)
        content.values |= {"place": arguments.place, "phone": arguments.phone}
        student_notices.write_notice(session, year, content, arguments.out)
    count = content.values["students"]
    body = {"year": year, "students": count, "until": content.text("ends_on"), "file": str(arguments.out)}
    return body, f"{year} 年金秋助学公示名单：{count} 人，公示到 {content.text('ends_on')}，写入 {arguments.out}。"
