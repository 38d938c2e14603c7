"""The résumé of a graduate on one page: name and photo above, parts with a rule below their title, room to write in."""

from collections.abc import Sequence
from io import BytesIO

from db.domain.resume import Resume, ResumePart
from db.printing.pdf_kit import HAIR, MM, PAGE_WIDTH, Area, Drawing, PdfWriter
from db.printing.print_faces import BOLD, text_width
from db.printing.text_flow import wrap

_LEFT, _TOP, _BOTTOM = 22.0 * MM, 20.0 * MM, 289.0 * MM
_WIDTH = PAGE_WIDTH - 2 * _LEFT
_PHOTO = (29.0 * MM, 39.0 * MM)
"""A passport photo as offices print it, with a hair of paper around."""
_NAME, _TITLE, _TEXT = 26.0, 13.0, 11.5
_CAPTION, _SHORT_CAPTION = 27.0 * MM, 22.0 * MM
_STEP = 7.4 * MM
_SMALL_STEP = 5.4 * MM


def resume_pdf(resume: Resume, photo: bytes | None = None) -> bytes:
    """The page; without *photo* its place stays free for one to be glued in."""
    page = Drawing()
    y = _head(page, resume, photo)
    parts = _that_fit(resume.parts, _BOTTOM - y)
    for part in parts:
        y = _part(page, part, y)
    out = BytesIO()
    writer = PdfWriter(out, title=f"简历 {resume.name}")
    writer.add_page(page)
    writer.close()
    return out.getvalue()


def _head(page: Drawing, resume: Resume, photo: bytes | None) -> float:
    frame = Area(_LEFT + _WIDTH - _PHOTO[0], _TOP, *_PHOTO)
    if photo is None:
        page.box(frame, HAIR)
        page.centred(frame, "照片", 10.0)
    else:
        page.picture(frame, photo)
    page.text(_LEFT, _TOP + _NAME, resume.name, _NAME, BOLD)
    y = _TOP + 20 * MM
    room = _WIDTH - _PHOTO[0] - 8 * MM
    for at, (caption, value) in enumerate(resume.head):
        is_alone = at % 2 == 0 and at == len(resume.head) - 1
        x = _LEFT + (at % 2) * room / 2
        _short_fact(page, x, y + (at // 2) * _STEP, room if is_alone else room / 2, caption, value)
    below = y + (len(resume.head) + 1) // 2 * _STEP
    return max(below, _TOP + _PHOTO[1]) + 9 * MM


def _short_fact(page: Drawing, x: float, y: float, width: float, caption: str, value: str) -> None:
    """A caption and its value on one line, in a smaller size where it is long."""
    page.text(x, y, f"{caption}：", _TEXT, BOLD)
    start = x + _SHORT_CAPTION
    size = _TEXT
    while text_width(value, size) > width - _SHORT_CAPTION - 6 and size > 7.0:
        size -= 0.5
    page.text(start, y, value, size)


def _fact(page: Drawing, x: float, y: float, width: float, caption: str, value: str) -> float:
    """A caption and its value, broken where it is long; returns the lines it took."""
    page.text(x, y, f"{caption}：", _TEXT, BOLD)
    start = x + max(_CAPTION, text_width(f"{caption}：", _TEXT, BOLD) + 4)
    size = _TEXT
    lines = wrap(value, width - (start - x) - 6, size) or [value]
    while len(lines) > 2 and size > 8.5:
        size -= 0.5
        lines = wrap(value, width - (start - x) - 6, size) or [value]
    for at, line in enumerate(lines[:3]):
        page.text(start, y + at * _SMALL_STEP, line, size)
    return len(lines[:3])


def _that_fit(parts: Sequence[ResumePart], room: float) -> list[ResumePart]:
    """The parts, with less room to write in where the page is full: first of the last ones."""
    kept = list(parts)
    while sum(map(_height, kept)) > room:
        at = max(range(len(kept)), key=lambda index: (kept[index].room, index))
        part = kept[at]
        if not part.room:
            break
        kept[at] = ResumePart(part.title, part.facts, part.lines, part.room - 1)
    return kept


def _height(part: ResumePart) -> float:
    facts = sum(_lines_of(value) * _SMALL_STEP + (_STEP - _SMALL_STEP) for _, value in part.facts)
    lines = sum(_lines_of(line, 0) * _SMALL_STEP + (_STEP - _SMALL_STEP) for line in part.lines)
    return 13 * MM + facts + lines + part.room * (_STEP + 1 * MM)


def _lines_of(value: str, indent: float = _CAPTION) -> int:
    return min(3, len(wrap(value, _WIDTH - indent - 6, _TEXT) or [value]))


def _part(page: Drawing, part: ResumePart, y: float) -> float:
    page.fill(Area(_LEFT, y - 4.4 * MM, 1.4 * MM, 5.4 * MM), "#C0392B")
    page.text(_LEFT + 4 * MM, y, part.title, _TITLE, BOLD)
    y += 2.4 * MM
    page.line(_LEFT, y, _LEFT + _WIDTH, y, HAIR)
    y += 6.6 * MM
    for caption, value in part.facts:
        y += _fact(page, _LEFT, y, _WIDTH, caption, value) * _SMALL_STEP + (_STEP - _SMALL_STEP)
    for told in part.lines:
        for line in (wrap(told, _WIDTH - 6, _TEXT) or [told])[:3]:
            page.text(_LEFT, y, line, _TEXT)
            y += _SMALL_STEP
        y += _STEP - _SMALL_STEP
    for _ in range(part.room):
        page.line(_LEFT, y + 1.5 * MM, _LEFT + _WIDTH, y + 1.5 * MM, 0.2)
        y += _STEP + 1 * MM
    return y + 4 * MM
