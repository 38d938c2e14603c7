"""Means worksheets, assessments and decisions travel with their archive: whole, once, and never half believed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from casework import ON, YEAR, assessed_household, in_2020, poor_household, worksheet
from factories import file_household
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import as_lines, carry, expect_refusal, forge, record_lines, town_and_county, unchanged
from sqlalchemy import text

from db.domain.archive_content import new_id
from db.domain.policy import records
from db.domain.policy.assessment import Assessment
from db.exchange import bundle_casework, bundle_records
from db.exchange.bundle_format import MalformedError
from db.services import archiving, assessing, exchange, means
from db.services.office import OfficeSession
from db.store import casework_store

Trio = tuple[OfficeSession, OfficeSession, Path]
Record = dict[str, Any]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township and its county in June 2020, and a stick."""
    with town_and_county(tmp_path) as (town, county, stick):
        yield in_2020(town), in_2020(county), stick


def casework(session: OfficeSession, archive_id: str) -> tuple[object, ...]:
    """All that is known of an archive besides its form."""
    sheets = [means.means_history(session, archive_id, year) for year in means.list_years(session, archive_id)]
    return sheets, assessing.list_assessments(session, archive_id)


def sent(session: OfficeSession, ids: list[str], *, full: bool = False) -> list[Record]:
    """The records of these archives as they would be sent now."""
    with session.database.reading() as connection:
        lines = list(bundle_records.archive_lines(connection, ids, full=full))
        assert lines == list(bundle_records.archive_lines(connection, ids, full=full))
    return [json.loads(line) for line in lines]


# -- travelling ---------------------------------------------------------------------------------------------------


def test_travel__all_of_it_arrives(trio: Trio) -> None:
    """Worksheets with their versions, assessments, decisions and the policy text are in the county as they were."""
    town, county, stick = trio
    made = assessed_household(town)
    assessing.decide(town, made.id, None, None, "本人放弃")
    assessing.decide(town, made.id, "subsistence", "national")
    archive = archiving.load_archive(town, made.archive_id)
    means.save_means(town, made.archive_id, worksheet(town, archive, 2_000_500), reason="更正")
    carry(town, county, stick)
    assert casework(county, made.archive_id) == casework(town, made.archive_id)
    (kept,) = assessing.list_assessments(county, made.archive_id)
    assert kept.means_changed and kept.decision and kept.decision.decided_class == "subsistence"
    text_there = assessing.policy_text(county, made.assessment.policy_sha256)
    assert text_there == assessing.policy_text(town, made.assessment.policy_sha256)
    assert kept.standards == made.standards != ()
    with county.database.reading() as connection:
        row = connection.execute(text("SELECT origin, source_office_id, is_current FROM policy_version")).one()
    assert tuple(row) == ("delivered", town.office.id, 0)


def test_travel__nothing_unsubmitted_is_left(trio: Trio) -> None:
    """Whatever is added beside the form makes the archive one to submit; after the receipt it is not any more."""
    town, county, stick = trio
    archive = file_household(town)
    carry(town, county, stick)
    for add in (
        lambda: means.save_means(town, archive.id, worksheet(town, archive)),
        lambda: assessing.assess_and_store(town, archive.id, ON),
        lambda: assessing.decide(town, assessing.list_assessments(town, archive.id)[0].id, None, None, "放弃"),
    ):
        add()
        assert exchange.unsubmitted_ids(town) == [archive.id]
        carry(town, county, stick)
        assert casework(county, archive.id) == casework(town, archive.id)
        assert exchange.unsubmitted_ids(town) == []


