"""A grant, or what became of one, in a line."""

from collections.abc import Mapping
from typing import Any

from db.domain.aid.list_flow import OUTCOMES, Outcome
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list


def money_words(row: Mapping[str, Any]) -> str:
    """A stored grant or payout with the office that made it."""
    amount = f" {format_amount(row['amount'])} 元" if row["amount"] else ""
    if "outcome" not in row:
        return f"{row['granted_on']} {row['office_name']}批准{option_list('aid_item').label(row['item'])}{amount}"
    why = f"，{row['reason']}" if row["reason"] else ""
    return f"{row['on_day']} {row['office_name']}：{OUTCOMES[Outcome(row['outcome'])]}{amount}{why}"
