"""The papers of an evaluation: check sheets of the households – whole, or without names and addresses for outsiders –, the
workbook that is filled in and read back, the list that was drawn from, and the rates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from db.domain.field_kinds import parse_value
from db.domain.form_schema import Value
from db.domain.masking import short_name
from db.domain.option_lists import option_list
from db.domain.papers import evaluation_paper
from db.domain.papers.evaluation_paper import CheckPrint, ResultPrint
from db.domain.records.evaluation import GROUPS, asked_of
from db.domain.reports import sampling
from db.errors import UserError
from db.exchange.evaluation_sheet import ASKED, CODE, EVALUATION, NUMBER, SheetRow, read_check_sheet, write_check_sheet
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_papers import write_papers_workbook
from db.exchange.workbook_report import ReportSheet, write_report
from db.printing.official_paper import papers_pdf, write_papers
from db.services import evaluation
from db.services.evaluation import Evaluation, Recorded, SampledRow
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.services.register_sheets import cell_fault
from db.store.partial_files import written_whole

_SHORT = 8
"""Characters of an evaluation's id that stand on its sheets."""
_ABOUT = (("姓名", 10), ("单位", 18), ("组", 8), ("现在", 10))
_ABOUT_WHOLE = (("住址", 30), ("电话", 15), ("困难类别", 14), ("主要致困原因", 14), ("结对干部", 12), ("措施（完成／计划）", 12),
                ("得到的帮扶", 24), ("档案里缺的材料", 30))  # fmt: skip


# -- what the sheets say of a household ---------------------------------------------------------------------------


def _print_of(row: SampledRow, told: Recorded, masked: bool) -> CheckPrint:
    plain = CheckPrint(
        code=row.code,
        archive_number=row.archive_number,
        name=short_name(row.name) if masked else row.name,
        office_name=row.office_name,
        group=row.group,
        standing=row.standing_words,
    )
    if masked:
        return plain
    return CheckPrint(
        **{key: getattr(plain, key) for key in ("code", "archive_number", "name", "office_name", "group", "standing")},
        address=row.address,
        phone=row.phone,
        recorded=_recorded_words(row, told),
    )


def _recorded_words(row: SampledRow, told: Recorded) -> list[tuple[str, str]]:
    category = option_list("hardship_category").label(row.hardship_category) if row.hardship_category else ""
    cause = option_list("hardship_cause").label(row.main_hardship_cause) if row.main_hardship_cause else ""
    found = [("困难类别", category), ("主要致困原因", cause)]
    if row.exited_on:
        found.append(("退档日期", row.exited_on))
    measures = f"计划 {told.planned} 项，完成 {told.done} 项" if told.planned else ""
    missing = told.missing if row.group != "not_on_file" else "没有建档，不查"
    return [*found, ("结对干部", told.cadres), ("帮扶措施", measures), ("得到的帮扶", told.aided), ("缺的材料", missing)]


def check_sheets_pdf(
    session: OfficeSession, evaluation_id: str, archive_ids: Sequence[str] = (), *, masked: bool = False
) -> bytes:
    """The check sheets of these households of a sample, of none named all of them; what was entered already is filled in."""
    item = evaluation.evaluation_of(session, evaluation_id)
    wanted = set(archive_ids)
    rows = [row for row in evaluation.sampled_rows(session, evaluation_id) if not wanted or row.archive_id in wanted]
    told = evaluation.recorded(session, rows)
    layouts = [
        evaluation_paper.check_layout(
            item.title, item.content.text("evaluator"), _print_of(row, told[row.archive_id], masked),
            None if masked else row.content,
        )
        for row in rows
    ]  # fmt: skip
    return papers_pdf(evaluation_paper.SHEET, layouts)


