"""That payments were typed into the national system (S001-13): which, on what day, by whom. An entry of the office's register."""

from db.domain.field_makers import STAR, day, text
from db.domain.form_schema import Section
from db.domain.records.record_form import RecordForm, RecordKind

GRANTS = "grants"

AID_ENTRY = RecordForm(
    kind=RecordKind.AID_ENTRY,
    title="发放录入全国系统",
    edition="aid-entry-1",
    day="entered_on",
    of_archive=False,
    line=lambda content: f"{content.text('entered_on')} 录入全国系统 {len(content.rows.get(GRANTS, []))} 笔",
    sections=(
        Section(
            key="entry",
            title="录入全国系统",
            fields=(day("entered_on", "录入日期", required=STAR), text("note", "说明")),
        ),
        Section(
            key=GRANTS,
            title="录入的发放",
            repeats=True,
            fields=(text("grant_id", "救助编号", required=STAR),),
        ),
    ),
)
