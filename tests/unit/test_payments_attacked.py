"""Attacks on the way of the money: restored offices, laptops, lists opened twice, disks that fill up, programs killed."""

import errno
import functools
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import fund, grant, in_2022, on_file
from factories import PASSPHRASE, make_office, photo
from laptops import add_laptop, take_along
from neighbours import carry, expect_refusal, town_and_county
from payments import another_clerk, drawn_up, sent, typed_again

from db.domain.aid.list_flow import LineState, ListState
from db.errors import MachineError, UserError
from db.services import (
    aid,
    aid_papers,
    answering,
    backups,
    bank_exchange,
    disbursement,
    exchange,
    funds,
    health,
    office_papers,
    timeline,
)
from db.services import office as offices
from db.services.disbursement import LineResult, ListView
from db.services.office import OfficeSession
from db.services.office_papers import PaperOwner
from db.store import partial_files

DAY = "2022-07-01"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def approved(office: OfficeSession, number: int = 2) -> ListView:
    """A list that waits for its file."""
    view = drawn_up(office, number)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    other = another_clerk(office)
    disbursement.approve_list(other, view.row.id)
    other.close()
    return disbursement.load_list(office, view.row.id)


def paid_all(office: OfficeSession, view: ListView) -> None:
    """The bank has paid every line."""
    disbursement.settle_lines(office, view.row.id, [LineResult(line.id, True, DAY) for line in view.lines])


# -- an office restored from a backup ----------------------------------------------------------------------------


def restored(office: OfficeSession, folder: Path, backup: Path) -> OfficeSession:
    """The office as it was, opened from the backup."""
    office.close()
    backups.restore_backup(backup, folder, PASSPHRASE)
    return in_2022(offices.open_office(folder, PASSPHRASE), "2022-07-02")


def test_restored__an_approved_list_is_not_sent_again(office: OfficeSession, tmp_path: Path) -> None:
    """The backup is older than the payment: the file is refused until somebody has looked and two have signed anew."""
    view = approved(office)
    backup = backups.back_up(office).path
    bank_exchange.write_roster(office, view.row.id, "csv", tmp_path / "a.csv")
    paid_all(office, view)
    again = restored(office, tmp_path / "other", backup)
    assert "备份恢复过" in disbursement.load_list(again, view.row.id).obstacle
    expect_refusal(lambda: bank_exchange.write_roster(again, view.row.id, "csv", tmp_path / "b.csv"), "list_restored")
    assert not (tmp_path / "b.csv").exists()
    disbursement.unlock_list(again, view.row.id)
    draft = disbursement.load_list(again, view.row.id)
    told = [item for item in draft.findings if "备份恢复过" in item.text]
    assert [item.index for item in told] == [0, 1]
    assert disbursement.lock_list(again, view.row.id, typed_again(draft)).row.state is ListState.LOCKED
    fresh = disbursement.create_list(again, "新的", [grant(again, on_file(again, 9).id, funds.fund_states(again)[0].fund.record_id).id])
    assert int(fresh.number.rpartition("-")[2]) == int(view.row.number.rpartition("-")[2]) + 101
    again.close()


