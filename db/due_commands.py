"""The command ``due``: what is late, due today and soon, as a list or as a file for the calendar of a phone."""

import argparse
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from db.command_office import Answer, open_office
from db.domain.due_words import SPAN_LABELS, DueItem, Span, span_of, when_words
from db.errors import UserError
from db.services import clock_check, work_board
from db.services.office import OfficeSession

_FURTHEST = 3660


def due(arguments: argparse.Namespace) -> Answer:
    """Everything that is late or due within some days; with ``--ics`` written as a calendar file, too."""
    if not 0 <= arguments.days <= _FURTHEST:
        raise UserError("due_days", most=_FURTHEST)
    with closing(open_office(arguments)) as session:
        today = session.today
        until = (date.fromisoformat(today) + timedelta(days=arguments.days)).isoformat()
        items = work_board.due_items(session, "", until)
        fault = clock_check.clock_fault(session)
        body, text = _answer(session, items, until)
        if arguments.ics:
            body["events"] = work_board.write_due_calendar(session, arguments.ics, until, with_names=arguments.names)
            body["path"] = str(arguments.ics)
            text = f"{text}\n已写入 {body['events']} 条日程：{arguments.ics}"
    body["clock"] = fault.words if fault else ""
    return body, f"{fault.words}\n{text}" if fault else text


def _answer(session: OfficeSession, items: list[DueItem], until: str) -> tuple[dict[str, Any], str]:
    today = session.today
    spans = [span_of(item.kind, item.day, today) for item in items]
    counts = {span.value: spans.count(span) for span in Span}
    body = {"today": today, "until": until, "counts": counts, "items": [_item(item, today) for item in items]}
    lines = [f"{item.day}　{when_words(item.kind, item.day, today)}　{item.label}　{item.line}" for item in items]
    numbers = "，".join(f"{SPAN_LABELS[span]} {counts[span.value]} 件" for span in (Span.LATE, Span.TODAY, Span.WEEK))
    return body, "\n".join([*lines, f"到 {until} 共 {len(items)} 件：{numbers}。"])


def _item(item: DueItem, today: str) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "day": item.day,
        "span": span_of(item.kind, item.day, today).value,
        "subject": item.subject,
        "words": item.words,
        "archive_id": item.archive_id,
    }
