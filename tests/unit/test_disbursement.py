"""Payment lists: locked, approved by two, sent, answered; nothing is paid twice and nothing that was paid changes."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import card_number, in_2022
from factories import make_office
from payments import another_clerk, drawn_up, sent, typed_again

from db.domain.aid.list_flow import LineState, ListAct, ListState, next_state
from db.errors import UserError
from db.services import aid, disbursement, funds
from db.services import office as offices
from db.services.disbursement import LineResult
from db.services.office import OfficeSession

DAY = "2022-07-01"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


@pytest.mark.parametrize("state", ListState)
@pytest.mark.parametrize("act", ListAct)
def test_list_flow__a_paid_list_is_never_reopened(state: ListState, act: ListAct) -> None:
    """What is closed or given up stays so; what the bank has is not unlocked."""
    leads = next_state(state, act)
    if state in {ListState.CLOSED, ListState.DROPPED}:
        assert leads is None
    if state is ListState.SENT:
        assert leads in {None, ListState.SENT, ListState.CLOSED}


def test_list__from_draft_to_paid(office: OfficeSession) -> None:
    """The way of a list, and the money of its source at every step."""
    view = sent(office, drawn_up(office))
    first, second = view.lines
    answer = [LineResult(first.id, True, DAY), LineResult(second.id, False, DAY, "户名不符")]
    outcome = disbursement.settle_lines(office, view.row.id, answer)
    assert (outcome.paid, outcome.failed, outcome.open, outcome.failures) == (1, 1, 0, [(second.payee_name, "户名不符")])
    state = funds.fund_states(office)[0]
    assert (state.spent, state.committed, state.left) == (50_000, 50_000, 950_000)
    assert disbursement.load_list(office, view.row.id).row.state is ListState.CLOSED
    again = disbursement.pay_again(office, view.row.id)
    assert [line.grant_id for line in disbursement.load_list(office, again.id).lines] == [second.grant_id]
    with pytest.raises(UserError):
        disbursement.pay_again(office, view.row.id)
    ledger = funds.fund_ledger(office, state.fund.record_id)
    assert [(line.came_in, line.went_out, line.balance) for line in ledger] == [(1_000_000, 0, 1_000_000), (0, 50_000, 950_000)]
    assert first.payee_name in ledger[1].who


def test_lock__refuses_what_cannot_be_paid_by_name(office: OfficeSession) -> None:
    """A card that is no card, and a new one nobody typed twice, keep the list open; what is locked stays as it was."""
    view = drawn_up(office, 1, bank_account="12345")
    with pytest.raises(UserError) as caught:
        disbursement.lock_list(office, view.row.id)
    assert caught.value.code == "list_faulty" and "12 到 19 位" in caught.value.text()
    assert disbursement.load_list(office, view.row.id).row.state is ListState.DRAFT


def test_lock__a_new_card_is_typed_twice(office: OfficeSession) -> None:
    """Typed once or differently it is not paid to."""
    view = drawn_up(office, 1)
    for typed in ({}, {view.lines[0].grant_id: card_number(9)}):
        with pytest.raises(UserError):
            disbursement.lock_list(office, view.row.id, typed)
    assert disbursement.lock_list(office, view.row.id, typed_again(view)).row.state is ListState.LOCKED


def test_approve__by_another_clerk_or_with_the_signed_list(office: OfficeSession) -> None:
    """Who locked a list does not approve it; an office of one needs the signed list."""
    view = drawn_up(office, 1)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    with pytest.raises(UserError) as caught:
        disbursement.approve_list(office, view.row.id)
    assert caught.value.code == "list_paper_missing"
    other = another_clerk(office)
    with pytest.raises(UserError) as caught:
        disbursement.approve_list(office, view.row.id)
    assert caught.value.code == "list_same_clerk"
    assert disbursement.approve_list(other, view.row.id).row.approved_by == "周国平"
    other.close()


def test_grant__stands_on_one_list_at_a_time(office: OfficeSession) -> None:
    """A grant on its way is on no second list, cannot be given up, and is free again once it is taken off."""
    view = drawn_up(office, 1)
    line = view.lines[0]
    with pytest.raises(UserError) as caught:
        disbursement.create_list(office, "又一份", [line.grant_id])
    assert caught.value.code == "list_grant_taken"
    with pytest.raises(UserError):
        aid.withdraw_grants(office, [line.grant_id], "不给了")
    disbursement.take_off_list(office, view.row.id, [line.id])
    disbursement.create_list(office, "又一份", [line.grant_id])


def test_settle__the_same_answer_twice_pays_once_and_another_is_refused(office: OfficeSession) -> None:
    """An answer read again changes nothing; one that says otherwise is refused as a whole."""
    view = sent(office, drawn_up(office))
    results = [LineResult(line.id, True, DAY) for line in view.lines]
    disbursement.settle_lines(office, view.row.id, results)
    assert disbursement.settle_lines(office, view.row.id, results).paid == 0
    with pytest.raises(UserError):
        disbursement.settle_lines(office, view.row.id, [LineResult(view.lines[0].id, False, DAY, "退票")])
    assert funds.fund_states(office)[0].spent == 100_000
    assert {line.state for line in disbursement.load_list(office, view.row.id).lines} == {LineState.PAID}


def test_returned__is_a_line_of_its_own(office: OfficeSession) -> None:
    """Money that comes back raises what is left; never more than was paid."""
    view = sent(office, drawn_up(office, 1))
    disbursement.settle_lines(office, view.row.id, [LineResult(view.lines[0].id, True, DAY)])
    disbursement.note_returned(office, view.lines[0].grant_id, 20_000, DAY, "多发了")
    with pytest.raises(UserError):
        disbursement.note_returned(office, view.lines[0].grant_id, 30_001, DAY, "又退")
    assert funds.fund_states(office)[0].left == 970_000


def _approve(folder: Path, list_id: str, clerk_id: str, out: "multiprocessing.Queue[str]") -> None:
    session = in_2022(offices.open_office(folder, "另一个口令2026", clerk_id))
    try:
        disbursement.approve_list(session, list_id)
        out.put("approved")
    except UserError as fault:
        out.put(fault.code)
    finally:
        session.close()


def test_approve__by_two_at_once__only_one_gets_through(office: OfficeSession) -> None:
    """Two processes approve the same list: one does, the other is told that it is done."""
    view = drawn_up(office, 1)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    another_clerk(office).close()
    clerk_id = next(slot.clerk_id for slot in offices.clerk_slots(office.folder) if slot.name == "周国平")
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    both = [context.Process(target=_approve, args=(office.folder, view.row.id, clerk_id, out)) for _ in range(2)]
    for process in both:
        process.start()
    said = sorted(out.get(timeout=60) for _ in both)
    for process in both:
        process.join()
    assert said == ["approved", "list_not_here"]
