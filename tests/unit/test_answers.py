"""The answer: the county's word on every archive, complete each time, so that lost, late and repeated ones heal."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household, photo
from neighbours import carry, expect_refusal, town_and_county, unchanged

from db.domain.review import Reason, ReviewOutcome
from db.services import answering, archiving, attachments, backups, exchange, reviewing, undoing
from db.services import office as offices
from db.services.answer_news import AnswerNews, AnswerPreview
from db.services.archive_query import Waiting
from db.services.archiving import Submission
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput
from db.store import archive_store

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township, its county, a stick."""
    with town_and_county(tmp_path) as made:
        yield made


def answer(county: OfficeSession, town: OfficeSession, stick: Path) -> Path:
    """The county's next answer."""
    return answering.write_answer(county, town.office.id, stick).path


def preview(town: OfficeSession, path: Path) -> AnswerNews:
    """What it would change; looking changes nothing."""
    with unchanged(town):
        looked_at = exchange.inspect_bundle(town, path)
    assert isinstance(looked_at, AnswerPreview)
    return looked_at.news


def apply(town: OfficeSession, path: Path) -> AnswerNews:
    """Apply an answer; what the preview said is what happens."""
    expected = preview(town, path)
    outcome = exchange.receive_bundle(town, path)
    assert [*outcome.news.lines()] == [*expected.lines()]  # type: ignore[attr-defined]
    return outcome.news  # type: ignore[attr-defined, no-any-return]


def amend(session: OfficeSession, archive_id: str, **values: object) -> None:
    """Change worker values of an archive."""
    content = archiving.load_archive(session, archive_id).content.copy()
    content.values.update(values)  # type: ignore[arg-type]
    archiving.save_archive(session, content, archive_id)


def submission(session: OfficeSession, archive_id: str) -> Submission:
    """The state of an archive."""
    return archiving.archive_submission(session, archiving.load_archive(session, archive_id))


def test_answer__tells_what_arrived_without_any_receipt(trio: Trio) -> None:
    """A lost receipt is healed: the answer says which revision the county holds."""
    town, county, stick = trio
    filed = file_household(town)
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    assert submission(town, filed.id) is Submission.EXPORTED
    news = apply(town, answer(county, town, stick))
    assert [item.archive_id for item in news.acknowledged] == [filed.id]
    assert submission(town, filed.id) is Submission.ACKNOWLEDGED
    assert exchange.list_bundles(town)[0].kind == "answer"
    assert all(record.receipted_at for record in exchange.list_bundles(town) if record.direction == "sent")


def test_answer__brings_reviews_with_reasons_and_the_given_number(trio: Trio) -> None:
    """已审核、退回补正、不通过, and the 职工编号 shows at both ends."""
    town, county, stick = trio
    good, back = file_household(town, 1, worker_number=None), file_household(town, 2)
    carry(town, county, stick)
    reviewing.review(county, good.id, ReviewInput(ReviewOutcome.APPROVED, worker_number="340882000123"))
    reason = Reason("other", "少一页", "id_number")
    reviewing.review(county, back.id, ReviewInput(ReviewOutcome.RETURNED, (reason,), due_on="2027-01-08"))
    news = apply(town, answer(county, town, stick))
    assert ([item.archive_id for item in news.approved], [item.archive_id for item in news.returned]) == ([good.id], [back.id])
    assert (news.returned[0].reasons, news.returned[0].due_on) == ((reason,), "2027-01-08")
    assert (submission(town, good.id), submission(town, back.id)) == (Submission.APPROVED, Submission.RETURNED)
    for session in (town, county):
        assert archiving.load_archive(session, good.id).content.values["worker_number"] == "340882000123"
    assert "已审核 1 户" in [*news.lines()]


def test_answer__twice_and_the_older_after_the_newer__change_nothing(trio: Trio) -> None:
    """The same one is known, an older one is refused, a new one without news changes no archive."""
    town, county, stick = trio
    file_household(town)
    carry(town, county, stick)
    old, new, later = (answer(county, town, stick) for _ in range(3))
    apply(town, new)
    with unchanged(town):
        expect_refusal(lambda: exchange.receive_bundle(town, new), "bundle_repeated")
        expect_refusal(lambda: exchange.receive_bundle(town, old), "answer_older")
        expect_refusal(lambda: exchange.inspect_bundle(town, old), "answer_older")
    assert apply(town, later).is_empty


def test_answer__a_lost_bundle__goes_out_again_by_itself(trio: Trio) -> None:
    """The first stick never arrived, the second did: what was on the first counts as not submitted."""
    town, county, stick = trio
    lost = file_household(town, 1)
    exchange.export_bundle(town, None, stick)
    arrived = file_household(town, 2)
    carry(town, county, stick)
    news = apply(town, answer(county, town, stick))
    assert [item.archive_id for item in news.lost] == [lost.id]
    assert (submission(town, lost.id), submission(town, arrived.id)) == (Submission.UNSUBMITTED, Submission.ACKNOWLEDGED)
    carry(town, county, stick)
    assert apply(town, answer(county, town, stick)).is_empty
    assert submission(town, lost.id) is Submission.ACKNOWLEDGED


