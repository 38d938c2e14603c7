"""The answer: the county's word on every archive, complete each time, so that lost, late and repeated ones heal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household
from neighbours import carry, expect_refusal, town_and_county, unchanged

from db.domain.review import Reason, ReviewOutcome
from db.services import answering, archiving, exchange, reviewing
from db.services.answer_news import AnswerNews, AnswerPreview
from db.services.archiving import Submission
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput

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
