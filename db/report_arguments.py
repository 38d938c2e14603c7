"""What the commands about statistical tables, the cross-table and texts take."""

import argparse
from collections.abc import Callable
from pathlib import Path

from db.command_choices import CROSS_SUBJECTS, listed


def add_report_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add ``report`` and ``report-table``."""
    command = add("report", "report_commands.report", "统计表：列出、计算、存成 PDF 或 Excel")
    command.add_argument("name", nargs="?", default="", metavar="NAME", help="哪一张，如 tuition；不写则列出")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--period", default="", metavar="PERIOD", help="2022、2022H1、2022Q3 或 2022-07；不写为今年")
    command.add_argument("--from", dest="begins", default="", metavar="DATE", help="从哪天起；不写为 1 月 1 日")
    command.add_argument("--to", dest="ends", default="", metavar="DATE", help="截止到哪天；不写照表上的截止日")
    command.add_argument("--unit", default="", choices=("yuan", "wan"), help="金额用元还是万元（表上可选的）")
    command.add_argument("--reporter", default="", metavar="NAME", help="填报人")
    command.add_argument("--phone", default="", metavar="NUMBER", help="联系电话")
    command.add_argument("--freeze", action="store_true", help="留一份上报时的样子")
    command = add(
        "report-table", "report_commands.report_table", "自己的统计表样：读入、写出、删除；不写选项则列出可以统计的数"
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--take", type=Path, metavar="FILE.toml", help="读入一张表样")
    which.add_argument("--write", nargs=2, metavar=("NAME", "FILE.toml"), help="把一张表样写出来，改好再读入")
    which.add_argument("--remove", metavar="NAME", help="删除一张自己的表样")
    command = add("report-copies", "report_commands.copies", "上报稿：列出留存过的统计表和交叉表；写了编号，列出现在差在哪里")
    command.add_argument("copy", nargs="?", default="", metavar="ID", help="哪一份：不写编号时列出来的编号")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="把上报时的样子存成 PDF 或 Excel")


def add_cross_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "cross", "cross_commands.cross", "交叉表：自己选行、列和数，存成 PDF 或 Excel；不写 --rows 则列出可以选的"
    )
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    subjects = listed("数什么", CROSS_SUBJECTS)
    command.add_argument("--of", choices=CROSS_SUBJECTS, default="households", metavar="SUBJECT", help=subjects)
    command.add_argument("--rows", default="", metavar="KEY", help="行按什么分")
    command.add_argument("--columns", default="", metavar="KEY", help="列按什么分；不写则只有合计一列")
    command.add_argument("--measure", default="", metavar="KEY", help="格子里是什么数，如 money；不写为第一种")
    command.add_argument("--only", action="append", default=[], metavar="KEY=CODE[,CODE]", help="只算这些，可以写几次")
    command.add_argument("--share", choices=("row", "column", "all"), default="", help="另列百分比：占本行、本列或总数")
    command.add_argument("--period", default="", metavar="PERIOD", help="2022、2022H1、2022Q3 或 2022-07；不写为今年")
    command.add_argument("--from", dest="begins", default="", metavar="DATE", help="从哪天起")
    command.add_argument("--to", dest="ends", default="", metavar="DATE", help="截止到哪天")
    command.add_argument("--freeze", action="store_true", help="留一份上报时的样子")
    command = add(
        "draft-text",
        "cross_commands.draft_text",
        "文稿：总结、经验做法、典型案例，数字填好，存成 Word；不写 KIND 则列出",
    )
    command.add_argument("kind", nargs="?", default="", metavar="KIND", help="哪一种，如 annual")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.docx", help="存成哪个 Word")
    command.add_argument("--period", default="", metavar="PERIOD", help="2022、2022H1、2022Q3 或 2022-07；不写为今年")
    command.add_argument(
        "--archive", action="append", default=[], metavar="NUMBER", help="典型案例写哪一户，可以写几次"
    )
    command = add("text-file", "cross_commands.text_file", "自己的文稿样：读入、写出、删除；不写选项则列出文稿里可以写的数")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--take", type=Path, metavar="FILE.toml", help="读入一份文稿样")
    which.add_argument("--write", nargs=2, metavar=("NAME", "FILE.toml"), help="把一份文稿样写出来，改好再读入")
    which.add_argument("--remove", metavar="NAME", help="删除一份自己的文稿样")
