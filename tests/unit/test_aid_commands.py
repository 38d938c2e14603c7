"""The commands ``funds``, ``grants``, ``roster`` and ``reconcile``; and a program killed while the bank's file is written."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from aid_money import card_number, in_2022
from factories import PASSPHRASE, make_office
from payments import another_clerk, drawn_up, typed_again
from pdf_words import pdf_text
from sqlalchemy import text

from db.__main__ import main
from db.domain.aid.list_flow import ListState
from db.errors import MachineError
from db.services import aid_papers, bank_exchange, disbursement, funds, health, printing
from db.services import office as offices
from db.services.disbursement import ListView
from db.services.office import OfficeSession


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfficeSession]:
    """A township; for the commands, too, it is 1 July 2022."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    session, _ = make_office(tmp_path / "office")
    opened, shanghai = offices.open_office, timezone(timedelta(hours=8))

    def open_then(*given: Any, **named: Any) -> OfficeSession:
        made = opened(*given, **named)
        made.clock = lambda: datetime(2022, 7, 1, 9, tzinfo=shanghai)
        return made

    monkeypatch.setattr(offices, "open_office", open_then)
    yield in_2022(session)
    session.close()


def approved(office: OfficeSession) -> ListView:
    """A list of two that may go to the bank."""
    view = drawn_up(office, 2)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    other = another_clerk(office)
    disbursement.approve_list(other, view.row.id)
    other.close()
    return disbursement.load_list(office, view.row.id)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """The JSON answer of a command, or the code of its refusal."""
    status = main([*map(str, arguments), "--json"])
    shown = json.loads(capsys.readouterr().out)
    return shown["error"]["code"] if status and "error" in shown else shown


def test_commands__lead_a_list_from_file_to_money(
    office: OfficeSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bank's file, its answer tried and put down, grants and ledger as they then are."""
    number, folder = approved(office).row.number, office.folder
    assert run(capsys, "roster", folder, "发1999-001", tmp_path / "x.pdf") == "list_unknown"
    assert run(capsys, "roster", folder, number, tmp_path / "x.doc") == "roster_suffix"
    assert run(capsys, "roster", folder, number, tmp_path / "名册.pdf")["sha256"] == ""
    assert printing.page_count((tmp_path / "名册.pdf").read_bytes()) == 1
    made = run(capsys, "roster", folder, number, tmp_path / "bank.csv", "--layout", "csv")
    assert made["lines"] == 2 and len(made["sha256"]) == 64
    answer = tmp_path / "回盘.csv"
    answer.write_text(f"卡号,结果,原因\n{card_number(1)},成功,\n{card_number(2)},失败,户名不符\n", encoding="utf-8-sig")
    tried = run(capsys, "reconcile", folder, number, answer, "--dry-run")
    assert (tried["paid"], tried["failed"][0]["reason"], tried["stored"]) == (1, "户名不符", False)
    assert run(capsys, "grants", folder)["totals"]["on_list"] == {"count": 2, "total": 100_000}
    assert run(capsys, "reconcile", folder, number, answer, "--paid-on", "2022-07-01")["stored"]
    assert run(capsys, "reconcile", folder, number, answer, "--paid-on", "30/6") == "not_a_date"
    assert [row["paid_on"] for row in run(capsys, "grants", folder, "--state", "paid")["grants"]] == ["2022-07-01"]
    assert len(run(capsys, "grants", folder, "--note-entered")["grants"]) == 1
    assert run(capsys, "grants", folder, "--not-entered")["grants"] == []
    told = run(capsys, "funds", folder, "--ledger", "2022 年中央财政", "--out", tmp_path / "台账.xlsx")
    assert told["ledger"][-1]["balance"] == told["fund"]["left"] == 950_000
    assert run(capsys, "funds", folder, "--ledger", "没有的") == "fund_unknown"


def test_killed_while_the_file_is_written__never_paid_twice_never_lost(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full changes nothing; written again it is the same file, and pays once."""
    view = approved(office)
    path = tmp_path / "bank.csv"

    def die(_path: Path) -> None:
        raise MachineError("disk_full", folder="U盘")

    with monkeypatch.context() as patch:
        patch.setattr(bank_exchange, "written_whole", die)
        with pytest.raises(MachineError):
            bank_exchange.write_roster(office, view.row.id, "csv", path)
    assert not path.exists()
    after = disbursement.load_list(office, view.row.id)
    assert after.row.state is ListState.APPROVED and not after.files
    assert [line.state for line in after.lines] == [line.state for line in view.lines]
    digest = bank_exchange.write_roster(office, view.row.id, "csv", path)
    assert bank_exchange.write_roster(office, view.row.id, "csv", tmp_path / "again.csv", "U 盘坏了") == digest
    answer = tmp_path / "回盘.csv"
    answer.write_text("卡号,结果\n" + "".join(f"{card_number(seed)},成功\n" for seed in (1, 2)), encoding="utf-8-sig")
    for _ in range(2):
        preview = bank_exchange.read_return(office, view.row.id, answer, "csv")
        bank_exchange.apply_return(office, view.row.id, preview, "2022-07-01")
    state = funds.fund_states(office)[0]
    assert (state.spent, state.committed) == (100_000, 0)


def test_check__finds_money_that_does_not_add_up(office: OfficeSession) -> None:
    """A line paid without its payout, a locked list that was altered: said with what to do; in order it is good."""

    def finding() -> health.Finding:
        return next(item for item in health.check_office(office) if item.title == "帮扶资金")

    view = approved(office)
    assert finding().level == health.GOOD and "2 笔救助、1 份名册" in finding().text
    with office.database.writing() as connection:
        connection.execute(text("UPDATE payment_line SET account = '1' WHERE id = :id"), {"id": view.lines[0].id})
        connection.execute(text("UPDATE payment_line SET state = 'paid' WHERE id = :id"), {"id": view.lines[1].id})
    found = finding()
    assert found.level == health.ERROR and found.action
    assert "1 行记为已发放" in found.text and f"名册 {view.row.number} 的内容与锁定时不同" in found.text


def test_roster__stands_sorted_by_bank_with_sums_and_fingerprint(office: OfficeSession) -> None:
    """On paper as it was locked: sums by bank, the total in capitals, the fingerprint; a draft says that it is none."""
    view = drawn_up(office, 2)
    assert "不能据此发放" in pdf_text(aid_papers.list_pdf(office, view.row.id))
    disbursement.lock_list(office, view.row.id, typed_again(view))
    shown = pdf_text(aid_papers.list_pdf(office, view.row.id))
    assert "壹仟元整" in shown and "内容指纹" in shown and card_number(2) in shown
