"""The commands about the machines of one office: take archives along on a laptop, hand in, choose between two versions."""

import argparse
from contextlib import closing

from db import command_output as output
from db.command_office import Answer, ask_passphrase, open_office
from db.services import archiving, conflicts, visits
from db.services.exchange import BundleSummary


def init_laptop(arguments: argparse.Namespace) -> Answer:
    """Set a home-visit laptop up, from the card of the office's desk."""
    session, code = visits.set_up_laptop(
        arguments.office, arguments.laptop_of, arguments.name or "", arguments.clerk, ask_passphrase(twice=True)
    )
    with closing(session):
        profile = output.profile(session)
        name = session.office.exchange_name
    text = (
        f"已设立 {name}。请用 card 命令导出它的名片，在办公室电脑上登记（enrol）。\n"
        f"恢复码（只显示这一次，请抄下或打印后收好）：{code}"
    )
    return {**profile, "laptop": name, "recovery_code": code}, text


def checkout(arguments: argparse.Namespace) -> Answer:
    """At the desk: write archives for a laptop."""
    with closing(open_office(arguments)) as session:
        laptop = visits.find_laptop(session, arguments.laptop)
        ids = [archiving.find_by_number(session, number).id for number in arguments.archive]
        access = visits.READ if arguments.read else visits.WRITE
        summary = visits.check_out(session, laptop.id, ids, access, arguments.out, again=arguments.again)
    return output.record(summary), _written(summary, f"外出包，{visits.ACCESS_LABELS[access]}")


def checkin(arguments: argparse.Namespace) -> Answer:
    """On the laptop: write what changed for the desk."""
    with closing(open_office(arguments)) as session:
        summary = visits.check_in(session, arguments.out, everything=arguments.all)
    return output.record(summary), _written(summary, "带回包") + "\n请在办公室电脑上用 receive 收取。"


def _written(summary: BundleSummary, what: str) -> str:
    counts = f"第 {summary.sequence} 包（{what}）：{summary.archive_count} 户，给 {summary.receiver_name}"
    return f"{counts}，{summary.file_name}\n指纹 {summary.fingerprint}"


def out(arguments: argparse.Namespace) -> Answer:
    """What is out on which laptop."""
    with closing(open_office(arguments)) as session:
        items = visits.out_items(session)
    lines = [f"{item.archive_number}  {item.name}  {item.words}" + "，已超期" * item.is_overdue for item in items]
    return {"items": output.record(items)}, "\n".join([*lines, f"共 {len(items)} 户"])


def list_conflicts(arguments: argparse.Namespace) -> Answer:
    """The fields two versions contradict each other in."""
    with closing(open_office(arguments)) as session:
        found = conflicts.list_conflicts(session)
    lines = [
        f"{item.archive_number}  {item.name}  {item.source_name}  {field.path}  {field.caption}："
        f"本机 {field.mine_text or '（空）'}，对方 {field.theirs_text or '（空）'}"
        for item in found
        for field in item.fields
    ]
    return {"conflicts": output.record(found)}, "\n".join([*lines, f"共 {len(found)} 份档案有不同处要选定"])
