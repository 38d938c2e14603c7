"""The household an official paper is about, and what has been said of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.paper_layout import Amount, Band, Cell, HeadEntry
from db.domain.records.record_form import RecordContent

LEVELS = (
    ("grassroots", "基层工会意见\n（含公示结果）"),
    ("middle", "主管工会意见"),
    ("county", "县（区）总工会\n审批意见"),
)
"""Who gives an opinion on an application or a closing, from below."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that discussed a household, or the appraisal before the fast track."""

    on: str
    present: str
    opinion: str
    agreed: bool
    appraisal: str = ""


@dataclass(frozen=True, slots=True)
class PaperSubject:
    """One household on a paper; everything may be empty, then it is filled in by hand."""

    office_name: str = ""
    archive_number: str = ""
    content: ArchiveContent = field(default_factory=ArchiveContent)
    class_words: str = ""
    """The class decided upon, else that of the form."""
    matter: str = ""
    """What is being decided: 建档, 调档, 退档, 返困建档."""
    meeting: Meeting | None = None
    comparison: str = ""
    visit: str = ""
    notice: str = ""
    """From when to when it hung where, and what came of it."""
    opinions: Mapping[str, str] = field(default_factory=dict)
    """By the codes of :data:`LEVELS`."""
    application: RecordContent | None = None
    """What it asks for; None where nothing was recorded."""
    before: ArchiveContent | None = None
    """The form as it stood when the household came on file."""
    reason: str = ""
    """Code of the reason for which it leaves."""
    reason_note: str = ""
    evidence: tuple[str, ...] = ()
    """What lies in the file as evidence of that."""

    def shown(self, key: str) -> str:
        """An answer of the form as people read it; empty for none."""
        return form_words(self.content, key)

    def amount(self, key: str) -> Amount:
        """An amount of the form."""
        value = self.content.values.get(key)
        return Amount(value if isinstance(value, int) else None)

    @property
    def household_size(self) -> int | None:
        """How many live together; None on a blank paper."""
        size = self.content.values.get("household_size")
        if isinstance(size, int):
            return size
        return len(self.content.members) + 1 if self.content.values else None


def form_words(content: ArchiveContent, key: str) -> str:
    """An answer of the Archive Form as people read it; empty for none."""
    value = content.values.get(key)
    return "" if value is None or value == "" else format_value(ARCHIVE_FORM.field(key), value)


def heads(subject: PaperSubject, caption: str = "填报单位：", day: str = "") -> tuple[HeadEntry, ...]:
    """The line above the grid: office, number, and the day, which is written by hand where it is not known."""
    return (
        HeadEntry(caption, subject.office_name, 82),
        HeadEntry("档案编号：", subject.archive_number, 52),
        HeadEntry("填表日期：", day, 46),
    )


def row(*cells: tuple[str, str | int | Amount | None], caption: float = 22.0) -> Band:
    """Cells that share the width of the grid evenly."""
    value = round(180.0 / len(cells) - caption, 1)
    return Band(tuple(Cell(words, entry, caption, value) for words, entry in cells))


def identity_rows(subject: PaperSubject) -> tuple[Band, ...]:
    """Who the worker is: the rows every paper about one household begins with."""
    return (
        row(("姓名", subject.shown("name")), ("性别", subject.shown("sex")), ("出生日期", subject.shown("birth_on"))),
        row(("身份证号", subject.content.text("id_number")), ("手机号码", subject.content.text("mobile_phone"))),
        row(("工作单位", subject.shown("employer")), ("工作状态", subject.shown("work_status"))),
    )
