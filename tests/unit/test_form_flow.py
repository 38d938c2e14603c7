"""The wizard's brain: states, derivation, visibility of problems, moving, members, confirmations."""

import pytest

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import Circumstances, new_content
from db.domain.form_flow import FormFlow, Place, StepState
from db.domain.validation import Severity, problem

AROUND = Circumstances("2026-11-21", "梅城镇总工会", "陈志强")
WORKER_ID = "11010519491231002X"
STEPS = {section.key: step for step, section in enumerate(ARCHIVE_FORM.sections)}


@pytest.fixture
def flow() -> FormFlow:
    """A new, empty form."""
    return FormFlow(ARCHIVE_FORM, new_content(AROUND), AROUND)


def filled(values: dict[str, object], members: list[dict[str, object]] | None = None) -> FormFlow:
    """A form with *values*."""
    return FormFlow(ARCHIVE_FORM, ArchiveContent(dict(values), list(members or [])), AROUND)  # type: ignore[arg-type]


def test_enter_text__normalises_and_derives(flow: FormFlow) -> None:
    """A full-width, spaced, lower-case number is taken, birth date and sex follow at once."""
    flow.enter_text(Place("id_number"), "１１０１０５ 19491231 002x")
    assert flow.value(Place("id_number")) == WORKER_ID
    assert flow.value(Place("birth_on")) == "1949-12-31"
    assert flow.is_derived(Place("sex"))
    assert Place("birth_on") not in flow.places(STEPS["worker"])


def test_enter_text__derived_values_go_with_their_number(flow: FormFlow) -> None:
    """A birth date read from a number that was then corrected away does not stay."""
    flow.enter_text(Place("id_number"), WORKER_ID)
    flow.enter_text(Place("id_number"), WORKER_ID[:-1])
    assert flow.value(Place("birth_on")) is None


def test_enter_text__typed_birth_date_outlives_a_half_typed_number(flow: FormFlow) -> None:
    """What the clerk typed themselves is not thrown away while the number is being typed."""
    flow.enter_text(Place("birth_on"), "1980.1.1")
    flow.enter_text(Place("id_number"), "1101")
    assert flow.value(Place("birth_on")) == "1980-01-01"


def test_enter_text__unreadable_birth_date_gives_way_to_the_number(flow: FormFlow) -> None:
    born = Place("birth_on")
    flow.enter_text(born, "0")
    assert flow.raw == {"birth_on": "0"}
    flow.enter_text(Place("id_number"), "340824197405061229")
    assert flow.is_derived(born)
    assert flow.raw == {}
    assert flow.value(born) == "1974-05-06"


def test_enter_text__unreadable_text_is_kept_and_explained(flow: FormFlow) -> None:
    """Text that is no date stays under its place and is a problem, not a missing answer."""
    place = Place("work_started_on")
    flow.enter_text(place, "九四年夏天")
    flow.leave(place)
    assert flow.raw == {"work_started_on": "九四年夏天"}
    assert [item.problem.code for item in flow.shown_findings(place)] == ["not_a_date"]
    assert flow.state(STEPS["home_and_work"]) is StepState.FAULTY


def test_shown_findings__nothing_is_scolded_before_the_field_is_left(flow: FormFlow) -> None:
    """A half-typed number shows no error until the clerk goes on, or asks for the whole check."""
    place = Place("id_number")
    flow.enter_text(place, "1101")
    assert flow.shown_findings(place) == []
    flow.leave(place)
    assert [item.problem.code for item in flow.shown_findings(place)] == ["id_length"]
    assert flow.shown_findings(Place("ethnicity")) == []
    flow.check_all()
    assert [item.problem.code for item in flow.shown_findings(Place("ethnicity"))] == ["required"]


