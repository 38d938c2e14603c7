"""Papers that belong to no archive: the signed list approves in an office of one, and is kept as safely as attachments."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import in_2022
from factories import PASSPHRASE, make_office, photo
from payments import drawn_up, typed_again

from db.errors import UserError
from db.exchange import staging
from db.services import backups, disbursement, health, leftovers, office_papers
from db.services import office as offices
from db.services.disbursement import ListView
from db.services.office import ATTACHMENTS, OfficeSession
from db.services.office_papers import OfficePaper, PaperOwner


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 with one clerk."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def signed(office: OfficeSession, view: ListView) -> OfficePaper:
    """A photo of the signed list."""
    return office_papers.add_paper(office, PaperOwner.PAYMENT_LIST, view.row.id, "签字名册.jpg", photo())


def test_signed_list__approves_in_an_office_of_one(office: OfficeSession) -> None:
    """It must be of this list as it was locked last; then it cannot be taken out any more."""
    view = drawn_up(office, 1)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    assert disbursement.needs_paper(office, view.row.id)
    with pytest.raises(UserError):
        disbursement.approve_list(office, view.row.id, "no such paper")
    old = signed(office, view)
    disbursement.unlock_list(office, view.row.id)
    in_2022(office, "2022-07-02")
    disbursement.lock_list(office, view.row.id, typed_again(view))
    with pytest.raises(UserError) as caught:
        disbursement.approve_list(office, view.row.id, old.id)
    assert caught.value.code == "list_paper_old"
    office_papers.remove_paper(office, old.id)
    paper = signed(office, view)
    assert disbursement.approve_list(office, view.row.id, paper.id).row.approved_by == office.clerk.name
    with pytest.raises(UserError) as caught:
        office_papers.remove_paper(office, paper.id)
    assert caught.value.code == "office_paper_needed"
    assert [item.id for item in office_papers.list_papers(office, PaperOwner.PAYMENT_LIST, view.row.id)] == [paper.id]


def test_paper__is_encrypted_tidied_backed_up_and_checked(office: OfficeSession, tmp_path: Path) -> None:
    """Tidying leaves it, a backup brings it back, the check-up misses it when it is gone."""
    paper = signed(office, drawn_up(office, 1))
    folder = office.folder / ATTACHMENTS
    file = next(path for path in folder.iterdir() if path.is_file())
    assert b"JFIF" not in file.read_bytes() and office_papers.read_paper(office, paper.id)[:2] == b"\xff\xd8"
    (folder / f"{staging.PREFIX}torso").mkdir()
    leftovers.tidy_incoming(office)
    assert file.is_file()
    made = backups.back_up(office, tmp_path / "copy")
    file.unlink()
    finding = next(item for item in health.check_office(office) if item.title == "附件")
    assert "1 个找不到" in finding.text
    restored = tmp_path / "restored"
    backups.restore_backup(made.path, restored, PASSPHRASE)
    again = offices.open_office(restored, PASSPHRASE)
    assert office_papers.read_paper(again, paper.id)[:2] == b"\xff\xd8"
    again.close()
