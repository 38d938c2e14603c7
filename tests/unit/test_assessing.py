"""Assessments and decisions: kept as they were said, never recomputed, and told apart from what changed since."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from casework import ON, YEAR, assessed_household, in_2020, poor_household, wage, worksheet
from factories import file_household
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.domain.policy import eligibility, records
from db.domain.policy.assessment import Assessment, Outcome
from db.domain.policy.book import PolicyBook, load_pack, packaged_book
from db.domain.policy.facts import facts_from_json
from db.errors import Cancelled, UserError
from db.services import archiving, assessing, demo, demo_casework, means, policies, rechecks, revisions, staleness
from db.services.assessing import AssessmentQuery
from db.services.office import OfficeSession

PACK = "qianshan-2020"


@pytest.fixture
def town(office: OfficeSession) -> OfficeSession:
    """A township office in June 2020, where the packaged Qianshan plan is in force."""
    return in_2020(office)


# -- assessing ----------------------------------------------------------------------------------------------------


def test_assess__nothing_is_stored(town: OfficeSession) -> None:
    """Looking what the rules say leaves no trace."""
    archive = poor_household(town)
    found = assessing.assess_archive(town, archive.id, ON)
    assert (found.outcome, found.suggested_class, found.suggested_level) == (Outcome.FITS, "subsistence", "national")
    assert assessing.list_assessments(town, archive.id) == []
    assert archiving.load_archive(town, archive.id).revision == 2


def test_assess__without_worksheet_asks(town: OfficeSession) -> None:
    """No worksheet is not the same as no income: the assessment asks, it does not decide."""
    archive = file_household(town)
    found = assessing.assess_archive(town, archive.id, ON)
    assert found.outcome is Outcome.INCOMPLETE and found.suggested_class is None
    assert "incomes" in [item.place for item in found.missing]


def test_assess__what_if_with_unsaved_worksheet(town: OfficeSession) -> None:
    """A changed worksheet is tried out; what is stored stays."""
    archive = poor_household(town)
    changed = worksheet(town, archive, income=2_160_000)
    (step,) = _income_steps(assessing.assess_archive(town, archive.id, ON, changed))
    assert step == Fraction(600)
    (stored,) = _income_steps(assessing.assess_archive(town, archive.id, ON))
    assert stored == Fraction(5000, 9)
    changed.rows["incomes"][0]["amount"] = -5
    with pytest.raises(UserError, match="不能小于 0"):
        assessing.assess_archive(town, archive.id, ON, changed)


def _income_steps(assessment: Assessment) -> set[Fraction | None]:
    result = assessment.class_result("subsistence")
    assert result is not None
    return {step.value for route in result.routes for step in route.steps if step.measure == "per_capita_income"}


def test_assess__the_year_the_pack_looks_at(town: OfficeSession) -> None:
    """Last year's worksheet counts, not this year's."""
    archive = poor_household(town)
    means.save_means(town, archive.id, worksheet(town, archive, income=90_000_000, year=2020))
    assert assessing.assess_archive(town, archive.id, ON).year == YEAR


def test_assess__no_policy_in_force(town: OfficeSession) -> None:
    """A day on which no pack of the place holds, and none was chosen: a sentence with the day."""
    archive = poor_household(town)
    with pytest.raises(UserError) as caught:
        assessing.assess_archive(town, archive.id, date(2031, 1, 1))
    assert caught.value.code == "no_policy_chosen" and "2031-01-01" in caught.value.text()
    by_name = assessing.assess_archive(town, archive.id, ON, policy_id=PACK)
    assert by_name == assessing.assess_archive(town, archive.id, ON)


def test_assess__member_left_since(town: OfficeSession) -> None:
    """A worksheet that still speaks of a member who was struck off is not silently counted without them."""
    archive = file_household(town)
    sheet = worksheet(town, archive)
    sheet.rows["incomes"].append(wage(5, str(archive.content.members[1]["id"])))
    means.save_means(town, archive.id, sheet)
    content = archive.content.copy()
    del content.members[1]
    archiving.save_archive(town, content, archive.id)
    with pytest.raises(UserError) as caught:
        assessing.assess_archive(town, archive.id, ON)
    assert caught.value.code == "means_unknown_person"


def test_facts__can_be_given_to_the_command_line(town: OfficeSession) -> None:
    """The facts of an archive, written as a facts file, lead to the same assessment."""
    archive = poor_household(town)
    facts = assessing.facts_for(town, archive.id, YEAR)
    read = facts_from_json(json.loads(json.dumps(records.facts_json(facts))))
    book = policies.policy_book(town)
    loaded = policies.find_pack(book, PACK)
    assert eligibility.assess(read, loaded, book, ON) == eligibility.assess(facts, loaded, book, ON)


# -- storing ------------------------------------------------------------------------------------------------------


def test_store__kept_as_it_was_said(town: OfficeSession) -> None:
    """Result with every step and exact number, facts, policy text and form edition are read back as they were."""
    archive = poor_household(town)
    said = assessing.assess_archive(town, archive.id, ON)
    facts = assessing.facts_for(town, archive.id, YEAR)
    made = assessing.store_assessment(town, archive.id, said, facts)
    (kept,) = assessing.list_assessments(town, archive.id)
    assert kept == made and kept.assessment == said
    assert records.facts_of_record(kept.facts).year == YEAR and kept.facts == records.facts_json(facts)
    assert (kept.means_revision, kept.made_by, kept.decision, kept.is_stale) == (1, "陈志强", None, False)
    assert said.form_edition == "shandong-2016 means-1"
    loaded = policies.find_pack(policies.policy_book(town), PACK)
    assert assessing.policy_text(town, said.policy_sha256) == loaded.text
    standard = next(item for item in kept.standards if item.topic == "subsistence")
    assert (standard.region, standard.amount, standard.begins) == ("340882", "585/1", "2020-01-01")
    assert standard.citation.startswith("《潜山市工会城市困难职工解困脱困决战决胜年实施方案》")


def test_store__is_a_revision_of_the_archive(town: OfficeSession) -> None:
    """The archive's history names the assessment; the form stays as it is; the same one is not kept twice."""
    archive = poor_household(town)
    made = assessing.assess_and_store(town, archive.id, ON)
    assert assessing.assess_and_store(town, archive.id, ON) == made
    entries = revisions.archive_history(town, archive.id)
    assert [entry.action for entry in entries] == ["assess", "means", "create"]
    assert entries[0].reason.startswith("符合：") and entries[0].changes == []
    assert len(assessing.list_assessments(town, archive.id)) == 1
    assert len(assessing.list_assessments(town, assessing.assess_and_store(town, archive.id, date(2020, 6, 2)).archive_id)) == 2


