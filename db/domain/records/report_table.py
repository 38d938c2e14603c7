"""A statistical table that an office has laid out itself: the text of its file, kept in a register and sent down with the answers."""

from db.domain.field_makers import STAR, day, long_text, text
from db.domain.form_schema import Section
from db.domain.records.record_form import RecordForm, RecordKind

LONGEST = 60_000
"""Characters a file may have."""

REPORT_TABLE = RecordForm(
    kind=RecordKind.REPORT_TABLE,
    title="统计表样",
    edition="report-table-1",
    day="taken_on",
    of_archive=False,
    goes_down=True,
    line=lambda content: content.text("title"),
    sections=(
        Section(
            key="table",
            title="统计表样",
            fields=(
                text("table_id", "代号", required=STAR),
                text("title", "表名", required=STAR, limit=200),
                day("taken_on", "读入日期", required=STAR),
                long_text("layout", "表样", required=STAR, limit=LONGEST),
            ),
        ),
    ),
)
