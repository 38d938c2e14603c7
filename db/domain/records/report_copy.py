"""A statistical table as an office handed it in: with its figures and the form of its day, so that the office above can open it."""

from db.domain.field_makers import STAR, count, day, long_text, text
from db.domain.form_schema import Section
from db.domain.records.record_form import RecordForm, RecordKind

_LONGEST = 2_000_000

REPORT_COPY = RecordForm(
    kind=RecordKind.REPORT_COPY,
    title="上报的统计表",
    edition="report-copy-1",
    day="handed_in_on",
    of_archive=False,
    line=lambda content: f"上报稿：{content.text('title')}",
    sections=(
        Section(
            key="copy",
            title="上报的统计表",
            fields=(
                text("copy_id", "编号", required=STAR),
                text("report_id", "代号", required=STAR),
                text("title", "表名", required=STAR, limit=300),
                day("handed_in_on", "留存日期", required=STAR),
                count("year", "年度", required=STAR),
                day("begins", "统计从", required=STAR, may_lie_ahead=True),
                day("ends", "到", required=STAR, may_lie_ahead=True),
                text("made_at", "留存时间", required=STAR),
                text("clerk_name", "经办人", required=STAR),
                long_text("note", "说明"),
                long_text("offices", "统计的单位", required=STAR, limit=_LONGEST),
                long_text("figures", "各数", required=STAR, limit=_LONGEST),
                long_text("layout", "表样", required=STAR, limit=_LONGEST),
            ),
        ),
    ),
)
