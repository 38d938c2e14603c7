"""The commands about aid and money: sources, grants, the roster of a payment list for the bank, the bank's answer."""

import argparse
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from db.command_office import Answer, open_office
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.errors import UserError
from db.services import aid_entries, aid_list, aid_papers, bank_exchange, disbursement, funds, printing
from db.services.aid_list import AID_PILES, AidPile, AidQuery, AidRow
from db.services.disbursement import ListRow
from db.services.funds import FundState
from db.services.office import OfficeSession

EVERY = 1_000_000


def list_funds(arguments: argparse.Namespace) -> Answer:
    """The sources of money and how they stand; with one of them its ledger."""
    with closing(open_office(arguments)) as session:
        states = funds.fund_states(session)
        chosen = _fund(states, arguments.ledger) if arguments.ledger else None
        if arguments.out:
            _write_fund(session, chosen.fund.record_id if chosen else "", arguments.out)
        if chosen is not None:
            return _ledger(session, chosen)
    lines = [_fund_line(state) for state in states] or ["还没有登记资金来源。"]
    return {"funds": [_fund_body(state) for state in states]}, "\n".join(lines)


def _write_fund(session: OfficeSession, fund_id: str, out: Path) -> None:
    if out.suffix.lower() == ".pdf":
        printing.save_pdf(out, aid_papers.fund_pdf(session, fund_id))
    elif out.suffix.lower() == ".xlsx":
        aid_papers.write_fund(session, fund_id, out)
    else:
        raise UserError("paper_suffix", name=out.name)


def _fund(states: list[FundState], name: str) -> FundState:
    found = next((state for state in states if name in (state.name, state.fund.record_id)), None)
    if found is None:
        raise UserError("fund_unknown", text=name, known="、".join(state.name for state in states) or "（没有）")
    return found


def _fund_body(state: FundState) -> dict[str, Any]:
    keys = ("received", "sent_back", "committed", "paid", "came_back", "spent", "left", "available", "rate")
    return {"id": state.fund.record_id, "name": state.name, **{key: getattr(state, key) for key in keys}}


def _fund_line(state: FundState) -> str:
    rate = f"{state.rate:.1%}" if state.rate is not None else "--"
    return (f"{state.name}　到账 {format_amount(state.received - state.sent_back)}　已批准未发 {format_amount(state.committed)}"
            f"　已支出 {format_amount(state.spent)}　结余 {format_amount(state.left)}　使用率 {rate}")  # fmt: skip


def _ledger(session: OfficeSession, state: FundState) -> Answer:
    found = funds.fund_ledger(session, state.fund.record_id)
    body = [{key: getattr(line, key) for key in ("on_day", "what", "who", "reference", "came_in", "went_out", "balance")}
            for line in found]  # fmt: skip
    lines = [
        f"{line.on_day}　{line.what}　{line.who}　{line.reference}　收 {format_amount(line.came_in)}"
        f"　支 {format_amount(line.went_out)}　余 {format_amount(line.balance)}"
        for line in found
    ]
    return {"fund": _fund_body(state), "ledger": body}, "\n".join([_fund_line(state), *lines])


def list_grants(arguments: argparse.Namespace) -> Answer:
    """The grants by what became of them, with their sums."""
    if arguments.item and arguments.item not in option_list("aid_item").by_code:
        raise UserError("aid_unknown_item", text=arguments.item)
    query = AidQuery(pile=AidPile(arguments.state), item=arguments.item or "", year=arguments.year)
    if arguments.not_entered or arguments.note_entered:
        query = replace(query, pile=AidPile.PAID, is_entered=False)
    with closing(open_office(arguments)) as session:
        rows = aid_list.aid_rows(session, query, 0, EVERY)
        sums = aid_list.sum_piles(session, query)
        if arguments.out:
            aid_papers.write_aid_list(session, query, arguments.out)
        if arguments.note_entered:
            aid_entries.mark_entered(session, [row.id for row in rows])
    totals = {pile.value: {"count": found.count, "total": found.total} for pile, found in sums.items()}
    lines = [
        f"{row.granted_on}　{row.archive_number}　{row.recipient_name}　{row.item_label} {row.what}　{row.fund_name}　{row.state_words}"
        for row in rows
    ]
    told = "，".join(
        f"{AID_PILES[pile]} {found.count:,} 笔 {format_amount(found.total)} 元" for pile, found in sums.items() if found.count
    )
    return {"grants": [_grant(row) for row in rows], "totals": totals}, "\n".join([*lines, told or "还没有批准过救助。"])


