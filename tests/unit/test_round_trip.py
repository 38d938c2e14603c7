"""The round trip at a glance: figures of the township and of the county, gaps, what is on the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import file_household
from sqlalchemy import insert, text

from db.domain.archive_content import new_id
from db.models.exchange import Circular, Review
from db.services import archiving, exchange, round_trip
from db.services import office as offices
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession


def make_office(folder: Path, name: str, level: str, region_code: str) -> OfficeSession:
    """An office that costs no time to open."""
    session, _ = offices.create_office(
        folder / name,
        name=name,
        level=level,
        region_code=region_code,
        clerk_name="陈志强",
        passphrase="qianshan-2026",
        light=True,
    )
    return session


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    """A township with four households, its county, and the stick between them."""
    town = make_office(tmp_path, "梅城镇总工会", "township", "340882100")
    county = make_office(tmp_path, "潜山市总工会", "county", "340882")
    for number in range(4):
        file_household(town, number)
    for writer, reader in ((town, county), (county, town)):
        card = tmp_path / f"{writer.office.name}{exchange.CARD_SUFFIX}"
        exchange.write_card(writer, card)
        exchange.enrol(reader, card)
    stick = tmp_path / "stick"
    stick.mkdir()
    yield town, county, stick
    town.close()
    county.close()


def review(session: OfficeSession, by: OfficeSession, archive_id: str, outcome: str, **values: Any) -> None:
    """A review of the present revision by the office of *by*, as it is stored at *session*."""
    row = {
        "id": new_id(),
        "archive_id": archive_id,
        "archive_revision": archiving.load_archive(session, archive_id).revision,
        "office_id": by.office.id,
        "office_name": by.office.name,
        "office_level": by.office.level,
        "step": "final",
        "outcome": outcome,
        "reasons": [],
        "class_label": "",
        "level_label": "",
        "worker_number": "",
        "remarks": "",
        "made_at": session.now,
        "clerk_id": "c",
        "clerk_name": "吴立新",
        "device_id": "d",
        "device_counter": 1,
        "is_last": True,
        "exported_sequence": 0,
        **values,
    }
    with session.database.writing() as connection:
        connection.execute(insert(Review.__table__), row)
        connection.execute(text("UPDATE archive SET acknowledged_revision = revision WHERE id = :id"), {"id": archive_id})


def ids_of(session: OfficeSession) -> list[str]:
    """Every archive, in the order of its number."""
    return archiving.archive_ids(session, ArchiveQuery(order="archive_number", descending=False))


def test_counts__on_the_way_up__tell_what_the_county_has_not_got(
    pair: tuple[OfficeSession, OfficeSession, Path],
) -> None:
    """Never sent, then on the way, then acknowledged."""
    town, county, stick = pair
    assert (round_trip.counts(town).unsubmitted, round_trip.counts(town).not_received) == (4, 4)
    sent = exchange.export_bundle(town, ids_of(town)[:3], stick)
    counted = round_trip.counts(town)
    assert (counted.unsubmitted, counted.waiting, counted.not_received) == (1, 3, 4)
    (up,) = round_trip.ways_up(town)
    assert [(one.sequence, one.waiting) for one in up.on_the_way] == [(1, 3)] and up.last_receipt_at is None
    received = exchange.receive_bundle(county, sent.path)
    assert received.receipt is not None
    exchange.receive_bundle(town, received.receipt.path)
    (up,) = round_trip.ways_up(town)
    assert not up.on_the_way and up.last_receipt_at is not None
    assert round_trip.counts(town).not_received == 1


def test_counts__of_returned_archives__tell_late_and_near_and_forget_changed_ones(
    pair: tuple[OfficeSession, OfficeSession, Path],
) -> None:
    """Only a review of the present revision by an office above counts; the reason is told in words."""
    town, county, _ = pair
    first, second, third, fourth = ids_of(town)
    reason = {"code": "other", "text": "身份证照片不清"}
    review(town, county, first, "returned", due_on="2000-01-01", reasons=[reason])
    review(town, county, second, "returned", due_on="2999-01-01")
    review(town, county, third, "approved")
    review(town, town, fourth, "returned", due_on="2000-01-01")
    counted = round_trip.counts(town)
    assert (counted.returned, counted.overdue, counted.near, counted.approved) == (2, 1, 0, 1)
    assert counted.first_due == "2000-01-01"
    rows = round_trip.returned_archives(town)
    assert [row.archive_id for row in rows] == [first, second] and "身份证照片不清" in rows[0].words
    content = archiving.load_archive(town, first).content
    content.values["mobile_phone"] = "13800005678"
    archiving.save_archive(town, content, first)
    assert (round_trip.counts(town).returned, round_trip.counts(town).overdue) == (1, 0)
    pressing = round_trip.deadlines(town)
    assert (pressing.corrected, pressing.corrected_due, pressing.uncorrected) == (1, "2000-01-01", 1)


def test_offices_below__at_the_county__name_the_gap_and_what_waits(
    pair: tuple[OfficeSession, OfficeSession, Path],
) -> None:
    """The second bundle is lost: the county sees its number, what is to be reviewed, what to be sent down."""
    town, county, stick = pair
    first, second, third, _ = ids_of(town)
    (empty,) = round_trip.offices_below(county)
    assert (empty.last_sequence, empty.archives, empty.missing) == (0, 0, ())
    exchange.receive_bundle(county, exchange.export_bundle(town, [first], stick).path)
    exchange.export_bundle(town, [second], stick)
    exchange.receive_bundle(county, exchange.export_bundle(town, [third], stick).path)
    review(county, county, first, "approved")
    (row,) = round_trip.offices_below(county)
    assert (row.last_sequence, row.missing_text) == (3, "第 2 包")
    assert (row.archives, row.to_review, row.to_send, row.knows_of_gap) == (2, 1, 1, False)
    counted = round_trip.counts(county)
    assert (counted.to_review, counted.to_send, counted.gaps) == (1, 1, 1)


def test_unread_circulars__are_counted_at_the_reader_only(office: OfficeSession) -> None:
    """An own circular, a withdrawn one and one that was read do not count."""
    plain = {"title": "通知", "body": "", "audience": [], "office_name": "", "issued_at": office.now, "issued_by": ""}
    rows = [
        {"id": new_id(), "office_id": office.office.id, "withdrawn_at": None, "read_at": None},
        {"id": new_id(), "office_id": "above", "withdrawn_at": office.now, "read_at": None},
        {"id": new_id(), "office_id": "above", "withdrawn_at": None, "read_at": office.now},
        {"id": new_id(), "office_id": "above", "withdrawn_at": None, "read_at": None},
    ]
    with office.database.writing() as connection:
        connection.execute(insert(Circular.__table__), [{**plain, **row, "read_by": "", "due_on": None} for row in rows])
    assert round_trip.counts(office).unread == 1


@pytest.mark.parametrize(
    ("sequences", "told"),
    [([], ""), ([1, 2, 3], ""), ([2], "第 1 包"), ([1, 4, 5, 9], "第 2–3、6–8 包")],
)
def test_gap_text__names_every_run(sequences: list[int], told: str) -> None:
    """Numbers that never came, also before the first."""
    assert round_trip.gap_text(round_trip.missing_runs(sequences)) == told
