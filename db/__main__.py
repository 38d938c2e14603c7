"""Command line over the same services as the screen: for IT staff, batch work and tests.

``python -m db COMMAND …``; every command takes ``--json``. Exit status 0 done, 1 the user must act (message on
stderr), 2 wrong usage, 130 interrupted. The passphrase comes from ``NUANDANG_PASSPHRASE`` or a prompt, never from
the arguments.

Only the parser stands here. A command is named by module and function, and its module is loaded when it runs: help and
wrong usage need not wait for the services.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.aid_arguments import add_aid_commands, add_student_commands
from db.command_choices import (
    CASE_DUES,
    CASE_PAPERS,
    CASE_STAGES,
    EVENT_KINDS,
    FORMS,
    HIGHEST_SCORE,
    LEAST_SCORE,
    MONITORING_STATES,
    PAIRING_PILES,
    STANDINGS,
    listed,
)
from db.command_files import Outputs
from db.errors import NuandangError
from db.report_arguments import add_cross_commands, add_report_commands
from db.services.command_parser import CommandParser, count, day
from db.services.sign_in import LEVELS

if TYPE_CHECKING:
    from db.command_office import Answer

AFTERWORD = """\
DIR 是单位文件夹，NO 是档案编号、职工编号或身份证号，DATE 写成 2026-05-20，要写出的文件按后缀决定格式。
口令从环境变量 NUANDANG_PASSPHRASE 读，没有就当场问，不写在命令里。几位经办人的口令各不相同，用谁的就是谁在办。
每个命令都可以加 --json，输出给别的程序读的 JSON。结束状态：0 办好了，1 要您处理（原因写在错误输出里），2 命令写得不对。
一个命令怎样写，见：命令 --help。"""

# -- parsing -----------------------------------------------------------------------------------------------------


class _Commands:
    """Adds commands, to the command line itself or to a group such as ``policy``."""

    def __init__(self, among: Any) -> None:
        self._among = among

    def __call__(self, name: str, run: str, text: str, *, office_first: bool = True) -> argparse.ArgumentParser:
        """The parser of a further command, which runs ``module.function`` *run*."""
        command: argparse.ArgumentParser = self._among.add_parser(name, help=text, description=text)
        command.set_defaults(run=run, line=command)
        command.add_argument("--json", action="store_true", help="输出 JSON")
        if office_first:
            command.add_argument("office", type=Path, metavar="DIR", help="单位数据文件夹")
        return command

    def group(self, name: str, text: str, description: str) -> "_Commands":
        """A command with commands of its own."""
        group = self._among.add_parser(name, help=text, description=description)
        return _Commands(group.add_subparsers(dest=f"{name}_command", required=True, metavar="动作"))


class _InPlaceOf(argparse.Action):
    """An argument that makes others, otherwise needed, unnecessary."""

    def __init__(self, *, instead: tuple[argparse.Action, ...], **named: Any) -> None:
        super().__init__(**named)
        self._instead = instead

    def __call__(self, line: argparse.ArgumentParser, found: argparse.Namespace, value: Any, name: Any = None) -> None:
        """Take the value."""
        setattr(found, self.dest, value)
        for other in self._instead:
            other.required = False


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    program = "nuandang-cli" if hasattr(sys, "frozen") else "python -m db"
    line = CommandParser(prog=program, description="暖档命令行：与窗口程序相同的功能，不需要屏幕。", epilog=AFTERWORD)
    add = _Commands(line.add_subparsers(dest="command", required=True, metavar="命令"))
    _add_office_commands(add)
    _add_workbook_commands(add)
    _add_archive_commands(add)
    _add_stick_commands(add)
    _add_answer_commands(add)
    _add_visit_commands(add)
    _add_review(add)
    _add_duplicates(add)
    _add_moves(add)
    _add_policy_commands(add.group("policy", "政策：列出、检查、导出、收下、选用", "政策文件"))
    _add_household_commands(add)
    _add_case_commands(add)
    _add_monitor_command(add)
    _add_evaluation_command(add)
    _add_enterprise_command(add)
    _add_pairing_commands(add)
    _add_evidence_commands(add)
    _add_due_commands(add)
    _add_paper_commands(add)
    add_report_commands(add)
    add_cross_commands(add)
    add_student_commands(add)
    add_aid_commands(add)
    command = add("check", "office_commands.check", "体检：数据库、附件、备份、磁盘")
    command.set_defaults(unsound="体检发现有问题，请按上面的说明处理。")
    command = add("backup", "backup_commands.back_up", "备份：备在本机，或者备到另一个盘")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT_DIR", help="备到哪个文件夹或 U 盘；不写就备在单位文件夹里")
    command = add("restore", "backup_commands.restore", "从备份恢复，用备份那时的口令或恢复码", office_first=False)
    command.add_argument("backup", type=Path, metavar="BACKUP", help="备份的文件夹；里面不止一份时，写到那一份")
    command.add_argument("office", type=Path, metavar="DIR", help="恢复到哪里：空文件夹，或者同一单位的文件夹（先关好程序）")
    return line


def _add_office_commands(add: _Commands) -> None:
    command = add("init", "office_commands.init", "建立单位")
    named = command.add_argument("--name", required=True, help="单位全称（外出电脑：它的名称）")
    level = command.add_argument(
        "--level", required=True, choices=LEVELS, metavar="LEVEL", help=listed("单位级别", LEVELS)
    )
    region = command.add_argument("--region", required=True, help="行政区划代码，6 位或 9 位")
    command.add_argument("--parent", default="", help="上级单位的名称；没有就不写")
    command.add_argument("--clerk", default="管理员", help="第一位经办人；不写为“管理员”")
    laptop = "设成外出走访用的电脑：办公室电脑导出的单位名片，单位名称、级别、区划都照它"
    command.add_argument(
        "--laptop-of", type=Path, metavar="CARD", action=_InPlaceOf, instead=(named, level, region), help=laptop
    )
    command = add("describe", "office_commands.describe", "列出表样的栏目", office_first=False)
    forms = listed("哪一份", FORMS)
    command.add_argument("--form", default="archive_form", choices=FORMS, metavar="FORM", help=f"{forms}；不写为档案表")
    command = add("demo", "office_commands.demo", "加入虚构家庭，用于演示和测试")
    command.add_argument("--households", type=count, default=60, metavar="N", help="多少户（默认 60）")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="同样的数编出同样的家庭（默认 1）")


def _add_workbook_commands(add: _Commands) -> None:
    command = add("import-workbook", "office_commands.import_workbook", "导入 Excel")
    command.add_argument("file", type=Path, metavar="FILE", help="要导入的 .xlsx、.xls 或 .ods")
    command.add_argument("--dry-run", action="store_true", help="只试算，不保存")
    command.add_argument("--leads", action="store_true", help="摸底名单：新建的记为摸底线索，可以没有身份证号")
    command.add_argument("--report", type=Path, metavar="OUT.xlsx", help="标出错误的工作簿存到这里")
    command = add("export-workbook", "office_commands.export_workbook", "导出 Excel")
    command.add_argument("out", type=Path, metavar="OUT.xlsx", help="存成哪个 Excel")
    layouts = "flat 一人一行（默认），form 每户一张档案表，template 空白的导入模板"
    command.add_argument("--layout", choices=["flat", "form", "template"], default="flat", help=layouts)


def _add_archive_commands(add: _Commands) -> None:
    command = add("print", "office_commands.print_papers", "打印档案表等为 PDF")
    command.add_argument("out", type=Path, metavar="OUT.pdf", help="存成哪个文件")
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--archive", metavar="NO", help="一户：档案编号、职工编号或身份证号")
    choice.add_argument("--all", action="store_true", help="全部（默认）")
    choice.add_argument("--blank", action="store_true", help="空白表")
    papers = {"form": "档案表（默认）", "means": "家庭情况信息采集表", "consent": "核对承诺授权书"}
    command.add_argument("--paper", default="form", choices=papers, metavar="PAPER", help=listed("哪一种", papers))
    command = add("list", "office_commands.list_archives", "列出档案")
    command.add_argument("--search", default="", metavar="TEXT", help="姓名、拼音首字母、证件或电话号码")
    command = add("show", "office_commands.show", "显示一份档案")
    command.add_argument("number", metavar="NO", help="档案编号、职工编号或身份证号")


def _add_stick_commands(add: _Commands) -> None:
    command = add("card", "stick_commands.card", "导出本单位名片")
    command.add_argument("out", type=Path, metavar="OUT", help="名片的文件，或存放它的文件夹")
    command = add("enrol", "stick_commands.enrol", "登记上级或下级单位")
    command.add_argument("card", type=Path, metavar="CARD", help="对方的名片文件")
    command.add_argument("--replace", action="store_true", help="对方换了密钥：电话核对新指纹后，换成新名片")
    _add_key_commands(add)
    command = add("export-bundle", "stick_commands.export_bundle", "导出数据包")
    command.add_argument("out", type=Path, metavar="OUT_DIR", help="写到哪个文件夹或 U 盘")
    _add_extent(command)
    command = add("zip", "stick_commands.zip_package", "给没有暖档的上级：报送资料包（密码压缩包）")
    command.add_argument("out", type=Path, metavar="OUT.zip", help="存成哪个压缩包")
    numbers = "选定的几户：档案编号、职工编号或身份证号"
    _add_extent(command).add_argument("--archive", nargs="+", metavar="NO", help=numbers)
    command = add("receive", "receive_commands.receive", "收取数据包、下发的结果或回执，可以一次收很多")
    command.add_argument("files", type=Path, metavar="FILE", nargs="+", help="文件，或存放它们的文件夹、U 盘")
    command.add_argument("--dry-run", action="store_true", help="只预览，不写入")
    command.set_defaults(unsound="有的数据包没有收，原因见上面。")
    command = add("receive-report", "receive_commands.report", "把某一天的接收结果存成 PDF 或 Excel")
    command.add_argument("out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--on", default="", metavar="DATE", help="哪一天收的，如 2026-05-20；不写为最近一次接收的那天")
    command = add("undo", "receive_commands.undo", "撤销最近一次接收（之后没有依赖它的操作时）")
    command.add_argument("--dry-run", action="store_true", help="只看撤销会怎样，不撤销")
    command = add("receipt", "stick_commands.receipt", "重写已收数据包的回执（回执没有写成，或 U 盘丢了）")
    command.add_argument("number", type=int, metavar="NUMBER", help="第几包")
    command.add_argument("out", type=Path, metavar="OUT_DIR", help="写到哪个文件夹或 U 盘")
    command.add_argument("--sender", default="", metavar="NAME", help="哪个单位的包；几个单位都有这一包时要写")


def _add_visit_commands(add: _Commands) -> None:
    command = add("checkout", "visit_commands.checkout", "带出：把档案写进外出包，带到外出电脑上")
    command.add_argument("out", type=Path, metavar="OUT_DIR", help="写到哪个文件夹或 U 盘")
    command.add_argument("--laptop", default="", metavar="NAME", help="外出电脑的名称；只登记了一台时可以不写")
    command.add_argument("--archive", nargs="+", required=True, metavar="NO", help="档案编号、职工编号或身份证号")
    command.add_argument("--read", action="store_true", help="只能查看，不能修改")
    command.add_argument("--again", action="store_true", help="已经带出、还没有带回的，也重新带出")
    command = add("checkin", "visit_commands.checkin", "带回：在外出电脑上写带回包，交办公室电脑收取")
    command.add_argument("out", type=Path, metavar="OUT_DIR", help="写到哪个文件夹或 U 盘")
    command.add_argument("--all", action="store_true", help="办公室已收的也再带一次（办公室电脑恢复过备份时）")
    add("out", "visit_commands.out", "列出外出中的档案")
    add("conflicts", "visit_commands.list_conflicts", "列出两份不同、等待选定的档案")


def _add_key_commands(add: _Commands) -> None:
    add("partners", "stick_commands.partners", "列出登记过的单位和指纹")
    command = add("revoke", "stick_commands.revoke", "停用一个单位的密钥（它的电脑丢失或被盗）")
    command.add_argument("partner", metavar="NAME", help="单位名称")
    command.add_argument("--reason", required=True, help="原因，如“电脑丢失”")
    command = add("renew-keys", "stick_commands.renew_keys", "更换本单位的密钥（本单位的电脑丢失或被盗），并导出新名片")
    command.add_argument("out", type=Path, metavar="OUT", help="新名片的文件，或存放它的文件夹")
    command.add_argument("--reason", required=True, help="原因，如“电脑丢失”")
    command = add("number", "stick_commands.number", "让发给一个单位的包号接在它收过的那一包之后")
    command.add_argument("partner", metavar="NAME", help="单位名称")
    command.add_argument("last", type=int, metavar="NUMBER", help="对方收过的最后一包")


def _add_answer_commands(add: _Commands) -> None:
    command = add("answer", "answer_commands.answer", "下发：给下级单位写审核结果（连同政策、名额、通知、节假日）")
    command.add_argument("out", type=Path, metavar="OUT_DIR", help="写到哪个文件夹或 U 盘")
    command.add_argument("--to", default="", metavar="NAME", help="只给这个单位（默认：每个有内容可下发的下级单位）")
    command.add_argument("--full", action="store_true", help="连同它的全部档案：给恢复过备份、丢了档案的单位")
    _add_circular_commands(add.group("circular", "通知：列出、发出、收回", "发给下级单位的通知"))
    _add_quota_commands(add.group("quota", "名额：列出、定下、收回", "给下级单位的名额"))
    _add_calendar_commands(add.group("calendar", "节假日：列出、登记、改回", "放假调休安排"))


def _add_circular_commands(add: _Commands) -> None:
    command = add("list", "answer_commands.list_circulars", "列出通知")
    command.add_argument("--all", action="store_true", help="连同已收回的")
    command = add("issue", "answer_commands.issue_circular", "发一份通知，随下次下发带给下级单位")
    command.add_argument("--title", required=True, help="标题")
    command.add_argument("--text", required=True, help="内容")
    command.add_argument("--due", metavar="DATE", help="要在哪一天以前办")
    command.add_argument("--to", nargs="*", default=[], metavar="NAME", help="只给这些单位（默认：全部下级）")
    command = add("withdraw", "answer_commands.withdraw_circular", "收回一份通知")
    command.add_argument("id", metavar="ID", help="list 列出的编号")


def _add_quota_commands(add: _Commands) -> None:
    add("list", "answer_commands.list_quotas", "列出名额")
    command = add("set", "answer_commands.set_quota", "给一个下级单位定名额")
    command.add_argument("--to", required=True, metavar="NAME", help="哪个单位")
    command.add_argument("--year", required=True, type=int, help="哪一年")
    command.add_argument("--subject", required=True, help="什么名额：filed（本年新建档案）、政策里的代码，或自己的说法")
    command.add_argument("--amount", required=True, type=int, help="多少")
    command.add_argument("--unit", default="户", choices=["户", "人"], help="户还是人（默认 户）")
    command.add_argument("--note", default="", help="说明")
    command = add("withdraw", "answer_commands.withdraw_quota", "收回一个名额")
    command.add_argument("id", metavar="ID", help="list 列出的编号")


def _add_calendar_commands(add: _Commands) -> None:
    add("list", "answer_commands.list_calendars", "列出各年的放假调休安排")
    command = add("set", "answer_commands.set_calendar", "登记一年的安排，随下次下发带给下级单位")
    command.add_argument("year", type=int, metavar="YEAR", help="哪一年")
    command.add_argument(
        "file", type=Path, metavar="FILE.txt", help="每行一段：2027-01-01~2027-01-03 休，或 2027-01-04 班"
    )
    command.add_argument("--document", required=True, help="依据的通知")
    command = add("drop", "answer_commands.drop_calendar", "改回随程序的安排")
    command.add_argument("year", type=int, metavar="YEAR", help="哪一年")


def _add_extent(command: argparse.ArgumentParser) -> Any:
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--all", action="store_true", help="全部档案")
    choice.add_argument("--unsubmitted", action="store_true", help="未上报的档案（默认）")
    return choice


def _add_review(add: _Commands) -> None:
    command = add("review", "review_commands.review", "按填好的审核表审核下级报来的档案，或导出待审表")
    command.add_argument("file", type=Path, metavar="FILE", nargs="?", help="填好的审核表：.xlsx、.xls、.ods 或 .csv")
    command.add_argument("--dry-run", action="store_true", help="只试算，不保存")
    command.add_argument("--template", type=Path, metavar="OUT.xlsx", help="导出等着审核的档案，结果一栏空着")
    command.set_defaults(unsound="审核表里有的行没有审核，请按上面的说明改好，再读入一次。")


def _add_duplicates(add: _Commands) -> None:
    command = add(
        "duplicates", "duplicate_commands.list_duplicates", "查重：找出可能重复建档的人，列出还没有判定的各对"
    )
    text = f"只列不低于这个分数的，{LEAST_SCORE} 到 {HIGHEST_SCORE}（默认 {LEAST_SCORE}）"
    command.add_argument("--min-score", type=_score, default=LEAST_SCORE, metavar="N", help=text)


def _add_moves(add: _Commands) -> None:
    command = add("merge", "move_commands.merge", "合并：把第二份档案并入第一份，照建议取各栏")
    command.add_argument("kept", metavar="NO", help="保留的档案：档案编号、职工编号或身份证号")
    command.add_argument("merged", metavar="NO", help="并入的档案")
    command.add_argument("--reason", default="", help="说明")
    command = add("unmerge", "move_commands.unmerge", "撤销合并")
    command.add_argument("number", metavar="NO", help="并入或保留的档案")
    command.add_argument("--reason", default="", help="说明")
    command = add("hand-over", "move_commands.hand_over", "移交：申请把一户的档案转给别的单位")
    command.add_argument("number", metavar="NO", help="档案编号、职工编号或身份证号")
    command.add_argument("--to", default="", metavar="NAME", help="接收单位的全称")
    command.add_argument("--reason", default="", help="移交的原因")
    command.add_argument("--withdraw", action="store_true", help="撤回还没有上报的申请")
    command = add("hand-overs", "move_commands.hand_overs", "列出移交；上级用来办理下级的申请")
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--accept", metavar="NO", help="同意移交这份档案（用 --to 指定下级单位）")
    choice.add_argument("--refuse", metavar="NO", help="不同意移交这份档案（用 --note 写明原因）")
    command.add_argument("--to", default="", metavar="NAME", help="接收的下级单位")
    command.add_argument("--note", default="", help="说明")


def _score(text: str) -> int:
    if not text.isdigit() or not LEAST_SCORE <= int(text) <= HIGHEST_SCORE:
        raise argparse.ArgumentTypeError(f"要写 {LEAST_SCORE} 到 {HIGHEST_SCORE} 的整数")
    return int(text)


def _add_policy_commands(add: _Commands) -> None:
    command = add("list", "policy_commands.list_policies", "列出政策的版本、来源和没有写明的数字", office_first=False)
    command.add_argument("office", type=Path, metavar="DIR", nargs="?", help="单位数据文件夹；不写只列随程序的政策")
    command = add("check", "policy_commands.check", "检查政策文件，列出每一处错误", office_first=False)
    command.add_argument("path", type=Path, metavar="PATH", help="一个文件，或存放政策文件的文件夹")
    command.set_defaults(unsound="政策文件有错误，改正以前不能使用。")
    command = add("export", "policy_commands.export", "导出签名的政策文件，下发给下级单位")
    command.add_argument("pack", metavar="PACK", help="政策的代码，如 qianshan-2020")
    command.add_argument("out", type=Path, metavar="OUT", help="文件，或存放它的文件夹")
    command.add_argument("--standards", action="store_true", help="连同本单位登记的各地标准")
    command = add("accept", "policy_commands.accept", "收下上级签名的政策文件")
    command.add_argument("file", type=Path, metavar="FILE", help="上级给的政策文件")
    command.add_argument("--dry-run", action="store_true", help="只预览，不保存")
    command.add_argument("--unsigned", action="store_true", help="收下没有签名的 .toml 政策文件（由你确认来源）")
    command = add("choose", "policy_commands.choose", "选用一份政策")
    command.add_argument("pack", metavar="PACK", help="政策的代码；auto 为按地区自动选用")


def _add_household_commands(add: _Commands) -> None:
    assess = add("assess", "policy_commands.assess_household", "按政策认定一户并说明理由", office_first=False)
    cap = add("cap", "policy_commands.cap", "算一户某项救助最高多少", office_first=False)
    for command in (assess, cap):
        command.add_argument("office", type=Path, metavar="DIR", nargs="?", help="单位数据文件夹：用它的政策和标准")
        command.add_argument("--policy", required=True, metavar="PACK", help="政策的代码，或 pack.toml 文件")
        command.add_argument("--facts", type=Path, required=True, metavar="FACTS.json", help="家庭情况")
        command.add_argument("--on", required=True, metavar="DATE", help="按哪一天的政策，如 2020-06-01")
    cap.add_argument("--item", required=True, metavar="ITEM", help="救助项目的代码，如 living、tuition")


def _add_case_commands(add: _Commands) -> None:
    command = add("cases", "case_commands.list_cases", "办理：各户在哪个库、哪个环节，哪些到期")
    command.add_argument("--standing", choices=STANDINGS, metavar="POOL", help=listed("只列这个库的", STANDINGS))
    command.add_argument("--stage", choices=CASE_STAGES, metavar="STAGE", help=listed("只列到这个环节的", CASE_STAGES))
    command.add_argument("--due", choices=CASE_DUES, metavar="DUE", help=listed("只列要催办的", CASE_DUES))
    command = add("case", "case_commands.one_case", "一户的办理：现状、可以办什么、缺什么；或者办一步")
    command.add_argument("number", metavar="NO", help="档案编号、职工编号或身份证号")
    command.add_argument("act", nargs="?", metavar="ACT", help="办哪一步（不写只看现状）")
    command.add_argument("detail", nargs="*", metavar="KEY=VALUE", help="这一步要填的，如 reason=本人撤回")
    command.add_argument("--days", type=int, metavar="N", help="政策没有写明公示天数时填")


def _add_paper_commands(add: _Commands) -> None:
    command = add("paper", "paper_commands.paper", "办理用的表格，空白的或填好的，PDF 或 Excel")
    command.add_argument("paper", choices=CASE_PAPERS, metavar="PAPER", help=listed("哪一种", CASE_PAPERS))
    command.add_argument("out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument(
        "--archive", nargs="+", metavar="NO", help="哪几户：档案编号、职工编号或身份证号（不写为空白表）"
    )
    command = add("exits", "paper_commands.report", "退档情况：一段时间里谁退了档、什么原因、有没有依据")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--from", dest="begins", default="", metavar="DATE", help="从哪天起（默认：这个办理期）")
    command.add_argument("--to", dest="ends", default="", metavar="DATE", help="到哪天")


def _add_due_commands(add: _Commands) -> None:
    command = add("due", "due_commands.due", "到期：逾期的、今天的和往后几天的，各户的和本单位的")
    command.add_argument("--days", type=int, default=30, metavar="N", help="往后看几天（默认 30）")
    command.add_argument("--ics", type=Path, metavar="OUT.ics", help="另存为手机日历能读的文件（没有加密）")
    command.add_argument("--names", action="store_true", help="日历文件里写上户主姓名（默认只写户数）")
    notice = add.group("notice", "公示：列出、打印公示和公示结果", "公示")
    notice("list", "notice_commands.list_notices", "列出在公示环节的各户，哪些可以办结")
    for name, text in (("print", "打印张贴的公示"), ("result", "打印公示结果")):
        command = notice(
            name, f"notice_commands.print_{'notice' if name == 'print' else name}", f"{text}，PDF 或 Excel"
        )
        command.add_argument("out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
        numbers = "哪几户：档案编号、职工编号或身份证号" + ("（默认：公示中的全部）" if name == "print" else "")
        command.add_argument("--archive", nargs="+", metavar="NO", required=name == "result", help=numbers)


def _add_evidence_commands(add: _Commands) -> None:
    command = add("evidence", "evidence_commands.make_evidence", "取证：把一户的全部记录和材料装订成一份 PDF")
    command.add_argument("number", metavar="NO", nargs="+", help="档案编号、职工编号或身份证号；几户时每户一份")
    command.add_argument("out", type=Path, metavar="OUT", help="存成哪个 .pdf；几户时是存放它们的文件夹")
    command.add_argument("--masked", action="store_true", help="对外版：遮去号码、住址、病情和家庭成员姓名，不附影像")
    command.add_argument("--purpose", default="", metavar="TEXT", help="用途，印在封面上")
    command = add("fingerprint", "evidence_commands.check_fingerprint", "核对取证材料封面上的内容指纹")
    command.add_argument("number", metavar="NO", help="档案编号、职工编号或身份证号")
    command.add_argument("fingerprint", metavar="HEX", help="指纹，至少前 16 个字符")
    command.set_defaults(unsound="请先核对输入的指纹和档案编号；都对，就是有记录被改过。")
    command = add("timeline", "evidence_commands.show_timeline", "一户的全部经过，照先后列出")
    command.add_argument("number", metavar="NO", help="档案编号、职工编号或身份证号")
    command.add_argument(
        "--kind", nargs="+", default=[], choices=EVENT_KINDS, metavar="KIND", help=listed("只列这几类", EVENT_KINDS)
    )


def _add_monitor_command(add: _Commands) -> None:
    command = add("monitor", "monitor_commands.monitor", "动态监测：行动和进度、一次行动的名单、记录表和汇总表")
    command.add_argument("campaign", nargs="?", metavar="NAME", help="哪一次行动（名称；不写列出全部行动）")
    states = listed("只列这些", MONITORING_STATES)
    command.add_argument("--state", choices=MONITORING_STATES, default="all", metavar="STATE", help=states)
    command.add_argument("--open", action="store_true", help="确定监测对象；已经确定的，补入现在符合的家庭")
    command.add_argument(
        "--sheets", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把列出各户的记录表存成文件；不写行动时是空白表"
    )
    command.add_argument("--totals", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把汇总表存成文件")


def _add_enterprise_command(add: _Commands) -> None:
    command = add("enterprises", "monitor_commands.list_enterprises", "企业调查：列出、从 Excel 导入、导出、空白登记表")
    command.add_argument("--import", dest="bring", type=Path, metavar="FILE", help="读入登记表（.xlsx、.xls、.ods）")
    command.add_argument("--dry-run", action="store_true", help="只看会怎样，不写入")
    command.add_argument("--faults", type=Path, metavar="OUT.xlsx", help="有问题、没有导入的行另存到这里，每行写着原因")
    command.add_argument("--export", type=Path, metavar="OUT.xlsx", help="登记表存成 Excel")
    command.add_argument("--template", type=Path, metavar="OUT.xlsx", help="空白登记表存成 Excel")


def _add_evaluation_command(add: _Commands) -> None:
    command = add("evaluate", "evaluation_commands.evaluate", "第三方评估：随机抽样、核查表、读入结果、十项比率")
    command.add_argument("evaluation", nargs="?", metavar="NAME", help="哪一次评估（名称；不写列出全部）")
    command.add_argument(
        "--draw", nargs=3, type=int, metavar=("IN", "NOT", "OUT"), help="抽样：在档、未建档、已退档各抽多少户"
    )
    command.add_argument("--seed", help="抽样种子（不写就随机取一个）")
    command.add_argument("--exited-since", type=day, metavar="DATE", help="已退档的只抽这天以后的")
    command.add_argument("--sheet", type=Path, metavar="OUT.xlsx", help="把核查表写成 Excel")
    command.add_argument("--masked", action="store_true", help="核查表遮去姓名、住址和电话，给外单位")
    command.add_argument("--frame", type=Path, metavar="OUT.xlsx", help="把抽样名单写成 Excel，供重抽核对")
    command.add_argument(
        "--import", dest="bring", type=Path, metavar="FILE", help="读入填好的核查表（.xlsx、.xls、.ods）"
    )
    command.add_argument("--dry-run", action="store_true", help="只看读入会怎样，不写入")
    command.add_argument("--out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把评估结果存成文件")


def _add_pairing_commands(add: _Commands) -> None:
    command = add("pairing", "pairing_commands.list_pairings", "结对：覆盖率，谁家没有结对，联系和走访哪些到期")
    piles = listed("只列这些", PAIRING_PILES)
    command.add_argument("--pile", choices=PAIRING_PILES, default="all", metavar="PILE", help=piles)
    command.add_argument("--roster", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把列出各户的花名册存成文件")
    command.add_argument("--papers", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把列出各户的计划、措施、台帐存成文件")
    command.add_argument("--report", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把结对情况统计表存成文件")
    command.add_argument("--year", type=int, default=0, metavar="YEAR", help="统计哪一年（默认今年）")
    command.add_argument(
        "--ics", type=Path, metavar="OUT.ics", help="联系和走访的日期存为手机日历能读的文件（没有加密）"
    )
    command.add_argument("--names", action="store_true", help="日历文件里写上户主姓名（默认只写户数）")
    command = add("cadres", "pairing_commands.list_cadres", "帮扶干部：列出、从 Excel 导入、导出")
    command.add_argument("--import", dest="bring", type=Path, metavar="FILE", help="读入登记表（.xlsx、.xls、.ods）")
    command.add_argument("--dry-run", action="store_true", help="只看会怎样，不写入")
    command.add_argument("--export", type=Path, metavar="OUT.xlsx", help="导出")


# -- running -----------------------------------------------------------------------------------------------------


def command_function(name: str) -> "Callable[[argparse.Namespace], Answer]":
    """The function behind ``module.function``; its module, and with it the services, is loaded now."""
    module, _, function = name.partition(".")
    run: Callable[[argparse.Namespace], Answer] = getattr(import_module(f"db.{module}"), function)
    return run


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    parsed = parser().parse_args(arguments)
    try:
        outputs = Outputs(parsed, parsed.line.named)
        outputs.check()
        body, text = command_function(parsed.run)(parsed)
    except NuandangError as fault:
        print(fault.text(), file=sys.stderr)
        if parsed.json:
            print(json.dumps({"error": {"code": fault.code, "message": fault.text()}}, ensure_ascii=False))
        return 1
    except KeyboardInterrupt:
        print("已中断，没做完的这一步没有保存。", file=sys.stderr)
        return 130
    _tell(json.dumps(body, ensure_ascii=False, indent=1) if parsed.json else outputs.told(text))
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
