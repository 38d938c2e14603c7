"""An application while it is written down: what is shown beside it; and its form, one sheet of paper."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from aid_money import fund, grant, in_2022, on_file
from factories import make_office

from db.domain.records.record_form import RecordContent, Row
from db.services import aid
from db.services.application_look import look_at_application
from db.services.application_papers import application_pdf
from db.services.office import OfficeSession

ASKED: Row = {"item": "living", "applied_on": "2022-06-20", "reason": "药费多", "amount_asked": 80_000}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def test_look__limit_and_rest_without_asking_for_a_source(office: OfficeSession) -> None:
    """The cap, what was had and is left are those of a grant; no source is asked for; what is typed of elsewhere counts."""
    archive = on_file(office)
    assert look_at_application(office, archive.id, RecordContent({"applied_on": "2022-06-20"})) is None
    look = look_at_application(office, archive.id, RecordContent({**ASKED}))
    assert look is not None and look.cap_left and "no_fund" not in {item.code for item in look.findings}
    before = look.cap_left
    grant(office, archive.id, fund(office), 80_000)
    content = RecordContent({**ASKED, "amount_asked": before, "other_source": "民政已给 500 元"})
    after = look_at_application(office, archive.id, content)
    assert after is not None and after.cap_left == before - 80_000
    assert {"over_cap", "other_source"} <= {item.code for item in after.findings}


def test_paper__of_the_application_chosen(office: OfficeSession) -> None:
    """Each application has its own form, the day filled in, with all three opinions on the one sheet."""
    archive = on_file(office)
    first = aid.apply_for_aid(office, archive.id, RecordContent({**ASKED}))
    aid.apply_for_aid(office, archive.id, RecordContent({**ASKED, "applied_on": "2022-06-25", "reason": "孩子住院"}))
    with pypdfium2.PdfDocument(application_pdf(office, first.record_id)) as document:
        pages, words = len(document), document[0].get_textpage().get_text_range()
    assert pages == 1 and "药费多" in words and "孩子住院" not in words
    assert words.count("2022-06-20") == 2 and "审批意见" in words
