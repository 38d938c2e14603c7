"""Many bundles at once: found on sticks, judged in their order, each received whole or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household, household, make_office
from neighbours import acquaint, town_and_county, unchanged

from db.domain.review import ReviewOutcome
from db.errors import Cancelled, MachineError
from db.services import answering, archiving, exchange, receiving, receiving_many, reviewing, undoing
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession
from db.services.receiving_many import LotState
from db.services.reviewing import ReviewInput

Trio = tuple[OfficeSession, OfficeSession, Path]
Quartet = tuple[OfficeSession, OfficeSession, OfficeSession, Path]


@pytest.fixture
def quartet(tmp_path: Path) -> Iterator[Quartet]:
    """Two townships, their county, a stick."""
    with town_and_county(tmp_path) as (town, county, stick):
        other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
        acquaint(other, county, tmp_path)
        yield town, other, county, stick
        other.close()


def amend(session: OfficeSession, archive_id: str, phone: str) -> None:
    """Change the phone of an archive."""
    content = archiving.load_archive(session, archive_id).content.copy()
    content.values["mobile_phone"] = phone
    archiving.save_archive(session, content, archive_id)


def export(session: OfficeSession, stick: Path, folder: str) -> Path:
    """The next bundle, in a folder of the stick."""
    (stick / folder).mkdir(exist_ok=True)
    return exchange.export_bundle(session, None, stick / folder).path


def three_bundles(quartet: Quartet) -> None:
    """Two bundles of the first township, the second amending the first; one of the other with the same person."""
    town, other, _, stick = quartet
    archive = file_household(town, 1)
    export(town, stick, "梅城")
    amend(town, archive.id, "13900001111")
    file_household(town, 2)
    export(town, stick, "梅城")
    archiving.save_archive(other, household(1))
    export(other, stick, "黄铺")


def test_lot__counts_as_it_will_be_received(quartet: Quartet) -> None:
    """A change of what the same lot brings is a change, the second township's person a duplicate; nothing is kept."""
    _, _, county, stick = quartet
    three_bundles(quartet)
    with unchanged(county):
        lot = receiving_many.inspect_many(county, [stick])
    shown = {(row.sender_name, row.bundles, row.new, row.changed, row.duplicates) for row in lot.totals}
    assert shown == {("梅城镇总工会", 2, 2, 1, 0), ("黄铺镇总工会", 1, 0, 0, 1)}
    assert [(item.sender_name, item.sequence) for item in lot.ready] == [
        ("梅城镇总工会", 1),
        ("梅城镇总工会", 2),
        ("黄铺镇总工会", 1),
    ]
    assert all(not item.preview.warnings for item in lot.ready if item.preview)

    outcome = receiving_many.receive_many(county, lot.items)
    assert not outcome.failed and outcome.backup_name
    assert {(row.sender_name, row.bundles, row.new, row.changed, row.duplicates) for row in outcome.totals} == shown
    assert archiving.count_archives(county, ArchiveQuery()) == 3
    assert all(done.receipt and done.receipt.path.parent.name in {"梅城", "黄铺"} for done in outcome.received)

    again = receiving_many.inspect_many(county, [stick])
    assert not again.ready
    assert sorted(item.state for item in again.items) == [LotState.ELSEWHERE] * 3 + [LotState.KNOWN] * 3


