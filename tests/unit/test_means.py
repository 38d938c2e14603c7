"""The means worksheet: stored in versions, refused when it cannot be true, and what the form takes from it."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from casework import YEAR, in_2020, poor_household, row, wage, worksheet
from factories import TODAY, file_household, household, make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.domain import means_check, means_income, validation
from db.domain.archive_content import ArchiveContent
from db.domain.derivation import derive, per_capita_exact
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent
from db.domain.validation import Stage
from db.errors import UserError
from db.services import archiving, demo, demo_means, means, revisions
from db.services.office import OfficeSession


@pytest.fixture
def town(office: OfficeSession) -> OfficeSession:
    """A township office in June 2020."""
    return in_2020(office)


# -- versions -----------------------------------------------------------------------------------------------------


def test_save__versions_with_who_when_why(town: OfficeSession) -> None:
    """Each save is a version; the last one counts, every one can be read again."""
    archive = file_household(town)
    assert means.load_means(town, archive.id, YEAR) is None
    first = worksheet(town, archive)
    assert means.save_means(town, archive.id, first).revision == 1
    second = first.copy()
    second.rows["incomes"][0]["amount"] = 2_100_000
    saved = means.save_means(town, archive.id, second, expected_revision=1, reason="补登 12 月工资")
    assert (saved.revision, saved.made_by, saved.reason) == (2, "陈志强", "补登 12 月工资")
    loaded = means.load_means(town, archive.id, YEAR)
    assert loaded == saved and loaded.content == second
    assert [entry.content for entry in means.means_history(town, archive.id, YEAR)] == [second, first]
    assert means.list_years(town, archive.id) == [YEAR]


def test_save__is_a_revision_of_the_archive(town: OfficeSession) -> None:
    """The archive's history names the worksheet, the form stays as it is, and the archive counts as changed."""
    archive = file_household(town)
    means.save_means(town, archive.id, worksheet(town, archive), reason="入户核实")
    after = archiving.load_archive(town, archive.id)
    assert (after.revision, after.content) == (2, archive.content)
    entry = revisions.archive_history(town, archive.id)[0]
    assert (entry.action_label, entry.reason, entry.changes) == ("家庭经济状况", "2019 年第 1 版：入户核实", [])
    counters = _column(town, "SELECT device_counter FROM means_revision") + _column(
        town, "SELECT device_counter FROM archive_revision ORDER BY seq DESC LIMIT 1"
    )
    assert counters == [2, 2]


def _column(session: OfficeSession, statement: str) -> list[object]:
    with session.database.reading() as connection:
        return [found[0] for found in connection.execute(text(statement))]


def test_save__the_same_again_is_no_new_version(town: OfficeSession) -> None:
    """Saving what is stored changes nothing, neither worksheet nor archive; empty answers do not count."""
    archive = file_household(town)
    sheet = worksheet(town, archive)
    means.save_means(town, archive.id, sheet)
    sheet.values["committee_note"] = ""
    sheet.rows["incomes"][0]["note"] = None
    assert means.save_means(town, archive.id, sheet).revision == 1
    assert archiving.load_archive(town, archive.id).revision == 2


def test_save__years_apart(town: OfficeSession) -> None:
    """Every year has its own worksheet."""
    archive = file_household(town)
    for year in (2018, 2019):
        assert means.save_means(town, archive.id, worksheet(town, archive, year=year)).revision == 1
    assert means.list_years(town, archive.id) == [2019, 2018]


@pytest.mark.parametrize("expected", [0, 2])
def test_save__changed_meanwhile(town: OfficeSession, expected: int) -> None:
    """A worksheet that was stored meanwhile is not written over."""
    archive = poor_household(town)
    sheet = worksheet(town, archive, income=1)
    with pytest.raises(UserError) as caught:
        means.save_means(town, archive.id, sheet, expected_revision=expected)
    assert caught.value.code == "archive_changed_elsewhere"
    assert len(means.means_history(town, archive.id, YEAR)) == 1


