"""The commands about 公示: which notices hang or have ended, printing them, printing what came of them."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from db.command_office import Answer, open_office
from db.domain.case_words import STAGE_LABELS, Stage
from db.errors import UserError
from db.services import archiving, case_list, papers
from db.services.case_list import CaseQuery, CaseRow
from db.services.office import OfficeSession
from db.services.papers import Paper

_ALL = 1_000_000
_WORKBOOK = ".xlsx"


def list_notices(arguments: argparse.Namespace) -> Answer:
    """Every household whose notice is to be posted, hangs, or is being looked into."""
    with closing(open_office(arguments)) as session:
        rows = [*_rows(session, Stage.NOTICE), *_rows(session, Stage.OBJECTION)]
        today = session.today
    body = {"today": today, "notices": [_notice(row, today) for row in rows]}
    lines = [f"{row.archive_number}　{row.name}　{_words(row, today)}" for row in rows]
    return body, "\n".join([*lines, f"共 {len(rows)} 户在公示环节。"])


def _rows(session: OfficeSession, stage: Stage) -> list[CaseRow]:
    query = CaseQuery(stage=stage, office_id=session.office.id, descending=False)
    return case_list.case_rows(session, query, 0, _ALL)


def _words(row: CaseRow, today: str) -> str:
    if row.state.stage is Stage.OBJECTION:
        return STAGE_LABELS[Stage.OBJECTION]
    if row.state.notice_ends is None:
        return "还没有张贴"
    return f"公示到 {row.state.notice_ends}" + ("，可以办结" if row.state.notice_ends < today else "")


def _notice(row: CaseRow, today: str) -> dict[str, Any]:
    ends = row.state.notice_ends
    return {
        "number": row.archive_number,
        "name": row.name,
        "track": row.state.track.value,
        "stage": row.state.stage.value,
        "ends_on": ends,
        "has_ended": bool(ends and ends < today and row.state.stage is Stage.NOTICE),
    }


def print_notice(arguments: argparse.Namespace) -> Answer:
    """The notice to be posted, of the households named, else of all whose notice hangs."""
    return _write(arguments, Paper.NOTICE)


def print_result(arguments: argparse.Namespace) -> Answer:
    """What came of the notice of the households named."""
    return _write(arguments, Paper.NOTICE_RESULT)


def _write(arguments: argparse.Namespace, paper: Paper) -> Answer:
    out: Path = arguments.out
    with closing(open_office(arguments)) as session:
        ids = [archiving.find_by_number(session, number).id for number in arguments.archive or ()]
        if not ids:
            ids = [row.archive_id for row in _rows(session, Stage.NOTICE) if row.state.notice_ends]
        if not ids:
            raise UserError("notice_nobody")
        write = papers.write_paper_workbook if out.suffix.lower() == _WORKBOOK else papers.write_paper
        count = write(session, paper, ids, out)
    return {"path": str(out), "archives": count}, f"{count} 户已写入 {out}"
