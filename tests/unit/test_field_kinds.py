"""Reading, writing and masking of values: what people type, what spreadsheets hold, what is stored and shown."""

import string
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.domain import regions
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import (
    NAME_DOTS,
    Cell,
    Parsed,
    format_amount,
    format_area,
    format_value,
    group_digits,
    mask_value,
    parse_legacy,
    parse_value,
    printable,
)
from db.domain.form_schema import FieldKind, FieldSpec, Privacy
from db.domain.means_form import MEANS_FORM
from db.domain.option_lists import option_list
from db.domain.validation import problem

ALL_FIELDS = (*ARCHIVE_FORM.worker_fields, *ARCHIVE_FORM.member_fields)
MEANS_FIELDS = [spec for section in MEANS_FORM.sections for spec in section.fields]
ONE_PER_KIND = {spec.kind: spec for spec in (*MEANS_FIELDS, *ALL_FIELDS)}
FIELDS = st.sampled_from(ALL_FIELDS)
MANY = settings(max_examples=150)

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=10)
RARE = st.sampled_from("䶮㛃𠮷𪚥𫝀𫠠𬺰𰻞·•‧")
TIDY_TEXT = st.builds("".join, st.lists(st.one_of(HAN, RARE, st.sampled_from("3-甲号A#（）")), min_size=1, max_size=6))
CELLS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.text(st.characters(), max_size=10),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.sampled_from(["1e999999999", "-1e9999999", "NaN", "sNaN", "Infinity", "１９８０．１．１", "0x10", 10**400, 10**5000]),
)


def parse(key: str, cell: Cell) -> Parsed:
    return parse_value(ARCHIVE_FORM.field(key), cell)


