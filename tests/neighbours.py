"""Offices that know each other, sticks between them, and bundles made by a sender who does not play fair."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_office
from sqlalchemy import text

from db.errors import NuandangError
from db.exchange import bundle_write
from db.exchange.bundle_format import BundleKind, Counts, Manifest, OfficeName
from db.exchange.bundle_write import BundlePlan
from db.exchange.identity import exchange_keys
from db.services import exchange
from db.services.office import ATTACHMENTS, OfficeSession
from db.store import bundle_store


def acquaint(below: OfficeSession, above: OfficeSession, folder: Path) -> None:
    """Enrol each other's cards."""
    for session, other in ((below, above), (above, below)):
        card = folder / f"{other.office.id}.nuandang-card"
        exchange.write_card(other, card)
        exchange.enrol(session, card)


@contextmanager
def town_and_county(folder: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    """A township and its county, and a stick."""
    town, _ = make_office(folder / "town")
    county, _ = make_office(folder / "county", "潜山市总工会", "county")
    stick = folder / "stick"
    stick.mkdir()
    acquaint(town, county, folder)
    yield town, county, stick
    town.close()
    county.close()


def dump(session: OfficeSession) -> dict[str, Any]:
    """Everything an office holds: each row of each table and each attachment file."""
    with session.database.reading() as connection:
        names = [row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        tables = {
            name: sorted(repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {name}")))
            for name in names
            if not name.startswith("person_search")
        }
    folder = session.folder / ATTACHMENTS
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {**tables, "files": files}


@contextmanager
def unchanged(*sessions: OfficeSession) -> Iterator[None]:
    """What happens inside leaves these offices exactly as they are."""
    before = [dump(session) for session in sessions]
    yield
    assert [dump(session) for session in sessions] == before


def expect_refusal(action: Callable[[], object], *codes: str) -> NuandangError:
    """The failure of *action*, with one of *codes* and a whole Chinese sentence."""
    with pytest.raises(NuandangError) as caught:
        action()
    assert caught.value.code in codes, caught.value
    assert caught.value.text().endswith("。")
    return caught.value


def carry(sender: OfficeSession, receiver: OfficeSession, stick: Path, ids: list[str] | None = None) -> Any:
    """Export, receive, and read the receipt; the receiver's outcome."""
    summary = exchange.export_bundle(sender, ids, stick)
    outcome = exchange.receive_bundle(receiver, summary.path)
    assert outcome.receipt
    exchange.receive_bundle(sender, outcome.receipt.path)
    return outcome


def forge(
    sender: OfficeSession,
    receiver: OfficeSession,
    stick: Path,
    lines: list[bytes],
    files: list[bundle_write.AttachmentFile] | None = None,
    **manifest: Any,
) -> Path:
    """A correctly signed bundle with whatever *lines* an enrolled sender chooses to write."""
    files = sorted(files or [], key=lambda file: file.sha256)
    with sender.database.reading() as connection:
        sequence = bundle_store.next_sequence(connection, receiver.office.id)
    plain = Manifest(
        kind=BundleKind.ARCHIVES,
        sender=OfficeName(sender.office.exchange_id, sender.office.exchange_name),
        receiver=OfficeName(receiver.office.id, receiver.office.name),
        sequence=sequence,
        previous_sha256="",
        created_at=sender.now,
        counts=Counts(len(lines), 0, len(files), sum(file.size for file in files)),
        records_sha256="",
        records_bytes=0,
    )
    recipient = exchange.own_card(receiver).recipient
    plan = BundlePlan(replace(plain, **manifest), lambda: iter(lines), files, recipient)
    return bundle_write.write_bundle(plan, exchange_keys(sender.database), stick).publish("forged.nuandang")


def record_lines(sender: OfficeSession, ids: list[str]) -> list[dict[str, Any]]:
    """The records of these archives as they would be sent, ready to be tampered with."""
    from db.exchange.bundle_records import archive_lines

    with sender.database.reading() as connection:
        return [json.loads(line) for line in archive_lines(connection, ids, full=True)]


def as_lines(records: list[dict[str, Any]]) -> list[bytes]:
    """Records as the lines of a bundle."""
    return [json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records]