def test_store__refused_when_changed_meanwhile(town: OfficeSession) -> None:
    """A result that was computed before somebody changed the worksheet is no record of this household."""
    archive = poor_household(town)
    said, facts = assessing.assess_archive(town, archive.id, ON), assessing.facts_for(town, archive.id, YEAR)
    means.save_means(town, archive.id, worksheet(town, archive, income=1))
    with pytest.raises(UserError) as caught:
        assessing.store_assessment(town, archive.id, said, facts)
    assert caught.value.code == "assessment_outdated"
    assert assessing.list_assessments(town, archive.id) == []


def test_store__never_recomputed(town: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading old assessments runs no rule."""
    kept = assessed_household(town)

    def forbidden(*_: object) -> None:
        raise AssertionError("recomputed")

    monkeypatch.setattr(assessing, "assess", forbidden)
    monkeypatch.setattr(eligibility, "assess", forbidden)
    means.save_means(town, kept.archive_id, worksheet(town, archiving.load_archive(town, kept.archive_id), 99))
    (again,) = assessing.list_assessments(town, kept.archive_id)
    assert again.assessment == kept.assessment
    assert assessing.assessment_rows(town, AssessmentQuery())[0].outcome is Outcome.FITS


@pytest.mark.parametrize("table", ["assessment", "decision", "policy_version"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_store__append_only(town: OfficeSession, table: str, statement: str) -> None:
    """No statement changes or deletes an assessment, a decision, or a policy text."""
    made = assessed_household(town)
    assessing.decide(town, made.id, "subsistence", "national")
    change = {"assessment": "outcome = 'x'", "decision": "reason = 'x'", "policy_version": "text = 'x'"}[table]
    with pytest.raises(DBAPIError, match="append-only"), town.database.writing() as connection:
        connection.execute(text(statement.format(table, change)))


# -- stale --------------------------------------------------------------------------------------------------------


def _new_means(town: OfficeSession, archive_id: str) -> None:
    means.save_means(town, archive_id, worksheet(town, archiving.load_archive(town, archive_id), 2_000_001))


def _amend(**values: object) -> Callable[[OfficeSession, str], None]:
    def change(town: OfficeSession, archive_id: str) -> None:
        content = archiving.load_archive(town, archive_id).content
        content.values |= values  # type: ignore[arg-type]
        archiving.save_archive(town, content, archive_id)

    return change


def _member_leaves(town: OfficeSession, archive_id: str) -> None:
    content = archiving.load_archive(town, archive_id).content
    del content.members[0]
    archiving.save_archive(town, content, archive_id)


def _reorder(town: OfficeSession, archive_id: str) -> None:
    content = archiving.load_archive(town, archive_id).content
    content.members.reverse()
    archiving.save_archive(town, content, archive_id)


def _other_year(town: OfficeSession, archive_id: str) -> None:
    means.save_means(town, archive_id, worksheet(town, archiving.load_archive(town, archive_id), 5, year=2018))


def _next_year(town: OfficeSession, archive_id: str) -> None:
    town.clock = lambda: datetime(2021, 6, 1, 9).astimezone()


def _policy_chosen(town: OfficeSession, archive_id: str) -> None:
    policies.choose_policy(town, "shandong-edu-2016")


SINCE: dict[str, tuple[Callable[[OfficeSession, str], None], bool, bool]] = {
    "worksheet": (_new_means, True, False),
    "worksheet of another year": (_other_year, False, False),
    "cause": (_amend(main_hardship_cause="other", hardship_cause_note="其他"), True, False),
    "phone": (_amend(mobile_phone="13900001111"), False, False),
    "member": (_member_leaves, True, False),
    "order of members": (_reorder, False, False),
    "policy": (_policy_chosen, False, True),
    "standard ended": (_next_year, False, True),
}


@pytest.mark.parametrize("case", SINCE)
def test_stale__tells_what_changed_since(town: OfficeSession, case: str) -> None:
    """Worksheet, household as far as rules look at it, policy and standards – and nothing else – make it stale."""
    made = assessed_household(town)
    change, means_changed, policy_changed = SINCE[case]
    change(town, made.archive_id)
    (kept,) = assessing.list_assessments(town, made.archive_id)
    assert (kept.means_changed, kept.policy_changed) == (means_changed, policy_changed)
    assert kept.assessment == made.assessment
    stale = [row.archive_id for row in assessing.assessment_rows(town, AssessmentQuery(stale=True))]
    assert stale == [made.archive_id] * kept.is_stale


def test_standards_print__only_its_regions_and_known_days() -> None:
    """A figure of another county, or one that begins later, leaves the fingerprint as it is."""
    book = packaged_book()

    def fingerprint(known: PolicyBook, region: str, on: str) -> str:
        return staleness.standards_print(records.known_standards(known, region.split(), on), on)

    before = fingerprint(book, "340882", "2020-06-01")
    assert fingerprint(book, "340882", "2020-12-31") == before
    assert fingerprint(book, "340882", "2021-01-01") != before
    assert fingerprint(PolicyBook(book.packs), "340882", "2020-06-01") != before
    assert fingerprint(book, "", "2020-06-01") == fingerprint(PolicyBook(()), "", "2020-06-01")


# -- deciding -----------------------------------------------------------------------------------------------------


def test_decide__as_suggested_fills_the_form(town: OfficeSession) -> None:
    """Deciding as suggested needs no reason; the form takes the 困难类别 in one revision that says so."""
    made = assessed_household(town)
    before = archiving.load_archive(town, made.archive_id)
    assert before.content.values["hardship_category"] == "accidental_hardship"
    decision = assessing.decide(town, made.id, "subsistence", "national")
    after = archiving.load_archive(town, made.archive_id)
    category = made.assessment.classes[0].category
    assert (after.content.values["hardship_category"], after.revision) == (category, before.revision + 1)
    entry = revisions.archive_history(town, made.archive_id)[0]
    assert (entry.action_label, [change.field for change in entry.changes]) == ("认定决定", ["hardship_category"])
    (kept,) = assessing.list_assessments(town, made.archive_id)
    assert kept.decision == decision and not kept.is_stale
    assert (decision.suggested_class, decision.decided_class, decision.made_by) == ("subsistence", "subsistence", "陈志强")


def test_decide__otherwise_needs_a_reason(town: OfficeSession) -> None:
    """Another class, another level or none: only with a reason; suggested and decided stay apart."""
    made = assessed_household(town)
    for code, level in (("other_cause", "national"), ("subsistence", "municipal"), ("subsistence", None), (None, None)):
        with pytest.raises(UserError) as caught:
            assessing.decide(town, made.id, code, level, "  ")
        assert caught.value.code == "decision_needs_reason" and "全总级" in caught.value.text()
    decision = assessing.decide(town, made.id, None, None, "公示期间有异议，查实有隐瞒收入")
    assert (decision.suggested_class, decision.decided_class) == ("subsistence", None)
    after = archiving.load_archive(town, made.archive_id)
    assert after.content.values["hardship_category"] == "accidental_hardship"
    assert "查实有隐瞒收入" in revisions.archive_history(town, made.archive_id)[0].reason


def test_decide__the_latest_counts(town: OfficeSession) -> None:
    """Decisions are added, never changed; deciding the same again adds none."""
    made = assessed_household(town)
    assessing.decide(town, made.id, "subsistence", "national")
    assessing.decide(town, made.id, None, None, "本人放弃")
    last = assessing.decide(town, made.id, "subsistence", "national", "本人改变主意")
    assert assessing.decide(town, made.id, "subsistence", "national", "本人改变主意") == last
    (kept,) = assessing.list_assessments(town, made.archive_id)
    assert kept.decision == last and [item.decided_class for item in kept.decisions] == ["subsistence", None, "subsistence"]


def test_decide__unknown_class_or_old_assessment(town: OfficeSession) -> None:
    """Only classes and levels of the policy, only the last assessment, only one that exists."""
    made = assessed_household(town)
    for code, level in (("deep_hardship", None), ("subsistence", "galactic"), (None, "national")):
        with pytest.raises(UserError, match="不在这次认定"):
            assessing.decide(town, made.id, code, level, "理由")
    assessing.assess_and_store(town, made.archive_id, date(2020, 6, 3))
    with pytest.raises(UserError) as caught:
        assessing.decide(town, made.id, "subsistence", "national")
    assert caught.value.code == "assessment_not_last"
    with pytest.raises(UserError) as caught:
        assessing.decide(town, "gone", None)
    assert caught.value.code == "assessment_gone"
    with pytest.raises(UserError) as caught:
        newest = assessing.list_assessments(town, made.archive_id)[0]
        assessing.decide(town, newest.id, None, None, "长" * 501)
    assert caught.value.code == "text_too_long"


# -- the work list ------------------------------------------------------------------------------------------------


def test_list__every_archive_with_its_last_word(town: OfficeSession) -> None:
    """Assessed and not, decided and not, with labels of class and level."""
    fitting = assessed_household(town, 1)
    rich = assessed_household(town, 2, income=90_000_000)
    bare = file_household(town, 3)
    assessing.decide(town, fitting.id, "subsistence", "national")
    rows = {row.archive_id: row for row in assessing.assessment_rows(town, AssessmentQuery())}
    assert set(rows) == {fitting.archive_id, rich.archive_id, bare.id}
    row = rows[fitting.archive_id]
    assert (row.decided_class_label, row.decided_level_label, row.is_decision_current) == ("低保户", "全总级", True)
    assert (row.suggested_class_label, row.suggested_level_label, row.outcome) == ("低保户", "全总级", Outcome.FITS)
    assert rows[rich.archive_id].outcome is Outcome.DOES_NOT_FIT and rows[rich.archive_id].suggested_class_label == ""
    assert (rows[bare.id].assessment_id, rows[bare.id].outcome, rows[bare.id].is_stale) == (None, None, False)


FILTERS: dict[str, tuple[AssessmentQuery, list[int]]] = {
    "all": (AssessmentQuery(), [0, 1, 2]),
    "assessed": (AssessmentQuery(assessed=True), [0, 1]),
    "not assessed": (AssessmentQuery(assessed=False), [2]),
    "decided": (AssessmentQuery(decided=True), [0]),
    "undecided": (AssessmentQuery(decided=False), [1]),
    "fits": (AssessmentQuery(outcome=Outcome.FITS), [0]),
    "class": (AssessmentQuery(class_code="subsistence"), [0]),
    "level": (AssessmentQuery(level="provincial"), []),
    "fresh": (AssessmentQuery(stale=False), [0, 1]),
    "nobody": (AssessmentQuery(text="查无此人"), []),
    "unsearchable": (AssessmentQuery(text="——"), []),
    "by name": (AssessmentQuery(order="name", descending=False), [0, 1, 2]),
    "office": (AssessmentQuery(office_id="other"), []),
    "recheck": (AssessmentQuery(recheck_before="2019-01-01"), []),
}


@pytest.mark.parametrize("name", FILTERS)
def test_list__filters_agree(town: OfficeSession, name: str) -> None:
    """Page, count and ids mean the same archives."""
    first, second = assessed_household(town, 1), assessed_household(town, 2, income=90_000_000)
    ids = [first.archive_id, second.archive_id, file_household(town, 3).id]
    assessing.decide(town, first.id, "subsistence", "national")
    query, expected = FILTERS[name]
    found = [row.archive_id for row in assessing.assessment_rows(town, query)]
    assert sorted(found) == sorted(ids[index] for index in expected)
    assert assessing.assessment_archive_ids(town, query) == found
    assert assessing.count_assessments(town, query) == len(found)
    assert [row.archive_id for row in assessing.assessment_rows(town, query, 1, 1)] == found[1:2]


def test_many__stores_skips_and_counts(town: OfficeSession) -> None:
    """Many at once: stored one by one, the odd ones named with their reason, progress told."""
    ids = [poor_household(town, seed).id for seed in (1, 2)] + [file_household(town, 3).id]
    broken = archiving.load_archive(town, ids[1])
    del broken.content.members[0]
    sheet = worksheet(town, broken)
    archiving.save_archive(town, broken.content, ids[1])
    sheet.rows["people"] = sheet.rows["people"][:1]
    told: list[tuple[int, int]] = []
    done = assessing.assess_many(town, [*ids, "gone"], ON, lambda *at: told.append(at))
    assert dict(done.outcomes) == {Outcome.FITS: 1, Outcome.INCOMPLETE: 1} and done.done == 2
    assert [(item.archive_id, item.archive_number) for item in done.skipped] == [
        (ids[1], broken.archive_number),
        ("gone", ""),
    ]
    assert "家庭人员" in done.skipped[0].reason and told == [(4, 4)]


def test_many__cancelled_keeps_what_was_done(town: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled run leaves whole assessments, none half done."""
    monkeypatch.setattr(assessing, "_BATCH", 1)
    ids = [poor_household(town, seed).id for seed in (1, 2)]

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        assessing.assess_many(town, ids, ON, stop)
    assert [len(assessing.list_assessments(town, archive_id)) for archive_id in ids] == [1, 0]


# -- records from outside -----------------------------------------------------------------------------------------

KEPT = Path(__file__).parents[1] / "fixtures" / "kept"
"""What earlier editions of the program kept."""

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)


