"""The command about programmes: which there are with their sums; of one the households, quotas, and the list to sign."""

import argparse
from contextlib import closing
from typing import Any

from db.command_office import Answer, open_office
from db.errors import UserError
from db.services import printing, programme_papers, programmes, register_papers
from db.services.office import OfficeSession
from db.services.programmes import PROGRAMME_PILES, Programme, ProgrammeQuery
from db.services.quotas import Quota


def list_programmes(arguments: argparse.Namespace) -> Answer:
    """Every programme with its sums; with a name how far that one is."""
    with closing(open_office(arguments)) as session:
        if arguments.name:
            return _one(session, programmes.find_programme(session, arguments.name), arguments)
        found = programmes.list_programmes(session, arguments.year)
        if arguments.out:
            register_papers.write_table(session, programme_papers.totals_table(session, arguments.year), arguments.out)
    lines = [_line(item) for item in found] or ["还没有布置过活动。"]
    return {"programmes": [_body(item) for item in found]}, "\n".join(lines)


def _one(session: OfficeSession, item: Programme, arguments: argparse.Namespace) -> Answer:
    piles = programmes.count_piles(session, ProgrammeQuery(programme_id=item.id, content=item.content))
    found = programmes.programme_quotas(session, item.id)
    if arguments.out:
        _write(session, item, arguments)
    lines = [_line(item), f"对象：{item.population}", *[f"{PROGRAMME_PILES[pile]} {count:,} 户" for pile, count in piles.items()]]
    lines += [f"名额　{quota.for_office_name}　共 {quota.amount:,}，已用 {quota.used:,}，还剩 {quota.left:,} {quota.unit}"
              for quota in found]  # fmt: skip
    body = {"programme": _body(item), "households": {pile.value: count for pile, count in piles.items()},
            "quotas": [_quota(quota) for quota in found]}  # fmt: skip
    return body, "\n".join(lines)


def _write(session: OfficeSession, item: Programme, arguments: argparse.Namespace) -> None:
    suffix = arguments.out.suffix.lower()
    if suffix == ".pdf":
        pdf = programme_papers.handout_pdf(session, item.id, blank=arguments.blank)
        found = [] if arguments.blank else programmes.programme_grants(session, item.id)
        title = programme_papers.handout_title(item)
        printing.save_pdf_about(session, {grant.archive_id for grant in found}, title, arguments.out, pdf)
    elif suffix == ".xlsx":
        programme_papers.write_handout(session, item.id, arguments.out, blank=arguments.blank)
    else:
        raise UserError("paper_suffix", name=arguments.out.name)


def _line(item: Programme) -> str:
    sums = item.sums
    return (f"{item.year}　{item.title}　{item.kind_label}　{item.period}　{item.office_name}　{sums.households:,} 户 {sums.people:,} 人"
            f"　批准 {sums.granted / 100:,.2f} 元　已发放 {sums.paid / 100:,.2f} 元　实物 {sums.goods:,} 份"
            f"　没有档案的 {sums.others:,} 人")  # fmt: skip


def _body(item: Programme) -> dict[str, Any]:
    sums = {key: getattr(item.sums, key) for key in item.sums.__dataclass_fields__}
    return {"id": item.id, "title": item.title, "kind": item.content.text("programme_kind"), "year": item.year,
            "office": item.office_name, "begins_on": item.content.text("begins_on"), "ends_on": item.content.text("ends_on"),
            "population": item.population, **sums}  # fmt: skip


def _quota(quota: Quota) -> dict[str, Any]:
    return {"office": quota.for_office_name, "year": quota.year, "amount": quota.amount, "used": quota.used,
            "left": quota.left, "unit": quota.unit}  # fmt: skip