def test_lot__tells_what_is_damaged_twice_or_foreign(quartet: Quartet, tmp_path: Path) -> None:
    """One turned byte is refused with its sentence, a copy is left out, the township after it tells the gap."""
    _, _, county, stick = quartet
    three_bundles(quartet)
    first = next(path for path in (stick / "梅城").iterdir() if "第1包" in path.name)
    second = next(path for path in (stick / "梅城").iterdir() if "第2包" in path.name)
    shutil.copy(second, stick / "副本.nuandang")
    body = bytearray(first.read_bytes())
    body[len(body) // 2] ^= 1
    first.write_bytes(body)
    (stick / "不是数据包.nuandang").write_text("x")
    lot = receiving_many.inspect_many(county, [stick, second])
    assert [item.state for item in lot.items] == [
        LotState.READY,
        LotState.READY,
        LotState.KNOWN,
        LotState.REFUSED,
        LotState.REFUSED,
    ]
    assert all(item.refusal.endswith("。") for item in lot.items if item.state is not LotState.READY)
    (gap,) = (item.preview.warnings for item in lot.ready if item.preview and item.sequence == 2)
    assert any("缺第 1 包" in warning for warning in gap)
    outcome = receiving_many.receive_many(county, lot.items)
    assert len(outcome.received) == 2 and not outcome.failed


def test_lot__with_receipts__reads_them_first(quartet: Quartet) -> None:
    """A township reads all receipts on the stick in one go."""
    town, _, county, stick = quartet
    file_household(town, 1)
    export(town, stick, "梅城")
    file_household(town, 2)
    export(town, stick, "梅城")
    receiving_many.receive_many(county, receiving_many.inspect_many(county, [stick]).items)
    lot = receiving_many.inspect_many(town, [stick])
    assert [item.kind for item in lot.ready] == ["receipt", "receipt"]
    assert len(receiving_many.receive_many(town, lot.items).received) == 2
    assert {row.submission for row in archiving.list_archives(town, ArchiveQuery())} == {archiving.Submission.ACKNOWLEDGED}


def test_machine_fault__lets_the_later_ones_of_the_sender_wait(
    quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stick of one township is gone: its second bundle must not overtake the first, the other one is received."""
    _, _, county, stick = quartet
    three_bundles(quartet)
    lot = receiving_many.inspect_many(county, [stick])
    real = receiving.receive_bundle

    def gone(session: OfficeSession, path: Path, *rest: object, **named: object) -> object:
        if "第1包" in path.name and "梅城" in path.name:
            raise MachineError("file_gone", name=path.name)
        return real(session, path, *rest, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "receive_bundle", gone)
        outcome = receiving_many.receive_many(county, lot.items)
    assert [(item.sender_name, bool(item.outcome)) for item in outcome.items] == [
        ("梅城镇总工会", False),
        ("梅城镇总工会", False),
        ("黄铺镇总工会", True),
    ]
    rest = receiving_many.inspect_many(county, [stick])
    assert len(receiving_many.receive_many(county, rest.items).received) == 2


def test_cancelled__keeps_whole_bundles_only(quartet: Quartet) -> None:
    """Cancelled in the second bundle: the first is in with its receipt, of the second there is nothing."""
    _, _, county, stick = quartet
    three_bundles(quartet)
    lot = receiving_many.inspect_many(county, [stick])
    first = lot.ready[0].preview
    assert first

    def stop(done: int, total: int) -> None:
        if done > first.payload_bytes:
            raise Cancelled

    outcome = receiving_many.receive_many(county, lot.items, stop)
    assert outcome.cancelled and len(outcome.received) == 1 and len(outcome.failed) == 2
    assert archiving.count_archives(county, ArchiveQuery()) == 1
    rest = receiving_many.inspect_many(county, [stick])
    assert len(receiving_many.receive_many(county, rest.items).received) == 2


def test_lot__receipt_and_answer_together(quartet: Quartet) -> None:
    """The county's stick brings a receipt and the answer: both are looked at and read in one go, the last one undone."""
    town, _, county, stick = quartet
    archive = file_household(town, 1)
    export(town, stick, "梅城")
    receiving_many.receive_many(county, receiving_many.inspect_many(county, [stick]).items)
    reviewing.review(county, archive.id, ReviewInput(ReviewOutcome.APPROVED))
    answering.write_answer(county, town.office.id, stick)
    with unchanged(town):
        lot = receiving_many.inspect_many(town, [stick])
    assert [item.kind for item in lot.ready] == ["receipt", "answer"] and not lot.totals
    outcome = receiving_many.receive_many(town, lot.items)
    assert len(outcome.received) == 2 and not outcome.failed
    assert {row.submission for row in archiving.list_archives(town, ArchiveQuery())} == {archiving.Submission.APPROVED}
    offer = undoing.undoable(town)
    assert offer and offer.kind == "answer"
    undoing.undo_last(town, offer.bundle_id)
    assert {row.submission for row in archiving.list_archives(town, ArchiveQuery())} == {archiving.Submission.ACKNOWLEDGED}