def test_restored__what_the_county_knows_to_be_paid_is_not_paid_again(tmp_path: Path) -> None:
    """The payment comes back with the county's answer; a list that still waits for it goes nowhere."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        in_2022(county)
        view = approved(town, 1)
        backup = backups.back_up(town).path
        bank_exchange.write_roster(town, view.row.id, "csv", tmp_path / "a.csv")
        paid_all(town, view)
        carry(town, county, stick)
        again = restored(town, tmp_path / "other", backup)
        answer = answering.write_answer(county, again.office.id, stick)
        exchange.receive_bundle(again, answer.path)
        assert [item.outcome for item in aid.grants_of(again, view.lines[0].archive_id)] == ["paid"]
        assert "已经在别处记为发放" in disbursement.load_list(again, view.row.id).obstacle
        expect_refusal(lambda: bank_exchange.write_roster(again, view.row.id, "csv", tmp_path / "b.csv"), "list_paid_meanwhile",
                       "list_restored")  # fmt: skip
        disbursement.unlock_list(again, view.row.id)
        draft = disbursement.load_list(again, view.row.id)
        assert [item.text for item in draft.findings] == ["这一笔已经发放或撤销，请从名册里撤出。"]
        expect_refusal(lambda: disbursement.lock_list(again, view.row.id, typed_again(draft)), "list_faulty")
        disbursement.take_off_list(again, view.row.id, [draft.lines[0].id])
        expect_refusal(lambda: disbursement.create_list(again, "又", [view.lines[0].grant_id]), "list_grant_done")
        again.close()


# -- another machine, another window -----------------------------------------------------------------------------


def test_laptop__draws_up_no_list_and_pays_nothing(tmp_path: Path) -> None:
    """A grant that went along on a laptop is paid from the desk alone."""
    desk, _ = make_office(tmp_path / "desk")
    in_2022(desk)
    laptop, stick = add_laptop(desk, tmp_path), tmp_path / "stick"
    stick.mkdir()
    in_2022(laptop)
    made = grant(desk, on_file(desk).id, fund(desk))
    take_along(desk, laptop, stick, [made.archive_id])
    assert [item.id for item in aid.grants_of(laptop, made.archive_id)] == [made.id]
    expect_refusal(lambda: disbursement.create_list(laptop, "发", [made.id]), "money_on_laptop")
    expect_refusal(lambda: aid.withdraw_grants(laptop, [made.id], "不给了"), "money_on_laptop")
    expect_refusal(lambda: disbursement.note_returned(laptop, made.id, 1, DAY, "退"), "money_on_laptop")
    desk.close()
    laptop.close()


def test_file__is_of_the_list_as_it_stands_not_as_it_was_read(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody opens, changes, locks and approves the list anew between reading it and writing its file: no file."""
    view = approved(office, 2)
    real = disbursement.mark_sent

    def late(session: OfficeSession, list_id: str, *more: Any) -> None:
        disbursement.unlock_list(session, list_id)
        draft = disbursement.load_list(session, list_id)
        disbursement.take_off_list(session, list_id, [draft.lines[0].id])
        disbursement.lock_list(session, list_id, typed_again(draft))
        slot = next(slot for slot in offices.clerk_slots(session.folder) if slot.name == "周国平")
        other = in_2022(offices.open_office(session.folder, "另一个口令2026", slot.clerk_id))
        disbursement.approve_list(other, list_id)
        other.close()
        real(session, list_id, *more)

    monkeypatch.setattr(disbursement, "mark_sent", late)
    path = tmp_path / "a.csv"
    expect_refusal(lambda: bank_exchange.write_roster(office, view.row.id, "csv", path), "list_altered")
    assert not path.exists() and disbursement.load_list(office, view.row.id).row.state is ListState.APPROVED


def test_removed_clerk__approves_nothing_from_an_open_window(office: OfficeSession, tmp_path: Path) -> None:
    """Whose passphrase was taken away cannot stand for the second pair of eyes; nor is a list of goods a bank's."""
    view = drawn_up(office, 1)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    other = another_clerk(office)
    offices.remove_clerk(office, other.clerk.id)
    expect_refusal(lambda: disbursement.approve_list(other, view.row.id), "clerk_gone")
    other.close()
    source = funds.fund_states(office)[0].fund.record_id
    oil = grant(office, on_file(office, 5).id, source, 0, goods="油一桶")
    goods = disbursement.load_list(office, disbursement.create_list(office, "实物", [oil.id]).id)
    disbursement.lock_list(office, goods.row.id)
    third = another_clerk(office)
    disbursement.approve_list(third, goods.row.id)
    third.close()
    expect_refusal(lambda: bank_exchange.write_roster(office, goods.row.id, "csv", tmp_path / "a.csv"), "list_goods")


def _settle(folder: Path, list_id: str, paid: bool, out: "multiprocessing.Queue[str]") -> None:
    session = in_2022(offices.open_office(folder, PASSPHRASE))
    try:
        lines = disbursement.load_list(session, list_id).lines
        disbursement.settle_lines(session, list_id, [LineResult(line.id, paid, DAY, "" if paid else "退票") for line in lines])
        out.put("stored")
    except UserError as fault:
        out.put(fault.code)
    finally:
        session.close()


