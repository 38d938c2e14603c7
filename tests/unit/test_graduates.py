"""阳光就业: the status follows the dated lines, somebody asks again in time, and the targets count whom they should."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from aid_money import in_2022, on_file
from factories import citizen_number, file_household, make_office

import resources
from db.domain import employment
from db.domain.due_words import DueKind
from db.domain.option_lists import option_list
from db.domain.records.graduates import GRADUATE
from db.domain.records.record_form import RecordContent, Row, prepared_record, record_problems
from db.errors import UserError
from db.services import archiving, employment_targets, graduates, reports, work_board
from db.services.employment_targets import percent
from db.services.graduates import GraduateRow
from db.services.office import OfficeSession
from db.services.records import Record
from db.services.reports import ReportRequest

NUMBERS = [citizen_number(f"6301042000010{at:04d}") for at in range(1123, 1133)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def lines(*rows: tuple[str, ...]) -> list[Row]:
    """Stages: day, stage, employer."""
    return [{"id": str(at), **dict(zip(("on_day", "stage", "employer"), row, strict=False))} for at, row in enumerate(rows)]


def content(*stages: tuple[str, ...], **values: Any) -> RecordContent:
    """A graduate registered on 1 June 2022 who looks for work."""
    known: Row = {"registered_on": "2022-06-01", "employment_status": "unemployed", "wants_help": True}
    return RecordContent({**known, **values}, {"stages": lines(*stages)} if stages else {})


def register(office: OfficeSession, at: int, *stages: tuple[str, ...], **values: Any) -> Record:
    """A graduate of a household of their own, on record."""
    archive = on_file(office, at + 1)
    member = archive.content.members[0]
    member |= {"id_number": NUMBERS[at], "member_identity": "unemployed", "name": f"毕业生{'甲乙丙丁戊己庚'[at]}"}
    archiving.save_archive(office, archive.content, archive.id)
    begun = graduates.prepared_from_member(office, archive.id, str(member["id"]))
    told: Row = {"graduation_year": 2022, "school": "某大学", "education": "bachelor", "major": "护理学", "phone": "13900001111",
            "responsible": "李秀兰 0971-1234567", "origin": "西宁", "registered_on": "2022-06-01"}  # fmt: skip
    begun.values |= {**told, **values}
    begun.rows["stages"] = lines(*stages)
    return graduates.save_graduate(office, archive.id, begun)


def test_status__follows_the_last_line_and_keeps_its_history() -> None:
    """Employed, left, studying on: each from its day; a follow-up that finds somebody gone counts as well."""
    told = content(("2022-06-20", "employed", "甲公司"), ("2022-09-01", "left", "甲公司"), ("2022-10-08", "employed", "乙公司"))
    days = ("2022-06-19", "2022-06-20", "2022-09-01", "2022-10-08")
    assert [employment.status_on(told, day) for day in days] == ["unemployed", "employed", "unemployed", "employed"]
    told.rows["follow_ups"] = [{"id": "f", "on_day": "2023-01-05", "way": "phone", "situation": "left"}]
    assert prepared_record(GRADUATE, told).text("employment_status") == "unemployed" and employment.stage_reached(told) == "left"
    gone = content(("2022-06-20", "employed", "甲公司"), ("2022-09-01", "left", "甲公司"), employment_status="unwilling")
    assert employment.status_of(gone) == "unwilling" and employment.status_on(gone, "2022-08-01") == "employed"


def test_tries__one_after_another_each_with_its_days() -> None:
    """Two employers talked to, one without success; the second ends in work."""
    told = content(
        ("2022-06-05", "seeking"), ("2022-06-08", "talking", "甲公司"), ("2022-06-10", "no_deal", "甲公司"),
        ("2022-06-12", "talking", "乙公司"), ("2022-06-20", "signing", "乙公司"), ("2022-07-01", "employed", "乙公司"),
    )  # fmt: skip
    first, second = employment.tries(told)
    assert (first.employer, first.is_over, second.is_over) == ("甲公司", True, False)
    assert second.days == {"talking": "2022-06-12", "signing": "2022-06-20", "employed": "2022-07-01"}


@pytest.mark.parametrize(
    ("stages", "code", "at"),
    [
        ([("2022-06-20", "signing", "甲"), ("2022-06-25", "talking", "甲")], "employment_order", 1),
        ([("2022-06-25", "signing", "甲"), ("2022-06-20", "employed", "甲")], "employment_order", 0),
        ([("2022-06-20", "employed")], "employment_employer", 0),
        ([("2022-06-20", "employed", "甲"), ("2022-06-25", "employed", "乙")], "employment_twice", 1),
        ([("2022-06-20", "employed", "甲"), ("2022-06-25", "left", "甲"), ("2022-06-26", "left", "甲")], "employment_left_twice", 2),
    ],
)
def test_stages__that_cannot_be_are_refused(stages: list[tuple[str, ...]], code: str, at: int) -> None:
    """Out of order with one employer, work without employer, at two places, left twice."""
    found = [item for item in record_problems(GRADUATE, content(*stages), "2022-12-31") if item.context.get("section") == "stages"]
    assert [(item.code, item.member_index) for item in found] == [(code, at)]


def test_stages__after_a_failure_the_same_employer_may_begin_anew() -> None:
    """Not hired in June, hired in July, left, hired again: all of it can be."""
    fine = content(
        ("2022-06-08", "signing", "甲"), ("2022-06-10", "no_deal", "甲"), ("2022-07-01", "talking", "甲"),
        ("2022-07-02", "employed", "甲"), ("2022-08-01", "left", "甲"), ("2022-09-01", "talking", "甲"), ("2022-09-03", "employed", "甲"),
    )  # fmt: skip
    assert list(employment.stage_problems(fine)) == []


def test_next_contact__after_3_6_and_12_months_and_after_a_month_of_silence() -> None:
    """Somebody at work is asked thrice; one call late in time serves all that was missed; who is content is left alone."""
    at_work = content(("2022-08-31", "employed", "甲"))
    follow = at_work.rows.setdefault("follow_ups", [])
    told = []
    for call in ("2022-11-20", "2023-03-01", "2023-08-31"):
        due = employment.next_contact(at_work)
        assert due is not None
        told.append((due.on_day, due.why))
        follow.append({"id": call, "on_day": call, "way": "phone", "situation": "steady"})
    assert [day for day, _ in told] == ["2022-11-30", "2023-02-28", "2023-08-31"] and told[2][1] == "就业满 12 个月回访"
    assert employment.next_contact(at_work) is None
    late = content(("2022-08-31", "employed", "甲"))
    late.rows["follow_ups"] = [{"id": "1", "on_day": "2023-04-01", "way": "phone", "situation": "steady"}]
    assert employment.next_contact(late) == employment.NextContact("2023-08-31", "就业满 12 个月回访")
    silent = content()
    silent.rows["services"] = [{"id": "1", "on_day": "2022-06-10", "kind": "post"}]
    assert employment.next_contact(silent) == employment.NextContact("2022-07-10", "满 30 天没有联系")
    assert employment.next_contact(content(employment_status="unwilling")) is None
    assert employment.next_contact(content(("2022-09-01", "studying"))) is None
    far = employment.next_contact(content(("9999-12-30", "employed", "甲"))), employment.next_contact(content(registered_on="9999-12-30"))
    assert [due.on_day for due in far if due] == ["9999-12-31", "9999-12-31"]


def assert_counted_alike(office: OfficeSession, *years: int) -> None:
    """Targets and table count in SQL what is counted here one by one."""
    for year in years:
        zero, overall = employment_targets.targets(office, year)
        rows = [row for row in graduates.list_graduates(office) if had_to_be_helped(row, year)]
        last = min(office.today, f"{year}-12-31")
        lacking = {row.record_id for row in rows if employment.status_on(row.content, last) != "employed"}
        assert ({row.record_id for row in overall.lacking}, overall.asked) == (lacking, len(rows)), year
        assert zero.asked == sum(row.is_of_zero_employment for row in rows)
        measured = reports.make_report(office, ReportRequest("employment", year)).measured
        told = (zero.asked, zero.reached, overall.asked, overall.reached)
        assert tuple(measured[f"{code}@office:{office.office.id}"] for code in "ZYND") == told, year


def had_to_be_helped(row: GraduateRow, year: int) -> bool:
    """Out of work when registered by the end of the year, wanting help, not studying on, not at work when the year began."""
    content, begun = row.content, str(row.content.values["registered_on"])
    if int(str(content.values["graduation_year"])) > year or begun > f"{year}-12-31":
        return False
    wanting = row.was_unemployed and bool(content.values.get("wants_help")) and not employment.is_studying(content, f"{year}-12-31")
    return wanting and (begun >= f"{year}-01-01" or employment.status_on(content, f"{year - 1}-12-31") != "employed")


def test_table__counts_whatever_way_people_went(office: OfficeSession) -> None:
    """Forty ways into work and out of it again, over three years: the table and the targets never differ."""
    chance, day = random.Random(7), date(2021, 3, 1)
    in_2022(office, "2023-11-30")
    for at in range(40):
        archive = file_household(office, at + 1)
        member = archive.content.members[0]
        member |= {"id_number": citizen_number(f"63010420000102{at:03d}"), "member_identity": "unemployed"}
        archiving.save_archive(office, archive.content, archive.id)
        begun = graduates.prepared_from_member(office, archive.id, str(member["id"]))
        assert not begun.text("origin").isdigit(), "a place, not its code"
        start = day + timedelta(chance.randrange(500))
        ticked = chance.choice(("unemployed", "unemployed", "employed", "unwilling"))
        begun.values |= {"graduation_year": chance.choice((2021, 2022, 2023)), "school": "某大学", "education": "bachelor",
                         "major": "护理学", "phone": "13900001111", "responsible": "李秀兰", "origin": "西宁",
                         "registered_on": start.isoformat(), "employment_status": ticked,
                         "zero_employment": chance.random() < 0.4, "wants_help": chance.random() < 0.8}  # fmt: skip
        begun.rows = way(chance, start)
        graduates.save_graduate(office, archive.id, begun)
    assert_counted_alike(office, 2021, 2022, 2023)
    assert employment_targets.targets(office, 2022)[1].asked >= 8


def way(chance: random.Random, start: date) -> dict[str, list[Row]]:
    """Up to four changes, some on one day, some found out by a call, some before the registration."""
    stages: list[Row] = []
    follow_ups: list[Row] = []
    on, works = start - timedelta(chance.randrange(60)), False
    for at in range(chance.randrange(5)):
        on += timedelta(chance.choice((0, 1, 40, 150, 220)))
        row: Row = {"id": str(at), "on_day": min(on, date(2023, 11, 1)).isoformat()}
        if not works:
            stages.append({**row, "stage": "employed", "employer": f"单位{at}"})
        elif chance.random() < 0.5:
            follow_ups.append({**row, "way": "phone", "situation": chance.choice(("left", "studying", "steady"))})
            break
        else:
            stages.append({**row, "stage": "left", "employer": f"单位{at - 1}"})
        works = not works
    if chance.random() < 0.2 and not works:
        stages.append({"id": "s", "on_day": "2023-11-02", "stage": "studying"})
    return {"stages": stages, "follow_ups": follow_ups}


def test_targets__count_the_year_and_name_who_is_missing(office: OfficeSession) -> None:
    """Found work, still looking, studying on, employed before anybody helped, of a zero-employment household, of a later year."""
    office.clock = in_2022(office, "2023-03-01").clock
    register(office, 0, ("2022-06-20", "employed", "甲公司"))
    looking = register(office, 1, zero_employment=True)
    register(office, 2, ("2022-09-01", "studying"))
    register(office, 3, ("2022-05-20", "employed", "乙公司"))
    register(office, 4, ("2023-02-10", "employed", "丙公司"))
    register(office, 5, registered_on="2023-02-01")
    register(office, 6, employment_status="unwilling")
    zero, overall = employment_targets.targets(office, 2022)
    assert (zero.asked, zero.missing, zero.is_met, zero.still_wanted) == (1, ("毕业生乙",), False, 1)
    assert (overall.asked, overall.reached, set(overall.missing)) == (3, 1, {"毕业生乙", "毕业生戊"})
    assert (overall.rate, overall.wanted, overall.still_wanted, overall.words) == (
        Fraction(1, 3), Fraction(3, 5), 1, "1/3，33.3%（目标 60%）",
    )  # fmt: skip
    later = employment_targets.targets(office, 2023)[1]
    assert set(later.missing) == {"毕业生乙", "毕业生己"} and later.reached == 1
    assert percent(Fraction(5999, 10000)) == "59.9%"
    assert_counted_alike(office, 2022, 2023)
    paper = employment_targets.targets_paper(office, 2022)
    assert sorted(str(row[0]) for row in paper.rows) == ["毕业生乙", "毕业生戊"] and "目标 100%" in paper.foot
    found = graduates.list_graduates(office)
    row = next(item for item in found if item.record_id == looking.record_id)
    graduates.add_line(office, row, "services", {"on_day": "2022-07-01", "kind": "training", "what": "护理技能班"})
    with pytest.raises(UserError) as caught:
        graduates.add_line(office, row, "services", {"on_day": "2022-07-02", "kind": "post"})
    assert caught.value.code == "record_changed_elsewhere"
    counts = {item.kind: (item.times, item.people) for item in employment_targets.service_counts(office, "2022-07-01", "2022-07-31")}
    assert counts["training"] == (1, 1) and counts["post"] == (0, 0)
    row = next(item for item in graduates.list_graduates(office) if item.name == "毕业生甲")
    graduates.add_line(office, row, "follow_ups", {"on_day": "2022-09-20", "way": "phone", "situation": "steady"})
    counts = {item.kind: (item.times, item.people) for item in employment_targets.service_counts(office, "2022-07-01", "2022-12-31")}
    assert (counts["follow_up"], counts["training"]) == ((1, 1), (1, 1))
    told = reports.make_report(office, ReportRequest("graduate_services", 2022, begins="2022-07-01", ends="2022-12-31"))
    assert [told.value(code).exact for code in ("E1", "E2", "J1", "J2", "C1", "T1", "T2")] == [1, 1, 1, 1, 0, 2, 2]
    line = next(item for item in graduates.graduate_register(office).rows if item[0] == "毕业生甲")
    assert line[18:] == ["2022-09-20 已就业跟踪", "2022-06-20 就业，甲公司"]


def test_services__every_kind_has_its_line_in_the_table() -> None:
    """A kind of service (S000-09, S002-08) without a line would be missing from the sum."""
    table = resources.read_text("reports/graduate_services.toml")
    assert [code for code in option_list("graduate_service").by_code if f'kind = ["{code}"]' not in table] == []


def test_graduate__is_on_record_once_and_found_in_the_form(office: OfficeSession) -> None:
    """Out of work at the age of a graduate: somebody asks; on record, the list is empty, and a second record is refused."""
    archive = on_file(office)
    archive.content.members[0] |= {"id_number": NUMBERS[0], "member_identity": "unemployed", "relation_to_head": "son"}
    archive.content.members[1] |= {"member_identity": "farmer"}
    archive = archiving.save_archive(office, archive.content, archive.id)
    [row] = graduates.likely(office)
    assert (row.age, row.why) == (22, "档案表写“失(无)业”，22 岁")
    begun = graduates.prepared_from_member(office, archive.id, row.member_id)
    begun.values |= {"graduation_year": 2021, "school": "某大学", "education": "bachelor", "major": "护理学", "origin": "西宁",
                     "phone": "13900001111", "responsible": "李秀兰"}  # fmt: skip
    graduates.save_graduate(office, archive.id, begun)
    assert graduates.likely(office) == [] and work_board.kind_items(office, DueKind.GRADUATE)[0].day == "2022-07-31"
    in_2022(office, "2022-08-15")
    [call] = work_board.kind_items(office, DueKind.GRADUATE)
    assert call.words == f"{row.name}：满 30 天没有联系" and [each.name for each in graduates.due(office)] == [row.name]
    with pytest.raises(UserError) as caught:
        graduates.save_graduate(office, archive.id, begun)
    assert caught.value.code == "graduate_twice" and archive.archive_number in caught.value.text()
