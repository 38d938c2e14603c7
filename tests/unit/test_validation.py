"""The checks of a form: every code is raised by a case here, at its stage, with its severity and its sentence."""

import ast
import inspect
import string
from collections.abc import Callable

import pytest
from factories import TODAY, citizen_number, household, member

from db.domain import id_number, validation
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import parse_value
from db.domain.form_schema import Value
from db.domain.validation import Problem, Severity, Stage, check_form, check_value, describe_place, problem
from db.errors import CATALOGUE, sentence

ERROR, WARNING = Severity.ERROR, Severity.WARNING
Case = tuple[Callable[[ArchiveContent], object], str, int | None, Severity]


def put(key: str, value: Value, index: int | None = None) -> Callable[[ArchiveContent], object]:
    """A change that sets one value of the worker or of a member."""

    def change(content: ArchiveContent) -> object:
        (content.values if index is None else content.members[index])[key] = value
        return content

    return change


def _same_person(content: ArchiveContent) -> None:
    content.members[0]["id_number"] = content.members[1]["id_number"]


def _repeat_main(content: ArchiveContent) -> None:
    content.values["secondary_hardship_causes"] = [str(content.values["main_hardship_cause"])]


FUTURE_BIRTH = citizen_number("34088220300101123")
CASES: dict[str, Case] = {
    "required": (put("home_address", None), "home_address", None, ERROR),
    "cause_missing": (put("main_hardship_cause", None), "main_hardship_cause", None, WARNING),
    "text_too_long": (put("home_address", "长" * 121), "home_address", None, ERROR),
    "id_length": (put("id_number", "3408821980"), "id_number", None, ERROR),
    "id_old_15": (put("id_number", "110105491231002", 0), "id_number", 0, ERROR),
    "id_characters": (put("id_number", "3408821980010112AB"), "id_number", None, ERROR),
    "id_date": (put("id_number", FUTURE_BIRTH), "id_number", None, ERROR),
    "id_checksum": (put("id_number", "110105194912310021", 1), "id_number", 1, ERROR),
    "id_region": (put("id_number", citizen_number("99988219800101123")), "id_number", None, WARNING),
    "card_characters": (put("bank_account", "622848001234567890X"), "bank_account", None, ERROR),
    "card_length": (put("bank_account", "62284800123"), "bank_account", None, ERROR),
    "card_checksum": (put("bank_account", "6228480012345678900"), "bank_account", None, WARNING),
    "phone_format": (put("mobile_phone", "1390000123"), "mobile_phone", None, ERROR),
    "postal_code_format": (put("postal_code", "24630"), "postal_code", None, ERROR),
    "date_in_future": (put("filed_on", "2026-05-21"), "filed_on", None, ERROR),
    "date_too_early": (put("decided_on", "1899-12-31"), "decided_on", None, ERROR),
    "negative": (put("monthly_income", -1, 0), "monthly_income", 0, ERROR),
    "out_of_range": (put("household_size", 0), "household_size", None, ERROR),
    "name_characters": (put("name", "张3"), "name", None, WARNING),
    "work_before_birth": (put("work_started_on", "1920-01-01"), "work_started_on", None, ERROR),
    "work_before_16": (put("work_started_on", None), "work_started_on", None, WARNING),
    "household_size_differs": (put("household_size", 9), "household_size", None, WARNING),
    "income_differs": (put("annual_household_income", 1), "annual_household_income", None, WARNING),
    "same_person_twice": (_same_person, "id_number", 1, ERROR),
    "too_many_causes": (
        put("secondary_hardship_causes", ["no_labour_capacity", "able_but_jobless", "no_social_insurance", "other"]),
        "secondary_hardship_causes",
        None,
        ERROR,
    ),
    "secondary_repeats_main": (_repeat_main, "secondary_hardship_causes", None, ERROR),
}


def _prepared(code: str) -> ArchiveContent:
    content = household(7, members=2)
    CASES[code][0](content)
    if code == "work_before_16":
        content.values["work_started_on"] = f"{int(content.text('birth_on')[:4]) + 15}-01-01"
    return content


def test_sound_form__has_no_problems() -> None:
    """A complete household passes at every stage, so each case below is about its one change."""
    content = household(7, members=2)
    assert check_form(content, Stage.SUBMIT, TODAY) == check_form(content, Stage.DRAFT, TODAY) == []


@pytest.mark.parametrize("code", CASES)
def test_code__raised_where_it_belongs(code: str) -> None:
    """Each code is raised at its field, with its severity and a whole Chinese sentence."""
    _, field, index, severity = CASES[code]
    found = [item for item in check_form(_prepared(code), Stage.SUBMIT, TODAY) if item.code == code]
    assert [(item.field, item.member_index, item.severity) for item in found] == [(field, index, severity)]
    assert found[0].message.endswith("。") and "{" not in found[0].message
    assert describe_place(found[0], _prepared(code))