def _grant(row: AidRow) -> dict[str, Any]:
    keys = ("id", "archive_number", "household", "office_name", "item", "recipient_name", "amount", "goods", "fund_name",
            "granted_on", "paid_on", "came_back", "list_number", "said", "entered_on")  # fmt: skip
    return {**{key: getattr(row, key) for key in keys}, "state": row.pile.value}


def roster(arguments: argparse.Namespace) -> Answer:
    """A payment list as the bank's file (approved lists), or as paper and workbook (every list)."""
    with closing(open_office(arguments)) as session:
        row = disbursement.find_by_number(session, arguments.number)
        if arguments.layout:
            digest = bank_exchange.write_roster(session, row.id, arguments.layout, arguments.out, arguments.again)
        else:
            digest = ""
            _write_paper(session, row, arguments)
    body = {"number": row.number, "lines": row.count, "total": row.total, "path": str(arguments.out), "sha256": digest}
    kind = "银行文件" if arguments.layout else "名册"
    return body, f"{row.number} {row.title}：{row.count:,} 人，{format_amount(row.total)} 元。{kind}已写入 {arguments.out}"


def _write_paper(session: OfficeSession, row: ListRow, arguments: argparse.Namespace) -> None:
    suffix = arguments.out.suffix.lower()
    if suffix == ".pdf":
        aid_papers.save_list_pdf(session, row.id, arguments.out)
    elif suffix == ".xlsx":
        aid_papers.write_list(session, row.id, arguments.out)
    else:
        raise UserError("roster_suffix", name=arguments.out.name)


def reconcile(arguments: argparse.Namespace) -> Answer:
    """Lay a bank's answer beside its list and put it down, or only show what it comes to."""
    with closing(open_office(arguments)) as session:
        row = disbursement.find_by_number(session, arguments.number)
        layout = arguments.layout or row.sent_layout or "standard"
        preview = bank_exchange.read_return(
            session, row.id, arguments.file, layout, unmentioned_paid=arguments.only_failures
        )
        paid_on = _day(arguments.paid_on, session.today)
        outcome = None if arguments.dry_run else bank_exchange.apply_return(session, row.id, preview, paid_on)
    names = {line.id: line.payee_name for line in preview.lines}
    found = preview.found
    failures = [{"name": names[key], "reason": reason} for key, reason in found.failed.items()]
    aside = [{"row": item.row, "text": item.text} for item in preview.set_aside]
    waiting = [names[key] for key in found.unmentioned]
    body = {"number": row.number, "paid": len(found.paid), "failed": failures, "set_aside": aside, "unmentioned": waiting,
            "settled_before": preview.settled_before, "stored": outcome is not None, "paid_on": paid_on,
            "rest_doubt": found.rest_doubt, "doubt": preview.doubt,
            "sound": not aside and not found.rest_doubt and not preview.doubt}  # fmt: skip
    lines = [f"失败　{item['name']}：{item['reason']}" for item in failures]
    lines += [f"没有采用　第 {item['row']} 行：{item['text']}" for item in aside]
    lines += [f"没有提到　{name}" for name in waiting]
    lines += [f"注意　{words}" for words in (found.rest_doubt, preview.doubt) if words]
    done = "已登记" if outcome is not None else "只试算，没有登记"
    counts = f"成功 {len(found.paid):,} 笔，失败 {len(failures):,} 笔，没有提到 {len(waiting):,} 笔，没有采用 {len(aside):,} 行"
    head = f"{row.number}：{counts}。{done}。"
    return body, "\n".join([*lines, head])


def _day(text: str, today: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else today
    except ValueError as fault:
        raise UserError("not_a_date", text=text) from fault
