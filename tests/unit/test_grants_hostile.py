"""Grants, sources and programmes met with bad input and bad luck: corrected numbers, two windows, odd days and amounts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aid_money import card_number, fund, grant, in_2022, on_file
from factories import PASSPHRASE, citizen_number, make_office
from neighbours import expect_refusal
from payments import pay
from test_students import OTHER_NUMBER, family, registration

from db.domain.field_kinds import parse_value
from db.domain.form_schema import Value
from db.domain.records.aid import APPLICATION
from db.domain.records.record_form import RecordContent
from db.errors import UserError
from db.services import aid, archiving, funds, programmes, records, students
from db.services import office as offices
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.store import student_store

PROGRAMME: dict[str, Value] = {"title": "送温暖", "programme_kind": "warmth", "year": 2022, "begins_on": "2022-01-01",
                               "items": ["living"], "most_per_year": 1}  # fmt: skip
CORRECTED = citizen_number("63010419800810123")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def correct_number(office: OfficeSession, archive_id: str, member: int | None) -> None:
    """The ID number was mistyped, and is put right; *member* None: the worker's."""
    archive = archiving.load_archive(office, archive_id)
    person = archive.content.values if member is None else archive.content.members[member]
    person["id_number"] = CORRECTED
    person["birth_on"], person["sex"] = "1980-08-10", "female"
    archiving.save_archive(office, archive.content, archive_id)


@pytest.mark.parametrize("counted_by", ["household", "person"])
@pytest.mark.parametrize("member", [None, 0])
def test_corrected_number__gives_nobody_a_second_share(
    office: OfficeSession, counted_by: str, member: int | None
) -> None:
    """What was granted under the wrong number counts: in the programme, and among what the person had this year."""
    archive, source = on_file(office), fund(office)
    programme = programmes.save_programme(office, RecordContent({**PROGRAMME, "counted_by": counted_by})).record_id
    person = "" if member is None else str(archive.content.members[member]["id"])
    grant(office, archive.id, source, 10_000, person=person, programme_id=programme)
    correct_number(office, archive.id, member)
    look = aid.look_at_grant(office, archive.id, GrantInput("living", 10_000, person=person, fund_id=source))
    assert any("已给过生活救助 100.00 元" in item.text for item in look.findings)
    fault = expect_refusal(
        lambda: grant(office, archive.id, source, 10_000, person=person, programme_id=programme, reason="再给"),
        "aid_stopped",
    )
    assert "一年最多 1 次" in fault.text()
    other = archive.content.members[1]["id"] if len(archive.content.members) > 1 else ""
    if counted_by == "person" and member == 0 and other:
        grant(office, archive.id, source, 10_000, person=str(other), programme_id=programme, reason="另一人")


def test_limit__seen_in_two_windows_is_given_once(office: OfficeSession) -> None:
    """Both windows show that the rest of the limit may be given; whoever comes second is told what is left now."""
    archive, source = on_file(office), fund(office)
    other = in_2022(offices.open_office(office.folder, PASSPHRASE))
    given = GrantInput("living", 0, fund_id=source)
    left = aid.look_at_grant(office, archive.id, given).cap_left
    assert left and aid.look_at_grant(other, archive.id, given).cap_left == left
    grant(office, archive.id, source, left)
    for amount in (left, 1):
        with pytest.raises(UserError) as caught:
            grant(other, archive.id, source, amount)
        assert "还可给 0.00 元" in caught.value.text()
    assert funds.fund_states(other)[0].committed == left
    other.close()


@pytest.mark.parametrize("day", ["昨天", "2022-02-30", "2022-7-1", "0000-00-00", "２０２２-07-01", "2022-07-01T00:00"])
def test_days__that_are_none_get_a_sentence(office: OfficeSession, day: str) -> None:
    """While typing, for several at once and when granting."""
    archive, source = on_file(office), fund(office)
    given = GrantInput("living", 1, fund_id=source, granted_on=day)
    ways: tuple[Callable[[], object], ...] = (
        lambda: aid.look_at_grant(office, archive.id, given),
        lambda: aid.look_at_many(office, [(archive.id, given)]),
        lambda: aid.grant_aid(office, archive.id, given),
    )
    for way in ways:
        assert day in expect_refusal(way, "not_a_date").text()


