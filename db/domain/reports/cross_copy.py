"""A cross-table as it was handed in: written as text that opens again as the same table, and compared with today's."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.domain.reports.cross_lists import Subject
from db.domain.reports.cross_table import ALL_LABEL, CrossRequest, CrossTable, Folded, Heading
from db.errors import UserError


class CrossCopyError(ValueError):
    """A text that is no cross-table; a copy from an office below may be anything."""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that comes out differently today: what it is called, then and now."""

    name: str
    then: str
    now: str


def kept_text(table: CrossTable, offices: Sequence[str]) -> str:
    """The table as text, with the offices that were counted."""
    request = table.request
    body = {
        "request": {
            "subject": request.subject,
            "measure": request.measure,
            "rows": request.rows,
            "columns": request.columns,
            "begins": request.begins,
            "ends": request.ends,
            "filters": [[key, list(codes)] for key, codes in request.filters],
            "offices": list(offices),
        },
        "office_name": table.office_name,
        "rows": [[item.code, item.label] for item in table.rows],
        "columns": [[item.code, item.label] for item in table.columns],
        "cells": [[row, column, cell.amount, cell.number] for (row, column), cell in table.cells.items()],
        "filter_labels": list(table.filter_labels),
        "missing": list(table.missing),
    }
    return json.dumps(body, ensure_ascii=False)


def read_kept(text: str) -> CrossTable:
    """The table from its text; CrossCopyError where it is none, or counts what this version does not know."""
    try:
        body = json.loads(text)
        request = _request(body["request"])
        cells = {(_code(row), _code(column)): Folded(int(amount), int(number)) for row, column, amount, number in body["cells"]}
        request.check()
        return CrossTable(
            request,
            str(body["office_name"]),
            _headings(body["rows"]),
            _headings(body["columns"]),
            cells,
            list(map(str, body["filter_labels"])),
            len(request.offices),
            list(map(str, body["missing"])),
        )
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError, UserError) as fault:
        raise CrossCopyError from fault


def _request(told: Mapping[str, Any]) -> CrossRequest:
    plain = {key: str(told[key]) for key in ("measure", "rows", "columns", "begins", "ends")}
    filters = tuple((str(key), tuple(map(str, codes))) for key, codes in told["filters"])
    return CrossRequest(Subject(told["subject"]), filters=filters, offices=tuple(map(str, told["offices"])), **plain)


def _code(told: Any) -> str | None:
    return None if told is None else str(told)


def _headings(told: Any) -> list[Heading]:
    return [Heading(str(code), str(label)) for code, label in told]


def changed_cells(then: CrossTable, now: CrossTable) -> list[ChangedCell]:
    """The cells of which the figures differ, the totals first; one that stood in neither table is none."""
    rows, columns = _sides(then.rows, now.rows), _sides(then.columns, now.columns)
    across: list[Heading | None] = [None, *columns] if then.column_dimension is not None else [None]
    found = []
    for row in (None, *rows):
        for column in across:
            place = (row.code if row else None, column.code if column else None)
            if then.value(*place) != now.value(*place):
                names = [item.label for item in (row, column) if item is not None]
                found.append(ChangedCell("，".join(names) or ALL_LABEL, then.text(*place), now.text(*place)))
    return found


def _sides(then: Sequence[Heading], now: Sequence[Heading]) -> list[Heading]:
    """The headings of both, each once, as they were called then."""
    return list({item.code: item for item in (*now, *then)}.values())


def undated(request: CrossRequest) -> CrossRequest:
    """The same without its days: what is counted as it stands is counted anew as of today."""
    return replace(request, begins="", ends="")
