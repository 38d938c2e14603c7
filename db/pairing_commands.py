"""The commands about the pairing: who has nobody, what is due and by whom, the register of cadres, and their files."""

import argparse
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from db import command_output as output
from db.command_office import Answer, open_office
from db.domain.papers.pairing_papers import ROSTER_TITLE
from db.services import cadre_sheets, cadres, duties, pairing, pairing_papers, pairing_report, printing
from db.services.duties import DutyState, PairingQuery, PairingRow
from db.services.office import OfficeSession

EXCEL = ".xlsx"


def list_pairings(arguments: argparse.Namespace) -> Answer:
    """The coverage and the households of a pile; files where asked for."""
    with closing(open_office(arguments)) as session:
        found = pairing.total(pairing.coverage_by_office(session))
        rules = duties.duty_rules(session)
        rows = duties.pairing_rows(session, PairingQuery(pile=arguments.pile), 0, -1)
        written = _write(session, [row.archive_id for row in rows], arguments)
    body = {
        "coverage": {"households": found.households, "paired": found.paired, "led": found.led, "rate": found.rate},
        "duties": rules.words,
        "households": [_household(row) for row in rows],
        "written": written,
    }
    head = f"结对覆盖率 {found.rate}：在档 {found.households} 户，已结对 {found.paired} 户，领导干部结对 {found.led} 户。"
    lines = [head, f"联系要求：{rules.words}。", *map(_line, rows)]
    return body, "\n".join([*lines, *(f"已写 {path}" for path in written)])


def _household(row: PairingRow) -> dict[str, Any]:
    return {
        "number": row.archive_number,
        "name": row.name,
        "since": row.since,
        "cadres": [{"name": item.name, "unit": item.about, "main": item.is_main, "since": item.since} for item in row.cadres],
        "duties": {state.duty.code: {"last": state.last_on, "due": state.due_on} for state in row.duties},
    }


def _line(row: PairingRow) -> str:
    who = "、".join(item.name for item in row.cadres) or "还没有结对"
    return "　".join([row.archive_number, row.name, who, *map(_due_words, row.duties)])


def _due_words(state: DutyState) -> str:
    return f"{state.duty.label} {state.due_on} 前"


def _write(session: OfficeSession, ids: list[str], arguments: argparse.Namespace) -> list[str]:
    written = []
    files: tuple[tuple[str, Path | None, Callable[[], bytes], Callable[[Path], object]], ...] = (
        (
            ROSTER_TITLE,
            arguments.roster,
            lambda: pairing_papers.roster_pdf(session, ids),
            lambda path: pairing_papers.write_roster(session, ids, path),
        ),
        (
            pairing_papers.HOUSEHOLD_TITLE,
            arguments.papers,
            lambda: pairing_papers.household_papers_pdf(session, ids),
            lambda path: pairing_papers.write_household_papers(session, ids, path),
        ),
        (
            "",
            arguments.report,
            lambda: pairing_report.report_pdf(session, arguments.year),
            lambda path: pairing_report.write_report_workbook(session, path, arguments.year),
        ),
    )
    for title, path, make, write in files:
        if path is not None:
            if path.suffix.lower() == EXCEL:
                write(path)
            else:
                printing.save_pdf_about(session, ids if title else (), title, path, make())
            written.append(str(path))
    if arguments.ics is not None:
        duties.write_duty_calendar(session, arguments.ics, with_names=arguments.names)
        written.append(str(arguments.ics))
    return written


def list_cadres(arguments: argparse.Namespace) -> Answer:
    """The register; with a list its good lines are entered first."""
    with closing(open_office(arguments)) as session:
        made = cadre_sheets.import_cadres(session, arguments.bring, dry_run=arguments.dry_run) if arguments.bring else None
        rows = cadres.list_cadres(session)
        if arguments.export:
            cadre_sheets.write_cadres(session, arguments.export, rows)
    body = {
        "cadres": [
            {"name": row.name, "unit": row.unit, "leader": row.is_leader, "left_on": row.left_on, "households": row.households}
            for row in rows
        ],
        "import": output.record(made) if made else None,
    }
    lines = [] if rows or made else ["还没有登记过帮扶干部。"]
    lines += [f"{row.unit}　{row.name}　{row.post}　{row.households} 户" + ("　已离任" if row.left_on else "") for row in rows]
    if made:
        lines += [f"第 {item.line} 行 {item.name}：{item.reason}" for item in made.faults]
        verb = "将要新登记" if arguments.dry_run else "新登记"
        lines.append(f"{verb} {made.added} 人，修改 {made.changed} 人，不变 {made.unchanged} 人。")
    return body, "\n".join(lines)
