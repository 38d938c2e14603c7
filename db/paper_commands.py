"""The commands ``paper``, any paper of the casework as a file, blank or filled, and ``exits``, who left in a period."""

import argparse
from contextlib import closing
from pathlib import Path

from db.command_office import Answer, open_office
from db.services import archiving, exits, papers, printing
from db.services.papers import Paper

_WORKBOOK = ".xlsx"


def paper(arguments: argparse.Namespace) -> Answer:
    """The paper for the households named, else the blank."""
    out: Path = arguments.out
    with closing(open_office(arguments)) as session:
        ids = [archiving.find_by_number(session, number).id for number in arguments.archive or ()]
        write = papers.write_paper_workbook if out.suffix.lower() == _WORKBOOK else papers.write_paper
        count = write(session, Paper(arguments.paper), ids, out)
    whom = f"{count} 户" if ids else "空白表"
    return {"path": str(out), "archives": count}, f"{whom}已写入 {out}"


def report(arguments: argparse.Namespace) -> Answer:
    """Who left between two days, the present period unless told, and the warning where that is many."""
    with closing(open_office(arguments)) as session:
        begins, ends = exits.period_of(session)
        found = exits.exit_report(session, arguments.begins or begins, arguments.ends or ends)
        if arguments.out is not None:
            out: Path = arguments.out
            if out.suffix.lower() == _WORKBOOK:
                exits.write_exit_report(session, found, out)
            else:
                printing.save_pdf(out, exits.exit_report_pdf(session, found))
    lines = [f"{line.on or '正在办理'}　{line.archive_number}　{line.name}　{line.way}：{line.reason}" for line in found.lines]
    total = f"{found.begins} 至 {found.ends} 退出 {found.left} 户，占本期在档的 {found.share}；现在在档 {found.on_file} 户。"
    body = {
        "begins": found.begins,
        "ends": found.ends,
        "left": found.left,
        "on_file": found.on_file,
        "without_evidence": found.without_evidence,
        "warning": found.warning,
        "exits": [
            {"number": line.archive_number, "on": line.on, "way": line.way, "reason": line.reason, "evidence": line.evidence}
            for line in found.lines
        ],
    }
    return body, "\n".join([*lines, total, *([found.warning] if found.warning else [])])
