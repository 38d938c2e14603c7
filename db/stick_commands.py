"""The commands about what travels on a stick: cards, bundles, receipts, packages for offices without the program."""

import argparse
from contextlib import closing
from pathlib import Path

from db import command_output as output
from db.command_office import Answer, all_ids, ask_package_password, open_office
from db.errors import UserError
from db.services import archiving, exchange
from db.services.office import OfficeSession


def card(arguments: argparse.Namespace) -> Answer:
    """Write the office's card."""
    with closing(open_office(arguments)) as session:
        path = _card_path(session, arguments.out)
        card = exchange.write_card(session, path)
    body = {"file": str(path), "fingerprint": card.fingerprint, "office": card.name}
    return body, f"单位名片已保存：{path}\n指纹（请在电话里核对）：{card.fingerprint}"


def _card_path(session: OfficeSession, out: Path) -> Path:
    """The file of the card; in a folder, or on a stick, it is called as the office is."""
    return out / f"{session.office.name}{exchange.CARD_SUFFIX}" if out.is_dir() else out


def enrol(arguments: argparse.Namespace) -> Answer:
    """Enrol another office by its card."""
    with closing(open_office(arguments)) as session:
        partner = exchange.enrol(session, arguments.card, replace=arguments.replace)
    return output.record(partner), f"已登记 {partner.name}，指纹 {partner.fingerprint}"


def partners(arguments: argparse.Namespace) -> Answer:
    """List the enrolled offices."""
    with closing(open_office(arguments)) as session:
        own, known = exchange.own_card(session), exchange.list_partners(session)
    lines = [f"本单位 {own.name}，指纹 {own.fingerprint}", *(_partner_line(partner) for partner in known)]
    return {"own": output.record(own), "partners": output.record(known)}, "\n".join(lines)


def _partner_line(partner: exchange.Partner) -> str:
    state = f"，{partner.revoked_at[:10]} 起停用" if partner.revoked_at else ""
    return f"{exchange.RELATIONS[partner.relation]} {partner.name}，指纹 {partner.fingerprint}{state}"


def revoke(arguments: argparse.Namespace) -> Answer:
    """Trust the keys of an office no more."""
    with closing(open_office(arguments)) as session:
        partner = exchange.revoke(session, exchange.find_partner(session, arguments.partner).id, arguments.reason)
    text = f"已停用 {partner.name} 的密钥（指纹 {partner.fingerprint}）。它导出新名片后，核对指纹，用 enrol 重新登记。"
    return output.record(partner), text


def renew_keys(arguments: argparse.Namespace) -> Answer:
    """New keys for this office, and its new card."""
    with closing(open_office(arguments)) as session:
        renewal = exchange.renew_own_keys(session, arguments.reason)
        path = _card_path(session, arguments.out)
        exchange.write_card(session, path)
    told = "、".join(partner.name for partner in renewal.partners) or "（还没有登记过单位）"
    text = f"密钥已更换，新名片：{path}\n新指纹 {renewal.card.fingerprint}，原指纹 {renewal.former_fingerprint}\n"
    return output.record(renewal), f"{text}请把新名片交给 {told}，对方核对指纹、重新登记以前，不收本单位的数据包。"


def number(arguments: argparse.Namespace) -> Answer:
    """Number the next bundle after the one the partner says it has."""
    with closing(open_office(arguments)) as session:
        partner = exchange.find_partner(session, arguments.partner)
        following = exchange.continue_numbering(session, partner.id, arguments.last)
    return {"partner": partner.name, "next": following}, f"给 {partner.name} 的下一包是第 {following} 包。"


def export_bundle(arguments: argparse.Namespace) -> Answer:
    """Write a bundle for the office above."""
    with closing(open_office(arguments)) as session:
        ids = all_ids(session) if arguments.all else None
        summary = exchange.export_bundle(session, ids, arguments.out)
    text = f"第 {summary.sequence} 包：{summary.archive_count} 户，{summary.files_text}\n指纹 {summary.fingerprint}"
    return output.record(summary), text


def receipt(arguments: argparse.Namespace) -> Answer:
    """Write the receipt of a received bundle once more."""
    with closing(open_office(arguments)) as session:
        bundle = exchange.received_bundle(session, arguments.number, arguments.sender)
        summary = exchange.write_receipt(session, bundle.id, arguments.out)
    text = f"{bundle.partner_name}第 {bundle.sequence} 包的回执已保存：{summary.path}"
    return {"answers": output.record(bundle), **output.record(summary)}, text


def zip_package(arguments: argparse.Namespace) -> Answer:
    """Write the package for an office without the program."""
    from db.services import submission_package  # late: its library for zips with AES is needed nowhere else

    if arguments.out.suffix.lower() != ".zip":
        raise UserError("package_not_zip", name=arguments.out.name)
    with closing(open_office(arguments)) as session:
        if arguments.archive:
            ids = [archiving.find_by_number(session, number).id for number in arguments.archive]
        else:
            ids = all_ids(session) if arguments.all else exchange.unsubmitted_ids(session)
        password = ask_package_password(submission_package.check_password)
        summary = submission_package.write_package(
            session, ids, arguments.out.parent, password, file_name=arguments.out.name
        )
    counts = f"{summary.archive_count} 户，{summary.people_count} 人，附件 {summary.attachment_count} 份"
    lines = [f"报送资料包：{counts}，{summary.path}"]
    lines += [f"没有装入：{note.number:04d} {note.name} {note.file}：{note.reason}" for note in summary.left_out]
    return output.record(summary), "\n".join(lines)
