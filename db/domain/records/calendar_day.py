"""A day the office has written into its own year calendar, or its note that something due on a day is done.

What a policy or a circular sets stands in the calendar without an entry. A note *about* such a day, or about one
year's turn of an own day, says that it was dealt with.
"""

from db.domain.field_makers import STAR, count, day, long_text, text, yes_no
from db.domain.form_schema import Section
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind


def _line(content: RecordContent) -> str:
    done = f"（{content.text('done_on')} 办完）" if content.text("done_on") else ""
    return f"{content.text('day')} {content.text('title')}{done}"


CALENDAR_DAY = RecordForm(
    kind=RecordKind.CALENDAR_DAY,
    title="日历上的日子",
    edition="calendar-day-1",
    day="day",
    subject="about",
    of_archive=False,
    line=_line,
    sections=(
        Section(
            key="day",
            title="日历上的日子",
            fields=(
                text("title", "什么事", required=STAR, help="写事情，不写职工的姓名和证件号：导出到手机日历时会带上。"),
                day("day", "哪一天", required=STAR, may_lie_ahead=True),
                yes_no("yearly", "每年都有", help="选“是”，以后每年的这一天都提醒。"),
                count("remind_days", "提前几天提醒", unit="天", help="不填就在前一天提醒。"),
                long_text("note", "备注", limit=500),
                text("about", "关于哪一项", limit=200),
                day("done_on", "办完日期"),
            ),
        ),
    ),
)
