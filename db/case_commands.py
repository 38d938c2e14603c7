"""The commands about the casework: where cases stand, one case with its record, taking an act."""

import argparse
from contextlib import closing
from typing import Any

from db import command_output as output
from db.command_office import Answer, open_office
from db.domain.case_words import FROM_ABOVE, STANDING_LABELS, Act, Stage, Standing
from db.errors import UserError
from db.services import archiving, case_list, casework
from db.services.case_list import CaseQuery, CaseRow, Due
from db.services.casework import CaseView


def list_cases(arguments: argparse.Namespace) -> Answer:
    """The cases of a pool, at a stage, or of which something is due."""
    standings = (Standing(arguments.standing),) if arguments.standing else ()
    query = CaseQuery(
        standings=standings,
        stage=Stage(arguments.stage) if arguments.stage else None,
        due=Due(arguments.due) if arguments.due else None,
    )
    with closing(open_office(arguments)) as session:
        rows = case_list.case_rows(session, query, 0, 1_000_000)
        counts = case_list.count_standings(session, CaseQuery())
    body = {"cases": [_case(row) for row in rows], "counts": {standing.value: number for standing, number in counts.items()}}
    lines = [f"{row.archive_number}　{row.name}　{row.state.words}　自 {row.since}" for row in rows]
    pools = "，".join(f"{STANDING_LABELS[standing]} {number} 户" for standing, number in counts.items())
    return body, "\n".join([*lines, f"共 {len(rows)} 户。{pools}"])


def _case(row: CaseRow) -> dict[str, Any]:
    return {
        "number": row.archive_number,
        "name": row.name,
        "standing": row.state.standing.value,
        "track": row.state.track.value,
        "stage": row.state.stage.value,
        "since": row.since,
        "due_on": row.due_on,
        "text": row.state.words,
    }


def one_case(arguments: argparse.Namespace) -> Answer:
    """Show one case, or take an act for it."""
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        if arguments.act is None:
            view = casework.case_of(session, archive.id)
        else:
            view = casework.take_step(
                session, archive.id, _act(arguments.act), _detail(arguments.detail), posted_days=arguments.days
            )
    return _body(view), _text(view)


def _act(name: str) -> Act:
    known = [act for act in Act if act not in FROM_ABOVE]
    if name not in known:
        raise UserError("case_unknown_act", act=name, known="、".join(known))
    return Act(name)


def _detail(pairs: list[str]) -> dict[str, str]:
    parts = [pair.partition("=") for pair in pairs]
    wrong = [key for key, sign, _ in parts if not sign]
    if wrong:
        raise UserError("case_detail_words", text=wrong[0])
    return {key: value for key, _, value in parts}


def _body(view: CaseView) -> dict[str, Any]:
    return {
        "state": view.state.to_json(),
        "text": view.state.words,
        "note": view.note,
        "offers": [
            {"act": item.act.value, "label": item.label, "missing": [missing.text for missing in item.missing]}
            for item in view.offers
        ],
        "steps": [output.record(entry) for entry in view.steps],
    }


def _text(view: CaseView) -> str:
    lines = [view.state.words, *([view.note] if view.note else [])]
    for entry in view.steps:
        lines.append(f"{entry.on}　{entry.label}{'' if entry.counted else '（没有计入）'}　{'；'.join(entry.lines())}")
    lines += [f"可以办：{item.label}（{item.act}）{''.join(missing.text for missing in item.missing)}" for item in view.offers]
    return "\n".join(lines)