def write_checks(session: OfficeSession, evaluation_id: str, path: Path, *, masked: bool = False) -> int:
    """The same as one workbook to fill in, a line for each household; how many. *masked*: for outsiders."""
    item = evaluation.evaluation_of(session, evaluation_id)
    rows = evaluation.sampled_rows(session, evaluation_id)
    told = evaluation.recorded(session, rows)
    lines = []
    for row in rows:
        paper = _print_of(row, told[row.archive_id], masked)
        group = option_list("evaluation_group").label(row.group)
        about = [paper.name, paper.office_name, group, paper.standing]
        if not masked:
            about += [row.address, row.phone, *_workbook_words(row, told[row.archive_id])]
        values = {} if masked else row.values or _known(row, told[row.archive_id])
        lines.append(SheetRow(item.id[:_SHORT], row.code, row.archive_number, row.group, about, values))
    remember_output(session, path.parent)
    write_check_sheet(path, _ABOUT if masked else (*_ABOUT, *_ABOUT_WHOLE), lines, _notes(item))
    note_file(session, [row.archive_id for row in rows], evaluation_paper.SHEET, path)
    return len(lines)


def _known(row: SampledRow, told: Recorded) -> dict[str, Value]:
    return {"measures_planned": told.planned} if row.group == "on_file" and told.planned else {}


def _workbook_words(row: SampledRow, told: Recorded) -> list[str]:
    words = dict(_recorded_words(row, told))
    measures = f"{told.done}／{told.planned}" if told.planned else ""
    return [words["困难类别"], words["主要致困原因"], told.cadres, measures, told.aided, words["缺的材料"]]


def _notes(item: Evaluation) -> list[str]:
    content = item.content
    return [
        f"{item.title}　{content.text('evaluator')}",
        item.words,
        "灰底的格子不用填；没有查清的空着，不算进比率。灰字的列不要改，靠“抽样号”和“档案编号”认户。填好以后用“从 Excel 读入结果”。",
        *evaluation_paper.drawing_words(content.text("seed"), content.text("frame_print")).split("\n"),
    ]


# -- the filled workbook read back --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckFault:
    """A line that was not taken, and why."""

    line: int
    code: str
    reason: str


