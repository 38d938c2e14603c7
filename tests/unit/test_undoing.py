"""Undo: the last received bundle goes back without a trace, and only while nothing depends on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, photo
from neighbours import carry, dump, town_and_county
from sqlalchemy import text

from db.services import archiving, attachments, exchange, undoing
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]
RECORDS = ("bundle", "bundle_item", "journal", "backup", "undo_step", "office_setting")


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township, its county, a stick."""
    with town_and_county(tmp_path) as made:
        yield made


def holdings(session: OfficeSession) -> dict[str, Any]:
    """Everything but the records of what was done; files by what is in them, for their names are random."""
    found = {name: rows for name, rows in dump(session).items() if name not in RECORDS}
    with session.database.reading() as connection:
        names = [row[0] for row in connection.execute(text("SELECT stored_name FROM attachment"))]
    for name in names:
        found["attachment"] = [row.replace(name, "") for row in found["attachment"]]
    assert set(found["files"]) == set(names)
    return {**found, "files": sorted(found["files"].values())}


def found(session: OfficeSession, typed: str) -> list[str]:
    """Whom the search finds."""
    return [hit.name for hit in archiving.search_people(session, typed)]


def amend(session: OfficeSession, archive_id: str, **values: object) -> None:
    """Change worker values of an archive."""
    content = archiving.load_archive(session, archive_id).content.copy()
    content.values.update(values)  # type: ignore[arg-type]
    archiving.save_archive(session, content, archive_id)


def undo(session: OfficeSession) -> undoing.UndoOutcome:
    """Undo what is offered."""
    offer = undoing.undoable(session)
    assert offer and not offer.obstacle, offer
    return undoing.undo_last(session, offer.bundle_id)


def test_undo__puts_every_row_and_file_back(trio: Trio) -> None:
    """New, changed, papers, history, people index: exactly as before; then the same file is received again."""
    town, county, stick = trio
    first, second = file_household(town, 1, name="李大山"), file_household(town, 2)
    carry(town, county, stick)
    before = holdings(county)
    amend(town, first.id, name="李小山", mobile_phone="13900001111")
    content = archiving.load_archive(town, second.id).content.copy()
    del content.members[0]
    archiving.save_archive(town, content, second.id)
    attachments.add_attachment(town, first.id, "户口本.jpg", photo(), "household_register")
    third = file_household(town, 3)
    path = exchange.export_bundle(town, None, stick).path
    exchange.receive_bundle(county, path)
    after = holdings(county)
    assert found(county, "李小山") == ["李小山"]

    offer = undoing.undoable(county)
    assert offer and (offer.new_count, offer.changed_count, offer.obstacle) == (1, 2, "")
    assert [item.archive_id for item in offer.items if item.is_new] == [third.id]
    outcome = undoing.undo_last(county, offer.bundle_id)
    assert (outcome.removed_count, outcome.restored_count) == (1, 2)
    assert outcome.warnings == [undoing.HEALED_LATER]
    assert holdings(county) == before
    assert found(county, "李小山") == [] and found(county, "李大山") == ["李大山"]
    assert undoing.undoable(county) is None

    assert exchange.receive_bundle(county, path).new_count == 1
    assert holdings(county) == after