def test_state__goes_from_empty_over_started_to_done() -> None:
    """Prefilled names do not count as begun; a complete step is done."""
    flow = FormFlow(ARCHIVE_FORM, new_content(AROUND), AROUND)
    step = STEPS["bank"]
    assert flow.state(step) is StepState.EMPTY
    assert flow.state(STEPS["signatures"]) is StepState.EMPTY
    flow.enter_text(Place("bank_name"), "中国农业银行")
    assert flow.state(step) is StepState.STARTED
    flow.enter_text(Place("bank_branch"), "潜山市支行")
    flow.enter_text(Place("bank_account"), "6228 4800 3249 6685 019")
    found = flow.findings()
    open_here = [item for item in found if item.step == step and not item.confirmed]
    for item in open_here:
        flow.confirm(item.problem, "已对照银行卡")
    assert flow.state(step) is StepState.DONE


def test_confirm__is_dropped_when_the_answer_changes() -> None:
    """A reason given for one amount does not cover another."""
    flow = filled({"monthly_income": 150000, "annual_household_income": 2000000})
    warning = next(item for item in flow.findings() if item.problem.code == "income_differs")
    flow.confirm(warning.problem, "另有亲属资助")
    assert [item.confirmed for item in flow.findings() if item.problem.code == "income_differs"] == [True]
    flow.enter_text(Place("annual_household_income"), "30000")
    assert [item.confirmed for item in flow.findings() if item.problem.code == "income_differs"] == [False]


def test_suggestion__offers_the_sum_and_falls_silent_when_taken() -> None:
    """家庭年度总收入 is offered as the sum of its parts."""
    flow = filled({"monthly_income": 150000, "other_annual_income": 0}, [{"id": "m", "monthly_income": 60000}])
    place = Place("annual_household_income")
    assert flow.suggestion(place) == 2520000
    flow.enter_value(place, 2520000)
    assert flow.suggestion(place) is None


def test_neighbour__walks_the_paper_in_order_across_steps(flow: FormFlow) -> None:
    """Enter goes field by field; what is hidden or comes with the ID number is passed by; the ends hold."""
    assert flow.neighbour(Place("ethnicity"), 1) == (STEPS["worker"], Place("political_status"))
    assert flow.neighbour(Place("model_worker_type"), 1) == (STEPS["home_and_work"], Place("housing_type"))
    assert flow.neighbour(Place("housing_type"), -1) == (STEPS["worker"], Place("model_worker_type"))
    assert flow.neighbour(Place("bank_account"), 1) == (STEPS["attachments"], None)
    last = flow.places(STEPS["signatures"])[-1]
    assert flow.neighbour(last, 1) == (STEPS["signatures"], None)
    assert flow.neighbour(Place("worker_number"), -1) == (STEPS["worker"], None)


def test_asked__hidden_answers_are_kept_in_the_draft_only() -> None:
    """Turning 是否为解困脱困对象 to 否 hides the groups without losing them for a change of mind."""
    flow = filled({"is_exit_target": True, "key_groups": ["expense_hardship"]})
    flow.enter_value(Place("is_exit_target"), False)
    assert "key_groups" not in flow.asked().values
    flow.enter_value(Place("is_exit_target"), True)
    assert flow.asked().values["key_groups"] == ["expense_hardship"]


def test_members__removed_one_comes_back_to_its_place() -> None:
    """Undo restores order and content."""
    flow = filled({}, [{"id": "a", "name": "甲"}, {"id": "b", "name": "乙"}, {"id": "c", "name": "丙"}])
    at, record = flow.remove_member("b")
    assert flow.member_ids() == ["a", "c"]
    flow.restore_member(at, record)
    assert flow.member_ids() == ["a", "b", "c"]


def test_members__confirmations_follow_the_person_not_the_row() -> None:
    """A reason given for the second member stays theirs when they become the first, and goes when they go."""
    flow = filled({}, [{"id": "a", "name": "甲"}, {"id": "b", "name": "乙"}])
    flow.confirm(problem("name_characters", "name", 1, text="2"), "户口簿如此")
    flow.move_member("b", -1)
    assert list(flow.confirmations) == ["name[0]:name_characters"]
    flow.remove_member("b")
    assert flow.confirmations == {}


