"""Third-party evaluation: the sample drawn again in plain Python, what is found, and the ten rates recounted."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from case_steps import on_day
from factories import file_household, make_office
from neighbours import carry, expect_refusal, town_and_county

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.reports import evaluation_rates
from db.services import archiving, casework, evaluation, evaluation_sheets, records
from db.services.evaluation import Evaluation
from db.services.office import OfficeSession

TODAY = "2026-06-20"
SIZES = {"size_on_file": 4, "size_not_on_file": 2, "size_exited": 2}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeSession]:
    """An office with eight households on file, four not filed, four that left."""
    session, _ = make_office(tmp_path_factory.mktemp("evaluation") / "office")
    on_day(session, TODAY)
    for seed in range(8):
        file_household(session, seed, worker_number=f"3408820000{seed:03d}")
    for seed in range(8, 12):
        file_household(session, seed, worker_number=None)
    for seed in range(12, 16):
        archive = file_household(session, seed, worker_number=f"T{seed:04d}")
        told = {"exited_on": f"20{10 + seed}-12-01", "exit_reason": "cured"}
        casework.take_step(session, archive.id, Act.NOTE_EXITED, told)
    yield session
    session.close()


def draw(session: OfficeSession, seed: str = "20260620", **values: Value) -> Evaluation:
    """A sample of all three groups."""
    return evaluation.draw_evaluation(session, RecordContent({"title": "质效评估", "seed": seed, **SIZES, **values}))


def codes(session: OfficeSession, item: Evaluation) -> list[tuple[str, str]]:
    """Number on the sheets and number of the archive of each household."""
    return [(row.code, row.archive_number) for row in evaluation.sampled_rows(session, item.id)]


def test_draw__is_drawn_again_in_plain_python(office: OfficeSession) -> None:
    """With seed, group and numbers alone; another seed gives another sample, the same one the same."""
    item = draw(office)
    standing = {row.archive_id: row for row in evaluation.sampled_rows(office, item.id)}
    every = {row.id: row.archive_number for row in archiving.list_archives(office, archiving.ArchiveQuery(), 0, 100)}
    exited = {key for key in every if casework.case_of(office, key).state.standing == "exited"}
    filed = {key for key in every if casework.case_of(office, key).state.standing == "on_file"}
    groups = {"on_file": filed, "not_on_file": set(every) - exited - filed, "exited": exited}
    expected = []
    for group, ids in groups.items():
        numbers = sorted((every[key] for key in ids), key=lambda number: sha256(f"20260620|{group}|{number}".encode()).hexdigest())
        expected += [(f"{evaluation.LETTERS[group]}{at:03d}", number) for at, number in enumerate(numbers[: SIZES[f"size_{group}"]], 1)]
    assert codes(office, item) == expected and len(standing) == 8
    assert item.listed == {"on_file": 8, "not_on_file": 4, "exited": 4} and evaluation.is_frame_same(office, item.id)
    assert codes(office, draw(office)) == expected
    assert codes(office, draw(office, "20260621")) != expected


def test_draw__counts_every_attempt_and_cannot_be_bent(office: OfficeSession) -> None:
    """A sample that was given up still counts; a later change leaves seed, sizes and households as they were."""
    first = draw(office)
    evaluation.remove_evaluation(office, first.id)
    again = draw(office)
    assert again.content.values["draw_number"] == int(str(first.content.values["draw_number"])) + 1
    bent = RecordContent({**again.content.values, "title": "改过名字", "seed": "另一个", "size_on_file": 1}, {"sample": []})
    evaluation.change_evaluation(office, again.id, bent)
    changed = evaluation.evaluation_of(office, again.id)
    assert (changed.title, changed.content.text("seed"), changed.size) == ("改过名字", "20260620", 8)
    expect_refusal(lambda: draw(office, size_exited=5), "evaluation_few")
    since = draw(office, exited_since="2024-01-01")
    assert since.listed["exited"] == 2


def test_result__equals_a_recount_by_hand(office: OfficeSession) -> None:
    """Ten rates from the answers; what was not found out is left out below the line and told."""
    item = draw(office)
    rows = evaluation.sampled_rows(office, item.id)
    on_file = [row.archive_id for row in rows if row.group == "on_file"]
    others = {group: [row.archive_id for row in rows if row.group == group] for group in ("not_on_file", "exited")}
    met: dict[str, Value] = {"checked_on": TODAY, "checkers": "评估员甲", "reached": True}
    answers: list[tuple[str, dict[str, Value]]] = [
        (on_file[0], {"qualified_at_filing": True, "should_exit": True, "paired": True, "measures_planned": 3, "measures_done": 2,
                      "satisfied": "fairly", "knows_policy": True, "papers_complete": False, "aid_fits": True}),
        (on_file[1], {"qualified_at_filing": False, "should_exit": False, "paired": False, "measures_planned": 2,
                      "measures_done": 2, "satisfied": "dissatisfied"}),
        (on_file[2], {"qualified_at_filing": True, "knows_policy": False}),
        (others["not_on_file"][0], {"should_be_filed": True, "knows_policy": False}),
        (others["exited"][0], {"still_qualifies": False, "satisfied": "satisfied", "papers_complete": True}),
    ]  # fmt: skip
    for archive_id, values in answers:
        evaluation.save_check(office, item.id, archive_id, RecordContent({**met, **values}))
    told = evaluation.result(office, item.id)
    assert {rate.indicator.code: (rate.numerator, rate.denominator) for rate in told.rates} == {
        "wrongly_filed": (1, 3), "missed": (1, 1), "wrongly_exited": (0, 1), "overdue_exit": (1, 2), "paired": (1, 2),
        "aid_fits": (1, 1), "satisfied": (2, 3), "measures": (4, 5), "knows_policy": (1, 3), "papers": (1, 2),
    }  # fmt: skip
    by_code = {rate.indicator.code: rate for rate in told.rates}
    assert by_code["wrongly_filed"].words == "33.3%" and "还有 1 户没有查清" in by_code["wrongly_filed"].hint
    assert by_code["wrongly_filed"].interval_words == "6.1%～79.2%"  # Wilson, 1 of 3
    assert by_code["measures"].interval is None
    second = next(row for row in told.rows if row.archive_id == on_file[1])
    assert [fault.code for fault in second.faults] == ["wrongly_filed", "paired", "satisfied"]
    assert evaluation.evaluation_of(office, item.id).done == 5
    expect_refusal(lambda: evaluation.remove_evaluation(office, item.id), "evaluation_begun")


def test_check__takes_only_what_fits_the_household(office: OfficeSession) -> None:
    """A second entry is the next version; what another group is asked is dropped; a household not drawn is refused."""
    item = draw(office)
    rows = evaluation.sampled_rows(office, item.id)
    gone = next(row for row in rows if row.group == "exited")
    fresh = evaluation.new_check(office, item.id, gone.archive_id)
    fresh.values |= {"checkers": "评估员乙", "reached": True, "still_qualifies": True, "should_exit": True, "group": "on_file"}
    evaluation.save_check(office, item.id, gone.archive_id, fresh)
    fresh.values["still_qualifies"] = False
    evaluation.save_check(office, item.id, gone.archive_id, fresh)
    row = evaluation.row_of(office, item.id, gone.archive_id)
    assert row.values["group"] == "exited" and "should_exit" not in row.values and row.values["still_qualifies"] is False
    outside = next(
        archive.id for archive in archiving.list_archives(office, archiving.ArchiveQuery(), 0, 100)
        if archive.id not in {row.archive_id for row in rows}
    )  # fmt: skip
    expect_refusal(lambda: evaluation.save_check(office, item.id, outside, fresh), "evaluation_not_drawn")
    empty = RecordContent({"checked_on": TODAY, "checkers": "评估员乙", "reached": True, "measures_planned": 2})
    expect_refusal(lambda: evaluation.save_check(office, item.id, rows[0].archive_id, empty), "record_faulty")
    evaluation.remove_check(office, item.id, gone.archive_id)
    assert not evaluation.row_of(office, item.id, gone.archive_id).record_id


def test_interval__is_that_of_wilson_and_none_where_all_were_asked() -> None:
    """Known values; a census estimates nothing."""
    paired = next(item for item in evaluation_rates.INDICATORS if item.code == "paired")
    of_many = evaluation_rates.Rate(paired, 45, 50, 50, 50, 900)
    assert of_many.interval_words == "78.6%～95.7%" and of_many.hint == ""
    census = evaluation_rates.Rate(paired, 45, 50, 50, 50, 50)
    assert census.interval is None and census.hint == "全部查过，不是估计"


def test_evaluation__travels_up_and_stays_the_townships(tmp_path: Path) -> None:
    """At the county it is read with the same rates; it cannot be filled in there."""
    with town_and_county(tmp_path) as (town, county, stick):
        for seed in range(3):
            file_household(town, seed, worker_number=f"3408820000{seed:03d}")
        item = evaluation.draw_evaluation(town, RecordContent({"title": "自查", "seed": "7", "size_on_file": 2}))
        first = evaluation.sampled_rows(town, item.id)[0]
        answers = {"checked_on": town.today, "checkers": "镇里", "reached": True, "paired": True}
        evaluation.save_check(town, item.id, first.archive_id, RecordContent({**answers}))
        carry(town, county, stick)
        seen = evaluation.list_evaluations(county)[0]
        assert (seen.is_own, seen.done, seen.office_name) == (False, 1, town.office.name)
        assert [row.name for row in evaluation.sampled_rows(county, seen.id)] == [
            row.name for row in evaluation.sampled_rows(town, item.id)
        ]
        ours, theirs = evaluation.result(town, item.id), evaluation.result(county, seen.id)
        assert [(rate.numerator, rate.denominator) for rate in ours.rates] == [
            (rate.numerator, rate.denominator) for rate in theirs.rates
        ]
        expect_refusal(lambda: evaluation.save_check(county, seen.id, first.archive_id, RecordContent({})), "evaluation_not_ours")


def test_county__counts_only_what_it_found_itself(tmp_path: Path) -> None:
    """A township's claims about the county's sample change neither progress nor rates, and odd entries break nothing."""
    with town_and_county(tmp_path) as (town, county, stick):
        for seed in range(3):
            file_household(town, seed, worker_number=f"3408820000{seed:03d}")
        carry(town, county, stick)
        item = evaluation.draw_evaluation(county, RecordContent({"title": "县里抽查", "seed": "7", "size_on_file": 3}))
        row = evaluation.sampled_rows(county, item.id)[0]
        claim: dict[str, Value] = {"evaluation_id": item.id, "archive_id": row.archive_id, "archive_number": row.archive_number,
                                   "group": "on_file", "checked_on": town.today, "checkers": "镇里", "reached": True,
                                   "paired": True}  # fmt: skip
        records.save_entry(town, RecordKind.EVALUATION_CHECK, RecordContent(claim))
        odd = RecordContent({"title": "怪", "seed": "1", "size_on_file": 1, "drawn_on": town.today},
                            {"sample": [{"id": "a", "group": "exited", "archive_id": "x"}, {"id": "b", "place": 2}]})  # fmt: skip
        with town.database.writing() as connection:
            made = records.put_entry(connection, town, RecordKind.EVALUATION, odd, is_removed=True)
            connection.exec_driver_sql("UPDATE office_record SET is_removed = 0 WHERE id = ?", (made.id,))
        carry(town, county, stick)
        assert {each.title: each.done for each in evaluation.list_evaluations(county)} == {"县里抽查": 0, "怪": 0}
        assert next(rate for rate in evaluation.result(county, item.id).rates if rate.indicator.code == "paired").denominator == 0
        strange = next(each for each in evaluation.list_evaluations(county) if each.title == "怪")
        assert [row.standing_words for row in evaluation.result(county, strange.id).rows] == ["档案已不在本机"]
        assert evaluation_sheets.check_sheets_pdf(county, strange.id).startswith(b"%PDF")
