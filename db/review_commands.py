"""The command ``review``: write the list of what waits for review, apply it filled in."""

import argparse
from contextlib import closing
from dataclasses import asdict

from db.command_office import Answer, open_office
from db.domain.review import OUTCOME_LABELS
from db.errors import UserError
from db.services import review_sheets


def review(arguments: argparse.Namespace) -> Answer:
    """Review by a sheet."""
    if arguments.template is None and arguments.file is None:
        raise UserError("review_sheet_wanted")
    with closing(open_office(arguments)) as session:
        if arguments.template is not None:
            count = review_sheets.write_review_sheet(session, arguments.template)
            body = {"file": str(arguments.template), "archives": count}
            return body, f"待审表已保存，{count} 户：{arguments.template}"
        made = review_sheets.apply_review_sheet(session, arguments.file, dry_run=arguments.dry_run)
    done = {str(outcome): made.done[outcome] for outcome in OUTCOME_LABELS}
    body = {
        "sound": not made.problems,
        "dry_run": arguments.dry_run,
        "lines": made.lines,
        "blank": made.blank,
        "applied": made.applied,
        "waiting": made.waiting,
        "outcomes": done,
        "problems": [asdict(item) for item in made.problems],
    }
    return body, _text(made, dry_run=arguments.dry_run)


def _text(made: review_sheets.SheetOutcome, *, dry_run: bool) -> str:
    verb = "可以审核" if dry_run else "已审核"
    counts = "，".join(f"{label} {made.done[outcome]}" for outcome, label in OUTCOME_LABELS.items())
    lines = [f"第 {item.line} 行 {item.archive_number}：{item.reason}" for item in made.problems]
    waiting = f"，其中 {made.waiting} 户等另一位经办人复审" if made.waiting else ""
    blank = f"；结果空着 {made.blank} 行" if made.blank else ""
    return "\n".join([*lines, f"{verb} {made.applied} 户（{counts}）{waiting}{blank}；有问题 {len(made.problems)} 行。"])
