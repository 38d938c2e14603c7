"""Keeping the archives themselves: hand-over to another keeper, and destruction after ten years (requirements §e, P23)."""

import re
from collections.abc import Iterable

from db.domain.field_makers import STAR, count, day, long_text, text
from db.domain.form_schema import Section
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

_BETWEEN = re.compile(r"[、，,；;\s]+")


def names_in(text: str) -> list[str]:
    """The names of a list of people, however they are parted."""
    return [name for name in _BETWEEN.split(text) if name]


def _two_watch(content: RecordContent, _today: str) -> Iterable[Problem]:
    if content.text("supervisors") and len(set(names_in(content.text("supervisors")))) < 2:
        yield problem("keeping_two", "supervisors")


def _two_people(content: RecordContent, _today: str) -> Iterable[Problem]:
    if content.text("to_name") and content.text("to_name") == content.text("from_name"):
        yield problem("keeping_same", "to_name")

KEEPER = RecordForm(
    kind=RecordKind.KEEPER,
    title="档案保管移交记录",
    edition="keeper-1",
    day="handed_on",
    of_archive=False,
    check=_two_people,
    line=lambda content: f"{content.text('handed_on')} 由{content.text('from_name')}移交给{content.text('to_name')}",
    sections=(
        Section(
            key="keeper",
            title="档案保管移交",
            fields=(
                day("handed_on", "移交日期", required=STAR),
                text("from_name", "移交人", required=STAR),
                text("to_name", "接收人", required=STAR),
                text("supervised_by", "监交人", required=STAR),
                text("reason", "移交原因", required=STAR),
                count("archives", "电子档案", unit="户", required=STAR),
                count("paper_files", "纸质档案", unit="卷"),
                long_text("open_matters", "未办结的事项"),
                long_text("note", "备注"),
            ),
        ),
    ),
)


def _destroyed(content: RecordContent) -> str:
    return f"{content.text('destroyed_on')} 销毁 {len(content.rows.get('archives', []))} 户档案，批准：{content.text('approved_by')}"


DESTRUCTION = RecordForm(
    kind=RecordKind.DESTRUCTION,
    title="档案销毁清册",
    edition="destruction-1",
    day="destroyed_on",
    of_archive=False,
    check=_two_watch,
    line=_destroyed,
    sections=(
        Section(
            key="destruction",
            title="档案销毁",
            fields=(
                day("destroyed_on", "销毁日期", required=STAR),
                text("approved_by", "批准人", required=STAR),
                text("approval", "批准文件", required=STAR),
                text("destroyers", "销毁人", required=STAR),
                text("supervisors", "监销人", required=STAR, help="两人以上监销。"),
                long_text("note", "备注"),
            ),
        ),
        Section(
            key="archives",
            title="销毁的档案",
            repeats=True,
            fields=(
                text("archive_number", "档案编号", required=STAR),
                day("exited_on", "撤档日期", required=STAR),
                count("revisions", "历次版本"),
                count("papers", "附件"),
            ),
        ),
        Section(
            key="backups",
            title="还留有这些档案的备份",
            repeats=True,
            fields=(
                day("made_on", "备份日期"),
                text("place", "存放位置", limit=1000),
                text("state", "处理情况"),
                day("gone_on", "处理日期"),
                text("gone_by", "经手人"),
            ),
        ),
    ),
)
"""What remains of destroyed archives: their numbers and dates, nobody's name; and what became of backups that held them."""
