"""The page that tells how archives travel: states, what goes up and down, what to do when a stick is lost."""

import resources
from db.printing.paper_sheet import PaperSheet

_SOURCE = "help/exchange.md"


def exchange_guide_pdf() -> bytes:
    """The guide of ``resources/help/exchange.md`` as one sheet to hang beside the desk."""
    lines = resources.read_text(_SOURCE).splitlines()
    sheet = PaperSheet(lines[0].removeprefix("# "), "暖档 困难职工帮扶档案工作站")
    sheet.gap(4)
    rows: list[tuple[str, str]] = []
    items: list[str] = []

    def flush() -> None:
        if rows:
            sheet.table(list(rows), 24.0)
        if items:
            sheet.numbered(list(items))
        rows.clear()
        items.clear()

    for line in filter(None, lines[1:]):
        if line.startswith("| "):
            caption, _, words = line.strip("| ").partition(" | ")
            rows.append((caption, words))
        elif line.startswith("- "):
            items.append(line.removeprefix("- "))
        else:
            flush()
            if line.startswith("## "):
                sheet.heading(line.removeprefix("## "))
            else:
                sheet.paragraph(line)
    flush()
    return sheet.pdf()
