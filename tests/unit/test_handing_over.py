"""A household that moves: asked for, decided above, taken over; and everything that must not work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household, make_office
from neighbours import acquaint, carry, expect_refusal

from db.domain.hand_over import HandOverState
from db.exchange.bundle_records import archive_lines, parse_archive
from db.services import archiving, hand_over_arrivals, handing_over, revisions
from db.services.archiving import Archive, ArchiveQuery, Hidden
from db.services.handing_over import HandOver
from db.services.office import OfficeSession, office_status
from db.services.ownership import StandingKind, standing_of
from db.store import bundle_store

Three = tuple[OfficeSession, OfficeSession, OfficeSession, Path]


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Three]:
    """Two townships, their county, and a stick."""
    giver, _ = make_office(tmp_path / "a", "梅城镇总工会")
    taker, _ = make_office(tmp_path / "b", "源潭镇总工会")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    for town in (giver, taker):
        acquaint(town, county, tmp_path)
    yield giver, taker, county, stick
    for session in (giver, taker, county):
        session.close()


def bring_down(county: OfficeSession, child: OfficeSession) -> list[str]:
    """What an answer does of it: archives that move to *child*, then the state lines with the hand-overs."""
    told: list[str] = []
    with county.database.reading() as above, child.database.writing() as connection:
        going = handing_over.hand_overs_for(above, child.office.id)
        levels = frozenset({"county"})
        for line in archive_lines(above, going.to_send, full=True, levels=levels):
            incoming = parse_archive(line)
            assert hand_over_arrivals.take_over_fault(child, incoming, incoming.beside.hand_overs) == ""
            held = bundle_store.papers_held(connection, [paper.id for paper in incoming.attachments])
            assert held or not incoming.attachments or child.office.name == "源潭镇总工会"
            source = (county.office.id, county.office.name, county.now)
            hand_over_arrivals.take_over(connection, child, incoming, [], source)
        for archive_id, rows in going.rows.items():
            plain = [{key: value for key, value in row.items() if key != "archive_id"} for row in rows]
            told += hand_over_arrivals.apply_hand_overs(connection, child, archive_id, plain)
    return told


def moved(offices: Three) -> tuple[Archive, HandOver]:
    """A household of the first township that the county gave to the second."""
    giver, taker, county, stick = offices
    archive = file_household(giver, "moves", 2)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "全家迁往源潭镇")
    carry(giver, county, stick)
    (request,) = handing_over.waiting_here(county)
    return archive, handing_over.accept_hand_over(county, request.id, taker.office.id)


def test_round__from_one_township_to_the_other_and_back(offices: Three) -> None:
    """Each time the archive keeps its number and its whole history, and only its own office may change it."""
    giver, taker, county, stick = offices
    archive, done = moved(offices)
    assert handing_over.verify_hand_over(county, done.id)
    assert bring_down(county, taker) == []
    assert bring_down(county, giver) == [
        f"{archive.content.text('name')}（{archive.archive_number}） 已移交给“源潭镇总工会”，这里留作查看。"
    ]
    assert standing_of(giver, archive.id).kind is StandingKind.HANDED_OVER
    assert archiving.count_archives(giver, ArchiveQuery()) == office_status(giver).archives == 0
    assert archiving.archive_ids(giver, ArchiveQuery(hidden=Hidden.AWAY)) == [archive.id]
    expect_refusal(lambda: archiving.save_archive(giver, archive.content, archive.id), "archive_handed_over")
    history = revisions.archive_history(taker, archive.id)
    assert [(entry.revision, entry.action_label) for entry in history] == [(3, "接手"), (2, "申请移交"), (1, "建档")]
    content = archiving.load_archive(taker, archive.id).content
    content.values["home_address"] = "源潭镇迎宾路 7 号"
    archiving.save_archive(taker, content, archive.id)
    assert carry(taker, county, stick).changed_count == 1
    assert handing_over.hand_overs_of(county, archive.id)[0].state is HandOverState.COMPLETED
    handing_over.request_hand_over(taker, archive.id, "梅城镇总工会", "又搬了回去")
    carry(taker, county, stick)
    (request,) = handing_over.waiting_here(county)
    handing_over.accept_hand_over(county, request.id, giver.office.id)
    bring_down(county, taker)
    bring_down(county, giver)
    back = archiving.load_archive(giver, archive.id)
    assert (back.office_id, back.content) == (giver.office.id, content)
    assert carry(giver, county, stick).changed_count == 1
    assert bring_down(county, giver) == bring_down(county, taker) == []
    assert standing_of(giver, archive.id).may_change
    assert standing_of(taker, archive.id).kind is StandingKind.HANDED_OVER
