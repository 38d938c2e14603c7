"""录入助手: what is typed into the national system and in which order, and what is noted about it."""

from pathlib import Path

import pytest
from factories import file_household, household, make_office, photo
from sqlalchemy import text

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.national_screen import HOUSEHOLD, entry_lines
from db.errors import UserError
from db.exchange.workbook_columns import household_columns
from db.services import archiving, attachments, exchange, national_entry, revisions
from db.services.archiving import ArchiveQuery, NationalState
from db.services.office import OfficeSession


def change(office: OfficeSession, archive_id: str, **values: str | int) -> None:
    """Amend an archive."""
    content = archiving.load_archive(office, archive_id).content
    content.values.update(values)
    archiving.save_archive(office, content, archive_id)


def state(office: OfficeSession, archive_id: str) -> NationalState:
    """Where the archive stands, asked in every way there is; they must agree."""
    found = national_entry.states_of(office, [archive_id])[archive_id]
    mark = national_entry.mark_of(office, archive_id)
    assert (mark.state if mark else NationalState.NOT_ENTERED) is found
    for each in NationalState:
        query = ArchiveQuery(national=each)
        ids = archiving.archive_ids(office, query)
        assert (archive_id in ids) is (each is found)
        assert archiving.count_archives(office, query) == len(ids)
    return found


# -- the lines ---------------------------------------------------------------------------------------------------


def test_lines__order_of_the_national_screen() -> None:
    """The household in the order of the flat layout, then each member; every field of the form once."""
    lines = entry_lines(household(1, 3))
    captions = [line.caption for line in lines if line.part == HOUSEHOLD]
    assert captions == [spec.label for spec in ARCHIVE_FORM.worker_fields]
    flat = [column.spec.label for column in household_columns()]
    assert [caption for caption in captions if caption in flat] == flat
    parts = list(dict.fromkeys(line.part for line in lines))
    assert [part[:6] for part in parts] == ["户主", "家庭成员 1", "家庭成员 2", "家庭成员 3"]
    assert [line.caption for line in lines if line.part == parts[2]] == [spec.label for spec in ARCHIVE_FORM.member_fields]


def test_lines__as_it_is_typed() -> None:
    """Labels, ISO dates, numbers without separators or needless zeros; nothing masked or grouped."""
    content = household(
        1,
        0,
        id_number="11010519491231002X",
        work_started_on="2009-07-01",
        monthly_income=123_456_00,
        other_annual_income=50,
        floor_area=5650,
        hukou_region="340882",
        is_single_parent=False,
        bank_account="6222021001116245702",
        secondary_hardship_causes=["no_social_insurance", "schooling"],
        remarks=None,
    )
    lines = {line.caption: line for line in entry_lines(content)}
    shown = {
        "身份证号": "11010519491231002X",
        "工作时间": "2009-07-01",
        "本人月平均收入": "123456",
        "家庭其他非薪资年收入": "0.5",
        "建筑面积": "56.5",
        "户口所在地行政区划": "340882",
        "是否单亲": "否",
        "银行卡号": "6222021001116245702",
        "备注": "",
    }
    assert {caption: lines[caption].text for caption in shown} == shown
    assert "潜山" in lines["户口所在地行政区划"].hint
    assert lines["次要致困原因"].hint == "共 2 项，逐项勾选"
    assert lines["性别"].text in ("男", "女")


# -- the note ----------------------------------------------------------------------------------------------------


def test_mark__with_a_number(office: OfficeSession) -> None:
    """The number that came back goes into the archive as a revision with its reason; the note holds that revision."""
    archive = file_household(office, 1)
    assert state(office, archive.id) is NationalState.NOT_ENTERED
    assert not national_entry.has_marks(office)
    mark = national_entry.mark_entered(office, archive.id, 1, " 3408820001 ")
    stored = archiving.load_archive(office, archive.id)
    assert (stored.revision, stored.content.text("worker_number")) == (2, "3408820001")
    latest = revisions.archive_history(office, archive.id)[0]
    assert (latest.reason, [item.label for item in latest.changes]) == ("全国系统编号", ["职工编号"])
    assert (mark.revision, mark.worker_number, mark.clerk_name) == (2, "3408820001", "陈志强")
    assert state(office, archive.id) is NationalState.ENTERED
    assert national_entry.has_marks(office)


