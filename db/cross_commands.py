"""The command of the free cross-table: name what is counted and by what, see it, write it as PDF or workbook."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.domain.reports.cross_lists import DIMENSIONS, MEASURES, SUBJECTS, Subject
from db.domain.reports.cross_table import ALL_LABEL, CrossRequest, CrossTable, Filters, Share
from db.domain.reports.period import period_of, read_period
from db.errors import UserError
from db.services import cross_papers, cross_tables


def cross(arguments: argparse.Namespace) -> Answer:
    """Work a cross-table out; without rows say what there is to choose from."""
    subject = Subject(arguments.of)
    if not arguments.rows:
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
    heads = [(item.code, item.label) for item in table.columns]
    body = {
        "title": table.title,
        "begins": table.request.begins,
        "ends": table.request.ends,
        "columns": [{"code": code, "label": label} for code, label in heads],
        "rows": [_row(table, row.code, row.label) for row in table.rows] + [_row(table, None, ALL_LABEL)],
        "notes": table.notes,
        "file": str(arguments.out) if arguments.out else None,
    }
    return body, "\n".join([table.title, f"时间：{table.when}", *_lines(table, share), *table.notes])


def _choices(subject: Subject) -> Answer:
    by = {key: item.label for key, item in DIMENSIONS[subject].items()}
    measures = {key: f"{item.label}（{item.unit}）：{item.meaning}" for key, item in MEASURES[subject].items()}
    lines = [f"{SUBJECTS[subject]}可以数：", *(f"  {key}　{words}" for key, words in measures.items())]
    lines += ["可以按这些分：", *(f"  {key}　{words}" for key, words in by.items())]
    return {"subject": subject, "measures": measures, "dimensions": by}, "\n".join(lines)


def _days(arguments: argparse.Namespace, today: str) -> tuple[str, str]:
    found = read_period(arguments.period or today[:4])
    if found is None:
        raise UserError("report_day", text=arguments.period)
    period = period_of(*found)
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