def test_answers__of_two_processes_at_once__one_is_stored(office: OfficeSession) -> None:
    """One says paid, the other failed: whichever comes second is refused as a whole, and the money is counted once."""
    view = sent(office, drawn_up(office, 2))
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    both = [context.Process(target=_settle, args=(office.folder, view.row.id, paid, out)) for paid in (True, False)]
    for process in both:
        process.start()
    said = sorted(out.get(timeout=60) for _ in both)
    for process in both:
        process.join()
    assert said == ["list_line_settled", "stored"]
    states = {line.state for line in disbursement.load_list(office, view.row.id).lines}
    assert states in ({LineState.PAID}, {LineState.FAILED})
    assert funds.fund_states(office)[0].spent == (100_000 if states == {LineState.PAID} else 0)
    assert not [item.title for item in health.check_office(office) if item.level == health.ERROR]


def _grant(folder: Path, archive_id: str, source: str, out: "multiprocessing.Queue[str]") -> None:
    session = in_2022(offices.open_office(folder, PASSPHRASE))
    try:
        grant(session, archive_id, source, 60_000)
        out.put("granted")
    except UserError as fault:
        out.put(fault.code)
    finally:
        session.close()


def test_grants__of_two_processes_at_once__share_what_is_there(office: OfficeSession) -> None:
    """A source that has enough for one of them grants to one of them."""
    source, ids = fund(office, 100_000), [on_file(office, seed).id for seed in (1, 2)]
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    both = [context.Process(target=_grant, args=(office.folder, archive_id, source, out)) for archive_id in ids]
    for process in both:
        process.start()
    said = sorted(out.get(timeout=60) for _ in both)
    for process in both:
        process.join()
    assert said == ["aid_stopped", "granted"] and funds.fund_states(office)[0].available == 40_000


# -- the wrong file ----------------------------------------------------------------------------------------------


def test_answer__of_last_months_list_is_not_taken_for_this_ones(office: OfficeSession, tmp_path: Path) -> None:
    """The same people, cards and amounts, month by month: July's answer does not pay August's list."""
    july = sent(office, drawn_up(office, 2))
    rows = ["账号,户名,金额,结果", *(f"{line.account},{line.payee_name},500.00,成功" for line in july.lines)]
    path = tmp_path / "七月回盘.csv"
    path.write_text("\r\n".join(rows), encoding="utf-8-sig")
    preview = bank_exchange.read_return(office, july.row.id, path, "csv")
    bank_exchange.apply_return(office, july.row.id, preview, DAY)
    source = funds.fund_states(office)[0].fund.record_id
    ids = [grant(office, line.archive_id, source, 50_000, reason="八月").id for line in july.lines]
    august = disbursement.create_list(office, "八月", ids)
    fault = expect_refusal(lambda: bank_exchange.read_return(office, august.id, path, "csv"), "bank_return_other")
    assert july.row.number in fault.text()
    assert bank_exchange.read_return(office, july.row.id, path, "csv").settled_before == 2


def test_card__that_reached_somebody_else_is_typed_again_and_told(office: OfficeSession) -> None:
    """A household's card changed to one that was paid before in another name does not slip through as known."""
    first = sent(office, drawn_up(office, 1))
    paid_all(office, first)
    source = funds.fund_states(office)[0].fund.record_id
    other = on_file(office, 7, bank_account=first.lines[0].account, bank_name="某银行")
    row = disbursement.create_list(office, "八月", [grant(office, other.id, source, 10_000).id])
    view = disbursement.load_list(office, row.id)
    assert [item.text for item in view.findings] == [
        "新卡号要再输入一遍核对。", f"这个卡号以前发给过“{first.lines[0].payee_name}”，请核对是不是本人的卡。"
    ]


