"""What the commands about students, graduates, services, funds, grants and payments take."""

import argparse
from collections.abc import Callable
from pathlib import Path

from db.command_choices import AID_PILES, listed
from db.services.command_parser import day


def add_student_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("students", "student_commands.list_students", "金秋助学：某年的学生和还没登记的，可存成登记表")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--year", type=int, metavar="YEAR", help="哪一年；不写为今年")
    command = add("student-list", "student_commands.write_list", "金秋助学汇总表，按版式存成 PDF 或 Excel")
    command.add_argument("out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument(
        "--layout", default="tuition_list", metavar="LAYOUT", help="版式；province_list 只列省总经费的"
    )
    command.add_argument("--year", type=int, metavar="YEAR", help="哪一年；不写为今年")
    command.add_argument("--until", type=day, default="", metavar="DATE", help="发放统计到哪一天；不写为年底")
    command = add(
        "student-notice", "student_commands.write_notice", "金秋助学公示名单（不登学生姓名），存成 PDF 或 Excel"
    )
    command.add_argument("out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--year", type=int, metavar="YEAR", help="哪一年；不写为今年")
    command.add_argument("--place", default="", metavar="PLACE", help="张贴地点")
    command.add_argument("--phone", default="", metavar="PHONE", help="异议受理电话")
    _add_employment_commands(add)


def _add_employment_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "graduates", "graduate_commands.list_graduates", "阳光就业：高校毕业生、该联系的、应登记的和目标，可存成附件2"
    )
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--year", type=int, metavar="YEAR", help="哪一年；不写为今年")
    words = "存什么：附件2、还没就业的名单"
    command.add_argument("--list", choices=("register", "missing"), default="register", help=words)
    command.add_argument("--from", dest="begins", type=day, default="", metavar="DATE", help="服务从哪天起；不写为 1 月 1 日")
    command.add_argument("--to", dest="ends", type=day, default="", metavar="DATE", help="服务到哪天；不写为今天或年底")
    command = add("graduate-import", "graduate_commands.import_graduates", "把填好的附件2读进登记")
    command.add_argument("file", type=Path, metavar="FILE.xlsx", help="填好的附件2")
    command.add_argument("--dry-run", action="store_true", help="只看结果，不登记")
    command.add_argument("--faults", type=Path, metavar="OUT.xlsx", help="有问题的行另存到这里")
    command = add("resume", "graduate_commands.write_resume", "一位毕业生的简历，一页")
    command.add_argument("number", metavar="ID_NUMBER", help="身份证号")
    command.add_argument("out", type=Path, metavar="OUT.pdf|OUT.docx", help="存成哪个 PDF 或 Word")
    command = add("services", "service_commands.list_services", "法律援助、转介、互助保障、就业服务，可存成台账")
    command.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf|OUT.xlsx", help="存成哪个 PDF 或 Excel")
    command.add_argument("--year", type=int, metavar="YEAR", help="哪一年；不写为今年")
    command.add_argument("--waiting", action="store_true", help="只列等答复的，不论哪一年")


def add_aid_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("funds", "aid_commands.list_funds", "资金来源：到账、已批准、已支出、结余；一项资金的台账")
    command.add_argument("--ledger", default="", metavar="NAME", help="列出这项资金的台账")
    command.add_argument("--out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="同时存成文件")
    command = add("grants", "aid_commands.list_grants", "救助：批准了什么、发放到哪一步、合计多少")
    command.add_argument(
        "--state", choices=AID_PILES, default="all", metavar="STATE", help=listed("只列到这一步的", AID_PILES)
    )
    command.add_argument("--item", metavar="ITEM", help="只列这一项，如 living、medical")
    command.add_argument("--year", type=int, metavar="YEAR", help="只列这一年批准的")
    command.add_argument("--not-entered", action="store_true", help="只列已经发放、还没有录入全国系统的")
    command.add_argument("--note-entered", action="store_true", help="把 --not-entered 列出的记为今天已录入全国系统")
    command.add_argument("--out", type=Path, metavar="OUT.xlsx", help="同时存成 Excel")
    command = add(
        "programmes", "programme_commands.list_programmes", "帮扶活动：每项的户数、人数、金额；一项的对象、名额和发放表"
    )
    command.add_argument("name", nargs="?", default="", metavar="NAME", help="哪一项活动；不写则列出全部")
    command.add_argument("--year", type=int, metavar="YEAR", help="只列这一年的")
    command.add_argument("--out", type=Path, metavar="OUT.pdf|OUT.xlsx", help="写了活动存发放表，没写存活动汇总表")
    command.add_argument("--blank", action="store_true", help="发放表留空，带去现场填")
    command = add("roster", "aid_commands.roster", "发放名册：写成银行文件，或者存成 PDF、Excel")
    command.add_argument("number", metavar="NUMBER", help="名册编号，如 发2026-001")
    command.add_argument("out", type=Path, metavar="OUT", help="存成哪个文件")
    command.add_argument(
        "--layout", default="", metavar="LAYOUT", help="银行文件的版式（要已审批）；不写则按后缀存 .pdf 或 .xlsx"
    )
    command.add_argument(
        "--again", default="", metavar="REASON", help="已经写过银行文件的：为什么再写一份，记在日志和时间轴里"
    )
    command = add("reconcile", "aid_commands.reconcile", "读入银行回盘，登记每一笔的结果")
    command.add_argument("number", metavar="NUMBER", help="名册编号")
    command.add_argument("file", type=Path, metavar="FILE", help="银行返回的文件")
    command.add_argument("--layout", default="", metavar="LAYOUT", help="版式（默认：送银行时用的）")
    command.add_argument("--dry-run", action="store_true", help="只试算，不登记")
    command.add_argument("--paid-on", default="", metavar="DATE", help="发放日期（默认：今天）")
    command.add_argument("--only-failures", action="store_true", help="银行只列出失败的，没有列出的都算成功")
    command.set_defaults(unsound="回盘里有没有采用的行，请按上面的说明向银行核对。")
