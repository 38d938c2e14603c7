"""Review by a sheet: write the list of what waits, read it back filled in, apply every good line, tell every bad one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import parse_value
from db.domain.option_lists import option_list
from db.domain.review import BESIDE_THE_FORM, OTHER, OUTCOME_LABELS, Reason, ReviewOutcome, ReviewStep
from db.errors import Progress, UserError
from db.exchange.review_sheet import SheetLine, read_review_sheet
from db.exchange.review_sheet import write_review_sheet as write_sheet
from db.exchange.workbook_captions import fold_caption, look_up, member_words, worker_words
from db.services import archiving, review_list, reviewing
from db.services.office import OfficeSession, write_journal
from db.services.review_classes import ClassChoice, choices_in_force, class_choices
from db.services.review_list import REVIEW_STATE_LABELS, WAITING, ReviewQuery, ReviewRow
from db.services.reviewing import ReviewInput

_OUTCOMES = {
    **dict.fromkeys(("通过", "已审核", "审核通过", "同意", "合格", "approved"), ReviewOutcome.APPROVED),
    **dict.fromkeys(("退回", "退回补正", "补正", "returned"), ReviewOutcome.RETURNED),
    **dict.fromkeys(("不通过", "不同意", "不予建档", "refused"), ReviewOutcome.REFUSED),
}
_PAGE = 500


# -- writing ------------------------------------------------------------------------------------------------------


def write_review_sheet(
    session: OfficeSession, path: Path, office_id: str | None = None, progress: Progress | None = None
) -> int:
    """Write what waits for this office's review to *path*; how many archives that is."""
    names = archiving.owner_names(session)
    rows: list[dict[str, str]] = []
    total = sum(review_list.count_reviews(session, _waiting(state, office_id)) for state in WAITING)
    for row in _all_waiting(session, office_id):
        rows.append(_sheet_row(row, names))
        if progress and len(rows) % _PAGE == 0:
            progress(len(rows), total)
    choices = choices_in_force(session)
    levels = [choice.level_label for choice in choices if choice.level_label]
    write_sheet(path, rows, [choice.label for choice in choices], levels)
    return len(rows)


def _waiting(state: review_list.ReviewState, office_id: str | None) -> ReviewQuery:
    return ReviewQuery(state=state, office_id=office_id, order="archive_number")


def _all_waiting(session: OfficeSession, office_id: str | None) -> Iterator[ReviewRow]:
    for state in WAITING:
        offset = 0
        while page := review_list.review_rows(session, _waiting(state, office_id), offset, _PAGE):
            yield from page
            offset += len(page)


def _sheet_row(row: ReviewRow, names: dict[str, str]) -> dict[str, str]:
    said = f"{(row.reviewed_at or '')[:10]} {row.reviewed_by} {OUTCOME_LABELS[row.outcome]}" if row.outcome else ""
    level = f"（{row.level_label}）" if row.level_label and row.level_label not in row.class_label else ""
    return {
        "number": row.archive_number,
        "revision": str(row.revision),
        "name": row.name,
        "office": names.get(row.office_id, "其他单位"),
        "state": REVIEW_STATE_LABELS[row.state],
        "last": said,
        "decided": f"{row.class_label}{level}" if row.class_label else "",
    }


# -- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that was not applied, and why."""

    line: int
    archive_number: str
    reason: str


@dataclass(slots=True)
class SheetOutcome:
    """What became of a filled-in sheet."""

    lines: int = 0
    blank: int = 0
    """Lines without an outcome: not looked at."""
    done: Counter[ReviewOutcome] = field(default_factory=Counter)
    waiting: int = 0
    """Of those done, how many wait for the second person."""
    problems: list[LineProblem] = field(default_factory=list)

    @property
    def applied(self) -> int:
        """How many lines are good."""
        return self.done.total()


class _Rehearsal(Exception):  # noqa: N818 - takes everything back, nothing went wrong
    """Ends a dry run."""


def apply_review_sheet(
    session: OfficeSession, path: Path, *, dry_run: bool = False, progress: Progress | None = None
) -> SheetOutcome:
    """Apply the good lines of a filled-in sheet in one transaction; with *dry_run* nothing is stored."""
    lines = read_review_sheet(path)
    outcome = SheetOutcome(len(lines))
    ready = list(_ready_lines(session, lines, outcome))
    try:
        with session.database.writing() as connection:
            for at, item in enumerate(ready):
                if progress and at % 100 == 0:
                    progress(at, len(ready))
                _apply_line(connection, session, item, outcome)
            if dry_run:
                raise _Rehearsal
            detail: dict[str, object] = {"lines": outcome.lines, "done": outcome.applied, "bad": len(outcome.problems)}
            write_journal(connection, session, "review_sheet", detail)
    except _Rehearsal:
        return outcome
    return outcome


@dataclass(frozen=True, slots=True)
class _Ready:
    """A line that names an archive and an outcome."""

    line: SheetLine
    archive_id: str
    given: ReviewInput
    choices: Sequence[ClassChoice]


def _ready_lines(session: OfficeSession, lines: Sequence[SheetLine], outcome: SheetOutcome) -> Iterator[_Ready]:
    """The lines that say something sensible; what is wrong with the others goes into *outcome*."""
    seen: dict[str, int] = {}
    for line in lines:
        number = line.text("number")
        if not line.text("outcome"):
            outcome.blank += 1
            continue
        try:
            if number in seen:
                raise UserError("review_sheet_twice", line=seen[number])
            seen[number] = line.number
            archive = archiving.find_by_number(session, number)
            names_class = bool(line.text("class") or line.text("level"))
            choices = class_choices(session, archive.id) if names_class else []
            given = reviewing.checked_input(session, _input(session, line, archive.content, choices))
            yield _Ready(line, archive.id, given, choices)
        except UserError as fault:
            outcome.problems.append(LineProblem(line.number, number, fault.text()))