@cache
def _result_text() -> str:
    """A real result as JSON."""
    facts = {
        "year": YEAR,
        "household": {"region": "340882", "area": "urban"},
        "people": [{"person": "worker"}],
        "incomes": [{"person": "worker", "kind": "wage", "amount": 700_000}],
    }
    book = packaged_book()
    loaded = policies.find_pack(book, PACK)
    said = eligibility.assess(facts_from_json(facts), loaded, book, ON)
    return json.dumps(said.to_json())


def _result() -> Any:
    return json.loads(_result_text())


def test_result__read_strictly() -> None:
    """What this program wrote is read as it was."""
    assert records.read_result(_result()) == Assessment.from_json(_result())


@pytest.mark.parametrize("path", sorted(KEPT.glob("assessment-*.json")), ids=lambda path: path.stem)
def test_result__of_an_earlier_edition_is_read_as_it_was_kept(path: Path) -> None:
    """An assessment is asked for ten years later, and travels from offices that were not updated yet; it gains no words."""
    kept = json.loads(path.read_text("utf-8"))
    assert records.read_result(kept).caps == Assessment.from_json(kept).caps


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key of it, all the way down."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [found for key in keys for found in ((value, key), *_places(value[key]))]


@settings(max_examples=200)
@given(place=st.floats(0, 0.9999), leaf=_LEAVES)
def test_result__anything_in_any_place(place: float, leaf: object) -> None:
    """One value replaced anywhere: a whole assessment of the right types, or ValueError – never a half-read one."""
    spoilt = _result()
    places = _places(spoilt)
    container, key = places[int(place * len(places))]
    container[key] = leaf
    try:
        read = records.read_result(spoilt)
    except ValueError:
        return
    assert json.loads(json.dumps(read.to_json())) == spoilt


