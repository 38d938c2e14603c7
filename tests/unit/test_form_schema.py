"""The declaration of the form against the printed form of source 004, the tables and its own rules."""

import re
from functools import cache
from pathlib import Path

import pytest

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.case_detail import BY_KEY
from db.domain.derivation import _CONTENT_RULES, _RECORD_RULES, _SUGGESTIONS
from db.domain.form_schema import Always, FieldKind, FieldSpec, Never, Section, WhenOneOf
from db.domain.means_form import MEANS_FORM
from db.domain.option_lists import all_lists, option_list
from db.domain.records.catalogue import FORMS
from db.domain.validation import type_fits
from db.models.archive import Archive, HouseholdMember
from db.store.archive_store import RECORD_KEYS

SOURCE = Path(__file__).parent.parent / "fixtures" / "archive_form_source.txt"
ALL_FIELDS = (*ARCHIVE_FORM.worker_fields, *ARCHIVE_FORM.member_fields)
COLUMN_TYPES = {
    FieldKind.MONEY: "INTEGER",
    FieldKind.AREA: "INTEGER",
    FieldKind.COUNT: "INTEGER",
    FieldKind.YES_NO: "BOOLEAN",
    FieldKind.MULTI_CHOICE: "JSON",
}
INTERNAL = {*RECORD_KEYS, "edition", "name_pinyin"}
NOT_A_FIELD = {"职工签字", "附件类型", "附件名称", "附件", "致困原因(选项)"}
"""Captions of cells that hold a signature, a paper or ticks instead of one typed answer."""


def ids(spec: FieldSpec) -> str:
    return spec.key


@cache
def printed_cells() -> list[str]:
    """Every caption cell of the printed form, in order, a caption broken over lines put together again."""
    form = SOURCE.read_text(encoding="utf-8").partition("困难职工档案表（*为必填项")[2]
    form = form.replace("家庭\n主要\n成员", "家庭主要成员").replace("五类\n重点\n群体", "五类重点群体")
    form = form.replace("“四个\n一批”\n措施", "“四个一批”措施").replace("七个\n行动\n计划", "七个行动计划")
    return ["".join(line.split()) for line in form.splitlines() if line.strip()]


def printed_captions(starred: bool) -> set[str]:
    """Captions of single answers, with or without the printed star."""
    cells = [cell for cell in printed_cells() if not re.match(r"[（\d注样]|家庭主要成员$", cell)]
    return {cell.lstrip("*") for cell in cells if cell.startswith("*") == starred} - NOT_A_FIELD


def test_stars__as_printed() -> None:
    """The fields with a star are the starred captions of source 004, no more and no fewer."""
    printed = printed_captions(starred=True)
    decision = next(caption for caption in printed if "是否为解困脱困对象" in caption)
    declared = {spec.label for spec in ARCHIVE_FORM.worker_fields if spec.starred}
    assert declared == printed - {decision} | {"是否为解困脱困对象"}
    assert len(declared) == 29


def test_stars__member_grid_has_none() -> None:
    """Source 004 prints no star on any of the eleven member columns."""
    assert not [spec.key for spec in ARCHIVE_FORM.member_fields if spec.starred]


def test_captions__as_printed() -> None:
    """Every caption without a star is a field of that very caption too."""
    labels = {spec.label for spec in ALL_FIELDS}
    assert printed_captions(starred=False) <= labels


def test_captions__in_the_order_of_the_paper() -> None:
    """Fields follow each other as their cells do on the paper."""
    cells = [cell.lstrip("*") for cell in printed_cells()]
    positions = [cells.index(spec.label) for spec in ARCHIVE_FORM.worker_fields if spec.label in cells[:45]]
    assert positions == sorted(positions)
    grid = cells.index("家庭主要成员")
    columns = [spec.label for spec in ARCHIVE_FORM.member_fields]
    assert cells[grid + 1 : grid + 12] == columns


@pytest.mark.parametrize("name", ["hardship_cause", "key_group", "batch_measure", "action_plan"])
def test_ticks__as_printed(name: str) -> None:
    """The numbered options printed on the form stand in the list in that order, in those words."""
    text = SOURCE.read_text(encoding="utf-8")
    found = re.findall(r"(\d+)\.([^；。\n　]+?)(?=\s*(?:[；。\n]|$))", text.partition("致困原因(选项)")[2])
    runs: list[list[str]] = []
    for number, words in found:
        if number == "1":
            runs.append([])
        runs[-1].append(words.strip())
    order = ["hardship_cause", "key_group", "batch_measure", "action_plan"]
    assert [option.label for option in option_list(name).current()] == runs[order.index(name)]


@pytest.mark.parametrize(
    ("fields", "table"), [(ARCHIVE_FORM.worker_fields, Archive), (ARCHIVE_FORM.member_fields, HouseholdMember)]
)
def test_columns__one_per_field(fields: tuple[FieldSpec, ...], table: type[Archive | HouseholdMember]) -> None:
    """Every key is a column of its kind's type, every column a key or declared internal."""
    columns = {column.name: column for column in table.__table__.columns}  # type: ignore[union-attr]
    for spec in fields:
        assert str(columns[spec.key].type) == COLUMN_TYPES.get(spec.kind, "VARCHAR"), spec.key
        assert columns[spec.key].nullable, f"{spec.key}: a draft may lack it"
    internal = INTERNAL if table is Archive else {"id", "archive_id", "position"}
    assert set(columns) - {spec.key for spec in fields} == internal