def test_travel__only_what_the_receiver_lacks(trio: Trio) -> None:
    """After a receipt only new rows travel; with the whole history all of them."""
    town, county, stick = trio
    made = assessed_household(town)
    carry(town, county, stick)
    assessing.decide(town, made.id, None, None, "本人放弃")
    (record,) = sent(town, [made.archive_id])
    assert ("means" in record, "assessments" in record, len(record["decisions"])) == (False, False, 1)
    (whole,) = sent(town, [made.archive_id], full=True)
    assert [len(whole[key]) for key in ("means", "assessments", "decisions", "policies")] == [1, 1, 1, 1]
    carry(town, county, stick)
    assert casework(county, made.archive_id) == casework(town, made.archive_id)


def test_travel__a_policy_text_once(trio: Trio) -> None:
    """A bundle carries each policy text with the first archive that needs it, an archive without casework nothing."""
    town, _, _ = trio
    ids = [file_household(town, 9).id] + [assessed_household(town, seed).archive_id for seed in (1, 2)]
    assert [sorted(record) for record in sent(town, ids)] == [
        ["archive", "attachments", "revisions"],
        ["archive", "assessments", "attachments", "means", "policies", "revisions"],
        ["archive", "assessments", "attachments", "means", "revisions"],
    ]


def test_travel__onwards_to_the_city(trio: Trio, tmp_path: Path) -> None:
    """What a county received it can send on, policy text and all."""
    town, county, stick = trio
    made = assessed_household(town)
    carry(town, county, stick)
    (record,) = sent(county, [made.archive_id], full=True)
    assert record["policies"][0]["sha256"] == made.assessment.policy_sha256