@pytest.mark.parametrize("number", ["1/0", "1e999999999", "9" * 200 + "/1", "0.1", "nan"])
def test_result__numbers_made_to_hurt(number: str) -> None:
    """Exact numbers are short fractions."""
    spoilt = _result()
    spoilt["classes"][0]["routes"][0]["steps"][0]["value"] = number
    with pytest.raises(ValueError):
        records.read_result(spoilt)


@settings(max_examples=150)
@given(
    data=st.dictionaries(
        st.sampled_from(("year", "household", "people", "incomes", "standards", "x")),
        st.just(2019) | st.lists(st.dictionaries(st.sampled_from(("person", "kind")), _LEAVES), max_size=2) | _LEAVES,
    )
)
def test_facts__anything(data: dict[str, object]) -> None:
    """Facts from outside are read whole or refused."""
    try:
        facts = records.read_facts(data)
    except ValueError:
        return
    assert facts.size >= 0 and facts.year == data["year"]


def test_policy__edited_text_is_kept_with_its_assessment(town: OfficeSession) -> None:
    """When the office's own version is replaced, the text an assessment rests on can still be read."""
    packaged = policies.find_pack(policies.policy_book(town), PACK)
    edited = load_pack(packaged.text.replace('version = "1"', 'version = "2"', 1), "own.toml", policies.EDITED)
    with town.database.writing() as connection:
        policies.keep_pack(connection, town, edited)
        connection.execute(text("UPDATE policy_version SET is_current = 1"))
    made = assessed_household(town)
    assert made.assessment.policy_version == "2"
    with town.database.writing() as connection:
        connection.execute(text("UPDATE policy_version SET is_current = 0"))
    (kept,) = assessing.list_assessments(town, made.archive_id)
    assert kept.policy_changed and assessing.policy_text(town, kept.assessment.policy_sha256) == edited.text
    with pytest.raises(UserError):
        assessing.policy_text(town, "0" * 64)


