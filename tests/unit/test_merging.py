"""Merging two archives: what is offered, what becomes of both, and that undoing it leaves nothing behind."""

from factories import file_household, household, member, photo

from db.domain.merging import KEPT, MERGED, Choices
from db.services import archiving, attachments, merging, revisions
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession, office_status


def test_merge__takes_what_was_chosen_and_undo_takes_it_back(office: OfficeSession) -> None:
    """The kept archive has a further revision, the other one leaves the lists; undone, both stand as before."""
    kept = file_household(office, "a", 1, ethnicity=None, mobile_phone="13900000001")
    content = household("a", 1, mobile_phone="13900000002", home_address="梅城镇舒州大道 9 号")
    content.members.append(member(name="林小雨", birth_on="2015-05-05"))
    merged = archiving.save_archive(office, content)
    attachments.add_attachment(office, merged.id, "证明.jpg", photo(), "id_card")
    offer = merging.merge_offer(office, kept.id, merged.id)
    assert {item.path for item in offer.open_fields} >= {"ethnicity", "mobile_phone", "home_address"}
    assert [person.name for person in offer.members if person.is_new] == ["林小雨"]
    choices = Choices({**offer.proposal.fields, "home_address": KEPT, "mobile_phone": MERGED}, offer.proposal.members)
    made = merging.merge(office, kept.id, merged.id, choices, "同一户建了两份")
    after = archiving.load_archive(office, kept.id)
    assert (after.revision, after.content.values["mobile_phone"]) == (2, "13900000002")
    assert after.content.values["home_address"] == kept.content.values["home_address"]
    assert len(attachments.list_attachments(office, kept.id)) == 1
    assert archiving.archive_ids(office, ArchiveQuery()) == [kept.id]
    assert office_status(office).archives == 1
    assert revisions.archive_history(office, merged.id)[0].action_label == "并入"
    undone = merging.undo_merge(office, made.id)
    assert undone.stays == []
    back = archiving.load_archive(office, kept.id)
    assert (back.revision, back.content) == (3, kept.content)
    assert attachments.list_attachments(office, kept.id) == []
    assert archiving.count_archives(office, ArchiveQuery()) == 2