def _apply_line(connection: Connection, session: OfficeSession, item: _Ready, outcome: SheetOutcome) -> None:
    line = item.line
    try:
        made = reviewing.review_within(connection, session, item.archive_id, item.given, item.choices, _revision(line))
    except UserError as fault:  # raised before anything of this line is written
        outcome.problems.append(LineProblem(line.number, line.text("number"), fault.text()))
        outcome.problems.sort(key=lambda problem: problem.line)
    else:
        outcome.done[made.outcome] += 1
        outcome.waiting += made.step is ReviewStep.FIRST


def _revision(line: SheetLine) -> int | None:
    text = line.text("revision")
    return int(text) if text.isdigit() else None


def _input(
    session: OfficeSession, line: SheetLine, content: ArchiveContent, choices: Sequence[ClassChoice]
) -> ReviewInput:
    said = line.text("outcome")
    outcome = _OUTCOMES.get(said) or _OUTCOMES.get(fold_caption(said))
    if outcome is None:
        raise UserError("review_sheet_outcome", text=said)
    sent_back = outcome is not ReviewOutcome.APPROVED
    class_code, level_code = _class(line, choices)
    due_on = _day(line) if outcome is ReviewOutcome.RETURNED else None
    return ReviewInput(
        outcome,
        tuple(_reasons(line, content)) if sent_back else (),
        class_code,
        level_code,
        line.text("worker_number"),
        line.text("remarks"),
        due_on or (reviewing.default_due(session) if outcome is ReviewOutcome.RETURNED else None),
    )


def _class(line: SheetLine, choices: Sequence[ClassChoice]) -> tuple[str | None, str | None]:
    wanted, level = line.text("class"), line.text("level")
    if not wanted and not level:
        return None, None
    known = "、".join(dict.fromkeys(choice.label for choice in choices)) or "（没有选定政策）"
    found = next((choice for choice in choices if wanted in (choice.label, choice.code, choice.words)), None)
    if wanted and found is None:
        raise UserError("review_unknown_class", text=wanted, known=known)
    if not level:
        return (found.code, found.level) if found else (None, None)
    of_level = next((choice.level for choice in choices if level in (choice.level_label, choice.level)), None)
    if of_level is None:
        levels = "、".join(dict.fromkeys(choice.level_label for choice in choices if choice.level_label))
        raise UserError("review_unknown_class", text=level, known=levels or known)
    return found.code if found else None, of_level


def _day(line: SheetLine) -> str | None:
    cell: Any = line.cells.get("due_on", "")
    if not line.text("due_on"):
        return None
    parsed = parse_value(ARCHIVE_FORM.field("filed_on"), cell)
    if parsed.code is not None or not isinstance(parsed.value, str):
        raise UserError("review_due_bad", text=line.text("due_on"))
    return parsed.value


_BETWEEN_REASONS = re.compile(r"[；;\n]+")
_BETWEEN_FIELDS = re.compile(r"[、，,；;\n]+")
_WITH_WORDS = re.compile(r"^(?P<label>[^（(]+)[（(](?P<words>.+)[）)]$")


def _reasons(line: SheetLine, content: ArchiveContent) -> list[Reason]:
    reasons = [reason for part in _BETWEEN_REASONS.split(line.text("reasons")) for reason in _said(part.strip())]
    places = [_place(part.strip(), content) for part in _BETWEEN_FIELDS.split(line.text("fields")) if part.strip()]
    if not places:
        return reasons
    if not reasons:
        raise UserError("review_sheet_field_alone", text=line.text("fields"))
    if len(reasons) == 1 or len(places) == 1:
        return [Reason(said.code, said.text, *place) for said in reasons for place in places]
    if len(reasons) != len(places):
        raise UserError("review_sheet_uneven", reasons=len(reasons), fields=len(places))
    return [Reason(said.code, said.text, *place) for said, place in zip(reasons, places, strict=True)]


def _said(part: str) -> list[Reason]:
    """The reasons of one part: known ones by their label, a label with words in brackets, else words of one's own."""
    if not part:
        return []
    labels = {option.label: option.code for option in option_list("review_reason").options}
    pieces = part.split("、")
    if all(piece in labels for piece in pieces):
        return [Reason(labels[piece]) for piece in pieces]
    found = _WITH_WORDS.match(part)
    if found and found["label"].strip() in labels:
        return [Reason(labels[found["label"].strip()], found["words"].strip())]
    return [Reason(OTHER, part)]


def _place(caption: str, content: ArchiveContent) -> tuple[str, str]:
    """The field a caption means, with the member's id where it is one of a member."""
    beside = next((key for key, label in BESIDE_THE_FORM.items() if label == caption), None)
    if beside:
        return beside, ""
    who, dot, rest = caption.partition("·")
    if dot:
        member = next((each for each in content.members if each.get("name") == who.strip()), None)
        word = look_up(member_words(), fold_caption(rest))
        if member is None or word is None:
            raise UserError("review_unknown_field", text=caption)
        return f"member.{word.key}", str(member["id"])
    word = look_up(worker_words(), fold_caption(caption))
    if word is None or not ARCHIVE_FORM.has_field(word.key):
        raise UserError("review_unknown_field", text=caption)
    return word.key, ""