def test_texts_and_days__are_such_that_a_bundle_takes_them(tmp_path: Path) -> None:
    """The longest that can be entered arrives at the county; longer, or a day that is none, is refused where it is typed."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        in_2022(county)
        archive, source = on_file(town, 1), fund(town, name="资" * 200)
        made = grant(town, archive.id, source, 10_000, reason="因" * 2000, programme_title="活" * 200)
        for bad in ({"reason": "因" * 2001}, {"programme_title": "活" * 201}, {"goods": "米" * 201}):
            expect_refusal(lambda bad=bad: grant(town, archive.id, source, 10_000, **bad), "text_too_long")
        for day in ("2022-02-30", "昨天"):
            expect_refusal(lambda day=day: grant(town, archive.id, source, 10_000, granted_on=day), "not_a_date")
        expect_refusal(lambda: aid.withdraw_grants(town, [made.id], "因" * 2001), "text_too_long")
        view = sent(town, disbursement.load_list(town, disbursement.create_list(town, "发", [made.id]).id))
        line = view.lines[0]
        for day in ("2022-13-01", "", "2022-7-1"):
            answer = [LineResult(line.id, True, day)]
            expect_refusal(lambda answer=answer: disbursement.settle_lines(town, view.row.id, answer), "not_a_date")
        disbursement.settle_lines(town, view.row.id, [LineResult(line.id, False, DAY, "因" * 2000)])
        carry(town, county, stick)
        assert [(item.excess_reason, item.outcome) for item in aid.grants_of(county, archive.id)] == [("因" * 2000, "failed")]


def test_answer__that_contradicts_what_stands_does_not_hold_up_the_rest(office: OfficeSession, tmp_path: Path) -> None:
    """A late success of a line put down as failed is told and left; the others of the same file are put down."""
    view = sent(office, drawn_up(office, 3))
    first, second, third = view.lines
    disbursement.settle_lines(office, view.row.id, [LineResult(first.id, False, DAY, "退票")])
    path = tmp_path / "补.csv"
    rows = [f"{line.account},{line.payee_name},500.00,成功" for line in (first, second)]
    path.write_text("\r\n".join(["账号,户名,金额,结果", *rows]), encoding="utf-8-sig")
    preview = bank_exchange.read_return(office, view.row.id, path, "csv")
    assert (preview.found.paid, [item.row for item in preview.set_aside]) == ([second.id], [2])
    bank_exchange.apply_return(office, view.row.id, preview, DAY)
    path.write_text(f"账号,户名,金额,结果\r\n{third.account},{third.payee_name},500.00,失败", encoding="utf-8-sig")
    rest = bank_exchange.read_return(office, view.row.id, path, "csv", unmentioned_paid=True)
    bank_exchange.apply_return(office, view.row.id, rest, DAY)
    states = [line.state for line in disbursement.load_list(office, view.row.id).lines]
    assert states == [LineState.FAILED, LineState.PAID, LineState.FAILED]


def test_results__of_one_line_twice_or_before_its_grant_are_refused(office: OfficeSession) -> None:
    """Neither paid and failed at once, nor paid before anybody granted it, nor back before it was paid."""
    view = sent(office, drawn_up(office, 1))
    line = view.lines[0].id
    both = [LineResult(line, True, DAY), LineResult(line, False, DAY, "退票")]
    expect_refusal(lambda: disbursement.settle_lines(office, view.row.id, both), "list_line_settled")
    early = [LineResult(line, True, "2022-06-30")]
    expect_refusal(lambda: disbursement.settle_lines(office, view.row.id, early), "money_before")
    in_2022(office, "2022-07-05")
    disbursement.settle_lines(office, view.row.id, [LineResult(line, True, "2022-07-04")])
    back = view.lines[0].grant_id
    expect_refusal(lambda: disbursement.note_returned(office, back, 1, "2022-07-03", "退"), "money_before")
    assert not [item.title for item in health.check_office(office) if item.level == health.ERROR]


# -- the machine gives out ---------------------------------------------------------------------------------------


def test_disk_full__leaves_no_half_file_and_the_list_as_it_was(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clerk is told; with room again the same file is written, byte for byte what its fingerprint says."""
    view, path, real = approved(office), tmp_path / "stick" / "a.csv", os.fsync
    path.parent.mkdir()

    def full(handle: int) -> None:
        if "stick" in str(Path(f"/proc/self/fd/{handle}").readlink()):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    expect_refusal(lambda: bank_exchange.write_roster(office, view.row.id, "csv", path), "disk_full")
    assert list(path.parent.iterdir()) == []
    stands = disbursement.load_list(office, view.row.id)
    assert stands.row.state is ListState.APPROVED and not stands.files
    assert {line.state for line in disbursement.load_list(office, view.row.id).lines} == {LineState.WAITING}
    monkeypatch.setattr(os, "fsync", real)
    bank_exchange.write_roster(office, view.row.id, "csv", path)
    assert path.read_text("utf-8-sig").count("500.00") == 2


