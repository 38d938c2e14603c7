"""The answers of a record in the making: typed, unread, wrong, in rows."""

from db.domain.form_flow import Place
from db.domain.form_schema import Value
from db.domain.means_flow import Person
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.record_form import RecordContent, record_problems
from desktop.records.records_flow import RecordAnswers

PEOPLE = [Person("worker", "张三"), Person("m1", "李四")]


def answers(**values: Value) -> RecordAnswers:
    """A visit being filled in."""
    return RecordAnswers(HOME_VISIT, RecordContent(dict(values)), people=PEOPLE)


def test_enter_text__keeps_what_cannot_be_read() -> None:
    """A text that is no day stays as it is, is told once the field was left, and makes no value."""
    flow = answers()
    day = Place("visited_on")
    flow.enter_text(day, "前天")
    assert flow.value(day) is None and flow.raw == {"visited_on": "前天"} and flow.shown_findings(day) == []
    flow.leave(day)
    assert "前天" in flow.shown_findings(day)[0].problem.message
    flow.enter_text(day, "2026.11.3")
    assert flow.value(day) == "2026-11-03" and not flow.unread() and flow.is_changed()


def test_rows__people_by_name_and_blank_rows_out() -> None:
    """A person is taken by name, a row left empty is no row, a row taken out takes its texts along."""
    flow = answers()
    first, second = flow.add_row("incomes"), flow.add_row("incomes")
    flow.enter_text(Place("person", first), "李四")
    flow.enter_text(Place("amount", first), "1万2千")
    assert flow.value(Place("person", first)) == "m1" and flow.raw
    flow.drop_blank_rows()
    assert flow.member_ids() == [first] and second not in flow.member_ids()
    flow.remove_row(first)
    assert flow.raw == {} and not flow.is_changed()


def test_show_faults__each_beside_its_field() -> None:
    """What saving finds stands at its place, also in the right row, and goes when the answer changes."""
    flow = answers(method="home", purpose="care", visited_on="2026-11-03")
    good, bad = flow.add_row("incomes"), flow.add_row("incomes")
    for row, amount in ((good, 100), (bad, None)):
        flow.enter_value(Place("person", row), "worker")
        flow.enter_value(Place("kind", row), "wage")
        flow.enter_value(Place("amount", row), amount)
    assert flow.show_faults(record_problems(HOME_VISIT, flow.content(), "2026-11-21")) == []
    places = [item.place for item in flow.findings()]
    assert places == [Place("visitors"), Place("amount", bad)]
    flow.enter_text(Place("visitors"), "王五、赵六")
    assert [item.place for item in flow.findings()] == [Place("amount", bad)]
