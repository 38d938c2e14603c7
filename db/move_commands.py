"""The commands about archives that move: merge two of one family, take that back, hand one over to another office."""

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any

from db.command_office import Answer, open_office
from db.errors import UserError
from db.services import archiving, handing_over, merging, partners
from db.services.handing_over import HandOver
from db.services.merging import Merge
from db.services.office import OfficeSession


def merge(arguments: argparse.Namespace) -> Answer:
    """Merge the second archive into the first, with what is proposed."""
    with closing(open_office(arguments)) as session:
        kept, merged = (archiving.find_by_number(session, number).id for number in (arguments.kept, arguments.merged))
        offer = merging.merge_offer(session, kept, merged)
        done = merging.merge(session, kept, merged, offer.proposal, arguments.reason)
    body = {**asdict(done), "fields": sorted(offer.proposal.fields), "members_added": len(offer.proposal.members)}
    told = f"{done.merged_number} 已并入 {done.kept_number}"
    changed = f"改 {len(offer.proposal.fields)} 栏，加 {len(offer.proposal.members)} 人" if done.kept_revision else "只登记合并"
    return body, f"{told}（{changed}）。"


def unmerge(arguments: argparse.Namespace) -> Answer:
    """Take the merge back in which an archive was merged into another one."""
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        found = [made for made in merging.merges_of(session, archive.id) if not made.undone_at]
        made = _one_merge(found, archive.id)
        undone = merging.undo_merge(session, made.id, arguments.reason)
    told = f"已撤销合并：{made.merged_number} 与 {made.kept_number} 各自恢复。"
    if undone.stays:
        told += f"合并以后又改过、保持现在样子的：{'、'.join(undone.stays)}。"
    return asdict(undone), told


def _one_merge(found: Sequence[Merge], archive_id: str) -> Merge:
    """The merge of the archive into another one, or the last one into it."""
    if not found:
        raise UserError("merge_gone")
    return next((made for made in found if made.merged_id == archive_id), found[-1])


def hand_over(arguments: argparse.Namespace) -> Answer:
    """Ask that an archive goes to another office, or withdraw that."""
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        if arguments.withdraw:
            done = handing_over.withdraw_hand_over(session, _open_of(session, archive.id).id)
            return _body(done), f"{_label(done)} 的移交申请已撤回。"
        done = handing_over.request_hand_over(session, archive.id, arguments.to, arguments.reason)
    return _body(done), f"{_label(done)} 已申请移交给“{done.wanted_office_name}”，请随下一个数据包上报。"


def _open_of(session: OfficeSession, archive_id: str) -> HandOver:
    known = handing_over.hand_overs_of(session, archive_id)
    found = next((row for row in reversed(known) if row.decided_at is None), None)
    if found is None:
        raise UserError("hand_over_gone")
    return found


def hand_overs(arguments: argparse.Namespace) -> Answer:
    """List the hand-overs; at the office above accept or refuse one."""
    with closing(open_office(arguments)) as session:
        if arguments.accept:
            row = _waiting(session, arguments.accept)
            if not arguments.to:
                raise UserError("hand_over_needs_child")
            target = partners.find_partner(session, arguments.to)
            done = handing_over.accept_hand_over(session, row.id, target.id, arguments.note)
            return _body(done), f"{_label(done)} 已移交给“{done.to_office_name}”，请随下一次下发告知两边。"
        if arguments.refuse:
            done = handing_over.refuse_hand_over(session, _waiting(session, arguments.refuse).id, arguments.note)
            return _body(done), f"{_label(done)} 的移交申请已退回。"
        listed = handing_over.list_hand_overs(session)
    return {"hand_overs": [_body(row) for row in listed]}, "\n".join(map(_line, listed)) or "没有移交的档案。"


def _waiting(session: OfficeSession, number: str) -> HandOver:
    """The request about the archive with this number."""
    waiting = handing_over.waiting_here(session)
    found = [row for row in waiting if number in {row.archive_number, row.id}]
    if len(found) != 1:
        known = "、".join(row.archive_number for row in waiting) or "没有"
        raise UserError("hand_over_number", text=number, known=known)
    return found[0]


def _body(row: HandOver) -> dict[str, Any]:
    return {**asdict(row), "state": row.state.value}


def _label(row: HandOver) -> str:
    return f"{row.name or '未填姓名'}（{row.archive_number}）"


def _line(row: HandOver) -> str:
    to = row.to_office_name or row.wanted_office_name
    return f"{row.archive_number}  {row.name}  {row.from_office_name} → {to}  {row.state_label}  {row.reason}"
