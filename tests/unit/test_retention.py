"""Keeping for ten years, destroying with approval, handing over: what goes is gone, what stays is only a number."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from aid_money import fund, grant, in_2022, on_file
from case_steps import applicant, give_papers, on_day
from factories import file_household
from neighbours import carry, town_and_county
from sqlalchemy import text

from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.review import ReviewOutcome
from db.errors import UserError
from db.services import (
    aid,
    aid_services,
    answering,
    archiving,
    attachments,
    backups,
    case_list,
    casework,
    clock_check,
    exchange,
    funds,
    health,
    merging,
    records,
    retention,
    reviewing,
)
from db.services.case_list import CaseQuery, Due
from db.services.office import ATTACHMENTS, BACKUPS, OfficeSession
from db.services.reviewing import ReviewInput

APPROVAL = RecordContent(
    {
        "destroyed_on": "2026-11-21",
        "approved_by": "汪建国",
        "approval": "县工〔2026〕18 号",
        "destroyers": "陈志强",
        "supervisors": "吴秀英、程宗义",
    }
)
TODAY = "2026-11-21"


def settle(session: OfficeSession, day: str = TODAY) -> None:
    """The office on the morning of a day, its clock looked at."""
    on_day(session, day)
    clock_check.confirm_clock(session)


def left(session: OfficeSession, day: str, seed: int = 1) -> str:
    """A household that left on a day, with a worksheet and papers."""
    archive_id = applicant(session, seed).id
    give_papers(session, archive_id, "application", "income_proof")
    casework.take_step(session, archive_id, Act.NOTE_EXITED, {"exited_on": day, "exit_reason": "cured"})
    return archive_id


def everything(session: OfficeSession) -> str:
    """Every value of every table, as text."""
    with session.database.reading() as connection:
        names = [row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        tables = [name for name in names if not name.startswith("person_search")]
        return "".join(repr(tuple(row)) for name in tables for row in connection.execute(text(f"SELECT * FROM {name}")))


def test_due__ten_years_to_the_day(office: OfficeSession) -> None:
    """Proposed on the tenth anniversary, not a day before; leaving on 29 February counts until 1 March."""
    settle(office)
    first = left(office, "2016-11-21")
    left(office, "2016-11-22", 2)
    assert [item.archive_id for item in retention.due_archives(office)] == [first]
    assert case_list.case_ids(office, CaseQuery(due=Due.KEPT_LONG_ENOUGH)) == [first]
    assert retention.term_ends("2016-02-29") == "2026-03-01"
    assert retention.term_ends("2016-11-22") == "2026-11-22"


def test_destroy__nothing_before_its_term(office: OfficeSession) -> None:
    """One archive too early stops all; a faulty approval, too; a readmitted household is not even proposed."""
    settle(office)
    ripe, early = left(office, "2016-01-01"), left(office, "2020-01-01", 2)
    for ids, words in (([ripe, early], "要保管到 2030-01-01"), ([], "没有选中")):
        with pytest.raises(UserError, match=words):
            retention.destroy(office, ids, APPROVAL)
    alone = RecordContent({**APPROVAL.values, "supervisors": "吴秀英"})
    with pytest.raises(UserError, match="两人以上"):
        retention.destroy(office, [ripe], alone)
    assert archiving.load_archive(office, ripe).content.text("name")
    casework.take_step(office, ripe, Act.READMIT, {"reason": "又患病"})
    assert retention.due_archives(office) == []


def test_destroy__not_under_a_wrong_clock(office: OfficeSession) -> None:
    """A clock set ahead by years makes no archive ripe."""
    settle(office)
    ripe = left(office, "2020-01-01")
    on_day(office, "2036-11-21")
    with pytest.raises(UserError, match="电脑的时间不可靠"):
        retention.destroy(office, [ripe], APPROVAL)


def test_destroy__leaves_a_number_and_nothing_else(office: OfficeSession) -> None:
    """No name, number, paper, version or backup of it stays; the others keep everything, and the office is sound."""
    settle(office)
    kept = file_household(office, 9, worker_number="34000009")
    give_papers(office, kept.id, "application")
    ripe = left(office, "2016-01-01")
    content = archiving.load_archive(office, ripe).content
    plan = RecordContent({"year": 2016, "made_on": "2016-01-01", "needs": "看病难", "goal": "治好"})
    records.save_record(office, ripe, RecordKind.HELP_PLAN, plan)
    backups.back_up(office)
    before = len(list((office.folder / ATTACHMENTS).iterdir()))
    private = [content.text(key) for key in ("name", "id_number", "mobile_phone", "bank_account", "home_address")]
    private += [*(str(member["name"]) for member in content.members), "看病难"]
    assert [part for part in private if part in everything(office)] == private
    done = retention.destroy(office, [ripe], APPROVAL)
    assert (done.archives, done.files, done.backups) == (1, 2, 1)
    found = everything(office)
    assert [part for part in private if part in found] == []
    assert len(list((office.folder / ATTACHMENTS).iterdir())) == before - 2
    assert len([path for path in (office.folder / BACKUPS).iterdir() if path.name.startswith("2026")]) == 1
    assert archiving.count_archives(office, archiving.ArchiveQuery()) == 1
    assert archiving.search_people(office, content.text("name")) == []
    assert attachments.read_attachment(office, attachments.list_attachments(office, kept.id)[0].id)
    assert [finding.level for finding in health.check_office(office) if finding.level == "error"] == []
    [entry] = retention.list_destructions(office)
    assert entry.content.rows["archives"][0]["exited_on"] == "2016-01-01"
    with pytest.raises(UserError, match="已于 2026-11-21 销毁"):
        archiving.find_by_number(office, entry.content.rows["archives"][0]["archive_number"])  # type: ignore[arg-type]
    with pytest.raises(UserError, match="已于 2026-11-21 销毁"):
        casework.take_step(office, ripe, Act.READMIT, {"reason": "再来"})
    with pytest.raises(UserError, match="还不能销毁"):
        retention.destroy(office, [ripe], APPROVAL)


def test_destroy__takes_along_what_was_merged_into_it(office: OfficeSession) -> None:
    """The second archive of the same family goes with the first, and stays out of every list; its papers go, too."""
    settle(office)
    kept = file_household(office, "a", 1, worker_number="T0001").id
    second = file_household(office, "a", 1, worker_number="T0002")
    give_papers(office, second.id, "income_proof")
    merging.merge(office, kept, second.id)
    casework.take_step(office, kept, Act.NOTE_EXITED, {"exited_on": "2016-01-01", "exit_reason": "cured"})
    retention.destroy(office, [kept], APPROVAL)
    assert second.content.text("name") not in everything(office)
    assert archiving.count_archives(office, archiving.ArchiveQuery()) == 0
    assert not any(path.is_file() for path in (office.folder / ATTACHMENTS).iterdir())


def test_destroy__history_is_guarded_again(office: OfficeSession) -> None:
    """The triggers that keep history from being deleted stand again afterwards."""
    settle(office)
    kept = file_household(office, 9).id
    retention.destroy(office, [left(office, "2016-01-01")], APPROVAL)
    with office.database.reading() as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(text("DELETE FROM archive_revision WHERE archive_id = :id"), {"id": kept})


def test_destroy__other_offices_decide_themselves(tmp_path: Path) -> None:
    """What the township destroys stays at the county; what the county destroyed, an old bundle does not bring back."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            settle(session)
        ripe = left(town, "2016-01-01")
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        give_papers(town, ripe, "other")
        later = exchange.export_bundle(town, [ripe], stick).path
        name = archiving.load_archive(county, ripe).content.text("name")
        retention.destroy(town, [ripe], APPROVAL)
        assert archiving.load_archive(county, ripe).content.text("name") == name
        assert exchange.unsubmitted_ids(town) == []
        assert [item.office_name for item in retention.due_archives(county)] == [town.office.name]
        retention.destroy(county, [ripe], APPROVAL)
        assert name not in everything(county)
        assert exchange.inspect_bundle(county, later).set_aside_count == 1
        exchange.receive_bundle(county, later)
        assert archiving.load_archive(county, ripe).content.text("name") == ""