@dataclass(slots=True)
class CheckImport:
    """What became of the lines of a sheet."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    blank: int = 0
    """Lines in which nothing was filled in."""
    faults: list[CheckFault] = field(default_factory=list)


def import_checks(session: OfficeSession, evaluation_id: str, path: Path, *, dry_run: bool = False) -> CheckImport:
    """Enter every good line of a sheet that was filled in; an empty cell leaves what is known. *dry_run*: only say what would be."""
    item = evaluation.evaluation_of(session, evaluation_id)
    if not item.is_own:
        raise UserError("evaluation_not_ours", office=item.office_name)
    rows = {row.code: row for row in evaluation.sampled_rows(session, evaluation_id)}
    outcome, seen, lines = CheckImport(), dict[str, int](), read_check_sheet(path)
    with session.database.writing() as connection, connection.begin_nested() as trial:
        for line in lines:
            fault = _take(connection, session, item, rows, seen, line, outcome)
            if fault:
                outcome.faults.append(CheckFault(line.number, line.text(CODE), fault))
        if dry_run:
            trial.rollback()
    return outcome


def _take(
    connection: Connection,
    session: OfficeSession,
    item: Evaluation,
    rows: dict[str, SampledRow],
    seen: dict[str, int],
    line: SheetLine,
    outcome: CheckImport,
) -> str:
    """Enter one line; what is wrong with it, empty when nothing is."""
    code = line.text(CODE).upper()
    row = rows.get(code)
    fault = _misplaced(item, row, seen, line)
    if fault:
        return fault
    assert row is not None
    given, fault = _values(row, line)
    if fault or (not row.values and given.keys() <= {"measures_planned"}):
        outcome.blank += not fault
        return fault
    seen[code] = line.number
    values = {**row.values, **given}
    if row.values and values == row.values:
        outcome.unchanged += 1
        return ""
    try:
        evaluation.put_check(connection, session, item.id, row, values)
    except UserError as refused:
        told = refused.context.get("first")
        return str(told) if told else refused.text()
    outcome.changed += bool(row.record_id)
    outcome.added += not row.record_id
    return ""


def _misplaced(item: Evaluation, row: SampledRow | None, seen: dict[str, int], line: SheetLine) -> str:
    code = line.text(CODE).upper()
    if line.fault:
        return line.fault
    if line.text(EVALUATION) and line.text(EVALUATION) != item.id[:_SHORT]:
        return "这一行是另一次评估的。"
    if row is None:
        return f"抽样号“{code}”不在抽出的名单里。"
    if line.text(NUMBER) != row.archive_number:
        return f"抽样号 {code} 的档案编号应是 {row.archive_number}，表里是“{line.text(NUMBER)}”。"
    return f"与第 {seen[code]} 行是同一户。" if code in seen else ""


def _values(row: SampledRow, line: SheetLine) -> tuple[dict[str, Value], str]:
    found: dict[str, Value] = {}
    for spec in ASKED:
        parsed = parse_value(spec, line.cells.get(spec.key, ""))
        if parsed.code:
            return {}, cell_fault(spec, parsed)
        if parsed.value is None:
            continue
        if spec not in asked_of(row.group):
            return {}, f"“{spec.label}”不问{option_list('evaluation_group').label(row.group)}的户，请空着。"
        found[spec.key] = parsed.value
    return found, ""


# -- the list that was drawn from, and the rates ------------------------------------------------------------------


def write_frame(session: OfficeSession, evaluation_id: str, path: Path) -> bool:
    """The lists as they are today with the key of each archive, drawn ones marked; whether they are those drawn from."""
    item = evaluation.evaluation_of(session, evaluation_id)
    frames = evaluation.frames_of(session, item)
    same = sampling.frame_print(list(frames.items())) == item.content.text("frame_print")
    drawn = {row.archive_id: row.code for row in evaluation.sampled_rows(session, evaluation_id)}
    seed, groups = item.content.text("seed"), option_list("evaluation_group")
    sheet = ReportSheet("名单", ("组", "group", "档案编号", "SHA-256", "抽样号"), (10, 14, 24, 70, 10))
    for group in GROUPS:
        for listed in sampling.draw(seed, group, frames[group], len(frames[group])):
            key = sampling.sample_key(seed, group, listed.number)
            sheet.rows.append([groups.label(group), group, listed.number, key, drawn.get(listed.archive_id, "")])
    told = "名单与抽样时一样，照下面的办法重抽，结果应完全相同。" if same else "名单与抽样时不一样了：抽样以后有新建、退档或合并的。"
    how = ReportSheet("说明", ("说明",), (110,), [[words] for words in (told, *_notes(item))])
    remember_output(session, path.parent)
    write_report(path, "抽样名单", [sheet, how])
    return same


def _result_print(session: OfficeSession, evaluation_id: str) -> ResultPrint:
    told = evaluation.result(session, evaluation_id)
    item, content = told.evaluation, told.evaluation.content
    done = sum(1 for row in told.rows if row.record_id)
    faults = [
        (row.code, row.archive_number, "、".join(indicator.fault for indicator in row.faults)) for row in told.rows if row.faults
    ]
    return ResultPrint(
        office_name=item.office_name,
        clerk_name=session.clerk.name,
        made_on=session.today,
        title=item.title,
        evaluator=content.text("evaluator"),
        basis=content.text("basis"),
        seed=content.text("seed"),
        drawn=item.drawn_words,
        frame_print=content.text("frame_print"),
        done=f"抽出 {item.size} 户，已核查 {done} 户，其中没有见到人的 {told.not_reached} 户。",
        rates=told.rates,
        faults=faults,
    )


def result_pdf(session: OfficeSession, evaluation_id: str) -> bytes:
    """The rates on paper; households by their numbers only."""
    layout = evaluation_paper.result_layout(_result_print(session, evaluation_id))
    return papers_pdf(layout.title, [layout])


def write_result(session: OfficeSession, evaluation_id: str, path: Path) -> None:
    """The same to a file: PDF or workbook, as *path* ends."""
    if path.suffix.lower() not in {".pdf", ".xlsx"}:
        raise UserError("report_kind", name=path.name)
    remember_output(session, path.parent)
    layout = evaluation_paper.result_layout(_result_print(session, evaluation_id))
    if path.suffix.lower() == ".xlsx":
        write_papers_workbook(path, [layout])
        return
    with written_whole(path) as out:
        write_papers(out, layout.title, [layout])
