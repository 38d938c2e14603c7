"""The lines of a payment list: whom each pays as the archives say today, and what the checks want to know of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from db.domain.aid.list_flow import Method
from db.domain.aid.payment_checks import PaymentLine
from db.domain.means_form import WORKER
from db.store import aid_store

if TYPE_CHECKING:
    from db.services.disbursement import Line


def from_archives(connection: Connection, grants: Sequence[dict[str, Any]], method: Method) -> dict[str, dict[str, str]]:
    """By grant: what the archive says today of whom it pays.

    Money goes to the household's card, also a child's or a patient's: the payee is whose card it is. Goods are handed to
    whom they were granted.
    """
    holders = aid_store.holders(connection, {row["archive_id"] for row in grants})
    found = {}
    for grant in grants:
        holder = {key: str(value or "") for key, value in holders[grant["archive_id"]].items()}
        own = method is Method.CARD or grant["person"] in {"", WORKER}
        card = {"bank": holder["bank_name"], "branch": holder["bank_branch"], "account": holder["bank_account"]}
        found[grant["id"]] = {
            "payee_name": holder["name"] if own else grant["recipient_name"],
            "id_number": holder["id_number"] if own else grant["recipient_number"],
            "employer": holder["employer"],
            "phone": holder["mobile_phone"] or holder["other_contact"],
            **(card if method is Method.CARD else dict.fromkeys(card, "")),
        }
    return found


def asked_lines(
    connection: Connection, lines: Sequence["Line"], method: Method, confirmed: Mapping[str, str]
) -> list[PaymentLine]:
    """The lines as they are checked; *confirmed*: accounts as they were typed a second time, by grant."""
    payees = aid_store.payees_of_accounts(connection, [line.account for line in lines if line.account])
    return [
        PaymentLine(
            grant_id=line.grant_id,
            payee_name=line.payee_name,
            id_number=line.id_number,
            amount=line.amount,
            bank=line.bank,
            branch=line.branch,
            account=line.account,
            confirmed_account=confirmed.get(line.grant_id, ""),
            is_new_account=method is Method.CARD and line.payee_name not in payees.get(line.account, set()) and bool(line.account),
            former_payees=tuple(sorted(payees.get(line.account, set()) - {line.payee_name})),
            goods=line.goods,
        )
        for line in lines
    ]
