"""Cover and contents of an evidence file."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.printing.evidence_book import LEFT, RIGHT, WIDTH, Contents, Mark
from db.printing.paper_sheet import PaperSheet
from db.printing.pdf_kit import MM, OPTICAL_CENTRE, PAGE_WIDTH, Area, Drawing, page_number
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import wrap

TITLE = "困难职工档案取证材料"
CONTENTS_TITLE = "卷内目录"
_TOP, _BOTTOM, _FOOT = 40.0 * MM, 280.0 * MM, 289.0 * MM
_SIZE, _STEP, _INDENT = 10.5, 6.6 * MM, 6.0 * MM
_PAGE_COLUMN = 16.0 * MM
_GROUP = 4


@dataclass(frozen=True, slots=True)
class CoverPrint:
    """What the cover says."""

    rows: Sequence[tuple[str, str]]
    fingerprint: str
    remarks: Sequence[str]


def cover_page(item: CoverPrint) -> Drawing:
    """The cover: whose file, by whom, when, what for, and the fingerprint of what it tells."""
    sheet = PaperSheet(TITLE)
    sheet.gap(10)
    sheet.table(item.rows)
    sheet.gap(4)
    sheet.heading("内容指纹（SHA-256）")
    groups = [item.fingerprint[at : at + _GROUP] for at in range(0, len(item.fingerprint), _GROUP)]
    half = len(groups) // 2
    for part in (groups[:half], groups[half:]):
        sheet.paragraph("　".join(part))
    sheet.gap(2)
    sheet.heading("说明")
    sheet.numbered(item.remarks)
    sheet.signatures(("制作人签字：", "单位（盖章）："))
    return sheet.drawing


def contents_pages(marks: Sequence[Mark], absent: str, missing: Sequence[str]) -> list[Contents]:
    """The contents; *missing* names the parts that are not there, *absent* says why."""
    pages: list[Contents] = []
    y = _BOTTOM
    entries: list[tuple[Area, Mark]] = []
    for mark in marks:
        lines = wrap(mark.title, WIDTH - _PAGE_COLUMN - _INDENT * mark.level - 4 * MM, _SIZE) or [""]
        height = _STEP * len(lines)
        keep = height + (_STEP if mark.level == 0 else 0)  # a part does not stand alone at the foot
        if y + keep > _BOTTOM:
            entries = []
            pages.append(Contents(_page(first=not pages), entries))
            y = _TOP
        entries.append((Area(LEFT, y, WIDTH, height), mark))
        _entry(pages[-1].drawing, mark, lines, y)
        y += height
    if pages and missing:
        _missing(pages[-1].drawing, f"{absent}：{'、'.join(missing)}。", y)
    for number, page in enumerate(pages, 1):
        page_number(page.drawing, PAGE_WIDTH - RIGHT, _FOOT, number, len(pages))
    return pages


def _page(*, first: bool) -> Drawing:
    drawing = Drawing()
    drawing.centred(Area(LEFT, 14 * MM, WIDTH, 12 * MM), CONTENTS_TITLE if first else f"{CONTENTS_TITLE}（续）", 18.0, BOLD)
    drawing.text(LEFT, 35 * MM, "内容", 9.0)
    drawing.text(PAGE_WIDTH - RIGHT - text_width("页", 9.0), 35 * MM, "页", 9.0)
    drawing.line(LEFT, 37 * MM, PAGE_WIDTH - RIGHT, 37 * MM)
    return drawing


def _entry(drawing: Drawing, mark: Mark, lines: Sequence[str], y: float) -> None:
    face = BOLD if mark.level == 0 else REGULAR
    x = LEFT + _INDENT * mark.level
    for index, line in enumerate(lines):
        base = y + _STEP * (index + 0.5) + _SIZE * OPTICAL_CENTRE
        drawing.text(x, base, line, _SIZE, face)
    number = str(mark.page)
    right = PAGE_WIDTH - RIGHT - text_width(number, _SIZE, face)
    start = x + text_width(lines[-1], _SIZE, face) + 2 * MM
    dots = int((right - 2 * MM - start) / text_width("．", 6.0))
    if dots > 0:
        drawing.text(right - 2 * MM - dots * text_width("．", 6.0), base - 0.6, "．" * dots, 6.0)
    drawing.text(right, base, number, _SIZE, face)


def _missing(drawing: Drawing, told: str, y: float) -> None:
    for index, line in enumerate(wrap(told, WIDTH, 9.0) or []):
        drawing.text(LEFT, min(y, _BOTTOM - 4 * MM) + 5 * MM * (index + 1), line, 9.0)
