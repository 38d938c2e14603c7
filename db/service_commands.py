"""The command about help that is no money: what was done, what waits for an answer, and the log as a file."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.domain.field_kinds import format_amount
from db.domain.records.aid_service import AID_SERVICE
from db.services import aid_services, register_papers


def list_services(arguments: argparse.Namespace) -> Answer:
    """The services of a year, or with --waiting whatever waits for an answer; with a file the log."""
    with closing(open_office(arguments)) as session:
        year = arguments.year or int(session.today[:4])
        rows = aid_services.waiting(session) if arguments.waiting else aid_services.list_services(session, year)
        counts = aid_services.counts(session, f"{year}-01-01", f"{year}-12-31")
        if arguments.out:
            title = "等待答复的帮扶服务" if arguments.waiting else f"{year} 年帮扶服务台账"
            register_papers.write_table(session, aid_services.services_paper(session, rows, title), arguments.out)
    body = {
        "year": year,
        "services": [
            {
                "household": row.household,
                "archive": row.archive_number,
                "kind": row.kind,
                "on": row.content.text("on_day"),
                "what": row.content.text("what"),
                "answer": row.content.text("answer") or None,
                "ask_on": row.content.text("answer_by") or None,
            }
            for row in rows
        ],
        "counts": {item.kind: {"times": item.times, "granted": item.granted, "worth": item.worth} for item in counts},
        "file": str(arguments.out) if arguments.out else None,
    }
    lines = [f"{row.household} {row.archive_number}　{AID_SERVICE.line(row.content)}" for row in rows]
    told = [f"{item.label} {item.times} 件" + (f"，对方给付 {format_amount(item.worth)} 元" if item.worth else "")
            for item in counts if item.times]  # fmt: skip
    return body, "\n".join([*lines, f"共 {len(rows)} 件。" + (f"{year} 年：{'；'.join(told)}。" if told else "")])