@pytest.mark.parametrize("statement", ["UPDATE means_revision SET reason = 'x'", "DELETE FROM means_revision"])
def test_store__append_only(town: OfficeSession, statement: str) -> None:
    """No statement changes or deletes a worksheet."""
    poor_household(town)
    with pytest.raises(DBAPIError, match="append-only"), town.database.writing() as connection:
        connection.execute(text(statement))


def test_store__nothing_in_plain_text(town: OfficeSession) -> None:
    """What a worksheet says cannot be read from any file of the office."""
    archive = file_household(town)
    sheet = worksheet(town, archive)
    sheet.values["committee_note"] = "集体研究同意建档"
    means.save_means(town, archive.id, sheet)
    secrets = ("集体研究同意建档".encode(), b"2000000", archive.content.text("name").encode())
    for path in town.folder.rglob("*"):
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in secrets), path.name


# -- what cannot be stored ----------------------------------------------------------------------------------------


def _negative(sheet: MeansContent) -> None:
    sheet.rows["incomes"][0]["amount"] = -1


def _over_reimbursed(sheet: MeansContent) -> None:
    sheet.rows["expenses"] = [row(kind="illness", total=100, reimbursed=80, compensation=21)]


def _before_birth(sheet: MeansContent) -> None:
    sheet.rows["job_offers"] = [row(person=WORKER, offered_on="1930-01-01", is_refused=False)]


def _nobody_together(sheet: MeansContent) -> None:
    for person in sheet.rows["people"]:
        person["lives_together"] = False


def _stranger(sheet: MeansContent) -> None:
    sheet.rows["incomes"].append(wage(1, "nobody"))


def _twice(sheet: MeansContent) -> None:
    sheet.rows["people"].append(row(person=WORKER))


def _no_amount(sheet: MeansContent) -> None:
    del sheet.rows["incomes"][0]["amount"]


def _unknown_field(sheet: MeansContent) -> None:
    sheet.values["colour"] = "红"


def _unknown_ledger(sheet: MeansContent) -> None:
    sheet.rows["horses"] = []


def _unknown_code(sheet: MeansContent) -> None:
    sheet.rows["incomes"][0]["kind"] = "lottery"


def _wrong_type(sheet: MeansContent) -> None:
    sheet.rows["incomes"][0]["amount"] = "两万"


def _same_row_id(sheet: MeansContent) -> None:
    sheet.rows["incomes"].append(dict(sheet.rows["incomes"][0]))


def _strange_year(sheet: MeansContent) -> None:
    sheet.year = 19


def _papers_not_ids(sheet: MeansContent) -> None:
    sheet.rows["incomes"][0]["papers"] = [1]  # type: ignore[list-item]