def test_answer__what_is_still_on_its_way__stays_so(trio: Trio) -> None:
    """A bundle later than the last one received is not lost."""
    town, county, stick = trio
    file_household(town, 1)
    carry(town, county, stick)
    path = answer(county, town, stick)
    late = file_household(town, 2)
    exchange.export_bundle(town, None, stick)
    assert not apply(town, path).lost
    assert submission(town, late.id) is Submission.EXPORTED


# -- a restored backup --------------------------------------------------------------------------------------------


def restored(town: OfficeSession, record: backups.BackupRecord) -> OfficeSession:
    """The township as it was when it was backed up, on another computer."""
    folder = town.folder.with_name(f"restored-{record.name}")
    town.close()
    backups.restore_backup(record.path, folder, PASSPHRASE)
    return offices.open_office(folder, PASSPHRASE)


def settle(town: OfficeSession, county: OfficeSession, stick: Path) -> AnswerNews:
    """What the township has goes up if there is anything, and an answer comes down."""
    if exchange.unsubmitted_ids(town):
        carry(town, county, stick)
    return apply(town, answer(county, town, stick))


def assert_agreed(town: OfficeSession, county: OfficeSession) -> None:
    """Both hold the same of every archive, and the township knows it."""
    with town.database.reading() as here, county.database.reading() as there:
        ids = archiving.archive_ids(town, archiving.ArchiveQuery())
        assert sorted(ids) == sorted(archiving.archive_ids(county, archiving.ArchiveQuery()))
        ours, theirs = (
            {stored.id: stored for stored in archive_store.load_many(connection, ids)} for connection in (here, there)
        )
    for archive_id in ids:
        own, held = ours[archive_id], theirs[archive_id]
        assert own.content.to_json() == held.content.to_json()
        assert own.revision == held.revision == own.acknowledged_revision


def test_restored_backup__lost_revisions_come_back(trio: Trio) -> None:
    """The township sends what it remembers; the county has more, keeps it and gives it back."""
    town, county, stick = trio
    filed = file_household(town)
    carry(town, county, stick)
    record = backups.back_up(town, stick)
    amend(town, filed.id, mobile_phone="13900001111")
    attachments.add_attachment(town, filed.id, "诊断书.jpg", photo(), "diagnosis")
    carry(town, county, stick)
    town = restored(town, record)
    first = settle(town, county, stick)
    assert [item.archive_id for item in first.lost] == [filed.id]
    second = settle(town, county, stick)
    assert [item.archive_id for item in second.reconciled] == [filed.id]
    assert archiving.load_archive(town, filed.id).content.text("mobile_phone") == "13900001111"
    (paper,) = attachments.list_attachments(town, filed.id)
    assert attachments.read_attachment(town, paper.id) == attachments.read_attachment(county, paper.id)
    assert_agreed(town, county)
    assert not exchange.unsubmitted_ids(town)
    town.close()


def test_restored_backup__edits_on_both_sides__are_brought_together(trio: Trio) -> None:
    """What was edited after the backup, before and after the disaster, is all there; a field edited twice waits for a choice."""
    town, county, stick = trio
    apart, same = file_household(town, 1), file_household(town, 2)
    carry(town, county, stick)
    record = backups.back_up(town, stick)
    for archive in (apart, same):
        amend(town, archive.id, mobile_phone="13900001111")
    carry(town, county, stick)
    town = restored(town, record)
    amend(town, apart.id, home_address="梅城镇皖山路 8 号")
    amend(town, same.id, mobile_phone="13900002222")
    told = settle(town, county, stick)
    waiting = archiving.ArchiveQuery(waiting=Waiting.SET_ASIDE)
    assert set(archiving.archive_ids(county, waiting)) == {apart.id, same.id}
    assert {item.archive_id for item in told.reconciled} == {apart.id, same.id}
    assert {item.archive_id: len(item.conflicts) for item in told.reconciled} == {apart.id: 0, same.id: 1}
    merged = archiving.load_archive(town, apart.id).content
    assert (merged.text("mobile_phone"), merged.text("home_address")) == ("13900001111", "梅城镇皖山路 8 号")
    assert archiving.load_archive(town, same.id).content.text("mobile_phone") == "13900002222"
    settle(town, county, stick)
    assert_agreed(town, county)
    assert settle(town, county, stick).is_empty and archiving.archive_ids(county, waiting) == []
    town.close()