@pytest.mark.parametrize("moment", ["before the note", "between note and file", "within the answer", "after the answer"])
def test_killed__is_paid_once_and_never_lost(office: OfficeSession, tmp_path: Path, moment: str) -> None:
    """Whatever the moment, the office goes on: the file can be written, the answer read, and everybody is paid once."""
    view, path = approved(office), tmp_path / "a.csv"
    child = os.fork()
    if not child:
        _die(office.folder, view, path, moment)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    stands = disbursement.load_list(office, view.row.id).row.state
    assert stands is {"before the note": ListState.APPROVED, "after the answer": ListState.CLOSED}.get(moment, ListState.SENT)
    assert path.exists() == (moment in {"within the answer", "after the answer"})
    if stands is not ListState.CLOSED:
        bank_exchange.write_roster(office, view.row.id, "csv", path, "电脑断电，没有交给银行")
    paid_all(office, view)
    state = funds.fund_states(office)[0]
    assert (state.spent, state.committed) == (100_000, 0)
    assert not [item.title for item in health.check_office(office) if item.level == health.ERROR]


def _die(folder: Path, view: ListView, path: Path, moment: str) -> None:
    """In a process of its own: pay the list, and be killed at a moment of it."""

    def kill(*_: object, **__: object) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    session = in_2022(offices.open_office(folder, PASSPHRASE))
    if moment == "before the note":
        disbursement.mark_sent = kill
    if moment == "between note and file":
        partial_files._take_place = kill
    bank_exchange.write_roster(session, view.row.id, "csv", path)
    results = [LineResult(line.id, True, DAY) for line in view.lines]
    if moment == "within the answer":
        real, calls = disbursement._settle, []  # the second line is never reached

        def half(*arguments: Any) -> None:
            real(*arguments)
            calls.append(1)
            if len(calls) == 1:
                kill()

        disbursement._settle = half
    disbursement.settle_lines(session, view.row.id, results)
    kill()


def test_clock__that_was_ahead_when_the_list_was_locked(office: OfficeSession) -> None:
    """Put right since, no signed paper is late enough: the clerk is told to lock again instead of to sign for ever."""
    view = drawn_up(office, 1)
    in_2022(office, "2023-07-01")
    disbursement.lock_list(office, view.row.id, typed_again(view))
    in_2022(office, "2022-07-02")
    paper = office_papers.add_paper(office, PaperOwner.PAYMENT_LIST, view.row.id, "签字.jpg", photo(60, 40))
    told = expect_refusal(lambda: disbursement.approve_list(office, view.row.id, paper.id), "list_locked_ahead").text()
    assert "2023-07-01" in told and "重新锁定" in told
    disbursement.unlock_list(office, view.row.id)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    signed = office_papers.add_paper(office, PaperOwner.PAYMENT_LIST, view.row.id, "再签.jpg", photo(61, 40))
    assert disbursement.approve_list(office, view.row.id, signed.id).row.state is ListState.APPROVED


# -- two files of one list ---------------------------------------------------------------------------------------


def test_second_file__needs_a_reason_and_is_told_for_good(office: OfficeSession, tmp_path: Path) -> None:
    """Whoever writes the list once more, in whatever layout, hears of the first file; both are kept with the reason."""
    view, first, second = approved(office), tmp_path / "a.csv", tmp_path / "b.txt"
    bank_exchange.write_roster(office, view.row.id, "csv", first)
    slot = next(slot for slot in offices.clerk_slots(office.folder) if slot.name == "周国平")
    other = in_2022(offices.open_office(office.folder, "另一个口令2026", slot.clerk_id), "2022-07-02")
    for layout, path in (("txt", second), ("csv", first)):
        attempt = functools.partial(bank_exchange.write_roster, other, view.row.id, layout, path)
        told = expect_refusal(attempt, "list_file_written").text()
        assert all(word in told for word in ("2022-07-01", office.clerk.name, "逗号", str(first), "付两次"))
        expect_refusal(functools.partial(attempt, "因" * 201), "text_too_long")
    assert not second.exists()
    bank_exchange.write_roster(other, view.row.id, "txt", second, "银行要竖线分隔的，第 1 份已作废")
    other.close()
    files = disbursement.load_list(office, view.row.id).files
    assert [(item.layout, item.path, item.clerk_name) for item in files] == [
        ("csv", str(first), office.clerk.name), ("txt", str(second), "周国平")
    ]  # fmt: skip
    told = [event for event in timeline.timeline_of(office, view.lines[0].archive_id).events if "银行代发文件" in event.title]
    assert len(told) == 2 and "第 2 份" in told[1].title and told[1].lines[0] == files[1].reason
    outside = timeline.timeline_of(office, view.lines[0].archive_id, masked=True).events
    assert not any(files[1].reason in line for event in outside for line in event.lines)