REFUSED: dict[Callable[[MeansContent], None], tuple[str, str]] = {
    _negative: ("facts_negative", "全年收入第 1 行：全年金额不能小于 0"),
    _over_reimbursed: ("facts_reimbursed_more", "支出第 1 行"),
    _before_birth: ("facts_before_birth", "推荐日期 1930-01-01"),
    _nobody_together: ("facts_nobody_together", "是否共同生活"),
    _stranger: ("means_unknown_person", "全年收入第 2 行"),
    _twice: ("means_same_person", "家庭人员第 4 行"),
    _no_amount: ("means_missing", "全年收入第 1 行还没有填“全年金额”"),
    _unknown_field: ("means_unknown", "colour"),
    _unknown_ledger: ("means_unknown", "horses"),
    _unknown_code: ("means_unknown", "收入种类"),
    _wrong_type: ("means_unknown", "全年金额"),
    _same_row_id: ("means_unknown", "行号"),
    _strange_year: ("means_unknown", "年份"),
    _papers_not_ids: ("means_unknown", "佐证材料"),
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_save__refused_and_nothing_stored(town: OfficeSession, spoil: Callable[[MeansContent], None]) -> None:
    """What contradicts itself or is not known is refused with its place, and the former worksheet stays."""
    archive = poor_household(town)
    before = means.load_means(town, archive.id, YEAR)
    sheet = worksheet(town, archive)
    spoil(sheet)
    with pytest.raises(UserError) as caught:
        means.save_means(town, archive.id, sheet)
    code, words = REFUSED[spoil]
    assert caught.value.code == code and words in caught.value.text()
    assert means.load_means(town, archive.id, YEAR) == before
    assert archiving.load_archive(town, archive.id).revision == 2


def test_save__not_of_another_office(tmp_path: Path) -> None:
    """The worksheet of an archive that another office keeps is looked at, not changed."""
    session, _ = make_office(tmp_path / "office")
    archive = file_household(session)
    with session.database.writing() as connection:
        connection.execute(text("UPDATE archive SET office_id = '5d5a3c1e-0000-4000-8000-000000000000'"))
    with pytest.raises(UserError) as caught:
        means.save_means(session, archive.id, worksheet(session, archive))
    assert caught.value.code == "not_own_archive"
    session.close()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "kind", "amount", "x")), inner),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    data=st.fixed_dictionaries(
        {},
        optional={
            "year": st.just(2019) | _JSON,
            "edition": st.just("means-1") | _JSON,
            "household": st.dictionaries(st.sampled_from(("area", "region", "x")), _JSON) | _JSON,
            "rows": st.dictionaries(st.sampled_from(("incomes", "people", "x")), _JSON) | _JSON,
        },
    )
)
def test_read_means__anything(data: object) -> None:
    """Whatever stands in a record: a worksheet, or ValueError; and what it holds is then known or named."""
    try:
        read = means_check.read_means(data)
    except ValueError:
        return
    assert isinstance(means_check.unknown_entry(read), str)
    assert MeansContent.from_json(read.to_json()) == read


# -- beginning one ------------------------------------------------------------------------------------------------


def test_new__lists_people_and_place(town: OfficeSession) -> None:
    """A new worksheet knows who there is and the county, and assumes nothing about money."""
    archive = file_household(town)
    sheet = means.new_means(town, archive, YEAR)
    assert [person["person"] for person in sheet.rows["people"]] == [
        WORKER,
        *(member["id"] for member in archive.content.members),
    ]
    assert (sheet.values, list(sheet.rows)) == ({"region": "340882"}, ["people"])


def test_copy__figures_of_last_year_are_one_key_away(town: OfficeSession) -> None:
    """Figures come along with new row ids; evidence, days of bills, earlier aid and decisions stay with their year."""
    archive = file_household(town)
    old = worksheet(town, archive)
    old.values["committee_note"] = "同意"
    old.rows["incomes"][0]["papers"] = ["5d5a3c1e-0000-4000-8000-000000000000"]
    old.rows["expenses"] = [row(kind="illness", total=500, spent_on="2019-03-01")]
    old.rows["earlier_aid"] = [row(item="living", amount=5, received_on="2019-01-01")]
    new = means.copy_from_year(old, 2020)
    assert new.year == 2020 and "committee_note" not in new.values and "earlier_aid" not in new.rows
    assert new.values["area"] == "urban" and new.rows["homes"] == []
    assert [{key: value for key, value in new.rows["expenses"][0].items() if key != "id"}] == [
        {"kind": "illness", "total": 500}
    ]
    assert new.rows["incomes"][0]["amount"] == 2_000_000 and "papers" not in new.rows["incomes"][0]
    ids = {str(item["id"]) for sheet in (old, new) for ledger in sheet.rows.values() for item in ledger}
    assert len(ids) == sum(len(ledger) for sheet in (old, new) for ledger in sheet.rows.values())
    assert means.save_means(town, archive.id, new).revision == 1


def test_papers__named_as_evidence(town: OfficeSession) -> None:
    """The attachments that rows name, wherever they stand."""
    sheet = worksheet(town, file_household(town))
    sheet.rows["incomes"][0]["papers"] = ["a", "b"]
    sheet.rows["expenses"] = [row(kind="illness", total=5, papers=["b", "c"])]
    assert means.papers_used(sheet) == {"a", "b", "c"}