def test_application__of_another_household_bears_nothing_out(office: OfficeSession) -> None:
    """Nor does one that was taken back."""
    archive, other, source = on_file(office, 1), on_file(office, 2), fund(office)
    asked: dict[str, Value] = {"applied_on": "2022-06-01", "item": "living", "reason": "生病", "amount_asked": 10_000}
    made = aid.apply_for_aid(office, archive.id, RecordContent(asked)).record_id
    for application in (made, "nope"):
        expect_refusal(
            lambda key=application: grant(office, other.id, source, 10_000, application_id=key), "aid_application_gone"
        )
    assert grant(office, archive.id, source, 10_000, application_id=made).application_id == made


@pytest.mark.parametrize(
    ("values", "said"),
    [({"ends_on": "2021-12-31"}, "不能早于开始的日子"), ({"year": 22}, "四位年份"), ({"budget": -1}, "不能小于 0")],
)
def test_source__with_days_reversed_or_an_odd_year_is_refused(
    office: OfficeSession, values: dict[str, Value], said: str
) -> None:
    """A period that ends before it begins would let nothing be granted, and nobody would know why."""
    fault = expect_refusal(lambda: fund(office, 0, **values), "record_faulty")
    assert said in fault.text()


def test_movement__of_nothing_is_none(office: OfficeSession) -> None:
    """A receipt of 0 says that something came although nothing did; 0.001 元 is read as that."""
    source = fund(office, 100)
    for amount in (0, -1):
        content = RecordContent({"fund_id": source, "movement": "receipt", "on_day": "2022-03-01", "amount": amount})
        expect_refusal(lambda content=content: funds.save_movement(office, content), "record_faulty")
    assert funds.fund_states(office)[0].received == 100


def test_corrected_number__of_a_student_keeps_one_registration_and_all_money(office: OfficeSession) -> None:
    """Granted and paid under both numbers, the student is one: in the list, in the register, and when registered again."""
    archive, child = family(office)
    cards = {"bank_account": card_number(1), "bank_name": "某银行"}
    archive.content.values |= cards
    archive = archiving.save_archive(office, archive.content, archive.id)
    source = fund(office)
    made = students.save_student(office, archive.id, registration(office, archive, child))

    def paid(amount: int) -> None:
        given = GrantInput("tuition", amount, person=child, fund_id=source, reason="再给")
        pay(office, [aid.grant_aid(office, archive.id, given).id], "2022-07-01")

    paid(100_000)
    changed = archiving.load_archive(office, archive.id)
    next(row for row in changed.content.members if row["id"] == child)["id_number"] = OTHER_NUMBER
    archiving.save_archive(office, changed.content, archive.id)
    paid(200_000)
    again = registration(office, archiving.load_archive(office, archive.id), child)
    assert again.text("id_number") == OTHER_NUMBER
    expect_refusal(lambda: students.save_student(office, archive.id, again), "student_twice")
    for _ in range(2):
        assert [row.granted for row in students.list_students(office, 2022)] == [300_000]
        with office.database.reading() as connection:
            assert [row["paid"] for row in student_store.register(connection, 2022, "2022-12-31")] == [300_000]
        known = records.load_record(office, made.record_id)
        kept = students.save_student(office, archive.id, known.content, made.record_id)
        assert kept.content.text("id_number") == OTHER_NUMBER


@pytest.mark.parametrize(
    ("written", "fen", "told"),
    [("1500.50", 150_050, False), ("1500.555", 150_056, True), ("0.001", 0, True), ("１５００", 150_000, True), ("1e9", 10**11, True),
     ("1,500.00元", 150_000, True)],
)  # fmt: skip
def test_amount__that_was_made_to_fit_is_told(written: str, fen: int, told: bool) -> None:
    """What is smaller than a 分 does not vanish without a word; an import says what it has made of a cell."""
    found = parse_value(APPLICATION.by_key["amount_asked"], written)
    assert (found.value, found.normalised, found.code) == (fen, told, None)
