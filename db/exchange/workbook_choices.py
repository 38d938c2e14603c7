"""The clerk's word on an import plan: what a column may fill, and whether the plan can be carried out."""

from collections.abc import Mapping

from db.domain.archive_form import ARCHIVE_FORM
from db.errors import UserError
from db.exchange.workbook_captions import HOUSEHOLD, Confidence
from db.exchange.workbook_map import ColumnTarget, ImportPlan, Layout, long_target


def all_targets(layout: Layout, member_groups: int = 5) -> list[ColumnTarget]:
    """Every target a column may be given, in the order of the form, for the clerk's choice."""
    if layout is Layout.WIDE:
        targets = [ColumnTarget(spec.key) for spec in ARCHIVE_FORM.worker_fields]
        for number in range(1, member_groups + 1):
            targets += [ColumnTarget(None, spec.key, number) for spec in ARCHIVE_FORM.member_fields]
        return targets
    targets = [ColumnTarget(HOUSEHOLD)]
    shared: set[str] = set()
    for spec in (*ARCHIVE_FORM.worker_fields, *ARCHIVE_FORM.member_fields):
        found = long_target(spec.label)
        if found and found[0].code not in shared:
            targets.append(found[0])
            shared.add(found[0].code)
    return targets


def parse_target(code: str) -> ColumnTarget | None:
    """The target with this :attr:`ColumnTarget.code`; None when there is none such."""
    if code == HOUSEHOLD:
        return ColumnTarget(HOUSEHOLD)
    group, dot, member_key = code.partition(".")
    if dot and group.startswith("member") and group[6:].isdigit():
        return ColumnTarget(None, member_key, int(group[6:])) if _is_member_key(member_key) else None
    worker, bar, member = code.partition("|")
    if bar:
        fits = (not worker or ARCHIVE_FORM.has_field(worker)) and (not member or _is_member_key(member))
        return ColumnTarget(worker or None, member or None) if fits and (worker or member) else None
    return ColumnTarget(worker) if ARCHIVE_FORM.has_field(worker) else None


def _is_member_key(key: str) -> bool:
    return any(spec.key == key for spec in ARCHIVE_FORM.member_fields)


def apply_choices(plan: ImportPlan, choices: Mapping[str, str | None]) -> ImportPlan:
    """Change what columns fill, by letter: a target code, or None for “not imported”."""
    for column in plan.columns:
        if column.letter in choices:
            code = choices[column.letter]
            target = parse_target(code) if code else None
            if code and target is None:
                raise UserError("workbook_bad_target", letter=column.letter, target=code)
            if target and column.target and target.code == column.target.code:
                continue  # unchanged: keeps the answers of an older caption
            column.target, column.confidence = target, Confidence.CHOSEN if target else Confidence.IGNORED
    check_plan(plan)
    return plan


def check_plan(plan: ImportPlan) -> None:
    """UserError when the plan cannot be carried out: no header, no name or ID column, one field from two columns."""
    if not plan.header_row:
        raise UserError("workbook_no_header", name=plan.file_name)
    if plan.missing:
        raise UserError("workbook_needs_columns", known="、".join(plan.missing))
    seen: dict[tuple[str, bool], str] = {}
    for column in plan.columns:
        if column.target is None:
            continue
        place = (column.target.code, column.target.legacy is not None)
        if place in seen:
            raise UserError(
                "workbook_column_twice", label=column.target.label, first=seen[place], second=column.letter
            )
        seen[place] = column.letter