def test_members__copy_takes_over_what_siblings_share() -> None:
    """Name, number, sex and birth are not copied; school and insurance are."""
    person = {"id": "a", "name": "周婷", "sex": "female", "birth_on": "2005-09-14", "school_or_employer": "潜山中学"}
    flow = filled({}, [person])
    made = flow.duplicate_member("a")
    assert flow.record(made) == {"id": made, "school_or_employer": "潜山中学"}


def test_members__blank_row_is_no_person() -> None:
    """A row added and not filled is neither filed nor complained about."""
    flow = filled({}, [{"id": "a", "name": "周婷", "relation_to_head": "daughter"}])
    made = flow.add_member()
    flow.check_all()
    assert [item for item in flow.findings() if item.place.member_id == made] == []
    assert [member["id"] for member in flow.asked().members] == ["a"]


def test_members__empty_card_neither_counts_nor_completes() -> None:
    """An empty card alone leaves the step untouched and the household as large as it is."""
    flow = filled({"household_size": 2, "monthly_income": 1})
    flow.add_member()
    assert flow.state(STEPS["members"]) is StepState.EMPTY
    (differs,) = (item for item in flow.findings() if item.problem.code == "household_size_differs")
    assert differs.problem.context["known"] == 1
    flow.add_member()
    flow.drop_blank_members()
    assert flow.member_ids() == []


def test_members__problems_and_confirmations_stay_with_their_member() -> None:
    """An empty card above a member moves neither what is wrong with the member nor what was confirmed."""
    flow = filled({}, [{"id": "blank"}, {"id": "a", "name": "周婷", "relation_to_head": "daughter", "id_number": "11010519491231002x"}])
    wrong = [item for item in flow.findings() if item.place == Place("id_number", "a")]
    assert wrong and {item.problem.member_index for item in wrong} == {1}
    flow.confirm(wrong[0].problem, "原件如此")
    flow.drop_blank_members()
    assert list(flow.confirmations) == [f"id_number[0]:{wrong[0].problem.code}"]


def test_findings__person_in_another_archive_stands_at_the_number() -> None:
    """What the store says about a person is shown at once beside the number."""
    flow = filled({"id_number": WORKER_ID})
    found = problem("worker_has_archive", "id_number", None, number="340882-2026-0007", office="梅城镇总工会")
    flow.set_elsewhere([found])
    shown = flow.shown_findings(Place("id_number"))
    assert [item.problem.message for item in shown if item.is_error] == [
        "此人已有档案 340882-2026-0007（梅城镇总工会），一人只能建一份档案。请打开那份档案修改。"
    ]


def test_findings__come_in_the_order_of_the_form(flow: FormFlow) -> None:
    """The whole check reads like the paper, from top to bottom."""
    steps = [item.step for item in flow.findings()]
    assert steps == sorted(steps)
    required, missing = flow.progress()
    assert missing == len([item for item in flow.findings() if item.problem.severity is Severity.ERROR]) < required


def test_not_in_list__names_a_few_of_many(flow: FormFlow) -> None:
    """A sentence beside the field does not list 56 nationalities."""
    place = Place("ethnicity")
    flow.enter_text(place, "火星族")
    flow.leave(place)
    message = flow.shown_findings(place)[0].problem.message
    assert "输入拼音可查找" in message
    assert len(message) < 80


def test_path__is_read_back() -> None:
    """Places survive being stored in a draft."""
    for place in (Place("name"), Place("name", "5b0c3f0a-7d9b-4b43-9b0e-1f1c6a6f3b11")):
        assert Place.of(place.path) == place


def test_shown_findings__sums_wait_for_the_members(flow: FormFlow) -> None:
    """The paper asks for size and income before the members: nothing is scolded until one is there, or all is checked."""
    size = Place("household_size")
    flow.enter_text(size, "3")
    flow.leave(size)
    assert flow.shown_findings(size) == []
    flow.enter_text(Place("name", flow.add_member()), "周婷")
    assert [item.problem.code for item in flow.shown_findings(size)] == ["household_size_differs"]
