"""A laptop that does not play fair, or was tampered with: refused or set aside, and the desk stays as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, make_office
from laptops import desk_and_laptop, edit, take_along
from neighbours import as_lines, expect_refusal, forge, record_lines, unchanged

from db.domain.archive_content import new_id
from db.exchange.bundle_format import BundleKind, Outcome
from db.exchange.bundle_visit import VisitHead, VisitItemLine
from db.services import archiving, exchange, visits
from db.services.office import OfficeSession

Lines = Callable[[OfficeSession, OfficeSession], list[bytes]]


def forged(desk: OfficeSession, laptop: OfficeSession, stick: Path, lines: list[bytes], **more: Any) -> Path:
    """A bundle the laptop's keys have signed, of whatever lines."""
    return forge(laptop, desk, stick, lines, kind=BundleKind.VISIT_BACK, **more)


def head_of(laptop: OfficeSession, *items: VisitItemLine) -> bytes:
    """An honest head."""
    return VisitHead(laptop.office.id, laptop.office.laptop_id, list(items)).to_line()


POLICY = b'{"policy":{"sha256":"' + b"0" * 64 + b'"}}\n'
BROKEN: dict[str, Lines] = {
    "no head": lambda desk, laptop: as_lines(record_lines(laptop, archiving.archive_ids(laptop, archiving.ArchiveQuery()))),
    "two heads": lambda desk, laptop: [head_of(laptop), head_of(laptop)],
    "another laptop's head": lambda desk, laptop: [VisitHead(laptop.office.id, new_id()).to_line()],
    "another office's head": lambda desk, laptop: [VisitHead(new_id(), laptop.office.laptop_id).to_line()],
    "a policy from below": lambda desk, laptop: [head_of(laptop), POLICY],
    "no object": lambda desk, laptop: [b'{"visit":[]}\n'],
    "an item twice": lambda desk, laptop: [
        head_of(laptop, *[VisitItemLine(desk.office.id, "write", 1, "2026-05-20T09:00:00")] * 2)
    ],
    "another access": lambda desk, laptop: [
        head_of(laptop, VisitItemLine(desk.office.id, "own", 1, "2026-05-20T09:00:00"))
    ],
}


@pytest.mark.parametrize("lines", BROKEN.values(), ids=BROKEN.keys())
def test_broken_bundle__refused_whole(tmp_path: Path, lines: Lines) -> None:
    """What is not made as a laptop makes it is refused, and nothing is changed."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        file_household(laptop, 5)
        path = forged(desk, laptop, stick, lines(desk, laptop))
        with unchanged(desk):
            expect_refusal(lambda: exchange.inspect_bundle(desk, path), "bundle_damaged")
            expect_refusal(lambda: exchange.receive_bundle(desk, path), "bundle_damaged")


def _not_given(records: list[dict[str, Any]], other: str) -> None:
    """An archive of the desk the laptop never had, with a history of its own making."""
    records[0]["archive"]["id"] = other
    records[0]["revisions"][0]["device_id"] = new_id()


def _of_another_office(records: list[dict[str, Any]], other: str) -> None:
    records[0]["archive"]["office_id"] = new_id()


def _with_a_member_of_another(records: list[dict[str, Any]], other: str) -> None:
    records[0]["revisions"][-1]["snapshot"]["members"][0]["id"] = other


def _with_an_unknown_field(records: list[dict[str, Any]], other: str) -> None:
    records[0]["revisions"][-1]["snapshot"]["worker"]["salary"] = "1"


def _far_ahead(records: list[dict[str, Any]], other: str) -> None:
    records[0]["archive"]["revision"] = records[0]["revisions"][-1]["revision"] = (1 << 53) - 1


@pytest.mark.parametrize(
    "tamper", [_not_given, _of_another_office, _with_a_member_of_another, _with_an_unknown_field, _far_ahead]
)
def test_tampered_archive__set_aside_with_its_reason(
    tmp_path: Path, tamper: Callable[[list[dict[str, Any]], str], None]
) -> None:
    """The one archive is set aside, the honest one beside it is taken; the other archive of the desk is not touched."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        given, kept = file_household(desk, 1), file_household(desk, 2)
        take_along(desk, laptop, stick, [given.id])
        edit(laptop, given.id, remarks="改了")
        honest = file_household(laptop, 3)
        records = record_lines(laptop, [given.id, honest.id])
        member = str(kept.content.members[0]["id"])
        tamper(records, member if tamper is _with_a_member_of_another else kept.id)
        path = forged(desk, laptop, stick, [head_of(laptop), *as_lines(records)])
        preview = exchange.inspect_bundle(desk, path)
        assert [item.outcome for item in preview.items] == [Outcome.REFUSED, Outcome.NEW]
        assert preview.items[0].reason
        exchange.receive_bundle(desk, path)
        for archive in (given, kept):
            assert archiving.load_archive(desk, archive.id).content == archive.content
            assert archiving.load_archive(desk, archive.id).revision == 1
        assert archiving.load_archive(desk, honest.id).content == honest.content


def test_other_people_s_laptop__unknown_sender(tmp_path: Path) -> None:
    """A laptop that is not enrolled here, or belongs to another office, is told apart by the cover already."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
        file_household(laptop, 1)
        summary = visits.check_in(laptop, stick)
        with unchanged(other):
            expect_refusal(lambda: exchange.receive_bundle(other, summary.path), "bundle_for_other")
        stranger = forge(other, desk, stick, [b"{}\n"], kind=BundleKind.VISIT_BACK)
        expect_refusal(lambda: exchange.receive_bundle(desk, stranger), "bundle_unknown_sender")
        other.close()
