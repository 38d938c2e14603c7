"""Something to see in the room 帮扶: sources of money, grants, and payment lists at every step of their way. All invented."""

from dataclasses import dataclass, field

from db.domain.case_words import Act, Standing
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent
from db.services import aid, archiving, case_list, casework, disbursement, funds
from db.services.aid import GrantInput
from db.services.case_list import CaseQuery
from db.services.disbursement import LineResult, ListView
from db.services.office import OfficeSession

_LIVING, _MEDICAL = 200_000, 500_000
_REASON = "领导小组会议研究同意"


@dataclass(slots=True)
class DemoMoney:
    """What was made: sources by kind, payment lists by what they show."""

    funds: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)


def fill_aid(session: OfficeSession, approver: OfficeSession, ids: list[str]) -> DemoMoney:
    """Sources, grants and lists for the households *ids*, put on file first; *approver*: another clerk of the office."""
    on_file = set(case_list.case_ids(session, CaseQuery(standings=(Standing.ON_FILE,))))
    for archive_id in ids:
        if archive_id not in on_file:
            casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    for number, archive_id in enumerate(ids[-3:]):
        _apply(session, archive_id, ("living", "medical", "living")[number], 200_000 + 50_000 * number)
    made = DemoMoney()
    _make_funds(session, made)
    third = max(1, len(ids) // 3)
    first, second, rest = ids[:third], ids[third : 2 * third], ids[2 * third :]
    _closed_list(session, approver, made, _grant_all(session, first, "living", _LIVING, made.funds["central"]))
    _sent_list(session, approver, made, _grant_all(session, second, "living", _LIVING, made.funds["central"]))
    draft = _grant_all(session, rest[:4], "medical", _MEDICAL, made.funds["city"])
    made.lists["draft"] = disbursement.create_list(session, f"{session.today[:4]} 年医疗救助", draft).id
    goods = [
        aid.grant_aid(session, archive_id, GrantInput("warmth", goods="大米 10 公斤、食用油 5 升", reason=_REASON)).id
        for archive_id in ids[: third + 2]
    ]
    made.lists["goods"] = disbursement.create_list(session, f"{session.today[:4]} 年冬季送温暖", goods).id
    disbursement.lock_list(session, made.lists["goods"])
    _grant_all(session, rest[4:], "living", _LIVING, made.funds["central"])
    return made


def _apply(session: OfficeSession, archive_id: str, item: str, amount: int) -> None:
    asked: dict[str, Value] = {
        "item": item,
        "applied_on": f"{session.today[:4]}-11-10",
        "amount_asked": amount,
        "reason": "本人患病长期服药，药费自付多，家里只有一人有收入。",
        "other_source": "无",
    }
    aid.apply_for_aid(session, archive_id, RecordContent(asked))


def _make_funds(session: OfficeSession, made: DemoMoney) -> None:
    year = int(session.today[:4])
    sources: dict[str, tuple[dict[str, Value], int]] = {
        "central": ({"name": f"{year} 年中央财政专项", "source_kind": "central", "document": "财社〔演示〕18 号",
                     "budget": 20_000_000, "needs_archive": True}, 18_000_000),
        "city": ({"name": f"{year} 年市级配套", "source_kind": "city", "document": "安财社〔演示〕6 号",
                  "budget": 6_000_000, "needs_archive": True}, 6_000_000),
        "donation": ({"name": "爱心企业捐款", "source_kind": "donation", "donor": "某建材公司", "needs_archive": False,
                      "restriction": "只资助当年考上大学的困难职工子女", "allowed_items": ["tuition", "study_cost"]},
                     3_000_000),
    }  # fmt: skip
    for key, (values, amount) in sources.items():
        content = RecordContent({**values, "year": year, "begins_on": f"{year}-01-01"})
        fund_id = made.funds[key] = funds.save_fund(session, content).record_id
        came: dict[str, Value] = {"fund_id": fund_id, "movement": "receipt", "on_day": f"{year}-03-12", "amount": amount,
                                  "document": f"收字 {len(made.funds):03d}", "party": "潜山市财政局"}  # fmt: skip
        funds.save_movement(session, RecordContent(came))


def _grant_all(session: OfficeSession, ids: list[str], item: str, amount: int, fund_id: str) -> list[str]:
    """Grant it to those whom the rules let have it; ids of the grants."""
    made = []
    for archive_id in ids:
        given = GrantInput(item=item, amount=amount, fund_id=fund_id)
        look = aid.look_at_grant(session, archive_id, given)
        if look.is_stopped and look.cap_left is not None and look.cap_left >= 10_000:
            given = GrantInput(item=item, amount=min(amount, look.cap_left // 10_000 * 10_000), fund_id=fund_id)
            look = aid.look_at_grant(session, archive_id, given)
        if not look.is_stopped:
            reason = _REASON if look.wants_reason else ""
            given = GrantInput(item=given.item, amount=given.amount, fund_id=fund_id, reason=reason)
            made.append(aid.grant_aid(session, archive_id, given).id)
    return made


def _sound_card(session: OfficeSession, grant_ids: list[str]) -> None:
    """Give a card to whoever has none, that the lists can be locked."""
    for number, grant_id in enumerate(grant_ids):
        archive = archiving.load_archive(session, _archive_of(session, grant_id))
        if not archive.content.values.get("bank_account"):
            archive.content.values |= {"bank_name": "中国农业银行", "bank_account": f"62284800{number:010d}"}
            archiving.save_archive(session, archive.content, archive.id)


def _archive_of(session: OfficeSession, grant_id: str) -> str:
    with session.database.reading() as connection:
        from db.store import aid_store

        return str(aid_store.grants(connection, [grant_id])[0]["archive_id"])


def _sent_list(session: OfficeSession, approver: OfficeSession, made: DemoMoney, grant_ids: list[str]) -> ListView:
    return _send(session, approver, made, "sent", "第三季度生活救助", grant_ids)


def _closed_list(session: OfficeSession, approver: OfficeSession, made: DemoMoney, grant_ids: list[str]) -> None:
    view = _send(session, approver, made, "closed", "第二季度生活救助", grant_ids)
    last = view.lines[-1].id
    answer = [
        LineResult(line.id, line.id != last, session.today, "" if line.id != last else "账号已销户") for line in view.lines
    ]
    disbursement.settle_lines(session, view.row.id, answer)


def _send(
    session: OfficeSession, approver: OfficeSession, made: DemoMoney, key: str, title: str, grant_ids: list[str]
) -> ListView:
    _sound_card(session, grant_ids)
    list_id = made.lists[key] = disbursement.create_list(session, title, grant_ids).id
    view = disbursement.load_list(session, list_id)
    typed = {line.grant_id: line.account for line in view.lines}
    disbursement.lock_list(session, list_id, typed)
    disbursement.approve_list(approver, list_id)
    disbursement.mark_sent(session, list_id, "standard", "0" * 64)
    return disbursement.load_list(session, list_id)