# -- what the form takes from it ----------------------------------------------------------------------------------


def test_proposals__by_hand(town: OfficeSession) -> None:
    """Net of tax and 五险一金, only of those living together, without 低保金 and union aid."""
    archive = file_household(town)
    wife, child = (str(member["id"]) for member in archive.content.members)
    sheet = worksheet(town, archive)
    sheet.rows["people"][2]["lives_together"] = False
    sheet.rows["incomes"] = [
        wage(3_000_000, tax=60_000, social_insurance=300_000),
        wage(1_000_000, wife),
        wage(5_000_000, child),
        row(person=wife, kind="transfer", amount=120_000),
        row(person=WORKER, kind="subsistence_allowance", amount=700_000),
        row(person=WORKER, kind="union_aid", amount=200_000),
    ]
    assert means.income_proposals(archive.content, sheet) == {
        "monthly_income": 220_000,
        f"{wife}.monthly_income": 83_333,
        "other_annual_income": 120_000,
        "annual_household_income": 3_760_000,
        "household_size": 2,
        "per_capita_monthly_income": 156_667,
    }


def test_proposals__nothing_asked_nothing_proposed(town: OfficeSession) -> None:
    """While nobody asked about incomes, no figure follows; 0 is proposed only where it was said."""
    archive = file_household(town)
    sheet = means.new_means(town, archive, YEAR)
    assert means.income_proposals(archive.content, sheet) == {"household_size": 3}
    sheet.rows["incomes"] = []
    assert means.income_proposals(archive.content, sheet)["annual_household_income"] == 0


AMOUNTS = st.integers(0, 10_000_000)


@settings(max_examples=60)
@given(wages=st.lists(AMOUNTS, min_size=3, max_size=3), others=st.lists(AMOUNTS, max_size=4), seed=st.integers(0, 50))
def test_proposals__agree_with_the_form(wages: list[int], others: list[int], seed: int) -> None:
    """A form filled with the proposals has nothing to warn about, and its exact per-capita income is the worksheet's."""
    content = household(seed)
    people = [WORKER, *(str(member["id"]) for member in content.members)]
    sheet = MeansContent(YEAR)
    sheet.rows["incomes"] = [wage(amount, person) for amount, person in zip(wages, people, strict=True)]
    sheet.rows["incomes"] += [row(person=WORKER, kind="property", amount=amount) for amount in others]
    filled = derive(means_income.with_proposals(content, means_income.income_proposals(content, sheet)))
    exact = per_capita_exact(filled)
    assert exact is not None and exact * 36 == sum(wages) + sum(others)
    codes = {item.code for item in validation.check_form(filled, Stage.SUBMIT, TODAY)}
    assert not codes & {"income_differs", "household_size_differs", "negative"}
    assert means_income.means_problems(filled, sheet) == []


def test_apply__is_a_revision(town: OfficeSession) -> None:
    """The proposals are written into the form as one revision that says where they come from."""
    archive = poor_household(town)
    after = means.apply_to_archive(town, archive.id, reason="与本人核对")
    assert after.content.values["annual_household_income"] == 2_000_000
    assert after.content.values["per_capita_monthly_income"] == 55_556
    entry = revisions.archive_history(town, archive.id)[0]
    assert (entry.action, entry.reason) == ("means", "照 2019 年家庭经济状况填写：与本人核对")
    assert "家庭年度总收入" in [change.label for change in entry.changes]
    assert means.apply_to_archive(town, archive.id).revision == after.revision


def test_apply__only_what_was_chosen(town: OfficeSession) -> None:
    """A key that was not chosen stays."""
    archive = poor_household(town)
    after = means.apply_to_archive(town, archive.id, ["household_size", "annual_household_income"])
    assert after.content.values["monthly_income"] == archive.content.values["monthly_income"]
    assert after.content.values["annual_household_income"] == 2_000_000


