"""The command about third-party evaluation: samples, drawing one, check sheets out and back, the rates."""

import argparse
from contextlib import closing
from typing import Any

from db.command_office import Answer, open_office
from db.domain.records.evaluation import SIZES
from db.domain.records.record_form import RecordContent
from db.errors import UserError
from db.services import evaluation, evaluation_sheets
from db.services.evaluation import Evaluation
from db.services.evaluation_sheets import CheckImport
from db.services.office import OfficeSession


def evaluate(arguments: argparse.Namespace) -> Answer:
    """List the samples; draw one; with one of them write its sheets, read results, and tell the rates."""
    with closing(open_office(arguments)) as session:
        if arguments.draw:
            item = _draw(session, arguments)
        elif arguments.evaluation is None:
            if arguments.sheet or arguments.frame or arguments.bring or arguments.out:
                raise UserError("evaluation_needed")
            found = evaluation.list_evaluations(session)
            lines = [_line(item) for item in found] or ["还没有抽过样。"]
            return {"evaluations": [_body(item) for item in found]}, "\n".join(lines)
        else:
            item = _find(session, arguments.evaluation)
        return _one(session, item, arguments)


def _draw(session: OfficeSession, arguments: argparse.Namespace) -> Evaluation:
    if not arguments.evaluation:
        raise UserError("required", label="评估名称")
    sizes = dict(zip(SIZES.values(), arguments.draw, strict=True))
    values = {"title": arguments.evaluation, "seed": arguments.seed or evaluation.new_seed(), **sizes}
    if arguments.exited_since:
        values["exited_since"] = arguments.exited_since
    return evaluation.draw_evaluation(session, RecordContent(values))


def _find(session: OfficeSession, name: str) -> Evaluation:
    """The sample called *name*, or with this id; the latest of that name."""
    found = evaluation.list_evaluations(session)
    match = next((item for item in found if name in (item.id, item.title)), None)
    if match is None:
        raise UserError("evaluation_unknown", name=name, known="、".join(item.title for item in found) or "没有")
    return match


def _one(session: OfficeSession, item: Evaluation, arguments: argparse.Namespace) -> Answer:
    taken = None
    if arguments.bring:
        taken = evaluation_sheets.import_checks(session, item.id, arguments.bring, dry_run=arguments.dry_run)
    written = []
    if arguments.sheet:
        evaluation_sheets.write_checks(session, item.id, arguments.sheet, masked=arguments.masked)
        written.append(str(arguments.sheet))
    if arguments.frame:
        evaluation_sheets.write_frame(session, item.id, arguments.frame)
        written.append(str(arguments.frame))
    if arguments.out:
        evaluation_sheets.write_result(session, item.id, arguments.out)
        written.append(str(arguments.out))
    told = evaluation.result(session, item.id)
    body = {
        **_body(told.evaluation),
        "sample": [{"code": row.code, "number": row.archive_number, "group": row.group} for row in told.rows],
        "rates": [
            {
                "code": rate.indicator.code,
                "label": rate.indicator.label,
                "numerator": rate.numerator,
                "denominator": rate.denominator,
                "interval": rate.interval,
                "hint": rate.hint,
            }
            for rate in told.rates
        ],
        "import": _import_body(taken) if taken else None,
        "written": written,
    }
    lines = [_line(told.evaluation)]
    shown = (f"{rate.indicator.label}　{rate.words}（{rate.numerator}/{rate.denominator}）　{rate.hint}" for rate in told.rates)
    lines += [words.rstrip("　") for words in shown]
    lines += _import_lines(taken, arguments.dry_run) if taken else []
    return body, "\n".join([*lines, *(f"已写 {path}" for path in written)])


def _import_lines(taken: CheckImport, dry_run: bool) -> list[str]:
    lines = [f"第 {fault.line} 行 {fault.code}：{fault.reason}" for fault in taken.faults]
    counts = f"新填 {taken.added} 户，修改 {taken.changed} 户，不变 {taken.unchanged} 户，空着 {taken.blank} 户"
    return [*lines, f"{'将要读入' if dry_run else '已读入'}：{counts}，有问题 {len(taken.faults)} 行。"]


def _import_body(taken: CheckImport) -> dict[str, Any]:
    faults = [{"line": fault.line, "code": fault.code, "reason": fault.reason} for fault in taken.faults]
    counts = {key: getattr(taken, key) for key in ("added", "changed", "unchanged", "blank")}
    return {**counts, "faults": faults}


def _body(item: Evaluation) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "office": item.office_name,
        "seed": item.content.text("seed"),
        "drawn_on": item.content.text("drawn_on"),
        "drawn": item.drawn,
        "listed": item.listed,
        "done": item.done,
    }


def _line(item: Evaluation) -> str:
    return f"{item.title}（{item.office_name}）：{item.words}，已核查 {item.done}/{item.size} 户"
