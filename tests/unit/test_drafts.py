"""Drafts: kept as they stand, however unfinished, until they are filed or thrown away."""

import pytest
from factories import PASSPHRASE, file_household, household

from db.errors import UserError
from db.services import archiving, drafts
from db.services import office as offices
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession


def test_new__knows_clerk_and_unit(office: OfficeSession) -> None:
    """A draft for a new household begins with what is known; nothing is stored yet."""
    draft = drafts.start_draft(office)
    assert draft.content.values["filed_by"] == "陈志强" and draft.title == "未填姓名"
    assert drafts.list_drafts(office) == []


def test_save__as_it_stands(office: OfficeSession) -> None:
    """Values, unreadable texts, confirmations and the place come back the same, after signing in again too."""
    draft = drafts.Draft("d1", household(1, name="才让·卓玛"), raw={"birth_on": "2月30日", "m1.monthly_income": "约两千"})
    draft.confirmations, draft.step, draft.field_key = {"x:y": "查过"}, "income", "household_size"
    drafts.save_draft(office, draft)
    office.close()
    session = offices.open_office(office.folder, PASSPHRASE)
    again = drafts.load_draft(session, "d1")
    session.close()
    assert again == draft and again.title == "才让·卓玛" and again.clerk_id == office.clerk.id


def test_save__over_and_over(office: OfficeSession) -> None:
    """Saving by itself every few seconds keeps one draft, the newest state."""
    draft = drafts.start_draft(office)
    for text in ("张", "张小", "张小明"):
        draft.content.values["name"] = text
        drafts.save_draft(office, draft)
    assert [item.title for item in drafts.list_drafts(office)] == ["张小明"]


@pytest.mark.parametrize("typed", ["\ud842", "张\x00三", "\u202e", "😀", "长" * 200_000, "'; DROP TABLE draft; --"])
def test_save__whatever_is_typed(office: OfficeSession, typed: str) -> None:
    """Half a character in the middle of typing, controls or a pasted book never make the saving fail."""
    draft = drafts.start_draft(office)
    draft.content.values["name"], draft.raw["birth_on"] = typed, typed
    drafts.save_draft(office, draft)
    assert drafts.load_draft(office, draft.id).raw["birth_on"] == typed


def test_change__taken_up_again(office: OfficeSession) -> None:
    """Changing an archive starts from its content; an unfinished change of it is taken up again."""
    filed = file_household(office)
    draft = drafts.start_draft(office, filed.id)
    assert (draft.archive_id, draft.base_revision, draft.content) == (filed.id, 1, filed.content)
    draft.content.values["remarks"] = "改了一半"
    drafts.save_draft(office, draft)
    assert drafts.start_draft(office, filed.id) == draft
    assert archiving.load_archive(office, filed.id).content.values.get("remarks") is None


def test_file__discards_the_draft_with_it(office: OfficeSession) -> None:
    """Filing and discarding the draft are one step; a refused filing keeps it."""
    draft = drafts.Draft("d1", household(1))
    drafts.save_draft(office, draft)
    with pytest.raises(UserError):
        archiving.save_archive(office, household(1, home_address=None), complete=True, draft_id="d1")
    assert len(drafts.list_drafts(office)) == 1
    archiving.save_archive(office, draft.content, draft_id="d1")
    assert drafts.list_drafts(office) == [] and archiving.count_archives(office, ArchiveQuery()) == 1


def test_changed_elsewhere__draft_stays(office: OfficeSession) -> None:
    """When the archive was changed meanwhile, the clerk's text is still in the draft."""
    filed = file_household(office)
    draft = drafts.start_draft(office, filed.id)
    draft.content.values["remarks"] = "乙"
    drafts.save_draft(office, draft)
    content = filed.content.copy()
    content.values["remarks"] = "甲"
    archiving.save_archive(office, content, filed.id)
    with pytest.raises(UserError) as caught:
        archiving.save_archive(office, draft.content, filed.id, expected_revision=draft.base_revision, draft_id=draft.id)
    assert caught.value.code == "archive_changed_elsewhere"
    assert drafts.load_draft(office, draft.id).content.values["remarks"] == "乙"


def test_gone__said_in_a_sentence(office: OfficeSession) -> None:
    """A draft filed or discarded in another window is told as such."""
    draft = drafts.start_draft(office)
    drafts.save_draft(office, draft)
    drafts.discard_draft(office, draft.id)
    drafts.discard_draft(office, draft.id)
    with pytest.raises(UserError) as caught:
        drafts.load_draft(office, draft.id)
    assert caught.value.code == "draft_gone" and caught.value.text().endswith("。")
    assert offices.office_status(office).drafts == 0


def test_find__unfinished_households_by_name_pinyin_and_number(office: OfficeSession) -> None:
    """A household that is still a draft is found like a filed one; a change of a filed one is found as its archive."""
    draft = drafts.Draft("d1", household(1, name="张小明"))
    drafts.save_draft(office, draft)
    number = draft.content.text("id_number")
    for typed in ("张小", "zxm", number[-4:], number):
        assert [item.id for item in drafts.find_drafts(office, typed)] == ["d1"], typed
    assert drafts.find_drafts(office, "王") == [] == drafts.find_drafts(office, " ")
    archive_id = file_household(office, 2).id
    drafts.save_draft(office, drafts.start_draft(office, archive_id))
    assert [item.id for item in drafts.find_drafts(office, "z")] == ["d1"]
