"""A household's yearly plan and the measures taken for it (一户一计划、一户一措施; S000-30, S003-13)."""

from db.domain.field_makers import STAR, choice, count, day, long_text, text
from db.domain.form_schema import Section
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind

HELP_PLAN = RecordForm(
    kind=RecordKind.HELP_PLAN,
    title="帮扶计划",
    edition="help-plan-1",
    day="made_on",
    ends="until",
    line=lambda content: f"{content.text('year')} 年帮扶计划：{content.text('goal')}",
    sections=(
        Section(
            key="plan",
            title="帮扶计划",
            fields=(
                count("year", "年度", required=STAR),
                day("made_on", "制定日期", required=STAR),
                long_text("needs", "帮扶需求", required=STAR),
                long_text("goal", "帮扶目标", required=STAR),
                text("responsible", "帮扶责任人"),
                day("until", "计划完成日期", may_lie_ahead=True),
                long_text("note", "备注"),
            ),
        ),
    ),
)


def _measure_line(content: RecordContent) -> str:
    done = f"{content.text('done_on')} 完成" if content.text("done_on") else "还没有完成"
    return f"{option_list('measure_kind').label(content.text('measure_kind'))}：{content.text('content')}（{done}）"


MEASURE = RecordForm(
    kind=RecordKind.MEASURE,
    title="帮扶措施",
    edition="measure-1",
    day="planned_on",
    ends="due_on",
    line=_measure_line,
    sections=(
        Section(
            key="measure",
            title="帮扶措施",
            fields=(
                choice("measure_kind", "措施类别", "measure_kind", required=STAR),
                long_text("content", "具体措施", required=STAR),
                text("responsible", "责任人", required=STAR),
                day("planned_on", "确定日期", required=STAR),
                day("due_on", "计划完成日期", may_lie_ahead=True),
                day("done_on", "实际完成日期"),
                long_text("result", "落实情况和效果"),
            ),
        ),
    ),
)