def values_of(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Stored values of a field: what may stand in the office."""
    digits = st.text(string.digits, min_size=12, max_size=19)
    kinds: dict[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.TEXT: TIDY_TEXT.filter(lambda text: len(text) <= spec.limit),
        FieldKind.NAME: st.one_of(HAN, st.sampled_from(["才让·卓玛", "买买提•吐尔逊", "王𠮷祥", "Anna Maria"])),
        FieldKind.LONG_TEXT: st.builds("\n".join, st.lists(TIDY_TEXT, min_size=1, max_size=3)),
        FieldKind.ID_NUMBER: st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True).filter(str.isascii),
        FieldKind.DATE: st.dates(min_value=date(1900, 1, 1)).map(date.isoformat),
        FieldKind.MONEY: st.integers(-(10**12), 10**12),
        FieldKind.AREA: st.integers(0, 10**8),
        FieldKind.COUNT: st.integers(0, 99),
        FieldKind.PHONE: st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).filter(str.isascii),
        FieldKind.CONTACT: st.sampled_from(["0556-8921234", "张阿姨 13900001234"]),
        FieldKind.POSTAL_CODE: st.text(string.digits, min_size=6, max_size=6),
        FieldKind.BANK_ACCOUNT: digits,
        FieldKind.YES_NO: st.booleans(),
        FieldKind.REGION: st.sampled_from([code for code, _ in regions.counties()]),
        FieldKind.PERSON: st.just("worker") | st.uuids().map(str),
        FieldKind.PAPERS: st.lists(st.uuids().map(str), min_size=1, max_size=4, unique=True),
    }
    if spec.kind is FieldKind.CHOICE:
        assert spec.options
        return st.sampled_from([option.code for option in option_list(spec.options).options])
    if spec.kind is FieldKind.MULTI_CHOICE:
        assert spec.options
        order = [option.code for option in option_list(spec.options).options]
        return st.sets(st.sampled_from(order), min_size=1).map(lambda codes: sorted(codes, key=order.index))
    return kinds[spec.kind]


def test_values__exist_for_every_kind() -> None:
    """The property tests below leave no kind out."""
    assert set(ONE_PER_KIND) == set(FieldKind)


TYPED = [spec for kind, spec in ONE_PER_KIND.items() if kind is not FieldKind.PAPERS]
"""Papers are chosen, and shown as how many there are."""


@pytest.mark.parametrize("spec", TYPED, ids=lambda spec: spec.kind.value)
def test_parse__reads_what_format_wrote(spec: FieldSpec) -> None:
    """``parse(format(v)) == v`` for stored values of each kind."""

    @settings(max_examples=40)
    @given(values_of(spec))
    def holds(value: Any) -> None:
        parsed = parse_value(spec, format_value(spec, value))
        assert (parsed.value, parsed.code) == (value, None)

    holds()


@MANY
@given(FIELDS, CELLS)
def test_parse__never_raises(spec: FieldSpec, cell: Any) -> None:
    """Whatever stands in a cell becomes a value or a problem with a whole sentence."""
    parsed = parse_value(spec, cell)
    if parsed.code:
        assert problem(parsed.code, spec.key, **(parsed.context or {})).message
    elif parsed.value is not None:
        assert isinstance(format_value(spec, parsed.value), str)
        assert isinstance(format_value(spec, parsed.value, masked=True), str)


@MANY
@given(FIELDS, st.text(st.characters(), max_size=30))
def test_parse__stores_only_what_can_be_saved(spec: FieldSpec, text: str) -> None:
    """No half character, NUL or control ever comes out of parsing."""
    value = parse_value(spec, text).value
    if isinstance(value, str):
        value.encode()
        assert value.replace("\n", "").isprintable() or printable(value) == value


@pytest.mark.parametrize("spec", ALL_FIELDS, ids=lambda spec: spec.key)
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\n\t", "\u200b\ufeff", "'"])
def test_parse__blank_is_nothing(spec: FieldSpec, blank: Cell) -> None:
    """An empty or blank cell is no value and no problem."""
    assert parse_value(spec, blank) == Parsed(None)


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("1980.1.1", "1980-01-01"),
        ("1980年1月1日", "1980-01-01"),
        ("1980/01/01", "1980-01-01"),
        ("１９８０－１－１", "1980-01-01"),
        ("2009年7月", "2009-07-01"),
        ("1980.12", "1980-12-01"),
        ("198012", "1980-12-01"),
        ("19800101", "1980-01-01"),
        ("1980-01-01 00:00:00", "1980-01-01"),
        ("1980-01-01T00:00:00", "1980-01-01"),
        ("29221", "1980-01-01"),
        (29221, "1980-01-01"),
        (29221.75, "1980-01-01"),
        (19800101, "1980-01-01"),
        (198012, "1980-12-01"),
        (1980.12, "1980-12-01"),
        (date(1980, 1, 1), "1980-01-01"),
        (datetime(1980, 1, 1, 8, 30), "1980-01-01"),
        ("2000-02-29", "2000-02-29"),
    ],
)
def test_date__as_people_write_it(cell: Cell, stored: str) -> None:
    """Dates as clerks and spreadsheets write them."""
    assert parse("work_started_on", cell)[:2] == (stored, None)


@pytest.mark.parametrize(
    "cell",
    [
        *("2月30日", "1980年2月30日", "1999-02-29", "1980-13-01", "不详", "1980", "80.1.1", "0000-01-01"),
        *(1980, 1980.1, 0, -5, 1e300, float("nan"), float("inf"), True, timedelta(days=1)),
    ],
)
def test_date__refuses_what_is_no_day(cell: Cell) -> None:
    """A day that does not exist, a bare year, or a cell that lost whether it was January or October."""
    assert parse("work_started_on", cell)[:2] == (None, "not_a_date")


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        *(("1500", 150000), ("1500.5", 150050), ("1,500.50", 150050), ("￥1500", 150000), ("1500元", 150000)),
        *(("1500元/月", 150000), ("１５００．５", 150050), ("无", 0), ("0", 0), ("-1", -100), (1500, 150000)),
        *((0.1 + 0.2, 30), (1880.005, 188001), ("1 500", 150000)),
    ],
)
def test_money__as_people_write_it(cell: Cell, fen: int) -> None:
    """Amounts become whole 分, rounded half up."""
    assert parse("monthly_income", cell)[:2] == (fen, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("一千五", "not_a_number"), ("约1500", "not_a_number"), ("1000-2000", "not_a_number"), (True, "not_a_number")),
        *((date(2020, 1, 1), "not_a_number"), ("1e99", "out_of_range"), (1e300, "out_of_range")),
        *((float("nan"), "out_of_range"), (10**30, "out_of_range"), ("9" * 400, "out_of_range")),
    ],
)
def test_money__refuses_what_is_no_amount(cell: Cell, code: str) -> None:
    """Words, ranges and absurd figures are problems, never a guess."""
    assert parse("monthly_income", cell)[:2] == (None, code)


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        *(("3", (3, None)), (3.0, (3, None)), ("3人", (3, None)), ("３", (3, None))),
        *(("2.5", (None, "not_a_whole_number")), ("三", (None, "not_a_number"))),
        *(("1e999999", (None, "out_of_range")), (True, (None, "not_a_number"))),
    ],
)
def test_count__whole_people(cell: Cell, outcome: tuple[Any, str | None]) -> None:
    """Numbers of people are whole numbers."""
    assert parse("household_size", cell)[:2] == outcome


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("11010519491231002x", "11010519491231002X"),
        ("1101 0519 4912 31002X", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("'11010519491231002X", "11010519491231002X"),
        ("11010519491231002X", "11010519491231002X"),
    ],
)
def test_id_number__put_in_order(typed: str, stored: str) -> None:
    """Blanks, full-width characters, the apostrophe of a spreadsheet and a small x are put in order, and told."""
    parsed = parse("id_number", typed)
    assert (parsed.value, parsed.code, parsed.normalised) == (stored, None, typed != stored)


@pytest.mark.parametrize("key", ["id_number", "bank_account"])
@pytest.mark.parametrize("cell", [1.10105194912310e17, 110105194912310000, "1.10105E+17", "4.2E17", 6.22848e18])
def test_digits__lost_in_a_number_cell(key: str, cell: Cell) -> None:
    """A long number that went through a numeric cell has lost digits: refused, never guessed."""
    parsed = parse(key, cell)
    assert parsed.value is None and parsed.code in {"digits_lost", "out_of_range"}


def test_digits__short_numbers_survive_a_number_cell() -> None:
    """Phone and postal code are still exact in a numeric cell; a lost leading zero comes back."""
    assert parse("mobile_phone", 13900001234.0).value == "13900001234"
    assert parse("mobile_phone", "+86 139-0000-1234").value == "13900001234"
    assert parse("postal_code", 30000).value == "030000"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张　三", "张三"),
        (" 张 三 ", "张三"),
        ("才让·卓玛", "才让·卓玛"),
        ("买买提•吐尔逊", "买买提•吐尔逊"),
        *((f"才让 {dot} 卓玛", f"才让{dot}卓玛") for dot in sorted(NAME_DOTS)),
        ("A. B. Smith", "A. B. Smith"),
        ("李䶮", "李䶮"),
        ("王𠮷祥", "王𠮷祥"),
        ("𫝀𰻞", "𫝀𰻞"),
        ("Anna  Maria", "Anna Maria"),
        ("张\u202e三\x00", "张三"),
        ("张三\ufeff", "张三"),
    ],
)
def test_name__kept_as_typed(typed: str, stored: str) -> None:
    """Dots in any code point and rare characters stay; only blanks and invisible marks go."""
    assert parse("name", typed)[:2] == (stored, None)


def test_text__line_breaks_and_limits() -> None:
    """A one-line text has no line break, a long one keeps them; too long is a problem that keeps the text."""
    assert parse("home_address", "梅城镇\n太平路").value == "梅城镇 太平路"
    assert parse("remarks", "一\r\n二\r三").value == "一\n二\n三"
    parsed = parse("home_address", "长" * 121)
    assert parsed.code == "text_too_long" and parsed.value == "长" * 121
    assert parse("employer", "=SUM(A1)").value == "=SUM(A1)"
    assert parse("employer", 12.0).value == "12"
    assert parse("name", "长" * 31)[:2] == ("长" * 31, "text_too_long")


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        *(("ethnicity", "藏", "04"), ("ethnicity", "藏族", "04"), ("health_status", "癌症", "malignant_tumor")),
        *(("health_status", "尿毒症", "end_stage_renal"), ("marital_status", "离婚", "divorced")),
        *(("work_status", "下（待）岗", "off_post"), ("industry", " 制造业 ", "C"), ("disability_grade", 1, "1")),
    ],
)
def test_choice__labels_and_older_wordings(key: str, typed: Cell, code: str) -> None:
    """Labels, short forms and older wordings become the code."""
    assert parse(key, typed)[:2] == (code, None)


def test_choice__unknown_word_is_never_other() -> None:
    """A word outside the list is a problem that names the choices, not 其他."""
    parsed = parse("health_status", "不太好")
    assert parsed.code == "not_in_list" and "良好" in str((parsed.context or {})["known"])


def test_choices__several_in_one_cell() -> None:
    """Several ticks in one cell, numbered or separated, in the order of the list, each once."""
    assert parse("secondary_hardship_causes", "；子女上学；；").value == ["schooling"]
    causes = parse("secondary_hardship_causes", "9.子女上学；3.下岗失业、子女就学")
    assert causes[:2] == (["laid_off", "schooling"], None)
    assert parse("secondary_hardship_causes", "下岗失业、运气不好").code == "not_in_list"


@pytest.mark.parametrize(("typed", "value"), [("是", True), ("否", False), ("√", True), ("×", False), (True, True)])
def test_yes_no__as_people_write_it(typed: Cell, value: bool) -> None:
    """Ticks and words."""
    assert parse("is_single_parent", typed)[:2] == (value, None)
    assert parse("is_single_parent", "可能").code == "not_yes_no"


def test_region__code_or_unique_name() -> None:
    """A code, its 12-digit form, or a name that only one county has; 鼓楼区 stands in several cities."""
    for typed in ("340882", "340882000000", "潜山市", "安徽省潜山市", "安徽省/潜山市", 340882):
        assert parse("hukou_region", typed)[:2] == ("340882", None), typed
    for typed in ("鼓楼区", "999999", "火星", "/"):
        assert parse("hukou_region", typed).code == "unknown_region_value", typed


def test_legacy__older_question() -> None:
    """是否进入医保 was answered 是 or 否; both have a code, anything else is a problem."""
    caption = ARCHIVE_FORM.field("medical_insurance_status").legacy[0]
    assert [parse_legacy(caption, word).value for word in ("是", "否", "", None)] == ["insured", "uninsured", None, None]
    assert parse_legacy(caption, "职工").code == "not_yes_no"


@given(st.integers(-(10**13), 10**13))
def test_format_amount__exact(fen: int) -> None:
    """Every amount is written with two decimals and read back to the same 分."""
    assert int(format_amount(fen, separators=False).replace(".", "")) == fen
    assert format_amount(fen).replace(",", "") == format_amount(fen, separators=False)


def test_format__for_reading() -> None:
    """Areas without needless zeros, digits in groups."""
    assert [format_area(value) for value in (5650, 8000, 5, 0)] == ["56.5", "80", "0.05", "0"]
    assert group_digits("13900001234", 3, 4) == "139 0000 1234"
    assert format_value(ARCHIVE_FORM.field("key_groups"), ["under_employed", "new code"]).endswith("、new code")


@pytest.mark.parametrize("spec", [spec for spec in ALL_FIELDS if spec.privacy in {Privacy.IDENTIFYING, Privacy.SENSITIVE}])
def test_mask__hides_most_of_it(spec: FieldSpec) -> None:
    """A masked value never shows more than its ends; sensitive ones show nothing."""
    values = {FieldKind.ID_NUMBER: "34088219800101123X", FieldKind.PHONE: "13900001234", FieldKind.DATE: "1980-01-01"}
    value = values.get(spec.kind, "6228480012345678907")
    masked = mask_value(spec, value)
    assert "*" in masked and value not in masked
    assert sum(char != "*" for char in masked) <= 8
    if spec.privacy is Privacy.SENSITIVE:
        assert masked == "***"
