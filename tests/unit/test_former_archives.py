"""What lies in a merged archive stays the household's: read in the kept one, counted for its limits, bound into its file."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from aid_money import fund, grant, in_2022, on_file
from factories import household, make_office, member, photo

from db.domain.merging import Choices
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import (
    aid,
    archiving,
    attachments,
    case_list,
    duties,
    evidence,
    former_archives,
    home_visits,
    merging,
    records,
)
from db.services.aid import GrantInput
from db.services.archiving import Archive
from db.services.case_list import CaseQuery
from db.services.duties import PairingQuery
from db.services.evidence import EvidenceChoice
from db.services.office import OfficeSession


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 under the policy of Qinghai."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def _filed_twice(office: OfficeSession) -> tuple[Archive, Archive]:
    """A family filed twice; the second archive has a child, a visit, a measure, a grant and a paper of its own."""
    kept, merged, source = on_file(office, 1), on_file(office, 1), fund(office)
    content = archiving.load_archive(office, merged.id).content
    content.members.append(member(name="林小雨", birth_on="2015-05-05"))
    archiving.save_archive(office, content, merged.id)
    visit = {"method": "call", "purpose": "contact", "visited_on": "2022-05-04", "visitors": "王芳", "needs": "林小雨的学费"}
    records.save_record(office, merged.id, RecordKind.HOME_VISIT, RecordContent({**visit}))
    measure = {"measure_kind": "living", "content": "送米面油", "responsible": "王芳", "planned_on": "2022-05-05"}
    records.save_record(office, merged.id, RecordKind.MEASURE, RecordContent({**measure}))
    attachments.add_attachment(office, merged.id, "户口本.jpg", photo(), "household_register")
    grant(office, kept.id, source, 100_000)
    grant(office, merged.id, source, 200_000, reason="当时不知道已建过档")
    return kept, merged


def _words(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_merged__what_it_holds_is_read_in_the_kept_one(office: OfficeSession, tmp_path: Path) -> None:
    """Records and grants of both, each saying which archive it is from; papers unless taken over; none after undoing it."""
    kept, merged = _filed_twice(office)
    assert merging.merge_offer(office, kept.id, merged.id).open_matters == ("未完成的帮扶措施 1 条",)
    made = merging.merge(office, kept.id, merged.id, Choices(papers=False))
    assert list(former_archives.former_archives(office, kept.id)) == [merged.id]
    assert [item.archive_id for item in home_visits.contacts(office, kept.id)] == [merged.id]
    assert [item.kind for item in former_archives.household_records(office, kept.id)] == ["home_visit", "measure"]
    assert [paper.name for paper in former_archives.former_papers(office, kept.id)] == ["户口本.jpg"]
    assert {item.archive_id: item.amount for item in aid.grants_of(office, kept.id)} == {kept.id: 100_000, merged.id: 200_000}
    evidence.write_evidence(office, kept.id, tmp_path / "whole.pdf")
    whole = _words(tmp_path / "whole.pdf")
    assert f"原档案 {merged.archive_number}" in whole and "户口本.jpg" in whole and "林小雨的学费" in whole
    evidence.write_evidence(office, kept.id, tmp_path / "masked.pdf", EvidenceChoice(masked=True))
    masked = _words(tmp_path / "masked.pdf")
    assert f"原档案 {merged.archive_number}" in masked and "林小雨" not in masked and "林某" in masked
    merging.undo_merge(office, made.id)
    assert home_visits.contacts(office, kept.id) == [] and len(aid.grants_of(office, kept.id)) == 1
    assert former_archives.former_papers(office, kept.id) == []


def test_merged__its_papers_are_not_shown_twice(office: OfficeSession) -> None:
    """Those the kept archive took over are its own."""
    kept, merged = _filed_twice(office)
    merging.merge(office, kept.id, merged.id, Choices(papers=True))
    assert former_archives.former_papers(office, kept.id) == []


def test_merged__its_grants_count_for_the_limit(office: OfficeSession) -> None:
    """24 192.00 a year and household: two archives do not make it two."""
    kept, merged = _filed_twice(office)
    look = GrantInput("living", 100)
    assert aid.look_at_grant(office, kept.id, look).cap_left == 2_319_200
    merging.merge(office, kept.id, merged.id, Choices())
    assert aid.look_at_grant(office, kept.id, look).cap_left == 2_119_200


def test_merged__its_people_lead_to_the_kept_one(office: OfficeSession) -> None:
    """In every list of households, not in that of the archives alone."""
    kept, merged = _filed_twice(office)
    merging.merge(office, kept.id, merged.id, Choices())
    assert case_list.case_ids(office, CaseQuery(text="林小雨")) == [kept.id]
    assert duties.pairing_ids(office, PairingQuery(text="林小雨")) == [kept.id]
    assert case_list.case_ids(office, CaseQuery(text="，")) == []


def test_merged_on__is_read_through_both(office: OfficeSession) -> None:
    """A into B, B into C: what A holds is read in C; it is changed nowhere."""
    kept, merged = _filed_twice(office)
    merging.merge(office, kept.id, merged.id)
    last = archiving.save_archive(office, household(1, 1))
    merging.merge(office, last.id, kept.id)
    assert set(former_archives.former_archives(office, last.id)) == {merged.id, kept.id}
    (visit,) = home_visits.contacts(office, last.id)
    with pytest.raises(UserError):
        records.remove_record(office, visit.record_id, "登记错了")
