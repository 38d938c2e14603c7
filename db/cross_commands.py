"""The commands of the free cross-table and of the texts with figures filled in."""

import argparse
from contextlib import closing
from pathlib import Path

from db.command_office import Answer, open_office
from db.domain.reports.cross_lists import DIMENSIONS, MEASURES, SUBJECTS, Subject
from db.domain.reports.cross_table import ALL_LABEL, CrossRequest, CrossTable, Filters, Share
from db.domain.reports.period import Period, period_of, read_period
from db.domain.reports.text_file import text_figures
from db.errors import UserError
from db.services import archiving, cross_copies, cross_papers, cross_tables, own_texts, text_drafts


def cross(arguments: argparse.Namespace) -> Answer:
    """Work a cross-table out; without rows say what there is to choose from."""
    subject = Subject(arguments.of)
    if not arguments.rows:
        if arguments.out:
            raise UserError("cross_needs_rows")
        return _choices(subject)
    share = Share(arguments.share)
    with closing(open_office(arguments)) as session:
        begins, ends = _days(arguments, session.today)
        measure = arguments.measure or next(iter(MEASURES[subject]))
        only = _filters(arguments.only)
        request = CrossRequest(subject, measure, arguments.rows, arguments.columns, begins, ends, only)
        table = cross_tables.make_table(session, request)
        if arguments.out:
            cross_papers.write_cross(session, table, arguments.out, share)
        copy = cross_copies.freeze(session, table) if arguments.freeze else None
    heads = [(item.code, item.label) for item in table.columns]
    body = {
        "title": table.title,
        "begins": table.request.begins,
        "ends": table.request.ends,
        "columns": [{"code": code, "label": label} for code, label in heads],
        "rows": [_row(table, row.code, row.label) for row in table.rows] + [_row(table, None, ALL_LABEL)],
        "notes": table.notes,
        "copy": copy.id if copy else None,
        "file": str(arguments.out) if arguments.out else None,
    }
    return body, "\n".join([table.title, f"时间：{table.when}", *_lines(table, share), *table.notes])


def _choices(subject: Subject) -> Answer:
    by = {key: item.label for key, item in DIMENSIONS[subject].items()}
    measures = {key: f"{item.label}（{item.unit}）：{item.meaning}" for key, item in MEASURES[subject].items()}
    lines = [f"{SUBJECTS[subject]}可以数：", *(f"  {key}　{words}" for key, words in measures.items())]
    lines += ["可以按这些分：", *(f"  {key}　{words}" for key, words in by.items())]
    return {"subject": subject, "measures": measures, "dimensions": by}, "\n".join(lines)


def draft_text(arguments: argparse.Namespace) -> Answer:
    """Draft a text and write it for Word; without a kind list those there are."""
    with closing(open_office(arguments)) as session:
        if not arguments.kind:
            kinds = text_drafts.kinds(session).values()
            listed = [{"id": kind.id, "name": kind.name, "hint": kind.hint} for kind in kinds]
            return {"texts": listed}, "\n".join(f"{kind.id}　{kind.name}：{kind.hint}" for kind in kinds)
        ids = [archiving.find_by_number(session, number).id for number in arguments.archive]
        draft = text_drafts.make_text(session, arguments.kind, _period(arguments, session.today), ids)
        if arguments.out:
            text_drafts.write_text(session, draft, arguments.out)
    body = {
        "title": draft.title,
        "sections": [{"heading": part.heading, "paragraphs": list(part.paragraphs)} for part in draft.sections],
        "figures": [{"text": item.text, "label": item.label, "meaning": item.meaning, "when": item.when} for item in draft.figures],
        "gaps": draft.gaps,
        "file": str(arguments.out) if arguments.out else None,
    }
    words = [line for part in draft.sections for line in (part.heading, *part.paragraphs) if line]
    return body, "\n".join([draft.title, *words, f"还有 {draft.gaps} 处要您补充。" if draft.gaps else ""]).rstrip()


def text_file(arguments: argparse.Namespace) -> Answer:
    """Own texts: read one in, write one out to be changed, take one off the list; else the figures that may stand in them."""
    with closing(open_office(arguments)) as session:
        if arguments.take:
            kind = own_texts.TEXTS.take(session, arguments.take)
            return {"text": kind.id}, f"已读入“{kind.name}”，代号 {kind.id}。"
        if arguments.remove:
            own_texts.TEXTS.remove(session, arguments.remove)
            return {"removed": arguments.remove}, "已删除。"
        if arguments.write:
            own_texts.TEXTS.write(session, arguments.write[0], Path(arguments.write[1]))
            return {"file": arguments.write[1]}, f"文稿样已写到 {arguments.write[1]}。"
    figures = text_figures().values()
    told = [{"name": item.name, "label": item.label} for item in figures]
    return {"figures": told}, "\n".join(f"{{{item.name}}}　{item.label}" for item in figures)


def _period(arguments: argparse.Namespace, today: str) -> Period:
    found = read_period(arguments.period or today[:4])
    if found is None:
        raise UserError("report_day", text=arguments.period)
    return period_of(*found)


def _days(arguments: argparse.Namespace, today: str) -> tuple[str, str]:
    period = _period(arguments, today)
    return arguments.begins or period.begins, arguments.ends or period.ends


def _filters(given: list[str]) -> Filters:
    parts = [item.partition("=") for item in given]
    return tuple((key, tuple(codes.split(","))) for key, _, codes in parts)


def _row(table: CrossTable, code: str | None, label: str) -> dict[str, object]:
    cells = [_plain(table, code, column.code) for column in table.columns]
    return {"code": code, "label": label, "cells": cells, "total": _plain(table, code, None)}


def _plain(table: CrossTable, row: str | None, column: str | None) -> float | int | None:
    """A figure for other programs: whole 分 and things as they are, an average as a fraction of them."""
    value = table.value(row, column)
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _lines(table: CrossTable, share: Share) -> list[str]:
    across = [(item.code, item.label) for item in table.columns] if table.column_dimension else []
    rows = [*((item.code, item.label) for item in table.rows), (None, ALL_LABEL)]
    heads = ["　".join([table.row_dimension.label, *(label for _, label in across), ALL_LABEL])] if across else []
    return heads + [
        "　".join([label, *(table.text(code, column, share) for column, _ in across), table.text(code, None, share)])
        for code, label in rows
    ]
