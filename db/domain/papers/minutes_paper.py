"""集体研究记录: one meeting of the committee about one or several households (S003-13; requirements §e stage 4)."""

from collections.abc import Callable, Sequence

from db.domain.paper_layout import (
    Entry,
    HeadEntry,
    Ledger,
    LedgerColumn,
    PaperLayout,
    Part,
    Signatures,
    TextRow,
)
from db.domain.papers.paper_subject import Meeting, PaperSubject, row

TITLE = "困难职工帮扶集体研究记录"
_COLUMNS = (
    LedgerColumn("序号", 11),
    LedgerColumn("姓名", 20),
    LedgerColumn("工作单位", 34, "left"),
    LedgerColumn("家庭人口", 13),
    LedgerColumn("人均月收入（元）", 22, "right"),
    LedgerColumn("主要致困原因", 28, "left"),
    LedgerColumn("拟办事项和类别", 30),
    LedgerColumn("研究意见", 22),
)
_BLANK_ROWS = 8


def minutes(subjects: Sequence[PaperSubject], office_name: str) -> PaperLayout:
    """The record of the meeting about *subjects*, who share it; with none of them, or none met yet, to be filled in."""
    met = subjects[0].meeting if subjects else None
    parts: list[Part] = [
        row(("会议时间", met.on if met else ""), ("会议地点", "")),
        row(("主持人", ""), ("记录人", "")),
        TextRow("参加人员", met.present if met else "", 14.0, 22.0),
        TextRow("议题", _matter(subjects), caption_width=22.0),
        Ledger(
            f"研究的家庭　{len(subjects)} 户" if subjects else "研究的家庭",
            _COLUMNS,
            [_row(number, subject) for number, subject in enumerate(subjects, 1)],
            blank=0 if subjects else _BLANK_ROWS,
            row_height=9.0,
        ),
    ]
    appraisals = _told(subjects, lambda meeting: meeting.appraisal)
    parts += [TextRow("民主评议", appraisals, caption_width=22.0)] if appraisals else []
    parts += [
        TextRow("核实情况", _verified(subjects), 20.0, 22.0),
        TextRow("讨论和决定", _told(subjects, lambda meeting: meeting.opinion), 40.0, 22.0),
        TextRow("参加人员签字", "", 24.0, 22.0),
        Signatures(("主持人签字：", "记录人签字：", "单位（盖章）："), columns=3),
    ]
    heads = (HeadEntry("研究单位：", office_name, 120), HeadEntry("记录编号：", "", 60))
    return PaperLayout(TITLE, heads, tuple(parts), name=met.on if met else TITLE)


def _matter(subjects: Sequence[PaperSubject]) -> str:
    if not subjects:
        return ""
    matters = "、".join(dict.fromkeys(subject.matter or "建档" for subject in subjects))
    return f"研究困难职工家庭{matters}，共 {len(subjects)} 户"


def _row(number: int, subject: PaperSubject) -> list[Entry]:
    met = subject.meeting
    return [
        number,
        subject.shown("name"),
        subject.shown("employer"),
        subject.household_size,
        subject.amount("per_capita_monthly_income"),
        subject.shown("main_hardship_cause"),
        f"{subject.matter or '建档'}：{subject.class_words or '--'}",
        ("同意" if met.agreed else "不同意") if met else "",
    ]


def _verified(subjects: Sequence[PaperSubject]) -> str:
    lines = []
    for subject in subjects:
        known = "；".join(part.strip("。；") for part in (subject.visit, subject.comparison) if part)
        lines += [f"{subject.shown('name')}：{known}。"] if known else []
    return "\n".join(lines)


def _told(subjects: Sequence[PaperSubject], part: Callable[[Meeting], str]) -> str:
    """What was said of each household; said of all alike, once."""
    told = [(subject.shown("name"), part(subject.meeting)) for subject in subjects if subject.meeting]
    words = {said for _, said in told if said}
    if len(words) == 1 and len(told) == len(subjects):
        return words.pop()
    return "\n".join(f"{name}：{said}" for name, said in told if said)