def test_answers__of_both_files_are_put_down_once_and_doubted(office: OfficeSession, tmp_path: Path) -> None:
    """The bank paid both: the second answer pays nobody again here, and the clerk is sent to the bank at once."""
    view = approved(office)
    for layout, why in (("csv", ""), ("txt", "换版式")):
        bank_exchange.write_roster(office, view.row.id, layout, tmp_path / layout, why)
    rows = [f"{line.account},{line.payee_name},500.00,成功" for line in view.lines]
    one, two = tmp_path / "一.csv", tmp_path / "二.csv"
    one.write_text("\r\n".join(["账号,户名,金额,结果", *rows]), encoding="utf-8-sig")
    two.write_text("\r\n".join(["账号,户名,金额,结果", *reversed(rows)]), encoding="utf-8-sig")
    for path, unread, doubted in ((one, 2, False), (one, 0, False), (two, 0, True)):
        preview = bank_exchange.read_return(office, view.row.id, path, "csv")
        assert (preview.unread, "付了两次" in preview.doubt) == (unread, doubted)
        bank_exchange.apply_return(office, view.row.id, preview, DAY)
    assert funds.fund_states(office)[0].spent == 100_000


def test_file__that_cannot_take_its_name_is_no_first_file(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WPS holds the old file open: what was noted is taken back, and the next one is not a second."""
    view = approved(office)

    def held(_partial: Path, path: Path) -> None:
        raise MachineError("file_locked", name=path.name)

    with monkeypatch.context() as patch:
        patch.setattr(partial_files, "_take_place", held)
        expect_refusal(lambda: bank_exchange.write_roster(office, view.row.id, "csv", tmp_path / "a.csv"), "file_locked")
    assert not disbursement.load_list(office, view.row.id).files
    bank_exchange.write_roster(office, view.row.id, "csv", tmp_path / "a.csv")
    assert len(disbursement.load_list(office, view.row.id).files) == 1


def _write(folder: Path, list_id: str, layout: str, out: "multiprocessing.Queue[str]") -> None:
    session = in_2022(offices.open_office(folder, PASSPHRASE))
    try:
        bank_exchange.write_roster(session, list_id, layout, folder.parent / layout)
        out.put("written")
    except UserError as fault:
        out.put(fault.code)
    finally:
        session.close()


def test_files__of_two_processes_at_once__one_is_written(office: OfficeSession) -> None:
    """Two windows, two layouts, the same moment: one file, and one clerk who is told of it."""
    view, context = approved(office), multiprocessing.get_context("fork")
    out = context.Queue()
    both = [context.Process(target=_write, args=(office.folder, view.row.id, layout, out)) for layout in ("csv", "txt")]
    for process in both:
        process.start()
    said = sorted(out.get(timeout=60) for _ in both)
    for process in both:
        process.join()
    assert said == ["list_file_written", "written"]
    assert sum((office.folder.parent / layout).exists() for layout in ("csv", "txt")) == 1


def test_disk_full__while_a_workbook_is_ended_says_nothing_on_the_console(
    office: OfficeSession, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer that was cut off tries once more while it is cleared away: that is no fault anybody has to read of."""
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    view = drawn_up(office, 1)

    def full(_self: object, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(partial_files._Target, "write", full)
        expect_refusal(lambda: aid_papers.write_list(office, view.row.id, tmp_path / "a.xlsx"), "disk_full")
    gc.collect()
    assert not told and "Traceback" not in capsys.readouterr().err and not list(tmp_path.glob("*.xlsx"))
