"""The commands about what goes down to the offices below: answers, circulars, quotas, calendars."""

import argparse
from contextlib import closing

from db import command_output as output
from db.command_office import Answer, open_office
from db.services import answering, calendars, circulars, exchange, quotas
from db.services.policy_files import decoded, read_limited
from db.services.sending import BundleSummary


def answer(arguments: argparse.Namespace) -> Answer:
    """Write the answers for the offices below, or for one of them."""
    with closing(open_office(arguments)) as session:
        if arguments.to:
            child = exchange.find_partner(session, arguments.to)
            written = [answering.write_answer(session, child.id, arguments.out, full=arguments.full)]
        else:
            written = answering.write_answers(session, None, arguments.out, full=arguments.full)
    return {"written": output.record(written)}, "\n".join(_line(summary) for summary in written)


def _line(summary: BundleSummary) -> str:
    return f"{summary.receiver_name}：第 {summary.sequence} 包，{summary.archive_count} 户的状态，{summary.path}"


# -- circulars ----------------------------------------------------------------------------------------------------


def list_circulars(arguments: argparse.Namespace) -> Answer:
    """The circulars that stand."""
    with closing(open_office(arguments)) as session:
        found = circulars.list_circulars(session, with_withdrawn=arguments.all)
    return {"circulars": output.record(found)}, "\n".join(_circular_line(item) for item in found) or "没有通知。"


def _circular_line(item: circulars.Circular) -> str:
    due = f"，{item.due_on} 前办" if item.due_on else ""
    state = "，已收回" if item.withdrawn_at else "，未读" if item.is_unread else ""
    to = f" → {'、'.join(item.audience_names) or '全部下级'}" if item.is_own else ""
    return f"{item.id}  {item.issued_at[:10]} {item.office_name}{to}：{item.title}{due}{state}"


def issue_circular(arguments: argparse.Namespace) -> Answer:
    """Issue a circular; it goes down with the next answers."""
    with closing(open_office(arguments)) as session:
        audience = [exchange.find_partner(session, name).id for name in arguments.to]
        issued = circulars.issue_circular(session, arguments.title, arguments.text, arguments.due, audience)
    return output.record(issued), f"{_circular_line(issued)}\n下次下发时带给下级单位。"


def withdraw_circular(arguments: argparse.Namespace) -> Answer:
    """Take a circular back."""
    with closing(open_office(arguments)) as session:
        circulars.withdraw_circular(session, arguments.id)
    return {"withdrawn": arguments.id}, "通知已收回，下次下发时告知下级单位。"


# -- quotas -------------------------------------------------------------------------------------------------------


def list_quotas(arguments: argparse.Namespace) -> Answer:
    """The quotas that stand."""
    with closing(open_office(arguments)) as session:
        found = quotas.list_quotas(session)
    return {"quotas": output.record(found)}, "\n".join(_quota_line(item) for item in found) or "没有名额。"


def _quota_line(item: quotas.Quota) -> str:
    used = "" if item.used is None else f"，已用 {item.used}，剩 {item.left}"
    return f"{item.id}  {item.year} 年 {item.for_office_name} {item.label} {item.amount} {item.unit}{used}"


def set_quota(arguments: argparse.Namespace) -> Answer:
    """Set a quota for an office below."""
    with closing(open_office(arguments)) as session:
        child = exchange.find_partner(session, arguments.to)
        wanted = (child.id, arguments.year, arguments.subject, arguments.amount)
        quota = quotas.set_quota(session, *wanted, unit=arguments.unit, note=arguments.note)
    return output.record(quota), f"{_quota_line(quota)}\n下次下发时带给下级单位。"


def withdraw_quota(arguments: argparse.Namespace) -> Answer:
    """End a quota."""
    with closing(open_office(arguments)) as session:
        quotas.withdraw_quota(session, arguments.id)
    return {"withdrawn": arguments.id}, "名额已收回，下次下发时告知下级单位。"


# -- calendars ----------------------------------------------------------------------------------------------------


def list_calendars(arguments: argparse.Namespace) -> Answer:
    """The arrangements of days off this office counts by."""
    with closing(open_office(arguments)) as session:
        rows = calendars.calendar_rows(session)
    lines = [f"{row.year} 年（{row.origin_label}）：休 {row.off_count} 天，班 {row.work_count} 天，{row.document}" for row in rows]
    return {"calendars": output.record(rows)}, "\n".join(lines)


def set_calendar(arguments: argparse.Namespace) -> Answer:
    """Enter the arrangement of a year from a text file."""
    text = decoded(read_limited(arguments.file), arguments.file.name)
    with closing(open_office(arguments)) as session:
        days = calendars.parse_days(text, arguments.year)
        changed = calendars.set_calendar(session, arguments.year, days, arguments.document)
    told = "已登记，下次下发时带给下级单位。" if changed else "与已登记的相同。"
    return {"year": arguments.year, "days": days, "changed": changed}, f"{arguments.year} 年的节假日{told}"


def drop_calendar(arguments: argparse.Namespace) -> Answer:
    """Go back to the packaged arrangement of a year."""
    with closing(open_office(arguments)) as session:
        changed = calendars.drop_calendar(session, arguments.year)
    return {"year": arguments.year, "changed": changed}, f"{arguments.year} 年{'改回随程序的安排' if changed else '没有登记过，没有改动'}。"
