"""Stops of the tour about 查重: never searched, pairs of either band, what was decided, at the county and in a township."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from db.domain.archive_content import ArchiveContent
from db.domain.look_alike import Agreement
from db.services import archiving, demo
from db.services.duplicates import PairState
from db.services.office import OfficeSession
from desktop.pages.duplicates import DuplicatesPage

if TYPE_CHECKING:
    from tour_stops import Visit


def duplicate_pairs(visit: Visit) -> None:
    """The page at the county with pairs of every kind, and in a township with nothing found."""
    stage = visit.stage
    visit.enter(stage.county)
    page = visit.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    visit.take("duplicates-never-searched")
    _file_again(stage.county)
    page.search()
    visit.take("duplicates")
    slipped = next(row for row in range(page.model.count) if _is_slip(page, row))
    for row, name in ((slipped, "slip"), (page.model.count - 1, "resemblance")):
        page.table.selectRow(row)
        visit.take(f"duplicates-{name}")
    page.decide(PairState.DIFFERENT_PEOPLE, "同名同日，打电话核实过，是两个人")
    page.table.selectRow(0)
    page.decide(PairState.SAME_PERSON, "")
    for state in (PairState.SAME_PERSON, PairState.DIFFERENT_PEOPLE):
        page.open(state=str(state))
        visit.take(f"duplicates-{state.replace('_', '-')}")
    visit.enter(stage.empty)
    page = visit.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    page.search()
    visit.take("duplicates-nothing-found")


def _is_slip(page: DuplicatesPage, row: int) -> bool:
    pair = page.model.row(row)
    return pair is not None and any(line.agreement is Agreement.NEAR for line in pair.lines)


def _file_again(session: OfficeSession) -> None:
    """Three households of the office once more, each known less surely than the one before."""
    rng = random.Random(23)
    known = [archive for archive in _contents(session) if archive.text("id_number") and archive.text("mobile_phone")]
    surely, slipped, resembling = (demo.make_household(rng, members=1) for _ in range(3))
    for key in ("name", "id_number", "birth_on", "sex", "home_address", "bank_account"):
        surely.values[key] = known[0].values[key]
    for key in ("name", "birth_on", "sex", "mobile_phone", "home_address"):
        slipped.values[key] = known[1].values[key]
    number = known[1].text("id_number")
    slipped.values["id_number"] = f"{number[:15]}{number[16]}{number[15]}{number[17]}"
    for key in ("name", "birth_on", "sex"):
        resembling.values[key] = known[2].values[key]
    resembling.values.pop("id_number")
    resembling.values["home_address"] = known[2].text("home_address").removeprefix("梅城镇")
    for content in (surely, slipped, resembling):
        archiving.save_archive(session, content)


def _contents(session: OfficeSession) -> list[ArchiveContent]:
    ids = archiving.archive_ids(session, archiving.ArchiveQuery(order="archive_number", descending=False))
    return [archiving.load_archive(session, archive_id).content for archive_id in ids[:20]]
