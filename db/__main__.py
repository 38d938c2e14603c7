"""Command line over the same services as the screen: for IT staff, batch work and tests.

``python -m db COMMAND …``; every command takes ``--json``. Exit status 0 done, 1 the user must act (message on
stderr), 2 wrong usage, 130 interrupted. The passphrase comes from ``NUANDANG_PASSPHRASE`` or a prompt, never from
the arguments.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from db import command_output as output
from db import duplicate_commands, policy_commands
from db.command_office import Answer, ask_package_password, ask_passphrase, open_office
from db.domain.validation import Severity, Stage
from db.errors import NuandangError, UserError
from db.services import archiving, attachments, demo, exchange, health, office, printing, revisions, workbooks
from db.services.office import OfficeSession

# -- office ------------------------------------------------------------------------------------------------------


def _init(arguments: argparse.Namespace) -> Answer:
    session, code = office.create_office(
        arguments.office,
        name=arguments.name,
        level=arguments.level,
        region_code=arguments.region,
        parent_name=arguments.parent,
        clerk_name=arguments.clerk,
        passphrase=ask_passphrase(twice=True),
    )
    with closing(session):
        profile = output.profile(session)
    text = f"已建立 {profile['name']}（{profile['level']}）。\n恢复码（只显示这一次，请抄下或打印后收好）：{code}"
    return {**profile, "recovery_code": code}, text


def _demo(arguments: argparse.Namespace) -> Answer:
    passphrase = ask_passphrase()
    if not office.has_office(arguments.office):
        office.create_office(
            arguments.office,
            name="梅城镇总工会（演示）",
            level="township",
            region_code="340882",
            parent_name="潜山市总工会（演示）",
            clerk_name="陈志强",
            passphrase=passphrase,
        )[0].close()
    with closing(office.open_office(arguments.office, passphrase)) as session:
        ids = demo.fill_office(session, arguments.households, arguments.seed)
        return {**output.profile(session), "created": len(ids)}, f"已加入 {len(ids)} 户虚构家庭。"


def _check(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        findings = health.check_office(session)
    lines = [f"[{item.level}] {item.title}：{item.text}" for item in findings]
    sound = all(item.level != health.ERROR for item in findings)
    return {"sound": sound, "findings": [output.record(item) for item in findings]}, "\n".join(lines)


# -- archives ----------------------------------------------------------------------------------------------------


def _describe(arguments: argparse.Namespace) -> Answer:
    fields = output.described_fields(arguments.form)
    places = [item["key"] if arguments.form == "archive_form" else output.json_place(item) for item in fields]
    lines = [
        f"{'*' if item['required'] else ' '} {place:<46}{item['caption']}"
        for place, item in zip(places, fields, strict=True)
    ]
    return {"form": arguments.form, "fields": fields}, "\n".join(lines)


def _list(arguments: argparse.Namespace) -> Answer:
    query = archiving.ArchiveQuery(text=arguments.search, order="archive_number", descending=False)
    with closing(open_office(arguments)) as session:
        names = archiving.office_names(session)
        total = archiving.count_archives(session, query)
        rows = archiving.list_archives(session, query, 0, max(total, 1))
    items = [output.listed(row, names) for row in rows]
    lines = [
        f"{item['archive_number']}  {item['name']}  {item['id_number']}  {item['state']}  {item['office']}"
        for item in items
    ]
    return {"total": total, "archives": items}, "\n".join([*lines, f"共 {total} 户"])


def _show(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        problems = archiving.check_content(session, archive.content, Stage.SUBMIT, archive.id)
        papers = attachments.list_attachments(session, archive.id)
        history = revisions.archive_history(session, archive.id)
    shown = output.shown_archive(archive, problems, papers, history)
    errors = sum(item.severity is Severity.ERROR for item in problems)
    return shown, output.archive_text(archive) + f"\n还有 {errors} 处要补正" * bool(errors)


def _import(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        outcome = workbooks.run_import(
            session, arguments.file, dry_run=arguments.dry_run, report_path=arguments.report
        )
    body = outcome.to_json()
    counts = "读取 {rows_read} = 新建 {created} + 更新 {updated} + 没有变化 {unchanged} + 跳过 {skipped} + 出错 {failed}"
    lines = [counts.format(**body)]
    for item in outcome.problems:
        # what concerns the whole sheet has no row and says itself what it is about
        place = f"第 {item.row} 行 {item.column}：" if item.severity != "note" and item.row else ""
        lines.append(place + item.message)
    return body, "\n".join(lines)


def _all_ids(session: OfficeSession) -> list[str]:
    return archiving.archive_ids(session, archiving.ArchiveQuery(order="archive_number", descending=False))


def _export_workbook(arguments: argparse.Namespace) -> Answer:
    if arguments.layout == "template":
        workbooks.write_template(arguments.out)
        return {"file": str(arguments.out), "layout": "template"}, f"模板已保存：{arguments.out}"
    write = workbooks.export_flat if arguments.layout == "flat" else workbooks.export_forms
    with closing(open_office(arguments)) as session:
        ids = _all_ids(session)
        write(session, ids, arguments.out)
    body = {"file": str(arguments.out), "layout": arguments.layout, "archives": len(ids)}
    return body, f"已导出 {len(ids)} 户：{arguments.out}"


def _print(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        if arguments.blank:
            _print_blank(arguments)
            return {"file": str(arguments.out), "archives": 0}, f"空白表已保存：{arguments.out}"
        if arguments.archive:
            ids = [archiving.find_by_number(session, arguments.archive).id]
        else:
            ids = _all_ids(session)
        if arguments.paper == "form":
            printing.write_archive_pdf(session, ids, arguments.out)
        else:
            from db.services import policy_printing  # late: the vocabulary of packs takes long to build

            policy_printing.write_paper(session, ids, policy_printing.Paper(arguments.paper), arguments.out)
    return {"file": str(arguments.out), "archives": len(ids)}, f"已打印 {len(ids)} 户：{arguments.out}"


def _print_blank(arguments: argparse.Namespace) -> None:
    if arguments.paper == "form":
        printing.write_blank_form_pdf(arguments.out)
        return
    from db.services import policy_printing

    printing.save_pdf(arguments.out, policy_printing.blank_paper_pdf(policy_printing.Paper(arguments.paper)))


# -- the stick ---------------------------------------------------------------------------------------------------


def _card(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        card = exchange.write_card(session, arguments.out)
    body = {"file": str(arguments.out), "fingerprint": card.fingerprint, "office": card.name}
    return body, f"单位名片已保存：{arguments.out}\n指纹（请在电话里核对）：{card.fingerprint}"


def _enrol(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        partner = exchange.enrol(session, arguments.card)
    return output.record(partner), f"已登记 {partner.name}，指纹 {partner.fingerprint}"


def _export_bundle(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        ids = _all_ids(session) if arguments.all else None
        summary = exchange.export_bundle(session, ids, arguments.out)
    text = f"第 {summary.sequence} 包：{summary.archive_count} 户，{summary.file_name}\n指纹 {summary.fingerprint}"
    return output.record(summary), text


def _receive(arguments: argparse.Namespace) -> Answer:
    with closing(open_office(arguments)) as session:
        if arguments.dry_run:
            preview = exchange.inspect_bundle(session, arguments.file)
            return {"dry_run": True, **output.record(preview)}, preview.text()
        outcome = exchange.receive_bundle(session, arguments.file)
    return {"dry_run": False, **output.record(outcome)}, outcome.text()


def _zip(arguments: argparse.Namespace) -> Answer:
    from db.services import submission_package  # late: its library for zips with AES is needed nowhere else

    if arguments.out.suffix.lower() != ".zip":
        raise UserError("package_not_zip", name=arguments.out.name)
    with closing(open_office(arguments)) as session:
        if arguments.archive:
            ids = [archiving.find_by_number(session, number).id for number in arguments.archive]
        else:
            ids = _all_ids(session) if arguments.all else exchange.unsubmitted_ids(session)
        password = ask_package_password(submission_package.check_password)
        summary = submission_package.write_package(
            session, ids, arguments.out.parent, password, file_name=arguments.out.name
        )
    counts = f"{summary.archive_count} 户，{summary.people_count} 人，附件 {summary.attachment_count} 份"
    lines = [f"报送资料包：{counts}，{summary.path}"]
    lines += [f"没有装入：{note.number:04d} {note.name} {note.file}：{note.reason}" for note in summary.left_out]
    return output.record(summary), "\n".join(lines)


# -- parsing -----------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m db", description="暖档命令行：与窗口程序相同的功能，不需要屏幕。")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    def add(
        name: str,
        run: Callable[[argparse.Namespace], Answer],
        text: str,
        *,
        office_first: bool = True,
        among: Any = commands,
    ) -> Any:
        command = among.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="输出 JSON")
        if office_first:
            command.add_argument("office", type=Path, metavar="DIR", help="单位数据文件夹")
        return command

    command = add("init", _init, "建立单位")
    command.add_argument("--name", required=True, help="单位全称")
    command.add_argument("--level", required=True, choices=list(office.LEVELS), help="单位级别")
    command.add_argument("--region", required=True, help="行政区划代码，6 位或 9 位")
    command.add_argument("--parent", default="", help="上级单位")
    command.add_argument("--clerk", default="管理员", help="第一位经办人")
    command = add("describe", _describe, "列出表样的栏目", office_first=False)
    command.add_argument("--form", default="archive_form", choices=list(output.FORMS))
    command = add("demo", _demo, "加入虚构家庭，用于演示和测试")
    command.add_argument("--households", type=int, default=60)
    command.add_argument("--seed", type=int, default=1)
    _add_workbook_commands(add)
    command = add("print", _print, "打印档案表等为 PDF")
    command.add_argument("out", type=Path, metavar="OUT.pdf")
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--archive", metavar="NO", help="一户：档案编号、职工编号或身份证号")
    choice.add_argument("--all", action="store_true", help="全部（默认）")
    choice.add_argument("--blank", action="store_true", help="空白表")
    papers = ("form", "means", "consent")
    command.add_argument("--paper", default="form", choices=papers, help="档案表（默认）、家庭情况信息采集表、核对承诺授权书")
    command = add("list", _list, "列出档案")
    command.add_argument("--search", default="", metavar="TEXT", help="姓名、拼音首字母、证件或电话号码")
    command = add("show", _show, "显示一份档案")
    command.add_argument("number", metavar="NO", help="档案编号、职工编号或身份证号")
    _add_stick_commands(add)
    duplicate_commands.add_command(add)
    policy_commands.add_commands(commands, add)
    command = add("check", _check, "体检：数据库、附件、备份、磁盘")
    command.set_defaults(unsound="体检发现有问题，请按上面的说明处理。")
    return parser


def _add_workbook_commands(add: Callable[..., Any]) -> None:
    command = add("import-workbook", _import, "导入 Excel")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--dry-run", action="store_true", help="只试算，不保存")
    command.add_argument("--report", type=Path, metavar="OUT.xlsx", help="保存标出错误的工作簿")
    command = add("export-workbook", _export_workbook, "导出 Excel")
    command.add_argument("out", type=Path, metavar="OUT")
    command.add_argument("--layout", choices=["flat", "form", "template"], default="flat")


def _add_stick_commands(add: Callable[..., Any]) -> None:
    command = add("card", _card, "导出本单位名片")
    command.add_argument("out", type=Path, metavar="OUT")
    command = add("enrol", _enrol, "登记上级或下级单位")
    command.add_argument("card", type=Path, metavar="CARD")
    command = add("export-bundle", _export_bundle, "导出数据包")
    command.add_argument("out", type=Path, metavar="OUT_DIR")
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--all", action="store_true", help="全部档案")
    choice.add_argument("--unsubmitted", action="store_true", help="未上报的档案（默认）")
    command = add("zip", _zip, "给没有暖档的上级：报送资料包（密码压缩包）")
    command.add_argument("out", type=Path, metavar="OUT.zip")
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--all", action="store_true", help="全部档案")
    choice.add_argument("--unsubmitted", action="store_true", help="未上报的档案（默认）")
    numbers = "选定的几户：档案编号、职工编号或身份证号"
    choice.add_argument("--archive", nargs="+", metavar="NO", help=numbers)
    command = add("receive", _receive, "收取数据包或回执")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--dry-run", action="store_true", help="只预览，不写入")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        body, text = parsed.run(parsed)
    except NuandangError as fault:
        print(fault.text(), file=sys.stderr)
        if parsed.json:
            print(json.dumps({"error": {"code": fault.code, "message": fault.text()}}, ensure_ascii=False))
        return 1
    except KeyboardInterrupt:
        print("已中断，没做完的这一步没有保存。", file=sys.stderr)
        return 130
    _tell(json.dumps(body, ensure_ascii=False, indent=1) if parsed.json else text)
    if body.get("sound", True):
        return 0
    print(parsed.unsound, file=sys.stderr)
    return 1


def _tell(answer: str) -> None:
    """Print the answer. What was done is done, also if nobody reads on (``| head``) or the console lacks a character."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        print(answer, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end


if __name__ == "__main__":
    sys.exit(main())