def test_restored_backup__an_answer_before_anything_is_sent__acknowledges_nothing_by_number(trio: Trio) -> None:
    """The same number of another content is not what the county holds."""
    town, county, stick = trio
    filed = file_household(town)
    carry(town, county, stick)
    record = backups.back_up(town, stick)
    amend(town, filed.id, mobile_phone="13900001111")
    carry(town, county, stick)
    path = answer(county, town, stick)
    town = restored(town, record)
    amend(town, filed.id, mobile_phone="13900002222")
    told = apply(town, path)
    assert [item.archive_id for item in told.lost] == [filed.id]
    assert submission(town, filed.id) is Submission.UNSUBMITTED
    settle(town, county, stick)
    assert archiving.load_archive(town, filed.id).content.text("mobile_phone") == "13900002222"
    settle(town, county, stick)
    assert_agreed(town, county)
    town.close()


def test_restored_backup__an_archive_it_does_not_have__comes_back_with_a_full_answer(trio: Trio) -> None:
    """The answer tells that the county has more; with every archive along it is taken back, papers and all."""
    town, county, stick = trio
    file_household(town, 1)
    carry(town, county, stick)
    record = backups.back_up(town, stick)
    gone = file_household(town, 2)
    attachments.add_attachment(town, gone.id, "诊断书.jpg", photo(), "diagnosis")
    carry(town, county, stick)
    town = restored(town, record)
    told = settle(town, county, stick)
    assert told.missing == [gone.id] and any("连同全部档案" in note for note in told.notes)
    assert answering.answer_plan(county, town.office.id).held == 0
    full = answering.write_answer(county, town.office.id, stick, full=True)
    assert [item.archive_id for item in apply(town, full.path).reconciled] == [gone.id]
    (paper,) = attachments.list_attachments(town, gone.id)
    assert attachments.read_attachment(town, paper.id) == attachments.read_attachment(county, paper.id)
    assert_agreed(town, county)
    town.close()


def test_restored_backup__an_archive_it_does_not_have__is_asked_for_with_the_next_bundle(trio: Trio) -> None:
    """The next bundle says what is missing, the next answer brings it, the one after that does not again."""
    town, county, stick = trio
    file_household(town, 1)
    carry(town, county, stick)
    record = backups.back_up(town, stick)
    gone = file_household(town, 2)
    carry(town, county, stick)
    town = restored(town, record)
    settle(town, county, stick)
    file_household(town, 3)
    assert [item.archive_id for item in settle(town, county, stick).reconciled] == [gone.id]
    file_household(town, 4)
    carry(town, county, stick)
    assert answering.answer_plan(county, town.office.id).held == 0
    assert_agreed(town, county)
    town.close()


def test_held_copy__goes_down_until_the_township_has_applied_it(trio: Trio) -> None:
    """A lost answer is followed by another with the copy; an applied one is confirmed by the next bundle."""
    town, county, stick = trio
    filed = file_household(town, 1)
    carry(town, county, stick)
    record = backups.back_up(town, stick)
    amend(town, filed.id, mobile_phone="13900001111")
    carry(town, county, stick)
    town = restored(town, record)
    settle(town, county, stick)
    carry(town, county, stick)
    lost = answering.write_answer(county, town.office.id, stick)
    assert lost.path.is_file() and answering.answer_plan(county, town.office.id).held == 1
    county.clock = lambda: datetime.now().astimezone() + timedelta(seconds=5)
    assert apply(town, answer(county, town, stick)).reconciled
    file_household(town, 2)
    carry(town, county, stick)
    assert answering.answer_plan(county, town.office.id).held == 0
    assert_agreed(town, county)
    town.close()


def test_undone_reception__goes_out_again(trio: Trio) -> None:
    """The county takes a reception back: the township learns that nothing of it is held."""
    town, county, stick = trio
    filed = file_household(town)
    outcome = carry(town, county, stick)
    assert submission(town, filed.id) is Submission.ACKNOWLEDGED
    undoing.undo_last(county, outcome.bundle_id)
    told = settle(town, county, stick)
    assert [item.archive_id for item in told.lost] == [filed.id]
    assert submission(town, filed.id) is Submission.UNSUBMITTED
    settle(town, county, stick)
    assert_agreed(town, county)


def test_receipt__older_than_the_last_answer__acknowledges_nothing(trio: Trio) -> None:
    """The reception it is for has been undone since."""
    town, county, stick = trio
    filed = file_household(town)
    summary = exchange.export_bundle(town, None, stick)
    outcome = exchange.receive_bundle(county, summary.path)
    undoing.undo_last(county, outcome.bundle_id)
    apply(town, answer(county, town, stick))
    assert outcome.receipt
    told = exchange.receive_bundle(town, outcome.receipt.path)
    assert told.acknowledged_count == 0 and any("以它为准" in warning for warning in told.warnings)
    assert submission(town, filed.id) is Submission.UNSUBMITTED