def test_mark__without_or_with_the_same_number(office: OfficeSession) -> None:
    """Nothing to change, no revision; the note remembers the number that the archive has."""
    archive = file_household(office, 1, worker_number="T0001")
    for number in ("", "T0001"):
        mark = national_entry.mark_entered(office, archive.id, 1, number)
        assert (mark.revision, mark.worker_number) == (1, "T0001")
    assert archiving.load_archive(office, archive.id).revision == 1


def test_mark__changed_afterwards(office: OfficeSession) -> None:
    """An answer that changes asks for typing in again; a paper does not."""
    archive = file_household(office, 1)
    national_entry.mark_entered(office, archive.id, 1)
    attachments.add_attachment(office, archive.id, "a.jpg", photo(), "id_card")
    assert state(office, archive.id) is NationalState.ENTERED
    change(office, archive.id, mobile_phone="13800005678")
    assert state(office, archive.id) is NationalState.CHANGED
    content = archiving.load_archive(office, archive.id)
    national_entry.mark_entered(office, archive.id, content.revision)
    assert state(office, archive.id) is NationalState.ENTERED
    content.content.members.pop()
    archiving.save_archive(office, content.content, archive.id)
    assert state(office, archive.id) is NationalState.CHANGED


def test_mark__changed_while_typing(office: OfficeSession) -> None:
    """What was typed in is the revision that was on the screen; a later one has changes."""
    archive = file_household(office, 1)
    change(office, archive.id, mobile_phone="13800005678")
    mark = national_entry.mark_entered(office, archive.id, 1, "3408820001")
    assert (mark.revision, mark.state) == (1, NationalState.CHANGED)
    assert state(office, archive.id) is NationalState.CHANGED


def test_mark__number_of_somebody_else_or_too_long(office: OfficeSession) -> None:
    """Refused whole: neither the number nor the note."""
    file_household(office, 1, worker_number="3408820001")
    archive = file_household(office, 2)
    for number, code in (("3408820001", "worker_number_taken"), ("9" * 40, "national_number_long")):
        with pytest.raises(UserError) as caught:
            national_entry.mark_entered(office, archive.id, 1, number)
        assert caught.value.code == code
        assert caught.value.text()
    assert state(office, archive.id) is NationalState.NOT_ENTERED
    assert archiving.load_archive(office, archive.id).revision == 1


def test_mark__archive_of_another_office(office: OfficeSession, tmp_path: Path) -> None:
    """The county types it in and keeps the number in its note; the township's archive stays as it was sent."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    for writer, reader in ((office, county), (county, office)):
        card = tmp_path / f"{writer.office.name}.nuandang-card"
        exchange.write_card(writer, card)
        exchange.enrol(reader, card)
    archive = file_household(office, 1, worker_number="T0001")
    exchange.receive_bundle(county, exchange.export_bundle(office, None, tmp_path).path)
    mark = national_entry.mark_entered(county, archive.id, 1, "3408820009")
    assert mark.worker_number == "3408820009"
    assert archiving.load_archive(county, archive.id).content.text("worker_number") == "T0001"
    assert state(county, archive.id) is NationalState.ENTERED
    county.close()


def test_mark__taken_back(office: OfficeSession) -> None:
    """A wrong click leaves no note; the journal keeps both."""
    archive = file_household(office, 1)
    national_entry.mark_entered(office, archive.id, 1)
    national_entry.take_back(office, archive.id)
    assert state(office, archive.id) is NationalState.NOT_ENTERED
    with office.database.reading() as connection:
        noted = connection.execute(text("SELECT action FROM journal WHERE action LIKE 'national%' ORDER BY seq"))
        assert [row[0] for row in noted] == ["national_entry", "national_entry_taken_back"]