def test_travel__many_assessments_stay_below_the_limit_of_a_record(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an archive has more than fits, the newest go along, in their order."""
    town, county, stick = trio
    made = assessed_household(town)
    for day in range(2, 6):
        assessing.assess_and_store(town, made.archive_id, ON.replace(day=day))
    (row, *_) = sent(town, [made.archive_id])[0]["assessments"]
    size = len(bundle_casework._dumps(row))
    monkeypatch.setattr(bundle_casework, "ENOUGH", round(2.5 * size))
    (record,) = sent(town, [made.archive_id])
    assert [item["result"]["on"] for item in record["assessments"]] == ["2020-06-04", "2020-06-05"]
    assessing.decide(town, assessing.list_assessments(town, made.archive_id)[0].id, None, None, "放弃")
    carry(town, county, stick)
    assert len(assessing.list_assessments(county, made.archive_id)) == 2


# -- old and repeated ---------------------------------------------------------------------------------------------


def _without(record: Record) -> Record:
    return {key: record[key] for key in ("archive", "revisions", "attachments")}


def test_old__bundle_without_casework(trio: Trio) -> None:
    """A bundle of the first version has none of it, and is received as before."""
    town, county, stick = trio
    archive = file_household(town)
    path = forge(town, county, stick, as_lines([_without(record) for record in record_lines(town, [archive.id])]))
    exchange.receive_bundle(county, path)
    assert archiving.load_archive(county, archive.id).content == archive.content
    assert casework(county, archive.id) == ([], [])


def test_old__receiver_learns_later(trio: Trio) -> None:
    """What an older program passed over is taken when the whole history is sent once more, in the same revision."""
    town, county, stick = trio
    made = assessed_household(town)
    lines = record_lines(town, [made.archive_id])
    exchange.receive_bundle(county, forge(town, county, stick, as_lines([_without(record) for record in lines])))
    assert casework(county, made.archive_id) == ([], [])
    exchange.receive_bundle(county, forge(town, county, stick, as_lines(lines), sequence=2))
    assert casework(county, made.archive_id) == casework(town, made.archive_id)


def test_repeated__nothing_twice_nothing_rewritten(trio: Trio) -> None:
    """Rows that are here stay as they are, also when they come again with other words."""
    town, county, stick = trio
    made = assessed_household(town)
    assessing.decide(town, made.id, "subsistence", "national")
    lines = record_lines(town, [made.archive_id])
    exchange.receive_bundle(county, forge(town, county, stick, as_lines(lines)))
    before = casework(county, made.archive_id)
    lines[0]["means"][0]["reason"] = "改过"
    lines[0]["decisions"][0]["reason"] = "改过"
    lines[0]["assessments"][0]["clerk_name"] = "改过"
    exchange.receive_bundle(county, forge(town, county, stick, as_lines(lines), sequence=2))
    assert casework(county, made.archive_id) == before


def test_repeated__a_number_given_out_twice(trio: Trio) -> None:
    """After a restored backup another worksheet may carry a number that is here: both are kept, the later one counts."""
    town, county, stick = trio
    archive = poor_household(town)
    carry(town, county, stick)
    lines = record_lines(town, [archive.id])
    lines[0]["means"][0] |= {"made_at": "2020-06-02T09:00:00+08:00"}
    lines[0]["means"][0]["content"]["rows"]["incomes"][0]["amount"] = 7
    for sequence in (2, 3):
        exchange.receive_bundle(county, forge(town, county, stick, as_lines(lines), sequence=sequence))
    history = means.means_history(county, archive.id, YEAR)
    assert [entry.content.rows["incomes"][0]["amount"] for entry in history] == [7, 2_000_000]
    current = means.load_means(county, archive.id, YEAR)
    assert current == history[0]
    (onwards,) = sent(county, [archive.id], full=True)
    assert len(bundle_casework.read_casework(onwards, 2).means) == 2


def test_preview__tells_what_is_new_beside_the_form(trio: Trio) -> None:
    """Before it is taken in, a changed archive names its new worksheet, assessment and decision."""
    town, county, stick = trio
    archive = file_household(town)
    carry(town, county, stick)
    means.save_means(town, archive.id, worksheet(town, archive))
    made = assessing.assess_and_store(town, archive.id, ON)
    assessing.decide(town, made.id, "subsistence", "national")
    summary = exchange.export_bundle(town, None, stick)
    (item,) = exchange.inspect_bundle(county, summary.path).items
    shown = [(change.label, change.new_text) for change in item.changes]
    assert ("家庭经济状况", "2019 年第 1 版") in shown
    assert ("认定建议", "2020-06-01 符合") in shown
    assert ("认定决定", "2020-06-01") in shown


# -- made to hurt -------------------------------------------------------------------------------------------------


def _set(path: str, value: Any) -> Callable[[Record], None]:
    """Put *value* at a dotted place of the record."""

    def tamper(record: Record) -> None:
        here: Any = record
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            here = here[step]
        here[last] = value

    return tamper


def _twice(key: str) -> Callable[[Record], None]:
    def tamper(record: Record) -> None:
        record[key].append(dict(record[key][0]))

    return tamper


_DEEP: Any = []
for _ in range(40):
    _DEEP = [_DEEP]

MALFORMED: dict[str, Callable[[Record], None]] = {
    "means no list": _set("means", {}),
    "means no objects": _set("means", ["x"]),
    "means twice": _twice("means"),
    "worksheet of another year": _set("means.0.year", 2018),
    "worksheet no object": _set("means.0.content", []),
    "ledger no list": _set("means.0.content.rows.incomes", {}),
    "row no object": _set("means.0.content.rows.incomes.0", 5),
    "worksheet deep": _set("means.0.content.household.region", _DEEP),
    "amount beyond reason": _set("means.0.content.rows.incomes.0.amount", 10**30),
    "amount no whole number": _set("means.0.content.rows.incomes.0.amount", 0.5),
    "revision 0": _set("means.0.revision", 0),
    "of a later revision": _set("means.0.archive_revision", 99),
    "moment": _set("means.0.made_at", "gestern"),
    "office": _set("means.0.office_id", "town"),
    "assessment twice": _twice("assessments"),
    "assessment id": _set("assessments.0.id", "1"),
    "result day": _set("assessments.0.result.on", "heute"),
    "policy of another": _set("assessments.0.policy_sha256", "0" * 64),
    "standards": _set("assessments.0.standards_sha256", ""),
    "decision no text": _set("decisions.0.reason", 5),
    "decision without assessment": _set("decisions.0.assessment_id", None),
    "decision twice": _twice("decisions"),
    "policy text altered": _set("policies.0.text", "version = 2"),
    "policy kind": _set("policies.0.kind", "law"),
    "policies": _set("policies", [{}] * 51),
    "long reason": _set("decisions.0.reason", "长" * 30_000),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Trio, str, str]]:
    """A township with an assessed household and a county that knows another one; nothing here changes the county."""
    with town_and_county(tmp_path_factory.mktemp("casework")) as (town, county, stick):
        in_2020(town), in_2020(county)
        known = assessed_household(town, 1)
        carry(town, county, stick)
        made = assessed_household(town, 2)
        assessing.decide(town, made.id, "subsistence", "national")
        yield (town, county, stick), made.archive_id, known.id


@pytest.mark.parametrize("name", MALFORMED)
def test_hostile__malformed_refuses_the_bundle(stage: tuple[Trio, str, str], name: str) -> None:
    """What no program of ours could have written: the whole bundle is refused, and the county stays as it is."""
    (town, county, stick), archive_id, _ = stage
    (record,) = record_lines(town, [archive_id])
    MALFORMED[name](record)
    path = forge(town, county, stick, as_lines([record]))
    with unchanged(county):
        expect_refusal(lambda: exchange.inspect_bundle(county, path), "bundle_damaged")
        expect_refusal(lambda: exchange.receive_bundle(county, path), "bundle_damaged")
    path.unlink()


def _of_another_archive(record: Record, known: str) -> None:
    record["decisions"][0]["assessment_id"] = known


def _same_id_as_another(record: Record, known: str) -> None:
    record["assessments"][0]["id"] = known


def _newer_worksheet(record: Record, known: str) -> None:
    record["means"][0]["content"]["household"]["colour"] = "红"


def _newer_option(record: Record, known: str) -> None:
    record["means"][0]["content"]["rows"]["incomes"][0]["kind"] = "lottery"


REASONS: dict[Callable[[Record, str], None], str] = {
    _of_another_archive: "认定记录的编号属于另一份档案",
    _same_id_as_another: "认定记录的编号属于另一份档案",
    _newer_worksheet: "家庭经济状况里的“colour”认不出来，可能由更新的暖档填写",
    _newer_option: "家庭经济状况里的“收入种类”认不出来，可能由更新的暖档填写",
}


@pytest.mark.parametrize("tamper", REASONS, ids=lambda tamper: tamper.__name__)
def test_hostile__set_aside_with_a_reason(stage: tuple[Trio, str, str], tamper: Callable[[Record, str], None]) -> None:
    """What this office cannot take is set aside archive by archive, with a reason; nothing of it is stored."""
    (town, county, stick), archive_id, known = stage
    (record,) = record_lines(town, [archive_id])
    tamper(record, known)
    path = forge(town, county, stick, as_lines([record]))
    (item,) = exchange.inspect_bundle(county, path).items
    assert (item.outcome, item.reason) == (exchange.Outcome.REFUSED, REASONS[tamper])
    path.unlink()


UNREADABLE: dict[str, Callable[[Record], None]] = {
    "result empty": _set("assessments.0.result", {}),
    "result with a further key": _set("assessments.0.result.colour", "红"),
    "result label no text": _set("assessments.0.result.classes.0.label", {"a": 1}),
    "result number made to hurt": _set("assessments.0.result.classes.0.distance", "1e999999999"),
    "result outcome": _set("assessments.0.result.outcome", "rich"),
    "facts with a further key": _set("assessments.0.facts.colour", []),
    "facts no people": _set("assessments.0.facts.people", None),
    "standards no list": _set("assessments.0.standards", None),
    "standard with a further key": _set("assessments.0.standards.0.colour", "红"),
    "standard without amount": _set("assessments.0.standards.0.amount", "x"),
    "result text for a list": _set("assessments.0.result.classes.0.blocked_by", "ab"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_hostile__assessment_that_cannot_be_read(stage: tuple[Trio, str, str], name: str) -> None:
    """A record of an assessment in a shape this program does not know, as a newer one may write: the archive waits."""
    (town, county, stick), archive_id, _ = stage
    (record,) = record_lines(town, [archive_id])
    UNREADABLE[name](record)
    path = forge(town, county, stick, as_lines([record]))
    (item,) = exchange.inspect_bundle(county, path).items
    assert (item.outcome, item.reason) == (exchange.Outcome.REFUSED, "认定记录认不出来，可能由更新的暖档填写")
    path.unlink()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key of it, all the way down."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [found for key in keys for found in ((value, key), *_places(value[key]))]


class _TakenBackError(Exception):
    """Ends a transaction without leaving anything."""


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)


@settings(max_examples=250)
@given(place=st.floats(0, 0.9999), leaf=_LEAVES)
def test_hostile__anything_in_any_place(stage: tuple[Trio, str, str], place: float, leaf: object) -> None:
    """One value replaced anywhere: refused, set aside, or stored and then read back without a fault."""
    (town, county, _), archive_id, _ = stage
    (known,) = archiving.archive_ids(county, archiving.ArchiveQuery())
    (record,) = record_lines(town, [archive_id])
    parts = {key: record[key] for key in ("means", "assessments", "decisions", "policies")}
    places = _places(parts)
    container, key = places[int(place * len(places))]
    container[key] = leaf
    (line,) = as_lines([{**record, **parts}])
    try:
        casework = bundle_records.parse_archive(line).casework
    except MalformedError:
        return
    if casework.unknown:
        return
    with pytest.raises(_TakenBackError), county.database.writing() as connection:
        intake = bundle_casework.CaseworkIntake(connection, town.office.id, town.now, "梅城镇总工会")
        intake.note(casework)
        intake.store([(known, casework)])
        for year in casework_store.means_years(connection, known):
            assert means.read_means(connection, known, year)
        for row in casework_store.assessments_of(connection, known):
            assert Assessment.from_json(row["result"]).to_json() == row["result"]
            records.facts_of_record(row["facts"])
        raise _TakenBackError


def test_hostile__decision_upon_nothing_is_left_out(trio: Trio) -> None:
    """A decision whose assessment is nowhere is not stored; the archive is."""
    town, county, stick = trio
    made = assessed_household(town)
    assessing.decide(town, made.id, "subsistence", "national")
    (record,) = record_lines(town, [made.archive_id])
    record["decisions"][0]["assessment_id"] = new_id()
    exchange.receive_bundle(county, forge(town, county, stick, as_lines([record])))
    (kept,) = assessing.list_assessments(county, made.archive_id)
    assert kept.decision is None


def test_hostile__same_id_in_two_archives(trio: Trio) -> None:
    """An id stands once in a bundle."""
    town, county, stick = trio
    records = record_lines(town, [assessed_household(town, seed).archive_id for seed in (1, 2)])
    records[1]["assessments"][0]["id"] = records[0]["assessments"][0]["id"]
    path = forge(town, county, stick, as_lines(records))
    with unchanged(county):
        expect_refusal(lambda: exchange.receive_bundle(county, path), "bundle_damaged")


def test_read__keeps_the_first_unknown_caption(trio: Trio) -> None:
    """Several unknown entries: the first is named; a worksheet of impossible shape is no worksheet."""
    town, _, _ = trio
    archive = poor_household(town)
    (record,) = record_lines(town, [archive.id])
    record["means"][0]["content"]["household"] |= {"colour": "红", "taste": "甜"}
    read = bundle_casework.read_casework(record, 2)
    assert read.unknown == "家庭经济状况里的“colour”" and read.means[0]["year"] == YEAR
    record["means"][0]["content"]["rows"] = []
    with pytest.raises(MalformedError):
        bundle_casework.read_casework(record, 2)
