"""Photos of a posted list of students: kept, shown, printed with the result, and on their way up beside the list."""

import json
from pathlib import Path

import pytest
from aid_money import in_2022
from factories import make_office, photo
from neighbours import carry, expect_refusal, forge, town_and_county
from pdf_words import pdf_text

from db.domain.records.record_form import RecordContent
from db.domain.records.student_support import LISTED
from db.errors import NuandangError
from db.exchange.bundle_office_papers import papers_out
from db.exchange.bundle_register import entry_lines
from db.services import exchange, office_papers, student_notices
from db.services.office import ATTACHMENTS, OfficeSession
from db.services.records import Record
from db.services.sending import registers_out, registers_waiting
from db.services.student_notices import NoticeRow


def _posted(session: OfficeSession, **more: object) -> Record:
    values = {"year": 2022, "starts_on": "2022-07-01", "ends_on": "2022-07-08", "place": "镇政府公示栏", "phone": "0971-1234567",
              "students": 2}  # fmt: skip
    return student_notices.save_notice(session, RecordContent({**values, **more}))


def _one(session: OfficeSession) -> NoticeRow:
    [row] = student_notices.list_notices(session, 2022)
    return row


def test_photos__go_up_beside_the_list_and_stay_its_offices(tmp_path: Path) -> None:
    """The county sees them, prints them with the result, and can add or take out none; one that is taken out goes there, too."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        made = _posted(town)
        first = student_notices.add_photo(town, made.record_id, "公示栏一.jpg", photo(60, 40))
        student_notices.add_photo(town, made.record_id, "公示栏二.jpg", photo(80, 40))
        with pytest.raises(NuandangError) as early:
            student_notices.result_pdf(town, _one(town))
        assert early.value.code == "student_notice_open"
        outcome = carry(town, county, stick)
        assert outcome.attachment_count == 2 and registers_waiting(town) == 0
        row = _one(county)
        assert (row.office_name, row.photos) == (town.office.name, 2)
        shown = student_notices.photos_of(county, made.record_id)
        assert [paper.name for paper in shown] == ["公示栏一.jpg", "公示栏二.jpg"]
        assert office_papers.read_paper(county, first.id) == office_papers.read_paper(town, first.id)
        expect_refusal(lambda: student_notices.add_photo(county, made.record_id, "三.jpg", photo()), "record_not_ours")
        expect_refusal(lambda: student_notices.remove_photo(county, made.record_id, first.id), "record_not_ours")
        in_2022(town, "2022-07-09")
        told = {**made.content.values, "outcome": "公示期满，无异议"}
        listed = {"id": "1", "household": "周秀兰", "unit": "某厂", "student_kind": "新生", "amount_posted": 300_000}
        student_notices.save_notice(town, RecordContent(told, {LISTED: [listed]}), made.record_id)
        assert not row.is_known  # an earlier edition kept no list
        student_notices.remove_photo(town, made.record_id, first.id)
        carry(town, county, stick)
        assert _one(county).photos == 1
        sheet = pdf_text(student_notices.result_pdf(county, _one(county)))
        wanted = (town.office.name, "公示期满，无异议", "镇政府公示栏", "公示栏二.jpg", "存有1张")
        assert [words for words in wanted if words not in sheet] == [], sheet
        row = _one(county)
        hung = pdf_text(student_notices.notice_pdf(county, 2022, row.content, row.office_name))
        assert row.is_known and all(words in hung for words in ("周秀兰", "3,000.00", town.office.name))
        student_notices.add_photo(town, made.record_id, "补拍.jpg", photo(50, 50))
        assert registers_waiting(town) == 1  # a photo alone is reason enough for a bundle
        carry(town, county, stick)
        assert _one(county).photos == 2


def test_photos__of_lists_long_past_stay_behind_unless_all_is_sent(tmp_path: Path) -> None:
    """A bundle does not grow with the years; a whole one brings them back."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        made = _posted(town, year=2020, starts_on="2020-07-01", ends_on="2020-07-08")
        student_notices.add_photo(town, made.record_id, "公示栏.jpg", photo())
        assert carry(town, county, stick).attachment_count == 0
        _posted(town)
        whole = exchange.export_bundle(town, None, stick, full=True)
        assert exchange.receive_bundle(county, whole.path).attachment_count == 1


def test_photos__of_anybody_elses_list_are_refused(tmp_path: Path) -> None:
    """A file nobody named, a paper named twice, one beside another kind of entry, one for a list that is the county's own."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        made, theirs = _posted(town), _posted(county)
        student_notices.add_photo(town, made.record_id, "公示栏.jpg", photo())
        with town.database.reading() as connection:
            entries = registers_out(connection, town)
            papers = papers_out(connection, entries, 2022)
        [line] = list(entry_lines(entries, papers))
        body = json.loads(line)
        twice = {**body, "papers": body["papers"] * 2}
        other_kind = {**body, "entry": {**body["entry"], "kind": "enterprise"}}
        large = {**body, "papers": [{**body["papers"][0], "stored_size": 1 << 30}]}
        for bad in (body, twice, other_kind, large):  # the first lacks its file
            path = forge(town, county, stick, [json.dumps(bad, ensure_ascii=False).encode() + b"\n"])
            with pytest.raises(NuandangError):
                exchange.receive_bundle(county, path)
        before = sorted(path.name for path in (county.folder / ATTACHMENTS).iterdir())
        foreign = {**body, "entry": {**body["entry"], "record_id": theirs.record_id}}
        foreign["papers"] = [{**body["papers"][0], "removed_at": "2022-07-01T09:00:00+08:00"}]
        path = forge(town, county, stick, [json.dumps(foreign, ensure_ascii=False).encode() + b"\n"])
        exchange.receive_bundle(county, path)
        assert (
            _one(county).photos == 0 and sorted(path.name for path in (county.folder / ATTACHMENTS).iterdir()) == before
        )


def test_photos__are_counted_at_once(tmp_path: Path) -> None:
    """Of several lists each its own."""
    session, _ = make_office(tmp_path / "office")
    in_2022(session)
    one, other = _posted(session), _posted(session, place="网站")
    student_notices.add_photo(session, one.record_id, "一.jpg", photo())
    assert {row.record.record_id: row.photos for row in student_notices.list_notices(session, 2022)} == {
        one.record_id: 1,
        other.record_id: 0,
    }
    session.close()
