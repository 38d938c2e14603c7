"""The commands about statistical tables: list them, work one out, write it as PDF or workbook, keep it as handed in."""

import argparse
from contextlib import closing

from db.command_office import Answer, open_office
from db.services import report_papers, reports
from db.services.reports import Report, ReportRequest


def report(arguments: argparse.Namespace) -> Answer:
    """Work a table out; without a name list those there are."""
    if not arguments.name:
        found = reports.reports()
        lines = [f"{item.id}　{item.title.replace('{year}', '某年')}（{item.source}）" for item in found]
        return {"reports": [{"id": item.id, "title": item.title, "source": item.source} for item in found]}, "\n".join(lines)
    with closing(open_office(arguments)) as session:
        year = arguments.period or int(session.today[:4])
        made = reports.make_report(session, ReportRequest(arguments.name, year, arguments.begins, arguments.ends))
        if arguments.out:
            report_papers.write_report(session, made, arguments.out, arguments.reporter, arguments.phone)
        copy = reports.freeze(session, made) if arguments.freeze else None
        missing = reports.offices_missing(session, year)
    warnings = [*made.warnings, *(f"{name}今年还没有报来。" for name in missing)]
    body = {
        "report": made.layout.id,
        "title": made.title,
        "begins": made.scope.begins,
        "ends": made.scope.ends,
        "figures": {
            code: {"exact": value.exact, "shown": str(value.shown), "unit": made.layout.figures[code].unit}
            for code, value in made.evaluation.values.items()
        },
        "warnings": warnings,
        "copy": copy.id if copy else None,
        "file": str(arguments.out) if arguments.out else None,
    }
    return body, "\n".join([made.title, *_lines(made), *(f"注意：{text}" for text in warnings)])


def _lines(made: Report) -> list[str]:
    found = []
    for line in made.layout.lines:
        words = "".join(cell for cell in line.cells if not cell.startswith("{"))
        found.append(f"{words}　{'　'.join(made.value(code).text for code in line.figures)}")
    return found