@pytest.mark.parametrize(("size", "fits"), [(1, True), (99, True), (0, False), (100, False), (10**12, False)])
def test_household_size__says_what_it_may_be(size: int, fits: bool) -> None:
    """A number of people that cannot be is refused with those that can, however it was typed."""
    spec = ARCHIVE_FORM.field("household_size")
    found = check_value(spec, size, TODAY)
    assert (found is None) is fits
    if found:
        assert found.message == f"家庭人口“{size}”超出范围，只能填 1 到 99 的整数，请核对。"
    parsed = parse_value(spec, str(size))
    assert parsed.code is None or sentence(parsed.code, dict(parsed.context or {})) == found.message


def test_cases__leave_no_code_out() -> None:
    """Every catalogue code written in the module has a case."""
    constants = {node.value for node in ast.walk(ast.parse(inspect.getsource(validation))) if isinstance(node, ast.Constant)}
    elsewhere = {"birth_differs_from_id", "sex_differs_from_id", "differs_from_means"}
    elsewhere |= {"worker_is_member", "member_has_archive", "member_elsewhere"}
    from_id_number = {code for code in CATALOGUE if f'"{code}"' in inspect.getsource(id_number)}
    assert (constants & set(CATALOGUE)) - elsewhere | from_id_number == set(CASES)


@pytest.mark.parametrize("code", [code for code in CASES if code not in {"required", "cause_missing"}])
def test_draft__format_and_cross_checks_count(code: str) -> None:
    """What is plainly wrong is told while the form is still being filled."""
    assert code in {item.code for item in check_form(_prepared(code), Stage.DRAFT, TODAY)}


def test_draft__nothing_is_required() -> None:
    """An empty form has no problems as a draft, and misses every star when it is filed."""
    assert check_form(ArchiveContent(), Stage.DRAFT, TODAY) == []
    found = check_form(ArchiveContent(), Stage.SUBMIT, TODAY)
    stars = [spec.key for spec in ARCHIVE_FORM.worker_fields if spec.starred]
    assert [item.field for item in found if item.code == "required"] == stars
    assert validation.missing_count(ArchiveContent()) == validation.required_count(ArchiveContent()) == len(stars)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"health_status": "disabled"}, "disability_type"),
        ({"work_status": "on_post"}, "employer"),
        ({"main_hardship_cause": "other"}, "hardship_cause_note"),
        ({"is_exit_target": True}, "decided_on"),
        ({"is_exit_target": True}, "key_groups"),
        ({"is_exit_target": True, "key_groups": ["other"]}, "key_groups_note"),
        ({"is_exit_target": True, "batch_measures": ["employment", "other"]}, "batch_measures_note"),
        ({"is_exit_target": True, "action_plans": ["other"]}, "action_plans_note"),
    ],
)
def test_required__by_another_answer(values: dict[str, Value], missing: str) -> None:
    """An answer may make another one required, and only then."""

    def wanting(content: ArchiveContent) -> set[str]:
        return {item.field for item in check_form(content, Stage.SUBMIT, TODAY) if item.code == "required"}

    assert missing in wanting(ArchiveContent(dict(values)))
    assert missing not in wanting(ArchiveContent())


def test_member__name_and_relation_when_filed() -> None:
    """The grid has no stars, but a member without a name or relation cannot be told apart."""
    content = household(7, members=1)
    content.members.append({"id": "x"})
    content.values["household_size"] = 3
    found = [item for item in check_form(content, Stage.SUBMIT, TODAY) if item.member_index == 1]
    assert [(item.field, item.code) for item in found] == [("name", "required"), ("relation_to_head", "required")]
    assert describe_place(found[0], content) == "家庭成员 第 2 人 · 姓名"


def test_zero_and_no__are_answers() -> None:
    """0 元 and 否 satisfy a star."""
    content = household(7, monthly_income=0, is_exit_target=False)
    assert "required" not in {item.code for item in check_form(content, Stage.SUBMIT, TODAY)}


def test_hidden_answers__are_dropped() -> None:
    """What is not asked any more is not stored: without 残疾 no 残疾类别, and no decision for whom it is 否."""
    content = household(7, is_exit_target=False)
    validation.clear_hidden(content)
    assert not {"decided_on", "key_groups", "batch_measures", "action_plans"} & set(content.values)