def test_destroy__accounts_of_aid_stay(office: OfficeSession) -> None:
    """What was granted is kept by the rules for accounts: the source's ledger is the same as before."""
    in_2022(office)
    archive_id, source = on_file(office).id, fund(office)
    grant(office, archive_id, source, 200_000)
    casework.take_step(office, archive_id, Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往外省"})
    settle(office, "2032-07-02")
    before = funds.fund_ledger(office, source)
    retention.destroy(office, [archive_id], RecordContent({**APPROVAL.values, "destroyed_on": "2032-07-02"}))
    assert [item.amount for item in aid.grants_of(office, archive_id)] == [200_000]
    assert [line.balance for line in funds.fund_ledger(office, source)] == [line.balance for line in before]


def test_destroy__an_answer_brings_nothing_back(tmp_path: Path) -> None:
    """The county still holds the archive and answers in full, with a review of it: nothing of it comes back."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            settle(session)
        ripe = left(town, "2016-01-01")
        carry(town, county, stick)
        name = archiving.load_archive(county, ripe).content.text("name")
        reviewing.review(county, ripe, ReviewInput(ReviewOutcome.APPROVED))
        retention.destroy(town, [ripe], APPROVAL)
        answer = answering.write_answer(county, town.office.id, stick, full=True)
        exchange.receive_bundle(town, answer.path)
        assert name not in everything(town)
        assert not any(path.is_file() for path in (town.folder / ATTACHMENTS).iterdir())
        assert retention.due_archives(town) == []
        assert [item.level for item in health.check_office(town) if item.level == "error"] == []


def test_destroy__above_loses_nothing_below(tmp_path: Path) -> None:
    """The county destroyed its copy: the township is told that all had arrived, keeps its own, and what it sends is set aside."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            settle(session)
        ripe = left(town, "2016-01-01")
        carry(town, county, stick)
        before = archiving.load_archive(town, ripe).content
        retention.destroy(county, [ripe], APPROVAL)
        for _ in range(2):
            exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick, full=True).path)
            assert archiving.load_archive(town, ripe).content == before
            assert exchange.unsubmitted_ids(town) == []
        give_papers(town, ripe, "other")
        carry(town, county, stick)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        assert archiving.load_archive(town, ripe).content == before
        assert archiving.load_archive(county, ripe).content.values == {}


