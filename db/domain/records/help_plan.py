"""A household's yearly plan and the measures taken for it (一户一计划、一户一措施; S000-30, S003-13)."""

from collections.abc import Iterator

from db.domain.field_makers import STAR, choice, count, day, long_text, text
from db.domain.form_schema import Section
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


def _check_plan(content: RecordContent, _today: str) -> Iterator[Problem]:
    made, until = content.text("made_on"), content.text("until")
    if made and until and until < made:
        yield problem("ends_before_begin", "until", day=made)
    year = content.values.get("year")
    if isinstance(year, int) and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        yield problem("plan_year", "year", year=year)


HELP_PLAN = RecordForm(
    kind=RecordKind.HELP_PLAN,
    title="帮扶计划",
    edition="help-plan-1",
    day="made_on",
    ends="until",
    line=lambda content: f"{content.text('year')} 年帮扶计划：{content.text('goal')}",
    check=_check_plan,
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


def _check_measure(content: RecordContent, _today: str) -> Iterator[Problem]:
    planned = content.text("planned_on")
    for key in ("due_on", "done_on"):
        if planned and content.text(key) and content.text(key) < planned:
            yield problem("ends_before_begin", key, day=planned)


MEASURE = RecordForm(
    kind=RecordKind.MEASURE,
    title="帮扶措施",
    edition="measure-1",
    day="planned_on",
    ends="due_on",
    line=_measure_line,
    check=_check_measure,
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