def test_apply__without_worksheet(town: OfficeSession) -> None:
    """Where there is none, the sentence says which year is wanted."""
    archive = file_household(town)
    with pytest.raises(UserError, match="2019"):
        means.apply_to_archive(town, archive.id)


def test_overruled__wants_a_reason(town: OfficeSession) -> None:
    """A form that says something else than last year's worksheet is filed only with a reason for it."""
    archive = poor_household(town)
    content = means.apply_to_archive(town, archive.id).content
    content.values |= {"annual_household_income": 2_400_000, "decided_on": "2020-05-30", "filed_on": "2020-05-30"}
    warnings = [item for item in archiving.check_content(town, content, Stage.SUBMIT, archive.id) if "means" in item.code]
    assert [item.place for item in warnings] == ["annual_household_income:differs_from_means"]
    assert warnings[0].message == "与 2019 年家庭经济状况得出的 20,000.00 不一致（现在是 24,000.00），请核对或说明原因。"
    with pytest.raises(UserError) as caught:
        archiving.save_archive(town, content, archive.id, complete=True)
    assert caught.value.code == "warnings_not_confirmed"
    problems = archiving.check_content(town, content, Stage.SUBMIT, archive.id)
    reasons = {item.place: "另有一份年终奖，证明待补" for item in problems if item.severity is validation.Severity.WARNING}
    saved = archiving.save_archive(town, content, archive.id, complete=True, confirmations=reasons)
    assert saved.content.values["annual_household_income"] == 2_400_000


def test_overruled__member_and_other_years(town: OfficeSession) -> None:
    """A member's income is compared, too; the worksheet of an earlier year says nothing about this form."""
    archive = file_household(town)
    sheet = worksheet(town, archive, year=2018)
    means.save_means(town, archive.id, sheet)
    assert not [item for item in archiving.outside_problems(town, archive.content, archive.id) if "means" in item.code]
    means.save_means(town, archive.id, means.copy_from_year(sheet, 2019))
    content = means.apply_to_archive(town, archive.id).content
    content.members[1]["monthly_income"] = 5
    found = archiving.outside_problems(town, content, archive.id)
    assert [item.place for item in found] == ["monthly_income[1]:differs_from_means"]
    assert "differs_from_means" not in [item.code for item in archiving.outside_problems(town, content, None)]


# -- invented worksheets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_demo__worksheets_can_be_stored_and_agree_with_their_form(seed: int) -> None:
    """Worksheets of invented households are complete and say what the form says; the same seed says the same."""
    content = household(seed, members=seed % 5)
    sheet = demo_means.make_means(random.Random(seed), content, 2025)
    assert means_check.check_means(content, means_check.prepared_means(sheet)) == sheet
    assert means_income.means_problems(content, sheet) == []
    assert set(MEANS_FORM.by_key) - {"household", "monthly_incomes"} <= set(sheet.rows)
    again = demo_means.make_means(random.Random(seed), content, 2025)
    assert _without_ids(again) == _without_ids(sheet)


def _without_ids(sheet: MeansContent) -> object:
    rows = {key: [{name: item[name] for name in item if name != "id"} for item in rows] for key, rows in sheet.rows.items()}
    return sheet.values, rows


def test_demo__fills_worksheets(town: OfficeSession) -> None:
    """A demonstration office has a worksheet of last year for nearly every household, without further revisions."""
    ids = demo.fill_office(town, 20, with_means=True)
    assert sum(means.load_means(town, archive_id, YEAR) is not None for archive_id in ids) >= 15
    assert {archiving.load_archive(town, archive_id).revision for archive_id in ids} == {1}


def test_form__content_untouched_by_proposals() -> None:
    """Proposals are made on a copy."""
    content = ArchiveContent({"monthly_income": 1})
    means_income.with_proposals(content, {"monthly_income": 2, "gone.monthly_income": 3})
    assert content == ArchiveContent({"monthly_income": 1})
