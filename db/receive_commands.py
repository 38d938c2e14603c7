"""The commands about what comes in on sticks: receive one bundle or many, look first, undo the last one."""

import argparse
from contextlib import closing
from typing import Any

from db import command_output as output
from db.command_office import Answer, open_office
from db.errors import UserError
from db.services import exchange, receiving_many, undoing
from db.services.office import OfficeSession
from db.services.receiving_many import Lot, LotState, ManyOutcome


def receive(arguments: argparse.Namespace) -> Answer:
    """Receive bundles, answers or receipts, or look into them."""
    with closing(open_office(arguments)) as session:
        if len(arguments.files) > 1 or arguments.files[0].is_dir():
            return _receive_many(session, arguments)
        (file,) = arguments.files
        if arguments.dry_run:
            preview = exchange.inspect_bundle(session, file)
            return {"dry_run": True, **output.record(preview)}, preview.text()
        outcome = exchange.receive_bundle(session, file)
    return {"dry_run": False, **output.record(outcome)}, outcome.text()


def _receive_many(session: OfficeSession, arguments: argparse.Namespace) -> Answer:
    lot = receiving_many.inspect_many(session, arguments.files)
    refused = [item for item in lot.items if item.state is LotState.REFUSED]
    if arguments.dry_run:
        return {"dry_run": True, "sound": not refused, **_lot(lot)}, lot.text()
    outcome = receiving_many.receive_many(session, lot.items)
    told = "\n".join([outcome.text(), *_left(lot), *(f"{item.path.name}：{item.refusal}" for item in refused)])
    return {"dry_run": False, "sound": not (refused or outcome.failed), **_lot(lot), **_taken(outcome)}, told


def _left(lot: Lot) -> list[str]:
    """Why files of the lot were passed over without being at fault."""
    if not lot.items:
        return ["这里没有暖档的数据包。"]
    states = {LotState.KNOWN: "以前收过", LotState.ELSEWHERE: "不是给本单位的"}
    counts = {words: sum(item.state is state for item in lot.items) for state, words in states.items()}
    told = "，".join(f"{words} {count} 个" for words, count in counts.items() if count)
    return [f"另有数据包没有再收：{told}。"] if told else []


def _lot(lot: Lot) -> dict[str, Any]:
    """The lot as JSON: counts of each bundle, not every household."""
    return {
        "totals": output.record(lot.totals),
        "files": [
            {
                "path": str(item.path),
                "state": item.state.value,
                "kind": item.kind,
                "sender_name": item.sender_name,
                "sequence": item.sequence,
                "warnings": item.preview.warnings if item.preview else [],
                "refusal": item.refusal,
            }
            for item in lot.items
        ],
    }


def _taken(outcome: ManyOutcome) -> dict[str, Any]:
    return {
        "totals": output.record(outcome.totals),
        "backup_name": outcome.backup_name,
        "received": [output.record(done) for done in outcome.received],
        "failed": [output.record(item) for item in outcome.failed],
    }


def report(arguments: argparse.Namespace) -> Answer:
    """Write what was received on a day as PDF or workbook."""
    from db.services import receive_report  # late: it brings the libraries for paper and workbooks along

    savers = {".pdf": receive_report.save_report_pdf, ".xlsx": receive_report.save_report_workbook}
    save = savers.get(arguments.out.suffix.lower())
    if save is None:
        raise UserError("report_kind", name=arguments.out.name)
    with closing(open_office(arguments)) as session:
        made = receive_report.report_of(session, receive_report.bundle_ids_of_day(session, arguments.on))
        save(session, made, arguments.out)
    body = {"file": str(arguments.out), "received_on": made.received_on, "bundles": made.bundles}
    return {**body, "totals": output.record(made.totals)}, f"接收结果（{made.received_on}）已保存：{arguments.out}"


def undo(arguments: argparse.Namespace) -> Answer:
    """Take the last received bundle back, or tell what that would do."""
    with closing(open_office(arguments)) as session:
        offer = undoing.undoable(session)
        if arguments.dry_run and offer:
            told = {"dry_run": True, "new_count": offer.new_count, "changed_count": offer.changed_count}
            return {**told, **output.record(offer)}, offer.text()
        outcome = undoing.undo_last(session, offer.bundle_id if offer else "")
    return {"dry_run": False, **output.record(outcome)}, outcome.text()