def test_clock__assessments_are_ordered_without_it(town: OfficeSession) -> None:
    """A clock that was set back does not turn the order round."""
    made = assessed_household(town)
    early = town.clock() - timedelta(days=400)
    town.clock = lambda: early
    later = assessing.assess_and_store(town, made.archive_id, date(2020, 6, 9))
    assert [item.id for item in assessing.list_assessments(town, made.archive_id)] == [later.id, made.id]


def test_recheck__due_once_its_day_has_come(town: OfficeSession) -> None:
    """A household just above a line stands on the board from its day on, until it has been assessed anew."""
    near = poor_household(town, income=4_320_000)  # 1200 a person and month; 市总级 ends at 1170
    stored = assessing.assess_and_store(town, near.id, ON)
    assert (stored.assessment.outcome, stored.assessment.recheck_on) == (Outcome.NEAR, "2021-01-01")
    assert rechecks.due_rechecks(town, 5) == (0, [])
    new_year = datetime(2021, 1, 1, 9).astimezone()
    town.clock = lambda: new_year
    number, (due,) = rechecks.due_rechecks(town, 5)
    assert (number, due.archive_id, due.recheck_on) == (1, near.id, "2021-01-01")
    assert due.near_class_label and rechecks.due_rechecks(town, 0) == (1, [])
    means.save_means(town, near.id, worksheet(town, near), expected_revision=1)
    again = assessing.assess_and_store(town, near.id, date(2020, 12, 30))
    assert again.assessment.outcome is Outcome.FITS
    assert rechecks.due_rechecks(town, 5) == (0, [])


def test_demo__something_to_see(office: OfficeSession) -> None:
    """A demonstration office has assessments of several outcomes, some decided, some left to do, and says it is invented."""
    ids = demo.fill_office(office, 60, with_means=True)
    for _ in range(2):  # the same again does no harm
        demo_casework.set_up_policy(office)
    demo_casework.assess_some(office, ids)
    rows = assessing.assessment_rows(office, AssessmentQuery())
    assert {Outcome.FITS, Outcome.NEAR, Outcome.DOES_NOT_FIT, Outcome.INCOMPLETE, None} == {row.outcome for row in rows}
    fitting = [row for row in rows if row.outcome is Outcome.FITS]
    assert 0 < sum(row.is_decision_current for row in fitting) < len(fitting)
    shown = [row for row in policies.standards_rows(office) if row.origin == policies.EDITED]
    assert [(row.amount, "虚构" in row.citation) for row in shown] == [("400", True)]