def test_keeper__handed_over_with_a_paper(office: OfficeSession, tmp_path: Path) -> None:
    """The hand-over begins with what is known; nobody hands over to himself; the paper says it all."""
    settle(office)
    file_household(office, 1, worker_number="T0001")
    begun = retention.new_keeper(office)
    assert begun.values["archives"] == 1
    assert begun.values["open_matters"] == "建档：收集申请材料 1 户"
    begun.values |= {"to_name": office.clerk.name, "supervised_by": "汪建国", "reason": "岗位调整"}
    with pytest.raises(UserError, match="不能是同一个人"):
        records.save_entry(office, RecordKind.KEEPER, begun)
    begun.values["to_name"] = "程宗义"
    entry = records.save_entry(office, RecordKind.KEEPER, begun)
    with pypdfium2.PdfDocument(retention.keeping_pdf(office, entry)) as document:
        said = "".join(document[0].get_textpage().get_text_range().split())
    assert "程宗义" in said and "岗位调整" in said
    retention.write_keeping_workbook(office, None, tmp_path / "空白.xlsx", RecordKind.DESTRUCTION)
    assert date.fromisoformat(entry.on_day) == date(2026, 11, 21)


def test_destroy__takes_what_an_office_above_did_along_and_keeps_it_out(tmp_path: Path) -> None:
    """A service that the county noted beside the archive goes with it; the next answer does not bring it back."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            settle(session)
        archive_id = left(town, "2016-01-01")
        carry(town, county, stick)
        noted = aid_services.prepared_service(county, "referral")
        noted.values |= {"agency": "housing", "what": "某人某事", "on_day": "2016-01-01"}
        aid_services.save_service(county, archive_id, noted)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        assert "某人某事" in everything(town)
        retention.destroy(town, [archive_id], APPROVAL)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        assert "某人某事" not in everything(town) and "某人某事" in everything(county)