@pytest.mark.parametrize(
    ("number", "holds"), [("4111111111111111", True), ("4111111111111112", False), ("6228480012345678900", False)]
)
def test_luhn__check_digit(number: str, holds: bool) -> None:
    """The check digit of bank cards."""
    assert validation.luhn_holds(number) is holds


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("mobile_phone", "13900001234"), ("mobile_phone", "19912345678"), ("postal_code", "000000")),
        *(("bank_account", "4111111111111111"), ("household_size", 99), ("filed_on", TODAY), ("decided_on", "1900-01-01")),
        *(("name", "买买提•吐尔逊"), ("name", "𠮷野·䶮"), ("name", "Anna-Maria O'Neil"), ("floor_area", 0)),
    ],
)
def test_value__sound(key: str, value: Value) -> None:
    """Values at the edge of what is allowed."""
    assert check_value(ARCHIVE_FORM.field(key), value, TODAY) is None
    assert check_value(ARCHIVE_FORM.field(key), None, TODAY) is None


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"monthly_income": "1500"}, "monthly_income"),
        ({"monthly_income": 1.5}, "monthly_income"),
        ({"monthly_income": True}, "monthly_income"),
        ({"monthly_income": 10**18}, "monthly_income"),
        ({"is_single_parent": 1}, "is_single_parent"),
        ({"sex": "男"}, "sex"),
        ({"sex": ["male"]}, "sex"),
        ({"key_groups": "other"}, "key_groups"),
        ({"key_groups": ["other", ["x"]]}, "key_groups"),
        ({"name": 5}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "长" * 20_000}, "name"),
        ({"birth_on": {"y": 1}}, "birth_on"),
        ({"unknown": "x"}, "unknown"),
        ({5: "x"}, 5),
    ],
)
def test_unknown_entries__foreign_or_damaged(fields: dict[str, Value], value: object) -> None:
    """A key, code or type that the form does not have is named, for the worker as for a member."""
    assert validation.unknown_entries(ArchiveContent(fields)) == [value]
    in_member = validation.unknown_entries(ArchiveContent({}, [{"id": "m", **fields}]))
    assert in_member == [value]


def test_unknown_entries__ids_and_edition() -> None:
    """A member needs an id, a form an edition, both plain text."""
    assert validation.unknown_entries(household()) == []
    assert validation.unknown_entries(ArchiveContent({}, [{"name": "周婷"}])) == ["id"]
    assert validation.unknown_entries(ArchiveContent({}, [member(id=5)])) == ["id"]
    assert validation.unknown_entries(ArchiveContent({}, [], "\ud800")) == ["edition"]


def test_place__tells_problems_apart() -> None:
    """A confirmation names field, member and code."""
    assert problem("income_differs", "annual_household_income").place == "annual_household_income:income_differs"
    assert problem("id_region", "id_number", 2, text="999988").place == "id_number[2]:id_region"


def test_person_codes__are_worded() -> None:
    """What the store finds out about people is worded here; the first is an error, the others warn."""
    context = {"number": "340882-2026-0001", "name": "周婷", "office": "梅城镇总工会", "text": "周婷"}
    found = {code: problem(code, "id_number", **context) for code in CATALOGUE if code.startswith(("worker_", "member_"))}
    assert found["worker_has_archive"].severity is ERROR
    for code in ("worker_is_member", "member_has_archive", "member_elsewhere"):
        assert found[code].severity is WARNING and "340882-2026-0001" in found[code].message


@pytest.mark.parametrize("code", CATALOGUE)
def test_catalogue__every_sentence_formats(code: str) -> None:
    """Every sentence is Chinese, ends like one, and needs only named parts."""
    names = {name for _, name, _, _ in string.Formatter().parse(CATALOGUE[code]) if name}
    assert all(name.isidentifier() for name in names)
    shown = sentence(code, {name: "还没有填。" if name == "first" else "三" for name in names})
    assert shown.endswith(("。", "？")) and "  " not in shown and not shown.isascii()


def test_sentence__long_quotes_are_cut() -> None:
    """A pasted page does not push the advice off the screen."""
    assert len(sentence("not_a_date", {"text": "长" * 10_000})) < 100
    assert len(sentence("file_gone", {"name": "长" * 255})) < 100


def test_sentence__half_characters_can_be_written() -> None:
    """The name of a file from a foreign stick never makes the message itself fail."""
    assert "“诊?断.jpg”" in sentence("file_gone", {"name": "诊\udce4断.jpg"})


def test_problem__is_equal_by_place_and_code() -> None:
    """Two findings at the same place are the same, whatever they quote."""
    assert Problem("x", ERROR, "name", None, {"a": 1}) == Problem("x", ERROR, "name", None, {"a": 2})
