"""What follows from a registration: next year's stage, the papers to bring, the conditions of either regime of the money."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import REGION, fund, in_2022, on_file
from factories import citizen_number, file_household, make_office

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.merging import Choices
from db.domain.option_lists import option_list
from db.domain.papers.student_papers import parent_relation
from db.domain.records.record_form import RecordContent
from db.domain.records.students import EVIDENCE
from db.domain.student_rules import next_year, state_aid_items, wanted_papers
from db.errors import UserError
from db.services import (
    aid,
    archiving,
    attachments,
    casework,
    merging,
    policies,
    programmes,
    student_grants,
    student_lists,
    student_look,
    students,
)
from db.services.aid import GrantInput
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.store import aid_store

NUMBER = citizen_number("63010420040101123")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def child_of(office: OfficeSession, archive: Archive, number: str = NUMBER) -> str:
    """The first member goes to college; its id."""
    archive.content.members[0] |= {"id_number": number, "member_identity": "college", "school_or_employer": "某大学"}
    archiving.save_archive(office, archive.content, archive.id)
    return str(archive.content.members[0]["id"])


def registration(office: OfficeSession, archive: Archive, child: str, **more: Value) -> RecordContent:
    """A registration as a clerk completes it."""
    content = students.prepared_student(office, archive.id, child, 2022)
    asked: dict[str, Value] = {
        "stage": "bachelor", "school_region": REGION, "enrolled_year": 2022, "study_years": 4, "student_kind": "new", "school": "某大学",
    }  # fmt: skip
    content.values |= {**asked, **more}
    return content


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"stage": "primary", "enrolled_year": 2017, "study_years": 6, "graduation_year": 2023}, "升初中"),
        ({"stage": "primary", "enrolled_year": 2020}, "小学四年级"),
        ({"stage": "junior_high", "enrolled_year": 2020}, "升高中、中职、中技、五年制高职"),
        ({"stage": "bachelor", "enrolled_year": 2021, "graduation_year": 2025}, "本科三年级"),
        ({"stage": "bachelor", "enrolled_year": 2019}, "本科毕业，或升研究生"),
        ({"stage": "postgraduate", "enrolled_year": 2020}, "研究生毕业"),
        ({"stage": "special"}, "特殊教育"),
    ],
)
def test_next_year__goes_on_or_up(values: dict[str, Value], words: str) -> None:
    """By the length told, else by the usual one; the last year leads up, or out."""
    found = next_year({"year": 2022, **values})
    assert found is not None and found.words == words


@pytest.mark.parametrize(
    ("pack_id", "values", "wanted"),
    [
        ("wuzhou-2017", {"student_kind": "new"}, {"录取通知书", "惠工卡复印件"}),
        ("wuzhou-2017", {"student_kind": "continuing"}, {"成绩单或在读证明", "惠工卡复印件"}),
        ("qianshan-2020", {"student_kind": "new"}, {"高考分数条", "录取通知书", "考生身份证"}),
        ("qianshan-2020", {"student_kind": "continuing"}, {"成绩单或在读证明"}),
        ("qinghai-2022", {"student_kind": "new", "stage": "special"}, {"成绩单或在读证明", "残疾证复印件"}),
    ],
)
def test_papers__by_kind_of_student_and_document(
    office: OfficeSession, pack_id: str, values: dict[str, Value], wanted: set[str]
) -> None:
    """新生, 历届生 and 特殊教育 bring what the pack in force asks of them, nothing twice."""
    pack = policies.find_pack(policies.policy_book(office), pack_id).pack
    papers = wanted_papers(RecordContent({"stage": "bachelor", **values}), True, pack)
    assert {paper.label for paper in papers} == wanted and len(papers) == len(wanted)


def test_state_aid__six_items_as_the_document_has_them(office: OfficeSession) -> None:
    """减 in 青海 and 黄山, 补 in 梧州, seven where no document lists them."""
    book = policies.policy_book(office)
    found = {}
    for name in ("qinghai-2022", "huangshan-2022", "wuzhou-2017"):
        items = state_aid_items(policies.find_pack(book, name).pack)
        found[name] = "".join(option_list("state_aid").label(code) for code in items)
    assert found == {"qinghai-2022": "奖助贷勤减免", "huangshan-2022": "奖助贷勤减免", "wuzhou-2017": "奖助贷勤补免"}
    assert len(state_aid_items(None)) == 7


def test_evidence__original_seen_and_given_back(office: OfficeSession) -> None:
    """The checklist stands in the registration; done is what is filed, seen and returned; returned before seen is refused."""
    archive = on_file(office)
    child = child_of(office, archive)
    content = registration(office, archive, child)
    content.rows[EVIDENCE] = [{"id": "1", "paper": "admission_letter"}]
    before = student_look.look_at_student(office, archive.id, content).evidence
    assert [line.paper.label for line in before] == ["录取通知书"] and not before[0].is_done and "原件还没核对" in before[0].words
    made = attachments.add_attachment(office, archive.id, "录取通知书.pdf", b"%PDF-1.4\n%%EOF\n", "admission_letter")
    content.values["papers"] = [made.id]
    content.rows[EVIDENCE][0] |= {"seen_on": "2022-07-01", "seen_by": "李秀兰", "returned_on": "2022-06-30"}
    with pytest.raises(UserError):
        students.save_student(office, archive.id, content)
    content.rows[EVIDENCE][0] |= {"returned_on": "2022-07-01", "returned_to": "林小雨"}
    after = student_look.look_at_student(office, archive.id, content).evidence
    assert after[0].is_done and "李秀兰" in after[0].words and "林小雨" in after[0].words
    saved = students.save_student(office, archive.id, content)
    assert saved.content.values["original_seen"] is True
    assert students.list_students(office, 2022)[0].originals == (1, 1)


def test_cap__follows_the_place_of_study_as_registered(office: OfficeSession) -> None:
    """12 × 672 of the place of study, though the worksheet knows of no student; what was granted comes off."""
    archive = on_file(office)
    child = child_of(office, archive)
    content = registration(office, archive, child, amount_wanted=900_000)
    look = student_look.look_at_student(office, archive.id, content)
    assert look.costs is not None and look.costs.allowed and look.costs.amount is None  # beside the limit, S000-17
    assert look.cap_left == 806_400 and {item.code for item in look.findings} == {"amount_over_cap"} and not look.stops
    students.save_student(office, archive.id, content)
    aid.grant_aid(office, archive.id, GrantInput("tuition", 300_000, person=child, fund_id=fund(office)))
    assert student_look.look_at_student(office, archive.id, content).cap_left == 506_400
    known = students.list_students(office, 2022)[0]
    content.values["other_source"] = "学校助学金 2000 元"
    students.save_student(office, archive.id, content, known.record_id)
    again = aid.look_at_grant(office, archive.id, GrantInput("tuition", 100_000, person=child, fund_id=fund(office, name="另一笔")))
    assert any(item.code == "other_source" and "学校助学金 2000 元" in item.text for item in again.findings)
    elsewhere = registration(office, archive, child, school_region="110101")
    assert student_look.look_at_student(office, archive.id, elsewhere).cap_left is None


@pytest.fixture
def huangshan(office: OfficeSession) -> OfficeSession:
    """The office by the notice of 黄山, which has both regimes."""
    policies.choose_policy(office, "huangshan-2022")
    return office


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, ""),
        ({"amount_wanted": 200_000}, ""),
        ({"amount_wanted": 200_001}, "amount_over_cap"),
        ({"stage": "senior_high"}, "regime_stage"),
        ({"cannot_be_filed": False}, "regime_could_be_filed"),
        ({"stage": "special"}, "regime_disability"),
        ({"stage": "special", "has_disability": True}, ""),
    ],
)
def test_province_fund__has_conditions(huangshan: OfficeSession, more: dict[str, Any], code: str) -> None:
    """Money for households that cannot be filed: at college or special education, at most 2 000 元 (S001-06)."""
    archive = file_household(huangshan, 7)
    child = child_of(huangshan, archive)
    content = registration(huangshan, archive, child, regime="province_fund", **{"cannot_be_filed": True, **more})
    stops = student_look.look_at_student(huangshan, archive.id, content).stops
    assert [item.code for item in stops] == ([code] if code else [])
    if code:
        with pytest.raises(UserError) as caught:
            students.save_student(huangshan, archive.id, content)
        assert caught.value.code == "student_stopped" and stops[0].text in caught.value.text()


def test_province_fund__is_granted_without_archive_and_not_with_one(huangshan: OfficeSession) -> None:
    """Up to 2 000 元 to who cannot be filed; who is on file is refused at registration, and new students go first."""
    archive = file_household(huangshan, 7)
    child = child_of(huangshan, archive)
    content = registration(huangshan, archive, child, regime="province_fund", cannot_be_filed=True)
    students.save_student(huangshan, archive.id, content)
    money = fund(huangshan, source_kind="union", needs_archive=False)
    over = aid.look_at_grant(huangshan, archive.id, GrantInput("tuition", 200_001, person=child, fund_id=money))
    assert [item.code for item in over.findings] == ["over_cap"]
    older = file_household(huangshan, 8)
    other = child_of(huangshan, older, citizen_number("63010420020101127"))
    known = registration(
        huangshan, older, other, regime="province_fund", cannot_be_filed=True, student_kind="continuing", enrolled_year=2020
    )
    assert "new_first" in {item.code for item in student_look.look_at_student(huangshan, older.id, known).findings}
    granted = aid.grant_aid(huangshan, archive.id, GrantInput("tuition", 200_000, person=child, fund_id=money))
    assert granted.amount == 200_000
    assert "new_first" not in {item.code for item in student_look.look_at_student(huangshan, older.id, known).findings}
    casework.take_step(huangshan, archive.id, Act.NOTE_ON_FILE, {"reason": "原有档案"})  # filed later: the log goes on, no more money
    stored = students.list_students(huangshan, 2022)[0]
    stored.content.rows["contacts"] = [{"id": "1", "on_day": "2022-07-01", "kind": "talk", "what": "谈心"}]
    students.save_student(huangshan, archive.id, stored.content, stored.record_id)
    stored.content.values["amount_wanted"] = 100_000
    with pytest.raises(UserError):
        students.save_student(huangshan, archive.id, stored.content, stored.record_id)
    filed = on_file(huangshan, 9)
    third = child_of(huangshan, filed, citizen_number("63010420030101125"))
    refused = registration(huangshan, filed, third, regime="province_fund", cannot_be_filed=True)
    assert [item.code for item in student_look.look_at_student(huangshan, filed.id, refused).stops] == ["regime_on_file"]


def test_grants__the_students_of_a_year_in_one_go(office: OfficeSession) -> None:
    """As asked, lowered to what the limit leaves; the same for all; who has had a grant waits no more; all or none."""
    families = []
    for seed, wanted, kind in ((1, 900_000, "continuing"), (2, 200_000, "new"), (3, None, "new")):
        archive = on_file(office, seed)
        child = child_of(office, archive, citizen_number(f"6301042004010{seed}123"))
        content = registration(office, archive, child, student_kind=kind, enrolled_year=2022 if kind == "new" else 2020)
        if wanted:
            content.values["amount_wanted"] = wanted
        students.save_student(office, archive.id, content)
        families.append(archive.id)
    waiting = student_grants.waiting(office, 2022)
    assert [row.student_kind for row in waiting] == ["new", "new", "continuing"]
    money = fund(office, 1_200_000)
    found = {item.student.archive_id: item for item in student_grants.propose(office, waiting, money)}
    assert [found[family].given.amount for family in families] == [806_400, 200_000, 0]
    assert [found[family].is_stopped for family in families] == [False, False, True]
    same = student_grants.propose(office, waiting, money, 500_000)
    assert [item.is_stopped for item in same] == [False, False, True] and "只剩 2,000.00 元" in same[2].why
    assert [item.given.amount for item in same] == [500_000] * 3
    campaign: dict[str, Value] = {
        "title": "2022 年金秋助学", "programme_kind": "tuition", "year": 2022, "begins_on": "2022-06-01", "items": ["tuition"],
        "most_per_time": 300_000,
    }  # fmt: skip
    programmes.save_programme(office, RecordContent(campaign))
    within = student_grants.propose(office, waiting, money, programme=student_grants.programmes_of(office)[0])
    assert {item.student.archive_id: item.is_stopped for item in within}[families[0]]  # more than the campaign gives at a time
    made = student_grants.grant(office, list(found.values()))
    assert sorted(item.amount for item in made) == [200_000, 806_400]
    assert [row.archive_id for row in student_grants.waiting(office, 2022)] == [families[2]]


def test_merged__the_kept_household_has_the_student(office: OfficeSession) -> None:
    """Registered in an archive that is merged: listed once with the kept one, its limit and stage known, granted there."""
    kept, merged = on_file(office, 1), on_file(office, 2)
    child = child_of(office, merged)
    students.save_student(office, merged.id, registration(office, merged, child, amount_wanted=500_000))
    there = archiving.load_archive(office, kept.id)
    there.content.members[0] |= {"id_number": NUMBER, "member_identity": "college"}
    archiving.save_archive(office, there.content, kept.id)
    assert [row.archive_id for row in students.doubles(office, 2022)] == []
    merging.merge(office, kept.id, merged.id, Choices(), "同一户建了两份")
    (row,) = students.list_students(office, 2022)
    assert (row.archive_id, row.made_in, row.is_former) == (kept.id, merged.id, True)
    assert row.person == there.content.members[0]["id"]
    assert NUMBER not in {item.number for item in students.unregistered(office, 2022)}
    assert len(student_lists.listed(office, 2022)) == 1 and students.doubles(office, 2022) == []
    with pytest.raises(UserError) as caught:
        students.save_student(office, kept.id, registration(office, kept, str(row.person)))
    assert caught.value.code == "student_twice"
    proposals = student_grants.propose(office, student_grants.waiting(office, 2022), fund(office))
    assert [(item.given.amount, item.cap_left) for item in proposals] == [(500_000, 806_400)]
    student_grants.grant(office, proposals)
    with office.database.reading() as connection:
        assert aid_store.grants_of(connection, [kept.id], 2022)[0]["school_stage"] == "bachelor"


@pytest.mark.parametrize(
    ("child_is", "parent", "told"),
    [("儿子", "male", "父子"), ("女儿", "female", "母女"), ("孙子女", "male", "祖孙"), ("儿子", None, "儿子"), ("侄子", "male", "侄子")],
)
def test_parent_relation__is_the_parents(child_is: str, parent: str | None, told: str) -> None:
    """The form of 梧州 asks what the parent is to the student; the archive knows what the child is to the parent."""
    assert parent_relation(child_is, parent) == told
