"""A text that an office drafts for itself: what its file says, kept in a register and sent down with the answers."""

from db.domain.field_makers import STAR, day, long_text, text
from db.domain.form_schema import Section
from db.domain.records.record_form import RecordForm, RecordKind

LONGEST = 60_000
"""Characters a file may have."""

REPORT_TEXT = RecordForm(
    kind=RecordKind.REPORT_TEXT,
    title="文稿样",
    edition="report-text-1",
    day="taken_on",
    of_archive=False,
    goes_down=True,
    line=lambda content: content.text("title"),
    sections=(
        Section(
            key="text",
            title="文稿样",
            fields=(
                text("text_id", "代号", required=STAR),
                text("title", "文稿名", required=STAR, limit=200),
                day("taken_on", "读入日期", required=STAR),
                long_text("layout", "文稿样", required=STAR, limit=LONGEST),
            ),
        ),
    ),
)