def test_keys__unique() -> None:
    """No key twice among the worker's fields, none twice among a member's."""
    for fields in (ARCHIVE_FORM.worker_fields, ARCHIVE_FORM.member_fields):
        keys = [spec.key for spec in fields]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("spec", ALL_FIELDS, ids=ids)
def test_options__exist_for_choices_only(spec: FieldSpec) -> None:
    """A choice names a packaged list with something to choose, any other kind names none."""
    if spec.kind in {FieldKind.CHOICE, FieldKind.MULTI_CHOICE}:
        assert spec.options and option_list(spec.options).current()
    else:
        assert spec.options is None


def test_options__every_list_is_used() -> None:
    """A packaged list belongs to a field of the form or the worksheet, to the papers of an archive, its review, its case or a record."""
    means = [spec for section in MEANS_FORM.sections for spec in section.fields]
    asked = {item.options for item in BY_KEY.values() if item.options}
    recorded = [spec for form in FORMS.values() for section in form.sections for spec in section.fields]
    of_fields = {spec.options for spec in (*ALL_FIELDS, *means, *recorded) if spec.options}
    assert set(all_lists()) == of_fields | asked | {"document_type", "review_reason"}


@pytest.mark.parametrize("fields", [ARCHIVE_FORM.worker_fields, ARCHIVE_FORM.member_fields], ids=["worker", "member"])
def test_aliases__mean_one_field(fields: tuple[FieldSpec, ...]) -> None:
    """A caption met in a workbook means one field of the worker, one of a member."""
    captions = [word for spec in fields for word in (spec.label, *spec.aliases)]
    captions += [legacy.caption for spec in fields for legacy in spec.legacy]
    assert sorted(captions) == sorted(set(captions))


def test_aliases__legacy_answers_are_codes() -> None:
    """Answers of older columns become codes that the list knows."""
    for spec in ALL_FIELDS:
        for legacy in spec.legacy:
            assert spec.options and all(code in option_list(spec.options).by_code for _, code in legacy.answers)


@pytest.mark.parametrize("spec", ALL_FIELDS, ids=ids)
def test_conditions__name_known_answers(spec: FieldSpec) -> None:
    """A condition asks a field of the same record for codes that its list has, and says so in words."""
    known = {other.key: other for other in ALL_FIELDS if other in ARCHIVE_FORM.worker_fields}
    for condition in (spec.required, spec.shown):
        if isinstance(condition, WhenOneOf):
            asked = known[condition.key]
            possible = option_list(asked.options).by_code if asked.options else {True, False}
            assert condition.codes <= set(possible) and condition.text()
        else:
            assert isinstance(condition, Always | Never)


@pytest.mark.parametrize("spec", ALL_FIELDS, ids=ids)
def test_rules__are_defined(spec: FieldSpec) -> None:
    """``derived_by`` and ``suggested_by`` name rules that exist; no field has both."""
    assert spec.derived_by is None or spec.derived_by in {**_RECORD_RULES, **_CONTENT_RULES}
    assert spec.suggested_by is None or spec.suggested_by in _SUGGESTIONS
    assert not (spec.derived_by and spec.suggested_by)
    assert type_fits(spec, spec.default)


def test_condition__described_and_evaluated() -> None:
    """A condition on one or several choices holds for any of its codes; constants need no words."""
    condition = WhenOneOf("key_groups", frozenset({"other"}), "选了其他时必填")
    assert condition.holds({"key_groups": ["urban_migrant", "other"]}) and condition.holds({"key_groups": "other"})
    assert not condition.holds({"key_groups": ["urban_migrant"]}) and not condition.holds({})
    assert Always().holds({}) and not Never().holds({}) and Always().text() == Never().text() == ""


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")


def _texts(section: Section) -> list[str]:
    texts = [section.title, section.hint]
    for spec in section.fields:
        texts += [spec.label, spec.help, spec.unit, *spec.aliases, spec.required.text(), spec.shown.text()]
    return texts


@pytest.mark.parametrize("section", ARCHIVE_FORM.sections, ids=[section.key for section in ARCHIVE_FORM.sections])
def test_texts__are_tidy(section: Section) -> None:
    """No double space, no blank at an edge, no half-width punctuation beside Chinese."""
    for text in _texts(section):
        assert "  " not in text and text == text.strip(), text
        assert not HALF_WIDTH.search(text), text


@pytest.mark.parametrize("spec", ALL_FIELDS, ids=ids)
def test_help__is_a_sentence(spec: FieldSpec) -> None:
    """Every field says in one or two Chinese sentences what to fill in."""
    assert spec.help.endswith("。") and 4 <= len(spec.help) <= 80, spec.help


def test_lookups__by_key() -> None:
    """Fields and their sections are found by key; unknown keys are an error."""
    assert ARCHIVE_FORM.field("name").label == ARCHIVE_FORM.member_field("name").label == "姓名"
    assert ARCHIVE_FORM.section_of("name").key == "worker"
    assert ARCHIVE_FORM.section_of("name", member=True).key == "members"
    assert ARCHIVE_FORM.has_field("bank_account") and not ARCHIVE_FORM.has_field("relation_to_head")
    with pytest.raises(KeyError):
        ARCHIVE_FORM.section_of("relation_to_head")
